"""The yearly plan as each side may know it: its items, today or as they stood on a day, and what was made of them.

1. The office sees all of the plans of its unit and below; a department all of its own items; everybody with a post
   in the tree the approved items of published plans, and exceptions as they are granted.
2. What was executed is known of every item. What is only booked is known to the department and the office alone:
   a booking may be sealed.
3. An unannounced item (暗访) never says in public where it goes; one outside the plan is public once it is over.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import cast

from django.db.models import Count, Max, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import NotAllowed, NotThere
from dukao.gate.models import Plan, PlanItem, PlanTarget, Quota
from dukao.gate.queries.plans.topics import topic_title
from dukao.gate.rules.items import (
    KINDS,
    METHODS,
    ORIGINS,
    PLAN_STATES,
    STATES,
    ItemDefinition,
    QuestionEntry,
    TargetEntry,
)
from dukao.gate.rules.quotas import item_key
from dukao.org import queries as org
from dukao.org.rules import Actor, ancestor_ids
from dukao.registers.rules import LEVEL_OF
from dukao.registers.rules.definitions import LevelName

LEVEL_NAMES = {level: cast(LevelName, name) for name, level in LEVEL_OF.items()}


@dataclass(frozen=True, slots=True)
class PlanView:
    """A unit's plan for a year. `may_decide` and `may_propose` are the viewer's rights in it."""

    year: int
    unit_code: str
    unit_name: str
    unit_path: str
    state: str
    state_label: str
    frozen_at: datetime | None
    published_at: datetime | None
    may_decide: bool
    may_propose: bool

    @property
    def is_open(self) -> bool:
        return self.state == "collecting"


@dataclass(frozen=True, slots=True)
class TargetView:
    """A unit that an item names, and how often it may be visited."""

    unit_code: str
    unit_name: str
    visits_most: int


@dataclass(frozen=True, slots=True)
class QuestionView:
    text: str
    element: str


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of an item's visits is gone. `held` is None for those who may not know what is booked."""

    limit: int
    used: int
    held: int | None

    @property
    def left(self) -> int | None:
        return None if self.held is None else self.limit - self.used - self.held


@dataclass(frozen=True, slots=True)
class ItemView:
    """One version of an item. `targets` are named units, none where it reaches all below its scope or may not say;
    `merged` are numbers of items it carries; `may` is what the viewer may do to it.
    """

    number: str
    version: int
    is_current: bool
    origin: str
    origin_label: str
    state: str
    state_label: str
    plan_year: int
    plan_unit_code: str
    plan_state: str
    department_code: str
    department_name: str
    title: str
    topic: str
    topic_title: str
    kind: str
    kind_label: str
    method: str
    method_label: str
    basis: str
    purpose: str
    questions: tuple[QuestionView, ...]
    criteria: tuple[str, ...]
    scope_code: str
    scope_name: str
    scope_path: str
    target_level: int
    targets: tuple[TargetView, ...]
    n_named: int
    starts_on: date
    ends_on: date
    visits_most: int
    minutes_hundredths_per_visit: int
    merged_into: str
    merged: tuple[str, ...]
    reason: str
    approved_by: str
    approved_at: datetime | None
    decision: str
    decided_by: str
    decided_at: datetime | None
    made_by: str
    made_at: datetime
    is_synthetic: bool
    usage: Usage | None
    is_insider: bool  # the viewer is of its department or of the office
    may: frozenset[str] = frozenset()

    @property
    def is_unannounced(self) -> bool:
        return self.method == "unannounced"


def plan(*, year: int, unit: str, viewer: Actor) -> PlanView:
    """The plan of a unit for a year; one that nobody has proposed to yet is being collected. Raises NotThere."""
    place = org.unit(code=unit, viewer=viewer)
    require_post(viewer)
    found = Plan.objects.filter(year=year, unit_id=place.id).first() or Plan(year=year, unit_id=place.id)
    return PlanView(
        year=year, unit_code=place.code, unit_name=place.name, unit_path=place.path, state=found.state,
        state_label=_(PLAN_STATES[found.state]), frozen_at=found.frozen_at, published_at=found.published_at,
        may_decide=viewer.may("PLAN_DECIDE", place.path), may_propose=_may_propose(viewer, place.path),
    )  # fmt: skip


def plan_units(*, viewer: Actor) -> tuple[tuple[str, str], ...]:
    """Code and name of the units whose plans concern the viewer: with departments, and above or below a post."""
    require_post(viewer)
    found = dict.fromkeys((d.unit_path, d.unit_code) for d in org.departments(viewer=viewer))
    return tuple((code, org.unit_by_code(code).name) for _path, code in sorted(found))


def plan_years(*, unit: str, viewer: Actor, on: date) -> tuple[int, ...]:
    """The years that have a plan of the unit, with this one and the next, newest first."""
    place = org.unit(code=unit, viewer=viewer)
    kept = Plan.objects.filter(unit_id=place.id).values_list("year", flat=True)
    return tuple(sorted({*kept, on.year, on.year + 1}, reverse=True))


def plan_items(
    *, year: int, unit: str, viewer: Actor, on: date, as_of: date | None = None, states: Iterable[str] = (),
    origins: Iterable[str] = (), department: str = "", topic: str = "",
) -> tuple[ItemView, ...]:  # fmt: skip
    """The items of a unit's plan that the viewer may know of, by number: as they are, or as they stood when `as_of`
    ended. `on` is today. Raises NotThere.
    """
    place = org.unit(code=unit, viewer=viewer)
    require_post(viewer)
    chosen = PlanItem.objects.filter(plan__year=year, plan__unit_id=place.id)
    if department:
        chosen = chosen.filter(department__code=department)
    if topic:
        chosen = chosen.filter(topic=topic)
    views = _seen(chosen, viewer, on, as_of)
    wanted, from_where = set(states), set(origins)
    return tuple(
        v for v in views if (not wanted or v.state in wanted) and (not from_where or v.origin in from_where)
    )  # fmt: skip


def plan_item(*, number: str, viewer: Actor, on: date, version: int | None = None) -> ItemView:
    """One item: its current version or the one asked for. Raises NotThere."""
    for view in plan_item_versions(number=number, viewer=viewer, on=on):
        if view.version == version if version else view.is_current:
            return view
    raise NotThere()


def plan_item_versions(*, number: str, viewer: Actor, on: date) -> tuple[ItemView, ...]:
    """Every version that the viewer may know of, newest first; empty where there is none."""
    require_post(viewer)
    chosen = PlanItem.objects.filter(number=number)
    return tuple(views_of(chosen.filter(seen_by(viewer, on)).order_by("-version"), viewer, with_targets=True))


def require_post(viewer: Actor) -> None:
    """Who holds no post anywhere has nothing to do with plans. Raises NotAllowed."""
    if not (viewer.is_system or viewer.standings):
        raise NotAllowed(_("您还没有岗位，看不到督查计划"), todo=_("请系统管理员为您设置岗位"))


def seen_by(viewer: Actor, on: date) -> Q:
    """Versions of items that the viewer may know of."""
    if viewer.is_system:
        return Q()
    seen = Q(pk__in=[])
    above: set[int] = set()
    for standing in viewer.standings:
        above |= set(ancestor_ids(standing.unit_path))
        seen |= _PUBLIC & _open_by(on) & Q(plan__unit__path__startswith=standing.unit_path)
    for standing in (*viewer.standings_with("DEMANDS_SEE_ALL"), *viewer.standings_with("PLAN_DECIDE")):
        seen |= Q(plan__unit__path__startswith=standing.unit_path)
    for standing in viewer.standings_with("DEMANDS_ISSUE"):
        seen |= Q(department__code=standing.department_code)
    return seen | (_PUBLIC & _open_by(on) & Q(plan__unit_id__in=above))


# A version that was let through: planned ones with their plan, exceptions as they are granted.
_PUBLIC = Q(approved_at__isnull=False) & (
    ~Q(origin=PlanItem.Origin.PLANNED) | Q(plan__state=Plan.State.PUBLISHED)
)  # fmt: skip


def _open_by(on: date) -> Q:
    """A single unannounced inspection would announce itself."""
    is_single = ~Q(origin=PlanItem.Origin.PLANNED) & Q(method="unannounced")
    return ~is_single | Q(ends_on__lt=on)


def _may_propose(viewer: Actor, path: str) -> bool:
    return viewer.is_system or any(
        org.department(code=s.department_code).unit_path == path for s in viewer.standings_with("DEMANDS_ISSUE")
    )


def is_insider(viewer: Actor, plan_path: str, department: str) -> bool:
    """Whether the viewer is of the department or of the office: they know what is booked."""
    return (
        viewer.may("DEMANDS_SEE_ALL", plan_path)
        or viewer.may("PLAN_DECIDE", plan_path)
        or any(s.department_code == department for s in viewer.standings_with("DEMANDS_ISSUE"))
    )


def _seen(chosen: QuerySet[PlanItem], viewer: Actor, on: date, as_of: date | None) -> list[ItemView]:
    if as_of is None:
        return views_of(chosen.filter(seen_by(viewer, on), is_current=True).order_by("number"), viewer)
    instant = timezone.make_aware(datetime.combine(as_of + timedelta(days=1), time.min))
    newest = chosen.filter(made_at__lt=instant).values("number").annotate(newest=Max("version")).order_by()
    last = {row["number"]: row["newest"] for row in newest}
    rows = chosen.filter(seen_by(viewer, on), made_at__lt=instant).order_by("number")
    found = []
    for view in views_of(rows, viewer):
        if last[view.number] == view.version:
            state = _state_at(view, instant)
            found.append(replace(view, state=state, state_label=_(STATES[state]), usage=None))
    return found


def _state_at(view: ItemView, instant: datetime) -> str:
    """What a version was at a past instant: later decisions had not been taken."""
    if view.decided_at is not None and view.decided_at < instant:
        return view.state
    return "approved" if view.approved_at is not None and view.approved_at < instant else "proposed"


def views_of(rows: QuerySet[PlanItem], viewer: Actor, *, with_targets: bool = False) -> list[ItemView]:
    named = Prefetch("targets", PlanTarget.objects.select_related("unit").order_by("unit__code"))
    chosen = rows.select_related("plan__unit", "department", "scope_unit").annotate(n_named=Count("targets"))
    items = list(chosen.prefetch_related(named) if with_targets else chosen)
    usage = _usage([item for item in items if item.approved_at])
    merged: dict[str, list[str]] = defaultdict(list)
    into = PlanItem.objects.filter(is_current=True, merged_into__in={item.number for item in items})
    for number, target in into.order_by("number").values_list("number", "merged_into"):
        merged[target].append(number)
    return [_view(item, viewer, usage, tuple(merged[item.number]), with_targets) for item in items]


def plan_definition(*, number: str, viewer: Actor, on: date) -> ItemDefinition:
    """The current version of an item as its department would write it, for the department and the office.

    Raises NotThere.
    """
    chosen = PlanItem.objects.filter(seen_by(viewer, on), number=number, is_current=True)
    for row in chosen.select_related("plan__unit", "department", "scope_unit"):
        if is_insider(viewer, row.plan.unit.path, row.department.code):
            return definition_of(row)
    raise NotThere()


def definition_of(row: PlanItem) -> ItemDefinition:
    """Internal: a version of an item as it was written."""
    targets = row.targets.order_by("unit__code").values_list("unit__code", "visits_most")
    return ItemDefinition(
        title=row.title, topic=row.topic, kind=row.kind, method=row.method, basis=row.basis,  # type: ignore[arg-type]
        purpose=row.purpose, questions=tuple(QuestionEntry(**question) for question in row.questions),
        criteria=tuple(row.criteria), scope=row.scope_unit.code, level=LEVEL_NAMES[row.target_level],
        targets=tuple(TargetEntry(unit=code, visits=most) for code, most in targets), starts_on=row.starts_on,
        ends_on=row.ends_on, visits=row.visits_most,
        minutes_per_visit=Decimal(row.minutes_hundredths_per_visit) / 100, synthetic=row.is_synthetic,
    )  # fmt: skip


def _usage(items: Sequence[PlanItem]) -> dict[str, tuple[int, int, int]]:
    """Limit, used, held. A cap that is not on record yet looks like one on which nothing but secrets draw."""
    keys = {item_key(item.number): item.number for item in items}
    rows = Quota.objects.filter(key__in=keys).values_list("key", "limit", "used", "held")
    drawn_on = {keys[key]: (limit, used, held) for key, limit, used, held in rows}
    return {item.number: (item.visits_most, 0, 0) for item in items} | drawn_on


def _view(row: PlanItem, viewer: Actor, usage: Mapping[str, tuple[int, int, int]], merged: tuple[str, ...],
          with_targets: bool) -> ItemView:  # fmt: skip
    insider = is_insider(viewer, row.plan.unit.path, row.department.code)
    tells_where = insider or row.method != "unannounced"
    targets = tuple(
        TargetView(t.unit.code, t.unit.name, t.visits_most) for t in row.targets.all()
    ) if with_targets and tells_where else ()  # fmt: skip
    counted = usage.get(row.number)
    return ItemView(
        number=row.number, version=row.version, is_current=row.is_current,
        origin=row.origin, origin_label=_(ORIGINS[row.origin]), state=row.state, state_label=_(STATES[row.state]),
        plan_year=row.plan.year, plan_unit_code=row.plan.unit.code, plan_state=row.plan.state,
        department_code=row.department.code, department_name=row.department.name, title=row.title,
        topic=row.topic, topic_title=topic_title(row.topic), kind=row.kind, kind_label=_(KINDS[row.kind]),
        method=row.method, method_label=_(METHODS[row.method]) if row.method in METHODS else row.method,
        basis=row.basis, purpose=row.purpose,
        questions=tuple(QuestionView(q["text"], q.get("element", "")) for q in row.questions),
        criteria=tuple(row.criteria), scope_code=row.scope_unit.code, scope_name=row.scope_unit.name,
        scope_path=row.scope_unit.path, target_level=row.target_level, targets=targets,
        n_named=row.n_named if tells_where else 0,  # type: ignore[attr-defined]
        starts_on=row.starts_on, ends_on=row.ends_on, visits_most=row.visits_most,
        minutes_hundredths_per_visit=row.minutes_hundredths_per_visit, merged_into=row.merged_into, merged=merged,
        reason=row.reason, approved_by=row.approved_by, approved_at=row.approved_at, decision=row.decision,
        decided_by=row.decided_by, decided_at=row.decided_at, made_by=row.made_by, made_at=row.made_at,
        is_synthetic=row.is_synthetic,
        usage=Usage(counted[0], counted[1], counted[2] if insider else None) if counted else None,
        is_insider=insider, may=_may(row, viewer),
    )  # fmt: skip


def _may(row: PlanItem, viewer: Actor) -> frozenset[str]:
    """What the viewer may do to the current version, as rights and states have it; rules may still refuse."""
    if not row.is_current:
        return frozenset()
    decides = viewer.may("PLAN_DECIDE", row.plan.unit.path)
    owns = viewer.may("DEMANDS_ISSUE", row.scope_unit.path, department=row.department.code)
    is_open = row.plan.state == Plan.State.COLLECTING or row.origin != PlanItem.Origin.PLANNED
    may: set[str] = set()
    if row.state == PlanItem.State.PROPOSED:
        may |= {"approve", "refuse", "trim"} if decides else set()
        may |= {"merge"} if decides and is_open and row.origin == PlanItem.Origin.PLANNED else set()
    if row.state == PlanItem.State.APPROVED:
        may |= {"amend"} if decides or owns else set()
    if row.state in (PlanItem.State.PROPOSED, PlanItem.State.REFUSED, PlanItem.State.WITHDRAWN) and owns and is_open:
        may.add("revise")
    if row.state in (PlanItem.State.PROPOSED, PlanItem.State.APPROVED) and (owns or decides):
        may.add("withdraw")
    return frozenset(may)
