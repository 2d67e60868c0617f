"""Caps as they stand: what a booking would draw on, what it would be refused for, and whether the counts are right."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.utils.translation import gettext as _

from dukao.base.findings import Finding
from dukao.base.periods import Period
from dukao.base.refusals import NotThere
from dukao.base.sql import Statement, places, run
from dukao.base.wording import period_text
from dukao.gate.models import Plan, PlanItem, Quota, Visit
from dukao.gate.queries.joint import joint_items_led
from dukao.gate.rules.items import METHODS, REMOTE_METHOD
from dukao.gate.rules.quotas import (
    DOCUMENTS,
    OWN_CAPS,
    RULES,
    UNIT_CAPS,
    Cap,
    Drawn,
    Limits,
    caps_of,
    is_full,
    is_lifted_for,
    is_rested,
    month_key,
    next_possible_day,
    week_key,
)
from dukao.law import queries as law
from dukao.law.workdays import UnknownYear, is_workday, workday_after, workdays_around
from dukao.org.rules import Actor

_LOOK_AHEAD_DAYS = 92


@dataclass(frozen=True, slots=True)
class BookableItem:
    """A current item with what a booking needs of it; `unit` is the plan's."""

    id: int
    number: str
    origin: str
    state: str
    department_id: int
    department_code: str
    department_name: str
    title: str
    topic: str
    method: str
    basis: str
    questions: tuple[str, ...]
    starts_on: date
    ends_on: date
    target_level: int
    scope_path: str
    visits_most: int
    minutes_hundredths: int
    plan_state: str
    plan_path: str
    plan_unit_id: int
    names_targets: bool
    visits_at_target: int | None

    @property
    def drawn(self) -> Drawn:
        return Drawn(self.number, self.origin, self.department_code, self.topic, self.visits_most,
                     self.visits_at_target)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """What a booking stands on: its items in the order asked, the unit, and the visit booked earlier by its request."""

    items: tuple[BookableItem, ...]
    unit_id: int
    unit_code: str
    unit_name: str
    unit_level: int
    unit_path: str
    earlier_id: int | None


@dataclass(frozen=True, slots=True)
class CapState:
    """One cap as it stands. `lifted`: emergencies among held and used, which may go beyond the limit."""

    key: str
    limit: int
    held: int
    used: int
    lifted: int

    @property
    def taken(self) -> int:
        return self.held + self.used

    @property
    def left(self) -> int:
        return max(0, self.limit - self.taken)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a booking is not let through, in words a person can act on. `next_on`: the first day that has room."""

    rule: str
    what: str
    why: str
    todo: str
    source: str
    next_on: date | None = None


def cap_states(keys: Sequence[str]) -> dict[str, CapState]:
    """Internal: the caps that stand among these keys."""
    rows = Quota.objects.filter(key__in=list(keys)).values_list("key", "limit", "held", "used", "lifted")
    return {row[0]: CapState(*row) for row in rows}


def require_booking(ground: Ground, on: date, by: Actor) -> None:
    """Inside the room: a department books its own items, the office that runs the plan any; and whoever leads a joint
    visit of the adopted calendar books the items that go with it, there and on that day. Raises NotThere.
    """
    is_own = all(
        by.may("PLAN_DECIDE", item.plan_path)
        or by.may("DEMANDS_ISSUE", ground.unit_path, department=item.department_code)
        for item in ground.items
    )
    if is_own:
        return
    first, asked = ground.items[0].number, {item.number for item in ground.items}
    led = joint_items_led(unit_id=ground.unit_id, unit_path=ground.unit_path, on=on, by=by)
    if not any(items[0] == first and asked <= set(items) for items in led):
        raise NotThere()


def limits_on(on: date) -> Limits:
    """Inside the room: what the profile says on the day."""
    return _limits(on, law.chosen_profile())


@lru_cache(maxsize=1024)
def _limits(on: date, profile: str) -> Limits:
    return Limits.of(
        law.rule("INS-2", on, profile=profile).parameters, law.rule("INS-3", on, profile=profile).parameters
    )


def booking_caps(ground: Ground, on: date, limits: Limits) -> tuple[Cap, ...]:
    """Inside the room: the caps of a booking in the order of their keys."""
    return caps_of([item.drawn for item in ground.items], ground.unit_code, on, limits)


def outside_plan(ground: Ground, on: date, today: date) -> Obstacle | None:
    """Inside the room: INS-1. Nothing is booked but what an approved item allows, where and when it allows it."""
    for item in ground.items:
        if item.method == REMOTE_METHOD:
            return _obstacle(
                "INS-1", today, _("“{item}”批准的是不到现场").format(item=item.title), _("计划怎么公布，就怎么查"),
                _("请用“不到现场看数据”；确需到现场的，请督考办批准变更这一项的方式"),
            )  # fmt: skip
        if what := _outside(item, ground, on):
            # By today's rule: for the day asked for there may be none.
            return _obstacle("INS-1", today, what, _("不在计划内的检查，要先经一事一报批准"),
                             _("请在计划内选择事项、单位和日期；确有必要的，请提交一事一报"))  # fmt: skip
    if on < today:
        return _obstacle("INS-1", today, _("{day}已经过去").format(day=_day(on)), _("检查要先预约，不能补办"),
                         _("请改成今天或以后的日期"))  # fmt: skip
    return None


def not_as_planned(ground: Ground, on: date) -> Obstacle | None:
    """Inside the room: INS-9, for a sealed visit. What the plan told openly is not carried out unannounced."""
    if not law.rule("INS-9", on).parameters["as_planned_only"]:
        return None
    for item in ground.items:
        if item.method != "unannounced":
            what = _("“{item}”批准的方式是“{method}”，不能改成四不两直")
            return _obstacle(
                "INS-9", on, what.format(item=item.title, method=_(METHODS[item.method])),
                _("计划怎么公布，就怎么去；暗访要在计划事项里写明"),
                _("请改为事先告知；确需暗访的，请督考办批准变更这一项的方式"),
            )  # fmt: skip
    return None


def too_soon(ground: Ground, on: date, limits: Limits) -> Obstacle | None:
    """Inside the room: INS-3, the rest that a unit is owed. A booking holds it by `is_visited_near`."""
    if is_lifted_for(ground.items, limits):
        return None
    near = _visited_near(ground.unit_id, on, limits.cooling_workdays)
    if all(is_rested(other, on, limits.cooling_workdays, workday_after) for other in near):
        return None
    what = _("{unit}离前后的检查不足 {n} 个工作日").format(unit=ground.unit_name, n=limits.cooling_workdays)
    return _with_next_day("INS-3", ground, on, limits, what)


def is_visited_near(ground: Ground, on: date, limits: Limits, *, number: str) -> Statement | None:
    """Inside the room: the condition under which a booking would be too soon, apart from itself (its number); None
    where no rest is owed. On PostgreSQL it waits for whoever is booking the same unit; SQLite's writers do so anyway.
    """
    if not limits.cooling_workdays or is_lifted_for(ground.items, limits):
        return None
    own = connections[DEFAULT_DB_ALIAS]
    days = workdays_around(on, limits.cooling_workdays)
    return _IS_VISITED[own.vendor], [ground.unit_id, *map(own.ops.adapt_datefield_value, days), number]


_IS_VISITED = {
    "postgresql": "gate_is_visited(%s, %s, %s, %s)",
    "sqlite": (
        'EXISTS (SELECT 1 FROM gate_visit WHERE unit_id = %s AND "on" BETWEEN %s AND %s AND number <> %s'
        " AND state <> 'given_back' AND mode <> 'remote')"
    ),
}


def cap_obstacle(ground: Ground, on: date) -> Obstacle | None:
    """Inside the room: the cap that has no room, what has used it, and what can be done; first what no day can help."""
    limits = limits_on(on)
    caps = booking_caps(ground, on, limits)
    states = cap_states([cap.key for cap in caps])
    for kind in RULES:
        for cap in caps:
            state = states.get(cap.key, CapState(cap.key, cap.limit, 0, 0, 0))
            if cap.kind == kind and not cap.is_lifted and is_full(state.held, state.used, state.limit):
                return _full(ground, cap, state, on, limits)
    return None


def quotas_that_differ() -> Iterator[Finding]:
    """For `dukao check`: caps whose counts are not what the visits say."""
    held: Counter[str] = Counter()
    used: Counter[str] = Counter()
    lifted: Counter[str] = Counter()
    standing = Visit.objects.exclude(state=Visit.State.GIVEN_BACK).values_list("state", "caps")
    for state, caps in standing.iterator(chunk_size=5000):
        (held if state == Visit.State.HELD else used).update(caps.keys())
        lifted.update(key for key, is_lifted in caps.items() if is_lifted)
    seen = set()
    of_visits = Quota.objects.exclude(key__startswith=DOCUMENTS).order_by("key")
    for key, *kept in of_visits.values_list("key", "held", "used", "lifted").iterator():
        seen.add(key)
        counted = [held[key], used[key], lifted[key]]
        if kept != counted:
            yield _finding(key, kept, counted)
    for key in sorted((held.keys() | used.keys()) - seen):
        yield _finding(key, [0, 0, 0], [held[key], used[key], lifted[key]])


def ground_of(*, items: Sequence[str], unit: str, number: str = "") -> Ground:
    """Inside the room: everything that a booking needs to know, in one statement; `number` is the visit's to be.

    Raises: NotThere (an item, or the unit, is not there).
    """
    numbers = tuple(dict.fromkeys(items))
    if not numbers:
        raise NotThere()
    rows = run(f"{_GROUND} WHERE i.is_current AND i.number IN ({places(numbers)})", [unit, number, *numbers]).fetchall()
    found = {row[1]: _item(row) for row in rows}
    if len(found) < len(numbers):
        raise NotThere()
    return Ground(tuple(found[number] for number in numbers), *rows[0][-6:])


_GROUND = """
    SELECT i.id, i.number, i.origin, i.state, d.id, d.code, d.name, i.title, i.topic, i.method, i.basis, i.questions,
           i.starts_on, i.ends_on, i.target_level, s.path, i.visits_most, i.minutes_hundredths_per_visit,
           p.state, a.path, a.id, EXISTS (SELECT 1 FROM gate_plantarget o WHERE o.item_id = i.id), t.visits_most,
           u.id, u.code, u.name, u.level, u.path, v.id
    FROM gate_planitem i
    JOIN gate_plan p ON p.id = i.plan_id
    JOIN org_unit a ON a.id = p.unit_id
    JOIN org_department d ON d.id = i.department_id
    JOIN org_unit s ON s.id = i.scope_unit_id
    JOIN org_unit u ON u.code = %s AND u.valid_to IS NULL
    LEFT JOIN gate_plantarget t ON t.item_id = i.id AND t.unit_id = u.id
    LEFT JOIN gate_visit v ON v.number = %s
"""


def _item(row: Sequence[Any]) -> BookableItem:
    asked = _read_questions(row[11]) if isinstance(row[11], str) else _questions(row[11])
    told: list[Any] = [*row[:11], asked, *row[12:23]]
    return BookableItem(*told)


def _questions(kept: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    return tuple([one["text"] for one in kept])


@lru_cache(maxsize=256)
def _read_questions(kept: str) -> tuple[str, ...]:
    """As SQLite keeps them."""
    return _questions(json.loads(kept))


def _outside(item: BookableItem, ground: Ground, on: date) -> str:
    """How the booking lies outside the item; empty where it does not."""
    if item.state != PlanItem.State.APPROVED:
        return _("“{item}”没有批准").format(item=item.title)
    if item.origin == PlanItem.Origin.PLANNED and item.plan_state != Plan.State.PUBLISHED:
        return _("“{item}”所在的计划还没有公布").format(item=item.title)
    if not item.starts_on <= on <= item.ends_on:
        return _("“{item}”只在{start}到{end}之间开展").format(
            item=item.title, start=_day(item.starts_on), end=_day(item.ends_on)
        )
    reached = (
        item.visits_at_target is not None
        if item.names_targets
        else ground.unit_level == item.target_level and ground.unit_path.startswith(item.scope_path)
    )
    # Nobody inspects the unit whose plan it is: it would learn of what is sealed.
    if not reached or item.plan_path.startswith(ground.unit_path):
        return _("“{item}”不包括{unit}").format(item=item.title, unit=ground.unit_name)
    return ""


def item_of(ground: Ground, cap: Cap, on: date, limits: Limits) -> BookableItem:
    """Inside the room: the first item that draws on the cap."""
    return next(i for i in ground.items if cap in caps_of([i.drawn], ground.unit_code, on, limits))


def tells_counts(ground: Ground, cap: Cap, item: BookableItem) -> bool:
    """Inside the room: whether what is booked on the cap is told. Of what others booked nothing is, not even how many:
    some of it may be sealed.
    """
    return cap.kind in OWN_CAPS and item.department_id == ground.items[0].department_id


def _full(ground: Ground, cap: Cap, state: CapState, on: date, limits: Limits) -> Obstacle:
    item = item_of(ground, cap, on, limits)
    shape = {
        "item": _("“{item}”一共可以去 {limit} 次"),
        "target": _("“{item}”可以去{unit} {limit} 次"),
        "department": _("{department}{year}年可以检查 {limit} 次"),
        "topic": _("“{item}”这类主题{year}年的检查已经排满，最多 {limit} 次"),
        "month": _("{unit}{month}的检查已经排满，最多 {limit} 次"),
        "week": _("{unit}这一周（{monday}起）的检查已经排满，最多 {limit} 次"),
    }[cap.kind]
    what = shape.format(
        item=item.title, department=item.department_name, unit=ground.unit_name, year=on.year,
        month=period_text(Period.of(on, "month")), monday=_day(on - timedelta(days=on.weekday())), limit=state.limit,
    )  # fmt: skip
    if tells_counts(ground, cap, item):
        what = _("{what}，已到场 {used} 次、已预约 {held} 次").format(what=what, used=state.used, held=state.held)
    elif cap.kind in OWN_CAPS:
        what = _("{what}，已经排满").format(what=what)
    return _with_next_day(RULES[cap.kind], ground, on, limits, what, is_of_unit=cap.kind in UNIT_CAPS)


def _visited_near(unit_id: int, on: date, cooling_workdays: int, ahead_days: int = 0) -> list[date]:
    """Days on which the unit is visited, by whomever, as far as its rest may reach (and so many days ahead)."""
    # No holidays are so long that fewer working days lie in this.
    reach = 2 * cooling_workdays + 14
    between = (on - timedelta(days=reach), on + timedelta(days=reach + ahead_days))
    rows = run(
        'SELECT "on" FROM gate_visit WHERE unit_id = %s AND "on" BETWEEN %s AND %s'
        " AND state <> 'given_back' AND mode <> 'remote'",
        [unit_id, *map(connection.ops.adapt_datefield_value, between)],
    )
    return [day for (day,) in rows]


def _with_next_day(
    rule: str, ground: Ground, on: date, limits: Limits, what: str, *, is_of_unit: bool = True
) -> Obstacle:
    if not is_of_unit:
        return _obstacle(rule, on, what, _("次数一经定下就不能超过"),
                         _("请等已预约的退回，或报督考办调整计划；确有必要的，请提交一事一报"))  # fmt: skip
    next_on = next(iter(free_days(ground, on, limits, most=1)), None)
    todo = (
        _("最早可以改到{day}，或与已安排的检查合并成一次").format(day=_day(next_on))
        if next_on
        else _("事项的时间范围内没有别的日子了；请与已安排的检查合并成一次，确有必要的，请提交一事一报")
    )
    return replace(_obstacle(rule, on, what, _("基层单位不能被反复检查"), todo), next_on=next_on)


def free_days(ground: Ground, after: date, limits: Limits, most: int) -> tuple[date, ...]:
    """Inside the room: the first days after that one on which the unit has room for the items and is rested."""
    until = min([item.ends_on for item in ground.items] + [after + timedelta(days=_LOOK_AHEAD_DAYS)])
    visited = _visited_near(ground.unit_id, after, limits.cooling_workdays, ahead_days=_LOOK_AHEAD_DAYS)
    rows = Quota.objects.filter(key__startswith=f"unit:{ground.unit_code}:").values_list("key", "held", "used", "limit")
    full = {key for key, held, used, limit in rows if is_full(held, used, limit)}
    if is_lifted_for(ground.items, limits):
        visited, full = [], set()

    def is_taken(day: date) -> bool:
        return not full.isdisjoint({month_key(ground.unit_code, day), week_key(ground.unit_code, day)})

    found: list[date] = []
    with suppress(UnknownYear):
        while len(found) < most:
            day = next_possible_day(
                after=found[-1] if found else after, until=until, visited=visited, limits=limits, is_workday=is_workday,
                workday_after=workday_after, taken=is_taken,
            )  # fmt: skip
            if day is None:
                break
            found.append(day)
    return tuple(found)


def _obstacle(rule: str, on: date, what: str, why: str, todo: str) -> Obstacle:
    return Obstacle(rule, what, why, todo, law.rule(rule, on).source_text)


def _finding(key: str, kept: Sequence[int], counted: Sequence[int]) -> Finding:
    return Finding(
        check="gate.quotas", where=f"quota:{key}",
        what=_("额度记的是已预约 {kept[0]}、已到场 {kept[1]}、应急 {kept[2]}，"
               "按检查记录应是 {due[0]}、{due[1]}、{due[2]}").format(kept=kept, due=counted),
        todo=_("检查记录以操作留痕为准；请查明谁直接改过数据库，再按检查记录改正额度"),
    )  # fmt: skip


def _day(on: date) -> str:
    return period_text(Period.of(on, "day"))
