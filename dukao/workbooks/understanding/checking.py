"""Rules tested on what stands in a table, with exact arithmetic."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from dukao.workbooks.grid import Grid, Value, cell_name, cell_place, column_name
from dukao.workbooks.tables import Kind, Rule, Table

# Rules less sure than this were not printed but follow from headings.
IMPLIED_BELOW = 0.9

_TOKEN = re.compile(r"\[([A-Z]*)(\d*)\]|(\d+(?:\.\d+)?)|(sum)\(\[([A-Z]*\d*)\]:\[([A-Z]*\d*)\]\)|([-+*/()])")
_COMPARE: dict[str, Callable[[Decimal, Decimal, Decimal], bool]] = {
    "=": lambda left, right, slack: abs(left - right) <= slack,
    "<=": lambda left, right, slack: left <= right + slack,
    ">=": lambda left, right, slack: left >= right - slack,
    "<": lambda left, right, slack: left < right + slack,
    ">": lambda left, right, slack: left > right - slack,
}


@dataclass(frozen=True)
class Violation:
    """A rule that does not hold. `cell` is where its left side stands."""

    rule: Rule
    cell: str
    left: Decimal
    right: Decimal

    @property
    def row(self) -> int:
        """From 0, as in the grid."""
        return cell_place(self.cell)[0]


class _NotANumber(Exception):
    """A cell of the rule holds a text, an error or nothing that could be computed with."""


def violations(table: Table, grid: Grid) -> tuple[Violation, ...]:
    """Every place where a rule of the table does not hold, rule by rule and from the top.

    An empty left side or all of the right side empty is not tested; single empty members count as nothing. Sums may
    differ by half of the last digit shown in the column of the left side.
    """
    decimals = _Decimals(table, grid)
    found: list[Violation] = []
    for rule in table.rules:
        if rule.expression:
            found.extend(_violations_of(rule, table, grid, decimals))
    return tuple(found)


class _Decimals:
    """How many digits after the point a column shows."""

    def __init__(self, table: Table, grid: Grid):
        self._top = _body_top(table)
        self._bottom, self._grid = table.area.bottom, grid
        self._known: dict[int, int] = {}

    def slack(self, column: int) -> Decimal:
        """Half of the last digit."""
        if column not in self._known:
            shown = (
                -exponent
                for row in self._grid.rows[self._top : self._bottom + 1]
                if (number := number_of(row[column])) is not None
                and isinstance(exponent := number.normalize().as_tuple().exponent, int)
                and exponent < 0
            )
            self._known[column] = max(shown, default=0)
        return Decimal(5).scaleb(-self._known[column] - 1)


def borne_out(table: Table, grid: Grid) -> tuple[Rule, ...]:
    """The table's rules without those that were only implied and that its own data mostly contradict."""
    decimals = _Decimals(table, grid)
    kept = []
    for rule in table.rules:
        if rule.expression and rule.confidence < IMPLIED_BELOW:
            outcomes = [holds for _, _, _, holds in _tested(rule, table, grid, decimals)]
            if len(outcomes) - sum(outcomes) > len(outcomes) / 2:
                continue
            if len(outcomes) >= 2 and all(outcomes):
                rule = replace(rule, confidence=0.9)
        kept.append(rule)
    return tuple(kept)


def _violations_of(rule: Rule, table: Table, grid: Grid, decimals: _Decimals) -> Iterator[Violation]:
    for cell, left, right, holds in _tested(rule, table, grid, decimals):
        if not holds:
            yield Violation(rule, cell, left, right)


def _tested(rule: Rule, table: Table, grid: Grid, decimals: _Decimals) -> Iterator[tuple[str, Decimal, Decimal, bool]]:
    """Every place a rule can be tested at: the cell of its left side, both sides, and whether it holds."""
    sides = re.fullmatch(r"(.+?) (=|<=|>=|<|>) (.+)", rule.expression)
    assert sides is not None, rule.expression
    left_text, sign, right_text = sides.groups()
    target = re.search(r"\[([A-Z]*)(\d*)\]", left_text) or re.search(r"\[([A-Z]*)(\d*)\]", right_text)
    assert target is not None, rule.expression
    for row, column in _places(target.group(1), target.group(2), table):
        look = _Look(grid, row, column)
        try:
            left, right = look.value(left_text), look.value(right_text)
        except (_NotANumber, InvalidOperation, ZeroDivisionError):
            continue
        at_row = int(target.group(2)) - 1 if target.group(2) else row
        at_column = cell_place(target.group(1) + "1")[1] if target.group(1) else column
        holds = _COMPARE[sign](left, right, decimals.slack(at_column))
        yield cell_name(at_row, at_column), left, right, holds


def _places(letters: str, digits: str, table: Table) -> Iterator[tuple[int, int]]:
    """The rows (of a rule over columns) or columns (of a rule over rows) it is tested on."""
    if letters and digits:
        yield cell_place(letters + digits)
    elif letters:
        top = _body_top(table)
        yield from ((row, -1) for row in range(top, table.area.bottom + 1))
    else:
        yield from ((-1, h.index) for h in table.columns if h.kind in (Kind.NUMBER, Kind.UNKNOWN))


def _body_top(table: Table) -> int:
    """The first row below the header; further header rows repeat it at page breaks."""
    row = table.area.top
    while row in table.header_rows:
        row += 1
    return row


class _Look:
    """Evaluates one side of a rule at one row or column."""

    def __init__(self, grid: Grid, row: int, column: int):
        self.grid, self.row, self.column = grid, row, column

    def value(self, text: str) -> Decimal:
        """Raises _NotANumber where a cell holds no number or none of them holds anything."""
        self.tokens = [match.group() for match in _TOKEN.finditer(text)]
        self.place = 0
        self.filled = self.asked = 0
        value = self._sum()
        if self.asked and not self.filled:
            raise _NotANumber
        return value

    def _sum(self) -> Decimal:
        value = self._product()
        while self._next() in ("+", "-"):
            value = value + self._product() if self._take() == "+" else value - self._product()
        return value

    def _product(self) -> Decimal:
        value = self._atom()
        while self._next() in ("*", "/"):
            if self._take() == "*":
                value *= self._atom()
            else:
                below = self._atom()
                if not below:
                    raise _NotANumber
                value /= below
        return value

    def _atom(self) -> Decimal:
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
            return self._run(*re.findall(r"\[([A-Z]*\d*)\]", part))
        return Decimal(part)

    def _run(self, first: str, last: str) -> Decimal:
        if first.isdigit():
            names = (str(number) for number in range(int(first), int(last) + 1))
        else:
            names = (column_name(c) for c in range(cell_place(first + "1")[1], cell_place(last + "1")[1] + 1))
        return sum((self._cell(name) for name in names), Decimal(0))

    def _cell(self, name: str) -> Decimal:
        if name.isdigit():
            row, column = int(name) - 1, self.column
        elif name.isalpha():
            row, column = self.row, cell_place(name + "1")[1]
        else:
            row, column = cell_place(name)
        self.asked += 1
        if row >= self.grid.height or column >= self.grid.width:
            return Decimal(0)
        value = self.grid.rows[row][column]
        if value is None or (isinstance(value, str) and not value.strip(" —-－/\u3000")):
            return Decimal(0)
        number = number_of(value)
        if number is None:
            raise _NotANumber
        self.filled += 1
        return number * 100 if (row, column) in self.grid.percents else number

    def _next(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def _take(self) -> str:
        part = self._next()
        self.place += 1
        return part


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
