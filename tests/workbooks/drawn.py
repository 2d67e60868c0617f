"""Sheets drawn as text, so that a test shows the form it is about. All of them are 模拟: made up for these tests."""

from collections.abc import Mapping

from dukao.workbooks.grid import Area, Grid, Value, Workbook
from dukao.workbooks.tables import Table, UnderstoodSheet
from dukao.workbooks.understanding import understand


def drawn(text: str, *, name: str = "Sheet1", framed: bool = False, **signs: object) -> Grid:
    """A grid from lines of cells between `|`.

    `<` continues the cell on the left (merged across), `^` the one above (merged down), `=` a formula without outcome,
    `~` a blank kept in front of a text. Numbers become numbers; a text in `'` stays one. With `framed`, every cell of
    a line with more than one cell has a border.
    """
    lines = [line.strip() for line in text.strip("\n").splitlines()]
    marks = [[cell.strip() for cell in line.strip("|").split("|")] if line else [] for line in lines]
    width = max((len(line) for line in marks), default=0)
    marks = [line + [""] * (width - len(line)) for line in marks]
    formulas = {(r, c): m[1:] for r, line in enumerate(marks) for c, m in enumerate(line) if m[:1] == "="}
    rows = [[_value(mark) for mark in line] for line in marks]
    frames = frozenset(
        (r, c)
        for r, line in enumerate(lines)
        for c in range(line.strip("|").count("|") + 1)
        if framed and line.count("|") > 2 and rows[r][c] is None
    )
    return Grid(name, rows, merges=_merges(marks), formulas=formulas, framed=frames, **signs)  # type: ignore[arg-type]


def _value(mark: str) -> Value:
    if mark in ("", "<", "^") or mark.startswith("="):
        return None
    if mark.startswith("'"):
        return mark.strip("'")
    for number in (int, float):
        try:
            return number(mark)
        except ValueError:
            continue
    return mark.replace("~", "\u3000").replace("\\n", "\n")


def _merges(marks: list[list[str]]) -> tuple[Area, ...]:
    found = []
    for r, line in enumerate(marks):
        for c, mark in enumerate(line):
            if mark in ("<", "^"):
                continue
            right = c
            while right + 1 < len(line) and line[right + 1] == "<":
                right += 1
            bottom = r
            while bottom + 1 < len(marks) and marks[bottom + 1][c] == "^":
                bottom += 1
            if (right, bottom) != (c, r):
                found.append(Area(r, c, bottom, right))
    return tuple(found)


def sheet_of(text: str, **signs: object) -> UnderstoodSheet:
    grid = drawn(text, **signs)  # type: ignore[arg-type]
    return understand(Workbook("模拟.xlsx", "xlsx", (grid,))).sheets[0]


def table_of(text: str, **signs: object) -> Table:
    """The one table of a drawn sheet."""
    tables = sheet_of(text, **signs).tables
    assert len(tables) == 1, [(str(table.area), table.layout) for table in tables]
    return tables[0]


def paths(table: Table) -> list[str]:
    """The columns, as `外层/内层`."""
    return ["/".join(column.path) for column in table.columns]


def row_paths(table: Table) -> list[str]:
    return ["/".join(row.path) for row in table.rows]


def cells(table: Table) -> str:
    """The cells of the slots that somebody is asked for, in order, blank-separated."""
    return " ".join(slot.cell for slot in table.slots if not slot.is_total)


def totals(table: Table) -> str:
    """The cells of the slots that add up others."""
    return " ".join(slot.cell for slot in table.slots if slot.is_total)


def rules(table: Table) -> Mapping[str, str]:
    """Expression → as printed."""
    return {rule.expression: rule.text for rule in table.rules}
