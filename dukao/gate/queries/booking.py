"""What a department may book from: its approved items with what is left of them, and units with room."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from dukao.gate.models import Plan, PlanItem
from dukao.gate.queries.quotas import cap_states, limits_on
from dukao.gate.rules.quotas import is_full, item_key, month_key, target_key, week_key
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import Actor

_UNITS_MOST = 60


@dataclass(frozen=True, slots=True)
class ItemToBook:
    """An item that may be carried out; `left` of `visits_most` are neither booked nor done. Minutes × 100 per visit."""

    number: str
    title: str
    department_name: str
    origin: str
    kind: str
    method: str
    basis: str
    purpose: str
    questions: tuple[str, ...]
    elements: tuple[str, ...]  # codes of those questions that data may answer
    starts_on: date
    ends_on: date
    visits_most: int
    left: int
    minutes_hundredths: int


@dataclass(frozen=True, slots=True)
class UnitToBook:
    """A target of an item. Whether its month, its week and what the item allows it have room is all that is told."""

    code: str
    name: str
    above: str
    has_room_in_month: bool
    has_room_in_week: bool
    has_room_in_item: bool


def items_to_book(*, viewer: Actor, today: date) -> tuple[ItemToBook, ...]:
    """The approved items that the viewer may book and whose time is not over, by number.

    A department books its own; the office that runs the plan any, which is how a joint visit of several is booked.
    """
    chosen = PlanItem.objects.filter(
        Q(plan__state=Plan.State.PUBLISHED) | ~Q(origin=PlanItem.Origin.PLANNED),
        is_current=True, state=PlanItem.State.APPROVED, ends_on__gte=today,
    )  # fmt: skip
    found = list(chosen.filter(_bookable_by(viewer)).select_related("department").order_by("number"))
    states = cap_states([item_key(item.number) for item in found])
    views = []
    for item in found:
        state = states.get(item_key(item.number))
        views.append(
            ItemToBook(
                number=item.number, title=item.title, department_name=item.department.name, origin=item.origin,
                kind=item.kind, method=item.method, basis=item.basis, purpose=item.purpose,
                questions=tuple(q["text"] for q in item.questions),
                elements=tuple(q["element"] for q in item.questions if q["element"]), starts_on=item.starts_on,
                ends_on=item.ends_on, visits_most=item.visits_most, left=state.left if state else item.visits_most,
                minutes_hundredths=item.minutes_hundredths_per_visit,
            )
        )  # fmt: skip
    return tuple(views)


def units_to_book(*, item: str, viewer: Actor, on: date, text: str = "") -> tuple[UnitToBook, ...]:
    """Targets of an item that the viewer may book, by code, at most 60; `text` narrows by name or code."""
    found = (
        PlanItem.objects.select_related("scope_unit", "department")
        .filter(_bookable_by(viewer), number=item, is_current=True, state=PlanItem.State.APPROVED)
        .first()
    )
    if found is None:
        return ()
    named = dict(found.targets.values_list("unit__code", "visits_most"))
    units = org.units_below(path=found.scope_unit.path, level=found.target_level)
    if named:
        units = tuple(org.units_by_codes(named).values())
    matching = [u for u in units if text in u.name or u.code.startswith(text)] if text else list(units)
    return tuple(_rooms(sorted(matching, key=lambda u: u.code)[:_UNITS_MOST], found.number, named, on))


def _rooms(units: list[UnitView], item: str, named: dict[str, int], on: date) -> Iterable[UnitToBook]:
    limits = limits_on(on)
    keys = {u.code: (month_key(u.code, on), week_key(u.code, on), target_key(item, u.code)) for u in units}
    states = cap_states([key for three in keys.values() for key in three])
    above = {u.code: u.name for u in org.units_by_codes({u.parent_code for u in units}).values()}
    for unit in units:
        most = (limits.per_month, limits.per_week, named.get(unit.code, 1))
        room = [
            not is_full(*((state.held, state.used, state.limit) if (state := states.get(key)) else (0, 0, limit)))
            for key, limit in zip(keys[unit.code], most, strict=True)
        ]
        yield UnitToBook(unit.code, unit.name, above.get(unit.parent_code, ""), *room)


def _bookable_by(viewer: Actor) -> Q:
    if viewer.is_system:
        return Q()
    chosen = Q(department__code__in=[s.department_code for s in viewer.standings_with("DEMANDS_ISSUE")])
    for standing in viewer.standings_with("PLAN_DECIDE"):
        chosen |= Q(plan__unit__path__startswith=standing.unit_path)
    return chosen


def days_ahead(today: date) -> tuple[date, date]:
    """The stretch of a unit's calendar that a booker is shown."""
    return today, today + timedelta(days=61)
