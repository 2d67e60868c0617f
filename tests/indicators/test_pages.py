from decimal import Decimal

import pytest
from django.db import transaction

from dukao.base.periods import Period
from dukao.base.refusals import NotThere
from dukao.indicators import queries
from dukao.registers import actions
from tests.registers.facts_twin import moment

Q3 = Period.parse("2026Q3")


def page(registers, place="富水市", viewer="sam", period=Q3, **more):
    return queries.unit_page(
        unit=registers.city.code[place], period=period, viewer=registers.city.actor[viewer], **more
    )


def card(shown, code):
    return next(card for card in shown.cards if card.indicator.code == code)


def child(shown, place, code):
    row = next(row for row in shown.children if row.unit.name == place)
    return next(cell for cell in row.cells if cell.code == code)


def test_months_and_quarters_fold_into_one_exact_figure(registers, indicators):
    indicators("tax")
    registers.land({
        ("vat", "2026-07", "一村"): 10_00, ("vat", "2026-08", "一村"): 20_05, ("vat", "2026-09", "四村"): 3_00,
        ("income_tax", "2026Q3", "一村"): 15, ("vat", "2025-07", "一村"): 20_00, ("income_tax", "2025Q3", "四村"): 0,
        ("vat", "2026-06", "一村"): 5_00, ("income_tax", "2026Q2", "一村"): 0,
    })
    shown = page(registers)
    tax = card(shown, "tax")
    assert tax.value == Decimal("34.55")
    assert (tax.year_before, tax.on_year) == (Decimal("20.00"), Decimal("72.8"))
    assert (tax.previous, tax.on_previous) == (Decimal("5.00"), Decimal("591.0"))
    assert [point.period.code for point in tax.trend[-2:]] == ["2026Q2", "2026Q3"]
    assert tax.trend[-1].value == tax.value
    assert len(tax.trend) == 12
    # 西区 has no income tax: its figure is not known, and certainly not nought.
    assert (child(shown, "西区", "tax").value, child(shown, "西区", "tax").state) == (None, "unknown")
    assert child(shown, "东县", "tax").value == Decimal("31.55")
    assert child(shown, "东县", "tax").share_percent == Decimal("91.3")


def test_half_of_the_units_is_no_decline(registers, indicators):
    indicators("tax")
    before = {(element, period, place): 100 for element, period in (("vat", "2025-07"), ("income_tax", "2025Q3"))
              for place in ("一村", "四村")}  # fmt: skip
    registers.land(before | {("vat", "2026-07", "一村"): 90, ("income_tax", "2026Q3", "一村"): 90})
    shown = page(registers)
    assert (card(shown, "tax").value, card(shown, "tax").year_before) == (Decimal("9.90"), Decimal("22.00"))
    assert card(shown, "tax").on_year is None
    assert child(shown, "东县", "tax").on_year == Decimal("-10.0")
    code = registers.city.code["富水市"]
    assert queries.live_figures(unit=code, period=Q3)[f"tax|{code}"].on_year is None


def test_coverage_is_that_of_the_least_known_part(registers, indicators):
    indicators("tax")
    registers.land({("vat", "2026-07", "一村"): 1, ("vat", "2026-08", "一村"): 1, ("income_tax", "2026Q3", "一村"): 1})
    registers.type("vat", "2026-09", "二村", 7)
    assert card(page(registers), "tax").counts == (1, 6, 1)
    assert card(page(registers, "甲镇"), "tax").counts == (1, 2, 1)
    assert card(page(registers, "一村"), "tax").counts == (2, 3, 0)


def test_stocks_are_looked_for_in_the_year_before_and_averages_weigh_units(registers, indicators):
    indicators("people", "price", "tax_per_head", "water")
    registers.land({
        ("population", "2025", "一村"): 100, ("population", "2025", "四村"): 300,
        ("vat", "2026-07", "一村"): 80_00, ("income_tax", "2026Q3", "一村"): 0,
        ("price", "2026-07", "东县"): 10_00, ("price", "2026-07", "西区"): 20_00, ("price", "2026-08", "东县"): 40_00,
        ("levels", "2026-07", "甲镇"): 5, ("levels", "2026-08", "乙镇"): 6,
    })
    shown = page(registers)
    assert card(shown, "people").value == 400
    assert card(shown, "people").period == Period.parse("2026")
    assert card(shown, "price").value == Decimal("27.50"), "(15 + 40) / 2"
    assert card(shown, "tax_per_head").value == Decimal("2000.00"), "80 万元 / 400 人 × 10,000"
    assert card(shown, "water").value == 6, "the latest month that has any"
    assert card(page(registers, period=Period.parse("2028Q1")), "people").value is None, "too long ago"


def test_what_does_not_add_up_is_not_added(registers, indicators):
    indicators("ranking", "price")
    registers.land({("ranking", "2026Q3", "东县"): 2, ("ranking", "2026Q3", "西区"): 1})
    shown = page(registers)
    assert (card(shown, "ranking").value, card(shown, "ranking").state) == (None, "apart")
    assert child(shown, "东县", "ranking").value == 2
    assert card(page(registers, "东县"), "ranking").value == 2
    assert card(page(registers, "甲镇"), "ranking").state == "above", "kept for counties only"
    assert card(page(registers, "东县", period=Period.parse("2026")), "ranking").state == "apart"


def test_a_page_of_the_past_shows_what_was_held_then(registers, indicators):
    indicators("tax")
    registers.land({("vat", "2026-07", "一村"): 10_00, ("income_tax", "2026Q3", "一村"): 0}, tick=1)
    registers.land({("vat", "2026-07", "一村"): 99_00}, tick=5)
    registers.type("vat", "2026-08", "一村", 1_00, tick=7)
    with transaction.atomic():
        actions.accept_facts(
            filing_id=7, unit_id=registers.city.unit["一村"], unit_path=registers.city.path["一村"], at=moment(9),
            cells=[actions.AnsweredCell(registers.ids["vat"], Period.parse("2026-08").key, 1_00)],
        )
    seen = {}
    for tick in (0, 1, 4, 5, 7, 9):
        past, now = page(registers, as_of=moment(tick)), card(page(registers, as_of=moment(tick)), "tax")
        seen[tick] = (now.value, now.counts.pending, child(past, "东县", "tax").value, len(past.sources))
    ten, hundred, more = Decimal("10.00"), Decimal("99.00"), Decimal("100.00")
    assert seen == {0: (None, 0, None, 0), 1: (ten, 0, ten, 1), 4: (ten, 0, ten, 1), 5: (hundred, 0, hundred, 1),
                    7: (more, 1, more, 1), 9: (more, 0, more, 1)}
    current = page(registers)
    assert page(registers, as_of=moment(9)).cards == current.cards
    assert page(registers, as_of=moment(9)).children == current.children


def test_freshness_names_the_newest_delivery_and_what_is_filled_in(registers, indicators):
    indicators("tax", "people")
    registers.land({("vat", "2026-07", "一村"): 10_00}, tick=1)
    registers.land({("vat", "2026-07", "一村"): 10_00}, tick=2)
    registers.type("population", "2026", "二村", 5)
    shown = page(registers)
    (fresh,) = shown.sources
    source = fresh.source
    assert (source.number, source.provider_name, source.landed_at) == ("returns-2", "税务局", moment(2))
    assert (fresh.covers, fresh.elements) == (Q3, ("income_tax", "vat"))
    assert shown.filled_in == queries.FilledIn(("population项",), (1, 6, 1))


def test_every_unit_down_to_the_village_has_its_page(registers, indicators):
    indicators("tax")
    registers.land({("vat", "2026-07", "一村"): 10_00, ("income_tax", "2026Q3", "一村"): 5})
    for place in ("富水市", "东县", "甲镇", "一村"):
        shown = page(registers, place)
        assert card(shown, "tax").value == Decimal("10.50")
        assert shown.unit.name == place
        assert shown.ancestors == () if place == "富水市" else shown.ancestors[0].name == "富水市"
    assert page(registers, "一村").children == ()


@pytest.mark.parametrize(("viewer", "place", "sees"), [
    ("alice", "一村", True), ("alice", "二村", False), ("alice", "甲镇", False), ("rita", "甲镇", True),
    ("rita", "一村", True), ("rita", "东县", False), ("dora", "富水市", True), ("adam", "富水市", False),
    ("otto", "富水市", False), ("charlie", "一村", False),
])
def test_figures_are_seen_in_the_own_subtree_only(registers, indicators, viewer, place, sees):
    if sees:
        assert page(registers, place, viewer).unit.name == place
    else:
        with pytest.raises(NotThere):
            page(registers, place, viewer)


def test_the_number_of_sql_queries_does_not_grow(registers, indicators, django_assert_max_num_queries):
    indicators("tax")
    registers.land({("vat", "2026-07", "一村"): 10_00, ("income_tax", "2026Q3", "一村"): 5})

    def count():
        with django_assert_max_num_queries(40) as taken:
            page(registers)
        return len(taken)

    with_one = count()
    indicators()
    registers.land({("vat", "2026-07", place): 10_00 for place in ("二村", "三村", "四村")})
    assert count() <= with_one + 2, "one more query per further period type, for the unit and for its children"
    assert count() <= 16


def test_open_pages_are_told_what_the_page_shows(registers, indicators):
    indicators()
    registers.land({("vat", "2026-07", "一村"): 10_00, ("income_tax", "2026Q3", "一村"): 5,
                    ("vat", "2025-07", "一村"): 5_00, ("income_tax", "2025Q3", "一村"): 5})
    registers.type("population", "2026", "二村", 5)
    shown, told = page(registers), queries.live_figures(unit=registers.city.code["富水市"], period=Q3)
    assert len(told) == len(shown.cards) * (1 + len(shown.children))
    for one in shown.cards:
        live = told[f"{one.indicator.code}|{registers.city.code['富水市']}"]
        assert (live.value, live.state, live.counts, live.on_year) == (one.value, one.state, one.counts, one.on_year)
    for row in shown.children:
        for cell in row.cells:
            live = told[f"{cell.code}|{row.unit.code}"]
            assert (live.value, live.state, live.counts, live.on_year) == (
                cell.value, cell.state, cell.counts, cell.on_year
            )
