"""CSV, TSV and other separated text: encoding and delimiter by evidence, and said where it is not certain."""

import csv
import io
from itertools import islice
from pathlib import Path

from dukao.workbooks.grid import Value, Workbook
from dukao.workbooks.problems import Limits, Unreadable
from dukao.workbooks.reading.encodings import decoded
from dukao.workbooks.reading.laying import laid_out, too_many_cells
from dukao.workbooks.reading.marks import COLUMNS, Marks

_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE_ROWS = 200


def read_text(path: Path, name: str, limits: Limits) -> Workbook:
    """One grid, named as the file is. Cells are text as they stand there, empty ones None. Raises Unreadable."""
    text, encoding, doubts = decoded(path.read_bytes(), whole=limits.whole)
    delimiter = _delimiter(text)
    rows: list[list[Value]] = []
    left = limits.cells
    csv.field_size_limit(limits.cell_characters * 4)
    title = Path(name).stem
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(row) > COLUMNS:
                raise Unreadable(
                    f"第 {len(rows) + 1} 行有 {len(row):,} 列",
                    why=f"表格最多 {COLUMNS:,} 列，多半是整个文件写成了一行",
                    todo="请检查换行和分隔符，或另存为 XLSX",
                )
            cells: list[Value] = [cell or None for cell in row]
            left -= len(cells) - cells.count(None)
            if left < 0:
                raise too_many_cells(title, limits)
            rows.append(cells)
    except csv.Error:
        raise Unreadable(
            f"第 {len(rows) + 1} 行读不通",
            why=f"有一格超过 {limits.cell_characters * 4:,} 字，多半是引号没有成对",
            todo="请改正这一行的引号，或另存为 XLSX",
        ) from None
    return Workbook(name, "csv", (laid_out(title, rows, (), Marks()),), encoding=encoding, doubts=tuple(doubts))


def _delimiter(text: str) -> str:
    """The one that gives most rows the same number of cells, more than one; the comma where there is none."""
    sample = "".join(islice(io.StringIO(text, newline=""), _SAMPLE_ROWS))
    return max(_DELIMITERS, key=lambda delimiter: _agreement(sample, delimiter))


def _agreement(sample: str, delimiter: str) -> float:
    if delimiter not in sample:
        return 0
    try:
        widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if any(row)]
    except csv.Error:
        return 0
    several = [width for width in widths if width > 1]
    if not several:
        return 0
    usual = max(set(several), key=several.count)
    # Rows that agree on many cells weigh more: "张三,李四;王五" once in a note is no table.
    return several.count(usual) / len(widths) * min(usual, 4)
