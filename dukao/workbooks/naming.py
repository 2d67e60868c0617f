"""Units under several names: by code, by short and by full name. What ties them stands in files, and is told."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from dukao.workbooks.texts import plain

_OFFICE = re.compile(r"(?:村|居)民委员会|[村居]委会|人民政府|街道办事处|\s+")
_VILLAGE_OFFICE = re.compile(r"村?村(?:民委员会|委会)")
_CODE = re.compile(r"\d{12}")
# Codes of towns have nine digits, of counties six; filled up with zeros they have twelve, as 统计用区划代码.
_SHORT_CODE = re.compile(r"\d{6}|\d{9}")
_PART = r"[\u3400-\u9fff\U00020000-\U0003ffff]{1,8}?(?:自治[区州县旗]|省|市|州|盟|县|区|旗|镇|乡|街道|农场|林场)"
_LAST = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{1,10}(?:村|社区|屯|镇|乡|街道|县|区|市|旗|农场|林场)")
_OUTER = re.compile(rf"(?:{_PART})+")


@lru_cache(maxsize=65_536)
def who(text: str) -> str:
    """A unit's, person's or thing's name or code, for comparing: 龙东村民委员会 and 龙东村村委会 are 龙东村."""
    name = plain(_OFFICE.sub("", _VILLAGE_OFFICE.sub("村", text))).removesuffix(".0")
    return name.ljust(12, "0") if _SHORT_CODE.fullmatch(name) else name


def is_code(name: str) -> bool:
    """Whether a name, as `who` gives it, is a unit's code."""
    return _CODE.fullmatch(name) is not None


@lru_cache(maxsize=65_536)
def short_of(name: str) -> str:
    """平安镇龙东村 → 龙东村; empty where a name has one part only."""
    for at in range(len(name) - 2, 1, -1):
        if _LAST.fullmatch(name[at:]) and _OUTER.fullmatch(name[:at]):
            return name[at:]
    return ""


class Naming:
    """Which names mean the same unit. All names and codes are those that `who` gives."""

    def __init__(self) -> None:
        self._codes: dict[str, dict[str, str]] = defaultdict(dict)  # name → code → where that stands
        self._names: dict[str, dict[str, str]] = defaultdict(dict)  # code → name → where that stands
        self._full: dict[str, set[str]] = defaultdict(set)  # short name → full names
        self._known: set[str] = set()
        self._told: dict[str, tuple[tuple[str, str], ...]] = {}

    def __len__(self) -> int:
        """How many codes are tied to a name."""
        return len(self._names)

    def add(self, name: str) -> None:
        """A name that some figure is known by."""
        self._known.add(name)
        self._told.clear()
        if short := short_of(name):
            self._full[short].add(name)

    def tie(self, code: str, names: Iterable[str], where: str) -> None:
        """A row that says both."""
        for name in names:
            self._codes[name].setdefault(code, where)
            self._names[code].setdefault(name, where)
            if short := short_of(name):
                self._full[short].add(name)
        self._told.clear()

    def others(self, name: str) -> tuple[tuple[str, str], ...]:
        """The other names of the same unit, the nearest first, each with why it is the same; none that several have."""
        if name not in self._told:
            self._told[name] = tuple(self._others(name))
        return self._told[name]

    def _others(self, name: str) -> Iterator[tuple[str, str]]:
        seen, near = {name}, [(name, "")]
        for _step in range(3):
            found = [
                (other, "，".join(filter(None, (told, why))))
                for one, told in near
                for other, why in self._neighbours(one)
            ]
            near = []
            for other, told in found:
                if other not in seen:
                    seen.add(other)
                    near.append((other, told))
                    yield other, told

    def _neighbours(self, name: str) -> Iterator[tuple[str, str]]:
        for code, where in self._codes[name].items() if len(self._codes.get(name, ())) == 1 else ():
            yield code, f"{name}的代码是 {code}，见{where}"
        for other, where in self._names.get(name, {}).items():
            if len(self._codes[other]) == 1:
                yield other, f"{name} 是{other}，见{where}"
        yield from ((other, f"{name}按{other}查") for other in self._spelled(name))

    def _spelled(self, name: str) -> Iterator[str]:
        """平安镇和平村 is 龙东区平安镇和平村, and 和平村 too where there is none but this; it is not 青山乡和平村."""
        short = short_of(name)
        full = self._full.get(short or name, set())
        fitting = {other for other in full if name.endswith(other) or other.endswith(name)}
        if short or _are_one(full):
            yield from sorted(fitting - {name})
        if short and fitting == full:
            yield short


def _are_one(names: set[str]) -> bool:
    """Whether full names are of one unit."""
    longest = max(names, key=len, default="")
    return all(longest.endswith(name) for name in names)
