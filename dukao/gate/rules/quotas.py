"""Which caps a booking draws on, and on which days it may fall; pure.

Every booking draws once on each cap that concerns it: its items' whole lives, what a named target may get of an item,
the year of the department and of the topic, the month and the ISO week of the unit. An exception or an emergency is
granted beyond the plan, so it leaves the caps of department and topic alone; for the unit it is one visit more.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple, Protocol

CapKind = Literal["item", "target", "department", "topic", "month", "week"]
DOCUMENTS = "document:"
UNIT_CAPS: frozenset[CapKind] = frozenset({"month", "week"})
OWN_CAPS: frozenset[CapKind] = frozenset({"item", "target", "department"})  # drawn on by one department only
# The rule that a cap comes from.
RULES: dict[CapKind, str] = {
    "item": "INS-1", "target": "INS-1", "department": "INS-2", "topic": "INS-2", "month": "INS-3", "week": "INS-3",
}  # fmt: skip


class Cap(NamedTuple):
    """One cap that a booking draws on. `limit` is what holds where the cap does not stand in the database yet."""

    key: str
    kind: CapKind
    limit: int
    is_lifted: bool = False  # an emergency goes beyond it


@dataclass(frozen=True, slots=True)
class Limits:
    """What the profile says on the day of the visit: visits per year, month and week, and the rest a unit is owed."""

    per_department: int
    per_topic: int
    per_month: int
    per_week: int
    cooling_workdays: int
    lifted_by_emergency: bool

    @classmethod
    def of(cls, ins_2: Mapping[str, Any], ins_3: Mapping[str, Any]) -> "Limits":
        """From the parameters of the two rules."""
        return cls(
            per_department=ins_2["visits_per_department"], per_topic=ins_2["visits_per_topic"],
            per_month=ins_3["visits_per_month"], per_week=ins_3["visits_per_week"],
            cooling_workdays=ins_3["cooling_workdays"],
            lifted_by_emergency=ins_3["lifted_by_emergency"],
        )  # fmt: skip


class HasOrigin(Protocol):
    @property
    def origin(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Drawn:
    """An item of the plan as far as caps go. `visits_at_target` is None where the item does not name the unit."""

    number: str
    origin: str  # planned, exception, emergency
    department: str
    topic: str
    visits_most: int
    visits_at_target: int | None = None


def item_key(number: str) -> str:
    return f"item:{number}"


def target_key(number: str, unit: str) -> str:
    return f"item:{number}:{unit}"


def document_key(department: str, year: int) -> str:
    """Documents are counted, not booked: nothing of theirs is held."""
    return f"{DOCUMENTS}{department}:{year}"


def department_key(code: str, year: int) -> str:
    return f"department:{code}:{year}"


def topic_key(topic: str, year: int) -> str:
    return f"topic:{topic}:{year}"


def month_key(unit: str, on: date) -> str:
    return f"unit:{unit}:{on.year}-{on.month:02}"


def week_key(unit: str, on: date) -> str:
    year, week, _weekday = on.isocalendar()
    return f"unit:{unit}:{year}-W{week:02}"


def caps_of(items: Sequence[Drawn], unit: str, on: date, limits: Limits) -> tuple[Cap, ...]:
    """The caps that one visit draws on, each once, in the order in which they are locked.

    Units come last in that order: whoever holds a unit's caps never waits for another cap.
    """
    is_lifted = is_lifted_for(items, limits)
    caps = [
        Cap(month_key(unit, on), "month", limits.per_month, is_lifted),
        Cap(week_key(unit, on), "week", limits.per_week, is_lifted),
    ]
    for item in items:
        caps.append(Cap(item_key(item.number), "item", item.visits_most))
        if item.visits_at_target is not None:
            caps.append(Cap(target_key(item.number, unit), "target", item.visits_at_target))
        if item.origin == "planned":
            caps.append(Cap(department_key(item.department, on.year), "department", limits.per_department))
            caps.append(Cap(topic_key(item.topic, on.year), "topic", limits.per_topic))
    return tuple(sorted(set(caps)))


def is_lifted_for(items: Iterable[HasOrigin], limits: Limits) -> bool:
    """Whether the unit's caps and its rest stand aside: for emergencies alone; nothing ordinary rides along."""
    return limits.lifted_by_emergency and all(item.origin == "emergency" for item in items)


def is_full(held: int, used: int, limit: int) -> bool:
    """Whether an ordinary booking finds no room. Emergencies count as bookings; their lifting makes no room."""
    return held + used >= limit


def is_rested(one: date, other: date, cooling_workdays: int, workday_after: Callable[[date, int], date]) -> bool:
    """Whether so many whole working days lie between two visits to one unit."""
    earlier, later = sorted((one, other))
    return cooling_workdays == 0 or later > workday_after(earlier, cooling_workdays)


def next_possible_day(
    *, after: date, until: date, taken: Callable[[date], bool], visited: Sequence[date], limits: Limits,
    is_workday: Callable[[date], bool], workday_after: Callable[[date, int], date],
) -> date | None:  # fmt: skip
    """The first working day in `(after, until]` on which the unit has room and is rested; None where there is none.

    `taken` tells whether the unit's month or week of the day is full, `visited` are the days of its other visits.
    """
    day = after
    while day < until:
        day += timedelta(days=1)
        if not is_workday(day) or taken(day):
            continue
        if all(is_rested(other, day, limits.cooling_workdays, workday_after) for other in visited):
            return day
    return None
