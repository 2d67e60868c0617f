"""From the columns of a Parquet file to a source; it was opened `apart`."""

from pathlib import Path

import pyarrow.parquet as pq

from dukao.registers.reading.apart import unpack
from dukao.registers.reading.source import Source, TextTable, Wanted, told_columns
from dukao.workbooks.problems import Unreadable


def read_columns(path: Path, wanted: Wanted, folder: Path) -> Source:
    """The columns by their names. Raises NoHeader, UnclearColumns, Unreadable (no single values)."""
    table = unpack(path, folder)
    headers = list(table.headers)
    if not wanted.score(headers):
        raise wanted.no_header([headers])
    places = wanted.places(headers)
    if odd := [headers[place] for place in places.values() if place in table.odd]:
        raise Unreadable(f"列“{'、'.join(odd)}”里不是单个的值", todo="请改成文本、数字或日期后重新交付")
    return Source(TextTable(table.path), places, {"format": "parquet"} | told_columns(headers, places))


def first_rows_of_columns(path: Path, folder: Path, most: int) -> list[list[str]]:
    """The names of the columns and the first rows. Raises Unreadable."""
    table = unpack(path, folder, most_rows=most)
    rows = next(pq.ParquetFile(table.path).iter_batches(most), None)
    columns = [column.to_pylist() for column in rows.columns[2:]] if rows else []
    return [list(table.headers), *([cell or "" for cell in row] for row in zip(*columns, strict=True))]
