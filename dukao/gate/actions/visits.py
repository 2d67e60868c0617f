"""What follows a booking: the code is read, the visit concluded, the conclusion objected to and judged again.

1. A code is looked up under a throttle; what is still sealed shows itself only at the unit it is for.
2. Somebody without a code that holds is turned away, and the supervision office told, in one step.
3. Whoever visited tells the unit what was found (sealed visits within hours, others within working days).
4. The unit may object; who decides had no part in the visit, and the database holds that too.
5. How it went (八不得) and how long it took the unit tells only if it likes. The visiting department is not told.
"""

import hashlib
import hmac
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.trail import record_event
from dukao.gate.actions.ledger import tell_minutes
from dukao.gate.models import CodeMiss, RefusedVisit, Visit
from dukao.gate.queries.visits import VisitView, conduct_rules, seen_by, view_of, visit_of_code
from dukao.gate.rules.visits import took_part, within_days
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import Actor

_MISSES_ALLOWED = 10
_MISSES_WINDOW = timedelta(minutes=15)
_TEXT_MOST = 5000


class TooManyCodes(Refused):
    """Too many codes in a row did not hold; nobody looks at another one for a while."""

    status = 429


class NotArrived(Refused):
    """Nothing can be concluded of a visit that has not been at the door, or twice."""


class NothingToObjectTo(Refused):
    """There is no conclusion yet, or it has been objected to already."""


class ObjectionTooLate(Refused):
    """The days in which a conclusion can be objected to are over."""


class TookPart(Refused):
    """Who had a part in the visit does not judge the objection against it."""


class NothingToDecide(Refused):
    """No objection waits for a decision."""


def read_code(*, code: str, address: str, by: Actor | None, at: datetime) -> VisitView:
    """Look a code up for somebody (None: a stranger at `address`). A miss counts against who tried, a hit does not.

    Raises: CodeDoesNotHold, TooManyCodes. Records nothing: a misread code is no deed.
    """
    key = _key(f"login:{by.name}" if by else f"address:{address}")
    since = at - _MISSES_WINDOW
    # Written down before the code is looked at, so that many tries at once cannot outrun the count.
    CodeMiss.objects.filter(at__lt=since).delete()
    try_ = CodeMiss.objects.create(key=key, at=at)
    if CodeMiss.objects.filter(key=key, at__gte=since).count() > _MISSES_ALLOWED:
        try_.delete()
        raise TooManyCodes(
            _("核对的次数太多，请稍后再试"),
            why=_("为防止猜码，连续核对不上后要等一会儿"),
            todo=_("{n} 分钟后再试。核对不上的检查，现在就可以拒绝").format(n=_MISSES_WINDOW.seconds // 60),
        )
    view = visit_of_code(code=code, viewer=by, at=at)
    try_.delete()
    return view


def refuse_visit(*, unit: str, who: str = "", what: str = "", by: Actor, at: datetime) -> None:
    """Put on record that somebody came to the unit without a code that holds, and was turned away.

    `who` is a department as they said, never a person. Twice within a minute is once.
    Raises: NotThere, Invalid. Records: gate.visit.turned_away.
    """
    with transaction.atomic():
        place = org.unit_by_code(unit)
        by.require("DEMANDS_RECEIVE", place.path)
        who, what = who.strip(), what.strip()
        if len(who) > 120 or len(what) > 300:
            raise Invalid(_("写得太长"), errors={"who": _("最多 120 字"), "what": _("最多 300 字")})
        just_now = at - timedelta(minutes=1)
        if RefusedVisit.objects.filter(unit_id=place.id, who=who, what=what, at__gt=just_now).exists():
            return
        RefusedVisit.objects.create(unit_id=place.id, who=who, what=what, at=at, by_name=by.name)
        record_event(
            verb="gate.visit.turned_away", subject=f"unit:{unit}", by=by, at=at, unit_path=place.path,
            detail={"who": who, "rule": "INS-1"},
        )  # fmt: skip


def conclude_visit(*, visit: str, conclusion: str, by: Actor, at: datetime) -> VisitView:
    """Tell the unit what was found. Late is better than never: the deadline is shown, and whether it was kept.

    Raises: NotThere, NotArrived, Invalid. Records: gate.visit.concluded. Basis: supervision-regulation#16.
    """
    with transaction.atomic():
        found = _locked(visit, by)
        if not _books(found, by):
            raise NotThere()
        if found.state != Visit.State.ARRIVED:
            raise NotArrived(
                _("现在不能反馈结论"),
                why=_("只有已经到场、还没有反馈的检查可以反馈"),
                todo=_("如果要补充，请当面向被检查单位说明"),
            )
        found.conclusion = _text(conclusion, "conclusion")
        found.state, found.concluded_at, found.concluded_by = Visit.State.CONCLUDED, at, by.name
        found.save(update_fields=["conclusion", "state", "concluded_at", "concluded_by"])
        view = view_of(found, by)
        _record("concluded", found, by, at, is_late=bool(view.conclude_by and at > view.conclude_by))
    return view


def object_to_visit(*, visit: str, objection: str, by: Actor, at: datetime) -> VisitView:
    """The unit does not agree with the conclusion and asks for another look at it.

    Raises: NotThere, NothingToObjectTo, ObjectionTooLate, Invalid. Records: gate.visit.objected.
    Basis: supervision-regulation#17.
    """
    with transaction.atomic():
        found = _locked(visit, by)
        by.require("DEMANDS_RECEIVE", found.unit.path)
        if found.concluded_at is None or found.objected_at is not None:
            raise NothingToObjectTo(
                _("现在没有可以提异议的结论"),
                why=_("结论还没有反馈，或者已经提过异议"),
                todo=_("请等结论反馈，或等复核决定"),
            )
        rule = law.rule("INS-8", timezone.localdate(found.concluded_at))
        days = rule.parameters["objection_days"]
        if not within_days(found.concluded_at, days, at):
            raise ObjectionTooLate(
                _("提异议的期限已过"), why=_("收到结论之日起 {days} 天内可以提异议").format(days=days),
                todo=_("可以向督考办反映情况"), source=rule.source_text, rule=rule.id,
            )  # fmt: skip
        found.objection, found.objected_at, found.objected_by = _text(objection, "objection"), at, by.name
        found.save(update_fields=["objection", "objected_at", "objected_by"])
        _record("objected", found, by, at)
        return view_of(found, by)


def decide_objection(*, visit: str, is_upheld: bool, decision: str, by: Actor, at: datetime) -> VisitView:
    """Decide an objection, by somebody who took no part in the visit.

    Raises: NotThere, NothingToDecide, TookPart, Invalid. Records: gate.visit.objection_decided.
    Basis: supervision-regulation#17.
    """
    with transaction.atomic():
        found = _locked(visit, by)
        by.require("APPEALS_DECIDE", found.unit.path)
        if found.objected_at is None or found.objection_decided_at is not None:
            raise NothingToDecide(_("没有等待复核的异议"), todo=_("请回到检查页面看最新情况"))
        rule = law.rule("INS-8", timezone.localdate(at))
        people = [one.get("name", "") for one in found.people]
        has_part = took_part(by.name, booked_by=found.booked_by, concluded_by=found.concluded_by,
                             arrived_by=found.arrived_by, people=people)  # fmt: skip
        if has_part or by.name == found.objected_by or (_books(found, by) and not by.is_system):
            raise TookPart(
                _("您参加了这次检查，应当回避"), why=_("复核由没有参加检查的人作出"),
                todo=_("请督考办另一位同志复核"), source=rule.source_text, rule=rule.id,
            )  # fmt: skip
        found.objection_decision = _text(decision, "decision")
        found.objection_upheld, found.objection_decided_at, found.objection_decided_by = is_upheld, at, by.name
        found.save(update_fields=[
            "objection_decision", "objection_upheld", "objection_decided_at", "objection_decided_by",
        ])  # fmt: skip
        _record("objection_decided", found, by, at, is_upheld=is_upheld)
        return view_of(found, by)


def tell_of_visit(
    *, visit: str, kept: Mapping[str, bool] | None = None, minutes: int | None = None, by: Actor, at: datetime
) -> VisitView:
    """The unit tells, only if it likes: which rules of conduct were kept, and how many minutes it took in all.

    What is not answered stays as it was. Raises: NotThere, Invalid. Records: gate.visit.told.
    """
    with transaction.atomic():
        found = _locked(visit, by)
        by.require("DEMANDS_RECEIVE", found.unit.path)
        if found.arrived_at is None or found.mode == Visit.Mode.REMOTE:
            raise NotThere()
        given = dict(kept or {})
        known = conduct_rules(on=timezone.localdate(found.arrived_at))
        if unknown := [rule for rule in given if rule not in known]:
            raise Invalid(_("没有这一条"), errors={"conduct": unknown[0][:60]})
        found.conduct = found.conduct | given
        if minutes is not None:
            # Charged to nobody any more where an appeal against the demand was upheld.
            with suppress(NotThere):
                assert found.demand is not None, "who has arrived has a demand"
                tell_minutes(demand=found.demand.number, unit=found.unit.code, minutes=minutes, by=by, at=at)
            found.measured_minutes = minutes
        found.save(update_fields=["conduct", "measured_minutes"])
        # Which rules were broken is between the unit and the supervision office; the trail says only that it was told.
        _record("told", found, by, at, answered=len(given), minutes=minutes)
        return view_of(found, by)


def _locked(number: str, by: Actor) -> Visit:
    """The visit, where the actor may know of it."""
    found = (
        Visit.objects.select_for_update(of=("self",))
        .select_related("unit", "demand")
        .filter(seen_by(by), number=number)
        .first()
    )
    if found is None:
        raise NotThere()
    return found


def _books(found: Visit, by: Actor) -> bool:
    codes = set(found.parts.values_list("item__department__code", flat=True))
    return any(by.may("DEMANDS_ISSUE", found.unit.path, department=code) for code in codes)


def _text(text: str, name: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(_("请写明内容"), errors={name: _("不能为空")})
    if len(text) > _TEXT_MOST:
        raise Invalid(_("写得太长"), errors={name: _("最多 {n} 字").format(n=_TEXT_MOST)})
    return text


def _record(what: str, found: Visit, by: Actor, at: datetime, **detail: object) -> None:
    record_event(
        verb=f"gate.visit.{what}", subject=f"visit:{found.number}", by=by, at=at, unit_path=found.unit.path,
        detail=detail,
    )  # fmt: skip


def _key(who: str) -> str:
    """A keyed hash: the table tells nobody who misread a code."""
    return hmac.new(settings.SECRET_KEY.encode(), f"check-code:{who}".encode(), hashlib.sha256).hexdigest()
