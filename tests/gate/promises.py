"""What must hold after a history of bookings, counted anew from the visits, in another way than the house does it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from typing import Any, NamedTuple

from chinese_calendar import is_workday
from django.db import connection

from dukao.gate.actions import bookings
from dukao.org.rules import Actor

CITY = "/1/"


@dataclass(frozen=True)
class World:
    villages: tuple[tuple[int, str], ...]  # (id, code)
    bookers: dict[str, Actor]  # department → who books its items
    worker: dict[str, Actor]  # village → who scans there
    items: dict[str, str]  # number → department
    named: frozenset[tuple[str, str]]  # (item, village): what an item names as its targets


@dataclass
class Booking:
    """What an actor asked for, and what it was told; `held` is None as long as it has heard nothing."""

    request: dict[str, Any]
    held: bookings.HeldVisit | None = None


@dataclass
class Told:
    """What the actors of one history were told, for the count at the end."""

    booked: list[Booking] = field(default_factory=list)
    unheard: list[Booking] = field(default_factory=list)
    arrived: set[str] = field(default_factory=set)
    given_back: set[str] = field(default_factory=set)
    deaths: int = 0
    kills: int = 0
    refused: Counter[str] = field(default_factory=Counter)


class Kept(NamedTuple):
    """A visit as the database keeps it, with its demand and entry."""

    id: int
    number: str
    request_key: str
    state: str
    mode: str
    unit_id: int
    unit: str
    on: date
    demand_id: int | None
    withdrawn_at: Any
    entry_id: int | None
    given_back_at: Any


class Carried(NamedTuple):
    """An item that a visit carries."""

    visit_id: int
    number: str
    origin: str
    topic: str
    department: str


_KEPT = """
    SELECT v.id, v.number, v.request_key, v.state, v.mode, v.unit_id, u.code, v."on", d.id, d.withdrawn_at, b.id,
           b.given_back_at
    FROM gate_visit v JOIN org_unit u ON u.id = v.unit_id LEFT JOIN gate_demand d ON d.id = v.demand_id
    LEFT JOIN gate_burdenentry b ON b.demand_id = d.id ORDER BY v.id
"""
_CARRIED = """
    SELECT p.visit_id, i.number, i.origin, i.topic, d.code FROM gate_visitpart p
    JOIN gate_planitem i ON i.id = p.item_id JOIN org_department d ON d.id = i.department_id
"""
_COUNTED = "SELECT (SELECT count(*) FROM gate_demand), (SELECT count(*) FROM gate_burdenentry)"
_TOLD = "SELECT verb, subject, unit_path, detail FROM base_event WHERE id > %s ORDER BY id"


def broken_promises(world: World, told: Told, since: int) -> Iterator[str]:
    """What does not hold after a history, in words; nothing where all holds."""
    with connection.cursor() as cursor:
        visits = [Kept(*row) for row in _rows(cursor, _KEPT)]
        carried: dict[int, list[Carried]] = {visit.id: [] for visit in visits}
        for row in _rows(cursor, _CARRIED):
            carried[row[0]].append(Carried(*row))
        caps = {row[0]: row[1:] for row in _rows(cursor, 'SELECT "key", "limit", held, used, lifted FROM gate_quota')}
        rows = "SELECT (SELECT count(*) FROM gate_demand), (SELECT count(*) FROM gate_burdenentry)"
        [(demands, entries)] = _rows(cursor, rows)
        events = _rows(
            cursor, "SELECT verb, subject, unit_path, detail FROM base_event WHERE id > %s ORDER BY id", since
        )
    yield from _wrong_caps(world, visits, carried, caps)
    yield from _wrong_rest(visits, carried)
    if demands != entries or demands != sum(visit.demand_id is not None for visit in visits):
        yield "demands, entries and visits do not match"
    for visit in visits:
        yield from _wrong_demand(visit)
    yield from _wrong_events(visits, events)
    yield from _wrong_answers(visits, told)


def _rows(cursor: Any, sql: str, *values: Any) -> list[Any]:
    cursor.execute(sql, values)
    return cursor.fetchall()


def _wrong_caps(
    world: World, visits: list[Kept], carried: dict[int, list[Carried]], caps: dict[str, tuple[int, ...]]
) -> Iterator[str]:
    """The caps counted from the visits, by a formula of our own."""
    held: Counter[str] = Counter()
    used: Counter[str] = Counter()
    urgent: Counter[str] = Counter()
    for visit in visits:
        if not carried[visit.id]:
            yield f"{visit.number} carries nothing"
        if visit.state == "given_back":
            continue
        year, week, _day = visit.on.isocalendar()
        own = {f"unit:{visit.unit}:{visit.on.year}-{visit.on.month:02}", f"unit:{visit.unit}:{year}-W{week:02}"}
        if _is_urgent(carried[visit.id]):
            urgent.update(own)
        for item in carried[visit.id]:
            own.add(f"item:{item.number}")
            if (item.number, visit.unit) in world.named:
                own.add(f"item:{item.number}:{visit.unit}")
            if item.origin == "planned":
                own |= {f"department:{item.department}:{visit.on.year}", f"topic:{item.topic}:{visit.on.year}"}
        (held if visit.state == "held" else used).update(own)
    for key in caps.keys() | held.keys() | used.keys():
        limit, *kept = caps.get(key, (0, 0, 0, 0))
        if kept != [held[key], used[key], urgent[key]]:
            yield f"{key} says {kept}, visits say {held[key]}, {used[key]}, {urgent[key]}"
        elif held[key] + used[key] - urgent[key] > limit:
            yield f"{key} is beyond its limit {limit}: {held[key]} + {used[key]}"


def _is_urgent(items: list[Carried]) -> bool:
    return all(item.origin == "emergency" for item in items)


def _wrong_rest(visits: list[Kept], carried: dict[int, list[Carried]]) -> Iterator[str]:
    """Three whole working days lie between any two ordinary visits to one unit."""
    ordinary = [visit for visit in visits if visit.state != "given_back" and not _is_urgent(carried[visit.id])]
    for one, other in combinations(sorted(ordinary, key=lambda visit: visit.on), 2):
        between = [one.on + timedelta(days=n) for n in range(1, (other.on - one.on).days)]
        if one.unit_id == other.unit_id and sum(is_workday(day) for day in between) < 3:
            yield f"{one.number} and {other.number} are too close: {one.on}, {other.on}"


def _wrong_demand(visit: Kept) -> Iterator[str]:
    is_due, is_off = visit.mode == "announced" or visit.state == "arrived", visit.state == "given_back"
    if (visit.demand_id is not None, visit.entry_id is not None) != (is_due, is_due):
        yield f"{visit.number} is {visit.mode} and {visit.state}: demand {visit.demand_id}, entry {visit.entry_id}"
    if is_due and (visit.withdrawn_at is not None, visit.given_back_at is not None) != (is_off, is_off):
        yield f"{visit.number} is {visit.state}: withdrawn {visit.withdrawn_at}, given back {visit.given_back_at}"


def _wrong_events(visits: list[Kept], events: list[tuple[str, str, str, str]]) -> Iterator[str]:
    """Each step left one event; those of a sealed visit name neither the unit nor its day."""
    by_subject: dict[str, list[tuple[str, str]]] = {}
    for verb, subject, path, detail in events:
        if subject.startswith("visit:"):
            by_subject.setdefault(subject, []).append((verb, f"{path} {detail}"))
    for visit in visits:
        told = by_subject.pop(f"visit:{visit.number}", [])
        steps = ["booked", *{"arrived": ["arrived"], "given_back": ["given_back"]}.get(visit.state, [])]
        if [verb.replace("expired", "given_back") for verb, _ in told] != [f"gate.visit.{step}" for step in steps]:
            yield f"{visit.number} is {visit.state}, its events say {told}"
        for verb, says in told:
            if visit.mode == "unannounced" and verb != "gate.visit.arrived" and (
                not says.startswith(f"{CITY} ") or visit.unit in says or visit.on.isoformat() in says
            ):  # fmt: skip
                yield f"{visit.number} is sealed, and {verb} says {says}"
    if by_subject:
        yield f"events tell of visits that are not there: {by_subject}"


def _wrong_answers(visits: list[Kept], told: Told) -> Iterator[str]:
    """What somebody was told stands."""
    by_number = {visit.number: visit for visit in visits}
    by_key = {visit.request_key: visit.number for visit in visits}
    for booking in told.booked:
        if booking.held and by_key.get(booking.request["request_key"]) != booking.held.number:
            yield f"booking {booking.held.number} was answered and is lost"
    for number in told.arrived:
        if by_number[number].state != "arrived":
            yield f"{number} was let in and is {by_number[number].state}"
    for number in told.given_back:
        if by_number[number].state != "given_back":
            yield f"{number} was given back and is {by_number[number].state}"
