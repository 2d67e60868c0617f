"""Elements, sheets and known facts of 富水市, in the words of the tests.

`house.know("tax_revenue", "2026Q3", "一村", 1250)` lets a fact be known; `house.define(...)` makes a sheet;
`house.send(...)` dispatches one to all villages; `house.type(...)` types as Alice.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count

import pytest

from dukao.base.definitions import checked
from dukao.base.periods import Period
from dukao.org.rules import SYSTEM
from dukao.registers import queries as registers
from dukao.registers.actions import define_element
from dukao.registers.actions.facts import AnsweredCell, accept_facts
from dukao.registers.rules import ElementDefinition
from dukao.sheets import actions, queries
from dukao.sheets.rules.definitions import SheetDefinition
from tests.conftest import AT, ON

Q3 = Period.parse("2026Q3")
DUE = date(2026, 10, 20)

ELEMENTS = [
    {"code": "tax_revenue", "title": "税收收入", "unit": "万元", "decimals": 2, "range": [0, None], "owner": "tax",
     "fresh_days": 45},
    {"code": "vat_revenue", "title": "增值税", "unit": "万元", "decimals": 2, "range": [0, None], "owner": "tax"},
    {"code": "new_projects", "title": "新开工项目", "unit": "个", "range": [0, 1000], "owner": "statistics",
     "minutes": 2},
    {"code": "sales", "title": "月销售额", "unit": "万元", "decimals": 1, "period": "month", "owner": "statistics"},
    {"code": "population", "title": "常住人口", "unit": "人", "period": "month", "fresh_days": 45,
     "owner": "statistics", "adds_up": {"units": "sum", "periods": "last"}},
    {"code": "remark", "title": "情况说明", "kind": "text", "owner": "statistics"},
    {"code": "has_road", "title": "是否通硬化路", "kind": "code", "owner": "statistics",
     "codes": [{"code": "1", "title": "是"}, {"code": "2", "title": "否"}]},
    {"code": "illness", "title": "大病人数", "unit": "人", "sensitivity": "sensitive", "owner": "tax"},
    {"code": "county_plan", "title": "县级规划数", "unit": "个", "level": "county", "owner": "statistics"},
]  # fmt: skip

LEGAL = {"type": "statistical", "form_number": "富统综1表（模拟）", "issuing_body": "富水市统计局",
         "approval_number": "富统审〔2026〕模拟8号", "valid_until": "2026-12-31"}  # fmt: skip


@dataclass
class House:
    city: object
    filings: count = field(default_factory=lambda: count(900_001))

    def know(self, element: str, period: str, unit: str, value: int | None = 100, text: str = "", at: datetime = AT):
        """An accepted fact, as an earlier filing would have left it."""
        filing_id = next(self.filings)
        cell = AnsweredCell(registers.element(code=element).id, Period.parse(period).key, value, text)
        accept_facts(
            filing_id=filing_id, unit_id=self.city.unit[unit], unit_path=self.city.path[unit], cells=[cell], at=at
        )

    def know_all(self, element: str, period: str, units: str = "一村 二村 三村 四村 五村 六村", value: int = 100):
        for unit in units.split():
            self.know(element, period, unit, value)

    def sheet(self, *questions, **changes) -> SheetDefinition:
        listed = [q if isinstance(q, dict) else {"element": q} for q in questions]
        return checked(SheetDefinition, {
            "code": "econ", "title": "三季度经济运行表", "issuer": "statistics", "legal": LEGAL, "period": "quarter",
            "frequency": "quarterly", "level": "village", "sections": [{"title": "经济", "questions": listed}],
        } | changes, place="test")  # fmt: skip

    def define(self, *questions, by: str = "dora", **changes):
        return actions.define_sheet(definition=self.sheet(*questions, **changes), by=self.city.actor[by], at=AT)

    def send(self, *questions, scope: str = "富水市", basis: str = "富政办〔2026〕模拟12号", by: str = "dora",
             at: datetime = AT, due_on: date = DUE, trim: bool = True, **changes) -> str:  # fmt: skip
        """Define a sheet with these questions and send it to all villages below `scope`."""
        definition = self.sheet(*questions, **changes)
        actions.define_sheet(definition=definition, by=SYSTEM, at=at)
        return actions.dispatch_sheet(
            sheet=definition.code, scope_unit=self.city.code[scope], period=Q3, due_on=due_on, basis=basis,
            only_what_is_left=trim, by=self.city.actor[by], at=at,
        )  # fmt: skip

    def type(self, number: str, element: str, raw: str, *, period: str | None = None, by: str = "alice",
             unit: str = "一村", at: datetime = AT) -> actions.Saved:  # fmt: skip
        return actions.type_answer(
            dispatch=number, unit=self.city.code[unit], element=element,
            period=Period.parse(period) if period else None, raw=raw, by=self.city.actor[by], at=at,
        )  # fmt: skip

    def act(self, verb: str, number: str, *, by: str = "alice", unit: str = "一村", at: datetime = AT, **more):
        """Any other action on a filing: `house.act("submit_filing", number)`."""
        return getattr(actions, verb)(dispatch=number, unit=self.city.code[unit], by=self.city.actor[by], at=at, **more)

    def page(self, number: str, *, viewer: str = "alice", unit: str = "一村", today: date = ON) -> queries.FilingPage:
        return queries.filing(dispatch=number, unit=self.city.code[unit], viewer=self.city.actor[viewer], today=today)

    def cell(self, number: str, element: str, period: str = "2026Q3", **more) -> queries.CellView:
        cells = [c for s in self.page(number, **more).sections for q in s.questions for c in q.cells]
        return next(c for c in cells if (c.element_code, c.period_code) == (element, period))

    def total(self, element: str, unit: str, period: str = "2026Q3") -> registers.Figure | None:
        """The figure of a unit, provisional part included."""
        key = (registers.element(code=element).id, Period.parse(period).key, self.city.unit[unit])
        return registers.figures(element_ids=[key[0]], periods=[key[1]], unit_ids=[key[2]]).get(key)


@pytest.fixture
def house(city) -> House:
    for number, entry in enumerate(ELEMENTS):
        full = {"period": "quarter", "level": "village"} | entry
        if entry.get("kind", "number") == "number" and "adds_up" not in entry:
            full["adds_up"] = {"units": "sum", "periods": "sum"}
        define_element(definition=checked(ElementDefinition, full, place=f"element {number}"), by=SYSTEM, at=AT)
    return House(city)


@pytest.fixture
def var(tmp_path, settings):
    """A folder of the test's own for everything the house writes outside its database."""
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir()
    return settings.VAR
