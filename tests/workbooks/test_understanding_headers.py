"""Headings over tables: levels, numbering, units of measure, periods, merged or left blank."""

import pytest

from dukao.workbooks.tables import Kind, Layout
from tests.workbooks.drawn import cells, paths, row_paths, table_of


def test_row_of_numbers_below_the_header_belongs_to_it():
    table = table_of(
        """
        | 单位 | 户数 | 人口（人） | < | < | 收入 |
        | ^ | ^ | 合计 | 男 | 女 | ^ |
        | 甲 | 1 | 2=3+4 | 3 | 4 | 5 |
        | 东村 | | | | | |
        | 西村 | | | | | |
        | 合计 | | | | | |
        """
    )
    assert table.header_rows == (0, 1, 2)
    assert [column.number for column in table.columns] == ["甲", "1", "2", "3", "4", "5"]
    assert paths(table)[2:5] == ["人口（人）/合计", "人口（人）/男", "人口（人）/女"]
    assert [rule.expression for rule in table.rules] == ["[C] = [D] + [E]", "[6] = [4] + [5]"]
    assert cells(table) == "B4 D4 E4 F4 B5 D5 E5 F5"


def test_circled_numbers_under_a_name_merged_down_three_rows():
    table = table_of(
        """
        | 模拟市低保资金发放情况统计表（2026年9月） | < | < | < | < | < | < | < |
        | 填报单位（盖章）：模拟区 | < | < | 填报日期：   年  月  日 | < | < | 单位：户、人、万元 | < |
        | 乡镇（街道） | 城市低保 | < | < | 农村低保 | < | < | 合计金额 |
        | ^ | 户数 | 人数 | 金额 | 户数 | 人数 | 金额 | ^ |
        | ^ | ① | ② | ③ | ④ | ⑤ | ⑥ | ⑦=③+⑥ |
        | 总  计 | | | | | | | |
        | 东镇 | | | | | | | |
        | 西镇 | | | | | | | |
        """
    )
    assert table.header_rows == (2, 3, 4)
    assert [column.unit for column in table.columns] == ["", "户", "人", "万元", "户", "人", "万元", "万元"]
    assert [column.number for column in table.columns] == ["", "①", "②", "③", "④", "⑤", "⑥", "⑦"]
    assert "[H] = [D] + [G]" in [rule.expression for rule in table.rules]
    assert cells(table) == "B7 C7 D7 E7 F7 G7 B8 C8 D8 E8 F8 G8"


def test_header_without_merges_blanks_continue_the_name_on_the_left():
    table = table_of(
        """
        | 某镇基本情况 |
        | 序号 | 村名 | 人口 | | | 耕地 | |
        | | | 总人口 | 男 | 女 | 水田 | 旱地 |
        | 1 | 东村 | | | | | |
        | 2 | 西村 | | | | | |
        """
    )
    assert paths(table) == ["序号", "村名", "人口/总人口", "人口/男", "人口/女", "耕地/水田", "耕地/旱地"]
    assert row_paths(table) == ["东村", "西村"]
    assert [row.number for row in table.rows] == ["1", "2"]
    assert cells(table) == "C4 D4 E4 F4 G4 C5 D5 E5 F5 G5"


def test_three_levels_with_of_which_inside():
    table = table_of(
        """
        | 地区 | 劳动力资源 | < | < | < | < | < | 备注 |
        | ^ | 合计 | 其中：外出务工 | < | < | 本地就业 | < | ^ |
        | ^ | ^ | 小计 | 省内 | 省外 | 男 | 女 | ^ |
        | 东镇 | 100 | 60 | 40 | 20 | 20 | 20 | |
        | 西镇 | 90 | 50 | 30 | 20 | 20 | 21 | |
        | 全县合计 | 190 | 110 | 70 | 40 | 40 | 41 | |
        """
    )
    assert table.header_rows == (0, 1, 2)
    assert paths(table)[2] == "劳动力资源/其中：外出务工/小计"
    assert [column.is_of_which for column in table.columns] == [False, False, True, True, True, False, False, False]
    said = [rule.expression for rule in table.rules]
    assert "[C] = [D] + [E]" in said
    assert "[C] <= [B]" in said
    assert cells(table) == "H4 H5"


def test_row_of_units_under_the_names():
    table = table_of(
        """
        | 2026年各村用水量统计 | < | < | < | < |
        | 村 | 一月 | 二月 | 三月 | 一季度合计 |
        | | 吨 | 吨 | 吨 | 吨 |
        | 东村 | 1 | 2 | 3 | 6 |
        | 西村 | 1 | 2 | 3 | 6 |
        """
    )
    assert table.header_rows == (1, 2)
    assert paths(table) == ["村", "一月", "二月", "三月", "一季度合计"]
    assert [column.unit for column in table.columns] == ["", "吨", "吨", "吨", "吨"]
    assert table.columns[4].is_total


def test_figures_counting_up_in_the_first_row_are_no_numbering():
    table = table_of("| 村 | 户数 | 人数 |\n| 东村 | 1 | 2 |\n| 西村 | 3 | 4 |")
    assert table.header_rows == (0,)
    assert row_paths(table) == ["东村", "西村"]


def test_legal_marks_full_width_digits_and_crossed_out_heads():
    table = table_of(
        """
        | 表    号：模拟统1表 | < | < | < |
        | 制定机关：模拟市统计局 | < | < | < |
        | 有效期至：2027年12月 | < | < | < |
        | 村（社区）基本情况 | < | < | < |
        | ２０２６年 | < | < | < |
        | 指标名称 | 计量单位 | 代码 | 本年实际 |
        | 甲 | 乙 | 丙 | １ |
        | 一、人口情况 | — | — | — |
        | ~年末总户数 | 户 | ０１ | |
        | ~年末总人口 | 人 | ０２ | |
        | 二、土地情况 | — | — | — |
        | ~耕地面积 | 亩 | ０３ | |
        | 审核关系：（1）02≥01；（2）03≥0 | < | < | < |
        """
    )
    assert (table.title, table.period) == ("村（社区）基本情况", "２０２６年")
    assert row_paths(table) == [
        "一、人口情况", "一、人口情况/年末总户数", "一、人口情况/年末总人口", "二、土地情况", "二、土地情况/耕地面积",
    ]  # fmt: skip
    assert cells(table) == "D9 D10 D12"
    assert [rule.expression for rule in table.rules] == ["[10] >= [9]", "[12] >= 0"]


def test_years_as_names_and_an_empty_corner():
    table = table_of(
        """
        | | 2024年 | 2025年 | 2026年1-9月 |
        | 税收收入 | 1 | 2 | 3 |
        | 非税收入 | 1 | 2 | 3 |
        | 收入合计 | 2 | 4 | 6 |
        """
    )
    assert table.header_rows == (0,)
    assert paths(table) == ["", "2024年", "2025年", "2026年1-9月"]
    assert table.total_rows == (3,)


def test_years_in_digits_as_names_across_and_down():
    across = table_of("| 指标 | 2019 | 2020 | 2021 |\n| 人口 | 100 | 101 | 102 |\n| 户数 | 30 | 31 | 31 |")
    assert across.header_rows == (0,)
    assert paths(across) == ["指标", "2019", "2020", "2021"]
    down = table_of(
        """
        | 模拟县历年财政收入 | < | < |
        | （2021—2023年） | < | < |
        | 年份 | 财政收入（万元） | 增长（%） |
        | 2021 | 1000 | 5 |
        | 2022 | 1050 | 5 |
        | 2023 | | |
        """
    )
    assert (down.title, down.period, down.layout) == ("模拟县历年财政收入", "2021—2023年", Layout.GRID)
    assert [(slot.cell, slot.row_path) for slot in down.slots] == [("B6", ("2023",)), ("C6", ("2023",))]


def test_numbers_in_brackets_and_a_formula_under_the_names():
    table = table_of(
        """
        | 项目 | 期初数 | 本期增加 | 本期减少 | 期末数 |
        | | (1) | (2) | (3) | (4)=(1)+(2)-(3) |
        | 现金 | 10 | 5 | 3 | 12 |
        | 银行存款 | 100 | 50 | 30 | 120 |
        """
    )
    assert table.header_rows == (0, 1)
    assert [column.number for column in table.columns] == ["", "1", "2", "3", "4"]
    assert [rule.expression for rule in table.rules] == ["[E] = [B] + [C] - [D]"]


def test_groups_of_periods_continued_by_blanks_beside_a_unit_column():
    table = table_of(
        """
        | 指标名称 | 计量单位 | 本月 | | 本年累计 | |
        | | | 数值 | 同比增长% | 数值 | 同比增长% |
        | 规模以上工业增加值 | 亿元 | | | | |
        | 固定资产投资 | 亿元 | | | | |
        """
    )
    assert paths(table)[2:] == ["本月/数值", "本月/同比增长%", "本年累计/数值", "本年累计/同比增长%"]
    assert [column.kind for column in table.columns[2:]] == [Kind.NUMBER, Kind.PERCENT] * 2
    assert table.slots[0].unit == "亿元"


def test_names_broken_over_lines_and_spread_by_blanks():
    table = table_of(
        """
        | 序\\n号 | 乡　镇\\n名　称 | 村（社区）\\n数（个） | 网格员\\n人数\\n（人） |
        | 1 | 东镇 | | |
        | 2 | 西镇 | | |
        """
    )
    assert paths(table) == ["序号", "乡镇名称", "村（社区）数（个）", "网格员人数（人）"]
    assert [column.unit for column in table.columns] == ["", "", "个", "人"]


def test_four_levels_of_header():
    table = table_of(
        """
        | 单位 | 固定资产投资 | < | < | < | < | < |
        | ^ | 2025年 | < | < | 2026年 | < | < |
        | ^ | 合计 | 其中 | < | 合计 | 其中 | < |
        | ^ | ^ | 工业 | 民间 | ^ | 工业 | 民间 |
        | 甲县 | 1 | 1 | 1 | 1 | 1 | 1 |
        | 乙县 | 2 | 1 | 1 | 2 | 1 | 1 |
        """
    )
    assert table.header_rows == (0, 1, 2, 3)
    assert paths(table)[5] == "固定资产投资/2026年/其中/工业"
    assert [rule.expression for rule in table.rules] == ["[C] <= [B]", "[D] <= [B]", "[F] <= [E]", "[G] <= [E]"]


def test_group_names_repeated_instead_of_merged():
    table = table_of(
        """
        | 镇 | 一季度 | 一季度 | 二季度 | 二季度 |
        | 镇 | 户数 | 金额 | 户数 | 金额 |
        | 东镇 | | | | |
        | 西镇 | | | | |
        """
    )
    assert paths(table) == ["镇", "一季度/户数", "一季度/金额", "二季度/户数", "二季度/金额"]
    assert cells(table) == "B3 C3 D3 E3 B4 C4 D4 E4"


def test_title_and_unit_on_one_line():
    table = table_of(
        """
        | 模拟县重大项目进展情况月报 | < | < | 单位：万元、% |
        | 项目名称 | 总投资 | 本年计划 | 完成比例 |
        | 模拟一期工程 | 1000 | 200 | |
        | 模拟二期工程 | 500 | 100 | |
        """
    )
    assert (table.title, table.unit) == ("模拟县重大项目进展情况月报", "万元、%")
    assert [column.unit for column in table.columns] == ["", "万元", "万元", "%"]


def test_letters_number_the_columns():
    table = table_of(
        """
        | 村 | 户数 | 人数 | 户均人数 |
        | A | B | C | D=C/B |
        | 东村 | 2 | 6 | 3 |
        | 西村 | 3 | 6 | 2 |
        """
    )
    assert table.header_rows == (0, 1)
    assert [rule.expression for rule in table.rules] == ["[D] = [C] / [B]"]


@pytest.mark.parametrize(
    "line",
    [
        "| 填报村：龙东村 | | | | | 单位：万元 |",
        "| 填报村： | 龙东村 | | | | 单位：万元 |",
        "| 填报村（社区） | 龙东村 | | | | 单位：万元 |",
        "| 乡镇（街道）： | 平安镇 | | 村： | 龙东村 | 单位：万元 |",
        "| 所在社区：东社区 | | | | | 单位：万元 |",
    ],
)
def test_whose_form_it_is_stands_above_the_header(line):
    table = table_of(
        f"""
        | 模拟镇重点工作月报表 | < | < | < | < | < |
        {line}
        | 指标 | 计量单位 | 本月数 | 本年累计 | 去年同期 | 增减率% |
        | 户籍人口 | 人 | | | | |
        | 村集体收入 | | | | | |
        """
    )
    assert table.unit == "万元"
    assert paths(table) == ["指标", "计量单位", "本月数", "本年累计", "去年同期", "增减率%"]
    assert row_paths(table) == ["户籍人口", "村集体收入"]


def test_a_village_asked_of_a_household_is_an_item():
    table = table_of(
        """
        | 农户基本情况登记表 | < | < | < |
        | 所在村： | | 组别： | |
        | 户主姓名 | | 联系电话 | |
        | 家庭人口（人） | | 耕地面积（亩） | |
        """,
        framed=True,
    )
    assert cells(table) == "B2 D2 B3 D3 B4 D4"
