"""From figures to readings: fold an element over its periods, put the formula together, compare. Exact throughout.

A value is a pair of integers (numerator, positive denominator), never reduced and never a float; it is rounded once,
half to even, when a `Decimal` is made of it for people. Nothing known is None, never nought.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from dukao.base.periods import PERIOD_TYPES, Period, PeriodType

Ratio = tuple[int, int]
# known: there is a value · unknown: no data · above: kept only for higher units · apart: parts that do not add up
State = Literal["known", "unknown", "above", "apart"]
# How far back a stock (`last`) is looked for where its own period has no figure yet: a year, in at most so many steps.
_LOOK_BACK_STEPS = 12


class Counts(NamedTuple):
    """Of `of` facts the tree could hold here, `known` are held, `pending` of them still to be accepted."""

    known: int
    of: int
    pending: int


class Folded(NamedTuple):
    """One element over its periods: the value, what it rests on, and the latest period it was taken from."""

    value: Ratio | None
    counts: Counts
    latest: int
    state: State = "known"


@dataclass(frozen=True, slots=True)
class PlannedTerm:
    """One element of a formula with all that folding must know."""

    sign: int
    element_id: int
    element: str
    scale: int  # 10 ** decimals
    period_type: PeriodType
    over_units: str
    over_periods: str
    level: int


@dataclass(frozen=True, slots=True)
class Plan:
    """An indicator ready to be read."""

    code: str
    numerator: tuple[PlannedTerm, ...]
    denominator: tuple[PlannedTerm, ...]
    factor: Ratio
    decimals: int
    period_type: PeriodType

    @property
    def all_terms(self) -> tuple[PlannedTerm, ...]:
        return self.numerator + self.denominator


@dataclass(frozen=True, slots=True)
class Reading:
    """What an indicator is for one unit and period. `value` is exact; `shown` is rounded to the shown decimals."""

    value: Ratio | None
    shown: Decimal | None
    state: State
    counts: Counts


NOTHING = Reading(value=None, shown=None, state="unknown", counts=Counts(0, 0, 0))

# (sum, n, pending sum, pending n) of an element's period for the unit being read; None where nothing is known.
FigureAt = Callable[[int, int], Sequence[int] | None]


def own_period(period: Period, kind: PeriodType) -> Period:
    """The period an indicator of this type has on a page of `period`: itself where it can be folded to it."""
    return period.within(kind) if PERIOD_TYPES.index(kind) < PERIOD_TYPES.index(period.type) else period


def element_periods(term: PlannedTerm, period: Period) -> tuple[int, ...]:
    """Keys of every period of the element that may be looked at, latest last: its parts, for stocks those before."""
    parts = _parts(period, term.period_type)
    return (*_before(period, term.period_type), *parts) if term.over_periods == "last" else parts


def fold(term: PlannedTerm, period: Period, figure: FigureAt, *, unit_level: int, units: int) -> Folded:
    """Fold the element over its periods inside `period`; `units` is how many units of its level are at or below."""
    if unit_level > term.level:
        return Folded(None, Counts(0, 0, 0), 0, "above")
    periods = _parts(period, term.period_type)
    found = [(part, row) for part in periods if (row := figure(term.element_id, part)) is not None]
    of = units * len(periods)
    if term.over_periods == "last":
        of = units
        found = found[-1:] or _looked_back(term, period, figure)
    if not found:
        return Folded(None, Counts(0, of, 0), 0, "unknown")
    counts = Counts(sum(row[1] for _, row in found), of, sum(row[3] for _, row in found))
    apart = (term.over_units == "none" and unit_level != term.level) or (
        term.over_periods == "none" and len(periods) > 1
    )
    if apart:
        return Folded(None, counts, found[-1][0], "apart")
    values = [_over_units(term, row) for _, row in found]
    value = _added(values)
    if term.over_periods == "mean" and len(values) > 1:
        value = (value[0], value[1] * len(values))
    return Folded(value, counts, found[-1][0])


def read(plan: Plan, period: Period, figure: FigureAt, *, unit_level: int, units: Mapping[int, int]) -> Reading:
    """The indicator's reading for one unit: every element of the formula must be known, else nothing is."""
    folded = [fold(t, period, figure, unit_level=unit_level, units=units.get(t.level, 0)) for t in plan.all_terms]
    counts = min((f.counts for f in folded), key=lambda c: (c.known / c.of if c.of else 0.0, c.known))
    counts = counts._replace(pending=sum(f.counts.pending for f in folded))
    for state in ("above", "apart", "unknown"):
        if any(f.state == state for f in folded):
            return Reading(None, None, state, counts)
    split = len(plan.numerator)
    value = side(plan.numerator, folded[:split])
    assert value is not None, "every term is known here"
    if plan.denominator:
        below = side(plan.denominator, folded[split:])
        if below is None or below[0] == 0:
            return Reading(None, None, "unknown", counts)
        sign = 1 if below[0] > 0 else -1
        value = (sign * value[0] * below[1], value[1] * abs(below[0]))
    value = (value[0] * plan.factor[0], value[1] * plan.factor[1])
    return Reading(value, rounded(value, plan.decimals), "known", counts)


def side(planned: Sequence[PlannedTerm], folded: Sequence[Folded]) -> Ratio | None:
    """What one side of a formula comes to; None where a term is not known, or there is none."""
    values = [
        (term.sign * one.value[0], one.value[1])
        for term, one in zip(planned, folded, strict=True)
        if one.value is not None
    ]
    return _added(values) if values and len(values) == len(planned) else None


def change_percent(now: Ratio | None, before: Ratio | None, *, decimals: int = 1) -> Decimal | None:
    """How much `now` is above `before`, in percent of it; None where there is nothing to compare or it was nought."""
    if now is None or before is None or before[0] <= 0:
        return None
    difference = now[0] * before[1] - before[0] * now[1]
    return rounded((100 * difference, before[0] * now[1]), decimals)


def change_points(now: Ratio | None, before: Ratio | None, *, decimals: int = 1) -> Decimal | None:
    """How far two percentages are apart, in percentage points: a percentage of a percentage misleads."""
    if now is None or before is None:
        return None
    return rounded((now[0] * before[1] - before[0] * now[1], now[1] * before[1]), decimals)


def share_percent(part: Ratio | None, whole: Ratio | None, *, decimals: int = 1) -> Decimal | None:
    """The part in percent of the whole."""
    if part is None or whole is None or whole[0] <= 0:
        return None
    return rounded((100 * part[0] * whole[1], part[1] * whole[0]), decimals)


def rounded(value: Ratio, decimals: int) -> Decimal:
    """The value with exactly these decimals, half to even."""
    above, below = value[0] * 10**decimals, value[1]
    whole, rest = divmod(above, below)
    if 2 * rest > below or (2 * rest == below and whole % 2):
        whole += 1
    return Decimal(whole).scaleb(-decimals)


@lru_cache(maxsize=4096)
def _parts(period: Period, kind: PeriodType) -> tuple[int, ...]:
    return tuple(part.key for part in period.parts(kind))


@lru_cache(maxsize=4096)
def _before(period: Period, kind: PeriodType) -> tuple[int, ...]:
    """Keys of the periods in the year before the first part, latest last."""
    one = period.parts(kind)[0]
    earliest = one.year_before()
    keys: list[int] = []
    while one > earliest and len(keys) < _LOOK_BACK_STEPS:
        one = one.previous()
        keys.append(one.key)
    return tuple(reversed(keys))


def _looked_back(term: PlannedTerm, period: Period, figure: FigureAt) -> list[tuple[int, Sequence[int]]]:
    """The latest figure of the year before, where a stock has none of its own period."""
    for earlier in reversed(_before(period, term.period_type)):
        if (row := figure(term.element_id, earlier)) is not None:
            return [(earlier, row)]
    return []


def _over_units(term: PlannedTerm, row: Sequence[int]) -> Ratio:
    return (row[0], row[1] * term.scale) if term.over_units == "mean" else (row[0], term.scale)


def _added(values: Sequence[Ratio]) -> Ratio:
    above, below = values[0]
    for more_above, more_below in values[1:]:
        if more_below == below:
            above += more_above
        else:
            above, below = above * more_below + more_above * below, below * more_below
    return above, below
