"""HTML tables that call themselves XLS, as many systems export them: one sheet, its tables one below the other."""

import re
from html.parser import HTMLParser
from pathlib import Path

from dukao.workbooks.grid import Area, Value, Workbook
from dukao.workbooks.problems import Limits, Unreadable
from dukao.workbooks.reading.canvas import Canvas
from dukao.workbooks.reading.encodings import read_as_stated
from dukao.workbooks.reading.laying import refuse_crowd
from dukao.workbooks.reading.marks import COLUMNS

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]{3,20})""", re.IGNORECASE)
_CELLS = re.compile(rb"<t[dh]\b", re.IGNORECASE)
_SPAN_ROWS, _SPAN_COLUMNS = 65_534, 1_000  # as HTML itself has it
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "caption", "center"}
_SILENT = {"script", "style", "title", "xml"}


def read_html(path: Path, name: str, limits: Limits) -> Workbook:
    """One grid. Cells are text as they stand there. Raises Unreadable."""
    data = path.read_bytes()
    refuse_crowd(len(_CELLS.findall(data)), Path(name).stem, limits)
    text, encoding, doubts = read_as_stated(data, _CHARSET.search(data[:4096]), whole=limits.whole)
    page = _Page(Canvas(Path(name).stem, limits, limits.cells))
    page.feed(text)
    page.close()
    page.end_line()
    if not page.tables:
        raise Unreadable("这是网页，里面没有表格", why="没有 table 元素", todo="请另存为 XLSX 或 CSV 后重新上传")
    grid, more = page.canvas.grid()
    told = "文件其实是网页（HTML），按网页里的表格读"
    return Workbook(name, "html", (grid,), encoding=encoding, doubts=(told, *doubts, *more))


class _Page(HTMLParser):
    """Puts the cells of tables, and the lines of text between tables, onto a canvas."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(convert_charrefs=True)
        self.canvas, self.tables = canvas, 0
        self._row, self._column = -1, 0
        self._depth = self._silent = 0
        self._taken: dict[int, int] = {}  # column → last row that a cell from above reaches
        self._cell: dict[str, str] | None = None
        self._parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._start_table()
        elif tag == "tr" and self._depth == 1:
            self._end_cell()
            self._row, self._column = self._row + 1, 0
            if _is_hidden(attributes):
                self.canvas.marks.hidden_rows.add(self._row)
        elif tag in ("td", "th") and self._depth == 1:
            self._end_cell()
            self._cell, self._parts = attributes, []
        elif tag == "br":
            self._parts.append("\n")
        elif tag in _BLOCKS and not self._depth:
            self.end_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag == "table":
            self._depth = max(self._depth - 1, 0)
            if not self._depth:
                self._end_cell()
                self._row += 1  # an empty row parts one table from the next
        elif tag in ("td", "th", "tr") and self._depth == 1:
            self._end_cell()
        elif tag in _BLOCKS and not self._depth:
            self.end_line()

    def handle_data(self, data: str) -> None:
        if not self._silent and (self._cell is not None or not self._depth):
            self._parts.append(_BLANKS.sub(" ", data))

    def end_line(self) -> None:
        """Text outside of tables becomes a row of its own."""
        if text := self._text():
            self._row += 1
            self.canvas.put(self._row, 0, text)
        self._parts = []

    def _start_table(self) -> None:
        if self._depth:
            self._depth += 1  # a table inside of a cell: its text is the cell's
            return
        self.end_line()
        self.tables, self._depth, self._taken = self.tables + 1, 1, {}

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        attributes, self._cell = self._cell, None
        while self._column < COLUMNS and self._taken.get(self._column, -1) >= self._row:
            self._column += 1
        if self._column >= COLUMNS:
            return
        down = min(_span(attributes, "rowspan"), _SPAN_ROWS)
        across = min(_span(attributes, "colspan"), _SPAN_COLUMNS)
        value = _number(attributes) or self._text()
        self.canvas.put(self._row, self._column, value)
        if not value:
            self.canvas.frame(self._row, self._column)
        self.canvas.merge(Area(self._row, self._column, self._row + down - 1, self._column + across - 1))
        for column in range(self._column, self._column + across):
            self._taken[column] = self._row + down - 1
        self._column += across
        self._parts = []

    def _text(self) -> str:
        lines = (line.strip(" \xa0") for line in "".join(self._parts).split("\n"))
        return "\n".join(lines).strip("\n")


def _span(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "").strip()
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _number(attributes: dict[str, str]) -> Value:
    """Excel's own HTML gives a number exactly, beside what is shown."""
    try:
        return float(attributes["x:num"])
    except (KeyError, ValueError):
        return None


def _is_hidden(attributes: dict[str, str]) -> bool:
    return "display:none" in attributes.get("style", "").replace(" ", "").lower() or "hidden" in attributes
