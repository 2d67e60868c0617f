"""From the columns of a Parquet file to a source; it is opened in a process of its own."""

from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from dukao.base.apart import Apart, Bounds, Stopped
from dukao.registers.reading.columnar import unpack_columnar
from dukao.registers.reading.source import Source, TextTable, Wanted, told_columns
from dukao.workbooks.problems import Unreadable
from dukao.workbooks.reading.apart import not_read

_BOUNDS = Bounds(memory_bytes=3_000_000_000, seconds=600, written_bytes=8_000_000_000)


def read_columns(path: Path, wanted: Wanted, folder: Path) -> Source:
    """The columns by their names. Raises NoHeader, UnclearColumns, Unreadable (no single values)."""
    target = folder / "all.parquet"
    headers, odd_places = _unpacked(path, target)
    if not wanted.score(headers):
        raise wanted.no_header([headers])
    places = wanted.places(headers)
    if odd := [headers[place] for place in places.values() if place in odd_places]:
        raise Unreadable(f"列“{'、'.join(odd)}”里不是单个的值", todo="请改成文本、数字或日期后重新交付")
    return Source(TextTable(target), places, {"format": "parquet"} | told_columns(headers, places))


def first_rows_of_columns(path: Path, folder: Path, most: int) -> list[list[str]]:
    """The names of the columns and the first rows. Raises Unreadable."""
    target = folder / "all.parquet"
    headers, _odd_places = _unpacked(path, target, most_rows=most)
    rows = next(pq.ParquetFile(target).iter_batches(most), None)
    columns = [column.to_pylist() for column in rows.columns[2:]] if rows else []
    return [headers, *([cell or "" for cell in row] for row in zip(*columns, strict=True))]


def _unpacked(path: Path, target: Path, *, most_rows: int | None = None) -> tuple[list[str], list[int]]:
    """Write about `most_rows` of the columns as a `TextTable`; answer their names, and where no single values are.

    Raises Unreadable.
    """
    with Apart(_BOUNDS, refusal=Unreadable) as apart:
        try:
            return apart.call(partial(unpack_columnar, path.absolute(), target.absolute(), most_rows))
        except Stopped as stopped:
            raise not_read(stopped, _BOUNDS.seconds, todo="请另存为 CSV，再重新交付") from None
