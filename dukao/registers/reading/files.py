"""Any delivered file, by what it contains and never by its name."""

from pathlib import Path

from dukao.registers.reading.columns import read_columns
from dukao.registers.reading.delimited import read_delimited
from dukao.registers.reading.marks import Marks
from dukao.registers.reading.sheets import read_sheets
from dukao.registers.reading.source import Source, Wanted
from dukao.workbooks.problems import Limits, Unreadable
from dukao.workbooks.reading import Reader
from dukao.workbooks.reading.kinds import kind_of_start

# A full sheet of twenty columns and more; what is delivered counts to its last row.
LIMITS = Limits(
    file_bytes=4_000_000_000, unpacked_bytes=2_000_000_000, cells=60_000_000, places=60_000_000, sheets=100,
    memory_bytes=3_000_000_000, seconds=600, whole=True,
)  # fmt: skip


def format_of(path: Path) -> str:
    """csv, parquet or workbook (which kind of one, its reader tells). Raises Unreadable for what is no table."""
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise Unreadable("文件是空的", todo="请检查导出是否成功，再重新交付")
    if start == b"PAR1":
        return "parquet"
    return "csv" if kind_of_start(path) == "text" else "workbook"


def read_file(path: Path, marks: Marks, wanted: Wanted, folder: Path, *, careful: bool = False) -> Source:
    """The rows of a delivered file, as text. Raises Unreadable, NoHeader, UnclearColumns."""
    kind = format_of(path)
    if kind == "csv":
        return read_delimited(path, marks, wanted, folder, careful=careful)
    if kind == "parquet":
        return read_columns(path, wanted, folder)
    with Reader(LIMITS) as reader:
        return read_sheets(reader.sheets(path), wanted, folder)
