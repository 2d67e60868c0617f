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
# How much more than Kish's number answers are worth at most, because strata differ from each other.
STRATA_GAIN_MOST = 1.15
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

    names = list(columns)
    assert all(len(column) == len(of.weights) for column in columns.values()), "a number for each respondent"
    asked = np.ones(len(of.weights), dtype=bool) if among is None else among
    added = [polars.Series(f"y_{place}", columns[name]) for place, name in enumerate(names)]
    sample = of.sample.set_data(of.sample.data.with_columns([*added, polars.Series("asked", asked)]))
    return [
        _estimate(of, name, columns[name], kind, domain, one, asked)
        for domain in (None, *domains)
        for place, name in enumerate(names)
        for one in _measured(sample, f"y_{place}", kind, domain, is_all=among is None)
    ]


def _measured(sample: Any, column: str, kind: Kind, domain: str | None, *, is_all: bool) -> Any:
    """svy's own answer: one for everybody, or one per level of the domain."""
    import polars

    options: dict[str, Any] = {} if domain is None else {"by": f"k_{domain}"}
    if not is_all:
        options["where"] = polars.col("asked")
    estimate = sample.estimation.total if kind == "total" else sample.estimation.mean
    return estimate(column, **options).estimates


def _estimate(
    of: WeightedSample, name: str, column: Floats, kind: Kind, domain: str | None, one: Any,
    asked: npt.NDArray[np.bool_],
) -> Estimate:  # fmt: skip
    level = "" if domain is None else str(one.by_level[0])
    within = asked if domain is None else asked & of.within(domain, level)
    weights = of.weights[within]
    n, n_eff, df = len(weights), kish(weights), min(float(one.df), degrees_of_freedom(of, within))
    if kind == "share":
        low, high = share_interval(one.est, one.se, n=n, n_eff=n_eff, df=df if of.is_clustered else n - 1)
    else:
        half = float(_t(df)) * one.se
        low, high = one.est - half, one.est + half
    deff = None if kind == "total" else design_effect(one.se, column[within], weights)
    return Estimate(
        name, kind, () if domain is None else (domain, level), float(one.est), float(one.se), float(low), float(high),
        df, n, n_eff, deff,
    )  # fmt: skip


def share_interval(
    share: npt.ArrayLike, error: npt.ArrayLike, *, n: npt.ArrayLike, n_eff: npt.ArrayLike, df: npt.ArrayLike
) -> tuple[Any, Any]:
    """The 95 % interval of shares with their design-based standard errors; arrays give arrays.

    Wilson's score interval with an effective number of answers: as many as would give this error if drawn singly.
    A share tells the variance of answers drawn singly (`df` is n − 1); how alike answers are within clusters is
    measured, and for the degrees of freedom of that they are made fewer (Korn and Graubard 1998). Where nothing varies
    there is no error to go by: as many as Kish counts. And never more than strata can gain over that: close to 0 % and
    100 % an error that happens to be small would promise too much. Basis: own convention, measured in
    docs/performance.md.
    """
    p, se, count, kish_n, free = np.broadcast_arrays(*(np.asarray(one, float) for one in (share, error, n, n_eff, df)))
    p = np.clip(p, 0.0, 1.0)
    varies = (se > _NOTHING) & (p > 0) & (p < 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = np.where(varies, p * (1 - p) / np.square(se), kish_n)
        fewer = np.square(_t(np.maximum(count - 1, 1)) / _t(np.maximum(free, 1)))
    worth = np.minimum(worth, STRATA_GAIN_MOST * kish_n) * np.minimum(fewer, 1.0)
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    middle, whole = p + z * z / (2 * worth), 1 + z * z / worth
    half = z * np.sqrt(p * (1 - p) / worth + z * z / (4 * worth * worth))
    low, high = np.clip((middle - half) / whole, 0, p), np.clip((middle + half) / whole, p, 1)
    return np.where(p <= 0, 0.0, low), np.where(p >= 1, 1.0, high)


def degrees_of_freedom(of: WeightedSample, within: npt.NDArray[np.bool_]) -> float:
    """With how many degrees of freedom the error was measured (Satterthwaite), for those `within` a domain.

    Counting units less strata holds where all units weigh alike. Where a few heavy ones carry the variance it rests on
    those few; intervals made with the plain count cover too seldom (92 % where 95 % were meant, docs/performance.md).
    """
    import polars

    data = of.sample.data.select("stratum", "unit", "size").with_columns(polars.Series("w", of.weights))
    if not within.all():
        data = data.filter(polars.Series(within))
    units = data.group_by("stratum", "unit").agg(polars.col("w").sum().pow(2), polars.col("size").first())
    w = polars.col("w")
    strata = units.group_by("stratum").agg(
        w.sum().alias("sum"), (w.sum() ** 2 / (w**2).sum()).alias("alike"), polars.len().alias("count"),
        polars.col("size").first(),
    )  # fmt: skip
    count, sums, alike = (strata[name].to_numpy() for name in ("count", "sum", "alike"))
    if not of.is_clustered:
        sums = sums * np.maximum(1 - count / strata["size"].to_numpy(), 0.0)
    measured = (count > 1) & (alike > 1 + 1e-9)
    below = float((np.square(sums[measured]) / (alike[measured] - 1)).sum())
    plain = max(1.0, float(len(units) - len(strata)))
    return max(1.0, float(sums[measured].sum()) ** 2 / below) if below > 0 else plain


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
