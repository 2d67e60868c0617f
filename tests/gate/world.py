"""A little plan for the tests of bookings: items with their windows and numbers, as the plan's actions leave them."""

from collections.abc import Iterable
from datetime import date
from itertools import count
from typing import Any

from dukao.gate.models import Plan, PlanItem, PlanTarget
from tests.conftest import AT

PEOPLE = [{"name": "李某", "office": "检查科"}, {"name": "王某", "office": "执法队"}]
_keys = count(1)


def publish(unit_id: int, *, year: int = 2026, state: str = "published") -> Plan:
    return Plan.objects.create(year=year, unit_id=unit_id, state=state)


def approve(plan: Plan, number: str, *, department_id: int, scope_unit_id: int, targets: Iterable[tuple[int, int]] = (),
            **changes: Any) -> PlanItem:  # fmt: skip
    """An approved item that reaches all villages of its scope, or the targets (unit id, visits)."""
    asked = {
        "title": f"事项{number}", "topic": "grain", "kind": "special", "method": "check", "basis": "富督发〔2026〕1号",
        "purpose": "看落实", "questions": [{"text": "台账"}], "target_level": 5, "starts_on": date(2026, 10, 1),
        "ends_on": date(2026, 12, 31), "visits_most": 3, "minutes_hundredths_per_visit": 12000, "state": "approved",
        "approved_by": "sam", "approved_at": AT, "made_by": "dora", "made_at": AT,
    }  # fmt: skip
    item = PlanItem.objects.create(
        plan=plan, number=number, department_id=department_id, scope_unit_id=scope_unit_id, **asked | changes
    )
    PlanTarget.objects.bulk_create(PlanTarget(item=item, unit_id=unit, visits_most=most) for unit, most in targets)
    return item


def request(**changes: Any) -> dict[str, Any]:
    """What `hold_visit` is asked: a visit to nobody yet, on a working day; a request of its own each time."""
    asked = {
        "items": ["JH2026-0001"], "on": date(2026, 10, 12), "mode": "announced", "purpose": "秋粮收购",
        "people": PEOPLE, "team_size": 2, "request_key": f"request-{next(_keys)}", "at": AT,
    }  # fmt: skip
    return asked | changes
