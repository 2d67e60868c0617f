"""Demands with their entries, in the words of the tests."""

from datetime import date, datetime

from django.db import transaction

from dukao.gate import actions
from tests.conftest import AT, ON


def ask(city, minutes: dict[str, int], *, kind: str = "sheet", asker: str = "statistics", by: str = "dora",
        on: date = ON, estimate: str = "cells", level: int = 5, at: datetime = AT, title: str = "三季度经济运行表",
        **changes) -> str:  # fmt: skip
    """A demand on these units (name → minutes × 100), due on the day, entries posted; answers its number."""
    asked = {
        "kind": kind, "title": title, "asker": asker, "scope_unit": city.code["富水市"], "target_level": level,
        "basis": "富统调〔2026〕模拟8号", "due_on": max(on, ON), "unit_count": len(minutes),
        "minutes_hundredths": sum(minutes.values()), "minutes_hundredths_per_unit": max(minutes.values()),
        "is_emergency": False, "by": city.actor[by], "at": at,
    }  # fmt: skip
    with transaction.atomic():
        issued = actions.issue_demand(**asked | changes)
        actions.post_entries(
            demand_id=issued.id,
            asker_id=city.department[asker],
            kind=kind,
            on=on,
            estimate=estimate,
            minutes_by_unit={city.unit[name]: hundredths for name, hundredths in minutes.items()},
        )
    return issued.number
