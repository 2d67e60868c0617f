"""XLSX, XLSM, XLSB and XLS: values by calamine, which runs no formula and no macro."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import islice
from math import prod
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import python_calamine as calamine

from dukao.workbooks.grid import Area, Value, Workbook
from dukao.workbooks.problems import Limits
from dukao.workbooks.reading.biff import XlsBook, xlsb_marks, xlsb_sheets
from dukao.workbooks.reading.far import count_held, thinned
from dukao.workbooks.reading.kinds import damaged, kind_of_start, protected
from dukao.workbooks.reading.laying import laid_out, refuse_crowd, too_many_cells
from dukao.workbooks.reading.listing import with_choices
from dukao.workbooks.reading.marks import Extent, Marks
from dukao.workbooks.reading.package import Package
from dukao.workbooks.reading.sheetxml import refuse_crowded_sheets, sheet_marks, stated_size

_T = TypeVar("_T")
_OUT_OF_MEMORY = ("capacity overflow", "PyObject pointer is null")  # as calamine panics


def read_office(path: Path, name: str, kind: str, limits: Limits, *, careful: bool) -> Workbook:
    """Every worksheet, those without cells too. Raises Unreadable."""
    if kind == "xls":
        records = XlsBook(path)
        marks = records.marks()
        extents = {number: seen.measure(limits.places) for number, seen in marks.items()}
        cut = {number: extent for number, extent in extents.items() if extent.beyond}
        with opened(records.without_far(cut) if cut else path) as book:
            return _workbook(book, _loaded(book, limits, marks), name, kind, marks, limits)
    with closing(Package(path, limits)) as package:
        package.refuse_doctypes()
        read = _read_xlsb if kind == "xlsb" else _read_careful if careful else _read_xlsx
        workbook = read(path, package, name, kind, limits)
    return replace(workbook, doubts=(*workbook.doubts, *told_of(package)))


def _read_xlsb(path: Path, package: Package, name: str, kind: str, limits: Limits) -> Workbook:
    parts = xlsb_sheets(package)[: limits.sheets]
    marks = {number: xlsb_marks(package.whole(part)) for number, part in enumerate(parts) if part}
    for seen in marks.values():
        seen.measure(limits.places)
    with opened(path) as book:
        return _workbook(book, _loaded(book, limits, marks), name, kind, marks, limits)


def _read_xlsx(path: Path, package: Package, name: str, kind: str, limits: Limits) -> Workbook:
    refuse_crowded_sheets(package, limits)
    parts = {number: part for number, part in enumerate(package.sheets[: limits.sheets]) if part}
    if any(prod(stated_size(package, part)) > limits.places for part in parts.values()):
        return _read_careful(path, package, name, kind, limits)
    # calamine works outside of Python's lock, so that both looks at the file share their time.
    look = _beside(lambda: {number: sheet_marks(package, part) for number, part in parts.items()})
    with look as marks, opened(path) as book:
        sheets = _loaded(book, limits, {})
    return _workbook(book, sheets, name, kind, marks[0], limits)


def _read_careful(path: Path, package: Package, name: str, kind: str, limits: Limits) -> Workbook:
    """As above, but nothing is laid out before it is known that it may be."""
    marks: dict[int, Marks] = {}
    cut: dict[str, Extent] = {}
    for number, (sheet, part) in enumerate(package.named_sheets[: limits.sheets]):
        if part:
            marks[number] = sheet_marks(package, part)
            refuse_crowd(count_held(package, part, marks[number]), sheet, limits)
            if (extent := marks[number].measure(limits.places)).beyond:
                cut[part.lower()] = extent
    with opened(thinned(package, cut) if cut else path) as book:
        return _workbook(book, _loaded(book, limits, marks), name, kind, marks, limits)


@contextmanager
def _beside(work: Callable[[], _T]) -> Iterator[list[_T]]:
    """Does this work while the block runs; at its end the list holds the outcome."""
    outcome: list[_T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            errors.append(error)

    thread = Thread(target=run)
    thread.start()
    try:
        yield outcome
    finally:
        thread.join()
    if errors:
        raise errors[0]


def told_of(package: Package) -> Iterator[str]:
    """What the file would do and was not let do."""
    if package.has("vbaproject.bin"):
        yield "工作簿里有宏，没有运行"
    if package.has("externallinks/externallink"):
        yield "工作簿引用了别的文件或程序，没有去取；用的是上次保存的值"


@contextmanager
def opened(source: Path | BytesIO) -> Iterator[Any]:
    """The workbook; what its reader cannot take is refused."""
    if isinstance(source, Path) and _is_misnamed(source):  # of a path the reader believes the name
        source = BytesIO(source.read_bytes())
    try:
        with calamine.CalamineWorkbook.from_object(source) as book:
            yield book
    except calamine.PasswordError:
        raise protected() from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise damaged(str(error)) from None
    except BaseException as error:  # a panic is no Exception, and its class has no name to import
        if type(error).__name__ != "PanicException":
            raise
        if any(sign in str(error) for sign in _OUT_OF_MEMORY):
            raise MemoryError from None
        raise damaged(str(error)) from None


def _is_misnamed(path: Path) -> bool:
    suffix = path.suffix.lower()
    return suffix in (".xls", ".xla") if kind_of_start(path) == "package" else suffix in (".xlsx", ".xlsm", ".xlsb")


@dataclass(frozen=True)
class _Sheet:
    """A sheet as calamine gives it."""

    number: int
    name: str
    is_hidden: bool
    rows: list[list[Value]]
    merges: list[Area]


def _loaded(book: Any, limits: Limits, marks: Mapping[int, Marks]) -> list[_Sheet]:
    """The worksheets; where `marks` say what they hold, up to the extent that is read. Raises Unreadable."""
    sheets: list[_Sheet] = []
    left = limits.cells
    for number, about in enumerate(book.sheets_metadata[: limits.sheets]):
        if about.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_index(number)
        rows, held = _rows(sheet, marks[number].extent if number in marks else None)
        left -= held
        if left < 0:
            raise too_many_cells(about.name, limits)
        merges = [Area(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
        sheets.append(_Sheet(number, about.name, about.visible != calamine.SheetVisibleEnum.Visible, rows, merges))
    return sheets


def _rows(sheet: Any, extent: Extent | None) -> tuple[list[list[Value]], int]:
    """From A1 on, empty cells as None; and how many cells hold something."""
    if sheet.start is None:
        return [], 0
    rows: list[list[Value]]
    if extent is not None and extent.beyond:
        left = sheet.start[1]  # the rows begin in this column, but all above the first one come too
        rows = [[""] * left + row[: max(extent.columns - left, 0)] for row in islice(sheet.iter_rows(), extent.rows)]
    else:
        rows = sheet.to_python(skip_empty_area=False)
    held = 0
    for number, row in enumerate(rows):
        held += len(row)
        if empty := row.count(""):
            held -= empty
            rows[number] = [None if value == "" else value for value in row]
    return rows, held


def _workbook(
    book: Any, sheets: Sequence[_Sheet], name: str, kind: str, marks: Mapping[int, Marks], limits: Limits
) -> Workbook:
    grids, doubts = [], []
    if len(book.sheet_names) > limits.sheets:
        doubts.append(f"共有 {len(book.sheet_names)} 张工作表，只读了前 {limits.sheets} 张")
    for sheet in sheets:
        seen = marks.get(sheet.number, Marks())
        grids.append(laid_out(sheet.name, sheet.rows, sheet.merges or seen.merges, seen, is_hidden=sheet.is_hidden))
        doubts += seen.doubts
        if seen.extent and seen.extent.beyond:
            doubts.append(seen.extent.told(sheet.name))
    if not any(grid.rows for grid in grids):
        doubts.append("工作簿里没有内容")
    chosen = with_choices(grids, [marks.get(sheet.number, Marks()).lists for sheet in sheets])
    return Workbook(name, kind, tuple(chosen), doubts=tuple(doubts))
