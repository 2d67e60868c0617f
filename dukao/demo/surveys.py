"""Telephone surveys of the demo city: two waves whose results are out, and one that interviewers are calling for.

Numbers are invented so that nobody has them (no number begins with 120 and zeros). 模拟数据.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from django.db import transaction

from dukao.base.definitions import checked
from dukao.demo.cast import player
from dukao.demo.chance import uniform
from dukao.demo.stage import Stage
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import Actor
from dukao.voice import actions
from dukao.voice.actions import CallResult
from dukao.voice.queries import surveys as queries
from dukao.voice.rules.surveys import SurveyDefinition

_FILE = Path(__file__).parent / "surveys.yaml"
_FIRST_PHONE, _LINES, _AGAIN = 12_000_000_000, 24_000, 6_000
_NOT_REACHED, _REFUSED, _NOT_ELIGIBLE = 0.30, 0.20, 0.06
_CALLED_OF_NOW = 0.35


@dataclass(frozen=True)
class Surveys:
    """What is invented for a stage."""

    stage: Stage

    @cached_property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load(_FILE.read_text("utf-8"))
        return found

    @cached_property
    def places(self) -> tuple[UnitView, ...]:
        path = self.stage.unit.path
        return org.units_below(path=path, level=3) or org.units_below(path=path, level=4)

    @cached_property
    def office(self) -> Actor:
        return player("supervision-office", self.stage)

    def frame(self, first: int) -> bytes:
        """Lines sorted by place; larger places have more."""
        size = 0.5 + uniform("survey/place", np.arange(len(self.places)))
        counts = np.maximum((size / size.sum() * _LINES).astype(int), 400)
        rows, number = ["phone,county,region"], _FIRST_PHONE + first
        for place, count in zip(self.places, counts, strict=True):
            rows += [f"{number + k},{place.short_name},{place.code}" for k in range(count)]
            number += int(count)
        return "\n".join(rows).encode()

    def definition(self, wave: dict[str, Any], code: str, begins: date, *, follows: str | None) -> SurveyDefinition:
        given = deepcopy(self.told["design"])
        people = 3_600_000
        given |= {
            "code": code, "title": given["title"].format(year=wave["year"]), "unit": self.stage.scope,
            "department": "statistics", "follows": follows, "begins_on": begins, "synthetic": True,
            "ends_on": begins + timedelta(days=20),
            "marks": {"issuing_body": "市统计局", "approval_number": f"齐统审〔{wave['year']}〕{wave['number']}",
                      "valid_until": date(wave["year"] + 1, 12, 31)},
            "margins": [
                {"variable": name, "source": "人口抽样推算（模拟）",
                 "counts": {level: round(share * people) for level, share in shares.items()}}
                for name, shares in self.told["margins"].items()
            ],
        }  # fmt: skip
        return checked(SurveyDefinition, given, place=_FILE.name)


def ask_people(stage: Stage) -> int:
    """Hold the surveys; nothing where they are there. Answers how many interviews there are."""
    of = Surveys(stage)
    if queries.surveys(viewer=of.office):
        return 0
    done, follows, first = 0, None, 0
    for wave in of.told["waves"]:
        begins = stage.on - timedelta(days=30 * wave["months_before"])
        code = f"burden_{wave['year']}"
        with transaction.atomic():
            _draw(of, of.definition(wave, code, begins, follows=follows), first, begins)
            done += _call(of, wave, code, begins)
            at = stage.at(begins + timedelta(days=21))
            actions.close_field(survey_code=code, by=of.office, at=at)
            actions.publish_results(survey_code=code, by=of.office, at=at)
        follows, first = code, first + _LINES - _AGAIN
    with transaction.atomic():
        begins = stage.on - timedelta(days=4)
        wave = of.told["waves"][-1] | {"number": "模拟4号"}
        definition = of.definition(wave, "burden_now", begins, follows=follows)
        definition = definition.model_copy(update={"title": "基层减负成效电话调查（正在访问）", "cross_region": True})
        _draw(of, definition, first, begins)
        done += _call(of, wave, "burden_now", begins, share=_CALLED_OF_NOW)
    return done


def _draw(of: Surveys, definition: SurveyDefinition, first: int, begins: date) -> None:
    """Promised, drawn a day later, in the field the same day."""
    stage, code = of.stage, definition.code
    promised, drawn = stage.at(begins - timedelta(days=3)), stage.at(begins - timedelta(days=2))
    actions.define_survey(definition=definition, by=of.office, at=promised)
    actions.promise_sample(
        survey_code=code, frame=of.frame(first), public_source="福利彩票双色球下一期开奖号码（模拟）", by=of.office,
        at=promised,
    )  # fmt: skip
    digits = (uniform(f"survey/{code}/public", np.arange(6)) * 33).astype(int) + 1
    actions.draw_sample(survey_code=code, public_part=" ".join(f"{n:02d}" for n in digits), by=of.office, at=drawn)
    actions.open_field(survey_code=code, by=of.office, at=stage.at(begins))


def _call(of: Surveys, wave: dict[str, Any], code: str, begins: date, *, share: float = 1.0) -> int:
    """Everybody drawn is called by a call centre (or the first of them); what came of it is brought in."""
    sample = queries.published_sample(code=code)
    lines = np.array(sorted(
        line for one in sample["result"].values() for _size, drawn in one["lines"].values() for line in drawn
    ))  # fmt: skip
    lines = lines[uniform(f"survey/{code}/called", lines) < share]
    people = _people(of, wave, code, lines)
    at = of.stage.at(min(begins + timedelta(days=10), of.stage.on))
    fate = uniform(f"survey/{code}/fate", lines)
    answering = np.array([of.told["answering"][one["age"]] for one in people])
    calls = []
    for line, chance, ready, answers in zip(lines, fate, answering, people, strict=True):
        outcome = _outcome(float(chance), float(ready))
        calls.append(CallResult(int(line), outcome, answers if outcome == "completed" else {}, at))
    actions.bring_in_calls(survey_code=code, calls=calls, by=of.office, at=at)
    return sum(call.outcome == "completed" for call in calls)


def _outcome(chance: float, ready: float) -> str:
    if chance < ready:
        return "completed"
    for outcome, share in (("not_eligible", _NOT_ELIGIBLE), ("refused", _REFUSED), ("partial", 0.03)):
        ready += share
        if chance < ready:
            return outcome
    return "no_answer" if chance < ready + _NOT_REACHED else "wrong_number"


def _people(of: Surveys, wave: dict[str, Any], code: str, lines: np.ndarray) -> list[dict[str, str]]:
    """What each would say: older people are a little more content, and who lives in town makes fewer ways."""
    columns: dict[str, Sequence[str]] = {}
    for name, shares in of.told["margins"].items():
        columns[name] = _picked(list(shares), list(shares.values()), uniform(f"survey/{code}/{name}", lines))
    older = np.array([{"a18": -0.04, "a35": -0.01, "a50": 0.01, "a65": 0.03}[age] for age in columns["age"]])
    for question in of.told["design"]["questions"]:
        if question["code"] in wave:
            options = [option["code"] for option in question["options"]]
            chance = np.clip(uniform(f"survey/{code}/{question['code']}", lines) - older, 0, 0.999999)
            columns[question["code"]] = _picked(options, wave[question["code"]], chance)
    ways = uniform(f"survey/{code}/visits", lines)
    is_town = np.array([area == "town" for area in columns["area"]])
    columns["visits"] = [str(n) for n in np.minimum(-np.log1p(-ways) * np.where(is_town, 1.3, 1.8), 30).astype(int)]
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _picked(options: list[str], shares: list[float], chance: np.ndarray) -> list[str]:
    bounds = np.cumsum(shares)
    places = np.minimum(np.searchsorted(bounds / bounds[-1], chance, side="right"), len(options) - 1)
    return [options[place] for place in places]
