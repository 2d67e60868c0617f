"""What a sheet's file says beyond its values, whichever kind of file it is."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from dukao.workbooks.grid import Area, column_name

Place = tuple[int, int]  # row and column from 0

COLUMNS = 16_384  # of a sheet at most
# Percentages and frames are signs for reading forms; of a sheet with more of them than a form can have, this many do.
SIGNS_LIMIT = 100_000
# A frame drawn further beyond the last value than this is no form but whole columns that somebody formatted.
FRAME_ROWS_LIMIT = 2_000
FRAME_COLUMNS_LIMIT = 256
# This many empty rows or columns part what belongs together from what got there by mistake.
_GAP_ROWS = 1_000
_GAP_COLUMNS = 100


@dataclass(frozen=True)
class Extent:
    """How many rows and columns are read; `beyond` names the first row and column with cells that are not."""

    rows: int
    columns: int
    beyond: tuple[str, ...] = ()

    def told(self, sheet: str) -> str:
        return f"工作表“{sheet}”里的内容太分散，{'、'.join(self.beyond)}没有读入"


@dataclass
class Marks:
    """`rows` and `columns` are those that hold something, and `extent` what of them is read; all three only where it
    is known before the values are."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: dict[Place, str] = field(default_factory=dict)
    errors: dict[Place, str] = field(default_factory=dict)
    percents: set[Place] = field(default_factory=set)
    framed: set[Place] = field(default_factory=set)
    lists: dict[Area, str] = field(default_factory=dict)  # where one chooses from a list → its formula
    merges: list[Area] = field(default_factory=list)  # only where calamine does not tell them
    doubts: list[str] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    extent: Extent | None = None

    def measure(self, places: int) -> Extent:
        """Set the extent: all cells where the places suffice, else those before the first gap, else the first rows."""
        height, width = max(self.rows, default=-1) + 1, max(self.columns, default=-1) + 1
        self.extent = Extent(height, width)
        if height * width > places:
            height, width = _before_gap(self.rows, _GAP_ROWS), _before_gap(self.columns, _GAP_COLUMNS)
            height = min(height, places // width)
            row = next((row for row in sorted(self.rows) if row >= height), None)
            column = next((column for column in sorted(self.columns) if column >= width), None)
            beyond = [] if row is None else [f"第 {row + 1:,} 行起"]
            beyond += [] if column is None else [f"{column_name(column)} 列起"]
            self.extent = Extent(height, width, tuple(beyond))
        return self.extent


def _before_gap(numbers: set[int], gap: int) -> int:
    last = -1
    for number in sorted(numbers):
        if number - last > gap and last >= 0:
            break
        last = number
    return last + 1


def hidden_told(sheet: str, is_hidden: bool, n_rows: int) -> Iterator[str]:
    """What nobody sees in the sheet and is read all the same."""
    if is_hidden:
        yield f"工作表“{sheet}”是隐藏的，也读入了"
    if n_rows:
        yield f"工作表“{sheet}”里有 {n_rows:,} 行是隐藏的，也读入了"
