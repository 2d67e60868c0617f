"""Tables as files: XLSX and CSV, safe to open, marked where the data are synthetic."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from urllib.parse import quote

import xlsxwriter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import NotThere
from dukao.base.wording import with_note
from dukao.web.measures import measure
from dukao.web.tables import Cell, Column, Table

# A spreadsheet runs text that begins like this as a formula.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Excel keeps 15 digits; longer numbers go out as text rather than wrong.
_EXCEL_DIGITS = 15
# A cell of a spreadsheet holds no more characters.
_EXCEL_TEXT = 32_767
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def answer(request: HttpRequest, tables: Iterable[Table], wanted: str) -> HttpResponse:
    """The table that `?export=KEY.xlsx` or `KEY.csv` names, as a download. Raises NotThere."""
    key, _dot, kind = wanted.rpartition(".")
    table = next((t for t in tables if t.key == key and t.is_exported), None)
    if table is None or kind not in TYPES:
        raise NotThere(_("没有这张表可以导出"))
    content = (xlsx if kind == "xlsx" else csv_bytes)(table)
    response = HttpResponse(content, content_type=TYPES[kind])
    name = f"{_plain_name(table.file_name or table.caption)}-{timezone.localdate():%Y%m%d}.{kind}"
    response["Content-Disposition"] = f"attachment; filename=\"{key}.{kind}\"; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _plain_name(text: str) -> str:
    """What every system takes for the name of a file, and none for a path, an option or a formula."""
    kept = "".join("_" if c in '\\/:*?"<>|' or not c.isprintable() else c for c in text)
    return kept.lstrip("".join(_DANGEROUS) + ". ")[:120] or "1"


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a dangerous beginning gets an apostrophe before it."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def csv_bytes(table: Table) -> bytes:
    """UTF-8 with a byte order mark, so that Excel reads the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for line in _preamble(table):
        writer.writerow([neutral(line)])
    writer.writerow([neutral(_head(column)) for column in _exported(table)])
    for row in table.rows:
        writer.writerow([_plain(cell) for cell in _cells(table, row.cells)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def xlsx(table: Table) -> bytes:
    """One sheet: label and source above, a bold head that stays, real numbers, widths that fit."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(_sheet_name(table.caption))
        bold, title = book.add_format({"bold": True, "bottom": 1}), book.add_format({"bold": True, "font_size": 14})
        figure = book.add_format({"num_format": "#,##0.######"})
        percent = book.add_format({"num_format": '#,##0.######"%"'})  # the figures are percentages, not shares of one
        sheet.write_string(0, 0, neutral(table.caption), title)
        top = 1
        for line in _preamble(table)[1:]:
            sheet.write_string(top, 0, neutral(line))
            top += 1
        columns = _exported(table)
        for place, column in enumerate(columns):
            sheet.write_string(top, place, neutral(_head(column)), bold)
            sheet.set_column(place, place, _width(table, place, column))
        sheet.freeze_panes(top + 1, 1)
        for number, row in enumerate(table.rows, start=top + 1):
            for place, cell in enumerate(_cells(table, row.cells)):
                if _is_number(cell.value):
                    look = percent if _is_percent(cell, columns[place]) else figure
                    sheet.write_number(number, place, float(cell.value), look)
                else:
                    sheet.write_string(number, place, _fitting(neutral(str(cell.value))))
    return out.getvalue()


def _fitting(text: str) -> str:
    """The text as a cell of a workbook holds it; what is cut says so."""
    if len(text) <= _EXCEL_TEXT:
        return text
    told = _("…（共 {n:,} 字，全文见 CSV）").format(n=len(text))
    return text[: _EXCEL_TEXT - len(told)] + told


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return False
    return len(Decimal(value).normalize().as_tuple().digits) <= _EXCEL_DIGITS


def _is_percent(cell: Cell, column: Column) -> bool:
    return column.unit == "%" or cell.text.endswith("%")


def _plain(cell: Cell) -> str:
    return str(cell.value) if isinstance(cell.value, (int, Decimal)) else neutral(str(cell.value))


def _exported(table: Table) -> list[Column]:
    return [column for column in table.columns if column.kind != "actions"]


def _cells(table: Table, cells: Sequence[Cell]) -> list[Cell]:
    return [cell for column, cell in zip(table.columns, cells, strict=True) if column.kind != "actions"]


def _preamble(table: Table) -> list[str]:
    label = (
        [_("模拟数据：本文件中的数据均为系统生成，不代表真实情况")] if table.is_synthetic or settings.SYNTHETIC else []
    )
    return [table.caption, *label, *([table.source] if table.source else [])]


def _head(column: Column) -> str:
    return with_note(str(column.title), measure(column.unit)) if column.unit else str(column.title)


def _width(table: Table, place: int, column: Column) -> int:
    """In characters; a Chinese character takes two."""
    index = [at for at, c in enumerate(table.columns) if c.kind != "actions"][place]
    texts = [_head(column), *(row.cells[index].text for row in table.rows[:200])]
    return max(8, min(48, 2 + max(sum(2 if ord(c) > 0x2E80 else 1 for c in text) for text in texts)))


def _sheet_name(caption: str) -> str:
    """Excel allows 31 characters and not these."""
    return "".join("_" if c in "[]:*?/\\'" else c for c in caption)[:31] or "1"
