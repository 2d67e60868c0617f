"""Many indicators of many units for a year, or for as much of it as is known: what a scorecard reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from dukao.base.periods import Period, PeriodType
from dukao.indicators.queries.catalogue import Entry, entries
from dukao.indicators.queries.readings import Readings, fetch, units_below_each
from dukao.indicators.rules import Counts, Ratio, State, read
from dukao.org.queries import UnitView

QUARTERS = 4
Through = Mapping[tuple[str, int], int]  # by (indicator's code, unit id)


@dataclass(frozen=True, slots=True)
class YearReading:
    """An indicator of a unit from January to the end of quarter `through` (4: the whole year; 0: too little is held).

    `counts`: how many of the facts of that stretch are held.
    """

    value: Ratio | None
    state: State
    counts: Counts
    through: int


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The first quarters of a year, to be folded over as a period is."""

    year: int
    quarters: int

    def parts(self, kind: PeriodType) -> tuple[Period, ...]:
        if kind == "year":
            return (Period(self.year * 1000),)
        first = [Period(self.year * 1000 + 101 + at) for at in range(self.quarters)]
        return tuple(part for quarter in first for part in quarter.parts(kind))


def year_readings(
    *, codes: Collection[str], units: Sequence[UnitView], year: int, until: int | Through = QUARTERS,
    covered_percent: int = 0, scope_path: str = "/", as_of: datetime | None = None,
) -> dict[tuple[str, int], YearReading]:  # fmt: skip
    """Internal: by (indicator's code, unit id), three SQL queries and one per type of period.

    `until` 4 is the whole year, or too little is held of it; below 4 the stretch may end a quarter or more earlier, as
    far as `covered_percent` of it is held. By reading: exactly that stretch, however much of it is held.
    """
    whole = Period(year * 1000)
    catalogue = entries(codes)
    found = fetch([(e.plan, [whole]) for e in catalogue], units, scope_path=scope_path, as_of=as_of)
    readings = Readings(found, units_below_each([e.plan for e in catalogue], units))
    return {
        (e.view.code, unit.id): _reading(e, unit, year, readings, until, covered_percent)
        for e in catalogue for unit in units
    }  # fmt: skip


def _reading(
    e: Entry, unit: UnitView, year: int, readings: Readings, until: int | Through, covered_percent: int
) -> YearReading:
    if isinstance(until, int):
        last, percent = until, covered_percent
    else:
        last, percent = until.get((e.view.code, unit.id), 0), 0
    if e.plan.period_type == "year":
        last = min(last, 1) * QUARTERS
    counts = Counts(0, 0, 0)
    for quarters in range(last, 0, -1):
        told = _read(e, unit, year, quarters, readings)
        counts = told.counts
        if told.state != "unknown" and counts.known * 100 >= percent * counts.of:
            return told
        if last == QUARTERS:
            break
    return YearReading(None, "unknown", counts, 0)


def _read(e: Entry, unit: UnitView, year: int, quarters: int, readings: Readings) -> YearReading:
    stretch = cast("Period", _Stretch(year, quarters)) if quarters < QUARTERS else Period(year * 1000)
    below = readings.units.get(unit.id, {})
    told = read(e.plan, stretch, readings.at(unit.id), unit_level=unit.level, units=below)
    return YearReading(told.value, told.state, told.counts, quarters)
