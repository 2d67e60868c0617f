"""Cells put down one by one, for the kinds of file that are read here and not by calamine."""

from dukao.workbooks.grid import Area, Grid, Value
from dukao.workbooks.problems import Limits
from dukao.workbooks.reading.laying import laid_out, scattered, too_many_cells
from dukao.workbooks.reading.marks import SIGNS_LIMIT, Marks

_MERGES_LIMIT = 100_000


class Canvas:
    """One sheet in the making. `left` is how many cells the file may still hold."""

    def __init__(self, name: str, limits: Limits, left: int) -> None:
        self.name, self.marks, self.is_hidden, self.left = name, Marks(), False, left
        self._limits = limits
        self._cells: dict[int, dict[int, Value]] = {}

    def expect(self, cells: int) -> None:
        """Raises Unreadable where so many more are too many."""
        if cells > self.left:
            raise too_many_cells(self.name, self._limits)

    def put(self, row: int, column: int, value: Value) -> None:
        """Raises Unreadable where there are too many."""
        if value is None or value == "":
            return
        self.expect(1)
        self.left -= 1
        self._cells.setdefault(row, {})[column] = value
        self.marks.columns.add(column)

    def merge(self, area: Area) -> None:
        if (area.top, area.left) != (area.bottom, area.right) and len(self.marks.merges) < _MERGES_LIMIT:
            self.marks.merges.append(area)

    def frame(self, row: int, column: int) -> None:
        """This cell is drawn with a frame."""
        if len(self.marks.framed) < SIGNS_LIMIT:
            self.marks.framed.add((row, column))

    def grid(self) -> tuple[Grid, list[str]]:
        """The sheet, and what is doubtful about it."""
        self.marks.rows = set(self._cells)
        extent = self.marks.measure(self._limits.places)
        if extent.beyond and self._limits.whole:
            raise scattered(self.name, extent)
        rows: list[list[Value]] = [[] for _ in range(extent.rows)]
        for number, cells in self._cells.items():
            if number < extent.rows:
                row: list[Value] = [None] * min(extent.columns, max(cells) + 1)
                for column, value in cells.items():
                    if column < len(row):
                        row[column] = value
                rows[number] = row
        self.marks.framed = {(r, c) for r, c in self.marks.framed if c not in self._cells.get(r, ())}
        grid = laid_out(self.name, rows, self.marks.merges, self.marks, is_hidden=self.is_hidden)
        return grid, self.marks.doubts + [extent.told(self.name)] * bool(extent.beyond)
