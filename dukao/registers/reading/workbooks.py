"""XLSX and XLS: every sheet as rows of text. Runs in a process of its own (`apart`).

Values are what the sheet shows as calculated: formulas are never run. A cell with an error (`#REF!`) gives the error's
name, so that it is refused and never taken for empty.
"""

import csv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import python_calamine as calamine

from dukao.registers.reading.errors import error_cells
from dukao.registers.reading.problems import Unreadable

UNPACKED_LIMIT_BYTES = 2_000_000_000
CELLS_LIMIT = 60_000_000
SHEETS_LIMIT = 100
CELL_LIMIT_CHARACTERS = 100_000
# A spreadsheet keeps fifteen digits; what a float shows beyond them is noise of its binary form.
_EXACT_BELOW = 10**15


def unpack_workbook(path: Path, kind: str, folder: Path, most_rows: int | None) -> list[dict[str, str]]:
    """Write each sheet that holds cells as a CSV of its own, one record per row from the first; name and file of each.

    Raises Unreadable.
    """
    tables, left = [], CELLS_LIMIT
    with _opened(path, kind) as workbook:
        for number, name in enumerate(workbook.sheet_names[:SHEETS_LIMIT]):
            sheet = _sheet(workbook, name)
            if sheet is None:
                continue
            left -= sheet.total_height * sheet.total_width
            if left < 0:
                size = f"工作表“{name}”有 {sheet.total_height:,} 行 {sheet.total_width:,} 列"
                raise Unreadable("工作簿太大", why=size, todo="请导出为 CSV 后重新交付")
            _write(sheet, error_cells(path, kind, name, number), folder / f"{number}.csv", most_rows)
            tables.append({"name": name, "file": f"{number}.csv"})
    return tables


@contextmanager
def _opened(path: Path, kind: str) -> Iterator[Any]:
    """The workbook; what its reader cannot take is refused."""
    if kind == "xlsx":
        _check_package(path)
    try:
        with calamine.CalamineWorkbook.from_path(path) as workbook:
            yield workbook
    except calamine.PasswordError:
        raise Unreadable("文件有密码，打不开", todo="请去掉密码后重新交付") from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise Unreadable("文件已损坏，打不开", why=str(error)[:200], todo="请用表格软件另存一份后重新交付") from None


def _check_package(path: Path) -> None:
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
        size = f"超过 {UNPACKED_LIMIT_BYTES // 10**6} MB"
        raise Unreadable("工作簿解开后太大", why=size, todo="请导出为 CSV 后重新交付")


def _sheet(workbook: Any, name: str) -> Any:
    """The sheet, or nothing where it holds no cells (charts, macros, empty sheets)."""
    try:
        sheet = workbook.get_sheet_by_name(name)
    except calamine.CalamineError:
        return None
    return sheet if sheet.start is not None else None


def _write(sheet: Any, errors: dict[tuple[int, int], str], target: Path, most_rows: int | None) -> None:
    above, left = sheet.start
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([[""]] * above)
        for number, row in enumerate(sheet.iter_rows(), start=above):
            if number == most_rows:
                break
            cells = [""] * left + [text_of(value)[: CELL_LIMIT_CHARACTERS - 1] for value in row]
            if errors:
                cells = [errors.get((number, place), cell) for place, cell in enumerate(cells)]
            writer.writerow(cells or [""])


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
    return f"{Decimal(f'{value:.15g}'):f}"
