"""Every rule of the plan on both sides of its boundary; the numbers are the profile's."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dukao.gate.queries import topic_title, topics
from dukao.gate.rules import plans as rules
from dukao.gate.rules.items import METHODS, ItemDefinition
from dukao.gate.rules.merging import Merging, merged
from dukao.gate.rules.plans import ItemCase, Known, QuestionCase
from dukao.gate.rules.topics import core, likeness_percent, topics_spoken_of
from dukao.law import queries as law
from tests.conftest import ON

START = date(2026, 3, 2)
UNITS = frozenset(range(1, 11))


def _rule(rule_id):
    return law.rule(rule_id, ON)


def _case(**changes) -> ItemCase:
    case = ItemCase(
        number="JH2026-0002", department="tax", origin="planned", state="proposed", title="秸秆禁烧专项督查",
        topic="straw_burning", topics=frozenset({"straw_burning"}), kind="special", method="check", scope_path="/1/2/",
        target_level=5, units=UNITS, starts_on=START, ends_on=START + timedelta(days=29), visits_most=10,
        minutes_hundredths_per_visit=9000,
    )  # fmt: skip
    return replace(case, **changes)


def _other(**changes) -> ItemCase:
    return _case(**{"number": "JH2026-0001", "state": "approved"} | changes)


def _rules_of(hits):
    return [(hit.rule, hit.action, hit.place) for hit in hits]


@pytest.mark.parametrize(("origin", "days", "visits", "places"), [
    ("planned", 300, 5000, []),
    ("exception", 30, 20, []),
    ("exception", 31, 20, ["ends_on"]),
    ("exception", 30, 21, ["visits"]),
    ("emergency", 7, 200, []),
    ("emergency", 8, 201, ["ends_on", "visits"]),
])  # fmt: skip
def test_ins_1_what_is_beyond_the_plan_is_short_and_small(origin, days, visits, places):
    case = _case(origin=origin, ends_on=START + timedelta(days=days - 1), visits_most=visits)
    hits = rules.out_of_bounds(case, _rule("INS-1"))
    assert [hit.place for hit in hits] == places
    assert all(hit.refuses and "督查检查考核工作的通知" in hit.source for hit in hits)


@pytest.mark.parametrize(("kind", "others", "speaks"), [
    ("comprehensive", [], False),
    ("comprehensive", [{"kind": "special"}], False),
    ("comprehensive", [{"kind": "comprehensive"}], True),
    ("comprehensive", [{"kind": "comprehensive", "state": "refused"}], False),
    ("comprehensive", [{"kind": "comprehensive", "department": "statistics"}], False),
    ("special", [{"kind": "comprehensive"}], False),
])  # fmt: skip
def test_ins_2_one_comprehensive_inspection_per_department_and_year(kind, others, speaks):
    hits = rules.one_comprehensive(_case(kind=kind), [_other(**other) for other in others], _rule("INS-2"))
    assert bool(hits) is speaks


@pytest.mark.parametrize(("mine", "other", "speaks"), [
    (390, {"visits_most": 10}, False),
    (391, {"visits_most": 10}, True),
    (391, {"visits_most": 10, "department": "statistics"}, False),
    (391, {"visits_most": 10, "state": "merged"}, False),
    (391, {"visits_most": 10, "origin": "exception"}, False),
])  # fmt: skip
def test_ins_2_more_than_a_department_may_visit_in_a_year(mine, other, speaks):
    hits = rules.beyond_the_year(_case(visits_most=mine), [_other(**other)], _rule("INS-2"))
    assert _rules_of(hits) == ([("INS-2", "warn", "visits")] if speaks else [])


LATE = {"starts_on": date(2026, 9, 1), "ends_on": date(2026, 9, 30)}
GRAIN = {"title": "粮食收购督查", "topic": "grain", "topics": frozenset({"grain"})}


@pytest.mark.parametrize(("item", "other", "speaks"), [
    # near-equal titles, whenever and wherever
    ({}, {"title": "秸秆禁烧督查（二）"} | LATE | {"units": frozenset({99})}, True),
    ({}, GRAIN, False),
    ({"title": "天地玄黄宇宙洪荒日月盈"}, GRAIN | {"title": "天地玄黄宇宙洪荒辰宿列"}, True),  # 7 of 10 pairs: 70 %
    ({"title": "天地玄黄宇宙洪荒日月盈昃辰宿"}, GRAIN | {"title": "天地玄黄宇宙洪荒日月列张寒来"}, False),  # 9 of 13
    # one topic, common targets, common window
    ({}, {"title": "露天焚烧整治"}, True),
    ({}, {"title": "露天焚烧整治"} | LATE, False),
    ({}, {"title": "露天焚烧整治", "starts_on": START + timedelta(days=29), "ends_on": date(2026, 9, 1)}, True),
    ({}, {"title": "露天焚烧整治", "starts_on": START + timedelta(days=30), "ends_on": date(2026, 9, 1)}, False),
    ({}, {"title": "露天焚烧整治", "units": frozenset(range(6, 16))}, True),  # 5 of 10: 50 %
    ({}, {"title": "露天焚烧整治", "units": frozenset(range(7, 17))}, False),  # 4 of 10: 40 %
    # another topic chosen, but the words speak of the same
    ({"topic": "ecology", "topics": frozenset({"ecology", "straw_burning"})}, {"title": "露天焚烧整治"}, True),
    # another department, another state
    ({}, {"department": "statistics"}, False),
    ({}, {"state": "withdrawn"}, False),
    # one matter beyond the plan: its units are a part of its name
    ({"origin": "exception", "units": frozenset({1})}, {"origin": "exception", "units": frozenset({2})}, False),
    ({"origin": "exception", "units": frozenset({1})} | LATE, {"origin": "exception", "units": frozenset({1})}, True),
    ({"origin": "exception", "units": frozenset({1})}, {}, True),
    # what is urgent may be planned too, but not be urgent twice at a time
    ({"origin": "emergency"}, {}, False),
    ({"origin": "emergency"}, {"origin": "emergency"}, True),
    ({"origin": "emergency"}, {"origin": "emergency"} | LATE, False),
])  # fmt: skip
def test_ins_5_one_matter_is_one_item(item, other, speaks):
    hits = rules.split(_case(**item), [_other(**other)], _rule("INS-5"))
    assert _rules_of(hits) == ([("INS-5", "refuse", "title")] if speaks else [])
    assert all(hit.others == ("JH2026-0001",) for hit in hits)


@pytest.mark.parametrize(("item", "other", "speaks"), [
    ({}, {"state": "refused"}, True),
    ({"title": "焚烧管控调研"}, {"state": "refused"}, True),  # the topic tells
    ({"title": "焚烧管控调研"}, {"state": "refused"} | LATE, True),
    ({"title": "焚烧管控调研"}, {"state": "refused", "units": frozenset({99})}, False),
    ({}, {"state": "withdrawn"}, False),
    ({}, {"state": "approved", "visits_left": 1}, False),
    ({}, {"state": "approved", "visits_left": 0}, True),
    ({}, {"state": "merged", "merged_into": "JH2026-0009"}, True),
    ({}, {"state": "merged", "merged_into": "JH2026-0002"}, False),  # carried by this very item
    ({}, {"state": "refused", "department": "statistics"}, False),
    ({"origin": "emergency"}, {"state": "refused"}, False),
])  # fmt: skip
def test_ins_5_what_is_settled_does_not_come_back(item, other, speaks):
    assert bool(rules.renamed(_case(**item), [_other(**other)], _rule("INS-5"))) is speaks


@pytest.mark.parametrize(("after", "places"), [
    ({}, []),
    ({"units": frozenset(range(1, 9)), "visits_most": 8}, []),
    ({"starts_on": START + timedelta(days=1), "ends_on": START + timedelta(days=28)}, []),
    ({"units": UNITS | {11}}, ["targets"]),
    ({"units": frozenset({1, 11})}, ["targets"]),  # exchanged, not only added
    ({"visits_most": 11}, ["visits"]),
    ({"scope_path": "/1/2/3/"}, []),
    ({"scope_path": "/1/"}, ["scope"]),
    ({"starts_on": START - timedelta(days=1)}, ["starts_on"]),
    ({"ends_on": START + timedelta(days=30)}, ["starts_on"]),
    ({"questions": (QuestionCase("烧了多少"),)}, []),
    ({"questions": (QuestionCase("烧了多少？"),)}, []),  # the same question
    ({"questions": (QuestionCase("烧了多少"), QuestionCase("谁烧的"))}, ["questions"]),
    ({"criteria": ("没有火点",)}, ["criteria"]),
    ({"minutes_hundredths_per_visit": 9001}, ["minutes_per_visit"]),
    ({"kind": "comprehensive"}, ["topic"]),
    ({"method": "unannounced"}, ["method"]),
    ({"method": "documents"}, []),
    ({"method": "internet"}, []),
    ({"title": "秸秆禁烧督查"}, []),
    ({"title": "农村人居环境督查"}, ["title"]),
])  # fmt: skip
def test_ins_5_what_widens_an_item(after, places):
    asked = (QuestionCase("烧了多少"),)
    hits = rules.widened(_case(questions=asked), _case(**{"questions": asked} | after), _rule("INS-5"))
    assert [hit.place for hit in hits] == places


def test_ins_5_who_was_to_look_at_data_does_not_come():
    hits = rules.widened(_case(method="internet"), _case(), _rule("INS-5"))
    assert [hit.place for hit in hits] == ["method"]


@pytest.mark.parametrize(("text", "speaks"), [
    ("加分项：有特色做法", True), ("没有新的火点", False), ("附加项", True), ("不得设置加分项", False),
])  # fmt: skip
def test_ins_5_items_beside_the_items(text, speaks):
    assert bool(rules.bonus(_case(criteria=(text,)), _rule("INS-5"))) is speaks


def test_ins_5_a_title_of_another_topic_is_pointed_to():
    hits = rules.misnamed(_case(topics=frozenset({"straw_burning", "grain"})), _rule("INS-5"), topic_title)
    assert _rules_of(hits) == [("INS-5", "warn", "topic")]
    assert "粮食安全" in str(hits[0].what)
    assert rules.misnamed(_case(), _rule("INS-5")) == ()


def test_ins_6_what_is_held_is_not_asked():
    held = Known("常住人口", ("统计局",))
    case = _case(questions=(
        QuestionCase("现在住了多少人", "population", known=held), QuestionCase("火点在哪里"),
        QuestionCase("常住人口变化的原因", named=(held,)),
    ))  # fmt: skip
    hits = rules.already_known(case, _rule("INS-6"))
    assert _rules_of(hits) == [("INS-6", "refuse", "questions.0"), ("INS-6", "warn", "questions.2")]
    assert str(hits[0].what) == "“常住人口”统计局已掌握"
    assert rules.already_known(replace(case, method="internet"), _rule("INS-6")) == ()


@pytest.mark.parametrize(("text", "rule"), [
    ("有工作照片", "INS-7"), ("领导批示数量", "INS-7"), ("学习笔记齐全", "INS-7"), ("会议次数", "KPI-2"),
    ("在线时长", "KPI-2"), ("群众满意", None), ("不以照片作为依据", None), ("没有要求打卡", None),
    ("整治过度留痕", None),
    ("不看台账，有照片", "INS-7"),
])  # fmt: skip
def test_ins_7_and_kpi_2_traces_are_no_yardstick(text, rule):
    told = rules.traces(_case(criteria=(text,)), _rule("INS-7"), _rule("KPI-2"))
    assert [(hit.rule, hit.refuses) for hit in told] == ([(rule, True)] if rule else [])
    asked = rules.traces(_case(questions=(QuestionCase(text),)), _rule("INS-7"), _rule("KPI-2"))
    assert [(hit.rule, hit.action) for hit in asked] == ([(rule, "warn")] if rule else [])


@pytest.mark.parametrize(("count", "speaks"), [(30, False), (31, True)])
def test_kpi_1_thirty_at_most(count, speaks):
    assert bool(rules.too_many_criteria(_case(criteria=("好",) * count), _rule("KPI-1"))) is speaks


@pytest.mark.parametrize(("one", "other", "percent"), [
    ("秸秆禁烧专项督查", "2026年秸秆禁烧工作检查（二）", 100),
    ("粮食安全（东片）督查", "粮食安全（西片）督查", 100),
    ("粮食安全督查", "消防安全督查", 33),
    ("甲乙丙丁戊己", "甲乙丙丁戊庚", 80),
    ("专项督查", "综合检查", 0),
    ("专项督查", "专项督查", 100),
])  # fmt: skip
def test_how_alike_titles_are(one, other, percent):
    assert likeness_percent(one, other) == likeness_percent(other, one) == percent


def test_what_every_title_says_is_not_its_matter():
    assert core("关于开展2026年上半年全市秸秆禁烧专项督查工作的通知") == "秸秆禁烧通知"


@pytest.mark.parametrize(("text", "codes"), [
    ("防汛准备情况", {"flood"}), ("森林防火检查", {"forest_fire"}), ("粮库的安全生产", {"grain", "work_safety"}),
    ("日常走访", set()),
])  # fmt: skip
def test_topics_are_known_by_their_words(text, codes):
    assert topics_spoken_of(text, topics().values()) == codes


def test_topics_are_told_apart():
    """An alias that two topics share would make every item of the one a split of the other."""
    names = [name for topic in topics().values() for name in (topic.title, *topic.aliases)]
    assert len(names) == len(set(names))
    assert len(METHODS) == 9  # eight ways of the regulation, the third in two


def _merging(reach, **changes) -> Merging:
    given = {
        "title": "秸秆禁烧督查", "topic": "straw_burning", "basis": "甲", "purpose": "看", "scope": "990100000000",
        "level": "village", "starts_on": START, "ends_on": START + timedelta(days=30), "minutes_per_visit": 60,
    }  # fmt: skip
    return Merging(ItemDefinition.model_validate(given | changes), frozenset(reach))


CODES = [f"99010100{n:04}" for n in range(1, 6)]


@pytest.mark.parametrize(("lead", "other", "visits", "named"), [
    # both name their targets: each unit as often as its most demanding item says
    ({"targets": CODES[:3]}, {"targets": CODES[1:]}, 5, 5),
    ({"targets": [{"unit": CODES[0], "visits": 2}]}, {"targets": [CODES[0]]}, 2, 1),
    # whoever reaches all carries the others, as often as the largest
    ({"visits": 4}, {"targets": CODES[:2]}, 4, 0),
    ({"targets": CODES[:2]}, {"visits": 4}, 4, 0),
    ({"visits": 4}, {"visits": 5}, 5, 0),
])  # fmt: skip
def test_merging_counts_visits_once(lead, other, visits, named):
    parts = [_merging([t if isinstance(t, str) else t["unit"] for t in part.get("targets", CODES)], **part)
             for part in (lead, other)]  # fmt: skip
    whole = merged(parts[0], parts[1:], scope="990100000000")
    assert (whole.visits_most, len(whole.targets)) == (visits, named)
    ItemDefinition.model_validate(whole.model_dump())


def test_merging_comes_when_all_may():
    apart = merged(_merging(CODES, visits=1), [_merging(CODES, visits=1, starts_on="2026-06-01", ends_on="2026-06-30")],
                   scope="990100000000")  # fmt: skip
    assert (apart.starts_on, apart.ends_on) == (START, START + timedelta(days=30))
