"""Work orders: the rated see their own once they were handed over, the office sees all; nobody sees who rated."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from dukao.base.refusals import NotThere
from dukao.law import queries as law
from dukao.law.workdays import workday_after
from dukao.org.rules import Actor
from dukao.voice.models import Order
from dukao.voice.queries.polls.seeing import overseen, rated_as, stands_for
from dukao.voice.rules.masking import KINDS
from dukao.voice.rules.orders import colour_of, may_follow


@dataclass(frozen=True, slots=True)
class OrderView:
    """One bad rating. `levels`: question and the word given, the overall one first; `colour` is the task's; `may`: what
    the viewer may do.
    """

    number: str
    poll_title: str
    round_code: str
    subject: str
    department_code: str
    unit_code: str
    levels: tuple[tuple[str, str], ...]
    comment: str
    masked: tuple[str, ...]
    state: str
    state_label: str
    outcome: str
    outcome_label: str
    colour: str
    received_on: date
    released_on: date | None
    due_on: date | None
    is_complex: bool
    found: str
    answer: str
    answered_on: date | None
    has_contact: bool
    called_back_on: date | None
    call_back: str
    second: str
    second_on: date | None
    times_reopened: int
    appeal: str
    appealed_on: date | None
    appeal_upheld: bool | None
    decision: str
    decided_on: date | None
    closed_on: date | None
    is_synthetic: bool
    may: frozenset[str]

    @property
    def is_late(self) -> bool:
        return self.colour == "warn"


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """How a poll's orders stand: of the task, not of people."""

    all: int
    by_state: Mapping[str, int]
    late: int
    fixed: int
    explained: int
    misjudged: int
    left_contact: int
    called_back: int
    rated_again: int
    rated_again_content: int


def rules_on(on: date) -> Mapping[str, Any]:
    """Inside the room: the deadlines of RTG-1 on the day."""
    return law.rule("RTG-1", on).parameters


def orders(
    *, viewer: Actor, today: date, state: str = "", only_open: bool = False, only_late: bool = False
) -> tuple[OrderView, ...]:
    """Orders the viewer has to do with, what is due first on top, closed ones last."""
    chosen = _seen_by(viewer)
    if state:
        chosen = chosen.filter(state=state)
    if only_open or only_late:
        chosen = chosen.exclude(state=Order.State.CLOSED)
    if only_late:
        chosen = chosen.filter(due_on__lt=today)
    soon_on = workday_after(today, int(rules_on(today)["soon_workdays"]))
    found = [_view(row, viewer, today, soon_on) for row in chosen.order_by("-received_on", "number")[:1_000]]
    return tuple(sorted(found, key=lambda one: (one.state == "closed", one.due_on or date.max)))


def order(*, number: str, viewer: Actor, today: date) -> OrderView:
    """One order. Raises NotThere."""
    row = _seen_by(viewer).filter(number=number).first()
    if row is None:
        raise NotThere()
    return _view(row, viewer, today, workday_after(today, int(rules_on(today)["soon_workdays"])))


def order_counts(*, viewer: Actor, today: date) -> OrderCounts:
    """How the orders that the viewer sees stand."""
    rows = list(_seen_by(viewer).values_list(
        "state", "outcome", "due_on", "has_contact", "called_back_on", "second_place", "paper__round__closes_on"
    ))  # fmt: skip
    bad_from = int(law.rule("RTG-3", today).parameters["bad_from"])
    again = [second for *_rest, second, _on in rows if second is not None]
    outcomes = Counter(outcome for _state, outcome, *_rest in rows)
    return OrderCounts(
        all=len(rows), by_state=Counter(state for state, *_rest in rows),
        late=sum(state != "closed" and due is not None and due < today for state, _outcome, due, *_rest in rows),
        fixed=outcomes["fixed"], explained=outcomes["explained"], misjudged=outcomes["misjudged"],
        left_contact=sum(row[3] for row in rows), called_back=sum(row[4] is not None for row in rows),
        rated_again=len(again), rated_again_content=sum(place < bad_from for place in again),
    )  # fmt: skip


def _seen_by(viewer: Actor) -> QuerySet[Order]:
    rows = Order.objects.select_related(
        "paper__round__poll__scope_unit", "paper__subject__unit", "paper__subject__department"
    )
    if viewer.is_system:
        return rows
    # The rated learn of an order in a batch, and not before.
    rated = rated_as(viewer, "paper__subject__", ("ORDERS_ANSWER",)) & Q(released_on__isnull=False)
    return rows.filter(rated | overseen(viewer, "paper__round__poll__"))


def _view(row: Order, viewer: Actor, today: date, soon_on: date) -> OrderView:
    poll, subject = row.paper.round.poll, row.paper.subject
    # As the poll asks them, the overall question first: slips and databases keep keys in orders of their own.
    said = [(one["title"], row.levels[one["code"]]) for one in poll.questions if one["code"] in row.levels]
    colour = colour_of(state=row.state, due_on=row.due_on, soon_on=soon_on, today=today)
    return OrderView(
        number=row.number, poll_title=poll.title, round_code=row.paper.round.code, subject=subject.name,
        department_code=subject.department.code if subject.department else "", unit_code=subject.unit.code,
        levels=tuple((title, poll.scale[place - 1]) for title, place in said),
        comment=row.comment, masked=tuple(KINDS[kind] for kind in row.masked), state=row.state,
        state_label=row.get_state_display(), outcome=row.outcome, outcome_label=row.get_outcome_display(),
        colour=colour, received_on=row.received_on, released_on=row.released_on, due_on=row.due_on,
        is_complex=row.is_complex, found=row.found, answer=row.answer, answered_on=row.answered_on,
        has_contact=row.has_contact, called_back_on=row.called_back_on, call_back=row.call_back,
        second=poll.scale[row.second_place - 1] if row.second_place else "", second_on=row.second_on,
        times_reopened=row.times_reopened, appeal=row.appeal, appealed_on=row.appealed_on,
        appeal_upheld=row.appeal_upheld, decision=row.decision, decided_on=row.decided_on, closed_on=row.closed_on,
        is_synthetic=row.is_synthetic, may=_may(row, viewer),
    )  # fmt: skip


def _may(row: Order, viewer: Actor) -> frozenset[str]:
    """What the viewer may do to the order as it stands; whether somebody is outside enough, the action says."""
    scope = row.paper.round.poll.scope_unit.path
    steps: set[str] = set()
    if row.released_on is not None and stands_for(viewer, "ORDERS_ANSWER", row.paper.subject):
        steps |= {"verify", "answer"} | ({"appeal"} if row.appealed_on is None else set())
    if viewer.may("APPEALS_DECIDE", scope):
        steps.add("decide")
    may = {step for step in steps if may_follow(row.state, step)}
    if viewer.may("VOICE_HOLD", scope):
        if row.released_on is None and row.state == Order.State.RECEIVED and row.due_on is not None:
            may.add("answer")
        if row.comment:
            may.add("remove_comment")
        if row.has_contact and row.called_back_on is None and may_follow(row.state, "call_back"):
            may.add("call_back")
    return frozenset(may)
