"""Ratings per rated subject and round: invited, counted, and how often each place of the scale was given."""

from dataclasses import dataclass

from dukao.base.periods import Period
from dukao.law import queries as law
from dukao.voice.models import Paper, Round
from dukao.voice.rules.polls import OVERALL

# Column, title, what it counts. Places of the scale follow, best first.
RATINGS: tuple[tuple[str, str, str], ...] = (
    ("invited", "邀请", "有资格评价的人数"),
    ("counted", "计入", "计票箱收到并公开的份数"),
    ("misjudged", "误评", "经被评单位以外的机构认定为误评的份数；各级份数是原始的，不扣除"),
)


@dataclass(frozen=True, slots=True)
class SubjectRatings:
    """One row; `unit` is empty for a department. `places` is empty below the floor of RTG-2."""

    round: str
    unit: str
    department: str
    invited: int
    counted: int
    misjudged: int
    places: tuple[int, ...]


def ratings_of(period: Period) -> tuple[SubjectRatings, ...]:
    """Closed rounds whose quarter lies in the period, by round and in the order of its list."""
    floor = int(law.rule("RTG-2", period.starts_on).parameters["shown_at_least"])
    quarters = [part.key for part in period.parts("quarter")]
    chosen = Paper.objects.filter(round__state=Round.State.CLOSED, round__period__in=quarters)
    rows = chosen.select_related("round", "subject__unit", "subject__department").prefetch_related("orders")
    return tuple(
        SubjectRatings(
            round=row.round.code, unit="" if row.subject.department else row.subject.unit.code,
            department=row.subject.department.code if row.subject.department else "", invited=row.invited,
            counted=row.counted, misjudged=sum(bool(order.appeal_upheld) for order in row.orders.all()),
            places=tuple(row.tally[OVERALL]) if row.tally and row.counted >= floor else (),
        )
        for row in rows.order_by("round_id", "subject__position")
    )  # fmt: skip
