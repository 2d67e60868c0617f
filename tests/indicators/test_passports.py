from decimal import Decimal

import pytest
from django.db import transaction

from dukao.base.periods import Period
from dukao.base.refusals import NotThere
from dukao.indicators import queries
from dukao.registers import actions
from tests.registers.facts_twin import moment

Q3 = Period.parse("2026Q3")


def passport(registers, indicator, place="富水市", viewer="sam", **more):
    return queries.passport(
        indicator=indicator, unit=registers.city.code[place], period=Q3, viewer=registers.city.actor[viewer], **more
    )


def test_a_ratio_shows_its_formula_terms_and_children(registers, indicators):
    indicators("tax_per_head")
    registers.land({
        ("vat", "2026-07", "一村"): 80_00, ("vat", "2026-09", "四村"): 1_50, ("income_tax", "2026Q3", "一村"): 5,
        ("population", "2025", "一村"): 100, ("population", "2025", "四村"): 300,
    })
    shown = passport(registers, "tax_per_head")
    assert shown.indicator.formula == "（vat项 + income_tax项）÷ population项 × 10,000"
    assert shown.value == Decimal("2050.00")
    assert (shown.numerator_value, shown.denominator_value, shown.factor) == (Decimal("82.00"), 400, 10000)
    vat, income_tax = shown.numerator
    assert (vat.value, vat.rule) == (Decimal("81.50"), "下级单位相加；各期相加")
    assert [(part.period.code, part.value) for part in vat.parts] == [
        ("2026-07", Decimal("80.00")), ("2026-08", None), ("2026-09", Decimal("1.50")),
    ]
    assert [(child.unit.name, child.value) for child in vat.children] == [
        ("东县", Decimal("80.00")), ("西区", Decimal("1.50")),
    ]
    assert [(child.unit.name, child.state) for child in income_tax.children] == [("东县", "known"), ("西区", "unknown")]
    assert [source.number for source in vat.deliveries] == ["returns-1"]
    assert shown.open_deliveries == ("returns-1",)
    assert passport(registers, "tax_per_head", "一村", "alice").open_deliveries == ()
    (people,) = shown.denominator
    assert (people.value, people.taken_from) == (400, Period.parse("2025"))
    assert vat.facts == ()


def test_a_villages_figure_ends_at_its_facts_and_what_was_held_before(registers, indicators):
    indicators("people", "tax")
    registers.land({("vat", "2026-07", "一村"): 80_00}, tick=1)
    registers.land({("vat", "2026-07", "一村"): 81_00}, tick=3)
    shown = passport(registers, "tax", "一村", "alice")
    (fact,) = shown.numerator[0].facts
    assert (fact.value, fact.recorded_at, fact.superseded_at) == (Decimal("81.00"), moment(3), None)
    assert (fact.source.number, fact.source.by_name, fact.source.landed_at) == ("returns-2", "tara", moment(3))
    assert fact.source.file_digest == f"{2:064}"
    assert [(old.value, old.source.number, old.superseded_at) for old in fact.before] == [
        (Decimal("80.00"), "returns-1", moment(3))
    ]
    assert (shown.value, shown.state) == (None, "unknown"), "no income tax yet"
    past = passport(registers, "tax", "一村", "alice", as_of=moment(2))
    assert [(fact.value, fact.before) for fact in past.numerator[0].facts] == [(Decimal("80.00"), ())]


def test_a_typed_value_names_its_filing(registers, indicators):
    indicators("people")
    registers.type("population", "2026", "一村", 99, filing=7)
    with transaction.atomic():
        actions.accept_facts(
            filing_id=7, unit_id=registers.city.unit["一村"], unit_path=registers.city.path["一村"], at=moment(4),
            cells=[actions.AnsweredCell(registers.ids["population"], Period.parse("2026").key, 99)],
        )
    (fact,) = passport(registers, "people", "一村").numerator[0].facts
    assert (fact.source.kind, fact.source.filing_id, fact.accepted_at) == ("filing", 7, moment(4))


def test_every_level_of_the_way_down_adds_up(registers, indicators):
    indicators("tax", "people", "price")
    registers.land({
        ("vat", "2026-07", place): value
        for place, value in (("一村", 1_10), ("二村", 2_20), ("三村", -3_00), ("四村", 4))
    } | {("income_tax", "2026Q3", "一村"): 7})
    for place in ("富水市", "东县", "甲镇"):
        shown = passport(registers, "tax", place)
        for term in shown.numerator:
            known = [child.value for child in term.children if child.value is not None]
            assert term.value == sum(known)
            assert term.value == sum(part.value for part in term.parts if part.value is not None)
            assert term.counts.known == sum(child.counts.known for child in term.children)
        for child in shown.numerator[0].children:
            below = passport(registers, "tax", child.unit.name)
            assert below.numerator[0].value == child.value


@pytest.mark.parametrize(("viewer", "place"), [("alice", "二村"), ("adam", "富水市"), ("charlie", "一村")])
def test_strangers_cannot_tell_that_it_exists(registers, indicators, viewer, place):
    indicators("tax")
    with pytest.raises(NotThere):
        passport(registers, "tax", place, viewer)


def test_an_unknown_indicator_is_not_there(registers):
    with pytest.raises(NotThere):
        passport(registers, "tax")


def test_the_number_of_sql_queries_does_not_grow(registers, indicators, django_assert_max_num_queries):
    indicators("tax")

    def count(place):
        with django_assert_max_num_queries(30) as taken:
            passport(registers, "tax", place)
        return len(taken)

    registers.land({("vat", "2026-07", "一村"): 1})
    with_one = count("富水市"), count("一村")
    for tick in range(3):
        registers.land({("vat", "2026-07", place): tick for place in ("一村", "二村", "四村")}, tick=tick)
        registers.type("vat", "2026-08", "一村", tick, tick=tick)
    assert (count("富水市"), count("一村")) <= (with_one[0], with_one[1] + 2)
