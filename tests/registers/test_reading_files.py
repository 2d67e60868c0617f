"""Files as they come: encodings, delimiters, line ends, headers, sheets; rows, or a refusal that says what to do."""

import datetime
import io
import json
import os
import random
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlwt
from hypothesis import example, given
from hypothesis import strategies as st

from dukao.base.refusals import Refused
from dukao.registers.intake.engine import engine
from dukao.registers.reading.files import read_file
from dukao.registers.reading.marks import Marker
from dukao.registers.reading.problems import NoHeader, UnclearColumns
from dukao.registers.reading.source import PlainText, Source, Wanted
from dukao.registers.rules import ColumnDefinition
from dukao.registers.rules.mapping import Names
from dukao.workbooks.problems import Unreadable
from tests.workbooks.made import sheet_xml, text_cell, write_ods, write_xlsx

HOSTILE = Path(os.environ.get("DUKAO_SHARED_DATA", Path(__file__).parents[3] / "shared/data")) / "hostile"
needs_hostile = pytest.mark.skipif(not HOSTILE.is_dir(), reason=f"no folder {HOSTILE}: set DUKAO_SHARED_DATA")

NAMES = tuple(
    Names(ColumnDefinition.model_validate({"name": name, "title": title, "type": "text"}))
    for name, title in (("code", "代码"), ("amount", "金额"), ("note", "备注"))
)
WANTED = Wanted(NAMES, frozenset({"code", "amount"}), {})


def marks_of(path: Path, block: int = 1 << 20):
    marker = Marker()
    with path.open("rb") as file:
        while data := file.read(block):
            marker.feed(data)
    return marker.marks()


def read(path: Path, folder: Path, wanted: Wanted = WANTED, *, careful: bool = False) -> Source:
    return read_file(path, marks_of(path), wanted, folder, careful=careful)


def rows_of(source: Source, folder: Path) -> list[tuple]:
    """Line (where the reader counts it), fault, and the cells of the wanted columns."""
    from dukao.registers.intake.statements import _read_csv

    with engine(folder) as db:
        named = [source.positions.get(n.column.name) for n in NAMES]
        cells = ", ".join("NULL" if place is None else f"c{place}" for place in named)
        if isinstance(source.table, PlainText):
            return db.execute(f"SELECT NULL, NULL, {cells} FROM {_read_csv(source.table)}").fetchall()
        return db.execute(f"SELECT _line, _fault, {cells} FROM read_parquet('{source.table.path}')").fetchall()


def put(folder: Path, data: bytes | str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


PLAIN = "代码,金额,备注\nA1,1.50,甲\nA2,2,乙\n"


@pytest.fixture
def folder(var) -> Path:
    return var


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (PLAIN.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + PLAIN.encode(), "utf-8"),
        (PLAIN.encode("gb18030"), "gb18030"),
        (PLAIN.encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + PLAIN.encode("utf-16-be"), "utf-16-be"),
        ((PLAIN * 30).encode("utf-16-le"), "utf-16-le"),
        ((PLAIN * 30).encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_encodings_are_found_and_said(folder, data, encoding):
    source = read(put(folder, data), folder)
    assert source.found["encoding"] == encoding
    assert rows_of(source, folder)[:2] == [(None, None, "A1", "1.50", "甲"), (None, None, "A2", "2", "乙")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (PLAIN.encode()[:-3] + b"\xff\xfe" + "乙丙丁戊己庚辛壬癸\n".encode() * 20, "损坏的字节"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "不是表格"),
        (b"\xff\xd8\xff\xe0" + random.Random(1).randbytes(500), "."),
        (b"", "空的"),
        (b"code,amount\n\x81\x7fA,1\n", "编码"),
    ],
)
def test_what_is_no_text_is_refused(folder, data, reason):
    with pytest.raises(Refused, match=reason):
        read(put(folder, data), folder)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [("代码,金额\nA1,1\n", ","), ("代码\t金额\nA1\t1\n", "\t"), ("代码;金额\nA1;1\n", ";"), ("代码|金额\nA1|1\n", "|")],
)
def test_delimiters_are_found_and_said(folder, text, delimiter):
    source = read(put(folder, text), folder)
    assert source.found["delimiter"] == delimiter
    assert rows_of(source, folder) == [(None, None, "A1", "1", None)]


@pytest.mark.parametrize(
    ("text", "line_ends", "lines"),
    [
        ("代码,金额\nA1,1\r\nA2,2\rA3,3", "mixed", [2, 3, 4]),
        ("代码,金额\rA1,1\rA2,2\rA3,3\r", "cr", [2, 3, 4]),
        ('代码,金额\nA1,1\n"A\n2",2\nA3,3\n', "lf", [2, 3, 5]),
        ("代码,金额\n\nA1,1\n,\n\nA2,2\nA3,3\n\n", "lf", [3, 6, 7]),
    ],
)
def test_irregular_files_are_read_with_care_and_keep_their_line_numbers(folder, text, line_ends, lines):
    source = read(put(folder, text), folder, careful=True)
    assert source.found["line_ends"] == line_ends
    assert [row[0] for row in rows_of(source, folder)] == lines


def test_rows_that_are_too_short_or_too_long_are_told(folder):
    text = "代码,金额,备注\nA1,1\nA2,2,x,\nA3,3,x,y\nA4,4,z\n"
    rows = rows_of(read(put(folder, text), folder, careful=True), folder)
    assert [(line, fault) for line, fault, *_ in rows] == [
        (2, "这一行有 2 格，表头有 3 列"), (3, None), (4, "这一行有 4 格，表头有 3 列"), (5, None)]  # fmt: skip


def test_titles_above_the_header_are_passed_over(folder):
    text = "2026年三季度报表,,\n制表：统计局,,单位：万元\n代码,金额,备注\nA1,1,\n"
    source = read(put(folder, text), folder)
    assert source.found["header_line"] == 3
    assert rows_of(source, folder) == [(None, None, "A1", "1", None)]


@pytest.mark.parametrize(
    ("header", "mapping", "refused", "reason"),
    [
        ("代码,金额,金额", {}, UnclearColumns, "第 2 列“金额”、第 3 列“金额”"),
        ("代码,金额,amount", {}, UnclearColumns, "对应到几列"),
        ("代码,数额,x", {}, NoHeader, "金额（amount）"),
        ("甲,乙,丙", {}, NoHeader, "没有找到表头"),
        ("代码,钱,钱", {"钱": "amount"}, UnclearColumns, "2 列都叫"),
        ("代码,钱,x", {"没有": "amount"}, UnclearColumns, "没有映射所说的列"),
        ("代码,钱,x", {"#9": "amount"}, UnclearColumns, "超出"),
        ("代码,金额(万元),x", {}, NoHeader, "金额"),
    ],
)
def test_columns_that_are_not_clear_are_refused(folder, header, mapping, refused, reason):
    wanted = Wanted(NAMES, WANTED.required, mapping)
    with pytest.raises(refused) as caught:
        read(put(folder, f"{header}\nA1,1,2\n"), folder, wanted)
    assert reason in f"{caught.value.what}{caught.value.why}"


@pytest.mark.parametrize(
    ("header", "mapping", "cells"),
    [
        ("代码,钱,钱", {"#3": "amount"}, ("A1", "2", None)),
        ("代码,金额,备注,备注", {"备注": ""}, ("A1", "1", None)),
        ("代码,金额,备注,note", {"#3": "", "note": ""}, ("A1", "1", None)),
        ("代码,钱,x", {"钱": "amount"}, ("A1", "1", None)),
        ("ＣＯＤＥ, 金 额 *,备注", {}, ("A1", "1", "2")),
        ("代码,金额,x,x", {}, ("A1", "1", None)),
    ],
)
def test_columns_are_found_by_mapping_and_by_name(folder, header, mapping, cells):
    row = "A1,1,2" + ",3" * (header.count(",") - 2)
    source = read(put(folder, f"{header}\n{row}\n"), folder, Wanted(NAMES, WANTED.required, mapping))
    assert rows_of(source, folder)[0][2:] == cells


def test_an_open_quote_is_refused_with_its_line(folder):
    with pytest.raises(Unreadable, match="第 3 行"):
        read(put(folder, '代码,金额\nA1,1\nA2,"2\nA3,3\n'), folder, careful=True)


@given(st.text(st.sampled_from("a甲é𠀀 \u3000"), max_size=12).map(str.encode), st.binary(max_size=4), st.integers(1, 9))
@example("甲乙".encode(), b"\xe7", 2)
def test_utf8_is_told_apart_as_python_does(text, more, block):
    marker, data = Marker(), text + more + text
    for start in range(0, len(data), block):
        marker.feed(data[start : start + block])
    try:
        data.decode()
        is_utf8 = True
    except UnicodeDecodeError:
        is_utf8 = False
    assert marker.marks().is_utf8 == is_utf8


def test_blocks_of_any_size_show_the_same_marks(folder):
    path = put(folder, ("代码,金额\r\n" + "甲　乙,1\r\n\n\r" * 50 + "\r\n\r\n").encode())
    whole = marks_of(path)
    assert (whole.crlf, whole.has_blanks, whole.is_utf8) == (53, True, True)
    for size in (1, 2, 3, 7, 64):
        some = marks_of(path, size)
        assert (some.crlf, some.lone_cr, some.lone_lf, some.is_utf8, some.has_blanks) == (
            whole.crlf, whole.lone_cr, whole.lone_lf, True, True)  # fmt: skip


def workbook(folder: Path, rows: list[list], *, sheets: dict[str, list[list]] | None = None) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "数据"
    for row in rows:
        book.active.append(row)
    for name, more in (sheets or {}).items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(row)
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def test_xlsx_cells_become_exact_text(folder):
    day, instant = datetime.date(2026, 7, 1), datetime.datetime(2026, 7, 1, 8, 30)
    path = workbook(folder, [
        ["三季度"], [], ["代码", "金额", "备注"],
        ["001", 1234.5, day], [12, 0.1 + 0.2, instant], ["A", 1e15, True], ["B", 123456789012345, "x"],
        [None, None, None], ["C", 0.000001, None],
    ])  # fmt: skip
    source = read(path, folder)
    assert source.found["sheet"] == "数据"
    assert rows_of(source, folder) == [
        (4, None, "001", "1234.5", "2026-07-01"), (5, None, "12", "0.3", "2026-07-01 08:30:00"),
        (6, None, "A", "1.00000000000000E+15", "TRUE"), (7, None, "B", "123456789012345", "x"),
        (9, None, "C", "0.000001", ""),
    ]  # fmt: skip


def test_the_sheet_that_fits_is_taken_and_two_that_fit_are_refused(folder):
    rows = [["代码", "金额"], ["A1", 1]]
    source = read(workbook(folder, [["说明"], ["请看第二张"]], sheets={"明细": rows}), folder)
    assert (source.found["sheet"], len(rows_of(source, folder))) == ("明细", 1)
    with pytest.raises(Unreadable, match="明细、明细2"):
        read(workbook(folder, [["说明"]], sheets={"明细": rows, "明细2": rows}), folder)


def test_formulas_are_values_and_errors_are_never_empty_in_xlsx(folder):
    """Written by hand, with cached values, because no library at hand calculates."""
    cells = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>代码</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>金额</t></is></c></row>'
        '<row r="2"><c r="A2" t="str"><f>"A"&amp;1</f><v>A1</v></c><c r="B2"><f>1+1</f><v>2</v></c></row>'
        '<row r="3"><c r="A3" t="inlineStr"><is><t>A2</t></is></c><c r="B3" t="e"><f>Z9</f><v>#REF!</v></c></row>'
        '<row r="4"><c r="B4" t="e"><v>#DIV/0!</v></c></row>'
    )
    book = folder / "a.xlsx"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"

    def links(kind: str, target: str) -> str:
        link = f'<Relationship Id="r1" Type="{office}/{kind}" Target="{target}"/>'
        return f'<Relationships xmlns="{package}/relationships">{link}</Relationships>'

    with zipfile.ZipFile(book, "w") as file:
        file.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        file.writestr("_rels/.rels", links("officeDocument", "xl/workbook.xml"))
        file.writestr("xl/_rels/workbook.xml.rels", links("worksheet", "worksheets/sheet1.xml"))
        sheet = '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>'
        file.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}">{sheet}</workbook>')
        rows = f"<sheetData>{cells}</sheetData>"
        file.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}">{rows}</worksheet>')
    assert rows_of(read(book, folder), folder) == [
        (2, None, "A1", "2", None), (3, None, "A2", "#REF!", None), (4, None, "", "#DIV/0!", None)]  # fmt: skip


def test_xls_is_read_with_its_errors(folder):
    book = xlwt.Workbook()
    for name in ("说明", "数据"):
        sheet = book.add_sheet(name)
    for row, cells in enumerate((["代码", "金额", "备注"], ["A1", 1.5, "甲"], ["A2", None, "乙"], ["A3", 3, None])):
        for column, cell in enumerate(cells):
            if cell is not None:
                sheet.write(row, column, cell)
    sheet.row(2).set_cell_error(1, "#REF!")
    book.save(str(folder / "a.xls"))
    assert rows_of(read(folder / "a.xls", folder), folder) == [
        (2, None, "A1", "1.5", "甲"), (3, None, "A2", "#REF!", "乙"), (4, None, "A3", "3", "")]  # fmt: skip


def test_a_workbook_of_any_kind_is_delivered(folder):
    head, row = ("代码", "金额", "备注"), ("A1", "1.5", "甲")
    ods = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="float" office:value="1.5"/>'
            if text == "1.5"
            else f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
            for text in cells
        )
        + "</table:table-row>"
        for cells in (head, row)
    )
    write_ods(folder / "a.ods", f'<table:table table:name="数据">{ods}</table:table>')
    cells = ("".join(f"<td>{text}</td>" for text in cells) for cells in (head, row))
    put(folder, "<html><table>" + "".join(f"<tr>{c}</tr>" for c in cells) + "</table></html>", "网页.xls")
    rows = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{text}</Data></Cell>' for text in cells) + "</Row>"
        for cells in (head, row)
    )
    office = "urn:schemas-microsoft-com:office:spreadsheet"
    sheet = f'<Worksheet ss:Name="数据"><Table>{rows}</Table></Worksheet>'
    put(folder, f'<?xml version="1.0"?><Workbook xmlns="{office}" xmlns:ss="{office}">{sheet}</Workbook>', "a.xml")
    for name, kind in (("a.ods", "ods"), ("网页.xls", "html"), ("a.xml", "xml")):
        source = read(folder / name, folder)
        assert (source.found["format"], rows_of(source, folder)) == (kind, [(2, None, "A1", "1.5", "甲")])


@needs_hostile
def test_xlsb_is_read_with_its_errors(folder):
    source = read(HOSTILE / "calamine/tests/issues.xlsb", folder, Wanted(NAMES, frozenset(), {"#1": "code"}))
    assert source.found["format"] == "xlsb"


def test_what_is_read_in_part_only_is_refused(folder):
    """A form may do without a cell far away; in a delivery nothing may be left out unseen."""
    row = text_cell("A1", "代码") + text_cell("B1", "金额")
    far = f'<row r="1">{row}</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    write_xlsx(folder / "a.xlsx", sheet_xml(far, before='<dimension ref="A1:XFD1048576"/>'))
    with pytest.raises(Unreadable, match="太分散"):
        read(folder / "a.xlsx", folder)
    write_xlsx(folder / "a.xlsx", sheet_xml(far))  # does not say how large it is
    with pytest.raises(Unreadable):
        read(folder / "a.xlsx", folder)
    damaged = "<html><meta charset=utf-8><table><tr><td>代码<td>金额<tr><td>A1<td>1</table>".encode()
    with pytest.raises(Unreadable, match="编码"):
        read(put(folder, damaged.replace(b"A1", b"A\xff" + b"1" * 500), "a.html"), folder)


def test_lines_are_counted_from_the_first_row_of_the_sheet(folder):
    """Nothing in row 1 and column A; the error lies where it lies."""
    head = text_cell("B3", "代码") + text_cell("C3", "金额")
    row = text_cell("B5", "A1") + '<c r="C5" t="e"><v>#REF!</v></c>'
    write_xlsx(folder / "a.xlsx", sheet_xml(f'<row r="3">{head}</row><row r="5">{row}</row>'))
    source = read(folder / "a.xlsx", folder)
    assert source.found["header_line"] == 3
    assert rows_of(source, folder) == [(5, None, "A1", "#REF!", None)]


def test_an_error_without_its_name_is_not_empty(folder):
    row = text_cell("A1", "代码") + text_cell("B1", "金额")
    wrong = f'<row r="1">{row}</row><row r="2">{text_cell("A2", "A1")}<c r="B2" t="e"><f>1/0</f></c></row>'
    more = f'<row r="3">{text_cell("A3", "A2")}<c r="B3"><v>1</v></c></row>'
    write_xlsx(folder / "a.xlsx", sheet_xml(wrong + more))
    assert rows_of(read(folder / "a.xlsx", folder), folder) == [
        (2, None, "A1", "#ERROR!", None), (3, None, "A2", "1", None)]  # fmt: skip


def test_a_csv_in_big5_is_read(folder):
    text = "代码,金额,备注\nA1,1.50,臺灣省政府統計處報表備註說明資料\n"
    path = put(folder, text.encode("big5hkscs", errors="ignore"))  # 码 is not in it
    source = read(path, folder, Wanted(NAMES, frozenset(), {"#1": "code"}))
    assert source.found["encoding"] == "big5hkscs"


def test_sheets_that_do_not_fit_are_passed_over_however_long(folder):
    """More rows than come over from the reading process at once, before and behind the one that is taken."""
    filler, rows = [["甲", 1]] * 2_500, [["代码", "金额"], *(["A", n] for n in range(4_100))]
    source = read(workbook(folder, filler, sheets={"明细": rows, "附": filler}), folder)
    told = rows_of(source, folder)
    assert (source.found["sheet"], len(told), told[-1]) == ("明细", 4_100, (4_101, None, "A", "4099", None))


def test_parquet_becomes_exact_text(folder):
    table = pa.table({
        "code": pa.array(["A", "B"]).dictionary_encode(),
        "amount": pa.array([Decimal("1.10"), None], pa.decimal128(18, 2)),
        "note": pa.array([datetime.datetime(2026, 7, 1), None], pa.timestamp("us")),
        "more": pa.array([[1], [2]]),
    })  # fmt: skip
    pq.write_table(table, folder / "a.parquet")
    rows = rows_of(read(folder / "a.parquet", folder), folder)
    assert rows == [(1, None, "A", "1.10", "2026-07-01 00:00:00"), (2, None, "B", None, None)]
    pq.write_table(table.rename_columns(["code", "x", "y", "amount"]), folder / "a.parquet")
    with pytest.raises(Unreadable, match="不是单个的值"):
        read(folder / "a.parquet", folder)


def test_a_zip_bomb_is_refused(folder):
    with zipfile.ZipFile(folder / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", "")
        with file.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(2100):
                sheet.write(b"0" * 1_000_000)
    assert (folder / "a.xlsx").stat().st_size < 3_000_000
    with pytest.raises(Unreadable, match="太大"):
        read(folder / "a.xlsx", folder)


def test_a_cut_off_workbook_is_refused(folder):
    path = workbook(folder, [["代码", "金额"], ["A1", 1]])
    whole = path.read_bytes()
    for length in (10, 100, len(whole) // 2, len(whole) - 30):
        path.write_bytes(whole[:length])
        with pytest.raises(Refused):
            read(path, folder)


@needs_hostile
@pytest.mark.parametrize("name", ["spreadsheets_first_half", "spreadsheets_second_half"])
def test_every_odd_spreadsheet_gives_rows_or_a_refusal(folder, name):
    files = sorted(path for path in (HOSTILE / "calamine/tests").iterdir() if path.is_file())
    assert len(files) > 100
    anything = Wanted(NAMES, frozenset(), {"#1": "code"})
    some = files[0::2] if name.endswith("first_half") else files[1::2]
    read_well = 0
    for path in some:
        try:
            source = read(path, folder, anything)
        except Refused:
            continue
        else:
            read_well += len(rows_of(source, folder)) >= 0
    assert read_well > 20


@needs_hostile
def test_csv_spectrum_gives_the_right_cells(folder):
    for original in sorted((HOSTILE / "csv_spectrum/csvs").glob("*.csv")):
        path = put(folder, original.read_bytes(), original.name)
        wanted = json.loads((HOSTILE / "csv_spectrum/json" / f"{path.stem}.json").read_text("utf-8"))
        names = tuple(
            Names(ColumnDefinition.model_construct(name=header, title=header, type="text", aliases=(), unit=""))
            for header in wanted[0]
        )
        for careful in (False, True):
            source = read(path, folder, Wanted(names, frozenset(), {}), careful=careful)
            told = [_named(source, folder, row, list(wanted[0])) for row in _all_cells(source, folder)]
            assert told == wanted, (path.name, careful)


def _all_cells(source: Source, folder: Path) -> list[tuple]:
    from dukao.registers.intake.statements import _read_csv

    table = source.table
    with engine(folder) as db:
        what = _read_csv(table) if isinstance(table, PlainText) else f"read_parquet('{table.path}')"
        return db.execute(f"SELECT COLUMNS('c[0-9]+') FROM {what}").fetchall()


def _named(source: Source, folder: Path, row: tuple, headers: list[str]) -> dict[str, str]:
    return {h: row[source.positions[h]] or "" for h in headers}


@needs_hostile
def test_naughty_texts_come_through_unchanged_or_are_refused(folder):
    texts = json.loads((HOSTILE / "naughty/blns.json").read_text("utf-8"))
    with pytest.raises(Refused):
        read(HOSTILE / "naughty/blns.txt", folder)
    with pytest.raises(Refused):
        read(HOSTILE / "naughty/blns.json", folder)
    told = io.StringIO(newline="")
    import csv

    csv.writer(told, lineterminator="\n").writerows(
        [["代码", "金额"], *([f"A{n}", text] for n, text in enumerate(texts))]
    )
    source = read(put(folder, told.getvalue().encode("utf-8", "surrogatepass")), folder, careful=True)
    assert [row[3] or "" for row in rows_of(source, folder)] == texts


def test_what_was_assumed_is_told_with_the_source(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "明细"
    for line in (["代码", "金额"], ["A", 1], ["B", 2]):
        sheet.append(line)
    sheet.row_dimensions[2].hidden = True
    sheet.sheet_state = "hidden"
    book.create_sheet("封面").append(["模拟"])
    book.save(tmp_path / "a.xlsx")
    told = read(tmp_path / "a.xlsx", tmp_path).found["doubts"]
    assert told == [
        "工作表“明细”是隐藏的，也读入了",
        "工作表“明细”里有 1 行是隐藏的，也读入了",
        "只读了工作表“明细”，没有读：封面",
    ]
    short = put(tmp_path, "代码,金额\r\n甲,1\r\n".encode("gb18030"), "b.csv")
    (told,) = read(short, tmp_path).found["doubts"]
    assert "按 GB18030（简体）读" in told
    plain = put(tmp_path, "代码,金额\r\n甲,1\r\n", "c.csv")
    assert read(plain, tmp_path).found["doubts"] == []
