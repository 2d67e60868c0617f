"""From drawn people to weighted answers: 1/π, non-response by cells, margins of the population, trimming.

The arithmetic is svy's (its figures agree with R's `survey`, see tests/voice/test_survey_against_r.py). Here stands
what a survey office wants around it: cells that are too small are put together and told, an empty margin is named
instead of divided by, and each step reports what it did to the weights. svy is imported where it is used: that takes a
second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dukao.base.words import Words, _noop, words

if TYPE_CHECKING:
    import polars

Floats = npt.NDArray[np.float64]
Sample = Any  # of svy, which is imported where it is used
# What became of somebody drawn: answered, did not, is not among those asked about, nobody knows.
RESPONDED, SILENT, INELIGIBLE, UNKNOWN = "rr", "nr", "in", "uk"
WITHIN, ROUNDS_MOST = 1e-6, 100
_TOGETHER = -1


class CannotWeigh(Exception):
    """The answers cannot be made to stand for the population; `said` names what is missing."""

    def __init__(self, said: Words, todo: Words) -> None:
        self.said, self.todo = said, todo
        super().__init__(str(said))


@dataclass(frozen=True, slots=True)
class People:
    """Everybody drawn, column by column. `known` are weighting variables and domains, "" for those who did not answer.

    `strata_size` is the number of first-stage units (lines, or clusters) in the frame, by stratum.
    """

    stratum: Sequence[str]
    unit: Sequence[str]  # primary sampling unit: the cluster, or the line itself
    weight: Sequence[float]  # 1/π
    status: Sequence[str]
    known: Mapping[str, Sequence[str]]
    strata_size: Mapping[str, int]
    is_clustered: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What the weights of the respondents are after a step. `effect` is Kish's: n ÷ n_eff."""

    title: str
    total: float
    least: float
    most: float
    n_eff: float
    effect: float


@dataclass(frozen=True, slots=True)
class WeightingReport:
    """`merged` strata had too few answers to stand alone; `trimmed_*` tells what was above the cap."""

    steps: tuple[Step, ...]
    merged: tuple[str, ...]
    cap: float
    trimmed_count: int
    trimmed_share: float
    misfit: float  # largest relative distance from a margin


@dataclass(frozen=True, slots=True)
class WeightedSample:
    """`sample` is svy's, with its history of adjustments, which the standard errors need; `rows` index into People."""

    sample: Sample
    people: People
    weights: Floats
    rows: npt.NDArray[np.int64]
    report: WeightingReport
    _known: dict[str, "polars.Series"] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def is_clustered(self) -> bool:
        """Else what was drawn of the population is taken off the variance."""
        return self.people.is_clustered

    def known(self, variable: str) -> "polars.Series":
        """The level of each respondent; read once, as every figure of a domain asks for it."""
        import polars

        if variable not in self._known:
            self._known[variable] = polars.Series(self.people.known[variable], dtype=polars.String).gather(self.rows)
        return self._known[variable]

    def within(self, variable: str, level: str) -> npt.NDArray[np.bool_]:
        """Which respondents belong to the level."""
        column: npt.NDArray[np.bool_] = (self.known(variable) == level).to_numpy()
        return column


def kish(weights: Floats) -> float:
    """Effective number of answers, (Σw)² ÷ Σw². Basis: Kish 1965."""
    # Not `weights @ weights`: BLAS wakes its threads for it, and they wait for those of polars (5 ms where 0.03 do).
    return float(weights.sum() ** 2 / np.square(weights).sum()) if len(weights) else 0.0


def weighted(
    people: People, *, margins: Mapping[str, Mapping[str, float]], is_raked: bool, cell_least: int, trim_medians: float
) -> WeightedSample:
    """Weigh the respondents. `margins`: variable → level → count in the population; one of them post-stratifies.

    `cell_least`: answers a stratum needs to make up for its own silent people. `trim_medians`: no weight is above so
    many times the median. Raises CannotWeigh.
    """
    data, merged = _frame(people, margins, cell_least)
    answers = data.filter(data["status"] == RESPONDED)
    if answers.is_empty():
        raise CannotWeigh(words(_noop("还没有人完成访问")), words(_noop("请先完成访问")))
    _refuse_gaps(people, answers, margins)
    steps = [_step(_noop("设计权数（1/π）"), answers["w"].to_numpy())]
    answered = _sample(data, people.is_clustered)
    if len(answers) < len(data):
        answered = answered.weighting.adjust("status", cells="cell", wgt_name="w_nr", respondents_only=True)
        steps.append(_step(_noop("无应答调整"), _weights(answered)))
    fitted, count, share = answered, 0, 0.0
    if margins:
        fitted = _fit(answered, margins, is_raked, None)
    weights = _weights(fitted)
    if margins:
        steps.append(_step(_noop("对齐总体边际（耙式）") if is_raked else _noop("事后分层"), weights))
    cap = trim_medians * float(np.median(weights))
    above = weights > cap * (1 + WITHIN)
    if above.any():
        count, share = int(above.sum()), float((weights[above] - cap).sum() / weights.sum())
        fitted = _trimmed(answered, margins, is_raked, cap)
        weights = _weights(fitted)
        steps.append(_step(_noop("截尾"), weights))
    data = fitted.data
    report = WeightingReport(tuple(steps), merged, cap, count, share, _misfit(data, weights, margins))
    return WeightedSample(fitted, people, weights, data["row"].to_numpy(), report)


def _refuse_gaps(people: People, answers: "polars.DataFrame", margins: Mapping[str, Mapping[str, float]]) -> None:
    """Levels of the population that nobody answered for, and answers that the population does not have."""
    todo = words(_noop("请合并相近的类别，或继续访问"))
    for variable, counts in margins.items():
        codes = answers[f"m_{variable}"]
        answered = np.bincount(codes.drop_nulls(), minlength=len(counts))
        if empty := sorted(level for level, count in zip(counts, answered, strict=True) if not count):
            said = words(_noop("“{variable}”里没有人回答：{levels}"), variable=variable, levels=tuple(empty))
            raise CannotWeigh(said, todo)
        nowhere = answers["row"].filter(codes.is_null())
        if strange := sorted({people.known[variable][row] for row in nowhere}):
            said = words(_noop("“{variable}”的总体边际里没有：{levels}"), variable=variable, levels=tuple(strange))
            raise CannotWeigh(said, todo)


def _frame(
    people: People, margins: Mapping[str, Mapping[str, float]], least: int
) -> tuple["polars.DataFrame", tuple[str, ...]]:
    """Everybody as columns, with the non-response cell: the stratum, or all strata together with too few answers.

    Strata, units and the levels of margins are numbers: svy groups by them again and again, and text takes twice as
    long. Units of one name in two strata are two.
    """
    import polars

    strata, stratum = _coded(people.stratum)
    names, unit = _coded(people.unit)
    home = np.zeros(len(names), np.int64)
    home[unit] = stratum
    if (home[unit] != stratum).any():
        _, unit = np.unique(stratum * len(names) + unit, return_inverse=True)
    status = polars.Series(people.status, dtype=polars.String)
    answers = np.bincount(stratum[status == RESPONDED], minlength=len(strata)).tolist()
    small = {code for code, count in enumerate(answers) if count < least}
    if small and sum(answers[code] for code in small) < least:
        # Even together they are too few: the stratum with the fewest answers takes them in.
        others = sorted(set(range(len(strata))) - small, key=lambda code: (answers[code], strata[code]))
        small |= set(others[:1])
    cells = np.array([_TOGETHER if code in small else code for code in range(len(strata))])
    return polars.DataFrame({
        "stratum": stratum, "unit": unit, "w": np.asarray(people.weight, float), "status": status,
        "cell": cells[stratum], "size": np.array([people.strata_size[one] for one in strata])[stratum],
        **{f"m_{name}": _levels(people.known[name], list(counts)) for name, counts in margins.items()},
    }).with_row_index("row"), tuple(sorted(strata[code] for code in small))  # fmt: skip


def _coded(texts: Sequence[str]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """The different texts, and for each which of them it is."""
    import polars

    column = polars.Series(texts, dtype=polars.String)
    different = column.unique(maintain_order=True).to_list()
    return different, _levels(column, different).cast(polars.Int64).to_numpy()


def _levels(texts: "Sequence[str] | polars.Series", levels: list[str]) -> "polars.Series":
    """Which level each text is; null where none."""
    import polars

    column = polars.Series(texts, dtype=polars.String)
    return column.cast(polars.Enum(levels), strict=False).to_physical().cast(polars.Int32)


def _sample(data: "polars.DataFrame", is_clustered: bool) -> Sample:
    import svy

    # Where clusters are drawn, the first stage alone would leave out what varies within them: none is taken off there.
    design: dict[str, Any] = {} if is_clustered else {"pop_size": "size"}
    return svy.Sample(
        data=data, design=svy.Design(stratum="stratum", psu="unit", wgt="w", singleton="center", **design)
    )  # fmt: skip


def _fit(sample: Sample, margins: Mapping[str, Mapping[str, float]], is_raked: bool, cap: float | None) -> Sample:
    from svy import TrimConfig
    from svy.errors import WeightingError

    trimming = None if cap is None else TrimConfig(upper=cap, max_iter=ROUNDS_MOST, tol=WITHIN)
    try:
        if is_raked:
            controls = {f"m_{name}": dict(enumerate(counts.values())) for name, counts in margins.items()}
            return sample.weighting.rake(
                controls=controls, tol=WITHIN, max_iter=ROUNDS_MOST, trimming=trimming, wgt_name="w_fit"
            )
        ((name, counts),) = margins.items()
        return sample.weighting.poststratify(
            controls=dict(enumerate(counts.values())), cells=f"m_{name}", trimming=trimming, wgt_name="w_fit"
        )
    except WeightingError as problem:
        said = (
            words(_noop("{n} 轮以内没有收敛，边际之间互相矛盾或类别太细"), n=ROUNDS_MOST)
            if cap is None
            else words(_noop("权数不超过中位数的规定倍数，就对不上总体边际"))
        )
        raise CannotWeigh(said, words(_noop("请核对总体边际，合并人数少的类别"))) from problem


def _trimmed(sample: Sample, margins: Mapping[str, Mapping[str, float]], is_raked: bool, cap: float) -> Sample:
    """Trim, and fit the margins again, until both hold."""
    if margins:
        return _fit(sample, margins, is_raked, cap)
    return sample.weighting.trim(upper=cap, max_iter=ROUNDS_MOST, tol=WITHIN, wgt_name="w_trim")


def _weights(sample: Sample) -> Floats:
    column: Floats = sample.data[sample.design.wgt].to_numpy()
    return column


def _step(title: str, weights: Floats) -> Step:
    n_eff = kish(weights)
    return Step(title, float(weights.sum()), float(weights.min()), float(weights.max()), n_eff, len(weights) / n_eff)


def _misfit(data: "polars.DataFrame", weights: Floats, margins: Mapping[str, Mapping[str, float]]) -> float:
    """The largest relative distance of the fitted weights from a margin."""
    worst = 0.0
    for name, counts in margins.items():
        wanted = np.array(list(counts.values()), float)
        worst = max(worst, float(np.abs(np.bincount(data[f"m_{name}"], weights, len(wanted)) / wanted - 1).max()))
    return worst
