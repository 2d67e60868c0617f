"""A unit of which everything is known is not asked: nothing to hand in, nothing to review, no minutes, no demand."""

from datetime import date, timedelta

import pytest

from dukao.gate import queries as gate
from dukao.registers import queries as registers
from dukao.sheets import actions, queries
from dukao.sheets.models import Filing
from tests.conftest import ON

LATE = date(2027, 1, 20)


@pytest.fixture
def number(house) -> str:
    """Both questions are known for 一村, one of them for 二村."""
    house.know("tax_revenue", "2026Q3", "一村", 100)
    house.know("tax_revenue", "2026Q3", "二村", 100)
    house.know("new_projects", "2026Q3", "一村", 3)
    return house.send("tax_revenue", "new_projects")


def test_the_filing_is_closed_by_the_house_and_shows_what_is_known(house, number):
    page = house.page(number)
    assert (page.state, page.state_label, page.may_fill, page.may_submit) == ("spared", "无需填报", False, False)
    assert [c.state for s in page.sections for q in s.questions for c in q.cells] == ["known", "known"]
    assert (page.tally.n_items, page.tally.n_left, page.tally.minutes_left_hundredths) == (2, 0, 0)
    assert (queries.desk(viewer=house.city.actor["alice"], today=ON).to_fill) == ()
    assert house.page(number, viewer="wang", unit="二村").state == "open"


def test_no_demand_is_on_the_unit_and_no_minutes(house, number):
    def on(unit):
        return gate.demands_on_unit(unit=house.city.code[unit], viewer=house.city.actor["sam"])

    assert on("一村") == ()
    (demand,) = on("二村")
    assert (demand.unit_count, demand.minutes_hundredths) == (5, 5 * 200 + 4 * 50)


def test_who_asked_and_who_reviews_are_told(house, number):
    view = queries.dispatch(number=number, viewer=house.city.actor["dora"])
    assert (view.n_units, view.n_spared, view.n_asked_units, view.n_open) == (6, 1, 5, 5)
    (spared,) = queries.filings_spared(viewer=house.city.actor["rita"])
    assert (spared.unit_name, spared.state_label) == ("一村", "无需填报")
    progress = queries.dispatch_progress(dispatch=number, viewer=house.city.actor["dora"])
    assert progress.total.counts == {"spared": 1, "open": 5}


def test_nobody_fills_it_in_and_nothing_reopens_it(house, number):
    with pytest.raises(actions.FilingClosed, match="无需填报"):
        house.type(number, "new_projects", "4")
    with pytest.raises(actions.FilingClosed, match="无需填报"):
        house.act("submit_filing", number)
    with pytest.raises(actions.NotSubmitted):
        house.act("accept_filing", number, by="rita")
    later = house.page(number, today=LATE)
    assert (later.state, later.may_fill, later.tally.n_left) == ("spared", False, 0)


def test_a_stale_value_or_an_optional_one_leaves_the_unit_asked(house):
    house.know_all("tax_revenue", "2026Q3", "一村 二村")
    house.send("tax_revenue", {"element": "remark", "required": False})
    assert not Filing.objects.filter(state="spared").exists()


def test_what_a_department_is_to_deliver_leaves_nothing_to_answer(house):
    from tests.sheets.test_expected import _dataset

    _dataset(house)
    house.know("new_projects", "2026Q3", "一村", 3)
    number = house.send("tax_revenue", "new_projects")
    assert house.page(number).state == "spared"
    assert house.cell(number, "tax_revenue").state == "elsewhere"


def test_an_export_tells_what_is_known_of_it(house, number):
    table = queries.filing_table(dispatch=number, viewer=house.city.actor["dora"])
    rows = {row.unit_name: (row.state_label, [str(v) for v in row.values]) for row in table.rows}
    assert rows["一村"] == ("无需填报", ["1.00", "3"])


def test_what_a_sheet_does_not_ask_is_counted_in_cells_and_minutes(house):
    house.know_all("tax_revenue", "2026Q3")
    house.send("tax_revenue", "new_projects")
    minutes = registers.elements_by_code(["tax_revenue"])["tax_revenue"].minutes_hundredths

    def spared(unit: str) -> tuple[int, int]:
        found = queries.spared_cells(
            viewer=house.city.actor["sam"], unit_path=house.city.path[unit], since=ON, until=ON + timedelta(days=1)
        )
        return found.n, found.minutes_hundredths

    assert minutes > 0
    assert spared("富水市") == (6, 6 * minutes)
    # It went to the whole city: what of it a county was spared nobody has counted.
    assert spared("东县") == (0, 0)
    [question] = queries.spared_questions(
        viewer=house.city.actor["sam"], since=ON, until=ON + timedelta(days=1), most=10
    )
    assert (question.element_title, question.verdict, question.n_cells) == ("税收收入", "held", 6)
