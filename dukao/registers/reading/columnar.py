"""Parquet: its columns as text, exactly. Runs in a process of its own (`base.apart`)."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dukao.registers.reading.tables import TableWriter
from dukao.registers.reading.texts import number_text
from dukao.workbooks.problems import Unreadable

COLUMNS_LIMIT = 2_000
_BATCH_ROWS = 100_000


def unpack_columnar(path: Path, target: Path, most_rows: int | None) -> tuple[list[str], list[int]]:
    """Write all columns as a `TextTable`; answer their names, and which of them hold no single values.

    Raises Unreadable.
    """
    try:
        file = pq.ParquetFile(path)
        names = list(file.schema_arrow.names)
        if len(names) > COLUMNS_LIMIT:
            raise Unreadable(f"文件有 {len(names)} 列，最多 {COLUMNS_LIMIT} 列", todo="请只保留需要的列")
        with TableWriter(target, len(names)) as writer:
            for batch in file.iter_batches(min(most_rows or _BATCH_ROWS, _BATCH_ROWS)):
                writer.add_columns(writer.rows + 1, [texts(column) for column in batch.columns])
                if most_rows:
                    break
        return names, [place for place, field in enumerate(file.schema_arrow) if _is_odd(field.type)]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Unreadable("Parquet 文件已损坏，打不开", why=str(error)[:200], todo="请重新导出文件") from None


def texts(column: pa.Array) -> pa.Array:
    """A column as text: numbers plain, dates as 2026-07-01, instants with their time of day."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if _is_odd(kind):
        return pa.nulls(len(column), pa.string())
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


def _is_odd(kind: pa.DataType) -> bool:
    """Lists, structures and bytes are no single values."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
