"""What would come of one more demand: what else the same units have that week, who would be above the middle.

It is told to whoever is about to ask, before anything is issued.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_low

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from dukao.base.periods import Period
from dukao.gate.models import BurdenEntry, Visit
from dukao.gate.queries.ledger.entries import below, entries_in, own_department
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import Actor

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class DueElsewhere:
    """Another demand due in the same week, with how many of the same units it is on."""

    number: str
    title: str
    kind: str
    asker_name: str
    due_on: date
    n_units: int


@dataclass(frozen=True, slots=True)
class CrowdedUnit:
    """A unit that would have `n_things` due in the week; minutes × 100 in the month. This demand is in both."""

    code: str
    name: str
    n_things: int
    month_minutes_hundredths: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Minutes × 100. `week_from` is the Monday, `week_until` the Sunday of the week in which it would be due."""

    due_on: date
    week_from: date
    week_until: date
    month: Period
    n_units: int
    minutes_hundredths: int
    least_hundredths: int  # of one unit
    most_hundredths: int
    others: tuple[DueElsewhere, ...]
    n_visits: int  # announced to these units in that week
    n_busy: int  # units that have something else that week
    crowded_from: int  # things in one week, by the profile
    n_crowded: int
    crowded: tuple[CrowdedUnit, ...]  # by code, the first of them
    n_alike: int  # units of the same level in the city
    median_before_hundredths: int
    median_after_hundredths: int
    n_over_median: int  # of those asked, above the middle of their like with this demand

    @property
    def per_unit_hundredths(self) -> int:
        return self.minutes_hundredths // self.n_units if self.n_units else 0


def what_if(*, asker: str, due_on: date, minutes_by_unit: Mapping[int, int], viewer: Actor) -> WhatIf:
    """What a demand of this department would mean (unit id → minutes × 100, units of one level). Raises NotThere."""
    department = own_department(asker, viewer)
    assert minutes_by_unit, "a demand asks somebody"
    monday = due_on - timedelta(days=due_on.weekday())
    level = org.unit_by_id(next(iter(minutes_by_unit))).level
    alike = {unit.id: unit for unit in org.units_below(path=department.unit_path, level=level)}
    asked = {unit_id: minutes for unit_id, minutes in minutes_by_unit.items() if unit_id in alike}
    things = _things(monday, level, department.unit_path)
    visits = _visits(monday, level, department.unit_path)
    month = Period.of(due_on, "month")
    before = _minutes(month, level, department.unit_path)
    after = {unit_id: before.get(unit_id, 0) + asked.get(unit_id, 0) for unit_id in alike}
    median_after = median_low(after.values())
    from_ = law.rule("BRD-1", due_on).parameters["crowded_week_things"]
    n_things = {unit_id: things.get(unit_id, 0) + visits.get(unit_id, 0) + 1 for unit_id in asked}
    crowded = sorted((unit_id for unit_id, n in n_things.items() if n >= from_), key=lambda pk: alike[pk].code)
    return WhatIf(
        due_on=due_on, week_from=monday, week_until=monday + timedelta(days=6), month=month, n_units=len(asked),
        minutes_hundredths=sum(asked.values()), least_hundredths=min(asked.values(), default=0),
        most_hundredths=max(asked.values(), default=0), others=_others(monday, asked, level, department.unit_path),
        n_visits=sum(visits.get(unit_id, 0) for unit_id in asked), n_busy=sum(n > 1 for n in n_things.values()),
        crowded_from=from_, n_crowded=len(crowded),
        crowded=tuple(CrowdedUnit(alike[pk].code, alike[pk].name, n_things[pk], after[pk]) for pk in crowded[:_SHOWN]),
        n_alike=len(alike), median_before_hundredths=median_low([before.get(pk, 0) for pk in alike]),
        median_after_hundredths=median_after, n_over_median=sum(after[pk] > median_after for pk in asked),
    )  # fmt: skip


def _week(monday: date, level: int, path: str):  # type: ignore[no-untyped-def]
    """Entries of demands that are due in the week, on units of the level below `path`."""
    chosen = BurdenEntry.objects.filter(
        given_back_at=None, kind__in=["sheet", "document", "meeting"], unit__level=level,
        demand__due_on__gte=monday, demand__due_on__lt=monday + timedelta(days=7),
    )  # fmt: skip
    return below(chosen, path)


def _things(monday: date, level: int, path: str) -> dict[int, int]:
    rows = _week(monday, level, path).values("unit_id").annotate(n=Count("demand_id", distinct=True))
    return {row["unit_id"]: row["n"] for row in rows.order_by()}


def _others(monday: date, asked: Mapping[int, int], level: int, path: str) -> tuple[DueElsewhere, ...]:
    """Counted here, as no database takes thousands of units as parameters."""
    found: dict[tuple, set[int]] = {}
    columns = ("demand__due_on", "demand__number", "demand__title", "kind", "asker__name")
    for *demand, unit_id in _week(monday, level, path).values_list(*columns, "unit_id"):
        if unit_id in asked:
            found.setdefault(tuple(demand), set()).add(unit_id)
    return tuple(
        DueElsewhere(number, title, kind, asker_name, due_on, len(units))
        for (due_on, number, title, kind, asker_name), units in sorted(found.items())[:_SHOWN]
    )


def _visits(monday: date, level: int, path: str) -> dict[int, int]:
    """Announced ones only: of sealed ones nothing is told, not even a number."""
    chosen = Visit.objects.filter(
        Q(mode=Visit.Mode.ANNOUNCED), unit__level=level, unit__path__startswith=path, on__gte=monday,
        on__lt=monday + timedelta(days=7),
    ).exclude(state=Visit.State.GIVEN_BACK)  # fmt: skip
    return {row["unit_id"]: row["n"] for row in chosen.values("unit_id").annotate(n=Count("id")).order_by()}


def _minutes(month: Period, level: int, path: str) -> dict[int, int]:
    chosen = below(entries_in(month).filter(given_back_at=None, unit__level=level), path)
    spent = Coalesce(F("measured_hundredths"), F("minutes_hundredths"))
    return {row["unit_id"]: row["n"] for row in chosen.values("unit_id").annotate(n=Sum(spent)).order_by()}
