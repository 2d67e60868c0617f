"""A scorecard before the rules: how many lines, which weights, which words, and what is counted behind a name."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from dukao.law import queries as law
from dukao.scores.queries.vocabulary import trace_words
from dukao.scores.rules.cards import RULE_IDS, Behind, CardCase, LineCase, judge
from dukao.scores.rules.definitions import LineDefinition, ScorecardDefinition

ON = date(2026, 10, 8)


def line(title="税收收入", weight="1", *, people=False, indicator=None, **more):
    return LineCase(
        code=more.pop("code", title), title=title, note=more.pop("note", ""), weight=Decimal(weight),
        is_satisfaction=people, indicator=title if indicator is None else indicator, **more,
    )  # fmt: skip


def hits(*lines, title="年度考核", titles=(), note=""):
    rules = {id: law.rule(id, ON) for id in RULE_IDS}
    return judge(CardCase(title, note, tuple(lines), titles), rules, trace_words(ON))


def refusing(*lines, **more):
    return {one.rule for one in hits(*lines, **more) if one.refuses}


PEOPLE = line("群众满意度", "15", people=True)


def test_a_plain_card_passes():
    assert hits(line(weight="85"), PEOPLE) == ()


def test_thirty_lines_pass_and_one_more_does_not():
    thirty = [line(f"指标{at}号", "2.5") for at in range(28)] + [line("余下", "15"), PEOPLE]
    assert refusing(*thirty) == set()
    assert refusing(*thirty[:-1], line("再一项", "0.5"), line("群众满意度", "14.5", people=True)) == {"KPI-1"}


def test_a_line_that_names_several_counts_as_several():
    lines = [line(f"指标{at}号", "3") for at in range(28)]
    merged = line("税收收入、财政收入、就业", "1", indicator="税收收入")
    assert "KPI-1" in refusing(*lines, merged, PEOPLE)
    hidden = line("综合发展水平", "1", indicator="税收收入", note="含城镇新增就业和粮食总产量")
    assert "KPI-1" in refusing(*lines, hidden, PEOPLE, titles=("税收收入", "城镇新增就业", "粮食总产量"))
    assert "KPI-1" not in refusing(*lines, line("水、电、气价格", "1"), PEOPLE)  # so the indicator itself is called


@pytest.mark.parametrize(("weight", "expected"), [("84", {"SCR-1"}), ("85", set()), ("85.01", {"SCR-1"})])
def test_weights_add_up_to_exactly_one_hundred(weight, expected):
    assert refusing(line(weight=weight), PEOPLE) == expected


@pytest.mark.parametrize(("weight", "expected"), [("40", set()), ("40.01", {"SAT-1"}), ("60", {"SAT-1"})])
def test_satisfaction_weighs_forty_at_most(weight, expected):
    rest = str(100 - Decimal(weight))
    assert refusing(line(weight=rest), line("群众满意度", weight, people=True)) == expected


def test_a_card_without_the_people_is_pointed_to():
    (found,) = hits(line(weight="100"))
    assert (found.rule, found.action) == ("SAT-1", "warn")


@pytest.mark.parametrize(("title", "rule"), [
    ("安全生产一票否决", "KPI-3"), ("签订责任状落实情况", "KPI-3"), ("重点工作加分项", "INS-5"), ("全市位次", "KPI-4"),
])  # fmt: skip
def test_vetoes_letters_of_responsibility_bonuses_and_ranks_are_refused(title, rule):
    assert rule in refusing(line(title, "85", indicator=""), PEOPLE)


@pytest.mark.parametrize("title", ["项目建设战况通报", "县区亮灯排名", "营商环境红黑榜", "招商 PK 赛", "季度 晾晒"])
def test_a_ranking_in_disguise_is_known_by_its_title(title):
    assert refusing(line(weight="85"), PEOPLE, title=title) == {"KPI-4"}


def test_a_trace_is_refused_with_its_rule_and_source():
    found = next(one for one in hits(line("会议召开次数", "85"), PEOPLE) if one.rule == "KPI-2")
    assert found.refuses
    assert "会议" in str(found.what)
    assert "若干规定" in found.source
    assert found.place == "lines.0"


@pytest.mark.parametrize("behind", [
    Behind("数据元", "干部登录次数"), Behind("数据元", "在系统里签到的天数合计"), Behind("信息项", "点赞数"),
    Behind("数据资源", "主题活动开展记录", is_counted=True), Behind("数据资源", "平台登录日志", is_counted=True),
])  # fmt: skip
def test_what_is_counted_behind_a_name_decides(behind):
    lines = (line("工作综合指数", "85", behind=(behind,)), PEOPLE)
    (found,) = (one for one in hits(*lines) if one.refuses)
    assert found.rule == "KPI-2"
    assert behind.text in str(found.what)


def test_rows_of_records_of_results_may_be_counted():
    behind = (Behind("数据资源", "隐患整改记录", is_counted=True), Behind("数据资源", "低保对象名册", is_counted=True))
    assert refusing(line("隐患整改数", "85", behind=behind), PEOPLE) == set()


@pytest.mark.parametrize("more", [
    {"rule": "linear", "full": 5}, {"rule": "linear", "floor": 5, "full": 5}, {"rule": "threshold"},
    {"rule": "threshold", "floor": 1, "full": 5}, {"rule": "share", "full": 5}, {"rule": "distance"},
    {"rule": "share", "measure": "last_year"}, {"rule": "distance", "measure": "baseline"},
    {"rule": "distance", "measure": "last_year", "baseline_year": 2020}, {"rule": "share", "weight": 0},
])  # fmt: skip
def test_a_line_says_what_its_rule_needs_and_no_more(more):
    with pytest.raises(ValidationError):
        LineDefinition.model_validate({"of": "gdp", "weight": 5} | more)


@pytest.mark.parametrize("more", [
    {"level": None}, {"departments": ["tax"]}, {"lines": [{"of": "gdp", "weight": 50, "rule": "share"}] * 2},
    {"lines": [{"of": "gdp", "weight": 5, "rule": "share", "departments": ["tax"]}]},
])  # fmt: skip
def test_a_card_scores_units_or_departments_and_no_line_twice(more):
    plain = {"code": "a", "title": "考核", "year": 2025, "scope": "990100000000", "level": "county", "basis": "文",
             "lines": [{"of": "gdp", "weight": 100, "rule": "share"}]}  # fmt: skip
    assert ScorecardDefinition.model_validate(plain)
    with pytest.raises(ValidationError):
        ScorecardDefinition.model_validate(plain | more)
