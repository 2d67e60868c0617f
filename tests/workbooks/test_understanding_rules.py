"""Arithmetic that a form prints or implies, and its test on what was filled in. All forms are 模拟."""

from decimal import Decimal

import pytest

from dukao.workbooks.grid import Workbook
from dukao.workbooks.tables import Layout
from dukao.workbooks.understanding import understand, violations
from tests.workbooks.drawn import drawn, table_of


def said(text, **signs):
    return [rule.expression for rule in table_of(text, **signs).rules]


NUMBERED = """
| 乡镇 | 总户数 | 其中：脱贫户 | 总人口 | 男 | 女 |
| 甲 | 1 | 2 | 3 | 4 | 5 |
| 东镇 | | | | | |
| 西镇 | | | | | |
| {note} |
"""


@pytest.mark.parametrize(
    ("note", "expressions"),
    [
        ("注：3=4+5", ["[D] = [E] + [F]"]),
        ("注：3列=4列+5列。", ["[D] = [E] + [F]"]),
        ("说明：第3栏=第4栏+第5栏；第1栏≥第2栏", ["[D] = [E] + [F]", "[B] >= [C]"]),
        ("逻辑关系：（3）=（4）+（5）；（1）≥（2）", ["[D] = [E] + [F]", "[B] >= [C]"]),
        ("审核关系：1.总人口＝男＋女；2.总户数≥其中：脱贫户", ["[D] = [E] + [F]", "[B] >= [C]"]),
        ("注：总人口应等于男、女之和", ["[D] = [E] + [F]"]),
        ("注：总户数不大于总人口", ["[B] <= [D]"]),
        ("注：总户数应大于等于脱贫户", ["[B] >= [C]"]),
        ("注：4列=3列-5列，5列<=3列", ["[E] = [D] - [F]", "[F] <= [D]"]),
        ("注：5列=3列×100%", ["[F] = [D] * 100"]),
        ("注：1列≥2列≥0", ["[B] >= [C]", "[C] >= 0"]),
        ("注：3列=(4列+5列)×1", ["[D] = ([E] + [F]) * 1"]),
    ],
)
def test_notes_over_numbered_columns(note, expressions):
    implied = ["[C] <= [B]"]
    found = [expression for expression in said(NUMBERED.format(note=note)) if expression not in implied]
    assert found == expressions


@pytest.mark.parametrize(
    ("note", "expressions"),
    [
        ("注：①=②+③", ["[B] = [C] + [D]"]),
        ("注：①＝②至④之和", ["[B] = [C] + [D] + [E]"]),
        ("注：①≥②，④=③÷①×100%", ["[B] >= [C]", "[E] = [D] / [B] * 100"]),
        ("1.①=②+③；2.③≤①。", ["[B] = [C] + [D]", "[D] <= [B]"]),
        ("平衡关系：①=②+③=④", ["[B] = [C] + [D]", "[B] = [E]"]),
    ],
)
def test_notes_over_circled_columns(note, expressions):
    form = f"""
    | 村 | 甲项 | 乙项 | 丙项 | 丁项 |
    | | ① | ② | ③ | ④ |
    | 东村 | | | | |
    | 西村 | | | | |
    | 说明：{note} |
    """
    assert said(form) == expressions


@pytest.mark.parametrize(
    ("note", "expressions"),
    [
        ("注：01行=02行+03行", ["[2] = [3] + [4]"]),
        ("审核关系：01≥02，01=02+03", ["[2] >= [3]", "[2] = [3] + [4]"]),
        ("注：第1行=第2行至第4行之和", ["[2] = [3] + [4] + [5]"]),
        ("注：全部收入=经营收入+补助收入+其他收入", ["[2] = [3] + [4] + [5]"]),
        ("注：5行不等于1行", None),
    ],
)
def test_notes_over_rows(note, expressions):
    form = f"""
    | 项目 | 行次 | 金额（元） |
    | 全部收入 | 01 | |
    | 经营收入 | 02 | |
    | 补助收入 | 03 | |
    | 其他收入 | 04 | |
    | {note} |
    """
    if expressions is None:
        assert all(rule.expression == "" for rule in table_of(form).rules)
    else:
        assert said(form) == expressions


CODED = """
| 指标名称 | 计量单位 | 项目代码 | 本期 | 上年同期 |
| 甲 | 乙 | 丙 | 1 | 2 |
| 一、人口 | | | | |
| 户籍人口 | 人 | {0} | | |
| 男性 | 人 | {1} | | |
| 女性 | 人 | {2} | | |
| 二、土地 | | | | |
| 耕地面积 | 亩 | {3} | | |
| 土地面积 | 亩 | {4} | | |
| {note} |
"""


@pytest.mark.parametrize(
    ("codes", "note", "expressions"),
    [
        (("01", "02", "03", "07", "08"), "逻辑关系：01≥02+03；07≤08。", ["[4] >= [5] + [6]", "[8] <= [9]"]),
        (("01", "02", "03", "07", "08"), "表内逻辑关系：01>=02+03;07<=08.", ["[4] >= [5] + [6]", "[8] <= [9]"]),
        (("01", "02", "03", "07", "08"), "审核公式：(01)≥(02)+(03)，[07]≤[08]", ["[4] >= [5] + [6]", "[8] <= [9]"]),
        (("01", "02", "03", "07", "08"), "注：02≤01且03≤01，07=08×2", ["[5] <= [4]", "[6] <= [4]", "[8] = [9] * 2"]),
        (("01", "02", "03", "07", "08"), "注：02、03≤01", ["[5] <= [4]", "[6] <= [4]"]),
        (("A01", "A02", "A03", "B01", "B02"), "注：A01=A02+A03；B01≤B02", ["[4] = [5] + [6]", "[8] <= [9]"]),
        (("1.1", "1.2", "1.3", "2.1", "2.2"), "注：1.1=1.2+1.3；2.1≤2.2", ["[4] = [5] + [6]", "[8] <= [9]"]),
        (("01", "02", "03", "07", "08"), "填报说明：耕地面积不得大于土地面积", ["[8] <= [9]"]),
        (("01", "02", "03", "07", "08"), "注：土地面积不应小于耕地面积。", ["[9] >= [8]"]),
    ],
)
def test_notes_over_rows_with_codes(codes, note, expressions):
    assert said(CODED.format(*codes, note=note)) == expressions


@pytest.mark.parametrize(
    ("note", "doubted"),
    [
        ("逻辑关系：粮食产量不大于总产量。", True),
        ("逻辑关系：07≤08；优质地不大于总面积", True),
        ("注：林地面积之外的部分不得超过土地面积", True),
        ("注：每户不超过3人。", False),
        ("注：报送时间不得超过规定期限。", False),
    ],
)
def test_relations_in_words_that_name_no_heading_are_doubted(note, doubted):
    table = table_of(CODED.format("01", "02", "03", "07", "08", note=note))
    assert any("未能识别" in doubt for doubt in table.doubts) is doubted


def test_names_of_rows_are_known_without_their_circled_numbers():
    form = "| 指标 | 本期 |\n| ①税收收入 | |\n| ②增值税 | |\n| ③契税 | |\n| 注：税收收入=增值税+契税 | < |"
    assert said(form) == ["[2] = [3] + [4]"]


def test_relations_printed_in_headers_and_in_names_of_rows():
    assert said("| 村 | 合计（①=②+③） | 男② | 女③ |\n| 东村 | | | |\n| 西村 | | | |") == ["[B] = [C] + [D]"]
    form = """
    | 项目 | 行次 | 金额 |
    | 一、经营收入 | 1 | |
    | 二、经营支出 | 2 | |
    | 三、净收益（1-2） | 3 | |
    """
    assert said(form) == ["[4] = [2] - [3]"]


@pytest.mark.parametrize(
    ("form", "expressions"),
    [
        ("| 户籍人口（人） | | 其中：男（人） | |\n| 女（人） | | 耕地面积（亩） | |\n"
         "| 其中：水田（亩） | | 联系电话 | |\n| 注：户籍人口=男+女；水田不大于耕地面积。 | < | < | < |",
         ["[B1] = [D1] + [B2]", "[B3] <= [D2]"]),
        ("| 序号 | 问题 | 回答 |\n| 1 | 户籍人口有多少人？ | |\n| 2 | 男性有多少人？ | |\n| 3 | 女性有多少人？ | |\n"
         "| 注：第1项=第2项+第3项。 | < | < |", ["[C2] = [C3] + [C4]"]),
        ("| 问题 | 单位 | 回答 |\n| 户籍人口有多少？ | 人 | |\n| 男性有多少？ | 人 | |\n| 女性有多少？ | 人 | |\n"
         "| 注：户籍人口等于男性、女性之和。 | < | < |", ["[C2] = [C3] + [C4]"]),
        ("| 一、经营收入（元） | | 二、经营支出（元） | |\n| 三、净收益（一-二） | | 联系电话 | |",
         ["[B2] = [B1] - [D1]"]),
    ],
)  # fmt: skip
def test_relations_between_the_answers_of_a_questionnaire(form, expressions):
    table = table_of(form, framed=True)
    assert table.layout is Layout.PAIRS
    assert [rule.expression for rule in table.rules] == expressions
    assert table.doubts == ()


def test_a_relation_between_answers_is_tested_on_the_two_cells_it_names():
    form = """
    | 户籍人口（人） | 100 | 其中：男（人） | 60 |
    | 女（人） | 30 | 联系电话 | |
    | 注：户籍人口=男+女 | < | < | < |
    """
    table = table_of(form, framed=True)
    (found,) = violations(table, drawn(form, framed=True))
    assert (found.cell, found.left, found.right) == ("B1", Decimal(100), Decimal(90))


def test_what_was_not_understood_is_kept_and_doubted():
    table = table_of("| 村 | 户数 | 人数 |\n| 东村 | | |\n| 西村 | | |\n| 注：甲类户=乙类户+丙类户 |")
    assert [(rule.text, rule.expression, rule.confidence) for rule in table.rules] == [
        ("注：甲类户=乙类户+丙类户", "", 0.0)
    ]
    assert table.doubts == ("A4 的关系“注：甲类户=乙类户+丙类户”未能识别",)


def test_names_that_occur_twice_are_no_rule():
    table = table_of(
        """
        | 村 | 城镇 | < | 农村 | < |
        | ^ | 户数 | 人数 | 户数 | 人数 |
        | 东村 | | | | |
        | 西村 | | | | |
        | 注：人数≥户数 |
        """
    )
    assert [rule.expression for rule in table.rules] == [""]


def test_shares_and_growth_follow_from_names():
    assert said("| 村名 | 总人口 | 男 | 男占总人口比重（%） |\n| 东村 | | | |\n| 西村 | | | |") == [
        "[D] = [C] / [B] * 100"
    ]
    assert said("| 指标 | 本年实际 | 上年同期 | 增长（%） |\n| 产值 | | | |\n| 税收 | | | |") == [
        "[D] = ([B] - [C]) / [C] * 100"
    ]
    assert said("| 指标 | 2024年 | 2025年 | 增长（%） |\n| 产值 | | | |\n| 税收 | | | |") == [
        "[D] = ([C] - [B]) / [B] * 100"
    ]


def test_columns_of_different_units_add_up_to_nothing():
    assert said("| 村名 | 合计 | 户数（户） | 人数（人） |\n| 东村 | | | |\n| 西村 | | | |") == []


def test_what_the_data_mostly_contradict_was_never_a_rule():
    assert said("| 村名 | 甲 | 乙 | 合计 |\n| 东村 | 1 | 2 | 9 |\n| 西村 | 1 | 2 | 8 |") == []
    table = table_of("| 村名 | 甲 | 乙 | 合计 |\n| 东村 | 1 | 2 | 3 |\n| 西村 | 1 | 2 | 3 |\n| 南村 | 1 | 2 | 4 |")
    assert [rule.expression for rule in table.rules] == ["[D] = [B] + [C]"]


# Filled data


def broken(text):
    grid = drawn(text)
    (table,) = understand(Workbook("模拟.xlsx", "xlsx", (grid,))).sheets[0].tables
    return [(found.cell, found.left, found.right, found.rule.expression) for found in violations(table, grid)]


def test_violations_are_listed_by_row_with_both_sides():
    assert broken(
        """
        | 村名 | 总人口（人） | 男 | 女 |
        | 东村 | 100 | 50 | 50 |
        | 西村 | 80 | 41 | 40 |
        | 合计 | 180 | 91 | 91 |
        | 注：总人口=男+女 |
        """
    ) == [
        ("B3", Decimal(80), Decimal(81), "[B] = [C] + [D]"),
        ("B4", Decimal(180), Decimal(182), "[B] = [C] + [D]"),
        ("D4", Decimal(91), Decimal(90), "[4] = [2] + [3]"),
    ]


def test_sums_are_exact_and_shares_may_be_rounded():
    form = """
    | 村名 | 全部 | 甲 | 乙 | 甲占全部比重（%） |
    | 东村 | {total} | 0.1 | 0.2 | {share} |
    | 西村 | 3 | 1 | 2 | 33.3 |
    | 注：全部=甲+乙 |
    """
    assert broken(form.format(total="0.3", share="33.3")) == []
    assert [cell for cell, *_ in broken(form.format(total="0.4", share="25.0"))] == ["B2"]
    assert [cell for cell, *_ in broken(form.format(total="0.3", share="33.4"))] == ["E2"]


def test_part_is_at_most_the_whole():
    assert [
        cell
        for cell, *_ in broken("| 村 | 户数 | 其中：低保户 |\n| 东村 | 5 | 6 |\n| 西村 | 5 | 5 |\n| 南村 | 4 | 1 |")
    ] == ["C2"]


def test_empty_rows_texts_and_crossed_out_cells_break_no_rule():
    assert (
        broken(
            """
        | 村名 | 全部 | 甲 | 乙 |
        | 东村 | | | |
        | 西村 | 5 | 5 | — |
        | 南村 | 待核 | 1 | 2 |
        | 北村 | 3 | | |
        | 注：全部=甲+乙 |
        """
        )
        == []
    )


def test_percentages_stored_as_fractions_are_read_as_shown():
    form = """
    | 村名 | 总人口 | 男 | 男占总人口比重（%） |
    | 东村 | 200 | 101 | 0.505 |
    | 西村 | 300 | 150 | 0.5 |
    """
    grid = drawn(form, percents=frozenset({(1, 3), (2, 3)}))
    (table,) = understand(Workbook("模拟.xlsx", "xlsx", (grid,))).sheets[0].tables
    assert len(table.rules) == 1
    assert violations(table, grid) == ()


def test_division_by_nothing_is_not_tested():
    assert broken("| 村名 | 总人口 | 男 | 男占总人口比重 |\n| 东村 | 0 | 0 | 0 |\n| 西村 | 2 | 1 | 50 |") == []
