"""Units of measure: which ones measure the same, and the exact factor between them.

Source: GB/T 3100-1993 for metric units; 1 亩 = 10000/15 m² (国务院 1990 年通知, 法定计量单位换算), 1 斤 = 500 g.
"""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from dukao.workbooks.matching.vocabulary import COUNTED, THINGS
from dukao.workbooks.texts import plain

_TABLES: dict[str, dict[str, int | Fraction]] = {
    "money": {"元": 1, "角": Fraction(1, 10), "分": Fraction(1, 100)},
    "area": {"平方米": 1, "平米": 1, "m2": 1, "亩": Fraction(2000, 3), "公顷": 10_000, "平方公里": 1_000_000,
             "平方千米": 1_000_000},
    "mass": {"克": 1, "公斤": 1000, "千克": 1000, "kg": 1000, "斤": 500, "吨": 1_000_000},
    "length": {"米": 1, "m": 1, "公里": 1000, "千米": 1000, "km": 1000, "厘米": Fraction(1, 100), "里": 500},
    "volume": {"立方米": 1, "m3": 1, "升": Fraction(1, 1000)},
    "share": {"%": 1, "百分点": 1, "‰": Fraction(1, 10)},
    "energy": {"千瓦时": 1, "度": 1, "kwh": 1},
    "power": {"瓦": 1, "千瓦": 1000, "kw": 1000},
    "time": {"分钟": 1, "小时": 60, "天": 1440, "日": 1440},
}  # fmt: skip
_MULTIPLES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "十万": 100_000, "百万": 1_000_000, "千万": 10_000_000,
              "亿": 100_000_000}  # fmt: skip
# 名 and 位 count people.
_SAME_COUNT = {"名": "人", "位": "人", "台套": "台", "只": "头", "羽": "头", "天": "日", "人天": "人日"}


def _known() -> dict[str, tuple[str, Fraction]]:
    known = {name: (dimension, Fraction(f)) for dimension, table in _TABLES.items() for name, f in table.items()}
    for name in COUNTED:
        known.setdefault(name, (f"count {_SAME_COUNT.get(name, name)}", Fraction(1)))
    return known


_KNOWN = _known()
# 个 counts what else has a word of its own: 5 所 are 5 个.
_ANY_COUNT = tuple({"count 个", f"count {word}"} for word in THINGS)


# Of these people write figures in units that lie apart by thousands: one without its unit says nothing for sure.
SCALED = ("money", "area", "mass", "length")


@lru_cache(maxsize=4096)
def measure(unit: str) -> tuple[str, Fraction] | None:
    """What the unit measures and how many base units one of it is; None where it is no known unit of measure."""
    text = plain(unit).removesuffix("人民币").replace("百分比", "%").replace("人民币", "")
    if "/" in text:
        return _rate(text)
    if text in _KNOWN:
        return _KNOWN[text]
    for size in (2, 1):
        if text[:size] in _MULTIPLES and text[size:] in _KNOWN:
            dimension, factor = _KNOWN[text[size:]]
            return dimension, factor * _MULTIPLES[text[:size]]
    return None


def _rate(text: str) -> tuple[str, Fraction] | None:
    """元/亩, 公斤/亩 …: of the two parts."""
    above, below = (measure(part) for part in text.split("/", 1))
    if above is None or below is None:
        return None
    return f"{above[0]} per {below[0]}", above[1] / below[1]


def is_measure(unit: str) -> bool:
    return measure(unit) is not None


def factor_between(given: str, wanted: str) -> Fraction | None:
    """What a figure in `given` is multiplied with to stand in `wanted`; None where they do not measure the same."""
    if plain(given) == plain(wanted):
        return Fraction(1)
    one, other = measure(given), measure(wanted)
    if one is None or other is None or (one[0] != other[0] and {one[0], other[0]} not in _ANY_COUNT):
        return None
    return one[1] / other[1]


def converted(value: Decimal, given: str, wanted: str) -> Decimal | None:
    """The figure in another unit, exactly; None where that cannot be done without rounding."""
    factor = factor_between(given, wanted)
    if factor is None:
        return None
    return exactly(Fraction(value) * factor)


def exactly(value: Fraction) -> Decimal | None:
    """The value with all its digits; None where they have no end."""
    bottom = value.denominator
    for prime in (2, 5):
        while bottom % prime == 0:
            bottom //= prime
    return Decimal(value.numerator) / Decimal(value.denominator) if bottom == 1 else None
