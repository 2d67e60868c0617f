"""What a grid means: tables with headers, rows, rules, and the slots that wait to be filled.

Everything found carries its place, so that a person can look, and a confidence (0 to 1) with the doubts in words.
Expressions of rules name columns as `[C]`, rows as `[5]` and single cells as `[C5]`, by their names in the sheet;
the sum of a long run is `sum([6]:[900])`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from dukao.workbooks.grid import Area, cell_name


class Kind(StrEnum):
    """What kind of value belongs in a column, a row or a slot."""

    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    TEXT = "text"
    CODE = "code"  # one of a list
    SERIAL = "serial"  # 序号
    UNKNOWN = "unknown"


class Layout(StrEnum):
    """How a table is to be read."""

    GRID = "grid"  # items down, figures across: every row has a name
    ROSTER = "roster"  # one row per person, household, project …: rows are added as needed
    PAIRS = "pairs"  # item and answer side by side, as in a questionnaire or a personal form
    LOOKUP = "lookup"  # a side table of codes or explanations; nothing in it is asked


class OwnBox(NamedTuple):
    """An answer whose box stands in a cell of its own."""

    title: str
    row: int
    column: int


@dataclass(frozen=True)
class Heading:
    """A column's or a row's name: the header cells above (left of) it from the outermost to its own.

    `index` is the column or row in the grid. Unit of measure, kind and codes are the heading's own or inherited.
    """

    index: int
    path: tuple[str, ...]
    unit: str = ""
    kind: Kind = Kind.UNKNOWN
    codes: tuple[tuple[str, str], ...] = ()  # code and title, of "1.是 2.否"
    note: str = ""
    is_total: bool = False  # 合计, 小计, 总计: computed from others
    is_of_which: bool = False  # 其中: a part of the heading before it
    number: str = ""  # its own number in the form: ③, 03, (3), 甲
    boxes: tuple[OwnBox, ...] = ()  # where the answers to tick stand in cells of their own
    confidence: float = 1.0


@dataclass(frozen=True)
class Slot:
    """A cell that waits for a value. `path` is what is asked, `row_path` about which item; one of them may be empty.

    `is_total`: it adds up other cells of the table, by its row or its column. `boxes`: the answers to be ticked, where
    each has a cell of its own; the slot's is that of the first.
    """

    row: int
    column: int
    path: tuple[str, ...]
    row_path: tuple[str, ...] = ()
    unit: str = ""
    kind: Kind = Kind.UNKNOWN
    codes: tuple[tuple[str, str], ...] = ()
    is_total: bool = False
    boxes: tuple[OwnBox, ...] = ()

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """All its cells."""
        return tuple((box.row, box.column) for box in self.boxes) or ((self.row, self.column),)

    @property
    def cell(self) -> str:
        return cell_name(self.row, self.column)


@dataclass(frozen=True)
class Rule:
    """Arithmetic that the form itself states, or that its words imply ("其中")."""

    text: str  # as printed
    expression: str  # such as "[E] = [C] + [D]" or "[7] <= [6]"; empty where it was not understood
    cell: str = ""  # where it is printed
    confidence: float = 1.0


@dataclass(frozen=True)
class Table:
    """One table of a sheet."""

    area: Area  # header and body, without title and notes
    layout: Layout
    title: str
    unit: str  # of the whole table: "单位：万元"
    period: str  # as printed: "2026年三季度"; empty where nothing tells
    header_rows: tuple[int, ...]
    # Of PAIRS the two run side by side: the i-th column names the i-th item, and column and row tell its answer's cell.
    columns: tuple[Heading, ...]
    rows: tuple[Heading, ...]  # of a roster only those that hold something; of over 1,000 rows only the totals
    notes: tuple[str, ...]
    rules: tuple[Rule, ...]
    slots: tuple[Slot, ...]
    confidence: float
    doubts: tuple[str, ...] = ()

    @property
    def total_rows(self) -> tuple[int, ...]:
        return tuple(r.index for r in self.rows if r.is_total)


@dataclass(frozen=True)
class UnderstoodSheet:
    """The tables of one grid, from the top; `leftover` are the cells with text that belong to none of them."""

    name: str
    tables: tuple[Table, ...]
    is_hidden: bool = False
    leftover: tuple[str, ...] = ()


@dataclass(frozen=True)
class Understood:
    """A whole workbook, understood."""

    name: str
    sheets: tuple[UnderstoodSheet, ...]
    doubts: tuple[str, ...] = ()
