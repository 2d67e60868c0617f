"""XLSX, XLSM, XLSB and XLS: values by calamine, which runs no formula and no macro."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import python_calamine as calamine

from dukao.workbooks.grid import Area, Grid, Value, Workbook
from dukao.workbooks.problems import Limits
from dukao.workbooks.reading.far import Extent, extent_of, held_cells, thinned
from dukao.workbooks.reading.kinds import damaged, protected
from dukao.workbooks.reading.laying import laid_out, too_many_cells
from dukao.workbooks.reading.listing import with_choices
from dukao.workbooks.reading.marks import LAID_OUT_LIMIT, Marks
from dukao.workbooks.reading.package import Package
from dukao.workbooks.reading.sheetxml import sheet_marks


def read_office(path: Path, name: str, kind: str, limits: Limits, *, careful: bool) -> Workbook:
    """Every worksheet, those without cells too. Raises Unreadable."""
    if kind in ("xlsx", "xlsm"):
        with closing(Package(path, limits)) as package:
            return _read_xlsx(path, package, name, kind, limits, careful=careful)
    with _opened(path) as book:
        return _workbook(book, name, kind, {}, {}, limits)


def _read_xlsx(path: Path, package: Package, name: str, kind: str, limits: Limits, *, careful: bool) -> Workbook:
    marks = {number: sheet_marks(package, part) for number, part in enumerate(package.sheets[: limits.sheets]) if part}
    extents: dict[int, Extent] = {}
    for number, seen in marks.items():
        if careful or seen.is_far:
            held = held_cells(package, package.sheets[number])
            if len(held) > limits.cells:
                raise too_many_cells(f"第 {number + 1} 张", limits)
            extents[number] = extent_of(held, LAID_OUT_LIMIT // 8 if careful else LAID_OUT_LIMIT)
    cut = {package.sheets[number].lower(): extent for number, extent in extents.items() if extent.beyond}
    with _opened(thinned(package, cut) if cut else path) as book:
        workbook = _workbook(book, name, kind, marks, extents, limits)
    return replace(workbook, doubts=workbook.doubts + tuple(_told(package)))


def _told(package: Package) -> Iterator[str]:
    if package.has("vbaproject.bin"):
        yield "工作簿里有宏，没有运行"
    if package.has("externallinks/externallink"):
        yield "工作簿引用了别的文件或程序，没有去取；用的是上次保存的值"


@contextmanager
def _opened(source: Path | BytesIO) -> Iterator[Any]:
    """The workbook; what its reader cannot take is refused."""
    try:
        with calamine.CalamineWorkbook.from_object(source) as book:
            yield book
    except calamine.PasswordError:
        raise protected() from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise damaged(str(error)) from None


def _workbook(
    book: Any, name: str, kind: str, marks: Mapping[int, Marks], extents: Mapping[int, Extent], limits: Limits
) -> Workbook:
    """Marks and extents by the number of the sheet."""
    doubts: list[str] = []
    grids: dict[int, Grid] = {}
    worksheets = [n for n, sheet in enumerate(book.sheets_metadata) if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
    if len(worksheets) > limits.sheets:
        doubts.append(f"共有 {len(worksheets)} 张工作表，只读了前 {limits.sheets} 张")
    left = limits.cells
    for number in worksheets[: limits.sheets]:
        sheet = book.sheets_metadata[number]
        found = book.get_sheet_by_index(number)
        rows = _rows(found)
        left -= sum(len(row) - row.count(None) for row in rows)
        if left < 0:
            raise too_many_cells(sheet.name, limits)
        seen = marks.get(number, Marks())
        merges = [Area(*first, *last) for first, last in found.merged_cell_ranges or ()] or seen.merges
        is_hidden = sheet.visible != calamine.SheetVisibleEnum.Visible
        grids[number] = laid_out(sheet.name, rows, merges, seen, is_hidden=is_hidden)
        if number in extents and extents[number].beyond:
            doubts.append(extents[number].told(sheet.name))
    if not any(grid.rows for grid in grids.values()):
        doubts.append("工作簿里没有内容")
    chosen = with_choices(list(grids.values()), [marks.get(number, Marks()).lists for number in grids])
    return Workbook(name, kind, tuple(chosen), doubts=tuple(doubts))


def _rows(sheet: Any) -> list[list[Value]]:
    """From A1 on; empty cells are None."""
    if sheet.start is None:
        return []
    rows: list[list[Value]] = sheet.to_python(skip_empty_area=False)
    for number, row in enumerate(rows):
        if "" in row:
            rows[number] = [None if value == "" else value for value in row]
    return rows
