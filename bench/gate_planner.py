"""A city's yearly plan merged into joint visits: 40 departments, 12,000 planned visits, 1,599 villages, 12 months.

Beside it, in the same run: the bound that the solver proves, and the plain greedy plan (each department in turn joins a
visit that is there already, else takes the first free half-month of its window).
"""

import random
import time
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

from chinese_calendar import is_workday

from bench._facts import SEED, p50, told
from dukao.gate.rules.joint_plan import Limits, Wanted, crowded_months, merge_visits

_DEPARTMENTS, _ITEMS, _VILLAGES, _VISITS = 40, 120, 1_599, 12_000
_LIMITS = Limits(visits_per_month=2, cooling_workdays=3, departments_most=4, visits_per_department_day=10)
_SECONDS_GOAL, _GAP_GOAL = 60, 0.02
_FIRST = date(2026, 1, 1)
Job = dict[str, Any]


def run(quick: bool) -> list[Job]:
    taken, gaps, saved, greedy, crowded = [], [], [], [], []
    for number in range(1 if quick else 3):
        wanted = _planned(random.Random(SEED + number))
        began = time.perf_counter()
        plan = merge_visits(wanted, workdays=_workdays(), limits=_LIMITS)
        taken.append(time.perf_counter() - began)
        _require_sound(plan.visits)
        gaps.append((len(plan.visits) + len(plan.left) - plan.bound) / max(plan.bound, 1))
        saved.append(plan.saved)
        greedy.append(_greedy(wanted) / max(plan.bound, 1) - 1)
        crowded.append(crowded_months(wanted, most=_LIMITS.visits_per_month))
        told(f"{plan.planned:,} visits → {len(plan.visits):,} joint ones, bound {plan.bound:,}, left {len(plan.left)}")
    limit = f"{_VISITS:,} visits, {p50(saved):,.0f} saved, {p50(crowded):,.0f} crowded unit-months → 0"
    gap = p50(gaps)
    return [
        {
            "job": "gate-planner", "ours": p50(taken), "unit": "s", "peers": {}, "limit": limit, "ratio": p50(taken),
            "goal": f"<= {_SECONDS_GOAL} s", "met": p50(taken) <= _SECONDS_GOAL,
        },
        {
            "job": "gate-planner-bound", "ours": 100 * gap, "unit": "% above the proven bound",
            "peers": {"greedy": 100 * p50(greedy)}, "limit": limit, "ratio": gap, "goal": f"<= {_GAP_GOAL}",
            "met": gap <= _GAP_GOAL,
        },
    ]  # fmt: skip


def _workdays() -> list[date]:
    return [day for n in range(365) if is_workday(day := _FIRST + timedelta(days=n))]


def _planned(chance: random.Random) -> list[Wanted]:
    """Items of half a month to half a year, each at a hundred villages."""
    wanted = []
    for item in range(_ITEMS):
        starts_on = _FIRST + timedelta(days=chance.randrange(0, 330))
        ends_on = min(starts_on + timedelta(days=chance.choice((20, 31, 45, 61, 92, 184))), date(2026, 12, 31))
        for village in chance.sample(range(_VILLAGES), _VISITS // _ITEMS):
            department = f"d{item % _DEPARTMENTS}"
            wanted.append(Wanted(f"i{item}", department, f"v{village}", starts_on, ends_on))
    return wanted


def _require_sound(visits: Any) -> None:
    """The promise of the plan, checked on the result itself."""
    days = Counter((visit.unit, visit.on) for visit in visits)
    months = Counter((visit.unit, visit.on.month) for visit in visits)
    assert max(days.values()) == 1, "two visits of one village on one day"
    assert max(months.values()) <= _LIMITS.visits_per_month, "a crowded village"


def _greedy(wanted: list[Wanted]) -> int:
    """How many visits the plain plan makes."""
    made: dict[str, dict[tuple[int, int], int]] = defaultdict(dict)
    for visit in wanted:
        days = ((visit.starts_on + timedelta(days=n)) for n in range((visit.ends_on - visit.starts_on).days + 1))
        window = list(dict.fromkeys((day.month, int(day.day > 15)) for day in days))
        there = made[visit.unit]
        joined = next((slot for slot in window if 0 < there.get(slot, 0) < _LIMITS.departments_most), window[0])
        there[joined] = there.get(joined, 0) + 1
    return sum(-(-count // _LIMITS.departments_most) for there in made.values() for count in there.values())
