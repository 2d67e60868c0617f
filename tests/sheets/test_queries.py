"""Pages of sheets: what a worker sees of a filing, desks, progress, tables; who sees what; constant query counts."""

from datetime import date
from decimal import Decimal

import pytest

from dukao.base.refusals import NotThere
from dukao.sheets import actions, queries
from tests.conftest import AT, ON
from tests.sheets.conftest import DUE, Q3

TODAY_LATE = date(2026, 11, 27)


def _cells(page):
    return {cell.key: cell for section in page.sections for question in section.questions for cell in question.cells}


def test_what_the_worker_sees(house):
    house.know("tax_revenue", "2026Q3", "一村", 128450)
    house.know("new_projects", "2025Q3", "一村", 2)
    house.know("new_projects", "2026Q2", "一村", 1)
    number = house.send("tax_revenue", "new_projects", {"element": "has_road", "label": "路", "note": "到村委会"},
                        notes=["按村填"])  # fmt: skip
    page = house.page(number)
    assert (page.title, page.unit_name, page.issuer_name) == ("三季度经济运行表", "一村", "统计局")
    assert (page.form_number, page.notes, page.basis) == ("富统综1表（模拟）", ("按村填",), "富政办〔2026〕模拟12号")
    cells = _cells(page)
    known = cells["tax_revenue:2026Q3"]
    assert (known.state, known.shown, known.source.text, known.source.as_of) == ("known", "1284.50", "本单位填报", ON)
    asked = cells["new_projects:2026Q3"]
    assert (asked.state, asked.last_year, asked.previous, asked.is_left) == ("asked", "2", "1", True)
    road = page.sections[0].questions[2]
    assert (road.label, road.note, road.codes) == ("路", "到村委会", (("1", "是"), ("2", "否")))
    tally = page.tally
    assert (tally.n_items, tally.n_filled, tally.n_left, tally.minutes_left_hundredths) == (3, 1, 2, 250)
    assert (page.may_fill, page.may_submit, page.may_refuse, page.may_review) == (True, False, False, False)


def test_after_handing_in_the_page_shows_what_was_handed_in(house):
    house.know("tax_revenue", "2026Q3", "一村", 128450)
    number = house.send("tax_revenue", "new_projects")
    house.type(number, "new_projects", "5")
    assert house.page(number).may_submit
    house.act("submit_filing", number)
    house.know("tax_revenue", "2026Q3", "一村", 1)
    page = house.page(number)
    assert {key: (c.state, c.shown) for key, c in _cells(page).items()} == {
        "tax_revenue:2026Q3": ("known", "1284.50"), "new_projects:2026Q3": ("answered", "5"),
    }  # fmt: skip
    assert (page.may_fill, page.state_label, page.submitted_at) == (False, "待审", AT)
    assert _cells(page)["new_projects:2026Q3"].answered_at == AT
    assert (page.due_on, page.valid_until, page.is_emergency) == (DUE, date(2026, 12, 31), False)


def test_figures_of_the_villages_are_added_up_in_the_countys_filing(house, city):
    house.know_all("tax_revenue", "2026Q3", "一村 二村", 150)
    number = _send_to_counties(house)
    assert _cells(_county_page(house, number))["tax_revenue:2026Q3"].state == "elsewhere"
    house.know("tax_revenue", "2026Q3", "三村", 100)
    cell = _cells(_county_page(house, number))["tax_revenue:2026Q3"]
    assert (cell.state, cell.shown, cell.source.text) == ("known", "4.00", "由 3 个下级单位汇总")


def _send_to_counties(house):
    house.define("tax_revenue", "county_plan", level="county")
    return actions.dispatch_sheet(
        sheet="econ", scope_unit=house.city.code["富水市"], period=Q3, due_on=DUE, basis="据", only_what_is_left=True,
        by=house.city.actor["dora"], at=AT,
    )  # fmt: skip


def _county_page(house, number):
    return queries.filing(dispatch=number, unit=house.city.code["东县"], viewer=house.city.actor["dora"], today=ON)


@pytest.mark.parametrize(("viewer", "sees"), [
    ("alice", True), ("rita", True), ("dora", True), ("sam", True),
    ("wang", False), ("tara", False), ("adam", False), ("otto", False), ("charlie", False),
])  # fmt: skip
def test_who_sees_a_filing(house, viewer, sees):
    number = house.send("new_projects")
    if sees:
        assert house.page(number, viewer=viewer).number == number
    else:
        with pytest.raises(NotThere):
            house.page(number, viewer=viewer)
    with pytest.raises(NotThere):
        house.page("BB2026-0404", viewer=viewer)


def test_the_desk_of_a_worker(house, city):
    house.know("tax_revenue", "2026Q3", "一村", 100)
    number = house.send("tax_revenue", "new_projects")
    desk = queries.desk(viewer=city.actor["alice"], today=ON)
    (todo,) = desk.to_fill
    assert (todo.number, todo.issuer_name, todo.tally.n_filled, todo.tally.n_left) == (number, "统计局", 1, 1)
    assert (desk.handed_in, desk.to_review, desk.dispatches, desk.sheets) == ((), (), (), ())
    assert desk.saved.n_items == 0
    house.type(number, "new_projects", "1")
    house.act("submit_filing", number)
    desk = queries.desk(viewer=city.actor["alice"], today=ON)
    assert (desk.to_fill, [f.number for f in desk.handed_in]) == ((), [number])
    assert (desk.saved.n_items, desk.saved.minutes_hundredths) == (1, 50)
    assert queries.desk(viewer=city.actor["alice"], today=date(2027, 1, 1)).saved.n_items == 0
    house.act("return_filing", number, by="rita", reason="再核")
    (todo,) = queries.desk(viewer=city.actor["alice"], today=ON).to_fill
    assert (todo.state, todo.reason) == ("returned", "再核")


def test_the_desks_of_the_others(house, city):
    number = house.send("new_projects")
    house.type(number, "new_projects", "1")
    house.act("submit_filing", number)
    desks = {name: queries.desk(viewer=actor, today=ON) for name, actor in city.actor.items()}
    assert {name for name, desk in desks.items() if desk.to_review} == {"rita", "gina", "dora"}
    assert {name for name, desk in desks.items() if desk.dispatches} == {"dora", "sam"}
    assert {name for name, desk in desks.items() if desk.to_fill} == {"wang"}
    assert [s.code for s in desks["dora"].sheets] == ["econ"]
    assert desks["tara"].sheets == ()
    view = desks["dora"].dispatches[0]
    assert (view.n_units, view.n_open, view.n_submitted) == (6, 5, 1)
    actions.withdraw_dispatch(dispatch=number, reason="x", by=city.actor["dora"], at=AT)
    assert not queries.desk(viewer=city.actor["rita"], today=ON).to_review
    assert not queries.desk(viewer=city.actor["wang"], today=ON).to_fill


def test_progress_is_told_by_unit_code_with_what_waits(house, city):
    number = house.send("new_projects", "sales", "population")
    house.type(number, "new_projects", "5")
    house.type(number, "new_projects", "9", by="wang", unit="二村")
    for period, sold, people in (("2026-07", "1.5", "10"), ("2026-08", "2.5", "20")):
        house.type(number, "sales", sold, period=period)
        house.type(number, "population", people, period=period)
    progress = queries.dispatch_progress(dispatch=number, viewer=city.actor["dora"])
    assert [(row.unit_name, row.counts) for row in progress.rows] == [("东县", {"open": 3}), ("西区", {"open": 3})]
    east, west = progress.rows
    assert [f.value for f in east.figures] == [Decimal(14), Decimal("4.0"), Decimal(20)]
    assert all(f.is_pending for f in east.figures)
    assert [f.value for f in west.figures] == [None, None, None]
    assert progress.total.figures[0].value == Decimal(14)
    below = queries.dispatch_progress(dispatch=number, unit=city.code["甲镇"], viewer=city.actor["rita"])
    assert [row.unit_name for row in below.rows] == ["一村", "二村"]


@pytest.mark.parametrize(("viewer", "unit", "sees"), [
    ("dora", None, True), ("sam", None, True), ("dora", "甲镇", True), ("rita", "甲镇", True), ("rita", "一村", True),
    ("rita", None, False), ("rita", "乙镇", False), ("alice", "一村", False), ("tara", None, False),
    ("charlie", None, False), ("adam", None, False), ("otto", None, False),
])  # fmt: skip
def test_who_sees_progress_and_tables(house, city, viewer, unit, sees):
    number = house.send("new_projects", scope="东县")
    asked = {"dispatch": number, "unit": city.code[unit] if unit else None, "viewer": city.actor[viewer]}
    for query in (queries.dispatch_progress, queries.filing_table, queries.filings_of, queries.filing_list):
        if sees:
            assert query(**asked)
        else:
            with pytest.raises(NotThere):
                query(**asked)
    with pytest.raises(NotThere):
        queries.dispatch_progress(dispatch=number, unit=city.code["西区"], viewer=city.actor["dora"])


def test_a_list_of_filings_says_how_many_more_there_are(house, city):
    asked = {"dispatch": house.send("new_projects"), "viewer": city.actor["dora"]}
    pages = [queries.filing_list(**asked, page=page, page_size=4) for page in (1, 2, 3)]
    assert [(len(p.rows), p.n_filings, p.n_more) for p in pages] == [(4, 6, 2), (2, 6, 0), (0, 6, 0)]
    assert (*pages[0].rows, *pages[1].rows) == queries.filings_of(**asked)


def test_the_table_of_all_units_and_cells(house, city):
    house.know("tax_revenue", "2026Q3", "一村", 128450)
    number = house.send("tax_revenue", "sales", "remark", "has_road")
    house.type(number, "sales", "1.5", period="2026-08")
    house.type(number, "remark", "=说明")
    house.type(number, "has_road", "1")
    table = queries.filing_table(dispatch=number, viewer=city.actor["dora"])
    assert [(c.label, c.period_label) for c in table.columns] == [
        ("税收收入", ""), ("月销售额", "2026年7月"), ("月销售额", "2026年8月"), ("月销售额", "2026年9月"),
        ("情况说明", ""),
        ("是否通硬化路", ""),
    ]  # fmt: skip
    rows = list(table.rows)
    assert [row.unit_name for row in rows] == ["一村", "二村", "三村", "四村", "五村", "六村"]
    assert rows[0].values == (Decimal("1284.50"), None, Decimal("1.5"), None, "=说明", "是")
    assert rows[1].values == (None, None, None, None, "", "")
    below = queries.filing_table(dispatch=number, unit=city.code["甲镇"], viewer=city.actor["rita"])
    assert len(list(below.rows)) == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_does_not_grow(house, city, rows, django_assert_num_queries):
    for n in range(rows):
        house.send(["new_projects", "tax_revenue", "vat_revenue"][n], code=f"econ_{n}")
    with django_assert_num_queries(6):
        assert len(queries.desk(viewer=city.actor["alice"], today=ON).to_fill) == rows
    with django_assert_num_queries(1):
        assert len(queries.dispatches(viewer=city.actor["dora"])) == rows


@pytest.mark.parametrize("questions", [1, 3])
def test_opening_a_filing_takes_the_same_queries_for_any_number_of_questions(
    house, questions, django_assert_num_queries
):
    number = house.send(*["new_projects", "tax_revenue", "vat_revenue"][:questions])
    with django_assert_num_queries(5):
        house.page(number)
    with django_assert_num_queries(6):
        queries.dispatch_progress(dispatch=number, viewer=house.city.actor["dora"])


def test_what_is_stale_says_of_when_it_is(house):
    house.know("population", "2026-06", "一村", 1203)
    number = house.send("population")
    cell = house.cell(number, "population", "2026-09", today=TODAY_LATE)
    assert (cell.state, cell.value_period, cell.source.age_days) == ("stale", "2026年6月", 50)
    tally = house.page(number, today=TODAY_LATE).tally
    assert (tally.n_left, tally.minutes_left_hundredths) == (1, 30)
