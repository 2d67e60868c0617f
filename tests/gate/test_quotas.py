"""Which caps a booking draws on and which days it may fall on: each limit of INS-1, INS-2 and INS-3 on both sides."""

from datetime import date

import pytest

from dukao.gate.rules.quotas import (
    RULES,
    Cap,
    Drawn,
    Limits,
    caps_of,
    is_full,
    is_rested,
    next_possible_day,
    week_key,
)
from dukao.law import queries as law
from dukao.law.workdays import is_workday, workday_after

ON = date(2026, 10, 12)
VILLAGE = "990101001201"


@pytest.fixture
def limits():
    """As the national profile says."""
    return Limits.of(law.rule("INS-2", ON).parameters, law.rule("INS-3", ON).parameters)


def _item(number="JH2026-0001", **changes):
    given = {"number": number, "origin": "planned", "department": "tax", "topic": "grain", "visits_most": 3}
    return Drawn(**given | changes)


def test_a_planned_visit_draws_on_five_caps_in_the_order_of_their_locks(limits):
    assert caps_of([_item()], VILLAGE, ON, limits) == (
        Cap("department:tax:2026", "department", 400), Cap("item:JH2026-0001", "item", 3),
        Cap("topic:grain:2026", "topic", 2000), Cap(f"unit:{VILLAGE}:2026-10", "month", 2),
        Cap(f"unit:{VILLAGE}:2026-W42", "week", 1),
    )  # fmt: skip


@pytest.mark.parametrize(("items", "keys"), [
    ([_item(visits_at_target=1)], ["department:tax:2026", "item:JH2026-0001", f"item:JH2026-0001:{VILLAGE}",
                                   "topic:grain:2026"]),
    ([_item("YS2026-0001", origin="exception")], ["item:YS2026-0001"]),
    ([_item("YJ2026-0001", origin="emergency")], ["item:YJ2026-0001"]),
    ([_item(), _item("JH2026-0002", department="health")],
     ["department:health:2026", "department:tax:2026", "item:JH2026-0001", "item:JH2026-0002", "topic:grain:2026"]),
    ([_item(), _item("JH2026-0002")], ["department:tax:2026", "item:JH2026-0001", "item:JH2026-0002",
                                       "topic:grain:2026"]),
])  # fmt: skip
def test_joint_visits_charge_each_items_caps_and_the_units_once(limits, items, keys):
    caps = caps_of(items, VILLAGE, ON, limits)
    assert [cap.key for cap in caps] == [*keys, f"unit:{VILLAGE}:2026-10", f"unit:{VILLAGE}:2026-W42"]
    assert caps_of(list(reversed(items)), VILLAGE, ON, limits) == caps


@pytest.mark.parametrize(("origins", "is_lifted"), [
    (["emergency"], True), (["emergency", "emergency"], True), (["emergency", "planned"], False),
    (["exception"], False), (["planned"], False),
])  # fmt: skip
def test_only_emergencies_alone_go_beyond_a_units_caps(limits, origins, is_lifted):
    items = [_item(f"N{n}", origin=origin) for n, origin in enumerate(origins)]
    caps = caps_of(items, VILLAGE, ON, limits)
    assert {cap.kind for cap in caps if cap.is_lifted} == ({"month", "week"} if is_lifted else set())


@pytest.mark.parametrize(("on", "week"), [
    (date(2026, 10, 11), "2026-W41"), (date(2026, 10, 12), "2026-W42"), (date(2026, 10, 18), "2026-W42"),
    (date(2026, 12, 31), "2026-W53"), (date(2027, 1, 1), "2026-W53"), (date(2027, 1, 4), "2027-W01"),
])  # fmt: skip
def test_weeks_begin_on_monday_and_go_across_the_year(on, week):
    assert week_key(VILLAGE, on) == f"unit:{VILLAGE}:{week}"


@pytest.mark.parametrize(("held", "used", "limit", "full"), [
    (1, 0, 2, False), (1, 1, 2, True), (0, 2, 2, True), (0, 0, 0, True), (2, 1, 2, True),
])  # fmt: skip
def test_what_is_held_and_what_was_used_fill_a_cap_alike(held, used, limit, full):
    assert is_full(held, used, limit) is full


@pytest.mark.parametrize(("one", "other", "workdays", "rested"), [
    # Monday 12 October: Tuesday, Wednesday and Thursday are its rest.
    (date(2026, 10, 12), date(2026, 10, 12), 3, False),
    (date(2026, 10, 12), date(2026, 10, 15), 3, False),
    (date(2026, 10, 12), date(2026, 10, 16), 3, True),
    (date(2026, 10, 16), date(2026, 10, 12), 3, True),
    # Over a weekend: Wednesday's rest ends on Monday.
    (date(2026, 10, 14), date(2026, 10, 19), 3, False),
    (date(2026, 10, 14), date(2026, 10, 20), 3, True),
    # Over the national holidays of 2024, whose Saturday 12 October was worked.
    (date(2024, 9, 30), date(2024, 10, 10), 3, False),
    (date(2024, 9, 30), date(2024, 10, 11), 3, True),
    # A profile without rest: the same day will do.
    (date(2026, 10, 12), date(2026, 10, 12), 0, True),
])  # fmt: skip
def test_whole_working_days_of_rest_before_and_after(one, other, workdays, rested):
    """INS-3, supervision-regulation#15."""
    assert is_rested(one, other, workdays, workday_after) is rested


@pytest.mark.parametrize(("visited", "full_days", "until", "day"), [
    ([], (), date(2026, 12, 31), date(2026, 10, 13)),
    ([date(2026, 10, 12)], (), date(2026, 12, 31), date(2026, 10, 16)),
    ([date(2026, 10, 12)], (16, 17, 18), date(2026, 12, 31), date(2026, 10, 19)),
    ([date(2026, 10, 12), date(2026, 10, 20)], (), date(2026, 12, 31), date(2026, 10, 26)),
    ([date(2026, 10, 12)], (), date(2026, 10, 16), date(2026, 10, 16)),
    ([date(2026, 10, 12)], (), date(2026, 10, 15), None),
])  # fmt: skip
def test_the_next_possible_day(limits, visited, full_days, until, day):
    assert next_possible_day(
        after=ON, until=until, taken=lambda d: d.month == 10 and d.day in full_days, visited=visited, limits=limits,
        is_workday=is_workday, workday_after=workday_after,
    ) == day  # fmt: skip


def test_every_kind_of_cap_has_its_rule(limits):
    items = [_item(visits_at_target=1)]
    assert {cap.kind for cap in caps_of(items, VILLAGE, ON, limits)} == set(RULES)
    assert all(law.rule(rule, ON).action == "refuse" for rule in RULES.values())
