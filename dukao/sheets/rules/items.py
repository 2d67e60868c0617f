"""What a filing comes to, in items: one way of counting for the desk, the page, the review and the refusals.

An item is a question, however many periods it is asked for. It is left while one of its cells has to be touched, and
filled once all of them are. What may stay empty, and what comes from elsewhere, is counted apart until it has a value.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from dukao.sheets.rules.cells import CellState

ItemState = Literal[
    "left",      # somebody still has to type or confirm
    "given",     # filled, at least in part by the worker
    "known",     # filled by the house
    "waiting",   # comes from elsewhere: a department, another sheet, a lower level
    "optional",  # may stay empty
]  # fmt: skip
_KNOWN = ("known", "disputed")


@dataclass(frozen=True, slots=True)
class Tally:
    """Items by state, and the minutes × 100 that what is left takes. Filled and left are all there is to do."""

    n_given: int
    n_known: int
    n_left: int
    n_waiting: int
    n_optional: int
    minutes_left_hundredths: int

    @property
    def n_filled(self) -> int:
        return self.n_given + self.n_known

    @property
    def n_items(self) -> int:
        return self.n_filled + self.n_left


def item_state(cells: Collection[CellState], *, is_required: bool) -> ItemState:
    """What the cells of one question make of it."""
    if is_required and any(cell in ("asked", "stale") for cell in cells):
        return "left"
    if all(cell in _KNOWN for cell in cells):
        return "known"
    if all(cell == "answered" or cell in _KNOWN for cell in cells):
        return "given"
    return "waiting" if any(cell == "elsewhere" for cell in cells) else "optional"
