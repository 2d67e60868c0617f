"""Bookings beside a model that knows nothing of SQL: what is let in, what is refused and why, and what stands."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chinese_calendar import is_workday
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from dukao.base.refusals import Refused
from dukao.gate import actions, queries
from dukao.gate.models import Quota
from tests.gate.world import approve, publish, request

FIRST = date(2026, 10, 9)
VILLAGES = ("一村", "二村")
WORKERS = {"一村": "alice", "二村": "wang"}
# Number → department, topic, most in its life, origin, named villages with their own number.
ITEMS = {
    "JH2026-0001": ("statistics", "grain", 2, "planned", {}),
    "JH2026-0002": ("tax", "grain", 3, "planned", {}),
    "JH2026-0003": ("tax", "flood", 4, "planned", {"一村": 1}),
    "YS2026-0001": ("statistics", "flood", 2, "exception", {}),
    "YJ2026-0001": ("tax", "flood", 2, "emergency", {}),
}
LIMITS = {"department": 4, "topic": 4, "month": 2, "week": 1, "rest": 3}

days = st.integers(0, 27).map(lambda n: FIRST + timedelta(days=n))
hours = st.integers(-30, 30)


@dataclass
class Model:
    """A booking as the model keeps it."""

    items: tuple[str, ...]
    village: str
    on: date
    is_sealed: bool
    state: str = "held"

    @property
    def is_urgent(self) -> bool:
        return all(ITEMS[number][3] == "emergency" for number in self.items)

    @property
    def caps(self) -> dict[tuple[str, ...], int]:
        """What it draws on → how much that allows."""
        year, week, _day = self.on.isocalendar()
        caps = {
            ("month", self.village, f"{self.on.month}"): LIMITS["month"],
            ("week", self.village, f"{year}/{week}"): LIMITS["week"],
        }
        for number in self.items:
            department, topic, most, origin, named = ITEMS[number]
            caps["item", number] = most
            if self.village in named:
                caps["target", number, self.village] = named[self.village]
            if origin == "planned":
                caps |= {("department", department): LIMITS["department"], ("topic", topic): LIMITS["topic"]}
        return caps


class Bookings(RuleBasedStateMachine):
    """One request after the other; the database is asked after each whether it says what the model says."""

    visits = Bundle("visits")

    def __init__(self, city) -> None:
        super().__init__()
        self.city = city
        self.own = transaction.atomic()
        self.own.__enter__()
        self.kept: dict[str, Model] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.own.__exit__(None, None, None)

    @initialize()
    def publish(self) -> None:
        plan = publish(self.city.unit["富水市"])
        for number, (department, topic, most, origin, named) in ITEMS.items():
            approve(
                plan, number, department_id=self.city.department[department], scope_unit_id=self.city.unit["富水市"],
                topic=topic, visits_most=most, origin=origin, starts_on=FIRST, ends_on=FIRST + timedelta(days=27),
                targets=[(self.city.unit[village], n) for village, n in named.items()],
            )  # fmt: skip
        actions.set_limits(
            departments={"tax": LIMITS["department"], "statistics": LIMITS["department"]},
            topics={"grain": LIMITS["topic"], "flood": LIMITS["topic"]}, year=2026,
        )  # fmt: skip

    @rule(
        target=visits, items=st.lists(st.sampled_from(sorted(ITEMS)), min_size=1, max_size=2, unique=True),
        village=st.sampled_from(VILLAGES), on=days, is_sealed=st.booleans(),
    )  # fmt: skip
    def book(self, items, village, on, is_sealed):
        wanted = Model(tuple(items), village, on, is_sealed)
        asked = request(
            items=items, unit=self.city.code[village], on=on, by=self.city.actor["sam"], at=noon(FIRST, -24),
            mode="unannounced" if is_sealed else "announced",
        )  # fmt: skip
        expected = self.expected(wanted)
        held, refused = outcome(lambda: actions.hold_visit(**asked))
        assert refused == expected
        if held is None:
            return None
        assert actions.hold_visit(**asked) == held
        self.kept[held.number] = wanted
        return held

    def expected(self, wanted: Model) -> str | None:
        """The name of the refusal, or None."""
        for number in wanted.items:
            named = ITEMS[number][4]
            if named and wanted.village not in named:
                return "OutOfPlan"
        standing = [one for one in self.kept.values() if one.state != "given_back"]
        near = [one.on for one in standing if one.village == wanted.village]
        if not wanted.is_urgent and not all(rested(day, wanted.on) for day in near):
            return "TooSoon"
        taken = Counter(cap for one in standing for cap in one.caps)
        for cap, most in wanted.caps.items():
            if taken[cap] >= most and not (wanted.is_urgent and cap[0] in ("month", "week")):
                return "CapReached"
        return None

    @rule(held=visits, shift=hours)
    def arrive(self, held, shift) -> None:
        if held is None:
            return
        kept = self.kept[held.number]
        at = noon(kept.on, shift)
        unit, by = self.city.code[kept.village], self.city.actor[WORKERS[kept.village]]
        seen, refused = outcome(lambda: actions.arrive(code=held.code, unit=unit, by=by, at=at))
        if kept.state == "given_back" or (kept.state == "held" and shift >= 12):
            assert refused == "CodeDoesNotHold"
        elif kept.state == "held" and shift < -12:
            assert refused == "NotThatDay"
        else:
            assert seen.demand_number == held.number
            kept.state = "arrived"

    @rule(held=visits)
    def give_back(self, held) -> None:
        if held is None:
            return
        kept = self.kept[held.number]
        by, at = self.city.actor["sam"], noon(kept.on, -48)
        _, refused = outcome(lambda: actions.give_back(visit=held.number, reason="改期", by=by, at=at))
        assert refused == ("AlreadyArrived" if kept.state == "arrived" else None)
        if not refused:
            kept.state = "given_back"

    @rule(day=days, shift=hours)
    def expire(self, day, shift) -> None:
        at = noon(day, shift)
        over = [one for one in self.kept.values() if one.state == "held" and at >= noon(one.on, 12)]
        assert actions.expire_holds(at=at) == len(over)
        for one in over:
            one.state = "given_back"

    @invariant()
    def the_caps_say_what_the_model_says(self) -> None:
        held = sum(len(one.caps) for one in self.kept.values() if one.state == "held")
        used = sum(len(one.caps) for one in self.kept.values() if one.state == "arrived")
        lifted = sum(2 for one in self.kept.values() if one.is_urgent and one.state != "given_back")
        rows = list(Quota.objects.values_list("limit", "held", "used", "lifted"))
        assert (held, used, lifted) == tuple(sum(row[n] for row in rows) for n in (1, 2, 3))
        assert all(row[1] + row[2] <= row[0] + row[3] for row in rows)

    @invariant()
    def the_house_finds_nothing(self) -> None:
        assert list(queries.quotas_that_differ()) == []

    @invariant()
    def a_sealed_visit_is_known_to_nobody_there(self) -> None:
        for village, worker in WORKERS.items():
            seen = {v.number for v in queries.visits(viewer=self.city.actor[worker])}
            known = {n for n, one in self.kept.items() if one.village == village
                     and (not one.is_sealed or one.state == "arrived")}  # fmt: skip
            assert seen == known


def outcome(deed: Callable[[], Any]) -> tuple[Any, str | None]:
    """What it answers, or the name of what it was refused for."""
    try:
        return deed(), None
    except Refused as refusal:
        return None, type(refusal).__name__


def noon(on: date, shift: int) -> datetime:
    return datetime(on.year, on.month, on.day, 4, tzinfo=UTC) + timedelta(hours=shift)


def rested(one: date, other: date) -> bool:
    earlier, later = sorted((one, other))
    between = [earlier + timedelta(days=n) for n in range(1, (later - earlier).days)]
    return sum(is_workday(day) for day in between) >= LIMITS["rest"]


def test_bookings_are_what_the_model_says(city):
    run_state_machine_as_test(
        lambda: Bookings(city),
        settings=settings(max_examples=40, stateful_step_count=25, deadline=None,
                          suppress_health_check=list(HealthCheck)),
    )  # fmt: skip
