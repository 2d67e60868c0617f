"""One table of an ODS, whose rows and cells stand for many where they repeat; only what is written is split off."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from html import unescape
from typing import NamedTuple

from dukao.workbooks.boxes import is_ticked_copy, offers_ticks
from dukao.workbooks.filling.markup import Edit, Element, Xml, attributes_of, with_attributes

Place = tuple[int, int]
_COLUMNS_REPEATED, _ROWS_REPEATED = "table:number-columns-repeated", "table:number-rows-repeated"
_CELL = re.compile(rb"<table:((?:covered-)?table-cell)(?=[\s/>])((?:[^<>\"'/]++|/(?!>)|\"[^\"]*+\"|'[^']*+')*+)(/?)>")
_REPEATED = re.compile(rb"\s+table:number-(?:columns|rows)-repeated\s*=\s*(?:\"[^\"]*\"|'[^']*')")
# What makes a cell hold something.
_HELD = re.compile(rb"\s(?:office|calcext):(?:value-type|value|date-value|time-value|boolean-value|string-value)\s*=")
_ASIDE = re.compile(rb"<office:annotation[\s>].*?</office:annotation>", re.DOTALL)
_TAGS = re.compile(rb"<[^>]*>")


class Cell(NamedTuple):
    """The cells from `column` on that are written as one. `inside` is its content, `raw` its attributes."""

    column: int
    times: int
    name: str
    raw: bytes
    inside: bytes

    @property
    def attributes(self) -> dict[str, str]:
        return attributes_of(self.raw)

    @property
    def text(self) -> str:
        return _TAGS.sub(b"", _ASIDE.sub(b"", self.inside)).decode()


class Row(NamedTuple):
    """The rows from `number` on that are written as one."""

    number: int
    times: int
    element: Element


New = Callable[[Cell | None], str]  # from the cell as it is to its XML as it shall be


class OdsTable:
    """Finds cells and writes them."""

    def __init__(self, xml: Xml, element: Element) -> None:
        self._xml, self._element = xml, element

    @cached_property
    def rows(self) -> list[Row]:
        found, number = [], 0
        for element in self._xml.all("table:table-row", self._element.inner, self._element.close):
            count = _count(element.attributes, _ROWS_REPEATED)
            found.append(Row(number, count, element))
            number += count
        return found

    @cached_property
    def column_styles(self) -> list[tuple[int, int, str]]:
        """First column, the one behind the last, and the style that cells without one have."""
        found, column = [], 0
        for element in self._xml.all("table:table-column", self._element.inner, self._element.close):
            attributes = element.attributes
            count = _count(attributes, _COLUMNS_REPEATED)
            found.append((column, column + count, attributes.get("table:default-cell-style-name", "")))
            column += count
        return found

    @cached_property
    def _merges(self) -> dict[Place, Place]:
        """Every cell of a merged area → its first."""
        found: dict[Place, Place] = {}
        for row in self.rows:
            if b"-spanned" not in self._xml.data[row.element.start : row.element.end]:
                continue
            for cell in self.cells(row):
                attributes = cell.attributes
                down = min(_count(attributes, "table:number-rows-spanned"), 1_000)
                across = min(_count(attributes, "table:number-columns-spanned"), 1_000)
                if down * across > 1:
                    found |= {
                        (r, c): (row.number, cell.column)
                        for r in range(row.number, row.number + down)
                        for c in range(cell.column, cell.column + across)
                    }
        return found

    def first_of(self, place: Place) -> Place:
        return self._merges.get(place, place)

    def cells(self, row: Row) -> list[Cell]:
        found, column, at = list[Cell](), 0, row.element.inner
        while match := _CELL.search(self._xml.plain, at, row.element.close):
            close = at = match.end()
            if not match[3]:
                close, at = self._xml.closing(b"</table:" + match[1], at)
            count = _count(attributes_of(match[2]), _COLUMNS_REPEATED)
            inside = self._xml.data[match.end() : close]
            found.append(Cell(column, count, match[1].decode(), match[2], inside))
            column += count
        return found

    def cell(self, place: Place) -> Cell | None:
        row = next((r for r in self.rows if r.number <= place[0] < r.number + r.times), None)
        cells = self.cells(row) if row else []
        return next((c for c in cells if c.column <= place[1] < c.column + c.times), None)

    def style(self, place: Place) -> str:
        """The name of the style the cell has, or would have."""
        cell = self.cell(place)
        own = cell.attributes.get("table:style-name", "") if cell else ""
        return own or next((name for first, end, name in self.column_styles if first <= place[1] < end), "")

    def offers_boxes(self, place: Place) -> bool:
        """Whether answers to tick are printed in the cell, and none is ticked."""
        cell = self.cell(place)
        return cell is not None and b"<draw:" not in cell.inside and offers_ticks(unescape(cell.text))

    def why_not(self, place: Place, written: str = "") -> str:
        """Why this text (or any) may not be written here; empty where it may, as where it only ticks printed boxes."""
        cell = self.cell(place)
        if cell is None:
            return ""
        if b"table:formula" in cell.raw:
            return "这一格有公式"
        if b"<draw:" in cell.inside:
            return "这一格里有图形"
        text = cell.text
        if is_ticked_copy(written, unescape(text)):
            return ""
        if text.strip(" \t\n_＿\u3000()（）") or (_HELD.search(cell.raw) and not text):
            return f"这一格已有内容“{text[:20]}”，没有改动"
        return ""

    def edits(self, cells: Mapping[Place, New]) -> list[Edit]:
        """What has to be done so that these cells are as wanted."""
        by_row: dict[int, dict[int, New]] = {}
        for place, new in cells.items():
            by_row.setdefault(place[0], {})[place[1]] = new
        edits: list[Edit] = []
        for row in self.rows:
            wanted = {n: by_row.pop(n) for n in sorted(by_row) if row.number <= n < row.number + row.times}
            if wanted:
                edits.append((row.element.start, row.element.end, "".join(self._split(row, wanted)).encode()))
        end = self.rows[-1].number + self.rows[-1].times if self.rows else 0
        added = ""
        for number, line in sorted(by_row.items()):
            if number > end:
                added += f'<table:table-row {_ROWS_REPEATED}="{number - end}"><table:table-cell/></table:table-row>'
            added += f"<table:table-row>{''.join(self._line([], line))}</table:table-row>"
            end = number + 1
        return [*edits, self._xml.appended(self._element, "table:table", added)] if added else edits

    def _split(self, row: Row, wanted: Mapping[int, Mapping[int, New]]) -> Iterator[str]:
        """The row, and where it stands for many, those before, between and behind the wanted ones."""
        data, element = self._xml.data, row.element
        opening = _REPEATED.sub(b"", data[element.start : element.inner]).rstrip(b"/>").rstrip() + b">"
        whole = data[element.inner : element.close] if element.is_open else b"<table:table-cell/>"
        cells = self.cells(row) if element.is_open else []

        def many(count: int) -> str:
            head = with_attributes(opening, **{_ROWS_REPEATED: str(count)}) if count > 1 else opening
            return (head + whole + b"</table:table-row>").decode() if count else ""

        at = row.number
        for number, new in sorted(wanted.items()):
            yield many(number - at)
            yield opening.decode() + "".join(self._line(cells, new)) + "</table:table-row>"
            at = number + 1
        yield many(row.number + row.times - at)

    def _line(self, cells: list[Cell], new: Mapping[int, New]) -> Iterator[str]:
        """The cells of one row, in which these are written."""
        end = 0
        for cell in cells:
            at = end = cell.column
            for column in sorted(c for c in new if cell.column <= c < cell.column + cell.times):
                yield _repeated(cell, column - at)
                yield new[column](cell)
                at = column + 1
            end = cell.column + cell.times
            yield _repeated(cell, end - at)
        for column in sorted(c for c in new if c >= end):
            yield _repeated(Cell(end, 1, "table-cell", b"", b""), column - end)
            yield new[column](None)
            end = column + 1


def without_count(raw: bytes) -> str:
    """A cell's attributes for one cell only."""
    return _REPEATED.sub(b"", raw).decode().rstrip()


def _repeated(cell: Cell, count: int) -> str:
    if count < 1:
        return ""
    repeat = f' {_COLUMNS_REPEATED}="{count}"' if count > 1 else ""
    head = f"<table:{cell.name}{without_count(cell.raw)}{repeat}"
    return f"{head}>{cell.inside.decode()}</table:{cell.name}>" if cell.inside else f"{head}/>"


def _count(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 10 else 1
