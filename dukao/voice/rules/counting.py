"""Counts that may be told: no cell so small that somebody might be recognised, nor one that follows from others."""

from collections.abc import Collection, Mapping, Sequence


def released(counts: Mapping[str, int], floor: int) -> dict[str, int | None]:
    """The counts, with None for those from 1 to `floor` − 1. Noughts are told: nobody is in them.

    Where only one would be hidden, the sum would give it away: the smallest of the others goes with it.
    """
    told: dict[str, int | None] = {key: n if n == 0 or n >= floor else None for key, n in counts.items()}
    hidden = [key for key, n in told.items() if n is None]
    if len(hidden) == 1 and (others := [key for key, n in told.items() if n]):
        told[min(others, key=lambda key: (counts[key], key))] = None
    return told


def held_back(cells: Mapping[str, int], floor: int, parts: Sequence[Collection[str]]) -> set[str]:
    """Cells below the floor, and where one alone is missing of a part whose sum is told, the smallest beside it."""
    held = {key for key, n in cells.items() if n < floor}
    for part in parts:
        others = [key for key in part if key in cells and key not in held]
        if others and sum(key in held for key in part) == 1:
            held.add(min(others, key=lambda key: (cells[key], key)))
    return held
