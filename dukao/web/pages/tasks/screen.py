"""What pages of tasks share: how states and lights look."""

from datetime import date

from dukao.tasks.queries import TaskLine
from dukao.web import words
from dukao.web.tables import Tone

STATE_TONES: dict[str, Tone] = {
    "set": "wait", "objected": "info", "doing": "info", "reported": "wait", "closed": "wait", "fixed": "ok",
    "withdrawn": "plain",
}  # fmt: skip
LIGHT_TONES: dict[str, Tone] = {"green": "ok", "yellow": "warn", "red": "stop", "out": "plain"}
OUTCOME_TONES: dict[str, Tone] = {"confirmed": "ok", "denied": "stop", "silent": "plain", "": "wait"}


def due_of(line: TaskLine, today: date) -> str:
    """By when; how late it is only where the light is on."""
    return words.due(line.due_on, today).text if line.light != "out" else words.day(line.due_on, today)


def light_of(line: TaskLine) -> tuple[Tone, str]:
    """Tone and word; the state's where no light is lit."""
    if line.light == "out":
        return STATE_TONES[line.state], line.state_label
    return LIGHT_TONES[line.light], line.light_label
