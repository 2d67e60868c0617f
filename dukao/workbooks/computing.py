"""What a form computes from its own cells: totals, shares and whatever else its rules say, once all parts are known."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from dukao.workbooks.grid import Grid, cell_name, cell_place, column_name
from dukao.workbooks.matching.measures import exactly
from dukao.workbooks.tables import Kind, Layout, Rule, Slot, Table
from dukao.workbooks.texts import plain
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.checking import holds_in
from dukao.workbooks.understanding.evaluating import Evaluation, NotANumber, place_of

_SIDES = re.compile(r"\[([A-Z]*\d*)\] = (.+)")
_NAMED = re.compile(r"\[([A-Z]*)(\d*)\]")
_SIGNS = {"*": "×", "/": "÷", "-": "－", "+": "＋"}
_DECIMALS = re.compile(r"保留到?(?:小数点后)?([一二两三四1-4])位|保留(整)数")
_DIGITS = {"整": 0, "一": 1, "1": 1, "两": 2, "二": 2, "2": 2, "三": 3, "3": 3, "四": 4, "4": 4}
# Shares of more digits are not written as they are.
_MOST_DIGITS_OF_SHARE = 2
_SPELLED_OUT = 6
_ANY = -1  # in place of a row or column that a rule leaves out


@dataclass(frozen=True)
class Computed:
    """What a cell comes to, and how in words."""

    value: Decimal
    source: str
    reason: str


class Sums:
    """The rules of one table as ways to fill its cells."""

    def __init__(self, table: Table):
        self._table = table
        both = zip(table.columns, table.rows, strict=True) if table.layout is Layout.PAIRS else ()
        self._items = {cell_name(row.index, column.index): column for column, row in both}
        self._columns = {} if self._items else {heading.index: heading for heading in table.columns}
        self._rows = {} if self._items else {heading.index: heading for heading in table.rows}
        self._ways: dict[tuple[int, int], list[tuple[str, Rule]]] = defaultdict(list)
        for rule in table.rules:
            if sides := _SIDES.fullmatch(rule.expression):
                self._ways[place_of(sides[1], _ANY, _ANY)].append((sides[2], rule))
        told = _DECIMALS.search(plain("".join(table.notes)))
        self._decimals = _DIGITS[told[1] or told[2]] if told else None

    def outcome(self, slot: Slot, grid: Grid) -> Computed | str:
        """What the slot comes to by what stands in the grid, else why nothing does; empty where no rule is about it."""
        why = self._without_rule(slot)
        for text, rule in self._for(slot):
            found = self._evaluated(text, rule, slot, grid)
            if isinstance(found, Computed):
                return found
            why = found or why
        return why

    def _for(self, slot: Slot) -> Iterator[tuple[str, Rule]]:
        """The right sides of the rules whose left side is this cell, its column or its row."""
        column = self._columns.get(slot.column)
        for place in ((slot.row, slot.column), (_ANY, slot.column), (slot.row, _ANY)):
            for right, rule in self._ways.get(place, ()):
                is_of_row = place[1] == _ANY
                if is_of_row and column is not None and not holds_in(rule, column):
                    continue
                if re.search(r"[*/]", right) or self._have_one_unit(right, slot):
                    yield right, rule

    def _have_one_unit(self, right: str, slot: Slot) -> bool:
        """Whether what is added up is measured alike; a unit that is not said is the other's."""
        units = {plain(slot.unit)}
        for letters, digits in _NAMED.findall(right):
            heading = self._items.get(letters + digits)
            if letters and not digits:
                heading = self._columns.get(cell_place(letters + "1")[1])
            elif digits and not letters:
                heading = self._rows.get(int(digits) - 1)
            units.add(plain(heading.unit) if heading else "")
        return len(units - {""}) <= 1

    def _evaluated(self, text: str, rule: Rule, slot: Slot, grid: Grid) -> Computed | str:
        look = Evaluation(grid, slot.row, slot.column, Fraction)
        try:
            value = Fraction(look.value(text))
        except (NotANumber, ZeroDivisionError):
            value = None
        if missing := look.empty + look.unreadable:
            return _waits_for(missing)
        if value is None:
            return ""
        how = f"按本表 {_told(text, look.cells, slot)}计算"
        exact = exactly(value)
        if exact is None or (slot.kind is Kind.PERCENT and _digits(exact) > _MOST_DIGITS_OF_SHARE):
            if self._decimals is None:
                return f"{how}约为 {float(value):.4f}，请按表的要求取舍"
            exact = _rounded(value, self._decimals)
            how += f"，按表的要求保留 {self._decimals} 位小数"
        if (slot.row, slot.column) in grid.percents:
            exact /= 100
        return Computed(exact, how, f"表上的关系：{rule.text}")

    def _without_rule(self, slot: Slot) -> str:
        if not slot.is_total:
            return ""
        heading = self._columns.get(slot.column)
        if heading is not None and not words.is_additive(heading.path, slot.unit or heading.unit):
            return f"“{heading.path[-1]}”不能直接相加，请另外计算" if heading.path else ""
        return "看不出由哪几格相加，请手工合计"


def _digits(value: Decimal) -> int:
    """How many stand behind the point."""
    exponent = value.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _rounded(value: Fraction, digits: int) -> Decimal:
    places = Decimal(1).scaleb(-digits)
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(places, ROUND_HALF_UP)


def _waits_for(cells: list[str]) -> str:
    told = "、".join(cells[:3]) + (f" 等 {len(cells)} 格" if len(cells) > 3 else "")
    return f"由本表别的格算出，{told}还没有数"


def _told(text: str, cells: list[str], slot: Slot) -> str:
    """The arithmetic with the cells' names: `C4 至 C9 合计`, `C5÷D5×100`."""
    if re.fullmatch(r"[^-*/]+", text):
        if len(cells) > 2 and _are_neighbours(cells):
            return f"{cells[0]} 至 {cells[-1]} 合计"
        shown = cells if len(cells) <= _SPELLED_OUT else [*cells[:2], "…", cells[-1]]
        return "＋".join(shown) + " 合计"

    def named(match: re.Match[str]) -> str:
        row, column = place_of(match[1] + match[2], slot.row, slot.column)
        return f"{column_name(column)}{row + 1}"

    named_text = _NAMED.sub(named, text).replace(" ", "")
    return "".join(_SIGNS.get(sign, sign) for sign in named_text) + " "


def _are_neighbours(cells: list[str]) -> bool:
    places = [cell_place(cell) for cell in cells]
    steps = {(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(places)}
    return steps in ({(1, 0)}, {(0, 1)})
