"""What is published of tasks: against a slow obvious twin; late by the day it is due; rates where enough answered."""

from datetime import date, timedelta

import pytest

from dukao.base.periods import Period
from dukao.tasks import actions, queries
from dukao.tasks.models import Task
from tests.conftest import AT, ON
from tests.tasks.carried import DUE, LATER, carried, set_task

OCTOBER = Period.parse("2026-10")


def _published(period: Period = OCTOBER, today: date = ON) -> dict[str, tuple[int, ...]]:
    return {
        one.key: (one.set, one.closed, one.confirmed, one.denied, one.late)
        for one in queries.published_counts(period=period, today=today)
    }


def _slow(asker: str, today: date) -> tuple[int, ...]:
    """One after the other, as a clerk would count."""
    made = closed = confirmed = denied = late = 0
    for task in Task.objects.filter(asker__code=asker).exclude(state="withdrawn"):
        made += OCTOBER.starts_on <= task.set_at.date() < OCTOBER.ends_on
        for one in task.closings.all():
            if OCTOBER.starts_on <= one.closed_at.date() < OCTOBER.ends_on:
                closed += 1
                confirmed += one.outcome == "confirmed"
                denied += one.outcome == "denied"
            late += one.is_late and OCTOBER.starts_on <= one.due_on < OCTOBER.ends_on
        waits = task.extensions.filter(state="asked").exists()
        running = task.state in ("set", "doing") and not waits
        late += running and task.due_on < today and OCTOBER.starts_on <= task.due_on < OCTOBER.ends_on
    return made, closed, confirmed, denied, late


@pytest.fixture
def many(city):
    """Six of the statistics bureau's and one of the tax bureau's, in different states."""
    for is_fixed in (True, False, None):
        made = set_task(city, raiser="code", partners=[{"unit": city.code["一村"]}])
        carried(city, made.number, by="tara")
        if is_fixed is not None:
            actions.answer_with_code(code=made.code, is_fixed=is_fixed, at=LATER)
    late = set_task(city, due_on=date(2026, 10, 12))
    carried(city, late.number, by="tara", until="closed")
    set_task(city, due_on=date(2026, 10, 20))
    waits = set_task(city, due_on=date(2026, 10, 20))
    carried(city, waits.number, by="tara", until="signed")
    actions.ask_extension(task=waits.number, until=DUE, reason="等", by=city.actor["tara"], at=LATER)
    gone = set_task(city, asker="tax", lead={"department": "statistics"})
    actions.withdraw_task(task=gone.number, reason="不用了", by=city.actor["sam"], at=AT)
    set_task(city, asker="tax", lead={"department": "statistics"})
    return city


@pytest.mark.parametrize("today", [ON, date(2026, 10, 25), date(2026, 11, 30)])
def test_against_a_slow_twin(many, today):
    told = _published(today=today)
    assert told == {"statistics": _slow("statistics", today), "tax": _slow("tax", today)}
    assert told["statistics"][:4] == (6, 4, 1, 1)


def test_who_led_is_counted_once(many):
    counts = queries.task_counts(departments=["tax", "statistics"], period=OCTOBER, today=ON)
    assert [(c.set, c.closed, c.confirmed, c.denied) for c in counts.values()] == [(6, 4, 1, 1), (1, 0, 0, 0)]
    units = queries.task_counts(units=[many.code["一村"]], period=OCTOBER, today=ON)
    assert units[many.code["一村"]].set == 0, "who helps does not answer for it"


def test_too_few_answers_tell_nothing(city):
    for n in range(5):
        made = set_task(city, raiser="code")
        carried(city, made.number, by="tara")
        actions.answer_with_code(code=made.code, is_fixed=n != 0, at=LATER)
        (told,) = queries.published_counts(period=OCTOBER, today=ON)
        assert told.premature.percent == (20 if n == 4 else None)


def test_another_month_holds_nothing(many):
    assert _published(Period.parse("2026-08")) == {}
    assert _published(Period.parse("2026"))["statistics"][0] == 6
    assert _published(Period.parse("2026-11"), today=ON + timedelta(days=90)).get("statistics", (0,))[0] == 0
