"""Writing cells as text, batch by batch, for the checks to read."""

from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

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
