"""The yearly plan: proposed, judged, decided, published, amended; what the database refuses, and who may what."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotThere
from dukao.gate import actions, queries
from dukao.gate.models import PlanItem, Quota, Refusal
from tests.conftest import AT, ON
from tests.gate.plan_items import approve, definition, propose, publish, published_item

LATER = AT + timedelta(days=1)


def _item(city, number, who="sam"):
    return queries.plan_item(number=number, viewer=city.actor[who], on=ON)


def _refused(city, **changes):
    with pytest.raises(actions.ItemRefused) as refused:
        propose(city, **changes)
    return {hit.rule for hit in refused.value.hits}


def test_from_proposal_to_publication(city):
    number = propose(city)
    assert number == "JH2026-0001"
    seen = _item(city, number)
    assert (seen.state, seen.version, seen.n_named, seen.visits_most) == ("proposed", 1, 3, 3)
    assert [target.unit_name for target in seen.targets] == ["一村", "二村", "三村"]
    approve(city, number)
    assert (Quota.objects.get(key="item:JH2026-0001").limit, _item(city, number).usage.left) == (3, 3)
    for stranger in ("alice", "dora", "otto"):
        with pytest.raises(NotThere):
            _item(city, number, stranger)
    publish(city)
    assert _item(city, number, "alice").title == "秸秆禁烧专项督查"
    verbs = Event.objects.filter(verb__startswith="gate.plan").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == [
        "gate.plan_item.proposed", "gate.plan_item.approved", "gate.plan.frozen", "gate.plan.published",
    ]  # fmt: skip


@pytest.mark.parametrize(("changes", "rule"), [
    ({"criteria": ["看工作照片"]}, "INS-7"),
    ({"criteria": ["登录次数达标"]}, "KPI-2"),
    ({"criteria": [f"第{n}条" for n in range(31)]}, "KPI-1"),
    ({"title": "秸秆禁烧加分项督查"}, "INS-5"),
])  # fmt: skip
def test_what_rules_refuse_is_not_kept_but_put_on_record(city, changes, rule):
    assert rule in _refused(city, **changes)
    assert not PlanItem.objects.exists()
    on_record = Refusal.objects.get()
    assert (on_record.kind, on_record.asker.code, on_record.by_name) == ("visit", "tax", "tara")
    assert rule in {reason["rule"] for reason in on_record.reasons}


def test_a_second_item_about_the_same_is_splitting(city):
    propose(city)
    assert _refused(city, title="露天焚烧整治督查", questions=[]) == {"INS-5"}
    other = propose(city, "statistics")
    assert other == "JH2026-0002", "another department's item is no split: the office may merge the two"


def test_one_comprehensive_inspection_a_year(city):
    propose(city, kind="comprehensive")
    assert _refused(city, kind="comprehensive", topic="grain", title="粮食安全督查", purpose="看粮食") == {"INS-2"}


def test_what_was_refused_does_not_come_back_under_another_name(city):
    number = propose(city)
    actions.refuse_item(number=number, reason="去年刚查过", by=city.actor["sam"], at=AT)
    assert _refused(city, title="禁烧情况调研", purpose="了解情况") == {"INS-5"}
    kept = actions.revise_item(
        number=number, definition=definition(city, targets=[city.code["三村"]]), reason="只看去年没有查的三村",
        by=city.actor["tara"], at=LATER,
    )  # fmt: skip
    assert (kept.version, kept.state) == (2, "proposed")
    first, second = reversed(queries.plan_item_versions(number=number, viewer=city.actor["sam"], on=ON))
    assert (first.state, first.decision, second.reason) == ("refused", "去年刚查过", "只看去年没有查的三村")


def test_merging_asks_once_and_saves_visits(city):
    tax = propose(city, questions=["离田的秸秆运到了哪里", "有没有告知农户"])
    statistics = propose(
        city, "statistics", title="秸秆综合利用督查", targets=[city.code["三村"], city.code["四村"]],
        scope=city.code["富水市"], questions=["离田的秸秆运到了哪里？", "补贴发了没有"], starts_on="2026-11-02",
    )  # fmt: skip
    done = actions.merge_items(into=tax, numbers=[statistics], reason="同一件事", by=city.actor["sam"], at=AT)
    assert (done.version, done.visits_saved) == (2, 1)
    whole = _item(city, tax)
    assert [target.unit_name for target in whole.targets] == ["一村", "二村", "三村", "四村"]
    assert (whole.scope_name, whole.visits_most, len(whole.questions)) == ("富水市", 4, 3)
    assert (whole.starts_on, whole.ends_on) == (date(2026, 11, 2), date(2026, 12, 18))
    assert (whole.state, whole.merged) == ("proposed", (statistics,))
    gone = _item(city, statistics, "dora")
    assert (gone.state, gone.merged_into, gone.decision) == ("merged", tax, "同一件事")
    approve(city, tax)
    assert _item(city, tax).state == "approved", "what an item carries does not speak against it"


def test_trimming_only_narrows(city):
    number = propose(city)
    narrow = definition(city, targets=[city.code["一村"]], ends_on="2026-11-30")
    kept = actions.trim_item(number=number, definition=narrow, reason="重点看一村", by=city.actor["sam"], at=AT)
    assert (kept.version, _item(city, number).visits_most) == (2, 1)
    with pytest.raises(actions.ItemRefused) as refused:
        actions.trim_item(number=number, definition=definition(city), reason="改回", by=city.actor["sam"], at=AT)
    assert {hit.place for hit in refused.value.hits} == {"targets", "visits", "starts_on"}


def test_nothing_is_decided_without_a_reason(city):
    number = propose(city)
    sam = city.actor["sam"]
    for do in (actions.approve_item, actions.refuse_item, actions.withdraw_item):
        with pytest.raises(Invalid):
            do(number=number, reason=" ", by=sam, at=AT)
    with pytest.raises(Invalid):
        actions.trim_item(number=number, definition=definition(city), reason="", by=sam, at=AT)
    with pytest.raises(Invalid):
        actions.merge_items(into=number, numbers=[propose(city, "statistics")], reason="", by=sam, at=AT)
    assert _item(city, number).state == "proposed"


def test_a_settled_plan_takes_no_more(city):
    number = propose(city)
    with pytest.raises(actions.WrongState, match="没有决定"):
        actions.freeze_plan(year=2026, unit=city.code["富水市"], by=city.actor["sam"], at=AT)
    with pytest.raises(actions.WrongState, match="没有定稿"):
        actions.publish_plan(year=2026, unit=city.code["富水市"], by=city.actor["sam"], at=AT)
    approve(city, number)
    publish(city)
    with pytest.raises(actions.PlanClosed):
        propose(city, topic="grain", title="粮食安全督查", purpose="看粮食")
    publish(city)  # twice is once
    assert Event.objects.filter(verb="gate.plan.published").count() == 1


def test_an_amendment_is_a_version_of_its_own(city):
    number = published_item(city)
    wider = definition(city, targets=[{"unit": city.code[name], "visits": 2} for name in ("一村", "二村", "三村")])
    with pytest.raises(actions.ItemRefused) as refused:
        actions.amend_item(number=number, definition=wider, reason="想多看看", by=city.actor["tara"], at=LATER)
    assert [hit.rule for hit in refused.value.hits] == ["INS-5"]
    assert Refusal.objects.get().reasons[0]["rule"] == "INS-5"
    kept = actions.amend_item(number=number, definition=wider, reason="火点增多", by=city.actor["sam"], at=LATER)
    assert (kept.version, Quota.objects.get(key=f"item:{number}").limit) == (2, 6)
    narrow = definition(city, targets=[city.code["一村"]])
    actions.amend_item(number=number, definition=narrow, reason="只剩一村", by=city.actor["tara"], at=LATER)
    versions = queries.plan_item_versions(number=number, viewer=city.actor["alice"], on=ON)
    assert [(v.version, v.visits_most, v.reason) for v in versions] == [
        (3, 1, "只剩一村"),
        (2, 6, "火点增多"),
        (1, 3, ""),
    ]


def test_the_plan_as_it_stood_on_a_day(city):
    number = published_item(city)
    actions.amend_item(
        number=number, definition=definition(city, targets=[city.code["一村"]]), reason="只剩一村",
        by=city.actor["sam"], at=LATER,
    )  # fmt: skip
    actions.withdraw_item(number=number, reason="不再需要", by=city.actor["tara"], at=LATER + timedelta(days=1))

    def on(day):
        where = {"year": 2026, "unit": city.code["富水市"], "viewer": city.actor["sam"], "on": ON}
        return [(i.version, i.state, i.visits_most) for i in queries.plan_items(**where, as_of=day)]

    assert on(ON - timedelta(days=1)) == []
    assert on(ON) == [(1, "approved", 3)]
    assert on(ON + timedelta(days=1)) == [(2, "approved", 1)]
    assert on(ON + timedelta(days=2)) == [(2, "withdrawn", 1)]


def _one_matter(city, **changes):
    return definition(
        city, **{"starts_on": "2026-10-09", "ends_on": "2026-10-20", "targets": [city.code["一村"]]} | changes
    )


def test_one_matter_one_approval(city):
    tara, sam = city.actor["tara"], city.actor["sam"]
    with pytest.raises(actions.ItemRefused) as refused:
        actions.request_exception(
            department="tax", definition=_one_matter(city, ends_on="2026-11-08"), reason="群众来信", by=tara, at=AT
        )
    assert [hit.rule for hit in refused.value.hits] == ["INS-1"]
    number = actions.request_exception(
        department="tax", definition=_one_matter(city), reason="群众来信", by=tara, at=AT
    ).number
    assert number == "YS2026-0001"
    with pytest.raises(NotThere):
        actions.approve_item(number=number, reason="同意", by=sam, at=AT)
    actions.grant_exception(number=number, reason="同意", approver="分管副市长", by=sam, at=AT)
    seen = _item(city, number, "alice")
    assert (seen.origin, seen.state, seen.approved_by, seen.usage.limit) == ("exception", "approved", "分管副市长", 1)
    with pytest.raises(actions.ItemRefused):  # the same matter, once more
        actions.request_exception(
            department="tax", definition=_one_matter(city, ends_on="2026-10-22"), reason="再去", by=tara, at=AT
        )
    with pytest.raises(Invalid):  # nothing is granted backwards
        actions.request_exception(
            department="tax", definition=_one_matter(city, starts_on="2026-10-07"), reason="补办", by=tara, at=AT
        )


def test_an_emergency_has_an_approver_and_an_end(city):
    dora = city.actor["dora"]
    flood = {"topic": "flood", "title": "堤防险情核查", "purpose": "看险情", "kind": "event"}
    with pytest.raises(Invalid):
        actions.declare_emergency(
            department="statistics", definition=_one_matter(city, **flood), approver=" ", reason="险情", by=dora, at=AT
        )
    with pytest.raises(actions.ItemRefused) as refused:
        actions.declare_emergency(
            department="statistics", definition=_one_matter(city, **flood), approver="市防指", reason="险情", by=dora,
            at=AT,
        )  # fmt: skip
    assert "7" in str(refused.value.what)
    kept = actions.declare_emergency(
        department="statistics", definition=_one_matter(city, **flood, ends_on="2026-10-15"), approver="市防指指挥长",
        reason="险情", by=dora, at=AT,
    )  # fmt: skip
    assert (kept.number, kept.state) == ("YJ2026-0001", "approved")
    actions.withdraw_item(number=kept.number, reason="险情已排除", by=city.actor["sam"], at=LATER)
    assert _item(city, kept.number).state == "withdrawn"


def test_an_unannounced_item_never_says_where(city):
    number = published_item(city, method="unannounced")
    assert (_item(city, number, "tara").n_named, len(_item(city, number, "tara").targets)) == (3, 3)
    for name in ("alice", "dora", "rita"):
        assert (_item(city, number, name).n_named, _item(city, number, name).targets) == (0, ())
    single = actions.request_exception(
        department="tax", reason="来信", by=city.actor["tara"], at=AT,
        definition=_one_matter(city, method="unannounced", topic="grain", title="储备粮核查", purpose="看粮库"),
    ).number  # fmt: skip
    actions.grant_exception(number=single, reason="同意", by=city.actor["sam"], at=AT)
    with pytest.raises(NotThere):
        _item(city, single, "alice")
    after = queries.plan_item(number=single, viewer=city.actor["alice"], on=date(2026, 10, 21))
    assert after.title == "储备粮核查"


@pytest.mark.parametrize("name", ["alice", "rita", "dora", "adam", "otto", "charlie"])
def test_not_allowed(city, name):
    number, by = propose(city), city.actor[name]
    place = {"year": 2026, "unit": city.code["富水市"], "by": by, "at": AT}
    for do in (
        lambda: actions.propose_item(year=2026, department="tax", definition=definition(city), by=by, at=AT),
        lambda: actions.revise_item(number=number, definition=definition(city), reason="x", by=by, at=AT),
        lambda: actions.withdraw_item(number=number, reason="x", by=by, at=AT),
        lambda: actions.trim_item(number=number, definition=definition(city), reason="x", by=by, at=AT),
        lambda: actions.amend_item(number=number, definition=definition(city), reason="x", by=by, at=AT),
        lambda: actions.approve_item(number=number, reason="x", by=by, at=AT),
        lambda: actions.refuse_item(number=number, reason="x", by=by, at=AT),
        lambda: actions.merge_items(into=number, numbers=["JH2026-0404"], reason="x", by=by, at=AT),
        lambda: actions.freeze_plan(**place), lambda: actions.publish_plan(**place),
    ):  # fmt: skip
        with pytest.raises(NotThere):
            do()
    assert PlanItem.objects.get().state == "proposed"


def test_a_department_decides_nothing(city):
    number = propose(city)
    for do in (actions.approve_item, actions.refuse_item):
        with pytest.raises(NotThere):
            do(number=number, reason="x", by=city.actor["tara"], at=AT)


@pytest.mark.parametrize("changes", [
    {"topic": "nothing"}, {"starts_on": "2025-12-31"}, {"targets": ["990102001201"]}, {"targets": ["990101001000"]},
    {"targets": ["999999999999"]}, {"questions": [{"text": "多少", "element": "nothing"}]},
])  # fmt: skip
def test_what_the_house_does_not_know_is_invalid(city, changes):
    with pytest.raises(Invalid):
        propose(city, **changes)
    assert not PlanItem.objects.exists()


def test_only_this_year_and_the_next(city):
    with pytest.raises(Invalid):
        propose(city, year=2025, starts_on="2025-10-12", ends_on="2025-12-18")
    assert propose(city, year=2027, starts_on="2027-10-12", ends_on="2027-12-17") == "JH2027-0001"


@pytest.mark.parametrize("broken", [
    {"state": "merged", "decided_at": AT, "decision": "x"}, {"state": "refused"},
    {"state": "refused", "decided_at": AT},
    {"basis": ""}, {"visits_most": 0}, {"ends_on": date(2026, 1, 1)}, {"origin": "exception", "state": "approved"},
])  # fmt: skip
def test_the_database_refuses_too(city, broken):
    number = propose(city)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanItem.objects.filter(number=number).update(**broken)


def test_the_statement_by_department(city):
    tax = propose(city)
    statistics = propose(city, "statistics")
    actions.merge_items(into=tax, numbers=[statistics], reason="同一件事", by=city.actor["sam"], at=AT)
    approve(city, tax)
    publish(city)
    where = {"year": 2026, "unit": city.code["富水市"], "on": ON}
    lines = queries.plan_statement(**where, viewer=city.actor["sam"])
    assert [(d.department_code, d.items, d.planned, d.used, d.left, d.merged_away) for d in lines] == [
        ("statistics", 0, 0, 0, 0, 3), ("tax", 1, 3, 0, 3, 0),
    ]  # fmt: skip
    [line] = queries.plan_statement(**where, viewer=city.actor["alice"])
    assert (line.department_code, line.held, line.left) == ("tax", None, None)


def test_who_comes_to_a_village(city):
    published_item(city)
    of = {"year": 2026, "on": ON}
    [coming] = queries.coming_to(unit=city.code["一村"], viewer=city.actor["alice"], **of)
    assert (coming.item.number, coming.visits_most, coming.visited) == ("JH2026-0001", 1, 0)
    assert queries.coming_to(unit=city.code["四村"], viewer=city.actor["sam"], **of) == ()
    with pytest.raises(NotThere):
        queries.coming_to(unit=city.code["一村"], viewer=city.actor["wang"], **of)


def test_whether_an_unannounced_item_comes_cannot_be_told(city):
    published_item(city, method="unannounced")
    told = {
        name: [c.item.number for c in queries.coming_to(
            unit=city.code[place], year=2026, viewer=city.actor["sam"], on=ON)]
        for name, place in (("named", "三村"), ("elsewhere", "一村"))
    }  # fmt: skip
    assert told["named"] == told["elsewhere"] == ["JH2026-0001"]


def test_what_could_be_one_visit_in_a_year_whose_holidays_nobody_knows(city):
    """The plan is made before the next year's holidays are announced."""
    window = {"starts_on": "2027-03-01", "ends_on": "2027-03-12"}
    propose(city, year=2027, **window)
    propose(city, "statistics", year=2027, starts_on="2027-03-26", ends_on="2027-04-30")
    where = {"year": 2027, "unit": city.code["富水市"], "viewer": city.actor["sam"], "on": ON}
    [pair] = queries.overlapping_items(**where)
    assert (pair.first, pair.second, pair.apart_workdays) == ("JH2027-0001", "JH2027-0002", 10)
    later = definition(city, starts_on="2027-03-29", ends_on="2027-04-30")
    actions.revise_item(number="JH2027-0002", definition=later, reason="迟些", by=city.actor["dora"], at=AT)
    assert queries.overlapping_items(**where) == ()
