"""The best matcher we can write: who cast which ballot, from everything that both parties keep.

It holds both folders as they lie on disk and knows, for every person, the bytes that the issuer keeps of them, and for
every ballot the bytes that the board keeps of it (so it knows more than any thief). It reads every trace that could
carry an order, a time or a size: where the bytes stand in each file, leftovers in logs and journals too, the numbers
before and after them, and the order and the numbers that SQL gives back. Then it lays each trace of one party beside
each trace of the other, rank by rank, forwards and backwards, and takes whichever pair tells most.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log
from pathlib import Path
from random import Random

import numpy as np

_NEAR = 0.02  # a guess counts as near where the true ballot is within this share of the ranks
_SIGNIFICANCE = 0.001
Trace = list[float]


@dataclass(frozen=True)
class Verdict:
    """How the best pair of traces did: `near` of `people` guesses near the truth; chance would give up to `limit`."""

    people: int
    pairs: int
    near: int
    exact: int
    expected: float
    limit: int
    best: str

    @property
    def is_chance(self) -> bool:
        return self.near <= self.limit


def match(issuer: Path, board: Path, people: Sequence[Sequence[bytes]], ballots: Sequence[Sequence[bytes]]) -> Verdict:
    """`people[i]` cast `ballots[i]`: all byte strings that a party keeps of them. The matcher is not told so."""
    count = len(people)
    theirs, ours = dict(traces(issuer, people)), dict(traces(board, ballots))
    assert theirs, "a matcher that sees nothing proves nothing"
    assert ours
    width = max(1, int(_NEAR * count))
    found: list[tuple[int, int, str]] = []
    ranks = {name: _ranks(trace, name) for name, trace in theirs.items()}
    for name, trace in ours.items():
        there = _ranks(trace, name)
        for other, here in ranks.items():
            for way, turned in (("", here), (" backwards", [count - 1 - rank for rank in here])):
                gaps = [abs(a - b) for a, b in zip(turned, there, strict=True)]
                found.append((sum(g <= width for g in gaps), gaps.count(0), f"{other} × {name}{way}"))
    near, exact, best = max(found)
    chance = sum(min(count - 1, r + width) - max(0, r - width) + 1 for r in range(count)) / count**2
    return Verdict(count, len(found), near, exact, chance * count, _limit(count, chance, len(found)), best)


def traces(folder: Path, things: Sequence[Sequence[bytes]]) -> Iterator[tuple[str, Trace]]:
    """Every number that this folder gives for every thing, by what it is; such as never differ are left out."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        for part in range(len(things[0])):
            places = _places(content, [thing[part] for thing in things])
            if not any(places):
                continue
            for name, number in _NUMBERS.items():
                trace = [number(content, found, thing[part]) if found else -1.0
                         for found, thing in zip(places, things, strict=True)]  # fmt: skip
                if len(set(trace)) > 1:
                    yield f"{path.name}[{part}] {name}", trace
        if content.startswith(b"SQLite format 3\0"):
            yield from _rows(path, things)


def _rows(path: Path, things: Sequence[Sequence[bytes]]) -> Iterator[tuple[str, Trace]]:
    """The order in which SQL gives rows back, and every number or text beside them."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            rows = database.execute(f'SELECT * FROM "{table}"').fetchall()
            for part in range(len(things[0])):
                kept = {cell: place for place, row in enumerate(rows) for cell in row if isinstance(cell, bytes)}
                places = [kept.get(thing[part]) for thing in things]
                if all(place is None for place in places):
                    continue
                yield f"{table}[{part}] order", [-1.0 if p is None else float(p) for p in places]
                for column in range(len(rows[0])):
                    cells = [None if p is None else rows[p][column] for p in places]
                    numbers = [float(c) if isinstance(c, int | float) else float(len(c)) if c else -1.0 for c in cells]
                    if len(set(numbers)) > 1:
                        yield f"{table}[{part}] column {column}", numbers


def _places(content: bytes, things: Sequence[bytes]) -> list[list[int]]:
    """Where each of these byte strings stands; by their first eight bytes at once, then looked at closely."""
    found: list[list[int]] = [[] for _ in things]
    if len(content) < 8:
        return found
    windows = np.lib.stride_tricks.sliding_window_view(np.frombuffer(content, np.uint8), 8).copy().view(np.uint64)[:, 0]
    starts = {thing[:8]: number for number, thing in enumerate(things)}
    wanted = np.frombuffer(b"".join(starts), np.uint64)
    for place in np.flatnonzero(np.isin(windows, wanted)).tolist():
        number = starts[content[place : place + 8]]
        if content.startswith(things[number], place):
            found[number].append(place)
    return found


def _beside(size: int, *, is_before: bool) -> Callable[[bytes, list[int], bytes], float]:
    """The number that stands in so many bytes before or after a thing: a row's number, a length, a time."""

    def number(content: bytes, places: list[int], what: bytes) -> float:
        end = places[-1] if is_before else places[-1] + len(what) + size
        return int.from_bytes(content[max(0, end - size) : end], "big")

    return number


_NUMBERS: dict[str, Callable[[bytes, list[int], bytes], float]] = {
    "first place": lambda content, places, what: places[0],
    "last place": lambda content, places, what: places[-1],
    "copies": lambda content, places, what: len(places),
    "place within page": lambda content, places, what: places[-1] % 4096,
    "page": lambda content, places, what: places[-1] // 4096,
    **{f"number of {size} before": _beside(size, is_before=True) for size in (1, 2, 4, 8)},
    **{f"number of {size} after": _beside(size, is_before=False) for size in (1, 2, 4, 8)},
}


def _ranks(trace: Trace, name: str) -> list[int]:
    """Ranks from 0; things that a trace cannot tell apart stand in an order drawn for this trace alone."""
    drawn = Random(name)
    order = sorted(range(len(trace)), key=lambda i: (trace[i], drawn.random()))
    ranks = [0] * len(trace)
    for rank, i in enumerate(order):
        ranks[i] = rank
    return ranks


def _limit(count: int, chance: float, pairs: int) -> int:
    """So many near guesses the best of so many pairs stays below by chance, at 0.1 % over all pairs together."""
    tail, k, wanted = 0.0, count, _SIGNIFICANCE / pairs
    while k >= 0:
        tail += _exactly(count, k, chance)
        if tail > wanted:
            return k
        k -= 1
    return 0


def _exactly(count: int, k: int, chance: float) -> float:
    ways = lgamma(count + 1) - lgamma(k + 1) - lgamma(count - k + 1)
    return exp(ways + k * log(chance) + (count - k) * log(1 - chance))
