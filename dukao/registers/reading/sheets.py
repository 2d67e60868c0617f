"""From the plain tables of a workbook or a Parquet file to a source: which sheet, which header, which columns."""

import csv
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq

from dukao.registers.reading.apart import Unpacked
from dukao.registers.reading.delimited import careful_source
from dukao.registers.reading.problems import Unreadable
from dukao.registers.reading.source import HEADER_AMONG_ROWS, Source, TextTable, Wanted, told_columns


def read_sheets(sheets: list[Unpacked], kind: str, wanted: Wanted, folder: Path) -> Source:
    """The one sheet whose header fits best. Raises NoHeader, UnclearColumns, Unreadable (several fit alike)."""
    looked_at = [(sheet, rows, wanted.header_row(rows)) for sheet in sheets if (rows := first_rows_of(sheet))]
    scores = [0 if header is None else wanted.score(rows[header]) for _sheet, rows, header in looked_at]
    best = max(scores, default=0)
    if not best:
        raise wanted.no_header(looked_at[0][1] if looked_at else [])
    fitting = [one for one, score in zip(looked_at, scores, strict=True) if score == best]
    if len(fitting) > 1:
        names = "、".join(sheet.name for sheet, _rows, _header in fitting[:8])
        raise Unreadable(f"有几张工作表都像要交付的表：{names}", todo="请只保留一张后重新交付")
    sheet, rows, header = fitting[0]
    assert header is not None
    places = wanted.places(rows[header])
    found = {"format": kind, "sheet": sheet.name, "header_line": header + 1} | told_columns(rows[header], places)
    return careful_source(sheet.path, ",", header, rows[header], places, folder, found, counts_records=True)


def read_columnar(table: Unpacked, wanted: Wanted) -> Source:
    """The columns by their names. Raises NoHeader, UnclearColumns, Unreadable (no single values)."""
    headers = list(table.headers)
    if not wanted.score(headers):
        raise wanted.no_header([headers])
    places = wanted.places(headers)
    if odd := [headers[place] for place in places.values() if place in table.odd]:
        raise Unreadable(f"列“{'、'.join(odd)}”里不是单个的值", todo="请改成文本、数字或日期后重新交付")
    return Source(TextTable(table.path), places, {"format": "parquet"} | told_columns(headers, places))


def first_rows_of(table: Unpacked, most: int = HEADER_AMONG_ROWS) -> list[list[str]]:
    """The first rows of a plain table, the header of a columnar one among them."""
    if table.headers:
        cells = pq.ParquetFile(table.path).read_row_groups([0]) if pq.read_metadata(table.path).num_row_groups else None
        columns = [c.to_pylist()[:most] for c in cells.columns[2:]] if cells else []
        return [list(table.headers), *([cell or "" for cell in row] for row in zip(*columns, strict=True))]
    with table.path.open(encoding="utf-8", newline="") as file:
        return list(islice(csv.reader(file), most))
