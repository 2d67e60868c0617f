"""Green, yellow, red: of a task and its deadline, never of people; an objection or a wish for more time puts it out."""

from datetime import date, timedelta
from typing import Literal

from dukao.base.words import _noop
from dukao.tasks.rules.states import RUNNING, State

Light = Literal["green", "yellow", "red", "out"]
LIGHTS: dict[Light, str] = {
    "green": _noop("按期"), "yellow": _noop("快到期"), "red": _noop("过期"), "out": _noop("不亮灯"),
}  # fmt: skip


def light(state: State, *, due_on: date, yellow_from: date, today: date, is_waiting: bool) -> Light:
    """The light on that day. `yellow_from` is TSK-1's day; `is_waiting`: an objection or extension is undecided.

    What was reported or closed is lit no more: the next step is somebody else's.
    """
    if is_waiting or state not in RUNNING:
        return "out"
    if today > due_on:
        return "red"
    return "yellow" if today >= yellow_from else "green"


def milestone_days(set_on: date, due_on: date, percents: tuple[int, ...]) -> tuple[date, ...]:
    """By when each milestone is due, by its share of the time; never later than the task, the last one with it."""
    days = (due_on - set_on).days
    return tuple(min(due_on, set_on + timedelta(days=days * percent // 100)) for percent in percents)
