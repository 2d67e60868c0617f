"""Evaluation: last year's card with its scores, one appeal decided, published; this year's card and the year so far.

模拟数据: the indicators are the demo's own, weights and targets are invented.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dukao.base.definitions import checked, read_entries
from dukao.demo.cast import player, reviewer_of
from dukao.demo.stage import Stage
from dukao.law.workdays import workday_after
from dukao.org.rules import SYSTEM, Actor
from dukao.scores import actions, queries
from dukao.scores.rules.definitions import ScorecardDefinition
from dukao.scores.rules.scoring import text_of

_FILE = Path(__file__).parent / "scorecards.yaml"
_LEVELS = {3: "county", 4: "town", 5: "village"}


def evaluate(stage: Stage, note: Callable[[str], None]) -> None:
    """Both cards, and what came of the earlier; again it changes nothing."""
    this_year = stage.quarter.year
    office = player("supervision-office", stage)
    with transaction.atomic():
        for year in (this_year - 1, this_year):
            set_on = stage.at(date(year, 1, 15))
            definition = _card(stage, year)
            if all(card.code != definition.code for card in queries.scorecards(viewer=SYSTEM)):
                actions.define_scorecard(definition=definition, by=office, at=set_on)
            actions.set_scorecard(card=definition.code, by=office, at=set_on)
        count = _score(stage, f"{_told()['code']}_{this_year - 1}", office)
    note(_("{n} 个对象").format(n=count))


def _score(stage: Stage, card: str, office: Actor) -> int:
    shown_on = workday_after(date(stage.quarter.year, 2, 9), 0)
    count = actions.show_scores(card=card, by=office, at=stage.at(shown_on))
    if count:
        _appeal(stage, card, office, shown_on)
    found = queries.scorecard(code=card, viewer=SYSTEM)
    assert found.objections_until is not None, "it was shown"
    actions.publish_scores(card=card, by=office, at=stage.at(workday_after(found.objections_until, 3)))
    return found.scored_count


def _appeal(stage: Stage, card: str, office: Actor, shown_on: date) -> None:
    """One line was counted without what had been recorded late; the office looked, and put it right."""
    told = _told()["appeal"]
    below = stage.county if stage.unit.level == 2 else stage.town
    number = actions.make_appeal(
        card=card, scored=below.code, line=told["line"], reason=told["reason"], evidence=told["evidence"],
        is_synthetic=True, by=player(reviewer_of(below), stage), at=stage.at(workday_after(shown_on, 2)),
    )  # fmt: skip
    page = queries.score(card=card, scored=below.code, viewer=SYSTEM, on=stage.on)
    value = next(line.given["value"] for line in page.row.lines if line.code == told["line"])
    known = Fraction(value) if value else Fraction(95)
    corrected = text_of(Fraction(round((known + Fraction(Decimal(told["points_more"]))) * 100), 100))
    actions.decide_appeal(
        appeal=number, is_upheld=True, decision=told["decision"], corrected=corrected or "", by=office,
        at=stage.at(workday_after(shown_on, 4)),
    )  # fmt: skip


def _card(stage: Stage, year: int) -> ScorecardDefinition:
    told = _told()
    data = {
        "code": f"{told['code']}_{year}", "title": f"{year}{told['title']}", "year": year, "scope": stage.scope,
        "level": _LEVELS[stage.unit.level + 1], "basis": told["basis"].format(year=year), "note": told["note"],
        "lines": told["lines"], "public": True, "synthetic": True,
    }  # fmt: skip
    return checked(ScorecardDefinition, data, place=_FILE.name)


@lru_cache
def _told() -> dict[str, Any]:
    return next(read_entries(_FILE)).data
