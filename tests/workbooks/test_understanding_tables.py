"""Single tables as towns and villages get them. All forms are 模拟."""

import pytest

from dukao.workbooks.tables import Kind, Layout
from tests.workbooks.drawn import cells, paths, row_paths, table_of


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


def test_roster_with_numbered_empty_rows():
    table = table_of(
        """
        | 模拟镇困难群众花名册 | < | < | < | < |
        | 序号 | 姓名 | 性别 | 身份证号 | 备注 |
        | 1 | | | | |
        | 2 | | | | |
        | 注：性别填“男”或“女”。 |
        """
    )
    assert table.layout is Layout.ROSTER
    assert table.rows == ()
    assert cells(table) == "B3 C3 D3 E3 B4 C4 D4 E4"
    assert table.notes == ("注：性别填“男”或“女”。",)
    assert table.columns[0].kind is Kind.SERIAL
    assert table.columns[3].kind is Kind.TEXT


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


def test_filled_roster_of_texts_only():
    table = table_of(
        """
        | 序号 | 姓名 | 性别 | 出生日期 | 村组 |
        | 1 | 模拟甲 | 男 | 1980-01-02 | 一组 |
        | 2 | 模拟乙 | 女 | 1990-01-02 | |
        """
    )
    assert table.layout is Layout.ROSTER
    assert row_paths(table) == ["模拟甲", "模拟乙"]
    assert table.columns[3].kind is Kind.DATE
    assert cells(table) == "E3"


def test_identity_and_card_numbers_are_texts_money_has_its_unit():
    table = table_of(
        """
        | 姓名 | 身份证号码 | 银行卡号 | 补贴标准(元/亩) | 面积(亩) | 金额(元) | 是否发放 |
        | 模拟甲 | '230200199001010000' | '6217000000000000000' | 100 | 2.5 | 250 | 是 |
        | 模拟乙 | '23020019900101000X' | '6217000000000000001' | 100 | 3 | | 否 |
        """
    )
    assert [column.kind for column in table.columns] == [
        Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER, Kind.TEXT,
    ]  # fmt: skip
    assert [column.unit for column in table.columns] == ["", "", "", "元/亩", "亩", "元", ""]
    assert cells(table) == "F3"


def test_total_row_at_the_top_of_a_roster_that_begins_at_b3():
    table = table_of(
        """
        | | | | | | | |
        | | 模拟区企业用工情况明细表 | < | < | < | < | < |
        | | 序号 | 企业名称 | 用工人数（人） | < | 联系人 | < |
        | | ^ | ^ | 总数 | 其中：本地 | 姓名 | 电话 |
        | | 合计 | < | | | | |
        | | 1 | | | | | |
        | | 2 | | | | | |
        """
    )
    assert str(table.area) == "B3:G7"
    assert table.total_rows == (4,)
    assert cells(table) == "C6 D6 E6 F6 G6 C7 D7 E7 F7 G7"


def test_codes_offered_in_headers():
    table = table_of(
        """
        | 序号 | 户主姓名 | 是否脱贫户（1.是 2.否） | 致贫原因（①因病②因残③因学④其他） | 性别（男/女） |
        | 1 | | | | |
        """
    )
    assert [column.codes for column in table.columns[2:]] == [
        (("1", "是"), ("2", "否")),
        (("①", "因病"), ("②", "因残"), ("③", "因学"), ("④", "其他")),
        (("男", "男"), ("女", "女")),
    ]
    assert {slot.kind for slot in table.slots[1:]} == {Kind.CODE}


def test_lists_to_choose_from_are_codes():
    from dukao.workbooks.grid import Area

    table = table_of("| 序号 | 姓名 | 类型 |\n| 1 | | |\n| 2 | | |", choices={Area(1, 2, 9, 2): ("低保", "特困")})
    assert table.columns[2].codes == (("低保", "低保"), ("特困", "特困"))
    assert table.slots[-1].kind is Kind.CODE


def test_names_on_the_left_records_side_by_side():
    table = table_of("| 姓名 | | | |\n| 性别 | | | |\n| 年龄 | | | |", framed=True)
    assert table.layout is Layout.GRID
    assert table.header_rows == ()
    assert row_paths(table) == ["姓名", "性别", "年龄"]
    assert cells(table) == "B1 C1 D1 B2 C2 D2 B3 C3 D3"


def test_filled_records_side_by_side_are_no_roster_of_strange_columns():
    table = table_of(
        """
        | 姓名 | 模拟甲 | 模拟乙 | 模拟丙 |
        | 年龄 | 30 | 40 | 50 |
        | 文化程度 | 初中 | 高中 | 大学 |
        | 联系电话 | 1390000 | 1390001 | 1390002 |
        """
    )
    assert table.header_rows == ()
    assert row_paths(table) == ["姓名", "年龄", "文化程度", "联系电话"]


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


def test_header_alone_asks_in_the_row_below_and_says_so():
    table = table_of("| 模拟名单 | < | < |\n| 姓名 | 电话 | 住址 |")
    assert table.layout is Layout.ROSTER
    assert cells(table) == "A3 B3 C3"
    assert table.doubts == ("表头下没有留出空行，按从第3行起填写处理",)


def test_ellipsis_row_and_total_at_the_end_of_a_roster():
    table = table_of(
        """
        | 序号 | 单位 | 上报数 | < |
        | ^ | ^ | 件数 | 金额 |
        | 1 | | | |
        | …… | | | |
        | 合计 | | | |
        """
    )
    assert cells(table) == "B3 C3 D3 B4 C4 D4"
    assert table.total_rows == (4,)


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


def test_roster_is_called_by_the_person_not_by_the_village():
    table = table_of(
        """
        | 村名 | 户主姓名 | 身份证号 | 补贴类别 | 发放日期 | 金额 |
        | 东村 | 模拟甲 | 23020019******1234 | 耕地地力 | 2026/3/5 | 1,234.50 |
        | 东村 | 模拟乙 | 23020019******1235 | 耕地地力 | 2026/3/5 | 980.00 |
        | 合计 | | | | | 2,214.50 |
        """
    )
    assert row_paths(table) == ["模拟甲", "模拟乙", "合计"]
    assert table.total_rows == (3,)
    assert [column.kind for column in table.columns[4:]] == [Kind.DATE, Kind.NUMBER]


def test_duties_by_day_and_a_list_of_checks():
    duties = table_of("| 日期 | 带班领导 | 值班人员 |\n| 9月1日 | | |\n| 9月2日 | | |")
    assert duties.slots[0].row_path == ("9月1日",)
    checks = table_of(
        """
        | 序号 | 自查内容 | 是否存在（√/×） | 整改情况 |
        | 1 | 是否存在重复填报报表 | | |
        | 2 | 是否要求每日打卡 | | |
        """
    )
    assert cells(checks) == "C2 D2 C3 D3"
    assert checks.columns[2].codes == (("√", "√"), ("×", "×"))


def test_code_book_asks_nothing():
    table = table_of("| 代码 | 名称 | 说明 |\n| 110 | 一类 | 指甲类情况 |\n| 120 | 二类 | 指乙类情况 |")
    assert table.layout is Layout.LOOKUP


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


def test_boxes_to_tick_are_open_cells():
    table = table_of(
        """
        | 模拟服务满意度测评表 | < | < | < |
        | 序号 | 测评项目 | 满意 | 不满意 |
        | 1 | 办事效率 | □ | □ |
        | 2 | 服务态度 | □ | □ |
        """
    )
    assert [(slot.cell, slot.row_path) for slot in table.slots[:2]] == [("C3", ("办事效率",)), ("D3", ("办事效率",))]


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


def test_answers_of_a_survey_in_columns():
    table = table_of(
        """
        | 提交时间 | 1.您的性别 | 2.您的年龄段（1.18岁以下 2.18-40岁 3.41岁以上） | 3.您对村务公开是否满意？ |
        | 2026/9/1 10:20 | 男 | 2 | 满意 |
        | 2026/9/1 10:25 | 女 | 3 | 一般 |
        """
    )
    assert table.layout is Layout.ROSTER
    assert [title for _, title in table.columns[2].codes] == ["18岁以下", "18-40岁", "41岁以上"]


@pytest.mark.parametrize("columns", [2, 5, 12])
@pytest.mark.parametrize("rows", [1, 3, 40])
def test_every_open_cell_of_a_roster_is_asked_whatever_its_size(columns, rows):
    head = "| 序号 | " + " | ".join(f"指标{n}" for n in range(1, columns)) + " |"
    body = "\n".join(f"| {n} |" + " |" * (columns - 1) for n in range(1, rows + 1))
    table = table_of(f"{head}\n{body}")
    assert len(table.slots) == rows * (columns - 1)
