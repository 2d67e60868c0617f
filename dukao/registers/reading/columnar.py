"""Parquet: its columns as text, exactly. Runs in a process of its own."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dukao.registers.reading.source import COLUMNS_LIMIT, TextTable, Unreadable, Wanted, told_columns
from dukao.registers.reading.tables import TableWriter
from dukao.registers.reading.workbooks import number_text

_BATCH_ROWS = 100_000
_SAMPLE_ROWS = 200


def read_columnar(path: Path, wanted: Wanted, target: Path) -> tuple[TextTable, dict[str, int], dict[str, Any]]:
    """Table, positions in it, and what was found. Raises Unreadable, NoHeader, UnclearColumns."""
    try:
        file, headers = _opened(path)
        if not wanted.score(headers):
            raise wanted.no_header([headers])
        places = wanted.places(headers)
        order = sorted(places.values())
        for place in order:
            _refuse_nested(file.schema_arrow.field(place))
        found = {"format": "parquet", "header_line": 0} | told_columns(headers, places)
        with TableWriter(target, len(order)) as writer:
            # Column names may stand twice, so columns are taken by their place.
            for batch in file.iter_batches(_BATCH_ROWS):
                writer.add_columns(writer.rows + 1, [texts(batch.column(place)) for place in order])
        return TextTable(target), {column: order.index(place) for column, place in places.items()}, found
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(error) from None


def sample_columnar(path: Path) -> tuple[list[str], list[list[str]]]:
    """Column names and the first rows; columns that hold no single values are left empty."""
    try:
        file, headers = _opened(path)
        for batch in file.iter_batches(_SAMPLE_ROWS):
            columns = [[""] * len(batch) if _holds_no_value(c.type) else texts(c).to_pylist() for c in batch.columns]
            return headers, [[cell or "" for cell in row] for row in zip(*columns, strict=True)]
        return headers, []
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(error) from None


def _opened(path: Path) -> tuple[pq.ParquetFile, list[str]]:
    file = pq.ParquetFile(path)
    headers = list(file.schema_arrow.names)
    if len(headers) > COLUMNS_LIMIT:
        raise Unreadable(f"文件有 {len(headers)} 列，最多 {COLUMNS_LIMIT} 列", todo="请只保留需要的列")
    return file, headers


def _damaged(error: Exception) -> Unreadable:
    return Unreadable("Parquet 文件已损坏，打不开", why=str(error)[:200], todo="请重新导出文件")


def _refuse_nested(field: pa.Field) -> None:
    if _holds_no_value(field.type):
        raise Unreadable(f"列“{field.name}”的类型 {field.type} 不能作为单个值读取", todo="请改成文本、数字或日期")


def _holds_no_value(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)


def texts(column: pa.Array) -> pa.Array:
    """A column as text: numbers plain, dates as 2026-07-01, whole days of time stamps as dates."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_floating(kind):
        values = column.cast(pa.float64()).to_pylist()
        return pa.array([None if value is None else number_text(value) for value in values], pa.string())
    if pa.types.is_timestamp(kind):
        return pc.strftime(column.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%d %H:%M:%S").cast(pa.string())
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "TRUE", "FALSE").cast(pa.string())
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.string())
    return column.cast(pa.string())
