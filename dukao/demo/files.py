"""Writing invented tables the way departments hand files over: Chinese heads, several formats and encodings."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
import xlsxwriter

# A fixed day of making, so that the same table is the same file, byte for byte.
_MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)


def exact_column(scaled: npt.ArrayLike, decimals: int) -> pa.Array:
    """Scaled integers as exact decimals (integers where there are none)."""
    whole = pa.array(scaled, pa.int64())
    if not decimals:
        return whole
    return pc.multiply(whole.cast(pa.decimal128(19, 0)), pa.scalar(Decimal(1).scaleb(-decimals)))


def write_table(table: pa.Table, path: Path, *, encoding: str = "utf-8") -> None:
    """Write the table as its name's ending says: .csv (in this encoding), .xlsx or .parquet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    match path.suffix:
        case ".csv":
            pa.csv.write_csv(table, path, pa.csv.WriteOptions(quoting_style="needed"))
            if encoding != "utf-8":
                path.write_bytes(path.read_text("utf-8").encode(encoding))
        case ".xlsx":
            _write_xlsx(table, path)
        case ".parquet":
            pa.parquet.write_table(table, path, compression="zstd")
        case other:
            raise ValueError(f"cannot write {other!r}")


def _write_xlsx(table: pa.Table, path: Path) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    book.set_properties({"comments": "模拟数据", "created": _MADE_AT})
    page = book.add_worksheet("数据")
    page.write_row(0, 0, table.column_names)
    for number, row in enumerate(zip(*(column.to_pylist() for column in table.columns), strict=True), start=1):
        page.write_row(number, 0, [float(v) if isinstance(v, Decimal) else v for v in row])
    book.close()
