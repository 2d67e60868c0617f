"""Histories of bookings by chance, over the real database: several actors at once, skewed clocks, repeats, kills.

1. A `World` is a village-sized city made for contention: three villages, two departments, six items, small caps.
2. A history has one to three actors who book, repeat, arrive, give back, expire and change limits, each by its own
   clock. Any action may die between any two of its statements, at its commit, or after it before the answer is heard;
   by an exception, or by a real `kill -9` of a process forked for it. Who heard no answer asks again.
3. Then everything is counted anew (`promises.broken_promises`).

The same seed gives the same decisions; how threads interleave is left to the machine.
"""

import logging
import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest import mock

from django.db import connection, connections, transaction

from dukao.base.refusals import Refused
from dukao.gate.actions import bookings, quotas, writing
from dukao.gate.models import BurdenEntry, Demand, Plan, PlanItem, PlanTarget, Quota, Refusal, Visit, VisitPart
from dukao.gate.queries.quotas import quotas_that_differ
from dukao.org.models import Department, Unit
from dukao.org.rules import Actor, Standing
from tests.gate.promises import Booking, Told, World, broken_promises

FIRST, DAYS = date(2026, 10, 9), 28
ACTORS_MOST, STEPS_MOST = 3, 4
# So often an action dies; and so often, where it does, it is a process of its own that is killed.
DEATHS, KILLS = 0.3, 0.06
# No action has more statements than this.
_STATEMENTS = 14
_WITH_TARGETS = "JH2026-0003"
_PEOPLE = [{"name": "甲", "office": "检查科"}]


class Died(BaseException):
    """The action ended between two statements; nobody knows how far it came."""


class Fault(threading.local):
    """When the action of this thread dies: before so many more statements, or never."""

    left: int | None = None
    kills = False

    def count(self) -> None:
        if self.left is None:
            return
        if self.left == 0:
            self.left = None
            if self.kills:
                os.kill(os.getpid(), signal.SIGKILL)
            raise Died
        self.left -= 1


FAULT = Fault()


def build_world() -> World:
    """The rows that stay; the database is migrated and empty."""
    units = [Unit(id=1, code="990200000000", name="模拟市", level=2, path="/1/")]
    units += [Unit(id=2, code="990201000000", name="模拟县", level=3, parent_id=1, path="/1/2/")]
    units += [
        Unit(id=n, code=f"9902010002{n:02}", name=f"{n}村", level=5, parent_id=2, path=f"/1/2/{n}/") for n in (3, 4, 5)
    ]
    for unit in units:
        unit.short_name = unit.pinyin = unit.pinyin_initials = unit.name
        unit.valid_from = date(2024, 1, 1)
    Unit.objects.bulk_create(units)
    Department.objects.bulk_create(
        Department(id=n, code=code, name=code, unit_id=1) for n, code in ((1, "a"), (2, "b"))
    )
    plan = Plan.objects.create(year=2026, unit_id=1, state=Plan.State.PUBLISHED)
    items = {}
    for number, department, topic, most, origin in (
        ("JH2026-0001", "a", "grain", 2, "planned"), ("JH2026-0002", "b", "grain", 3, "planned"),
        ("JH2026-0003", "a", "flood", 4, "planned"), ("JH2026-0004", "b", "flood", 1, "planned"),
        ("YS2026-0001", "a", "grain", 2, "exception"), ("YJ2026-0001", "b", "flood", 3, "emergency"),
    ):  # fmt: skip
        item = PlanItem.objects.create(
            plan=plan, number=number, origin=origin, state="approved", department_id=1 if department == "a" else 2,
            title=number, topic=topic, kind="special", method="unannounced", basis="模拟", purpose="模拟",
            scope_unit_id=1, target_level=5, starts_on=FIRST, ends_on=FIRST + timedelta(days=DAYS), visits_most=most,
            made_by="模拟", minutes_hundredths_per_visit=6000, approved_by="模拟", made_at=_instant(FIRST, 0),
        )  # fmt: skip
        items[number] = department
        if number == _WITH_TARGETS:
            PlanTarget.objects.bulk_create(PlanTarget(item=item, unit=unit, visits_most=1) for unit in units[2:4])
    return World(
        villages=tuple((unit.pk, unit.code) for unit in units[2:]), items=items,
        bookers={code: _actor(code, "department", units[0], code) for code in ("a", "b")},
        worker={unit.code: _actor(f"worker-{unit.pk}", "worker", unit, "") for unit in units[2:]},
        named=frozenset((_WITH_TARGETS, unit.code) for unit in units[2:4]),
    )  # fmt: skip


def _actor(name: str, role: str, unit: Unit, department: str) -> Actor:
    standing = Standing(role, role, unit.pk, unit.code, unit.name, unit.level, unit.path, 1, department, department)
    return Actor(name, name, None, (standing,))


class Simulator:
    """Runs histories one after the other in one world; its threads keep their connections."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.pool = ThreadPoolExecutor(ACTORS_MOST, initializer=_prepare_connection)
        self.deaths = self.kills = 0
        self.refused: Counter[str] = Counter()

    def close(self) -> None:
        for _ in range(ACTORS_MOST):
            self.pool.submit(connections["default"].close)
        self.pool.shutdown()

    def run(self, seed: int) -> list[str]:
        """One history; answer the promises that it broke, which is to say: an empty list."""
        dice, told = random.Random(seed), Told()
        since = self._reset(dice)
        actors = [
            _Simulated(self.world, told, random.Random(dice.random())) for _ in range(dice.randint(1, ACTORS_MOST))
        ]
        # At once where the database lets several write; else in turns, which is the same and cheaper.
        share = 0.6 if connection.vendor == "postgresql" else 0.05
        if len(actors) > 1 and dice.random() < share:
            for done in [self.pool.submit(actor.live) for actor in actors]:
                done.result()
        else:
            steps = [actor for actor in actors for _ in range(actor.steps)]
            dice.shuffle(steps)
            for actor in steps:
                actor.step(may_kill=True)
        for actor in actors:
            actor.ask_again()
        self.deaths, self.kills, self.refused = (
            self.deaths + told.deaths,
            self.kills + told.kills,
            self.refused + told.refused,
        )
        broken = list(broken_promises(self.world, told, since))
        # The house's own check counts everything anew as well, and takes its time.
        return broken + [finding.what for finding in (quotas_that_differ() if seed % 20 == 0 else ())]

    def _reset(self, dice: random.Random) -> int:
        """Forget the last history; answer the last event before this one."""
        with transaction.atomic(), connection.cursor() as cursor:
            for model in (VisitPart, BurdenEntry, Visit, Demand, Refusal, Quota):
                cursor.execute(f"DELETE FROM {model._meta.db_table}")
            quotas.set_limits(
                departments={"a": dice.randint(1, 4), "b": dice.randint(0, 4)}, topics={"grain": dice.randint(1, 4)},
                year=2026,
            )  # fmt: skip
            cursor.execute("SELECT coalesce(max(id), 0) FROM base_event")
            return cursor.fetchone()[0]


class _Simulated:
    """One actor with a clock of its own."""

    def __init__(self, world: World, told: Told, dice: random.Random) -> None:
        self.world, self.told, self.dice = world, told, dice
        self.steps = dice.randint(1, STEPS_MOST)

    def live(self) -> None:
        for _ in range(self.steps):
            self.step(may_kill=False)

    def step(self, *, may_kill: bool) -> None:
        booked, unheard = list(self.told.booked), list(self.told.unheard)
        if unheard and self.dice.random() < 0.5:
            return self._ask(self.dice.choice(unheard), may_kill)
        deeds: list[tuple[Callable[[bool], None], int]] = [
            (self._book, 50),
            (self._expire, 5),
            (self._change_limits, 5),
        ]
        if booked:
            deeds += [(self._arrive, 30), (self._give_back, 12), (self._repeat, 10), (self._clash, 4)]
        [deed] = self.dice.choices([deed for deed, _ in deeds], [weight for _, weight in deeds])
        return deed(may_kill)

    def ask_again(self) -> None:
        """Whoever heard nothing asks until there is an answer."""
        while self.told.unheard:
            self._ask(self.told.unheard[0], False, may_die=False)

    def _book(self, may_kill: bool) -> None:
        number = self.dice.choice(list(self.world.items))
        department, numbers = self.world.items[number], [number]
        if self.dice.random() < 0.2:
            numbers += [self.dice.choice([n for n, d in self.world.items.items() if d == department])]
        on = FIRST + timedelta(days=self.dice.randrange(DAYS))
        booking = Booking({
            "items": numbers, "unit": self.dice.choice(self.world.villages)[1], "on": on, "purpose": "模拟",
            "mode": self.dice.choice(["announced", "announced", "unannounced"]), "people": _PEOPLE, "team_size": 1,
            "request_key": f"{self.dice.getrandbits(64):x}", "by": self.world.bookers[department],
            "at": _instant(on, -self.dice.randint(-20, 200)),
        })  # fmt: skip
        self.told.unheard.append(booking)
        self._ask(booking, may_kill)

    def _ask(self, booking: Booking, may_kill: bool, may_die: bool = True) -> None:
        done, answer = self._try(lambda: bookings.hold_visit(**booking.request), may_kill, may_die)
        if not done:
            return
        if isinstance(answer, bookings.HeldVisit):
            assert booking.held in (None, answer), "the same request has the same answer"
            booking.held = answer
            self.told.booked.append(booking)
        with suppress(ValueError):
            self.told.unheard.remove(booking)

    def _repeat(self, may_kill: bool) -> None:
        booking = self.dice.choice(self.told.booked)
        done, answer = self._try(lambda: bookings.hold_visit(**booking.request), may_kill)
        assert not done or answer == booking.held, "a booking that was answered is answered again"

    def _clash(self, may_kill: bool) -> None:
        booking = self.dice.choice(self.told.booked)
        done, answer = self._try(lambda: bookings.hold_visit(**booking.request | {"purpose": "别的"}), may_kill)
        assert not done or isinstance(answer, bookings.RequestKeyTaken), "a key stands for one request"

    def _arrive(self, may_kill: bool) -> None:
        booking = self.dice.choice(self.told.booked)
        unit = booking.request["unit"] if self.dice.random() < 0.9 else self.dice.choice(self.world.villages)[1]
        at, by = _instant(booking.request["on"], self.dice.randint(-20, 30)), self.world.worker[unit]
        code = booking.held.code if booking.held else ""
        done, answer = self._try(lambda: bookings.arrive(code=code, unit=unit, by=by, at=at).number, may_kill)
        if done and isinstance(answer, str):
            assert unit == booking.request["unit"], "a code holds at its own unit only"
            self.told.arrived.add(answer)

    def _give_back(self, may_kill: bool) -> None:
        booking = self.dice.choice(self.told.booked)
        number, by = booking.held.number if booking.held else "", booking.request["by"]
        at = _instant(booking.request["on"], self.dice.randint(-300, 30))
        done, answer = self._try(lambda: bookings.give_back(visit=number, reason="改期", by=by, at=at), may_kill)
        if done and answer is None:
            self.told.given_back.add(number)

    def _expire(self, may_kill: bool) -> None:
        at = _instant(FIRST + timedelta(days=self.dice.randrange(DAYS)), self.dice.randint(-20, 20))
        self._try(lambda: bookings.expire_holds(at=at), may_kill)

    def _change_limits(self, may_kill: bool) -> None:
        most = self.dice.randint(0, 5)

        def change() -> None:
            with transaction.atomic():
                quotas.set_limits(departments={"a": most}, topics={"grain": most}, year=2026)

        self._try(change, may_kill)

    def _try(self, deed: Callable[[], Any], may_kill: bool, may_die: bool = True) -> tuple[bool, Any]:
        """Do it, or die of it: whether there was an answer, and the answer, which may be a refusal."""
        left = self.dice.randrange(_STATEMENTS) if may_die and self.dice.random() < DEATHS else None
        if left is not None and may_kill and self.dice.random() < KILLS:
            self.told.kills += 1
            return _in_a_process_that_is_killed(deed, left)
        try:
            with _dying_after(left):
                answer = deed()
                # Done and committed, and still nobody hears of it.
                if left is not None:
                    raise Died
        except Died:
            self.told.deaths += 1
            return False, None
        except Refused as refusal:
            self.told.refused[type(refusal).__name__] += 1
            return True, refusal
        return True, answer


@contextmanager
def _dying_after(left: int | None, kills: bool = False) -> Iterator[None]:
    FAULT.left, FAULT.kills = left, kills
    try:
        yield
    finally:
        FAULT.left = None


def _in_a_process_that_is_killed(deed: Callable[[], Any], left: int) -> tuple[bool, Any]:
    """Do it in a process forked for it, which is killed before one of its statements, or before it can answer."""
    connection.close()
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with _dying_after(left, kills=True):
                deed()
            os.kill(os.getpid(), signal.SIGKILL)
        except Refused:
            pass
        except BaseException as problem:
            os.write(theirs, repr(problem).encode())
        finally:
            os._exit(1)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        problem = pipe.read().decode()
    os.waitpid(child, 0)
    assert not problem, problem
    _hurry()
    return False, None


def _hurry() -> None:
    """Processes are killed here, machines are not: nothing has to reach the disk."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF" if connection.vendor == "sqlite" else "SET synchronous_commit = off")


def _instant(on: date, hours: int) -> datetime:
    """So many hours after noon of the day there."""
    return datetime(on.year, on.month, on.day, 4, tzinfo=UTC) + timedelta(hours=hours)


def _prepare_connection() -> None:
    """Every statement and commit of this thread's connection is a place to die."""
    own = connections["default"]
    own.execute_wrappers.append(_counting)
    commit = own._commit

    def committing() -> None:
        try:
            FAULT.count()
        except Died:
            own._rollback()
            raise
        commit()
        FAULT.count()

    own._commit = committing
    _hurry()


def _counting(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    FAULT.count()
    return execute(sql, params, many, context)


class _CountingCursor:
    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def execute(self, sql: str, values: list[Any]) -> None:
        FAULT.count()
        self._cursor.execute(sql, values)

    def close(self) -> None:
        self._cursor.close()


@contextmanager
def simulating() -> Iterator[Simulator]:
    """A simulator in this database, which is migrated and its own."""
    # A pipeline that somebody died in has errors nobody waits for.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    world, driver = build_world(), writing._driver
    own = connections["default"]
    wrappers, commit = list(own.execute_wrappers), own._commit
    _prepare_connection()
    with mock.patch.object(writing, "_driver", lambda own: _CountingCursor(driver(own))):
        simulator = Simulator(world)
        try:
            yield simulator
        finally:
            simulator.close()
            own.execute_wrappers[:] = wrappers
            own._commit = commit
