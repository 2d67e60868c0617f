"""Defining data elements."""

from datetime import datetime
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from dukao.base.refusals import Refused
from dukao.base.trail import record_event
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers.models import Element, Fact
from dukao.registers.rules import LEVEL_OF, ElementDefinition

Outcome = Literal["created", "changed", "unchanged"]

# What gives a kept figure its meaning: while facts exist these stay as they are.
_MEANING = {
    "kind": "kind",
    "measure_unit": "unit",
    "decimals": "decimals",
    "period_type": "period",
    "over_units": "adds_up.units",
    "level": "level",
}


class MeaningInUse(Refused):
    """Figures are kept under the old meaning of the element."""


def define_element(*, definition: ElementDefinition, by: Actor, at: datetime) -> Outcome:
    """Make the element, or bring it to this definition; the same definition again changes nothing.

    Raises: NotThere (unknown or foreign department), MeaningInUse.
    Records: registers.element.defined.
    """
    with transaction.atomic():
        element = Element.objects.select_for_update().filter(code=definition.code).first()
        owner = org.department(code=definition.owner) if definition.owner else None
        by.require("REGISTERS_DEFINE", owner.unit_path if owner else "/", department=definition.owner)
        if element and element.owner_id != (owner and owner.id):
            _require_owner(element, by)
        wanted = _columns(definition, owner.id if owner else None)
        changed = [name for name, value in wanted.items() if element is None or getattr(element, name) != value]
        if not changed:
            return "unchanged"
        if element:
            _refuse_new_meaning(element, changed)
        Element.objects.update_or_create(code=definition.code, defaults=wanted)
        record_event(
            verb="registers.element.defined",
            subject=f"element:{definition.code}",
            by=by,
            at=at,
            unit_path=owner.unit_path if owner else "",
            detail={"changed": changed if element else []},
        )
    return "changed" if element else "created"


def _columns(definition: ElementDefinition, owner_id: int | None) -> dict[str, object]:
    minimum, maximum = definition.scaled_range()
    adds_up = definition.adds_up
    return {
        "title": definition.title,
        "title_en": definition.title_en,
        "definition": definition.definition,
        "definition_en": definition.definition_en,
        "aliases": list(definition.aliases),
        "about": definition.about,
        "kind": definition.kind,
        "measure_unit": definition.unit,
        "decimals": definition.decimals,
        "minimum": minimum,
        "maximum": maximum,
        "code_list": [item.model_dump() for item in definition.codes],
        "period_type": definition.period,
        "over_units": adds_up.units if adds_up else "none",
        "over_periods": adds_up.periods if adds_up else "last",
        "level": LEVEL_OF[definition.level],
        "fresh_days": definition.fresh_for_days,
        "sensitivity": definition.sensitivity,
        "owner_id": owner_id,
        "minutes_hundredths": int(definition.minutes * 100),
        "is_synthetic": definition.synthetic,
    }


def _require_owner(element: Element, by: Actor) -> None:
    """Taking an element over needs the right at its department too; one without, the right over everything."""
    owner = org.department(code=element.owner.code) if element.owner else None
    by.require("REGISTERS_DEFINE", owner.unit_path if owner else "/", department=owner.code if owner else "")


def _refuse_new_meaning(element: Element, changed: list[str]) -> None:
    fields = [field for name, field in _MEANING.items() if name in changed]
    if fields and Fact.objects.filter(element=element).exists():
        raise MeaningInUse(
            _("数据元 %(code)s 已有数据，不能改 %(fields)s") % {"code": element.code, "fields": "、".join(fields)},
            why=_("改了以后，已有数据的含义就变了"),
            todo=_("请另立一个数据元"),
        )
