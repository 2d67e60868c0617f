"""Who a viewer is to a task: everybody else is told that it is not there."""

from django.db.models import Q, QuerySet

from dukao.org.rules import Actor
from dukao.tasks.models import Confirmation, Party, Task


def does(party: Party, actor: Actor) -> bool:
    """Inside the room: whether the actor stands for the department, or for the unit itself and no department of it."""
    return any(
        s.department_id == party.department_id if party.department_id else
        s.unit_id == party.unit_id and s.department_id is None
        for s in actor.standings_with("TASKS_DO")
    )  # fmt: skip


def is_asked(confirmation: Confirmation, actor: Actor) -> bool:
    """Inside the room: whether the actor stands for the unit that is asked whether it is fixed."""
    return confirmation.unit_id is not None and any(
        s.unit_id == confirmation.unit_id and s.department_id is None for s in actor.standings_with("TASKS_DO")
    )


def decides(task: Task, actor: Actor) -> bool:
    """Inside the room: whether the actor sits in the office that set the task, or in one above it."""
    return actor.may("TASKS_DECIDE", task.office.path)


def is_independent(task: Task, actor: Actor) -> bool:
    """Inside the room: who does the task, or belongs to who does it, does not judge whether it is done.

    Basis: supervision-regulation#17 (whoever took part stays away).
    """
    own = {s.department_id for s in actor.standings if s.department_id}
    return not any(party.department_id in own for party in task.parties.all() if party.department_id)


def seen(viewer: Actor) -> QuerySet[Task]:
    """The tasks that the viewer may know of, with what their views need."""
    chosen = Task.objects.select_related("office", "asker", "place", "raiser_unit").prefetch_related(
        "parties__department", "parties__unit", "parties__demand", "milestones", "extensions",
        "closings__confirmations__unit",
    )  # fmt: skip
    return chosen if viewer.is_system else chosen.filter(_seen_by(viewer)).distinct()


def _seen_by(viewer: Actor) -> Q:
    found = Q(pk__in=[])
    for standing in viewer.standings_with("TASKS_DECIDE"):
        found |= Q(office__path__startswith=standing.unit_path)
    for standing in viewer.standings_with("TASKS_DO"):
        if standing.department_id:
            found |= Q(asker_id=standing.department_id) | Q(parties__department_id=standing.department_id)
        else:
            found |= Q(parties__unit_id=standing.unit_id)
            found |= Q(closings__confirmations__unit_id=standing.unit_id)
    return found
