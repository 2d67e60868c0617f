"""kill -9 while filings are filled in, handed in and reviewed: what was acknowledged is there, nothing is half-done."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from dukao.base.models import Event
from dukao.base.periods import Period
from dukao.base.quantities import text_from_scaled
from dukao.registers import queries as registers
from dukao.registers.models import Fact
from dukao.sheets.models import Answer, Filing
from tests.databases import address, own_database, wait_until_alone  # noqa: F401 (a fixture)
from tests.sheets.typist import QUESTIONS

pytestmark = pytest.mark.kill
KILLS = 8


@pytest.fixture
def db(own_database):  # noqa: F811
    """What the cast and the house are written into: a database that other processes see too."""


def _run_and_kill(number: str, units: list[str], after: int, moment: float) -> list[list[str]]:
    """Start a typist, kill it so many seconds after its n-th action, and answer what it acknowledged."""
    script = str(Path(__file__).with_name("typist.py"))
    process = subprocess.Popen(
        [sys.executable, script, number, *units], stdout=subprocess.PIPE, text=True,
        env=os.environ | {"DUKAO_DATABASE_URL": address()},
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    lines = [process.stdout.readline() for _ in range(after)]
    time.sleep(moment)
    process.kill()
    lines += process.stdout.read().splitlines(keepends=True)
    process.wait()
    process.stdout.close()
    wait_until_alone()
    return [line.split() for line in lines if line.endswith("\n")]


def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(house, city):
    number = house.send("tax_revenue", "new_projects", "sales")
    units = [city.code[name] for name in ("一村", "二村", "三村", "四村", "五村", "六村")]
    chance = random.Random(7)
    acknowledged: list[list[str]] = []
    for _ in range(KILLS):
        acknowledged += _run_and_kill(number, units, chance.randint(1, 20), chance.uniform(0, 0.006))
        _whole(number)
    told = Counter(line[0] for line in acknowledged)
    events = Counter(Event.objects.filter(subject__startswith=f"filing:{number}/").values_list("verb", flat=True))
    assert told["typed"] > 2 * KILLS
    for word, verb in (("typed", "sheets.answer.typed"), ("submitted", "sheets.filing.submitted"),
                       ("returned", "sheets.filing.returned"), ("accepted", "sheets.filing.accepted")):  # fmt: skip
        # At most one action per kill was done and could not be acknowledged any more.
        assert told[word] <= events[verb] <= told[word] + KILLS
    _last_words_stand(acknowledged)


def _whole(number: str) -> None:
    """Filings, answers, facts, totals and events tell one story."""
    assert registers.totals_that_differ() == ()
    for filing in Filing.objects.select_related("unit"):
        subject = f"filing:{number}/{filing.unit.code}"
        moves = Event.objects.filter(subject=subject, verb__startswith="sheets.filing").order_by("id")
        assert moves.count() == filing.revision
        expected = {"submitted": "submitted", "returned": "returned", "accepted": "accepted", "open": None}[
            filing.state
        ]
        last = moves.last()
        assert (last.verb.rpartition(".")[2] if last else None) == expected
        answers = {(a.question.element_id, a.period): a.value for a in filing.answers.select_related("question")}
        if filing.state in ("submitted", "accepted"):
            assert len(answers) == len(QUESTIONS)
        current = Fact.objects.filter(filing_id=filing.pk, superseded_at=None)
        assert {(f.element_id, f.period): f.value for f in current} == answers
        assert {f.accepted_at is not None for f in current} <= {filing.state == "accepted"}


def _last_words_stand(acknowledged: list[list[str]]) -> None:
    """The last acknowledged value of each cell is the one kept, unless a kill came before the next was acknowledged."""
    last: dict[tuple[str, str], str] = {}
    for word, unit, *rest in acknowledged:
        if word == "typed":
            last[unit, rest[0]] = rest[1]
    for (unit, question), shown in last.items():
        element, _colon, period = question.partition(":")
        period = period or "2026Q3"
        typed = Event.objects.filter(
            verb="sheets.answer.typed", subject__endswith=f"/{unit}", detail__element=element, detail__period=period
        )
        values = [event.detail["value"] for event in typed.order_by("id")]
        assert shown in values[-1 - KILLS :]
        kept = Answer.objects.filter(filing__unit__code=unit, question__element__code=element)
        [scaled] = kept.filter(period=Period.parse(period).key).values_list("value", "question__element__decimals")
        assert text_from_scaled(*scaled) == values[-1]
