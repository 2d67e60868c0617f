"""What all acts share: the locked row, the table of states, the line that is added to what happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.trail import record_event
from dukao.org.rules import Actor
from dukao.tasks.models import Party, Step, Task
from dukao.tasks.queries.seeing import does, seen
from dukao.tasks.queries.tasks import may_do, name_of
from dukao.tasks.rules.states import ACTS, Act, after

_TEXT_MOST = 500


class WrongState(Refused):
    """The task is at another step: this cannot be done to it now, or not by this viewer."""


@contextmanager
def locked(number: str, by: Actor) -> Iterator[Task]:
    """The task, for whoever may know of it, in a transaction and held by nobody else. Raises NotThere."""
    with transaction.atomic():
        if not Task.objects.select_for_update().filter(number=number).exists():
            raise NotThere()
        found = seen(by).filter(number=number).first()
        if found is None:
            raise NotThere()
        yield found


def require(row: Task, act: str, by: Actor) -> None:
    """Raise WrongState unless the act is open to the actor now."""
    if by.is_system or act in may_do(row, by):
        return
    raise WrongState(
        _("这项督办现在不能这样办"), why=_("它在别的步骤，或者这一步由别人办"), todo=_("请刷新页面看最新进展")
    )


def move(row: Task, act: Act) -> None:
    """Take the task to its next state; the caller saves."""
    state = after(row.state, act)  # type: ignore[arg-type]
    if state is None:
        raise WrongState(_("这项督办现在不能{act}").format(act=_(ACTS[act])), todo=_("请刷新页面看最新进展"))
    row.state = state


def party_of(row: Task, by: Actor) -> Party:
    """The party that the actor stands for: the one still to sign before one that has. Raises NotThere."""
    own = [one for one in row.parties.all() if one.released_at is None and does(one, by)]
    if not own:
        raise NotThere()
    return min(own, key=lambda one: (one.signed_at is not None, not one.is_lead))


def tell(
    row: Task, act: str, verb: str, *, who: str, text: str = "", by: Actor, at: datetime, **detail: object
) -> None:
    """What happened, for everybody with the task, to the day; and the audit event, with person and moment."""
    Step.objects.create(task=row, act=act, who=who[:120], text=text, on=timezone.localdate(at))
    record_event(
        verb=f"tasks.task.{verb}", subject=f"task:{row.number}", by=by, at=at, unit_path=row.office.path,
        detail=dict(detail),
    )  # fmt: skip


def office_name(row: Task) -> str:
    return _("{place}督考办").format(place=row.office.name)


def who_of(party: Party) -> str:
    return name_of(party)


def said(text: str, name: str, *, most: int = _TEXT_MOST, least: int = 1) -> str:
    """The text, stripped. Raises Invalid, named by its field."""
    text = text.strip()
    if not least <= len(text) <= most:
        raise Invalid(_("请写几句话"), errors={name: _("{least} 到 {most} 字").format(least=least, most=most)})
    return text
