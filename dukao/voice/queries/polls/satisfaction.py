"""Satisfaction of units and departments over the closed rounds of a period: what scores read."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet

from dukao.base.periods import Period
from dukao.law import queries as law
from dukao.voice.models import Paper, Round
from dukao.voice.queries.polls.seeing import papers, upheld_of
from dukao.voice.rules.evidence import judged_volunteers, wilson
from dukao.voice.rules.polls import OVERALL, satisfied, without

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """Of one unit over the closed rounds of a period, after appeals. `low` and `high` are no margin of error: they say
    how far chance alone would move the share, so that what overlaps is not ranked.
    """

    n: int
    invited: int
    satisfied: int
    share: float | None
    low: float
    high: float
    verdict: str


def satisfaction(*, units: Sequence[int], period: Period) -> dict[int, Satisfaction]:
    """Internal: by unit id; units that nobody was invited to rate are left out. Departments: `satisfaction_of`."""
    chosen = papers().filter(subject__unit_id__in=units, subject__department=None)
    return _summed(chosen, period, lambda paper: paper.subject.unit_id)


def satisfaction_of(*, departments: Sequence[str], period: Period) -> dict[str, Satisfaction]:
    """Internal: the same for departments, by code."""
    chosen = papers().filter(subject__department__code__in=departments)
    return _summed(chosen, period, lambda paper: paper.subject.department.code if paper.subject.department else "")


def _summed(chosen: QuerySet[Paper], period: Period, key: Callable[[Paper], Key]) -> dict[Key, Satisfaction]:
    bad_from = int(law.rule("RTG-3", period.starts_on).parameters["bad_from"])
    quarters = [part.key for part in period.parts("quarter")]
    rows = list(chosen.filter(round__state=Round.State.CLOSED, round__period__in=quarters))
    upheld = upheld_of(rows)
    sums: dict[Key, tuple[int, int, int]] = {}
    for paper in rows:
        after = without(paper.tally, upheld.get(paper.pk, ())) if paper.tally else {}
        counts = after.get(OVERALL, ())
        n, good, invited = sums.get(key(paper), (0, 0, 0))
        sums[key(paper)] = (n + sum(counts), good + satisfied(counts, bad_from=bad_from), invited + paper.invited)
    return {one: _judged(*told, period) for one, told in sums.items()}


def _judged(n: int, good: int, invited: int, period: Period) -> Satisfaction:
    rule = law.rule("RTG-2", period.starts_on).parameters
    told = judged_volunteers(
        good, n, asked=invited, floor=int(rule["judged_at_least"]),
        response_percent_least=int(rule["response_percent_least"]),
    )  # fmt: skip
    low, high = wilson(good, n)
    return Satisfaction(n, invited, good, told.share, low, high, told.verdict)
