"""Cells of hours and minutes: as people read them on the page, and as whole numbers of their unit's parts in files."""

from decimal import Decimal

from django.utils.translation import gettext as _

from dukao.web import words
from dukao.web.tables import Cell, number


def amount(hundredths: int) -> tuple[str, str]:
    """A sum of minutes as a number and its unit: minutes below an hour, as for one village."""
    if hundredths < words.HOUR:
        return words.minutes_number(hundredths), _("分钟")
    return words.hours_number(hundredths), _("小时")


def hours(hundredths: int | None) -> Cell:
    """From minutes × 100, in a column of hours: what is below one names its minutes. Files get hours, two decimals."""
    if hundredths is None:
        return number(None)
    text = words.hours(hundredths) if 0 < hundredths < words.HOUR else words.hours_number(hundredths)
    return Cell(text, raw=(Decimal(hundredths) / 6000).quantize(Decimal("0.01")))


def minutes(hundredths: int | None) -> Cell:
    """From minutes × 100; files get minutes."""
    if hundredths is None:
        return number(None)
    return Cell(words.minutes_number(hundredths), raw=Decimal(hundredths) / 100)
