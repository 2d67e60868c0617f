"""How points come about: each rule, what is absent, and that what is shown adds up."""

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dukao.scores.rules.scoring import brief, computed, hundredths, shown, text_of


def line(code="a", weight="100", rule="share", **more):
    plain = {"code": code, "title": code, "weight": weight, "rule": rule, "measure": "value", "floor": None,
             "full": None, "direction": "up", "change": "percent"}  # fmt: skip
    return plain | more


def told(code="a", value="50", reference=None, low=None, high=None, absent=""):
    return {"line": code, "value": value, "reference": reference, "low": low, "high": high, "absent": absent}


def result(lines, inputs):
    return computed({"card": {"lines": lines}, "inputs": inputs})


def share(value, reference=None, **more):
    return result([line(**more)], [told(value=value, reference=reference)])["lines"][0]["share"]


LINEAR = {"rule": "linear", "floor": "10", "full": "20"}
DEBT = {"rule": "linear", "floor": "0", "full": "-12", "measure": "last_year", "direction": "down"}
RATE = {"rule": "linear", "floor": "0", "full": "3", "measure": "last_year", "change": "points"}


@pytest.mark.parametrize(("expected", "value", "reference", "more"), [
    ("0.5", "15", None, LINEAR), ("0", "9", None, LINEAR), ("1", "21", None, LINEAR),
    ("0.25", "40", None, {"rule": "linear", "floor": "50", "full": "10"}),  # less is better: the floor is the higher
    ("0.5", "94", "100", DEBT), ("0", "101", "100", DEBT), ("1", "50", "100", DEBT),
    ("0.5", "41.5", "40", RATE), ("1", "3", "0", RATE),  # in points a reference of nought is one
    ("1", "80", None, {"rule": "threshold", "full": "80"}), ("0", "79.999", None, {"rule": "threshold", "full": "80"}),
    ("1", "79", None, {"rule": "threshold", "full": "80", "direction": "down"}),
    ("0.9", "90", "100", {"rule": "distance", "measure": "last_year"}),
    ("1", "110", "100", {"rule": "distance", "measure": "last_year"}),
    ("0.8", "125", "100", {"rule": "distance", "measure": "last_year", "direction": "down"}),
    ("1", "0", "100", {"rule": "distance", "measure": "last_year", "direction": "down"}),
    ("0.838", "83.8", None, {}), ("1", "101", None, {}), ("1/3", "100/3", None, {}),
])  # fmt: skip
def test_a_rule_turns_what_is_measured_into_a_share(expected, value, reference, more):
    assert share(value, reference, **more) == expected


@pytest.mark.parametrize(("value", "reference", "more", "reason"), [
    (None, None, {}, "no_data"),
    ("5", None, {"rule": "distance", "measure": "last_year"}, "no_reference"),
    ("5", "0", {"rule": "linear", "floor": "0", "full": "5", "measure": "last_year"}, "no_reference"),
])  # fmt: skip
def test_a_line_without_evidence_is_absent_and_not_nought(value, reference, more, reason):
    lines = [line("a", "40", **more), line("b", "60")]
    found = result(lines, [told("a", value, reference), told("b", "50")])
    assert [one["absent"] for one in found["lines"]] == [reason, ""]
    assert [one["weight"] for one in found["lines"]] == ["0.00", "100.00"]
    assert (found["lines"][0]["points"], found["total"]) == (None, "50.00")


def test_what_an_absent_line_weighs_goes_to_the_others_in_proportion():
    lines = [line("a", "20"), line("b", "30"), line("c", "50")]
    found = result(lines, [told("a", "100"), told("b", "100"), told("c", absent="too_few")])
    assert [one["weight"] for one in found["lines"]] == ["40.00", "60.00", "0.00"]
    assert found["total"] == "100.00"


def test_without_any_evidence_there_is_no_total():
    found = result([line()], [told(value=None)])
    assert (found["total"], found["exact"], found["low"]) == (None, None, None)


def test_bounds_are_told_only_where_a_line_tells_them():
    lines = [line("a", "50"), line("b", "50")]
    known = result(lines, [told("a", "80", low="70", high="90"), told("b", "60")])
    assert (known["low"], known["total"], known["high"]) == ("65.00", "70.00", "75.00")
    assert result(lines, [told("a", "80"), told("b", "60")])["low"] is None


def test_the_largest_remainder_is_rounded_up():
    assert shown([Fraction(1, 3)] * 3) == ["0.34", "0.33", "0.33"]
    assert shown([Fraction(100, 3)] * 3) == ["33.34", "33.33", "33.33"]
    assert shown([Fraction("0.005"), Fraction("0.015")]) == ["0.01", "0.01"]


_AMOUNTS = st.lists(st.fractions(min_value=0, max_value=100, max_denominator=10**6), min_size=1, max_size=30)


@settings(max_examples=100)
@given(_AMOUNTS)
def test_what_is_shown_adds_up_to_the_rounded_sum(amounts):
    told = shown(amounts)
    assert sum(map(Fraction, told)) == Fraction(hundredths(sum(amounts, Fraction(0))))
    assert all(abs(Fraction(one) - amount) < Fraction(1, 100) for one, amount in zip(told, amounts, strict=True))


_SHARES = st.one_of(st.none(), st.just("100"), st.integers(0, 10_000).map(lambda n: f"{n}/77"))
_JUDGED = st.lists(st.tuples(st.integers(1, 40), _SHARES), min_size=1, max_size=12)


@settings(max_examples=200)
@given(_JUDGED)
@example([(10, "100"), (7, "100"), (3, None)])
@example([(1, "100"), (1, "100"), (1, "50"), (4, None)])
def test_nobody_gets_more_points_than_the_line_weighs(judged):
    lines = [line(str(at), str(weight)) for at, (weight, _share) in enumerate(judged)]
    found = result(lines, [told(str(at), value) for at, (_weight, value) in enumerate(judged)])["lines"]
    assert all(Fraction(one["points"]) <= Fraction(one["weight"]) for one in found if one["points"] is not None)
    assert sum(Fraction(one["weight"]) for one in found) in (0, 100)


@settings(max_examples=100)
@given(st.fractions(max_denominator=10**9))
def test_text_is_exact(amount):
    assert Fraction(text_of(amount)) == amount


def test_for_reading_there_are_four_decimals_at_most():
    assert [brief(Fraction(one)) for one in ("1200", "-1/3", "0.5")] == ["1200", "−0.3333", "0.5"]
