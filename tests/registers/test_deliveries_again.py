"""Deliveries that come twice, come corrected, come at once, or may not come."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dukao.base.definitions import checked
from dukao.base.models import Event
from dukao.base.periods import Period
from dukao.base.refusals import NotThere
from dukao.registers import actions, queries
from dukao.registers.actions.datasets import NotYourElement
from dukao.registers.actions.deliveries import NotThisPeriod
from dukao.registers.models import Delivery, Fact
from dukao.registers.rules import DatasetDefinition
from tests.databases import address, own_database  # noqa: F401 (a fixture)
from tests.registers.invoices import AT, INVOICES, csv_of, define, deliver, receive

ROWS = ("A1,990101001201,2026-07-01,1,100.00,", "A2,990101001202,2026-07-02,1,50.00,")


def current(element: str = "tax_sum") -> list[tuple[int, int | None]]:
    return list(Fact.objects.filter(element__code=element, superseded_at=None).order_by("unit_id")
                .values_list("unit_id", "value"))  # fmt: skip


def test_the_same_file_twice_changes_nothing(city, var, tmp_path):
    define(city)
    first = deliver(csv_of(tmp_path, *ROWS))
    events, facts = Event.objects.count(), Fact.objects.count()
    again = deliver(csv_of(tmp_path, *ROWS, name="renamed.csv"))
    assert again.number == first.number
    assert (Delivery.objects.count(), Event.objects.count(), Fact.objects.count()) == (1, events, facts)


def test_a_corrected_delivery_supersedes_and_takes_back_what_it_no_longer_says(city, var, tmp_path):
    define(city)
    first = deliver(csv_of(tmp_path, *ROWS))
    second = deliver(csv_of(tmp_path, "A1,990101001201,2026-07-01,1,120.00,"))
    assert current() == [(city.unit["一村"], 12000)]
    assert queries.totals_that_differ() == ()
    old = Delivery.objects.get(number=first.number)
    assert (old.state, Delivery.objects.get(number=second.number).supersedes_id) == ("superseded", old.pk)
    history = Fact.objects.filter(element__code="tax_sum", delivery=old)
    assert {f.superseded_at is not None for f in history} == {True}


def test_a_wrong_correction_is_undone_by_the_first_file(city, var, tmp_path):
    define(city)
    first = deliver(csv_of(tmp_path, *ROWS))
    deliver(csv_of(tmp_path, "A1,990101001201,2026-07-01,1,120.00,"))
    third = deliver(csv_of(tmp_path, *ROWS))
    assert third.number != first.number
    assert current() == [(city.unit["一村"], 10000), (city.unit["二村"], 5000)]
    assert queries.totals_that_differ() == ()


def test_a_dataset_does_not_write_what_another_department_answers_for(city, var):
    define(city)
    foreign = checked(DatasetDefinition, {**INVOICES, "code": "foreign", "provider": "statistics"}, place="test")
    with pytest.raises(NotYourElement):
        actions.define_dataset(definition=foreign, by=city.actor["dora"], at=AT)


def test_a_file_without_one_good_row_is_refused_and_takes_nothing_back(city, var, tmp_path):
    define(city)
    deliver(csv_of(tmp_path, *ROWS))
    refused = deliver(csv_of(tmp_path, "A1,990101001201,2026-07-01,1,abc,"))
    assert (refused.state, refused.has_rejects) == ("refused", True)
    assert len(current()) == 2


@pytest.mark.parametrize("period", ["2026-07", "2027Q1", "2024Q1"])
def test_wrong_future_and_closed_periods_are_refused(city, var, tmp_path, period):
    define(city)
    with pytest.raises(NotThisPeriod):
        receive(csv_of(tmp_path, *ROWS), period=Period.parse(period))
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize("name", ["charlie", "dora", "alice", "sam", "adam", "otto"])
def test_who_does_not_own_the_dataset_does_not_find_it(city, var, tmp_path, name):
    define(city)
    with pytest.raises(NotThere):
        receive(csv_of(tmp_path, *ROWS), by=city.actor[name])
    number = receive(csv_of(tmp_path, *ROWS), by=city.actor["tara"])
    actions.land_delivery(number=number, at=AT)
    if name != "sam":
        with pytest.raises(NotThere):
            queries.delivery(number=number, viewer=city.actor[name])


# Several processes and kill -9, on a database of their own.

LANDING = Path(__file__).with_name("landing_process.py")


@pytest.fixture
def elsewhere(own_database, tmp_path, settings) -> dict[str, str]:  # noqa: F811
    """The environment of another process on the same database and folder."""
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir()
    return os.environ | {"DUKAO_DATABASE_URL": address(), "DUKAO_VAR": str(settings.VAR),
                         "DJANGO_SETTINGS_MODULE": "dukao.settings"}  # fmt: skip


def _land_elsewhere(environment: dict[str, str], **more) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, str(LANDING)], env=environment, text=True, stdout=subprocess.PIPE, **more)


@pytest.mark.kill
class TestOtherProcesses:
    @pytest.fixture
    def db(self, own_database):  # noqa: F811
        """What the cast is written into: a database that other processes see too."""

    def test_two_workers_land_each_delivery_once(self, city, elsewhere, tmp_path):
        define(city)
        numbers = [receive(csv_of(tmp_path, f"A{n},990101001201,2026-07-01,1,{n}.00,")) for n in range(1, 5)]
        assert len(set(numbers)) == 4
        workers = [_land_elsewhere(elsewhere) for _ in range(2)]
        assert [worker.wait(120) for worker in workers] == [0, 0]
        assert current() == [(city.unit["一村"], 400)]
        assert queries.totals_that_differ() == ()
        told = Event.objects.filter(verb__in=["registers.delivery.landed", "registers.delivery.superseded"])
        assert sorted(e.subject for e in told) == sorted(f"delivery:{n}" for n in numbers)

    def test_killed_at_any_moment_a_delivery_lands_whole_after_the_restart(self, city, elsewhere, tmp_path):
        import random
        import time

        define(city)
        chance, villages = random.Random(11), [city.code[n] for n in ("一村", "二村", "三村", "四村", "五村", "六村")]
        for round_number in range(6):
            rows = [f"R{round_number}-{n},{villages[n % 6]},2026-0{7 + n % 3}-10,1,{n % 97}.25," for n in range(3000)]
            number = receive(csv_of(tmp_path, *rows))
            worker = _land_elsewhere(elsewhere)
            assert worker.stdout
            assert worker.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0, 1.2))
            worker.kill()
            worker.wait()
            state = Delivery.objects.get(number=number).state
            # Acknowledged it is there; and either all of it counts or nothing does.
            assert state in ("received", "landed")
            landed = Event.objects.filter(verb="registers.delivery.landed", subject=f"delivery:{number}").count()
            assert landed == (state == "landed")
            assert Fact.objects.filter(delivery__number=number).exists() == (state == "landed")
            assert queries.totals_that_differ() == ()
            view = actions.land_delivery(number=number, at=AT)
            assert (view.state, view.rows_accepted) == ("landed", 3000)
            assert sum(value or 0 for _unit, value in current()) == sum((n % 97) * 100 + 25 for n in range(3000))
            assert queries.totals_that_differ() == ()
