"""Caps: held by bookings, used by arrivals, given back; and their limits, set by the plan.

1. A booking takes all its caps in one statement; where one has no room, the statement fails and the whole transaction
   with it. A cap that does not stand yet comes into being in the same statement.
2. Rows are locked in one order everywhere, by key, so that writers wait for each other and never in a circle.
3. The database itself keeps `held + used ≤ limit + lifted`; no mistake here can go beyond it.

All functions run inside the caller's transaction, require no right and record no event: the caller did both.
"""
# ruff: noqa: S608 (the SQL is put together from constants and placeholders only)

from collections.abc import Mapping, Sequence

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from dukao.base.refusals import NotThere, Refused
from dukao.base.sql import Statement
from dukao.gate.actions.writing import Rows
from dukao.gate.models import PlanItem, PlanTarget, Quota
from dukao.gate.rules.quotas import Cap, department_key, item_key, target_key, topic_key

# Where there is no room the count is made one that the database refuses: nothing of the transaction stays.
_HOLD = (
    'INSERT INTO gate_quota AS q ("key", "limit", held, used, lifted) VALUES {}'
    ' ON CONFLICT ("key") DO UPDATE SET lifted = q.lifted + excluded.lifted, held = CASE'
    ' WHEN q.held + q.used < q."limit" OR excluded.lifted = 1 THEN q.held + 1 ELSE -1 END'
)
_UNLESS = "CASE WHEN {} THEN -1 ELSE 1 END"
# A cap that allows nothing has to be raised, and so to stand, before it can be held.
_STANDS_NOT = 'NOT EXISTS (SELECT 1 FROM gate_quota WHERE "key" = %s)'


class LimitBelowBooked(Refused):
    """More is booked or carried out already than the new limit allows."""


def hold_caps(rows: Rows, caps: Sequence[Cap], unless: Statement | None = None) -> None:
    """Hold one of each cap, given in the order of their keys, as the last of these rows; or fail (`finds_full`), also
    where the condition `unless` holds, which is looked at before any cap is locked.
    """
    marks, values = [], []
    for cap in caps:
        stops = [unless] if unless and cap is caps[0] else []
        if cap.limit < 1 and not cap.is_lifted:
            stops.append((_STANDS_NOT, [cap.key]))
        held = _UNLESS.format(" OR ".join(sql for sql, _values in stops)) if stops else "1"
        marks.append(f"(%s, %s, {held}, 0, {int(cap.is_lifted)})")
        values += [cap.key, max(cap.limit, 1 - cap.is_lifted), *(value for _sql, each in stops for value in each)]
    rows.last(_HOLD.format(", ".join(marks)), values)


def finds_full(error: IntegrityError) -> bool:
    """Whether the database refused because a cap has no room."""
    return "quota_not_negative" in str(error)


def use_caps(caps: Mapping[str, bool]) -> None:
    """What a visit holds (`Visit.caps`) is used from now on."""
    _move(caps, "held = held - 1, used = used + 1", [])


def give_back_caps(caps: Mapping[str, bool]) -> None:
    """What a visit holds is free again."""
    lifted = [key for key in sorted(caps) if caps[key]]
    change = "held = held - 1"
    if lifted:
        change += f', lifted = lifted - CASE WHEN q."key" IN ({_marks(lifted)}) THEN 1 ELSE 0 END'
    _move(caps, change, lifted)


def set_limits(
    *,
    items: Sequence[str] = (),
    departments: Mapping[str, int] | None = None,
    topics: Mapping[str, int] | None = None,
    year: int = 0,
) -> None:
    """Give caps their limits: items (numbers) as their current versions and targets say, departments and topics (by
    code) for a year. A cap that nobody sets has the profile's limit.

    Raises: NotThere (no such item), LimitBelowBooked.
    """
    limits = {department_key(code, year): most for code, most in (departments or {}).items()}
    limits |= {topic_key(topic, year): most for topic, most in (topics or {}).items()}
    assert year or not limits, "caps of departments and topics are those of a year"
    for number in items:
        limits |= _limits_of_item(number)
    if limits:
        _set(limits)


def _limits_of_item(number: str) -> dict[str, int]:
    """By key. A target that the item names no longer gets no more than it has."""
    item = PlanItem.objects.filter(number=number, is_current=True).first()
    if item is None:
        raise NotThere()
    prefix = item_key(number) + ":"
    named = dict(PlanTarget.objects.filter(item=item).values_list("unit__code", "visits_most"))
    standing = Quota.objects.filter(key__startswith=prefix).values_list("key", "held", "used")
    limits = {key: held + used for key, held, used in standing} if named else {}
    return limits | {item_key(number): item.visits_most} | {target_key(number, u): most for u, most in named.items()}


def _set(limits: Mapping[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO gate_quota AS q ("key", "limit", held, used, lifted)'
            f" VALUES {', '.join(['(%s, %s, 0, 0, 0)'] * len(limits))}"
            ' ON CONFLICT ("key") DO UPDATE SET "limit" = excluded."limit"'
            ' WHERE q.held + q.used - q.lifted <= excluded."limit" RETURNING "key"',
            [part for key in sorted(limits) for part in (key, limits[key])],
        )
        done = {key for (key,) in cursor.fetchall()}
    if refused := sorted(set(limits) - done):
        standing = Quota.objects.get(key=refused[0])
        raise LimitBelowBooked(
            _("已经安排了 {taken} 次（其中已到场 {used} 次），不能减到 {limit} 次").format(
                taken=standing.held + standing.used, used=standing.used, limit=limits[refused[0]]
            ),
            why=_("已到场的检查不能撤销，已预约的要先取消"),
            todo=_("请先取消部分预约，或把次数定在 {taken} 次以上").format(taken=standing.held + standing.used),
        )


def _move(caps: Mapping[str, bool], change: str, parameters: Sequence[str]) -> None:
    if not caps:
        return
    keys = sorted(caps)
    # An UPDATE alone would lock the rows in the order in which it happens to find them.
    in_order = ' ORDER BY "key" COLLATE "C" FOR NO KEY UPDATE' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f'WITH standing AS (SELECT "key" AS k FROM gate_quota WHERE "key" IN ({_marks(keys)}){in_order})'
            f' UPDATE gate_quota AS q SET {change} FROM standing AS s WHERE q."key" = s.k RETURNING "key"',
            [*keys, *parameters],
        )
        assert len(cursor.fetchall()) == len(keys), f"not all caps of a visit stand: {keys}"


def _marks(keys: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(keys))
