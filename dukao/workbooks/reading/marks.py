"""What a sheet's file says beyond its values, whichever kind of file it is."""

from dataclasses import dataclass, field

from dukao.workbooks.grid import Area

Place = tuple[int, int]  # row and column from 0

# Percentages and frames are signs for reading forms; of a sheet with more of them than a form can have, this many do.
SIGNS_LIMIT = 100_000
# A frame drawn further below the last value than this is no form but a whole column that somebody formatted.
FRAME_ROWS_LIMIT = 2_000
FRAME_COLUMNS_LIMIT = 256
# Rows × columns that may be laid out; a cell far away from the others would ask for more.
LAID_OUT_LIMIT = 8_000_000
COLUMNS = 16_384  # of a sheet at most


@dataclass
class Marks:
    """`size` is rows and columns up to the last value, as far as it is known beforehand."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: dict[Place, str] = field(default_factory=dict)
    errors: dict[Place, str] = field(default_factory=dict)
    percents: set[Place] = field(default_factory=set)
    framed: set[Place] = field(default_factory=set)
    lists: dict[Area, str] = field(default_factory=dict)  # where one chooses from a list → its formula
    merges: list[Area] = field(default_factory=list)  # only where calamine does not tell them
    size: Place = (0, 0)

    @property
    def is_far(self) -> bool:
        return self.size[0] * self.size[1] > LAID_OUT_LIMIT
