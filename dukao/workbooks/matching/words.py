"""What the words of a heading say: its name, its unit of measure, its period, and what kind of figure it asks."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from dukao.workbooks.boxes import boxes_in
from dukao.workbooks.matching.measures import is_measure
from dukao.workbooks.matching.vocabulary import GENERIC, LIGHT_AFTER, LIGHT_BEFORE, NEUTRAL, NO_PLACES, SPANS, TURNS
from dukao.workbooks.texts import plain

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_NUMBERING = re.compile(
    rf"^(?:其中[:：]?|[#＃*＊※]|[{_CIRCLED}]|[(（][一二三四五六七八九十\d]{{1,3}}[)）]、?"
    rf"|[一二三四五六七八九十]{{1,3}}[、.．]"
    rf"|\d{{1,2}}(?:\.\d{{1,2}})*[、.．](?!\d(?!\d周?岁)))\s*"
)
# ③, and what it is computed from: ③=①+②.
_TRAILING_NUMBER = re.compile(rf"[（(]?[{_CIRCLED}\d]*[=＝][{_CIRCLED}\d+＋\-－*×/÷()（）%]+$|[{_CIRCLED}]+$")
_BRACKETS = re.compile(r"[(\[【〔{]([^()\[\]【】〔〕{}]*)[)\]】〕}]")
_REMARK = re.compile(
    r"必填|选填|可不填|单选|多选|打.?[√v]|勾选|盖章|签[字名]|如有|如实|请|填写|保留|小数|元整|精确|例如|示例"
    r"|格式|见"
)
_CODES = re.compile(
    r"1[.、:].+2[.、:]|(?:填写?)?[“\"]?(?:是|有|男|√)[”\"]?[/或、][“\"]?(?:否|无|女|×|x)[”\"]?$|1[是有].{0,4}2[否无]"
)
# 是否通自来水 1.是 2.否: the answers behind what is asked, without brackets.
_LISTED = re.compile(
    "|".join(
        rf"(?<![\d.A-Za-z]){one}\s*{sign}\s*(?=[^\d\s]).+?(?<![\d.A-Za-z]){two}\s*{sign}\s*(?=[^\d\s]).*$"
        for one, two, sign in (("1", "2", "[.．、:：=＝－-]"), ("0", "1", "[.．、:：=＝－-]"), ("A", "B", "[.．、:：]"),
                               ("①", "②", ""), ("1", "2", "(?=[是有否无男女])"))
    ),
    re.DOTALL,
)  # fmt: skip
# 玉米产量是多少？ asks 玉米产量.
_ASKING = re.compile(r"(?:一?共?[是有为])?多少[人户个亩元]?[?？]?$|[?？]$|^你?(?:本单位|本村|本镇|本社区)(?:的|有)?")
# 永丰村, 平安镇: whom a figure is about, and no name of a figure.
_PLACE = re.compile(
    r"[\u3400-\u9fff\U00020000-\U0003ffff]{1,8}?(?:村|社区|镇|乡|街道|县|区|市|屯|旗|农场|林场)(?:民?委员?会)?"
)
_FILLERS = re.compile(r"[\s_:：;；,，。、.·“”\"'‘’《》<>*★\-—~]+")


class Span(StrEnum):
    """Which period a heading asks, beside the form's own."""

    NOW = "now"
    YEAR_BEFORE = "year_before"  # 上年同期
    BEFORE = "before"  # 上期
    TO_DATE = "to_date"  # 累计: from the first day of the year
    COMPUTED = "computed"  # 增长, 增减: comes out of other figures


@dataclass(frozen=True, slots=True)
class Label:
    """One heading taken apart. `core` is its name without numbering, unit, remarks and period words; may be empty."""

    core: str
    unit: str = ""
    span: Span = Span.NOW

    @property
    def is_generic(self) -> bool:
        return not self.core or self.core in _GENERIC


@lru_cache(maxsize=65_536)
def label(text: str) -> Label:
    """Take a heading apart."""
    text = _without_answers(_without_numbering(text.strip()))
    text = _TRAILING_NUMBER.sub("", text)
    text = plain(text).replace("％", "%")
    text, unit = _without_brackets(text)
    text, span = _without_span(_ASKING.sub("", text))
    if not unit and "/" in text:
        name, _, last = text.rpartition("/")
        text, unit = (name, last) if name and is_measure(last) else (text, unit)
    return Label(stem(_FILLERS.sub("", text)), unit, span)


def stem(core: str) -> str:
    """年末户籍人口数 is 户籍人口; of 户数 and 人数 nothing is taken."""
    for word in LIGHT_BEFORE:
        if core.startswith(word) and len(core) > len(word) + 1:
            core = core.removeprefix(word)
            break
    for word in LIGHT_AFTER:
        if core.endswith(word) and len(core) > len(word) + 1:
            return core.removesuffix(word)
    return core


_GENERIC = GENERIC | {stem(word) for word in GENERIC} | {word + end for word in NEUTRAL for end in ("情况", "信息")}


@lru_cache(maxsize=65_536)
def is_place(text: str) -> bool:
    """Whether a heading is the name of a village, a town, a district …"""
    name = plain(text)
    return bool(_PLACE.fullmatch(name)) and not any(word in name for word in NO_PLACES)


def _without_numbering(text: str) -> str:
    while (shorter := _NUMBERING.sub("", text, count=1)) != text:
        text = shorter
    return text


def _without_answers(text: str) -> str:
    """What is asked, without the answers that stand behind it to be chosen from; answers alone stay."""
    if (boxes := boxes_in(text)) is not None:
        return boxes.label or text
    listed = _LISTED.search(text)
    if not listed or not listed.start():
        return text
    name = text[: listed.start()].rstrip()
    return name.rstrip("(（") + listed[0].partition(")" if name[-1] == "(" else "）")[2] if name[-1] in "(（" else name


def _without_brackets(text: str) -> tuple[str, str]:
    """The text without brackets that hold a unit or a remark, and the unit; other brackets are part of the name."""
    unit = ""

    def kept(match: re.Match[str]) -> str:
        nonlocal unit
        inside = re.sub(r"^(?:计量)?单位[:：]", "", match[1])
        if is_measure(inside):
            unit = unit or inside
            return ""
        return "" if not inside or _REMARK.search(inside) or _CODES.match(inside) else f"({inside})"

    return _BRACKETS.sub(kept, text), unit


def _without_span(text: str) -> tuple[str, Span]:
    for phrase, span in SPANS:
        if phrase in text:
            return text.replace(phrase, "", 1).strip("(),"), Span(span)
    return text, Span.NOW


@lru_cache(maxsize=65_536)
def turns(core: str) -> frozenset[int]:
    """The groups of words in a name that make it another datum than its neighbours."""
    return frozenset(n for n, words in enumerate(TURNS) if any(w in core for w in words))


@lru_cache(maxsize=65_536)
def pairs(core: str) -> frozenset[str]:
    """Neighbouring characters of a name; of one character, itself."""
    return frozenset(core[i : i + 2] for i in range(len(core) - 1)) or frozenset((core,))
