"""What the desks' journeys find when they begin, dated from today: the served house has a clock of its own."""

from datetime import date, timedelta
from pathlib import Path

import yaml
from django.utils import timezone

from dukao.base.definitions import checked
from dukao.base.periods import Period
from dukao.org.rules import SYSTEM
from dukao.registers import actions as registers
from dukao.registers import queries
from dukao.registers.rules import DatasetDefinition, ElementDefinition
from dukao.sheets import actions as sheets
from dukao.sheets.rules.definitions import SheetDefinition

QUARTER = Period.of(date.today(), "quarter").previous()
LEGAL = {
    "type": "statistical", "form_number": "富统综1表（模拟）", "issuing_body": "富水市统计局",
    "approval_number": "富统审〔2026〕模拟8号", "valid_until": "2999-12-31",
}  # fmt: skip
_SUM = {"units": "sum", "periods": "sum"}
ELEMENTS = [
    {"code": "tax_revenue", "title": "税收收入", "unit": "万元", "decimals": 2, "owner": "tax", "fresh_days": 400},
    {"code": "population", "title": "常住人口", "unit": "人", "owner": "statistics", "fresh_days": 0,
     "adds_up": {"units": "sum", "periods": "last"}},
    {"code": "new_projects", "title": "新开工项目", "unit": "个", "range": [0, 1000], "owner": "statistics",
     "aliases": ["开工项目数"]},
    {"code": "finished_projects", "title": "竣工项目", "unit": "个", "range": [0, 1000], "owner": "statistics"},
    {"code": "remark", "title": "情况说明", "kind": "text", "owner": "statistics"},
]  # fmt: skip
DATASET = {
    "code": "project_quarters", "title": "项目季度数据", "provider": "statistics", "period": "quarter",
    "synthetic": True,
    "columns": [
        {"name": "unit_code", "title": "区划代码", "type": "unit", "required": True, "aliases": ["行政区划代码"]},
        {"name": "projects", "title": "新开工项目", "type": "integer", "unit": "个", "element": "new_projects"},
    ],
    "key": ["unit_code"], "unit_column": "unit_code",
}  # fmt: skip


def furnish(city, folder: Path) -> None:
    """Elements and a dataset; tax is known in all villages, the population of 一村 a year old, its projects too."""
    now = timezone.now()
    _know_workdays(folder, now.year)
    for entry in ELEMENTS:
        full = {"period": "quarter", "level": "village", "synthetic": True} | entry
        if entry.get("kind") != "text":
            full = {"adds_up": _SUM} | full
        registers.define_element(definition=checked(ElementDefinition, full, place="story"), by=SYSTEM, at=now)
    registers.define_dataset(definition=checked(DatasetDefinition, DATASET, place="story"), by=SYSTEM, at=now)
    for village in ("一村", "二村", "三村", "四村", "五村", "六村"):
        _know(city, "tax_revenue", QUARTER, village, 128_450)
    _know(city, "population", QUARTER.year_before(), "一村", 1_203)
    _know(city, "new_projects", QUARTER.year_before(), "一村", 2)


def send(city, *questions: str, code: str = "econ", title: str = "季度经济运行表") -> str:
    """A sheet with these questions to all villages; answers the dispatch's number."""
    definition = {
        "code": code, "title": title, "issuer": "statistics", "legal": LEGAL, "period": "quarter",
        "frequency": "quarterly", "level": "village", "synthetic": True, "notes": ["以台账为准。"],
        "sections": [{"title": "经济", "questions": [{"element": q, "required": q != "remark"} for q in questions]}],
        "checks": [{"name": "竣工", "rule": "finished_projects <= new_projects", "message": "竣工项目多于新开工项目",
                    "level": "warning"}] if "finished_projects" in questions else [],
    }  # fmt: skip
    now = timezone.now()
    sheets.define_sheet(definition=checked(SheetDefinition, definition, place="story"), by=SYSTEM, at=now)
    return sheets.dispatch_sheet(
        sheet=code, scope_unit=city.code["富水市"], period=QUARTER, due_on=timezone.localdate() + timedelta(days=12),
        basis="富政办〔2026〕模拟12号", only_what_is_left=True, by=SYSTEM, at=now,
    )  # fmt: skip


def figure(city, element: str, unit: str) -> int | None:
    """What the element comes to for a unit in the quarter."""
    key = (queries.element(code=element).id, QUARTER.key, city.unit[unit])
    found = queries.figures(element_ids=[key[0]], periods=[key[1]], unit_ids=[key[2]]).get(key)
    return found.sum if found else None


def _know(city, element: str, period: Period, unit: str, value: int) -> None:
    cell = registers.AnsweredCell(queries.element(code=element).id, period.key, value, "")
    at = timezone.now() - timedelta(days=20)
    registers.accept_facts(
        filing_id=900_000 + city.unit[unit], unit_id=city.unit[unit], unit_path=city.path[unit], cells=[cell], at=at
    )


def _know_workdays(folder: Path, year: int) -> None:
    """Whatever the year in which the journey runs, its working days are known: Monday to Friday."""
    tables = folder / "workdays"
    tables.mkdir(exist_ok=True)
    for one in (year, year + 1):
        told = {"year": one, "source": "模拟", "holidays": [], "workdays": []}
        (tables / f"{one}.yaml").write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
