"""Weighing 100,000 respondents to four margins, and the standard errors after it: ours beside what others do with them.

Ours is what publishing calls: `weighted` (non-response, margins, trimming, the report) and `estimates_of` with its
interval. Beside it, on the same people and margins, in the same run: svy as its documentation says, samplics (no errors
that know of the raking: its means are taken with the raked weights), and R's survey. All medians; figures must agree.
"""

import statistics
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

_PEOPLE, _QUICK_PEOPLE = 100_000, 100_000
_ROUNDS, _QUICK_ROUNDS = 7, 3
_COUNTS = {"age": 5, "sex": 2, "area": 2, "county": 16}
_TOTAL = 3_000_000.0
Job = dict[str, Any]
People = dict[str, np.ndarray]
Times = tuple[float, float]  # raking, errors: seconds

_R = r"""
suppressMessages(library(survey))
folder <- commandArgs(TRUE)[1]; rounds <- as.integer(commandArgs(TRUE)[2])
people <- read.csv(file.path(folder, "people.csv"))
margins <- read.csv(file.path(folder, "margins.csv"))
names <- unique(margins$variable)
tables <- lapply(names, function(n) setNames(margins[margins$variable == n, c("level", "count")], c(n, "Freq")))
formulas <- lapply(names, function(n) as.formula(paste0("~", n)))
design <- svydesign(ids = ~unit, strata = ~stratum, weights = ~w, data = people, nest = TRUE)
for (round in 1:rounds) {
  t0 <- proc.time()[["elapsed"]]
  raked <- rake(design, formulas, tables, control = list(maxit = 100, epsilon = 1e-9, verbose = FALSE))
  t1 <- proc.time()[["elapsed"]]
  found <- svymean(~y, raked)
  t2 <- proc.time()[["elapsed"]]
  cat(sprintf("%.6f %.6f %.12g %.12g\n", t1 - t0, t2 - t1, coef(found), SE(found)))
}
"""


def run(quick: bool) -> list[Job]:
    rounds = _QUICK_ROUNDS if quick else _ROUNDS
    people, margins = _people(_QUICK_PEOPLE if quick else _PEOPLE)
    ours, value, error = _timed(lambda: _ours(people, margins), rounds)
    peers: dict[str, tuple[list[Times], float, float]] = {
        "svy": _timed(lambda: _svy(people, margins), rounds),
        "samplics": _timed(lambda: _samplics(people, margins), rounds),
        "R survey": _of_r(people, margins, rounds),
    }
    _times, their_value, their_error = peers["R survey"]
    assert abs(value - their_value) <= 1e-6 * their_value, (value, their_value)
    assert abs(error - their_error) <= 1e-4 * their_error, (error, their_error)
    limit = f"{len(people['w']):,} respondents, margins of {', '.join(map(str, _COUNTS.values()))} levels"
    return [
        _job("voice-raking", 0, ours, peers, limit),
        _job("voice-errors", 1, ours, peers, limit),
        _job("voice-raking-and-errors", None, ours, peers, limit),
    ]


def _job(name: str, part: int | None, ours: list[Times], peers: dict[str, Any], limit: str) -> Job:
    def middle(times: list[Times]) -> float:
        return 1000 * statistics.median(sum(one) if part is None else one[part] for one in times)

    beside = {peer: middle(times) for peer, (times, _value, _error) in peers.items()}
    if part == 1:
        del beside["samplics"]  # its errors take the raked weights as if nobody had fitted them
    ratio = middle(ours) / min(beside.values())
    return {"job": name, "ours": middle(ours), "unit": "ms", "peers": beside, "limit": limit, "ratio": ratio,
            "goal": "<= 1.2 × the fastest", "met": ratio <= 1.2}  # fmt: skip


def _people(count: int) -> tuple[People, dict[str, dict[str, float]]]:
    rng = np.random.default_rng(230200)
    people: People = {name: rng.integers(0, levels, count).astype(str) for name, levels in _COUNTS.items()}
    people["stratum"] = rng.integers(0, 16, count).astype(str)
    people["unit"] = np.char.add(np.char.add(people["stratum"], "-"), rng.integers(0, 40, count).astype(str))
    people["w"] = rng.uniform(1, 5, count)
    chance = 0.7 + 0.02 * people["age"].astype(int) + 0.004 * people["county"].astype(int)
    people["y"] = (rng.random(count) < chance).astype(float)
    margins = {}
    for name, levels in _COUNTS.items():
        parts = rng.dirichlet(np.full(levels, 60.0))
        margins[name] = {str(level): float(_TOTAL * part) for level, part in enumerate(parts)}
    return people, margins


def _timed(work: Callable[[], tuple[float, float, float, float]], rounds: int) -> tuple[list[Times], float, float]:
    times: list[Times] = []
    value = error = 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        work()  # what is imported and compiled first
        for _ in range(rounds):
            raking, errors, value, error = work()
            times.append((raking, errors))
    return times, value, error


def _ours(people: People, margins: dict[str, dict[str, float]]) -> tuple[float, float, float, float]:
    import polars

    from dukao.voice.rules.estimates import estimates_of
    from dukao.voice.rules.weighting import RESPONDED, People, weighted

    columns = polars.DataFrame(people)  # all begin with columns in memory
    everybody = People(
        stratum=columns["stratum"], unit=columns["unit"], weight=columns["w"],  # type: ignore[arg-type]
        status=polars.Series([RESPONDED] * len(columns)),  # type: ignore[arg-type]
        known={name: columns[name] for name in _COUNTS},  # type: ignore[misc]
        strata_size=dict.fromkeys(map(str, range(16)), 1000), is_clustered=True,
    )  # fmt: skip
    began = time.perf_counter()
    sample = weighted(everybody, margins=margins, is_raked=True, cell_least=5, trim_medians=20)
    between = time.perf_counter()
    (found,) = estimates_of(sample, {"y": people["y"]})
    return between - began, time.perf_counter() - between, found.value, found.error


def _svy(people: People, margins: dict[str, dict[str, float]]) -> tuple[float, float, float, float]:
    import polars
    import svy

    data = polars.DataFrame(people)
    began = time.perf_counter()
    sample = svy.Sample(data=data, design=svy.Design(stratum="stratum", psu="unit", wgt="w"))
    raked = sample.weighting.rake(controls=margins, tol=1e-6, max_iter=100)
    between = time.perf_counter()
    (found,) = raked.estimation.mean("y").estimates  # type: ignore[union-attr]
    return between - began, time.perf_counter() - between, found.est, found.se


def _samplics(people: People, margins: dict[str, dict[str, float]]) -> tuple[float, float, float, float]:
    from samplics import PopParam, SampleWeight, TaylorEstimator

    began = time.perf_counter()
    weights = people["w"]
    # It knows post-stratification only; raking is that, margin after margin, until all hold.
    for _ in range(100):
        before = weights
        for name, counts in margins.items():
            weights = SampleWeight().poststratify(samp_weight=weights, control=counts, domain=people[name])
        if np.abs(weights / before - 1).max() < 1e-6:
            break
    between = time.perf_counter()
    estimator = TaylorEstimator(PopParam.mean)
    estimator.estimate(y=people["y"], samp_weight=weights, stratum=people["stratum"], psu=people["unit"])
    value, error = estimator.point_est, estimator.stderror
    return between - began, time.perf_counter() - between, float(np.ravel(value)[0]), float(np.ravel(error)[0])


def _of_r(people: People, margins: dict[str, dict[str, float]], rounds: int) -> tuple[list[Times], float, float]:
    import polars

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        polars.DataFrame(people).write_csv(folder / "people.csv")
        polars.DataFrame({
            "variable": [v for v, counts in margins.items() for _ in counts],
            "level": [level for counts in margins.values() for level in counts],
            "count": [count for counts in margins.values() for count in counts.values()],
        }).write_csv(folder / "margins.csv")  # fmt: skip
        (folder / "rake.R").write_text(_R)
        command = ["Rscript", str(folder / "rake.R"), name, str(rounds)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = [[float(part) for part in line.split()] for line in told.splitlines()]
    return [(line[0], line[1]) for line in lines], lines[-1][2], lines[-1][3]
