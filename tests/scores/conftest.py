"""A card over the little city: two counties, taxes of two years, a stock of people, and a price nobody adds up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from dukao.indicators.actions import define_indicator
from dukao.org.rules import SYSTEM
from dukao.registers.models import Dataset
from dukao.registers.rules import DatasetDefinition
from dukao.scores import actions
from dukao.scores.rules.definitions import ScorecardDefinition
from tests.indicators.conftest import definition as indicator
from tests.indicators.conftest import indicators, registers  # noqa: F401 (fixtures that this room shares)

VILLAGES = {"东县": ("一村", "二村", "三村"), "西区": ("四村", "五村", "六村")}
JANUARY, JULY = datetime(2026, 1, 5, 2, tzinfo=UTC), datetime(2026, 7, 6, 2, tzinfo=UTC)
LINES = [
    {"of": "tax", "weight": "50", "measure": "last_year", "rule": "linear", "floor": 0, "full": 10},
    {"of": "people", "weight": "20", "measure": "last_year", "rule": "distance"},
    {"of": "net", "weight": "15", "measure": "value", "rule": "linear", "floor": 0, "full": 1000},
    {"of": "satisfaction", "weight": "15", "rule": "share"},
]


RETURNS = DatasetDefinition.model_validate({
    "code": "returns", "title": "纳税申报", "provider": "tax", "period": "quarter",
    "columns": [
        {"name": "unit_code", "title": "区划代码", "type": "unit", "required": True},
        {"name": "amount", "title": "税额", "type": "integer"},
    ],
    "unit_column": "unit_code",
    "measures": [{"element": one, "function": "sum", "column": "amount"} for one in ("vat", "income_tax")],
})  # fmt: skip


def definition(city, **more) -> ScorecardDefinition:
    plain = {
        "code": "counties_2025", "title": "2025年县区考核", "year": 2025, "scope": city.code["富水市"],
        "level": "county", "basis": "督考〔2025〕1号", "lines": LINES, "public": True,
    }  # fmt: skip
    return ScorecardDefinition.model_validate(plain | more)


@dataclass
class Office:
    """What the office of the little city does, one step after the other."""

    city: object
    sam: object
    registers: object

    def define(self, at=JANUARY, **more) -> str:
        card = definition(self.city, **more)
        actions.define_scorecard(definition=card, by=self.sam, at=at)
        return card.code

    def set(self, **more) -> str:
        code = self.define(**more)
        actions.set_scorecard(card=code, by=self.sam, at=JANUARY)
        return code

    def show(self, **more) -> str:
        code = self.set(**more)
        actions.show_scores(card=code, by=self.sam, at=JANUARY)
        return code

    def publish(self, **more) -> str:
        code = self.show(**more)
        actions.publish_scores(card=code, by=self.sam, at=JULY)
        return code


@pytest.fixture
def known(registers, indicators) -> Callable[..., None]:  # noqa: F811
    """Two whole years: monthly VAT, quarterly income tax, people; in 东县 a tenth more in 2025, in 西区 the same."""
    indicators()
    define_indicator(definition=indicator("people", direction="up"), by=SYSTEM, at=JANUARY)
    Dataset.objects.filter(pk=1).update(definition=RETURNS.model_dump(mode="json", by_alias=True))
    for year, more in ((2024, 100), (2025, 110)):
        values = {}
        for county, villages in VILLAGES.items():
            factor = more if county == "东县" else 100
            for village in villages:
                values |= {("vat", f"{year}-{month:02d}", village): 10 * factor for month in range(1, 13)}
                values |= {("income_tax", f"{year}Q{quarter}", village): factor for quarter in range(1, 5)}
                values[("population", f"{year}", village)] = 1000 if county == "东县" else 2000
        registers.land(values)
    return registers


@pytest.fixture
def office(city, known) -> Office:
    return Office(city, city.actor["sam"], known)
