"""Many indicators of many units for a year, or for as much of it as is known: what a scorecard reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast

from dukao.base.periods import Period, PeriodType
from dukao.indicators.queries.catalogue import Entry, IndicatorView, entries
from dukao.indicators.queries.readings import Readings, fetch, units_below_each
from dukao.indicators.rules import Counts, Ratio, State
from dukao.org.queries import UnitView

QUARTERS = 4


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
class Years:
    """Readings by (indicator's code, unit id): of the year, and of other years beside it."""

    views: dict[str, IndicatorView]  # by code; what is not defined is missing
    now: dict[tuple[str, int], YearReading]
    before: dict[int, dict[tuple[str, int], YearReading]]


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
    *, codes: Collection[str], units: Sequence[UnitView], year: int, until: int = QUARTERS, covered_percent: int = 0,
    beside: Mapping[int, Collection[str]] = MappingProxyType({}),
) -> Years:  # fmt: skip
    """Internal: the readings of a year, and of the years `beside` it those of the codes named there; three SQL queries
    and one per type of period, whatever is read.

    `until` 4 is the whole year, or too little is held of it; below 4 the stretch may end a quarter or more earlier, as
    far as `covered_percent` of it is held. Beside it stands exactly that stretch, however much of it is held.
    """
    catalogue = entries(codes)
    readings = _fetched(catalogue, units, {year: codes, **beside}, until)
    now = {
        (e.view.code, unit.id): _newest(e, unit, year, _last(e, until), covered_percent, readings)
        for e in catalogue for unit in units
    }  # fmt: skip
    before = {
        other: {
            (e.view.code, unit.id): _exactly(e, unit, other, now[e.view.code, unit.id].through, readings)
            for e in catalogue if e.view.code in of_year for unit in units
        }
        for other, of_year in beside.items()
    }  # fmt: skip
    return Years({e.view.code: e.view for e in catalogue}, now, before)


def _fetched(
    catalogue: Sequence[Entry], units: Sequence[UnitView], codes_of: Mapping[int, Collection[str]], until: int
) -> Readings:
    wanted = [
        (e.plan, [_stretch(year, last) for year, codes in codes_of.items() if e.view.code in codes])
        for e in catalogue if (last := _last(e, until))
    ]  # fmt: skip
    return Readings(fetch(wanted, units, scope_path="/"), units_below_each([e.plan for e in catalogue], units))


def _last(e: Entry, until: int) -> int:
    """What is kept by the year is told as soon as a quarter of it is over."""
    return min(until, 1) * QUARTERS if e.plan.period_type == "year" else until


def _stretch(year: int, quarters: int) -> Period:
    return cast("Period", _Stretch(year, quarters)) if quarters < QUARTERS else Period(year * 1000)


def _newest(e: Entry, unit: UnitView, year: int, last: int, percent: int, readings: Readings) -> YearReading:
    counts = Counts(0, 0, 0)
    for quarters in range(last, 0, -1):
        told = _exactly(e, unit, year, quarters, readings)
        counts = told.counts
        if told.state != "unknown" and counts.known * 100 >= percent * counts.of:
            return told
        if last == QUARTERS:
            break
    return YearReading(None, "unknown", counts, 0)


def _exactly(e: Entry, unit: UnitView, year: int, quarters: int, readings: Readings) -> YearReading:
    if not quarters:
        return YearReading(None, "unknown", Counts(0, 0, 0), 0)
    told = readings.of(e.plan, unit, _stretch(year, quarters))
    return YearReading(told.value, told.state, told.counts, quarters)
