"""Statements, calendar, what-if and comparison: against the entries added up by hand, and who may see them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from statistics import median_low

import pytest
from django.db import IntegrityError, connection, transaction

from dukao.base.models import Event
from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere
from dukao.gate import actions, queries
from dukao.gate.models import Baseline, BurdenEntry, Demand, Meeting, Visit
from dukao.law import queries as law
from tests.conftest import AT, ON
from tests.gate.ledger import ask

OCTOBER = Period.parse("2026-10")
VILLAGES = ["一村", "二村", "三村", "四村", "五村", "六村"]


def _story(city) -> dict[str, str]:
    """Two sheets and a meeting in October, one of November; one measured, one taken back."""
    numbers = {
        "sheet": ask(city, {"一村": 400, "二村": 300, "四村": 500}),
        "meeting": ask(city, {"一村": 6000, "甲镇": 12000}, kind="meeting", estimate="meeting", title="秋收调度会"),
        "tax": ask(city, {"一村": 100, "四村": 100}, asker="tax", by="tara", title="发票核对"),
        "later": ask(city, {"一村": 700}, on=date(2026, 11, 20), title="十一月的表"),
        "back": ask(city, {"二村": 900}, title="撤回的表"),
    }
    actions.tell_minutes(demand=numbers["sheet"], unit=city.code["一村"], minutes=5, by=city.actor["alice"], at=AT)
    actions.withdraw_demand(number=numbers["back"], reason="重复", by=city.actor["dora"], at=AT)
    return numbers


def _statement(city, unit: str, viewer: str = "sam", period: Period = OCTOBER) -> queries.UnitStatement:
    return queries.unit_statement(unit=city.code[unit], period=period, viewer=city.actor[viewer])


def test_what_a_village_was_asked_for(city):
    _story(city)
    seen = _statement(city, "一村")
    assert (seen.own.n, seen.own.minutes_hundredths) == (3, 500 + 6000 + 100)
    assert (seen.own.n_measured, seen.own.measured_hundredths, seen.own.estimated_hundredths) == (1, 500, 6100)
    assert seen.own.measured_percent_of_estimate == 125
    assert seen.whole == seen.own
    assert seen.children == ()
    assert [(line.title, line.kind, line.burden.minutes_hundredths, line.estimate) for line in seen.lines] == [
        ("三季度经济运行表", "sheet", 500, "cells"), ("秋收调度会", "meeting", 6000, "meeting"),
        ("发票核对", "sheet", 100, "cells"),
    ]  # fmt: skip
    assert [(k.kind, k.burden.n) for k in seen.kinds] == [("meeting", 1), ("sheet", 2)]
    assert [(a.code, a.burden.minutes_hundredths) for a in seen.askers] == [("statistics", 6500), ("tax", 100)]


def test_a_town_has_its_own_and_its_villages(city):
    _story(city)
    seen = _statement(city, "甲镇")
    assert (seen.own.minutes_hundredths, seen.whole.minutes_hundredths) == (12000, 12000 + 6600 + 300)
    assert [(c.name, c.n_villages, c.burden.minutes_hundredths) for c in seen.children] == [
        ("一村", 1, 6600), ("二村", 1, 300),
    ]  # fmt: skip
    assert (seen.whole.n_given_back, seen.whole.given_back_hundredths) == (1, 900)


def test_a_county_adds_up_and_tells_per_village(city):
    _story(city)
    seen = _statement(city, "富水市")
    assert [(c.name, c.n_villages, c.per_village_hundredths) for c in seen.children] == [
        ("东县", 3, 18900 // 3), ("西区", 3, 600 // 3),
    ]  # fmt: skip
    assert sum(c.burden.minutes_hundredths for c in seen.children) == seen.whole.minutes_hundredths


def test_a_quarter_is_its_months_and_is_compared_with_the_one_before(city):
    _story(city)
    fourth = _statement(city, "一村", period=Period.parse("2026Q4"))
    assert fourth.whole.minutes_hundredths == 6600 + 700
    november = _statement(city, "一村", period=Period.parse("2026-11"))
    assert (november.whole.minutes_hundredths, november.before.minutes_hundredths) == (700, 6600)


def test_the_median_counts_the_idle(city):
    _story(city)
    median = _statement(city, "一村").median
    # 一村 6600, 二村 300, 四村 600, and three that were asked for nothing.
    assert (median.n_units, median.minutes_hundredths) == (6, 0)
    ask(city, {"三村": 200, "五村": 250})
    assert _statement(city, "一村").median.minutes_hundredths == 250
    assert _statement(city, "富水市").median is None


def test_what_a_department_asked(city):
    _story(city)
    seen = queries.department_statement(department="statistics", period=OCTOBER, viewer=city.actor["dora"])
    assert (seen.n_demands, seen.n_units, seen.whole.n) == (2, 4, 5)
    assert seen.whole.minutes_hundredths == 500 + 300 + 500 + 6000 + 12000
    assert [(c.name, c.burden.n) for c in seen.children] == [("东县", 4), ("西区", 1)]
    assert [line.title for line in seen.lines] == ["三季度经济运行表", "秋收调度会", "撤回的表"]


@pytest.mark.parametrize("seed", range(5))
def test_statements_agree_with_adding_up_one_by_one(city, seed):
    chance = Random(seed)
    for _ in range(12):
        chosen = chance.sample(VILLAGES, chance.randint(1, 6))
        asker, by = chance.choice([("statistics", "dora"), ("tax", "tara")])
        number = ask(city, {name: chance.randint(0, 900) for name in chosen}, asker=asker, by=by)
        if "一村" in chosen and chance.random() < 0.5:
            actions.tell_minutes(demand=number, unit=city.code["一村"], minutes=7, by=city.actor["alice"], at=AT)
        if chance.random() < 0.3:
            actions.withdraw_demand(number=number, reason="重复", by=city.actor[by], at=AT)
    entries = [e for e in BurdenEntry.objects.all() if e.given_back_at is None]
    spent = {e.pk: e.minutes_hundredths if e.measured_hundredths is None else e.measured_hundredths for e in entries}
    for name in VILLAGES:
        mine = sum(spent[e.pk] for e in entries if e.unit_id == city.unit[name])
        assert _statement(city, name).own.minutes_hundredths == mine
    whole = _statement(city, "富水市").whole
    assert (whole.n, whole.minutes_hundredths) == (len(entries), sum(spent.values()))
    per_village = [sum(spent[e.pk] for e in entries if e.unit_id == city.unit[name]) for name in VILLAGES]
    assert _statement(city, "一村").median.minutes_hundredths == median_low(per_village)


@pytest.mark.parametrize("rows", [1, 3])
def test_as_many_queries_however_many_demands(city, rows, django_assert_num_queries):
    for _ in range(rows):
        ask(city, dict.fromkeys(VILLAGES, 100))
    with django_assert_num_queries(11):
        _statement(city, "甲镇")


@pytest.mark.parametrize(("name", "unit", "may"), [
    ("alice", "一村", True), ("alice", "二村", False), ("rita", "一村", True), ("rita", "甲镇", True),
    ("rita", "四村", False), ("dora", "一村", True), ("sam", "富水市", True), ("adam", "一村", False),
    ("otto", "一村", False), ("charlie", "一村", False), ("alice", "甲镇", False),
])  # fmt: skip
def test_who_may_read_a_statement(city, name, unit, may):
    def read():
        _statement(city, unit, name)
        queries.unit_calendar(unit=city.code[unit], month=OCTOBER, viewer=city.actor[name])
        queries.comparison(unit=city.code[unit], year=2026, today=ON, viewer=city.actor[name])

    if may:
        read()
        return
    with pytest.raises(NotThere):
        read()


@pytest.mark.parametrize("name", ["tara", "alice", "rita", "adam", "otto", "charlie"])
def test_another_department_does_not_read_ones_statement(city, name):
    with pytest.raises(NotThere):
        queries.department_statement(department="statistics", period=OCTOBER, viewer=city.actor[name])


# The calendar


def _visit(city, unit: str, on: date, mode: str, state: str = "held", **more) -> Visit:
    return Visit.objects.create(
        number=f"JC-{Visit.objects.count()}", request_key=f"k{Visit.objects.count()}", state=state, mode=mode,
        unit_id=city.unit[unit], on=on, purpose="看秋粮", team_size=2, minutes_hundredths=12000,
        code_digest=f"{Visit.objects.count():064d}", booked_by="tara", booked_at=AT, expires_at=AT, caps={}, **more,
    )  # fmt: skip


def test_next_month_in_one_village(city):
    ask(city, {"一村": 400}, on=date(2026, 11, 20))
    number = ask(city, {"一村": 6000}, kind="meeting", estimate="meeting", on=date(2026, 11, 3), title="秋收调度会")
    Meeting.objects.create(
        number="HY2026-0001", department_id=city.department["statistics"], title="秋收调度会", kind="special",
        basis="模拟", state="planned", scope_unit_id=city.unit["富水市"], target_level=5, unit_count=1,
        attendees_per_unit=1, starts_at=datetime(2026, 11, 3, 1, 30, tzinfo=UTC), planned_minutes=60, by_name="dora",
        made_at=AT, demand=Demand.objects.get(number=number),
    )  # fmt: skip
    _visit(city, "一村", date(2026, 11, 10), "announced")
    _visit(city, "一村", date(2026, 11, 11), "announced", "given_back", given_back_at=AT)
    _visit(city, "一村", date(2026, 11, 12), "remote")
    _visit(city, "二村", date(2026, 11, 10), "announced")
    seen = queries.unit_calendar(unit=city.code["一村"], month=Period.parse("2026-11"), viewer=city.actor["alice"])
    assert [(item.on.day, item.kind, item.starts_at and item.starts_at.hour) for item in seen.items] == [
        (3, "meeting", 1), (10, "visit", None), (20, "sheet", None),
    ]  # fmt: skip
    assert seen.minutes_hundredths == 6000 + 12000 + 400


def test_a_sealed_visit_leaves_no_trace_before_it_has_come(city, django_assert_num_queries):
    """Same items, same sums, same queries with it and without it; for the unit, its town, other departments, all."""
    ask(city, {"一村": 400})
    looks = {
        name: (
            lambda viewer: queries.unit_calendar(unit=city.code["一村"], month=OCTOBER, viewer=viewer),
            lambda viewer: queries.unit_statement(unit=city.code["一村"], period=OCTOBER, viewer=viewer),
            lambda viewer: queries.comparison(unit=city.code["一村"], year=2026, today=ON, viewer=viewer),
        )
        for name in ("alice", "rita", "dora", "sam")
    }

    def seen():
        return {name: [look(city.actor[name]) for look in all_] for name, all_ in looks.items()}

    def planned():
        asked = {city.unit["一村"]: 100}
        return queries.what_if(asker="statistics", due_on=ON, minutes_by_unit=asked, viewer=city.actor["dora"])

    before, before_plan = seen(), planned()
    sealed = _visit(city, "一村", ON, "unannounced")
    assert (seen(), planned()) == (before, before_plan)
    Visit.objects.filter(pk=sealed.pk).update(state="arrived", arrived_at=AT)
    after = seen()["alice"][0]
    assert [item.kind for item in after.items] == ["visit", "sheet"]


# What would come of it


def test_what_if(city):
    ask(city, {"一村": 400, "二村": 300, "四村": 500}, on=date(2026, 10, 14))
    ask(city, {"一村": 100}, asker="tax", by="tara", on=date(2026, 10, 18), title="发票核对")
    ask(city, {"一村": 100}, asker="tax", by="tara", on=date(2026, 10, 19), title="下一周的")
    _visit(city, "二村", date(2026, 10, 13), "announced")
    asked = {city.unit[name]: 200 for name in ("一村", "二村", "三村")}
    seen = queries.what_if(
        asker="statistics", due_on=date(2026, 10, 16), minutes_by_unit=asked, viewer=city.actor["dora"]
    )
    assert (seen.week_from, seen.week_until) == (date(2026, 10, 12), date(2026, 10, 18))
    assert (seen.n_units, seen.minutes_hundredths, seen.per_unit_hundredths) == (3, 600, 200)
    assert [(o.title, o.asker_name, o.n_units) for o in seen.others] == [
        ("三季度经济运行表", "统计局", 2), ("发票核对", "税务局", 1),
    ]  # fmt: skip
    assert (seen.n_visits, seen.n_busy) == (1, 2)
    assert (seen.crowded_from, [(c.name, c.n_things) for c in seen.crowded]) == (3, [("一村", 3), ("二村", 3)])
    # October so far: 600, 300, 0, 500, 0, 0; with this 800, 500, 200, 500, 0, 0.
    assert (seen.median_before_hundredths, seen.median_after_hundredths, seen.n_over_median) == (0, 200, 2)


@pytest.mark.parametrize("name", ["tara", "alice", "rita", "adam", "otto", "charlie"])
def test_what_if_is_for_who_would_ask(city, name):
    with pytest.raises(NotThere):
        queries.what_if(asker="statistics", due_on=ON, minutes_by_unit={city.unit["一村"]: 1}, viewer=city.actor[name])


# Baselines


def _set(city, count: int = 200, *, by: str = "sam", **changes):
    asked = {
        "unit": city.code["富水市"], "kind": "document", "year": 2018, "count": count,
        "source": "2018 年发文登记簿（模拟）", "by": city.actor[by], "at": AT,
    }  # fmt: skip
    actions.set_baseline(**asked | changes)


@pytest.mark.parametrize(("kind", "bar", "within"), [("document", -50, 100), ("meeting", -65, 70), ("visit", -90, 20)])
def test_the_bars_and_both_their_sides(city, kind, bar, within):
    _set(city, 200, kind=kind)
    for n in (within, within + 1):
        while BurdenEntry.objects.filter(kind=kind).count() < n:
            left = n - BurdenEntry.objects.filter(kind=kind).count()
            number = ask(city, dict.fromkeys(VILLAGES[: min(left, 6)], 100), kind=kind, estimate="pages")
            if kind == "visit":
                _visit(city, "一村", ON, "announced", "arrived", arrived_at=AT,
                       demand=Demand.objects.get(number=number))  # fmt: skip
        seen = {one.kind: one for one in queries.comparison(
            unit=city.code["富水市"], year=2026, today=ON, viewer=city.actor["sam"])}[kind]  # fmt: skip
        assert (seen.count, seen.bar_percent, seen.count_most) == (n, bar, within)
        assert seen.is_within is (n == within)
    assert seen.source
    assert seen.rule in ("DOC-3", "MTG-6", "INS-10")


def test_an_inspection_counts_when_it_has_come(city):
    """Booked it does not, arrived it does; one that only reads data never does."""

    def n_visits() -> int:
        seen = queries.comparison(unit=city.code["富水市"], year=2026, today=ON, viewer=city.actor["sam"])
        return seen[2].count

    number = ask(city, {"一村": 12000}, kind="visit", estimate="visit")
    visit = _visit(city, "一村", ON, "announced", demand=Demand.objects.get(number=number))
    assert n_visits() == 0
    Visit.objects.filter(pk=visit.pk).update(state="arrived", arrived_at=AT)
    assert n_visits() == 1
    Visit.objects.filter(pk=visit.pk).update(mode="remote")
    assert n_visits() == 0


def test_without_a_baseline_nothing_is_compared(city):
    ask(city, {"一村": 100}, kind="document", estimate="pages")
    document, meeting, visit = queries.comparison(
        unit=city.code["富水市"], year=2026, today=ON, viewer=city.actor["sam"]
    )
    assert (document.count, document.baseline, document.change_percent, document.is_within) == (1, None, None, None)
    assert (meeting.count, visit.count) == (0, 0)


@pytest.mark.parametrize(("count", "baseline", "percent"), [
    (0, 200, -100), (100, 200, -50), (101, 200, -50), (99, 200, -51), (200, 200, 0), (201, 200, 1), (1, 3, -67),
    (1, 0, None),
])  # fmt: skip
def test_change_in_percent(city, count, baseline, percent):
    _set(city, baseline)
    seen = queries.comparison(unit=city.code["富水市"], year=2026, today=ON, viewer=city.actor["sam"])[0]
    assert replace(seen, count=count, until=date(2026, 12, 31)).change_percent == percent


def test_the_calendar_of_a_town_tells_what_its_villages_are_asked(city):
    ask(city, {"一村": 100, "二村": 200})
    _visit(city, "一村", ON, "announced", demand=None)
    _visit(city, "二村", ON, "unannounced", demand=None)
    seen = queries.unit_calendar(unit=city.code["甲镇"], month=OCTOBER, viewer=city.actor["rita"])
    told = {(item.kind, item.n_units, item.minutes_hundredths) for item in seen.below}
    assert ("sheet", 2, 300) in told
    assert [n for kind, n, _minutes in told if kind == "visit"] == [1]
    assert queries.unit_calendar(unit=city.code["一村"], month=OCTOBER, viewer=city.actor["alice"]).below == ()


@pytest.mark.parametrize(("count", "percent"), [(181, 0), (90, -50), (0, -100), (200, 10)])
def test_part_of_a_year_is_compared_with_the_same_part(city, count, percent):
    _set(city, 365)
    seen = queries.comparison(unit=city.code["富水市"], year=2026, today=ON, viewer=city.actor["sam"])[0]
    assert replace(seen, count=count, until=date(2026, 6, 30)).change_percent == percent


def test_a_baseline_is_set_once(city):
    _set(city, 200)
    _set(city, 200)
    with pytest.raises(actions.BaselineStands, match="已经定为 200"):
        _set(city, 300)
    assert Event.objects.filter(verb="gate.baseline.set").count() == 1


@pytest.mark.parametrize("deed", ["UPDATE gate_baseline SET count = 900", "DELETE FROM gate_baseline"])
def test_the_database_itself_keeps_it(city, deed):
    _set(city, 200)
    with pytest.raises(Exception, match="a baseline stands"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed)
    assert Baseline.objects.get().count == 200


def test_nor_is_there_a_second_one(city):
    _set(city, 200)
    twin = Baseline.objects.get()
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.parametrize("changes", [
    {"kind": "sheet"}, {"year": 2026}, {"year": 1900}, {"count": -1}, {"source": " "}, {"source": "长" * 201},
])  # fmt: skip
def test_what_a_baseline_must_say(city, changes):
    with pytest.raises(Invalid):
        _set(city, **changes)
    assert not Baseline.objects.exists()


@pytest.mark.parametrize("name", ["alice", "rita", "dora", "tara", "adam", "otto", "charlie"])
def test_only_the_supervision_office_sets_one(city, name):
    with pytest.raises(NotThere):
        _set(city, by=name)


def test_the_bars_are_dated_and_cited(city):
    for rule_id in ("DOC-3", "MTG-6", "INS-10"):
        assert law.rule(rule_id, ON).sources
