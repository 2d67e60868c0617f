"""An ODS comes back as an ODS, changed only where something is filled in."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dukao.workbooks.filling import FormPress, fill_workbook, suffix_of
from dukao.workbooks.grid import Area
from dukao.workbooks.problems import Unreadable
from dukao.workbooks.reading import read_here
from tests.workbooks.made import write_ods
from tests.workbooks.plans import parts, plan

_STYLES = (
    '<style:style style:name="ce1" style:family="table-cell"><style:table-cell-properties fo:border="1pt solid #000"/>'
    '</style:style><style:style style:name="ce2" style:family="table-cell"/>'
)
_TABLE = """<table:table table:name="表一"><table:table-column table:default-cell-style-name="ce1"
table:number-columns-repeated="9"/><table:table-row><table:table-cell table:number-columns-spanned="3"
table:number-rows-spanned="1" office:value-type="string"><text:p>模拟统计表</text:p></table:table-cell>
<table:covered-table-cell table:number-columns-repeated="2"/></table:table-row>
<table:table-row table:number-rows-repeated="3"><table:table-cell office:value-type="string"><text:p>村</text:p>
</table:table-cell><table:table-cell table:style-name="ce1" table:number-columns-repeated="4"/></table:table-row>
<table:table-row><table:table-cell office:value-type="float" office:value="7"><office:annotation>
<text:p>去年核过</text:p></office:annotation><text:p>7</text:p></table:table-cell><table:table-cell
table:formula="of:=[.A5]*2" office:value-type="float" office:value="14"><text:p>14</text:p></table:table-cell>
<table:table-cell/>
</table:table-row>
<table:table-row table:number-rows-repeated="100"><table:table-cell table:number-columns-repeated="9"/>
</table:table-row></table:table>"""


@pytest.fixture
def form(tmp_path: Path) -> Path:
    return write_ods(tmp_path / "form.ods", _TABLE, styles=_STYLES)


def test_cells_that_stand_for_many_are_split(form: Path, tmp_path: Path) -> None:
    target = tmp_path / "filled.ods"
    values = {"C3": Decimal("12.5"), "B4": "甲  乙", "F6": date(2026, 9, 30), "C200": True, "A5": 9, "B5": 1}
    outcome = fill_workbook(form, target, plan(values, ("D3", "L2")))
    assert suffix_of(form) == ".ods"
    before, after = read_here(form).grids[0], read_here(target).grids[0]
    written = {(2, 2): 12.5, (3, 1): "甲  乙", (5, 5): date(2026, 9, 30), (199, 2): True}
    for row in range(after.height):
        for column in range(after.width):
            was = before.rows[row][column] if row < before.height and column < before.width else None
            assert after.rows[row][column] == written.get((row, column), was), (row, column)
    assert after.merges == before.merges == (Area(0, 0, 0, 2),)
    assert after.formulas == before.formulas
    assert [s.why for s in outcome.skipped] == ["这一格已有内容“7”，没有改动", "这一格有公式"]
    assert outcome.told == "本表 8 项：已填 4，需填 2，2 项没有写入"
    assert "重新计算" in outcome.doubts[0]


def test_notes_looks_and_summary(form: Path, tmp_path: Path) -> None:
    target = tmp_path / "filled.ods"
    fill_workbook(form, target, plan({"C3": 5}, ("D3", "B9")), title="模拟统计表")
    content = parts(target)["content.xml"].decode()
    assert content.count("<office:annotation>") == 2
    assert "<text:p>来源：模拟台账.xlsx 台账!C2</text:p><text:p>截至：2026Q3</text:p>" in content
    assert 'style:name="dukao-open1"' in content
    assert 'fo:background-color="#fff2cc"' in content
    summary = read_here(target).grids[-1]
    assert summary.name == "填报摘要"
    assert summary.rows[0][0] == "本表 3 项：已填 1，需填 2"
    assert "xlink:href=\"#'表一'.C3\"" in content.replace("&apos;", "'")
    assert list(parts(target)) == list(parts(form))


def test_a_note_of_people_keeps_its_text_and_says_the_source_behind_it(tmp_path: Path) -> None:
    note = "<office:annotation><text:p>按月末数填</text:p></office:annotation>"
    row = f"<table:table-row><table:table-cell>{note}</table:table-cell></table:table-row>"
    form = write_ods(tmp_path / "form.ods", f'<table:table table:name="表一">{row}</table:table>')
    fill_workbook(form, tmp_path / "出.ods", plan({"A1": 5}))
    content = parts(tmp_path / "出.ods")["content.xml"].decode()
    assert content.count("<office:annotation>") == 1
    assert "<text:p>按月末数填</text:p><text:p>来源：模拟台账.xlsx 台账!C2</text:p>" in content


def test_one_form_for_many_villages(form: Path, tmp_path: Path) -> None:
    with FormPress(form) as press:
        for number in range(3):
            press.copy(tmp_path / f"{number}.ods", plan({"C3": number}, ("D3",)))
    assert [read_here(tmp_path / f"{n}.ods").grids[0].rows[2][2] for n in range(3)] == [0, 1, 2]


def test_a_doctype_is_refused(form: Path, tmp_path: Path) -> None:
    write_ods(form, '<!DOCTYPE x [<!ENTITY a "b">]>')
    with pytest.raises(Unreadable):
        fill_workbook(form, tmp_path / "filled.ods", plan())


def test_printed_boxes_are_ticked_and_all_else_stays(tmp_path: Path) -> None:
    cells = "".join(
        f'<table:table-row><table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        "</table:table-row>"
        for text in ('□是<text:s text:c="3"/>□否', "☑是 □否", "□有 □无", "□", "☑")
    )
    form = write_ods(tmp_path / "form.ods", f'<table:table table:name="表一">{cells}</table:table>')
    filled = fill_workbook(
        form, tmp_path / "出.ods", plan({"A1": "☑是   □否", "A2": "□是 ☑否", "A4": "☑", "A5": "☑"}, ("A3",))
    )
    (grid, *_) = read_here(filled.path).grids
    assert [row[0] for row in grid.rows] == ["☑是   □否", "☑是 □否", "□有 □无", "☑", "☑"]
    assert [s.filling.cell for s in filled.skipped] == ["A2", "A5"]
