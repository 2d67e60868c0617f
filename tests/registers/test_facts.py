"""Facts and totals, cell by cell and delivery by delivery."""

import pytest
from django.db import IntegrityError, connection, transaction

from dukao.org.rules import SYSTEM
from dukao.registers import actions, queries
from dukao.registers.models import Dataset, Delivery, Element, Fact, Total
from tests.registers.facts_twin import batch, moment

Q3 = 2026103
TAX, FARM = 1, 2


@pytest.fixture
def registers(city):
    """Two elements kept per village and quarter, and a dataset with deliveries 1, 2 (corrects 1) and 3."""
    for pk, code in ((TAX, "tax"), (FARM, "farm")):
        Element.objects.create(pk=pk, code=code, title=code, period_type="quarter", level=5, fresh_days=45)
    dataset = Dataset.objects.create(code="returns", title="申报", provider_id=city.department["tax"], definition={})
    for pk, supersedes in ((1, None), (2, 1), (3, None)):
        Delivery.objects.create(
            pk=pk,
            number=f"returns-{pk}",
            dataset=dataset,
            dataset_version=1,
            scope_unit_id=city.unit["富水市"],
            period=Q3,
            file_name="a.csv",
            file_digest=str(pk) * 64,
            size_bytes=1,
            supersedes_id=supersedes,
            by_name="tara",
            received_at=moment(0),
            landed_at=moment(0),
        )
    return city


def type_fact(city, place, value, *, element=TAX, filing=7, tick=0, period=Q3):
    with transaction.atomic():
        return actions.type_fact(
            element_id=element,
            period=period,
            unit_id=city.unit[place],
            unit_path=city.path[place],
            value=value,
            filing_id=filing,
            at=moment(tick),
        )


def accept(city, place, cells, *, filing=7, tick=5):
    with transaction.atomic():
        return actions.accept_facts(
            filing_id=filing, unit_id=city.unit[place], unit_path=city.path[place], cells=cells, at=moment(tick)
        )


def land(city, delivery, values, *, tick=1, element=TAX):
    rows = [(element, Q3, city.unit[place], value, "") for place, value in values.items()]
    with transaction.atomic():
        return actions.land_facts(delivery_id=delivery, batches=[batch(rows)], at=moment(tick))


def figure(city, place, *, element=TAX):
    found = queries.figures(element_ids=[element], periods=[Q3], unit_ids=[city.unit[place]])
    return found.get((element, Q3, city.unit[place]))


def test_a_typed_value_is_in_every_total_above_and_pending(registers):
    type_fact(registers, "一村", 120)
    type_fact(registers, "二村", -20)
    assert figure(registers, "一村") == (120, 1, 120, 1)
    assert figure(registers, "甲镇") == figure(registers, "东县") == figure(registers, "富水市") == (100, 2, 100, 2)
    assert figure(registers, "西区") is None
    assert queries.totals_that_differ() == ()


def test_typing_again_supersedes_and_keeps_history(registers):
    first = type_fact(registers, "一村", 120)
    assert type_fact(registers, "一村", 120, tick=1) == first
    second = type_fact(registers, "一村", 150, tick=2)
    assert second != first
    assert figure(registers, "富水市") == (150, 1, 150, 1)
    newest, oldest = queries.fact_history(element_id=TAX, period=Q3, unit_id=registers.unit["一村"])
    assert (newest.value, newest.superseded_at) == (150, None)
    assert (oldest.value, oldest.recorded_at, oldest.superseded_at) == (120, moment(0), moment(2))
    assert newest.source.filing_id == 7


def test_emptying_a_cell_leaves_no_row_behind(registers):
    type_fact(registers, "一村", 120)
    with transaction.atomic():
        cell = {"element_id": TAX, "period": Q3, "unit_id": registers.unit["一村"], "unit_path": registers.path["一村"]}
        assert not actions.untype_fact(**cell, filing_id=8, at=moment(1))
        assert actions.untype_fact(**cell, filing_id=7, at=moment(1))
        assert not actions.untype_fact(**cell, filing_id=7, at=moment(2))
    assert Total.objects.count() == 0
    assert figure(registers, "富水市") is None


def test_acceptance_settles_provisional_facts(registers):
    fact = type_fact(registers, "一村", 120)
    done = accept(registers, "一村", [actions.AnsweredCell(TAX, Q3, 120), actions.AnsweredCell(FARM, Q3, 3)])
    assert done.facts[TAX, Q3] == fact
    assert done.overtaken == ()
    assert figure(registers, "富水市") == (120, 1, 0, 0)
    assert figure(registers, "富水市", element=FARM) == (3, 1, 0, 0)
    assert type_fact(registers, "一村", 130, tick=6) is None, "an accepted fact is not typed over"
    assert accept(registers, "一村", [actions.AnsweredCell(TAX, Q3, 120)], tick=7).facts[TAX, Q3] == fact
    assert queries.totals_that_differ() == ()


def test_an_accepted_answer_replaces_only_what_it_saw(registers):
    land(registers, 1, {"一村": 100})
    seen = queries.known(unit_id=registers.unit["一村"], element_ids=[TAX], periods=[Q3])[TAX, Q3]
    assert (seen.value, seen.source.number, seen.source.provider_name) == (100, "returns-1", "税务局")
    land(registers, 2, {"一村": 101}, tick=2)
    late = accept(registers, "一村", [actions.AnsweredCell(TAX, Q3, 90, replaces=seen.id)])
    assert late.overtaken == ((TAX, Q3),)
    assert figure(registers, "富水市") == (101, 1, 0, 0)
    newer = late.facts[TAX, Q3]
    accept(registers, "一村", [actions.AnsweredCell(TAX, Q3, 90, replaces=newer)], tick=6)
    assert figure(registers, "富水市") == (90, 1, 0, 0)
    assert queries.totals_that_differ() == ()


def test_retracting_takes_back_only_what_was_not_accepted(registers):
    type_fact(registers, "一村", 120)
    accept(registers, "一村", [actions.AnsweredCell(TAX, Q3, 120)])
    type_fact(registers, "一村", 9, element=FARM, tick=6)
    with transaction.atomic():
        count = actions.retract_facts(filings={7: registers.path["一村"]}, at=moment(7))
    assert count == 1
    assert figure(registers, "富水市") == (120, 1, 0, 0)
    assert figure(registers, "富水市", element=FARM) is None


def test_a_delivery_supersedes_typed_values_and_its_corrected_predecessor(registers):
    type_fact(registers, "一村", 120)
    assert land(registers, 1, {"一村": 100, "二村": 200, "四村": 300}) == actions.Landed(3, 1, 0)
    assert figure(registers, "富水市") == (600, 3, 0, 0)
    # The correction leaves 二村 out, repeats 四村, changes 一村: all its facts name it, and 二村's is taken back.
    assert land(registers, 2, {"一村": 110, "四村": 300, "五村": 5}, tick=2) == actions.Landed(3, 2, 1)
    assert figure(registers, "甲镇") == (110, 1, 0, 0)
    assert figure(registers, "富水市") == (415, 3, 0, 0)
    assert set(Fact.objects.filter(superseded_at=None).values_list("delivery_id", flat=True)) == {2}
    assert queries.totals_that_differ() == ()


def test_another_dataset_does_not_take_back(registers):
    land(registers, 1, {"一村": 100, "二村": 200})
    land(registers, 3, {"一村": 1}, tick=2)
    assert figure(registers, "富水市") == (201, 2, 0, 0)


def test_a_delivery_may_state_nothing(registers):
    land(registers, 1, {"一村": 100})
    with transaction.atomic():
        assert actions.land_facts(delivery_id=2, batches=[], at=moment(2)) == actions.Landed(0, 0, 1)
    assert Total.objects.count() == 0


def test_a_cell_stated_twice_is_refused_whole(registers):
    rows = [(TAX, Q3, registers.unit["一村"], 1, ""), (TAX, Q3, registers.unit["一村"], 2, "")]
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.land_facts(delivery_id=1, batches=[batch(rows)], at=moment(1))
    assert Fact.objects.count() == 0
    land(registers, 1, {"一村": 1})


def test_a_clock_that_goes_back_keeps_history_in_order(registers):
    type_fact(registers, "一村", 1, tick=10)
    type_fact(registers, "一村", 2, tick=5)
    land(registers, 1, {"一村": 3}, tick=1)
    history = queries.fact_history(element_id=TAX, period=Q3, unit_id=registers.unit["一村"])
    assert [(f.value, f.recorded_at) for f in history] == [(3, moment(10)), (2, moment(10)), (1, moment(10))]


def test_texts_are_counted_and_add_nothing(registers):
    with transaction.atomic():
        actions.type_fact(
            element_id=FARM,
            period=Q3,
            unit_id=registers.unit["一村"],
            unit_path=registers.path["一村"],
            value=None,
            text="大豆",
            filing_id=7,
            at=moment(0),
        )
    assert figure(registers, "富水市", element=FARM) == (0, 1, 0, 1)
    known = queries.known(unit_id=registers.unit["一村"], element_ids=[FARM], periods=[Q3])
    assert known[FARM, Q3].text == "大豆"


def test_coverage_counts_units_and_names_deliveries(registers):
    land(registers, 1, {"一村": 100, "四村": 300})
    land(registers, 3, {"五村": 1}, tick=2)
    type_fact(registers, "二村", 5, tick=3)
    ask = {"element_ids": [TAX, FARM], "periods": [Q3], "with_sources": True}
    whole = queries.coverage(scope_unit_id=registers.unit["富水市"], scope_path=registers.path["富水市"], **ask)
    assert list(whole) == [(TAX, Q3)]
    assert (whole[TAX, Q3].n_known, whole[TAX, Q3].n_pending) == (4, 1)
    assert [s.number for s in whole[TAX, Q3].sources] == ["returns-3", "returns-1"]
    east = queries.coverage(scope_unit_id=registers.unit["东县"], scope_path=registers.path["东县"], **ask)
    assert [s.number for s in east[TAX, Q3].sources] == ["returns-1"]


def test_rebuilding_gives_the_identical_rows_and_mends_broken_ones(registers):
    land(registers, 1, {"一村": 100, "四村": 300})
    type_fact(registers, "二村", 5, tick=3)

    def rows():
        return list(
            Total.objects.order_by("element", "period", "unit").values_list(
                "element", "period", "unit", "sum", "n", "pending_sum", "pending_n"
            )
        )

    kept = rows()
    assert actions.rebuild_totals(by=SYSTEM, at=moment(4)) == len(kept)
    assert rows() == kept
    Total.objects.filter(unit=registers.unit["东县"]).update(sum=1)
    Total.objects.filter(unit=registers.unit["西区"]).delete()
    Total.objects.create(element_id=FARM, period=Q3, unit_id=registers.unit["西区"], sum=1, n=1)
    found = {(d.element_id, d.unit_id): (d.kept, d.recomputed) for d in queries.totals_that_differ()}
    assert found == {
        (TAX, registers.unit["东县"]): ((1, 2, 5, 1), (105, 2, 5, 1)),
        (TAX, registers.unit["西区"]): (None, (300, 1, 0, 0)),
        (FARM, registers.unit["西区"]): ((1, 1, 0, 0), None),
    }
    actions.rebuild_totals(by=SYSTEM, at=moment(5))
    assert rows() == kept


def test_the_database_refuses_two_current_facts_and_two_sources(registers):
    type_fact(registers, "一村", 1)
    cell = {"element_id": TAX, "period": Q3, "unit_id": registers.unit["一村"], "value": 2, "recorded_at": moment(1)}
    for wrong in (
        {"filing_id": 9},
        {"filing_id": 9, "delivery_id": 1, "period": Q3 + 1},
        {"period": Q3 + 1},
        {"filing_id": 9, "period": Q3 + 1, "superseded_at": moment(0)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Fact.objects.create(**{**cell, **wrong})


def test_the_number_of_statements_for_one_typed_cell_is_small(registers, django_assert_max_num_queries):
    with transaction.atomic(), django_assert_max_num_queries(2):
        actions.type_fact(
            element_id=TAX,
            period=Q3,
            unit_id=registers.unit["一村"],
            unit_path=registers.path["一村"],
            value=1,
            filing_id=7,
            at=moment(0),
        )
    assert connection.in_atomic_block


def test_the_planner_learns_of_a_landing_as_soon_as_it_is_there(registers, django_capture_on_commit_callbacks):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("TRUNCATE registers_fact, registers_total")  # as good as new: nobody has looked at them
        with django_capture_on_commit_callbacks(execute=True) as told:
            land(registers, 1, {"一村": 1, "二村": 2})
        assert len(told) == 1
        if connection.vendor == "postgresql":
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname IN ('registers_fact', 'registers_total')")
            assert sorted(rows for (rows,) in cursor.fetchall()) == [2, Total.objects.count()]
