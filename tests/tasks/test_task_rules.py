"""The table of states, lights, what may not be asked, and the draw of who confirms."""

from datetime import date

import pytest

from dukao.gate.rules import draws
from dukao.law import queries as law
from dukao.tasks.queries.days import yellow_from
from dukao.tasks.rules import states
from dukao.tasks.rules.asking import RULE_IDS, AskedText, hits
from dukao.tasks.rules.confirming import Premature, drawn_units, promised_from, public_part
from dukao.tasks.rules.lights import light, milestone_days

ON = date(2026, 10, 8)
RULES = {name: law.rule(name, ON) for name in RULE_IDS}


def test_every_cell_of_the_table():
    """What is not here is refused; a task that is over stays so, and only denial opens what was closed."""
    assert {(state, act): states.after(state, act) for state in states.STATES for act in states.ACTS
            if states.after(state, act)} == {
        ("set", "sign"): "doing", ("set", "object"): "objected", ("set", "withdraw"): "withdrawn",
        ("objected", "keep"): "set", ("objected", "hand_over"): "set", ("objected", "withdraw"): "withdrawn",
        ("doing", "reach"): "doing", ("doing", "ask_extension"): "doing", ("doing", "decide_extension"): "doing",
        ("doing", "report"): "reported", ("doing", "withdraw"): "withdrawn",
        ("reported", "return"): "doing", ("reported", "close"): "closed", ("reported", "withdraw"): "withdrawn",
        ("closed", "confirm"): "fixed", ("closed", "deny"): "doing", ("closed", "ask_next"): "closed",
        ("set", "release"): "set", ("objected", "release"): "set", ("doing", "release"): "set",
        ("reported", "release"): "set",
    }  # fmt: skip
    assert all(states.after(state, act) is None for state in states.OVER for act in states.ACTS)


@pytest.mark.parametrize(("state", "today", "is_waiting", "shows"), [
    ("doing", date(2026, 10, 23), False, "green"),
    ("doing", date(2026, 10, 28), False, "yellow"),  # Wednesday: three working days with the day it is due
    ("doing", date(2026, 10, 30), False, "yellow"),
    ("doing", date(2026, 10, 31), False, "red"),
    ("set", date(2026, 10, 31), False, "red"),
    ("doing", date(2026, 10, 31), True, "out"),      # an objection or a wish for more time
    ("objected", date(2026, 10, 31), False, "out"),
    ("reported", date(2026, 10, 31), False, "out"),  # the office's turn
    ("closed", date(2026, 10, 31), False, "out"),
    ("fixed", date(2026, 10, 31), False, "out"),
])  # fmt: skip
def test_the_light_is_the_tasks(state, today, is_waiting, shows):
    due = date(2026, 10, 30)
    seen = light(state, due_on=due, yellow_from=yellow_from(due, 3), today=today, is_waiting=is_waiting)
    assert seen == shows


def test_yellow_counts_working_days_also_where_next_year_is_unknown():
    assert yellow_from(date(2026, 10, 30), 3) == date(2026, 10, 28)
    assert yellow_from(date(2026, 10, 12), 3) == date(2026, 10, 9)  # Saturday the 10th is worked
    assert yellow_from(date(2031, 1, 6), 3) == date(2031, 1, 2)


def test_milestones_lie_within_the_time():
    assert milestone_days(date(2026, 10, 1), date(2026, 10, 31), (10, 50, 100)) == (
        date(2026, 10, 4), date(2026, 10, 16), date(2026, 10, 31),
    )  # fmt: skip


def _hits(text: str, *, workdays: int | None = 10, n: int = 2, urgent: bool = False) -> list[str]:
    found = hits([AskedText("content", text)], RULES, n_milestones=n, lead_workdays=workdays, is_emergency=urgent)
    return [one.rule for one in found]


@pytest.mark.parametrize(("text", "rules"), [
    ("窗口周末要有人值守", []),
    ("整改到位，并附照片", ["INS-7"]),
    ("不得以照片代替整改", []),
    ("工作群每天签到", ["KPI-2"]),
    ("写出学习笔记备查", ["INS-7"]),
    ("每周五上报进展", ["FRM-4"]),
    ("实行日报制度", ["FRM-4"]),
    ("不再要求每周上报", []),
    ("每月5日前报送进展情况", ["TSK-1"]),
    ("建立月报，及时汇总", ["TSK-1"]),
    ("不得要求每月报送进展", []),
    ("每月付清当月工资", []),
    ("每天打卡，每周上报", ["KPI-2", "FRM-4"]),
])  # fmt: skip
def test_what_may_not_be_asked(text, rules):
    assert _hits(text) == rules


def test_time_enough_for_the_grass_roots_and_few_milestones():
    assert _hits("修好水泵", workdays=2) == ["FRM-3"]
    assert _hits("修好水泵", workdays=2, urgent=True) == []
    assert _hits("修好水泵", workdays=3) == []
    assert _hits("修好水泵", workdays=None) == []
    assert _hits("修好水泵", n=13) == ["TSK-1"]
    (found,) = hits([AskedText("content", "附照片")], RULES, n_milestones=1, lead_workdays=None, is_emergency=False)
    assert "整治形式主义为基层减负若干规定" in found.source


def test_the_draw_is_the_gates_and_replays():
    given = promised_from(["990101001201", "990101001202", "990101002201"], wanted=2)
    public = public_part("DB2026-0001", 1, "2026-10-13")
    order = drawn_units("seed", public, given)
    assert len(set(order)) == 2
    published = {
        "format": draws.FORMAT, "commitment": draws.commitment_of("seed", given), "seed": "seed",
        "public_part": public, "result": draws.drawn("seed", public, given), **given,
    }  # fmt: skip
    assert draws.faults_of(published) == []
    orders = {drawn_units("seed", public_part("DB2026-0001", n, "2026-10-13"), given) for n in range(1, 30)}
    assert len(orders) == 6, "each round draws anew"


@pytest.mark.parametrize(("confirmed", "denied", "n", "percent"), [
    (0, 0, 0, None), (3, 1, 4, None), (4, 1, 5, 20), (5, 0, 5, 0), (2, 4, 6, 67), (0, 5, 5, 100),
])  # fmt: skip
def test_premature_closure(confirmed, denied, n, percent):
    rate = Premature(confirmed, denied, 5)
    assert (rate.n, rate.percent) == (n, percent)
