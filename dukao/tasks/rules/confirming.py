"""Closed is not fixed: who is asked whether it is, drawn so that anybody can draw again; and what the answers say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dukao.gate.rules import draws

PUBLIC_SOURCE = "任务编号、第几轮和复核办结的日期"


def promised_from(candidates: Sequence[str], *, wanted: int) -> dict[str, Any]:
    """What is promised when a task is set: the units that may be asked, in the form of gate.rules.draws."""
    return draws.drawn_from(
        units=candidates, inspectors=[], units_wanted=min(wanted, len(candidates)), inspectors_wanted=0,
        public_source=PUBLIC_SOURCE,
    )  # fmt: skip


def public_part(number: str, round_number: int, closed_on: str) -> str:
    """Nobody knows it when the draw is promised: the day on which the task is closed is part of it."""
    return f"{number}/{round_number}/{closed_on}"


def drawn_units(seed: str, public: str, given: dict[str, Any]) -> tuple[str, ...]:
    """The units in the order in which they are asked, the next one where one stays silent."""
    return tuple(one["unit"] for one in draws.drawn(seed, public, given)["units"])


@dataclass(frozen=True, slots=True)
class Premature:
    """How often closed was not fixed: denied of those that were answered. `percent` is None below the floor."""

    confirmed: int
    denied: int
    floor: int

    @property
    def n(self) -> int:
        return self.confirmed + self.denied

    @property
    def percent(self) -> int | None:
        """Rounded half up."""
        return (200 * self.denied + self.n) // (2 * self.n) if self.n and self.n >= self.floor else None
