"""What the work process fetches from issuer and board: counts, bad ratings, second ratings; and what time brings.

1. Counts of open rounds are asked for, and a round whose last day is over is closed.
2. A bad rating becomes an order, its comment masked. It is handed to the rated on a later day, in a batch, and only
   where enough have rated to hide one; the days are all that is known of when.
3. A second rating closes its order, or has it done again once; one that never comes is given up after its days.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dukao.ballots.client import Bad, NotTaken, Second, Unreachable, paper_of
from dukao.base.sql import next_number
from dukao.base.trail import record_event
from dukao.law import queries as law
from dukao.law.workdays import workday_after
from dukao.org.rules import SYSTEM
from dukao.voice.actions.boxes import board, issuer
from dukao.voice.actions.polls import close_round
from dukao.voice.models import Order, Paper, Round
from dukao.voice.queries.orders import rules_on
from dukao.voice.rules.masking import masked
from dukao.voice.rules.orders import REOPENED_MOST, may_close
from dukao.voice.rules.polls import OVERALL

_NUMBERS_LOCK = 0x6475_6B81  # PostgreSQL advisory lock: orders are numbered by one at a time.
_LOOKED_AT_AGAIN = timedelta(days=2)  # what came while the last look was taken

logger = logging.getLogger("dukao.work")


def gather_ratings(*, at: datetime) -> int:
    """Fetch what came; how many orders and closed rounds that made. Where nobody answers it is tried again later.

    Records: voice.orders.received, voice.orders.released, voice.order.closed, voice.order.reopened, voice.round.closed.
    """
    done = 0
    for row in _rounds_to_ask(at):
        try:
            done += _gather(row, at)
        except (Unreachable, NotTaken) as problem:
            logger.warning("万人评 %s：%s", row.code, problem)
    return done + release_orders(at=at) + end_orders(at=at)


def release_orders(*, at: datetime) -> int:
    """Hand the orders of earlier days to the rated, all of a subject together; how many.

    Where too few rated to hide one, the order is the office's to settle once the round is over.
    """
    today = timezone.localdate(at)
    floor = int(law.rule("RTG-2", today).parameters["shown_at_least"])
    rule = rules_on(today)
    waiting = Order.objects.filter(state=Order.State.RECEIVED, released_on=None, received_on__lt=today)
    with transaction.atomic():
        handed = waiting.filter(paper__counted__gte=floor).update(
            released_on=today, due_on=workday_after(today, int(rule["verify_workdays"]))
        )
        waiting.filter(due_on=None, paper__counted__lt=floor, paper__round__state=Round.State.CLOSED).update(
            due_on=workday_after(today, int(rule["fix_workdays"]))
        )
        if handed:
            record_event(verb="voice.orders.released", subject="orders", by=SYSTEM, at=at, detail={"count": handed})
    return handed


def end_orders(*, at: datetime) -> int:
    """Close answered orders to which nothing more is owed; how many."""
    today, ended = timezone.localdate(at), 0
    with transaction.atomic():
        for row in Order.objects.select_for_update().filter(state=Order.State.ANSWERED):
            if may_close(has_contact=row.has_contact, was_called_back=row.called_back_on is not None,
                         has_second=row.second_on is not None, waits_until=row.due_on, today=today):  # fmt: skip
                row.state, row.closed_on, row.due_on = Order.State.CLOSED, today, None
                row.save(update_fields=["state", "closed_on", "due_on"])
                record_event(verb="voice.order.closed", subject=f"order:{row.number}", by=SYSTEM, at=at)
                ended += 1
    return ended


def _rounds_to_ask(at: datetime) -> list[Round]:
    """Open ones, those just closed, and closed ones where an answer may still be rated."""
    chosen = Round.objects.select_related("poll__scope_unit").filter(
        Q(state=Round.State.OPEN)
        | Q(closed_at__gte=at - _LOOKED_AT_AGAIN)
        | Q(state=Round.State.CLOSED, papers__orders__state=Order.State.ANSWERED)
    )
    return list(chosen.distinct().order_by("id"))


def _gather(row: Round, at: datetime) -> int:
    box, today, done = board(), timezone.localdate(at), 0
    papers = {paper_of(row.code, paper.short): paper for paper in Paper.objects.filter(round=row)}
    if row.state == Round.State.OPEN:
        # Counts first: whoever rates in between is then in the totals, and never the other way round.
        counts = box.counts(row.code)
        totals = issuer().totals(row.code)
        for name, paper in papers.items():
            paper.counted, paper.issued = counts.get(name, 0), totals.issued.get(name, 0)
            paper.invited = totals.entitled.get(name, 0)
        with transaction.atomic():
            Paper.objects.bulk_update(papers.values(), ["counted", "issued", "invited"])
            Round.objects.filter(pk=row.pk, state=Round.State.OPEN).update(collected_on=today)
        if row.closes_on < today:
            close_round(round=row.code, by=SYSTEM, at=at)
            done += 1
    since = row.collected_on and row.collected_on - _LOOKED_AT_AGAIN
    done += _receive_orders(papers, box.bad(row.code, since), at=at)
    return done + _take_seconds(papers, box.seconds(row.code), at)


def _receive_orders(papers: dict[str, Paper], bad: Iterable[Bad], *, at: datetime) -> int:
    """Make orders of bad ratings that have none yet, in the order of their refs, which says nothing; how many."""
    today = timezone.localdate(at)
    with transaction.atomic():
        known = set(Order.objects.filter(paper__in=papers.values()).values_list("paper_id", "ref"))
        new = [one for one in bad if (papers[one.paper].pk, one.ref) not in known]
        if not new:
            return 0
        begins = f"CP{today.year}-"
        first = int(next_number(Order.objects.all(), begins, lock=_NUMBERS_LOCK).removeprefix(begins))
        rows = []
        for number, one in enumerate(sorted(new, key=lambda one: one.ref), start=first):
            comment, kinds = masked(one.comment)
            rows.append(Order(
                number=f"{begins}{number:04d}", paper=papers[one.paper], ref=one.ref, follow=one.follow,
                levels=one.levels, comment=comment, masked=list(kinds), has_contact=bool(one.contact),
                received_on=today, is_synthetic=papers[one.paper].round.is_synthetic,
            ))  # fmt: skip
        Order.objects.bulk_create(rows)
        record_event(verb="voice.orders.received", subject="orders", by=SYSTEM, at=at, detail={"count": len(rows)})
    return len(rows)


def _take_seconds(papers: dict[str, Paper], seconds: Iterable[Second], at: datetime) -> int:
    """Second ratings of answered orders: content ends the order, a bad one has it done again once."""
    said = {(papers[one.paper].pk, one.ref): one for one in seconds}
    if not said:
        return 0
    today, done = timezone.localdate(at), 0
    bad_from = int(law.rule("RTG-3", today).parameters["bad_from"])
    with transaction.atomic():
        rows = Order.objects.select_for_update().filter(
            paper__in=papers.values(), state=Order.State.ANSWERED, second_on=None
        )
        for row in rows:
            second = said.get((row.paper_id, row.ref))
            if second is None:
                continue
            done += 1
            row.second_place, row.second_on = second.levels[OVERALL], today
            if second.levels[OVERALL] >= bad_from and row.times_reopened < REOPENED_MOST:
                row.times_reopened += 1
                row.state, row.due_on = Order.State.VERIFIED, workday_after(today, int(rules_on(today)["fix_workdays"]))
                record_event(verb="voice.order.reopened", subject=f"order:{row.number}", by=SYSTEM, at=at)
            row.save(update_fields=["second_place", "second_on", "times_reopened", "state", "due_on"])
    return done
