"""Items of a plan as tests write them: one that no rule speaks against, and what is changed of it."""

from typing import Any

from dukao.base.definitions import checked
from dukao.gate import actions
from dukao.gate.rules.items import ItemDefinition
from tests.conftest import AT


def definition(city, **changes: Any) -> ItemDefinition:
    """三个村的秸秆禁烧专项督查，2026 年十月至十二月。"""
    given = {
        "title": "秸秆禁烧专项督查", "topic": "straw_burning", "kind": "special", "method": "check",
        "basis": "富政发〔2026〕模拟3号", "purpose": "看露天焚烧是否得到控制", "questions": ["离田的秸秆运到了哪里"],
        "criteria": ["没有新的火点"], "scope": city.code["东县"], "level": "village",
        "targets": [city.code["一村"], city.code["二村"], city.code["三村"]],
        "starts_on": "2026-10-12", "ends_on": "2026-12-18", "minutes_per_visit": "90", "synthetic": True,
    }  # fmt: skip
    return checked(ItemDefinition, given | changes, place="test")


def propose(city, department: str = "tax", *, year: int = 2026, at=AT, **changes: Any) -> str:
    """The number of a proposed item."""
    by = city.actor[{"tax": "tara", "statistics": "dora"}[department]]
    return actions.propose_item(
        year=year, department=department, definition=definition(city, **changes), by=by, at=at
    ).number  # fmt: skip


def approve(city, *numbers: str, at=AT) -> None:
    for number in numbers:
        actions.approve_item(number=number, reason="确有必要", by=city.actor["sam"], at=at)


def publish(city, *, year: int = 2026, at=AT) -> None:
    place = {"year": year, "unit": city.code["富水市"], "by": city.actor["sam"], "at": at}
    actions.freeze_plan(**place)
    actions.publish_plan(**place)


def published_item(city, department: str = "tax", **changes: Any) -> str:
    """An approved item of a published plan."""
    number = propose(city, department, **changes)
    approve(city, number)
    publish(city)
    return number
