"""Whatever stands in a grid, understanding it neither fails nor asks for what stands there; long rosters stay cheap."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dukao.workbooks.grid import Area, CellError, Grid, Workbook
from dukao.workbooks.tables import Layout
from dukao.workbooks.understanding import understand, violations

_TEXTS = [
    *("姓名", "性别", "合计", "小计", "其中：男", "一、农业", "注：③=①+②", "单位：万元", "填表人：", "____", "①", "甲"),
    *(
        "1",
        "1.是 2.否",
        "金额（万元）",
        "占比%",
        "序号",
        "2026年",
        "—",
        "/",
        "  ",
        "代码",
        "模拟表",
        "A",
        "总人口",
        "≥",
    ),
    *("说明：1.合计=男+女；2.x≥y", "合计（1+2）", "(1)", "1至3之和=4", "①=②至⑤之和", "□是 □否", "（", "续表"),
    *("第1行=第2行+第3行", "表1：模拟统计表"),
]
_VALUES = st.one_of(
    st.none(),
    st.none(),
    st.sampled_from(_TEXTS),
    st.sampled_from([1, 2, 3.5, float("nan"), float("inf"), True, CellError("#REF!"), date(2026, 1, 1)]),
    st.text(max_size=6),
)


@st.composite
def grids(draw):
    width, height = draw(st.integers(1, 7)), draw(st.integers(1, 10))
    rows = [[draw(_VALUES) for _ in range(width)] for _ in range(height)]
    merges: list[Area] = []
    taken: set[tuple[int, int]] = set()
    for _ in range(draw(st.integers(0, 4))):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        area = Area(
            top, left, min(height - 1, top + draw(st.integers(0, 2))), min(width - 1, left + draw(st.integers(0, 3)))
        )
        places = {(r, c) for r in range(area.top, area.bottom + 1) for c in range(area.left, area.right + 1)}
        if len(places) > 1 and not places & taken:
            taken |= places
            merges.append(area)
            for row, column in places - {(area.top, area.left)}:
                rows[row][column] = None
    framed = frozenset(
        (r, c) for r in range(height) for c in range(width) if rows[r][c] is None and draw(st.booleans())
    )
    return Grid("模拟", rows, merges=tuple(merges), framed=framed)


@settings(max_examples=300)
@given(grids())
def test_any_grid_is_understood_without_harm(grid):
    (sheet,) = understand(Workbook("模拟.xlsx", "xlsx", (grid,))).sheets
    asked = set()
    for table in sheet.tables:
        assert 0 <= table.confidence <= 1
        violations(table, grid)
        for slot in table.slots:
            assert (slot.row, slot.column) not in asked
            asked.add((slot.row, slot.column))
            inside = slot.row < grid.height and slot.column < grid.width
            assert (
                not inside
                or grid.rows[slot.row][slot.column] is None
                or isinstance(grid.rows[slot.row][slot.column], str)
            )


def _long(rows: int) -> Grid:
    head = ["序号", "姓名", "身份证号", "所在村组", "补贴金额（元）", "备注"]
    body = [
        [float(n), f"模拟{n}", f"2302{n:014d}", "东村一组", 120.0, None if n % 500 == 0 else "无"]
        for n in range(1, rows + 1)
    ]
    return Grid(
        "模拟",
        [["模拟县补贴发放花名册", *[None] * 5], head, *body, ["合计", None, None, None, 120.0 * rows, None]],
        merges=(Area(0, 0, 0, 5),),
    )  # type: ignore[arg-type]


def test_long_roster_is_one_table_with_its_total_and_its_gaps():
    grid = _long(20_000)
    (table,) = understand(Workbook("模拟.xlsx", "xlsx", (grid,))).sheets[0].tables
    assert str(table.area) == "A2:F20003"
    assert table.layout is Layout.ROSTER
    assert table.title == "模拟县补贴发放花名册"
    assert table.total_rows == (20_002,)
    assert [slot.cell for slot in table.slots[:2]] == ["F502", "F1002"]
    assert len(table.slots) == 40
    assert table.slots[0].row_path == ("模拟500",)
    assert [rule.expression for rule in table.rules] == ["[20003] = sum([3]:[20002])"]
    assert violations(table, grid) == ()


def test_wrong_total_of_a_long_roster_is_found():
    grid = _long(5_000)
    grid.rows[-1][4] = 1.0
    (table,) = understand(Workbook("模拟.xlsx", "xlsx", (grid,))).sheets[0].tables
    assert [(found.cell, int(found.right)) for found in violations(table, grid)] == [("E5003", 600_000)]


def test_second_table_in_the_midst_of_a_long_sheet_is_found():
    grid = _long(3_000)
    second = [
        [None] * 6,
        ["模拟县另表", *[None] * 5],
        ["序号", "姓名", "电话", None, None, None],
        [1.0, None, None, None, None, None],
    ]
    grid.rows[1_500:1_500] = second  # type: ignore[assignment]
    tables = understand(Workbook("模拟.xlsx", "xlsx", (grid,))).sheets[0].tables
    assert [table.title for table in tables][:2] == ["模拟县补贴发放花名册", "模拟县另表"]


def test_named_rows_without_end_are_all_asked():
    rows = [["村名", "户数（户）", "人口（人）"], *[[f"模拟{n}村", None, None] for n in range(1_599)]]
    (table,) = understand(Workbook("模拟.xlsx", "xlsx", (Grid("模拟", rows),))).sheets[0].tables
    assert len(table.slots) == 2 * 1_599
    assert table.slots[1_000].row_path == ("模拟500村",)


@pytest.mark.parametrize("gap", [1, 2])
def test_a_header_at_the_very_end_of_a_long_sheet_has_its_room_below_it(gap):
    head = ["序号", "姓名", "性别", "电话"]
    body = [[float(n), f"模拟{n}", "男", f"0464-{n:07d}"] for n in range(1, 1_201)]
    grid = Grid("模拟", [head, *body, *[[None] * 4] * gap, head])  # type: ignore[arg-type]
    tables = understand(Workbook("模拟.xlsx", "xlsx", (grid,))).sheets[0].tables
    assert [slot.cell for table in tables for slot in table.slots] == [f"{c}{1_203 + gap}" for c in "BCD"]
