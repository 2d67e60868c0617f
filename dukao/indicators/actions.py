"""Defining indicators; everything else about them is computed."""

from datetime import datetime
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid
from dukao.base.trail import record_event
from dukao.indicators.models import Indicator
from dukao.indicators.rules import IndicatorDefinition, misfits
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers import queries as registers

Outcome = Literal["created", "changed", "unchanged"]


class DoesNotFit(Invalid):
    """The formula does not fit the elements it names."""


def define_indicator(*, definition: IndicatorDefinition, by: Actor, at: datetime) -> Outcome:
    """Make the indicator, or bring it to this definition; the same definition again changes nothing.

    Raises: NotThere (unknown or foreign department), DoesNotFit.
    Records: indicators.indicator.defined.
    """
    with transaction.atomic():
        indicator = Indicator.objects.select_for_update().filter(code=definition.code).first()
        owner = org.department(code=definition.owner) if definition.owner else None
        by.require("REGISTERS_DEFINE", owner.unit_path if owner else "/", department=definition.owner)
        if indicator and indicator.owner_id != (owner and owner.id):
            # Taking one over needs the right at its department too; one without, the right over everything.
            before = org.department(code=indicator.definition["owner"]) if indicator.owner_id else None
            reach, office = (before.unit_path, before.code) if before else ("/", "")
            by.require("REGISTERS_DEFINE", reach, department=office)
        _refuse_misfits(definition)
        wanted = {
            "title": definition.title,
            "position": definition.position,
            "owner_id": owner.id if owner else None,
            "definition": definition.model_dump(mode="json"),
            "is_synthetic": definition.synthetic,
        }
        changed = [name for name, value in wanted.items() if indicator is None or getattr(indicator, name) != value]
        if not changed:
            return "unchanged"
        Indicator.objects.update_or_create(code=definition.code, defaults=wanted)
        record_event(
            verb="indicators.indicator.defined",
            subject=f"indicator:{definition.code}",
            by=by,
            at=at,
            unit_path=owner.unit_path if owner else "",
            detail={"changed": changed if indicator else []},
        )
    return "changed" if indicator else "created"


def _refuse_misfits(definition: IndicatorDefinition) -> None:
    elements = registers.elements_by_code(definition.elements)
    errors: dict[str, str] = {}
    for side, reason in misfits(definition, elements):
        place = f"{definition.code} · {side}"
        errors[place] = f"{errors[place]}；{reason}" if place in errors else reason
    if errors:
        raise DoesNotFit(
            _("指标 %(code)s 的公式不成立") % {"code": definition.code},
            errors=errors,
            why="；".join(errors.values()),
            todo=_("请改正公式，或先定义所缺的数据元"),
        )
