"""How alike two texts are, and how the few that may be alike are found among many.

1. Of a text only characters, letters and digits count; every digit is the same digit, so that a new year or date does
   not make a new text. Each four in a row are a shingle, a number of 64 bits, mixed so that shingles lie evenly on a
   circle.
2. Likeness is what Jaccard says: shingles that both have, of those that any of the two has. It is exact.
3. A signature is the shingle that follows each of 120 marks on that circle. At one mark two texts show the same one
   with a chance that equals their likeness (the first of all their shingles behind the mark is one that both have).
   Six marks are a band; texts with no band in common are not compared. Of texts that are 80 % alike 99.8 % share a
   band, of texts that are 20 % alike one in a thousand does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Shingles = NDArray[np.uint64]
BANDS, _ROWS = 20, 6
_SIGNS = 4
_SHOWN_LEAST = 8  # a run of likeness that is shorter than this is chance
_MARKS = (np.arange(BANDS * _ROWS, dtype=np.uint64) * np.uint64(2**64 // (BANDS * _ROWS))).astype(np.uint64)
_SEEDS = np.arange(1, BANDS + 1, dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Likeness:
    """`part` of `whole`, exactly."""

    part: int
    whole: int

    @property
    def percent(self) -> int:
        """Rounded down, so that 80 is never said of less."""
        return 100 * self.part // self.whole if self.whole else 0

    def at_least(self, percent: int) -> bool:
        return bool(self.whole) and self.part * 100 >= percent * self.whole


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage of a text, and whether the other text has it too."""

    text: str
    is_like: bool


def shingles_of(text: str) -> Shingles:
    """The shingles of a text, sorted, each once; none where it has fewer than four characters."""
    return np.unique(_in_order(_kept(text)[0]))


def likeness(one: Shingles, other: Shingles) -> Likeness:
    """Jaccard: of all shingles those that both have."""
    shared = _shared(one, other)
    return Likeness(shared, len(one) + len(other) - shared)


def new_part(text: str, known: str) -> Likeness:
    """How much of a text the known one has not."""
    ours = shingles_of(text)
    return Likeness(len(ours) - _shared(ours, shingles_of(known)), len(ours))


def bands_of(shingles: Shingles) -> list[int]:
    """The bands of a text's signature as signed numbers of 64 bits, for a database; none where it has no shingles."""
    if not len(shingles):
        return []
    signature = shingles[np.searchsorted(shingles, _MARKS) % len(shingles)].reshape(BANDS, _ROWS)
    bands = _SEEDS.copy()
    for row in range(_ROWS):
        bands = _mixed(bands ^ signature[:, row])
    return [int(band) for band in bands.view(np.int64)]


def passages(text: str, other: str) -> tuple[Piece, ...]:
    """The text in pieces, alternately such as the other text has too and such as it has not."""
    signs, places = _kept(text)
    theirs, ours = shingles_of(other), _in_order(signs)
    marked = np.zeros(len(signs) + 1, dtype=bool)
    if len(ours) and len(theirs):
        hits = np.flatnonzero(_is_in(ours, theirs))
        for step in range(_SIGNS):
            marked[hits + step] = True
    edges = np.flatnonzero(np.diff(marked.astype(np.int8), prepend=np.int8(0)))
    pieces, at = [], 0
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        begin, end = int(places[first]), int(places[last - 1]) + 1
        if last - first >= _SHOWN_LEAST:
            pieces += [Piece(text[at:begin], False), Piece(text[begin:end], True)]
            at = end
    return tuple(piece for piece in (*pieces, Piece(text[at:], False)) if piece.text)


def _kept(text: str) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """What counts of a text, one number for each character, and where each stands in it."""
    signs = np.frombuffer(text.lower().encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    if len(signs) != len(text):  # a few letters grow when they are made small
        signs = np.array([ord(sign) for sign in text], dtype=np.uint64)
    wide = (signs >= 0xFF01) & (signs <= 0xFF5E)
    signs[wide] -= np.uint64(0xFEE0)
    signs[(signs >= 0x41) & (signs <= 0x5A)] += np.uint64(0x20)
    signs[(signs >= 0x30) & (signs <= 0x39)] = 0x30
    keeps = (
        ((signs >= 0x3400) & (signs <= 0x9FFF)) | (signs >= 0x20000) | (signs == 0x30)
        | ((signs >= 0x61) & (signs <= 0x7A)) | ((signs >= 0xF900) & (signs <= 0xFAFF))
    )  # fmt: skip
    return signs[keeps], np.flatnonzero(keeps)


def _in_order(signs: NDArray[np.uint64]) -> Shingles:
    """One shingle for each place where four signs begin; four times 16 bits fill it exactly."""
    n = len(signs) - _SIGNS + 1
    if n <= 0:
        return np.empty(0, dtype=np.uint64)
    low = signs & np.uint64(0xFFFF)
    packed = np.zeros(n, dtype=np.uint64)
    for step in range(_SIGNS):
        packed = (packed << np.uint64(16)) | low[step : step + n]
    return _mixed(packed)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Each number to another one, one to one, scattered evenly (the finish of SplitMix64)."""
    z = numbers + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def _shared(one: Shingles, other: Shingles) -> int:
    return int(np.count_nonzero(_is_in(one, other))) if len(one) and len(other) else 0


def _is_in(some: Shingles, sorted_others: Shingles) -> NDArray[np.bool_]:
    places = np.searchsorted(sorted_others, some)
    return sorted_others[np.minimum(places, len(sorted_others) - 1)] == some
