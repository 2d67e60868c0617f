"""Checking a delivery's rows in sets: good rows become typed records, bad ones a list with reasons.

The file is read once and only flows through: every row is judged and put down with its values, the hash of its key
and, where it is not plainly good, its cells. The few odd ones are read slowly, by `rules.cells`: some turn out good,
the others are told their reasons by `rules.rows`. Then, with doubled keys known, the good rows can be told.
"""
# ruff: noqa: S608 (names come from checked definitions or are our own; values are quoted by `literal`)

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from dukao.registers.intake.places import Places
from dukao.registers.intake.statements import Statements, literal, offer_readings, to_parquet
from dukao.registers.reading.problems import Irregular
from dukao.registers.reading.source import PlainText, Source
from dukao.registers.rules.rows import WHOLE_ROW, RowRules

# Keys compared at once: bounds the memory of finding doubled ones.
_HASHES_AT_ONCE = 8_000_000
_BATCH_ROWS = 20_000
VALUE_SHOWN_CHARACTERS = 200
REJECTS = "CREATE TABLE rejects (line BIGINT, place INTEGER, name VARCHAR, value VARCHAR, reason VARCHAR)"


@dataclass(frozen=True)
class Checked:
    """Counts of rows; the accepted ones are the view `records`, the faults the table `rejects`."""

    rows_read: int
    rows_rejected: int

    @property
    def rows_accepted(self) -> int:
        return self.rows_read - self.rows_rejected


Progress = Callable[[str, int], None]


def check_rows(
    db: duckdb.DuckDBPyConnection, source: Source, rules: RowRules, places: Places, folder: Path, progress: Progress
) -> Checked:
    """Judge every row of the source. Raises Irregular where a plain text turns out to need the careful reading."""
    statements = Statements(source, rules)
    offer_readings(db, statements)
    progress("读取并检查", 10)
    judged = folder / "judged.parquet"
    try:
        db.execute(statements.judge(judged))
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        if isinstance(source.table, PlainText):
            raise Irregular from None
        raise
    db.execute(statements.judged(judged))
    rows_read = _count(db, "SELECT count(*) FROM judged")
    if isinstance(source.table, PlainText) and rows_read != source.table.rows:
        raise Irregular
    progress("查找重复和问题行", 40)
    db.execute("CREATE TABLE rejects (line BIGINT, place INTEGER, name VARCHAR, value VARCHAR, reason VARCHAR)")
    db.execute(statements.judge_odd())
    _explain(db, statements, places)
    if statements.key:
        _find_doubled(db, statements)
    rejected = _count(db, "SELECT count(DISTINCT line) FROM rejects")
    db.execute(statements.records())
    return Checked(rows_read, rejected)


def write_records(db: duckdb.DuckDBPyConnection, checked: Checked, folder: Path) -> Path | None:
    """The accepted rows as a file, if there are any."""
    if not checked.rows_accepted:
        return None
    target = folder / "accepted.parquet"
    written = _count(db, to_parquet("FROM records", target, "zstd, COMPRESSION_LEVEL 1"))
    assert written == checked.rows_accepted, f"{written} rows written of {checked.rows_accepted}"
    return target


def _find_doubled(db: duckdb.DuckDBPyConnection, statements: Statements) -> None:
    """Set aside every row whose key comes twice: which of them is right nobody here can know.

    Leaves the table `double_hashes`, the hashes of all such keys and of no other.
    """
    hashes = "SELECT h FROM judged WHERE h IS NOT NULL UNION ALL SELECT h FROM odd WHERE is_late AND h IS NOT NULL"
    parts = _count(db, f"SELECT count(*) FROM ({hashes})") // _HASHES_AT_ONCE + 1
    found = [np.empty(0, np.uint64)]
    for part in range(parts):
        some = db.execute(f"SELECT h FROM ({hashes}) WHERE h % {parts} = {part}").fetchnumpy()["h"]
        some.sort()
        found.append(np.unique(some[1:][some[1:] == some[:-1]]))
    db.register("double_hashes_found", pa.table({"h": np.concatenate(found)}))
    db.execute("CREATE TABLE double_hashes AS SELECT h FROM double_hashes_found")
    db.execute(statements.doubled())
    db.execute(
        "CREATE TABLE same AS SELECT line, told, h, count(*) OVER whole AS n, first_value(line) OVER whole AS first,"
        " nth_value(line, 2) OVER whole AS second FROM doubled"
        " WINDOW whole AS (PARTITION BY told ORDER BY line ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
    )
    names = "、".join(statements.rules.definition.key)
    db.execute(
        f"INSERT INTO rejects SELECT line, -1, {literal(names)}, told,"
        " '与第 ' || CASE WHEN line = first THEN second ELSE first END || ' 行重复' FROM same WHERE n > 1"
    )
    # Two keys may share a hash; those are no doubles.
    db.execute("DELETE FROM double_hashes WHERE h NOT IN (SELECT h FROM same WHERE n > 1)")


def _explain(db: duckdb.DuckDBPyConnection, statements: Statements, places: Places) -> None:
    """Write down what is wrong with each bad row; the same wrong cell is judged once."""
    db.execute(
        f"INSERT INTO rejects SELECT _line, 0, {literal(WHOLE_ROW)}, '', _fault FROM odd WHERE _fault IS NOT NULL"
    )
    db.execute(
        "CREATE TABLE wrong AS SELECT line, place, coalesce(cells[place + 1], '') AS cell FROM"
        " (SELECT _line AS line, cells, flags, unnest(range(len(flags))) AS place FROM odd"
        " WHERE NOT _fits AND _fault IS NULL) WHERE NOT flags[place + 1]"
    )
    db.execute("CREATE TABLE faults (place INTEGER, cell VARCHAR, name VARCHAR, value VARCHAR, reason VARCHAR)")
    for batch in db.cursor().execute("SELECT DISTINCT place, cell FROM wrong").to_arrow_reader(_BATCH_ROWS):
        told = [_fault(statements, places, *one) for one in zip(*(c.to_pylist() for c in batch.columns), strict=True)]
        names = ("place", "cell", "name", "value", "reason")
        db.register("told", pa.table({name: list(c) for name, c in zip(names, zip(*told, strict=True), strict=True)}))
        db.execute("INSERT INTO faults FROM told")
        db.unregister("told")
    db.execute("INSERT INTO rejects SELECT line, place, name, value, reason FROM wrong JOIN faults USING (place, cell)")


def _fault(statements: Statements, places: Places, place: int, cell: str) -> tuple[int, str, str, str, str]:
    fault = statements.rules.fault(statements.columns[place], cell, places.fault)
    return place, cell, fault.column, fault.value, fault.reason


def write_rejects(db: duckdb.DuckDBPyConnection, folder: Path) -> Path | None:
    """What was set aside, as CSV for people: a mark for spreadsheets in front, and no cell that one would run."""
    if not _count(db, "SELECT count(*) FROM rejects"):
        return None
    target = folder / "rejects.csv"
    risky = "regexp_matches(value, '^[=+@＝＋－＠\\t\\r\\n-]') AND NOT regexp_full_match(value, '-[0-9.,]+')"
    harmless = f"CASE WHEN {risky} THEN chr(39) || value ELSE value END"
    db.execute(
        f"COPY (SELECT line AS '\ufeff行号', name AS '列', {harmless} AS '值', reason AS '原因' FROM"
        f" (SELECT line, place, name, left(value, {VALUE_SHOWN_CHARACTERS}) AS value, reason FROM rejects)"
        f" ORDER BY line NULLS LAST, place) TO {literal(str(target))} (FORMAT csv, HEADER true)"
    )
    return target


def _count(db: duckdb.DuckDBPyConnection, query: str) -> int:
    row = db.execute(query).fetchone()
    assert row is not None
    return int(row[0])
