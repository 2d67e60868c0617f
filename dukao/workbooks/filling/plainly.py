"""A workbook's values as an XLSX, for the kinds of file whose look nobody can tell."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from dukao.workbooks.grid import CellError, Grid, Value, Workbook
from dukao.workbooks.problems import Limits, Unreadable
from dukao.workbooks.reading.kinds import SAVE_AS_XLSX

_FORMATS = {"text": {}, "percent": {"num_format": "0.00%"}, "date": {"num_format": "yyyy-mm-dd"},
            "moment": {"num_format": "yyyy-mm-dd hh:mm"}, "span": {"num_format": "[h]:mm:ss"}}  # fmt: skip
_WIDEST, _NARROWEST = 50, 8
_LOOKED_AT_ROWS = 200
_SHEET_NAME_LIMIT = 31


def write_plainly(workbook: Workbook, target: Path, limits: Limits) -> None:
    """Values, merged areas, what is hidden, percentages and frames. Raises Unreadable."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
               "nan_inf_to_errors": True}  # fmt: skip
    try:
        with xlsxwriter.Workbook(target, options) as copy:
            formats = {name: copy.add_format({"valign": "top", **look}) for name, look in _FORMATS.items()}
            formats |= {f"{name} framed": copy.add_format({"border": 1, **look}) for name, look in _FORMATS.items()}
            for grid in workbook.grids:
                _draw(grid, copy.add_worksheet(sheet_name(grid.name)), formats)
            if not workbook.grids:
                copy.add_worksheet()
    except (XlsxWriterException, ValueError) as error:
        raise Unreadable("这个文件写不成 XLSX", why=str(error)[:200], todo=SAVE_AS_XLSX) from None


def sheet_name(name: str) -> str:
    """A name that XLSX allows."""
    allowed = "".join("_" if sign in "[]:*?/\\" else sign for sign in name).strip("'")
    return allowed[:_SHEET_NAME_LIMIT] or "Sheet1"


def _draw(grid: Grid, sheet: Any, formats: dict[str, Any]) -> None:
    for column in range(grid.width):
        texts = (str(row[column]) for row in grid.rows[:_LOOKED_AT_ROWS] if row[column] is not None)
        width = max((_width(line) for text in texts for line in text.split("\n")), default=0)
        options = {"hidden": column in grid.hidden_columns}
        sheet.set_column(column, column, min(max(width + 1, _NARROWEST), _WIDEST), None, options)
    for row in grid.hidden_rows:
        sheet.set_row(row, None, None, {"hidden": True})
    for area in grid.merges:
        sheet.merge_range(area.top, area.left, area.bottom, area.right, "", formats["text framed"])
    for row, values in enumerate(grid.rows):
        for column, value in enumerate(values):
            kind = "percent" if (row, column) in grid.percents else _kind(value)
            framed = (row, column) in grid.framed or (row, column) in grid.merged_at
            look = formats[f"{kind} framed" if framed else kind]
            if value is not None or framed:
                _write(sheet, row, column, value, look)
    if grid.is_hidden:
        sheet.hide()


def _write(sheet: Any, row: int, column: int, value: Value, look: Any) -> None:
    match value:
        case None:
            sheet.write_blank(row, column, None, look)
        case bool():
            sheet.write_boolean(row, column, value, look)
        case int() | float() | Decimal():
            sheet.write_number(row, column, value, look)
        case datetime() | date() | time() | timedelta():
            sheet.write_datetime(row, column, value, look)
        case CellError():
            sheet.write_formula(row, column, f"={value}", look, str(value))
        case _:
            sheet.write_string(row, column, str(value), look)


def _kind(value: Value) -> str:
    match value:
        case datetime():
            return "moment"
        case date():
            return "date"
        case time() | timedelta():
            return "span"
    return "text"


def _width(text: str) -> int:
    """In half-width characters."""
    return sum(2 if sign > "\u2e7f" else 1 for sign in text)
