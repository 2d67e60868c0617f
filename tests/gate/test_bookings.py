"""Booking, arriving, giving back, expiring: done, refused, not allowed, recorded, nothing half-done."""
# ruff: noqa: F811 (fixtures)

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotThere
from dukao.gate import actions, queries
from dukao.gate.models import BurdenEntry, Demand, JointPlan, Quota, Refusal, Visit
from dukao.gate.rules.quotas import department_key, item_key, topic_key
from dukao.org import queries as org
from tests.conftest import AT, ON
from tests.gate.world import PEOPLE, approved, book, item, nothing_is_booked, plan  # noqa: F401 (fixtures)

MONDAY = date(2026, 10, 12)
NOON = datetime(2026, 10, 12, 4, 0, tzinfo=UTC)


def _arrive(city, held, *, unit="一村", by="alice", at=NOON):
    return actions.arrive(code=held.code, unit=city.code[unit], by=city.actor[by], at=at)


def _counts(key):
    return Quota.objects.values_list("limit", "held", "used", "lifted").get(key=key)


def test_a_booking_holds_its_caps_and_asks_the_unit(city, book):
    held = book()
    assert held.expires_at == datetime(2026, 10, 12, 16, 0, tzinfo=UTC)
    assert sorted(Quota.objects.values_list("key", "limit", "held", "used")) == [
        ("department:statistics:2026", 400, 1, 0), ("item:JH2026-0001", 3, 1, 0), ("topic:grain:2026", 2000, 1, 0),
        ("unit:990101001201:2026-10", 2, 1, 0), ("unit:990101001201:2026-W42", 1, 1, 0),
    ]  # fmt: skip
    seen = queries.visit(number=held.number, viewer=city.actor["alice"])
    assert (seen.state, seen.on, seen.people[0].office, seen.asks) == ("held", MONDAY, "检查科", ("台账",))
    demand = queries.demand(number=held.number, viewer=city.actor["dora"])
    assert (demand.kind, demand.scope_name, demand.unit_count, demand.due_on) == ("visit", "一村", 1, MONDAY)
    assert demand.minutes_hundredths == 12000
    assert [d.number for d in queries.demands_on_unit(unit=city.code["一村"], viewer=city.actor["alice"])] == [
        held.number
    ]
    entry = BurdenEntry.objects.get()
    assert (entry.unit_id, entry.month, entry.minutes_hundredths) == (city.unit["一村"], 2026210, 12000)
    event = Event.objects.get()
    assert (event.verb, event.subject, event.actor) == ("gate.visit.booked", f"visit:{held.number}", "dora")
    assert event.unit_path == city.path["一村"]


def test_an_arrival_uses_what_was_held_and_twice_is_once(city, book):
    held = book()
    for _ in range(2):
        assert _arrive(city, held).state == "arrived"
    assert _counts("item:JH2026-0001") == (3, 0, 1, 0)
    assert _counts("unit:990101001201:2026-W42") == (1, 0, 1, 0)
    assert list(Event.objects.order_by("id").values_list("verb", flat=True)) == [
        "gate.visit.booked",
        "gate.visit.arrived",
    ]
    assert list(queries.quotas_that_differ()) == []
    with pytest.raises(actions.AlreadyArrived):
        actions.give_back(visit=held.number, reason="改期", by=city.actor["dora"], at=NOON)


def test_what_is_given_back_is_free_again_and_charged_to_nobody(city, book):
    held = book()
    with pytest.raises(actions.CapReached):
        book(on=date(2026, 10, 16))
    for _ in range(2):
        actions.give_back(visit=held.number, reason="改期", by=city.actor["dora"], at=NOON)
    assert _counts("unit:990101001201:2026-W42") == (1, 0, 0, 0)
    assert queries.demand(number=held.number, viewer=city.actor["sam"]).withdrawn_at == NOON
    assert BurdenEntry.objects.get().given_back_at == NOON
    assert Event.objects.filter(verb="gate.visit.given_back").count() == 1
    with pytest.raises(queries.CodeDoesNotHold):
        _arrive(city, held)
    assert book(on=date(2026, 10, 16)).number != held.number


def test_what_expired_is_given_back_by_the_house(city, book):
    held, later = book(), book(unit=city.code["二村"], on=date(2026, 10, 13))
    assert actions.expire_holds(at=held.expires_at - timedelta(seconds=1)) == 0
    assert actions.expire_holds(at=held.expires_at) == 1
    assert actions.expire_holds(at=held.expires_at) == 0
    assert queries.visit(number=held.number, viewer=city.actor["dora"]).state == "given_back"
    assert queries.visit(number=later.number, viewer=city.actor["dora"]).state == "held"
    assert Event.objects.get(verb="gate.visit.expired").actor == "system"
    assert list(queries.quotas_that_differ()) == []


@pytest.mark.parametrize(("at", "refusal"), [
    (datetime(2026, 10, 11, 15, 59, 59, tzinfo=UTC), actions.NotThatDay),
    (datetime(2026, 10, 11, 16, 0, tzinfo=UTC), None),
    (datetime(2026, 10, 12, 15, 59, 59, tzinfo=UTC), None),
    (datetime(2026, 10, 12, 16, 0, tzinfo=UTC), queries.CodeDoesNotHold),
])  # fmt: skip
def test_a_visit_arrives_on_its_day_there(city, book, at, refusal):
    """INS-1: a hold lasts 24 hours from the beginning of its day."""
    held = book()
    if refusal is None:
        assert _arrive(city, held, at=at).arrived_at == at
        return
    with pytest.raises(refusal):
        _arrive(city, held, at=at)
    assert _counts("item:JH2026-0001") == (3, 1, 0, 0)


def test_a_clock_that_is_behind_never_puts_an_arrival_before_its_booking(city, book):
    booked_at = datetime(2026, 10, 12, 3, 0, tzinfo=UTC)
    held = book(at=booked_at)
    assert _arrive(city, held, at=booked_at - timedelta(hours=1)).arrived_at == booked_at
    other = book(unit=city.code["二村"], at=booked_at)
    actions.give_back(visit=other.number, reason="改期", by=city.actor["dora"], at=booked_at - timedelta(days=1))
    assert queries.demand(number=other.number, viewer=city.actor["sam"]).withdrawn_at == booked_at


def test_a_code_holds_at_its_own_unit_only_however_it_is_typed(city, book):
    held = book()
    with pytest.raises(queries.CodeDoesNotHold):
        _arrive(city, held, unit="二村", by="wang")
    with pytest.raises(queries.CodeDoesNotHold):
        actions.arrive(code="不是码", unit=city.code["一村"], by=city.actor["alice"], at=NOON)
    for stranger in ("wang", "dora", "sam", "charlie"):
        with pytest.raises(NotThere):
            _arrive(city, held, by=stranger)
    typed = "-".join(held.code[n : n + 4] for n in range(0, 16, 4)).lower()
    assert actions.arrive(code=typed, unit=city.code["一村"], by=city.actor["alice"], at=NOON).number == held.number


def test_a_withdrawn_item_gives_back_what_was_booked_on_it_and_keeps_what_has_come(city, book):
    came, coming = book(), book(unit=city.code["二村"])
    _arrive(city, came)
    withdraw = partial(actions.withdraw_item, number="JH2026-0001", reason="不再需要", by=city.actor["sam"])
    withdraw(at=NOON)
    withdraw(at=NOON)
    assert _counts("item:JH2026-0001")[1:3] == (0, 1)
    states = dict(Visit.objects.values_list("number", "state"))
    assert states == {came.number: "arrived", coming.number: "given_back"}
    assert Visit.objects.get(number=coming.number).reason == "不再需要"
    assert not list(queries.quotas_that_differ())


class TestTheSameRequest:
    def test_is_one_booking_with_one_answer(self, city, book):
        held = book(request_key="k")
        assert book(request_key="k") == held
        assert Visit.objects.count() == 1
        _arrive(city, held)
        assert book(request_key="k") == held

    def test_keeps_its_answer_where_the_rules_would_refuse_it_by_now(self, city, book, item):
        held = book(request_key="k")
        type(item).objects.update(state="withdrawn")
        assert book(request_key="k", at=AT + timedelta(days=30)) == held

    @pytest.mark.parametrize("changes", [
        {"on": MONDAY + timedelta(days=1)}, {"purpose": "别的"}, {"team_size": 3}, {"people": PEOPLE[:1]},
        {"mode": "unannounced"},
    ])  # fmt: skip
    def test_with_another_body_is_refused(self, city, book, changes):
        book(request_key="k")
        with pytest.raises(actions.RequestKeyTaken):
            book(request_key="k", **changes)

    def test_of_somebody_else_is_refused(self, city, book):
        book(request_key="k")
        with pytest.raises(actions.RequestKeyTaken):
            book(request_key="k", by=city.actor["sam"])

    def test_gets_no_code_once_the_secret_of_the_house_has_changed(self, book, settings):
        held = book(request_key="k")
        settings.SECRET_KEY = "another" * 8
        assert book(request_key="k") == actions.HeldVisit(held.number, "", held.expires_at)


@pytest.mark.parametrize("changes", [
    {"items": []}, {"items": ["JH2026-0404"]}, {"items": ["JH2026-0001", "JH2026-0404"]}, {"unit": "000000000000"},
    {"mode": "remote"}, {"mode": "drone"}, {"purpose": "  "}, {"purpose": "长" * 501}, {"team_size": 0},
    {"team_size": 51}, {"people": []}, {"people": PEOPLE * 2}, {"people": [{"name": "李某", "office": " "}]},
    {"people": [{"name": "李" * 200, "office": "科"}]}, {"request_key": ""}, {"request_key": "k" * 65},
])  # fmt: skip
def test_what_is_not_said_or_not_there(book, changes):
    with pytest.raises((Invalid, NotThere)):
        book(**changes)
    assert nothing_is_booked()


@pytest.mark.parametrize("name", ["alice", "wang", "rita", "tara", "adam", "otto", "charlie"])
def test_not_allowed(city, book, name):
    with pytest.raises(NotThere):
        book(by=city.actor[name])
    held = book()
    with pytest.raises(NotThere):
        actions.give_back(visit=held.number, reason="改期", by=city.actor[name], at=NOON)
    assert _counts("item:JH2026-0001") == (3, 1, 0, 0)


class TestJointVisits:
    def test_each_item_is_charged_and_the_unit_once(self, city, plan, book):
        approved(city, plan, "JH2026-0002", by="tax", minutes_hundredths_per_visit=30000)
        held = book(items=["JH2026-0001", "JH2026-0002"], by=city.actor["sam"])
        for key in ("item:JH2026-0001", "item:JH2026-0002", department_key("tax", 2026), topic_key("grain", 2026)):
            assert _counts(key)[1] == 1
        assert _counts("unit:990101001201:2026-10") == (2, 1, 0, 0)
        seen = queries.visit(number=held.number, viewer=city.actor["tara"])
        assert [part.item_number for part in seen.parts] == ["JH2026-0001", "JH2026-0002"]
        assert seen.minutes_hundredths == 30000
        assert queries.demand(number=held.number, viewer=city.actor["sam"]).asker_code == "statistics"

    def test_a_department_does_not_book_for_another(self, city, plan, book):
        approved(city, plan, "JH2026-0002", by="tax")
        with pytest.raises(NotThere):
            book(items=["JH2026-0001", "JH2026-0002"])

    def test_who_leads_one_of_the_calendar_books_it_for_the_others(self, city, plan, book):
        """The lead, that unit, that day and those items only; caps of all are charged, and the event tells them."""
        approved(city, plan, "JH2026-0002", by="tax")
        approved(city, plan, "JH2026-0003", by="tax")
        joint = JointPlan.objects.create(plan=plan, made_at=AT, made_by="sam", limits={}, planned=2, bound=1,
                                         crowded_months=0)  # fmt: skip
        joint.visits.create(unit_id=city.unit["一村"], on=MONDAY, items=["JH2026-0001", "JH2026-0002"])
        both = {"items": ["JH2026-0001", "JH2026-0002"]}
        with pytest.raises(NotThere):
            book(**both)
        JointPlan.objects.update(adopted_at=AT)
        for changes in (
            {"by": city.actor["tara"]}, {"unit": city.code["二村"]}, {"on": MONDAY + timedelta(days=1)},
            {"items": ["JH2026-0001", "JH2026-0003"]}, {"items": ["JH2026-0002"]}, {"items": both["items"][::-1]},
        ):  # fmt: skip
            with pytest.raises(NotThere):
                book(**both | changes)
        assert nothing_is_booked()
        held = book(**both)
        for key in (item_key("JH2026-0002"), department_key("statistics", 2026), department_key("tax", 2026)):
            assert _counts(key)[1] == 1
        assert Event.objects.get().detail["departments"] == ["statistics", "tax"]
        assert queries.visit(number=held.number, viewer=city.actor["tara"]).state == "held"

    def test_what_the_others_have_booked_is_not_told_to_who_leads(self, city, plan, book):
        approved(city, plan, "JH2026-0002", by="tax", visits_most=1)
        joint = JointPlan.objects.create(plan=plan, made_at=AT, made_by="sam", limits={}, planned=2, bound=1,
                                         crowded_months=0, adopted_at=AT)  # fmt: skip
        joint.visits.create(unit_id=city.unit["一村"], on=MONDAY, items=["JH2026-0001", "JH2026-0002"])
        book(items=["JH2026-0002"], unit=city.code["二村"], by=city.actor["tara"])
        with pytest.raises(actions.CapReached) as refused:
            book(items=["JH2026-0001", "JH2026-0002"])
        assert refused.value.what.endswith("一共可以去 1 次，已经排满")
        here = org.unit_by_code(city.code["一村"])
        led = queries.items_to_book(viewer=city.actor["dora"], today=ON, unit=here, on=MONDAY)
        assert [(one.number, one.left) for one in led] == [("JH2026-0001", 3), ("JH2026-0002", None)]
        assert len(queries.items_to_book(viewer=city.actor["dora"], today=ON)) == 1

    def test_all_caps_or_none(self, city, plan, book):
        approved(city, plan, "JH2026-0002", by="tax")
        actions.set_limits(departments={"tax": 0}, year=2026)
        with pytest.raises(actions.CapReached):
            book(items=["JH2026-0001", "JH2026-0002"], by=city.actor["sam"])
        assert nothing_is_booked()


class TestBeyondThePlan:
    def test_an_exception_brings_its_own_quota_and_counts_for_the_unit(self, city, plan, book):
        approved(city, plan, "YS2026-0001", origin="exception", visits_most=1)
        book(items=["YS2026-0001"])
        assert sorted(Quota.objects.values_list("key", flat=True)) == [
            "item:YS2026-0001", "unit:990101001201:2026-10", "unit:990101001201:2026-W42",
        ]  # fmt: skip
        with pytest.raises(actions.CapReached):
            book(on=date(2026, 10, 16))
        with pytest.raises(actions.CapReached) as refused:
            book(items=["YS2026-0001"], unit=city.code["二村"])
        assert refused.value.rule == "INS-1"

    def test_an_emergency_goes_beyond_the_units_caps_and_still_counts(self, city, plan, book):
        approved(city, plan, "YJ2026-0001", origin="emergency")
        book()
        urgent = book(items=["YJ2026-0001"], on=date(2026, 10, 13))
        assert queries.demand(number=urgent.number, viewer=city.actor["dora"]).is_emergency
        assert _counts("unit:990101001201:2026-W42") == (1, 2, 0, 1)
        assert list(queries.quotas_that_differ()) == []
        with pytest.raises(actions.CapReached):
            book(on=date(2026, 10, 28))
        actions.give_back(visit=urgent.number, reason="解除", by=city.actor["dora"], at=NOON)
        assert _counts("unit:990101001201:2026-W42") == (1, 1, 0, 0)
        assert book(on=date(2026, 10, 28)).number

    def test_nothing_ordinary_rides_along_with_an_emergency(self, city, plan, book):
        approved(city, plan, "YJ2026-0001", origin="emergency")
        book()
        with pytest.raises(actions.TooSoon):
            book(items=["YJ2026-0001", "JH2026-0001"], on=date(2026, 10, 13))

    def test_an_emergency_has_an_approver(self, city, plan):
        with pytest.raises(IntegrityError), transaction.atomic():
            approved(city, plan, "YJ2026-0001", origin="emergency", approved_by="")

    def test_an_emergency_ends(self, city, plan, book):
        approved(city, plan, "YJ2026-0001", origin="emergency", ends_on=date(2026, 10, 12))
        assert book(items=["YJ2026-0001"]).number
        with pytest.raises(actions.OutOfPlan):
            book(items=["YJ2026-0001"], on=date(2026, 10, 13))


class TestSealed:
    def test_it_holds_every_cap_and_the_target_learns_nothing(self, city, book):
        held = book(mode="unannounced")
        assert _counts("unit:990101001201:2026-W42") == (1, 1, 0, 0)
        assert not Demand.objects.exists()
        assert not BurdenEntry.objects.exists()
        event = Event.objects.get()
        assert event.unit_path == city.path["富水市"]
        assert city.code["一村"] not in str(event.detail)
        assert "2026-10-12" not in str(event.detail)
        with pytest.raises(NotThere):
            queries.visit(number=held.number, viewer=city.actor["alice"])

    def test_on_arrival_it_is_asked_charged_and_counted_in_its_month(self, city, book):
        held = book(mode="unannounced")
        seen = _arrive(city, held)
        assert seen.demand_number == held.number
        assert Demand.objects.get().by_name == "dora"
        assert BurdenEntry.objects.get().month == 2026210
        assert _counts("unit:990101001201:2026-10") == (2, 0, 1, 0)

    def test_given_back_it_never_was_a_demand(self, city, book):
        held = book(mode="unannounced")
        actions.give_back(visit=held.number, reason="改期", by=city.actor["dora"], at=NOON)
        assert not Demand.objects.exists()
        assert {event.unit_path for event in Event.objects.all()} == {city.path["富水市"]}

    def test_a_refused_attempt_is_recorded_without_its_target(self, city, book):
        book()
        for changes in ({"on": date(2026, 10, 13)}, {"on": date(2026, 10, 16)}, {"on": date(2027, 3, 1)}):
            with pytest.raises(actions.NotLetThrough):
                book(mode="unannounced", **changes)
        for refusal in Refusal.objects.select_related("scope_unit"):
            assert refusal.scope_unit.name == "富水市"
            assert "一村" not in str(refusal.reasons)
            assert "10月" not in str(refusal.reasons)


class TestAsPlanned:
    """INS-9: who comes unannounced carries nothing that was approved as a visit of another kind."""

    @pytest.mark.parametrize("methods", [("check", "unannounced"), ("unannounced", "check"), ("check", "check")])
    def test_one_announced_item_is_enough_to_refuse(self, city, plan, book, item, methods):
        type(item).objects.update(method=methods[0])
        approved(city, plan, "JH2026-0002", method=methods[1])
        with pytest.raises(actions.NotAsPlanned) as refused:
            book(items=["JH2026-0001", "JH2026-0002"], mode="unannounced")
        assert refused.value.rule == "INS-9"
        assert nothing_is_booked()
        told = Refusal.objects.select_related("scope_unit").get()
        assert (told.scope_unit.name, told.reasons[0]["rule"]) == ("富水市", "INS-9")
        assert book(items=["JH2026-0001", "JH2026-0002"]).number, "announced they may come"

    def test_what_was_approved_as_unannounced_may_be_announced(self, book):
        assert book().number
        assert book(unit="990101001202", mode="unannounced").number


class TestLimits:
    def test_an_approved_item_gives_its_caps(self, city, plan):
        targets = [(city.unit["一村"], 1), (city.unit["二村"], 2)]
        approved(city, plan, "JH2026-0002", visits_most=3, targets=targets)
        actions.set_limits(items=["JH2026-0002"])
        assert sorted(Quota.objects.values_list("key", "limit")) == [
            ("item:JH2026-0002", 3), ("item:JH2026-0002:990101001201", 1), ("item:JH2026-0002:990101001202", 2),
        ]  # fmt: skip

    def test_never_below_what_is_booked(self, city, book, item):
        book()
        book(unit=city.code["二村"])
        type(item).objects.update(visits_most=2)
        actions.set_limits(items=["JH2026-0001"])
        type(item).objects.update(visits_most=1)
        with pytest.raises(actions.LimitBelowBooked):
            actions.set_limits(items=["JH2026-0001"])
        assert _counts("item:JH2026-0001") == (2, 2, 0, 0)

    def test_a_target_that_is_named_no_longer_keeps_what_it_has(self, city, plan, book):
        item = approved(city, plan, "JH2026-0002", targets=[(city.unit["一村"], 2), (city.unit["二村"], 2)])
        actions.set_limits(items=["JH2026-0002"])
        book(items=["JH2026-0002"])
        item.targets.filter(unit_id=city.unit["一村"]).delete()
        actions.set_limits(items=["JH2026-0002"])
        assert _counts(f"item:JH2026-0002:{city.code['一村']}") == (1, 1, 0, 0)

    def test_of_nothing(self):
        with pytest.raises(AssertionError):
            actions.set_limits(departments={"tax": 1})

    def test_of_an_item_that_is_not_there(self, db):
        with pytest.raises(NotThere):
            actions.set_limits(items=["JH2026-0404"])


@pytest.mark.parametrize("broken", [
    {"held": 4}, {"used": 3}, {"held": -1}, {"used": -1}, {"limit": 0}, {"lifted": -1}, {"limit": -1},
])  # fmt: skip
def test_the_database_refuses_too(book, broken):
    book()
    with pytest.raises(IntegrityError), transaction.atomic():
        Quota.objects.filter(key="item:JH2026-0001").update(**broken)


def test_a_count_that_was_touched_is_found(book):
    book()
    Quota.objects.filter(key="item:JH2026-0001").update(held=0)
    Quota.objects.filter(key="topic:grain:2026").delete()
    assert [finding.where for finding in queries.quotas_that_differ()] == [
        "quota:item:JH2026-0001", "quota:topic:grain:2026",
    ]  # fmt: skip


def test_as_few_statements_as_can_be(book, django_assert_num_queries):
    """The unit with its items; the rows themselves go straight to the driver, in one round trip."""
    book()
    with django_assert_num_queries(3):  # with the savepoint of the test
        book(on=date(2026, 11, 12))
