"""FRM-4 judges what really happens: how often the same units were asked the same within a year."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dukao.base.periods import Period
from dukao.gate import queries as gate
from dukao.law import queries as law
from dukao.org.rules import SYSTEM
from dukao.sheets import actions, queries
from dukao.sheets.rules import compiling
from dukao.sheets.rules.rounds import Round, Rounds, rounds_before
from tests.conftest import AT, ON
from tests.sheets.conftest import DUE, LEGAL
from tests.sheets.test_rules import RULES, _sheet

LASTING = LEGAL | {"valid_until": "2028-12-31"}
CITY, EAST, TOWN, WEST = "/1/", "/1/2/", "/1/2/4/", "/1/3/"


@pytest.mark.parametrize(("frequency", "most"), [("once", 1), ("yearly", 1), ("quarterly", 4), ("monthly", 12)])
def test_both_sides_of_what_a_frequency_allows(frequency, most):
    """The round before the last allowed one has `most − 1` behind it."""
    case = _sheet(frequency=frequency)
    assert compiling.judge_sheet(replace(case, rounds=Rounds(counted=most - 1)), RULES) == ()
    (refused,) = compiling.judge_sheet(replace(case, rounds=Rounds(counted=most, emergencies=2, withdrawn=1)), RULES)
    assert refused.rule == "FRM-4"
    assert f"发过 {most} 次（不计应急 2 次、撤回 1 次）" in str(refused.what)
    emergency = replace(case, rounds=Rounds(counted=most), is_emergency=True)
    assert compiling.judge_sheet(emergency, RULES) == ()


def _round(path: str, **more) -> Round:
    return Round(path, **{"sheet_code": "econ", "sheet_title": "经济表", "is_emergency": False, "is_withdrawn": False,
                          "was_used": False} | more)  # fmt: skip


@pytest.mark.parametrize(("scope", "paths", "counted"), [
    (CITY, [], 0),
    (CITY, [CITY, CITY], 2),
    (CITY, [EAST, WEST], 1),         # each county once
    (CITY, [EAST, TOWN, WEST], 2),   # the villages of the town twice
    (CITY, [CITY, EAST, EAST], 3),
    (EAST, [CITY, EAST, TOWN], 3),
    (TOWN, [CITY, EAST], 2),
])  # fmt: skip
def test_the_unit_that_was_asked_most_often_decides(scope, paths, counted):
    assert rounds_before([_round(path) for path in paths], sheet_code="econ", scope_path=scope).counted == counted


def test_what_does_not_count_is_told_apart():
    found = [
        _round(CITY), _round(CITY, is_emergency=True), _round(CITY, is_withdrawn=True),
        _round(CITY, is_withdrawn=True, was_used=True), _round(CITY, sheet_code="copy", sheet_title="换名的表"),
    ]  # fmt: skip
    assert rounds_before(found, sheet_code="econ", scope_path=CITY) == Rounds(3, 1, 1, ("换名的表",))


# As it happens


def _send(house, n_weeks: int, *, sheet: str = "econ", scope: str = "富水市", **more) -> str:
    at = AT + timedelta(weeks=n_weeks)
    return actions.dispatch_sheet(
        sheet=sheet, scope_unit=house.city.code[scope], period=Period.parse("2026Q3"),
        due_on=DUE + timedelta(weeks=n_weeks), basis="富政办〔2026〕模拟12号", only_what_is_left=True,
        by=house.city.actor["dora"], at=at, **more,
    )  # fmt: skip


def _end(house, number: str) -> None:
    actions.close_dispatch(dispatch=number, by=house.city.actor["dora"], at=AT)


def test_once_and_sent_every_week(house):
    house.define("new_projects", frequency="once", legal=LASTING)
    _end(house, _send(house, 0))
    with pytest.raises(actions.SheetRefused, match="已向同一范围发过 1 次") as refused:
        _send(house, 1)
    assert refused.value.rule == "FRM-4"
    (seen,) = gate.refusals(viewer=SYSTEM, since=ON, until=ON + timedelta(days=30))
    assert seen.rules == ("FRM-4",)
    assert _send(house, 1, is_emergency=True)


def test_the_year_is_over_after_eleven_months(house):
    house.define("new_projects", frequency="once", legal=LASTING)
    _end(house, _send(house, 0))
    days = law.rule("FRM-4", ON).parameters["window_days"]
    for later, is_refused in ((days - 1, True), (days, False)):
        today = ON + timedelta(days=later)
        seen = queries.compile_sheet(
            sheet="econ", scope_unit=house.city.code["富水市"], period=Period.parse("2026Q3"), due_on=None,
            viewer=house.city.actor["dora"], today=today,
        )  # fmt: skip
        assert ("FRM-4" in [r.rule for r in seen.refusals]) is is_refused


def test_neighbours_were_not_asked_twice(house):
    house.define("new_projects", frequency="once", legal=LASTING)
    _end(house, _send(house, 0, scope="东县"))
    assert _send(house, 1, scope="西区")
    with pytest.raises(actions.SheetRefused, match="发过 1 次"):
        _send(house, 2, scope="甲镇")


def test_a_copied_sheet_is_another_round(house):
    """Three of five questions are the same: 60 %. Two of five are another sheet."""
    same = ["new_projects", "tax_revenue", "vat_revenue"]
    house.define(*same, frequency="once", legal=LASTING)
    _end(house, _send(house, 0))
    house.define(*same, "remark", "has_road", code="copy", title="换名的表", frequency="once", legal=LASTING)
    with pytest.raises(actions.SheetRefused, match="连同《三季度经济运行表》"):
        _send(house, 1, sheet="copy")
    house.define(*same[:2], "remark", "has_road", "population", code="other", title="别的表", frequency="once",
                 legal=LASTING)  # fmt: skip
    assert _send(house, 1, sheet="other")


def test_a_round_taken_back_does_not_count_unless_it_was_used(house):
    house.define("new_projects", frequency="once", legal=LASTING)
    number = _send(house, 0)
    actions.withdraw_dispatch(dispatch=number, reason="口径有误", by=house.city.actor["dora"], at=AT)
    again = _send(house, 1)
    house.type(again, "new_projects", "4", at=AT + timedelta(weeks=1))
    house.act("submit_filing", again, at=AT + timedelta(weeks=1))
    house.act("accept_filing", again, by="rita", at=AT + timedelta(weeks=1))
    actions.withdraw_dispatch(dispatch=again, reason="收够了", by=house.city.actor["dora"], at=AT + timedelta(weeks=1))
    with pytest.raises(actions.SheetRefused, match="发过 1 次（不计应急 0 次、撤回 1 次）"):
        _send(house, 2)
