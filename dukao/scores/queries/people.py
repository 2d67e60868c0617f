"""What other rooms tell a scorecard: how many of those served were satisfied, how many closed tasks are confirmed."""

from collections.abc import Sequence
from fractions import Fraction
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from dukao.base.periods import Period
from dukao.scores.queries.scored import Scored
from dukao.scores.rules.scoring import text_of

Input = dict[str, Any]
_PERCENT = 100


def satisfied_people(scored: Sequence[Scored], year: Period) -> dict[str, Input]:
    """By code of the scored: the satisfied share in percent, between what chance alone would move it, else why not."""
    units = [one.unit.id for one in scored if one.kind == "unit"]
    offices = [one.code for one in scored if one.kind == "department"]
    told: dict[Any, Any] = _told("dukao.voice.queries.polls", "satisfaction", year, units=units)
    told |= _told("dukao.voice.queries.polls", "satisfaction_of", year, departments=offices)
    found = {}
    for one in scored:
        given = told.get(one.code if one.kind == "department" else one.unit.id)
        n, invited = (given.n, given.invited) if given else (0, 0)
        enough = given is not None and given.verdict != "too_few" and n > 0
        found[one.code] = _input(
            year, value=Fraction(_PERCENT * given.satisfied, n) if given and enough else None,
            low=_percent(given.low) if given and enough else None,
            high=_percent(given.high) if given and enough else None,
            absent="" if enough else "too_few" if n else "no_data", n=n, of=invited,
            source="万人评", verdict=given.verdict if given else "",
        )  # fmt: skip
    return found


def confirmed_tasks(scored: Sequence[Scored], year: Period) -> dict[str, Input]:
    """By code of the scored: of the tasks closed in the year the share that was confirmed as fixed, in percent."""
    units = [one.unit.id for one in scored if one.kind == "unit"]
    told = _told("dukao.tasks.queries", "task_counts", year, units=units)
    found = {}
    for one in scored:
        given = told.get(one.unit.id) if one.kind == "unit" else None
        closed, confirmed = (given.closed, given.confirmed) if given else (0, 0)
        found[one.code] = _input(
            year, value=Fraction(_PERCENT * confirmed, closed) if closed else None, low=None, high=None,
            absent="" if closed else "no_data", n=confirmed, of=closed, source="督办台账", verdict="",
        )  # fmt: skip
    return found


def _told(module: str, name: str, year: Period, **whom: Sequence[Any]) -> dict[Any, Any]:
    if not any(whom.values()) or find_spec(module) is None:
        return {}
    ask = getattr(import_module(module), name, None)
    return ask(period=year, **whom) if ask else {}


def _percent(share: float) -> Fraction:
    """A bound from 0 to 1 in percent, to a hundredth of a point: it comes from a square root and is no exact figure."""
    return Fraction(round(share * _PERCENT * 100), 100)


def _input(year: Period, *, value: Fraction | None, low: Fraction | None, high: Fraction | None, absent: str, n: int,
           of: int, source: str, verdict: str) -> Input:  # fmt: skip
    return {
        "value": text_of(value), "reference": None, "low": text_of(low), "high": text_of(high), "absent": absent,
        "period": year.code, "n": n, "of": of, "verdict": verdict, "sources": [source], "recorded_at": None,
    }  # fmt: skip
