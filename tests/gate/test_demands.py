"""The gate: what is admitted, what is refused, what the database itself refuses, and who may know."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotThere
from dukao.gate import actions, queries
from dukao.gate.models import Demand
from tests.conftest import AT, ON


def _ask(city, **changes):
    asked = {
        "kind": "sheet", "title": "三季度经济运行表", "asker": "statistics", "scope_unit": city.code["富水市"],
        "target_level": 5, "basis": "富统调〔2026〕8号", "due_on": ON + timedelta(days=8), "unit_count": 6,
        "minutes_hundredths": 2000, "minutes_hundredths_per_unit": 1000, "is_emergency": False,
        "by": city.actor["dora"], "at": AT,
    }  # fmt: skip
    return actions.issue_demand(**asked | changes)


def test_a_demand_says_who_asks_whom_why_by_when_and_for_how_many_minutes(city):
    assert _ask(city).number == "XQ2026-0001"
    assert _ask(city).number == "XQ2026-0002"
    seen = queries.demand(number="XQ2026-0001", viewer=city.actor["dora"])
    assert (seen.asker_name, seen.scope_name, seen.basis) == ("统计局", "富水市", "富统调〔2026〕8号")
    assert (seen.unit_count, seen.minutes_hundredths, seen.minutes_hundredths_per_unit) == (6, 2000, 1000)
    event = Event.objects.get(subject="demand:XQ2026-0001")
    assert (event.verb, event.actor, event.unit_path) == ("gate.demand.issued", "dora", city.path["富水市"])
    assert event.detail["minutes_hundredths"] == 2000


@pytest.mark.parametrize(("changes", "refusal"), [
    ({"basis": "  "}, actions.DemandWithoutBasis),
    ({"basis": "据" * 301}, Invalid),
    ({"title": ""}, Invalid),
    ({"due_on": ON - timedelta(days=1)}, actions.DueDatePassed),
    ({"unit_count": 0, "minutes_hundredths": 0}, actions.NobodyAsked),
    ({"asker": "tax"}, NotThere),
    ({"asker": "nobody"}, NotThere),
    ({"scope_unit": "000000000000"}, NotThere),
])  # fmt: skip
def test_refused(city, changes, refusal):
    with pytest.raises(refusal):
        _ask(city, **changes)
    assert not Demand.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("name", ["alice", "rita", "sam", "adam", "otto", "charlie", "tara"])
def test_not_allowed(city, name):
    with pytest.raises(NotThere):
        _ask(city, by=city.actor[name])


def test_due_today_is_the_boundary(city):
    assert _ask(city, due_on=ON).number


def test_the_year_is_the_year_there(city):
    """New Year's Eve in UTC is New Year's Day in the city."""
    assert _ask(city, at=datetime(2026, 12, 31, 17, tzinfo=UTC), due_on=date(2027, 1, 9)).number == "XQ2027-0001"


def test_numbers_grow_beyond_four_digits(city):
    issued = _ask(city)
    Demand.objects.filter(id=issued.id).update(number="XQ2026-9999")
    assert _ask(city).number == "XQ2026-10000"
    assert _ask(city).number == "XQ2026-10001"


@pytest.mark.parametrize("broken", [
    {"basis": ""}, {"unit_count": 0}, {"minutes_hundredths": 6 * 1000 + 1}, {"minutes_hundredths": -1},
    {"withdrawn_at": AT - timedelta(seconds=1)},
])  # fmt: skip
def test_the_database_refuses_too(city, broken):
    issued = _ask(city)
    with pytest.raises(IntegrityError), transaction.atomic():
        Demand.objects.filter(id=issued.id).update(**broken)


def test_withdrawing_keeps_the_record_and_twice_is_once(city):
    number = _ask(city).number
    with pytest.raises(Invalid):
        actions.withdraw_demand(number=number, reason=" ", by=city.actor["dora"], at=AT)
    for _ in range(2):
        actions.withdraw_demand(number=number, reason="口径有误", by=city.actor["dora"], at=AT)
    assert queries.demand(number=number, viewer=city.actor["sam"]).withdrawn_at == AT
    assert Event.objects.filter(verb="gate.demand.withdrawn").count() == 1
    for stranger in ("tara", "sam", "alice"):
        with pytest.raises(NotThere):
            actions.withdraw_demand(number=number, reason="x", by=city.actor[stranger], at=AT)
    with pytest.raises(NotThere):
        actions.withdraw_demand(number="XQ2026-0404", reason="x", by=city.actor["dora"], at=AT)


def test_who_may_know(city):
    number = _ask(city, scope_unit=city.code["东县"], unit_count=3).number
    _ask(city, asker="tax", by=city.actor["tara"], title="发票核对")
    mine = {name: [d.title for d in queries.demands(viewer=actor)] for name, actor in city.actor.items()}
    assert mine["dora"] == ["三季度经济运行表"]
    assert mine["tara"] == ["发票核对"]
    assert mine["sam"] == ["发票核对", "三季度经济运行表"]
    assert all(mine[name] == [] for name in ("alice", "wang", "rita", "adam", "otto", "charlie"))
    with pytest.raises(NotThere):
        queries.demand(number=number, viewer=city.actor["tara"])
    assert [d.title for d in queries.demands(viewer=city.actor["sam"], asker="tax")] == ["发票核对"]
    assert queries.demands(viewer=city.actor["sam"], since=ON + timedelta(days=1)) == ()
    assert queries.demands(viewer=city.actor["sam"], until=ON) == ()
    newest, *older = queries.demands(viewer=city.actor["sam"])
    assert older
    assert queries.demands(viewer=city.actor["sam"], before=newest.number) == tuple(older)
    assert queries.demands(viewer=city.actor["sam"], before="XQ2026-9999") == ()


def test_what_is_asked_of_one_unit(city):
    _ask(city, scope_unit=city.code["东县"], unit_count=3)
    _ask(city, title="只问县里", target_level=3, unit_count=2)
    _ask(city, title="只问西区", scope_unit=city.code["西区"], unit_count=3)
    for name in ("alice", "rita", "sam"):
        asked = queries.demands_on_unit(unit=city.code["一村"], viewer=city.actor[name])
        assert [d.title for d in asked] == ["三季度经济运行表"]
    for stranger in ("wang", "charlie", "adam", "otto"):
        with pytest.raises(NotThere):
            queries.demands_on_unit(unit=city.code["一村"], viewer=city.actor[stranger])


def test_the_statement_of_minutes(city):
    _ask(city)
    withdrawn = _ask(city, minutes_hundredths=100)
    actions.withdraw_demand(number=withdrawn.number, reason="重复", by=city.actor["dora"], at=AT)
    _ask(city, asker="tax", by=city.actor["tara"], minutes_hundredths=2700)
    statement = queries.minutes_by_asker(viewer=city.actor["sam"], since=date(2026, 1, 1), until=date(2027, 1, 1))
    assert [(a.department_code, a.demands, a.unit_demands, a.minutes_hundredths, a.withdrawn) for a in statement] == [
        ("statistics", 1, 6, 2000, 1), ("tax", 1, 6, 2700, 0),
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [1, 3])
def test_one_query_however_many_demands(city, rows, django_assert_num_queries):
    for _ in range(rows):
        _ask(city)
    with django_assert_num_queries(1):
        assert len(queries.demands(viewer=city.actor["sam"])) == rows
