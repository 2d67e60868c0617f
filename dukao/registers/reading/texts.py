"""Cells of workbooks and columns of Parquet as text: what the sheet shows, never more digits than it keeps."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from dukao.workbooks.grid import Value

# A spreadsheet keeps fifteen digits; what a float shows beyond them is noise of its binary form.
_EXACT_BELOW = 10**15


def texts_of(values: Sequence[Value]) -> list[str]:
    return [value if type(value) is str else text_of(value) for value in values]


def text_of(value: Value) -> str:
    """A cell as text; dates as 2026-07-01, numbers with the digits that the sheet keeps, errors by their name, so that
    they are refused and never taken for empty."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return number_text(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
    return str(value)


def number_text(value: float) -> str:
    """The fifteen digits a spreadsheet keeps, without an exponent where they are exact.

    A whole number of sixteen digits or more has lost its end already; it is written as the spreadsheet shows it, so
    that it is refused rather than taken for exact.
    """
    if value != value or abs(value) >= _EXACT_BELOW:
        return f"{value:.14E}" if value == value and abs(value) != float("inf") else str(value)
    return f"{Decimal(f'{value:.15g}'):f}"
