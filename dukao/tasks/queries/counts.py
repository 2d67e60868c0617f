"""How many tasks were set, closed, confirmed, denied and late; and how often closed was not fixed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dukao.base.periods import Period
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.queries import DepartmentView, UnitView
from dukao.org.rules import SYSTEM
from dukao.tasks.published.months import DepartmentMonth, rows_of, rows_of_leads
from dukao.tasks.rules.confirming import Premature


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """Of one department or unit in a period. `premature.percent` is None below the profile's floor: too few."""

    key: str
    name: str
    set: int
    closed: int
    confirmed: int
    denied: int
    late: int
    premature: Premature


def task_counts(
    *, units: Sequence[str] = (), departments: Sequence[str] = (), period: Period, today: date
) -> dict[str, TaskCounts]:
    """Internal, for scores: of units or of departments (codes) that led tasks; one entry for each, noughts included.

    Closed counts each time that a task was closed, in the month it was; confirmed and denied are of those. Seven SQL
    queries, whatever there is.
    """
    leads: Mapping[str, UnitView | DepartmentView]
    leads = org.units_by_codes(units) if units else org.departments_by_codes(departments)
    ids = [one.id for one in leads.values()]
    found = rows_of_leads(period, today=today, units=ids if units else (), departments=() if units else ids)
    return _with_names(found, {code: leads[code].name for code in units or departments if code in leads}, period)


def published_counts(*, period: Period, today: date) -> tuple[TaskCounts, ...]:
    """Public: by the department whose matter the tasks are, by code; departments without any are left out."""
    names = {one.code: one.name for one in org.departments(viewer=SYSTEM)}
    found = rows_of(period, today=today)
    told = _with_names(found, {row.key: names[row.key] for row in found}, period)
    return tuple(told[row.key] for row in found)


def _with_names(found: Sequence[DepartmentMonth], names: dict[str, str], period: Period) -> dict[str, TaskCounts]:
    floor = law.rule("TSK-1", period.starts_on).parameters["answers_least"]
    rows = {row.key: row for row in found}
    return {
        code: TaskCounts(
            code, name, row.set, row.closed, row.confirmed, row.denied, row.late,
            Premature(row.confirmed, row.denied, floor),
        )
        for code, name in names.items()
        for row in [rows.get(code, DepartmentMonth(code))]
    }  # fmt: skip
