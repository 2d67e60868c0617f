"""Tasks per department and month: set, closed, confirmed, denied, late."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from dukao.base.periods import Period
from dukao.tasks.models import Closing, Party, Task
from dukao.tasks.rules.states import RUNNING

# Column, title, what it counts.
TASKS_MONTH: tuple[tuple[str, str, str], ...] = (
    ("set", "交办", "当月交办的督办，不含已撤销的"),
    ("closed", "办结", "当月复核办结的次数，一项被否认后再办结另计一次"),
    ("confirmed", "确认解决", "当月办结、由提出人或随机抽到的单位确认解决的"),
    ("denied", "说没有解决", "当月办结、被提出人或随机抽到的单位否认的"),
    ("late", "过期", "当月到期、到期时没有报办结的；异议和延期没有决定的不计"),
)


@dataclass(frozen=True, slots=True)
class DepartmentMonth:
    """One row; `key` is the department's code, or the unit's where counts are of units that led."""

    key: str
    set: int = 0
    closed: int = 0
    confirmed: int = 0
    denied: int = 0
    late: int = 0


def rows_of(period: Period, *, today: date) -> tuple[DepartmentMonth, ...]:
    """The period by the department whose matter the tasks are, by code."""
    tasks = Task.objects.exclude(state="withdrawn")
    return _counted(dict(tasks.values_list("id", "asker__code")), period, today)


def rows_of_leads(
    period: Period, *, today: date, units: Collection[int] = (), departments: Collection[int] = ()
) -> tuple[DepartmentMonth, ...]:
    """The same by who leads: of these units, or of these departments (ids)."""
    leads = Party.objects.filter(is_lead=True, released_at=None).exclude(task__state="withdrawn")
    if units:
        found = leads.filter(unit_id__in=units).values_list("task_id", "unit__code")
    else:
        found = leads.filter(department_id__in=departments).values_list("task_id", "department__code")
    return _counted({task: code for task, code in found if code}, period, today)


def _counted(key_of: Mapping[int, str], period: Period, today: date) -> tuple[DepartmentMonth, ...]:
    """Four statements, whatever there is. `key_of` has the task's id."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    first, end = period.starts_on, period.ends_on

    def add(name: str, task_ids: Iterable[int]) -> None:
        for pk in task_ids:
            if pk in key_of:
                counts[key_of[pk]][name] += 1

    add("set", Task.objects.filter(set_at__date__gte=first, set_at__date__lt=end).values_list("id", flat=True))
    closed = list(
        Closing.objects.filter(closed_at__date__gte=first, closed_at__date__lt=end).values_list("task_id", "outcome")
    )
    add("closed", (pk for pk, _outcome in closed))
    for outcome in ("confirmed", "denied"):
        add(outcome, (pk for pk, found in closed if found == outcome))
    due = {"due_on__gte": first, "due_on__lt": end}
    add("late", Closing.objects.filter(is_late=True, **due).values_list("task_id", flat=True))
    running = Task.objects.filter(**due).filter(state__in=RUNNING, due_on__lt=today).exclude(extensions__state="asked")
    add("late", running.values_list("id", flat=True))
    return tuple(DepartmentMonth(key, **counts[key]) for key in sorted(counts))
