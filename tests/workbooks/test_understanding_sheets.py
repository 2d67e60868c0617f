"""Several tables on a sheet, page breaks, look-up tables, hidden sheets, lines that belong to none. All 模拟."""

from dataclasses import replace

from dukao.workbooks.grid import Workbook
from dukao.workbooks.tables import Layout
from dukao.workbooks.understanding import understand
from tests.workbooks.drawn import cells, drawn, paths, row_paths, sheet_of, table_of


def test_stacked_tables_and_a_code_table_beside_them():
    people, codes, land = sheet_of(
        """
        | 表一 人口情况 | < | < | | 附：代码表 | < |
        | 村名 | 户数 | 人数 | | 代码 | 名称 |
        | 东村 | | | | 1 | 低保户 |
        | 西村 | | | | 2 | 脱贫户 |
        | | | | | 3 | 其他 |
        | 表二 土地情况 | < | < | | | |
        | 村名 | 耕地 | 林地 | | | |
        | 东村 | | | | | |
        | 西村 | | | | | |
        """
    ).tables
    assert (people.title, str(people.area)) == ("表一人口情况", "A2:C4")
    assert (codes.layout, str(codes.area), codes.slots) == (Layout.LOOKUP, "E2:F5", ())
    assert (land.title, str(land.area)) == ("表二土地情况", "A7:C9")
    assert cells(land) == "B8 C8 B9 C9"


def test_tables_that_touch_are_told_by_title_and_note():
    people, land = sheet_of(
        """
        | 表1：模拟镇人口情况表 | < | < | < |
        | 村名 | 总人口（人） | 男 | 女 |
        | 东村 | 100 | 50 | 50 |
        | 合计 | 100 | 50 | 50 |
        | 注：总人口=男+女 | < | < | < |
        | 表2：模拟镇土地情况表（单位：亩） | < | < | < |
        | 村名 | 耕地 | 林地 | 合计 |
        | 东村 | | | |
        | 西村 | | | |
        """
    ).tables
    assert people.notes == ("注：总人口=男+女",)
    assert land.title == "表2：模拟镇土地情况表（单位：亩）"
    assert land.unit == "亩"
    assert [column.unit for column in land.columns] == ["", "亩", "亩", "亩"]
    assert cells(land) == "B8 C8 B9 C9"


def test_rosters_side_by_side_of_different_length():
    east, west = sheet_of(
        """
        | 东村 | < | < | | 西村 | < | < |
        | 姓名 | 年龄 | 电话 | | 姓名 | 年龄 | 电话 |
        | 模拟甲 | 30 | | | 模拟丁 | 50 | |
        | 模拟乙 | 40 | | | | | |
        """
    ).tables
    assert (east.title, west.title) == ("东村", "西村")
    assert (cells(east), cells(west)) == ("C3 C4", "G3")


def test_two_sides_of_a_balance_sheet():
    left, right = sheet_of(
        """
        | 资产负债表 | < | < | < | < | < | < | < |
        | 编制单位：模拟村集体经济组织 | | | 2026年9月30日 | | | | 单位：元 |
        | 资产 | 行次 | 期末余额 | 年初余额 | 负债和所有者权益 | 行次 | 期末余额 | 年初余额 |
        | 流动资产： | | | | 流动负债： | | | |
        | ~货币资金 | 1 | | | ~短期借款 | 14 | | |
        | ~应收款项 | 2 | | | ~应付款项 | 15 | | |
        | 流动资产合计 | 3 | | | 流动负债合计 | 16 | | |
        | 资产总计 | 4 | | | 负债和权益总计 | 17 | | |
        """
    ).tables
    assert row_paths(left) == [
        "流动资产：", "流动资产：/货币资金", "流动资产：/应收款项", "流动资产：/流动资产合计", "资产总计",
    ]  # fmt: skip
    assert cells(left) == "C5 D5 C6 D6"
    assert cells(right) == "G5 H5 G6 H6"
    assert (left.unit, left.period) == ("元", "2026年9月30日")
    assert [rule.expression for rule in right.rules] == ["[7] = [5] + [6]"]


def test_list_printed_in_two_strands():
    tables = sheet_of(
        """
        | 模拟村补贴公示名单 | < | < | < | < | < |
        | 序号 | 姓名 | 金额（元） | 序号 | 姓名 | 金额（元） |
        | 1 | | | 3 | | |
        | 2 | | | 4 | | |
        """
    ).tables
    assert [cells(table) for table in tables] == ["B3 C3 B4 C4", "E3 F3 E4 F4"]


def test_header_printed_again_at_a_page_break_with_its_title():
    table = table_of(
        """
        | 模拟镇党员花名册 | < | < | < |
        | 序号 | 姓名 | 性别 | 入党时间 |
        | 1 | 模拟甲 | 男 | 2001-07-01 |
        | 2 | 模拟乙 | 女 | 2002-07-01 |
        | 模拟镇党员花名册 | < | < | < |
        | 序号 | 姓名 | 性别 | 入党时间 |
        | 3 | 模拟丙 | 男 | 2003-07-01 |
        | 4 | 模拟丁 | 女 | |
        """
    )
    assert str(table.area) == "A2:D8"
    assert table.header_rows == (1, 5)
    assert row_paths(table) == ["模拟甲", "模拟乙", "模拟丙", "模拟丁"]
    assert cells(table) == "D8"


def test_header_printed_again_without_title_or_blank():
    table = table_of(
        """
        | 村名 | 户数 | 人口 |
        | 东村 | 1 | 2 |
        | 村名 | 户数 | 人口 |
        | 西村 | 3 | |
        """
    )
    assert row_paths(table) == ["东村", "西村"]
    assert cells(table) == "C4"


def test_look_up_table_below():
    roster, codes = sheet_of(
        """
        | 序号 | 姓名 | 类别代码 |
        | 1 | | |
        | 2 | | |
        | | | |
        | 类别代码说明 | < | |
        | 代码 | 含义 | |
        | 01 | 低保 | |
        | 02 | 特困 | |
        """
    ).tables
    assert cells(roster) == "B2 C2 B3 C3"
    assert (codes.layout, codes.title) == (Layout.LOOKUP, "类别代码说明")


def test_list_to_choose_from_beside_a_roster():
    sheet = sheet_of(
        """
        | 序号 | 姓名 | 类型 | | 类型选项 |
        | 1 | | | | 低保 |
        | 2 | | | | 特困 |
        | 3 | | | | 其他 |
        """
    )
    assert [cells(table) for table in sheet.tables if table.slots] == ["B2 C2 B3 C3 B4 C4"]
    assert "E2 低保" in sheet.leftover


def test_explanations_below_are_not_rows_to_fill():
    form, explained = sheet_of(
        """
        | 序号 | 指标 | 2026年 |
        | 1 | 户数 | |
        | 2 | 人口 | |
        | 附：指标解释 | < | < |
        | 1 | 户数 | 指年末在本村居住半年以上的家庭户数。 |
        | 2 | 人口 | 指年末在本村居住半年以上的人口数。 |
        """
    ).tables
    assert cells(form) == "C2 C3"
    assert (explained.layout, explained.title) == (Layout.LOOKUP, "附：指标解释")


def test_tables_with_their_own_units_below_one_another():
    income, staff = sheet_of(
        """
        | 表1 收入情况 | | |
        | | | 单位：元 |
        | 项目 | 本年 | 上年 |
        | 财政拨款 | | |
        | 其他收入 | | |
        | | | |
        | 表2 人员情况 | | |
        | | | 单位：人 |
        | 项目 | 编制数 | 实有数 |
        | 行政 | | |
        | 事业 | | |
        """
    ).tables
    assert (income.unit, staff.unit) == ("元", "人")
    assert {slot.unit for slot in staff.slots} == {"人"}


def test_header_right_below_another_table():
    villages, indicators = sheet_of(
        """
        | 序号 | 行政村 | 户数（户） | 人数（人） |
        | 1 | 东村 | 10 | 20 |
        | 2 | 西村 | 11 | 21 |
        | 总计 | | 21 | 41 |
        | 指标 | 计量单位 | 数量 | 备注 |
        | 党员人数 | 人 | | |
        | 道路里程 | 公里 | | |
        """
    ).tables
    assert str(villages.area) == "A1:D4"
    assert row_paths(indicators) == ["党员人数", "道路里程"]


def test_dated_title_ends_the_table_before_it():
    first, second = sheet_of(
        """
        | 指标名称 | 单位 | 数量 |
        | 在校学生 | 人 | |
        | 专任教师 | 人 | |
        | 北桥街道2026年三季度工业历年情况（模拟） | | |
        | 年份 | 零售额 | 投资 |
        | 2024 | | |
        | 2025 | | |
        """
    ).tables
    assert second.title == "北桥街道2026年三季度工业历年情况（模拟）"
    assert (cells(first), cells(second)) == ("C2 C3", "B6 C6 B7 C7")


def test_signatures_end_the_table_before_them():
    table, form = sheet_of(
        """
        | 指标 | 计量单位 | 东村 | 西村 |
        | 乡村医生人数 | 人 | | |
        | 床位数 | 张 | | |
        | 单位负责人： | | 填表人： | |
        | 石门镇2026年7月登记表（模拟） | < | | |
        | 身份证号码 | | | |
        | 出生年月 | | | |
        | 联系电话 | | | |
        """
    ).tables
    assert cells(table) == "C2 D2 C3 D3"
    assert (form.layout, cells(form)) == (Layout.PAIRS, "B6 B7 B8")


def test_form_of_pairs_beside_a_table_by_its_frames():
    grid = drawn(
        """
        | 姓名 | | 民族 | | | 指标 | 单位 | 数量 |
        | 性别 | | 学历 | | | 户数 | 户 | |
        | 电话 | | 住址 | | | 人口 | 人 | |
        """
    )
    grid = replace(grid, framed=frozenset((r, c) for r in range(3) for c in (1, 3, 7) if grid.rows[r][c] is None))
    form, table = understand(Workbook("模拟.xlsx", "xlsx", (grid,))).sheets[0].tables
    assert cells(form) == "B1 D1 B2 D2 B3 D3"
    assert cells(table) == "H2 H3"


def test_sheet_of_notes_only():
    sheet = sheet_of("| 填表说明 |\n| 一、本表由各乡镇填报，每季度末报送。 |\n| 二、户数指年末户籍户数。 |")
    assert sheet.tables == ()
    assert len(sheet.leftover) == 3


def test_blank_row_between_different_headers_parts_tables():
    first, second = sheet_of(
        """
        | 姓名 | 电话 |
        | 模拟甲 | 139 |
        | | |
        | 项目 | 金额（元） |
        | 电费 | 100 |
        | 水费 | 20 |
        """
    ).tables
    assert (paths(first), paths(second)) == (["姓名", "电话"], ["项目", "金额（元）"])


def test_blank_row_before_the_total_parts_nothing():
    table = table_of(
        """
        | 村名 | 户数 |
        | 东村 | 1 |
        | 西村 | 3 |
        | | |
        | 合计 | 4 |
        """
    )
    assert row_paths(table) == ["东村", "西村", "合计"]


def test_framed_empty_rows_are_room_to_fill():
    table = table_of("| 姓名 | 电话 |\n| | |\n| | |\n| 注：每人一行。 |", framed=True)
    assert table.layout is Layout.ROSTER
    grid = replace(drawn("| 姓名 | 电话 | 住址 |"), rows=[["姓名", "电话", "住址"], [None] * 3, [None] * 3])
    grid = replace(grid, framed=frozenset((r, c) for r in (1, 2) for c in range(3)))
    table = understand(Workbook("模拟.xlsx", "xlsx", (grid,))).sheets[0].tables[0]
    assert cells(table) == "A2 B2 C2 A3 B3 C3"
    assert table.doubts == ()


def test_lines_of_no_table_are_told():
    sheet = sheet_of(
        """
        | 附件1 |
        | 模拟县统计表 | < | < |
        | 村名 | 户数 | 人口 |
        | 东村 | | |
        | 西村 | | |
        | 单位负责人：    填表人：    联系电话： |
        """
    )
    assert sheet.leftover == ("A1 附件1", "A6 单位负责人：填表人：联系电话：")
    assert sheet.tables[0].title == "模拟县统计表"


def test_note_above_the_table_belongs_to_it():
    table = table_of(
        """
        | 填表说明：本表统计截至2026年9月底数据。 | < | < |
        | 村名 | 户数 | 人口 |
        | 东村 | | |
        """
    )
    assert table.notes == ("填表说明：本表统计截至2026年9月底数据。",)


def test_notes_over_several_lines():
    table = table_of(
        """
        | 村名 | 户数 | 人口 |
        | 东村 | | |
        | 西村 | | |
        | 填表说明： | < | < |
        | 1.户数指年末户籍户数。 | < | < |
        | 2.人口指年末户籍人口。 | < | < |
        """
    )
    assert table.notes == ("填表说明：", "1.户数指年末户籍户数。", "2.人口指年末户籍人口。")


def test_hidden_sheet_asks_nothing():
    grid = replace(drawn("| 姓名 | 电话 |\n| | |", framed=True), is_hidden=True)
    sheet = understand(Workbook("模拟.xlsx", "xlsx", (grid,))).sheets[0]
    assert sheet.is_hidden
    assert sheet.tables[0].slots == ()
    assert "隐藏的工作表" in sheet.tables[0].doubts[-1]


def test_empty_sheets_and_single_cells():
    assert sheet_of("").tables == ()
    sheet = sheet_of("| 封面：模拟县报表制度 |")
    assert sheet.tables == ()
    assert sheet.leftover == ("A1 封面：模拟县报表制度",)


def test_the_summary_of_an_earlier_filling_asks_nothing():
    text = """
        | 本表 2 项：已填 1，需填 1 | | |
        | 工作表 | 单元格 | 要填的内容 |
        | 表一 | D4 | 户籍户数 |
        """
    grid = replace(drawn(text), name="填报摘要")
    (sheet,) = understand(Workbook("表.xlsx", "xlsx", (grid,))).sheets
    assert (sheet.tables, sheet.leftover) == ((), ())


def test_what_a_form_says_of_itself_is_no_heading():
    table = table_of(
        """
        | 村级情况表（模拟） | < | < |
        | 填报单位：东村 | | 报告期：2026年三季度 |
        | 项目 | 户籍人口（人） | 耕地面积（公顷） |
        | 东村 | | |
        """
    )
    assert paths(table) == ["项目", "户籍人口（人）", "耕地面积（公顷）"]


def test_explanations_beside_a_table_are_none_of_it():
    sheet = sheet_of(
        """
        | 卫生统计表（模拟） | < | < | | 填表说明 |
        | 指标 | 单位 | 数量 | | 1.床位数按实有床位填写 |
        | 床位数 | 张 | | | 2.签约人数不重复计算 |
        | 签约人数 | 人 | | | |
        """
    )
    (table,) = sheet.tables
    assert (str(table.area), cells(table)) == ("A2:C4", "C3 C4")


def test_tables_under_titles_of_their_own_are_apart():
    left, right = sheet_of(
        """
        | 甲镇登记表（模拟） | < | < | < | | 乙镇人口情况表（模拟） | < |
        | 项目名称 | | 建设单位 | | | 指标 | 数量 |
        | 总投资（万元） | | 开工日期 | | | 总人口（人） | |
        | 资金来源 | | 建设地点 | | | 总户数（户） | |
        """
    ).tables
    assert (left.title, cells(left)) == ("甲镇登记表（模拟）", "B2 D2 B3 D3 B4 D4")
    assert (right.title, cells(right)) == ("乙镇人口情况表（模拟）", "G3 G4")


def test_a_list_of_codes_right_beside_a_form_is_none_of_it():
    sheet = sheet_of(
        """
        | 姓名 | | 性别 | | 代码 | 民族 |
        | 民族 | | 联系电话 | | 1 | 汉族 |
        | 住址 | | 邮编 | | 2 | 满族 |
        """,
        framed=True,
    )
    form = next(table for table in sheet.tables if table.slots)
    assert cells(form) == "B1 D1 B2 D2 B3 D3"


def test_a_blank_row_above_others_only_sets_them_apart():
    table = table_of(
        "| 村名 | 生猪存栏（头） | 肉牛存栏（头） |\n| | | |\n| 东村 | | |\n| 西村 | | |\n| | | |", framed=True
    )
    assert cells(table) == "B3 C3 B4 C4 B5 C5"
