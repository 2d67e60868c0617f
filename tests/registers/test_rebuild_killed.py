"""kill -9 while all totals are rebuilt: they are the old ones or the new ones, never something between."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import F

from dukao.base.models import Event
from dukao.org.rules import SYSTEM
from dukao.registers import actions, queries
from dukao.registers.models import Total
from tests.databases import address, own_database, wait_until_alone  # noqa: F401 (a fixture)
from tests.registers.facts_twin import batch, moment
from tests.registers.test_facts import TAX, registers  # noqa: F401 (a fixture)

pytestmark = pytest.mark.kill
KILLS, PERIODS = 8, 2_000
VILLAGES = ("一村", "二村", "三村", "四村", "五村", "六村")


@pytest.fixture
def db(own_database):  # noqa: F811
    """A database that other processes see too."""


def rebuild_and_kill(after_seconds: float) -> bool:
    """Answer whether the rebuilder said that it was done before it was killed."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("rebuilder.py"))], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True, env=os.environ | {"DUKAO_DATABASE_URL": address()},
    )  # fmt: skip
    assert process.stdout
    assert process.stdin
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("go\n")
    process.stdin.flush()
    time.sleep(after_seconds)
    process.kill()
    told = process.stdout.read()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        pipe.close()
    wait_until_alone()
    return "rebuilt" in told


def rebuild() -> float:
    """Rebuild here, undisturbed; answer how many seconds it took."""
    began = time.monotonic()
    actions.rebuild_totals(by=SYSTEM, at=moment(2))
    return time.monotonic() - began


def test_a_killed_rebuild_leaves_all_or_nothing(registers):  # noqa: F811
    rows = [
        (TAX, 2_000_000 + key, registers.unit[place], key, "") for key in range(PERIODS) for place in VILLAGES
    ]
    with transaction.atomic():
        actions.land_facts(delivery_id=1, batches=[batch(rows)], at=moment(1))
    everything, longest = Total.objects.count(), 1.5 * rebuild()
    chance, rebuilt = random.Random(11), Event.objects.filter(verb="registers.totals.rebuilt")
    for _ in range(KILLS):
        done = rebuilt.count()
        Total.objects.update(sum=F("sum") + 1)
        is_told = rebuild_and_kill(chance.uniform(0, longest))
        differing = len(queries.totals_that_differ(most=10**6))
        assert differing in (0, everything)
        assert rebuilt.count() - done == (differing == 0), "the event is there exactly where the totals are"
        assert differing == 0 or not is_told, "what was acknowledged was done"
        rebuild()
    assert queries.totals_that_differ() == ()
