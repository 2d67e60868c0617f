"""Drawing units and inspectors at random (双随机): promised one day, drawn on a later one, replayed by anybody."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.slips import CODE_BYTES, code_of
from dukao.base.trail import record_event
from dukao.base.wording import joined
from dukao.gate.models import Draw, PlanItem
from dukao.gate.queries.draws import DrawView, draw, draw_row
from dukao.gate.rules import draws as rules
from dukao.org import queries as org
from dukao.org.rules import Actor

_UNITS_MOST, _INSPECTORS_MOST = 20_000, 500


class TooFewInspectors(Refused):
    """Once those with ties are left out, some unit would have fewer inspectors than are wanted."""


class DrawnAlready(Refused):
    """A draw is drawn once."""


class DrawnTooSoon(Refused):
    """The public part must come into being after the promise."""


class PromiseBroken(Refused):
    """The seed no longer gives the digest that was promised (the installation's key has changed)."""


def promise_draw(
    *, item: str, units: Sequence[str], units_wanted: int, inspectors: Sequence[Mapping[str, Any]],
    inspectors_wanted: int, public_source: str, by: Actor, at: datetime,
) -> DrawView:  # fmt: skip
    """Promise a draw for an approved item: from which units (none named: all its targets) and inspectors, how many.

    An inspector is `{"name", "office", "ties": [{"unit", "reason"}]}`. What is promised can no longer be changed.
    Raises: NotThere, Invalid, TooFewInspectors. Records: gate.draw.promised, with the digest.
    """
    with transaction.atomic():
        found = _item(item, by)
        targets = _targets(found)
        if strange := sorted(set(units) - set(targets)):
            raise Invalid(_("有单位不在计划范围内"), errors={"units": joined(strange[:5])})
        people = [_inspector(one) for one in inspectors]
        _refuse_bad_numbers(units or targets, people, units_wanted, inspectors_wanted, public_source)
        given = rules.drawn_from(
            units=units or targets, inspectors=people, units_wanted=units_wanted, inspectors_wanted=inspectors_wanted,
            public_source=public_source.strip(),
        )  # fmt: skip
        if short := rules.short_of_inspectors(given):
            raise TooFewInspectors(
                _("回避之后，{unit}能派的人不够").format(unit=org.unit_by_code(short[0]).name),
                why=_("与被检查单位有关系的人要回避，每个单位要派 {n} 人").format(n=inspectors_wanted),
                todo=_("请增加可以抽取的检查人员"),
            )
        number = f"CQ-{code_of(secrets.token_bytes(CODE_BYTES))[:10]}"
        commitment = rules.commitment_of(_seed(number), given)
        Draw.objects.create(number=number, item=found, commitment=commitment, promised_at=at, by_name=by.name, **given)
        _record("promised", number, found, by, at, commitment=commitment, public_source=given["public_source"])
        return draw(number=number, viewer=by)


def draw_units(*, number: str, public_part: str, by: Actor, at: datetime) -> DrawView:
    """Mix the public part in, reveal the seed, and draw. Once and for all, on a later day than the promise.

    Raises: NotThere, Invalid, DrawnAlready, DrawnTooSoon, PromiseBroken. Records: gate.draw.drawn.
    """
    with transaction.atomic():
        one = Draw.objects.select_for_update(of=("self",)).get(pk=draw_row(number, by).pk)
        department = one.item.department
        by.require("DEMANDS_ISSUE", department.unit.path, department=department.code)
        if one.drawn_at is not None:
            raise DrawnAlready(_("这次抽取已经有结果"), todo=_("结果不能重抽；需要另抽请重新承诺"))
        if timezone.localdate(at) <= timezone.localdate(one.promised_at):
            raise DrawnTooSoon(
                _("今天还不能抽取"), why=_("公开数要在承诺之后才产生，谁也不能事先挑选"), todo=_("请明天以后再抽取")
            )
        public_part = public_part.strip()
        if not 1 <= len(public_part) <= 200:
            raise Invalid(_("请填写公开数"), errors={"public_part": _("1 到 200 字")})
        given = rules.drawn_from(
            units=one.units, inspectors=one.inspectors, units_wanted=one.units_wanted,
            inspectors_wanted=one.inspectors_wanted, public_source=one.public_source,
        )  # fmt: skip
        seed = _seed(one.number)
        if rules.commitment_of(seed, given) != one.commitment:
            raise PromiseBroken(
                _("种子与承诺对不上，不能抽取"), why=_("系统密钥在承诺之后更换过"), todo=_("请重新承诺一次抽取")
            )
        one.seed, one.public_part, one.drawn_at = seed, public_part, at
        one.result = rules.drawn(seed, public_part, given)
        one.save(update_fields=["seed", "public_part", "drawn_at", "result"])
        _record("drawn", one.number, one.item, by, at, public_part=public_part)
        return draw(number=one.number, viewer=by)


def _item(number: str, by: Actor) -> PlanItem:
    found = (
        PlanItem.objects.select_related("department__unit", "scope_unit")
        .filter(number=number, is_current=True, state=PlanItem.State.APPROVED)
        .first()
    )
    if found is None:
        raise NotThere()
    by.require("DEMANDS_ISSUE", found.scope_unit.path, department=found.department.code)
    return found


def _targets(item: PlanItem) -> list[str]:
    named = list(item.targets.values_list("unit__code", flat=True))
    return named or [u.code for u in org.units_below(path=item.scope_unit.path, level=item.target_level)]


def _inspector(given: Mapping[str, Any]) -> dict[str, Any]:
    ties = [{"unit": str(tie["unit"]), "reason": str(tie["reason"]).strip()} for tie in given.get("ties", ())]
    known = org.units_by_codes(tie["unit"] for tie in ties)
    if bad := [tie for tie in ties if tie["unit"] not in known or not tie["reason"]]:
        raise Invalid(
            _("回避关系写得不对"), errors={"inspectors": _("{unit}：要有单位代码和原因").format(unit=bad[0]["unit"])}
        )
    return {"name": str(given.get("name", "")).strip(), "office": str(given.get("office", "")).strip(), "ties": ties}


def _refuse_bad_numbers(
    units: Sequence[str], people: Sequence[Mapping[str, Any]], units_wanted: int, inspectors_wanted: int,
    public_source: str,
) -> None:  # fmt: skip
    errors = {}
    if len(set(units)) != len(units) or not 1 <= len(units) <= _UNITS_MOST:
        errors["units"] = _("1 到 {most} 个不同的单位").format(most=_UNITS_MOST)
    if not 1 <= units_wanted <= len(units):
        errors["units_wanted"] = _("1 到 {most} 之间").format(most=len(units))
    if not all(one["name"] for one in people) or len({one["name"] for one in people}) != len(people):
        errors["inspectors"] = _("每人要有不同的称呼")
    elif not 1 <= inspectors_wanted <= len(people) <= _INSPECTORS_MOST:
        errors["inspectors_wanted"] = _("1 到 {most} 之间").format(most=min(len(people), _INSPECTORS_MOST))
    if not 1 <= len(public_source.strip()) <= 200:
        errors["public_source"] = _("1 到 200 字")
    if errors:
        raise Invalid(_("抽取的范围和数目填得不对"), errors=errors)


def _seed(number: str) -> str:
    """Nobody holds it before the draw: it is made of the installation's key whenever it is needed."""
    return hmac.new(settings.SECRET_KEY.encode(), f"draw:{number}".encode(), hashlib.sha256).hexdigest()


def _record(what: str, number: str, item: PlanItem, by: Actor, at: datetime, **detail: object) -> None:
    """Under the unit that draws: auditors of a unit that may come out learn nothing from it."""
    record_event(
        verb=f"gate.draw.{what}", subject=f"draw:{number}", by=by, at=at, unit_path=item.department.unit.path,
        detail={"item": item.number, **detail},
    )  # fmt: skip
