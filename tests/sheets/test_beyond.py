"""A figure that would make a total inexact is not saved, and neither is anything with it."""

import pytest

from dukao.base.models import Event
from dukao.registers import queries as registers
from dukao.registers.actions import SumTooLarge
from dukao.sheets.models import Answer

NEARLY = 3 * 10**18 - 1


@pytest.fixture
def full(house):
    """A sheet to fill in where the city's total has room for 0.04 more."""
    for unit in ("二村", "三村", "四村"):
        house.know("tax_revenue", "2026Q3", unit, NEARLY)
    return house.send("tax_revenue", "new_projects", scope="东县")


def test_a_typed_figure_too_many_is_not_saved(house, full):
    before = Event.objects.count()
    with pytest.raises(SumTooLarge) as refused:
        house.type(full, "tax_revenue", "0.04")
    assert refused.value.why
    assert refused.value.todo
    assert (Answer.objects.count(), Event.objects.count()) == (0, before)
    assert house.total("tax_revenue", "富水市") == (3 * NEARLY, 3, 0, 0)
    house.type(full, "tax_revenue", "0.03")
    with pytest.raises(SumTooLarge):
        house.type(full, "tax_revenue", "0.05")
    assert house.cell(full, "tax_revenue").shown == "0.03"
    assert registers.totals_that_differ() == ()
