"""Drafts as real files: XLSX, XLS, ODS, CSV."""

import csv
import zipfile
from html import escape
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter
import xlwt

from bench.workbooks.drafts import Draft, Page
from dukao.workbooks.grid import Area, column_name

_ENCODINGS = ("utf-8-sig", "gb18030", "utf-16", "utf-8")


def write(draft: Draft, folder: Path) -> Path:
    """The form as a file of its kind in the folder."""
    path = folder / f"{draft.name}.{draft.kind}"
    {"xlsx": _xlsx, "xls": _xls, "ods": _ods, "csv": _csv}[draft.kind](draft, path)
    return path


def _xlsx(draft: Draft, path: Path) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        plain, framed = book.add_format({"text_wrap": True}), book.add_format({"border": 1, "text_wrap": True})
        for page in draft.pages:
            sheet = book.add_worksheet(page.name)
            if page.is_hidden:
                sheet.hide()
            for area in page.merges:
                if area.top != area.bottom or area.left != area.right:
                    style = framed if (area.top, area.left) in page.framed else plain
                    sheet.merge_range(area.top, area.left, area.bottom, area.right, None, style)
            for place in page.framed - page.cells.keys() - page.formulas.keys() - _covered(page):
                sheet.write_blank(*place, None, framed)
            for (row, column), value in page.cells.items():
                _write_cell(sheet, row, column, value, framed if (row, column) in page.framed else plain)
            for (row, column), formula in page.formulas.items():
                sheet.write_formula(row, column, f"={formula}", framed)
            for row in page.hidden_rows:
                sheet.set_row(row, None, None, {"hidden": True})
            for column in page.hidden_columns:
                sheet.set_column(column, column, None, None, {"hidden": True})


def _write_cell(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if value == "#REF!":
        sheet.write_formula(row, column, "=#REF!", style, "#REF!")
    elif isinstance(value, str):
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_number(row, column, value, style)


def _xls(draft: Draft, path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    plain, framed = xlwt.XFStyle(), xlwt.easyxf("borders: left thin, right thin, top thin, bottom thin")
    for page in draft.pages:
        sheet = book.add_sheet(page.name)
        sheet.visibility = int(page.is_hidden)
        merged = {(a.top, a.left): a for a in page.merges}
        for place in page.framed - page.cells.keys() - page.formulas.keys() - _covered(page) - merged.keys():
            sheet.write(*place, None, framed)
        for (row, column), area in merged.items():
            value = page.cells.get((row, column), "")
            sheet.write_merge(row, area.bottom, column, area.right, value, framed)
        for (row, column), value in page.cells.items():
            if (row, column) not in merged:
                sheet.write(row, column, value, framed if (row, column) in page.framed else plain)
        for (row, column), formula in page.formulas.items():
            sheet.write(row, column, xlwt.Formula(formula), framed)
        for row in page.hidden_rows:
            sheet.row(row).hidden = True
        for column in page.hidden_columns:
            sheet.col(column).hidden = True
    book.save(str(path))


def _csv(draft: Draft, path: Path) -> None:
    page = draft.pages[0]
    height, width = 1 + max(r for r, _ in page.cells), 1 + max(c for _, c in page.cells)
    encoding = Random(draft.name).choice(_ENCODINGS)
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([page.cells.get((r, c), "") for c in range(width)] for r in range(height))


_NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"),
                        ("fo", "xsl-fo-compatible"))
)  # fmt: skip
_FRAME = (
    '<office:automatic-styles><style:style style:name="f" style:family="table-cell">'
    '<style:table-cell-properties fo:border="0.06pt solid #000000"/></style:style></office:automatic-styles>'
)


def _ods(draft: Draft, path: Path) -> None:
    tables = "".join(f'<table:table table:name="{escape(p.name)}">{_ods_rows(p)}</table:table>' for p in draft.pages)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMES}>{_FRAME}'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        file.writestr("content.xml", content)


def _ods_rows(page: Page) -> str:
    places = [*page.cells, *page.framed, *page.formulas]
    height, width = 1 + max(r for r, _ in places), 1 + max(c for _, c in places)
    merged = {(a.top, a.left): a for a in page.merges}
    covered = _covered(page)
    rows = []
    for r in range(height):
        cells = "".join(_ods_cell(page, r, c, merged.get((r, c)), (r, c) in covered) for c in range(width))
        rows.append(f"<table:table-row>{cells}</table:table-row>")
    return "".join(rows)


def _ods_cell(page: Page, row: int, column: int, merged: Area | None, is_covered: bool) -> str:
    if is_covered:
        return "<table:covered-table-cell/>"
    said = ' table:style-name="f"' if (row, column) in page.framed else ""
    if merged:
        said += (f' table:number-columns-spanned="{merged.right - merged.left + 1}"'
                 f' table:number-rows-spanned="{merged.bottom - merged.top + 1}"')  # fmt: skip
    if formula := page.formulas.get((row, column)):
        said += f' table:formula="of:=SUM([.{column_name(column)}{formula.split(":")[0].lstrip("SUM(A-Z")}])"'
        return f"<table:table-cell{said}/>"
    value = page.cells.get((row, column))
    if value is None:
        return f"<table:table-cell{said}/>"
    if isinstance(value, int | float):
        return f'<table:table-cell{said} office:value-type="float" office:value="{value}"><text:p>{value}</text:p>' \
               "</table:table-cell>"  # fmt: skip
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in value.split("\n"))
    return f'<table:table-cell{said} office:value-type="string">{lines}</table:table-cell>'


def _covered(page: Page) -> set[tuple[int, int]]:
    """Places inside merged areas, without their first cells."""
    return {
        (r, c) for a in page.merges for r in range(a.top, a.bottom + 1) for c in range(a.left, a.right + 1)
    } - {(a.top, a.left) for a in page.merges}  # fmt: skip
