"""Closed is not fixed: whoever is asked confirms, or denies, and then it is open again."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import NotThere, Refused
from dukao.base.slips import code_digest, code_from
from dukao.law import queries as law
from dukao.org.rules import SYSTEM, Actor
from dukao.tasks.actions.asking import ask_drawn
from dukao.tasks.actions.common import locked, move, require, tell
from dukao.tasks.actions.deciding import open_again
from dukao.tasks.models import Closing, Confirmation, Task
from dukao.tasks.queries.days import workday_later
from dukao.tasks.queries.seeing import is_asked
from dukao.voice.queries import clues

_SAID_MOST = 500


class NothingToConfirm(Refused):
    """Nobody waits for this answer: it is not closed yet, or has been answered."""


def answer_with_code(*, code: str, is_fixed: bool, text: str = "", at: datetime) -> str:
    """Whoever has the raiser's one-time code says whether it is fixed, without an account; answers the task's number.

    Raises: NotThere, NothingToConfirm. Records: tasks.task.confirmed or tasks.task.denied.
    """
    with transaction.atomic():
        digest = code_digest(code_from(code) or "-")
        row = Task.objects.select_for_update(of=("self",)).filter(raiser="code", raiser_digest=digest).first()
        if row is None:
            raise NotThere(_("没有核对上这个确认码"), todo=_("请对照纸条再输一次；O 和 0、I 和 1 不用分"))
        asked = _asked_raiser(row)
        _answer(row, asked, is_fixed, text, SYSTEM, at, how="code")
        return row.number


def answer_as_unit(*, task: str, is_fixed: bool, text: str = "", by: Actor, at: datetime) -> None:
    """The unit that raised it, or was drawn, says whether it is fixed. Raises NotThere, WrongState.

    Records: tasks.task.confirmed or tasks.task.denied.
    """
    with locked(task, by) as row:
        require(row, "answer", by)
        closing = row.closings.get(round=row.round)
        own = [one for one in closing.confirmations.all() if is_asked(one, by) and one.answered_on is None]
        if not own:
            raise NotThere()
        _answer(row, own[0], is_fixed, text, by, at, how="unit")


def hear_reporters(*, at: datetime) -> int:
    """Take in what reporters of clues said by yesterday about tasks that came of them; how many. By the house."""
    today, heard = timezone.localdate(at), 0
    waiting = Task.objects.filter(raiser="clue", state="closed").values_list("number", "origin_number")
    said = clues.judgements(numbers=[clue for _task, clue in waiting], before=today)
    for number, clue in list(waiting):
        if clue not in said:
            continue
        with locked(number, SYSTEM) as row:
            closing = row.closings.get(round=row.round)
            is_fixed, on = said[clue]
            if row.state != "closed" or on < timezone.localdate(closing.closed_at):
                continue
            _answer(row, _asked_raiser(row), is_fixed, "", SYSTEM, at, how="clue")
            heard += 1
    return heard


def ask_others(*, at: datetime) -> int:
    """Where whoever was asked has stayed silent too long, ask the next unit of the draw; how many. By the house itself.

    Records: tasks.task.asked_again.
    """
    today, asked = timezone.localdate(at), 0
    for closing in Closing.objects.filter(outcome="", task__state="closed").select_related("task__office"):
        waiting = closing.confirmations.filter(answered_on=None)
        if waiting.exists() and not waiting.filter(answer_by__gte=today).exists():
            with locked(closing.task.number, SYSTEM) as row:
                again = row.closings.get(pk=closing.pk)
                code = ask_drawn(again, at) if again.outcome == "" else ""
                if code:
                    asked += 1
                    tell(row, "ask_next", "asked_again", who=_("随机抽取"), by=SYSTEM, at=at, unit=code)
    return asked


def _asked_raiser(row: Task) -> Confirmation:
    closing = row.closings.filter(round=row.round).exclude(outcome__in=["confirmed", "denied"]).first()
    found = closing and closing.confirmations.filter(is_raiser=True, answered_on=None).first()
    if row.state != "closed" or not found:
        raise NothingToConfirm(
            _("现在不用确认"), why=_("这件事还没有办结，或者已经有人答过"), todo=_("办结后再来；码还能用")
        )  # fmt: skip
    return found


def _answer(row: Task, asked: Confirmation, is_fixed: bool, text: str, by: Actor, at: datetime, *, how: str) -> None:
    """In the caller's transaction, with the task locked."""
    today = timezone.localdate(at)
    asked.is_fixed, asked.answered_on, asked.text = is_fixed, today, text.strip()[:_SAID_MOST]
    asked.save(update_fields=["is_fixed", "answered_on", "text"])
    closing = asked.closing
    closing.outcome = "confirmed" if is_fixed else "denied"
    closing.save(update_fields=["outcome"])
    who = _("提出人") if asked.unit is None else asked.unit.name
    move(row, "confirm" if is_fixed else "deny")
    if is_fixed:
        row.ended_at = at
        row.save(update_fields=["state", "ended_at"])
    else:
        days = law.rule("TSK-1", today).parameters["again_workdays"]
        row.round += 1
        row.due_on = max(row.due_on, workday_later(today, days))
        open_again(row)
    tell(row, "confirm" if is_fixed else "deny", "confirmed" if is_fixed else "denied", who=who, text=asked.text,
         by=by, at=at, how=how, round=closing.round)  # fmt: skip
