"""Where and when the demonstration plays: which part of the city, which quarter, which day is today."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path

from dukao.base.periods import Period
from dukao.law.workdays import workday_after
from dukao.org import queries as org
from dukao.org.queries import UnitView

CITY = "230200000000"
OPENING = date(2026, 10, 12)
# After this day the quarter's sheets would all be overdue, so the demonstration is given as on its opening day.
LAST_DAY = date(2026, 12, 11)
# 龙江县龙江镇龙东村, shown from the village's side; where the stage is smaller, its first town with three villages.
VILLAGE = "230221100200"
_CHINA_IS_AHEAD = timedelta(hours=8)


@dataclass(frozen=True)
class Stage:
    """`scope` is the unit whose subtree plays; deliveries begin in `first_year`; `on` is the day of the story."""

    scope: str = CITY
    on: date = OPENING
    quarter: Period = field(default_factory=lambda: Period.parse("2026Q3"))
    first_year: int = 2024
    invoices: int = 1_000_000

    @cached_property
    def unit(self) -> UnitView:
        return org.unit_by_code(self.scope)

    @cached_property
    def village(self) -> UnitView:
        """The village that the demonstration follows."""
        villages = org.units_below(path=self.unit.path, level=5)
        found = [v for v in villages if v.code == VILLAGE]
        return found[0] if found else next(v for v in villages if int(v.code) % 1000 >= 200)

    @cached_property
    def town(self) -> UnitView:
        return org.unit_by_code(self.village.parent_code)

    @cached_property
    def county(self) -> UnitView:
        return org.unit_by_code(self.town.parent_code)

    def at(self, on: date | None = None, hour: int = 9, minute: int = 0) -> datetime:
        """An instant of a day, by the clock of the place."""
        return clock(on or self.on, hour, minute)

    def due(self, on: date, workdays: int) -> date:
        """The day that many working days after `on`."""
        return workday_after(on, workdays)


def clock(on: date, hour: int = 9, minute: int = 0) -> datetime:
    """An instant of a day, by the clock of the place."""
    return datetime.combine(on, time(hour, minute), UTC) - _CHINA_IS_AHEAD


def stage_of_today(today: date) -> Stage:
    """The whole city as it was yesterday, or on the opening day where the quarter is no longer being reported."""
    return Stage(on=today - timedelta(days=1) if OPENING < today <= LAST_DAY else OPENING)


def demo_folder(var: Path) -> Path:
    """Where the invented files rest; never committed."""
    return var / "demo"
