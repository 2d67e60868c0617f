"""The gate's published tables reach the registers as deliveries, so that an indicator reads them like anything else."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from dukao.base.periods import Period
from dukao.gate import actions
from dukao.gate.published import BURDEN, rows_of
from dukao.indicators import queries as indicators
from dukao.indicators.actions import define_indicator
from dukao.indicators.rules import IndicatorDefinition
from dukao.org.rules import SYSTEM
from dukao.registers import queries as registers
from dukao.registers.actions import land_waiting
from tests.conftest import AT
from tests.gate.ledger import ask

NOVEMBER = datetime(2026, 11, 2, 2, tzinfo=UTC)
OCTOBER = Period.parse("2026-10")


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR = tmp_path
    return tmp_path


def _publish(at: datetime = NOVEMBER) -> tuple[str, ...]:
    numbers = actions.publish_tables(at=at)
    land_waiting(at=at)
    return numbers


def test_every_village_once_with_what_stands(city):
    number = ask(city, {"一村": 450, "二村": 300})
    ask(city, {"一村": 6000}, kind="meeting", estimate="meeting")
    actions.tell_minutes(demand=number, unit=city.code["一村"], minutes=5, by=city.actor["alice"], at=AT)
    back = ask(city, {"二村": 900})
    actions.withdraw_demand(number=back, reason="重复", by=city.actor["dora"], at=AT)
    rows = {row[0]: row[1:] for row in rows_of(BURDEN, OCTOBER)}
    assert len(rows) == 6
    assert rows[city.code["一村"]] == ("65.00", "2", "0", "1", "0")
    assert rows[city.code["二村"]] == ("3.00", "1", "0", "0", "0")
    assert rows[city.code["三村"]] == ("0.00", "0", "0", "0", "0")


def test_an_indicator_over_minutes_per_month(city, var):
    ask(city, {"一村": 450, "四村": 300})
    ask(city, {"一村": 800}, on=date(2026, 11, 20))
    assert len(_publish()) == 2
    definition = IndicatorDefinition(
        code="burden_hours", title="基层被占用的时间", why="少占用", numerator="burden_minutes", unit="小时",
        denominator="burden_demands", factor=Decimal("0.5"), period="month", basis="测试", review_on=date(2027, 1, 1),
    )  # fmt: skip
    define_indicator(definition=definition, by=SYSTEM, at=NOVEMBER)
    shown = indicators.passport(
        indicator="burden_hours", unit=city.code["富水市"], period=OCTOBER, viewer=city.actor["sam"]
    )
    assert (shown.numerator_value, shown.denominator_value) == (Decimal("7.50"), 2)
    assert shown.value == Decimal("1.88")  # 7.5 ÷ 2 × 0.5, half to even
    (minutes,) = shown.numerator
    assert [(child.unit.name, child.value) for child in minutes.children] == [
        ("东县", Decimal("4.50")), ("西区", Decimal("3.00")),
    ]  # fmt: skip
    assert [source.provider_name for source in minutes.deliveries] == ["本平台"]


def test_nothing_changed_is_no_new_delivery_and_a_later_word_is_one(city, var):
    number = ask(city, {"一村": 450})
    first = _publish()
    assert _publish() == first
    actions.tell_minutes(demand=number, unit=city.code["一村"], minutes=9, by=city.actor["alice"], at=NOVEMBER)
    second = _publish()
    assert (second[0], second[1] == first[1]) == (first[0], False)
    element = registers.element(code="burden_minutes")
    figure = registers.figures(element_ids=[element.id], periods=[OCTOBER.key], unit_ids=[city.unit["富水市"]])
    assert figure[element.id, OCTOBER.key, city.unit["富水市"]].sum == 900


def test_an_empty_house_publishes_nothing(db, var):
    assert actions.publish_tables(at=NOVEMBER) == ()
