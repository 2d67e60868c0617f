"""What the benches of sheets share: a 200-question monthly sheet over the elements of the synthetic city."""

from datetime import date
from typing import Any

from bench._facts import AT, CITY, City
from bench.cell import _LEGAL

QUESTIONS = 200
ON = date(2026, 10, 8)
SEPTEMBER = 2026209
# Of a hundred questions so many are known everywhere, so many in part, the rest by nobody.
_KNOWN_EVERYWHERE, _KNOWN_IN_PART = 60, 25


def define() -> None:
    from dukao.org.rules import SYSTEM
    from dukao.sheets import actions
    from dukao.sheets.rules.definitions import SheetDefinition

    definition = SheetDefinition.model_validate({
        "code": "bench", "title": "模拟月报", "issuer": "tax", "legal": _LEGAL, "period": "month",
        "frequency": "monthly", "level": "village", "synthetic": True,
        "sections": [{"title": f"第 {start // 20 + 1} 部分",
                      "questions": [{"element": f"e{n}"} for n in range(start, start + 20)]}
                     for start in range(0, QUESTIONS, 20)],
    })  # fmt: skip
    actions.define_sheet(definition=definition, by=SYSTEM, at=AT)


def compiled(scope: str = CITY) -> Any:
    """The sheet compiled for September and all villages below the scope."""
    from dukao.base.periods import Period
    from dukao.org.rules import SYSTEM
    from dukao.sheets import queries

    return queries.compile_sheet(
        sheet="bench", scope_unit=scope, period=Period(SEPTEMBER), due_on=date(2026, 10, 20), viewer=SYSTEM, today=ON
    )


def dispatch() -> str:
    """Define the sheet and send what is left to all villages; answers the dispatch's number."""
    from dukao.base.periods import Period
    from dukao.org.rules import SYSTEM
    from dukao.sheets import actions

    define()
    return actions.dispatch_sheet(
        sheet="bench", scope_unit=CITY, period=Period(SEPTEMBER), due_on=date(2026, 10, 20), basis="模拟",
        only_what_is_left=True, by=SYSTEM, at=AT,
    )  # fmt: skip


def is_known(question: int, unit: int) -> bool:
    """Whether September's fact of the question is kept for the unit: 60 % everywhere, 25 % in part, 15 % nowhere."""
    part = question % 100
    return part < _KNOWN_EVERYWHERE or (part < _KNOWN_EVERYWHERE + _KNOWN_IN_PART and unit % 3 != 0)


def forget_some(city: City) -> int:
    """Remove September's facts that are not to be known, and make the totals anew; answer how many."""
    from django.db import connection, transaction

    from dukao.org.rules import SYSTEM
    from dukao.registers.actions import rebuild_totals

    gone = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for question, element in enumerate(city.elements):
            unknown = [v.pk for v in city.villages if not is_known(question, v.pk)]
            if unknown:
                listed = ",".join(map(str, unknown))
                cursor.execute(
                    "DELETE FROM registers_fact WHERE element_id = %s AND period = %s AND unit_id IN"
                    f" ({listed})", [element, SEPTEMBER],
                )  # fmt: skip
                gone += cursor.rowcount
    rebuild_totals(by=SYSTEM, at=AT)
    return gone
