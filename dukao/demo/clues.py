"""The demo city's clues about burden, in every state; told without an account, followed up by the city's office."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from dukao.demo.cast import office_of, player
from dukao.demo.stage import Stage
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.tasks import actions as tasks
from dukao.tasks.rules.definitions import TaskDefinition
from dukao.voice.actions import clues as actions
from dukao.voice.queries import clues as queries

_FILE = Path(__file__).parent / "clues.yaml"


def tell_clues(stage: Stage) -> int:
    """Tell and follow up all; nothing where they are there already. Answers how many were told."""
    office = player("supervision-office", stage)
    if queries.clues(viewer=office, today=stage.on, most=1):
        return 0
    lines: list[list[Any]] = yaml.safe_load(_FILE.read_text("utf-8"))
    towns = org.units_below(path=stage.unit.path, level=4)
    told = 0
    with transaction.atomic():
        for n, (kind, text, about, fate, ago) in enumerate(lines):
            place = towns[(n * 37) % len(towns)]
            day = _days(stage, ago)
            try:
                receipt = actions.tell_clue(
                    kind=kind, text=f"{text}（模拟）", place=place.code, is_looked_at=True, is_synthetic=True,
                    department=about if about not in ("here", "office") else "",
                    accused_unit=place.code if about == "here" else "", is_office_accused=about == "office",
                    is_reprisal=n % 11 == 5, contact="模拟联系方式" if n % 4 == 0 else "", at=day(0),
                )  # fmt: skip
            except actions.NoOfficeAbove:
                continue  # the city's own office is accused, and this house has none above it
            told += 1
            _follow(stage, office, receipt, fate, about, place.code, day)
    return told


def _days(stage: Stage, ago: int) -> Callable[[int], datetime]:
    """The instant so many days after the clue was told, never beyond the day of the stage."""
    return lambda n: stage.at(min(stage.on - timedelta(days=ago - n), stage.on))


def _follow(
    stage: Stage, office: Actor, receipt: actions.Receipt, fate: str, about: str, place: str,
    day: Callable[[int], datetime],
) -> None:  # fmt: skip
    clue = receipt.number
    if fate == "received":
        return
    actions.accept_clue(clue=clue, text="已经受理，会绕开被反映的单位核实（模拟）", by=office, at=day(4))
    if fate == "asked":
        actions.ask_reporter(clue=clue, text="大概是从什么时候开始的？不用写您是谁（模拟）", by=office, at=day(6))
    elif fate == "extended":
        actions.extend_clue(clue=clue, reason="涉及几个部门，还在核对（模拟）", by=office, at=day(50))
    elif fate == "unfounded":
        actions.close_clue(
            clue=clue, outcome="unfounded", text="查了借调台账，没有这件事（模拟）", by=office, at=day(20)
        )
    elif fate == "task":
        _as_task(stage, office, receipt, about, place, day)
    elif fate in ("closed", "fixed", "denied"):
        actions.close_clue(
            clue=clue, outcome="corrected", text="已要求停止，改用共享数据（模拟）", by=office, at=day(20)
        )
        if fate != "closed":
            actions.judge_clue(code=receipt.code, is_fixed=fate == "fixed", at=day(26))


def _as_task(
    stage: Stage, office: Actor, receipt: actions.Receipt, about: str, place: str, day: Callable[[int], datetime]
) -> None:  # fmt: skip
    """Carried, closed, denied by the reporter, carried again and confirmed."""
    lead = player(office_of(about), stage)
    made = tasks.set_task(
        task=TaskDefinition.model_validate({
            "title": "停止重复要数", "content": "部门已有的数据不再向基层要。（模拟）", "template": "single",
            "origin": "clue", "origin_number": receipt.number, "raiser": "clue", "basis": "督考办主任办公会（模拟）",
            "asker": about, "place": place, "lead": {"department": about}, "due_on": day(30).date(), "synthetic": True,
        }), by=office, at=day(5),
    )  # fmt: skip
    tasks.sign_task(task=made.number, by=lead, at=day(6))
    for n, is_fixed in ((10, False), (30, True)):
        tasks.reach_milestone(task=made.number, position=1, kind="words", text="已经停了（模拟）", by=lead, at=day(n))
        tasks.report_done(task=made.number, by=lead, at=day(n + 1))
        tasks.close_task(task=made.number, text="已停止重复收集（模拟）", by=office, at=day(n + 2))
        actions.judge_clue(code=receipt.code, is_fixed=is_fixed, at=day(n + 4))
        tasks.hear_reporters(at=day(n + 5))
