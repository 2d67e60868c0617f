"""Sheets row by row, for tables too large for a `Workbook`: values and errors, nothing of a form."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from dukao.workbooks.grid import Value
from dukao.workbooks.problems import Limits
from dukao.workbooks.reading.here import read_here
from dukao.workbooks.reading.kinds import kind_of
from dukao.workbooks.reading.marks import hidden_told


@dataclass(frozen=True)
class FlatSheet:
    """A sheet that holds cells. `rows` begin at A1 and are there once, before the next sheet is asked for."""

    kind: str  # of the file, as in `Workbook`
    name: str
    rows: Iterator[list[Value]]
    doubts: tuple[str, ...] = ()  # about the file and this sheet, as in `Workbook`


def sheets_here(path: Path, limits: Limits, *, most_rows: int | None = None) -> Iterator[FlatSheet]:
    """In this very process, up to `most_rows` of each sheet. Raises Unreadable, also in the midst of it."""
    kind = kind_of(path, limits)
    if kind in ("xlsx", "xlsm", "xlsb", "xls"):
        from dukao.workbooks.reading.flat import flat_sheets

        for name, rows, doubts in flat_sheets(path, kind, limits):
            yield FlatSheet(kind, name, islice(rows, most_rows), doubts)
        return
    workbook = read_here(path, limits=limits)
    for grid in workbook.grids:
        if grid.rows:
            doubts = (*workbook.doubts, *hidden_told(grid.name, grid.is_hidden, len(grid.hidden_rows)))
            yield FlatSheet(workbook.kind, grid.name, islice(grid.rows, most_rows), doubts)
