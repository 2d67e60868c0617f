"""Rosters of up to millions of cells: a cheap look at every row finds the few that deserve a close one.

Rows inside a long table that are blank, nearly blank, merged or totals are odd; they, the top and the bottom are read
like a small form. All other rows are ordinary: only their empty cells matter.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dukao.workbooks.grid import Grid
from dukao.workbooks.tables import Heading, Slot
from dukao.workbooks.understanding import words

# A sheet of more rows is no form that is read row by row.
LONG_ROWS = 1_000
_TOP, _BOTTOM, _AFTER_ODD = 80, 30, 8
MOST_ODD = 2_000


@dataclass(frozen=True)
class Ordinary:
    """The rows of a long sheet that nobody looks at one by one: how many empty cells each row of the sheet has."""

    grid: Grid
    empties: Sequence[int]

    def slots(
        self, columns: Sequence[Heading], names: Sequence[int], rows: range, looked_at: Collection[int], most: int
    ) -> list[Slot]:
        """The empty cells of ordinary rows in these columns, from the top, at most so many."""
        found: list[Slot] = []
        formulas = self.grid.formulas
        asked = [(column.index, column) for column in columns]
        for row in rows:
            if not self.empties[row] or row in looked_at:
                continue
            values = self.grid.rows[row]
            path: tuple[str, ...] | None = None
            for index, column in asked:
                if values[index] is None and (row, index) not in formulas:
                    if path is None:
                        path = tuple(name.strip() for n in names if isinstance(name := values[n], str))
                    found.append(Slot(row, index, column.path, path, column.unit, column.kind, column.codes))
            if len(found) >= most:
                break
        return found


def rows_worth_a_look(grid: Grid) -> tuple[Sequence[int], Ordinary | None, list[str]]:
    """All rows of a short sheet; of a long one its top, its bottom and what is odd in between, and the ordinary rest.
    With doubts."""
    if grid.height <= LONG_ROWS:
        return range(grid.height), None, []
    empties = [row.count(None) for row in grid.rows]
    odd = sorted(set(_odd_rows(grid, empties)))
    doubts = []
    if len(odd) > MOST_ODD:
        doubts.append(f"工作表“{grid.name}”中间有 {len(odd):,} 个空行、合并行或合计行，只逐一查看了前 {MOST_ODD:,} 个")
    kept = {*range(_TOP), *range(grid.height - _BOTTOM, grid.height)}
    for row in odd[:MOST_ODD]:
        kept.update(range(max(0, row - 1), min(grid.height, row + _AFTER_ODD)))
    return sorted(kept), Ordinary(grid, empties), doubts


def _odd_rows(grid: Grid, empties: Sequence[int]) -> Iterator[int]:
    rows, width = grid.rows, grid.width
    spare = width - 1 if width > 2 else width
    yield from (row for row, count in enumerate(empties) if count >= spare)
    # Three columns in one pass: this line runs a million times.
    a, b, c = (min(column, width - 1) for column in range(3))
    texts: Any = rows
    said = [
        row
        for row, values in enumerate(texts)
        if (values[a].__class__ is str and ("计" in values[a] or "計" in values[a]))
        or (values[b].__class__ is str and ("计" in values[b] or "計" in values[b]))
        or (values[c].__class__ is str and ("计" in values[c] or "計" in values[c]))
    ]
    for row in said:
        if any(isinstance(text := rows[row][column], str) and words.is_total(text) for column in (a, b, c)):
            yield row
    for area in grid.merges:
        yield from range(area.top, min(area.bottom, area.top + 20) + 1)
