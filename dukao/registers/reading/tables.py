"""Writing cells as text, batch by batch, for the checks to read."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from dukao.registers.reading.texts import texts_of
from dukao.workbooks.grid import Value

_BATCH_ROWS = 50_000


class TableWriter:
    """Writes a `TextTable`; use it as a context manager."""

    def __init__(self, path: Path, width: int) -> None:
        self.path, self.rows = path, 0
        cells = [pa.field(f"c{i}", pa.string()) for i in range(width)]
        self._schema = pa.schema([pa.field("_line", pa.int64()), pa.field("_fault", pa.string()), *cells])
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd", compression_level=1)
        self._batch: list[tuple[int, str | None, list[str | None]]] = []

    def add(self, line: int, fault: str | None, cells: list[str | None]) -> None:
        self._batch.append((line, fault, cells))
        if len(self._batch) == _BATCH_ROWS:
            self._write()

    def take(self, line: int, row: Sequence[Value], order: Sequence[int], width: int) -> None:
        """The cells at these places of a row, unless it is empty; a fault where it does not fit under the header."""
        if not any(map(_holds, row)):
            return
        fault = None
        if len(row) < width or any(map(_holds, row[width:])):
            fault = f"这一行有 {len(row)} 格，表头有 {width} 列"
        cells: list[str | None] = [*texts_of([row[place] for place in order if place < len(row)])]
        self.add(line, fault, cells + [None] * (len(order) - len(cells)))

    def add_columns(self, first_line: int, columns: list[pa.Array]) -> None:
        """Rows that come as columns of text, one line each from `first_line` on."""
        count = len(columns[0]) if columns else 0
        lines = pa.array(range(first_line, first_line + count), pa.int64())
        self._write_arrays([lines, pa.nulls(count, pa.string()), *columns])

    def _write(self) -> None:
        if not self._batch:
            return
        lines, faults, rows = zip(*self._batch, strict=True)
        columns = [pa.array(cells, pa.string()) for cells in zip(*rows, strict=True)]
        self._write_arrays([pa.array(lines, pa.int64()), pa.array(faults, pa.string()), *columns])
        self._batch = []

    def _write_arrays(self, arrays: list[pa.Array]) -> None:
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))
        self.rows += len(arrays[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._write()
        finally:
            self._writer.close()


def _holds(value: Value) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None
