"""A form on the drawing board: its cells, and beside them what is true of them."""

from dataclasses import dataclass, field, replace
from random import Random

from bench.workbooks.data import Datum
from dukao.workbooks.grid import Area

Place = tuple[int, int]
Content = str | int | float | None


NOWHERE = Area(0, 0, 0, 0)


@dataclass(frozen=True)
class Ask:
    """What a slot asks: a datum by its key in a span of time; without a key it is none of the list."""

    key: str = ""
    span: str = "now"
    words: str = ""  # as the form says it
    is_held: bool = True  # whether a matcher may take something for it

    @classmethod
    def of(cls, datum: Datum, words: str = "", span: str = "now") -> "Ask":
        return cls(datum.key, span, words or datum.title, datum.is_held)


@dataclass
class Truth:
    """What is true of one table. Rows and columns from 0; paths as printed, units apart."""

    title: str
    area: Area = NOWHERE
    columns: dict[int, tuple[str, ...]] = field(default_factory=dict)
    rows: dict[int, str] = field(default_factory=dict)  # last part of the name
    totals: set[int] = field(default_factory=set)
    slots: dict[Place, Ask] = field(default_factory=dict)
    units: dict[Place, str] = field(default_factory=dict)  # of slots; where the form tells one
    column_units: dict[int, str] = field(default_factory=dict)
    optional: set[Place] = field(default_factory=set)  # neither a miss nor a mistake
    asks: dict[int, Ask] = field(default_factory=dict)  # column → what it asks, in filled forms as well
    whose: str = ""  # whom a list of persons is about: the sex of 干部 is another datum than that of others


@dataclass
class Page:
    """One sheet."""

    name: str
    cells: dict[Place, Content] = field(default_factory=dict)
    merges: list[Area] = field(default_factory=list)
    framed: set[Place] = field(default_factory=set)
    formulas: dict[Place, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    is_hidden: bool = False
    truths: list[Truth] = field(default_factory=list)

    def put(self, row: int, column: int, content: Content, *, over: tuple[int, int] = (1, 1)) -> None:
        """Write a cell, merged over so many rows and columns."""
        if content is not None:
            assert (row, column) not in self.cells.keys() | self.formulas.keys(), "two things in one cell"
            self.cells[row, column] = content
        if over != (1, 1):
            self.merges.append(Area(row, column, row + over[0] - 1, column + over[1] - 1))


@dataclass(frozen=True)
class Draft:
    """A whole form: its pages, the kind of file it becomes, and the traits it was drawn with."""

    name: str
    kind: str
    pages: tuple[Page, ...]
    traits: frozenset[str]


@dataclass(frozen=True)
class Style:
    """How a form is drawn."""

    merged: str = "merged"  # merged, first (only the first cell holds the text), repeated
    is_framed: bool = True
    unit_place: str = "header"  # header, title, row, column, none
    has_serial: bool = False
    total: str = "bottom"  # bottom, top, none, formula
    fill: str = "blank"  # blank, half, full
    is_spaced: bool = False
    is_traditional: bool = False
    has_letterhead: bool = False
    has_footer: bool = False
    has_notes: bool = False
    has_numbers: bool = False  # a row 甲 乙 1 2 under the header
    title: str = "merged"  # merged, cell, none
    holder: str = "line"  # line, cells, none

    @classmethod
    def drawn(cls, rng: Random) -> "Style":
        return cls(
            merged=rng.choice(("merged", "merged", "merged", "first", "repeated")),
            is_framed=rng.random() < 0.7,
            unit_place=rng.choice(("header", "header", "title", "row", "column", "none")),
            has_serial=rng.random() < 0.5,
            total=rng.choice(("bottom", "top", "none", "none", "formula")),
            fill=rng.choice(("blank", "blank", "half", "full")),
            is_spaced=rng.random() < 0.2,
            is_traditional=rng.random() < 0.04,
            has_letterhead=rng.random() < 0.35,
            has_footer=rng.random() < 0.4,
            has_notes=rng.random() < 0.35,
            has_numbers=rng.random() < 0.3,
            title=rng.choice(("merged", "merged", "merged", "cell", "none")),
            holder=rng.choice(("line", "line", "cells", "none")),
        )

    @property
    def traits(self) -> frozenset[str]:
        told = {f"header {self.merged}", f"unit in {self.unit_place}", f"total {self.total}", f"fill {self.fill}",
                f"title {self.title}", f"holder {self.holder}"}  # fmt: skip
        return frozenset(told | {name for name, has in (
            ("no frames", not self.is_framed), ("serial", self.has_serial), ("spaced", self.is_spaced),
            ("traditional", self.is_traditional), ("letterhead", self.has_letterhead), ("footer", self.has_footer),
            ("notes", self.has_notes), ("number row", self.has_numbers)) if has})  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """A figure column (or row) to be drawn: its header, what it asks, its unit as this form has it."""

    path: tuple[str, ...]
    ask: Ask
    unit: str = ""
    datum: Datum | None = None

    def below(self, *outer: str) -> "Wanted":
        return replace(self, path=(*outer, *self.path))


def called(rng: Random, datum: Datum) -> str:
    """One of the names of a datum, now and then one that the matcher was never told."""
    lot = rng.random()
    if datum.unknown and lot < 0.3:
        return rng.choice(datum.unknown)
    return rng.choice(datum.known) if datum.known and lot < 0.55 else datum.title


def unit_of(rng: Random, datum: Datum) -> str:
    return rng.choice(datum.also) if datum.also and rng.random() < 0.3 else datum.unit
