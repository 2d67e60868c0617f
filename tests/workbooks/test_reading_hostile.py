"""Files made to break their reader: an answer within the limits, always in words."""

import random
import struct
import time
import zipfile
from itertools import islice
from pathlib import Path

import pytest
import xlwt

from dukao.workbooks.grid import Workbook
from dukao.workbooks.opening import Opener, open_workbook, open_workbooks
from dukao.workbooks.problems import Limits, Unreadable
from dukao.workbooks.reading import Reader, read_workbook
from dukao.workbooks.understanding import understand
from tests.workbooks.made import DECLARATION, sheet_xml, text_cell, write_ods, write_xlsx

HOSTILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "hostile"


@pytest.fixture(scope="module")
def reader():
    with Reader() as one:
        yield one


def refusal(reader: Reader, path: Path) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        reader.read(path)
    assert refused.value.what
    assert refused.value.todo
    return refused.value


def read_or_refused(reader: Reader, path: Path) -> Workbook | None:
    """Whichever it is, a refusal has words."""
    try:
        return reader.read(path)
    except Unreadable:
        refusal(reader, path)
        return None


def test_every_file_of_the_hostile_set_is_read_or_refused_in_words(reader):
    files = [path for path in sorted((HOSTILE / "calamine").rglob("*")) if path.is_file()]
    if not files:
        pytest.skip(f"no hostile workbooks at {HOSTILE}")
    workbooks = [workbook for path in files if (workbook := read_or_refused(reader, path))]
    for workbook in workbooks:
        assert all(len(row) == grid.width for grid in workbook.grids for row in grid.rows), workbook.name
    assert len(workbooks) > 100


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("pass_protected.xlsx", "文件有密码，打不开"),
        ("pass_protected.xlsb", "文件有密码，打不开"),
        ("pass_protected.ods", "文件有密码，打不开"),
        ("picture.png", "这是图片，不是表格"),
        ("issue_594_dos.ods", "工作簿太大"),
    ],
)
def test_what_it_is_decides(reader, name, what):
    path = HOSTILE / "calamine" / "tests" / name
    if not path.exists():
        pytest.skip(f"no {path}")
    assert refusal(reader, path).what == what


def test_an_empty_file_and_zeros(reader, tmp_path):
    (tmp_path / "空.xlsx").write_bytes(b"")
    assert refusal(reader, tmp_path / "空.xlsx").what == "文件是空的"
    (tmp_path / "零.xls").write_bytes(b"\0" * 4096)
    assert refusal(reader, tmp_path / "零.xls").what == "这不是表格文件"


BOMB = (
    '<!DOCTYPE b [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY a{i} "{f"&a{i - 1 or str()};" * 10}">' for i in range(1, 12))
    + "]>"
)


def test_entities_are_never_expanded(reader, tmp_path):
    cells = sheet_xml(f'<row r="1">{text_cell("A1", "&a11;")}</row>')
    bombed = cells.replace(DECLARATION, DECLARATION + BOMB)
    assert "DOCTYPE" in refusal(reader, write_xlsx(tmp_path / "实体.xlsx", bombed)).why
    styles = f"{DECLARATION}{BOMB}<styleSheet>&a11;</styleSheet>"
    refusal(reader, write_xlsx(tmp_path / "样式.xlsx", sheet_xml(""), parts={"xl/styles.xml": styles}))
    strings = f"{DECLARATION}{BOMB}<sst><si><t>&a11;</t></si></sst>"
    shared = sheet_xml('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    path = write_xlsx(tmp_path / "字符串.xlsx", shared, parts={"xl/sharedStrings.xml": strings})
    assert "DOCTYPE" in refusal(reader, path).why
    with zipfile.ZipFile(tmp_path / "实体.ods", "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", f"{DECLARATION}{BOMB}<office>&a11;</office>")
    assert "DOCTYPE" in refusal(reader, tmp_path / "实体.ods").why


def test_external_entities_are_not_fetched(reader, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("机密")
    doctype = f'<!DOCTYPE b [<!ENTITY x SYSTEM "file://{secret}">]>'
    cells = sheet_xml(f'<row r="1">{text_cell("A1", "&x;")}</row>').replace(DECLARATION, DECLARATION + doctype)
    refusal(reader, write_xlsx(tmp_path / "外部.xlsx", cells))


def test_a_zip_bomb_is_refused_by_what_it_says_of_itself(tmp_path):
    path = write_xlsx(tmp_path / "炸弹.xlsx", sheet_xml(" " * 50_000_000))
    assert path.stat().st_size < 100_000
    with Reader(Limits(unpacked_bytes=40_000_000)) as reader:
        assert refusal(reader, path).what == "工作簿解开后太大"


def test_a_zip_bomb_that_lies_about_its_size(tmp_path):
    xml = sheet_xml(" " * 50_000_000)
    path = write_xlsx(tmp_path / "谎.xlsx", xml)
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", len(xml)), struct.pack("<I", 1_000)))
    with Reader(Limits(unpacked_bytes=40_000_000)) as reader:
        refusal(reader, path)


def test_entries_that_share_their_bytes(reader, tmp_path):
    path = write_xlsx(tmp_path / "重叠.xlsx", sheet_xml(""))
    data = bytearray(path.read_bytes())
    at = [i for i in range(len(data)) if data[i : i + 4] == b"PK\x01\x02"]
    data[at[1] + 42 : at[1] + 46] = data[at[0] + 42 : at[0] + 46]
    path.write_bytes(data)
    assert "重叠" in refusal(reader, path).why


def test_very_many_entries(reader, tmp_path):
    path = tmp_path / "多.xlsx"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(10_001):
            file.writestr(f"{number}", b"")
    assert "10,002 个部件" in refusal(reader, path).why


def test_a_far_cell_is_left_out_and_named(reader, tmp_path):
    near = "".join(f'<row r="{r}">{text_cell(f"A{r}", "村")}<c r="B{r}"><v>{r}</v></c></row>' for r in range(1, 6))
    far = f'<row r="1048576">{text_cell("XFD1048576", "远")}</row>'
    path = write_xlsx(tmp_path / "远.xlsx", sheet_xml(near + far, before='<dimension ref="A1:XFD1048576"/>'))
    workbook = reader.read(path)
    assert workbook.grids[0].rows == [["村", float(r)] for r in range(1, 6)]
    assert workbook.doubts == ("工作表“表一”里的内容太分散，第 1,048,576 行起、XFD 列起没有读入",)


def test_a_far_cell_behind_a_lie_about_the_size(reader, tmp_path):
    far = f'<row r="1">{text_cell("A1", "近")}</row><row r="1048576">{text_cell("XFD1048576", "远")}</row>'
    path = write_xlsx(tmp_path / "远.xlsx", sheet_xml(far, before='<dimension ref="A1:B2"/>'))
    workbook = reader.read(path)
    assert workbook.grids[0].rows == [["近"]]
    assert "太分散" in workbook.doubts[0]


def test_a_far_error_and_a_far_frame_lay_nothing_out(reader, tmp_path):
    rows = f'<row r="1">{text_cell("A1", "近")}</row>'
    rows += '<row r="1048576"><c r="XFD1048576" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    path = write_xlsx(
        tmp_path / "远.xlsx", sheet_xml(rows, behind='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')
    )
    assert reader.read(path).grids[0].rows == [["近"]]


def test_merged_areas_that_lie_on_each_other(reader, tmp_path):
    areas = "".join(f'<mergeCell ref="A{row}:Z1000"/>' for row in range(1, 901))
    rows = f'<row r="1">{text_cell("A1", "甲")}</row><row r="2">{text_cell("B2", "乙")}</row>'
    path = write_xlsx(tmp_path / "叠.xlsx", sheet_xml(rows, behind=f"<mergeCells>{areas}</mergeCells>"))
    workbook = reader.read(path)
    assert len(workbook.grids[0].merges) == 1
    assert workbook.doubts == ("工作表“表一”里有互相重叠的合并单元格，只认其中先写的",)


def test_sixteen_million_cells_of_old_xls(reader, tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("远")
    sheet.write(0, 0, "近")
    sheet.write(65_535, 255, "远")
    book.save(tmp_path / "远.xls")
    workbook = reader.read(tmp_path / "远.xls")
    assert workbook.grids[0].rows == [["近"]]
    assert "太分散" in workbook.doubts[0]


def test_millions_of_empty_styled_rows_are_cut_fast(reader, tmp_path):
    rows = f'<row r="1">{text_cell("A1", "标题")}</row>' + "".join(
        f'<row r="{r}" s="1">' + "".join(f'<c r="{c}{r}" s="1"/>' for c in "ABC") + "</row>" for r in range(2, 400_001)
    )
    styles = (
        f"{DECLARATION}<styleSheet><borders><border/><border><left style='thin'/><top style='thin'/></border></borders>"
        "<cellXfs><xf/><xf borderId='1'/></cellXfs></styleSheet>"
    )
    xml = sheet_xml(rows, before='<dimension ref="A1:C400000"/>')
    path = write_xlsx(tmp_path / "空行.xlsx", xml, parts={"xl/styles.xml": styles})
    started = time.monotonic()
    (grid,) = reader.read(path).grids
    assert time.monotonic() - started < 20  # a limit of the product, with much room; speed is measured in bench/
    assert grid.rows[0] == ["标题", None, None]
    assert grid.height == 2_001


def test_too_many_cells_are_refused_by_name(tmp_path):
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>1</v></c></row>' for r in range(1, 2_001))
    path = write_xlsx(tmp_path / "多.xlsx", sheet_xml(rows))
    with Reader(Limits(cells=1_000)) as reader:
        refused = refusal(reader, path)
    assert refused.what == "工作簿太大"
    assert "“表一”" in refused.why


@pytest.mark.parametrize(
    ("cell", "prefix"),
    [("<c><v>1</v></c>", ""), ('<c t="inlineStr"><is><t>一</t></is></c>', ""), ("<x:c><x:v>1</x:v></x:c>", "x:")],
)
def test_sixteen_million_cells_of_a_small_file_are_counted_and_refused_at_once(reader, tmp_path, cell, prefix):
    row = f"<{prefix}row>{cell * 1_000}</{prefix}row>"
    xml = sheet_xml(row * 16_000)
    if prefix:
        xml = (
            xml.replace("sheetData>", "x:sheetData>").replace("worksheet", "x:worksheet").replace("xmlns=", "xmlns:x=")
        )
    path = write_xlsx(tmp_path / "多.xlsx", xml)
    assert path.stat().st_size < 5_000_000
    started = time.monotonic()
    refused = refusal(reader, path)
    assert time.monotonic() - started < 10  # a limit of the product, with much room
    assert (refused.what, refused.why) == ("工作簿太大", "读到工作表“表一”时，有内容的单元格已超过 5,000,000 个")
    with pytest.raises(Unreadable, match="工作簿太大"):
        list(reader.sheets(path))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("多.xls", b"<html><table>" + b"<TR>" + b"<td>1</td>" * 2_000 + b"</TR></table></html>"),
        ("多.xml", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet>'
         + b'<Table><Row><Cell><Data ss:Type="Number">1</Data></Cell>' * 2_000),
    ],
)  # fmt: skip
def test_too_many_cells_of_other_kinds_are_counted_first(tmp_path, name, content):
    with Reader(Limits(cells=1_000)) as reader:
        assert refusal(reader, _written(tmp_path / name, content)).what == "工作簿太大"


def test_a_whole_file_in_one_line_is_refused_at_once(reader, tmp_path):
    path = _written(tmp_path / "长.csv", b"1," * 3_000_000)
    started = time.monotonic()
    refused = refusal(reader, path)
    assert time.monotonic() - started < 10  # a limit of the product, with much room
    assert (refused.what, refused.why) == ("第 1 行有 3,000,001 列", "表格最多 16,384 列，多半是整个文件写成了一行")


def test_too_many_cells_of_ods_are_counted_first(tmp_path):
    cell = '<table:table-cell office:value-type="float" office:value="1"/>'
    table = f'<table:table table:name="表"><table:table-row>{cell * 2_000}</table:table-row></table:table>'
    with Reader(Limits(cells=1_000)) as reader:
        assert refusal(reader, write_ods(tmp_path / "多.ods", table)).what == "工作簿太大"


def test_understanding_that_takes_too_much_is_ended_as_reading_is(tmp_path):
    path = write_xlsx(tmp_path / "小.xlsx", sheet_xml(f'<row r="1">{text_cell("A1", "好")}</row>'))
    with Opener(Limits(memory_bytes=20_000_000)) as opener, pytest.raises(Unreadable, match="读不了"):
        opener.open(path)
    opened = open_workbook(path)
    assert opened.workbook == read_workbook(path)
    assert opened.understood == understand(opened.workbook)
    (refused,) = open_workbooks([_written(tmp_path / "坏.xlsx", b"PK\x03\x04")])
    assert isinstance(refused, Unreadable)


def test_too_many_sheets_are_said(tmp_path):
    path = write_xlsx(tmp_path / "多表.xlsx", {f"表{i}": sheet_xml("") for i in range(30)})
    with Reader(Limits(sheets=10)) as reader:
        workbook = reader.read(path)
    assert len(workbook.grids) == 10
    assert "共有 30 张工作表，只读了前 10 张" in workbook.doubts


def test_ods_rows_that_repeat_without_end(reader, tmp_path):
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    table = f'<table:table table:name="表">{row}</table:table>'
    assert refusal(reader, write_ods(tmp_path / "重复.ods", table)).what == "工作簿太大"


def test_html_spans_without_end(reader, tmp_path):
    row = '<tr><td rowspan="999999" colspan="999999">x</td></tr>' * 1_000
    (tmp_path / "跨.xls").write_text(f"<html><table>{row}</table></html>")
    workbook = read_or_refused(reader, tmp_path / "跨.xls")
    assert workbook is None or workbook.grids[0].height <= 3_001


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_truncated_and_damaged_files_never_crash(reader, tmp_path, kind):
    source = tmp_path / f"好.{kind}"
    if kind == "xlsx":
        write_xlsx(source, sheet_xml("".join(f'<row r="{r}"><c r="A{r}"><v>{r}</v></c></row>' for r in range(1, 200))))
    elif kind == "ods":
        write_ods(
            source, '<table:table table:name="表"><table:table-row><table:table-cell/></table:table-row></table:table>'
        )
    else:
        book = xlwt.Workbook()
        book.add_sheet("表").write(0, 0, "内容")
        book.save(source)
    data, chance = source.read_bytes(), random.Random(1)
    damaged = tmp_path / f"坏.{kind}"
    for number in range(60):
        broken = bytearray(data[: chance.randrange(1, len(data))] if number % 2 else data)
        for _ in range(chance.randrange(1, 20)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        damaged.write_bytes(broken)
        read_or_refused(reader, damaged)


def test_reading_that_takes_too_long_is_ended(tmp_path):
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>{r}</v></c></row>' for r in range(1, 300_000))
    path = write_xlsx(tmp_path / "慢.xlsx", sheet_xml(rows))
    with Reader(Limits(seconds=0)) as reader:
        assert "秒" in refusal(reader, path).why


def test_reading_that_asks_for_too_much_memory_is_ended(tmp_path):
    path = write_xlsx(tmp_path / "小.xlsx", sheet_xml(f'<row r="1">{text_cell("A1", "好")}</row>'))
    with Reader(Limits(memory_bytes=20_000_000)) as reader:
        assert "内存" in refusal(reader, path).why


def test_a_reader_goes_on_after_a_crash(tmp_path):
    path = write_xlsx(tmp_path / "小.xlsx", sheet_xml(f'<row r="1">{text_cell("A1", "好")}</row>'))
    with Reader() as reader:
        assert reader.read(path).grids[0].rows == [["好"]]
        assert reader._apart._process is not None
        reader._apart._process.kill()
        assert reader.read(path).grids[0].rows == [["好"]]


def test_what_is_read_of_a_scattered_sheet_stays_in_its_place(reader, tmp_path):
    near = "".join(f'<row r="{n}">{text_cell(f"B{n}", f"甲{n}")}</row>' for n in (4, 5))
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = write_xlsx(tmp_path / "远.xlsx", sheet_xml(near + far, before='<dimension ref="B4:XFD1048576"/>'))
    (grid,) = reader.read(path).grids
    assert (grid.rows[3:], grid.rows[0]) == ([[None, "甲4"], [None, "甲5"]], [None, None])


def test_rows_are_given_up_in_the_midst_and_the_next_file_is_read(tmp_path):
    """What still came over from the first file must not be taken for the second one."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 9_001))
    long = write_xlsx(tmp_path / "长.xlsx", sheet_xml(rows))
    short = write_xlsx(tmp_path / "短.xlsx", sheet_xml(f'<row r="2">{text_cell("B2", "甲")}</row>'))
    with Reader() as reader:
        assert [next(sheet.rows) for sheet in islice(reader.sheets(long), 1)] == [[1]]
        assert [list(sheet.rows) for sheet in reader.sheets(short)] == [[[None, None], [None, "甲"]]]
        assert [len(list(sheet.rows)) for sheet in reader.sheets(long, most_rows=3_000)] == [3_000]
        with pytest.raises(Unreadable, match="Parquet"):
            list(reader.sheets(_written(tmp_path / "a", b"PAR1....")))
        assert reader.read(short).grids[0].rows[1] == [None, "甲"]


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
