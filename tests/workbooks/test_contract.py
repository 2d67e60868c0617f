"""The JSON of the three commands is a contract: docs/workbooks.md shows its keys, and these tests hold both."""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dukao.workbooks import contract
from dukao.workbooks.crosschecks import broken_rules
from dukao.workbooks.filling.outcome import Filled, Skipped
from dukao.workbooks.grid import CellError, Workbook
from dukao.workbooks.matching import Asked, Matcher, Term
from dukao.workbooks.overlap import overlap_of, questions_of
from dukao.workbooks.planning import Filling, Gap, Plan
from dukao.workbooks.tables import Slot
from dukao.workbooks.understanding import understand
from tests.workbooks.drawn import drawn

DOCUMENTED = [
    json.loads(block)
    for block in re.findall(
        r"```json\n(.*?)```", (Path(__file__).parents[2] / "docs/workbooks.md").read_text(encoding="utf-8"), re.DOTALL
    )
]
FORM = """
| 表（模拟） | < | < | < |
| 指标 | 计量单位 | 代码 | 数量 |
| 户籍人口 | 人 | '01 | 5 |
| 其中：女性 | 人 | '02 | 7 |
| 耕地面积 | 亩 | '03 | |
| 注：01≥02 | < | < | < |
"""


def same_keys(documented, told, *, also=frozenset()):
    """Whether both have the same keys, at every level where both have something."""
    if isinstance(documented, dict) and isinstance(told, dict):
        assert set(documented) - also == set(told)
        for key in set(told) - {"codes"}:
            same_keys(documented[key], told[key], also=also)
    elif isinstance(documented, list) and isinstance(told, list) and documented and told:
        same_keys(documented[0], told[0], also=also)


def understood():
    workbook = Workbook("表.xlsx", "xlsx", (drawn(FORM, framed=True),))
    return workbook, understand(workbook)


def test_read_is_as_documented():
    workbook, form = understood()
    told = contract.read_as_json(form, broken_rules(workbook, form))
    assert told["broken"][0]["row"] == 3
    same_keys(DOCUMENTED[0], told)
    json.dumps(told)


def test_overlap_is_as_documented():
    _, form = understood()
    told = contract.overlap_as_json(overlap_of(("甲", "乙"), (*questions_of("甲", form), *questions_of("乙", form))))
    same_keys(DOCUMENTED[1], told, also=frozenset(("unread", "hours_a_year", "hours_saved_a_year")))


def test_fill_is_as_documented():
    asked = Asked(("数量",), ("耕地面积",), "亩")
    offered = Matcher((Term("land", ("耕地总面积",), "亩"),)).candidates(asked)
    filling = Filling("表", 2, 2, Decimal("1.50"), "甲.csv", "2026Q3")
    gap = Gap("表", Slot(4, 3, ("数量",), ("耕地面积",)), asked, "没有", offered)
    filled = Filled(Path("出.xlsx"), (filling,), (Skipped(filling, "有公式"),), (gap,))
    told = contract.fill_as_json(Plan("龙东村", None, (filling,), (gap,)), filled)
    same_keys(DOCUMENTED[2], told, also=frozenset(("doubts",)))
    assert told["cells"][0]["value"] == "1.50"


@pytest.mark.parametrize(
    ("value", "told"),
    [(Decimal("3.0"), 3), (Decimal("0.10"), "0.10"), (250.0, 250), (0.5, 0.5),
     (date(2026, 7, 1), "2026-07-01"), (CellError("#REF!"), "#REF!"), (None, None), ("字", "字"), (True, True)],
)  # fmt: skip
def test_values_in_json(value, told):
    assert contract.plain_value(value) == told
