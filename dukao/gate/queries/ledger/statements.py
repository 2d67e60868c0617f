"""Statements of the ledger: what a unit was asked for, alone and with the units below it; what a department asked.

Told by code, never by size: a statement is no ranking. Departments see what they asked, and what is asked of the units
they ask, so that responsibility lands on who sends.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from statistics import median_low
from typing import NamedTuple

from django.db.models import QuerySet

from dukao.base.periods import Period
from dukao.gate.models import BurdenEntry, Demand
from dukao.gate.queries.ledger.entries import Burden, added, below, entries_in, grouped, own_department, seen_unit
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import Actor, ancestor_ids

VILLAGE = 5


@dataclass(frozen=True, slots=True)
class KindBurden:
    kind: str  # of KIND_NAMES
    burden: Burden


@dataclass(frozen=True, slots=True)
class AskerBurden:
    code: str
    name: str
    burden: Burden


@dataclass(frozen=True, slots=True)
class UnitBurden:
    """A unit with all units below it; `n_villages` of them are villages."""

    code: str
    name: str
    level: int
    has_children: bool
    n_villages: int
    burden: Burden

    @property
    def per_village_hundredths(self) -> int | None:
        return self.burden.minutes_hundredths // self.n_villages if self.n_villages else None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One demand, added up over the units of the statement. `estimate` names how its minutes were estimated."""

    number: str
    title: str
    kind: str
    asker_code: str
    asker_name: str
    due_on: date
    estimate: str
    burden: Burden


@dataclass(frozen=True, slots=True)
class Median:
    """Minutes × 100 of the middle one of all `n_units` units of a level in the city; the idle ones count as nought."""

    level: int
    n_units: int
    minutes_hundredths: int


@dataclass(frozen=True, slots=True)
class UnitStatement:
    unit: UnitView
    period: Period
    own: Burden  # of the unit itself
    whole: Burden  # with the units below it
    before: Burden  # the whole, one period earlier
    kinds: tuple[KindBurden, ...]
    askers: tuple[AskerBurden, ...]
    children: tuple[UnitBurden, ...]
    lines: tuple[StatementLine, ...]  # the newest of them
    n_lines: int
    median: Median | None  # of units of the same level, the unit alone; None at the top of the tree


@dataclass(frozen=True, slots=True)
class DepartmentStatement:
    code: str
    name: str
    period: Period
    whole: Burden
    before: Burden
    n_demands: int  # that stand
    n_units: int
    kinds: tuple[KindBurden, ...]
    children: tuple[UnitBurden, ...]  # the units below the department's own
    lines: tuple[StatementLine, ...]  # the newest of them
    n_lines: int


def unit_statement(*, unit: str, period: Period, viewer: Actor, most: int = 200) -> UnitStatement:
    """What the unit and those below it were asked for in the months of the period. Raises NotThere."""
    top = seen_unit(unit, viewer)
    entries = below(entries_in(period), top.path)
    by_unit = _by_unit(entries)
    kinds, askers = _parties(entries)
    lines = _lines(entries, most)
    return UnitStatement(
        unit=top, period=period, own=by_unit[top.id][1] if top.id in by_unit else Burden(),
        whole=added(burden for _path, burden in by_unit.values()),
        before=_whole(below(entries_in(period.previous()), top.path)),
        kinds=kinds, askers=askers, children=_children(top, by_unit), lines=lines.shown, n_lines=lines.n_lines,
        median=_median(top, period),
    )  # fmt: skip


def latest_month(*, unit: str, until: Period, viewer: Actor) -> Period | None:
    """The last month, up to `until`, in which anything was asked of the unit or those below it. Raises NotThere."""
    top = seen_unit(unit, viewer)
    chosen = below(BurdenEntry.objects.filter(month__lte=until.key, given_back_at=None), top.path)
    key = chosen.order_by("-month").values_list("month", flat=True).first()
    return Period(key) if key else None


def department_statement(*, department: str, period: Period, viewer: Actor, most: int = 200) -> DepartmentStatement:
    """What the department asked of units below in the months of the period. Raises NotThere."""
    asker = own_department(department, viewer)
    entries = entries_in(period).filter(asker_id=asker.id)
    by_unit = _by_unit(entries)
    kinds, _askers = _parties(entries)
    lines = _lines(entries, most)
    return DepartmentStatement(
        code=asker.code, name=asker.name, period=period, whole=added(burden for _path, burden in by_unit.values()),
        before=_whole(entries_in(period.previous()).filter(asker_id=asker.id)),
        n_demands=lines.n_demands,
        n_units=sum(1 for _path, burden in by_unit.values() if burden.n), kinds=kinds,
        children=_children(org.unit_by_code(asker.unit_code), by_unit), lines=lines.shown, n_lines=lines.n_lines,
    )  # fmt: skip


def _by_unit(entries: QuerySet[BurdenEntry]) -> dict[int, tuple[str, Burden]]:
    """Unit id → its path and what it was asked for."""
    return {unit_id: (path, burden) for (unit_id, path), burden in grouped(entries, "unit_id", "unit__path")}


def _whole(entries: QuerySet[BurdenEntry]) -> Burden:
    return added(burden for _key, burden in grouped(entries, "kind"))


def _parties(entries: QuerySet[BurdenEntry]) -> tuple[tuple[KindBurden, ...], tuple[AskerBurden, ...]]:
    """By kind and by asker, from one look."""
    kinds: dict[str, list[Burden]] = defaultdict(list)
    askers: dict[tuple[str, str], list[Burden]] = defaultdict(list)
    for (kind, code, name), burden in grouped(entries, "kind", "asker__code", "asker__name"):
        kinds[kind].append(burden)
        askers[code, name].append(burden)
    return (
        tuple(KindBurden(kind, added(burdens)) for kind, burdens in sorted(kinds.items())),
        tuple(AskerBurden(code, name, added(burdens)) for (code, name), burdens in sorted(askers.items())),
    )


class _Lines(NamedTuple):
    """The newest demands behind the figures, by day due; how many there are, and how many of them stand."""

    shown: tuple[StatementLine, ...]
    n_lines: int
    n_demands: int


def _lines(entries: QuerySet[BurdenEntry], most: int) -> _Lines:
    found = grouped(entries, "demand_id", "estimate")
    chosen = found[-most:]
    demands = Demand.objects.filter(id__in=[pk for (pk, _estimate), _burden in chosen]).select_related("asker")
    told = {demand.pk: demand for demand in demands}
    lines = [
        StatementLine(
            number=told[pk].number, title=told[pk].title, kind=told[pk].kind, asker_code=told[pk].asker.code,
            asker_name=told[pk].asker.name, due_on=told[pk].due_on, estimate=estimate, burden=burden,
        )
        for (pk, estimate), burden in chosen
    ]  # fmt: skip
    lines.sort(key=lambda line: (line.due_on, line.number))
    return _Lines(tuple(lines), len(found), sum(burden.n > 0 for _key, burden in found))


def _children(top: UnitView, by_unit: dict[int, tuple[str, Burden]]) -> tuple[UnitBurden, ...]:
    """The units one step down, each with all below it, by code."""
    children = org.units_below(path=top.path, level=top.level + 1) if top.has_children else ()
    if not children:
        return ()
    ids = {child.id for child in children}
    parts: dict[int, list[Burden]] = defaultdict(list)
    for path, burden in by_unit.values():
        for unit_id in ids.intersection(ancestor_ids(path)):
            parts[unit_id].append(burden)
    villages = org.counts_below(unit_ids=ids, levels=[VILLAGE])
    return tuple(
        UnitBurden(
            c.code, c.name, c.level, c.has_children, villages.get(c.id, {}).get(VILLAGE, 0), added(parts.get(c.id, ()))
        )
        for c in children
    )


def _median(unit: UnitView, period: Period) -> Median | None:
    """Of all units of the unit's level below the top of its tree."""
    root = org.unit_by_id(ancestor_ids(unit.path)[0])
    if root.id == unit.id:
        return None
    entries = below(entries_in(period), root.path).filter(unit__level=unit.level)
    asked = [burden.minutes_hundredths for _key, burden in grouped(entries, "unit_id")]
    n_units = max(org.count_below(path=root.path, level=unit.level), len(asked))
    return Median(unit.level, n_units, median_low([0] * (n_units - len(asked)) + asked))
