"""XLSX and XLS: the sheet that holds the table, its header, its cells as text. Runs in a process of its own.

Values are what the sheet shows as calculated: formulas are never run. A cell with an error (`#REF!`) gives the error's
name, so that it is refused and never taken for empty.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import python_calamine as calamine

from dukao.registers.reading.errors import error_cells
from dukao.registers.reading.source import (
    CELL_LIMIT_CHARACTERS,
    COLUMNS_LIMIT,
    HEADER_AMONG_ROWS,
    TextTable,
    Unreadable,
    Wanted,
    table_of,
    told_columns,
)
from dukao.registers.reading.tables import TableWriter

UNPACKED_LIMIT_BYTES = 2_000_000_000
CELLS_LIMIT = 60_000_000
SHEETS_LIMIT = 200
# A spreadsheet keeps fifteen digits; what a float shows beyond them is noise of its binary form.
_EXACT_BELOW = 10**15


@dataclass(frozen=True)
class Sheet:
    name: str
    rows: list[list[str]]  # the first rows, as text
    header: int | None  # index of the header among them
    score: int


def check_package(path: Path) -> None:
    """Refuse a ZIP that unpacks to more than a workbook may be, and kinds of workbook that are not read here."""
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("文件已损坏，打不开", why=str(error), todo="请重新导出文件") from None
    names = {entry.filename for entry in entries}
    if any(name.endswith("workbook.bin") for name in names):
        raise Unreadable("不读取 XLSB", todo="请另存为 XLSX 后重新交付")
    if "mimetype" in names or not any(name.lower().endswith("workbook.xml") for name in names):
        raise Unreadable("这个压缩文件不是 XLSX", todo="请另存为 XLSX 后重新交付")
    if sum(entry.file_size for entry in entries) > UNPACKED_LIMIT_BYTES:
        raise Unreadable(
            "工作簿解开后太大", why=f"超过 {UNPACKED_LIMIT_BYTES // 10**6} MB", todo="请导出为 CSV 后重新交付"
        )


def read_workbook(
    path: Path, kind: str, wanted: Wanted, target: Path
) -> tuple[TextTable, dict[str, int], dict[str, Any]]:
    """Table, positions in it, and what was found. Raises Unreadable, NoHeader, UnclearColumns."""
    with _opened(path, kind) as workbook:
        sheet = _chosen(_all_looked_at(workbook, wanted), wanted)
        assert sheet.header is not None
        headers = sheet.rows[sheet.header]
        places = wanted.places(headers)
        found = {"format": kind, "sheet": sheet.name, "header_line": sheet.header + 1} | told_columns(headers, places)
        order = sorted(places.values())
        errors = error_cells(path, kind, sheet.name, workbook.sheet_names.index(sheet.name))
        lines_with_errors = {row + 1 for row, _column in errors}
        with TableWriter(target, len(order)) as writer:
            for line, row in enumerate(_rows(workbook, sheet.name), start=1):
                if line > sheet.header + 1 and (line in lines_with_errors or any(value != "" for value in row)):
                    cells = [_cell(row, column, errors.get((line - 1, column))) for column in order]
                    writer.add(line, None, cells)
        return TextTable(target), {column: order.index(place) for column, place in places.items()}, found


def sample_workbook(path: Path, kind: str, wanted: Wanted) -> tuple[list[str], list[list[str]]]:
    """Header and first rows of the sheet that fits best, else of the first that holds anything."""
    with _opened(path, kind) as workbook:
        sheets = [sheet for sheet in _all_looked_at(workbook, wanted) if sheet.rows]
        if not sheets:
            raise Unreadable("工作簿里没有内容", todo="请检查导出是否成功")
        return table_of(max(sheets, key=lambda sheet: sheet.score).rows, wanted)


@contextmanager
def _opened(path: Path, kind: str) -> Iterator[Any]:
    """The workbook; what its reader cannot take is refused."""
    if kind == "xlsx":
        check_package(path)
    try:
        with calamine.CalamineWorkbook.from_path(path) as workbook:
            yield workbook
    except calamine.PasswordError:
        raise Unreadable("文件有密码，打不开", todo="请去掉密码后重新交付") from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise Unreadable("文件已损坏，打不开", why=str(error)[:200], todo="请用表格软件另存一份后重新交付") from None


def _all_looked_at(workbook: Any, wanted: Wanted) -> list[Sheet]:
    return [_looked_at(workbook, name, wanted) for name in workbook.sheet_names[:SHEETS_LIMIT]]


def _looked_at(workbook: Any, name: str, wanted: Wanted) -> Sheet:
    """The first rows of a sheet; sheets that hold no cells (charts, macros) have none."""
    try:
        sheet = workbook.get_sheet_by_name(name)
    except calamine.CalamineError:
        return Sheet(name, [], None, 0)
    if sheet.total_height * sheet.total_width > CELLS_LIMIT:
        size = f"有 {sheet.total_height:,} 行 {sheet.total_width:,} 列"
        raise Unreadable(f"工作表“{name}”太大", why=size, todo="请导出为 CSV 后重新交付")
    rows: list[list[str]] = []
    for row in _rows(workbook, name):
        rows.append([text_of(value) for value in row[:COLUMNS_LIMIT]])
        if len(rows) == HEADER_AMONG_ROWS:
            break
    header = wanted.header_row(rows)
    return Sheet(name, rows, header, wanted.score(rows[header]) if header is not None else 0)


def _chosen(sheets: list[Sheet], wanted: Wanted) -> Sheet:
    """The one sheet whose header fits best. Raises where none or several fit alike."""
    best = max((sheet.score for sheet in sheets), default=0)
    if not best:
        filled = next((sheet for sheet in sheets if sheet.rows), None)
        raise wanted.no_header(filled.rows if filled else [])
    fitting = [sheet for sheet in sheets if sheet.score == best]
    if len(fitting) > 1:
        names = "、".join(sheet.name for sheet in fitting[:8])
        raise Unreadable(f"有几张工作表都像要交付的表：{names}", todo="请只保留一张后重新交付")
    return fitting[0]


def _rows(workbook: Any, name: str) -> Iterator[list[Any]]:
    """All rows from the sheet's first line and column on, also where they are empty."""
    sheet = workbook.get_sheet_by_name(name)
    if sheet.start is None:
        return
    above, left = sheet.start
    yield from ([] for _ in range(above))
    for row in sheet.iter_rows():
        yield [""] * left + row


def _cell(row: list[Any], column: int, error: str | None) -> str | None:
    if error:
        return error
    text = text_of(row[column]) if column < len(row) else ""
    return text[: CELL_LIMIT_CHARACTERS + 1]


def text_of(value: Any) -> str:
    """A cell as text; dates as 2026-07-01, numbers with the digits that the sheet keeps."""
    match value:
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float():
            return number_text(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
    return ""


def number_text(value: float) -> str:
    """The fifteen digits a spreadsheet keeps, without an exponent where they are exact.

    A whole number of sixteen digits or more has lost its end already; it is written as the spreadsheet shows it, so
    that it is refused rather than taken for exact.
    """
    if value != value or abs(value) >= _EXACT_BELOW:
        return f"{value:.14E}" if value == value and abs(value) != float("inf") else str(value)
    text = f"{value:.15g}"
    if "e" in text:
        text = f"{float(text):.30f}".rstrip("0").rstrip(".")
    return text.removesuffix(".0")
