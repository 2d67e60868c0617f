"""What the office decides: objections, extensions, whether it is done, that it is over."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid
from dukao.gate import actions as gate
from dukao.gate.actions import DecidedAppeal
from dukao.org.rules import SYSTEM, Actor
from dukao.tasks.actions.asking import ask_first
from dukao.tasks.actions.common import WrongState, locked, move, office_name, require, said, tell, who_of
from dukao.tasks.actions.setting import add_party, body_of, hundredths_asked
from dukao.tasks.models import Closing, Extension, Milestone, Party, Task
from dukao.tasks.rules.definitions import PartyEntry
from dukao.tasks.rules.states import OVER
from dukao.voice.actions import clues


def decide_objection(
    *, task: str, party: int, is_upheld: bool, decision: str, new_lead: PartyEntry | None = None, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Whether it is the party's duty. Upheld, they are let go, and what was asked of them is taken back; where they
    led, `new_lead` takes over.

    Raises: NotThere, Invalid, WrongState, and what the gate refuses. Records: tasks.task.objection_decided.
    """
    with locked(task, by) as row:
        require(row, "decide_objection", by)
        found = next((one for one in row.parties.all() if one.pk == party and one.objected_at), None)
        if found is None or found.released_at is not None or found.signed_at is not None:
            raise Invalid(_("没有等着决定的异议"), errors={"party": _("请刷新页面")})
        decision = said(decision, "decision")
        if is_upheld:
            _let_go(row, found, new_lead, by, at)
            _take_back(found, decision, by, at)
        else:
            found.objected_at, found.objection = None, ""
            found.save(update_fields=["objected_at", "objection"])
        if found.is_lead:
            move(row, "hand_over" if is_upheld else "keep")
            row.save(update_fields=["state"])
        tell(row, "hand_over" if is_upheld else "keep", "objection_decided", who=office_name(row),
             text=f"{who_of(found)}：{decision}", by=by, at=at, is_upheld=is_upheld)  # fmt: skip


def decide_extension(*, task: str, is_granted: bool, decision: str, by: Actor, at: datetime) -> None:
    """Give more time, or not. Raises NotThere, Invalid, WrongState. Records: tasks.task.extension_decided."""
    with locked(task, by) as row:
        require(row, "decide_extension", by)
        found = next((one for one in row.extensions.all() if one.state == Extension.State.ASKED), None)
        if found is None:
            raise WrongState(_("没有等着决定的延期"), todo=_("请刷新页面看最新进展"))
        found.state = Extension.State.GRANTED if is_granted else Extension.State.REFUSED
        found.decision, found.decided_at = said(decision, "decision"), at
        found.save(update_fields=["state", "decision", "decided_at"])
        move(row, "decide_extension")
        if is_granted:
            row.due_on = found.until
            row.save(update_fields=["due_on"])
            last = _last_milestone(row)
            if last.reached_at is None:
                Milestone.objects.filter(pk=last.pk).update(due_on=found.until)
        tell(row, "decide_extension", "extension_decided", who=office_name(row),
             text=(_("同意延到 {day}").format(day=found.until) if is_granted else _("不同意")) + f"：{found.decision}",
             by=by, at=at, is_granted=is_granted)  # fmt: skip


def return_task(*, task: str, reason: str, by: Actor, at: datetime) -> None:
    """It is not done yet: the last milestone is open again. Raises NotThere, Invalid, WrongState.

    Records: tasks.task.returned.
    """
    with locked(task, by) as row:
        require(row, "return", by)
        move(row, "return")
        open_again(row)
        tell(row, "return", "returned", who=office_name(row), text=said(reason, "reason"), by=by, at=at)


def close_task(*, task: str, text: str, by: Actor, at: datetime) -> None:
    """It is done, as far as papers tell: from now somebody else is asked whether it is fixed.

    Raises: NotThere, Invalid, WrongState. Records: tasks.task.closed; of a clue, voice.clue.closed.
    """
    with locked(task, by) as row:
        require(row, "close", by)
        text = said(text, "text")
        move(row, "close")
        assert row.reported_at is not None, "what is closed was reported"
        closing = Closing.objects.create(
            task=row, round=row.round, due_on=row.due_on, closed_at=at,
            is_late=timezone.localdate(row.reported_at) > row.due_on,
        )  # fmt: skip
        row.save(update_fields=["state"])
        tell(row, "close", "closed", who=office_name(row), text=text, by=by, at=at, round=row.round,
             is_late=closing.is_late)  # fmt: skip
        if row.raiser == "clue":
            clues.close_clue(clue=row.origin_number, outcome="task", reference=row.number, text=text, by=by, at=at)
        ask_first(closing, at)


def withdraw_task(*, task: str, reason: str, by: Actor, at: datetime) -> None:
    """Nobody needs to do it any more: what was asked of the grass roots is taken back. Twice is once.

    Raises: NotThere, Invalid, WrongState. Records: tasks.task.withdrawn, gate.demand.withdrawn.
    """
    with locked(task, by) as row:
        if row.state == "withdrawn":
            return
        require(row, "withdraw", by)
        reason = said(reason, "reason", most=300)
        move(row, "withdraw")
        row.ended_at = at
        row.save(update_fields=["state", "ended_at"])
        for party in row.parties.all():
            _take_back(party, reason, by, at)
        tell(row, "withdraw", "withdrawn", who=office_name(row), text=reason, by=by, at=at)


def release_party(decided: DecidedAppeal, by: Actor, at: datetime) -> None:
    """Inside the room: an appeal against a task was upheld, so its unit is let go; where it led, whoever's matter it is
    leads from now on. What is over stays. Records: tasks.task.party_released.
    """
    asked = Party.objects.filter(demand__number=decided.demand, released_at=None)
    number = asked.values_list("task__number", flat=True).first()
    if number is None:
        return
    # Whoever decides appeals need not see the task.
    with locked(number, SYSTEM) as row:
        found = row.parties.get(demand__number=decided.demand)
        if found.released_at is not None or row.state in ("closed", *OVER):
            return
        # The gate has taken the demand back.
        _let_go(row, found, PartyEntry(department=row.asker.code), by, at)
        if found.is_lead:
            move(row, "release")
            row.save(update_fields=["state"])
        tell(row, "release", "party_released", who=office_name(row), text=who_of(found), by=by, at=at,
             demand=decided.demand)  # fmt: skip


def open_again(row: Task) -> None:
    """Inside the room: the last milestone has to be reached anew; what it rested on stays in what happened."""
    last = _last_milestone(row)
    Milestone.objects.filter(pk=last.pk).update(reached_at=None, evidence={}, due_on=row.due_on)
    row.reported_at = None
    row.save(update_fields=["state", "round", "due_on", "reported_at"])


def _last_milestone(row: Task) -> Milestone:
    return max(row.milestones.all(), key=lambda one: one.position)


def _let_go(row: Task, found: Party, new_lead: PartyEntry | None, by: Actor, at: datetime) -> None:
    found.released_at = at
    found.save(update_fields=["released_at"])
    if not found.is_lead:
        return
    if new_lead is None:
        raise Invalid(_("请写明改由谁办"), errors={"new_lead": _("请选一个部门或单位；没有人该办的，请撤销")})
    body = body_of(new_lead, row)
    already = next((one for one in row.parties.all() if one.released_at is None and not one.is_lead
                    and (one.department_id, one.unit_id) == (body.department_id, body.unit.id if body.unit else None)),
                   None)  # fmt: skip
    if already is not None:
        # To help is not to lead: it signs anew.
        already.is_lead, already.signed_at = True, None
        already.save(update_fields=["is_lead", "signed_at"])
    else:
        # Whoever takes over has the same work before them.
        asked = [one.demand.minutes_hundredths_per_unit for one in row.parties.all() if one.demand]
        hundredths = max(asked) if asked else hundredths_asked(row, Decimal(0), at)
        add_party(row, body, is_lead=True, hundredths=hundredths, by=by, at=at)


def _take_back(party: Party, reason: str, by: Actor, at: datetime) -> None:
    if party.demand is not None:
        gate.withdraw_demand(number=party.demand.number, reason=reason, by=by, at=at)
