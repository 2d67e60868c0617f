"""CSV in the encodings of the country, and the kinds of text that call themselves a spreadsheet."""

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dukao.workbooks.grid import Area, CellError
from dukao.workbooks.problems import Limits, Unreadable
from dukao.workbooks.reading import Reader, read_here
from dukao.workbooks.reading.encodings import decoded
from tests.workbooks.made import write_ods

SIMPLIFIED = "单位,户数（户）,备注\n某某镇,120,含新增\n合计,120,\n"
TRADITIONAL = "單位,戶數（戶）,備註\n某某鎮,120,含新增\n合計,120,\n"
RARE = "𬭊𠮷㙍"


@pytest.fixture(scope="module")
def reader():
    with Reader() as one:
        yield one


def rows_of(path: Path, data: bytes) -> tuple[list[list[object]], str, tuple[str, ...]]:
    path.write_bytes(data)
    workbook = read_here(path)
    return workbook.grids[0].rows, workbook.encoding, workbook.doubts


@pytest.mark.parametrize(
    ("text", "python", "encoding"),
    [
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (SIMPLIFIED + f"{RARE},1,\n", "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (SIMPLIFIED, "utf-16", "utf-16-le"),
        (SIMPLIFIED, "utf-16-le", "utf-16-le"),
        (SIMPLIFIED, "utf-16-be", "utf-16-be"),
        (TRADITIONAL + f"{RARE},1,\n", "utf-8", "utf-8"),
    ],
)
def test_encodings(tmp_path, text, python, encoding):
    rows, found, doubts = rows_of(tmp_path / "表.csv", text.encode(python))
    assert (found, doubts) == (encoding, ())
    assert rows == [[cell or None for cell in line.split(",")] for line in text.splitlines()]


# The common characters of both standards: level one of GB 2312, level one of Big5.
COMMON_SIMPLIFIED = [bytes((lead, trail)).decode("gb2312") for lead in range(0xB0, 0xD7) for trail in range(0xA1, 0xFF)]
COMMON_TRADITIONAL = [bytes((lead, trail)).decode("big5") for lead in range(0xA4, 0xC6) for trail in range(0xA1, 0xFF)]


@settings(max_examples=150)
@given(st.text(st.sampled_from(COMMON_SIMPLIFIED), min_size=12, max_size=200))
def test_simplified_text_is_never_taken_for_big5(text):
    assert decoded(text.encode("gb18030"))[1] == "gb18030"


@settings(max_examples=150)
@given(st.text(st.sampled_from(COMMON_TRADITIONAL), min_size=12, max_size=200))
def test_traditional_text_in_big5_is_never_taken_for_gb18030(text):
    assert decoded(text.encode("big5"))[1] == "big5hkscs"


def test_the_text_that_is_valid_in_both(tmp_path):
    rows, encoding, doubts = rows_of(tmp_path / "联通.csv", "联通\n".encode("gb18030"))
    assert (rows, encoding) == ([["联通"]], "gb18030")
    assert doubts
    assert rows_of(tmp_path / "拉丁.csv", "José,é\n".encode()) == ([["José", "é"]], "utf-8", ())


def test_what_is_uncertain_is_said(tmp_path):
    _, encoding, doubts = rows_of(tmp_path / "短.csv", "村,1\n".encode("gb18030"))
    assert encoding == "gb18030"
    assert doubts == ("文件没有写明编码，按 GB18030（简体）读；如果文字不通，请另存为 UTF-8",)


def test_a_few_broken_bytes_are_shown_and_told(tmp_path):
    data = (SIMPLIFIED * 50).encode()
    rows, encoding, doubts = rows_of(tmp_path / "坏.csv", data[:300] + b"\xff" + data[300:])
    assert encoding == "utf-8"
    assert len(rows) == 150
    assert "损坏的字节" in doubts[0]


@pytest.mark.parametrize("data", [bytes(range(1, 256)) * 20, random.Random(1).randbytes(5_000)])
def test_what_is_no_text_is_refused(tmp_path, data):
    (tmp_path / "乱.csv").write_bytes(data)
    with pytest.raises(Unreadable) as refused:
        read_here(tmp_path / "乱.csv")
    assert refused.value.todo


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters_quotes_and_mixed_line_ends(tmp_path, delimiter):
    text = '单位，全称|数\r\n"某,某;\t镇\n二行"|"说""好"""\n最后|1\r'.replace("|", delimiter)
    rows, _, _ = rows_of(tmp_path / "分.tsv", text.encode())
    assert rows == [["单位，全称", "数"], ["某,某;\t镇\n二行", '说"好"'], ["最后", "1"]]


def test_one_column_is_not_torn_apart(tmp_path):
    rows, _, _ = rows_of(tmp_path / "单.txt", "姓名\n张三\n李四；王五\n".encode())
    assert rows == [["姓名"], ["张三"], ["李四；王五"]]


def test_a_quote_that_never_closes(tmp_path):
    (tmp_path / "引.csv").write_text('a,b\n"' + "x\n" * 100_000)
    with pytest.raises(Unreadable, match="第 2 行读不通"):
        read_here(tmp_path / "引.csv")


def test_too_many_cells_of_text(tmp_path):
    (tmp_path / "大.csv").write_text("1,2,3\n" * 1_000)
    with pytest.raises(Unreadable, match="工作簿太大"):
        read_here(tmp_path / "大.csv", limits=Limits(cells=100))


HTML = f"""<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="gb2312">
<style>td {{ border: 1px }}</style><script>alert("不运行")</script></head><body><h1>困难群众汇总表（模拟）</h1>
<table border=1><tr><th rowspan=2>单位<th colspan=2>人数</tr><tr><th>男</th><th>女</th></tr>
<tr><td>{RARE}镇&amp;乡<br>二行</td><td x:num="1234.5">1,234.50</td><td></td></tr>
<tr style="display: none"><td>合计</td><td>&nbsp;</td></tr></table>
<p>审核人：</p><table><tr><td>附</td></tr></table></body></html>"""


def test_html_that_calls_itself_xls(reader, tmp_path):
    (tmp_path / "导出.xls").write_bytes(HTML.encode("gb18030"))
    workbook = reader.read(tmp_path / "导出.xls")
    assert (workbook.kind, workbook.encoding) == ("html", "gb18030")
    assert workbook.doubts == ("文件其实是网页（HTML），按网页里的表格读",)
    (grid,) = workbook.grids
    assert grid.rows == [
        ["困难群众汇总表（模拟）", None, None],
        ["单位", "人数", None],
        [None, "男", "女"],
        [f"{RARE}镇&乡\n二行", 1234.5, None],
        ["合计", None, None],
        [None, None, None],
        ["审核人：", None, None],
        ["附", None, None],
    ]
    assert grid.merges == (Area(1, 0, 2, 0), Area(1, 1, 1, 2))
    assert grid.hidden_rows == {4}
    assert grid.framed == {(3, 2), (4, 1)}


def test_a_page_without_a_table(tmp_path):
    (tmp_path / "页.xls").write_text("<html><body>请登录</body></html>")
    with pytest.raises(Unreadable, match="里面没有表格"):
        read_here(tmp_path / "页.xls")


XML_2003 = """<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="p"><Borders><Border ss:Position="Left" ss:LineStyle="Continuous"/>
<Border ss:Position="Top" ss:LineStyle="Continuous"/></Borders><NumberFormat ss:Format="0.0%"/></Style></Styles>
<Worksheet ss:Name="表一"><Table><Column ss:Index="2" ss:Hidden="1"/>
<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">标题（模拟）</Data></Cell>
<Cell><Data ss:Type="String">尾</Data></Cell></Row>
<Row ss:Index="3" ss:Hidden="1"><Cell ss:StyleID="p"><Data ss:Type="Number">0.35</Data></Cell><Cell ss:StyleID="p"/>
<Cell ss:Index="4" ss:Formula="=R[-1]C"><Data ss:Type="DateTime">2026-09-30T00:00:00.000</Data></Cell></Row>
<Row><Cell><Data ss:Type="Error">#REF!</Data></Cell>
<Cell><ss:Data ss:Type="String"><B>粗</B>体</ss:Data></Cell></Row>
</Table></Worksheet>
<Worksheet ss:Name="暗"><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>
</Workbook>"""


@pytest.mark.parametrize("encoding", ["UTF-8", "gb2312"])
def test_xml_of_2003(reader, tmp_path, encoding):
    (tmp_path / "导出.xls").write_bytes(
        XML_2003.replace("{encoding}", encoding).encode("gb18030" if encoding == "gb2312" else "utf-8")
    )
    workbook = reader.read(tmp_path / "导出.xls")
    assert workbook.kind == "xml"
    assert workbook.doubts == ("文件其实是 XML 表格（2003），扩展名与内容不符",)
    form, hidden = workbook.grids
    assert form.rows == [
        ["标题（模拟）", None, None, "尾"],
        [None] * 4,
        [0.35, None, None, date(2026, 9, 30)],
        [CellError("#REF!"), "粗体", None, None],
    ]
    assert form.merges == (Area(0, 0, 0, 2),)
    assert form.hidden_rows == {2}
    assert form.hidden_columns == {1}
    assert form.percents == {(2, 0), (2, 1)}
    assert form.framed == {(2, 1)}
    assert form.formulas == {(2, 3): "R[-1]C"}
    assert hidden.is_hidden


def test_ods(reader, tmp_path):
    styles = (
        '<style:style style:name="b" style:family="table-cell">'
        '<style:table-cell-properties fo:border="0.5pt solid #000000"/></style:style>'
        '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>'
    )
    table = f"""<table:table table:name="表一"><table:table-column/><table:table-column table:visibility="collapse"/>
<table:table-row>
<table:table-cell office:value-type="string" table:number-columns-spanned="2" table:number-rows-spanned="2">
<office:annotation><text:p>批注</text:p></office:annotation>
<text:p>{RARE}<text:s text:c="2"/>村</text:p><text:p>二行</text:p>
</table:table-cell><table:covered-table-cell/>
<table:table-cell office:value-type="percentage" office:value="0.35"/></table:table-row>
<table:table-row table:visibility="collapse"><table:covered-table-cell table:number-columns-repeated="2"/>
<table:table-cell office:value-type="date" office:date-value="2026-09-30"/></table:table-row>
<table:table-row><table:table-cell table:style-name="b" table:number-columns-repeated="2"/>
<table:table-cell table:formula="of:=SUM([.C1])" office:value-type="float" office:value="3"/></table:table-row>
<table:table-row table:number-rows-repeated="2">
<table:table-cell office:value-type="time" office:time-value="PT08H30M00S"/>
<table:table-cell office:value-type="boolean" office:boolean-value="true"/>
<table:table-cell office:value-type="string" calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell>
</table:table-row>
<table:table-row table:number-rows-repeated="1048000">
<table:table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table><table:table table:name="暗" table:style-name="h"/>"""
    workbook = reader.read(write_ods(tmp_path / "表.ods", table, styles=styles))
    assert workbook.kind == "ods"
    form, hidden = workbook.grids
    last = [timedelta(hours=8, minutes=30), True, CellError("#REF!")]
    assert form.rows == [
        [f"{RARE}  村\n二行", None, 0.35],
        [None, None, date(2026, 9, 30)],
        [None, None, 3],
        last,
        last,
    ]
    assert form.merges == (Area(0, 0, 1, 1),)
    assert form.hidden_rows == {1}
    assert form.hidden_columns == {1}
    assert form.percents == {(0, 2)}
    assert form.framed == {(2, 0), (2, 1)}
    assert form.formulas == {(2, 2): "SUM([.C1])"}
    assert hidden.is_hidden
