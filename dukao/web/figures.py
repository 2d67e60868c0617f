"""Figures as people write them: grouped digits, 万 and 亿 where wanted, changes with their sign.

Rounding happens here and nowhere before: half to even, from the exact value to the decimals that are shown.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dukao.base.quantities import decimal_from_scaled
from dukao.base.wording import in_english
from dukao.web.measures import measure

NO_BREAK = "\u00a0"
Style = Literal["full", "short"]
Exact = int | Decimal | Fraction
_PREFIXES = {"百": 2, "千": 3, "万": 4, "亿": 8}


class FigureText(NamedTuple):
    """A number and the unit of measure it is in now: (`1.28`, `亿元`)."""

    number: str
    unit: str

    def __str__(self) -> str:
        if not (self.unit and in_english()) or self.unit == "%":
            return self.number + self.unit
        # `12.50 10,000 yuan` would read as one number.
        return f"{self.number} ({self.unit})" if self.unit[0].isdigit() else f"{self.number} {self.unit}"


def figure_text(value: Exact | None, *, decimals: int, unit: str = "", style: Style = "full") -> FigureText:
    """The value in words and digits; `short` moves to 万 or 亿 with two decimals. Nothing known is said, not zeroed."""
    if value is None:
        return FigureText(_("没有数据"), "")
    exact = Fraction(value)
    if style == "short" and not in_english():
        return _shortened(exact, decimals, unit)
    return FigureText(grouped(exact, decimals), measure(unit))


def format_figure(value: Exact | None, *, decimals: int, unit: str = "", style: Style = "full") -> str:
    """The same as one text; pass no `unit` where the table's head names it."""
    return str(figure_text(value, decimals=decimals, unit=unit, style=style))


def format_scaled(scaled: int | None, *, decimals: int, unit: str = "", style: Style = "full") -> str:
    """The same from a stored integer (`value × 10**decimals`)."""
    value = None if scaled is None else decimal_from_scaled(scaled, decimals)
    return format_figure(value, decimals=decimals, unit=unit, style=style)


def format_percent(percent: Exact | None, *, decimals: int = 1, signed: bool = False) -> str:
    """`+3.2%`; an em dash where there is nothing to compare."""
    if percent is None:
        return "—"
    text = grouped(Fraction(percent), decimals)
    plus = "+" if signed and not text.startswith("-") and text.strip("0.") else ""
    return f"{plus}{text}%"


def format_change(change: Exact | None, *, unit: str, decimals: int) -> str:
    """`+3.2%`; of a percentage `+0.35 个百分点`, for a percentage of a percentage misleads."""
    if unit != "%" or change is None:
        return format_percent(change, signed=True)
    number = format_percent(change, decimals=decimals, signed=True).removesuffix("%")
    return _("{n} 个百分点").format(n=number).replace(" ", NO_BREAK)


class Scale(NamedTuple):
    """How an axis is written: values are divided by 10 ** `power` and then are in `unit`."""

    power: int
    unit: str


def axis_scale(values: Iterable[Exact | None], unit: str) -> Scale:
    """The 万 or 亿 that an axis up to the largest of these values reads best in; none in English."""
    prefix = unit[:1] if len(unit) > 1 and unit[:1] in _PREFIXES else ""
    power = _PREFIXES.get(prefix, 0)
    largest = max((abs(Fraction(value)) for value in values if value is not None), default=Fraction(0)) * 10**power
    if not in_english():
        for name in ("亿", "万"):
            if _PREFIXES[name] > power and largest >= 10 ** _PREFIXES[name]:
                return Scale(_PREFIXES[name] - power, _localised(name) + measure(unit.removeprefix(prefix)))
    return Scale(0, measure(unit))


def grouped(value: Exact, decimals: int) -> str:
    """`1,284.50`: digits in groups of three, with exactly these decimals."""
    scaled = round(Fraction(value) * 10**decimals)
    return f"{decimal_from_scaled(scaled, decimals):,.{decimals}f}"


def _shortened(exact: Fraction, decimals: int, unit: str) -> FigureText:
    prefix = unit[:1] if len(unit) > 1 and unit[:1] in _PREFIXES else ""
    power = _PREFIXES.get(prefix, 0)
    # What people would read in full decides: 9,999.99 万 stays, 10,000.00 万 is 1.00 亿.
    shown = abs(Fraction(round(exact * 10**decimals), 10**decimals)) * 10**power
    for name in ("亿", "万"):
        if _PREFIXES[name] > power and shown >= 10 ** _PREFIXES[name]:
            number = grouped(exact * 10**power / 10 ** _PREFIXES[name], 2)
            return FigureText(number, _localised(name) + measure(unit.removeprefix(prefix)))
    return FigureText(grouped(exact, decimals), measure(unit))


def _localised(name: str) -> str:
    return {"万": "萬", "亿": "億"}[name] if get_language() == "zh-hant" else name
