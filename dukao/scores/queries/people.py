"""What other rooms tell a scorecard: how many of those served were satisfied, how many closed tasks are fixed."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from dukao.base.periods import Period
from dukao.scores.queries.scored import Scored
from dukao.scores.rules.scoring import text_of
from dukao.tasks import queries as tasks
from dukao.voice.queries import polls

Input = dict[str, Any]
_PERCENT = 100


def satisfied_people(scored: Sequence[Scored], year: Period) -> dict[str, Input]:
    """By code of the scored: the satisfied share in percent, between what chance alone would move it, else why not."""
    units = [one.unit.id for one in scored if one.kind == "unit"]
    offices = [one.code for one in scored if one.kind == "department"]
    told: dict[Any, polls.Satisfaction] = {}
    if units:
        told |= polls.satisfaction(units=units, period=year)
    if offices:
        told |= polls.satisfaction_of(departments=offices, period=year)
    found = {}
    for one in scored:
        given = told.get(one.code if one.kind == "department" else one.unit.id)
        n, invited = (given.n, given.invited) if given else (0, 0)
        more: dict[str, Any] = {"absent": "too_few" if n else "no_data"}
        if given is not None and n and given.verdict != "too_few":
            more = {
                "value": Fraction(_PERCENT * given.satisfied, n), "low": _percent(given.low),
                "high": _percent(given.high),
            }  # fmt: skip
        verdict = given.verdict if given else ""
        found[one.code] = _input(year, n=n, of=invited, source="万人评", verdict=verdict, **more)
    return found


def fixed_tasks(scored: Sequence[Scored], year: Period, on: date) -> dict[str, Input]:
    """By code of the scored: of the tasks closed in the year and looked at by others, the share that is fixed."""
    units = [one.code for one in scored if one.kind == "unit"]
    offices = [one.code for one in scored if one.kind == "department"]
    told = tasks.task_counts(units=units, departments=offices, period=year, today=on)
    found = {}
    for one in scored:
        given = told.get(one.code)
        looked_at = given.confirmed + given.denied if given else 0
        more: dict[str, Any] = {"absent": "too_few" if looked_at else "no_data"}
        if given is not None and looked_at and given.premature.percent is not None:
            more = {"value": Fraction(_PERCENT * given.confirmed, looked_at)}
        found[one.code] = _input(
            year, n=looked_at, of=given.closed if given else 0, source="督办台账", verdict="", **more
        )  # fmt: skip
    return found


def _percent(share: float) -> Fraction:
    """A bound from 0 to 1 in percent, to a hundredth of a point: it comes from a square root and is no exact figure."""
    return Fraction(round(share * _PERCENT * 100), 100)


def _input(
    year: Period, *, n: int, of: int, source: str, verdict: str, value: Fraction | None = None,
    low: Fraction | None = None, high: Fraction | None = None, absent: str = "",
) -> Input:  # fmt: skip
    return {
        "value": text_of(value), "reference": None, "low": text_of(low), "high": text_of(high), "absent": absent,
        "period": year.code, "n": n, "of": of, "verdict": verdict, "sources": [source], "recorded_at": None,
    }  # fmt: skip
