"""Any delivered file, by what it contains and never by its name."""

from pathlib import Path

from dukao.registers.reading.apart import unpack
from dukao.registers.reading.delimited import read_delimited
from dukao.registers.reading.marks import Marks
from dukao.registers.reading.problems import Unreadable
from dukao.registers.reading.sheets import read_columnar, read_sheets
from dukao.registers.reading.source import Source, Wanted

_MAGIC = ((b"PK\x03\x04", "xlsx"), (b"PK\x05\x06", "xlsx"), (b"\xd0\xcf\x11\xe0", "xls"), (b"PAR1", "parquet"))
# Workbooks of before 1997 begin with a record instead of a compound file: BIFF2 to BIFF5.
_OLD_WORKBOOKS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00")


def format_of(path: Path) -> str:
    """xlsx, xls, parquet or csv. Raises Unreadable for an empty file."""
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise Unreadable("文件是空的", todo="请检查导出是否成功，再重新交付")
    if start[:4] in _OLD_WORKBOOKS:
        return "xls"
    return next((kind for magic, kind in _MAGIC if start.startswith(magic)), "csv")


def read_file(path: Path, marks: Marks, wanted: Wanted, folder: Path, *, careful: bool = False) -> Source:
    """The rows of a delivered file, as text. Raises Unreadable, NoHeader, UnclearColumns."""
    kind = format_of(path)
    if kind == "csv":
        return read_delimited(path, marks, wanted, folder, careful=careful)
    tables = unpack(path, kind, folder)
    return read_columnar(tables[0], wanted) if kind == "parquet" else read_sheets(tables, kind, wanted, folder)
