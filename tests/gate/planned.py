"""A plan of the little city with approved items, for tests of what is done with them."""

from datetime import date

from tests.conftest import AT

_VISITS = 12


def approved_item(city, *, number: str = "JH2026-0001", department: str = "statistics", **changes) -> str:
    """An approved, current item of the published plan of 富水市 for a year, about all villages; answers its number."""
    from dukao.gate.models import Plan, PlanItem

    year = changes.pop("year", 2026)
    plan, _new = Plan.objects.get_or_create(
        year=year, unit_id=city.unit["富水市"],
        defaults={"state": Plan.State.PUBLISHED, "frozen_at": AT, "published_at": AT},
    )  # fmt: skip
    PlanItem.objects.create(**{
        "plan": plan, "number": number, "state": "approved", "department_id": city.department[department],
        "title": "统计数据质量核查", "topic": "statistics", "kind": "special", "method": "check",
        "basis": "富统调〔2026〕8号", "purpose": "看台账与上报数是否一致",
        "questions": [{"text": "常住人口台账", "element": "population"}, {"text": "台账是否及时登记", "element": ""}],
        "scope_unit_id": city.unit["富水市"], "target_level": 5, "starts_on": date(year, 1, 1),
        "ends_on": date(year, 12, 31), "visits_most": _VISITS, "minutes_hundredths_per_visit": 12_000,
        "approved_by": "sam", "approved_at": AT, "made_by": "dora", "made_at": AT,
    } | changes)  # fmt: skip
    return number
