"""One sheet's XML, of which only the cells that are written change."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from html import unescape
from typing import NamedTuple

from dukao.workbooks.boxes import is_ticked_copy, offers_ticks
from dukao.workbooks.filling.markup import Edit, Element, Xml, spoken, with_attributes
from dukao.workbooks.filling.values import Content
from dukao.workbooks.grid import Area, cell_name, cell_place, column_name
from dukao.workbooks.reading.kinds import damaged
from dukao.workbooks.reading.sheetxml import areas_of, column_number

Place = tuple[int, int]
# Blanks printed to be written on; nobody typed them.
_BLANKS = re.compile(r"[\s_＿()（）]*")
_USUAL = re.compile(rb'<c r="([A-Z]{1,3})[1-9]\d{0,6}"(?: s="(\d{1,6})")?(?: t="(\w+)")?\s*(?:(/)>|>(</c>)?)')
_CELL_TAG = re.compile(rb"<c[\s/>]")
_SPANS = re.compile(rb"\s+spans\s*=\s*(?:\"[^\"]*\"|'[^']*')")


class Row(NamedTuple):
    """A row as it stands; `is_numbered` where its number is written."""

    number: int
    element: Element
    is_numbered: bool


class Cell(NamedTuple):
    """A cell as it stands, its places as those of an `Element`."""

    column: int
    start: int
    inner: int
    close: int
    end: int
    is_named: bool
    style: int | None
    kind: str


class Written(NamedTuple):
    """What a cell becomes: nothing but a style, or a value. `keeps`: what is printed in it stays, its look changes."""

    style: int
    content: Content | None = None
    keeps: bool = False


class SheetPart:
    """Finds cells and writes them. `texts` tells the shared text of a number."""

    def __init__(self, xml: Xml, texts: Callable[[int], str]) -> None:
        self.xml = xml
        self._texts = texts
        cells = xml.find("sheetData")
        if cells is None:
            raise damaged("工作表里没有单元格的部分")
        self._data = cells
        self._cells: dict[int, dict[int, Cell]] = {}

    @cached_property
    def rows(self) -> dict[int, Row]:
        found: dict[int, Row] = {}
        number = -1
        for element in self.xml.all("row", self._data.inner, self._data.close):
            stated = element.attributes.get("r", "")
            number = int(stated) - 1 if stated.isdigit() else number + 1
            found.setdefault(number, Row(number, element, bool(stated)))
        return found

    @cached_property
    def _row_numbers(self) -> list[int]:
        return sorted(self.rows)

    @cached_property
    def _merges(self) -> dict[Place, Place]:
        """Every cell behind the first one of a merged area → the first one."""
        refs = [e.attributes.get("ref", "") for e in self.xml.all("mergeCell", self._data.end)]
        areas = [area for ref in refs for area in areas_of(ref)]
        small = [a for a in areas if (a.bottom - a.top + 1) * (a.right - a.left + 1) <= 100_000]
        return {
            (row, column): (area.top, area.left)
            for area in small
            for row in range(area.top, area.bottom + 1)
            for column in range(area.left, area.right + 1)
        }

    @cached_property
    def _arrays(self) -> list[Area]:
        """Areas that one formula fills."""
        if b"ref=" not in self.xml.data[self._data.inner : self._data.close]:
            return []
        formulas = (e.attributes for e in self.xml.all("f", self._data.inner, self._data.close))
        return [area for a in formulas if a.get("t") in ("array", "dataTable") for area in areas_of(a.get("ref", ""))]

    @cached_property
    def _column_styles(self) -> list[tuple[int, int, int]]:
        columns = (e.attributes for e in self.xml.all("col", 0, self._data.start))
        return [(int(a.get("min", 1)) - 1, int(a.get("max", 1)) - 1, int(a["style"])) for a in columns if "style" in a]

    def first_of(self, place: Place) -> Place:
        """The first cell of the merged area the place lies in, or the place."""
        return self._merges.get(place, place)

    def look(self, place: Place, text: str = "") -> tuple[int, str]:
        """The style the cell has or would have, and why this text (or any) may not be written here; empty where it may.

        A text may stand in place of printed boxes of which it ticks some and changes nothing else.
        """
        row, cell = self._standing(place)
        style = self._style_around(row, place[1]) if cell is None else cell.style or 0
        return style, self._why_not(place, cell, text)

    def offers_boxes(self, place: Place) -> bool:
        """Whether answers to tick are printed in the cell, and none is ticked."""
        cell = self._standing(place)[1]
        return cell is not None and cell.close < cell.end and offers_ticks(unescape(self._text(cell)))

    def _standing(self, place: Place) -> tuple[Row | None, Cell | None]:
        row = self.rows.get(place[0])
        return row, self._cells_of(row).get(place[1]) if row else None

    def _why_not(self, place: Place, cell: Cell | None, written: str) -> str:
        if self._arrays and any(place in area for area in self._arrays):
            return "这一格有公式"
        if cell is None or cell.inner == cell.close:
            return ""
        if self.xml.find("f", cell.inner, cell.close) is not None:
            return "这一格有公式"
        text = unescape(self._text(cell))
        if _BLANKS.fullmatch(text) or is_ticked_copy(written, text):
            return ""
        return f"这一格已有内容“{text[:20]}”，没有改动"

    def _style_around(self, row: Row | None, column: int) -> int:
        """The style that a row or column gives to cells that do not stand in the file."""
        attributes = row.element.attributes if row else {}
        if attributes.get("customFormat") in ("1", "true") and attributes.get("s", "").isdigit():
            return int(attributes["s"])
        return next((s for first, last, s in self._column_styles if first <= column <= last), 0)

    def edits(self, cells: Mapping[Place, Written]) -> list[Edit]:
        """What has to be done to the XML so that these cells are as wanted."""
        by_row: dict[int, dict[int, Written]] = {}
        for (row, column), written in cells.items():
            by_row.setdefault(row, {})[column] = written
        edits: list[Edit] = []
        new_rows: dict[int, str] = {}
        for number in sorted(by_row):
            if number in self.rows:
                edits += self._row_edits(self.rows[number], by_row[number])
            else:
                inside = "".join(self._cell_xml(number, c, w) for c, w in sorted(by_row[number].items()))
                new_rows[number] = f'<{self.xml.tag("row")} r="{number + 1}">{inside}</{self.xml.tag("row")}>'
        return edits + self._new_rows(new_rows)

    def _new_rows(self, rows: Mapping[int, str]) -> list[Edit]:
        if not rows:
            return []
        if not self._data.is_open:
            return [self.xml.appended(self._data, "sheetData", "".join(rows.values()))]
        edits: list[Edit] = []
        for number, row in rows.items():
            at = bisect_right(self._row_numbers, number)
            behind = at < len(self._row_numbers)
            place = self.rows[self._row_numbers[at]].element.start if behind else self._data.close
            edits.append((place, place, row.encode()))
        name = len("<" + self.xml.tag("row"))
        for row_ in self.rows.values():
            if not row_.is_numbered:
                place = row_.element.start + name
                edits.append((place, place, f' r="{row_.number + 1}"'.encode()))
        return edits

    def _row_edits(self, row: Row, cells: Mapping[int, Written]) -> list[Edit]:
        if not row.element.is_open:
            inside = "".join(self._cell_xml(row.number, column, w) for column, w in sorted(cells.items()))
            return [self.xml.appended(row.element, "row", inside), *self._named(row, {}, cells)]
        standing = self._cells_of(row)
        edits: list[Edit] = []
        for column, written in sorted(cells.items()):
            new = self._cell_xml(row.number, column, written).encode()
            if (cell := standing.get(column)) is not None and written.keeps:
                opening = self.xml.data[cell.start : cell.inner]
                edits.append((cell.start, cell.inner, with_attributes(opening, s=str(written.style))))
            elif cell is not None:
                edits.append((cell.start, cell.end, new))
            else:
                behind = next((c.start for c in standing.values() if c.column > column), row.element.close)
                edits.append((behind, behind, new))
        if len(standing.keys() & cells.keys()) < len(cells):
            edits += self._named(row, standing, cells)
        return edits

    def _named(self, row: Row, present: Mapping[int, Cell], cells: Mapping[int, Written]) -> list[Edit]:
        """Where cells are put in between, the others need their names written, and no stated span of columns."""
        edits: list[Edit] = []
        name = len("<" + self.xml.tag("c"))
        for cell in present.values():
            if not cell.is_named and cell.column not in cells:
                place = cell.start + name
                edits.append((place, place, f' r="{cell_name(row.number, cell.column)}"'.encode()))
        opening = self.xml.data[row.element.start : row.element.inner]
        if spans := _SPANS.search(opening):
            edits.append((row.element.start + spans.start(), row.element.start + spans.end(), b""))
        return edits

    def _cells_of(self, row: Row) -> dict[int, Cell]:
        cells = self._cells.get(row.number)
        if cells is None:
            cells = dict[int, Cell]()
            for cell in self._usual_cells(row.element) or self._any_cells(row.element):
                cells.setdefault(cell.column, cell)
            self._cells[row.number] = cells
        return cells

    def _usual_cells(self, row: Element) -> list[Cell]:
        """The cells of a row in which all are written as nearly all programs do; else none."""
        within = (row.inner, row.close)
        found = list(_USUAL.finditer(self.xml.plain, *within))
        if self.xml.prefix or len(found) != len(_CELL_TAG.findall(self.xml.plain, *within)):
            return []
        cells = []
        for match in found:
            start, end = match.span()
            letters, style, kind, closed, emptied = match.groups()
            inner = close = end
            if emptied:
                inner = close = end - len(emptied)
            elif not closed:
                close, end = self.xml.closing(b"</c", end)
            number = int(style) if style else None
            said = kind.decode() if kind else "n"
            cells.append(Cell(column_number(letters), start, inner, close, end, True, number, said))
        return cells

    def _any_cells(self, row: Element) -> Iterator[Cell]:
        """Raises Unreadable."""
        column = -1
        for element in self.xml.all("c", row.inner, row.close):
            attributes = element.attributes
            try:
                column = cell_place(attributes["r"])[1] if "r" in attributes else column + 1
            except ValueError as error:
                raise damaged(str(error)) from None
            style, kind = attributes.get("s", ""), attributes.get("t", "n")
            number = int(style) if style.isdigit() else None
            yield Cell(column, *element[:4], "r" in attributes, number, kind)

    def _text(self, cell: Cell) -> str:
        """What the cell holds, roughly: enough to tell whether it is empty."""
        xml = self.xml
        value = xml.find("v", cell.inner, cell.close)
        if value is not None and cell.kind == "s":
            number = xml.data[value.inner : value.close].strip()
            return self._texts(int(number)) if number.isdigit() else "?"
        if value is not None:
            return xml.data[value.inner : value.close].decode().strip()
        return text_in(xml, cell.inner, cell.close)

    def _cell_xml(self, row: int, column: int, written: Written) -> str:
        return cell_xml(self.xml, f"{column_name(column)}{row + 1}", written)


def cell_xml(xml: Xml, name: str, written: Written) -> str:
    """A cell of this sheet: a number, or a text that is never a formula."""
    p, content = xml.prefix, written.content
    style = f' s="{written.style}"' if written.style else ""
    if content is None:
        return f'<{p}c r="{name}"{style}/>'
    if content.number:
        kind = ' t="b"' if content.is_bool else ""
        return f'<{p}c r="{name}"{style}{kind}><{p}v>{content.number}</{p}v></{p}c>'
    return f'<{p}c r="{name}"{style} t="inlineStr"><{p}is>{spoken(p + "t", content.text)}</{p}is></{p}c>'


def text_in(xml: Xml, start: int, end: int) -> str:
    """All text between these places that lies in `t` elements."""
    return "".join(xml.data[t.inner : t.close].decode() for t in xml.all("t", start, end))
