"""What a definition must say, and how figures become readings: tables, and a twin in fractions."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dukao.base.periods import Period
from dukao.indicators.rules import (
    IndicatorDefinition,
    Plan,
    PlannedTerm,
    Term,
    change_percent,
    change_points,
    element_periods,
    fold,
    misfits,
    own_period,
    read,
    rounded,
    share_percent,
    terms,
)

PLAIN = {"code": "gdp", "title": "地区生产总值", "why": "看总量", "numerator": "gdp", "period": "quarter",
         "basis": "统计制度", "review_on": date(2027, 1, 1)}


@pytest.mark.parametrize(("formula", "told"), [
    ("a", [(1, "a")]), ("a + b", [(1, "a"), (1, "b")]), (" a-b + c_2 ", [(1, "a"), (-1, "b"), (1, "c_2")]),
])
def test_formulas_add_and_subtract_elements(formula, told):
    assert terms(formula) == tuple(Term(sign, code) for sign, code in told)


@pytest.mark.parametrize("formula", [
    "", " ", "+", "-a", "a +", "a b", "a + + b", "a * b", "a + 2", "a + A", "a + a", "(a)", "a\n+ b;", "ａ",
    "__import__", " + ".join(f"e{n}" for n in range(31)),
])
def test_anything_else_is_no_formula(formula):
    with pytest.raises(ValueError, match=r"公式|数据元"):
        terms(formula)


@pytest.mark.parametrize("wrong", [
    {"why": ""}, {"basis": ""}, {"numerator": "a * b"}, {"denominator": "1"}, {"factor": 0}, {"decimals": 7},
    {"direction": "sideways"}, {"period": "week"}, {"code": "GDP"}, {"review_on": "soon"}, {"weight": 3},
])
def test_a_definition_says_everything_and_nothing_else(wrong):
    with pytest.raises(ValidationError):
        IndicatorDefinition.model_validate(PLAIN | wrong)


@dataclass
class Element:
    title: str = "某项"
    kind: str = "number"
    measure_unit: str = "万元"
    period_type: str = "month"
    over_periods: str = "sum"


@pytest.mark.parametrize(("change", "elements", "reason"), [
    ({}, {}, "没有数据元 gdp"),
    ({}, {"gdp": Element(kind="text")}, "不是数字"),
    ({}, {"gdp": Element(period_type="year")}, "拆不到指标的时期"),
    ({}, {"gdp": Element(over_periods="none")}, "不能按时期汇总"),
    ({"numerator": "gdp + area"}, {"gdp": Element(), "area": Element(measure_unit="亩")}, "计量单位不同"),
    ({}, {"gdp": Element()}, ""),
    ({}, {"gdp": Element(period_type="year", over_periods="last")}, ""),
    ({}, {"gdp": Element(period_type="quarter", over_periods="none")}, ""),
    ({"denominator": "area"}, {"gdp": Element(), "area": Element(measure_unit="亩")}, ""),
])
def test_formulas_must_fit_their_elements(change, elements, reason):
    found = list(misfits(IndicatorDefinition.model_validate(PLAIN | change), elements))
    assert bool(found) == bool(reason)
    assert all(reason in why for _, why in found)


@pytest.mark.parametrize(("page", "kind", "own"), [
    ("2026Q3", "quarter", "2026Q3"), ("2026Q3", "month", "2026Q3"), ("2026Q3", "year", "2026"),
    ("2026-08", "quarter", "2026Q3"), ("2026", "month", "2026"),
])
def test_an_indicator_shows_its_own_period_on_finer_pages(page, kind, own):
    assert own_period(Period.parse(page), kind).code == own


def term(over_units="sum", over_periods="sum", period_type="month", scale=100, sign=1, element_id=1, level=5):
    return PlannedTerm(sign, element_id, f"e{element_id}", scale, period_type, over_units, over_periods, level)


def test_stocks_look_back_a_year_and_flows_do_not():
    q3 = Period.parse("2026Q3")
    assert element_periods(term(), q3) == (2026207, 2026208, 2026209)
    assert element_periods(term(over_periods="last"), q3)[0] == 2025207
    assert element_periods(term(over_periods="last", period_type="year"), q3) == (2025000, 2026000)
    assert len(element_periods(term(over_periods="last", period_type="day"), Period.parse("2026-07-15"))) == 13


@pytest.mark.parametrize(("value", "decimals", "text"), [
    ((1, 3), 2, "0.33"), ((5, 10), 0, "0"), ((15, 10), 0, "2"), ((25, 10), 0, "2"), ((-15, 10), 0, "-2"),
    ((-1, 3), 1, "-0.3"), ((10**20 + 5, 10), 0, "10000000000000000000"), ((0, 7), 2, "0.00"),
])
def test_rounding_is_half_to_even_and_exact(value, decimals, text):
    assert str(rounded(value, decimals)) == text


@given(st.integers(-(10**24), 10**24), st.integers(1, 10**12), st.integers(0, 6))
def test_rounding_agrees_with_decimal(above, below, decimals):
    exact = Fraction(above, below) * 10**decimals
    assert rounded((above, below), decimals) == Decimal(round(exact)).scaleb(-decimals)
    assert rounded((above, 2), 0) == (Decimal(above) / 2).quantize(Decimal(1), ROUND_HALF_EVEN)


@pytest.mark.parametrize(("now", "before", "percent"), [
    ((110, 1), (100, 1), "10.0"), ((1, 3), (1, 2), "-33.3"), ((0, 1), (5, 1), "-100.0"), ((1, 1), (0, 1), None),
    ((1, 1), (-1, 1), None), (None, (1, 1), None), ((1, 1), None, None), ((-5, 1), (5, 1), "-200.0"),
])
def test_changes_are_told_only_where_there_is_something_to_compare(now, before, percent):
    assert change_percent(now, before) == (None if percent is None else Decimal(percent))


def test_percentages_differ_by_percentage_points():
    assert change_points((1, 3), (1, 4), decimals=3) == Decimal("0.083")
    assert change_points((1, 3), (0, 1)) == Decimal("0.3")
    assert change_points(None, (1, 3)) is None


def test_shares_are_of_something():
    assert share_percent((1, 1), (3, 1)) == Decimal("33.3")
    assert share_percent((1, 1), (0, 1)) is None
    assert share_percent(None, (3, 1)) is None


# --- a twin in fractions -------------------------------------------------------------------------------------------

rows = st.none() | st.tuples(st.integers(-(10**6), 10**6), st.integers(1, 9)).flatmap(
    lambda row: st.tuples(st.just(row[0]), st.just(row[1]), st.integers(-9, 9), st.integers(0, row[1]))
)
folds = st.sampled_from([(u, p) for u in ("sum", "mean") for p in ("sum", "mean", "last")])
MONTHS = (2026207, 2026208, 2026209)
Q3 = Period.parse("2026Q3")


def twin_fold(over_units, over_periods, scale, months):
    """The obvious way: a fraction per month, then the rule over the months that are known."""
    values = [
        Fraction(row[0], scale * (row[1] if over_units == "mean" else 1)) for row in months if row is not None
    ]
    if not values:
        return None
    return {"sum": sum(values), "mean": sum(values) / len(values), "last": values[-1]}[over_periods]


@given(folds, st.lists(rows, min_size=3, max_size=3), st.sampled_from([1, 100]))
def test_folding_agrees_with_fractions(rule, months, scale):
    held = dict(zip(MONTHS, months, strict=True))
    one = term(*rule, scale=scale)
    folded = fold(one, Q3, lambda _, key: held.get(key), unit_level=3, units=9)
    expected = twin_fold(*rule, scale, months)
    assert (folded.value is None) == (expected is None)
    if folded.value is not None:
        assert Fraction(*folded.value) == expected
    known = [row for row in months if row is not None]
    known = known[-1:] if rule[1] == "last" else known
    assert folded.counts.known == sum(row[1] for row in known)
    assert folded.counts.pending == sum(row[3] for row in known)


@given(st.lists(st.tuples(folds, st.lists(rows, min_size=3, max_size=3), st.sampled_from([-1, 1])), min_size=2,
                max_size=4), st.integers(1, 3), st.integers(1, 10**4))
def test_readings_agree_with_fractions(parts, split, factor):
    held, planned = {}, []
    for number, (rule, months, sign) in enumerate(parts):
        held |= {(number, key): row for key, row in zip(MONTHS, months, strict=True)}
        planned.append(term(*rule, scale=100, sign=sign, element_id=number))
    split = min(split, len(parts) - 1)
    plan = Plan("x", tuple(planned[:split]), tuple(planned[split:]), (factor, 1), 2, "quarter")
    reading = read(plan, Q3, lambda element, key: held.get((element, key)), unit_level=3, units={5: 9})
    values = [twin_fold(*rule, 100, months) for rule, months, _ in parts]
    signs = [sign for *_, sign in parts]
    known = all(value is not None for value in values)
    below = sum(s * v for s, v in zip(signs[split:], values[split:], strict=True)) if known else 0
    if not known or below == 0:
        assert (reading.value, reading.shown, reading.state) == (None, None, "unknown")
        return
    above = sum(s * v for s, v in zip(signs[:split], values[:split], strict=True))
    assert reading.value is not None
    assert reading.value[1] > 0
    assert Fraction(*reading.value) == above / below * factor
    assert reading.shown == rounded((int(Fraction(*reading.value).numerator), Fraction(*reading.value).denominator), 2)
