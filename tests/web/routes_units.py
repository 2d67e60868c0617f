"""The routes of the unit pages; who sees which unit's figures follows from the posts."""

from datetime import UTC, date, datetime

from routes import EVERYBODY, Route, Takes

OFFICES = frozenset({"dora", "tara", "sam"})
SEERS = OFFICES | {"alice", "wang", "rita"}
_NO_UNIT = "/units/999999999999/"
ROUTES = [
    Route("units", "/units/", SEERS, leads=303),
    Route("units.page", "/units/{一村}/", OFFICES | {"alice", "rita"}, others=404, missing=_NO_UNIT),
    Route("units.all", "/units/{甲镇}/all/", OFFICES | {"rita"}, others=404, missing=_NO_UNIT + "all/"),
    Route("units.figure", "/units/{一村}/figures/tax/", OFFICES | {"alice", "rita"}, others=404,
          missing=_NO_UNIT + "figures/tax/"),
    # The little city's counties are on no map.
    Route("units.map", "/units/{富水市}/map.json", others=404, missing=_NO_UNIT + "map.json", 
          knows=EVERYBODY - {"charlie"}),
    Route("units.style", "/-/figures/", form_on="/", takes=Takes(EVERYBODY, {"figures": "short"})),
]  # fmt: skip


def furnish(city) -> None:
    """An element and an indicator over it, with a figure in 一村."""
    from django.db import transaction

    from dukao.indicators.actions import define_indicator
    from dukao.indicators.rules import IndicatorDefinition
    from dukao.org.rules import SYSTEM
    from dukao.registers.actions import type_fact
    from dukao.registers.models import Element

    at = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)
    element = Element.objects.create(
        code="tax", title="税收", period_type="quarter", level=5, decimals=2, measure_unit="万元", fresh_days=45
    )
    indicator = IndicatorDefinition(
        code="tax", title="税收收入", why="看得见", numerator="tax", unit="万元", period="quarter", basis="测试",
        review_on=date(2027, 1, 1), synthetic=True,
    )
    define_indicator(definition=indicator, by=SYSTEM, at=at)
    with transaction.atomic():
        for period, value in ((2025103, 100_00), (2026102, 110_00), (2026103, 128_450)):
            type_fact(
                element_id=element.pk, period=period, unit_id=city.unit["一村"], unit_path=city.path["一村"],
                value=value, filing_id=1, at=at,
            )
