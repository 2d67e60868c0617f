"""An XLS drawn again as XLSX, equal to the eye: fonts, fills, borders, sizes, merged areas, print set-up, formulas."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import xlrd
import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from dukao.workbooks.filling.records import SheetRecords, sheet_records
from dukao.workbooks.problems import Limits

_ACROSS = ("", "left", "center", "right", "fill", "justify", "center_across", "distributed")
_DOWN = ("top", "vcenter", "bottom", "vjustify", "vdistributed")
_UNDERLINES = {1: 1, 2: 2, 0x21: 33, 0x22: 34}
_SOLID = 1
_STACKED = 255
_TWIPS = 20
_PADDING = 5 / 7  # what a column's width in the file has beyond the characters it shows
_BUILT_IN_WIDTH = 8
_LINE_BY_LETTERS = 1.25  # how high a line is, by the size of its letters


def redraw(source: Path, target: Path, limits: Limits) -> list[str]:
    """Write the XLS as XLSX; what could not be kept, in words."""
    with open(os.devnull, "w") as nowhere:
        book = _opened(source, nowhere)
        records = sheet_records(source, book)
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
                   "nan_inf_to_errors": True, "date_1904": bool(book.datemode),
                   "default_format_properties": _usual_font(book)}  # fmt: skip
        with xlsxwriter.Workbook(target, options) as copy:
            looks = _Looks(book, copy)
            drawn = [_Drawing(book, copy, looks, sheet, records[n]) for n, sheet in enumerate(_sheets(book, limits))]
            for drawing in drawn:
                drawing.draw()
            _name_prints(book, [drawing.sheet for drawing in drawn])
    return list(_doubts(records, drawn))


def _opened(source: Path, nowhere: Any) -> Any:
    try:
        return xlrd.open_workbook(str(source), formatting_info=True, ragged_rows=True, logfile=nowhere)
    except UnicodeDecodeError:  # of before 1997, without saying in which code
        return xlrd.open_workbook(
            str(source), formatting_info=True, ragged_rows=True, logfile=nowhere, encoding_override="gb18030"
        )


def _sheets(book: Any, limits: Limits) -> Iterator[Any]:
    yield from (book.sheet_by_index(number) for number in range(min(book.nsheets, limits.sheets)))


def _doubts(records: list[SheetRecords], drawn: list["_Drawing"]) -> Iterator[str]:
    yield "XLS 已重画为 XLSX，外观相同；宏没有带过来"
    if untold := sum(found.untold for found in records):
        yield f"有 {untold} 个公式认不出，只保留了上次算出的值"
    if lost := sorted(set().union(*(found.lost for found in records))):
        yield "没有带过来：" + "、".join(lost)
    if any(drawing.has_mixed_fonts for drawing in drawn):
        yield "同一格内几种字体混排的，按第一种显示"


class _Looks:
    """The formats of the copy by the number of the cell's style."""

    def __init__(self, book: Any, copy: Any) -> None:
        self._book, self._copy = book, copy
        self._formats: dict[int, Any] = {}

    def __getitem__(self, style: int) -> Any:
        if style not in self._formats:
            self._formats[style] = self._copy.add_format(self._properties(self._book.xf_list[style]))
        return self._formats[style]

    def _properties(self, xf: Any) -> dict[str, Any]:
        look = {**self._font(self._book.font_list[xf.font_index]), **self._place(xf.alignment), **self._lines(xf)}
        number = self._book.format_map.get(xf.format_key)
        if number is not None and number.format_str not in ("", "General", "GENERAL"):
            look["num_format"] = number.format_str
        fill = xf.background
        if fill.fill_pattern:
            first, second = self._colour(fill.pattern_colour_index), self._colour(fill.background_colour_index)
            solid = fill.fill_pattern == _SOLID
            colours = {"bg_color": first} if solid else {"fg_color": first, "bg_color": second}
            look |= {"pattern": fill.fill_pattern, **{k: v for k, v in colours.items() if v}}
        look["locked"], look["hidden"] = bool(xf.protection.cell_locked), bool(xf.protection.formula_hidden)
        return look

    def _font(self, font: Any) -> dict[str, Any]:
        look = {
            "font_name": font.name, "font_size": font.height / _TWIPS, "bold": bool(font.bold or font.weight >= 600),
            "italic": bool(font.italic), "font_strikeout": bool(font.struck_out), "font_script": font.escapement,
            "underline": _UNDERLINES.get(font.underline_type, 0), "font_family": font.family,
            "font_charset": font.character_set,
        }  # fmt: skip
        if colour := self._colour(font.colour_index):
            look["font_color"] = colour
        return look

    @staticmethod
    def _place(alignment: Any) -> dict[str, Any]:
        look: dict[str, Any] = {
            "text_wrap": bool(alignment.text_wrapped),
            "shrink": bool(alignment.shrink_to_fit),
            "indent": alignment.indent_level,
        }
        if 0 < alignment.hor_align < len(_ACROSS):
            look["align"] = _ACROSS[alignment.hor_align]
        if alignment.vert_align < len(_DOWN):
            look["valign"] = _DOWN[alignment.vert_align]
        turned = alignment.rotation
        if turned == _STACKED:
            look["rotation"] = 270  # letters below each other, as xlsxwriter says it
        elif turned:
            look["rotation"] = turned if turned <= 90 else 90 - turned
        return look

    def _lines(self, xf: Any) -> dict[str, Any]:
        look: dict[str, Any] = {}
        for side in ("left", "right", "top", "bottom"):
            if style := getattr(xf.border, f"{side}_line_style"):
                look[side] = style
                if colour := self._colour(getattr(xf.border, f"{side}_colour_index")):
                    look[f"{side}_color"] = colour
        kind = xf.border.diag_up + 2 * xf.border.diag_down
        if kind and xf.border.diag_line_style:
            look |= {"diag_type": kind, "diag_border": xf.border.diag_line_style}
        return look

    def _colour(self, number: int) -> str:
        rgb = self._book.colour_map.get(number)
        return "#{:02X}{:02X}{:02X}".format(*rgb) if rgb else ""


class _Drawing:
    """One sheet from one workbook into the other."""

    def __init__(self, book: Any, copy: Any, looks: _Looks, sheet: Any, records: SheetRecords) -> None:
        self._book, self._looks, self._old, self._records = book, looks, sheet, records
        self.sheet = copy.add_worksheet(sheet.name)
        self.has_mixed_fonts = bool(sheet.rich_text_runlist_map)

    def draw(self) -> None:
        self._columns()
        self._rows()
        merged = self._merges()
        for row in range(self._old.nrows):
            for column in range(self._old.row_len(row)):
                self._cell(row, column, merged)
        for (row, column), note in self._old.cell_note_map.items():
            self.sheet.write_comment(row, column, note.text or "", {"author": note.author or "", "visible": note.show})
        self._view()
        self._print()

    def _columns(self) -> None:
        old = self._old
        usual = old.standardwidth / 256 - _PADDING if old.standardwidth else old.defcolwidth or _BUILT_IN_WIDTH
        if abs(usual - _BUILT_IN_WIDTH) > 0.5:
            self.sheet.set_column(0, 255, max(usual, 0))
        for column, info in sorted(old.colinfo_map.items()):
            options = {"hidden": bool(info.hidden), "level": info.outline_level, "collapsed": bool(info.collapsed)}
            width = max(info.width / 256 - _PADDING, 0)
            self.sheet.set_column(column, column, width, self._looks[info.xf_index], options)

    def _rows(self) -> None:
        old = self._old
        if old.default_row_height:
            self.sheet.set_default_row(old.default_row_height / _TWIPS, bool(old.default_row_hidden))
        for row, info in sorted(old.rowinfo_map.items()):
            look = self._looks[info.xf_index] if info.has_default_xf_index else None
            options = {"hidden": bool(info.hidden), "level": info.outline_level}
            height = info.height / _TWIPS if info.height else old.default_row_height / _TWIPS
            if not info.height_mismatch:  # nobody set it: the row grows with its letters
                height = max(height, self._letters_height(row))
            self.sheet.set_row(row, height or None, look, options)

    def _letters_height(self, row: int) -> float:
        """What the largest letters in the row need, in points; some programs leave that to whoever opens the file."""
        if row >= self._old.nrows:
            return 0
        sizes = (
            self._book.font_list[self._book.xf_list[cell.xf_index].font_index].height
            for cell in self._old.row(row)
            if cell.ctype not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)
        )
        return max(sizes, default=0) / _TWIPS * _LINE_BY_LETTERS

    def _merges(self) -> set[tuple[int, int]]:
        """Areas become one; their cells but the first."""
        behind = set()
        for top, bottom, left, right in self._old.merged_cells:
            if (bottom - top) * (right - left) < 2 or (bottom - top) * (right - left) > 100_000:
                continue
            with suppress(XlsxWriterException):
                self.sheet.merge_range(top, left, bottom - 1, right - 1, "", self._style(top, left))
                behind |= {(r, c) for r in range(top, bottom) for c in range(left, right)} - {(top, left)}
        return behind

    def _style(self, row: int, column: int) -> Any:
        try:
            return self._looks[self._old.cell_xf_index(row, column)]
        except IndexError:
            return None

    def _cell(self, row: int, column: int, merged: set[tuple[int, int]]) -> None:
        kind, value, look = (
            self._old.cell_type(row, column),
            self._old.cell_value(row, column),
            self._style(row, column),
        )
        sheet = self.sheet
        if (row, column) in merged or kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
            if look is not None:
                sheet.write_blank(row, column, None, look)
            return
        if kind == xlrd.XL_CELL_ERROR:
            value = xlrd.error_text_from_code.get(value, "#N/A")
        formula = self._records.formulas.get((row, column))
        if formula is not None:
            value = bool(value) if kind == xlrd.XL_CELL_BOOLEAN else value
            sheet.write_formula(row, column, f"={formula}", look, value)
        elif kind == xlrd.XL_CELL_ERROR:
            sheet.write_formula(row, column, f"={value}", look, value)
        elif kind == xlrd.XL_CELL_BOOLEAN:
            sheet.write_boolean(row, column, bool(value), look)
        elif kind == xlrd.XL_CELL_TEXT:
            sheet.write_string(row, column, value, look)
        else:
            sheet.write_number(row, column, value, look)

    def _view(self) -> None:
        old, sheet = self._old, self.sheet
        if old.visibility == 1:
            sheet.hide()
        elif old.visibility:
            sheet.very_hidden()
        elif all(other.visibility for other in self._book.sheets()[: old.number]):
            sheet.activate()
            sheet.set_first_sheet()
        if old.panes_are_frozen and (old.horz_split_pos or old.vert_split_pos):
            sheet.freeze_panes(old.horz_split_pos, old.vert_split_pos)
        if not old.show_grid_lines:
            sheet.hide_gridlines(2)
        if 10 <= (zoom := old.cooked_normal_view_mag_factor or 100) <= 400:
            sheet.set_zoom(zoom)

    def _print(self) -> None:
        records, sheet = self._records, self.sheet
        if not records.is_portrait:
            sheet.set_landscape()
        if records.paper:
            sheet.set_paper(records.paper)
        sheet.set_margins(**{side: inches for side, inches in records.margins.items() if 0 <= inches < 50})
        if records.fit:
            sheet.fit_to_pages(*records.fit)
        elif 10 <= records.scale <= 400:
            sheet.set_print_scale(records.scale)
        if records.header:
            sheet.set_header(records.header[:255], {"margin": _on_paper(records.header_inches)})
        if records.footer:
            sheet.set_footer(records.footer[:255], {"margin": _on_paper(records.footer_inches)})
        if records.is_centred_across:
            sheet.center_horizontally()
        if records.is_centred_down:
            sheet.center_vertically()
        sheet.set_h_pagebreaks([row for row, *_ in self._old.horizontal_page_breaks])
        sheet.set_v_pagebreaks([column for column, *_ in self._old.vertical_page_breaks])


def _on_paper(inches: float) -> float:
    return inches if 0 <= inches < 10 else 0.3


def _usual_font(book: Any) -> dict[str, Any]:
    """The font by whose digits the widths of columns count."""
    usual = book.font_list[0] if book.font_list else None
    return {"font_name": usual.name, "font_size": usual.height / _TWIPS} if usual and usual.name else {}


def _name_prints(book: Any, sheets: list[Any]) -> None:
    """Areas to print, and rows and columns to repeat on every page."""
    for name in book.name_obj_list:
        if not name.builtin or name.name not in ("Print_Area", "Print_Titles") or not 0 <= name.scope < len(sheets):
            continue
        areas = [area.coords for area in getattr(name.result, "value", None) or () if hasattr(area, "coords")]
        for _, _, top, bottom, left, right in areas[: 1 if name.name == "Print_Area" else 2]:
            sheet = sheets[name.scope]
            if name.name == "Print_Area":
                sheet.print_area(top, left, bottom - 1, right - 1)
            elif right - left >= 256:
                sheet.repeat_rows(top, bottom - 1)
            else:
                sheet.repeat_columns(left, right - 1)
