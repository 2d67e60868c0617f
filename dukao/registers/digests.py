"""The digest of a set of facts: taken when they land, told to the trail, taken again when they are checked."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

COLUMNS = ("element_id", "period", "unit_id", "value", "text")


class FactsDigest:
    """SHA-256 over facts in the order of their cells, however they are cut into sets."""

    def __init__(self) -> None:
        # One for each column, so that a whole set goes in at once: element, period, unit, value, has a value, text.
        self._columns = [hashlib.sha256() for _ in range(6)]
        self.rows = 0

    def add(
        self,
        elements: Sequence[int],
        periods: Sequence[int],
        units: Sequence[int],
        values: Sequence[int | None],
        texts: Sequence[str | None],
    ) -> None:
        """Add the next facts; a null text counts as none."""
        figures = [value or 0 for value in values], [value is not None for value in values]
        for column, numbers in zip(self._columns, (elements, periods, units, *figures), strict=False):
            column.update(np.asarray(numbers, "<i8").tobytes())
        self._columns[5].update("".join(f"{text or ''}\0" for text in texts).encode())
        self.rows += len(elements)

    def passing(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The same batches, added as they pass."""
        for batch in batches:
            self.add(*(batch.column(name).to_pylist() for name in COLUMNS))
            yield batch

    def hexdigest(self) -> str:
        return hashlib.sha256(b"".join(column.digest() for column in self._columns)).hexdigest()
