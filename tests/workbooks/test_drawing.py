"""A sheet drawn again: every cell says what it is. All forms are 模拟."""

from dukao.workbooks import drawing
from dukao.workbooks.drawing import ROWS_MOST, Role
from dukao.workbooks.grid import CellError, Grid, Workbook
from dukao.workbooks.planning import Gap, Plan, asked_by
from dukao.workbooks.understanding import understand
from tests.workbooks.drawn import drawn

FORM = """
| 情况表（模拟） | < | < |
| 指标 | 计量单位 | 数量 |
| 户籍人口 | 人 | |
| 耕地面积 | 亩 | 4500 |
| 注：户籍人口按公安口径。 | < | < |
"""


def draw(grid):
    workbook = Workbook("表.xlsx", "xlsx", (grid,))
    return drawing.draw(workbook, understand(workbook))


def test_every_region_is_known_by_its_role():
    (sheet,) = draw(drawn(FORM, framed=True))
    roles = {cell.name: cell.role for _, cells in sheet.rows for cell in cells}
    assert [roles[name] for name in ("A1", "A2", "A3", "C3", "C4", "A5")] == [
        Role.TITLE, Role.HEADER, Role.ROW_NAME, Role.SLOT, Role.VALUE, Role.NOTE,
    ]  # fmt: skip
    assert "B1" not in roles, "a merged area is one cell"
    assert next(cell.about for _, cells in sheet.rows for cell in cells if cell.name == "C3") == "户籍人口 › 数量"


def test_what_stands_in_cells_is_text_and_nothing_else():
    grid = drawn('| 表（模拟） | < |\n| <script>alert(1)</script> | a"b |\n| 甲 | |')
    page = drawing.page("<b>", draw(grid))
    assert "<script>" not in page
    assert "<b>" not in page


def test_errors_are_shown_as_such():
    rows = [["指标", "数量"], ["户籍人口", CellError("#REF!")], ["耕地面积", None]]
    (sheet,) = draw(Grid("表", rows))
    assert [cell.role for _, cells in sheet.rows for cell in cells if cell.name == "B2"] == [Role.ERROR]


def test_a_long_sheet_says_what_is_left_out():
    (sheet,) = draw(Grid("表", [["村名", "数"], *(["村", n] for n in range(ROWS_MOST + 99))]))
    assert len(sheet.rows) == ROWS_MOST
    assert sheet.n_left_out == 100


def test_figures_are_shown_as_they_are():
    assert [drawing.shown(value) for value in (3.0, 0.1, True, None, 1e16)] == ["3", "0.1", "是", "", "1e+16"]


def test_open_boxes_stay_visible_in_a_filled_form():
    grid = drawn("| 联系电话 | | | |\n| 是否通自来水 | 是 | □ | 否 □ |\n| 是否通网 | □是 □否 | | |", framed=True)
    workbook = Workbook("表.xlsx", "xlsx", (grid,))
    form = understand(workbook)
    table = form.sheets[0].tables[0]
    gaps = tuple(Gap(grid.name, slot, asked_by(table, slot), "没有数据") for slot in table.slots)
    (sheet,) = drawing.draw(workbook, form, Plan("龙东村", None, (), gaps))
    assert {c.name: c.text for _, cells in sheet.rows for c in cells if c.role is Role.OPEN}["B3"] == "□是 □否"
