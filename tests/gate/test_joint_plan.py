"""Merging a year's visits: few, never crowded, and the bound is a bound."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dukao.gate.rules.joint_plan import Limits, Wanted, crowded_months, fewest_groups, merge_visits
from dukao.gate.rules.overlap import Planned, overlaps

_NEW_YEAR = date(2026, 1, 1)
WORKDAYS = [day for n in range(365) if (day := _NEW_YEAR + timedelta(days=n)).weekday() < 5]
LIMITS = Limits(visits_per_month=2, cooling_workdays=3, departments_most=4, visits_per_department_day=10)


def _wanted(item: str, unit: str, starts_on: date, ends_on: date, department: str = "") -> Wanted:
    return Wanted(item, department or item, unit, starts_on, ends_on)


def _plan(wanted, limits=LIMITS):
    return merge_visits(wanted, workdays=WORKDAYS, limits=limits)


def test_departments_of_one_window_come_together():
    spring = date(2026, 3, 1), date(2026, 4, 30)
    plan = _plan([_wanted(item, "一村", *spring) for item in ("a", "b", "c", "d")])
    assert [visit.items for visit in plan.visits] == [("a", "b", "c", "d")]
    assert (plan.saved, plan.bound, plan.left) == (3, 1, ())


def test_a_fifth_department_makes_a_second_visit():
    spring = date(2026, 3, 1), date(2026, 4, 30)
    plan = _plan([_wanted(item, "一村", *spring) for item in "abcde"])
    assert sorted(len(visit.items) for visit in plan.visits) in ([1, 4], [2, 3])
    assert plan.bound == 2


def test_windows_that_do_not_meet_stay_apart():
    plan = _plan([_wanted("a", "一村", date(2026, 1, 1), date(2026, 2, 28)),
                  _wanted("b", "一村", date(2026, 9, 1), date(2026, 9, 30))])  # fmt: skip
    assert [visit.items for visit in plan.visits] == [("a",), ("b",)]


def test_what_finds_no_place_is_told_and_not_squeezed_in():
    day = date(2026, 5, 12)
    lonely = Limits(visits_per_month=1, cooling_workdays=3, departments_most=1, visits_per_department_day=10)
    plan = _plan([_wanted("a", "一村", day, day), _wanted("b", "一村", day, day)], lonely)
    assert len(plan.visits) == 1
    assert len(plan.left) == 1


def test_a_department_cannot_be_everywhere_on_one_day():
    day = date(2026, 5, 12)
    few = Limits(visits_per_month=2, cooling_workdays=3, departments_most=4, visits_per_department_day=2)
    plan = _plan([_wanted("a", f"{n}村", day, day) for n in range(3)], few)
    assert (len(plan.visits), len(plan.left)) == (2, 1)


def test_a_window_without_a_working_day_has_no_place():
    plan = _plan([_wanted("a", "一村", date(2026, 5, 9), date(2026, 5, 10))])
    assert (plan.visits, plan.left, len(plan.dayless), plan.bound) == ((), (), 1, 0)


def test_windows_that_meet_on_a_rest_day_only_do_not_meet():
    plan = _plan([_wanted("a", "一村", date(2026, 5, 5), date(2026, 5, 9)),
                  _wanted("b", "一村", date(2026, 5, 9), date(2026, 5, 15))])  # fmt: skip
    assert (plan.bound, plan.saved, len(plan.visits)) == (2, 0, 2)


def test_nothing_wanted_is_an_empty_plan():
    plan = _plan([])
    assert (plan.visits, plan.left, plan.planned, plan.bound) == ((), (), 0, 0)


_windows = st.tuples(st.integers(0, 360), st.integers(0, 120)).map(
    lambda pair: (_NEW_YEAR + timedelta(days=pair[0]), min(_NEW_YEAR + timedelta(days=pair[0] + pair[1]),
                                                           date(2026, 12, 31)))
)  # fmt: skip
_A_SATURDAY = date(2026, 8, 29), date(2026, 8, 29)


@settings(max_examples=40)
@example([("a", "一村", _A_SATURDAY)])
@example([("a", "一村", _A_SATURDAY), ("b", "一村", (date(2026, 8, 28), date(2026, 8, 31)))])
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(("一村", "二村")), _windows), max_size=14))
def test_every_visit_is_placed_once_or_told_and_no_unit_is_crowded(given_visits):
    wanted = [
        Wanted(f"{n}{department}", department, unit, *window)
        for n, (department, unit, window) in enumerate(given_visits)
    ]
    by_item = {visit.item: visit for visit in wanted}
    plan = _plan(wanted)
    told = [item for visit in plan.visits for item in visit.items]
    told += [visit.item for visit in (*plan.left, *plan.dayless)]
    assert sorted(told) == sorted(by_item)
    for visit in wanted:
        has_a_day = any(visit.starts_on <= day <= visit.ends_on for day in WORKDAYS)
        assert (visit in plan.dayless) != has_a_day
    days = defaultdict(list)
    for visit in plan.visits:
        assert 1 <= len(visit.items) <= LIMITS.departments_most
        for item in visit.items:
            assert by_item[item].unit == visit.unit
            assert by_item[item].starts_on <= visit.on <= by_item[item].ends_on
        days[visit.unit].append(WORKDAYS.index(visit.on))
    for each in days.values():
        each.sort()
        assert all(late - early > LIMITS.cooling_workdays for early, late in pairwise(each))
        months = [WORKDAYS[number].month for number in each]
        assert max(months.count(month) for month in months) <= LIMITS.visits_per_month
    assert plan.bound <= len(plan.visits) + len(plan.left)


def _fewest_by_trying(wanted: list[Wanted], most: int) -> int:
    """Every way to put the visits into groups that share a day."""
    best = len(wanted)

    def place(number: int, groups: list[list[Wanted]]) -> None:
        nonlocal best
        if len(groups) >= best:
            return
        if number == len(wanted):
            best = len(groups)
            return
        for group in groups:
            together = [*group, wanted[number]]
            if len(group) < most and max(v.starts_on for v in together) <= min(v.ends_on for v in together):
                group.append(wanted[number])
                place(number + 1, groups)
                group.pop()
        place(number + 1, [*groups, [wanted[number]]])

    place(0, [])
    return best


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12)), min_size=1, max_size=8), st.integers(1, 4))
def test_no_way_of_grouping_needs_fewer_visits_than_the_bound(windows, most):
    wanted = [
        _wanted(str(n), "一村", _NEW_YEAR + timedelta(days=start), _NEW_YEAR + timedelta(days=start + length))
        for n, (start, length) in enumerate(windows)
    ]
    groups = fewest_groups(range(len(wanted)), wanted, most)
    assert sorted(number for group in groups for number in group) == list(range(len(wanted)))
    assert len(groups) == _fewest_by_trying(wanted, most)


def test_crowding_counts_months_beyond_the_limit():
    march = date(2026, 3, 1), date(2026, 3, 31)
    wanted = [_wanted(item, "一村", *march) for item in "abc"] + [_wanted("d", "二村", *march)]
    assert crowded_months(wanted, most=2) == 1
    assert crowded_months(wanted, most=3) == 0


def _between(after: date, until: date) -> int:
    return sum(after < day <= until for day in WORKDAYS)


def _planned(number: str, units: str, starts_on: date, about: str = "grain") -> Planned:
    return Planned(number, frozenset({about}), frozenset(units), starts_on, starts_on + timedelta(days=4))


def test_overlap_is_proposed_from_half_on_and_within_ten_working_days():
    monday = date(2026, 5, 11)  # its window ends on Friday the 15th
    one = _planned("1", "ab", monday)

    def found(other: Planned):
        return overlaps([one, other], percent=50, apart_workdays=10, workdays_between=_between)

    assert found(_planned("2", "a", monday))[0].percent == 50
    assert not found(_planned("2", "acd", monday))
    assert found(_planned("2", "ab", date(2026, 5, 29)))[0].apart_workdays == 10
    assert not found(_planned("2", "ab", date(2026, 6, 1)))
    assert not found(_planned("2", "ab", monday, about="forest"))
