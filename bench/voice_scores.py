"""Scores of 16 counties × 30 indicators over the demo-sized city: the page of what was computed, the page of the year
so far (computed while it is asked for), one county's page, and recomputing one score from its file alone.
"""

import gc
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from bench._facts import CITY, build_city, define_indicators, fill, house, p50, p95, seconds_each, told
from bench._people import signed_in

_INDICATORS, _LINES = 28, 30  # satisfaction and tasks are the other two
_PAGE_GOAL_MS, _REPLAY_GOAL_S = 150, 1
_MONTHS = 33  # January 2024 to September 2026
_PEOPLE = (("satisfaction", "15"), ("tasks_fixed", "5"))
_ON = datetime(2026, 10, 8, 2, tzinfo=UTC)
Job = dict[str, Any]


def run(quick: bool) -> list[Job]:
    runs = 30 if quick else 100
    jobs: list[Job] = []
    for kind in ("sqlite", "postgresql"):
        with house(kind):
            city = build_city(elements=_INDICATORS)
            facts = fill(city, months_count=_MONTHS)
            define_indicators(_INDICATORS, plain=True)
            told(f"{kind}: cards and scores")
            _evaluate()
            import_module("dukao.wsgi")
            gc.collect()
            gc.freeze()  # as the server does; what this bench has built is not the server's to walk through
            jobs += _pages(kind, f"16 counties × {_LINES} lines, {facts:,} facts", runs)
            if kind == "sqlite":
                jobs.append(_replay(runs))
    return jobs


def _evaluate() -> None:
    """Last year's card with its scores, shown; this year's card, set."""
    from dukao.org.rules import SYSTEM
    from dukao.scores import actions
    from dukao.scores.rules.definitions import ScorecardDefinition

    _describe_dataset()
    lines = [
        {"of": f"i{at}", "weight": "3" if at < 24 else "2", "measure": "last_year", "rule": "linear", "floor": -5,
         "full": 5}
        for at in range(_INDICATORS)
    ]  # fmt: skip
    lines += [{"of": of, "weight": weight, "rule": "share"} for of, weight in _PEOPLE]
    assert len(lines) == _LINES, "as many as a card may have"
    for year in (2025, 2026):
        definition = ScorecardDefinition.model_validate({
            "code": f"c{year}", "title": f"{year}年考核", "year": year, "scope": CITY, "level": "county",
            "basis": "模拟", "lines": lines, "synthetic": True,
        })  # fmt: skip
        actions.define_scorecard(definition=definition, by=SYSTEM, at=_ON)
        actions.set_scorecard(card=definition.code, by=SYSTEM, at=_ON)
    actions.show_scores(card="c2025", by=SYSTEM, at=_ON)


def _describe_dataset() -> None:
    """As a card's rules read it: what its rows are, and what its measures count."""
    from dukao.registers.models import Dataset
    from dukao.registers.rules import DatasetDefinition

    columns = [
        {"name": "unit_code", "title": "区划代码", "type": "unit", "required": True},
        {"name": "amount", "title": "金额", "type": "decimal", "decimals": 2},
    ]
    definition = DatasetDefinition.model_validate({
        "code": "returns", "title": "模拟申报", "provider": "tax", "period": "month", "columns": columns,
        "unit_column": "unit_code",
        "measures": [{"element": f"e{at}", "function": "sum", "column": "amount"} for at in range(_INDICATORS)],
    })  # fmt: skip
    Dataset.objects.filter(pk=1).update(definition=definition.model_dump(mode="json", by_alias=True))


def _pages(kind: str, limit: str, runs: int) -> list[Job]:
    client = signed_in("supervision", name=f"office-{kind}")
    jobs = []
    for name, path in (
        ("kept", "/scores/c2025/"), ("so-far", "/scores/c2026/"), ("one", "/scores/c2025/990101000000/"),
    ):  # fmt: skip
        taken = _milliseconds(lambda path=path: _ask(client, path), runs)  # type: ignore[misc]
        jobs.append({
            "job": f"voice-scores-{name}-{kind}", "ours": p95(taken), "unit": "ms (p95)",
            "peers": {"ours (median)": p50(taken)}, "limit": limit, "ratio": p95(taken),
            "goal": f"<= {_PAGE_GOAL_MS} ms", "met": p95(taken) <= _PAGE_GOAL_MS,
        })  # fmt: skip
    return jobs


def _ask(client: Any, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200, response.status_code


def _replay(runs: int) -> Job:
    """As the scored do it: a process of its own, from its start to its last line."""
    from dukao.org.rules import SYSTEM
    from dukao.scores import queries
    from dukao.scores.rules.replay import replayed

    document = queries.score_document(card="c2025", scored="990101000000", viewer=SYSTEM, on=_ON.date())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "score.json"
        file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        alone = seconds_each(lambda: _run("-S", "-m", "dukao.scores.rules.replay", str(file)), runs=max(runs // 10, 3))
        command = seconds_each(lambda: _run("-m", "dukao.cli.main", "replay-score", str(file)), runs=max(runs // 10, 3))
        inside = seconds_each(lambda: replayed(document), runs=runs)
    return {
        "job": "voice-scores-replay", "ours": p50(command), "unit": "s, `dukao replay-score`, start to end",
        "peers": {"Python alone": p50(alone), "the arithmetic itself": p50(inside)}, "limit": f"{_LINES} lines",
        "ratio": p50(command), "goal": f"<= {_REPLAY_GOAL_S} s", "met": p50(command) <= _REPLAY_GOAL_S,
    }  # fmt: skip


def _run(*arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _milliseconds(work: Callable[[], Any], runs: int) -> list[float]:
    return [1000 * seconds for seconds in seconds_each(work, runs=runs)]
