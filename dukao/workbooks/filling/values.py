"""A value as a spreadsheet's cell holds it: a number or a text, never a formula."""

import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from dukao.workbooks.grid import CellError, Value

_TEXT_LIMIT = 32_767  # characters of a cell, by the format
_EXACT_DIGITS = 15  # a spreadsheet's number has no more; longer ones are identities and stay texts
_LARGEST = 10.0**307
_DAY = timedelta(days=1)
_FIRST_SURE_DAY = date(1900, 3, 1)  # before it, spreadsheets disagree: they know a 29 February 1900
# Texts that a spreadsheet would take for a formula if a person retyped them.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class Unfit(Exception):
    """A value that no cell can hold; the message says why."""


class Content(NamedTuple):
    """What is written: `number` as its digits, or `text`; one of them."""

    number: str = ""
    text: str = ""
    is_bool: bool = False
    is_date: bool = False  # a number that needs a format to be read as a date
    is_time: bool = False

    @property
    def is_quoted(self) -> bool:
        """Whether the text needs the mark that keeps it a text when a person edits it."""
        return self.text.startswith(_FORMULA_SIGNS)


def content_of(value: Value, *, from_1904: bool = False) -> Content:
    """Raises Unfit."""
    match value:
        case bool():
            return Content(number=str(int(value)), is_bool=True)
        case Decimal() | int() | float():
            return _number(value)
        case str():
            if len(value) > _TEXT_LIMIT:
                raise Unfit(f"有 {len(value):,} 个字，一格最多 {_TEXT_LIMIT:,} 个")
            return Content(text=value)
        case date() | time() | timedelta():
            return _moment(value, from_1904)
        case CellError():
            raise Unfit(f"来源里是错误值 {value}")
    raise Unfit("没有值")


def shown(value: Value) -> str:
    """The value as a person reads it in a note."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (float, Decimal)) and math.isfinite(value):
        plain = _plain(value)
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "" if value is None else str(value)


def _number(value: int | float | Decimal) -> Content:
    # Of a Decimal its power of ten is asked: to compare it would cost as much as all the rest.
    fits = value.is_finite() and value.adjusted() < 307 if isinstance(value, Decimal) else -_LARGEST < value < _LARGEST
    if not fits:
        raise Unfit("不是一格能放的数")
    plain = _plain(value)
    if len(plain) <= _EXACT_DIGITS:
        return Content(plain)
    whole, _, decimals = plain.lstrip("-").partition(".")
    if isinstance(value, float) or decimals.strip("0"):
        return Content(repr(float(value)))
    is_exact = len(whole.rstrip("0")) <= _EXACT_DIGITS
    return Content(number=whole if plain[0] != "-" else f"-{whole}") if is_exact else Content(text=plain)


def _plain(value: int | float | Decimal) -> str:
    """With all its digits, and no power of ten."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if isinstance(value, int) else format(Decimal(repr(value)), "f").removesuffix(".0")


def _moment(value: datetime | date | time | timedelta, from_1904: bool) -> Content:
    """Days since the workbook's first day."""
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    if isinstance(value, timedelta):
        if value < timedelta():
            return Content(text=str(value))
        return Content(number=_days(value), is_time=True)
    day = value.date() if isinstance(value, datetime) else value
    if day < _FIRST_SURE_DAY:
        return Content(text=value.isoformat())
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 (cells know no zones)
    first = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001
    return Content(number=_days(value.replace(tzinfo=None) - first), is_date=True)


def _days(span: timedelta) -> str:
    days = Decimal(span // timedelta(microseconds=1)) / Decimal(_DAY // timedelta(microseconds=1))
    return format(round(days, 10).normalize(), "f")
