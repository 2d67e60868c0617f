"""What is not let through, each limit of INS-1, INS-2 and INS-3 on both sides, told in words a person can act on."""
# ruff: noqa: F811 (fixtures)

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from dukao.base.models import Event
from dukao.base.refusals import NotThere
from dukao.gate import actions, queries
from dukao.gate.models import Refusal
from dukao.law.workdays import UnknownYear
from tests.conftest import AT
from tests.gate.world import approve, approved, book, item, nothing_is_booked, plan  # noqa: F401 (fixtures)

MONDAY = date(2026, 10, 12)


class TestOutOfPlan:
    """INS-1."""

    @pytest.mark.parametrize(("on", "allowed"), [
        (date(2026, 10, 8), False), (date(2026, 10, 9), True), (date(2026, 10, 30), True), (date(2026, 10, 31), False),
    ])  # fmt: skip
    def test_the_window_of_the_item(self, city, plan, book, on, allowed):
        approved(city, plan, "JH2026-0002", starts_on=date(2026, 10, 9), ends_on=date(2026, 10, 30))
        if allowed:
            assert book(items=["JH2026-0002"], on=on).number
        else:
            with pytest.raises(actions.OutOfPlan):
                book(items=["JH2026-0002"], on=on)

    @pytest.mark.parametrize(("at", "allowed"), [
        (datetime(2026, 10, 12, 15, 59, tzinfo=UTC), True), (datetime(2026, 10, 12, 16, 0, tzinfo=UTC), False),
    ])  # fmt: skip
    def test_nothing_is_booked_afterwards(self, book, at, allowed):
        if allowed:
            assert book(at=at).number
        else:
            with pytest.raises(actions.OutOfPlan):
                book(at=at)

    @pytest.mark.parametrize("state", ["proposed", "merged", "refused", "withdrawn"])
    def test_only_what_isapproved(self, book, item, state):
        decided = {"decided_at": AT, "decision": "x", "merged_into": "JH2026-0009"}
        type(item).objects.update(state=state, **decided)
        with pytest.raises(actions.OutOfPlan):
            book()

    @pytest.mark.parametrize(("state", "allowed"), [("collecting", False), ("frozen", False), ("published", True)])
    def test_only_from_a_published_plan(self, city, plan, book, state, allowed):
        type(plan).objects.update(state=state)
        if allowed:
            assert book().number
        else:
            with pytest.raises(actions.OutOfPlan):
                book()
        approved(city, plan, "YS2026-0001", origin="exception")
        assert book(items=["YS2026-0001"], unit=city.code["四村"]).number

    def test_only_whom_the_item_reaches(self, city, plan, book):
        targets = [(city.unit["一村"], 1), (city.unit["二村"], 2)]
        approved(city, plan, "JH2026-0002", targets=targets)
        approve(plan, "JH2026-0003", department_id=city.department["statistics"], scope_unit_id=city.unit["东县"])
        assert book(items=["JH2026-0002"]).number
        assert book(items=["JH2026-0003"], unit=city.code["三村"]).number
        for items, unit in ((["JH2026-0002"], "三村"), (["JH2026-0003"], "四村"), (["JH2026-0001"], "甲镇"),
                            (["JH2026-0001"], "富水市")):  # fmt: skip
            with pytest.raises(actions.OutOfPlan):
                book(items=items, unit=city.code[unit])

    def test_an_item_that_names_a_town_reaches_it(self, city, plan, book):
        approved(city, plan, "JH2026-0002", targets=[(city.unit["甲镇"], 1)])
        assert book(items=["JH2026-0002"], unit=city.code["甲镇"]).number


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_record_speaks_the_language_of_the_law_whoever_tried(city, book, language):
    """The refusal itself speaks the reader's."""
    with translation.override(language):
        for _n in range(4):
            with suppress(actions.CapReached, actions.TooSoon):
                book()
    assert Refusal.objects.first().reasons[0]["what"] == "一村离前后的检查不足 3 个工作日"


class TestCapReached:
    def test_the_items_own_number(self, city, book):
        """INS-1: of three visits the third is booked and the fourth refused."""
        for unit in ("一村", "二村", "三村"):
            assert book(unit=city.code[unit]).number
        with pytest.raises(actions.CapReached) as refused:
            book(unit=city.code["四村"])
        assert refused.value.rule == "INS-1"
        assert "一共可以去 3 次，已到场 0 次、已预约 3 次" in refused.value.what
        assert refused.value.next_on is None

    def test_a_target_gets_what_the_item_says(self, city, plan, book):
        """The oracle: a unit with a plan item of 1 is visited once for it."""
        approved(city, plan, "JH2026-0002", targets=[(city.unit["一村"], 1)])
        assert book(items=["JH2026-0002"]).number
        with pytest.raises(actions.CapReached) as refused:
            book(items=["JH2026-0002"], on=date(2026, 11, 12))
        assert refused.value.rule == "INS-1"
        assert "一村 1 次" in refused.value.what

    @pytest.mark.parametrize("limits", [{"departments": {"statistics": 1}}, {"topics": {"grain": 1}}])
    def test_the_year_of_department_and_topic(self, city, book, limits):
        """INS-2."""
        actions.set_limits(**limits, year=2026)
        assert book().number
        with pytest.raises(actions.CapReached) as refused:
            book(unit=city.code["二村"])
        assert (refused.value.rule, refused.value.next_on) == ("INS-2", None)

    def test_a_limit_of_nothing_lets_nobody_in(self, book):
        actions.set_limits(departments={"statistics": 0}, year=2026)
        with pytest.raises(actions.CapReached):
            book()

    def test_a_profile_that_allows_nothing_still_honours_what_was_granted(self, city, plan, book, monkeypatch):
        from dukao.gate.actions import bookings

        none = bookings.limits_on(MONDAY)
        monkeypatch.setattr(bookings, "limits_on", lambda on: type(none)(0, 0, 2, 1, 3, True))
        with pytest.raises(RuntimeError):
            # The words come from the profile, which has not changed: only the database refuses here.
            book()
        actions.set_limits(departments={"statistics": 1}, topics={"grain": 1}, year=2026)
        assert book().number

    def test_two_a_month(self, city, plan, book):
        """INS-3: two visits a month, the third on the first day of the next that is free."""
        approved(city, plan, "JH2026-0002", visits_most=9)
        assert book(items=["JH2026-0002"], on=date(2026, 10, 12)).number
        assert book(items=["JH2026-0002"], on=date(2026, 10, 20)).number
        with pytest.raises(actions.CapReached) as refused:
            book(items=["JH2026-0002"], on=date(2026, 10, 28))
        assert refused.value.rule == "INS-3"
        assert "一村2026年10月的检查已经排满，最多 2 次" in refused.value.what
        assert refused.value.next_on == date(2026, 11, 2)
        assert book(items=["JH2026-0002"], on=refused.value.next_on).number

    def test_one_a_week(self, city, book):
        """INS-3: Monday's visit leaves no room in the week, Friday being rested."""
        book()
        with pytest.raises(actions.CapReached) as refused:
            book(on=date(2026, 10, 16))
        assert "这一周（2026年10月12日起）的检查已经排满，最多 1 次" in refused.value.what
        assert refused.value.next_on == date(2026, 10, 19)
        assert book(on=refused.value.next_on).number

    def test_nothing_stays_of_it_but_the_record(self, city, book):
        actions.set_limits(topics={"grain": 0}, year=2026)
        with pytest.raises(actions.CapReached):
            book()
        assert nothing_is_booked()
        [refusal] = queries.refusals(viewer=city.actor["sam"], since=date(2026, 1, 1), until=date(2027, 1, 1))
        assert (refusal.kind, refusal.rules, refusal.scope_name) == ("visit", ("INS-2",), "一村")
        assert Event.objects.get().verb == "gate.demand.refused"

    def test_the_same_is_told_beforehand(self, city, book):
        asked = {"items": ["JH2026-0001"], "unit": city.code["一村"], "today": date(2026, 10, 8), "mode": "announced"}
        free = queries.booking_what_if(**asked, on=MONDAY, viewer=city.actor["dora"])
        assert (free.obstacles, free.minutes_hundredths, free.saved_hundredths) == ((), 12_000, 0)
        assert [(cap.kind, cap.left, cap.limit) for cap in free.caps] == [
            ("item", 3, 3), ("department", 400, 400), ("topic", None, 2000), ("month", None, 2), ("week", None, 1),
        ]  # fmt: skip
        assert free.free_on == (MONDAY, date(2026, 10, 13), date(2026, 10, 14))
        assert nothing_is_booked(), "it only tells"
        book()
        full = queries.booking_what_if(**asked, on=date(2026, 10, 13), viewer=city.actor["dora"])
        assert [(one.rule, one.next_on) for one in full.obstacles] == [("INS-3", date(2026, 10, 19))] * 2
        assert [(cap.kind, cap.left) for cap in full.caps if not cap.has_room] == [("week", None)]
        assert full.free_on[0] == date(2026, 10, 19)
        outside = queries.booking_what_if(**asked, on=date(2027, 1, 1), viewer=city.actor["dora"])
        assert ([one.rule for one in outside.obstacles], outside.free_on) == (["INS-1"], ())
        for stranger in ("alice", "rita", "tara", "charlie"):
            with pytest.raises(NotThere):
                queries.booking_what_if(**asked, on=MONDAY, viewer=city.actor[stranger])

    def test_where_no_day_helps_none_is_offered(self, city, book):
        actions.set_limits(topics={"grain": 0}, year=2026)
        asked = {"items": ["JH2026-0001"], "unit": city.code["一村"], "today": date(2026, 10, 8), "mode": "announced"}
        seen = queries.booking_what_if(**asked, on=MONDAY, viewer=city.actor["dora"])
        assert ([one.rule for one in seen.obstacles], seen.free_on) == (["INS-2"], ())


class TestRest:
    """INS-3: three whole working days between two visits."""

    @pytest.mark.parametrize(("on", "rested"), [
        (date(2026, 10, 19), False), (date(2026, 10, 20), True),
        # Saturday the 10th was worked, so that it is one of the three.
        (date(2026, 10, 10), False), (date(2026, 10, 9), True),
    ])  # fmt: skip
    def test_before_and_after(self, book, on, rested):
        book(on=date(2026, 10, 14))
        if rested:
            assert book(on=on).number
            return
        with pytest.raises(actions.TooSoon) as refused:
            book(on=on)
        assert (refused.value.rule, refused.value.next_on) == ("INS-3", date(2026, 10, 20))

    def test_a_day_of_a_year_without_a_table_is_not_guessed(self, city, plan, book):
        approved(city, plan, "JH2026-0002", ends_on=date(2027, 2, 1))
        book(items=["JH2026-0002"], on=date(2026, 12, 30))
        with pytest.raises(UnknownYear):
            book(items=["JH2026-0002"], on=date(2027, 1, 5))
