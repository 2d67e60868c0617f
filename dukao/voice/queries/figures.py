"""From the answers of a survey to the figures that may be published: weighting, estimating, holding back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dukao.voice.models import Contact, Interview, Survey
from dukao.voice.models.surveys import MILLION
from dukao.voice.rules.counting import held_back
from dukao.voice.rules.estimates import Estimate, estimates_of
from dukao.voice.rules.interviews import SKIPPED, status_of
from dukao.voice.rules.surveys import SurveyDefinition, SurveyQuestion
from dukao.voice.rules.weighting import RESPONDED, People, WeightedSample, weighted

Row = dict[str, Any]


@dataclass(frozen=True)
class Weighed:
    """A survey's respondents with their weights, row by row as in `sample`."""

    definition: SurveyDefinition
    sample: WeightedSample
    interviews: list[Interview]


@dataclass(frozen=True)
class Found:
    """`rows` are fields of SurveyEstimate; `suppressed` counts the figures that had too few answers behind them."""

    rows: list[Row]
    suppressed: int


def weigh_survey(row: Survey, rule: Mapping[str, Any]) -> Weighed:
    """The weights of everybody who answered, under the rule's parameters. Internal. Raises CannotWeigh."""
    definition = SurveyDefinition.model_validate(row.definition)
    contacts = list(Contact.objects.filter(survey=row).order_by("line"))
    answered = {
        one.contact_id: one
        for one in Interview.objects.filter(contact__survey=row, completed_at__isnull=False)
    }  # fmt: skip
    statuses = [RESPONDED if one.pk in answered else _silent(one) for one in contacts]
    frame = definition.frame
    sizes = {
        stratum: sum(size for size, _lines in one["lines"].values()) if not frame.cluster else one["clusters"][1]
        for stratum, one in row.sample.result.items()
    }
    known = {
        name: [_known(name, definition, one, answered.get(one.pk)) for one in contacts] for name in _used(definition)
    }
    people = People(
        stratum=[one.stratum for one in contacts],
        unit=[one.cluster if frame.cluster else str(one.line) for one in contacts],
        weight=[one.weight for one in contacts], status=statuses, known=known, strata_size=sizes,
        is_clustered=bool(frame.cluster),
    )  # fmt: skip
    sample = weighted(
        people, margins={margin.variable: margin.counts for margin in definition.margins},
        is_raked=definition.weighting == "raking", cell_least=rule["cell_least"], trim_medians=rule["trim_medians"],
    )  # fmt: skip
    return Weighed(definition, sample, [answered[contacts[place].pk] for place in sample.rows])


def figures_of(weighed: Weighed, *, n_eff_least: int, cell_least: int) -> Found:
    """Every figure with enough behind it: shares of each answer and of the good ones, means of numbers, by domain.

    Answers that were passed over belong to no figure of their question. Intervals only for probability samples.
    """
    has_margin = weighed.definition.sampling == "probability"
    rows: list[Row] = []
    suppressed = 0
    for question in weighed.definition.questions:
        if question.weights:
            continue
        groups = list(_groups(weighed, question))
        few = _levels_held_back(groups, cell_least)
        for group in groups:
            one = group[0].estimate
            is_told = one.n_eff >= n_eff_least and one.domain not in few
            kept = _kept(group, question, cell_least) if is_told else []
            suppressed += len(group) - len(kept)
            rows += [_row(question, one.answer, one.estimate, has_margin) for one in kept]
    return Found(rows, suppressed)


@dataclass(frozen=True)
class _Figure:
    answer: str
    estimate: Estimate
    cell: int  # respondents who gave this answer


def _groups(weighed: Weighed, question: SurveyQuestion) -> Iterable[list[_Figure]]:
    """The figures of a question, together for everybody and for each level of each domain."""
    answers = np.array([one.answers.get(question.code, SKIPPED) for one in weighed.interviews])
    said = answers != SKIPPED
    if not said.any():
        return
    sample, domains = weighed.sample, weighed.definition.domains
    among = None if said.all() else said
    if question.kind == "number":
        columns = {"": np.where(said, answers, "0").astype(float)}
        found = estimates_of(sample, columns, kind="mean", domains=domains, among=among)
    else:
        columns = {option.code: (answers == option.code).astype(float) for option in question.options}
        if question.good:
            columns[""] = np.isin(answers, sorted(question.good)).astype(float)
        found = estimates_of(sample, columns, domains=domains, among=among)
    together: dict[tuple[str, ...], list[_Figure]] = {}
    for one in found:
        cell = one.n
        if question.kind == "choice":
            within = sample.within(*one.domain) if one.domain else slice(None)
            cell = int(columns[one.name][within].sum())
        together.setdefault(one.domain, []).append(_Figure(one.name, one, cell))
    yield from together.values()


def _kept(group: list[_Figure], question: SurveyQuestion, cell_least: int) -> list[_Figure]:
    """Those that may be published: no answer of a few, nor one that the good ones together, or the rest, would tell."""
    cells = {one.answer: one.cell for one in group if one.answer}
    good = sorted(question.good)
    held = held_back(cells, cell_least, [good, [answer for answer in cells if answer not in good]])
    return [one for one in group if one.answer not in held and one.cell >= cell_least]


def _levels_held_back(groups: list[list[_Figure]], cell_least: int) -> set[tuple[str, ...]]:
    """Levels of a domain that so few answered for, and the level without which everybody less the others tells them."""
    found: set[tuple[str, ...]] = set()
    sizes: dict[str, dict[str, int]] = {}
    for group in groups:
        if group[0].estimate.domain:
            name, level = group[0].estimate.domain
            sizes.setdefault(name, {})[level] = group[0].estimate.n
    for name, levels in sizes.items():
        found |= {(name, level) for level in held_back(levels, cell_least, [list(levels)])}
    return found


def _row(question: SurveyQuestion, answer: str, one: Estimate, has_margin: bool) -> Row:
    domain, level = one.domain or ("", "")
    row: Row = {
        "question": question.code, "answer": answer, "kind": one.kind, "domain": domain, "level": level,
        "value_millionths": round(one.value * MILLION), "n": one.n, "n_eff_tenths": round(one.n_eff * 10),
    }  # fmt: skip
    if has_margin:
        row |= {
            "error_millionths": round(one.error * MILLION),
            "low_millionths": min(round(one.low * MILLION), row["value_millionths"]),
            "high_millionths": max(round(one.high * MILLION), row["value_millionths"]),
            "deff_hundredths": None if one.deff is None else round(one.deff * 100),
        }
    return row


def _silent(one: Contact) -> str:
    """Of somebody without an interview; whatever the outcome says, no answer is there."""
    status = status_of(one.outcome)
    return "nr" if status == RESPONDED else status


def _used(definition: SurveyDefinition) -> list[str]:
    return sorted({margin.variable for margin in definition.margins} | set(definition.domains))


def _known(name: str, definition: SurveyDefinition, one: Contact, interview: Interview | None) -> str:
    if name == definition.frame.stratum:
        return one.stratum
    if name == definition.frame.region:
        return one.region
    return str(interview.answers.get(name, SKIPPED)) if interview else ""
