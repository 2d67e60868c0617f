"""Each unit is charged for exactly what it is asked, and the shares add up to what the compiler showed."""

from dukao.gate import queries as gate
from dukao.gate.models import BurdenEntry
from dukao.sheets import actions
from tests.conftest import AT
from tests.sheets.conftest import DUE, LEGAL


def _charged(house) -> dict[str, int]:
    names = {pk: name for name, pk in house.city.unit.items()}
    rows = BurdenEntry.objects.filter(given_back_at=None).values_list("unit_id", "minutes_hundredths")
    return {names[unit]: minutes for unit, minutes in rows}


def test_exact_minutes_per_unit(house):
    house.know("tax_revenue", "2026Q3", "一村")
    house.know("new_projects", "2026Q3", "一村")
    house.know("tax_revenue", "2026Q3", "二村")
    number = house.send("tax_revenue", "new_projects")
    # 一村 knows both; 二村 lacks the question of two minutes; the others lack both.
    assert _charged(house) == {"二村": 200, "三村": 250, "四村": 250, "五村": 250, "六村": 250}
    demand = gate.demand(number=number.replace("BB", "XQ"), viewer=house.city.actor["dora"])
    assert sum(_charged(house).values()) == demand.minutes_hundredths
    assert {e.month for e in BurdenEntry.objects.all()} == {2026210}


def test_a_value_that_only_needs_a_tap_costs_a_part(house):
    """January's population may still stand for July to September, but has to be confirmed: three taps."""
    house.know("population", "2026-01", "一村")
    number = house.send("population")
    charged = _charged(house)
    assert (charged["一村"], charged["二村"]) == (30, 150)
    demand = gate.demand(number=number.replace("BB", "XQ"), viewer=house.city.actor["dora"])
    assert sum(charged.values()) == demand.minutes_hundredths


def test_a_refused_sheet_and_a_withdrawn_one_are_given_back(house):
    number = house.send("new_projects", legal=LEGAL | {"valid_until": DUE.isoformat()})
    house.act("refuse_filing", number, at=AT.replace(month=11))
    assert set(_charged(house)) == {"二村", "三村", "四村", "五村", "六村"}
    actions.withdraw_dispatch(dispatch=number, reason="表过期了", by=house.city.actor["dora"], at=AT.replace(month=11))
    assert _charged(house) == {}
