"""Appeals: two taps, an independent decision in time, and what the rules learn from it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotThere
from dukao.gate import actions, queries
from dukao.gate.models import Appeal, BurdenEntry, Demand, Visit
from dukao.gate.rules.appeals import GROUNDS, rule_missed
from dukao.law import queries as law
from tests.conftest import AT, ON
from tests.gate.ledger import ask
from tests.gate.planned import approved_item

YEAR = {"since": date(2026, 1, 1), "until": date(2027, 1, 1)}


def _appeal(city, number: str, *, ground: str = "duplicate", unit: str = "一村", by: str = "alice", **more) -> str:
    return actions.make_appeal(
        demand=number, unit=city.code[unit], ground=ground, by=city.actor[by], **{"at": AT} | more
    )


def _decide(city, appeal: str, *, is_upheld: bool = True, by="sam", **more) -> actions.DecidedAppeal:
    actor = city.actor[by] if isinstance(by, str) else by
    return actions.decide_appeal(
        appeal=appeal, is_upheld=is_upheld, by=actor, **{"decision": "查过了，别处确已报过", "at": AT} | more
    )


@pytest.mark.parametrize("ground", GROUNDS)
def test_two_taps(city, ground):
    number = ask(city, {"一村": 400, "二村": 300})
    appeal = _appeal(city, number, ground=ground)
    assert appeal == "SS2026-0001"
    seen = queries.appeal(number=appeal, viewer=city.actor["sam"])
    assert (seen.demand, seen.unit_name, seen.ground, seen.state, seen.asker_name) == (
        number, "一村", ground, "open", "统计局",
    )  # fmt: skip
    assert _appeal(city, number, ground=ground) == appeal
    assert Event.objects.filter(verb="gate.appeal.made").count() == 1


def test_the_deadline_is_in_working_days(city):
    """Five working days after Thursday 8 October 2026; Saturday the 10th is worked in exchange for the holiday."""
    appeal = _appeal(city, ask(city, {"一村": 400}))
    assert law.rule("APL-1", ON).parameters["decision_workdays"] == 5
    assert queries.appeal(number=appeal, viewer=city.actor["sam"]).due_on == date(2026, 10, 14)


def test_where_next_years_holidays_are_unknown_weekdays_are_counted(city):
    at = datetime(2029, 12, 28, 2, tzinfo=UTC)  # a Friday
    number = ask(city, {"一村": 400}, at=at, due_on=date(2030, 1, 20))
    appeal = _appeal(city, number, at=at)
    assert queries.appeal(number=appeal, viewer=city.actor["sam"]).due_on == date(2030, 1, 4)


def test_one_open_appeal_and_each_ground_once(city):
    number = ask(city, {"一村": 400})
    first = _appeal(city, number)
    with pytest.raises(actions.AppealedAlready, match=first):
        _appeal(city, number, ground="too_short")
    _decide(city, first, is_upheld=False)
    with pytest.raises(actions.AppealedAlready):
        _appeal(city, number)
    assert _appeal(city, number, ground="too_short") == "SS2026-0002"


@pytest.mark.parametrize("name", ["wang", "rita", "dora", "sam", "adam", "otto", "charlie"])
def test_only_the_unit_itself_appeals(city, name):
    with pytest.raises(NotThere):
        _appeal(city, ask(city, {"一村": 400}), by=name)


def test_only_what_is_asked_there(city):
    number = ask(city, {"二村": 400})
    with pytest.raises(NotThere):
        _appeal(city, number)
    with pytest.raises(NotThere):
        _appeal(city, "XQ2026-0404")
    with pytest.raises(Invalid):
        _appeal(city, ask(city, {"一村": 400}), ground="boring")
    back = ask(city, {"一村": 400})
    actions.withdraw_demand(number=back, reason="重复", by=city.actor["dora"], at=AT)
    with pytest.raises(actions.NothingToAppeal):
        _appeal(city, back)


def test_upheld_the_demand_is_off_the_unit_and_its_minutes_are_given_back(city):
    number = ask(city, {"一村": 400, "二村": 300})
    told = _decide(city, _appeal(city, number))
    assert (told.demand, told.kind, told.unit, told.demand_withdrawn) == (number, "sheet", city.code["一村"], False)
    assert list(BurdenEntry.objects.filter(given_back_at=None).values_list("unit_id", flat=True)) == [city.unit["二村"]]
    demand = queries.demand(number=number, viewer=city.actor["dora"])
    assert (demand.unit_count, demand.minutes_hundredths, demand.withdrawn_at) == (1, 300, None)
    assert queries.demands_on_unit(unit=city.code["一村"], viewer=city.actor["alice"]) == ()
    # The last unit takes the demand with it.
    other = _appeal(city, number, unit="二村", by="wang")
    assert _decide(city, other).demand_withdrawn
    assert queries.demand(number=number, viewer=city.actor["dora"]).withdrawn_at == AT


def test_rejected_everything_stands(city):
    number = ask(city, {"一村": 400})
    _decide(city, _appeal(city, number), is_upheld=False)
    assert BurdenEntry.objects.get().given_back_at is None
    assert queries.appeals(viewer=city.actor["alice"])[0].state == "rejected"


def test_a_visit_that_came_has_been(city):
    number = ask(city, {"一村": 12000}, kind="visit", estimate="visit")
    _decide(city, _appeal(city, number, ground="out_of_plan"))
    assert BurdenEntry.objects.get().given_back_at is None


def test_deciding_twice(city):
    appeal = _appeal(city, ask(city, {"一村": 400}))
    _decide(city, appeal)
    assert _decide(city, appeal).again
    with pytest.raises(actions.AppealDecided):
        _decide(city, appeal, is_upheld=False)
    assert Event.objects.filter(verb="gate.appeal.decided").count() == 1


def test_a_decision_has_a_reason(city):
    appeal = _appeal(city, ask(city, {"一村": 400}))
    for decision in (" ", "长" * 501):
        with pytest.raises(Invalid):
            _decide(city, appeal, decision=decision)
    with pytest.raises(NotThere):
        _decide(city, "SS2026-0404")


@pytest.mark.parametrize("name", ["alice", "wang", "rita", "dora", "tara", "adam", "otto", "charlie"])
def test_only_the_supervision_office_decides(city, name):
    appeal = _appeal(city, ask(city, {"一村": 400}))
    with pytest.raises(NotThere):
        _decide(city, appeal, by=name)


def test_nobody_judges_the_own_department(city):
    number = ask(city, {"一村": 400})
    appeal = _appeal(city, number)
    both = replace(city.actor["sam"], standings=city.actor["sam"].standings + city.actor["dora"].standings)
    with pytest.raises(actions.NotIndependent):
        _decide(city, appeal, by=both)
    assert not queries.appeal(number=appeal, viewer=both).may_decide
    Demand.objects.filter(number=number).update(by_name="sam")
    with pytest.raises(actions.NotIndependent):
        _decide(city, appeal)
    Demand.objects.filter(number=number).update(by_name="dora")
    assert queries.appeal(number=appeal, viewer=city.actor["sam"]).may_decide
    assert _decide(city, appeal).is_upheld


def test_who_may_know(city):
    _appeal(city, ask(city, {"一村": 400, "二村": 300}))
    seen = {name: len(queries.appeals(viewer=actor)) for name, actor in city.actor.items()}
    assert seen == {
        "alice": 1,
        "wang": 0,
        "rita": 0,
        "dora": 1,
        "tara": 0,
        "sam": 1,
        "adam": 0,
        "otto": 0,
        "charlie": 0,
        "gina": 0,
        "ivy": 0,
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_one_query_however_many_appeals(city, rows, django_assert_num_queries):
    for _ in range(rows):
        _appeal(city, ask(city, {"一村": 400}))
    with django_assert_num_queries(1):
        assert len(queries.appeals(viewer=city.actor["sam"])) == rows


def test_the_case_before_the_taps(city):
    number = ask(city, {"一村": 400})
    case = queries.appeal_case(demand=number, unit=city.code["一村"], viewer=city.actor["alice"], today=ON)
    assert (case.title, case.minutes_hundredths, case.grounds, case.decision_workdays) == (
        "三季度经济运行表", 400, GROUNDS, 5,
    )  # fmt: skip
    appeal = _appeal(city, number)
    case = queries.appeal_case(demand=number, unit=city.code["一村"], viewer=city.actor["alice"], today=ON)
    assert (case.grounds, [a.number for a in case.appeals]) == ((), [appeal])
    _decide(city, appeal, is_upheld=False)
    case = queries.appeal_case(demand=number, unit=city.code["一村"], viewer=city.actor["alice"], today=ON)
    assert case.grounds == ("out_of_plan", "too_short", "not_ours")


@pytest.mark.parametrize("broken", [{"state": "upheld"}, {"state": "upheld", "decided_at": AT}])
def test_the_database_refuses_a_decision_without_reason(city, broken):
    _appeal(city, ask(city, {"一村": 400}))
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.update(**broken)


# How often each rule was right


def _refused(city, *rules: str, title: str = "周报"):
    actions.record_refusal(
        kind="sheet", title=title, asker="statistics", scope_unit=city.code["富水市"], target_level=5,
        reasons=[actions.Reason(rule, "不行", "本平台约定") for rule in rules], by=city.actor["dora"], at=AT,
    )  # fmt: skip


def _statistics(city, viewer: str = "sam") -> dict[str, queries.RuleStatistic]:
    return {one.rule: one for one in queries.rule_statistics(viewer=city.actor[viewer], on=ON, **YEAR)}


def test_what_refusals_and_appeals_say_of_the_rules(city):
    _refused(city, "FRM-4", "FRM-3")
    _refused(city, "FRM-4", title="另一张周报")
    # Let through the next day as an emergency: the refusal of 周报 was overturned; a month later it would not count.
    later = date(2026, 12, 1)
    ask(city, {"一村": 100}, title="周报", is_emergency=True, at=AT + timedelta(days=1), due_on=later)
    ask(
        city, {"一村": 100}, title="另一张周报", is_emergency=True, at=AT + timedelta(days=31), due_on=date(2026, 12, 1)
    )
    _decide(city, _appeal(city, ask(city, {"一村": 400}), ground="too_short"))
    _decide(city, _appeal(city, ask(city, {"一村": 400}), ground="too_short"), is_upheld=False)
    _decide(city, _appeal(city, ask(city, {"一村": 400}), ground="not_ours"))
    seen = _statistics(city)
    assert {rule: (s.n_refused, s.n_overturned, s.n_missed, s.n_confirmed) for rule, s in seen.items()} == {
        "FRM-3": (1, 1, 1, 1), "FRM-4": (2, 1, 0, 0),
    }  # fmt: skip
    assert (seen["FRM-4"].right_percent, seen["FRM-3"].right_percent) == (50, 33)
    assert seen["FRM-4"].title == law.rule("FRM-4", ON).title
    assert _statistics(city, "tara") == {}
    assert _statistics(city, "alice")["FRM-3"].n_missed == 1


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("kind", ["sheet", "visit", "meeting", "document"])
def test_a_missed_rule_is_one_of_the_profile(ground, kind):
    if rule_id := rule_missed(ground, kind):
        assert law.rule(rule_id, ON).id == rule_id


def test_a_visit_that_is_still_to_come_is_given_back(city):
    item = approved_item(city)
    held = actions.hold_visit(
        items=[item], unit=city.code["一村"], on=ON + timedelta(days=5), mode="announced", purpose="看台账",
        team_size=2, people=[{"name": "", "office": "统计执法岗"}], request_key="k", by=city.actor["dora"], at=AT,
    )  # fmt: skip
    number = Visit.objects.get(number=held.number).demand.number
    told = _decide(city, _appeal(city, number, ground="out_of_plan"))
    assert told.demand_withdrawn
    visit = queries.visit(number=held.number, viewer=city.actor["alice"])
    assert (visit.state, visit.reason) == ("given_back", "申诉成立（SS2026-0001）")
    assert BurdenEntry.objects.get().given_back_at is not None
