"""A little plan for the tests of bookings: items with their windows and numbers, as the plan's actions leave them."""

from collections.abc import Iterable
from datetime import date
from itertools import count
from typing import Any

import pytest

from dukao.gate import actions
from dukao.gate.models import BurdenEntry, Demand, Plan, PlanItem, PlanTarget, Quota, Visit, VisitPart
from tests.conftest import AT

PEOPLE = [{"name": "李某", "office": "检查科"}, {"name": "王某", "office": "执法队"}]
_keys = count(1)


def publish(unit_id: int, *, year: int = 2026, state: str = "published") -> Plan:
    return Plan.objects.create(year=year, unit_id=unit_id, state=state)


def approve(plan: Plan, number: str, *, department_id: int, scope_unit_id: int, targets: Iterable[tuple[int, int]] = (),
            **changes: Any) -> PlanItem:  # fmt: skip
    """An approved item that reaches all villages of its scope, or the targets (unit id, visits); sealed or not."""
    asked = {
        "title": f"事项{number}", "topic": "grain", "kind": "special", "method": "unannounced",
        "basis": "富督发〔2026〕1号", "purpose": "看落实", "questions": [{"text": "台账", "element": ""}],
        "target_level": 5,
        "starts_on": date(2026, 10, 1), "ends_on": date(2026, 12, 31), "visits_most": 3,
        "minutes_hundredths_per_visit": 12000, "state": "approved", "approved_by": "sam", "approved_at": AT,
        "made_by": "dora", "made_at": AT,
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


@pytest.fixture
def plan(city):
    return publish(city.unit["富水市"])


@pytest.fixture
def item(city, plan):
    return approved(city, plan, "JH2026-0001")


@pytest.fixture
def book(city, item):
    """Book a visit to 一村 on Monday, changed as asked."""

    def book(**changes):
        asked = request(unit=city.code["一村"], by=city.actor["dora"])
        return actions.hold_visit(**asked | changes)

    return book


def approved(city, plan, number, *, by="statistics", **changes):
    return approve(plan, number, department_id=city.department[by], scope_unit_id=city.unit["富水市"], **changes)


def nothing_is_booked():
    return not (Visit.objects.exists() or VisitPart.objects.exists() or Demand.objects.exists()
                or BurdenEntry.objects.exists() or Quota.objects.filter(held__gt=0).exists())  # fmt: skip
