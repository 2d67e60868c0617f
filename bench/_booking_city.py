"""What the benches of bookings share: 40 departments with one big item each, and the slots that a year has."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench._facts import CITY, SEED, build_city

DEPARTMENTS, TOPICS = 40, 20
AT = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
PEOPLE = [{"name": "模拟甲", "office": "检查科"}, {"name": "模拟乙", "office": "检查科"}]


@dataclass(frozen=True)
class Slot:
    """One booking that every rule lets through: which department's item, which village, on which day."""

    department: int
    unit: str
    on: date

    @property
    def keys(self) -> list[str]:
        """The five caps, in the order in which they are locked."""
        from dukao.gate.rules import quotas

        return [
            quotas.department_key(f"d{self.department}", self.on.year), quotas.item_key(f"JH2026-{self.department:04}"),
            quotas.topic_key(f"t{self.department % TOPICS}", self.on.year), quotas.month_key(self.unit, self.on),
            quotas.week_key(self.unit, self.on),
        ]  # fmt: skip


def build_plan() -> list[Slot]:
    """The city, its published plan, and every slot of the year in an order by chance: two a month for each village."""
    from dukao.gate.actions import set_limits
    from dukao.gate.models import Plan, PlanItem
    from dukao.org.models import Department

    city = build_city(elements=0)
    Department.objects.bulk_create(
        Department(id=n + 2, code=f"d{n}", name=f"第 {n} 局", unit_id=1) for n in range(DEPARTMENTS)
    )
    plan = Plan.objects.create(year=2026, unit_id=1, state=Plan.State.PUBLISHED)
    owners = dict(Department.objects.values_list("code", "id"))
    PlanItem.objects.bulk_create(
        PlanItem(
            plan=plan, number=f"JH2026-{n:04}", state=PlanItem.State.APPROVED, department_id=owners[f"d{n}"],
            title=f"模拟事项 {n}", topic=f"t{n % TOPICS}", kind=PlanItem.Kind.SPECIAL, method="check", basis="模拟",
            purpose="模拟", questions=[{"text": "台账"}], scope_unit_id=1, target_level=5, starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31), visits_most=10**6, minutes_hundredths_per_visit=12000, approved_by="bench",
            approved_at=AT, made_by="bench", made_at=AT, is_synthetic=True,
        )
        for n in range(DEPARTMENTS)
    )  # fmt: skip
    set_limits(
        departments={f"d{n}": 10**6 for n in range(DEPARTMENTS)}, topics={f"t{n}": 10**6 for n in range(TOPICS)},
        year=2026,
    )  # fmt: skip
    dice = random.Random(SEED)
    days = [_wednesday(date(2026, month, day)) for month in range(1, 13) for day in (8, 22)]
    slots = [Slot(dice.randrange(DEPARTMENTS), village.code, on) for village in city.villages for on in days]
    dice.shuffle(slots)
    return slots


def bookers() -> list[Any]:
    """The data person of each department."""
    from dukao.org.rules import Actor, Standing

    return [
        Actor(f"booker-{n}", f"booker-{n}", n + 1,
              (Standing("department", "数据员", 1, CITY, "模拟市", 2, "/1/", n + 2, f"d{n}", f"第 {n} 局"),))
        for n in range(DEPARTMENTS)
    ]  # fmt: skip


def _wednesday(near: date) -> date:
    return near + timedelta(days=2 - near.weekday())
