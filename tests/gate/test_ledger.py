"""The ledger: posted with the demand, given back with it, measured only by who may know."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotThere
from dukao.gate import actions
from dukao.gate.models import BurdenEntry
from tests.conftest import AT, ON
from tests.gate.ledger import ask

OCTOBER = 2026210


def test_one_entry_per_unit_in_the_month_of_the_work(city):
    ask(city, {"一村": 450, "二村": 0}, on=date(2026, 11, 2))
    rows = BurdenEntry.objects.order_by("unit__code").values_list("unit_id", "month", "minutes_hundredths", "estimate")
    assert list(rows) == [(city.unit["一村"], 2026211, 450, "cells"), (city.unit["二村"], 2026211, 0, "cells")]


def test_outside_a_transaction_nothing_is_posted(transactional_db):
    with pytest.raises(AssertionError, match="transaction of their demand"):
        actions.post_entries(demand_id=1, asker_id=1, kind="sheet", on=ON, minutes_by_unit={1: 100}, estimate="cells")


def test_withdrawing_gives_back_and_what_was_spent_stays(city):
    number = ask(city, {"一村": 450, "二村": 450})
    actions.tell_minutes(demand=number, unit=city.code["一村"], minutes=12, by=city.actor["alice"], at=AT)
    actions.withdraw_demand(number=number, reason="口径有误", by=city.actor["dora"], at=AT)
    standing = BurdenEntry.objects.filter(given_back_at=None).values_list("unit_id", "measured_hundredths")
    assert list(standing) == [(city.unit["一村"], 1200)]
    assert Event.objects.get(verb="gate.demand.withdrawn").detail["entries_given_back"] == 1


def test_the_last_word_of_the_unit_counts(city):
    number = ask(city, {"一村": 450})
    for minutes in (12, 0, 9):
        actions.tell_minutes(demand=number, unit=city.code["一村"], minutes=minutes, by=city.actor["alice"], at=AT)
    entry = BurdenEntry.objects.get()
    assert (entry.minutes_hundredths, entry.measured_hundredths, entry.measure) == (450, 900, "told")
    assert Event.objects.filter(verb="gate.burden.told").count() == 3


def test_what_the_system_knows_does_not_cover_what_was_told(city):
    number = ask(city, {"一村": 450, "二村": 450}, kind="meeting", estimate="meeting")
    actions.tell_minutes(demand=number, unit=city.code["一村"], minutes=12, by=city.actor["alice"], at=AT)
    demand_id = BurdenEntry.objects.first().demand_id
    with transaction.atomic():
        assert actions.know_minutes(demand_id=demand_id, minutes_hundredths=6000) == 1
    assert list(BurdenEntry.objects.order_by("unit__code").values_list("measured_hundredths", "measure")) == [
        (1200, "told"), (6000, "known"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["wang", "rita", "dora", "sam", "adam", "otto", "charlie"])
def test_only_the_unit_itself_tells(city, name):
    number = ask(city, {"一村": 450})
    with pytest.raises(NotThere):
        actions.tell_minutes(demand=number, unit=city.code["一村"], minutes=12, by=city.actor[name], at=AT)


def test_nobody_tells_of_what_was_not_asked_there(city):
    number = ask(city, {"二村": 450})
    with pytest.raises(NotThere):
        actions.tell_minutes(demand=number, unit=city.code["一村"], minutes=12, by=city.actor["alice"], at=AT)


@pytest.mark.parametrize(("minutes", "is_taken"), [(-1, False), (0, True), (10_000, True), (10_001, False)])
def test_minutes_have_a_limit(city, minutes, is_taken):
    number = ask(city, {"一村": 450})

    def tell():
        actions.tell_minutes(demand=number, unit=city.code["一村"], minutes=minutes, by=city.actor["alice"], at=AT)

    if is_taken:
        tell()
        return
    with pytest.raises(Invalid):
        tell()


@pytest.mark.parametrize("broken", [
    {"minutes_hundredths": -1}, {"measured_hundredths": 100}, {"measure": "told"},
    {"measured_hundredths": -1, "measure": "told"},
])  # fmt: skip
def test_the_database_refuses_too(city, broken):
    ask(city, {"一村": 450})
    with pytest.raises(IntegrityError), transaction.atomic():
        BurdenEntry.objects.update(**broken)


def test_a_unit_is_charged_once_a_month_for_a_demand(city):
    ask(city, {"一村": 450})
    entry = BurdenEntry.objects.get()
    entry.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)
    assert entry.month == OCTOBER
