"""SEC-1 on both sides of each boundary. Source: the profile's articles on secondment."""

from datetime import date, timedelta

import pytest

from dukao.gate.rules.secondments import Stay, after_months, is_secondment, judge_extension, judge_secondment
from dukao.law import queries as law
from dukao.law.workdays import workdays_between

ON = date(2026, 3, 2)
RULE = law.rule("SEC-1", ON)
HALF_YEAR = Stay(ON, date(2026, 9, 1))


def _places(stay: Stay = HALF_YEAR, *, from_level: int = 2, before: tuple[Stay, ...] = ()) -> list[str]:
    return [one.place for one in judge_secondment(stay, from_level=from_level, before=before, rule=RULE)]


@pytest.mark.parametrize(("from_level", "places"), [
    (2, []), (3, ["from_level"]), (4, ["from_level"]), (5, ["from_level"]),
])  # fmt: skip
def test_nobody_is_borrowed_from_the_county_or_below(from_level, places):
    assert _places(from_level=from_level) == places


@pytest.mark.parametrize(("ends_on", "places"), [(date(2026, 9, 1), []), (date(2026, 9, 2), ["ends_on"])])
def test_six_months_and_not_a_day_more(ends_on, places):
    assert _places(Stay(ON, ends_on)) == places


@pytest.mark.parametrize(("days_before", "places"), [(181, []), (182, ["ends_on"])])
def test_one_year_in_all(days_before, places):
    """184 days now; 365 are a year. The earlier stay leads straight into this one: an extension, no new loan."""
    earlier = Stay(ON - timedelta(days=days_before), ON - timedelta(days=1))
    assert _places(before=(earlier,)) == places


@pytest.mark.parametrize(("last_day", "places"), [(date(2024, 3, 2), []), (date(2024, 3, 3), ["starts_on"])])
def test_two_years_of_rest(last_day, places):
    assert _places(before=(Stay(last_day - timedelta(days=29), last_day),)) == places


@pytest.mark.parametrize(("asked_on", "is_in_time"), [(date(2026, 8, 18), True), (date(2026, 8, 19), False)])
def test_more_time_is_asked_for_ten_working_days_before(asked_on, is_in_time):
    assert workdays_between(date(2026, 8, 18), HALF_YEAR.ends_on) == 10
    found = judge_extension(HALF_YEAR, asked_on=asked_on, workdays_between=workdays_between, rule=RULE)
    assert (not found) == is_in_time


def test_after_the_end_it_is_too_late_whatever_the_count():
    late = HALF_YEAR.ends_on + timedelta(days=1)
    assert judge_extension(HALF_YEAR, asked_on=late, workdays_between=workdays_between, rule=RULE)


@pytest.mark.parametrize(("title", "is_one"), [
    ("抽调村干部到专班", True), ("跟班学习", True), ("以干代训", True), ("三季度经济运行表", False),
])  # fmt: skip
def test_it_is_a_secondment_under_any_name(title, is_one):
    assert is_secondment(title) is is_one


@pytest.mark.parametrize(("on", "months", "later"), [
    (date(2026, 8, 31), 6, date(2027, 2, 28)), (date(2027, 8, 31), 6, date(2028, 2, 29)),
    (date(2026, 12, 15), 1, date(2027, 1, 15)),
])  # fmt: skip
def test_months_are_counted_by_the_calendar(on, months, later):
    assert after_months(on, months) == later
