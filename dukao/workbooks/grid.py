"""A workbook as it stands in its file: grids of cells, nothing judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache


@dataclass(frozen=True, slots=True)
class CellError:
    """A formula's outcome that is no value, such as `#REF!`."""

    name: str

    def __str__(self) -> str:
        return self.name


# None is an empty cell. Numbers come as the file has them: a spreadsheet knows no integers, so 3 may be 3.0.
Value = str | int | float | bool | Decimal | date | datetime | time | timedelta | CellError | None


@lru_cache(maxsize=16_384)
def column_name(column: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell_name(row: int, column: int) -> str:
    """Row and column from 0 → `B3`."""
    return f"{column_name(column)}{row + 1}"


def cell_place(name: str) -> tuple[int, int]:
    """`B3` → row and column from 0. Raises ValueError."""
    letters = name.rstrip("0123456789")
    if not letters.isascii() or not letters.isalpha() or letters == name:
        raise ValueError(f"{name!r} is no cell")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(name[len(letters) :]) - 1, column - 1


@dataclass(frozen=True, slots=True, order=True)
class Area:
    """A rectangle of cells, rows and columns from 0, both ends in it."""

    top: int
    left: int
    bottom: int
    right: int

    def __contains__(self, place: tuple[int, int]) -> bool:
        return self.top <= place[0] <= self.bottom and self.left <= place[1] <= self.right

    def __str__(self) -> str:
        first, last = cell_name(self.top, self.left), cell_name(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"


@dataclass(frozen=True)
class Grid:
    """One sheet. `rows` begin at A1 and are all of the same length; a merged area's value stands in its first cell."""

    name: str
    rows: list[list[Value]]
    merges: tuple[Area, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    is_hidden: bool = False
    # Cells that compute: place → formula without its "=", as far as the kind of file tells; never run.
    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)
    # Signs of a form, as far as the kind of file tells and of 100,000 cells at most: cells shown as percentages (0.35
    # reads 35%), empty cells with a frame drawn around them, and lists to choose from, given as they stand in the file.
    percents: frozenset[tuple[int, int]] = frozenset()
    framed: frozenset[tuple[int, int]] = frozenset()
    choices: Mapping[Area, tuple[str, ...]] = field(default_factory=dict)

    @property
    def height(self) -> int:
        return len(self.rows)

    @cached_property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    @cached_property
    def merged_at(self) -> dict[tuple[int, int], Area]:
        """Every cell of a merged area → the area."""
        return {(r, c): m for m in self.merges for r in range(m.top, m.bottom + 1) for c in range(m.left, m.right + 1)}


@dataclass(frozen=True)
class Workbook:
    """A file that was read."""

    name: str
    kind: str  # what it is inside: xlsx, xlsm, xlsb, xls, ods, html, xml (of 2003), csv (any separated text)
    grids: tuple[Grid, ...]
    encoding: str = ""  # of text files
    doubts: tuple[str, ...] = ()  # what was assumed or left out, in words
