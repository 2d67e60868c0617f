"""A slow, obvious register: every fact ever held in one list, every figure summed from it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa

START = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)


def moment(tick: int) -> datetime:
    return START + timedelta(minutes=tick)


def batch(rows: list[tuple[int, int, int, int | None, str]]) -> pa.RecordBatch:
    """Rows of (element, period, unit, value, text) as `land_facts` takes them."""
    columns = list(zip(*rows, strict=True)) or [(), (), (), (), ()]
    types = [pa.int64(), pa.int32(), pa.int64(), pa.int64(), pa.string()]
    names = ["element_id", "period", "unit_id", "value", "text"]
    return pa.record_batch([pa.array(c, t) for c, t in zip(columns, types, strict=True)], names=names)


@dataclass(frozen=True)
class Held:
    cell: tuple[int, int, int]
    value: int | None
    text: str
    source: tuple[str, int]
    recorded: int
    accepted: int | None
    superseded: int | None = None


class Twin:
    def __init__(self, paths: dict[int, str]) -> None:
        self.paths = paths
        self.facts: list[Held] = []

    def current(self, cell: tuple[int, int, int]) -> Held | None:
        return next((f for f in self.facts if f.cell == cell and f.superseded is None), None)

    def end(self, fact: Held, tick: int) -> None:
        self.facts[self.facts.index(fact)] = replace(fact, superseded=tick)

    def accept(self, fact: Held, tick: int) -> None:
        self.facts[self.facts.index(fact)] = replace(fact, accepted=tick)

    def put(self, cell, value, text, source, tick, accepted) -> None:
        if old := self.current(cell):
            self.end(old, tick)
        self.facts.append(Held(cell, value, text, source, tick, accepted))

    def figures(self, tick: int) -> dict[tuple[int, int, int], tuple[int, int, int, int]]:
        """Sum, n and their provisional parts for every unit at or above a fact's unit, as held at the tick."""
        sums: dict[tuple[int, int, int], list[int]] = {}
        for fact in self.facts:
            if not (fact.recorded <= tick and (fact.superseded is None or fact.superseded > tick)):
                continue
            element, period, unit = fact.cell
            pending = fact.accepted is None or fact.accepted > tick
            value = fact.value or 0
            for above in map(int, self.paths[unit].strip("/").split("/")):
                row = sums.setdefault((element, period, above), [0, 0, 0, 0])
                for place, part in enumerate((value, 1, value * pending, int(pending))):
                    row[place] += part
        return {cell: tuple(row) for cell, row in sums.items()}
