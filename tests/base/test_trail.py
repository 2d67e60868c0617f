from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

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
])
def test_a_forged_event_and_a_lost_seal_are_found(chain, statement):
    _without_guard(statement)
    assert next(b.position for b in broken_seals()) == 2


def test_an_event_slipped_in_before_its_seal_is_only_appended(chain):
    _record("thing:late")
    assert seal_events(at=AT) == 1
    assert list(broken_seals()) == []
    assert Event.objects.count() == 4
