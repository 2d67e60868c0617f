"""Bookings: a visit is held, then it arrives or is given back. All caps or none, whoever else books at that moment.

1. `hold_visit` reads and judges first; then one write makes the visit, its demand and its event, and takes all caps.
   It fails as a whole where a cap has no room, the unit is visited too near or the item is no longer approved; what
   stood in the way is looked up then.
2. `arrive` turns what is held into what is used: the unit has scanned the check code. It is never given back.
3. `give_back` and `expire_holds` free what is held and withdraw the demand.

A sealed visit (四不两直) holds its caps like any other. Until it arrives it has no demand, and its events stand at the
unit of the plan and name no target.

Locks are taken in one order: visit, item, unit, caps by key. No two writers can wait for each other.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.slips import CODE_BYTES, code_digest, code_from, code_of
from dukao.base.trail import event_statement, record_event
from dukao.base.wording import period_text
from dukao.gate.actions.demands import Reason, put_refusal
from dukao.gate.actions.ledger import give_back_entries, post_entry
from dukao.gate.actions.quotas import finds_full, give_back_caps, hold_caps, use_caps
from dukao.gate.actions.writing import IdOf, IdWhere, Rows
from dukao.gate.models import Demand, Visit, VisitPart
from dukao.gate.queries.quotas import (
    Ground,
    Obstacle,
    booking_caps,
    cap_obstacle,
    ground_of,
    is_visited_near,
    limits_on,
    not_as_planned,
    outside_plan,
    require_booking,
    too_soon,
)
from dukao.gate.queries.visits import VisitView, code_does_not_hold, visit
from dukao.gate.rules.visits import is_sealed, number_of
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import SYSTEM, Actor

_TRIES = 5
# Of what was read: the item that is withdrawn or amended meanwhile; the same request, booked meanwhile.
_MOVED_ON = ("item_id", "visit_number_once", "demand_number_once", ".number")
# An item changes before a booking of it, or after, never between; SQLite writes one after the other anyway.
_APPROVED = "SELECT id FROM gate_planitem WHERE id = %s AND is_current AND state = 'approved'"
_STILL_APPROVED = {"sqlite": _APPROVED, "postgresql": f"{_APPROVED} FOR SHARE"}
_ITEMS_MOST, _TEAM_MOST, _PERSON_LENGTH = 20, 50, 200


class NotLetThrough(Refused):
    """A rule does not let the booking through. `next_on`: the first day on which it would, where that can be said."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(
            obstacle.what, why=obstacle.why, todo=obstacle.todo, source=obstacle.source, rule=obstacle.rule
        )
        self.next_on = obstacle.next_on


class OutOfPlan(NotLetThrough):
    """No approved item allows this visit there and then."""


class CapReached(NotLetThrough):
    """A cap has no room."""


class NotAsPlanned(NotLetThrough):
    """A sealed visit for an item that was not approved as an unannounced one."""


class TooSoon(NotLetThrough):
    """The unit is owed some days of rest between two visits."""


class RequestKeyTaken(Refused):
    """Another booking was made under this request key."""


class NotThatDay(Refused):
    """The visit was booked for another day, and counts on that day."""


class AlreadyArrived(Refused):
    """What has been carried out is not given back."""


@dataclass(frozen=True, slots=True)
class HeldVisit:
    """A booking. `code` is told to the booker only; empty where the house's secret has changed since it was booked."""

    number: str
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """Inside the room: a visit's check code, of which nothing but the digest is kept, and its number."""

    code: str
    digest: str
    number: str


@dataclass(frozen=True, slots=True)
class _Request:
    """A booking as it was asked for."""

    items: tuple[str, ...]
    unit: str
    on: date
    mode: str
    purpose: str
    people: list[dict[str, str]]
    team_size: int
    request_key: str

    @property
    def is_sealed(self) -> bool:
        return is_sealed(mode=self.mode, has_arrived=False)


def hold_visit(
    *, items: Sequence[str], unit: str, on: date, mode: str, purpose: str, people: Sequence[Mapping[str, str]],
    team_size: int, request_key: str, by: Actor, at: datetime,
) -> HeldVisit:  # fmt: skip
    """Book one visit that carries these items (numbers) to the unit: all its caps are held, or none.

    `people` are `{"name": …, "office": …}`. The first item's department answers for a joint visit; where it leads one
    in the adopted calendar, it books for the others. The same request again (`request_key`) gets the same answer,
    whatever has happened to the visit meanwhile.
    Raises: NotThere, Invalid, OutOfPlan, NotAsPlanned, TooSoon, CapReached, RequestKeyTaken.
    Records: gate.visit.booked; where a rule refuses, gate.demand.refused.
    Basis: INS-1, INS-2, INS-3, INS-9.
    """
    team = [{"name": person.get("name", ""), "office": person.get("office", "")} for person in people]
    request = _Request(tuple(dict.fromkeys(items)), unit, on, mode, purpose.strip(), team, team_size, request_key)
    _refuse_bad_words(request)
    ticket = ticket_of(request_key)
    for was_stopped in [False] + [True] * (_TRIES - 1):
        ground = ground_of(items=request.items, unit=unit, number=ticket.number)
        require_booking(ground, on, by)
        if ground.earlier_id is not None:
            return _same_again(request, ticket, ground.earlier_id, by)
        try:
            _refuse(request, ground, at, was_stopped)
            return _hold(request, ticket, ground, by, at)
        except NotLetThrough as refused:
            # Where the house's secret has changed since, the earlier visit of the request has another number.
            if earlier := Visit.objects.filter(unit_id=ground.unit_id, on=on, request_key=request_key).first():
                return _same_again(request, ticket, earlier.pk, by)
            _put_on_record(refused, request, ground, by, at)
            raise
        except IntegrityError as error:
            if not finds_full(error) and not any(name in str(error) for name in _MOVED_ON):
                raise
    # Each time, when one looked, it was given back already.
    raise RuntimeError(f"caps were full and free again {_TRIES} times")


def arrive(*, code: str, unit: str, by: Actor, at: datetime) -> VisitView:
    """The unit has scanned the check code: the visit is there, and its caps are used. Twice is once.

    Raises: NotThere, CodeDoesNotHold (no such code, not for this unit, or over), NotThatDay.
    Records: gate.visit.arrived.
    """
    with transaction.atomic():
        place = org.unit_by_code(unit)
        by.require("DEMANDS_RECEIVE", place.path)
        plain = code_from(code)
        digest = code_digest(plain)
        chosen = _locked().filter(number=number_of(digest), code_digest=digest, unit_id=place.id)
        found = chosen.first() if plain else None
        if found is None or found.state == Visit.State.GIVEN_BACK:
            raise code_does_not_hold(at)
        if found.state == Visit.State.HELD:
            _arrive(found, by, at)
    return visit(number=found.number, viewer=by)


def give_back(*, visit: str, reason: str, by: Actor, at: datetime) -> None:
    """The booker does not come: the visit (its number) is off, and what it held is free. Twice is once.

    Raises: NotThere, Invalid, AlreadyArrived. Records: gate.visit.given_back.
    """
    if not 1 <= len(reason.strip()) <= 300:
        raise Invalid(_("请写明为什么退回"), errors={"reason": _("1 到 300 字")})
    with transaction.atomic():
        found = _locked().filter(number=visit).first()
        if found is None or not _may_give_back(found, by):
            raise NotThere()
        if found.state in (Visit.State.ARRIVED, Visit.State.CONCLUDED):
            raise AlreadyArrived(
                _("这次检查已经到场，不能退回"), why=_("到过场就已经占用了基层的时间"), todo=_("请照实反馈结论")
            )
        if found.state == Visit.State.HELD:
            _give_back(found, reason.strip(), "gate.visit.given_back", by, at)


def give_back_visits_of(*, item: str, reason: str, by: Actor, at: datetime) -> int:
    """Inside the room: give back every booking that carries the item (number), joint ones too; answer how many.

    Each in a transaction of its own, as their caps are locked one visit after another. Records: gate.visit.given_back.
    """
    done = 0
    while True:
        with transaction.atomic():
            found = _locked().filter(state=Visit.State.HELD, parts__item__number=item).order_by("id").first()
            if found is None:
                return done
            _give_back(found, reason, "gate.visit.given_back", by, at)
            done += 1


def expire_holds(*, at: datetime) -> int:
    """Give back every booking whose day has passed without an arrival; answer how many. For the work process.

    Records: gate.visit.expired.
    """
    done = 0
    while True:
        with transaction.atomic():
            # One at a time, and past those that somebody else is working on: nobody waits for the house's own work.
            over = _locked(skip=True).filter(state=Visit.State.HELD, expires_at__lte=at)
            found = over.order_by("expires_at", "id").first()
            if found is None:
                return done
            _give_back(found, _("当天没有到场，自动退回"), "gate.visit.expired", SYSTEM, at)
            done += 1


def _refuse(request: _Request, ground: Ground, at: datetime, was_stopped: bool) -> None:
    """Raise what stands in the way. What others book is looked at only where it has stopped the booking."""
    if obstacle := outside_plan(ground, request.on, timezone.localdate(at, timezone.get_default_timezone())):
        raise OutOfPlan(obstacle)
    if request.is_sealed and (obstacle := not_as_planned(ground, request.on)):
        raise NotAsPlanned(obstacle)
    if was_stopped and (obstacle := too_soon(ground, request.on, limits_on(request.on))):
        raise TooSoon(obstacle)
    if was_stopped and (obstacle := cap_obstacle(ground, request.on)):
        raise CapReached(obstacle)


def _hold(request: _Request, ticket: Ticket, ground: Ground, by: Actor, at: datetime) -> HeldVisit:
    limits = limits_on(request.on)
    caps = booking_caps(ground, request.on, limits)
    first, is_sealed = ground.items[0], request.is_sealed
    number, expires_at = ticket.number, _expiry(request.on)
    minutes = max(item.minutes_hundredths for item in ground.items)
    departments = list(dict.fromkeys(item.department_code for item in ground.items))
    detail: dict[str, Any] = {"items": list(request.items), "departments": departments, "mode": request.mode}
    if not is_sealed:
        detail |= {"unit": request.unit, "on": request.on.isoformat(), "minutes_hundredths": minutes}
    rows = Rows()
    if not is_sealed:
        _ask(rows, number, ground, request.on, minutes, by.name, at)
    rows.insert(
        Visit, number=number, request_key=request.request_key, mode=request.mode, unit_id=ground.unit_id,
        on=request.on, purpose=request.purpose, people=request.people, team_size=request.team_size,
        asks=[text for item in ground.items for text in item.questions], minutes_hundredths=minutes,
        caps={cap.key: cap.is_lifted for cap in caps}, code_digest=ticket.digest, booked_by=by.name, booked_at=at,
        expires_at=expires_at, demand_id=None if is_sealed else IdOf(Demand, number),
    )  # fmt: skip
    for item in ground.items:
        rows.insert(VisitPart, visit_id=IdOf(Visit, number), item_id=IdWhere(_STILL_APPROVED[rows.vendor], item.id))
    rows.add(*event_statement(
        verb="gate.visit.booked", subject=f"visit:{number}", by=by, at=at, detail=detail,
        unit_path=first.plan_path if is_sealed else ground.unit_path,
    ))  # fmt: skip
    hold_caps(rows, caps, unless=is_visited_near(ground, request.on, limits, number=number))
    rows.commit()
    return HeldVisit(number, ticket.code, expires_at)


def _same_again(request: _Request, ticket: Ticket, earlier_id: int, by: Actor) -> HeldVisit:
    """The answer that the request got before. Raises RequestKeyTaken where it was another request."""
    found = Visit.objects.select_related("unit").get(id=earlier_id)
    items = list(found.parts.order_by("id").values_list("item__number", flat=True))
    before = _Request(
        tuple(items), found.unit.code, found.on, found.mode, found.purpose, found.people, found.team_size,
        found.request_key,
    )  # fmt: skip
    if before != request or found.booked_by != by.name:
        raise request_key_taken()
    return HeldVisit(found.number, ticket.code if ticket.digest == found.code_digest else "", found.expires_at)


def request_key_taken() -> RequestKeyTaken:
    """Inside the room: what is told of a request key that another visit has."""
    return RequestKeyTaken(
        _("这个请求编号已经用于另一次预约"), why=_("同一个请求只预约一次"), todo=_("请换一个请求编号再提交")
    )


def _arrive(found: Visit, by: Actor, at: datetime) -> None:
    if at >= found.expires_at:
        raise code_does_not_hold(at)
    if timezone.localdate(at) < found.on:
        raise NotThatDay(
            _("这次检查预约在{day}").format(day=period_text(Period.of(found.on, "day"))),
            why=_("检查按预约的日子计入次数"),
            todo=_("请在那一天再来，或退回后另约"), rule="INS-1", source=law.rule("INS-1", found.on).source_text,
        )  # fmt: skip
    # Clocks of two machines may differ: an arrival is not earlier than its booking.
    moment = max(at, found.booked_at)
    found.state, found.arrived_at, found.arrived_by = Visit.State.ARRIVED, moment, by.name
    if found.mode == Visit.Mode.UNANNOUNCED:
        numbers = list(found.parts.order_by("id").values_list("item__number", flat=True))
        ground = ground_of(items=numbers, unit=found.unit.code)
        rows = Rows()
        _ask(rows, found.number, ground, found.on, found.minutes_hundredths, found.booked_by, moment)
        rows.send()
        found.demand_id = Demand.objects.values_list("id", flat=True).get(number=found.number)
    found.save(update_fields=["state", "arrived_at", "arrived_by", "demand"])
    record_event(
        verb="gate.visit.arrived", subject=f"visit:{found.number}", by=by, at=at, unit_path=found.unit.path,
        detail={"unit": found.unit.code, "mode": found.mode},
    )  # fmt: skip
    use_caps(found.caps)


def _give_back(found: Visit, reason: str, verb: str, by: Actor, at: datetime) -> None:
    moment = max(at, found.booked_at)
    found.state, found.given_back_at, found.reason = Visit.State.GIVEN_BACK, moment, reason
    found.save(update_fields=["state", "given_back_at", "reason"])
    if found.demand_id is not None:
        Demand.objects.filter(id=found.demand_id).update(withdrawn_at=moment)
        give_back_entries(demand_id=found.demand_id, at=moment)
    record_event(
        verb=verb, subject=f"visit:{found.number}", by=by, at=at, detail={"reason": reason},
        unit_path=_plan_path(found) if found.mode == Visit.Mode.UNANNOUNCED else found.unit.path,
    )  # fmt: skip
    give_back_caps(found.caps)


def _ask(rows: Rows, number: str, ground: Ground, on: date, minutes: int, asked_by: str, at: datetime) -> None:
    """The demand of a visit and its entry in the ledger. It bears the visit's number, whose events tell of it too.

    Numbers in a row would make all bookings wait for each other, and their gaps would tell of sealed ones.
    """
    first = ground.items[0]
    rows.insert(
        Demand, number=number, kind="visit", title=first.title, asker_id=first.department_id,
        scope_unit_id=ground.unit_id, target_level=ground.unit_level, basis=first.basis,
        is_emergency=first.origin == "emergency", unit_count=1, minutes_hundredths=minutes,
        minutes_hundredths_per_unit=minutes, issued_at=at, due_on=on, by_name=asked_by,
    )  # fmt: skip
    post_entry(
        rows, demand=number, asker_id=first.department_id, kind="visit", on=on, unit_id=ground.unit_id,
        minutes=minutes, estimate="visit",
    )  # fmt: skip


def _put_on_record(refused: NotLetThrough, request: _Request, ground: Ground, by: Actor, at: datetime) -> None:
    """The attempt is kept, in the law's language; of a sealed one the record names neither the unit nor the day."""
    first = ground.items[0]
    with translation.override(settings.LANGUAGE_CODE):
        what = _told_of(refused, request, ground, at)
    put_refusal(
        kind="visit", title=first.title, asker_id=first.department_id, asker=first.department_code,
        scope_id=first.plan_unit_id if request.is_sealed else ground.unit_id,
        scope_path=first.plan_path if request.is_sealed else ground.unit_path, target_level=ground.unit_level,
        reasons=[Reason(refused.rule, what, refused.source)], by=by, at=at,
    )  # fmt: skip


def _told_of(refused: NotLetThrough, request: _Request, ground: Ground, at: datetime) -> str:
    """What the record says, in the language in force now: the refusal itself spoke the reader's."""
    if request.is_sealed:
        said = {OutOfPlan: _("不在计划内"), NotAsPlanned: _("计划里不是暗访"), TooSoon: _("离另一次检查太近")}
        return said.get(type(refused), _("次数已满"))
    again = {
        OutOfPlan: lambda: outside_plan(ground, request.on, timezone.localdate(at)),
        TooSoon: lambda: too_soon(ground, request.on, limits_on(request.on)),
        CapReached: lambda: cap_obstacle(ground, request.on),
    }[type(refused)]()
    return again.what if again else str(refused.what)


def _may_give_back(found: Visit, by: Actor) -> bool:
    parts = found.parts.values_list("item__department__code", "item__plan__unit__path")
    return any(
        by.may("PLAN_DECIDE", path) or by.may("DEMANDS_ISSUE", found.unit.path, department=code) for code, path in parts
    )


def _plan_path(found: Visit) -> str:
    return found.parts.order_by("id").values_list("item__plan__unit__path", flat=True)[0]


def _locked(*, skip: bool = False) -> QuerySet[Visit]:
    return Visit.objects.select_for_update(of=("self",), skip_locked=skip).select_related("unit")


def _expiry(on: date) -> datetime:
    """When a hold ends: so many hours from the beginning of its day."""
    return _start_of(on) + timedelta(hours=law.rule("INS-1", on).parameters["hold_hours"])


@lru_cache(maxsize=1024)
def _start_of(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time()))


def ticket_of(request_key: str) -> Ticket:
    """Inside the room: from the house's secret, so that a request which is repeated gets the same one."""
    chance = hashlib.blake2b(
        request_key.encode(), key=_key_of(settings.SECRET_KEY), person=b"dukao.gate.visit", digest_size=CODE_BYTES
    )
    code = code_of(chance.digest())
    digest = code_digest(code)
    return Ticket(code, digest, number_of(digest))


@lru_cache(maxsize=1)
def _key_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _refuse_bad_words(request: _Request) -> None:
    errors = {}
    if not 1 <= len(request.items) <= _ITEMS_MOST:
        errors["items"] = _("请选择 1 到 {most} 个计划事项").format(most=_ITEMS_MOST)
    if request.mode not in (Visit.Mode.ANNOUNCED, Visit.Mode.UNANNOUNCED):
        errors["mode"] = _("请选择检查方式")
    if not 1 <= len(request.purpose) <= 500:
        errors["purpose"] = _("1 到 500 字")
    if not 1 <= request.team_size <= _TEAM_MOST:
        errors["team_size"] = _("1 到 {most} 人").format(most=_TEAM_MOST)
    if not 1 <= len(request.people) <= max(request.team_size, 1):
        errors["people"] = _("请写明来的人，不多于检查组人数")
    elif not all(str(person["office"]).strip() and len(str(person)) <= _PERSON_LENGTH for person in request.people):
        errors["people"] = _("请写明每个人的单位和职务")
    if not 1 <= len(request.request_key) <= 64:
        errors["request_key"] = _("1 到 64 个字符")
    if errors:
        raise Invalid(_("预约没有写完整"), errors=errors)
