"""SpreadsheetML 2003: one XML file with all sheets, as many systems export it under the name XLS."""

import re
from datetime import date, datetime, time
from pathlib import Path

from dukao.workbooks.grid import Area, CellError, Grid, Value, Workbook
from dukao.workbooks.problems import Limits
from dukao.workbooks.reading.canvas import Canvas
from dukao.workbooks.reading.encodings import read_as_stated
from dukao.workbooks.reading.events import Attributes, parse_events
from dukao.workbooks.reading.laying import refuse_crowd
from dukao.workbooks.reading.marks import COLUMNS
from dukao.workbooks.reading.package import shows_percent

_STATED = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([\w-]{3,20})""", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ROWS = 1_048_576


def read_sheetml(path: Path, name: str, limits: Limits) -> Workbook:
    """Every sheet. Raises Unreadable."""
    data = path.read_bytes()
    refuse_crowd(data.count(b"</Data>") + data.count(b":Data>"), Path(name).stem, limits)
    text, encoding, doubts = read_as_stated(data, _STATED.search(data[:400]), whole=limits.whole)
    sheets = _Sheets(limits)
    parse_events([_DECLARATION.sub("", text).encode()], sheets.start, sheets.end, sheets.text)
    told = "文件其实是 XML 表格（2003），扩展名与内容不符" if not name.lower().endswith(".xml") else ""
    doubts = [told] * bool(told) + doubts + sheets.doubts
    return Workbook(name, "xml", tuple(sheets.grids), encoding=encoding, doubts=tuple(doubts))


class _Sheets:
    """Takes the events of the file."""

    def __init__(self, limits: Limits) -> None:
        self.grids: list[Grid] = []
        self.doubts: list[str] = []
        self._limits, self._left = limits, limits.cells
        self._canvas: Canvas | None = None
        self._row = self._column = self._next_column = -1
        self._style, self._percent_styles = "", set[str]()
        self._framed_styles: dict[str, int] = {}
        self._cell: Attributes = {}
        self._type, self._text = "", ""
        self._reads = False

    def start(self, name: str, attributes: Attributes) -> None:
        about = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        match name:
            case "Style":
                self._style = about.get("ID", "")
            case "NumberFormat" if about.get("Format") == "Percent" or shows_percent(about.get("Format", "")):
                self._percent_styles.add(self._style)
            case "Border" if about.get("LineStyle", "None") != "None":
                self._framed_styles[self._style] = self._framed_styles.get(self._style, 0) + 1
            case "Worksheet":
                self._canvas = Canvas(about.get("Name", ""), self._limits, self._left)
                self._row = self._next_column = -1
            case "Column":
                self._take_column(about)
            case "Row":
                self._row, self._column = min(_index(about, self._row + 1), _ROWS - 1), -1
                if about.get("Hidden") == "1" and self._canvas:
                    self._canvas.marks.hidden_rows.update(range(self._row, self._row + 1 + _span(about, "Span")))
            case "Cell":
                self._start_cell(about)
            case "Data":
                self._type, self._text, self._reads = about.get("Type", ""), "", True
            case "Visible":
                self._text, self._reads = "", True

    def text(self, text: str) -> None:
        if self._reads:
            self._text += text

    def end(self, name: str) -> None:
        self._reads = self._reads and name not in ("Data", "Visible")
        if self._canvas is None:
            return
        if name == "Data":
            self._canvas.put(self._row, self._column, _value(self._type, self._text))
            self._canvas.marks.framed.discard((self._row, self._column))
        elif name == "Visible":
            self._canvas.is_hidden = self._text.strip() in ("SheetHidden", "SheetVeryHidden")
        elif name == "Cell":
            self._column += _span(self._cell, "MergeAcross")
        elif name == "Worksheet":
            grid, doubts = self._canvas.grid()
            self.grids.append(grid)
            self.doubts += doubts
            self._left, self._canvas = self._canvas.left, None

    def _take_column(self, about: Attributes) -> None:
        first = _index(about, self._next_column + 1)
        self._next_column = min(first + _span(about, "Span"), COLUMNS)
        if about.get("Hidden") == "1" and self._canvas:
            self._canvas.marks.hidden_columns.update(range(first, self._next_column + 1))

    def _start_cell(self, about: Attributes) -> None:
        self._cell, self._column = about, min(_index(about, self._column + 1), COLUMNS - 1)
        if self._canvas is None:
            return
        place, marks = (self._row, self._column), self._canvas.marks
        if formula := about.get("Formula"):
            marks.formulas[place] = formula.removeprefix("=")
        if about.get("StyleID") in self._percent_styles:
            marks.percents.add(place)
        if self._framed_styles.get(about.get("StyleID", ""), 0) >= 2:
            self._canvas.frame(*place)
        bottom = min(self._row + _span(about, "MergeDown"), _ROWS - 1)
        right = min(self._column + _span(about, "MergeAcross"), COLUMNS - 1)
        self._canvas.merge(Area(*place, bottom, right))


def _index(about: Attributes, otherwise: int) -> int:
    text = about.get("Index", "")
    return int(text) - 1 if text.isascii() and text.isdigit() and 0 < len(text) < 8 and int(text) else otherwise


def _span(about: Attributes, name: str) -> int:
    text = about.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _value(kind: str, text: str) -> Value:
    try:
        match kind:
            case "Number":
                return float(text)
            case "Boolean":
                return text.strip() == "1"
            case "Error":
                return CellError(text)
            case "DateTime":
                at = datetime.fromisoformat(text)
                return date(at.year, at.month, at.day) if at.time() == time() else at
    except ValueError:
        pass
    return text
