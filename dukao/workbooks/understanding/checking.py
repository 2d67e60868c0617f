"""Rules tested on what stands in a table, with exact arithmetic."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from dukao.workbooks.grid import Grid, cell_name, cell_place
from dukao.workbooks.tables import Heading, Kind, Rule, Table
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.evaluating import Evaluation, NotANumber, number_of

# Rules no surer than this were not printed but follow from headings.
IMPLIED_MOST = 0.9

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
        if rule.expression and rule.confidence < IMPLIED_MOST:
            outcomes = [holds for _, _, _, holds in _tested(rule, table, grid, decimals)]
            if len(outcomes) - sum(outcomes) > len(outcomes) / 2:
                continue
            if len(outcomes) >= 2 and all(outcomes):
                rule = replace(rule, confidence=IMPLIED_MOST)
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
    for row, column in _places(rule, target.group(1), target.group(2), table):
        look = Evaluation(grid, row, column)
        try:
            left, right = Decimal(look.value(left_text)), Decimal(look.value(right_text))  # type: ignore[arg-type]
        except (NotANumber, InvalidOperation, ZeroDivisionError):
            continue
        at_row = int(target.group(2)) - 1 if target.group(2) else row
        at_column = cell_place(target.group(1) + "1")[1] if target.group(1) else column
        holds = _COMPARE[sign](left, right, decimals.slack(at_column))
        yield cell_name(at_row, at_column), left, right, holds


def _places(rule: Rule, letters: str, digits: str, table: Table) -> Iterator[tuple[int, int]]:
    """The rows (of a rule over columns) or columns (of a rule over rows) it is tested on."""
    if letters and digits:
        yield cell_place(letters + digits)
    elif letters:
        top = _body_top(table)
        yield from ((row, -1) for row in range(top, table.area.bottom + 1))
    else:
        yield from ((-1, heading.index) for heading in table.columns if holds_in(rule, heading))


def holds_in(rule: Rule, column: Heading) -> bool:
    """Whether a rule over rows speaks of this column: rows are added up only where adding up makes sense."""
    if column.kind not in (Kind.NUMBER, Kind.UNKNOWN):
        return False
    return rule.confidence > IMPLIED_MOST or words.is_additive(column.path, column.unit)


def _body_top(table: Table) -> int:
    """The first row below the header; further header rows repeat it at page breaks."""
    row = table.area.top
    while row in table.header_rows:
        row += 1
    return row
