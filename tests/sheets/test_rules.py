"""The pure rules of sheets: the FRM table with both sides of each boundary, checks, cells, typed answers."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dukao.base.definitions import BadDefinition, checked
from dukao.base.periods import Period
from dukao.law import queries as law
from dukao.sheets.rules import cells, checks, compiling
from dukao.sheets.rules.answers import Answerable, BadAnswer, read_answer, shown_answer
from dukao.sheets.rules.definitions import SheetDefinition

ON = date(2026, 10, 8)
RULES = {rule_id: law.rule(rule_id, ON) for rule_id in compiling.RULE_IDS}
DUE = date(2026, 10, 20)
MARKS = {"legal_type": "statistical", "form_number": "统A1", "issuing_body": "统计局",
         "approval_number": "富统〔2026〕1号", "valid_until": date(2026, 12, 31)}  # fmt: skip


def _sheet(**changes):
    marks = compiling.Marks(**MARKS | {k: v for k, v in changes.items() if k in MARKS})
    rest = {"frequency": "quarterly", "today": ON, "due_on": DUE, "lead_workdays": 8, "is_emergency": False}
    return compiling.SheetCase(marks=marks, **rest | {k: v for k, v in changes.items() if k not in MARKS})


@pytest.mark.parametrize(("changes", "refused_by"), [
    ({}, []),
    # FRM-1: each mark missing; valid to the day it is due, and one day less.
    ({"form_number": ""}, ["FRM-1"]),
    ({"issuing_body": ""}, ["FRM-1"]),
    ({"approval_number": ""}, ["FRM-1"]),
    ({"valid_until": None}, ["FRM-1"]),
    ({"valid_until": DUE}, []),
    ({"valid_until": DUE - timedelta(days=1)}, ["FRM-1"]),
    ({"valid_until": ON, "due_on": None, "lead_workdays": None}, []),
    ({"valid_until": ON - timedelta(days=1), "due_on": None, "lead_workdays": None}, ["FRM-1"]),
    ({"legal_type": "administrative", "approval_number": ""}, ["FRM-1"]),
    # FRM-3: three working days are enough, two are not; an emergency lifts it.
    ({"lead_workdays": 3}, []),
    ({"lead_workdays": 2}, ["FRM-3"]),
    ({"lead_workdays": 0}, ["FRM-3"]),
    ({"lead_workdays": 0, "is_emergency": True}, []),
    ({"lead_workdays": None}, []),
    # FRM-4: monthly passes, weekly and daily do not; an emergency lifts it.
    ({"frequency": "monthly"}, []),
    ({"frequency": "weekly"}, ["FRM-4"]),
    ({"frequency": "daily"}, ["FRM-4"]),
    ({"frequency": "daily", "is_emergency": True}, []),
    # An emergency does not lift the marks.
    ({"form_number": "", "lead_workdays": 1, "frequency": "daily", "is_emergency": True}, ["FRM-1"]),
    ({"form_number": "", "lead_workdays": 1, "frequency": "daily"}, ["FRM-1", "FRM-3", "FRM-4"]),
])  # fmt: skip
def test_refusals_of_the_whole_sheet(changes, refused_by):
    refusals = compiling.judge_sheet(_sheet(**changes), RULES)
    assert [refusal.rule for refusal in refusals] == refused_by
    for refusal in refusals:
        assert str(refusal.what)
        assert str(refusal.why)
        assert str(refusal.todo)
        assert "《" in refusal.source


def test_the_stricter_profile_refuses_monthly_reports():
    strict = RULES | {"FRM-4": law.rule("FRM-4", ON, profile="district-example")}
    assert [r.rule for r in compiling.judge_sheet(_sheet(frequency="monthly"), strict)] == ["FRM-4"]
    assert compiling.judge_sheet(_sheet(frequency="quarterly"), strict) == ()


def test_marks_of_an_expired_sheet_name_the_day():
    (refusal,) = compiling.judge_sheet(_sheet(valid_until=date(2026, 9, 30)), RULES)
    assert "2026年9月30日" in str(refusal.what)
    assert "第十七条" in refusal.source


OTHER = compiling.OtherAsk("BB2026-0007", "民政台账", "民政局", DUE)
IN_TIME = compiling.Awaited("税收月报", "税务局", date(2026, 10, 12), is_late=False)
LATE = compiling.Awaited("税收月报", "税务局", date(2026, 10, 7), is_late=True)


def _question(**changes):
    case = {
        "label": "税收收入", "minutes_hundredths": 50, "sensitivity": "internal", "owner_code": "tax",
        "owner_name": "税务局", "issuer_code": "statistics", "n_units": 10, "cells": ((0, 0),), "holders": ("税务局",),
        "elsewhere": (), "awaited": None, "below_level": "",
    } | changes  # fmt: skip
    case["cells"] = tuple(compiling.CellCount(n, *cell) for n, cell in enumerate(case["cells"]))
    return compiling.judge_question(compiling.QuestionCase(**case), RULES)


@pytest.mark.parametrize(("changes", "verdict", "rule", "unknown", "minutes", "per_unit"), [
    # FRM-2: held only where every cell of every unit is known and fresh.
    ({"cells": ((10, 0),)}, "held", "FRM-2", 0, 0, 0),
    ({"cells": ((9, 0),)}, "ask", None, 1, 50, 50),
    ({"cells": ((0, 0),)}, "ask", None, 10, 500, 50),
    ({"cells": ((10, 0), (9, 0))}, "ask", None, 1, 50, 50),
    # One tap costs a fifth, rounded up.
    ({"cells": ((9, 1),)}, "ask", None, 0, 10, 10),
    ({"cells": ((0, 10), (5, 5), (5, 0))}, "ask", None, 5, 15 * 10 + 250, 10 + 10 + 50),
    ({"cells": ((0, 10),), "minutes_hundredths": 51}, "ask", None, 0, 110, 11),
    # FRM-5: another dispatch asks; what is held stays held.
    ({"elsewhere": (OTHER,)}, "elsewhere", "FRM-5", 10, 0, 0),
    ({"elsewhere": (OTHER,), "cells": ((10, 0),)}, "held", "FRM-2", 0, 0, 0),
    # FRM-2: a department is to deliver what is missing; late, it may be asked after all.
    ({"awaited": IN_TIME, "cells": ((4, 3),)}, "expected", "FRM-2", 3, 0, 0),
    ({"awaited": IN_TIME, "below_level": "村（社区）", "elsewhere": (OTHER,)}, "expected", "FRM-2", 10, 0, 0),
    ({"awaited": LATE}, "ask", None, 10, 500, 50),
    ({"awaited": IN_TIME, "cells": ((10, 0),)}, "held", "FRM-2", 0, 0, 0),
    # Kept per village: folded where complete, never asked above.
    ({"below_level": "村（社区）"}, "below", "FRM-5", 10, 0, 0),
    ({"below_level": "村（社区）", "cells": ((10, 0),)}, "held", "FRM-2", 0, 0, 0),
    # Sensitive data of another department is not carried, known or not; one's own may be asked.
    ({"sensitivity": "sensitive", "cells": ((10, 0),)}, "forbidden", "PII-1", 0, 0, 0),
    ({"sensitivity": "sensitive", "owner_code": "statistics"}, "ask", None, 10, 500, 50),
    ({"sensitivity": "sensitive", "owner_code": ""}, "ask", None, 10, 500, 50),
])  # fmt: skip
def test_judging_a_question(changes, verdict, rule, unknown, minutes, per_unit):
    found = _question(**changes)
    assert (found.verdict, found.refusal and found.refusal.rule) == (verdict, rule)
    assert (found.n_unknown, found.minutes_hundredths, found.minutes_hundredths_per_unit) == (
        unknown,
        minutes,
        per_unit,
    )


def test_a_refused_question_says_who_holds_it_and_who_asks():
    assert "税务局掌握" in str(_question(cells=((10, 0),)).refusal.what)
    refusal = _question(elsewhere=(OTHER,)).refusal
    assert all(part in str(refusal.what) for part in ("民政局", "民政台账", "BB2026-0007"))
    refusal = _question(awaited=IN_TIME).refusal
    assert all(part in str(refusal.what) for part in ("税务局", "税收月报", "2026年10月12日"))


@given(st.integers(1, 50), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=4),
       st.integers(0, 1000))  # fmt: skip
def test_minutes_of_all_units_stay_within_the_bound_of_one(n_units, counts, minutes):
    fitting = tuple((min(f, n_units), min(s, n_units - min(f, n_units))) for f, s in counts)
    found = _question(n_units=n_units, cells=fitting, minutes_hundredths=minutes)
    assert 0 <= found.minutes_hundredths <= n_units * found.minutes_hundredths_per_unit
    assert found.n_fresh + found.n_stale + found.n_unknown == found.n_cells


# Cells and freshness


def _keys(*codes):
    return tuple(Period.parse(code).key for code in codes)


@pytest.mark.parametrize(("sheet", "kind", "expected"), [
    ("2026Q3", "month", ("2026-07", "2026-08", "2026-09")),
    ("2026Q3", "quarter", ("2026Q3",)),
    ("2026Q3", "year", ("2026",)),
    ("2026-08", "quarter", ("2026Q3",)),
    ("2026", "quarter", ("2026Q1", "2026Q2", "2026Q3", "2026Q4")),
])  # fmt: skip
def test_a_question_has_one_cell_per_period_of_its_element(sheet, kind, expected):
    assert cells.cell_periods(Period.parse(sheet).key, kind) == _keys(*expected)


def test_fresh_to_the_last_day_and_not_one_longer():
    (q3,) = _keys("2026Q3")
    assert cells.fresh_until(q3, q3, 45) == date(2026, 11, 15)
    assert cells.is_fresh(q3, q3, 45, date(2026, 11, 15))
    assert not cells.is_fresh(q3, q3, 45, date(2026, 11, 16))


@pytest.mark.parametrize(("held", "asked", "until"), [
    ("2026-07", "2026Q3", date(2026, 11, 15)),  # inside the quarter that is asked about
    ("2026-06", "2026Q3", date(2026, 8, 15)),  # a stock of before
    ("2026-07", "2026-07", date(2026, 9, 15)),
    ("2026", "2026Q3", date(2027, 2, 15)),  # the year around it
])  # fmt: skip
def test_july_does_not_grow_old_before_the_quarter_does(held, asked, until):
    assert cells.fresh_until(*_keys(held, asked), 45) == until


def test_a_stock_stands_for_a_year_a_flow_for_its_own_period():
    august, july, last_august, older = _keys("2026-08", "2026-07", "2025-08", "2025-07")
    counting = cells.periods_that_count(august, "last")
    assert (counting[:2], counting[-1], len(counting)) == ((august, july), last_august, 13)
    assert older not in counting
    assert cells.periods_that_count(august, "sum") == (august,)
    assert cells.periods_that_count(_keys("2026")[0], "last") == _keys("2026", "2025")


# Checks


@pytest.mark.parametrize(("rule", "values", "holds"), [
    ("a <= b", {"a": 2, "b": 2}, True),
    ("a <= b", {"a": 3, "b": 2}, False),
    ("a < b", {"a": 2, "b": 2}, False),
    ("a + b = c", {"a": 1, "b": 2, "c": 3}, True),
    ("a - b - c >= 0", {"a": 5, "b": 3, "c": 2}, True),
    ("a - (b - c) > 3", {"a": 5, "b": 3, "c": 2}, True),
    ("2 * a + b * 3 = 8", {"a": 1, "b": 2}, True),
    ("-a < 0", {"a": 1}, True),
    ("--a > 0", {"a": 1}, True),
    ("10000 * a >= b", {"a": Fraction(1, 10000), "b": 1}, True),
    ("a <= b", {"a": 1, "b": None}, None),
])  # fmt: skip
def test_a_check_holds_exactly(rule, values, holds):
    exact = {code: None if value is None else Fraction(value) for code, value in values.items()}
    assert checks.parse(rule).holds(exact) is holds


@pytest.mark.parametrize("rule", [
    "a", "a <=", "<= b", "a <= b <= c", "a == b", "a != b", "a / b > 1", "a ** 2 > b", "1 < 2", "(a < b", "a) < b",
    "a b < c", "A < b", "a < 1.5", "__import__('os') < a", "a < b; drop", "a +* b < c",
    "(" * 60 + "a" + ")" * 60 + " < b",
    "税收 < a", "-" * 60 + "a < 1",
])  # fmt: skip
def test_what_is_no_check_is_refused(rule):
    with pytest.raises(checks.BadCheck):
        checks.parse(rule)


@pytest.mark.parametrize(("rule", "fits"), [
    ("a + b <= total", True), ("a <= yuan", False), ("a * 10000 <= yuan", True), ("a + yuan <= total", False),
    ("-a <= b", True), ("-a <= yuan", False), ("a - 5 <= b", True), ("a <= heads", False),
])  # fmt: skip
def test_unlike_units_do_not_meet(rule, fits):
    units = {"a": "万元", "b": "万元", "total": "万元", "yuan": "元", "heads": ""}
    if fits:
        checks.parse(rule).require_like_units(units)
    else:
        with pytest.raises(checks.MixedUnits):
            checks.parse(rule).require_like_units(units)


@given(st.recursive(
    st.sampled_from("abc") | st.integers(0, 99).map(str),
    lambda part: st.tuples(part, st.sampled_from("+-*"), part).map(lambda t: f"({t[0]} {t[1]} {t[2]})"), max_leaves=8,
), st.sampled_from(["<=", ">=", "<", ">"]), st.tuples(*[st.integers(-99, 99)] * 3))  # fmt: skip
def test_checks_agree_with_python(side, comparison, numbers):
    values = dict(zip("abc", numbers, strict=True))
    expected = eval(f"{side} {comparison} a", {}, values)
    assert checks.parse(f"{side} {comparison} a").holds({k: Fraction(v) for k, v in values.items()}) is expected


def _check(rule):
    return checks.SheetCheck("其中项", "其中项大于合计", True, checks.parse(rule))


def test_like_periods_are_checked_one_by_one_and_unlike_ones_folded():
    july, august, september, q3 = _keys("2026-07", "2026-08", "2026-09", "2026Q3")
    figured = {
        "part": checks.Figured("part", 2, "month", "sum"), "whole": checks.Figured("whole", 0, "month", "sum"),
        "quarter": checks.Figured("quarter", 0, "quarter", "sum"),
    }  # fmt: skip
    held = {
        "part": {july: 150, august: 350, september: 100}, "whole": {july: 2, august: 3, september: 1},
        "quarter": {q3: 5},
    }  # fmt: skip
    found = checks.violations([_check("part <= whole"), _check("part <= quarter")], figured, held)
    assert [(v.period, v.codes) for v in found] == [(august, {"part", "whole"}), (None, {"part", "quarter"})]
    held["part"][july] = None
    found = checks.violations([_check("part <= whole"), _check("part <= quarter")], figured, held)
    assert [v.period for v in found] == [august]


# Typed answers

MONEY = Answerable("number", 2, "万元", 0, 10_000_00, {})
CHOICE = Answerable("code", 0, "", None, None, {"1": "是", "2": "否"})
TEXT = Answerable("text", 0, "", None, None, {})


@pytest.mark.parametrize(("raw", "to", "value", "text"), [
    ("1,284.50", MONEY, 128450, ""), ("１２", MONEY, 1200, ""), ("0", MONEY, 0, ""), ("10000", MONEY, 1000000, ""),
    ("1", CHOICE, None, "1"), ("否", CHOICE, None, "2"), (" ２ ", CHOICE, None, "2"),
    (" 说明\r\n两行 ", TEXT, None, "说明\n两行"),
])  # fmt: skip
def test_reading_what_is_typed(raw, to, value, text):
    found = read_answer(raw, to)
    assert (found.value, found.text) == (value, text)


@pytest.mark.parametrize(("raw", "to", "why"), [
    ("1.234", MONEY, "小数"), ("abc", MONEY, "不是数字"), ("{x}", MONEY, "不是数字"), ("-0.01", MONEY, "不能小于 0.00"),
    ("10000.01", MONEY, "不能大于 10000.00"), ("1e3", MONEY, "不是数字"), ("5%", MONEY, "不是数字"),
    ("3", CHOICE, "可选范围"), ("", CHOICE, "可选范围"), ("x" * 501, TEXT, "500"), ("a\x00b", TEXT, "控制字符"),
])  # fmt: skip
def test_what_is_no_answer_is_refused_with_the_reason(raw, to, why):
    with pytest.raises(BadAnswer, match=why):
        read_answer(raw, to)


@given(st.integers(0, 1_000_000))
def test_what_is_shown_reads_back_as_itself(value):
    assert read_answer(shown_answer(value, "", MONEY), MONEY).value == value


# Definitions

SHEET = {
    "code": "econ", "title": "经济运行表", "issuer": "statistics", "legal": {"type": "statistical"},
    "period": "quarter", "frequency": "quarterly", "level": "county",
    "sections": [{"title": "一", "questions": [{"element": "a"}, {"element": "b"}]}],
    "checks": [{"name": "其中", "rule": "a <= b", "message": "a 大于 b"}],
}  # fmt: skip


def test_a_definition_reads():
    sheet = checked(SheetDefinition, SHEET, place="x")
    assert sheet.element_codes == ("a", "b")
    assert sheet.checks[0].level == "error"


@pytest.mark.parametrize(("changes", "why"), [
    ({"sections": [{"questions": [{"element": "a"}, {"element": "a"}, {"element": "b"}]}]}, "只能问一次"),
    ({"checks": [{"name": "x", "rule": "a <= c", "message": "m"}]}, "表里没有的数据元：c"),
    ({"checks": [{"name": "x", "rule": "a <> b", "message": "m"}]}, "位置不对"),
    ({"frequency": "hourly"}, "只能是"),
    ({"level": "street"}, "只能是"),
    ({"legal": {}}, "缺少"),
    ({"sections": [{"questions": []}]}, "至少 1 项"),
    ({"colour": "red"}, "没有这个字段"),
    ({"sections": [{"questions": [{"element": f"e{n}"} for n in range(501)]}], "checks": []}, "最多 500 项"),
])  # fmt: skip
def test_a_bad_definition_names_the_field(changes, why):
    with pytest.raises(BadDefinition, match=why):
        checked(SheetDefinition, SHEET | changes, place="econ.yaml")
