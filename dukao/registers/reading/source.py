"""What reading a file gives: where its cells are, and what was seen on the way."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dukao.registers.reading.problems import NoHeader, UnclearColumns
from dukao.registers.rules.mapping import Names, Unmapped, is_position, matches, plain, positions
from dukao.workbooks.problems import Unreadable

HEADER_AMONG_ROWS = 30  # the header stands within the first rows; above it there are only titles and notes
COLUMNS_LIMIT = 2_000


@dataclass(frozen=True)
class PlainText:
    """A regular CSV in UTF-8 that DuckDB reads by itself: one line per row, all rows of `width` cells."""

    path: Path
    delimiter: str
    skipped_lines: int  # up to and including the header
    width: int
    rows: int
    quoted: bool
    has_blanks: bool


@dataclass(frozen=True)
class TextTable:
    """A Parquet file of cells as text: columns `_line` (line in the file, bigint), `_fault` (why the row as a whole
    cannot be read, or null) and `c0`, `c1` … for the positions that are needed."""

    path: Path


@dataclass(frozen=True)
class Source:
    """A file ready for checking. `positions`: column of the dataset → position of the cell."""

    table: PlainText | TextTable
    positions: dict[str, int]
    found: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """What the reader looks for: the dataset's columns with their names, which must be there, and a given mapping."""

    names: tuple[Names, ...]
    required: frozenset[str]
    mapping: dict[str, str]

    def score(self, row: list[str]) -> int:
        """How many of the columns this row names."""
        if not self.mapping:
            return matches(self.names, row)
        cells = {plain(cell) for cell in row} - {""}
        mapped = sum(plain(h) in cells or (len(cells) > 1 and is_position(h)) for h in self.mapping)
        return mapped + matches(self.names, row)

    def header_row(self, rows: list[list[str]]) -> int | None:
        """The first of the best naming rows; nothing where no row names any column."""
        best = max(range(len(rows)), key=lambda i: (self.score(rows[i]), -i), default=None)
        return best if best is not None and self.score(rows[best]) else None

    def places(self, headers: list[str]) -> dict[str, int]:
        """Where the columns are. Raises UnclearColumns, NoHeader, Unreadable (too many columns)."""
        if len(headers) > COLUMNS_LIMIT:
            raise Unreadable(f"文件有 {len(headers)} 列，最多 {COLUMNS_LIMIT} 列", todo="请只保留需要的列")
        try:
            found = positions(self.names, headers, self.mapping)
        except Unmapped as error:
            raise UnclearColumns(str(error), todo="请改正文件的列名，或给出映射后重新交付") from None
        if missing := [n.column for n in self.names if n.column.name in self.required - set(found)]:
            raise NoHeader(
                "文件里缺少列：" + "、".join(f"{c.title}（{c.name}）" for c in missing),
                why="文件的列是：" + "、".join(h.strip()[:20] for h in headers if h.strip())[:400],
                todo="请改正列名，或给出映射后重新交付",
            )
        return found

    def no_header(self, rows: list[list[str]]) -> NoHeader:
        seen = next((r for r in rows if any(c.strip() for c in r)), [])
        return NoHeader(
            "没有找到表头",
            why="前几行里没有数据集的列名。文件开头是：" + "、".join(c.strip()[:20] for c in seen[:12]),
            todo="请在数据上方放一行列名，例如：" + "、".join(n.column.title for n in self.names[:6]),
        )


def table_of(rows: list[list[str]], wanted: Wanted) -> tuple[list[str], list[list[str]]]:
    """Header and rows: the header is the row that names most columns, else the first of the widest rows."""
    header = wanted.header_row(rows)
    if header is None:
        header = max(range(len(rows)), key=lambda i: (sum(1 for c in rows[i] if c.strip()), -i), default=None)
    if header is None:
        raise Unreadable("文件里没有内容", todo="请检查导出是否成功")
    return rows[header], rows[header + 1 :]


def told_columns(headers: list[str], places: dict[str, int]) -> dict[str, Any]:
    """What `Delivery.found` says about columns: which header became which column, and which were left aside."""
    by_place = {place: column for column, place in places.items()}
    return {
        "columns": [{"header": h.strip()[:80], "column": by_place.get(i, "")} for i, h in enumerate(headers)][:300],
        "ignored": sum(1 for i, h in enumerate(headers) if i not in by_place and h.strip()),
    }
