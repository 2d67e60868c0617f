"""Forms that are no XLSX come back as one."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import xlwt

from dukao.workbooks.filling import fill_workbook, suffix_of
from tests.workbooks.made import sheet_xml
from tests.workbooks.plans import plan, write_form


def _xls(path: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表一")
    look = (
        "font: name 黑体, bold on, height 320, color red; align: horiz center, vert center, wrap on; "
        "borders: left thin, right thin, top thin, bottom medium; pattern: pattern solid, fore_colour yellow"
    )
    sheet.write_merge(0, 0, 0, 3, "模拟统计表", xlwt.easyxf(look))
    share = xlwt.easyxf("borders: left thin", num_format_str="0.00%")
    sheet.write(1, 0, 0.5, share)
    sheet.write(1, 1, "", share)
    sheet.write(2, 0, 3)
    sheet.write(2, 1, 4)
    sheet.write(2, 2, xlwt.Formula("SUM(A3:B3)*2"))
    sheet.write(3, 0, xlwt.Formula('IF(A3>1,"1.0","否")'))
    sheet.write(3, 1, "=不是公式")
    sheet.col(0).width, sheet.col(3).hidden = 256 * 30, True
    sheet.row(0).height, sheet.row(0).height_mismatch = 600, True
    sheet.set_panes_frozen(True)
    sheet.set_horz_split_pos(1)
    sheet.portrait, sheet.paper_size_code, sheet.fit_num_pages = False, 9, 1
    sheet.fit_width_to_pages, sheet.fit_height_to_pages, sheet.left_margin = 1, 0, 0.3
    book.add_sheet("附表").visibility = 1
    book.save(str(path))
    return path


def test_an_xls_comes_back_equal_to_the_eye(tmp_path: Path) -> None:
    form = _xls(tmp_path / "form.xls")
    assert suffix_of(form) == ".xlsx"
    outcome = fill_workbook(form, tmp_path / "filled.xlsx", plan({"B2": Decimal("0.25"), "C3": 1}, ("B5",)))
    book = openpyxl.load_workbook(tmp_path / "filled.xlsx")
    sheet = book["表一"]
    title = sheet["A1"]
    assert (title.value, title.font.name, title.font.sz, title.font.b, title.font.color.rgb) == (
        "模拟统计表", "黑体", 16, True, "FFFF0000"
    )  # fmt: skip
    assert (title.alignment.horizontal, title.alignment.vertical, title.alignment.wrap_text) == (
        "center",
        "center",
        True,
    )
    assert (title.fill.fgColor.rgb, title.border.left.style, title.border.bottom.style) == (
        "FFFFFF00",
        "thin",
        "medium",
    )
    assert str(sheet.merged_cells) == "A1:D1"
    assert (sheet["B2"].value, sheet["B2"].number_format, sheet["B2"].border.left.style) == (0.25, "0.00%", "thin")
    assert sheet["B2"].comment.text.startswith("来源：")
    assert (sheet["C3"].value, sheet["A4"].value) == ("=SUM(A3:B3)*2", '=IF(A3>1,"1.0","否")')
    assert (sheet["B4"].value, sheet["B4"].data_type) == ("=不是公式", "s")
    assert sheet["B5"].fill.fgColor.rgb == "FFFFF2CC"
    assert [s.why for s in outcome.skipped] == ["这一格有公式"]
    assert abs(sheet.column_dimensions["A"].width - 30) < 0.2
    assert sheet.column_dimensions["D"].hidden
    assert (sheet.row_dimensions[1].height, sheet.freeze_panes) == (30, "A2")
    setup = sheet.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight) == ("landscape", 9, None, 0)
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_margins.left) == (True, 0.3)
    assert book["附表"].sheet_state == "hidden"
    assert outcome.doubts == ("XLS 已重画为 XLSX，外观相同；宏没有带过来",)


def test_text_comes_back_as_a_workbook(tmp_path: Path) -> None:
    form = tmp_path / "各村.csv"
    form.write_bytes("村,户数,核定日期\n龙东村,,\n=1+1,3,\n".encode("gb18030"))
    outcome = fill_workbook(
        form, tmp_path / "filled.xlsx", plan({"B2": 7, "C2": date(2026, 9, 30)}, ("C3",), sheet="各村")
    )
    sheet = openpyxl.load_workbook(tmp_path / "filled.xlsx").worksheets[0]
    assert (sheet["B2"].value, sheet["B2"].comment.author) == (7, "数智督考")
    assert sheet["C2"].is_date
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("=1+1", "s")
    assert sheet["C3"].fill.fgColor.rgb == "FFFFF2CC"
    assert outcome.told == "本表 3 项：已填 2，需填 1"
    assert any("以 XLSX 返回" in doubt for doubt in outcome.doubts)


def test_names_that_a_workbook_does_not_allow_are_changed_and_found(tmp_path: Path) -> None:
    name = "各村[三季度]" + "很" * 40
    form = tmp_path / f"{name}.csv"
    form.write_text("村,户数\n龙东村,\n", encoding="utf-8")
    outcome = fill_workbook(form, tmp_path / "filled.xlsx", plan({"B2": 7}, sheet=name))
    assert outcome.skipped == ()
    assert openpyxl.load_workbook(tmp_path / "filled.xlsx").worksheets[0]["B2"].value == 7


def test_a_row_whose_height_nobody_set_is_as_high_as_its_letters(tmp_path: Path) -> None:
    """Some programs write the usual height for every row and leave the rest to whoever opens the file."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("表一")
    sheet.write(0, 0, "模拟统计表", xlwt.easyxf("font: height 400"))
    sheet.write(1, 0, "户数")
    sheet.write(2, 0, "压扁的", xlwt.easyxf("font: height 400"))
    sheet.row(2).height, sheet.row(2).height_mismatch = 200, True
    sheet.header_margin, sheet.footer_margin = 0.1, 0.2
    sheet.header_str, sheet.footer_str = b"&Ctop", b"&Cbelow"
    book.save(tmp_path / "form.xls")
    fill_workbook(tmp_path / "form.xls", tmp_path / "filled.xlsx", plan({"B2": 5}))
    filled = openpyxl.load_workbook(tmp_path / "filled.xlsx")["表一"]
    heights = [filled.row_dimensions[row].height for row in (1, 2, 3)]
    assert heights == [24.75, 12.75, 9.75], "in whole pixels"
    assert (filled.page_margins.header, filled.page_margins.footer) == (0.1, 0.2)


def test_rows_of_the_summary_are_as_high_as_their_texts_are_long(tmp_path: Path) -> None:
    form = write_form(tmp_path / "form.xlsx", sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>'))
    fill_workbook(form, tmp_path / "filled.xlsx", plan({"B1": "短", "C1": "很长的值" * 20}))
    summary = openpyxl.load_workbook(tmp_path / "filled.xlsx")["填报摘要"]
    rows = {row[2].value: summary.row_dimensions[row[0].row].height for row in summary.iter_rows() if row[2].value}
    assert rows["短"] == 16
    assert rows["很长的值" * 20] == 5 * 16, "160 half letters in a column of 34"
