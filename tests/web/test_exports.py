"""Files for spreadsheets: safe, labelled, exact."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
from django.test import RequestFactory

from dukao.base.refusals import NotThere
from dukao.web import exports
from dukao.web.tables import Cell, Column, number, row, table

_COLUMNS = [Column("单位"), Column("税收", "number", "万元"), Column("", "actions")]


def _example(*texts: str):
    rows = [row(text, number(Decimal("1284.50"), places=2), Cell("删除")) for text in texts]
    return table("t", "各县税收", _COLUMNS, rows, source="来源：税务局", is_synthetic=True)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", '=HYPERLINK("http://x")'])
def test_formulas_are_made_harmless(text):
    example = _example(text)
    lines = list(csv.reader(io.StringIO(exports.csv_bytes(example).decode("utf-8-sig"), newline="")))
    assert lines[-1] == [f"'{text}", "1284.50"]
    sheet = openpyxl.load_workbook(io.BytesIO(exports.xlsx(example))).active
    cell = sheet.cell(sheet.max_row, 1)
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


def test_a_text_too_long_for_a_cell_says_that_it_was_cut():
    for length, is_cut in ((32_767, False), (32_768, True), (100_000, True)):
        example = _example("长" * length)
        sheet = openpyxl.load_workbook(io.BytesIO(exports.xlsx(example))).active
        told = sheet.cell(sheet.max_row, 1).value
        assert len(told) == 32_767
        assert told.endswith(f"…（共 {length:,} 字，全文见 CSV）" if is_cut else "长")
        assert "长" * length in exports.csv_bytes(example).decode()


def test_numbers_stay_numbers_and_negative_ones_too():
    example = table("t", "T", [Column("a", "number")], [row(number(Decimal("-12.5"), places=1)), row(number(10**17))])
    assert exports.csv_bytes(example).decode("utf-8-sig").splitlines()[-2:] == ["-12.5", str(10**17)]
    sheet = openpyxl.load_workbook(io.BytesIO(exports.xlsx(example))).active
    assert sheet.cell(3, 1).value == -12.5
    assert sheet.cell(4, 1).value == 10**17  # one significant digit: Excel holds it exactly
    long = table("t", "T", [Column("a", "number")], [row(number(1234567890123456789))])
    assert openpyxl.load_workbook(io.BytesIO(exports.xlsx(long))).active.cell(3, 1).value == "1234567890123456789"


def test_percentages_keep_their_sign_and_their_figure():
    columns = [Column("单位"), Column("比上年", "number"), Column("占比", "number", "%"), Column("税收", "number")]
    rows = [row("甲镇", Cell("+3.2%", raw=Decimal("3.2")), number(Decimal("12.5")), number(7))]
    sheet = openpyxl.load_workbook(io.BytesIO(exports.xlsx(table("t", "T", columns, rows)))).active
    change, share, plain = sheet[sheet.max_row][1:]
    assert (change.value, share.value, plain.value) == (3.2, 12.5, 7)
    assert change.number_format.endswith('"%"')
    assert share.number_format.endswith('"%"')
    assert "%" not in plain.number_format


def test_the_label_and_the_source_are_inside_the_file():
    example = _example("甲镇")
    text = exports.csv_bytes(example).decode("utf-8-sig")
    assert "模拟数据" in text
    assert "来源：税务局" in text
    sheet = openpyxl.load_workbook(io.BytesIO(exports.xlsx(example))).active
    assert [sheet.cell(line, 1).value for line in (1, 3)] == ["各县税收", "来源：税务局"]
    assert "模拟数据" in sheet.cell(2, 1).value


def test_every_file_of_a_site_with_invented_data_is_labelled(settings):
    plain = table("t", "各县税收", _COLUMNS, [])
    assert "模拟数据" not in exports.csv_bytes(plain).decode()
    settings.SYNTHETIC = True
    assert "模拟数据" in exports.csv_bytes(plain).decode()


def test_an_answer_names_the_file_in_chinese_and_knows_only_its_tables():
    request = RequestFactory().get("/")
    answer = exports.answer(request, [_example("甲镇")], "t.csv")
    assert "filename*=UTF-8''%E5%90%84" in answer.headers["Content-Disposition"]
    for wanted in ("t.exe", "other.csv", "t", ".csv", ""):
        with pytest.raises(NotThere):
            exports.answer(request, [_example("甲镇")], wanted)
