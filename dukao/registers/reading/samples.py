"""A look at a file's header and first rows, for proposing a mapping; nothing is refused for lack of known names."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dukao.registers.reading.columns import first_rows_of_columns
from dukao.registers.reading.delimited import DELIMITERS, encoding_of, first_rows
from dukao.registers.reading.files import LIMITS, format_of
from dukao.registers.reading.marks import Marker
from dukao.registers.reading.source import Wanted, table_of
from dukao.registers.reading.texts import texts_of
from dukao.registers.rules.mapping import Names
from dukao.workbooks.reading import Reader

_SAMPLE_BYTES = 1_000_000
SAMPLE_ROWS = 200


@dataclass(frozen=True, slots=True)
class Sample:
    """The header of the table that seems meant, up to 200 rows below it, and what is doubtful about the file."""

    headers: list[str]
    rows: list[list[str]]
    doubts: tuple[str, ...]


def sample(file: Path, names: Sequence[Names], folder: Path) -> Sample:
    """Raises Unreadable."""
    wanted, kind = Wanted(tuple(names), frozenset(), {}), format_of(file)
    if kind == "csv":
        return _of_text(file, wanted, folder)
    if kind == "parquet":
        return Sample(*table_of(first_rows_of_columns(file, folder, SAMPLE_ROWS), wanted), ())
    with Reader(LIMITS) as reader:
        tables = [(list(map(texts_of, one.rows)), one.doubts) for one in reader.sheets(file, most_rows=SAMPLE_ROWS)]
    rows, doubts = max(tables, key=lambda table: _promise(table[0], wanted), default=([], ()))
    return Sample(*table_of(rows, wanted), doubts)


def _of_text(file: Path, wanted: Wanted, folder: Path) -> Sample:
    with file.open("rb") as source:
        start = source.read(_SAMPLE_BYTES)
    if len(start) == _SAMPLE_BYTES:
        # Not into the middle of a letter: the last line goes.
        start = start[: start.rfind(b"\n") + 1] or start
    cut, marker = folder / "sample", Marker()
    cut.write_bytes(start)
    marker.feed(start)
    encoding, doubts = encoding_of(cut, marker.marks())
    text = start.decode(encoding, errors="ignore").removeprefix("\ufeff")
    tries = [first_rows(text, delimiter, SAMPLE_ROWS)[0] for delimiter in DELIMITERS]
    rows = max(tries, key=lambda rows: _promise(rows, wanted))
    return Sample(*table_of(rows, wanted), tuple(doubts))


def _promise(rows: list[list[str]], wanted: Wanted) -> tuple[int, int]:
    return max((wanted.score(row) for row in rows[:30]), default=0), max((len(row) for row in rows), default=0)
