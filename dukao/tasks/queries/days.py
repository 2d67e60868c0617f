"""Working days around a deadline; where next year's holidays are not known yet, weekdays are counted."""

from datetime import date, timedelta
from functools import lru_cache

from dukao.law.workdays import UnknownYear, is_workday


def workdays_left(today: date, due_on: date) -> int:
    """How many working days lie after today, up to and including the day it is due."""
    return sum(_is_worked(today + timedelta(days=n)) for n in range(1, (due_on - today).days + 1))


@lru_cache(maxsize=512)
def yellow_from(due_on: date, near_workdays: int) -> date:
    """The first day on which no more than so many working days are left, the day it is due included. Basis: TSK-1."""
    day, left = due_on, 0
    while True:
        left += _is_worked(day)
        if left >= near_workdays:
            return day
        day -= timedelta(days=1)


def workday_later(on: date, count: int) -> date:
    """The `count`-th working day after the day."""
    while count:
        on += timedelta(days=1)
        count -= _is_worked(on)
    return on


def _is_worked(on: date) -> bool:
    try:
        return is_workday(on)
    except UnknownYear:  # A task that runs into next year is lit all the same.
        return on.weekday() < 5
