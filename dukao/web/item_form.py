"""An item of the inspection plan while it is being written on a page: all as text, as it stands in the form.

Questions, criteria and targets are written one per line. A question that is nothing but the name of a datum asks for
that datum; `问题〔code〕` says so outright. A target is a unit's code or its name; `×2` behind it lets it be visited
twice.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from dukao.base.definitions import checked
from dukao.base.refusals import Invalid
from dukao.base.wording import joined
from dukao.gate.queries import topics
from dukao.gate.rules.items import ItemDefinition
from dukao.gate.rules.topics import tidy
from dukao.org.queries import UnitView
from dukao.registers.queries import ElementView

_DIGITS_MOST = 9
_ELEMENT = re.compile(r"(?P<text>.+?)\s*〔(?P<code>[a-z][a-z0-9_]*)〕")
_TIMES = re.compile(r"(?P<name>.+?)\s*[×xX*]\s*(?P<visits>\d{1,2})")
_CODE = re.compile(r"(?P<code>\d{12})\b.*")

FindUnits = Callable[[str], list[UnitView]]


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """What the form carries."""

    title: str = ""
    topic: str = ""
    kind: str = "special"
    method: str = "check"
    basis: str = ""
    purpose: str = ""
    questions: str = ""
    criteria: str = ""
    scope: str = ""
    level: str = "village"
    targets: str = ""
    starts_on: str = ""
    ends_on: str = ""
    visits: str = ""
    minutes_per_visit: str = "90"
    # Not of the item, but of the deed.
    reason: str = ""
    approver: str = ""


def draft_posted(form: Mapping[str, str]) -> ItemDraft:
    given = {one.name: form.get(one.name, "").strip().replace("\r\n", "\n") for one in fields(ItemDraft)}
    return ItemDraft(**given)


def draft_of(definition: ItemDefinition, names: Mapping[str, str]) -> ItemDraft:
    """The draft that a definition is; `names` are those of units, by code."""
    return ItemDraft(
        title=definition.title, topic=definition.topic, kind=definition.kind, method=definition.method,
        basis=definition.basis, purpose=definition.purpose,
        questions="\n".join(f"{q.text}〔{q.element}〕" if q.element else q.text for q in definition.questions),
        criteria="\n".join(definition.criteria), scope=definition.scope, level=definition.level,
        targets="\n".join(
            f"{t.unit} {names.get(t.unit, '')}".strip() + (f" ×{t.visits}" if t.visits > 1 else "")
            for t in definition.targets
        ),
        starts_on=definition.starts_on.isoformat(), ends_on=definition.ends_on.isoformat(),
        visits=str(definition.visits_most), minutes_per_visit=f"{definition.minutes_per_visit.normalize():f}",
    )  # fmt: skip


def definition_in(
    draft: ItemDraft, *, elements: Mapping[str, ElementView], find_units: FindUnits, synthetic: bool = False
) -> ItemDefinition:  # fmt: skip
    """What the draft defines. Raises Invalid with the errors by field."""
    errors: dict[str, str] = {}
    given: dict[str, Any] = asdict(draft)
    del given["reason"], given["approver"]
    if not draft.topic or draft.topic not in topics():
        errors["topic"] = _("请选一个主题")
    given["questions"] = [_question(line, elements) for line in _lines(draft.questions)]
    given["criteria"] = _lines(draft.criteria)
    given["targets"] = _targets(draft, find_units, errors)
    given["visits"] = _whole(draft.visits, "visits", errors)
    given["minutes_per_visit"] = _number(draft.minutes_per_visit, errors)
    for name, what in (("title", _("请写名称")), ("basis", _("请写依据：文件名称和文号")), ("purpose", _("请写目的")),
                       ("starts_on", _("请写开始日期")), ("ends_on", _("请写结束日期")),
                       ("scope", _("请选范围"))):  # fmt: skip
        if not given[name]:
            errors[name] = what
    if errors:
        raise Invalid(_("有 {n} 处要改，还没有保存").format(n=len(errors)), errors=errors)
    try:
        return checked(ItemDefinition, given | {"synthetic": synthetic}, place="")
    except Invalid as invalid:
        placed = {_field_of(place): why for place, why in invalid.errors.items()}
        raise Invalid(_("有 {n} 处要改，还没有保存").format(n=len(placed)), errors=placed) from None


def _field_of(place: str) -> str:
    """` · questions › 2 › text` is about the field `questions`; what is about the whole stands at its end."""
    return place.removeprefix(" · ").partition(" › ")[0] or "visits"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _question(line: str, elements: Mapping[str, ElementView]) -> dict[str, str]:
    if found := _ELEMENT.fullmatch(line):
        return {"text": found["text"], "element": found["code"]}
    said = tidy(line)
    for element in elements.values():
        if said in map(tidy, (element.title, *element.aliases)):
            return {"text": line, "element": element.code}
    return {"text": line}


def _targets(draft: ItemDraft, find_units: FindUnits, errors: dict[str, str]) -> list[dict[str, Any]]:
    found = []
    for line in _lines(draft.targets):
        counted = _TIMES.fullmatch(line)
        name, visits = (counted["name"], int(counted["visits"])) if counted else (line, 1)
        if coded := _CODE.fullmatch(name):
            found.append({"unit": coded["code"], "visits": visits})
            continue
        units = find_units(name)
        if len(units) == 1:
            found.append({"unit": units[0].code, "visits": visits})
        elif units:
            codes = joined(unit.code for unit in units[:3])
            errors["targets"] = _("有 {n} 个“{name}”，请写代码，如 {codes}").format(
                n=len(units), name=name, codes=codes
            )
        else:
            errors["targets"] = _("范围内没有“{name}”，请写全名或代码").format(name=name)
    return found


def _whole(text: str, field: str, errors: dict[str, str]) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > _DIGITS_MOST:
        errors[field] = _("请写整数")
        return None
    return int(text)


def _number(text: str, errors: dict[str, str]) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:
        errors["minutes_per_visit"] = _("请写分钟数，如 90")
        return None
