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
    (r"(?:应当?|须|必须|要)?(?:大于或?等于|不(?:能|得|应当?|可)?(?:小于|少于|低于))", "≥"),
    (r"(?:应当?|须|必须|要)?(?:小于或?等于|不(?:能|得|应当?|可)?(?:大于|超过|多于|高于))", "≤"),
    (r"(?:应|须|必须|要)?恒?为(?=[\d(〔第])|(?:应|须|必须|要)?恒?等于", "="),
    (r"(?:应当?|须|必须|要)?大于", ">"),
    (r"(?:应当?|须|必须|要)?小于", "<"),
    (r"加上?(?=[\d(〔第])", "+"),
    (r"减去?(?=[\d(〔第])", "-"),
    (r"除以", "/"),
    (r"乘以?(?=[\d(〔第])", "*"),
)
_COMPARATOR = re.compile(r"(>=|<=|[=≥≤><≧≦])")
_LEAD = re.compile(
    r"^(?:(?:注|说明|备注|填[表报写]说明|(?:表[内间])?(?:逻辑|逻辑审核|审核|平衡|勾稽|校验)(?:关系|公式)|计算公式|计算关系|表内关系|其中|公式|即|且|并且|同时)\d*[:]?)+"
    r"|^\d{1,2}[.、](?=\D)|^[(]\d{1,2}[)](?=[^=≥≤><+\-*/×÷])|^〔\d+〕(?=[^=≥≤><+\-*/×÷至])|^[一二三四五六七八九十]+、"
)
_NUMBERED = re.compile(r"第?(\d{1,3})(列|栏|行|项)|〔(\d+)〕(?:列|栏|行|项)?|[(](\d{1,2})[)](?:列|栏|行|项)?")
_BARE = re.compile(r"\d+(?:\.\d+)?%?")
_CODE = re.compile(r"[a-z]{1,3}\d{1,4}(?![a-z\d])|\d{1,2}(?:\.\d{1,2})+(?![\d%])")  # a01, 1.2
_ASKED = re.compile(r"(?:一?共?[是有为])?多少[\u3400-\u9fff]{0,3}[?]?$|[?]$")
_BRACKETS = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")


@dataclass(frozen=True)
class _Ref:
    """A column or row of the table."""

    place: int  # among the axis' headings


class _Unresolved(Exception):
    """Something in the text is no heading and no operator."""


class Axis:
    """The columns or the rows of a table, or items with a cell each, found by number, by letter and by name."""

    def __init__(self, headings: Sequence[Heading], *, is_rows: bool, cells: Sequence[str] = ()):
        self.headings, self.is_rows, self._cells = headings, is_rows, cells
        self.by_number: dict[str, int | None] = {}
        self.by_name: dict[str, int | None] = {}
        for place, heading in enumerate(headings):
            number = plain(heading.number).lstrip("0") or plain(heading.number)
            if number and self.by_number.setdefault(number, place) != place:
                self.by_number[number] = None
            for name in _names_of(heading.path) if heading.path else ():
                if self.by_name.setdefault(name, place) != place:
                    self.by_name[name] = None
        self.is_padded = any(heading.number.startswith("0") for heading in headings)
        self.longest = max(map(len, self.by_name), default=0)

    def ref(self, place: int) -> str:
        if self._cells:
            return f"[{self._cells[place]}]"
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
        flat = plain(said.strip().lstrip(words.CIRCLED))
        for name in (flat, _BRACKETS.sub("", flat)):
            bare = re.sub(
                r"^(?:其中[:,]?|[一二三四五六七八九十]+、|\d+[.、]|[(][一二三四五六七八九十\d]+[)])", "", name
            )
            found |= {name, bare, re.sub(r"[①-⑳].*$|\d+=.*$", "", bare), _ASKED.sub("", bare)}
    return {name for name in found if name and not name.isdigit()}


def clauses_of(text: str) -> list[str]:
    """The parts of a note that compare something."""
    found = []
    for said in re.split(r"[；;。\n\r，,]", text):
        for part in _apart(said):
            flat = _flat(part)
            if _COMPARATOR.search(flat) and re.search(r"[=≥≤><≧≦][^=]", flat) and len(flat) <= 120:
                found.append(part.strip())
    return found


def _apart(said: str) -> list[str]:
    """At 、 and 且 a new clause begins where both sides compare something: `02、03≤01` and `①=②、③之和` are one."""
    pieces = re.split(r"(、|并且|且)", said)
    parts = [pieces[0]]
    for sign, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if _COMPARATOR.search(_flat(parts[-1])) and _COMPARATOR.search(_flat(piece)):
            parts.append(piece)
        else:
            parts[-1] += sign + piece
    return parts


def compares_names(clause: str, axes: Sequence[Axis], *, is_relation: bool) -> bool:
    """Whether it says that one thing is at most, at least or as much as another: 耕地面积不大于土地面积.

    `每户不超过3人` compares nothing of the table; neither do sides of which none is a heading's, except where
    the note is about relations (`逻辑关系：甲不大于乙`).
    """
    flat = _flat(clause)
    sides = re.split(r"[=≥≤]", _LEAD.sub("", flat))
    if len(sides) != 2 or re.search(r"\d", sides[1]) or not all(1 <= len(side) <= 30 for side in sides):
        return False
    return is_relation or any(name in side for axis in axes for name in axis.by_name for side in sides if len(name) > 1)


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
    elif re.search(r"(?<![\d.])0\d", flat):  # 01: codes of rows, unless it is the columns that are numbered so
        tried.sort(key=lambda axis: not (axis.is_padded or axis.is_rows))
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
    flat = re.sub(r"[\[【](\w{1,5})[\]】]", r"(\1)", flat)
    for pattern, sign in _WORDED:
        flat = re.sub(pattern, sign, flat)
    return flat.replace("×", "*").replace("÷", "/").strip(":.")


def _comparisons(flat: str, axis: Axis, own: int | None) -> list[str]:
    pieces = _COMPARATOR.split(flat)
    sides, signs = pieces[0::2], pieces[1::2]
    if not signs:
        if own is None:
            raise _Unresolved(flat)
        sides, signs = ["", flat], ["="]
    is_marked = re.search(r"\d[列栏行]|〔", flat) is not None
    if "、" in sides[0] and len(signs) == 1 and signs[0] != "=":  # 02、03≤01: each of them
        return [said for one in sides[0].split("、") for said in _comparisons(f"{one}{signs[0]}{sides[1]}", axis, own)]
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
    padded = max((len(zeroed) for zeroed in re.findall(r"(?<![\d.])0\d+", rest)), default=0)
    is_list = rest != text.strip()  # 男、女之和
    while rest:
        taken = _name_at(rest, axis)
        if taken is not None:
            name, place = taken
            found.append(_Ref(place))
            rest = rest[len(name) :]
        elif (match := _CODE.match(rest)) and axis.by_number.get(match.group()) is not None:
            found.append(_Ref(axis.numbered(match.group())))
            rest = rest[match.end() :]
        elif match := _NUMBERED.match(rest):
            found.append(_Ref(axis.numbered(next(g for g in match.groups() if g and g.isdigit()))))
            rest = rest[match.end() :]
        elif match := _BARE.match(rest):
            # Beside 02 and 03 the 2 of 03×2 is a factor.
            is_factor = len(match.group()) < padded and (found[-1:] in (["*"], ["/"]) or rest[match.end() :][:1] == "*")
            is_said = is_marked or is_factor
            found.append(match.group().removesuffix("%") if is_said else _number(match.group(), found, axis))
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
