import threading
import time
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from dukao.base import trail
from dukao.base.models import Event, Seal
from dukao.base.trail import broken_seals, record_event, seal_events
from dukao.org.rules import SYSTEM

AT = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)


def _record(subject: str) -> None:
    with transaction.atomic():
        record_event(verb="test.thing.done", subject=subject, by=SYSTEM, at=AT, detail={"n": 1})


@pytest.fixture
def chain(db):
    for n in range(3):
        _record(f"thing:{n}")
    assert seal_events(at=AT) == 3


def test_a_whole_chain_has_no_break(chain):
    assert list(broken_seals()) == []
    assert list(Seal.objects.values_list("position", flat=True)) == [1, 2, 3]


def test_sealing_again_seals_nothing_twice(chain):
    assert seal_events(at=AT) == 0


@pytest.mark.parametrize("verb", ["UPDATE base_event SET actor = 'x'", "DELETE FROM base_seal"])
def test_the_database_refuses_change(chain, verb):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)


def _without_guard(statement: str) -> None:
    """What an attacker with the rights of the database's owner could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            for table in ("event", "seal"):
                for name in ("update", "delete"):
                    cursor.execute(f"DROP TRIGGER base_{table}_no_{name}")
        cursor.execute(statement)


@pytest.mark.parametrize("statement", [
    "UPDATE base_event SET actor = 'x' WHERE subject = 'thing:1'",
    "DELETE FROM base_seal WHERE position = 2",
    "UPDATE base_listing SET actor = 'x' WHERE subject = 'thing:1'",
    "DELETE FROM base_listing WHERE subject = 'thing:1'",
])
def test_a_forged_event_a_lost_seal_and_a_forged_listing_are_found(chain, statement):
    _without_guard(statement)
    assert next(b.position for b in broken_seals()) == 2


def test_an_event_slipped_in_before_its_seal_is_only_appended(chain):
    _record("thing:late")
    assert seal_events(at=AT) == 1
    assert list(broken_seals()) == []
    assert Event.objects.count() == 4


def test_an_event_that_commits_long_after_the_others_is_found_by_a_sweep(chain, monkeypatch):
    monkeypatch.setattr(trail, "_WINDOW", 0)
    late = Event.objects.order_by("id").last()
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) + 5 FROM base_event")
        Event.objects.create(id=cursor.fetchone()[0], at=AT, actor="x", verb="x", subject="newest")
    assert seal_events(at=AT) == 1
    Event.objects.create(id=late.pk + 1, at=AT, actor="x", verb="x", subject="late")
    assert seal_events(at=AT) == 0
    assert seal_events(at=AT, is_sweep=True) == 1
    assert list(broken_seals()) == []


@pytest.mark.django_db(transaction=True)
def test_writers_and_two_sealers_at_once_leave_one_whole_chain():
    stop, errors = threading.Event(), []

    def write(name: str) -> None:
        for n in range(40):
            _record(f"{name}:{n}")

    def seal(_: str) -> None:
        while not stop.is_set():
            seal_events(at=AT, most=7)
            time.sleep(0.002)

    def guarded(work, name: str) -> None:
        try:
            work(name)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=guarded, args=(write, f"w{n}")) for n in range(4)]
    sealers = [threading.Thread(target=guarded, args=(seal, "")) for _ in range(2)]
    for thread in writers + sealers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in sealers:
        thread.join()
    assert errors == []
    while seal_events(at=AT, is_sweep=True):
        pass
    assert Seal.objects.count() == Event.objects.count() == 160
    assert list(broken_seals()) == []


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_an_open_transaction_holds_up_neither_other_writers_nor_the_sealer():
    """On PostgreSQL events commit out of order; SQLite has one writer at a time, so there is nothing to overtake."""
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            record_event(verb="test.thing.done", subject="slow", by=SYSTEM, at=AT)
            begun.set()
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(10)
    _record("quick")
    assert seal_events(at=AT) == 1
    go_on.set()
    thread.join()
    assert seal_events(at=AT) == 1
    assert [s.event.subject for s in Seal.objects.order_by("position")] == ["quick", "slow"]
    assert list(broken_seals()) == []
