"""What a department may book from: its approved items with what is left of them, and units with room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.wording import period_text
from dukao.gate.models import Plan, PlanItem
from dukao.gate.queries.joint import joint_items_led
from dukao.gate.queries.quotas import (
    CapState,
    Ground,
    Obstacle,
    booking_caps,
    cap_obstacle,
    cap_states,
    free_days,
    ground_of,
    item_of,
    limits_on,
    not_as_planned,
    outside_plan,
    require_booking,
    tells_counts,
    too_soon,
)
from dukao.gate.rules.quotas import RULES, UNIT_CAPS, Limits, is_full, item_key, month_key, target_key, week_key
from dukao.gate.rules.visits import is_sealed
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import Actor

_DAYS_MOST = 3
_UNITS_MOST = 60


@dataclass(frozen=True, slots=True)
class ItemToBook:
    """An item that may be carried out; `left` of `visits_most` are neither booked nor done (None: another department's
    business). Minutes × 100 per visit.
    """

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
    left: int | None
    minutes_hundredths: int


@dataclass(frozen=True, slots=True)
class UnitToBook:
    """A target of an item. Whether its month and its week have room is all that is told of what others do there."""

    code: str
    name: str
    above: str
    has_room_in_month: bool
    has_room_in_week: bool


@dataclass(frozen=True, slots=True)
class UnitsToBook:
    """The targets of an item. `open`: those to which it may still go, where there is room now first, at most 60 of
    `open_count`; `spent`: those visited or booked as often as it names them, all, by code.
    """

    open: tuple[UnitToBook, ...] = ()
    open_count: int = 0
    spent: tuple[UnitToBook, ...] = ()


@dataclass(frozen=True, slots=True)
class CapToDraw:
    """A cap that a booking would draw on: what it is called, and what is left of it before (None: not told)."""

    kind: str
    text: str
    limit: int
    left: int | None
    has_room: bool


@dataclass(frozen=True, slots=True)
class BookingWhatIf:
    """What a booking would come to; nothing is booked. Minutes × 100: of the unit, and what it would spend beyond them
    if each item came alone. `free_on`: the first days, from the asked one, on which nothing stands in the way.
    """

    minutes_hundredths: int
    saved_hundredths: int
    charged_to: str
    caps: tuple[CapToDraw, ...]
    obstacles: tuple[Obstacle, ...]
    free_on: tuple[date, ...]


def booking_what_if(
    *, items: Sequence[str], unit: str, on: date, mode: str, viewer: Actor, today: date
) -> BookingWhatIf:  # fmt: skip
    """What this booking would draw on, what it would cost the unit, and what stands in its way.

    For those who may book it. Raises: NotThere.
    """
    ground = ground_of(items=items, unit=unit)
    require_booking(ground, on, viewer)
    limits = limits_on(on)
    stops = [outside_plan(ground, on, today)]
    if is_sealed(mode=mode, has_arrived=False):
        stops.append(not_as_planned(ground, on))
    stops += [too_soon(ground, on, limits), cap_obstacle(ground, on)] if not any(stops) else []
    caps = tuple(_caps_to_draw(ground, on, limits))
    minutes = [item.minutes_hundredths for item in ground.items]
    return BookingWhatIf(
        minutes_hundredths=max(minutes), saved_hundredths=sum(minutes) - max(minutes),
        charged_to=ground.items[0].department_name, caps=caps, obstacles=tuple(stop for stop in stops if stop),
        free_on=_free_on(ground, on, today) if all(c.has_room or c.kind in UNIT_CAPS for c in caps) else (),
    )  # fmt: skip


def _caps_to_draw(ground: Ground, on: date, limits: Limits) -> Iterable[CapToDraw]:
    """In the order in which the rules are looked at, the item first, the unit's week last; then by the items."""
    caps = booking_caps(ground, on, limits)
    states = cap_states([cap.key for cap in caps])
    drawn = [(cap, item_of(ground, cap, on, limits)) for cap in caps]
    for cap, item in sorted(drawn, key=lambda one: (list(RULES).index(one[0].kind), ground.items.index(one[1]))):
        state = states.get(cap.key, CapState(cap.key, cap.limit, 0, 0, 0))
        text = {
            "item": _("“{item}”一共"), "target": _("“{item}”去{unit}"), "department": _("{department}{year}年"),
            "topic": _("“{item}”这类主题{year}年"), "month": _("{unit}{month}"), "week": _("{unit}这一周"),
        }[cap.kind].format(
            item=item.title, unit=ground.unit_name, department=item.department_name, year=on.year,
            month=period_text(Period.of(on, "month")),
        )  # fmt: skip
        has_room = cap.is_lifted or not is_full(state.held, state.used, state.limit)
        yield CapToDraw(cap.kind, text, state.limit, state.left if tells_counts(ground, cap, item) else None, has_room)


def _free_on(ground: Ground, on: date, today: date) -> tuple[date, ...]:
    before = max(on, today, *(item.starts_on for item in ground.items)) - timedelta(days=1)
    days = free_days(ground, before, limits_on(on), most=_DAYS_MOST)
    return tuple(day for day in days if not outside_plan(ground, day, today))


def items_to_book(
    *, viewer: Actor, today: date, unit: UnitView | None = None, on: date | None = None
) -> tuple[ItemToBook, ...]:
    """The approved items that the viewer may book and whose time is not over, by number.

    A department books its own, the office that runs the plan any. With `unit` and `on` those are among them that go
    with a joint visit which the viewer leads there on that day.
    """
    chosen = PlanItem.objects.filter(
        Q(plan__state=Plan.State.PUBLISHED) | ~Q(origin=PlanItem.Origin.PLANNED),
        is_current=True, state=PlanItem.State.APPROVED, ends_on__gte=today,
    )  # fmt: skip
    led = joint_items_led(unit_id=unit.id, unit_path=unit.path, on=on, by=viewer) if unit and on else ()
    found = list(chosen.filter(_bookable_by(viewer, led)).select_related("department", "plan__unit").order_by("number"))
    states = cap_states([item_key(item.number) for item in found])
    views = []
    for item in found:
        state = states.get(item_key(item.number))
        left = state.left if state else item.visits_most
        views.append(
            ItemToBook(
                number=item.number, title=item.title, department_name=item.department.name, origin=item.origin,
                kind=item.kind, method=item.method, basis=item.basis, purpose=item.purpose,
                questions=tuple(q["text"] for q in item.questions),
                elements=tuple(q["element"] for q in item.questions if q["element"]), starts_on=item.starts_on,
                ends_on=item.ends_on, visits_most=item.visits_most, left=left if _is_own(item, viewer) else None,
                minutes_hundredths=item.minutes_hundredths_per_visit,
            )
        )  # fmt: skip
    return tuple(views)


def units_to_book(*, item: str, viewer: Actor, on: date, text: str = "") -> UnitsToBook:
    """Targets of an item that the viewer may book; `text` narrows by name or code."""
    found = (
        PlanItem.objects.select_related("scope_unit", "department")
        .filter(_bookable_by(viewer), number=item, is_current=True, state=PlanItem.State.APPROVED)
        .first()
    )
    if found is None:
        return UnitsToBook()
    named = dict(found.targets.values_list("unit__code", "visits_most"))
    units = org.units_below(path=found.scope_unit.path, level=found.target_level)
    if named:
        units = tuple(org.units_by_codes(named).values())
    matching = [u for u in sorted(units, key=lambda u: u.code) if text in u.name or u.code.startswith(text)]
    states = cap_states([target_key(item, code) for code in named])
    full = {key for key, state in states.items() if is_full(state.held, state.used, state.limit)}
    still = [u for u in matching if target_key(item, u.code) not in full]
    spent = [u for u in matching if target_key(item, u.code) in full]
    rooms = _rooms(still[:_UNITS_MOST], on)
    shown = sorted(rooms, key=lambda one: not (one.has_room_in_month and one.has_room_in_week))
    return UnitsToBook(tuple(shown), len(still), tuple(_rooms(spent, on)))


def _rooms(units: list[UnitView], on: date) -> Iterable[UnitToBook]:
    limits = limits_on(on)
    keys = {u.code: (month_key(u.code, on), week_key(u.code, on)) for u in units}
    states = cap_states([key for both in keys.values() for key in both])
    above = {u.code: u.name for u in org.units_by_codes({u.parent_code for u in units}).values()}
    most = (limits.per_month, limits.per_week)
    for unit in units:
        room = [
            not is_full(*((state.held, state.used, state.limit) if (state := states.get(key)) else (0, 0, limit)))
            for key, limit in zip(keys[unit.code], most, strict=True)
        ]
        yield UnitToBook(unit.code, unit.name, above.get(unit.parent_code, ""), *room)


def _bookable_by(viewer: Actor, led: Iterable[tuple[str, ...]] = ()) -> Q:
    if viewer.is_system:
        return Q()
    chosen = Q(department__code__in=[s.department_code for s in viewer.standings_with("DEMANDS_ISSUE")])
    chosen |= Q(number__in=[number for items in led for number in items])
    for standing in viewer.standings_with("PLAN_DECIDE"):
        chosen |= Q(plan__unit__path__startswith=standing.unit_path)
    return chosen


def _is_own(item: PlanItem, viewer: Actor) -> bool:
    codes = {standing.department_code for standing in viewer.standings_with("DEMANDS_ISSUE")}
    return item.department.code in codes or viewer.may("PLAN_DECIDE", item.plan.unit.path)


def days_ahead(today: date) -> tuple[date, date]:
    """The stretch of a unit's calendar that a booker is shown."""
    return today, today + timedelta(days=61)
