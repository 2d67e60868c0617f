"""Tasks of the little city, carried as far as a test wants them."""

from datetime import date, timedelta

from dukao.tasks import actions
from dukao.tasks.rules.definitions import TaskDefinition
from tests.conftest import AT

DUE = date(2026, 10, 30)
LATER = AT + timedelta(days=5)


def definition(city, **more) -> TaskDefinition:
    """A repair in 甲镇, the statistics bureau's matter, led by the tax bureau."""
    given = {
        "title": "甲镇便民窗口周末无人值守", "content": "窗口周末要有人，群众来了办得成事。", "template": "repair",
        "basis": "市政府专题会议纪要〔2026〕7号", "asker": "statistics", "place": city.code["甲镇"],
        "lead": {"department": "tax"}, "due_on": DUE,
    }  # fmt: skip
    return TaskDefinition.model_validate(given | more)


def set_task(city, *, at=AT, by="sam", **more) -> actions.SetTask:
    return actions.set_task(task=definition(city, **more), by=city.actor[by], at=at)


def carried(city, number: str, *, by: str, at=LATER, until: str = "closed") -> None:
    """Signed, reached, reported and closed by sam, or as far as `until` says."""
    actor = city.actor[by]
    actions.sign_task(task=number, by=actor, at=at)
    if until == "signed":
        return
    for position in (1, 2):
        actions.reach_milestone(task=number, position=position, kind="words", text="窗口排了班", by=actor, at=at)
    if until == "reached":
        return
    actions.report_done(task=number, by=actor, at=at)
    if until == "closed":
        actions.close_task(task=number, text="看过排班和办件记录", by=city.actor["sam"], at=at)
