"""Which planned items should be one visit (INS-4): alike in topic and question, in targets, and near in time."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations


@dataclass(frozen=True, slots=True)
class Planned:
    """An item as the comparison sees it. `about`: its topic and the elements it asks; `units`: codes of its targets."""

    number: str
    about: frozenset[str]
    units: frozenset[str]
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two items, how alike they are in what and whom they ask (percent, Jaccard), and working days between them."""

    first: str
    second: str
    percent: int
    units: tuple[str, ...]
    apart_workdays: int


def overlaps(
    items: Sequence[Planned], *, percent: int, apart_workdays: int, workdays_between: Callable[[date, date], int]
) -> tuple[Overlap, ...]:
    """Pairs at or above `percent`, at most `apart_workdays` from each other. `workdays_between(after, until)`."""
    found = []
    for one, other in combinations(items, 2):
        common = one.units & other.units
        alike = round(100 * min(_jaccard(one.about, other.about), _jaccard(one.units, other.units)))
        if not common or alike < percent:
            continue
        early, late = sorted((one, other), key=lambda item: (item.ends_on, item.starts_on))
        apart = workdays_between(early.ends_on, late.starts_on) if late.starts_on > early.ends_on else 0
        if apart <= apart_workdays:
            found.append(Overlap(one.number, other.number, alike, tuple(sorted(common)), apart))
    return tuple(found)


def _jaccard(one: Collection[str], other: Collection[str]) -> float:
    both = set(one) | set(other)
    return len(set(one) & set(other)) / len(both) if both else 0.0
