"""Rosters, records and lists: a row or a column per person or thing."""

import pytest

from dukao.workbooks.tables import Kind, Layout
from tests.workbooks.drawn import cells, row_paths, table_of


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
