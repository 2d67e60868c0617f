"""Single tables as towns and villages get them. All forms are 模拟."""

import pytest

from dukao.workbooks.tables import Kind, Layout
from tests.workbooks.drawn import cells, paths, row_paths, table_of, totals


def test_title_unit_line_merged_header_and_named_rows():
    table = table_of(
        """
        | 模拟县2026年三季度农业生产情况统计表 | < | < | < | < |
        | 填报单位：（盖章） | < | | | 单位：亩、吨 |
        | 指标名称 | 播种面积（亩） | < | 产量（吨） | < |
        | ^ | 本期 | 上年同期 | 本期 | 上年同期 |
        | 合  计 | | | | |
        | 一、粮食作物 | | | | |
        | ~其中：水稻 | | | | |
        | ~玉米 | | | | |
        | 二、经济作物 | | | | |
        """
    )
    assert str(table.area) == "A3:E9"
    assert table.layout is Layout.GRID
    assert table.title == "模拟县2026年三季度农业生产情况统计表"
    assert (table.unit, table.period) == ("亩、吨", "2026年三季度")
    assert table.header_rows == (2, 3)
    assert paths(table) == [
        "指标名称",
        "播种面积（亩）/本期",
        "播种面积（亩）/上年同期",
        "产量（吨）/本期",
        "产量（吨）/上年同期",
    ]
    assert [column.unit for column in table.columns] == ["", "亩", "亩", "吨", "吨"]
    assert row_paths(table) == [
        "合计",
        "一、粮食作物",
        "一、粮食作物/其中：水稻",
        "一、粮食作物/玉米",
        "二、经济作物",
    ]
    assert table.total_rows == (4,)
    assert cells(table) == "B6 C6 D6 E6 B7 C7 D7 E7 B8 C8 D8 E8 B9 C9 D9 E9"
    assert table.confidence > 0.9


def test_unit_and_code_per_row():
    table = table_of(
        """
        | 附件2 | | | |
        | 2026年____季度主要指标表 | < | < | < |
        | 指标 | 计量单位 | 代码 | 数量 |
        | 甲 | 乙 | 丙 | 1 |
        | 总人口 | 人 | 01 | |
        | ~其中：男 | 人 | 02 | |
        | 总收入 | 万元 | 03 | |
        """
    )
    assert table.period == "2026年____季度"
    assert table.title == "2026年____季度主要指标表"
    assert [(slot.cell, slot.row_path, slot.unit) for slot in table.slots] == [
        ("D5", ("总人口",), "人"),
        ("D6", ("总人口", "其中：男"), "人"),
        ("D7", ("总收入",), "万元"),
    ]
    assert [rule.expression for rule in table.rules] == ["[6] <= [5]"]


def test_names_of_rows_merged_down_and_cells_crossed_out():
    table = table_of(
        """
        | 类别 | 项目 | 计划数 | 完成数 | 完成率（%） |
        | 种植业 | 水稻 | | | |
        | ^ | 玉米 | | | |
        | ^ | 小计 | | | |
        | 养殖业 | 生猪 | | — | / |
        | ^ | 小计 | | | |
        | 合计 | < | =C2+C3 | | |
        """
    )
    assert row_paths(table) == ["种植业/水稻", "种植业/玉米", "种植业/小计", "养殖业/生猪", "养殖业/小计", "合计"]
    assert cells(table) == "C2 D2 E2 C3 D3 E3 C5"
    assert table.total_rows == (3, 5, 6)
    assert table.columns[4].kind is Kind.PERCENT


def test_outer_names_of_rows_left_blank_below_the_first():
    table = table_of(
        """
        | 区域 | 类型 | 户数 | 人数 |
        | 城区 | 低保 | 1 | 2 |
        | | 特困 | 1 | 1 |
        | | 小计 | 2 | 3 |
        | 乡村 | 低保 | 3 | 4 |
        | | 特困 | 1 | 1 |
        | | 小计 | 4 | 5 |
        | 总计 | | 6 | 8 |
        """
    )
    assert row_paths(table) == [
        "城区/低保", "城区/特困", "城区/小计", "乡村/低保", "乡村/特困", "乡村/小计", "总计",
    ]  # fmt: skip
    assert [rule.expression for rule in table.rules] == [
        "[4] = [2] + [3]",
        "[7] = [5] + [6]",
        "[8] = [4] + [7]",
    ]


def test_sections_inside_a_table_lead_the_paths_below_them():
    table = table_of(
        """
        | 村级集体经济情况表 | < | < |
        | 项目 | 计量单位 | 数量 |
        | 一、基本情况 | < | < |
        | 总户数 | 户 | |
        | 总人口 | 人 | |
        | 二、收入情况 | < | < |
        | 总收入 | 万元 | |
        | ~其中：经营收入 | 万元 | |
        | ~~~~发包收入 | 万元 | |
        """,
        framed=True,
    )
    assert row_paths(table) == [
        "一、基本情况",
        "一、基本情况/总户数",
        "一、基本情况/总人口",
        "二、收入情况",
        "二、收入情况/总收入",
        "二、收入情况/总收入/其中：经营收入",
        "二、收入情况/总收入/发包收入",
    ]
    assert [row.index + 1 for row in table.rows if row.is_of_which] == [8, 9]
    assert cells(table) == "C4 C5 C7 C8 C9"


def test_tasks_in_words_with_progress_still_open():
    table = table_of(
        """
        | 模拟县重点工作任务分解表 | < | < | < | < |
        | 序号 | 工作任务 | 责任单位 | 完成时限 | 进展情况 |
        | 1 | 推进一表通应用，完成系统上线。 | 模拟局 | 2026-06-30 | |
        | 2 | 清理指尖上的形式主义。 | 模拟办 | 2026-09-30 | |
        """
    )
    assert cells(table) == "E3 E4"
    assert table.slots[0].row_path == ("推进一表通应用，完成系统上线。",)


def test_formula_cells_are_never_asked():
    table = table_of(
        """
        | 村名 | 第一季度 | 第二季度 | 全年合计 |
        | 东村 | | | =SUM(B2:C2) |
        | 西村 | | | =SUM(B3:C3) |
        | 合  计 | =SUM(B2:B3) | =SUM(C2:C3) | =SUM(D2:D3) |
        """
    )
    assert cells(table) == "B2 C2 B3 C3"


def test_items_across_villages_with_a_split_corner():
    table = table_of("| 项目\\村名 | 东村 | 西村 | 合计 |\n| 户数 | | | |\n| 人口 | | | |", framed=True)
    assert cells(table) == "B2 C2 B3 C3"
    assert [rule.expression for rule in table.rules] == ["[D] = [B] + [C]"]


def test_shared_unit_goes_only_to_figures():
    table = table_of(
        """
        | 2026年度模拟县乡村振兴项目台账 | | | | | | | |
        | 单位：万元 | | | | | | | |
        | 序号 | 项目名称 | 建设地点 | 投资 | | | 进度 | 备注 |
        | | | | 合计 | 财政资金 | 自筹 | | |
        | 1 | | | | | | | |
        | 2 | | | | | | | |
        | 合计 | | | | | | | |
        """
    )
    assert [column.unit for column in table.columns] == ["", "", "", "万元", "万元", "万元", "", ""]
    assert cells(table) == "B5 C5 E5 F5 G5 H5 B6 C6 E6 F6 G6 H6"


def test_errors_are_doubts_and_hidden_rows_are_not_asked():
    from dukao.workbooks.grid import CellError, Grid, Workbook
    from dukao.workbooks.understanding import understand

    rows = [["项目", "金额（元）"], ["甲项", CellError("#REF!")], ["乙项", None], ["丙项", None]]
    grid = Grid("Sheet1", rows, hidden_rows=frozenset({2}), formulas={(1, 1): "Sheet2!A1"})
    table = understand(Workbook("模拟.xlsx", "xlsx", (grid,))).sheets[0].tables[0]
    assert cells(table) == "B4"
    assert table.doubts == ("第3行是隐藏行，其中的空格不作为待填项", "B2 是 #REF!，不作为数值")


def test_corner_over_two_levels_of_row_names():
    table = table_of(
        """
        | 指标 | < | 东村 | 西村 |
        | 人口 | 总人口（人） | | |
        | ^ | 户数（户） | | |
        | 经济 | 集体收入（万元） | | |
        | ^ | 人均收入（元） | | |
        """
    )
    assert table.header_rows == (0,)
    assert row_paths(table) == ["人口/总人口（人）", "人口/户数（户）", "经济/集体收入（万元）", "经济/人均收入（元）"]
    assert [slot.unit for slot in table.slots] == ["人", "人", "户", "户", "万元", "万元", "元", "元"]


def test_total_row_first_then_rows_with_parts():
    table = table_of(
        """
        | 类别 | 合计 | 城镇 | 农村 |
        | 总计 | 30 | 10 | 20 |
        | 一、低保 | 20 | 8 | 12 |
        | 1.老年人 | 12 | 5 | 7 |
        | 2.未成年人 | 8 | 3 | 5 |
        | 二、特困 | 10 | 2 | 8 |
        """
    )
    assert row_paths(table)[2:4] == ["一、低保/1.老年人", "一、低保/2.未成年人"]
    assert [rule.expression for rule in table.rules] == ["[B] = [C] + [D]", "[2] = [3] + [6]"]


def test_subtotals_of_groups_add_up_to_the_total():
    table = table_of(
        """
        | 镇 | 总计 | 种植业 | < | < | 养殖业 | < | < |
        | ^ | ^ | 小计 | 粮食 | 蔬菜 | 小计 | 猪 | 羊 |
        | 东镇 | | | | | | | |
        | 西镇 | | | | | | | |
        """
    )
    assert [rule.expression for rule in table.rules] == ["[B] = [C] + [F]", "[C] = [D] + [E]", "[F] = [G] + [H]"]
    assert cells(table) == "D3 E3 G3 H3 D4 E4 G4 H4"


def test_of_which_with_its_parts_below_and_no_merges():
    table = table_of(
        """
        | 村 | 总户数 | 其中： | | | 备注 |
        | | | 低保户 | 五保户 | 残疾户 | |
        | 东村 | 10 | 2 | 1 | 1 | |
        | 西村 | 10 | 2 | 1 | 1 | |
        """
    )
    assert paths(table)[2:5] == ["其中：/低保户", "其中：/五保户", "其中：/残疾户"]
    assert [rule.expression for rule in table.rules] == ["[C] <= [B]", "[D] <= [B]", "[E] <= [B]"]


def test_hidden_columns_are_not_asked():
    table = table_of("| 序号 | 编码 | 村名 | 户数 |\n| 1 | | 东村 | |\n| 2 | | 西村 | |", hidden_columns=frozenset({1}))
    assert cells(table) == "D2 D3"
    assert table.doubts == ("B2 在隐藏列，不作为待填项", "B3 在隐藏列，不作为待填项")


def test_totals_without_formula_wait_to_be_added_up():
    table = table_of(
        """
        | 村名 | 人数 | < | < | 备注 |
        | ^ | 男 | 女 | 合计 | ^ |
        | 东村 | | | | |
        | 西村 | | | | |
        | 合计 | | | =C3 | |
        """,
        framed=True,
    )
    assert totals(table) == "D3 D4 B5 C5"
    assert cells(table) == "B3 C3 E3 B4 C4 E4"


def test_answers_are_not_added_up():
    table = table_of(
        "| 村名 | 是否通水 | 饮水来源 | 户数 |\n| 东村 | | □井水 □河水 | |\n| 西村 | | □井水 □河水 | |\n| 合计 | | | |",
        framed=True,
    )
    assert totals(table) == "D4"


def test_a_number_of_schools_is_a_number():
    (_, column) = table_of("| 类别 | 学校数 |\n| 小学 | |\n| 初中 | |", framed=True).columns
    assert column.kind is Kind.NUMBER


def test_a_unit_of_measure_with_a_stroke_is_no_list_of_answers():
    (_, column) = table_of("| 村名 | 单产/公斤/亩 |\n| 东村 | |\n| 西村 | |", framed=True).columns
    assert (column.unit, column.codes) == ("公斤/亩", ())


@pytest.mark.parametrize(
    ("section", "first", "slots"),
    [
        ("一、农业生产", "粮食产量（吨）", "B3 B4 B6"),
        ("一、农业生产", "1.粮食产量", "B3 B4 B6"),
        ("一、农业总产值", "粮食产值", "B2 B3 B4 B6"),  # names a figure itself
        ("一、农业生产", "主要做法", "B2 B3 B4 B6"),  # what stands below names none
    ],
)
def test_a_numbered_row_over_figures_that_names_none_is_a_section(section, first, slots):
    table = table_of(
        f"""
        | 指标 | 数值 |
        | {section} | |
        | {first} | |
        | 蔬菜产量（吨） | |
        | 二、土地 | |
        | 耕地面积（亩） | |
        """
    )
    assert cells(table) == slots
    assert row_paths(table)[1] == f"{section}/{first}"


def test_sections_may_be_numbered_in_a_column_of_their_own():
    table = table_of(
        """
        | 序号 | 指标 | 本期 | 上年同期 |
        | 一 | 农业生产 | | |
        | 1 | 粮食产量（吨） | | |
        | 2 | 蔬菜产量（吨） | | |
        | 二 | 土地 | | |
        | 1 | 耕地面积（亩） | | |
        """
    )
    assert cells(table) == "C3 D3 C4 D4 C6 D6"
    assert row_paths(table)[1:3] == ["农业生产/粮食产量（吨）", "农业生产/蔬菜产量（吨）"]


def test_each_of_which_hangs_under_the_whole_and_not_under_a_part_named_before_it():
    table = table_of(
        """
        | 指标名称 | 代码 | 本期 | 上年同期 |
        | 总人口 | '01' | | |
        | ~其中：男 | '02' | | |
        | ~~~~女 | '03' | | |
        | ~其中：脱贫人口 | '04' | | |
        | ~~~~监测对象 | '05' | | |
        | 总户数 | '06' | | |
        """
    )
    parts = ["总人口/其中：男", "总人口/女", "总人口/其中：脱贫人口", "总人口/监测对象"]
    assert row_paths(table) == ["总人口", *parts, "总户数"]
    assert {"[3] <= [2]", "[5] <= [2]"} <= {rule.expression for rule in table.rules}
