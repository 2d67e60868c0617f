"""ODS: the one part that holds all sheets, read as a stream of events."""

from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from re import compile as pattern

from dukao.workbooks.grid import Area, CellError, Grid, Value, Workbook
from dukao.workbooks.problems import Limits
from dukao.workbooks.reading.canvas import Canvas
from dukao.workbooks.reading.events import Attributes, parse_events
from dukao.workbooks.reading.kinds import protected
from dukao.workbooks.reading.laying import refuse_crowd
from dukao.workbooks.reading.marks import COLUMNS, FRAME_ROWS_LIMIT, SIGNS_LIMIT
from dukao.workbooks.reading.package import Package

_DURATION = pattern(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d*)?S")
_ROWS = 1_048_576
_TYPED = b" office:value-type="  # every cell that holds something says of what kind it is


def read_opendocument(path: Path, name: str, limits: Limits) -> Workbook:
    """Every sheet. Raises Unreadable."""
    with closing(Package(path, limits)) as package:
        if b"encryption-data" in package.whole("meta-inf/manifest.xml"):
            raise protected()
        if package.size_of("content.xml") > limits.cells * len(_TYPED):
            refuse_crowd(sum(block.count(_TYPED) for block in package.blocks("content.xml")), Path(name).stem, limits)
        document = _Document(limits)
        parse_events(package.blocks("content.xml"), document.start, document.end, document.text)
    doubts = list(document.doubts)
    if not any(grid.rows for grid in document.grids):
        doubts.append("工作簿里没有内容")
    return Workbook(name, "ods", tuple(document.grids), doubts=tuple(doubts))


class _Document:
    """Takes the events of `content.xml`."""

    def __init__(self, limits: Limits) -> None:
        self.grids: list[Grid] = []
        self.doubts: list[str] = []
        self._limits, self._left, self._tables = limits, limits.cells, 0
        self._canvas: Canvas | None = None
        self._style = ""
        self._hidden_styles: set[str] = set()
        self._framed_styles: set[str] = set()
        self._row = self._column = self._columns_seen = self._rows_repeated = 0
        self._row_cells: list[tuple[int, int, Value, Attributes]] = []
        self._cell: Attributes | None = None
        self._paragraphs: list[str] = []
        self._aside = 0  # depth inside annotations and drawings, whose text is not the cell's
        self._in_paragraph = False
        self._starts: dict[str, Callable[[Attributes], None]] = {
            "table": self._start_table,
            "table-column": self._take_columns,
            "table-row": self._start_row,
            "table-cell": self._start_cell,
            "covered-table-cell": self._start_cell,
        }

    def start(self, name: str, attributes: Attributes) -> None:
        if name in ("annotation", "shapes", "frame", "tracked-changes"):
            self._aside += 1
        if self._aside:
            return
        if name == "style":
            self._style = attributes.get("style:name", "")
        elif name == "table-properties" and attributes.get("table:display") == "false":
            self._hidden_styles.add(self._style)
        elif name == "table-cell-properties":
            sides = [k for k, v in attributes.items() if k.startswith("fo:border") and v != "none"]
            if "fo:border" in sides or len(sides) >= 2:
                self._framed_styles.add(self._style)
        elif name in self._starts:
            self._starts[name](attributes)
        elif self._cell is not None:
            self._start_text(name, attributes)

    def _start_text(self, name: str, attributes: Attributes) -> None:
        if name == "p":
            self._paragraphs.append("")
            self._in_paragraph = True
        elif self._in_paragraph and name in ("s", "tab", "line-break"):
            blank = {"s": " " * min(_count(attributes, "text:c"), 1_000), "tab": "\t"}.get(name, "\n")
            self._paragraphs[-1] += blank

    def text(self, text: str) -> None:
        if self._in_paragraph and not self._aside:
            self._paragraphs[-1] += text

    def end(self, name: str) -> None:
        if name in ("annotation", "shapes", "frame", "tracked-changes"):
            self._aside -= 1
        elif self._aside:
            return
        elif name == "p":
            self._in_paragraph = False
        elif name in ("table-cell", "covered-table-cell"):
            self._end_cell()
        elif name == "table-row":
            self._end_row()
        elif name == "table" and self._canvas is not None:
            grid, doubts = self._canvas.grid()
            self.grids.append(grid)
            self.doubts += doubts
            self._left, self._canvas = self._canvas.left, None

    def _start_table(self, attributes: Attributes) -> None:
        self._tables += 1
        if self._tables > self._limits.sheets:
            if self._tables == self._limits.sheets + 1:
                self.doubts.append(f"工作表很多，只读了前 {self._limits.sheets} 张")
            return
        self._canvas = Canvas(attributes.get("table:name", ""), self._limits, self._left)
        self._canvas.is_hidden = attributes.get("table:style-name") in self._hidden_styles
        self._row = self._columns_seen = 0

    def _take_columns(self, attributes: Attributes) -> None:
        first = self._columns_seen
        self._columns_seen = min(first + _count(attributes, "table:number-columns-repeated"), COLUMNS)
        if self._canvas is not None and attributes.get("table:visibility", "visible") != "visible":
            self._canvas.marks.hidden_columns.update(range(first, self._columns_seen))

    def _start_row(self, attributes: Attributes) -> None:
        self._rows_repeated = _count(attributes, "table:number-rows-repeated")
        self._column, self._row_cells = 0, []
        if self._canvas is not None and attributes.get("table:visibility", "visible") != "visible":
            last = min(self._row + self._rows_repeated, _ROWS)
            self._canvas.marks.hidden_rows.update(range(self._row, min(last, self._row + SIGNS_LIMIT)))

    def _start_cell(self, attributes: Attributes) -> None:
        self._cell, self._paragraphs = attributes, []

    def _end_cell(self) -> None:
        attributes, self._cell = self._cell or {}, None
        repeated = _count(attributes, "table:number-columns-repeated")
        value = _value(attributes, "\n".join(self._paragraphs))
        if value is not None or attributes.keys() - {"table:number-columns-repeated"}:
            self._row_cells.append((self._column, repeated, value, attributes))
        self._column += repeated

    def _end_row(self) -> None:
        # Empty rows repeat to the end of the sheet; only what could be a form's frame is drawn again and again.
        held = sum(repeated for _, repeated, value, _ in self._row_cells if value is not None)
        most = _ROWS - self._row if held else FRAME_ROWS_LIMIT
        if self._canvas is not None and self._row_cells:
            self._canvas.expect(held * min(self._rows_repeated, most))
            for row in range(self._row, self._row + min(self._rows_repeated, most)):
                for cell in self._row_cells:
                    self._put(self._canvas, row, *cell)
        self._row += self._rows_repeated

    def _put(self, canvas: Canvas, row: int, first: int, repeated: int, value: Value, attributes: Attributes) -> None:
        is_framed = attributes.get("table:style-name") in self._framed_styles
        formula = attributes.get("table:formula")
        if value is None and not (is_framed or formula or "table:number-columns-spanned" in attributes):
            return
        for column in range(first, min(first + repeated, COLUMNS)):
            canvas.put(row, column, value)
            if value is None and is_framed:
                canvas.frame(row, column)
            if attributes.get("office:value-type") == "percentage":
                canvas.marks.percents.add((row, column))
            if formula and len(canvas.marks.formulas) < SIGNS_LIMIT:
                canvas.marks.formulas[row, column] = formula.partition("=")[2]
            if "table:number-columns-spanned" in attributes:  # never without the number of rows
                down = _count(attributes, "table:number-rows-spanned")
                across = _count(attributes, "table:number-columns-spanned")
                canvas.merge(Area(row, column, min(row + down, _ROWS) - 1, min(column + across, COLUMNS) - 1))


def _count(attributes: Attributes, name: str) -> int:
    text = attributes.get(name, "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _value(attributes: Attributes, text: str) -> Value:
    if attributes.get("calcext:value-type") == "error":
        return CellError(text)
    with suppress(ValueError):
        match attributes.get("office:value-type"):
            case "float" | "percentage" | "currency":
                return float(attributes["office:value"]) if "office:value" in attributes else text or None
            case "boolean":
                return attributes.get("office:boolean-value") == "true"
            case "date":
                stated = attributes.get("office:date-value", "")
                return datetime.fromisoformat(stated) if "T" in stated else date.fromisoformat(stated)
            case "time":
                if match := _DURATION.match(attributes.get("office:time-value", "")):
                    hours, minutes, seconds = map(int, match.groups())
                    return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return text or attributes.get("office:string-value") or None
