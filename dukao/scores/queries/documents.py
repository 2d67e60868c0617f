"""The file that holds a score: card, inputs, result and digests; all that is needed to compute it again elsewhere."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from dukao import __version__
from dukao.indicators import queries as indicators
from dukao.indicators.queries import IndicatorView
from dukao.law import queries as law
from dukao.scores.queries.judging import title_of
from dukao.scores.queries.scored import Scored
from dukao.scores.rules import scoring
from dukao.scores.rules.definitions import SATISFACTION, LineDefinition, ScorecardDefinition
from dukao.scores.rules.replay import digests_of

Document = dict[str, Any]
_PROFILE = ("KPI-1", "SAT-1", "SCR-1", "RTG-2")


def document_of(
    definition: ScorecardDefinition, one: Scored, lines: Sequence[Mapping[str, Any]],
    inputs: Sequence[Mapping[str, Any]], *, version: int, at: datetime, on: date,
) -> Document:  # fmt: skip
    """Internal: the whole file of one score, computed and sealed with its digests."""
    card = {
        "code": definition.code, "title": definition.title, "year": definition.year, "basis": definition.basis,
        "lines": list(lines),
    }  # fmt: skip
    return sealed({
        "format": scoring.FORMAT, "software": _software(), "version": version,
        "scored": {"kind": one.kind, "code": one.code, "name": one.name, "unit": one.unit.code},
        "profile": profile_on(on), "is_synthetic": definition.synthetic,
        "made_at": at.isoformat(timespec="seconds"), "card": card, "inputs": [dict(given) for given in inputs],
    })  # fmt: skip


def sealed(document: Document) -> Document:
    """The document with its result computed anew and its digests."""
    document = document | {"result": scoring.computed(document)}
    return document | {"digests": digests_of(document)}


def lines_of(definition: ScorecardDefinition, views: Mapping[str, IndicatorView] | None = None) -> list[dict[str, Any]]:
    """The card's lines as the rules read them: with the direction and unit of measure of their indicators."""
    known = views if views is not None else {view.code: view for view in indicators.indicators()}
    return [_line(line, known.get(line.of)) for line in definition.lines]


def _line(line: LineDefinition, view: IndicatorView | None) -> dict[str, Any]:
    in_percent = view.is_percentage if view else True
    return {
        "code": line.of, "title": title_of(line, view), "weight": f"{line.weight:f}", "measure": line.measure,
        "rule": line.rule, "floor": None if line.floor is None else f"{line.floor:f}",
        "full": None if line.full is None else f"{line.full:f}", "baseline_year": line.baseline_year,
        "change": "points" if in_percent else "percent", "direction": view.direction if view else "up",
        "unit": view.unit if view else "%", "decimals": view.decimals if view else 1,
        "is_satisfaction": line.of == SATISFACTION, "owner": view.owner_code if view else "",
        "owner_name": view.owner_name if view else "", "formula": view.formula if view else "",
        "basis": view.basis if view else "",
    }  # fmt: skip


def profile_on(on: date) -> dict[str, Any]:
    """The profile's parameters that a score stands under."""
    found = {id: dict(law.rule(id, on).parameters) for id in _PROFILE}
    return {"name": law.chosen_profile(), "on": on.isoformat(), "parameters": found}


@lru_cache
def _software() -> dict[str, str]:
    """Which program computed it: its version, and the digest of the rules themselves."""
    rules = Path(scoring.__file__).read_bytes()
    return {"name": "数智督考", "version": __version__, "rules": hashlib.sha256(rules).hexdigest()}
