"""What BRD-1 asks of a demand: that it ends, and where the profile wants it, that another one goes out for it."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.refusals import Refused
from dukao.base.wording import period_text
from dukao.gate.models import Demand
from dukao.gate.rules.replacing import WITHIN_DAYS, has_ended, last_due_day, needs_place
from dukao.law import queries as law


class DemandTooLong(Refused):
    """A demand has an end that can be seen."""


class NothingEnded(Refused):
    """One in, one out: the department names no ended demand whose place this one takes."""


def refuse_too_long(due_on: date, today: date) -> None:
    """Basis: BRD-1. Raises DemandTooLong."""
    rule = law.rule("BRD-1", today)
    last = last_due_day(rule, today)
    if due_on > last:
        raise DemandTooLong(
            _("截止日期 {due} 太远，最晚到 {last}").format(
                due=period_text(Period.day(due_on)), last=period_text(Period.day(last))
            ),
            why=_("没有期限的任务会一直压在基层"), todo=_("请改早截止日期；到期确需再办的，届时重新提出"),
            source=rule.source_text, rule="BRD-1",
        )  # fmt: skip


def replaced_demand(
    *, number: str, kind: str, asker_id: int, is_emergency: bool, today: date
) -> int | None:  # fmt: skip
    """Id of the ended demand whose place the new one takes; None where it needs none.

    A department that issued nothing within the year needs none either. Locks the demand that makes room.
    Raises NothingEnded. Basis: BRD-1.
    """
    rule = law.rule("BRD-1", today)
    if not needs_place(rule, kind=kind, is_emergency=is_emergency) and not number:
        return None
    mine = Demand.objects.filter(asker_id=asker_id, kind=kind, issued_at__date__gt=today - timedelta(days=WITHIN_DAYS))
    if not number and not mine.exists():
        return None
    found = mine.select_for_update().filter(number=number).first() if number else None
    if found is not None and not Demand.objects.filter(in_place_of=found).exists():
        is_over = has_ended(
            issued_on=timezone.localdate(found.issued_at), due_on=found.due_on,
            is_withdrawn=found.withdrawn_at is not None, today=today,
        )  # fmt: skip
        if is_over:
            return found.pk
    raise NothingEnded(
        _("{number} 不能替换：它还没有结束，或已经替换过").format(number=number)
        if number
        else _("请选一项本部门已结束的任务，由这一项接替"),
        why=_("进一项、出一项，任务只减不增"), todo=_("请先撤回或办结一项，再提新的"), source=rule.source_text,
        rule="BRD-1",
    )  # fmt: skip
