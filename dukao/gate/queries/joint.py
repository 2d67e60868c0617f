"""The joint plan of a year: what would be merged, what it saves, and who visits whom together."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from dukao.base.refusals import NotThere
from dukao.gate.models import JointPlan, JointVisit, Plan, PlanItem, Visit
from dukao.gate.rules.items import REMOTE_METHOD
from dukao.gate.rules.joint_plan import Limits, Wanted
from dukao.law import queries as law
from dukao.law.workdays import is_workday
from dukao.org import queries as org
from dukao.org.rules import Actor

_MOST = 500


@dataclass(frozen=True, slots=True)
class JointItem:
    number: str
    title: str
    department_code: str
    department_name: str


@dataclass(frozen=True, slots=True)
class JointVisitView:
    """`visit`: the number of the visit that was booked so, empty while there is none. The first item's department
    leads: it may book for all.
    """

    unit_code: str
    unit_name: str
    on: date
    items: tuple[JointItem, ...]
    visit: str


@dataclass(frozen=True, slots=True)
class JointMonth:
    """One month: visits if everybody comes alone at the beginning of its window, and as merged."""

    month: int
    alone: int
    joint: int


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A planned visit that is not in the calendar."""

    number: str
    title: str
    unit_code: str
    unit_name: str


@dataclass(frozen=True, slots=True)
class JointPlanView:
    """`planned` visits went in, `joint` come out; `left` found no place, `dayless` have no working day to come on.

    No plan has fewer than `bound`, if each visit that it leaves counts as one; the dayless are not counted.
    """

    id: int
    year: int
    unit_code: str
    unit_name: str
    made_at: datetime
    made_by: str
    limits: Limits
    planned: int
    joint: int
    left: tuple[Unplaced, ...]
    dayless: tuple[Unplaced, ...]
    left_out: tuple[JointItem, ...]
    bound: int
    crowded_months: int
    months: tuple[JointMonth, ...]
    adopted_at: datetime | None
    is_synthetic: bool
    may_decide: bool

    @property
    def saved(self) -> int:
        return self.planned - len(self.left) - len(self.dayless) - self.joint

    @property
    def beyond_bound(self) -> int:
        """How many visits more than the bound, each that found no place counted as one."""
        return self.joint + len(self.left) - self.bound


@dataclass(frozen=True, slots=True)
class ToMerge:
    """What goes into the planner (internal)."""

    plan_id: int
    wanted: tuple[Wanted, ...]
    workdays: tuple[date, ...]
    limits: Limits
    left_out: tuple[str, ...]
    is_synthetic: bool


def joint_plan(*, year: int, unit: str, viewer: Actor) -> JointPlanView | None:
    """The adopted joint plan, else the newest proposal; None where there is none.

    For the office of that unit; its departments see what was adopted. Raises NotThere.
    """
    place = org.unit_by_code(unit)
    may_decide = viewer.may("PLAN_DECIDE", place.path)
    if not may_decide and not viewer.may("DEMANDS_ISSUE", place.path):
        raise NotThere()
    chosen = JointPlan.objects.filter(plan__year=year, plan__unit_id=place.id)
    if not may_decide:
        chosen = chosen.filter(adopted_at__isnull=False)
    row = chosen.order_by("-id").first()
    return _view(row, place.code, place.name, year, may_decide) if row else None


def joint_visits(
    *, plan: JointPlanView, viewer: Actor, month: int = 0, department: str = "", text: str = "", most: int = _MOST
) -> tuple[JointVisitView, ...]:
    """The visits of a joint plan by day: all for the office, for a department those that carry an item of its own."""
    chosen = JointVisit.objects.filter(joint_plan_id=plan.id).select_related("unit").order_by("on", "unit__code")
    if month:
        chosen = chosen.filter(on__month=month)
    if text:
        chosen = chosen.filter(Q(unit__name__contains=text) | Q(unit__code__startswith=text))
    own = {s.department_code for s in viewer.standings_with("DEMANDS_ISSUE")}
    items = _items(plan.year, plan.unit_code)
    found: list[JointVisit] = []
    for row in chosen.iterator(chunk_size=2000):
        departments = {items[number].department_code for number in row.items if number in items}
        if (plan.may_decide or departments & own) and (not department or department in departments):
            found.append(row)
        if len(found) == most:
            break
    booked = _booked(found)
    return tuple(
        JointVisitView(
            row.unit.code, row.unit.name, row.on, tuple(items[number] for number in row.items if number in items),
            booked.get((row.unit_id, row.on, tuple(row.items)), ""),
        )
        for row in found
    )  # fmt: skip


def joint_items_led(*, unit_id: int, unit_path: str, on: date, by: Actor) -> tuple[tuple[str, ...], ...]:
    """Inside the room: numbers of the items of each joint visit that an adopted calendar has at the unit on the day and
    that the actor leads, because its first item is of the actor's department.
    """
    chosen = JointVisit.objects.filter(unit_id=unit_id, on=on, joint_plan__adopted_at__isnull=False)
    together = [tuple(items) for items in chosen.values_list("items", flat=True)]
    firsts = PlanItem.objects.filter(is_current=True, number__in=[items[0] for items in together])
    leads = dict(firsts.values_list("number", "department__code"))
    return tuple(
        items
        for items in together
        if items[0] in leads and by.may("DEMANDS_ISSUE", unit_path, department=leads[items[0]])
    )


def to_merge(*, year: int, unit_id: int, unit_path: str) -> ToMerge:
    """Every visit that the plan's approved items name by unit (internal). Raises UnknownYear."""
    plan = Plan.objects.filter(year=year, unit_id=unit_id).first()
    first, last = date(year, 1, 1), date(year, 12, 31)
    rules = {rule_id: law.rule(rule_id, first).parameters for rule_id in ("INS-3", "INS-4")}
    limits = Limits(
        visits_per_month=rules["INS-3"]["visits_per_month"], cooling_workdays=rules["INS-3"]["cooling_workdays"],
        departments_most=rules["INS-4"]["departments_most"],
        visits_per_department_day=rules["INS-4"]["visits_per_department_day"],
    )  # fmt: skip
    wanted: list[Wanted] = []
    left_out: list[str] = []
    items = PlanItem.objects.filter(
        plan=plan, is_current=True, state=PlanItem.State.APPROVED, origin=PlanItem.Origin.PLANNED
    ).select_related("department", "scope_unit")
    for item in items.order_by("number"):
        # Who is drawn later, or comes unannounced, cannot be put into a calendar.
        units = {} if item.method in ("unannounced", REMOTE_METHOD, "clues") else _targets(item)
        if not units:
            left_out.append(item.number)
        for code, visits in sorted(units.items()):
            wanted += _spread(item, code, visits)
    days = tuple(day for n in range((last - first).days + 1) if is_workday(day := first + timedelta(days=n)))
    synthetic = any(item.is_synthetic for item in items)
    return ToMerge(plan.pk if plan else 0, tuple(wanted), days, limits, tuple(left_out), synthetic)


def _targets(item: PlanItem) -> dict[str, int]:
    """Unit → visits, where the item says whom it visits."""
    named = dict(item.targets.values_list("unit__code", "visits_most"))
    if named:
        return named if sum(named.values()) == item.visits_most else {}
    units = org.units_below(path=item.scope_unit.path, level=item.target_level)
    return {unit.code: 1 for unit in units} if len(units) == item.visits_most else {}


def _spread(item: PlanItem, unit: str, visits: int) -> list[Wanted]:
    """Several visits to one unit share the window in equal parts."""
    days = (item.ends_on - item.starts_on).days + 1
    edges = [item.starts_on + timedelta(days=days * n // visits) for n in range(visits + 1)]
    return [
        Wanted(item.number, item.department.code, unit, edges[n], edges[n + 1] - timedelta(days=1))
        for n in range(visits)
        if edges[n + 1] > edges[n]
    ]


def _view(row: JointPlan, code: str, name: str, year: int, may_decide: bool) -> JointPlanView:
    joint = {r["on__month"]: r["n"] for r in row.visits.values("on__month").annotate(n=Count("id")).order_by()}
    items = _items(year, code)
    alone: dict[int, int] = defaultdict(int)
    starts = dict(
        PlanItem.objects.filter(plan_id=row.plan_id, is_current=True).values_list("number", "starts_on")
    )  # fmt: skip
    for numbers in row.visits.values_list("items", flat=True).iterator(chunk_size=5000):
        for number in numbers:
            if number in starts:
                alone[starts[number].month] += 1
    units = org.units_by_codes({one["unit"] for one in (*row.left, *row.dayless)})

    def unplaced(told: list[dict[str, str]]) -> tuple[Unplaced, ...]:
        return tuple(
            Unplaced(
                one["item"], items[one["item"]].title if one["item"] in items else "",
                one["unit"], units[one["unit"]].name if one["unit"] in units else "",
            )
            for one in told
        )  # fmt: skip

    return JointPlanView(
        id=row.pk, year=year, unit_code=code, unit_name=name, made_at=row.made_at, made_by=row.made_by,
        limits=Limits(**row.limits), planned=row.planned, joint=sum(joint.values()),
        left=unplaced(row.left), dayless=unplaced(row.dayless),
        left_out=tuple(items[number] for number in row.left_out if number in items), bound=row.bound,
        crowded_months=row.crowded_months,
        months=tuple(JointMonth(month, alone[month], joint.get(month, 0)) for month in range(1, 13)),
        adopted_at=row.adopted_at, is_synthetic=row.is_synthetic, may_decide=may_decide,
    )  # fmt: skip


def _items(year: int, unit: str) -> dict[str, JointItem]:
    rows = PlanItem.objects.filter(plan__year=year, plan__unit__code=unit, is_current=True)
    return {
        number: JointItem(number, title, code, name)
        for number, title, code, name in rows.values_list("number", "title", "department__code", "department__name")
    }


def _booked(rows: list[JointVisit]) -> dict[tuple[int, date, tuple[str, ...]], str]:
    """Booked visits to these units on these days, by what they carry; none that is sealed."""
    visits = (
        Visit.objects.filter(unit_id__in={row.unit_id for row in rows}, on__in={row.on for row in rows})
        .exclude(mode=Visit.Mode.UNANNOUNCED)
        .exclude(state=Visit.State.GIVEN_BACK)
        .prefetch_related("parts__item")
    )
    return {
        (visit.unit_id, visit.on, tuple(sorted(part.item.number for part in visit.parts.all()))): visit.number
        for visit in visits
    }
