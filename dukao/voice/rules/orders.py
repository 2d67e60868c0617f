"""Work orders of bad ratings: what may follow what, by when, and the colour of the task."""

from datetime import date
from typing import Literal

from dukao.base.words import _noop

Colour = Literal["ok", "wait", "warn"]

STATES: dict[str, str] = {
    "received": _noop("待核实"), "verified": _noop("整改中"), "appealed": _noop("申诉中"), "answered": _noop("已答复"),
    "closed": _noop("已办结"),
}  # fmt: skip
OUTCOMES: dict[str, str] = {
    "": "–", "fixed": _noop("已整改"), "explained": _noop("已说明"), "misjudged": _noop("误评"),
}  # fmt: skip
# What the rated office, the supervision office and time may do to an order in each state.
_NEXT: dict[str, frozenset[str]] = {
    "received": frozenset({"verify", "appeal"}),
    "verified": frozenset({"answer", "appeal"}),
    "appealed": frozenset({"decide"}),
    "answered": frozenset({"call_back", "second", "close"}),
    "closed": frozenset(),
}
REOPENED_MOST = 1  # a second bad rating has it done again once; after that the office speaks with the rated


def may_follow(state: str, step: str) -> bool:
    return step in _NEXT[state]


def colour_of(*, state: str, due_on: date | None, soon_on: date, today: date) -> Colour:
    """The colour of the task, never of people: late, due by `soon_on`, or in time."""
    if state == "closed" or due_on is None:
        return "ok"
    return "warn" if due_on < today else "wait" if due_on <= soon_on else "ok"


def may_close(*, has_contact: bool, was_called_back: bool, has_second: bool, waits_until: date | None,
              today: date) -> bool:  # fmt: skip
    """An answered order ends when who left a contact was called back, and a second rating came or was given up."""
    return (was_called_back or not has_contact) and (has_second or (waits_until is not None and waits_until < today))


def is_outside(*, decides: str, rated: str, decides_departments: frozenset[str], rated_department: str) -> bool:
    """Whether somebody whose office is at the unit `decides` may judge an appeal of the `rated` (both are paths).

    Of a unit: only from above it. Of a department: whoever holds no post in it.
    """
    if rated_department:
        return rated_department not in decides_departments
    return rated.startswith(decides) and rated != decides
