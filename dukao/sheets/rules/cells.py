"""The cells of a question and what is known of them: which periods it covers, and how long a fact counts as fresh.

1. A question of a sheet for a period has one cell per period of its element that overlaps it: a quarterly sheet asks a
   monthly element three times; of a coarser element it is the one period around it.
2. A fact is fresh until `fresh_days` after the end of its period. What falls inside the period that the sheet asks
   about is as fresh as that: July does not grow old before the third quarter does.
3. Where an element is a stock (its last value stands for a longer period), the newest fact of the year before the cell
   counts for the cell too: population in August is what it was in July, until it is too old.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from dukao.base.periods import Period, PeriodType

# What a cell can be, from the worker's side of the sheet.
CellState = Literal[
    "known",     # filled in and locked, with its source
    "stale",     # known, but old: one tap confirms
    "asked",     # nobody knows: to be typed
    "answered",  # typed or confirmed here
    "disputed",  # known, and marked “not right” with a reason
    "elsewhere", # not known, and not asked here: another sheet or another level asks
]  # fmt: skip

_STEPS_IN_A_YEAR: dict[str, int] = {"year": 1, "quarter": 4, "month": 12, "day": 365}


@lru_cache(maxsize=4096)
def cell_periods(period: int, period_type: PeriodType) -> tuple[int, ...]:
    """Keys of the element's periods that a sheet's period covers, in order."""
    return tuple(part.key for part in Period(period).parts(period_type))


@lru_cache(maxsize=4096)
def standing_in(cell_period: int) -> tuple[int, ...]:
    """Keys of the earlier periods whose fact may count for a stock's cell, newest first."""
    period = Period(cell_period)
    return tuple(period.next(-step).key for step in range(1, _STEPS_IN_A_YEAR[period.type] + 1))


@lru_cache(maxsize=4096)
def fresh_until(period: int, sheet_period: int, fresh_days: int) -> date:
    """The last day on which a fact of the period counts as fresh for a sheet that asks about `sheet_period`."""
    held, asked = Period(period), Period(sheet_period)
    is_inside = asked.starts_on <= held.starts_on < asked.ends_on
    return (max(held.ends_on, asked.ends_on) if is_inside else held.ends_on) + timedelta(days=fresh_days)


def is_fresh(period: int, sheet_period: int, fresh_days: int, today: date) -> bool:
    return today <= fresh_until(period, sheet_period, fresh_days)


@lru_cache(maxsize=4096)
def periods_that_count(cell_period: int, over_periods: str) -> tuple[int, ...]:
    """Periods whose fact counts for the cell: its own, then for a stock the earlier ones, newest first."""
    return (cell_period, *standing_in(cell_period)) if over_periods == "last" else (cell_period,)


# How the levels of the tree are called where a sheet speaks of them.
LEVEL_NAMES: dict[int, str] = {0: "全国", 1: "省", 2: "市", 3: "县（区）", 4: "乡镇（街道）", 5: "村（社区）"}


def state_of(
    *,
    is_asked: bool,
    is_answered: bool,
    is_disputed: bool,
    is_known: bool,
    is_known_fresh: bool,
    is_overtaken: bool = False,
) -> CellState:
    """What a cell of an open filing is.

    `is_answered`: typed or confirmed here. `is_overtaken`: an accepted fact has come since, so what was typed no
    longer counts and the fact is shown.
    """
    if is_answered and not is_overtaken:
        return "answered"
    if is_known and (is_known_fresh or not is_asked):
        return "disputed" if is_disputed else "known"
    if is_known:
        return "stale"
    return "asked" if is_asked else "elsewhere"
