"""XLSX, XLSM, XLSB and XLS: values, and what stands around them."""

from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.styles import Border, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from dukao.workbooks.grid import Area, CellError, Grid
from dukao.workbooks.reading import Reader, read_here, read_workbook
from tests.workbooks.made import sheet_xml, text_cell, write_ods, write_xlsx

CALAMINE = Path(__file__).resolve().parents[3] / "shared" / "data" / "hostile" / "calamine" / "tests"
RARE = "𬭊𠮷㙍"  # beyond the first plane, and from its extension A


@pytest.fixture(scope="module")
def reader():
    with Reader() as one:
        yield one


def framed() -> Border:
    side = Side(style="thin")
    return Border(left=side, right=side, top=side, bottom=side)


def form_xlsx(path: Path) -> Path:
    """模拟: a small blank form with all that a grid tells."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "基本情况"
    sheet["A1"] = "村（社区）基本情况表（模拟）"
    sheet.merge_cells("A1:D1")
    for column, title in enumerate(("指标", "数量", "占比", "是否完成"), start=1):
        sheet.cell(2, column, title).border = framed()
    for row in range(3, 7):
        for column in range(1, 5):
            sheet.cell(row, column).border = framed()
        sheet.cell(row, 3).number_format = "0.00%"
    sheet["A3"], sheet["B3"], sheet["C3"] = "户数", 120, 0.35
    sheet["A4"], sheet["B4"] = "合计", '=SUM(B3:B3)&"户"'
    sheet["A9"], sheet["B9"], sheet["C9"] = date(2026, 9, 30), datetime(2026, 9, 30, 8, 30), time(8, 30)
    sheet["D9"] = True
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["B"].hidden = True
    for formula, cells in (('"是,否"', "D3:D6"), ("代码!$A$1:$A$2", "A3:A6")):
        check = DataValidation(type="list", formula1=formula)
        check.add(cells)
        sheet.add_data_validation(check)
    codes = book.create_sheet("代码")
    codes["A1"], codes["A2"] = "低保", f"{RARE}村"
    codes.sheet_state = "hidden"
    book.save(path)
    return path


def test_a_form_in_xlsx(reader, tmp_path):
    workbook = reader.read(form_xlsx(tmp_path / "表.xlsx"), name="表.xlsx")
    assert (workbook.name, workbook.kind, workbook.doubts) == ("表.xlsx", "xlsx", ())
    form, codes = workbook.grids
    assert form.name == "基本情况"
    assert form.rows[0] == ["村（社区）基本情况表（模拟）", None, None, None]
    assert form.rows[2] == ["户数", 120, 0.35, None]
    assert form.rows[8] == [date(2026, 9, 30), datetime(2026, 9, 30, 8, 30), time(8, 30), True]
    assert form.merges == (Area(0, 0, 0, 3),)
    assert form.hidden_rows == {4}
    assert form.hidden_columns == {1}
    assert form.formulas == {(3, 1): 'SUM(B3:B3)&"户"'}
    assert form.percents == {(row, 2) for row in range(2, 6)}
    assert form.framed == {(2, 3), (3, 2), (3, 3)} | {(row, column) for row in (4, 5) for column in range(4)}
    assert form.choices == {Area(2, 3, 5, 3): ("是", "否"), Area(2, 0, 5, 0): ("低保", f"{RARE}村")}
    assert codes.is_hidden
    assert not form.is_hidden


def test_here_and_apart_give_the_same(tmp_path):
    path = form_xlsx(tmp_path / "表.xlsx")
    assert read_here(path) == read_workbook(path)


def test_a_blank_form_keeps_its_empty_frame(reader, tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "姓名"
    for row in range(1, 21):
        book.active.cell(row, 1).border = book.active.cell(row, 2).border = framed()
    book.active.merge_cells("A22:C23")
    book.save(tmp_path / "空.xlsx")
    (grid,) = reader.read(tmp_path / "空.xlsx").grids
    assert (grid.height, grid.width) == (23, 3)
    assert (19, 1) in grid.framed


def test_a_list_by_its_name(reader, tmp_path):
    book = openpyxl.Workbook()
    for row, title in enumerate(("甲类", "乙类", 3), start=1):
        book.active.cell(row, 8, title)
    book.defined_names["类别"] = DefinedName("类别", attr_text="Sheet!$H$1:$H$3")
    check = DataValidation(type="list", formula1="类别")
    check.add("A1:A3")
    book.active.add_data_validation(check)
    book.save(tmp_path / "名.xlsx")
    assert reader.read(tmp_path / "名.xlsx").grids[0].choices == {Area(0, 0, 2, 0): ("甲类", "乙类", "3")}


def test_formulas_that_were_never_computed_keep_their_row(reader, tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B3"] = "合计", "=SUM(B1:B2)"
    book.save(tmp_path / "未算.xlsx")
    (grid,) = reader.read(tmp_path / "未算.xlsx").grids
    assert grid.rows == [["合计", None], [None, None], [None, None]]
    assert grid.formulas == {(2, 1): "SUM(B1:B2)"}


def test_empty_rows_and_columns_at_the_end_are_cut(reader, tmp_path):
    xml = sheet_xml(
        f'<row r="1">{text_cell("A1", "标题")}</row><row r="9"><c r="Z9"><v></v></c>{text_cell("B9", "")}</row>'
    )
    (grid,) = reader.read(write_xlsx(tmp_path / "尾.xlsx", xml)).grids
    assert grid.rows == [["标题"]]


def test_errors_are_no_text_and_no_gaps(reader, tmp_path):
    xml = sheet_xml(
        '<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1" s="0" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="C1"><v>1</v></c></row>'
    )
    (grid,) = reader.read(write_xlsx(tmp_path / "错.xlsx", xml)).grids
    assert grid.rows == [[CellError("#REF!"), CellError("#DIV/0!"), 1]]
    assert grid.formulas == {(0, 1): "1/0"}


def test_shared_formulas_are_places_at_least(reader, tmp_path):
    xml = sheet_xml(
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1*2</f><v>2</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>4</v></c></row>'
    )
    (grid,) = reader.read(write_xlsx(tmp_path / "共.xlsx", xml)).grids
    assert grid.formulas == {(0, 0): "B1*2", (1, 0): ""}


@pytest.mark.parametrize(
    "rows",
    [
        "<row><c t='inlineStr'><is><t>甲</t></is></c><c><f>1+1</f><v>2</v></c></row>"
        "<row hidden='1'><c><v>3</v></c></row>",
        "<row hidden='false' r='1'><c t='inlineStr' r='A1'><is><t>甲</t></is></c><c s='0' r='B1'><f>1+1</f><v>2</v></c>"
        "</row><row hidden='true' r='2'><c r='A2'><v>3</v></c></row>",
    ],
    ids=["without references", "in another order, with single quotes"],
)
def test_sheets_written_in_unusual_ways(reader, tmp_path, rows):
    (grid,) = reader.read(write_xlsx(tmp_path / "怪.xlsx", sheet_xml(rows))).grids
    assert grid.rows == [["甲", 2], [3, None]]
    assert grid.formulas == {(0, 1): "1+1"}
    assert grid.hidden_rows == {1}


def test_names_of_xml_with_a_prefix(reader, tmp_path):
    xml = sheet_xml(
        '<row r="1" hidden="1"><c r="A1"><f>1</f><v>1</v></c></row>',
        before='<cols><col min="2" max="3" hidden="1"/></cols>',
    )
    for name in ("worksheet", "sheetData", "row", "cols", "col", "c", "f", "v"):
        for end in (">", " ", "/"):
            xml = xml.replace(f"<{name}{end}", f"<x:{name}{end}").replace(f"</{name}{end}", f"</x:{name}{end}")
    (grid,) = reader.read(write_xlsx(tmp_path / "前缀.xlsx", xml.replace("xmlns=", "xmlns:x="))).grids
    assert grid.rows == [[1]]
    assert grid.formulas == {(0, 0): "1"}
    assert grid.hidden_rows == {0}


def test_macros_and_links_are_told_and_left_alone(reader, tmp_path):
    dde = "<externalLink><ddeLink ddeService='cmd' ddeTopic='/C calc'/></externalLink>"
    parts = {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0", "xl/externalLinks/externalLink1.xml": dde}
    xml = sheet_xml('<row r="1"><c r="A1" t="str"><f>cmd|\'/C calc\'!A0</f><v>上次的值</v></c></row>')
    workbook = reader.read(write_xlsx(tmp_path / "宏.xlsm", xml, parts=parts))
    assert workbook.kind == "xlsm"
    assert workbook.grids[0].rows == [["上次的值"]]
    assert workbook.doubts == ("工作簿里有宏，没有运行", "工作簿引用了别的文件或程序，没有去取；用的是上次保存的值")


def test_a_wrong_extension_does_not_matter(reader, tmp_path):
    path = form_xlsx(tmp_path / "表.csv")
    assert reader.read(path).kind == "xlsx"
    assert reader.read(path.rename(tmp_path / "表.et")).kind == "xlsx"
    assert reader.read(form_xlsx(tmp_path / "旧.xls")).kind == "xlsx"
    assert reader.read(form_xls(tmp_path / "新.xlsx")).kind == "xls"


def form_xls(path: Path) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表一")
    box = xlwt.easyxf("borders: left thin, right thin, top thin, bottom thin")
    share = xlwt.easyxf("borders: left thin, right thin", num_format_str="0.0%")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    sheet.write_merge(0, 0, 0, 2, f"{RARE}村情况表（模拟）")
    sheet.write(1, 0, "户数", box)
    sheet.write(1, 1, 12, box)
    sheet.write(1, 2, 0.35, share)
    for column in range(3):
        sheet.write(2, column, "", box)
    sheet.write(3, 2, "", share)
    sheet.write(4, 0, xlwt.Formula("B2*2"))
    sheet.write(4, 1, xlwt.Formula("1/0"))
    sheet.write(4, 2, date(2026, 9, 30), day)
    sheet.row(1).hidden = True
    sheet.col(1).hidden = True
    book.add_sheet("暗").visibility = 1
    book.save(path)
    return path


@pytest.mark.parametrize("name", ["表.xls", "表.et"])
def test_a_form_in_xls(reader, tmp_path, name):
    workbook = reader.read(form_xls(tmp_path / name))
    assert workbook.kind == "xls"
    form, hidden = workbook.grids
    assert form.rows[0] == [f"{RARE}村情况表（模拟）", None, None]
    assert form.rows[1] == ["户数", 12, 0.35]
    assert form.rows[4][2] == date(2026, 9, 30)
    assert form.merges == (Area(0, 0, 0, 2),)
    assert form.hidden_rows == {1}
    assert form.hidden_columns == {1}
    assert set(form.formulas) == {(4, 0), (4, 1)}
    assert form.percents == {(1, 2), (3, 2)}
    assert form.framed == {(2, 0), (2, 1), (2, 2), (3, 2)}
    assert hidden.is_hidden


def test_errors_in_xls_and_xlsb(reader):
    path = CALAMINE / "issues.xls"
    if not path.exists():
        pytest.skip(f"no {path}")
    for kind in ("xls", "xlsb"):
        workbook = reader.read(CALAMINE / f"issues.{kind}")
        assert workbook.kind == kind
        grids = {grid.name: grid for grid in workbook.grids}
        assert (1, 0) in grids["Sheet1"].formulas


def test_old_xls_of_before_1997(reader):
    path = CALAMINE / "biff5_write.xls"
    if not path.exists():
        pytest.skip(f"no {path}")
    assert reader.read(path).grids[0].height == 4


def test_many_sheets_and_every_kind_of_cell(reader, tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "多.xlsx")
    for number in range(3):
        sheet = book.add_worksheet(f"第{number}页")
        sheet.write_row(number, number, ["文字", 1.5, True])
        sheet.write_formula(5, 0, "=SUM(A1:A5)", None, 7)
    book.close()
    workbook = reader.read(tmp_path / "多.xlsx")
    assert [grid.name for grid in workbook.grids] == ["第0页", "第1页", "第2页"]
    assert workbook.grids[2].rows[2] == [None, None, "文字", 1.5, True]
    assert workbook.grids[2].rows[5][0] == 7
    assert all(isinstance(grid, Grid) for grid in workbook.grids)


def test_an_ods_formula_without_outcome_still_computes(tmp_path):
    row = '<table:table-row><table:table-cell office:value-type="string"><text:p>合计</text:p></table:table-cell>'
    cell = '<table:table-cell table:formula="of:=SUM([.B1])"/></table:table-row>'
    (grid,) = read_here(write_ods(tmp_path / "表.ods", f'<table:table table:name="表">{row}{cell}</table:table>')).grids
    assert list(grid.formulas) == [(0, 1)]
