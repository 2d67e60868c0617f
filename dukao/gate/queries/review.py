"""The monthly review (调度) of one unit: what the grass roots received in a month, put together without asking anybody.

Everything is told by code or by day, never by size; only demands are, and those are neither people nor places.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from dukao.base.periods import Period
from dukao.base.refusals import NotThere
from dukao.gate.models import Appeal, Demand, RefusedVisit, Visit
from dukao.gate.queries.demands import refusals_seen_by
from dukao.gate.queries.ledger.entries import Burden, added, below, entries_in, grouped
from dukao.gate.queries.visits import REVEALED
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import SYSTEM, Actor, ancestor_ids

_HEAVIEST = 10
_HAPPENED = (Visit.State.ARRIVED, Visit.State.CONCLUDED)


@dataclass(frozen=True, slots=True)
class InspectionCount:
    """Visits that came, by what let them through. `saved`: departments that came along instead of once more, and the
    minutes × 100 that it would have cost.
    """

    n: int = 0
    planned: int = 0
    exceptions: int = 0
    emergencies: int = 0
    joint: int = 0
    saved: int = 0
    saved_hundredths: int = 0


@dataclass(frozen=True, slots=True)
class ReviewedUnit:
    """A unit one step down, with all below it; minutes × 100."""

    code: str
    name: str
    inspections: InspectionCount
    n_visited: int  # units that were visited at least once
    n_crowded: int
    minutes_hundredths: int


@dataclass(frozen=True, slots=True)
class CrowdedPlace:
    """A unit with more visits in the month than INS-3 allows, or two within one week; `days` they came on."""

    code: str
    name: str
    above: str
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class AskerMonth:
    """What one department asked for in the month; minutes × 100 by kind of demand."""

    code: str
    name: str
    n_demands: int
    minutes_by_kind: dict[str, int]

    @property
    def minutes_hundredths(self) -> int:
        return sum(self.minutes_by_kind.values())


@dataclass(frozen=True, slots=True)
class HeavyDemand:
    number: str
    title: str
    kind: str
    asker_name: str
    n_units: int
    minutes_hundredths: int


@dataclass(frozen=True, slots=True)
class RefusedByRule:
    rule: str
    title: str
    n: int


@dataclass(frozen=True, slots=True)
class MonthlyReview:
    """One month of one unit and all below it. `before`: the month before; minutes × 100."""

    unit: UnitView
    month: Period
    limit_per_month: int
    inspections: InspectionCount
    inspections_before: InspectionCount
    units: tuple[ReviewedUnit, ...]
    crowded: tuple[CrowdedPlace, ...]
    burden: Burden
    burden_before: Burden
    askers: tuple[AskerMonth, ...]
    heaviest: tuple[HeavyDemand, ...]
    refused: tuple[RefusedByRule, ...]
    n_turned_away: int
    appeals: dict[str, int]  # by state
    is_synthetic: bool


@dataclass
class _Charged:
    """The month's entries, gone through once: minutes × 100 by unit (its path), asker and kind, and demand."""

    whole: Burden = field(default_factory=Burden)
    by_path: Counter[str] = field(default_factory=Counter)
    by_asker: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    demands_of_asker: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_demand: Counter[int] = field(default_factory=Counter)
    units_of_demand: Counter[int] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Came:
    """One visit as the review needs it."""

    unit_id: int
    unit_code: str
    unit_name: str
    above: str
    path: str
    on: date
    minutes_hundredths: int
    parts: tuple[tuple[str, int], ...]  # origin, and the minutes × 100 of coming for it alone

    @property
    def origins(self) -> tuple[str, ...]:
        return tuple(origin for origin, _minutes in self.parts)

    @property
    def saved_hundredths(self) -> int:
        return max(sum(minutes for _origin, minutes in self.parts) - self.minutes_hundredths, 0)


def monthly_review(*, unit: str, month: Period, viewer: Actor) -> MonthlyReview:
    """The review of a unit's month, for whoever supervises it. Raises NotThere."""
    assert month.type == "month", "a review is of one month"
    top = org.unit_by_code(unit)
    if not viewer.may("DEMANDS_SEE_ALL", top.path):
        raise NotThere()
    limits = law.rule("INS-3", month.starts_on).parameters
    came, charged = _came(top.path, month), _charged(top, month)
    crowded = _crowded(came, limits["visits_per_month"], limits["visits_per_week"])
    before = month.previous()
    return MonthlyReview(
        unit=top, month=month, limit_per_month=limits["visits_per_month"], inspections=_counted(came),
        inspections_before=_counted(_came(top.path, before)), units=_units(top, came, crowded, charged),
        crowded=_told(crowded), burden=charged.whole,
        burden_before=added(b for _kind, b in grouped(below(entries_in(before), top.path), "kind")),
        askers=_askers(charged), heaviest=_heaviest(charged), refused=_refused(top, month, viewer),
        n_turned_away=RefusedVisit.objects.filter(
            _in(month, "at"), unit__path__startswith=top.path
        ).count(),
        appeals=_appeals(top, month),
        is_synthetic=settings.SYNTHETIC
        or _visits(top.path, month).filter(parts__item__is_synthetic=True).exists(),
    )  # fmt: skip


def _charged(top: UnitView, month: Period) -> _Charged:
    """One reading of the entries instead of a grouping for each table: they are the same rows every time."""
    found, standing = _Charged(), 0
    n = measured = n_measured = estimated = n_back = back = 0
    rows = below(entries_in(month), top.path).values_list(
        "unit__path", "demand_id", "asker_id", "kind", "minutes_hundredths", "measured_hundredths", "given_back_at"
    )
    for path, demand_id, asker_id, kind, estimate, actual, given_back_at in rows.iterator(chunk_size=10_000):
        if given_back_at is not None:
            n_back, back = n_back + 1, back + estimate
            continue
        minutes = estimate if actual is None else actual
        n, standing = n + 1, standing + minutes
        if actual is not None:
            n_measured, measured, estimated = n_measured + 1, measured + actual, estimated + estimate
        found.by_path[path] += minutes
        found.by_asker[asker_id][kind] += minutes
        found.demands_of_asker[asker_id].add(demand_id)
        if kind != "platform":
            found.by_demand[demand_id] += minutes
            found.units_of_demand[demand_id] += 1
    found.whole = Burden(n, standing, n_measured, measured, estimated, n_back, back)
    return found


def _visits(path: str, month: Period) -> QuerySet[Visit]:
    return Visit.objects.filter(
        REVEALED, state__in=_HAPPENED, on__gte=month.starts_on, on__lt=month.ends_on, unit__path__startswith=path
    ).exclude(mode=Visit.Mode.REMOTE)


def _came(path: str, month: Period) -> list[_Came]:
    rows = _visits(path, month).values_list(
        "id", "unit_id", "unit__code", "unit__name", "unit__parent__name", "unit__path", "on",
        "minutes_hundredths", "parts__item__origin", "parts__item__minutes_hundredths_per_visit",
    )  # fmt: skip
    found: dict[int, _Came] = {}
    for number, unit_id, code, name, above, unit_path, on, minutes, origin, alone in rows.order_by("on", "id"):
        earlier = found[number].parts if number in found else ()
        found[number] = _Came(unit_id, code, name, above, unit_path, on, minutes, (*earlier, (origin, alone)))
    return list(found.values())


def _counted(came: Iterable[_Came]) -> InspectionCount:
    """A joint visit is one; it is planned where any of its items is, and an emergency only where all are."""
    n = Counter[str]()
    for visit in came:
        n["all"] += 1
        kind = next((k for k in ("planned", "exception", "emergency") if k in visit.origins), "exception")
        n[kind] += 1
        n["joint"] += len(visit.origins) > 1
        n["saved"] += len(visit.origins) - 1
        n["minutes"] += visit.saved_hundredths
    return InspectionCount(n["all"], n["planned"], n["exception"], n["emergency"], n["joint"], n["saved"], n["minutes"])


def _crowded(came: Iterable[_Came], per_month: int, per_week: int) -> dict[int, list[_Came]]:
    by_unit: dict[int, list[_Came]] = defaultdict(list)
    for visit in came:
        by_unit[visit.unit_id].append(visit)
    return {
        unit_id: visits
        for unit_id, visits in by_unit.items()
        if len(visits) > per_month or max(Counter(v.on.isocalendar()[:2] for v in visits).values()) > per_week
    }


def _told(crowded: dict[int, list[_Came]]) -> tuple[CrowdedPlace, ...]:
    found = (
        CrowdedPlace(v[0].unit_code, v[0].unit_name, v[0].above or "", tuple(one.on for one in v))
        for v in crowded.values()
    )
    return tuple(sorted(found, key=lambda one: one.code))


def _units(
    top: UnitView, came: list[_Came], crowded: dict[int, list[_Came]], charged: _Charged
) -> tuple[ReviewedUnit, ...]:
    children = org.units_below(path=top.path, level=top.level + 1) if top.has_children else ()
    ids = {child.id for child in children}
    visits: dict[int, list[_Came]] = defaultdict(list)
    for visit in came:
        for unit_id in ids.intersection(ancestor_ids(visit.path)):
            visits[unit_id].append(visit)
    minutes: Counter[int] = Counter()
    for path, hundredths in charged.by_path.items():
        for unit_id in ids.intersection(ancestor_ids(path)):
            minutes[unit_id] += hundredths
    return tuple(
        ReviewedUnit(
            c.code, c.name, _counted(visits[c.id]), len({v.unit_id for v in visits[c.id]}),
            len({v.unit_id for v in visits[c.id]} & set(crowded)), minutes[c.id],
        )
        for c in children
    )  # fmt: skip


def _askers(charged: _Charged) -> tuple[AskerMonth, ...]:
    names = {department.id: department for department in org.departments(viewer=SYSTEM)}
    found = (
        AskerMonth(names[asker].code, names[asker].name, len(charged.demands_of_asker[asker]), dict(kinds))
        for asker, kinds in charged.by_asker.items()
    )
    return tuple(sorted(found, key=lambda asker: asker.code))


def _heaviest(charged: _Charged) -> tuple[HeavyDemand, ...]:
    heavy = heapq.nsmallest(_HEAVIEST, charged.by_demand, key=lambda demand: (-charged.by_demand[demand], demand))
    rows = {row.pk: row for row in Demand.objects.filter(pk__in=heavy).select_related("asker")}
    return tuple(
        HeavyDemand(rows[pk].number, rows[pk].title, rows[pk].kind, rows[pk].asker.name, charged.units_of_demand[pk],
                    charged.by_demand[pk])
        for pk in heavy
    )  # fmt: skip


def _refused(top: UnitView, month: Period, viewer: Actor) -> tuple[RefusedByRule, ...]:
    rows = refusals_seen_by(viewer).filter(_in(month, "refused_at"), _at(top, "scope_unit")).order_by("refused_at")
    counts, last = Counter[str](), dict[str, date]()
    for reasons, refused_at in rows.values_list("reasons", "refused_at"):
        rules = {one["rule"] for one in reasons}
        counts.update(rules)
        last |= dict.fromkeys(rules, timezone.localdate(refused_at))
    return tuple(RefusedByRule(rule, _title(rule, last[rule]), n) for rule, n in sorted(counts.items()))


def _title(rule: str, on: date) -> str:
    try:
        return law.rule(rule, on).title
    except LookupError:  # of a profile that is no longer chosen
        return rule


def _appeals(top: UnitView, month: Period) -> dict[str, int]:
    rows = Appeal.objects.filter(_in(month, "made_at"), unit__path__startswith=top.path)
    return {row["state"]: row["n"] for row in rows.values("state").annotate(n=Count("id")).order_by()}


def _at(top: UnitView, field: str) -> Q:
    """Units in the subtree, and those above it whose demands would have reached it."""
    return Q(**{f"{field}__path__startswith": top.path}) | Q(**{f"{field}_id__in": ancestor_ids(top.path)})


def _in(month: Period, field: str) -> Q:
    return Q(**{f"{field}__date__gte": month.starts_on, f"{field}__date__lt": month.ends_on})
