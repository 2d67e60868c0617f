"""Headings as forms print them, and the terms that are meant by them."""

from decimal import Decimal

import pytest

from dukao.workbooks.matching import SURE, Asked, Matcher, Span, Term, converted, factor_between, is_measure, label
from dukao.workbooks.matching.terms import told_apart
from dukao.workbooks.tables import Kind

TERMS = (
    Term("population", ("户籍人口", "户籍人口数", "年末户籍人口"), "人", Kind.NUMBER, "人口"),
    Term("households", ("户籍户数", "总户数"), "户", Kind.NUMBER, "人口"),
    Term("dibao_households", ("农村低保户数", "低保户数"), "户", Kind.NUMBER, "民政"),
    Term("dibao_persons", ("农村低保人数", "低保人数"), "人", Kind.NUMBER, "民政"),
    Term("grain_area", ("粮食作物播种面积", "粮食播种面积"), "亩", Kind.NUMBER, "农业"),
    Term("maize_area", ("玉米播种面积",), "亩", Kind.NUMBER, "农业"),
    Term("vat", ("增值税收入", "增值税"), "万元", Kind.NUMBER, "税收"),
    Term("income", ("农村居民人均可支配收入",), "元", Kind.NUMBER, "收入"),
    Term("growth", ("工业增加值增速",), "%", Kind.NUMBER, "工业"),
    Term("visits", ("走访人次",), "", Kind.NUMBER),
    Term("secretary", ("村党组织书记姓名",), "", Kind.TEXT, "组织"),
)


@pytest.fixture(scope="module")
def matcher():
    return Matcher(TERMS)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        (Asked(("户籍人口（人）",)), "population"),
        (Asked(("1.户籍人口数",), unit="人"), "population"),
        (Asked(("戶籍人口",), unit="人"), "population"),
        (Asked(("一、人口", "户籍人口"), unit="人"), "population"),
        (Asked(("低保", "户数（户）")), "dibao_households"),
        (Asked(("低保", "人数"), unit="人"), "dibao_persons"),
        (Asked(("本期",), ("粮食播种面积",), unit="公顷"), "grain_area"),
        (Asked(("本期数", "金额"), ("（一）增值税",), unit="元"), "vat"),
        (Asked(("（1）玉米播种面积/亩",)), "maize_area"),
        (Asked(("工业增加值增速（％）",)), "growth"),
    ],
)
def test_a_name_that_says_it_is_taken(matcher, asked, key):
    sure = matcher.sure(asked)
    assert sure
    assert (sure.term.key, sure.span) == (key, Span.NOW)


@pytest.mark.parametrize(
    ("asked", "key", "why"),
    [
        (Asked(("粮食播种面积", "其中：玉米"), unit="亩"), "maize_area", "承接上级栏目"),
        (Asked(("粮食播种面积",)), "grain_area", "没有写单位"),
        (Asked(("新增", "低保户数"), unit="户"), "dibao_households", "上级栏目“新增”不同"),
        (Asked(("农村居民人均收入",), unit="元"), "income", "名称相近"),
        (Asked(("走访人次",), unit="万人次"), "visits", "没有写单位"),
    ],
)
def test_what_is_doubtful_is_offered_with_the_doubt(matcher, asked, key, why):
    assert matcher.sure(asked) is None
    offered = {c.term.key: c for c in matcher.candidates(asked)}
    assert why in offered[key].reason


@pytest.mark.parametrize(
    "asked",
    [Asked(("户籍人口",), unit="户"), Asked(("农村居民人均收入",), unit="人"), Asked(("困难群众人数",), unit="人")],
)
def test_what_is_hardly_meant_is_not_offered(matcher, asked):
    assert matcher.candidates(asked) == ()


def test_of_names_that_are_only_alike_the_likest_is_offered(matcher):
    (offered,) = matcher.candidates(Asked(("农村居民人均收入",), unit="元"))
    assert offered.term.key == "income"
    assert 0.1 <= offered.score <= 0.25, "rarely right, and never taken"


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (("老年人情况", "其中：60岁以上老年人"), ("80周岁以上老年人数",)),
        (("60周岁及以上老年人口",), ("80周岁及以上老年人口",)),
        (("第一产业增加值",), ("第二产业增加值",)),
        (("二级残疾人数",), ("一级残疾人数",)),
    ],
)
def test_names_of_other_numbers_are_neighbours_and_not_offered(path, names):
    assert Matcher((Term("neighbour", names),)).candidates(Asked(path)) == ()


@pytest.mark.parametrize(
    "path", [("资金", "合计\n③=①+②"), ("资金", "其中", "货币资金\n①"), ("资金", "其中", "应收款\n②")]
)
def test_an_outer_heading_alone_offers_nothing(path):
    known = Matcher(
        (Term("attracted", ("招商引资到位资金", "到位资金"), "万元"), Term("cash", ("货币资金余额",), "万元"))
    )
    offered = {c.term.key for c in known.candidates(Asked(path, unit="万元"))}
    assert offered == ({"cash"} if "货币资金" in path[-1] else set())


def test_a_growth_rate_is_not_the_figure_that_grew(matcher):
    offered = {c.term.key: c.score for c in matcher.candidates(Asked(("增值税", "同比增长"), unit="%"))}
    assert offered.get("vat", 0) < 0.5


def test_last_years_figure_is_the_same_datum_of_another_period(matcher):
    sure = matcher.sure(Asked(("上年同期",), ("低保户数",), unit="户"))
    assert sure
    assert (sure.term.key, sure.span) == ("dibao_households", Span.YEAR_BEFORE)


def test_two_terms_of_one_name_are_for_a_person_to_tell_apart():
    twice = Matcher((Term("a", ("耕地面积",), "亩"), Term("b", ("耕地面积",), "亩")))
    found = twice.candidates(Asked(("耕地面积（亩）",)))
    assert [c.score < SURE for c in found] == [True, True]
    assert "2 个同名" in found[0].reason


def test_terms_of_one_title_are_told_apart():
    twins = (Term("a", ("户籍户数",), "", section="人口"), Term("b", ("户籍户数",), "户", section="上年报表"))
    assert told_apart([*twins, TERMS[2]]) == ["户籍户数（人口）", "户籍户数（户，上年报表）", "农村低保户数"]


def test_a_confirmation_is_remembered_by_the_words_of_the_question():
    first = Asked(("低收入户数",), unit="户")
    taught = Matcher(TERMS, {first.signature: "dibao_households"})
    sure = taught.sure(Asked(("3.低收入户数（户）",)))
    assert sure
    assert sure.reason == "由人确认过"
    last_year = taught.sure(Asked(("低收入户数", "上年同期"), unit="户"))
    assert last_year
    assert (last_year.term.key, last_year.span) == ("dibao_households", Span.YEAR_BEFORE)
    assert taught.sure(Asked((), unit="户")) is None, "no words are no question that was confirmed"


def test_what_a_person_ruled_out_is_neither_taken_nor_offered_for_any_time():
    asked = Asked(("低保户数",), unit="户")
    sure = Matcher(TERMS).sure(asked)
    assert sure
    taught = Matcher(TERMS, never={asked.words: {sure.term.key}})
    for again in (asked, Asked(("低保户数", "上年同期"), unit="户")):
        assert sure.term.key not in {c.term.key for c in taught.candidates(again)}
    assert taught.sure(Asked(("低保人数",), unit="人")) == Matcher(TERMS).sure(Asked(("低保人数",), unit="人"))


@pytest.mark.parametrize(
    ("text", "core", "unit", "span"),
    [
        ("（一）耕地面积（亩）", "耕地面积", "亩", Span.NOW),
        ("其中：女性", "女性", "", Span.NOW),
        ("③ 上年同期收入（万元）", "收入", "万元", Span.YEAR_BEFORE),
        ("本年累计完成投资(單位：萬元)", "完成投资", "万元", Span.TO_DATE),
        ("60岁以上人口", "60岁以上人口", "", Span.NOW),
        ("姓 名（必填）", "姓名", "", Span.NOW),
        ("是否通自来水 1.是 2.否", "是否通自来水", "", Span.NOW),
        ("3.是否通自来水（1-是，2-否）", "是否通自来水", "", Span.NOW),
        ("政治面貌①群众②党员", "政治面貌", "", Span.NOW),
        ("是否脱贫户（是/否）", "是否脱贫户", "", Span.NOW),
        ("是否参保：□是 □否", "是否参保", "", Span.NOW),
        ("人口（户籍）", "人口(户籍)", "", Span.NOW),
        ("3A级景区", "3a级景区", "", Span.NOW),
        ("", "", "", Span.NOW),
    ],
)
def test_a_heading_taken_apart(text, core, unit, span):
    assert (label(text).core, label(text).unit, label(text).span) == (core, unit, span)


def test_units_of_measure():
    assert converted(Decimal("1.5"), "万元", "元") == 15_000
    assert converted(Decimal(300), "亩", "公顷") == 20
    assert converted(Decimal(1), "公顷", "亩") == 15
    assert converted(Decimal(1), "亩", "公顷") is None, "a fifteenth has no end"
    assert converted(Decimal(5), "元/亩", "元/公顷") == 75
    assert converted(Decimal(5), "名", "人") == 5
    assert factor_between("人", "户") is None
    assert factor_between("万人", "人") == 10_000
    assert factor_between("万剂次", "剂次") == 10_000
    assert factor_between("万千瓦", "千瓦") == 10_000
    assert factor_between("千瓦", "千瓦时") is None
    assert factor_between("人日", "人天") == 1
    assert factor_between("所", "个") == 1, "schools are counted with either word"
    assert factor_between("户", "个") is None
    assert not is_measure("姓名")
    assert not is_measure("")
