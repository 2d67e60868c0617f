"""Working out a year's joint plan, and adopting it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dukao.base.refusals import NotThere, Refused
from dukao.base.trail import record_event
from dukao.gate.models import JointPlan, JointVisit, Plan
from dukao.gate.queries.joint import to_merge
from dukao.gate.rules.joint_plan import Wanted, crowded_months, merge_visits
from dukao.org import queries as org
from dukao.org.rules import Actor


class NothingToMerge(Refused):
    """No approved item names the units it visits."""


class PlanStillOpen(Refused):
    """Items may still come and go."""


def propose_joint(*, year: int, unit: str, by: Actor, at: datetime) -> int:
    """Merge the year's planned visits into as few joint ones as can be; answer the proposal's id.

    Twelve thousand visits take about a second. Raises: NotThere, NothingToMerge, UnknownYear.
    Records: gate.joint.proposed. Basis: INS-3, INS-4.
    """
    place = org.unit_by_code(unit)
    by.require("PLAN_DECIDE", place.path)
    given = to_merge(year=year, unit_id=place.id, unit_path=place.path)
    if not given.wanted:
        raise NothingToMerge(
            _("{year} 年的计划里还没有能合并的检查").format(year=year),
            why=_("只有已批准、写明检查哪些单位的事项才能排进日历"),
            todo=_("请先批准计划事项；要抽查的事项，抽取之后再合并"),
        )  # fmt: skip
    merged = merge_visits(given.wanted, workdays=given.workdays, limits=given.limits)
    units = {one.code: one.id for one in org.units_by_codes({visit.unit for visit in merged.visits}).values()}
    with transaction.atomic():
        row = JointPlan.objects.create(
            plan_id=given.plan_id, made_at=at, made_by=by.name, limits=asdict(given.limits), planned=merged.planned,
            bound=merged.bound, left=_told(merged.left), dayless=_told(merged.dayless),
            crowded_months=crowded_months(given.wanted, most=given.limits.visits_per_month),
            left_out=list(given.left_out), is_synthetic=given.is_synthetic,
        )  # fmt: skip
        JointVisit.objects.bulk_create(
            (
                JointVisit(joint_plan=row, unit_id=units[visit.unit], on=visit.on, items=list(visit.items))
                for visit in merged.visits
            ),
            batch_size=2000,
        )
        # Earlier proposals that nobody adopted are worth nothing any more.
        JointPlan.objects.filter(plan_id=given.plan_id, adopted_at=None).exclude(pk=row.pk).delete()
        record_event(
            verb="gate.joint.proposed", subject=f"plan:{unit}:{year}", by=by, at=at, unit_path=place.path,
            detail={"planned": merged.planned, "joint": len(merged.visits), "bound": merged.bound,
                    "left": len(merged.left), "dayless": len(merged.dayless)},
        )  # fmt: skip
    return row.pk


def _told(visits: Sequence[Wanted]) -> list[dict[str, str]]:
    return [{"item": one.item, "unit": one.unit} for one in visits]


def adopt_joint(*, proposal: int, by: Actor, at: datetime) -> None:
    """Make a proposal the year's calendar, in place of the one before. Twice is once.

    Raises: NotThere, PlanStillOpen. Records: gate.joint.adopted.
    """
    with transaction.atomic():
        row = JointPlan.objects.select_for_update(of=("self",)).select_related("plan__unit").filter(pk=proposal).first()
        if row is None:
            raise NotThere()
        by.require("PLAN_DECIDE", row.plan.unit.path)
        if row.adopted_at is not None:
            return
        if row.plan.state == Plan.State.COLLECTING:
            raise PlanStillOpen(_("计划还在征集，定稿后才能采用"), todo=_("请先定稿，再重新合并一次"))
        JointPlan.objects.filter(plan_id=row.plan_id, adopted_at__isnull=False).delete()
        row.adopted_at, row.adopted_by = at, by.name
        row.save(update_fields=["adopted_at", "adopted_by"])
        record_event(
            verb="gate.joint.adopted", subject=f"plan:{row.plan.unit.code}:{row.plan.year}", by=by, at=at,
            unit_path=row.plan.unit.path, detail={"planned": row.planned, "bound": row.bound},
        )  # fmt: skip
