"""Two thousand histories by chance, with deaths between any two statements: no promise is broken."""

from unittest import mock

import pytest

from dukao.gate.actions import bookings
from tests.databases import own_database  # noqa: F401 (a fixture)
from tests.gate.simulator import simulating

HISTORIES = 2_000


@pytest.fixture
def db(own_database):  # noqa: F811
    """A database that other threads and processes see too."""


@pytest.mark.kill
def test_no_history_breaks_a_promise(db):
    with simulating() as simulator:
        broken = {seed: found for seed in range(HISTORIES) if (found := simulator.run(seed))}
    assert broken == {}
    assert simulator.deaths > HISTORIES / 2
    assert simulator.kills > HISTORIES / 100
    assert {"CapReached", "TooSoon", "OutOfPlan", "RequestKeyTaken", "NotThatDay", "AlreadyArrived"} <= set(
        simulator.refused
    )


@pytest.mark.parametrize(("name", "mistake"), [
    ("use_caps", lambda caps: None), ("give_back_caps", lambda caps: None),
    ("is_visited_near", lambda *args, **more: None), ("hold_caps", lambda rows, caps, unless: None),
    ("give_back_entries", lambda **args: None),
])  # fmt: skip
def test_a_mistake_is_seen(db, name, mistake):
    with simulating() as simulator, mock.patch.object(bookings, name, mistake):
        assert any(_broken(simulator, seed) for seed in range(40))


def _broken(simulator, seed):
    try:
        return simulator.run(seed)
    except AssertionError as broken:
        return [str(broken)]
