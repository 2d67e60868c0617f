"""Estimates with design-based intervals: proportions, means, totals, and all of them by domain.

Point and standard error are svy's (linearised, with strata, clusters, finite populations and the fitted margins taken
into account). The interval of a share is made here, because the ones at hand have no width at 0 % and 100 %, cover less
than they promise close to it, or far more: bench/voice_coverage.py measures them, docs/performance.md has the table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from dukao.voice.rules.weighting import WeightedSample, kish

Floats = npt.NDArray[np.float64]
Kind = Literal["share", "mean", "total"]
CONFIDENCE = 0.95
# How much more than Kish's number answers are worth at most: because strata differ from each other, margins explain
# what was said, or those of the rarer opinion weigh little.
GAIN_MOST = 1.5
# With fewer degrees of freedom intervals only grow, from 0 to 90 %, and cover no more.
_FREE_LEAST = 4.0
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class Estimate:
    """One figure. `n` answers, worth `n_eff` (Kish); `deff` of the figure itself, None where nothing varies.

    `domain` is () for everybody, else the variable and its level.
    """

    name: str
    kind: Kind
    domain: tuple[str, str] | tuple[()]
    value: float
    error: float
    low: float
    high: float
    df: float
    n: int
    n_eff: float
    deff: float | None


def estimates_of(
    of: WeightedSample, columns: Mapping[str, Floats], *, kind: Kind = "share", domains: Sequence[str] = (),
    among: npt.NDArray[np.bool_] | None = None,
) -> list[Estimate]:  # fmt: skip
    """One estimate per column for everybody, then by each domain. Columns have a number per respondent.

    A share's column has 1 for yes and 0 for no. Domains are names of `People.known`. `among`: whom the figures are
    about, where not all; the others still belong to the sample that the errors come from.
    """
    import polars

    assert all(len(column) == len(of.weights) for column in columns.values()), "a number for each respondent"
    asked = np.ones(len(of.weights), dtype=bool) if among is None else among
    added = {f"y_{place}": polars.Series(column) for place, column in enumerate(columns.values())}
    known = {f"k_{domain}": of.known(domain) for domain in domains}
    sample = of.sample.wrangling.mutate({**added, **known, "asked": polars.Series(asked)})
    found = []
    for domain in (None, *domains):
        groups: dict[str, _Group] = {}
        for place, (name, column) in enumerate(columns.items()):
            for one in _measured(sample, f"y_{place}", kind, domain, is_all=among is None):
                level = "" if domain is None else str(one.by_level[0])
                if level not in groups:
                    groups[level] = _group(of, asked, domain, level)
                found.append(_estimate(groups[level], name, column, kind, one))
    return found


def _measured(sample: Any, column: str, kind: Kind, domain: str | None, *, is_all: bool) -> Any:
    """svy's own answer: one for everybody, or one per level of the domain."""
    import polars

    options: dict[str, Any] = {} if domain is None else {"by": f"k_{domain}"}
    if not is_all:
        options["where"] = polars.col("asked")
    estimate = sample.estimation.total if kind == "total" else sample.estimation.mean
    return estimate(column, **options).estimates


@dataclass(frozen=True, slots=True)
class _Group:
    """Whom figures are about, and what their weights tell whatever they answered."""

    domain: tuple[str, str] | tuple[()]
    within: npt.NDArray[np.bool_]
    weights: Floats
    n_eff: float
    skewness: float
    df: float
    is_clustered: bool


def _group(of: WeightedSample, asked: npt.NDArray[np.bool_], domain: str | None, level: str) -> _Group:
    within = asked if domain is None else asked & of.within(domain, level)
    weights = of.weights[within]
    return _Group(
        () if domain is None else (domain, level), within, weights, kish(weights), skewness(weights),
        degrees_of_freedom(of, within), of.is_clustered,
    )  # fmt: skip


def _estimate(group: _Group, name: str, column: Floats, kind: Kind, one: Any) -> Estimate:
    n, df = len(group.weights), min(float(one.df), group.df)
    if kind == "share":
        between = df if group.is_clustered else None
        low, high = share_interval(
            one.est, one.se, n=n, n_eff=group.n_eff, skewness=group.skewness, clusters_df=between
        )
    else:
        half = float(_t(df)) * one.se
        low, high = one.est - half, one.est + half
    deff = None if kind == "total" else design_effect(one.se, column[group.within], group.weights)
    return Estimate(
        name, kind, group.domain, float(one.est), float(one.se), float(low), float(high), df, n, group.n_eff, deff
    )


def share_interval(
    share: npt.ArrayLike, error: npt.ArrayLike, *, n: npt.ArrayLike, n_eff: npt.ArrayLike,
    skewness: npt.ArrayLike = 1.0, clusters_df: npt.ArrayLike | None = None,
) -> tuple[Any, Any]:  # fmt: skip
    """The 95 % interval of shares with their design-based standard errors; arrays give arrays.

    `clusters_df`: degrees of freedom between clusters; None where people are drawn singly. `skewness` of the weights.

    Wilson's score interval with an effective number of answers: as many as would give this error if drawn singly (plus
    one: p(1 − p) of a sample is smaller than the population's by the error's square). Where nothing varies there is no
    error to go by: as many as Kish counts.

    Where answers of the rarer kind are few, the error is measured on the same few that the share is counted from, and
    a sample with too few of them has too small an error. Let x be how many they are worth and b what part of the
    variance lies between clusters. Weights and beta-binomial clusters make the error move with the share (skewness + b)
    times as much as Wilson's: on average it comes out short by the excess over 1, ÷ x. And what is measured between
    clusters rests on fewer degrees of freedom: the variance of its logarithm grows by b(2 + b) ÷ x, the moments of rare
    beta-binomial counts. Basis: Wilson 1927, Korn and Graubard 1998, Satterthwaite 1946; the moments and what is capped
    are our own, measured in docs/performance.md.
    """
    p, se, count, kish_n, skew = (np.asarray(one, float) for one in (share, error, n, n_eff, skewness))
    p = np.clip(p, 0.0, 1.0)
    varies = (se > _NOTHING) & (p > 0) & (p < 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = np.where(varies, np.minimum(p * (1 - p) / np.square(se) + 1, GAIN_MOST * kish_n), kish_n)
    spread = np.maximum(p * (1 - p), (count - 1) / np.square(count))
    per_rare = np.maximum(1 - 4 * spread, 0) / (spread * worth)  # 1 ÷ x
    t: npt.ArrayLike = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    excess = skew - 1
    if clusters_df is not None:
        between = np.maximum(1 - worth / kish_n, 0)
        excess = excess + between
        noise = np.maximum(2 / np.asarray(clusters_df, float) - 2 / (count - 1), _NOTHING)
        rarer = noise + between * (2 + between) * per_rare
        t = _t(np.maximum(2 / rarer, np.minimum(2 / noise, _FREE_LEAST)))
    worth, z2 = worth / (1 + excess * per_rare), np.square(t)
    middle, whole = p + z2 / (2 * worth), 1 + z2 / worth
    half = np.sqrt(z2 * (p * (1 - p) / worth + z2 / (4 * worth * worth)))
    low, high = np.clip((middle - half) / whole, 0, p), np.clip((middle + half) / whole, p, 1)
    return np.where(p <= 0, 0.0, low), np.where(p >= 1, 1.0, high)


def skewness(weights: Floats) -> float:
    """How much more the third powers weigh than they would if all weights were alike: 1 there."""
    squares = np.square(weights)
    return float((squares * weights).sum() * weights.sum() / squares.sum() ** 2) if len(weights) else 1.0


def degrees_of_freedom(of: WeightedSample, within: npt.NDArray[np.bool_]) -> float:
    """With how many degrees of freedom the error was measured (Satterthwaite), for those `within` a domain.

    Counting units less strata holds where all units weigh alike. Where a few heavy ones carry the variance it rests on
    those few; intervals made with the plain count cover too seldom (92 % where 95 % were meant, docs/performance.md).
    """
    data = of.sample.data
    stratum, unit, size = (data[name].to_numpy() for name in ("stratum", "unit", "size"))
    stratum_of, size_of = np.zeros(unit.max() + 1, np.int64), np.zeros(stratum.max() + 1)
    stratum_of[unit], size_of[stratum] = stratum, size
    # A unit's part of the variance goes with the square of what it weighs.
    heavy = np.square(np.bincount(unit[within], of.weights[within], len(stratum_of)))
    there = heavy > 0
    count = np.bincount(stratum_of[there], minlength=len(size_of))
    sums, squares = (np.bincount(stratum_of, power, len(size_of)) for power in (heavy, np.square(heavy)))
    plain = max(1.0, float(there.sum() - (count > 0).sum()))
    measured = (count > 1) & (np.square(sums) > (1 + 1e-9) * squares)
    count, sums, squares, size_of = (column[measured] for column in (count, sums, squares, size_of))
    free = 1.0 if of.is_clustered else np.maximum(1 - count / size_of, 0.0)
    below = float((np.square(free * sums) / (np.square(sums) / squares - 1)).sum())
    return max(1.0, float((free * sums).sum()) ** 2 / below) if below > 0 else plain


def design_effect(error: float, values: Floats, weights: Floats) -> float | None:
    """The variance against that of as many answers drawn singly; None where nothing varies.

    svy works it out too, and stops with an error where all answers of the sample are alike (0.35.0).
    """
    middle = np.average(values, weights=weights)
    singly = float(np.average(np.square(values - middle), weights=weights)) / max(len(values) - 1, 1)
    return error**2 / singly if singly > 1e-18 and error > 0 else None


def _t(df: npt.ArrayLike) -> Floats:
    from scipy.special import stdtrit

    quantile: Floats = stdtrit(np.asarray(df, float), (1 + CONFIDENCE) / 2)
    return quantile
