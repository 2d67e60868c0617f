"""Compiling: counts and minutes against a slow, obvious twin; what others ask; lower levels; who may look."""

import random
from datetime import date, timedelta

import pytest

from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere
from dukao.registers import queries as registers
from dukao.sheets import actions, queries
from tests.conftest import AT, ON
from tests.sheets.conftest import DUE, Q3

VILLAGES = ["一村", "二村", "三村", "四村", "五村", "六村"]


def _compile(house, *, viewer="dora", scope="富水市", sheet="econ", period=Q3, today=ON, due_on=DUE, **more):
    return queries.compile_sheet(
        sheet=sheet, scope_unit=house.city.code[scope], period=period, due_on=due_on,
        viewer=house.city.actor[viewer], today=today, **more,
    )  # fmt: skip


def _line(compiled, element):
    return next(q for q in compiled.questions if q.element_code == element)


def _slowly(house, element, today):
    """(fresh, stale, unknown) of one question, unit by unit and cell by cell, straight from the definitions."""
    view = registers.element(code=element)
    counts = [0, 0, 0]
    for village in VILLAGES:
        for cell in Q3.parts(view.period_type):
            candidates = [cell]
            if view.over_periods == "last":
                back = cell
                while (back := back.previous()).starts_on >= date(cell.starts_on.year - 1, cell.starts_on.month, 1):
                    candidates.append(back)
            state = 2
            for period in candidates:
                if registers.known(unit_id=house.city.unit[village], element_ids=[view.id], periods=[period.key]):
                    ends_on = Q3.ends_on if Q3.starts_on <= period.starts_on < Q3.ends_on else period.ends_on
                    state = 0 if today <= ends_on + timedelta(days=view.fresh_days) else 1
                    break
            counts[state] += 1
    return counts


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("today", [ON, date(2027, 3, 1)])
def test_the_compiler_agrees_with_its_slow_twin(house, seed, today):
    chance = random.Random(seed)
    house.define("tax_revenue", "new_projects", "sales", "population", legal={"type": "statistical"})
    density = chance.choice([0.1, 0.5, 0.9])
    months = ["2025-06", "2025-07", "2025-09", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09"]
    for element, periods in (("tax_revenue", ["2026Q2", "2026Q3"]), ("sales", months), ("population", months)):
        for period in periods:
            for village in VILLAGES:
                if chance.random() < density:
                    house.know(element, period, village, chance.randint(0, 999))
    compiled = _compile(house, today=today, due_on=None)
    for question in compiled.questions:
        found = [question.n_fresh, question.n_stale, question.n_unknown]
        assert found == _slowly(house, question.element_code, today), question.element_code
        minutes = registers.element(code=question.element_code).minutes_hundredths
        expected = question.n_unknown * minutes + question.n_stale * -(-minutes // 5)
        assert question.minutes_hundredths == (expected if question.is_asked else 0)
    assert compiled.minutes_hundredths == sum(q.minutes_hundredths for q in compiled.questions)


def test_what_the_department_sees(house):
    house.define("tax_revenue", "new_projects", "sales")
    house.know_all("tax_revenue", "2026Q3")
    house.know("sales", "2026-07", "一村")
    compiled = _compile(house)
    assert [q.verdict for q in compiled.questions] == ["held", "ask", "ask"]
    assert _line(compiled, "tax_revenue").refusal.rule == "FRM-2"
    assert _line(compiled, "sales").periods == ("2026-07", "2026-08", "2026-09")
    assert (_line(compiled, "sales").n_unknown, _line(compiled, "sales").known_percent) == (17, 5)
    assert (compiled.n_units, compiled.n_cells, compiled.n_to_answer) == (6, 30, 23)
    assert (compiled.minutes_hundredths, compiled.minutes_hundredths_per_unit) == (6 * 200 + 17 * 50, 200 + 150)
    assert (compiled.can_dispatch, compiled.can_trim) == (False, True)
    assert compiled.prefilled_percent == 7 * 100 // 30


def test_what_was_typed_and_waits_counts_as_known(house):
    number = house.send("new_projects")
    house.type(number, "new_projects", "3")
    house.define("new_projects", code="other")
    line = _line(_compile(house, sheet="other"), "new_projects")
    assert (line.n_fresh, line.n_pending, line.verdict) == (1, 1, "elsewhere")


@pytest.mark.parametrize(("scope", "period", "overlaps"), [
    ("富水市", "2026Q3", True), ("东县", "2026Q3", True), ("富水市", "2026Q2", False),
])  # fmt: skip
def test_the_same_is_not_asked_twice(house, city, scope, period, overlaps):
    house.send("new_projects", scope="东县")
    house.define("new_projects", code="other", title="另一张表")
    line = _line(_compile(house, sheet="other", scope=scope, period=Period.parse(period)), "new_projects")
    assert line.verdict == ("elsewhere" if overlaps else "ask")
    if overlaps:
        assert line.refusal.rule == "FRM-5"
        assert line.elsewhere[0].number == "BB2026-0001"
        assert "三季度经济运行表" in line.refusal.what


def test_other_villages_and_ended_dispatches_do_not_count_as_asking(house, city):
    number = house.send("new_projects", scope="东县")
    house.define("new_projects", code="other")
    assert _line(_compile(house, sheet="other", scope="西区"), "new_projects").verdict == "ask"
    actions.withdraw_dispatch(dispatch=number, reason="重复", by=city.actor["dora"], at=AT)
    assert _line(_compile(house, sheet="other"), "new_projects").verdict == "ask"


def test_months_of_a_quarter_overlap_with_a_sheet_of_one_month(house):
    house.send("sales")
    house.define("sales", code="monthly", period="month", frequency="monthly")
    assert _line(_compile(house, sheet="monthly", period=Period.parse("2026-08")), "sales").verdict == "elsewhere"
    assert _line(_compile(house, sheet="monthly", period=Period.parse("2026-06")), "sales").verdict == "ask"


def test_a_question_that_was_only_shown_asks_nobody(house):
    house.know_all("tax_revenue", "2026Q3")
    house.send("tax_revenue", "new_projects")
    house.define("tax_revenue", code="other")
    assert _line(_compile(house, sheet="other", today=date(2027, 5, 1), due_on=None), "tax_revenue").verdict == "ask"


def test_what_villages_keep_is_added_up_for_counties_and_never_asked_there(house):
    house.define("tax_revenue", level="county")
    assert _line(_compile(house), "tax_revenue").verdict == "below"
    assert "村（社区）一级" in _line(_compile(house), "tax_revenue").refusal.what
    house.know_all("tax_revenue", "2026Q3", "一村 二村 三村")
    partly = _line(_compile(house), "tax_revenue")
    assert (partly.verdict, partly.n_cells, partly.n_fresh) == ("below", 2, 1)
    house.know_all("tax_revenue", "2026Q3", "四村 五村 六村")
    assert _line(_compile(house), "tax_revenue").verdict == "held"


def test_sensitive_data_of_another_department(house):
    house.define("illness", "new_projects")
    line = _line(_compile(house), "illness")
    assert (line.verdict, line.refusal.rule, line.is_carried) == ("forbidden", "PII-1", False)
    assert "个人信息保护法" in line.refusal.source


@pytest.mark.parametrize(("changes", "today", "due_on", "rules"), [
    ({}, ON, date(2026, 10, 12), []),  # Thursday the 8th → Fri 9, Sat 10 (worked in exchange), Mon 12
    ({}, ON, date(2026, 10, 10), ["FRM-3"]),
    ({"frequency": "weekly"}, ON, DUE, ["FRM-4"]),
    ({"legal": {"type": "administrative"}}, ON, DUE, ["FRM-1"]),
    ({}, date(2026, 12, 28), date(2026, 12, 31), []),
])  # fmt: skip
def test_refusals_of_the_sheet_reach_the_page(house, changes, today, due_on, rules):
    house.define("new_projects", **changes)
    compiled = _compile(house, today=today, due_on=due_on)
    assert [refusal.rule for refusal in compiled.refusals] == rules
    assert compiled.can_trim is not bool(rules)


def test_friday_to_monday_is_too_short(house):
    house.define("new_projects")
    assert [r.rule for r in _compile(house, today=date(2026, 11, 6), due_on=date(2026, 11, 9)).refusals] == ["FRM-3"]
    assert _compile(house, today=date(2026, 11, 6), due_on=date(2026, 11, 11)).refusals == ()
    emergency = _compile(house, today=date(2026, 11, 6), due_on=date(2026, 11, 9), is_emergency=True)
    assert emergency.refusals == ()


@pytest.mark.parametrize("name", ["alice", "rita", "adam", "otto", "charlie", "tara"])
def test_a_stranger_sees_no_sheet(house, name):
    house.define("new_projects")
    with pytest.raises(NotThere):
        _compile(house, viewer=name)


def test_supervision_may_look(house):
    house.define("new_projects")
    assert _compile(house, viewer="sam").n_units == 6


def test_another_period_type_is_invalid(house):
    house.define("new_projects")
    with pytest.raises(Invalid):
        _compile(house, period=Period.parse("2026-07"))
    with pytest.raises(NotThere):
        _compile(house, sheet="none")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_does_not_grow(house, rows, django_assert_num_queries):
    house.define(*["new_projects", "tax_revenue", "vat_revenue"][:rows])
    house.know_all("tax_revenue", "2026Q3")
    with django_assert_num_queries(10):
        _compile(house)
