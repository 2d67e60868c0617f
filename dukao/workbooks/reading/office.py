"""XLSX, XLSM, XLSB and XLS: values by calamine, which runs no formula and no macro."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import python_calamine as calamine

from dukao.workbooks.grid import Area, Grid, Workbook
from dukao.workbooks.problems import Limits, Unreadable
from dukao.workbooks.reading.kinds import damaged, protected
from dukao.workbooks.reading.laying import laid_out, too_many_cells
from dukao.workbooks.reading.marks import Marks


def read_office(path: Path, name: str, kind: str, limits: Limits, *, careful: bool) -> Workbook:
    """Every worksheet, those without cells too. Raises Unreadable."""
    doubts: list[str] = []
    grids: list[Grid] = []
    with _opened(path) as book, _marks_of(path, kind, limits) as marks_of:
        sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
        if len(sheets) > limits.sheets:
            doubts.append(f"共有 {len(sheets)} 张工作表，只读了前 {limits.sheets} 张")
        left = limits.cells
        for sheet in sheets[: limits.sheets]:
            number = book.sheet_names.index(sheet.name)
            grid = _grid(book, sheet, marks_of(sheet.name, number), doubts)
            left -= sum(len(row) - row.count(None) for row in grid.rows)
            if left < 0:
                raise too_many_cells(sheet.name, limits)
            grids.append(grid)
    if not any(grid.rows for grid in grids):
        doubts.append("工作簿里没有内容")
    return Workbook(name, kind, tuple(grids), doubts=tuple(doubts))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The workbook; what its reader cannot take is refused."""
    try:
        with calamine.CalamineWorkbook.from_path(path) as book:
            yield book
    except calamine.PasswordError:
        raise protected() from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise damaged(str(error)) from None


@contextmanager
def _marks_of(path: Path, kind: str, limits: Limits) -> Iterator[Callable[[str, int], Marks]]:
    """What tells the marks of a sheet by its name and its place in the workbook."""
    yield lambda _name, _number: Marks()


def _grid(book: Any, sheet: Any, marks: Marks, doubts: list[str]) -> Grid:
    is_hidden = sheet.visible != calamine.SheetVisibleEnum.Visible
    found = book.get_sheet_by_name(sheet.name)
    rows = found.to_python(skip_empty_area=False) if found.start is not None else []
    for number, row in enumerate(rows):
        if "" in row:
            rows[number] = [None if value == "" else value for value in row]
    merges = [Area(*first, *last) for first, last in found.merged_cell_ranges or ()]
    return laid_out(sheet.name, rows, merges or marks.merges, marks, is_hidden=is_hidden)
