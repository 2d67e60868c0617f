"""What is coming to one unit and to those below it: sheets and documents by the day they are due, announced visits,
meetings.

A sealed visit (四不两直) is not here before it has arrived: it is left out in SQL, and nothing is counted of it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from dukao.base.periods import Period
from dukao.base.wording import joined
from dukao.gate.models import BurdenEntry, Meeting, Visit
from dukao.gate.queries.ledger.entries import below, seen_unit
from dukao.gate.queries.visits import REVEALED
from dukao.law import queries as law
from dukao.org.queries import UnitView
from dukao.org.rules import Actor

_STARTS = "demand__meeting__starts_at"


@dataclass(frozen=True, slots=True)
class CalendarItem:
    """`starts_at` only where the hour is known (meetings). Minutes × 100, measured where they were."""

    on: date
    starts_at: datetime | None
    kind: str  # of KIND_NAMES
    number: str  # of the demand; empty for a visit that has not come yet
    title: str
    asker_name: str
    minutes_hundredths: int


@dataclass(frozen=True, slots=True)
class BelowItem:
    """One demand on units below, or all visits of one day (no number, title or asker). Minutes × 100 of all."""

    on: date
    kind: str
    number: str
    title: str
    asker_name: str
    n_units: int  # of visits: how many
    minutes_hundredths: int


@dataclass(frozen=True, slots=True)
class Calendar:
    unit: UnitView
    month: Period
    items: tuple[CalendarItem, ...]  # by day, of the unit itself
    below: tuple[BelowItem, ...]  # by day, of the units below it

    @property
    def minutes_hundredths(self) -> int:
        return sum(item.minutes_hundredths for item in self.items)


def unit_calendar(*, unit: str, month: Period, viewer: Actor) -> Calendar:
    """The unit's month. Raises NotThere."""
    assert month.type == "month", "a calendar shows one month"
    top = seen_unit(unit, viewer)
    items = [*_due(top.id, month), *_meetings(top.id, month), *_visits(top.id, month)]
    below_it = _below(top, month) if top.has_children else []
    order = {"meeting": 0, "visit": 1, "task": 2, "sheet": 3, "document": 4}
    return Calendar(
        top, month, tuple(sorted(items, key=lambda i: (i.on, order[i.kind], i.number, i.title))),
        tuple(sorted(below_it, key=lambda i: (i.on, order[i.kind], i.number))),
    )  # fmt: skip


def _below(top: UnitView, month: Period) -> list[BelowItem]:
    columns = ("kind", "demand__number", "demand__title", "asker__name")
    spent = Sum(Coalesce("measured_hundredths", "minutes_hundredths"))
    found = []
    for entries, day in ((_due_entries(month), "demand__due_on"), (_meeting_entries(month), _STARTS)):
        rows = below(entries, top.path).exclude(unit_id=top.id).values(day, *columns)
        counted = rows.annotate(n=Count("id"), of_minutes=spent).order_by()
        for row in counted.values_list(day, *columns, "n", "of_minutes"):
            on = timezone.localdate(row[0]) if isinstance(row[0], datetime) else row[0]
            found.append(BelowItem(on, *row[1:]))
    visits = _expected_visits(month).filter(unit__path__startswith=top.path).exclude(unit_id=top.id)
    days = visits.values("on").annotate(n=Count("id"), of_minutes=Sum("minutes_hundredths")).order_by()
    found += [BelowItem(row["on"], "visit", "", "", "", row["n"], row["of_minutes"]) for row in days]
    return found


def _due_entries(month: Period) -> QuerySet[BurdenEntry]:
    # A document is charged in the month that it comes in, and nothing is due later than the profile lets it.
    days = law.rule("BRD-1", month.starts_on).parameters["demand_days_most"]
    months = [month.next(-step).key for step in range(days // 28 + 2)]
    return BurdenEntry.objects.filter(
        month__in=months, given_back_at=None, kind__in=["sheet", "task", "document"],
        demand__due_on__gte=month.starts_on, demand__due_on__lt=month.ends_on,
    )  # fmt: skip


def _meeting_entries(month: Period) -> QuerySet[BurdenEntry]:
    return BurdenEntry.objects.filter(
        month=month.key, given_back_at=None, kind="meeting", demand__meeting__starts_at__date__gte=month.starts_on,
        demand__meeting__starts_at__date__lt=month.ends_on,
    ).exclude(demand__meeting__state=Meeting.State.CANCELLED)  # fmt: skip


def _expected_visits(month: Period) -> QuerySet[Visit]:
    chosen = Visit.objects.filter(REVEALED, on__gte=month.starts_on, on__lt=month.ends_on)
    # What is read from data brings nobody to the village, and what was given back does not come.
    return chosen.exclude(mode=Visit.Mode.REMOTE).exclude(state=Visit.State.GIVEN_BACK)


def _due(unit_id: int, month: Period) -> list[CalendarItem]:
    rows = _due_entries(month).filter(unit_id=unit_id).values_list(
        "demand__due_on", "kind", "demand__number", "demand__title", "asker__name", "minutes_hundredths",
        "measured_hundredths",
    )  # fmt: skip
    return [
        CalendarItem(on, None, kind, number, title, asker, minutes if measured is None else measured)
        for on, kind, number, title, asker, minutes, measured in rows
    ]


def _meetings(unit_id: int, month: Period) -> list[CalendarItem]:
    rows = _meeting_entries(month).filter(unit_id=unit_id).values_list(
        _STARTS, "demand__number", "demand__title", "asker__name", "minutes_hundredths", "measured_hundredths"
    )  # fmt: skip
    return [
        CalendarItem(timezone.localdate(at), at, "meeting", number, title, asker,
                     minutes if measured is None else measured)
        for at, number, title, asker, minutes, measured in rows
    ]  # fmt: skip


def _visits(unit_id: int, month: Period) -> list[CalendarItem]:
    chosen = _expected_visits(month).filter(unit_id=unit_id)
    found = []
    for visit in chosen.select_related("demand").prefetch_related("parts__item__department"):
        parts = sorted(visit.parts.all(), key=lambda part: part.pk)
        found.append(
            CalendarItem(
                visit.on, None, "visit", visit.demand.number if visit.demand else "",
                joined(dict.fromkeys(part.item.title for part in parts)),
                joined(dict.fromkeys(part.item.department.name for part in parts)),
                visit.minutes_hundredths if visit.measured_minutes is None else visit.measured_minutes * 100,
            )
        )  # fmt: skip
    return found
