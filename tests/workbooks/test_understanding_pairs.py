"""Questionnaires and personal forms: item and answer side by side. All forms are 模拟."""

import pytest

from dukao.workbooks.grid import Workbook, cell_name
from dukao.workbooks.tables import Kind, Layout
from dukao.workbooks.understanding import understand
from tests.workbooks.drawn import cells, drawn, paths, row_paths, sheet_of, table_of


def asked(table):
    return [("/".join(slot.path), slot.cell) for slot in table.slots]


def test_personal_form_with_boxes_and_wide_answers():
    table = table_of(
        """
        | 模拟居民信息登记表 | < | < | < | < | < |
        | 姓名 | | 性别 | □男 □女 | 民族 | |
        | 身份证号 | | < | < | 联系电话 | |
        | 家庭住址 | | < | < | < | < |
        """
    )
    assert table.layout is Layout.PAIRS
    assert table.title == "模拟居民信息登记表"
    assert asked(table) == [
        ("姓名", "B2"), ("性别", "D2"), ("民族", "F2"), ("身份证号", "B3"), ("联系电话", "F3"), ("家庭住址", "B4"),
    ]  # fmt: skip
    assert table.slots[1].codes == (("男", "男"), ("女", "女"))
    assert table.slots[1].kind is Kind.CODE


def test_filled_form_asks_nothing_but_tells_its_items_and_places():
    table = table_of(
        """
        | 姓名 | 模拟甲 | 性别 | 男 |
        | 出生年月 | 1980-01 | 民族 | 汉族 |
        | 地址 | 模拟镇东村 | < | < |
        """
    )
    assert table.layout is Layout.PAIRS
    assert paths(table) == ["姓名", "性别", "出生年月", "民族", "地址"]
    assert [(row.index, column.index) for row, column in zip(table.rows, table.columns, strict=True)] == [
        (0, 1), (0, 3), (1, 1), (1, 3), (2, 1),
    ]  # fmt: skip
    assert table.slots == ()


def test_application_form_with_a_small_roster_in_it():
    sheet = sheet_of(
        """
        | 模拟县临时救助申请审批表 | < | < | < | < | < | < |
        | 申请人基本情况 | 姓名 | | 性别 | | 出生年月 | |
        | ^ | 身份证号 | | < | < | 联系电话 | |
        | ^ | 户籍地址 | | < | < | < | < |
        | 共同生活家庭成员 | 姓名 | 与申请人关系 | 年龄 | 健康状况 | 月收入（元） | 备注 |
        | ^ | | | | | | |
        | ^ | | | | | | |
        | 申请理由 | | < | < | < | < | < |
        | 村（居）委会意见 | （盖章）\\n年   月   日 | < | < | < | < | < |
        | 乡镇审批意见 | | < | < | 县民政局意见 | | < |
        """
    )
    first, roster, last = sheet.tables
    assert [path for path, _ in asked(first)] == [
        "申请人基本情况/姓名", "申请人基本情况/性别", "申请人基本情况/出生年月",
        "申请人基本情况/身份证号", "申请人基本情况/联系电话", "申请人基本情况/户籍地址",
    ]  # fmt: skip
    assert (roster.layout, roster.title) == (Layout.ROSTER, "共同生活家庭成员")
    assert paths(roster) == ["姓名", "与申请人关系", "年龄", "健康状况", "月收入（元）", "备注"]
    assert len(roster.slots) == 12
    assert asked(last) == [("申请理由", "B8"), ("乡镇审批意见", "B10"), ("县民政局意见", "F10")]


def test_labels_with_colons_and_offered_answers():
    table = table_of(
        """
        | 模拟企业基本信息采集表 | < | < | < |
        | 单位名称： | | 统一社会信用代码： | |
        | 法定代表人： | | 联系电话： | |
        | 注册资本（万元）： | | 从业人数（人）： | |
        | 是否规上企业： | 1.是 2.否 | 备注： | |
        """,
        framed=True,
    )
    assert [path for path, _ in asked(table)] == [
        "单位名称", "统一社会信用代码", "法定代表人", "联系电话", "注册资本（万元）", "从业人数（人）",
        "是否规上企业", "备注",
    ]  # fmt: skip
    assert table.slots[4].unit == "万元"
    assert table.slots[6].codes == (("1", "是"), ("2", "否"))


def test_survey_of_long_questions():
    sheet = sheet_of(
        """
        | 模拟社区居民满意度调查问卷 | < |
        | 您好！为了解居民对社区服务的意见，请您抽出几分钟填写本问卷，感谢您的支持。 | < |
        | 1.您的年龄是？（A.18岁以下 B.18—40岁 C.41—60岁 D.60岁以上） | |
        | 2.您对社区卫生是否满意？（1.满意 2.一般 3.不满意） | |
        | 3.您的建议： | |
        """,
        framed=True,
    )
    (table,) = sheet.tables
    assert cells(table) == "B3 B4 B5"
    assert table.slots[0].codes == (("A", "18岁以下"), ("B", "18—40岁"), ("C", "41—60岁"), ("D", "60岁以上"))
    assert table.slots[1].codes == (("1", "满意"), ("2", "一般"), ("3", "不满意"))
    assert sheet.leftover == ("A2 您好！为了解居民对社区服务的意见，请您抽出几分钟填写本问卷，感谢您的支持。",)


def test_groups_on_the_left_and_a_unit_between_item_and_answer():
    table = table_of(
        """
        | 模拟镇基本情况调查表 | < | < | < |
        | 人口 | 总人口 | 人 | |
        | ^ | 其中：常住人口 | 人 | |
        | 土地 | 耕地面积 | 亩 | |
        | ^ | 林地面积 | 亩 | |
        """,
        framed=True,
    )
    assert [(slot.cell, "/".join(slot.path), slot.unit) for slot in table.slots] == [
        ("D2", "人口/总人口", "人"),
        ("D3", "人口/其中：常住人口", "人"),
        ("D4", "土地/耕地面积", "亩"),
        ("D5", "土地/林地面积", "亩"),
    ]


def test_unit_behind_the_answer():
    table = table_of(
        """
        | 总户数 | | 户 | 总人口 | | 人 |
        | 耕地面积 | | 亩 | 村集体收入 | | 万元 |
        """,
        framed=True,
    )
    assert [(slot.cell, slot.unit) for slot in table.slots] == [
        ("B1", "户"), ("E1", "人"), ("B2", "亩"), ("E2", "万元"),
    ]  # fmt: skip


def test_labels_over_two_columns_and_several_answers_to_tick():
    table = table_of(
        """
        | 模拟合作社信息表 | < | < | < | < | < |
        | 合作社名称 | < | | < | < | < |
        | 成立时间 | < | | 注册资金（万元） | < | |
        | 成员数（户） | < | | 其中：脱贫户（户） | < | |
        | 主营业务（可多选） | < | □种植 □养殖 □加工 □其他____ | < | < | < |
        """
    )
    assert cells(table) == "C2 C3 F3 C4 F4 C5"
    assert [title for _, title in table.slots[-1].codes] == ["种植", "养殖", "加工", "其他"]


def test_placeholders_wait_for_answers():
    table = table_of(
        """
        | 姓名 | ____ | 出生日期 |     年  月  日 |
        | 家庭人口 | ____人 | 年收入 | ＿＿＿元 |
        """
    )
    assert [(slot.cell, slot.unit) for slot in table.slots] == [
        ("B1", ""), ("D1", ""), ("B2", "人"), ("D2", "元"),
    ]  # fmt: skip
    assert table.slots[1].kind is Kind.DATE


def test_a_blank_before_any_unit_of_measure_waits_for_a_figure_in_it():
    table = table_of(
        """
        | 村级组织运转情况调查表 | < | < | < |
        | 家庭人口 | 共____人 | 村办公用房面积 | ~~~~平方米 |
        | 年收入 | 约____万元 | 亩均收入 | ____元/亩 |
        | 经营性收入占比 | ____% | 所在组别 | ~~组 |
        """,
        framed=True,
    )
    assert [(slot.cell, slot.unit, slot.kind) for slot in table.slots] == [
        ("B2", "人", Kind.NUMBER), ("D2", "平方米", Kind.NUMBER), ("B3", "万元", Kind.NUMBER),
        ("D3", "元/亩", Kind.NUMBER), ("B4", "%", Kind.PERCENT),
    ]  # fmt: skip


def test_blanks_in_rows_of_a_table_say_the_unit_of_each_and_what_stands_inside_of_words_is_told():
    from dukao.workbooks.grid import Workbook
    from dukao.workbooks.understanding import understand
    from tests.workbooks.drawn import drawn

    grid = drawn(
        """
        | 指标名称 | 本期 | 上年同期 |
        | 村集体收入 | ____万元 | ____万元 |
        | 道路硬化 | ____公里 | ____公里 |
        | 主要做法 | 新建____处、改建____处 | |
        """,
        name="表一",
    )
    understood = understand(Workbook("模拟.xlsx", "xlsx", (grid,)))
    (table,) = understood.sheets[0].tables
    assert [(s.cell, s.unit) for s in table.slots][:4] == [
        ("B2", "万元"),
        ("C2", "万元"),
        ("B3", "公里"),
        ("C3", "公里"),
    ]
    assert "B4" not in [slot.cell for slot in table.slots]
    assert understood.doubts == ("工作表“表一”有 1 处（如 B4）把空格留在文字中间，要手工填写",)


def test_half_filled_form_asks_the_rest():
    table = table_of(
        """
        | 姓名 | 模拟甲 | 性别 | |
        | 民族 | 汉族 | 学历 | |
        | 联系电话 | | 政治面貌 | 群众 |
        """
    )
    assert asked(table) == [("性别", "D1"), ("学历", "D2"), ("联系电话", "B3")]


def test_sections_of_a_form_lead_its_items():
    table = table_of(
        """
        | 模拟项目申报表 | < | < | < |
        | 一、项目基本情况 | < | < | < |
        | 项目名称 | | 建设性质 | |
        | 总投资（万元） | | 建设年限 | |
        | 二、申报单位情况 | < | < | < |
        | 单位名称 | | 联系人 | |
        """,
        framed=True,
    )
    assert asked(table) == [
        ("一、项目基本情况/项目名称", "B3"),
        ("一、项目基本情况/建设性质", "D3"),
        ("一、项目基本情况/总投资（万元）", "B4"),
        ("一、项目基本情况/建设年限", "D4"),
        ("二、申报单位情况/单位名称", "B6"),
        ("二、申报单位情况/联系人", "D6"),
    ]


def test_answers_outside_of_what_the_file_holds():
    table = table_of("| 模拟单位调查表 |\n| 单位名称 |\n| 地址 |\n| 从业人数 |")
    assert asked(table) == [("单位名称", "B2"), ("地址", "B3"), ("从业人数", "B4")]
    assert table.doubts == ("没有画出填写的位置，按各项右边的一格处理",)


def test_name_in_front_that_elsewhere_heads_columns():
    table = table_of("| 名称 | | 法定代表人 | |\n| 主要产品 | | 年产值（万元） | |", framed=True)
    assert cells(table) == "B1 D1 B2 D2"


def test_place_for_a_picture_asks_nothing():
    table = table_of(
        """
        | 模拟人员信息表 | < | < | < | < |
        | 姓名 | | 性别 | | 照片 |
        | 民族 | | 籍贯 | | ^ |
        | 学历 | | 政治面貌 | | ^ |
        | 工作单位及职务 | | < | < | < |
        """,
        framed=True,
    )
    assert cells(table) == "B2 D2 B3 D3 B4 D4 B5"
    assert table.doubts == ()


def test_roster_of_two_header_rows_within_a_form():
    form, roster = sheet_of(
        """
        | 模拟村情况登记表 | < | < | < | < | < |
        | 村名 | | 支部书记 | | 联系电话 | |
        | 是否脱贫村 | □是 □否 | 是否示范村 | □是 □否 | 村集体收入（万元） | |
        | 序号 | 产业名称 | 规模 | < | 产值（万元） | 带动户数（户） |
        | ^ | ^ | 数量 | 单位 | ^ | ^ |
        | 1 | | | | | |
        | 2 | | | | | |
        """,
        framed=True,
    ).tables
    assert cells(form) == "B2 D2 F2 B3 D3 F3"
    assert paths(roster) == ["序号", "产业名称", "规模/数量", "规模/单位", "产值（万元）", "带动户数（户）"]
    assert len(roster.slots) == 10


def test_text_file_without_merges_whose_last_answers_were_cut_off():
    table = table_of(
        """
        | 模拟居民信息登记表 | | | | |
        | 姓名 | | 性别 | | 民族 |
        | 身份证号 | | 联系电话 | | |
        | 家庭住址 | | | | |
        """
    )
    assert cells(table) == "B2 D2 F2 B3 D3 B4"


def test_boxes_behind_a_question_are_asked_and_other_room_inside_of_texts_is_told():
    from dukao.workbooks.grid import Workbook
    from dukao.workbooks.understanding import understand
    from tests.workbooks.drawn import drawn

    grid = drawn("| 模拟入户走访表 |\n| 户主姓名：________  联系电话：________ |\n| 是否参保：□是 □否 |", name="走访")
    understood = understand(Workbook("模拟.xlsx", "xlsx", (grid,)))
    (table,) = understood.sheets[0].tables
    assert [
        (path, cell, [title for _, title in slot.codes])
        for (path, cell), slot in zip(asked(table), table.slots, strict=True)
    ] == [("是否参保", "A3", ["是", "否"])]
    assert understood.doubts == ("工作表“走访”有 1 处（如 A2）把空格留在文字中间，要手工填写",)


def test_answers_that_read_like_items_are_told_by_their_place():
    table = table_of(
        """
        | 资金来源 | 乡镇统计单位 | 开工日期 | |
        | 存在问题 | | 形象进度 | 自筹 |
        | 项目名称 | | 建设地点 | 平安镇 |
        """,
        framed=True,
    )
    assert table.layout is Layout.PAIRS
    assert cells(table) == "D1 B2 B3"


def test_answers_in_hidden_columns_are_not_asked():
    table = table_of("| 姓名 | | 性别 | |\n| 民族 | | 住址 | |", framed=True, hidden_columns=frozenset((3,)))
    assert cells(table) == "B1 B2"


def test_columns_that_are_numbered_are_no_pairs():
    table = table_of("| 项目 | 学校数 | 在校学生 |\n| 甲 | 1 | 2 |\n| 小学 | | |\n| 初中 | | |", framed=True)
    assert table.layout is Layout.GRID
    assert cells(table) == "B3 C3 B4 C4"


def test_boxes_in_the_rows_of_a_table_are_its_answers():
    table = table_of(
        """
        | 序号 | 调查内容 | 答案 |
        | 1 | 是否通自来水 | 是□ 否□ |
        | 2 | 是否有卫生室 1.有 2.无 | |
        """,
        framed=True,
    )
    assert [(slot.cell, [title for _, title in slot.codes]) for slot in table.slots] == [
        ("C2", ["是", "否"]), ("C3", ["有", "无"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("boxes", "places"),
    [
        ("是 | □ | 否 | □", "C2 E2"), ("□ | 是 | □ | 否", "B2 D2"), ("是 □ | 否 □ | |", "B2 C2"),
        ("□是 | □否 | |", "B2 C2"),
        ("是 | ☑ | 否 | □", ""), ("是 □ | 否 ☑ | |", ""),
    ],
)  # fmt: skip
def test_boxes_in_cells_of_their_own_are_one_question(boxes, places):
    table = table_of(f"| 联系电话 | | | | |\n| 是否通自来水 | {boxes} |\n| 户籍人口（人） | | | | |", framed=True)
    asked = [slot for slot in table.slots if slot.path == ("是否通自来水",)]
    assert " ".join(cell_name(*place) for slot in asked for place in slot.places) == places
    assert all([box.title for box in slot.boxes] == ["是", "否"] for slot in asked)
    assert table.doubts == ()


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        ("| 性别：□男 □女~民族：□汉族 □其他 | < | < | < |", "A2"),
        ("| 基本情况 | 性别：□男 □女~民族：□汉族 □其他 | < | < |", "B2"),
    ],
)
def test_several_questions_with_boxes_in_one_cell_are_told_and_leave_the_form_whole(row, cell):
    table = table_of(f"| 姓名 | | 电话 | |\n{row}\n| 住址 | | 政治面貌 | |", framed=True)
    assert table.layout is Layout.PAIRS
    assert cells(table) == "B1 D1 B3 D3"
    assert table.doubts == (f"{cell} 一格里有几个要勾选的问题，要手工勾选",)


@pytest.mark.parametrize(
    "head", ["| 题号 | 问题 | 回答 |", "| 序号 | 题目 | 填写内容 |", "| 序号 | 调查问题 | 本村填报情况 |"]
)
@pytest.mark.parametrize("answers", [("", "", "□是 □否"), (1200, 3000, "是")])
def test_questions_and_answers_under_a_header_are_pairs(head, answers):
    questions = ("本村户籍人口有多少人？", "本村耕地面积有多少亩？", "是否通自来水？")
    lines = [f"| {n} | {q} | {a} |" for n, (q, a) in enumerate(zip(questions, answers, strict=True), 1)]
    table = table_of("\n".join(["| 调查问卷（模拟） | < | < |", head, *lines]), framed=True)
    assert table.layout is Layout.PAIRS
    assert paths(table) == list(questions)
    assert cells(table) == ("" if answers[0] else "C3 C4 C5")


@pytest.mark.parametrize(
    "form",
    [
        """
        | 一、基本情况 | |
        | 户籍人口有多少人？ | |
        | 耕地面积有多少亩？ | |
        | 二、设施 | |
        | 是否通自来水？ | |
        """,
        """
        | 一、基本情况 | < |
        | 户籍人口有多少人？ | |
        | 耕地面积有多少亩？ | |
        | 二、设施 | < |
        | 是否通自来水？ | |
        """,
    ],
)
def test_sections_of_a_questionnaire_ask_nothing_merged_or_not(form):
    table = table_of(form, framed=True)
    assert table.layout is Layout.PAIRS
    assert cells(table) == "B2 B3 B5"
    assert paths(table)[0] == "一、基本情况/户籍人口有多少人？"
    assert paths(table)[-1] == "二、设施/是否通自来水？"


def test_the_unit_of_a_question_may_stand_in_a_column_of_its_own():
    table = table_of(
        "| 问题 | 单位 | 回答 |\n| 户籍人口有多少？ | 人 | |\n| 耕地面积有多少？ | 亩 | |\n| 是否通自来水？ | — | |",
        framed=True,
    )
    assert table.layout is Layout.PAIRS
    assert [(slot.cell, slot.unit) for slot in table.slots] == [("C2", "人"), ("C3", "亩"), ("C4", "")]


def test_several_questions_in_one_cell_are_told_wherever_they_stand():
    several = "通水：□是 □否~通网：□是 □否"
    table = table_of(
        f"| 村名 | 设施 | 户数（户） |\n| 东村 | {several} | |\n| 西村 | {several} | |\n| 南村 | {several} | |",
        framed=True,
    )
    assert row_paths(table) == ["东村", "西村", "南村"]
    assert cells(table) == "C2 C3 C4"
    assert table.doubts == ("B2 等 3 格里各有几个要勾选的问题，要手工勾选",)
    sheet = f"| 登记表（模拟） | < | < | < |\n| {several} | < | < | < |\n| 村名 | | 户数 | |\n| 村支书姓名 | | 电话 | |"
    understood = understand(Workbook("模拟.xlsx", "xlsx", (drawn(sheet, framed=True),)))
    assert understood.doubts == ("工作表“Sheet1”的 A2 一格里有几个要勾选的问题，要手工勾选",)
