"""Reading one cell: the text somebody wrote, as the value a column keeps, exactly or not at all.

`canonical` is the reference. The vectorised reading in `checking.py` takes shortcuts for texts that are canonical
already and asks here for all others, so both always agree.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import partial

from dukao.base.codes import is_unit_code
from dukao.base.periods import Period
from dukao.base.quantities import NotANumber, scaled_from_text, text_from_scaled
from dukao.registers.rules.definitions import ColumnDefinition

# What is cut off both ends of a cell: tab, line ends, and Unicode's spaces (category Zs).
BLANKS = "\t\r\n \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"

_DATE = re.compile(
    r"(?P<y>\d{4})(?:(?P<m>\d\d)(?P<d>\d\d)|(?P<sep>[-/.])(?P<m2>\d{1,2})(?P=sep)(?P<d2>\d{1,2})|年(?P<m3>\d{1,2})月(?P<d3>\d{1,2})日)"
    r"(?:[ T](?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?)?",
    re.ASCII,
)
_MONTH = re.compile(r"(?P<y>\d{4})(?:[-/.](?P<m>\d{1,2})|年(?P<m2>\d{1,2})月)", re.ASCII)
_QUARTER = re.compile(r"(?P<y>\d{4})年?第?(?P<q>[一二三四1-4])季度", re.ASCII)
# What a spreadsheet makes of a long number: the last digits are lost.
_MANGLED = re.compile(r"\d(\.\d+)?E\+\d+", re.ASCII)


class Unfit(ValueError):
    """The text is no value of the column; the message says why."""


Reading = Callable[[str], str]


def cleaned(raw: str) -> str:
    return raw.strip(BLANKS)


def canonical(column: ColumnDefinition, text: str) -> str:
    """The one spelling of the value of a cleaned, non-empty text. Raises Unfit."""
    return reading(column)(text)


def reading(column: ColumnDefinition) -> Reading:
    """The function that reads this column's cells."""
    match column.type:
        case "integer" | "decimal":
            return partial(_number, column)
        case "date":
            return _date
        case "unit":
            return _unit
        case "code":
            return partial(_code, code_spellings(column))
        case _:
            return partial(_text, column, re.compile(column.pattern, re.ASCII) if column.pattern else None)


def _number(column: ColumnDefinition, text: str) -> str:
    try:
        scaled = scaled_from_text(text, column.decimals, unit=column.unit)
    except NotANumber as error:
        raise Unfit(str(error).replace(text, shortened(text))) from None
    return text_from_scaled(scaled, column.decimals)


def _date(text: str) -> str:
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text))
    if not found:
        hint = "；如果是表格里的日期，请把单元格设为日期格式" if text.isdigit() and len(text) == 5 else ""
        raise Unfit(f"“{shortened(text)}”不是日期，请写成 2026-07-01{hint}")
    month, day = found["m"] or found["m2"] or found["m3"], found["d"] or found["d2"] or found["d3"]
    try:
        on = date(int(found["y"]), int(month), int(day))
    except ValueError:
        raise Unfit(f"“{shortened(text)}”：日历上没有这一天") from None
    if not 1900 <= on.year <= 2999:
        raise Unfit(f"“{shortened(text)}”的年份不对")
    return on.isoformat()


def _unit(text: str) -> str:
    """Twelve digits; the six of a county and the nine of a town are filled up with zeros, as the standard does."""
    digits = unicodedata.normalize("NFKC", text)
    if len(digits) in (6, 9):
        digits = digits.ljust(12, "0")
    if not is_unit_code(digits) or digits.startswith("0"):
        raise Unfit(f"“{shortened(text)}”不是 12 位区划代码")
    return digits


def code_spellings(column: ColumnDefinition) -> dict[str, str]:
    """Every accepted spelling of a code list → its code: the codes, and titles that name one code only."""
    titles = [item.title for item in column.codes]
    spellings = {item.title: item.code for item in column.codes if item.title and titles.count(item.title) == 1}
    return spellings | {item.code: item.code for item in column.codes}


def _code(spellings: dict[str, str], text: str) -> str:
    found = spellings.get(text) or spellings.get(unicodedata.normalize("NFKC", text))
    if found is None:
        some = "、".join(list(dict.fromkeys(spellings.values()))[:8])
        raise Unfit(f"“{shortened(text)}”不在代码表里（{some}{' …' if len(spellings) > 8 else ''}）")
    return found


def _text(column: ColumnDefinition, pattern: re.Pattern[str] | None, text: str) -> str:
    if len(text) > column.max_length:
        raise Unfit(f"超过 {column.max_length} 个字")
    if _MANGLED.fullmatch(text):
        raise Unfit(f"“{text}”像是号码被表格软件改成了科学计数，末尾数字已丢失；请以文本格式重新导出")
    if pattern and not pattern.fullmatch(text):
        raise Unfit(f"“{shortened(text)}”不符合规定的写法 {column.pattern}")
    return text


def period_reading(column: ColumnDefinition) -> Reading:
    """As `reading`, for the column that says which period a row is about: its code, as `Period.code` writes it."""
    as_text = reading(column)

    def read(text: str) -> str:
        return as_text(_period(text).code)

    return read


def _period(text: str) -> Period:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    try:
        if found := _MONTH.fullmatch(plain):
            return Period.of(date(int(found["y"]), int(found["m"] or found["m2"]), 1), "month")
        if found := _QUARTER.fullmatch(plain):
            number = "一二三四".find(found["q"]) + 1 or int(found["q"])
            return Period.parse(f"{found['y']}Q{number}")
        if _DATE.fullmatch(plain):
            return Period.parse(_date(plain))
        return Period.parse(plain.removesuffix("年"))
    except ValueError:
        raise Unfit(f"“{shortened(text)}”不是时期，请写成 2026、2026Q3、2026-07 或 2026-07-01") from None


def shortened(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[:most] + "…"
