"""Surveys as the office and the public see them: design, sample, field work, weights, estimates and what they say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import hypot
from typing import Any

from django.db.models import Count, Q

from dukao.base.refusals import NotThere
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.voice.models import Contact, Interview, Survey, SurveyEstimate, SurveySample
from dukao.voice.queries.interviews import QuotaView, quotas_of
from dukao.voice.rules.drawing import FORMAT
from dukao.voice.rules.evidence import groups_that_separate, separated
from dukao.voice.rules.interviews import FieldCount, field_count
from dukao.voice.rules.surveys import SurveyDefinition

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class SurveyLine:
    """One line of the office's list."""

    code: str
    title: str
    state: str
    state_label: str
    unit_name: str
    department_name: str
    begins_on: date
    ends_on: date
    completed: int
    wanted: int
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class StratumView:
    name: str
    lines: int
    drawn: int
    clusters: tuple[int, int]  # drawn, of how many; (1, 1) where there are none


@dataclass(frozen=True, slots=True)
class SampleView:
    commitment: str
    frame_sha256: str
    public_source: str
    public_part: str
    seed: str
    lines: int
    left_out: int
    strata: tuple[StratumView, ...]
    promised_at: datetime
    drawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class SurveyView:
    """A survey; `sample` from its promise on, `field` from the draw on, `report` once published."""

    code: str
    title: str
    state: str
    state_label: str
    unit_name: str
    department_name: str
    definition: SurveyDefinition
    interviews_wanted: int
    numbers_wanted: int
    sample: SampleView | None
    field: FieldCount | None
    quotas: tuple[QuotaView, ...]
    recheck: tuple[int, int, int]  # drawn for a second call and completed, asked again, answers that agreed in percent
    phones_left: int
    report: Mapping[str, Any]
    opened_at: datetime | None
    closed_at: datetime | None
    published_at: datetime | None
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class EstimateView:
    """A published figure, as fractions (a mean in its own units). No interval where the sample is no random one."""

    question: str
    answer: str
    answer_title: str
    kind: str
    domain: str
    level: str
    level_title: str
    value: float
    error: float | None
    low: float | None
    high: float | None
    n: int
    n_eff: float
    deff: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """Against the wave before: `verdict` up | down | same (the difference lies within its error)."""

    before: float
    difference: float
    low: float
    high: float
    verdict: str


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """`headline`: the good answers together, or the mean. `groups`: levels of a domain that separate, highest first."""

    code: str
    text: str
    kind: str
    good_title: str
    headline: EstimateView | None
    shares: tuple[EstimateView, ...]
    held_back: tuple[str, ...]  # answers with too few behind them
    by_domain: tuple[EstimateView, ...]
    groups: tuple[tuple[str, ...], ...]
    earlier: tuple[tuple[str, EstimateView], ...]  # waves before: title, the same figure; the oldest first
    change: Change | None


@dataclass(frozen=True, slots=True)
class ResultView:
    """Everything that must stand beside a figure of the survey."""

    code: str
    title: str
    purpose: str
    unit_name: str
    issuing_body: str
    approval_number: str
    mode: str
    sampling: str
    weighting: str
    weighting_variables: tuple[str, ...]
    frame: tuple[str, str, str]  # what it is, covers, lacks
    begins_on: date
    ends_on: date
    published_at: datetime
    field: FieldCount
    n: int
    n_eff: float
    questions: tuple[QuestionResult, ...]
    suppressed: int
    is_synthetic: bool


def surveys(*, viewer: Actor) -> tuple[SurveyLine, ...]:
    """The surveys that the viewer holds, newest first."""
    viewer.require_anywhere("VOICE_HOLD")
    rows = (
        Survey.objects.filter(_held_by(viewer)).select_related("unit", "department")
        .annotate(done=Count("contacts__interview", filter=Q(contacts__interview__completed_at__isnull=False)))
        .order_by("-begins_on", "-id")[:200]
    )  # fmt: skip
    return tuple(
        SurveyLine(
            row.code, row.title, row.state, row.get_state_display(), row.unit.name,
            row.department.name if row.department else "", row.begins_on, row.ends_on, row.done,
            row.size["interviews"], row.is_synthetic,
        )
        for row in rows
    )  # fmt: skip


def survey(*, code: str, viewer: Actor) -> SurveyView:
    """One survey. Raises NotThere."""
    row = Survey.objects.select_related("unit", "department").filter(code=code).first()
    if row is None:
        raise NotThere()
    viewer.require("VOICE_HOLD", row.unit.path)
    sample = SurveySample.objects.filter(survey=row).first()
    outcomes = list(Contact.objects.filter(survey=row).values_list("outcome", flat=True))
    return SurveyView(
        code=row.code, title=row.title, state=row.state, state_label=row.get_state_display(), unit_name=row.unit.name,
        department_name=row.department.name if row.department else "",
        definition=SurveyDefinition.model_validate(row.definition), interviews_wanted=row.size["interviews"],
        numbers_wanted=row.size["numbers"], sample=_sample(sample) if sample else None,
        field=field_count(outcomes) if outcomes else None, quotas=quotas_of(row), recheck=_recheck(row),
        phones_left=Contact.objects.filter(survey=row).exclude(sealed_phone=b"").count(), report=row.report,
        opened_at=row.opened_at, closed_at=row.closed_at, published_at=row.published_at,
        is_synthetic=row.is_synthetic,
    )  # fmt: skip


def published_sample(*, code: str) -> dict[str, Any]:
    """The record with which anyone replays the draw; public. Raises NotThere before it is drawn."""
    row = SurveySample.objects.filter(survey__code=code, drawn_at__isnull=False).first()
    if row is None:
        raise NotThere()
    return {
        "format": FORMAT, "survey": code, **row.drawn_from, "commitment": row.commitment, "seed": row.seed,
        "public_part": row.public_part, "left_out": row.left_out, "result": row.result,
    }  # fmt: skip


def published_surveys() -> tuple[tuple[str, str, date, date], ...]:
    """Code, title and days of every survey with published results, the newest first; public."""
    rows = Survey.objects.filter(state=Survey.State.PUBLISHED).order_by("-ends_on", "-id")[:100]
    return tuple((row.code, row.title, row.begins_on, row.ends_on) for row in rows)


def survey_result(*, code: str) -> ResultView:
    """The published results of a survey; public. Raises NotThere before they are published."""
    row = Survey.objects.select_related("unit").filter(code=code, state=Survey.State.PUBLISHED).first()
    if row is None:
        raise NotThere()
    assert row.published_at is not None, "published surveys have their moment"
    definition = SurveyDefinition.model_validate(row.definition)
    frame, weighting = definition.frame, row.report["weighting"]
    return ResultView(
        code=row.code, title=row.title, purpose=definition.purpose, unit_name=row.unit.name,
        issuing_body=definition.marks.issuing_body, approval_number=definition.marks.approval_number,
        mode=definition.mode, sampling=definition.sampling, weighting=definition.weighting,
        weighting_variables=tuple(_variable(definition, margin.variable) for margin in definition.margins),
        frame=(frame.title, frame.covers, frame.lacks), begins_on=row.begins_on, ends_on=row.ends_on,
        published_at=row.published_at, field=_field(row.report["field"]), n=row.report["field"]["completed"],
        n_eff=weighting["steps"][-1]["n_eff"], questions=_questions(row, definition),
        suppressed=row.report["suppressed"], is_synthetic=row.is_synthetic,
    )  # fmt: skip


def estimates(*, survey: str, viewer: Actor) -> tuple[EstimateView, ...]:
    """Every published figure of a survey, for scores and commands; published figures are anybody's. Raises NotThere."""
    row = Survey.objects.filter(code=survey, state=Survey.State.PUBLISHED).first()
    if row is None:
        raise NotThere()
    return _estimates(row, SurveyDefinition.model_validate(row.definition))


def _estimates(row: Survey, definition: SurveyDefinition) -> tuple[EstimateView, ...]:
    found = list(SurveyEstimate.objects.filter(survey=row).order_by("id"))
    places = {one.level for one in found if one.domain == definition.frame.region}
    names = {code: unit.name for code, unit in org.units_by_codes(places).items()} if places else {}
    return tuple(_estimate(one, definition, names) for one in found)


def _estimate(one: SurveyEstimate, definition: SurveyDefinition, names: Mapping[str, str]) -> EstimateView:
    question = definition.question(one.question)
    domain = definition.question(one.domain)
    level = domain.title_of(one.level) if domain else names.get(one.level, one.level)
    assert question is not None
    return EstimateView(
        question=one.question, answer=one.answer,
        answer_title=question.title_of(one.answer) if one.answer else question.good_title, kind=one.kind,
        domain=one.domain, level=one.level, level_title=level, value=one.value,
        error=one.error, low=one.low, high=one.high, n=one.n, n_eff=one.n_eff, deff=one.deff,
    )  # fmt: skip


def _questions(row: Survey, definition: SurveyDefinition) -> tuple[QuestionResult, ...]:
    by_question = _by_question(_estimates(row, definition))
    earlier = list(_waves_before(definition))
    found = []
    for question in definition.questions:
        if question.weights:
            continue
        own = by_question.get(question.code, [])
        all_shares = [one for one in own if not one.domain and one.answer]
        head = next((one for one in own if not one.domain and not one.answer), None)
        domains = tuple(one for one in own if one.domain and not one.answer)
        before = tuple(
            (title, one) for title, figures in earlier
            if (one := next((f for f in figures.get(question.code, []) if not f.domain and not f.answer), None))
        )  # fmt: skip
        there = {one.answer for one in all_shares}
        found.append(QuestionResult(
            code=question.code, text=question.text, kind=question.kind, good_title=question.good_title, headline=head,
            shares=tuple(all_shares),
            held_back=tuple(option.title for option in question.options if option.code not in there),
            by_domain=domains, groups=_groups(domains), earlier=before,
            change=_change(before[-1][1], head) if before and head else None,
        ))  # fmt: skip
    return tuple(found)


def _waves_before(definition: SurveyDefinition) -> Iterable[tuple[str, dict[str, list[EstimateView]]]]:
    """Title and figures of each wave before, the oldest first; unpublished ones are passed over."""
    waves: list[Survey] = []
    code = definition.follows
    while code and len(waves) < 8 and all(wave.code != code for wave in waves):
        row = Survey.objects.filter(code=code).first()
        if row is None:
            break
        waves.append(row)
        code = row.definition["follows"]
    for row in reversed(waves):
        if row.state == Survey.State.PUBLISHED:
            yield row.title, _by_question(_estimates(row, SurveyDefinition.model_validate(row.definition)))


def _by_question(found: Sequence[EstimateView]) -> dict[str, list[EstimateView]]:
    together: dict[str, list[EstimateView]] = {}
    for one in found:
        together.setdefault(one.question, []).append(one)
    return together


def _groups(domains: Sequence[EstimateView]) -> tuple[tuple[str, ...], ...]:
    intervals = {
        one.level_title: (one.low, one.high) for one in domains if one.low is not None and one.high is not None
    }  # fmt: skip
    return groups_that_separate(intervals) if intervals else ()


def _change(before: EstimateView, now: EstimateView) -> Change | None:
    """The difference of two independent samples; up or down only where its own interval leaves nought out."""
    if before.error is None or now.error is None:
        return None
    difference, half = now.value - before.value, _Z * hypot(before.error, now.error)
    low, high = difference - half, difference + half
    verdict = "same" if not separated((low, high), (0.0, 0.0)) else "up" if difference > 0 else "down"
    return Change(before.value, difference, low, high, verdict)


def _sample(row: SurveySample) -> SampleView:
    strata = []
    for name, clusters in row.drawn_from["strata"].items():
        result = row.result.get(name)
        drawn = sum(len(lines) for _size, lines in result["lines"].values()) if result else 0
        lines = sum(last - first + 1 for ranges in clusters.values() for first, last in ranges)
        got = tuple(result["clusters"]) if result else (0, len(clusters))
        strata.append(StratumView(name, lines, drawn or row.drawn_from["wanted"].get(name, 0), got))
    return SampleView(
        commitment=row.commitment, frame_sha256=row.drawn_from["frame_sha256"],
        public_source=row.drawn_from["public_source"], public_part=row.public_part, seed=row.seed,
        lines=sum(one.lines for one in strata), left_out=len(row.left_out), strata=tuple(strata),
        promised_at=row.promised_at, drawn_at=row.drawn_at,
    )  # fmt: skip


def _recheck(row: Survey) -> tuple[int, int, int]:
    done = Interview.objects.filter(contact__survey=row, contact__is_rechecked=True, completed_at__isnull=False)
    asked = [(a, b or 0) for a, b in done.values_list("recheck_asked", "recheck_agreed") if a]
    total = sum(a for a, _b in asked)
    return done.count(), len(asked), round(100 * sum(b for _a, b in asked) / total) if total else 0


def _field(stored: Mapping[str, Any]) -> FieldCount:
    return FieldCount(**{**stored, "by_outcome": tuple((name, n) for name, n in stored["by_outcome"])})


def _variable(definition: SurveyDefinition, name: str) -> str:
    question = definition.question(name)
    return question.text if question else name


def _held_by(viewer: Actor) -> Q:
    if viewer.is_system:
        return Q()
    found = Q(pk=None)
    for standing in viewer.standings_with("VOICE_HOLD"):
        found |= Q(unit__path__startswith=standing.unit_path)
    return found
