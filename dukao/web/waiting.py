"""What waits for somebody at a desk beside its own work: supervision tasks and bad ratings, as lines with a button."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from dukao.org.rules import Actor
from dukao.tasks import queries as tasks
from dukao.tasks.queries import TaskLine
from dukao.tasks.rules.states import RUNNING
from dukao.voice.queries import orders
from dukao.web import words

_TASKS_MOST = 6
_OWED = frozenset({"verify", "answer", "decide", "call_back"})  # of an order; to appeal is a right


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for somebody here; `count` where one line stands for several."""

    text: str
    href: str
    button: str
    count: int = 1


def tasks_and_orders(actor: Actor, today: date) -> tuple[Waiting, ...]:
    """Supervision tasks one by one, the most pressing first; bad ratings together."""
    waiting = [one for one in tasks.tasks(viewer=actor, today=today, only_open=True) if one.next_step]
    found = [_task(one, today) for one in waiting[:_TASKS_MOST]]
    if more := len(waiting[_TASKS_MOST:]):
        found.append(Waiting(_("还有 {n} 项督办").format(n=more), reverse("tasks"), _("去看"), more))
    owed = [one for one in orders.orders(viewer=actor, today=today, only_open=True) if one.may & _OWED]
    if owed:
        told = _("差评工单 {n} 件轮到您办").format(n=len(owed))
        text = " · ".join((told, words.due(owed[0].due_on, today).text)) if owed[0].due_on else told
        found.append(Waiting(text, reverse("orders"), _("去办"), len(owed)))
    return tuple(found)


def _task(one: TaskLine, today: date) -> Waiting:
    told = _("督办“{title}”：{step}").format(title=one.title, step=one.next_step)
    due = words.due(one.due_on, today).text if one.state in RUNNING else ""
    return Waiting(
        " · ".join(part for part in (told, due) if part), reverse("tasks.page", args=[one.number]), _("去办")
    )
