"""Polls and rounds as the office sees them, as the rated do (nothing below the floor), and as the public does.

Figures of papers below the floor of RTG-2 are in no answer, because the board never opens them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from dukao.base.refusals import NotThere
from dukao.law import queries as law
from dukao.org.rules import Actor
from dukao.voice.models import Paper, Poll, Round
from dukao.voice.queries.polls.seeing import is_rated, papers, rounds, seen_polls, stands_for, upheld_of
from dukao.voice.queries.polls.views import PaperView, PollView, QuestionView, RoundView
from dukao.voice.rules.evidence import groups_that_separate, judged_volunteers, wilson
from dukao.voice.rules.polls import satisfied, without


def polls(*, viewer: Actor) -> tuple[PollView, ...]:
    """Polls that the viewer holds or is rated in, the newest first."""
    rows = Poll.objects.filter(seen_polls(viewer)).distinct().select_related("scope_unit").order_by("-made_at", "-id")
    return tuple(_poll(row, viewer) for row in rows.prefetch_related("subjects", "rounds__poll__scope_unit"))


def poll(*, code: str, viewer: Actor) -> PollView:
    """One poll with its rounds, the newest first. Raises NotThere."""
    row = Poll.objects.filter(seen_polls(viewer), code=code).distinct().select_related("scope_unit").first()
    if row is None:
        raise NotThere()
    return _poll(row, viewer)


def round_results(*, round: str, viewer: Actor) -> RoundView:
    """What came of a round, as far as the viewer may know: the office all subjects, the rated their own. NotThere."""
    row = rounds().filter(code=round).first()
    if row is None:
        raise NotThere()
    may_hold = viewer.may("VOICE_HOLD", row.poll.scope_unit.path)
    seen = _rows_of([row])
    if not may_hold:
        seen = [paper for paper in seen if is_rated(viewer, paper.subject)]
    if not seen:
        raise NotThere()
    return _round(row, seen, viewer)


def poll_results(*, poll: str, round: str, viewer: Actor) -> RoundView:
    """The same by poll and round."""
    found = round_results(round=round, viewer=viewer)
    if found.poll_code != poll:
        raise NotThere()
    return found


def public_rounds() -> tuple[RoundView, ...]:
    """Public: every round that was opened, the newest first."""
    rows = list(rounds().exclude(state=Round.State.PREPARING).order_by("-opens_on", "-id"))
    by_round: dict[int, list[Paper]] = {}
    for paper in _rows_of(rows):
        by_round.setdefault(paper.round_id, []).append(paper)
    return tuple(_round(row, by_round.get(row.pk, []), None) for row in rows)


def public_round(*, round: str) -> RoundView:
    """Public: a round with all its subjects; of those below the floor the count alone. Raises NotThere."""
    row = rounds().exclude(state=Round.State.PREPARING).filter(code=round).first()
    if row is None:
        raise NotThere()
    return _round(row, _rows_of([row]), None)


def _rows_of(chosen: Sequence[Round]) -> list[Paper]:
    return list(papers().filter(round__in=chosen).order_by("subject__position"))


def _poll(row: Poll, viewer: Actor) -> PollView:
    may_hold = viewer.may("VOICE_HOLD", row.scope_unit.path)
    told = []
    for one in row.rounds.select_related("poll__scope_unit").order_by("-id"):
        rows = _rows_of([one])
        if not may_hold:
            rows = [paper for paper in rows if is_rated(viewer, paper.subject)]
        told.append(_round(one, rows, viewer))
    return PollView(
        code=row.code, title=row.title, purpose=row.purpose, scope_code=row.scope_unit.code,
        scope_name=row.scope_unit.name, questions=tuple(one["title"] for one in row.questions),
        subjects=tuple(row.subjects.order_by("position").values_list("name", flat=True)), rounds=tuple(told),
        is_synthetic=row.is_synthetic, may_hold=may_hold,
    )  # fmt: skip


def _round(row: Round, chosen: Sequence[Paper], viewer: Actor | None) -> RoundView:
    poll = row.poll
    rule = law.rule("RTG-2", row.closes_on).parameters
    bad_from = int(law.rule("RTG-3", row.closes_on).parameters["bad_from"])
    upheld = upheld_of(chosen)
    views = tuple(_paper(paper, poll.questions, upheld.get(paper.pk, []), rule, bad_from, viewer) for paper in chosen)
    intervals = {one.short: one.separates for one in views if one.separates is not None}
    return RoundView(
        code=row.code, poll_code=poll.code, title=poll.title, purpose=poll.purpose, scope_code=poll.scope_unit.code,
        scope_name=poll.scope_unit.name, state=row.state, state_label=row.get_state_display(), period=row.period,
        opens_on=row.opens_on, closes_on=row.closes_on, collected_on=row.collected_on,
        closed_on=timezone.localdate(row.closed_at) if row.closed_at else None, scale=tuple(poll.scale),
        questions=tuple(QuestionView(one["code"], one["title"]) for one in poll.questions), papers=views,
        floor=int(rule["shown_at_least"]), judged_at_least=int(rule["judged_at_least"]),
        response_percent_least=int(rule["response_percent_least"]), bad_from=bad_from,
        is_synthetic=row.is_synthetic, may_hold=viewer is not None and viewer.may("VOICE_HOLD", poll.scope_unit.path),
        groups=groups_that_separate(intervals),
    )  # fmt: skip


def _paper(
    paper: Paper, asked: list[dict[str, str]], upheld: list[dict[str, int]], rule: Mapping[str, Any], bad_from: int,
    viewer: Actor | None,
) -> PaperView:  # fmt: skip
    # A question that may be left open is told where enough have answered that one.
    floor = int(rule["shown_at_least"])
    tally = {code: counts for code, counts in (paper.tally or {}).items() if sum(counts) >= floor}
    after = without(tally, upheld) if tally else {}
    subject = paper.subject
    return PaperView(
        short=paper.short, name=subject.name, unit_code=subject.unit.code, unit_path=subject.unit.path,
        department_code=subject.department.code if subject.department else "", invited=paper.invited,
        issued=paper.issued, counted=paper.counted,
        questions=tuple(
            _question(one, paper, tuple(tally.get(one["code"], ())), tuple(after.get(one["code"], ())), rule, bad_from)
            for one in asked
        ),
        misjudged=len(upheld), is_published=bool(tally),
        may_invite=viewer is not None and stands_for(viewer, "RATINGS_INVITE", subject),
    )  # fmt: skip


def _question(
    asked: dict[str, str], paper: Paper, counts: tuple[int, ...], after: tuple[int, ...], rule: Mapping[str, Any],
    bad_from: int,
) -> QuestionView:  # fmt: skip
    if paper.round.state != Round.State.CLOSED:
        return QuestionView(asked["code"], asked["title"])
    n, good = sum(after), satisfied(after, bad_from=bad_from)
    evidence = judged_volunteers(
        good, n, asked=paper.invited, floor=int(rule["judged_at_least"]),
        response_percent_least=int(rule["response_percent_least"]),
    )  # fmt: skip
    separates = wilson(good, n) if evidence.verdict != "too_few" else None
    return QuestionView(asked["code"], asked["title"], counts, after, evidence, separates)
