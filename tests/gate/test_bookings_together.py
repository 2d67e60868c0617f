"""Bookings at the same moment as others', and as the item that they stand on goes away; on real connections."""
# ruff: noqa: F811 (fixtures)

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event
from unittest import mock

import pytest
from django.db import connections, transaction

from dukao.base.refusals import Refused
from dukao.gate import actions
from dukao.gate.actions import bookings
from dukao.gate.models import PlanItem, Quota, Visit
from tests.conftest import AT
from tests.databases import own_database  # noqa: F401 (a fixture)
from tests.gate.world import book, item, plan  # noqa: F401 (fixtures)
from tests.together import at_once


@pytest.fixture
def db(own_database):
    """What the cast and the plan are written into: a database that other threads see too."""


@pytest.fixture
def other():
    """Somebody else, on a connection of their own."""
    with ThreadPoolExecutor(1) as pool:
        yield pool
        pool.submit(lambda: connections["default"].close())


def _withdraw(city):
    actions.withdraw_item(number="JH2026-0001", reason="不查了", by=city.actor["sam"], at=AT)


def test_one_unit_is_booked_once_and_rests(book):
    days = [date(2026, 10, 12), date(2026, 10, 13), date(2026, 10, 14), date(2026, 10, 12)]
    found = at_once(*[lambda on=on: book(on=on) for on in days])
    assert sum(isinstance(one, bookings.HeldVisit) for one in found) == 1
    assert {type(one).__name__ for one in found} <= {"HeldVisit", "TooSoon", "CapReached"}
    assert Visit.objects.count() == 1


def test_one_request_many_timesat_once_is_one_booking(book):
    found = at_once(*[lambda: book(request_key="one") for _ in range(4)])
    assert len(set(found)) == 1
    assert isinstance(found[0], bookings.HeldVisit)


@pytest.mark.parametrize("change", ["withdrawn", "amended"])
def test_an_item_that_changes_after_it_was_read_is_not_booked(city, book, change):
    """The booking has read and judged; before it writes, the item is withdrawn, or amended to end sooner."""
    has_read, may_go_on, hold = Event(), Event(), bookings._hold

    def waiting(*args):
        has_read.set()
        assert may_go_on.wait(20)
        return hold(*args)

    with ThreadPoolExecutor(2) as pool, mock.patch.object(bookings, "_hold", waiting):
        booking = pool.submit(_and_close, book)
        assert has_read.wait(20)
        changing = pool.submit(_and_close, lambda: _withdraw(city) if change == "withdrawn" else _amend_to_end_sooner())
        changing.result(20)
        may_go_on.set()
        with pytest.raises(bookings.OutOfPlan):
            booking.result()
    assert not Visit.objects.filter(state=Visit.State.HELD).exists()
    assert not Quota.objects.filter(held__gt=0).exists()


def test_a_booking_on_its_way_is_given_back_with_its_item(city, book, other):
    """Whoever withdraws waits for a booking that has written and not committed, and then gives it back."""
    with transaction.atomic():
        held = book()
        withdrawing = other.submit(_withdraw, city)
        with pytest.raises(TimeoutError):
            withdrawing.result(timeout=0.3)
    withdrawing.result()
    assert Visit.objects.get().number == held.number
    assert Visit.objects.get().state == Visit.State.GIVEN_BACK
    assert not Quota.objects.filter(held__gt=0).exists()


def test_a_booking_waits_for_the_withdrawal_that_came_first(city, book, other):
    with transaction.atomic():
        actions.plans.proposing._withdraw("JH2026-0001", "不查了", city.actor["sam"], AT)
        booking = other.submit(book)
        with pytest.raises(TimeoutError):
            booking.result(timeout=0.3)
    with pytest.raises(Refused) as refused:
        booking.result()
    assert isinstance(refused.value, bookings.OutOfPlan)
    assert not Visit.objects.exists()


def _and_close(work):
    try:
        return work()
    finally:
        connections["default"].close()


def _amend_to_end_sooner():
    with transaction.atomic():
        old = PlanItem.objects.get(is_current=True)
        PlanItem.objects.filter(pk=old.pk).update(is_current=False)
        old.pk, old.version, old.is_current, old.ends_on = None, 2, True, date(2026, 10, 9)
        old.save(force_insert=True)
