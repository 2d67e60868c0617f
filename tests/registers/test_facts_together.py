"""Many writers at once: nothing lost, nothing twice, totals exact; on real threads with connections of their own."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction

from dukao.org.rules import SYSTEM
from dukao.registers import actions, queries
from dukao.registers.models import Delivery, Fact
from tests.databases import own_database  # noqa: F401 (a fixture)
from tests.registers.facts_twin import batch, moment
from tests.registers.test_facts import FARM, Q3, TAX, registers  # noqa: F401 (a fixture)

VILLAGES = ("一村", "二村", "三村", "四村", "五村", "六村")


@pytest.fixture
def db(own_database):  # noqa: F811
    """These tests need commits that other threads see."""


def at_once(works):
    """Run all works in threads that start together; an error in one is an error of the test."""
    start = Barrier(len(works))

    def run(work):
        start.wait(30)
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def type_fact(city, place, value, *, filing, element=TAX):
    with transaction.atomic():
        return actions.type_fact(
            element_id=element, period=Q3, unit_id=city.unit[place], unit_path=city.path[place], value=value,
            filing_id=filing, at=moment(1),
        )


def land(city, delivery, value):
    rows = [(element, Q3, city.unit[place], value, "") for element in (TAX, FARM) for place in VILLAGES]
    with transaction.atomic():
        return actions.land_facts(delivery_id=delivery, batches=[batch(rows)], at=moment(2))


def total(city):
    key = (TAX, Q3, city.unit["富水市"])
    return queries.figures(element_ids=[TAX], periods=[Q3], unit_ids=[key[2]])[key]


def test_ten_people_type_into_one_cell(registers):  # noqa: F811
    at_once([lambda n=n: type_fact(registers, "一村", n, filing=n) for n in range(1, 11)])
    current = Fact.objects.get(superseded_at=None)
    assert Fact.objects.count() == 10
    assert total(registers) == (current.value, 1, current.value, 1)
    assert queries.totals_that_differ() == ()


def test_everybody_types_while_deliveries_land(registers):  # noqa: F811
    dice = random.Random(7)
    cells = [(place, element) for place in VILLAGES for element in (TAX, FARM)]
    plan = [[(*dice.choice(cells), dice.randrange(100)) for _ in range(15)] for _ in range(6)]

    def worker(number):
        for place, element, value in plan[number]:
            type_fact(registers, place, value, filing=number + 1, element=element)

    at_once([*(lambda n=n: worker(n) for n in range(6)), lambda: land(registers, 1, 5), lambda: land(registers, 3, 6)])
    facts = Fact.objects.filter(superseded_at=None, element=TAX)
    assert facts.count() == len(VILLAGES)
    assert len(set(facts.values_list("delivery_id", flat=True))) == 1, "one delivery was the later one, in all cells"
    assert total(registers)[:2] == (sum(facts.values_list("value", flat=True)), len(VILLAGES))
    assert queries.totals_that_differ() == ()


def test_typing_and_emptying_and_rebuilding_at_once(registers):  # noqa: F811
    def worker(place, filing):
        for value in range(10):
            type_fact(registers, place, value, filing=filing)
            with transaction.atomic():
                actions.untype_fact(
                    element_id=TAX, period=Q3, unit_id=registers.unit[place], unit_path=registers.path[place],
                    filing_id=filing, at=moment(1),
                )
        type_fact(registers, place, 1, filing=filing)

    works = [lambda place=place, n=n: worker(place, n) for n, place in enumerate(VILLAGES, start=1)]
    at_once([*works, lambda: [actions.rebuild_totals(by=SYSTEM, at=moment(3)) for _ in range(3)]])
    assert total(registers) == (6, 6, 6, 6)
    assert queries.totals_that_differ() == ()


def test_two_who_take_back_the_same_elements_in_many_filings_do_not_lock_each_other_out(registers):  # noqa: F811
    """Each of their filings answers another element, so that one after the other they would meet crosswise."""
    places = dict(enumerate(VILLAGES[:4], start=1))

    def take_back(*filings):
        with transaction.atomic():
            return actions.retract_facts(filings={n: registers.path[places[n]] for n in filings}, at=moment(2))

    for _round in range(5):
        for filing, place in places.items():
            type_fact(registers, place, 5, filing=filing, element=TAX if filing in (2, 3) else FARM)
        assert at_once([lambda: take_back(1, 2), lambda: take_back(3, 4)]) == [2, 2]
    assert not Fact.objects.filter(superseded_at=None).exists()
    assert queries.totals_that_differ() == ()


def test_a_corrected_delivery_and_its_original_land_at_once(registers):  # noqa: F811
    """They are landed one after the other by their claim; here both push, and the cells still hold one fact each."""
    Delivery.objects.update(state="landed")
    at_once([lambda: land(registers, 1, 5), lambda: land(registers, 2, 6), lambda: land(registers, 3, 7)])
    assert Fact.objects.filter(superseded_at=None).count() == 2 * len(VILLAGES)
    assert queries.totals_that_differ() == ()
