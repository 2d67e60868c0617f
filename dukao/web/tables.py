"""Tables as data: what a page shows, sorts and exports is one frozen object."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

_LONG = 40
# Prose may be long and have words without end (digests, addresses).
Kind = Literal["text", "prose", "number", "date", "badge", "actions"]
Tone = Literal["plain", "ok", "info", "wait", "warn", "stop", "known", "stale"]


@dataclass(frozen=True, slots=True)
class Column:
    """`unit` is the unit of measure, shown in the head; numbers stand right."""

    title: str
    kind: Kind = "text"
    unit: str = ""
    is_sortable: bool = True
    is_sticky: bool = False  # stays visible while the table scrolls sideways


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` is what is shown; `raw` what is sorted by and exported (the text where empty)."""

    text: str
    raw: Decimal | int | str | None = None
    href: str = ""
    tone: Tone | Literal[""] = ""
    note: str = ""
    figure: str = ""  # key by which live updates find the cell

    @property
    def value(self) -> Decimal | int | str:
        return self.text if self.raw is None else self.raw


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Cell, ...]
    key: str = ""  # id of the row in the page
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`key` names the table in the page's address (`?export=children.xlsx`); `source` stands under it and in files."""

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    source: str = ""
    is_synthetic: bool = False
    empty: str = ""
    is_exported: bool = True
    is_filtered: bool = False  # offers a box that narrows the rows in the browser
    file_name: str = ""

    @property
    def is_long(self) -> bool:
        """Too long for the page: scrolls under a head that stays."""
        return len(self.rows) > _LONG


def row(*cells: Cell | str | int | Decimal | None, key: str = "", is_total: bool = False) -> Row:
    """A row from cells or plain values."""
    return Row(tuple(_cell(cell) for cell in cells), key=key, is_total=is_total)


def number(value: int | Decimal | None, *, places: int | None = None, **more: str) -> Cell:
    """A figure cell with thousands separators; unknown is an en dash, never a zero."""
    if value is None:
        return Cell("–", raw="", **more)  # type: ignore[arg-type]
    text = f"{value:,}" if places is None else f"{value:,.{places}f}"
    return Cell(text.replace("-", "−"), raw=value, **more)  # type: ignore[arg-type]


def _cell(value: Cell | str | int | Decimal | None) -> Cell:
    if isinstance(value, Cell):
        return value
    if isinstance(value, (int, Decimal)):
        return number(value)
    return Cell(value or "")


def table(key: str, caption: str, columns: Sequence[Column | str], rows: Sequence[Row], **more: object) -> Table:
    """A table whose plain text columns are given by their titles."""
    heads = tuple(column if isinstance(column, Column) else Column(column) for column in columns)
    assert all(len(row.cells) == len(heads) for row in rows), f"table {key}: a row has not as many cells as the head"
    return Table(key, caption, heads, tuple(rows), **more)  # type: ignore[arg-type]
