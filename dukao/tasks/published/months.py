"""Tasks per department and month: set, closed, confirmed, denied, late."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q

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
    return counted("asker__code", period, Q(), today)


def rows_of_leads(
    period: Period, *, today: date, units: Collection[int] = (), departments: Collection[int] = ()
) -> tuple[DepartmentMonth, ...]:
    """The same by who leads: of these units, or of these departments (ids)."""
    if units:
        return counted("parties__unit__code", period, Q(parties__unit_id__in=units), today)
    return counted("parties__department__code", period, Q(parties__department_id__in=departments), today)


def counted(key: str, period: Period, chosen: Q, today: date) -> tuple[DepartmentMonth, ...]:
    """Set-wise: three statements, whatever there is."""
    leads = Q(parties__is_lead=True, parties__released_at=None) if key.startswith("parties") else Q()
    within = {"gte": period.starts_on, "lt": period.ends_on}
    rows: dict[str, dict[str, int]] = {}

    def add(found: Collection[tuple[str, str, int]]) -> None:
        for code, name, n in found:
            rows.setdefault(code, {})[name] = rows.get(code, {}).get(name, 0) + n

    tasks = Task.objects.exclude(state="withdrawn").filter(chosen & leads)
    made = tasks.filter(**{f"set_at__date__{op}": day for op, day in within.items()})
    add([(code, "set", n) for code, n in made.values_list(key).annotate(n=Count("id", distinct=True))])
    of_task = Closing.objects.filter(task__in=tasks).annotate(code=F(f"task__{key}"))
    if key.startswith("parties"):
        of_task = of_task.filter(task__parties__in=Party.objects.filter(is_lead=True, released_at=None))
    ended = of_task.filter(**{f"closed_at__date__{op}": day for op, day in within.items()})
    for code, outcome, n in ended.values_list("code", "outcome").annotate(n=Count("id", distinct=True)):
        add([(code, "closed", n)] + ([(code, outcome, n)] if outcome in ("confirmed", "denied") else []))
    due = {f"due_on__{op}": day for op, day in within.items()}
    late = of_task.filter(is_late=True, **due)
    add([(code, "late", n) for code, n in late.values_list("code").annotate(n=Count("id", distinct=True))])
    running = tasks.filter(state__in=RUNNING, **due).filter(due_on__lt=today).exclude(extensions__state="asked")
    add([(code, "late", n) for code, n in running.values_list(key).annotate(n=Count("id", distinct=True))])
    return tuple(DepartmentMonth(code, **rows[code]) for code in sorted(rows))
