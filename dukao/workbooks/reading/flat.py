"""XLSX, XLSM, XLSB and XLS row by row: one sheet at a time is laid out, by calamine, and none becomes a grid."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from math import prod
from pathlib import Path
from typing import Any

import python_calamine as calamine

from dukao.workbooks.grid import CellError, Value
from dukao.workbooks.problems import Limits
from dukao.workbooks.reading.biff import XlsBook, xlsb_marks, xlsb_sheets
from dukao.workbooks.reading.far import count_held
from dukao.workbooks.reading.laying import scattered, too_many_cells
from dukao.workbooks.reading.marks import Extent, Marks, Place, hidden_told
from dukao.workbooks.reading.office import opened, told_of
from dukao.workbooks.reading.package import Package
from dukao.workbooks.reading.sheetxml import refuse_crowded_sheets, sheet_faults, stated_size

_Errors = Mapping[Place, str]
_Flat = tuple[str, Iterator[list[Value]], tuple[str, ...]]  # name, rows, doubts


def flat_sheets(path: Path, kind: str, limits: Limits) -> Iterator[_Flat]:
    """Every worksheet that holds cells. Raises Unreadable."""
    left = limits.cells
    with ExitStack() as stack:
        look, doubts = _looking(path, kind, limits, stack)
        book = stack.enter_context(opened(path))
        for number, about in enumerate(book.sheets_metadata[: limits.sheets]):
            if about.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            errors, n_hidden = look(number, about.name)
            sheet = book.get_sheet_by_index(number)
            if sheet.start is None:
                continue
            left -= sheet.total_height * sheet.total_width
            if left < 0:
                raise too_many_cells(about.name, limits)
            rows = _rows(sheet, errors)
            del sheet  # so that it is gone before the next one is laid out
            is_hidden = about.visible != calamine.SheetVisibleEnum.Visible
            yield about.name, rows, (*doubts, *hidden_told(about.name, is_hidden, n_hidden))


def _looking(
    path: Path, kind: str, limits: Limits, stack: ExitStack
) -> tuple[Callable[[int, str], tuple[_Errors, int]], tuple[str, ...]]:
    """What tells a sheet's errors and number of hidden rows, and refuses one that is too large to be laid out; and what
    is doubtful about the file."""
    if kind == "xls":
        records = XlsBook(path)
        return lambda number, _name: records.faults(number), ()
    package = stack.enter_context(closing(Package(path, limits)))
    package.refuse_doctypes()
    parts = dict(enumerate(xlsb_sheets(package) if kind == "xlsb" else package.sheets))

    if kind != "xlsb":
        refuse_crowded_sheets(package, limits)

    def of_records(number: int, name: str) -> tuple[_Errors, int]:
        marks = xlsb_marks(package.whole(parts.get(number, "")))
        _refuse_far(marks.measure(limits.places), name)
        return marks.errors, len(marks.hidden_rows)

    def of_xml(number: int, name: str) -> tuple[_Errors, int]:
        part = parts.get(number, "")
        if prod(stated_size(package, part)) > limits.places:
            marks = Marks()
            count_held(package, part, marks)
            _refuse_far(marks.measure(limits.places), name)
        return sheet_faults(package, part)

    return (of_records if kind == "xlsb" else of_xml), tuple(told_of(package))


def _refuse_far(extent: Extent, name: str) -> None:
    if extent.beyond:
        raise scattered(name, extent)


def _rows(sheet: Any, errors: _Errors) -> Iterator[list[Value]]:
    # calamine's rows begin in the first row of the sheet, but in the first column that holds something.
    before: list[Value] = [None] * sheet.start[1]
    faulty = {row for row, _ in errors}
    for number, values in enumerate(sheet.iter_rows()):
        row = before + ([None if value == "" else value for value in values] if "" in values else values)
        if number in faulty:
            row = [CellError(errors[number, c]) if (number, c) in errors else v for c, v in enumerate(row)]
        yield row
