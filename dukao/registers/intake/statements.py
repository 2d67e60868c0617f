"""The SQL of checking: what a row's cells are, whether they are in order, and what is written of them.

A text that is spelled canonically is read by the database itself; every other spelling goes to `rules.cells`, so there
is one truth about what a text means.
"""
# ruff: noqa: S608 (names come from checked definitions or are our own; values are quoted by `literal`)

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import pyarrow as pa

from dukao.registers.reading.source import PlainText, Source
from dukao.registers.rules.cells import BLANKS, Reading, Unfit
from dukao.registers.rules.definitions import ColumnDefinition
from dukao.registers.rules.rows import RowRules


@dataclass(frozen=True)
class Statements:
    """The statements for one source. Columns are numbered: x0 … are cells as text, v0 … their values."""

    source: Source
    rules: RowRules

    @cached_property
    def columns(self) -> tuple[ColumnDefinition, ...]:
        return self.rules.definition.columns

    def _texts(self) -> str:
        """One row per row of the file: `_line`, `_fault` and the cells, blanks cut off, empty ones null."""
        table, places = self.source.table, self.source.positions
        trimmed = not isinstance(table, PlainText) or table.has_blanks
        cells = []
        for number, column in enumerate(self.columns):
            cell = f"c{places[column.name]}" if column.name in places else "NULL::VARCHAR"
            cells.append(
                f"nullif(trim({cell}, {literal(BLANKS)}), '') AS x{number}" if trimmed else f"{cell} AS x{number}"
            )
        if isinstance(table, PlainText):
            return f"SELECT NULL::VARCHAR AS _fault, {', '.join(cells)} FROM {_read_csv(table)}"
        return f"SELECT _line, _fault, {', '.join(cells)} FROM read_parquet({literal(str(table.path))})"

    def values(self, texts: str) -> str:
        """The texts with the values of all columns beside them."""
        values = ", ".join(f"{self.value(number)} AS v{number}" for number in range(len(self.columns)))
        return f"SELECT *, {values} FROM ({texts})"

    def _placed(self, values: str) -> str:
        """Values with `_known`: whether the unit is one that the delivery may speak about.

        Asked with IN, because a left join would put the rows without a match behind the others.
        """
        unit = self.number_of(self.rules.definition.unit_column)
        known = "true" if unit is None else f"coalesce(v{unit} IN (SELECT code FROM places), false)"
        return f"SELECT *, {known} AS _known FROM ({values})"

    def number_of(self, name: str) -> int | None:
        return next((n for n, c in enumerate(self.columns) if c.name == name), None)

    def fits(self, number: int) -> str:
        """Whether the value of this column is in order, the unit's place aside; never null."""
        column, x, v = self.columns[number], f"x{number}", f"v{number}"
        fits = [f"{v} IS NOT NULL"]
        if column.is_number:
            low, high = column.range
            fits += [f"{v} >= {low:f}"] if low is not None else []
            fits += [f"{v} <= {high:f}"] if high is not None else []
        inside = f">= DATE '{self.rules.period.starts_on}'", f"< DATE '{self.rules.period.ends_on}'"
        if column.name == self.rules.definition.date_column:
            fits += [f"{v} {bound}" for bound in inside]
        if column.name == self.rules.definition.period_column:
            lengths = {"year": 4, "quarter": 6, "month": 7, "day": 10}
            fits.append(f"length({v}) IN ({', '.join(str(lengths[kind]) for kind in self.rules.period_types)})")
            fits += [f"{first_day(v)} {bound}" for bound in inside]
        told = " AND ".join(fits)
        return f"({told})" if column.name in self.rules.required else f"({x} IS NULL OR ({told}))"

    def judge(self) -> str:
        """`judged`, in the order of the file: hash of the key, and of bad rows the cells."""
        numbers = range(len(self.columns))
        key = [f"v{self.number_of(name)}" for name in self.rules.definition.key]
        whole = " AND ".join(f"{k} IS NOT NULL" for k in key)
        hashed = f"CASE WHEN {whole} THEN hash({', '.join(key)}) END" if key else "NULL::UBIGINT"
        fits = " AND ".join(["_fault IS NULL", *(self.fits(n) for n in numbers)])
        values = f"SELECT *, {hashed} AS h, ({fits}) AS _fits FROM ({self.values(self._texts())})"
        line = "" if isinstance(self.source.table, PlainText) else "_line, "
        return (
            f"CREATE TABLE judged AS SELECT h, {line}_fault, CASE WHEN NOT (_fits AND _known)"
            f" THEN [{', '.join(f'x{n}' for n in numbers)}] END AS bad FROM ({self._placed(values)})"
        )

    @property
    def line(self) -> str:
        """The line in the file of a row of `judged`."""
        table = self.source.table
        return f"rowid + {table.skipped_lines + 1}" if isinstance(table, PlainText) else "_line"

    def faulty(self) -> str:
        """Of bad rows: line, fault of the whole row, cells, and per column whether it is in order."""
        numbers = range(len(self.columns))
        cells = ", ".join(f"bad[{n + 1}] AS x{n}" for n in numbers)
        texts = f"SELECT {self.line} AS _line, _fault, bad, {cells} FROM judged WHERE bad IS NOT NULL"
        unit = self.number_of(self.rules.definition.unit_column)
        flags = [f"{self.fits(n)} AND (_known OR x{n} IS NULL)" if n == unit else self.fits(n) for n in numbers]
        return (
            f"SELECT _line, _fault, bad, [{', '.join(flags)}] FROM ({self._placed(self.values(texts))}) ORDER BY _line"
        )

    def doubled(self) -> str:
        """Rows whose key's hash comes twice, in the order of the file: the hash and the key as one text."""
        key = [f"v{self.number_of(name)}" for name in self.rules.definition.key]
        told = f"concat_ws(' · ', {', '.join(f'{k}::VARCHAR' for k in key)})"
        whole = " AND ".join(f"{k} IS NOT NULL" for k in key)
        values = self.values(self._texts())
        return (
            f"CREATE TABLE doubled AS SELECT {told} AS told, hash({', '.join(key)}) AS h FROM ({values})"
            f" WHERE {whole} AND hash({', '.join(key)}) IN (SELECT h FROM double_hashes)"
        )

    def write(self, target: Path, *, only: set[int], doubled: bool) -> str:
        """The good rows, typed, in the order of the file. `only`: the columns where anything was found wrong."""
        unit = self.number_of(self.rules.definition.unit_column)
        rows = self.values(self._texts())
        conditions = ["_fault IS NULL"] if -1 in only else []
        conditions += [self.fits(n) for n in sorted(only - {-1})]
        if unit in only:
            rows, conditions = self._placed(rows), [*conditions, "_known"]
        if doubled:
            key = ", ".join(f"v{self.number_of(name)}" for name in self.rules.definition.key)
            rows = f"SELECT t.* FROM ({rows}) t ANTI JOIN double_hashes d ON d.h = hash({key})"
        named = ", ".join(f'v{n} AS "{c.name}"' for n, c in enumerate(self.columns))
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return (
            f"COPY (SELECT {named} FROM ({rows}){where}) TO {literal(str(target))}"
            " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2)"
        )

    def value(self, number: int) -> str:
        """The typed value of cell `x{number}`; null where it is empty or no value of the column."""
        column, x = self.columns[number], f"x{number}"
        short, kind = self._shortcuts(column, x), sql_type(column)
        if column.name == self.rules.definition.period_column:
            short = [(f"regexp_full_match({x}, '[12][0-9]{{3}}-(0[1-9]|1[0-2])') AND {x} >= '1900'", x)]
            short = [] if column.pattern or column.max_length < 10 else short
        ways = " ".join(f"WHEN {condition} THEN {value}" for condition, value in short)
        slow = f"read_{number}({x})"
        slow = slow if kind == "VARCHAR" else f"TRY_CAST({slow} AS {kind})"
        return f"CASE WHEN {x} IS NULL THEN NULL {ways} ELSE {slow} END"

    def _shortcuts(self, column: ColumnDefinition, x: str) -> list[tuple[str, str]]:
        """Conditions under which the database reads a text exactly as `rules.cells` would, with the value."""
        kind = sql_type(column)
        cast = f"TRY_CAST({x} AS {kind})"
        match column.type:
            case "integer" | "decimal":
                # Seventeen digits in all are safely below base.quantities.SCALED_LIMIT.
                decimals, digits = column.decimals, 17 - column.decimals
                fraction = f"(\\.[0-9]{{0,{decimals}}})?" if decimals else ""
                same = f"strlen({x}) <= {18 if decimals else 17} AND {cast}::VARCHAR = {x}"
                plain = f"regexp_full_match({x}, '-?[0-9]{{1,{digits}}}{fraction}')"
                grouped = (
                    f"strlen({x}) <= {digits} AND regexp_full_match({x}, '-?[0-9]{{1,3}}(,[0-9]{{3}})+{fraction}')"
                )
                return [(same, cast), (plain, cast), (grouped, f"TRY_CAST(replace({x}, ',', '') AS {kind})")]
            case "date":
                return _date_shortcuts(x)
            case "unit":
                return [(f"strlen({x}) = 12 AND {x} >= '1' AND {cast}::VARCHAR = {x}", cast)]
            case "code":
                return [(f"{x} IN ({', '.join(literal(item.code) for item in column.codes)})", x)]
            case _:
                if column.pattern:
                    return []
                return [(f"strlen({x}) <= {column.max_length} AND NOT contains({x}, 'E+')", x)]


def sql_type(column: ColumnDefinition) -> str:
    """The type a column's values rest in."""
    return {"integer": "BIGINT", "decimal": f"DECIMAL(18, {column.decimals})", "date": "DATE", "unit": "BIGINT"}.get(
        column.type, "VARCHAR"
    )


def first_day(code: str) -> str:
    """SQL for the first day of the period whose code this expression holds."""
    return (
        f"CASE length({code}) WHEN 4 THEN TRY_CAST({code} || '-01-01' AS DATE)"
        f" WHEN 7 THEN TRY_CAST({code} || '-01' AS DATE)"
        f" WHEN 6 THEN make_date({code}[1:4]::INTEGER, {code}[6]::INTEGER * 3 - 2, 1) ELSE TRY_CAST({code} AS DATE) END"
    )


def _date_shortcuts(x: str) -> list[tuple[str, str]]:
    year = "(19|2[0-9])[0-9]{2}"
    spaced = f"{year}-[0-9]{{1,2}}-[0-9]{{1,2}}|{year}/[0-9]{{1,2}}/[0-9]{{1,2}}"
    clock = "[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"
    return [
        (
            f"strlen({x}) = 10 AND {x} >= '19' AND {x} < '3' AND TRY_CAST({x} AS DATE)::VARCHAR = {x}",
            f"TRY_CAST({x} AS DATE)",
        ),
        (f"regexp_full_match({x}, '{spaced}')", f"TRY_CAST(replace({x}, '/', '-') AS DATE)"),
        (
            f"regexp_full_match({x}, '{year}[0-9]{{4}}')",
            f"TRY_CAST({x}[1:4] || '-' || {x}[5:6] || '-' || {x}[7:8] AS DATE)",
        ),
        (f"regexp_full_match({x}, '{year}-[0-9]{{2}}-[0-9]{{2}}{clock}')", f"TRY_CAST({x}[1:10] AS DATE)"),
    ]


def _read_csv(table: PlainText) -> str:
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(table.width))
    quote = "'\"'" if table.quoted else "''"
    return (
        f"read_csv({literal(str(table.path))}, auto_detect = false, header = false, skip = {table.skipped_lines},"
        f" columns = {{{columns}}}, delim = {literal(table.delimiter)}, quote = {quote}, escape = {quote},"
        " strict_mode = true, null_padding = false, ignore_errors = false)"
    )


def offer_readings(db: duckdb.DuckDBPyConnection, statements: Statements) -> None:
    """Make `read_0(text)` … known: the reading of `rules.cells`, null where a text is no value."""
    for number, column in enumerate(statements.columns):
        read = _many(statements.rules.readings[column.name])
        db.create_function(f"read_{number}", read, ["VARCHAR"], "VARCHAR", type="arrow", null_handling="special")  # type: ignore[call-overload]


def _many(read: Reading) -> Callable[[pa.Array], pa.Array]:
    def one(text: str | None) -> str | None:
        try:
            return None if text is None else read(text)
        except Unfit:
            return None

    return lambda texts: pa.array([one(text) for text in texts.to_pylist()], pa.string())


def literal(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"
