"""The digest of a set of facts: taken when they land, told to the trail, taken again when they are checked."""

import hashlib
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SCHEMA = pa.schema(
    {
        "element_id": pa.int64(),
        "period": pa.int64(),
        "unit_id": pa.int64(),
        "value": pa.int64(),
        "text": pa.string(),
    }
)


class FactsDigest:
    """SHA-256 over facts in the order of their cells, however they are cut into sets."""

    def __init__(self) -> None:
        # One for each column, so that a whole set goes in at once: element, period, unit, value, has a value, length
        # of the text, text.
        self._columns = [hashlib.sha256() for _ in range(7)]
        self.rows = 0

    def add(self, facts: pa.RecordBatch) -> None:
        """Add the next facts, columns as in SCHEMA; a null text counts as none."""
        element, period, unit, value, text = (facts.column(name) for name in SCHEMA.names)
        text = text.fill_null("")
        length = pc.binary_length(text)
        numbers = (element, period, unit, value.fill_null(0), value.is_valid(), length)
        for column, some in zip(self._columns, numbers, strict=False):
            column.update(np.ascontiguousarray(some.to_numpy(zero_copy_only=False), "<i8").data)
        if pc.sum(length).as_py():
            self._columns[-1].update("".join(text.to_pylist()).encode())
        self.rows += facts.num_rows

    def passing(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The same batches, added as they pass."""
        for batch in batches:
            self.add(batch)
            yield batch

    def hexdigest(self) -> str:
        return hashlib.sha256(b"".join(column.digest() for column in self._columns)).hexdigest()
