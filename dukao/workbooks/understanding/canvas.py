"""A grid as one looks at it: merged cells are one cell, blanks are empty, every cell has a shape."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from dukao.workbooks.boxes import asks_several, boxes_in
from dukao.workbooks.grid import Area, CellError, Grid, Value, cell_name
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.codes import is_boxes
from dukao.workbooks.understanding.long import rows_worth_a_look

# A merged area of more cells holds no name and no answer.
_LARGEST_MERGE = 20_000


class Shape(StrEnum):
    """What stands in a cell, at a glance."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    PLACEHOLDER = "placeholder"  # ____, 年 月 日: printed, yet to be filled
    BLOCK = "block"  # —, /, ×: not to be filled
    ERROR = "error"  # #REF!
    FORMULA = "formula"  # computes, but has no outcome yet


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that holds something. `text` is tidy; `printed` keeps its blanks."""

    area: Area
    text: str
    shape: Shape
    value: Value
    printed: str

    @property
    def row(self) -> int:
        return self.area.top

    @property
    def column(self) -> int:
        return self.area.left

    @property
    def name(self) -> str:
        return cell_name(self.area.top, self.area.left)

    @property
    def width(self) -> int:
        return self.area.right - self.area.left + 1

    @property
    def is_text(self) -> bool:
        return self.shape is Shape.TEXT

    @property
    def is_figure(self) -> bool:
        """A number, a date or a computed cell: what stands in bodies, not in headers."""
        return self.shape in (Shape.NUMBER, Shape.DATE, Shape.FORMULA, Shape.ERROR)

    @property
    def is_open(self) -> bool:
        return self.shape is Shape.PLACEHOLDER

    @property
    def asks_itself(self) -> bool:
        """Whether what is asked and the answers to tick stand in this one cell: `是否参保：□是 □否`."""
        boxes = boxes_in(self.printed) if self.shape is Shape.TEXT else None
        return boxes is not None and bool(boxes.label)

    @property
    def asks_several(self) -> bool:
        """Whether several questions stand in this one cell, each with its answers to tick."""
        return self.shape is Shape.TEXT and asks_several(self.printed)


class Canvas:
    """Looks cells up, a row at a time. `rows` are those worth a look: of a long roster not the ordinary ones inside."""

    def __init__(self, grid: Grid):
        self.grid = grid
        self.rows, self.ordinary, self.doubts = rows_worth_a_look(grid)
        self._merged: dict[tuple[int, int], Area] = {}
        self._reaching: dict[int, list[Area]] = {}  # row → merged areas that come down from above
        for area in grid.merges:
            if (area.bottom - area.top + 1) * (area.right - area.left + 1) > _LARGEST_MERGE:
                continue
            for row in range(area.top, min(area.bottom, grid.height - 1) + 1):
                for column in range(area.left, min(area.right, grid.width - 1) + 1):
                    self._merged[row, column] = area
                if row > area.top:
                    self._reaching.setdefault(row, []).append(area)
        self._cells: dict[int, dict[int, Cell]] = {}

    def between(self, top: int, bottom: int) -> Sequence[int]:
        """The rows worth a look from `top` to `bottom`."""
        return self.rows[bisect_left(self.rows, top) : bisect_right(self.rows, bottom)]

    def area(self, row: int, column: int) -> Area:
        """The merged area a cell belongs to, or the cell alone."""
        return self._merged.get((row, column)) or Area(row, column, row, column)

    def at(self, row: int, column: int) -> Cell | None:
        """What one sees at this place, also in the midst of a merged area; None where nothing stands."""
        merged = self._merged.get((row, column))
        if merged is not None:
            row, column = merged.top, merged.left
        return self.row(row).get(column)

    def row(self, row: int) -> dict[int, Cell]:
        """The cells that begin in this row, by column."""
        known = self._cells.get(row)
        if known is None:
            known = self._cells[row] = self._read(row) if 0 <= row < self.grid.height else {}
        return known

    def cells(self, row: int, left: int, right: int) -> list[Cell]:
        """The cells that begin in this row between two columns, from the left."""
        return [cell for column, cell in self.row(row).items() if left <= column <= right]

    def seen(self, row: int, left: int, right: int) -> list[Cell]:
        """The cells one sees in this row, each once, also those merged down from above."""
        found = [cell for column, cell in self.row(row).items() if column <= right and cell.area.right >= left]
        for area in self._reaching.get(row, ()):
            cell = self.row(area.top).get(area.left) if area.left <= right and area.right >= left else None
            if cell is not None:
                found.append(cell)
        return sorted(found, key=_by_column)

    def is_framed(self, row: int, column: int) -> bool:
        return (row, column) in self.grid.framed

    def is_open(self, row: int, column: int) -> bool:
        """Whether a value may be written here and none stands: of a merged area only in its first cell."""
        merged = self._merged.get((row, column))
        if (row, column) in self.grid.formulas or (merged and (merged.top, merged.left) != (row, column)):
            return False
        cell = self.at(row, column)
        return cell is None or cell.is_open

    def choices(self, row: int, column: int) -> tuple[tuple[str, str], ...]:
        """The list to choose from that the file sets for this cell, as code and title."""
        for area, choices in self.grid.choices.items():
            if (row, column) in area and len(choices) > 1:
                return tuple((choice, choice) for choice in choices)
        return ()

    def boxes(self, row: int, column: int) -> tuple[str, ...]:
        """The answers that the cell prints with boxes to tick."""
        cell = self.at(row, column)
        boxes = boxes_in(cell.printed) if cell is not None else None
        return boxes.titles if boxes else ()

    def _read(self, row: int) -> dict[int, Cell]:
        found = {}
        formulas = self.grid.formulas
        for column, value in enumerate(self.grid.rows[row]):
            if (value is None or value == "") and (row, column) not in formulas:
                continue
            area = self.area(row, column)
            if (area.top, area.left) != (row, column):
                continue
            cell = cell_of(value, area, is_formula=(row, column) in formulas)
            if cell is not None:
                found[column] = cell
        return found


def _by_column(cell: Cell) -> int:
    return cell.area.left


def cell_of(value: Value, area: Area, *, is_formula: bool = False) -> Cell | None:
    """None for blanks."""
    if isinstance(value, str):
        if not value.strip():
            return Cell(area, "", Shape.FORMULA, None, "") if is_formula else None
        return Cell(area, words.tidy(value), _shape_of_text(value), value, value)
    if value is None:
        return Cell(area, "", Shape.FORMULA, None, "")
    if isinstance(value, CellError):
        return Cell(area, value.name, Shape.ERROR, value, value.name)
    if isinstance(value, bool):
        return Cell(area, "是" if value else "否", Shape.TEXT, value, str(value))
    if isinstance(value, int | float | Decimal):
        text = str(int(value)) if math.isfinite(value) and value == int(value) else str(value)
        return Cell(area, text, Shape.NUMBER, value, text)
    if isinstance(value, date | datetime | time):
        return Cell(area, value.isoformat(), Shape.DATE, value, value.isoformat())
    return Cell(area, str(value), Shape.NUMBER, value, str(value))


def _shape_of_text(text: str) -> Shape:
    if words.is_numeric(text):
        return Shape.NUMBER
    if words.is_date(text):
        return Shape.DATE
    if words.is_block(text):
        return Shape.BLOCK
    if words.is_placeholder(text) or is_boxes(text):
        return Shape.PLACEHOLDER
    return Shape.TEXT


def is_blank(row: Sequence[Value]) -> bool:
    """Whether nothing stands in a row of values."""
    return all(value is None or (isinstance(value, str) and not value.strip()) for value in row)
