"""The platform's own minutes stand in the ledger as one more asker's."""

from datetime import UTC, datetime

from dukao.base.periods import Period
from dukao.gate import actions as gate
from dukao.gate import queries
from dukao.gate.models import BurdenEntry, Demand
from dukao.sheets import actions
from tests.conftest import AT, ON

NOVEMBER = datetime(2026, 11, 1, 2, tzinfo=UTC)
OCTOBER = Period.parse("2026-10")


def _october(house) -> None:
    """一村 hands in two sheets and appeals a third; 二村 hands in one, and another in the first hour of November."""
    for name, elements in (("a", ["new_projects"]), ("b", ["vat_revenue"])):
        number = house.send(*elements, code=name, title=name)
        house.type(number, elements[0], "4")
        house.act("submit_filing", number)
        at = AT if name == "a" else datetime(2026, 10, 31, 16, 30, tzinfo=UTC)
        house.type(number, elements[0], "5", by="wang", unit="二村", at=at)
        house.act("submit_filing", number, by="wang", unit="二村", at=at)
    number = house.send("remark", code="c", title="c")
    gate.make_appeal(demand=number.replace("BB", "XQ"), unit=house.city.code["一村"], ground="not_ours",
                     by=house.city.actor["alice"], at=AT)  # fmt: skip


def _charged() -> dict[int, int]:
    return dict(BurdenEntry.objects.filter(kind="platform").values_list("unit_id", "minutes_hundredths"))


def test_a_month_is_charged_once_it_is_over(house):
    _october(house)
    assert actions.charge_platform_minutes(at=AT) == 0
    assert actions.charge_platform_minutes(at=NOVEMBER) == 2
    # Two filings and an appeal of two minutes; one filing.
    assert _charged() == {house.city.unit["一村"]: 400, house.city.unit["二村"]: 100}
    assert actions.charge_platform_minutes(at=NOVEMBER) == 0
    assert Demand.objects.filter(kind="platform").count() == 1
    assert actions.charge_platform_minutes(at=datetime(2026, 12, 1, 2, tzinfo=UTC)) == 1


def test_it_is_one_more_asker(house):
    _october(house)
    actions.charge_platform_minutes(at=NOVEMBER)
    sam = house.city.actor["sam"]
    seen = queries.unit_statement(unit=house.city.code["一村"], period=OCTOBER, viewer=sam)
    assert [(a.code, a.name, a.burden.minutes_hundredths) for a in seen.askers if a.code == "platform"] == [
        ("platform", "本平台", 400)
    ]
    own = queries.department_statement(department="platform", period=OCTOBER, viewer=sam)
    assert (own.whole.n, own.whole.minutes_hundredths) == (2, 500)


def test_it_asks_nobody_for_anything(house):
    _october(house)
    actions.charge_platform_minutes(at=NOVEMBER)
    alice = house.city.actor["alice"]
    on_unit = queries.demands_on_unit(unit=house.city.code["一村"], viewer=alice)
    assert "platform" not in {demand.kind for demand in on_unit}
    calendar = queries.unit_calendar(unit=house.city.code["一村"], month=Period.of(ON, "month"), viewer=alice)
    assert "platform" not in {item.kind for item in calendar.items}


def test_a_quiet_month_costs_nothing(house):
    assert actions.charge_platform_minutes(at=NOVEMBER) == 0
    assert not Demand.objects.exists()
