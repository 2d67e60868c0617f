"""What a pile of forms asks more than once, and how the questions relate. All forms are 模拟."""

import openpyxl
import pytest

from dukao.workbooks.contract import overlap_as_json
from dukao.workbooks.grid import Workbook
from dukao.workbooks.matching import Matcher, Term
from dukao.workbooks.overlap import Relation, merged_form, overlap_of, questions_of, write_report
from dukao.workbooks.understanding import understand
from tests.workbooks.drawn import drawn


def overlap(*forms, matcher=None):
    names = [f"表{n}.xlsx" for n in range(1, len(forms) + 1)]
    questions = [
        q
        for name, text in zip(names, forms, strict=True)
        for q in questions_of(name, understand(Workbook(name, "xlsx", (drawn(text, framed=True),))))
    ]
    return overlap_of(names, questions, matcher)


def form(*columns, title="情况表（模拟）"):
    heads = " | ".join(("村名", *columns))
    blanks = " | ".join("" for _ in columns)
    return f"| {title} |{' < |' * len(columns)}\n| {heads} |\n| 东风村 | {blanks} |\n| 新兴村 | {blanks} |"


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("户籍人口（人）", "户籍人口(人)", Relation.SAME),
        ("户籍人口数（人）", "年末户籍人口（人）", Relation.SAME),
        ("农村居民人均可支配收入（元）", "农村居民人均可支配的收入（元）", Relation.OTHER_NAME),
        ("契税（元）", "契税（万元）", Relation.OTHER_UNIT),
        ("契税（万元）", "上年同期契税（万元）", Relation.OTHER_PERIOD),
    ],
)
def test_one_datum_asked_twice(one, other, relation):
    found = overlap(form(one, "耕地面积（亩）"), form(other, "党员人数（人）"))
    assert [group.relation for group in found.groups] == [relation]
    assert found.n_distinct == 3


def test_only_the_question_for_another_period_is_told_so():
    found = overlap(
        form("契税（万元）"),
        form("契税（万元）"),
        form("本年累计契税（万元）", "去年同期契税（万元）"),
        form("契税（元）"),
    )
    (group,) = found.groups
    assert group.relation is Relation.SAME
    assert [relation and relation.value for _member, relation in group.told] == [
        None, None, "same_other_period", "same_other_period", "same_other_unit",
    ]  # fmt: skip


def people(title, *columns):
    blanks = " | ".join("" for _ in range(len(columns) + 2))
    heads = " | ".join(("序号", "姓名", *columns))
    return f"| {title} |{' < |' * (len(columns) + 1)}\n| {heads} |\n| {blanks} |\n| {blanks} |"


def test_attributes_of_lists_of_different_people_are_different_data():
    members = people("平安镇2026年党员花名册（模拟）", "性别", "身份证号")
    poor = people("低保对象基本情况表（模拟）", "性别", "身份证号")
    assert overlap(members, poor).groups == ()
    assert overlap(members, poor, matcher=Matcher((Term("sex", ("性别",)),))).groups == ()
    again = people("党员信息登记表（模拟）", "性别", "身份证号")
    found = overlap(members, poor, again)
    assert [(g.label, g.files) for g in found.groups] == [
        (f"党员 / {name}", ("表1.xlsx", "表3.xlsx")) for name in ("姓名", "性别", "身份证号")
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("户籍人口（人）", "常住人口（人）"), ("低保户数（户）", "新增低保户数（户）"),
        ("农村低保人数（人）", "城市低保人数（人）"),
        ("契税（万元）", "契税增长率（%）"), ("低保（户）", "低保（人）"), ("初中学校数（所）", "小学学校数（所）"),
    ],
)  # fmt: skip
def test_neighbours_are_not_the_same(one, other):
    assert overlap(form(one), form(other)).groups == ()


def test_a_known_datum_is_known_by_all_its_names():
    matcher = Matcher((Term("gdp", ("地区生产总值", "GDP"), "万元"),))
    found = overlap(form("地区生产总值（万元）"), form("GDP（亿元）"), matcher=matcher)
    assert [group.relation for group in found.groups] == [Relation.OTHER_NAME]


def test_this_year_and_last_year_in_one_form_are_not_asked_twice():
    assert overlap(form("契税（万元）", "上年同期契税（万元）"), form("耕地面积（亩）")).groups == ()


def test_a_part_of_what_another_form_asks():
    parts = "| 指标（模拟） | 计量单位 | 数量 |\n| 户籍人口 | 人 | |\n| 其中：女性 | 人 | |\n| 耕地面积 | 亩 | |"
    found = overlap(parts, form("户籍人口（人）"))
    assert {group.relation for group in found.groups} == {Relation.SAME, Relation.PART_OF}


def test_the_cost_counts_cells_and_how_often_the_form_comes():
    found = overlap(form("契税（万元）", title="税收月报（模拟）"), form("契税（万元）", title="税收季报（模拟）"))
    assert found.minutes_a_year(units=10, minutes_each=0.5) == (2 * 12 + 2 * 4) * 0.5 * 10
    assert found.minutes_saved_a_year(units=10, minutes_each=0.5) == 2 * 4 * 0.5 * 10


def test_the_merged_form_asks_everything_once():
    found = overlap(form("契税（万元）", "耕地面积（亩）"), form("契税（元）", "党员人数（人）"))
    assert len(merged_form(found)) == found.n_distinct == 3


def test_the_contract_and_the_report(tmp_path):
    found = overlap(form("契税（万元）", "=1+1（个）"), form("契税（万元）", "<b>数</b>（个）"))
    data = overlap_as_json(found)
    assert {name: data[name] for name in ("forms", "columns", "distinct", "in_all")} == {
        "forms": 2, "columns": 4, "distinct": 3, "in_all": 1,
    }  # fmt: skip
    assert data["groups"][0]["members"][0] == {
        "file": "表1.xlsx", "sheet": "Sheet1", "cell": "B3", "path": ["契税（万元）"], "unit": "万元",
        "relation": "same",
    }  # fmt: skip
    workbook, page = write_report(found, tmp_path / "报告", units=5, minutes_each=0.5)
    book = openpyxl.load_workbook(workbook)
    assert book.sheetnames == ["摘要", "重复项", "合并后的表"]
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert "<b>数" not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("column", "unit", "told"),
    [
        ("数量", "人", "户籍人口"),
        ("本期数", "人", "户籍人口"),
        ("金额（万元）", "万元", "契税"),
        ("上年同期", "人", "户籍人口 / 上年同期"),
    ],
)
def test_a_datum_is_called_without_the_word_of_its_column(column, unit, told):
    name = told.split(" / ")[0]
    form = f"| 指标（模拟） | 计量单位 | {column} |\n| {name} | {unit} | |\n| 耕地面积 | 亩 | |"
    found = overlap(form, form)
    assert told in [group.label for group in found.groups]


def test_data_under_one_heading_are_not_alike_by_it():
    town = "| 情况表 | < | < |\n| 村名 | 土地情况 | < |\n| ^ | 耕地面积（亩） | 林地面积（亩） |\n| 东风村 | | |"
    assert overlap(town, form("党员人数（人）")).groups == ()


NUMBERED = """
| {title}（模拟） | < | < | < | < |
| 指标名称 | 计量单位 | 本期 | 上年同期 | 备注 |
| {numbers} |
| 户籍人口 | 人 | | | |
| 耕地面积 | 亩 | | | |
"""


@pytest.mark.parametrize(
    "numbers",
    [
        "甲 | 乙 | 1 | 2 | 3",
        "甲 | 乙 | ① | ② | ③",
        "| | ① | ② | ③",
        "甲 | | 1 | 2 |",
        "— | — | ① | ② | —",
        "栏次 | < | 1 | 2 | 3",
    ],
)
def test_what_one_form_asks_side_by_side_is_asked_once(numbers):
    one, other = (NUMBERED.format(title=title, numbers=numbers) for title in ("农业表", "土地表"))
    assert overlap(one).groups == ()
    found = overlap(one, other)
    assert sorted(group.label for group in found.groups) == ["户籍人口", "耕地面积"]
    assert found.n_distinct == 4
    assert found.minutes_saved_a_year(units=1, minutes_each=1) == 4
    assert [question.cell for question in merged_form(found)] == ["C4", "D4", "C5", "D5"]


def test_what_one_form_asks_twice_further_down_is_told():
    items = "| 户籍人口 | 人 | | |\n| 耕地面积 | 亩 | | |\n| 户籍人口数 | 人 | | |"
    found = overlap(f"| 指标（模拟） | 计量单位 | 计划 | 本期 |\n{items}")
    assert [group.label for group in found.groups] == ["户籍人口", "户籍人口 / 计划"]


def test_columns_that_say_nothing_are_duplicates_only_under_one_title():
    roster = "| {title}（模拟） | < | < |\n| 村名 | 2025年 | 2024年 |\n| 东风村 | | |\n| 新兴村 | | |"
    found = overlap(roster.format(title="粮食产量表"), roster.format(title="党员人数表"))
    assert found.groups == ()
    assert all(question.label for question in merged_form(found))
    assert len(overlap(roster.format(title="粮食产量表"), roster.format(title="粮食产量表")).groups) == 1
