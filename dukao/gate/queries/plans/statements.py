"""What became of a plan: planned, executed, held and left by department, and who comes to one unit."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from dukao.base.refusals import NotThere
from dukao.gate.models import Plan, PlanItem, Visit, VisitPart
from dukao.gate.queries.plans.views import ItemView, plan_items, require_post, seen_by, views_of
from dukao.gate.rules.items import REMOTE_METHOD
from dukao.org import queries as org
from dukao.org.rules import Actor, ancestor_ids

_HAPPENED = (Visit.State.ARRIVED, Visit.State.CONCLUDED)


@dataclass(frozen=True, slots=True)
class DepartmentPlan:
    """One department's part of a plan. Visits: the most that were let through, planned and beyond the plan; of these
    used, held (None for who may not know) and left. `merged_away` visits are made by another item's visits.
    """

    department_code: str
    department_name: str
    items: int
    exceptions: int
    planned: int
    beyond: int
    used: int
    held: int | None
    merged_away: int

    @property
    def left(self) -> int | None:
        return None if self.held is None else self.planned + self.beyond - self.used - self.held


@dataclass(frozen=True, slots=True)
class Coming:
    """An item that may come to a unit: how often at most, and how often it has been there. `visits_most` is None where
    the item does not say how its visits are shared out.
    """

    item: ItemView
    visits_most: int | None
    visited: int


@dataclass(frozen=True, slots=True)
class Returned:
    """An item that was not let through and may be revised as long as its plan is being collected."""

    number: str
    title: str
    decision: str


def returned_items(*, viewer: Actor, on: date) -> tuple[Returned, ...]:
    """What the office sent back to the viewer's departments, by number."""
    own = {s.department_code for s in viewer.standings_with("DEMANDS_ISSUE")}
    chosen = PlanItem.objects.filter(
        Q(plan__state=Plan.State.COLLECTING) | ~Q(origin=PlanItem.Origin.PLANNED), department__code__in=own,
        is_current=True, state=PlanItem.State.REFUSED, plan__year__gte=on.year, ends_on__gte=on,
    )  # fmt: skip
    return tuple(Returned(*row) for row in chosen.order_by("number").values_list("number", "title", "decision"))


def proposals_waiting(*, viewer: Actor) -> tuple[tuple[int, str, int], ...]:
    """How many items wait for the viewer's decision: year, unit of the plan, count."""
    decides = Q(pk__in=[])
    for standing in viewer.standings_with("PLAN_DECIDE"):
        decides |= Q(plan__unit__path__startswith=standing.unit_path)
    chosen = PlanItem.objects.filter(decides, is_current=True, state=PlanItem.State.PROPOSED)
    counted = chosen.values("plan__year", "plan__unit__code").annotate(n=Count("pk"))
    rows = counted.order_by("plan__year", "plan__unit__code")
    return tuple((row["plan__year"], row["plan__unit__code"], row["n"]) for row in rows)


def plan_statement(*, year: int, unit: str, viewer: Actor, on: date) -> tuple[DepartmentPlan, ...]:
    """Planned and executed per department, by department code: a statement, never a ranking. Raises NotThere."""
    rows: dict[str, list[ItemView]] = defaultdict(list)
    for view in plan_items(year=year, unit=unit, viewer=viewer, on=on):
        if view.state in ("approved", "merged"):
            rows[view.department_code].append(view)
    return tuple(_line(rows[code]) for code in sorted(rows))


def coming_to(*, unit: str, year: int, viewer: Actor, on: date) -> tuple[Coming, ...]:
    """The approved items, of all plans above it, that may come to a unit in a year, by the beginning of their window.

    Of an announced item that names its targets only those are told; an unannounced one is told wherever it might come;
    one for which nobody comes is not.
    Raises NotThere: not the viewer's own unit, nor one below a reviewer's, supervision's or a department's.
    """
    place = org.unit(code=unit, viewer=viewer)
    require_post(viewer)
    if not (viewer.is_system or any(place.path.startswith(s.unit_path) for s in viewer.standings)):
        raise NotThere()
    reaching = Q(target_level=place.level, scope_unit_id__in=ancestor_ids(place.path))
    named = Q(targets=None) | Q(targets__unit_id=place.id) | Q(method="unannounced")
    chosen = PlanItem.objects.filter(
        seen_by(viewer, on), reaching, named, ~Q(method=REMOTE_METHOD), is_current=True,
        state=PlanItem.State.APPROVED, plan__year=year,
    )  # fmt: skip
    views = views_of(PlanItem.objects.filter(pk__in=chosen.values("pk")).order_by("starts_on", "number"), viewer)
    visited: dict[str, int] = defaultdict(int)
    there = VisitPart.objects.filter(visit__unit_id=place.id, visit__state__in=_HAPPENED)
    for number in there.values_list("item__number", flat=True):
        visited[number] += 1
    most = dict(
        PlanItem.objects.filter(pk__in=chosen.values("pk"), targets__unit_id=place.id).values_list(
            "number", "targets__visits_most"
        )
    )
    return tuple(
        Coming(view, None if view.is_unannounced else most.get(view.number), visited[view.number]) for view in views
    )


def _line(views: list[ItemView]) -> DepartmentPlan:
    approved = [view for view in views if view.state == "approved"]
    usage = [view.usage for view in approved if view.usage]
    held = [one.held for one in usage]
    return DepartmentPlan(
        department_code=views[0].department_code, department_name=views[0].department_name,
        items=sum(view.origin == "planned" for view in approved),
        exceptions=sum(view.origin != "planned" for view in approved),
        planned=sum(view.visits_most for view in approved if view.origin == "planned"),
        beyond=sum(view.visits_most for view in approved if view.origin != "planned"),
        used=sum(one.used for one in usage),
        held=None if None in held else sum(one or 0 for one in held),
        merged_away=sum(view.visits_most for view in views if view.state == "merged"),
    )  # fmt: skip
