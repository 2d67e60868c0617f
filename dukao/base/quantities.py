"""Exact figures: a value is an integer count of its smallest unit, `value = scaled / 10**decimals`; no float ever."""

import re
import unicodedata
from decimal import Context, Decimal, InvalidOperation

# A sum over the country still fits a 64-bit integer with room to spare.
SCALED_LIMIT = 10**17
# More digits than this are no figure; fewer are computed without any rounding.
_DIGITS_MOST = 60
_EXACT = Context(prec=2 * _DIGITS_MOST)
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)


class NotANumber(ValueError):
    """The text is no number of the wanted precision; the message says why."""


def scaled_from_text(raw: str, decimals: int, *, unit: str = "") -> int:
    """Read what people write (`1,234.50`, `１２`, `-0.5`, and `￥3` where the unit of measure is 元) exactly.

    Refuses (NotANumber) what would need a guess: misplaced thousands separators, percent signs, exponents,
    several numbers, a currency sign on another unit, marks of footnotes (`12①`, `5²`), more decimals than are kept,
    anything beyond SCALED_LIMIT.
    """
    text = _in_plain_width(raw).strip().replace("−", "-")
    sign, text = ("-", text[1:].lstrip()) if text.startswith("-") else ("", text)
    if unit == "元":
        text = text.removeprefix("¥").removesuffix("元").strip()
    if "," in text:
        if not _GROUPED.fullmatch(text):
            raise NotANumber(f"“{raw}”里的逗号位置不对，请写成 1234.5 或 1,234.5")
        text = text.replace(",", "")
    if not re.fullmatch(r"\d+(\.\d*)?|\.\d+", text, re.ASCII):
        raise NotANumber(f"“{raw}”不是数字，只填数，不带单位和汉字")
    return scaled_from_decimal(Decimal(sign + text), decimals)


def _in_plain_width(text: str) -> str:
    """Full-width and small forms, and Unicode's blanks, as in ASCII. What is raised or circled stays what it is."""
    if text.isascii():
        return text
    return "".join(
        unicodedata.normalize("NFKC", sign)
        if sign.isspace() or unicodedata.decomposition(sign).startswith(("<wide>", "<narrow>", "<small>"))
        else sign
        for sign in text
    )


def scaled_from_decimal(value: Decimal, decimals: int) -> int:
    """Scale exactly; more decimals than kept is an error, never a rounding. Raises NotANumber."""
    if len(value.as_tuple().digits) > _DIGITS_MOST:
        raise NotANumber(f"数字超过 {_DIGITS_MOST} 位")
    try:
        scaled = value.scaleb(decimals, _EXACT)
        whole = int(scaled)
    except (InvalidOperation, ValueError, OverflowError):
        raise NotANumber(f"“{value}”不是数字，只填数，不带单位和汉字") from None
    if whole != scaled and decimals == 0:
        raise NotANumber(f"“{value}”不是整数")
    if whole != scaled:
        raise NotANumber(f"“{value}”的小数超过 {decimals} 位")
    if abs(whole) > SCALED_LIMIT:
        raise NotANumber(f"“{value}”太大")
    return whole


def decimal_from_scaled(scaled: int, decimals: int) -> Decimal:
    return Decimal(scaled).scaleb(-decimals)


def text_from_scaled(scaled: int, decimals: int) -> str:
    """Plain digits with all kept decimals, without grouping: what forms carry and files export."""
    return f"{decimal_from_scaled(scaled, decimals):.{decimals}f}"
