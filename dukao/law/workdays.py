"""Working days with their official exchanges (调休): a working Saturday counts, a holiday Monday does not.

1. `chinesecalendar` knows the years that the State Council's office has announced.
2. Beyond them the administrator loads a table: `VAR/workdays/<year>.yaml` with `year`, `source`, `holidays` (weekdays
   off) and `workdays` (weekend days worked).
3. A year that neither knows is refused: a guessed deadline would be worse than none.
"""

import os
from contextlib import suppress
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import chinese_calendar
import yaml
from django.conf import settings
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, ValidationError

from dukao.base.refusals import Refused


class UnknownYear(Refused):
    """Nobody has told the house which days of that year are worked."""


class YearTable(BaseModel):
    model_config = ConfigDict(extra="forbid")

    year: int
    source: str
    holidays: frozenset[date]
    workdays: frozenset[date] = frozenset()


def is_workday(on: date) -> bool:
    """Whether people work on the day. Raises UnknownYear."""
    return _is_workday(on, *_table_of(on.year))


def _table_of(year: int) -> tuple[str, int | None]:
    """Where the year's table would lie, and when it was last changed; None where there is none."""
    table = f"{settings.VAR}/workdays/{year}.yaml"
    return table, os.stat(table).st_mtime_ns if os.access(table, os.F_OK) else None


# Asked for every day of every deadline: what is known of a day is kept as long as the year's table stands as it is.
@lru_cache(maxsize=4096)
def _is_workday(on: date, table: str, changed_ns: int | None) -> bool:
    if changed_ns is not None:
        year = _read_table(Path(table), changed_ns)
        return on in year.workdays or (on.weekday() < 5 and on not in year.holidays)
    try:
        return chinese_calendar.is_workday(on)
    except NotImplementedError:
        raise UnknownYear(
            _("还不知道 {year} 年的放假安排，不能计算工作日").format(year=on.year),
            why=_("当年的放假通知尚未录入，系统不猜测截止时间"),
            todo=_("请系统管理员按国务院办公厅放假通知编写 workdays/{year}.yaml，放入数据目录").format(year=on.year),
        ) from None


def workdays_between(after: date, until: date) -> int:
    """How many working days lie after `after`, up to and including `until`; 0 where `until` is not later."""
    return sum(is_workday(after + timedelta(days=day)) for day in range(1, (until - after).days + 1))


def workday_after(on: date, count: int) -> date:
    """The `count`-th working day after the day."""
    assert count >= 0
    year = 0
    while count:
        on += timedelta(days=1)
        if on.year != year:
            year = on.year
            table = _table_of(year)
        count -= _is_workday(on, *table)
    return on


def workdays_around(on: date, count: int) -> tuple[date, date]:
    """The stretch of days around `on` between which and it lie fewer than `count` working days: on either side, a day
    outside is `workday_after` away. As far as nobody knows the working days, the stretch is rather too long.
    """
    far = timedelta(days=2 * count + 14)
    years = range((on - far).year, (on + far).year + 1)
    return _around(on, count, far, tuple([(year, _table_of(year)) for year in years]))


# Asked for every booking: kept as long as the tables of these years stand.
@lru_cache(maxsize=1024)
def _around(
    on: date, count: int, far: timedelta, tables: tuple[tuple[int, tuple[str, int | None]], ...]
) -> tuple[date, date]:
    table_of = dict(tables)

    def walk(step: int) -> date:
        day, seen = on, 0
        while seen < count and abs(day - on) < far:
            day += timedelta(days=step)
            with suppress(UnknownYear):
                seen += _is_workday(day, *table_of[day.year])
        return day

    return walk(-1), walk(1)


@lru_cache(maxsize=8)
def _read_table(path: Path, changed_ns: int) -> YearTable:
    try:
        table = YearTable.model_validate(yaml.safe_load(path.read_text("utf-8")))
        if f"{table.year}" != path.stem or any(day.year != table.year for day in table.holidays | table.workdays):
            raise ValueError(_("年份与文件名不一致"))
    except (ValidationError, yaml.YAMLError, ValueError) as problem:
        raise UnknownYear(
            _("放假安排 {file} 读不懂").format(file=path.name), why=str(problem), todo=_("请系统管理员改正这个文件")
        ) from None
    return table
