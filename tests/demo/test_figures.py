"""The invented figures: exact, the same in every part as in the whole, and of a believable order."""

import numpy as np
import pytest

from dukao.base.periods import Period
from dukao.demo.figures import Figures
from dukao.demo.rows import NO_SUCH_UNIT, invoices, subsidy_payments
from tests.demo.world_of_test import small_world

QUARTER = Period.parse("2026Q3")


@pytest.fixture(scope="module")
def figures() -> Figures:
    return Figures(small_world())


def test_a_part_of_the_city_is_equal_to_the_part_of_the_whole(figures):
    alone = Figures(small_world(("230221",)))
    for code, level in (("registered_population", "village"), ("vat_revenue", "county"), ("market_entities", "town")):
        period = QUARTER if code == "registered_population" else QUARTER.parts("month")[0]
        whole = dict(zip(figures.world.codes(level), figures.scaled(code, level, [period])[0], strict=True))
        part = dict(zip(alone.world.codes(level), alone.scaled(code, level, [period])[0], strict=True))
        assert part == {unit: whole[unit] for unit in part}


@pytest.mark.parametrize(
    ("total", "parts", "level", "period"),
    [
        ("gdp", ("gdp_primary", "gdp_secondary", "gdp_tertiary"), "county", "2026Q3"),
        ("budget_revenue", ("budget_tax_revenue", "budget_other_revenue"), "county", "2026-08"),
        ("total_electricity", ("industrial_electricity", "household_electricity"), "county", "2025-01"),
    ],
)
def test_totals_are_the_exact_sums_of_their_parts(figures, total, parts, level, period):
    when = Period.parse(period)
    scaled = [figures._one(part, level, when, figures.elements[total].decimals) for part in parts]
    assert (figures.scaled(total, level, [when])[0] == np.sum(scaled, axis=0)).all()


@pytest.mark.parametrize(
    ("part", "whole", "level", "period"),
    [
        ("vat_revenue", "tax_revenue", "county", "2026-08"),
        ("real_estate_investment", "fixed_investment", "county", "2026-08"),
        ("livelihood_expenditure", "budget_expenditure", "county", "2026-08"),
        ("grain_area", "sown_area", "village", "2025"),
        ("elderly_80", "registered_population", "village", "2026Q3"),
        ("family_doctor_signed", "registered_population", "village", "2026Q3"),
        ("hazards_resolved", "hazards_found", "town", "2026Q3"),
    ],
)
def test_a_part_is_never_more_than_the_whole(figures, part, whole, level, period):
    when = Period.parse(period)
    assert (figures.scaled(part, level, [when]) <= figures.scaled(whole, level, [when])).all()


def test_every_shape_stays_in_the_range_of_its_element(figures):
    for code, element in figures.elements.items():
        if code in figures.shapes:
            low, high = element.scaled_range()
            values = figures.scaled(code, element.level, [Period.of(QUARTER.starts_on, element.period)])
            assert low is None or values.min() >= low
            assert high is None or values.max() <= high


def test_villages_are_of_a_believable_size(figures):
    people = figures.scaled("registered_population", "village", [QUARTER])[0]
    assert people.min() > 500
    assert people.max() < 20_000
    assert 1500 < np.median(people) < 5000


def test_invoices_continue_the_modelled_months(figures):
    table = invoices(figures, QUARTER, rows=20_000).to_pydict()
    columns = (table[name] for name in ("开票日期", "金额", "发票状态", "发票号码"))
    good = [
        (day[:7], float(amount))
        for day, amount, state, number in zip(*columns, strict=True)
        if state != "2" and number.startswith("262302")
    ]
    for month in QUARTER.parts("month"):
        summed = sum(amount for day, amount in good if day == month.code)
        modelled = figures.scaled("invoiced_sales", "town", [month]).sum() / 100
        assert summed == pytest.approx(modelled, rel=0.1)


def test_the_tax_on_invoices_continues_the_modelled_rate(figures):
    """A rate of 7.42 % that came to 7.38 % would be told as a fall on every page."""
    table = invoices(figures, QUARTER, rows=60_000).to_pydict()
    columns = (table[name] for name in ("金额", "税额", "发票状态", "发票号码"))
    good = [
        (float(amount), float(tax))
        for amount, tax, state, number in zip(*columns, strict=True)
        if state != "2" and number.startswith("262302")
    ]
    months = QUARTER.parts("month")
    tax, sales = (figures.scaled(code, "town", months).sum() for code in ("invoiced_tax", "invoiced_sales"))
    found = sum(tax for _, tax in good) / sum(amount for amount, _ in good)
    assert found == pytest.approx(tax / sales, rel=2e-3)


def test_about_one_invoice_in_a_thousand_is_faulty(figures):
    table = invoices(figures, QUARTER, rows=20_000).to_pydict()
    numbers = table["发票号码"]
    assert len(numbers) - len(set(numbers)) >= 5
    assert NO_SUCH_UNIT in table["销售方所在区划"]
    assert {"——"} <= set(table["金额"])
    assert 10 <= len(numbers) - 20_000 + 30 <= 60


def test_payments_add_up_to_the_modelled_subsidies(figures):
    table = subsidy_payments(figures, QUARTER).to_pydict()
    paid = sum(a for a, state in zip(table["实发金额"], table["发放结果"], strict=True) if state == "1")
    assert float(paid) == pytest.approx(figures.scaled("subsidy_paid", "village", [QUARTER]).sum() / 100, rel=5e-3)
    assert len(set(table["发放流水号"])) == len(table["发放流水号"])


def test_the_same_seed_gives_the_same_rows(figures):
    assert invoices(figures, QUARTER, rows=3000).equals(invoices(figures, QUARTER, rows=3000))
