"""Cells of hours and minutes: as people read them on the page, and as whole numbers of their unit's parts in files."""

from decimal import Decimal

from dukao.web import words
from dukao.web.tables import Cell, number


def hours(hundredths: int | None) -> Cell:
    """From minutes × 100; files get hours with two decimals."""
    if hundredths is None:
        return number(None)
    return Cell(words.hours_number(hundredths), raw=(Decimal(hundredths) / 6000).quantize(Decimal("0.01")))


def minutes(hundredths: int | None) -> Cell:
    """From minutes × 100; files get minutes."""
    if hundredths is None:
        return number(None)
    return Cell(words.minutes_number(hundredths), raw=Decimal(hundredths) / 100)
