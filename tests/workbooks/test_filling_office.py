"""An XLSX comes back filled: what was planned is there, everything else is as it was."""

import re
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import python_calamine
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula

from dukao.workbooks.filling import FormPress, fill_workbook, suffix_of
from dukao.workbooks.filling.markup import Xml
from dukao.workbooks.filling.notes import told_apart, with_notes
from dukao.workbooks.grid import CellError
from dukao.workbooks.problems import Unreadable
from tests.workbooks.made import DECLARATION, sheet_xml, text_cell
from tests.workbooks.plans import looks, parts, plan, write_form

RARE = "𠮷𬬭龘㛃"


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """A small form with all that must stay as it is."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表一"
    sheet.merge_cells("A1:D1")
    sheet["A1"], sheet["A1"].font = "模拟统计表", Font(name="黑体", size=16, bold=True)
    line = Side("thin")
    for row in sheet["A2:D6"]:
        for cell in row:
            cell.border = Border(left=line, right=line, top=line, bottom=line)
            cell.alignment = Alignment(horizontal="center", wrap_text=True)
    for column, text in zip("ABCD", ("村", "户数", "比重", "合计"), strict=True):
        sheet[f"{column}2"] = text
    sheet["A3"], sheet["A4"], sheet["A5"] = "龙东村", "龙西村", "龙南村"
    sheet["C3"].number_format = "0.00%"
    sheet["D3"], sheet["B4"], sheet["C5"] = "=B3*2", 7, "____"
    sheet["B4"].comment = Comment("去年核过", "村干部")
    sheet.merge_cells("B6:C7")
    sheet.add_data_validation(DataValidation("list", formula1='"是,否"', sqref="D4"))
    sheet.conditional_formatting.add(
        "B3:B5", openpyxl.formatting.rule.CellIsRule(">", ["5"], fill=PatternFill("solid"))
    )
    sheet.print_area, sheet.print_title_rows, sheet.freeze_panes = "A1:D6", "1:2", "B3"
    sheet.page_setup.orientation, sheet.oddFooter.center.text = "landscape", "第 &P 页"
    sheet.row_dimensions[3].height, sheet.column_dimensions["B"].width = 33, 17
    other = book.create_sheet("附表")
    other["A1"], other.sheet_state = "不动", "hidden"
    path = tmp_path / "form.xlsx"
    book.save(path)
    return path


def filled(form: Path, *args: object, **kwargs: object) -> tuple[object, object, Path]:
    """The outcome, the workbook as openpyxl reads it, and where it is."""
    target = form.parent / "filled.xlsx"
    outcome = fill_workbook(form, target, plan(*args, **kwargs))  # type: ignore[arg-type]
    return outcome, openpyxl.load_workbook(target), target


def test_planned_cells_hold_the_values_and_keep_their_look(form: Path) -> None:
    before = openpyxl.load_workbook(form)["表一"]
    outcome, book, _ = filled(form, {"B3": Decimal("12.50"), "C3": Decimal("0.35"), "B5": "暂无"}, ("D5",))
    sheet = book["表一"]
    assert (sheet["B3"].value, sheet["C3"].value, sheet["B5"].value) == (12.5, 0.35, "暂无")
    assert all(looks(sheet[name]) == looks(before[name]) for name in ("B3", "C3", "B5"))
    assert outcome.told == "本表 4 项：已填 3，需填 1"
    assert outcome.skipped == ()


def test_everything_else_is_as_it_was(form: Path) -> None:
    was = openpyxl.load_workbook(form)
    _, now, _ = filled(form, {"B3": 1}, ("B5",))
    assert now.sheetnames == ["表一", "附表", "填报摘要"]
    for name in was.sheetnames:
        before, after = was[name], now[name]
        for row in before.iter_rows():
            for cell in row:
                if (name, cell.coordinate) not in {("表一", "B3"), ("表一", "B5")}:
                    assert after[cell.coordinate].value == cell.value
                    assert looks(after[cell.coordinate]) == looks(cell)
        assert str(after.merged_cells) == str(before.merged_cells)
        assert after.sheet_state == before.sheet_state
        assert after.print_area == before.print_area
        assert after.print_title_rows == before.print_title_rows
        assert after.freeze_panes == before.freeze_panes
        assert after.page_setup.orientation == before.page_setup.orientation
        assert after.oddFooter.center.text == before.oddFooter.center.text
        assert [v.sqref for v in after.data_validations.dataValidation] == [
            v.sqref for v in before.data_validations.dataValidation
        ]
        assert len(after.conditional_formatting) == len(before.conditional_formatting)
    assert now["表一"].row_dimensions[3].height == 33
    assert now["表一"].column_dimensions["B"].width == 17


def test_parts_that_nothing_is_written_into_keep_their_bytes_as_packed(form: Path) -> None:
    with zipfile.ZipFile(form, "a") as package:
        package.writestr("xl/media/image1.png", b"\x89PNG picture", zipfile.ZIP_STORED)
        package.writestr("xl/charts/chart9.xml", b"<c/>" * 500, zipfile.ZIP_DEFLATED, compresslevel=1)
    _, _, target = filled(form, {"B3": 1})
    was, now = parts(form), parts(target)
    touched = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
               "xl/worksheets/sheet1.xml"}  # fmt: skip
    notes = {name for name in was if "omments" in name}
    assert {name for name in was if was[name] != now[name]} == touched | notes
    with zipfile.ZipFile(form) as old, zipfile.ZipFile(target) as new:
        for name in set(was) - touched - notes:
            assert old.getinfo(name).compress_size == new.getinfo(name).compress_size
            assert old.getinfo(name).compress_type == new.getinfo(name).compress_type


def test_a_part_that_is_there_twice_is_replaced_twice(form: Path) -> None:
    with zipfile.ZipFile(form, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr("xl/worksheets/sheet1.xml", package.read("xl/worksheets/sheet1.xml"))
    _, _, target = filled(form, {"B3": 4321})
    with zipfile.ZipFile(target) as package:
        twins = [package.read(i) for i in package.infolist() if i.filename == "xl/worksheets/sheet1.xml"]
    assert len(twins) == 2
    assert all(b"<v>4321</v>" in twin for twin in twins)


def test_nothing_typed_is_overwritten(form: Path) -> None:
    outcome, book, _ = filled(form, {"B4": 99, "D3": 99, "C5": 5, "没有!A1": 1})
    assert {s.filling.cell: s.why for s in outcome.skipped} == {
        "B4": "这一格已有内容“7”，没有改动", "D3": "这一格有公式", "A1": "找不到这张工作表"
    }  # fmt: skip
    sheet = book["表一"]
    assert (sheet["B4"].value, sheet["D3"].value, sheet["C5"].value) == (7, "=B3*2", 5)
    assert outcome.told == "本表 4 项：已填 1，需填 0，3 项没有写入"


def test_cells_inside_an_array_formula_are_left_alone(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "表一"
    book.active["A1"] = ArrayFormula("A1:A3", "=B1:B3*2")
    book.save(tmp_path / "form.xlsx")
    outcome, _, _ = filled(tmp_path / "form.xlsx", {"A2": 1, "A4": 1})
    assert [s.filling.cell for s in outcome.skipped] == ["A2"]


def test_merged_areas_take_the_value_in_their_first_cell(form: Path) -> None:
    outcome, book, _ = filled(form, {"C7": 8, "B6": 9})
    assert book["表一"]["B6"].value == 8
    assert [s.why for s in outcome.skipped] == ["B6 已经填了另一项"]


def test_notes_say_where_a_value_is_from_and_leave_those_of_people(form: Path) -> None:
    _, book, target = filled(form, {"B3": 1, "B5": 2})
    sheet = book["表一"]
    assert sheet["B3"].comment.text == "来源：模拟台账.xlsx 台账!C2\n截至：2026Q3\n依据：名称相同"
    assert sheet["B3"].comment.author == "数智督考"
    assert (sheet["B4"].comment.text, sheet["B4"].comment.author) == ("去年核过", "村干部")
    drawing = next(data for name, data in parts(target).items() if name.endswith(".vml"))
    assert drawing.count(b":Row>") == 6  # opened and closed


def test_a_note_of_people_on_a_filled_cell_keeps_its_text_and_says_the_source_behind_it(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    book["表一"]["B3"].comment = Comment("请按月末数填", "镇统计站")
    book.save(form)
    _, book, target = filled(form, {"B3": 1, "B5": 2})
    note = book["表一"]["B3"].comment
    source = "来源：模拟台账.xlsx 台账!C2\n截至：2026Q3\n依据：名称相同"
    assert (note.text, note.author) == (f"请按月末数填\n{source}", "镇统计站")
    assert (book["表一"]["B5"].comment.text, book["表一"]["B4"].comment.text) == (source, "去年核过")
    emptied = openpyxl.load_workbook(target)
    emptied["表一"]["B3"] = None
    emptied.save(form)
    assert filled(form, {"B3": 1})[1]["表一"]["B3"].comment.text == note.text


def test_a_note_s_box_grows_by_what_is_said_more_in_it(tmp_path: Path) -> None:
    form = tmp_path / "form.xlsx"
    with xlsxwriter.Workbook(form) as book:
        sheet = book.add_worksheet("表一")
        sheet.write_comment("B3", "请按月末数填")
        sheet.write_comment("B4", "去年核过")
    _, _, target = filled(form, {"B3": 1})

    def bottoms(path: Path) -> list[int]:
        drawing = parts(path)["xl/drawings/vmlDrawing1.vml"]
        return [int(anchor.split(b",")[6]) for anchor in re.findall(rb"<x:Anchor>([^<]+)<", drawing)]

    (of_b3, of_b4), after = bottoms(form), bottoms(target)
    assert after == [of_b3 + 3, of_b4]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<text/>", "来源：模"),
        ('<text><t xml:space="preserve">原 </t></text>', "原 \n来源：模"),
        ("<text><r><rPr><b/></rPr><t>甲：</t></r><r><t>原</t></r></text>", "甲：原\n来源：模"),
        ("<text><t>原</t><rPh sb='0' eb='1'><t>yuan</t></rPh></text>", "原\n来源：模"),
    ],
)  # fmt: skip
def test_what_is_said_behind_a_note_stands_there_however_it_is_written(text: str, told: str) -> None:
    data = f'<comments xmlns="m"><commentList><comment ref="B3">{text}</comment></commentList></comments>'
    after = with_notes(Xml(data.encode(), ""), {}, {(2, 1): "来源：模"}, "m").decode()
    assert "".join(re.findall("<t[^>]*>([^<]*)</t>", after.partition("<rPh")[0])) == told


def test_a_conversation_on_a_cell_is_left_alone(form: Path) -> None:
    xml = Xml(b'<comments xmlns="m"><commentList><comment ref="B3"><text/></comment></commentList></comments>', "")
    assert told_apart(xml, {(2, 1): "来源"}, b'<threadedComment ref="B3" id="x"/>') == ({}, {})
    assert told_apart(xml, {(2, 1): "来源"}, b"") == ({}, {(2, 1): "来源"})


def test_a_sheet_without_notes_gets_the_parts_for_them(form: Path) -> None:
    _, book, target = filled(form, {"附表!B1": 1})
    assert book["附表"]["B1"].comment.author == "数智督考"
    everything = parts(target)
    sheet = everything["xl/worksheets/sheet2.xml"]
    assert sheet.index(b"<pageMargins") < sheet.index(b"<legacyDrawing")
    assert b'Extension="vml"' in everything["[Content_Types].xml"]


def test_open_cells_are_marked_and_keep_their_frames(form: Path) -> None:
    before = openpyxl.load_workbook(form)["表一"]
    _, book, _ = filled(form, {}, ("B3", "H20", "B4"))
    sheet = book["表一"]
    assert sheet["B3"].fill.fgColor.rgb == sheet["H20"].fill.fgColor.rgb == "FFFFF2CC"
    assert sheet["B3"].border.left.style == "thin"
    assert sheet["B3"].alignment.wrap_text
    assert looks(sheet["B4"]) == looks(before["B4"])  # somebody has filled it in


def test_the_summary_tells_counts_sources_and_gaps_and_leads_there(form: Path) -> None:
    target = form.parent / "filled.xlsx"
    fill_workbook(form, target, plan({"B3": Decimal("12.50"), "B4": 1}, ("B5",)), title="模拟统计表")
    sheet = openpyxl.load_workbook(target)["填报摘要"]
    rows = [[v for v in row if v] for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == ["本表 3 项：已填 1，需填 1，1 项没有写入"]
    assert ["模拟统计表"] in rows
    assert ["单位：龙东村"] in rows
    assert ["表一", "B5", "龙东村 / 户数", "没有找到确定对应的数据", "户"] in rows
    assert ["表一", "B3", "12.5", "模拟台账.xlsx 台账!C2", "2026Q3", "名称相同"] in rows
    assert {cell.hyperlink.location for row in sheet for cell in row if cell.hyperlink} == {
        "'表一'!B3", "'表一'!B4", "'表一'!B5"
    }  # fmt: skip


def test_a_second_filling_adds_a_second_summary(form: Path) -> None:
    _, _, target = filled(form, {"B3": 1})
    again = target.with_name("again.xlsx")
    outcome = fill_workbook(target, again, plan({"B3": 2, "B5": 3}))
    book = openpyxl.load_workbook(again)
    assert book.sheetnames == ["表一", "附表", "填报摘要", "填报摘要2"]
    assert (book["表一"]["B3"].value, book["表一"]["B5"].value) == (1, 3)
    assert len(outcome.skipped) == 1


def test_formulas_are_computed_when_the_workbook_is_opened(form: Path) -> None:
    _, book, _ = filled(form, {"B3": 1})
    assert book.calculation.fullCalcOnLoad


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-x", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "<b>&\"'", RARE, " 空 \n格 "]
)
def test_texts_stay_texts(form: Path, text: str) -> None:
    _, book, target = filled(form, {"B3": text})
    assert book["表一"]["B3"].value == text
    assert book["表一"]["B3"].data_type == "s"
    assert book["表一"]["B3"].quotePrefix == text.startswith(("=", "+", "-", "@", "\t"))
    assert python_calamine.CalamineWorkbook.from_path(target).get_sheet_by_name("表一").to_python()[2][1] == text


def test_signs_that_xml_cannot_carry_are_escaped_as_spreadsheets_do(form: Path) -> None:
    _, _, target = filled(form, {"B3": "一\x0b二_x0041_\ud800"})
    assert "一_x000B_二_x005F_x0041__xD800_".encode() in parts(target)["xl/worksheets/sheet1.xml"]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (3, 3), (2.5, 2.5), (True, True), (Decimal("-0.10"), -0.1), (Decimal("1E+3"), 1000), (1e300, 1e300),
        (123456789012345678, "123456789012345678"), (Decimal("123456789012345678"), "123456789012345678"),
        (10**18, 10**18), (date(2026, 9, 30), datetime(2026, 9, 30)),
        (datetime(2026, 9, 30, 12), datetime(2026, 9, 30, 12)),
        (date(1899, 1, 1), "1899-01-01"),
    ],
)  # fmt: skip
def test_values_keep_what_they_are(form: Path, value: object, kept: object) -> None:
    _, book, _ = filled(form, {"B3": value})
    assert book["表一"]["B3"].value == kept


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        Decimal("NaN"),
        Decimal("Infinity"),
        10**400,
        Decimal("1E+900"),
        CellError("#REF!"),
        "长" * 32_768,
        None,
    ],
)
def test_values_that_fit_no_cell_are_refused(form: Path, value: object) -> None:
    outcome, book, _ = filled(form, {"B3": value})
    assert len(outcome.skipped) == 1
    assert book["表一"]["B3"].value is None


def test_dates_count_from_the_workbooks_own_first_day(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.save(form)
    _, now, _ = filled(form, {"B3": date(2026, 9, 30)})
    assert now["表一"]["B3"].value == datetime(2026, 9, 30)


_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_ROWS = {
    "cells missing": '<row r="2"><c r="A2"><v>1</v></c><c r="D2"><v>4</v></c></row>',
    "rows missing": '<row r="1"><c r="A1"><v>0</v></c></row><row r="9"><c r="A9"><v>9</v></c></row>',
    "row closed": '<row r="2" spans="1:1" ht="20" customHeight="1"/>',
    "cell closed": '<row r="2" spans="1:2"><c r="B2" s="0"/><c r="C2"></c></row>',
    "no names": "<row><c><v>1</v></c></row><row><c><v>5</v></c></row><row><c><v>6</v></c></row>",
    "other quotes": "<row r='2'><c r='A2'\n s='0' ><v>1</v></c></row>",
    "comments": '<row r="2"><!-- <c r="B2"><v>8</v></c> --><c r="A2"><v><![CDATA[1]]></v></c></row>',
    "greater sign": '<row r="2"><c r="A2" x="a>b"><v>1</v></c></row>',
    "nothing": "",
}


@pytest.mark.parametrize("rows", _ROWS.values(), ids=_ROWS)
def test_however_the_cells_are_written(tmp_path: Path, rows: str) -> None:
    form = write_form(tmp_path / "form.xlsx", sheet_xml(rows))
    _, book, target = filled(form, {"B2": 5, "C5": "中"}, ("B3",))
    before = openpyxl.load_workbook(form)["表一"]
    sheet = book["表一"]
    assert (sheet["B2"].value, sheet["C5"].value) == (5, "中")
    assert sheet["B3"].fill.fgColor.rgb == "FFFFF2CC"
    for row in before.iter_rows():
        for cell in row:
            if cell.value is not None:
                assert sheet[cell.coordinate].value == cell.value
    read = python_calamine.CalamineWorkbook.from_path(target).get_sheet_by_index(0)
    assert read.to_python(skip_empty_area=False)[1][1] == 5


@pytest.mark.parametrize("empty", ["<sheetData/>", "<sheetData></sheetData>", "<sheetData />"])
def test_a_sheet_without_rows(tmp_path: Path, empty: str) -> None:
    xml = sheet_xml("").replace("<sheetData></sheetData>", empty)
    _, book, _ = filled(write_form(tmp_path / "form.xlsx", xml), {"B2": 5, "A1": 4})
    assert (book["表一"]["A1"].value, book["表一"]["B2"].value) == (4, 5)


def test_names_with_a_prefix(tmp_path: Path) -> None:
    xml = (
        f'{DECLARATION}<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row r="2"><x:c r="A2"><x:v>1</x:v></x:c><x:c r="B2"><x:f>A2</x:f></x:c></x:row></x:sheetData></x:worksheet>'
    )
    outcome, book, _ = filled(write_form(tmp_path / "form.xlsx", xml), {"B2": 5, "C2": "甲", "A3": 6})
    assert [s.why for s in outcome.skipped] == ["这一格有公式"]
    assert (book["表一"]["C2"].value, book["表一"]["A3"].value) == ("甲", 6)


def test_other_encodings_of_the_markup(tmp_path: Path) -> None:
    xml = sheet_xml(f'<row r="1">{text_cell("A1", "甲")}</row>')
    data = xml.replace("UTF-8", "UTF-16").encode("utf-16")
    form = write_form(tmp_path / "form.xlsx", xml, parts={"xl/worksheets/sheet1.xml": data})
    _, book, _ = filled(form, {"B1": "乙"})
    assert [cell.value for cell in book["表一"][1]] == ["甲", "乙"]


def test_strict_workbooks_stay_strict(tmp_path: Path) -> None:
    main, links = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "officeDocument/2006/relationships"
    loose = write_form(tmp_path / "loose.xlsx", sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>'))
    strict = tmp_path / "form.xlsx"
    with zipfile.ZipFile(strict, "w") as package:
        for name, data in parts(loose).items():
            text = data.decode().replace(main, _STRICT)
            text = text.replace(
                f"http://schemas.openxmlformats.org/{links}", "http://purl.oclc.org/ooxml/officeDocument/relationships"
            )
            package.writestr(name, text)
    target = tmp_path / "filled.xlsx"
    fill_workbook(strict, target, plan({"B1": 5}))
    now = parts(target)
    added = next(data for name, data in now.items() if name.startswith("xl/worksheets/dukao"))
    assert _STRICT.encode() in added
    assert main.encode() not in added
    assert python_calamine.CalamineWorkbook.from_path(target).get_sheet_by_index(0).to_python() == [[1.0, 5.0]]


def test_sheets_are_found_by_their_links_not_by_the_numbers_of_files(tmp_path: Path) -> None:
    form = write_form(tmp_path / "form.xlsx", {"表一": sheet_xml(""), "附表": sheet_xml("")})
    links = parts(form)["xl/_rels/workbook.xml.rels"].decode()
    swapped = links.replace("sheet1.xml", "sheet#.xml").replace("sheet2.xml", "sheet1.xml").replace("#", "2")
    write_form(form, {"表一": sheet_xml(""), "附表": sheet_xml("")}, parts={"xl/_rels/workbook.xml.rels": swapped})
    _, book, _ = filled(form, {"A1": 1, "附表!A1": 2})
    assert (book["表一"]["A1"].value, book["附表"]["A1"].value) == (1, 2)


def test_blanks_and_printed_lines_are_nothing_typed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "表一"
    book.active.append(["\u3000 ", "____", "（  ）", "____元", "有字", "0"])
    book.save(tmp_path / "form.xlsx")
    outcome, now, _ = filled(tmp_path / "form.xlsx", dict.fromkeys(("A1", "B1", "C1", "D1", "E1", "F1"), 1))
    assert [cell.value for cell in now["表一"][1]] == [1, 1, 1, "____元", "有字", "0"]
    assert outcome.skipped[0].why == "这一格已有内容“____元”，没有改动"


def test_cells_that_do_not_stand_in_the_file_look_as_their_row_or_column_says(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    book["附表"].column_dimensions["F"].font = Font(name="仿宋", bold=True)
    book.save(form)
    _, now, _ = filled(form, {"附表!F9": 1})
    assert now["附表"]["F9"].font.name == "仿宋"


def test_macros_and_links_to_elsewhere_stay_and_are_told(form: Path) -> None:
    with zipfile.ZipFile(form, "a") as package:
        package.writestr("xl/vbaProject.bin", b"macro")
        package.writestr("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
    assert suffix_of(form) == ".xlsm"
    outcome, _, target = filled(form, {"B3": 1})
    assert parts(target)["xl/vbaProject.bin"] == b"macro"
    assert outcome.doubts == ("工作簿引用了别的文件或程序，没有去取，也没有改动", "工作簿里有宏，没有运行，原样保留")


def test_a_workbook_without_styles_gets_some(tmp_path: Path) -> None:
    form = write_form(tmp_path / "form.xlsx", sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>'))
    bare = {name: data for name, data in parts(form).items() if name != "xl/styles.xml"}
    links = "xl/_rels/workbook.xml.rels"
    bare[links] = re.sub(rb'<Relationship Id="s"[^>]*>', b"", bare[links])
    bare["[Content_Types].xml"] = re.sub(rb'<Override PartName="/xl/styles[^>]*>', b"", bare["[Content_Types].xml"])
    with zipfile.ZipFile(form, "w") as package:
        for name, data in bare.items():
            package.writestr(name, data)
    _, book, _ = filled(form, {"B1": date(2026, 1, 1)}, ("C1",))
    assert book["表一"]["B1"].is_date
    assert book["表一"]["A1"].border == Border(left=None, right=None, top=None, bottom=None, diagonal=None)
    assert book["表一"]["C1"].fill.fgColor.rgb == "FFFFF2CC"


@pytest.mark.parametrize("part", ["xl/styles.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"])
@pytest.mark.parametrize("data", [b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', b"<a><b></a>", b"", b"\x00\xff"])
def test_damaged_or_hostile_parts_are_refused_and_leave_nothing_behind(tmp_path: Path, part: str, data: bytes) -> None:
    form = write_form(tmp_path / "form.xlsx", sheet_xml(""), parts={part: data})
    target = tmp_path / "filled.xlsx"
    with pytest.raises(Unreadable):
        fill_workbook(form, target, plan({"A1": 1}))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["form.xlsx"]


def test_one_form_for_many_villages(form: Path) -> None:
    with FormPress(form) as press:
        for number in range(5):
            values = {"B3": number, "B5": f"第{number}村"} if number % 2 else {"C3": date(2026, 1, number + 1)}
            press.copy(form.parent / f"{number}.xlsx", plan(values, ("D5",)))
            fill_workbook(form, form.parent / "alone.xlsx", plan(values, ("D5",)))
            one, other = (openpyxl.load_workbook(form.parent / n) for n in (f"{number}.xlsx", "alone.xlsx"))
            for a, b in zip(one["表一"].iter_rows(), other["表一"].iter_rows(), strict=True):
                assert [(c.value, looks(c)) for c in a] == [(c.value, looks(c)) for c in b]


def test_printed_boxes_are_ticked_and_all_else_stays(tmp_path):
    rows = (
        f'<row r="1">{text_cell("A1", "是否通水")}{text_cell("B1", "□是　□否（请打√）")}</row>'
        f'<row r="2">{text_cell("A2", "是否通气")}{text_cell("B2", "□是 □否")}</row>'
        f'<row r="3">{text_cell("A3", "是否通电")}{text_cell("B3", "☑是 □否")}</row>'
        f'<row r="4">{text_cell("A4", "路 &lt;宽&gt;：□是 □否")}{text_cell("B4", "□有 □无")}</row>'
    )
    form = write_form(tmp_path / "表.xlsx", sheet_xml(rows))
    values = {"B1": "☑是　□否（请打√）", "B3": "□是 ☑否", "A4": "路 <宽>：☑是 □否", "B4": "有"}
    filled = fill_workbook(form, tmp_path / "出.xlsx", plan(values, ("B2",)))
    sheet = openpyxl.load_workbook(filled.path)["表一"]
    assert [sheet[name].value for name in ("B1", "B2", "B3", "A4", "B4")] == [
        "☑是　□否（请打√）", "□是 □否", "☑是 □否", "路 <宽>：☑是 □否", "□有 □无",
    ]  # fmt: skip
    assert [s.filling.cell for s in filled.skipped] == ["B3", "B4"]
    assert sheet["B2"].fill.fill_type == "solid", "open, as every cell that is left to a person"
