"""What one side of a rule comes to, at one row or column of a grid, with exact arithmetic."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from dukao.workbooks.grid import Grid, Value, cell_name, cell_place, column_name
from dukao.workbooks.understanding import words

_TOKEN = re.compile(r"\[([A-Z]*)(\d*)\]|(\d+(?:\.\d+)?)|(sum)\(\[([A-Z]*\d*)\]:\[([A-Z]*\d*)\]\)|([-+*/()])")
Number = Decimal | Fraction


class NotANumber(Exception):
    """A cell of the rule holds a text, an error or nothing that could be computed with."""


class Evaluation:
    """Evaluates an expression; `row` and `column` are those that its names leave out.

    A cell that is crossed out counts as nothing. An empty one does so too, and is told in `empty`; one that holds no
    number in `unreadable`. `cells` are all it speaks of, in their order.
    """

    def __init__(self, grid: Grid, row: int, column: int, number: type[Decimal] | type[Fraction] = Decimal):
        self.grid, self.row, self.column = grid, row, column
        self.cells: list[str] = []
        self.empty: list[str] = []
        self.unreadable: list[str] = []
        self._number = number

    def value(self, text: str) -> Number:
        """Raises NotANumber where a cell holds no number, none of them holds anything, or it divides by nothing."""
        self._tokens = [match.group() for match in _TOKEN.finditer(text)]
        self._place = 0
        self._asked = self._filled = 0
        value = self._sum()
        if self.unreadable or (self._asked and not self._filled):
            raise NotANumber
        return value

    def _sum(self) -> Number:
        value = self._product()
        while self._next() in ("+", "-"):
            value = value + self._product() if self._take() == "+" else value - self._product()  # type: ignore[operator]
        return value

    def _product(self) -> Number:
        value = self._atom()
        while self._next() in ("*", "/"):
            if self._take() == "*":
                value = value * self._atom()  # type: ignore[operator]
            else:
                below = self._atom()
                if not below:
                    raise NotANumber
                value = value / below  # type: ignore[operator]
        return value

    def _atom(self) -> Number:
        part = self._take()
        if part == "(":
            value = self._sum()
            self._take()
            return value
        if part == "-":
            return -self._atom()
        if part.startswith("["):
            return self._cell(part[1:-1])
        if part.startswith("sum"):
            total = self._number(0)
            for name in _run(*re.findall(r"\[([A-Z]*\d*)\]", part)):
                total = total + self._cell(name)  # type: ignore[operator]
            return total
        return self._number(part)

    def _cell(self, name: str) -> Number:
        row, column = place_of(name, self.row, self.column)
        said = cell_name(row, column)
        self.cells.append(said)
        self._asked += 1
        is_inside = row < self.grid.height and column < self.grid.width
        value = self.grid.rows[row][column] if is_inside else None
        if value is None or (isinstance(value, str) and (not value.strip() or words.is_placeholder(value))):
            self.empty.append(said)
            return self._number(0)
        if isinstance(value, str) and words.is_block(value):
            return self._number(0)
        number = number_of(value)
        if number is None:
            self.unreadable.append(said)
            return self._number(0)
        self._filled += 1
        return self._number(number * 100 if (row, column) in self.grid.percents else number)

    def _next(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self) -> str:
        part = self._next()
        self._place += 1
        return part


def place_of(name: str, row: int, column: int) -> tuple[int, int]:
    """`C5`, `C` or `5` → row and column from 0, where the name leaves one out the given one."""
    if name.isdigit():
        return int(name) - 1, column
    return (row, cell_place(name + "1")[1]) if name.isalpha() else cell_place(name)


def _run(first: str, last: str) -> Iterator[str]:
    if first.isdigit():
        return (str(number) for number in range(int(first), int(last) + 1))
    return (column_name(c) for c in range(cell_place(first + "1")[1], cell_place(last + "1")[1] + 1))


def number_of(value: Value) -> Decimal | None:
    """The number a cell shows: floats as a spreadsheet shows them, to 15 digits."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        return Decimal(format(value, ".15g")) if value == value and abs(value) != float("inf") else None
    if isinstance(value, int | Decimal):
        return Decimal(value)
    if isinstance(value, str):
        text = value.strip().replace(",", "").replace("，", "").removesuffix("%").removesuffix("％")
        try:
            return Decimal(text) if re.fullmatch(r"[+-]?\d+(?:\.\d+)?", text, re.ASCII) else None
        except InvalidOperation:
            return None
    return None
