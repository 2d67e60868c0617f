"""Totals that would no longer be exact: refused in words, and nothing is half done."""

import pytest

from dukao.base.models import Event
from dukao.registers import actions, queries
from dukao.registers.models import Delivery, Element, Fact
from tests.registers.facts_twin import moment
from tests.registers.invoices import AT, csv_of, define, deliver
from tests.registers.test_facts import Q3, TAX, accept, figure, land, registers, type_fact  # noqa: F401 (a fixture)

HUGE = 3 * 10**18
LIMIT = 9 * 10**18


@pytest.fixture
def nearly_full(registers):  # noqa: F811
    """富水市 stands three below the limit."""
    land(registers, 1, dict.fromkeys(("一村", "二村", "三村"), HUGE - 1))
    return registers


@pytest.mark.parametrize(("values", "place"), [
    ({"四村": HUGE}, "富水市"), ({"四村": 4}, "富水市"), ({"四村": HUGE, "五村": HUGE, "六村": 2 * HUGE}, "丙镇"),
    ({"四村": LIMIT, "五村": LIMIT, "六村": LIMIT}, "丙镇"),
])
def test_landing_is_refused_and_the_lowest_unit_named(nearly_full, values, place):
    with pytest.raises(actions.SumTooLarge) as refused:
        land(nearly_full, 3, values, tick=2)
    assert refused.value.what == f"“tax”2026年三季度在{place}的合计太大，不能精确保存"
    assert refused.value.why
    assert refused.value.todo
    assert figure(nearly_full, "富水市") == (LIMIT - 3, 3, 0, 0)
    assert Fact.objects.count() == 3
    assert queries.totals_that_differ() == ()


def test_what_replaces_is_not_counted_twice(nearly_full):
    land(nearly_full, 3, {"三村": HUGE + 2}, tick=2)
    assert figure(nearly_full, "富水市") == (LIMIT, 3, 0, 0)


@pytest.mark.parametrize("value", [4, HUGE, 2 * HUGE])
def test_typing_is_refused(nearly_full, value):
    with pytest.raises(actions.SumTooLarge) as refused:
        type_fact(nearly_full, "四村", value)
    assert (refused.value.what, refused.value.status) == ("这个数会使上级单位的合计太大，不能精确保存", 409)
    assert Fact.objects.count() == 3
    type_fact(nearly_full, "四村", 3)
    assert figure(nearly_full, "富水市") == (LIMIT, 4, 3, 1)


def test_the_provisional_part_has_the_same_limit(registers):  # noqa: F811
    land(registers, 1, dict.fromkeys(("一村", "二村", "三村"), -HUGE))
    for place in ("四村", "五村", "六村"):
        type_fact(registers, place, HUGE)
    with pytest.raises(actions.SumTooLarge):
        type_fact(registers, "四村", HUGE + 1, tick=1)
    assert figure(registers, "富水市") == (0, 6, LIMIT, 3)
    assert queries.totals_that_differ() == ()


def test_accepting_is_refused_and_the_unit_named(nearly_full):
    disputed = Fact.objects.get(unit_id=nearly_full.unit["一村"])
    with pytest.raises(actions.SumTooLarge) as refused:
        accept(nearly_full, "一村", [actions.AnsweredCell(TAX, Q3, HUGE + 3, replaces=disputed.pk)])
    assert refused.value.what == "“tax”2026年三季度在富水市的合计太大，不能精确保存"
    assert Fact.objects.get(superseded_at=None, unit_id=nearly_full.unit["一村"]) == disputed
    assert queries.totals_that_differ() == ()


def test_a_delivery_is_refused_as_a_whole(city, var, tmp_path):
    define(city)
    first = deliver(csv_of(tmp_path, "A1,990101001201,2026-07-01,1,100.00,"))
    element = Element.objects.get(code="tax_sum")
    for place in ("四村", "五村", "六村"):
        Fact.objects.create(element=element, period=2026207, unit_id=city.unit[place], value=HUGE - 10_000,
                            recorded_at=AT, accepted_at=AT, filing_id=1)  # fmt: skip
    actions.rebuild_totals(by=city.actor["adam"], at=moment(1))
    second = deliver(csv_of(tmp_path, "A1,990101001201,2026-07-01,1,500.00,", "A2,990101001201,2026-08-01,1,1,"))
    assert (second.state, second.facts_landed, second.landed_at) == ("refused", 0, None)
    assert second.problem["what"] == "“税额合计”2026年7月在富水市的合计太大，不能精确保存"
    assert "计量单位" in second.problem["todo"]
    assert Event.objects.filter(verb="registers.delivery.refused", subject=f"delivery:{second.number}").count() == 1
    assert Delivery.objects.get(number=first.number).state == "landed"
    assert not Fact.objects.filter(delivery__number=second.number).exists()
    assert Fact.objects.filter(superseded_at=None).count() == 5
    assert queries.totals_that_differ() == ()
