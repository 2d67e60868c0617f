"""Periods: day, month, quarter, year; each has a code that people read and an integer key that databases sort on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

PeriodType = Literal["year", "quarter", "month", "day"]
PERIOD_TYPES: tuple[PeriodType, ...] = get_args(PeriodType)

# A key is year × 1000 plus: 0 the year, 101–104 quarters, 201–212 months, 301–666 days of the year.
_CODE = re.compile(r"(?P<y>\d{4})(?:Q(?P<q>[1-4])|-?(?P<m>0[1-9]|1[0-2])(?:-?(?P<d>\d{2}))?)?")


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A calendar period, half-open `[starts_on, ends_on)`. Sorted by key: within a year coarse before fine."""

    key: int

    def __post_init__(self) -> None:
        year, rest = divmod(self.key, 1000)
        whole = rest == 0 or 101 <= rest <= 104 or 201 <= rest <= 212
        day = 301 <= rest <= 665 + _is_leap(year)
        if not (1900 <= year <= 2999 and (whole or day)):
            raise ValueError(f"{self.key} is no period key")

    @classmethod
    def parse(cls, code: str) -> Period:
        """Read `2026`, `2026Q3`, `2026-07` or `202607`, `2026-07-15` or `20260715`. Raises ValueError."""
        match = _CODE.fullmatch(code.strip().upper())
        if not match:
            raise ValueError(f"{code!r} is no period; write 2026, 2026Q3, 2026-07 or 2026-07-15")
        year = int(match["y"])
        if match["q"]:
            return cls(year * 1000 + 100 + int(match["q"]))
        if match["d"]:
            return cls.day(date(year, int(match["m"]), int(match["d"])))
        if match["m"]:
            return cls(year * 1000 + 200 + int(match["m"]))
        return cls(year * 1000)

    @classmethod
    def of(cls, on: date, kind: PeriodType) -> Period:
        """The period of this type that the day lies in."""
        match kind:
            case "year":
                return cls(on.year * 1000)
            case "quarter":
                return cls(on.year * 1000 + 101 + (on.month - 1) // 3)
            case "month":
                return cls(on.year * 1000 + 200 + on.month)
            case "day":
                return cls.day(on)
        raise ValueError(f"{kind!r} is no period type")

    @classmethod
    def day(cls, on: date) -> Period:
        return cls(on.year * 1000 + 300 + on.timetuple().tm_yday)

    @property
    def year(self) -> int:
        return self.key // 1000

    @property
    def type(self) -> PeriodType:
        return (("year", "quarter", "month") + ("day",) * 4)[self.key % 1000 // 100]  # type: ignore[return-value]

    @property
    def code(self) -> str:
        year, rest = divmod(self.key, 1000)
        if rest == 0:
            return f"{year:04d}"
        if rest < 200:
            return f"{year:04d}Q{rest - 100}"
        if rest < 300:
            return f"{year:04d}-{rest - 200:02d}"
        return self.starts_on.isoformat()

    @property
    def label(self) -> str:
        """As people write it: 2026年, 2026年三季度, 2026年7月, 2026年7月15日. English is made by the doors."""
        year, rest = divmod(self.key, 1000)
        if rest == 0:
            return f"{year}年"
        if rest < 200:
            return f"{year}年{'一二三四'[rest - 101]}季度"
        if rest < 300:
            return f"{year}年{rest - 200}月"
        on = self.starts_on
        return f"{on.year}年{on.month}月{on.day}日"

    @property
    def starts_on(self) -> date:
        year, rest = divmod(self.key, 1000)
        if rest == 0:
            return date(year, 1, 1)
        if rest < 200:
            return date(year, 3 * (rest - 101) + 1, 1)
        if rest < 300:
            return date(year, rest - 200, 1)
        return date(year, 1, 1) + timedelta(days=rest - 301)

    @property
    def ends_on(self) -> date:
        """First day after the period."""
        return self.next().starts_on

    def next(self, steps: int = 1) -> Period:
        """The period `steps` later (earlier where negative), of the same type."""
        year, rest = divmod(self.key, 1000)
        if rest == 0:
            return Period((year + steps) * 1000)
        if rest < 200:
            years, quarter = divmod(year * 4 + rest - 101 + steps, 4)
            return Period(years * 1000 + 101 + quarter)
        if rest < 300:
            years, month = divmod(year * 12 + rest - 201 + steps, 12)
            return Period(years * 1000 + 201 + month)
        return Period.day(self.starts_on + timedelta(days=steps))

    def previous(self) -> Period:
        return self.next(-1)

    def year_before(self) -> Period:
        """The same period of the year before (29 February has 28 February)."""
        if self.type != "day":
            return Period(self.key - 1000)
        on = self.starts_on
        return Period.day(on.replace(year=on.year - 1, day=28 if (on.month, on.day) == (2, 29) else on.day))

    def within(self, kind: PeriodType) -> Period:
        """The coarser (or equal) period of type `kind` that contains this one."""
        return Period.of(self.starts_on, kind)

    def parts(self, kind: PeriodType) -> tuple[Period, ...]:
        """The periods of the finer (or equal) type inside this one, in order; of a coarser type the one around it."""
        if PERIOD_TYPES.index(kind) <= PERIOD_TYPES.index(self.type):
            return (self.within(kind),)
        part, end, parts = Period.of(self.starts_on, kind), self.ends_on, []
        while part.starts_on < end:
            parts.append(part)
            part = part.next()
        return tuple(parts)

    def __str__(self) -> str:
        return self.code


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
