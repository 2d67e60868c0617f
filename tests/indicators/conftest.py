"""A little register with every way of adding up, and indicators over it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from django.db import transaction

from dukao.base.periods import Period
from dukao.indicators.actions import define_indicator
from dukao.indicators.rules import IndicatorDefinition
from dukao.org.rules import SYSTEM
from dukao.registers import actions
from dukao.registers.models import Dataset, Delivery, Element
from tests.registers.facts_twin import batch, moment

# code: (period type, over units, over periods, level, decimals, unit)
ELEMENTS = {
    "vat": ("month", "sum", "sum", 5, 2, "万元"),
    "income_tax": ("quarter", "sum", "sum", 5, 1, "万元"),
    "population": ("year", "sum", "last", 5, 0, "人"),
    "price": ("month", "mean", "mean", 3, 2, "元"),
    "ranking": ("quarter", "none", "none", 3, 0, ""),
    "levels": ("month", "sum", "last", 4, 0, "米"),
}
INDICATORS = {
    "tax": {"numerator": "vat + income_tax", "unit": "万元"},
    "net": {"numerator": "vat - income_tax", "unit": "万元"},
    "tax_per_head": {"numerator": "vat + income_tax", "denominator": "population", "factor": 10000, "unit": "元/人"},
    "price": {"numerator": "price", "unit": "元"},
    "ranking": {"numerator": "ranking", "decimals": 0},
    "water": {"numerator": "levels", "unit": "米", "decimals": 0},
    "people": {"numerator": "population", "unit": "人", "decimals": 0, "period": "year"},
}


def definition(code: str, **more) -> IndicatorDefinition:
    plain = {"code": code, "title": f"{code}指标", "why": "看得见", "period": "quarter", "basis": "测试",
             "review_on": date(2027, 1, 1), "position": list(INDICATORS).index(code) if code in INDICATORS else 99}
    return IndicatorDefinition.model_validate(plain | INDICATORS.get(code, {}) | more)


@dataclass
class Registers:
    city: object
    ids: dict[str, int]
    deliveries: int = 0

    def land(self, values: dict[tuple[str, str, str], int], *, tick: int = 0) -> int:
        """Land scaled values by (element, period code, place) as one delivery."""
        self.deliveries += 1
        pk = self.deliveries
        Delivery.objects.create(
            pk=pk, number=f"returns-{pk}", dataset_id=1, dataset_version=1, scope_unit_id=self.city.unit["富水市"],
            period=Period.parse("2026Q3").key, file_name="a.csv", file_digest=f"{pk:064}", size_bytes=1,
            state="landed", by_name="tara", received_at=moment(tick), landed_at=moment(tick),
        )
        rows = [(self.ids[e], Period.parse(p).key, self.city.unit[u], v, "") for (e, p, u), v in values.items()]
        with transaction.atomic():
            actions.land_facts(delivery_id=pk, batches=[batch(rows)], at=moment(tick))
        return pk

    def type(self, element: str, period: str, place: str, value: int, *, tick: int = 0, filing: int = 7) -> int | None:
        with transaction.atomic():
            return actions.type_fact(
                element_id=self.ids[element], period=Period.parse(period).key, unit_id=self.city.unit[place],
                unit_path=self.city.path[place], value=value, filing_id=filing, at=moment(tick),
            )


@pytest.fixture
def registers(city) -> Registers:
    ids = {}
    for code, (period, over_units, over_periods, level, decimals, unit) in ELEMENTS.items():
        ids[code] = Element.objects.create(
            code=code, title=f"{code}项", period_type=period, over_units=over_units, over_periods=over_periods,
            level=level, decimals=decimals, measure_unit=unit, fresh_days=45,
        ).pk
    Dataset.objects.create(
        pk=1, code="returns", title="纳税申报", provider_id=city.department["tax"],
        definition={"measures": [{"element": "vat"}, {"element": "income_tax"}], "columns": [{"name": "a"}]},
    )
    return Registers(city, ids)


@pytest.fixture
def indicators(registers) -> Callable[..., None]:
    """Define the named indicators (all without a name)."""

    def define(*codes: str) -> None:
        for code in codes or INDICATORS:
            define_indicator(definition=definition(code), by=SYSTEM, at=moment(0))

    return define
