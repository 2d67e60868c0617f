"""A year's visits merged into joint ones: as few as can be, and no unit crowded.

1. A window begins and ends with a working day; one without any has no place in any plan, and is told apart.
2. Of one unit, by itself: whoever's window ends first sets a day, and those whose windows reach over it, the most
   urgent first, come along. No other way needs fewer visits, so their number over all units is a bound for any plan.
3. Each joint visit then gets a day that all its windows share: far enough from the unit's other visits, and when its
   departments have least to do. What has no place so joins another visit of the unit, or comes alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

_CHOICES = 24  # days looked at for one joint visit, spread over the window that it has


@dataclass(frozen=True, slots=True)
class Wanted:
    """One visit that an item plans at a unit, on any working day of its window (both ends included)."""

    item: str
    department: str
    unit: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Limits:
    """What a unit and a department can bear."""

    visits_per_month: int  # of one unit
    cooling_workdays: int  # between two visits of one unit
    departments_most: int  # in one joint visit
    visits_per_department_day: int


@dataclass(frozen=True, slots=True)
class Joint:
    """One visit to a unit on one day, carrying these items."""

    unit: str
    on: date
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JointPlan:
    """`left`: visits that found no place. `dayless`: visits that no plan can place, without a working day to come on.

    `bound`: no plan has fewer joint visits, if each visit that it leaves counts as one; the dayless count in none.
    """

    visits: tuple[Joint, ...]
    left: tuple[Wanted, ...]
    dayless: tuple[Wanted, ...]
    planned: int
    bound: int

    @property
    def saved(self) -> int:
        """Visits planned and placed, less those that remain."""
        return self.planned - len(self.left) - len(self.dayless) - len(self.visits)


def merge_visits(wanted: Sequence[Wanted], *, workdays: Sequence[date], limits: Limits) -> JointPlan:
    """The joint plan of one year. `workdays`: all working days of the year, in order. The same input, the same plan."""
    trimmed = [_trimmed(visit, workdays) for visit in wanted]
    placeable = [visit for visit in trimmed if visit is not None]
    asked = [visit for visit, kept in zip(wanted, trimmed, strict=True) if kept is not None]
    calendar = _Calendar(placeable, {day: number for number, day in enumerate(workdays)}, limits)
    of_unit: dict[str, list[int]] = defaultdict(list)
    for number, visit in enumerate(placeable):
        of_unit[visit.unit].append(number)
    waiting: list[int] = []
    bound = 0
    for unit in sorted(of_unit):
        groups = fewest_groups(of_unit[unit], placeable, limits.departments_most)
        bound += len(groups)
        while (days := _apart([_possible(group, calendar) for group in groups], calendar)) is None:
            waiting += groups.pop(min(range(len(groups)), key=lambda position: len(groups[position])))
        for group, day in zip(groups, days, strict=True):
            calendar.put(group, day)
    left = [number for number in sorted(waiting, key=lambda n: _width(placeable[n])) if not _settle(number, calendar)]
    visits = [
        Joint(unit, day, tuple(sorted(placeable[number].item for number in numbers)))
        for unit, days in calendar.at_unit.items()
        for day, numbers in days.items()
    ]
    return JointPlan(
        visits=tuple(sorted(visits, key=lambda v: (v.on, v.unit))),
        left=tuple(asked[number] for number in sorted(left)),
        dayless=tuple(visit for visit, kept in zip(wanted, trimmed, strict=True) if kept is None),
        planned=len(wanted),
        bound=bound,
    )


def crowded_months(wanted: Sequence[Wanted], *, most: int) -> int:
    """Unit-months with more than `most` visits if every department comes alone at the beginning of its window."""
    each = Counter((visit.unit, visit.starts_on.year, visit.starts_on.month) for visit in wanted)
    return sum(1 for count in each.values() if count > most)


def fewest_groups(numbers: Sequence[int], wanted: Sequence[Wanted], most: int) -> list[list[int]]:
    """One unit's visits in as few groups as can be, each with a day that all its windows share, in its order."""
    left = sorted(numbers, key=lambda n: (wanted[n].ends_on, wanted[n].starts_on, wanted[n].item))
    groups = []
    while left:
        last_day = wanted[left[0]].ends_on
        group = [number for number in left if wanted[number].starts_on <= last_day][:most]
        groups.append(group)
        left = [number for number in left if number not in group]
    return groups


@dataclass
class _Calendar:
    """Who visits whom on which day, and whether one more would be too many."""

    wanted: Sequence[Wanted]
    order: Mapping[date, int]  # working days, numbered
    limits: Limits
    at_unit: dict[str, dict[date, list[int]]] = field(default_factory=lambda: defaultdict(dict))
    load: Counter[tuple[str, date]] = field(default_factory=Counter)

    def put(self, numbers: Sequence[int], day: date) -> None:
        for number in numbers:
            self.at_unit[self.wanted[number].unit].setdefault(day, []).append(number)
            self.load[self.wanted[number].department, day] += 1

    def busy(self, number: int, day: date) -> int | None:
        """How many visits the department makes that day; None where it cannot or may not come."""
        visit = self.wanted[number]
        load = self.load[visit.department, day]
        fits = visit.starts_on <= day <= visit.ends_on and load < self.limits.visits_per_department_day
        return load if fits else None

    def may_begin(self, unit: str, day: date) -> bool:
        """Whether the unit can bear one more visit that day."""
        days = self.at_unit[unit]
        return self.has_room(days, day) and all(self.apart(day, other) for other in days)

    def has_room(self, days: Collection[date], day: date) -> bool:
        """Whether the month of `day` bears one more visit besides these."""
        return sum(1 for other in days if other.month == day.month) < self.limits.visits_per_month

    def apart(self, one: date, other: date) -> bool:
        """Far enough from each other, and not in one week."""
        gap = abs(self.order[one] - self.order[other])
        return gap > self.limits.cooling_workdays and one.isocalendar()[:2] != other.isocalendar()[:2]


def _trimmed(visit: Wanted, workdays: Sequence[date]) -> Wanted | None:
    """The same visit, from the first to the last working day of its window; None where there is none."""
    days = workdays[bisect_left(workdays, visit.starts_on) : bisect_right(workdays, visit.ends_on)]
    return replace(visit, starts_on=days[0], ends_on=days[-1]) if days else None


def _width(visit: Wanted) -> int:
    return (visit.ends_on - visit.starts_on).days


def _possible(group: Sequence[int], calendar: _Calendar) -> dict[date, int]:
    """Days on which all of the group can come, each with how busy they are then."""
    starts_on = max(calendar.wanted[number].starts_on for number in group)
    ends_on = min(calendar.wanted[number].ends_on for number in group)
    days = [day for day in calendar.order if starts_on <= day <= ends_on]
    found: dict[date, int] = {}
    for day in days[:: -(-len(days) // _CHOICES) or 1]:
        loads = [calendar.busy(number, day) for number in group]
        if None not in loads:
            found[day] = sum(load or 0 for load in loads)
    return found


def _apart(choices: Sequence[Mapping[date, int]], calendar: _Calendar) -> tuple[date, ...] | None:
    """One day of each, in order and apart, with the least load in all; None where there is none."""
    # best[day]: the least load of all groups so far with the last of them on that day, and the days that lead there.
    best: dict[date, tuple[int, tuple[date, ...]]] = {}
    for position, choice in enumerate(choices):
        ahead: dict[date, tuple[int, tuple[date, ...]]] = {}
        for day, busy in choice.items():
            before = (
                [best[last] for last in best if last < day and calendar.apart(day, last)] if position else [(0, ())]
            )
            before = [known for known in before if calendar.has_room(known[1], day)]
            if before:
                cost, days = min(before)
                ahead[day] = (cost + busy, (*days, day))
        best = ahead
    if not choices:
        return ()
    return min(best.values())[1] if best else None


def _settle(number: int, calendar: _Calendar) -> bool:
    """Find one visit a day: with others who come anyway, else on a day of its own."""
    visit = calendar.wanted[number]
    free = {day: busy for day in calendar.order if (busy := calendar.busy(number, day)) is not None}
    there = calendar.at_unit[visit.unit]
    joining = [day for day in there if day in free and len(there[day]) < calendar.limits.departments_most]
    chosen = joining or [day for day in free if calendar.may_begin(visit.unit, day)]
    if not chosen:
        return False
    calendar.put([number], min(chosen, key=lambda day: (free[day], day)))
    return True
