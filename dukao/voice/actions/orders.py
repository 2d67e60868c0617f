"""What becomes of a bad rating: looked into, put right or explained, told to whoever rated, called back, rated again.

1. The rated office verifies within the profile's days, and then fixes or explains; a complex matter gets more days.
2. It may say once that the rating is misjudged; a body outside of it decides.
3. The answer reaches the rater through the board, by a secret that only the rater's receipt holds.
4. The office calls back whoever left a contact; the rater may rate once more. A second bad rating has it done again.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotAllowed, NotThere, Refused
from dukao.base.trail import record_event
from dukao.law import queries as law
from dukao.law.workdays import workday_after
from dukao.org.rules import Actor
from dukao.voice.actions.boxes import board
from dukao.voice.models import Order
from dukao.voice.queries.orders import rules_on
from dukao.voice.queries.polls import stands_for
from dukao.voice.rules.orders import is_outside, may_follow

_TEXT_MOST = 500


class OrderElsewhere(Refused):
    """The order has moved on, or this step does not come next."""


class NotOutside(NotAllowed):
    """Whoever is rated does not decide whether the rating stands."""


def verify_order(*, order: str, found: str, is_complex: bool = False, by: Actor, at: datetime) -> None:
    """The rated office has looked into it: what it found, and whether it takes the longer time.

    Raises: NotThere, Invalid, OrderElsewhere. Records: voice.order.verified.
    """
    with transaction.atomic():
        row = _of_rated(order, by)
        _require_next(row, "verify")
        row.found = _text(found, "found", _("请写核实到什么"))
        row.is_complex, row.state, row.due_on = is_complex, Order.State.VERIFIED, _fix_by(row, is_complex, at)
        row.save(update_fields=["found", "is_complex", "state", "due_on"])
        _tell("voice.order.verified", row, by, at, {"is_complex": is_complex})


def answer_order(*, order: str, outcome: str, answer: str, by: Actor, at: datetime) -> None:
    """Tell whoever rated what was put right (`fixed`) or why it is as it is (`explained`).

    An order that was never handed to the rated, because too few rated to hide one, is answered by the office.
    Raises: NotThere, Invalid, OrderElsewhere, ballots.Unreachable. Records: voice.order.answered.
    """
    with transaction.atomic():
        row = _of_rated(order, by, or_office=True)
        if row.released_on is not None or row.state != Order.State.RECEIVED:
            _require_next(row, "answer")
        if outcome not in (Order.Outcome.FIXED, Order.Outcome.EXPLAINED):
            raise Invalid(_("请选择已整改或已说明"), errors={"outcome": _("二选一")})
        row.answer = _text(answer, "answer", _("请写给群众看的答复"))
        _answered(row, outcome, by, at)
        _tell("voice.order.answered", row, by, at, {"outcome": outcome})
        board().answer(row.follow, row.answer)


def appeal_order(*, order: str, reason: str, by: Actor, at: datetime) -> None:
    """The rated office says that the rating is misjudged, once; until it is decided nothing else is owed.

    Raises: NotThere, Invalid, OrderElsewhere. Records: voice.order.appealed.
    """
    with transaction.atomic():
        row = _of_rated(order, by)
        _require_next(row, "appeal")
        if row.appealed_on is not None:
            raise OrderElsewhere(
                _("这件差评已经申诉过"), why=_("同一件差评只申诉一次"), todo=_("请按决定办理")
            )  # fmt: skip
        row.appeal = _text(reason, "reason", _("请写明为什么是误评，有什么依据"))
        today = timezone.localdate(at)
        row.appealed_on, row.appealed_by, row.state = today, by.name, Order.State.APPEALED
        row.due_on = workday_after(today, int(law.rule("APL-1", today).parameters["decision_workdays"]))
        row.save(update_fields=["appeal", "appealed_on", "appealed_by", "state", "due_on"])
        _tell("voice.order.appealed", row, by, at, {})


def decide_order_appeal(*, order: str, is_upheld: bool, decision: str, by: Actor, at: datetime) -> None:
    """A body outside of the rated office decides; upheld, the rating stays in the raw figures and leaves the others.

    Raises: NotThere, NotOutside, Invalid, OrderElsewhere, ballots.Unreachable. Records: voice.order.appeal_decided.
    """
    with transaction.atomic():
        row = _locked(order)
        by.require("APPEALS_DECIDE", row.paper.round.poll.scope_unit.path)
        _require_outside(row, by)
        _require_next(row, "decide")
        row.decision = _text(decision, "decision", _("请写明决定的理由"))
        row.decided_on, row.decided_by = timezone.localdate(at), by.name
        row.appeal_upheld = is_upheld
        row.save(update_fields=["decision", "decided_on", "decided_by", "appeal_upheld"])
        if is_upheld:
            row.answer = _("经本单位以外的机构复核，这次评价认定为误评：{decision}").format(decision=row.decision)
            _answered(row, Order.Outcome.MISJUDGED, by, at)
        else:
            row.state, row.due_on = Order.State.VERIFIED, _fix_by(row, row.is_complex, at)
            row.save(update_fields=["state", "due_on"])
        _tell("voice.order.appeal_decided", row, by, at, {"is_upheld": is_upheld})
        if is_upheld:
            board().answer(row.follow, row.answer)


def record_call_back(*, order: str, outcome: str, by: Actor, at: datetime) -> None:
    """The office has called whoever left a contact back, never the rated office; what came of it, without who it was.

    Raises: NotThere, Invalid, OrderElsewhere. Records: voice.order.called_back.
    """
    with transaction.atomic():
        row = _of_office(order, by)
        if not row.has_contact:
            raise OrderElsewhere(_("评价人没有留联系方式，不用回访"))
        _require_next(row, "call_back")
        row.call_back = _text(outcome, "outcome", _("请写回访的结果"), most=300)
        row.called_back_on, row.called_back_by = timezone.localdate(at), by.name
        row.save(update_fields=["call_back", "called_back_on", "called_back_by"])
        _tell("voice.order.called_back", row, by, at, {})


def show_contact(*, order: str, by: Actor, at: datetime) -> str:
    """The contact that the rater left, from the board, for the office to call back; each look is on record.

    Raises: NotThere, OrderElsewhere, ballots.Unreachable. Records: voice.order.contact_seen.
    """
    row = _of_office(order, by)
    if not row.has_contact or row.called_back_on is not None:
        raise OrderElsewhere(_("没有联系方式，或已经回访过"), why=_("回访以后不再看联系方式"))
    contact = next((one.contact for one in board().bad(row.paper.round.code) if one.ref == row.ref), "")
    with transaction.atomic():
        _tell("voice.order.contact_seen", row, by, at, {})
    return contact


def remove_comment(*, order: str, reason: str, by: Actor, at: datetime) -> None:
    """Remove what somebody wrote, for ever, because it gives a person away; the rating stays.

    Raises: NotThere, Invalid, ballots.Unreachable. Records: voice.order.comment_removed.
    """
    with transaction.atomic():
        row = _of_office(order, by)
        _text(reason, "reason", _("请写明删除的原因"))
        row.comment = ""
        row.save(update_fields=["comment"])
        _tell("voice.order.comment_removed", row, by, at, {"reason": reason.strip()})
        board().remove_comment(row.ref)


def _answered(row: Order, outcome: str, by: Actor, at: datetime) -> None:
    """From here on the rater may rate again, and the office calls back."""
    today = timezone.localdate(at)
    row.outcome, row.state = outcome, Order.State.ANSWERED
    row.answered_on, row.answered_by = today, by.name
    row.due_on = workday_after(today, int(rules_on(today)["second_rating_workdays"]))
    row.save(update_fields=["answer", "outcome", "state", "answered_on", "answered_by", "due_on"])


def _fix_by(row: Order, is_complex: bool, at: datetime) -> date:
    """Basis: RTG-1."""
    today = timezone.localdate(at)
    rule = rules_on(today)
    return workday_after(today, int(rule["fix_workdays_complex" if is_complex else "fix_workdays"]))


def _locked(number: str) -> Order:
    rows = Order.objects.select_for_update(of=("self",)).select_related(
        "paper__round__poll__scope_unit", "paper__subject__unit", "paper__subject__department"
    )
    row = rows.filter(number=number).first()
    if row is None:
        raise NotThere()
    return row


def _of_rated(number: str, by: Actor, *, or_office: bool = False) -> Order:
    row = _locked(number)
    is_rated = stands_for(by, "ORDERS_ANSWER", row.paper.subject) and row.released_on is not None
    is_office = or_office and row.released_on is None and by.may("VOICE_HOLD", row.paper.round.poll.scope_unit.path)
    if not (is_rated or is_office):
        raise NotThere()
    return row


def _of_office(number: str, by: Actor) -> Order:
    row = _locked(number)
    by.require("VOICE_HOLD", row.paper.round.poll.scope_unit.path)
    _require_outside(row, by)
    return row


def _require_outside(row: Order, by: Actor) -> None:
    """Neither a department's own people nor a unit's own office judge a rating, or learn who left a contact."""
    if by.is_system:
        return
    subject = row.paper.subject
    held = by.standings_with("APPEALS_DECIDE") or by.standings_with("VOICE_HOLD")
    departments = frozenset(standing.department_code for standing in by.standings) - {""}
    rated_department = subject.department.code if subject.department else ""
    if not any(
        is_outside(decides=standing.unit_path, rated=subject.unit.path, decides_departments=departments,
                   rated_department=rated_department)
        for standing in held
    ):  # fmt: skip
        raise NotOutside(
            _("请由被评单位以外的机构办理"), why=_("被评的单位不决定对自己的评价，也不看评价人的联系方式"),
            todo=_("请上一级督考办办理"), rule="RTG-1",
        )  # fmt: skip


def _require_next(row: Order, step: str) -> None:
    if not may_follow(row.state, step):
        raise OrderElsewhere(
            _("这件差评{state}，不能再这样做").format(state=row.get_state_display()), todo=_("请刷新页面看最新情况")
        )


def _text(given: str, place: str, missing: str, *, most: int = _TEXT_MOST) -> str:
    text = given.strip()
    if not 1 <= len(text) <= most:
        raise Invalid(missing, errors={place: _("1 到 {most} 字").format(most=most)})
    return text


def _tell(verb: str, row: Order, by: Actor, at: datetime, detail: dict[str, object]) -> None:
    record_event(
        verb=verb, subject=f"order:{row.number}", by=by, at=at, unit_path=row.paper.subject.unit.path, detail=detail
    )
