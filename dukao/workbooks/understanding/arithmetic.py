"""Arithmetic in words: `③=①+②`, `3列=1列+2列`, `合计=男+女` become expressions over columns or rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dukao.workbooks.grid import column_name
from dukao.workbooks.tables import Heading
from dukao.workbooks.texts import plain
from dukao.workbooks.understanding import words

_COMPARE = {"=": "=", "≥": ">=", "≤": "<=", ">": ">", "<": "<", ">=": ">=", "<=": "<=", "≧": ">=", "≦": "<="}
_WORDED = (
    (r"(?:应|须|必须|要)?(?:大于或?等于|不小于|不少于|不低于)", "≥"),
    (r"(?:应|须|必须|要)?(?:小于或?等于|不大于|不超过|不多于|不高于)", "≤"),
    (r"(?:应|须|必须|要)?恒?为(?=[\d(〔第])|(?:应|须|必须|要)?恒?等于", "="),
    (r"(?:应|须|必须|要)?大于", ">"),
    (r"(?:应|须|必须|要)?小于", "<"),
    (r"加上?(?=[\d(〔第])", "+"),
    (r"减去?(?=[\d(〔第])", "-"),
    (r"除以", "/"),
    (r"乘以?(?=[\d(〔第])", "*"),
)
_COMPARATOR = re.compile(r"(>=|<=|[=≥≤><≧≦])")
_LEAD = re.compile(
    r"^(?:(?:注|说明|备注|填表说明|逻辑关系|逻辑审核关系|审核关系|平衡关系|勾稽关系|审核公式|计算公式|计算关系|表内关系|表内逻辑关系|其中|公式|即|且|并且|同时)\d*[:]?)+"
    r"|^\d{1,2}[.、](?=\D)|^[(]\d{1,2}[)](?=[^=≥≤><+\-*/×÷])|^〔\d+〕(?=[^=≥≤><+\-*/×÷至])|^[一二三四五六七八九十]+、"
)
_NUMBERED = re.compile(r"第?(\d{1,3})(列|栏|行|项)|〔(\d+)〕(?:列|栏|行|项)?|[(](\d{1,2})[)](?:列|栏|行|项)?")
_BARE = re.compile(r"\d+(?:\.\d+)?%?")
_BRACKETS = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")


@dataclass(frozen=True)
class _Ref:
    """A column or row of the table."""

    place: int  # among the axis' headings


class _Unresolved(Exception):
    """Something in the text is no heading and no operator."""


class Axis:
    """The columns or the rows of a table, found by number, by letter and by name."""

    def __init__(self, headings: Sequence[Heading], *, is_rows: bool):
        self.headings, self.is_rows = headings, is_rows
        self.by_number: dict[str, int | None] = {}
        self.by_name: dict[str, int | None] = {}
        for place, heading in enumerate(headings):
            number = plain(heading.number).lstrip("0") or plain(heading.number)
            if number and self.by_number.setdefault(number, place) != place:
                self.by_number[number] = None
            for name in _names_of(heading.path) if heading.path else ():
                if self.by_name.setdefault(name, place) != place:
                    self.by_name[name] = None
        self.longest = max(map(len, self.by_name), default=0)

    def ref(self, place: int) -> str:
        index = self.headings[place].index
        return f"[{index + 1}]" if self.is_rows else f"[{column_name(index)}]"

    def numbered(self, number: str) -> int:
        """The one heading with this number. Raises _Unresolved."""
        bare = number.lstrip("0") or number
        place = self.by_number.get(bare)
        if place is None:
            raise _Unresolved(number)
        return place


def _names_of(path: tuple[str, ...]) -> set[str]:
    """The ways a heading may be called in a rule: its last name, or all joined; with and without brackets."""
    found = set()
    for said in (path[-1], "".join(path)):
        flat = plain(said)
        for name in (flat, _BRACKETS.sub("", flat)):
            bare = re.sub(
                r"^(?:其中[:,]?|[一二三四五六七八九十]+、|\d+[.、]|[(][一二三四五六七八九十\d]+[)])", "", name
            )
            found |= {name, bare, re.sub(r"[①-⑳].*$|\d+=.*$", "", bare)}
    return {name for name in found if name and not name.isdigit()}


def clauses_of(text: str) -> list[str]:
    """The parts of a note that compare something."""
    found = []
    for part in re.split(r"[；;。\n\r，,]|、(?=[^、]*[=＝≥≤])", text):
        flat = _flat(part)
        if _COMPARATOR.search(flat) and re.search(r"[=≥≤><≧≦][^=]", flat) and len(flat) <= 120:
            found.append(part.strip())
    return found


def expressions(text: str, axes: Sequence[Axis], *, own: tuple[Axis, int] | None = None) -> list[str]:
    """What a clause says, one expression per comparison, the first axis that knows all its names; empty if none does.

    `own` is the heading the clause is printed in: `合计（①+②）` leaves its left side out.
    """
    flat = _flat(text)
    tried = list(axes)
    if re.search(r"\d行|行次", flat):
        tried.sort(key=lambda axis: not axis.is_rows)
    elif re.search(r"\d[列栏]", flat):
        tried.sort(key=lambda axis: axis.is_rows)
    for axis in tried:
        for candidate in dict.fromkeys((flat, _LEAD.sub("", flat), _LEAD.sub("", _LEAD.sub("", flat)))):
            try:
                return _comparisons(candidate, axis, own[1] if own and own[0] is axis else None)
            except _Unresolved:
                continue
    return []


def _flat(text: str) -> str:
    """Half width, circled numbers as 〔3〕, words for operators as signs."""
    marked = "".join(f"〔{words.CIRCLED.index(c) + 1}〕" if c in words.CIRCLED else c for c in text)
    flat = plain(marked).replace("﹣", "-").replace("—", "-").replace("–", "-").replace("−", "-")
    for pattern, sign in _WORDED:
        flat = re.sub(pattern, sign, flat)
    return flat.replace("×", "*").replace("÷", "/").strip(":")


def _comparisons(flat: str, axis: Axis, own: int | None) -> list[str]:
    pieces = _COMPARATOR.split(flat)
    sides, signs = pieces[0::2], pieces[1::2]
    if not signs:
        if own is None:
            raise _Unresolved(flat)
        sides, signs = ["", flat], ["="]
    is_marked = re.search(r"\d[列栏行]|〔", flat) is not None
    left = _side(sides[0], axis, is_marked) if sides[0] else axis.ref(own) if own is not None else ""
    if not left:
        raise _Unresolved(flat)
    found = []
    for sign, side in zip(signs, sides[1:], strict=True):
        right = _side(side, axis, is_marked)
        if "[" not in left + right or left == right:
            raise _Unresolved(flat)
        found.append(f"{left} {_COMPARE[sign]} {right}")
        if sign != "=":
            left = right
    return found


def _side(text: str, axis: Axis, is_marked: bool) -> str:
    """One side of a comparison. Raises _Unresolved."""
    tokens = _with_ranges(_tokens(text, axis, is_marked), axis)
    out: list[str] = []
    depth, expects_operand = 0, True
    for part in tokens:
        if part == "(":
            depth += 1
        elif part == ")":
            depth -= 1
        elif isinstance(part, _Ref) or (isinstance(part, str) and part[0].isdigit()):
            if not expects_operand:
                raise _Unresolved(text)
            expects_operand = False
        elif isinstance(part, str):
            if expects_operand and part != "-":
                raise _Unresolved(text)
            expects_operand = True
        if depth < 0:
            raise _Unresolved(text)
        out.append(axis.ref(part.place) if isinstance(part, _Ref) else part)
    if expects_operand or depth:
        raise _Unresolved(text)
    return " ".join(out).replace("( ", "(").replace(" )", ")")


def _tokens(text: str, axis: Axis, is_marked: bool) -> list[_Ref | str]:
    """Headings, factors and signs; after 3列 or ③ a bare number is a factor. Raises _Unresolved."""
    found: list[_Ref | str] = []
    rest = re.sub(r"(?:之和|的和|的合计数?|的总和)$", "", text.strip())
    is_list = rest != text.strip()  # 男、女之和
    while rest:
        taken = _name_at(rest, axis)
        if taken is not None:
            name, place = taken
            found.append(_Ref(place))
            rest = rest[len(name) :]
        elif match := _NUMBERED.match(rest):
            found.append(_Ref(axis.numbered(next(g for g in match.groups() if g and g.isdigit()))))
            rest = rest[match.end() :]
        elif match := _BARE.match(rest):
            found.append(match.group().removesuffix("%") if is_marked else _number(match.group(), found, axis))
            rest = rest[match.end() :]
        elif is_list and rest[0] in "、和与及":
            found.append("+")
            rest = rest[1:]
        elif match := re.match(r"\+?(?:…+|\.{3,})\+?|至|到|~", rest):
            found.append("至")
            rest = rest[match.end() :]
        elif rest[0] in "+-*/()":
            found.append(rest[0])
            rest = rest[1:]
        elif match := re.match(r"([a-z]|[甲乙丙丁戊己庚辛壬癸]|[一二三四五六七八九十]{1,3})(?![a-z])", rest):
            found.append(_Ref(axis.numbered(match.group())))
            rest = rest[match.end() :]
        else:
            raise _Unresolved(rest)
    return found


def _name_at(rest: str, axis: Axis) -> tuple[str, int] | None:
    """The longest heading's name the text begins with, ending where a name may end."""
    for length in range(min(axis.longest, len(rest)), 0, -1):
        name = rest[:length]
        place = axis.by_name.get(name, -1)
        if place == -1 or (length < len(rest) and rest[length] not in "+-*/()=至到~…、和与及的"):
            continue
        if place is None:
            raise _Unresolved(name)
        return name, place
    return None


def _number(said: str, before: list[_Ref | str], axis: Axis) -> _Ref | str:
    """A bare number: a heading's, or a factor such as 100%."""
    if (
        said.endswith("%")
        or "." in said
        or said == "0"
        or (said in ("100", "1000", "10000") and before and before[-1] in ("*", "/"))
    ):
        return said.removesuffix("%")
    return _Ref(axis.numbered(said))


def _with_ranges(tokens: list[_Ref | str], axis: Axis) -> list[_Ref | str]:
    """`②至⑤` is `②+③+④+⑤`."""
    out: list[_Ref | str] = []
    place = 0
    while place < len(tokens):
        part = tokens[place]
        if part == "至":
            last, first = tokens[place + 1] if place + 1 < len(tokens) else None, out[-1] if out else None
            if not isinstance(first, _Ref) or not isinstance(last, _Ref) or last.place <= first.place:
                raise _Unresolved("至")
            for between in range(first.place + 1, last.place + 1):
                out += ["+", _Ref(between)]
            place += 2
            continue
        out.append(part)
        place += 1
    return out
