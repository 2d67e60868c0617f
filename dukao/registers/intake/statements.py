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

    def values(self, texts: str, *, slow: bool) -> str:
        """The texts with the values of all columns beside them; `slow`: also of texts that need `rules.cells`."""
        numbers = range(len(self.columns))
        casts = [f"TRY_CAST(x{n} AS {kind}) AS t{n}" for n in numbers if (kind := self.kind(n)) != "VARCHAR"]
        values = [f"{self._value(n, slow=slow)} AS v{n}" for n in numbers]
        return f"SELECT *, {', '.join(values)} FROM (SELECT {', '.join(['*', *casts])} FROM ({texts}))"

    def _judged(self, values: str) -> str:
        """Values with `_fits`: whether the row is in order in itself.

        The unit is asked for with IN, because a left join would put the rows without a match behind the others.
        """
        unit = self.number_of(self.rules.definition.unit_column)
        known = "true" if unit is None else f"coalesce(v{unit} IN (SELECT code FROM places), false)"
        fits = " AND ".join(["_fault IS NULL", *(self.fits(n) for n in range(len(self.columns))), "_known"])
        return f"SELECT *, ({fits}) AS _fits FROM (SELECT *, {known} AS _known FROM ({values}))"

    def kind(self, number: int) -> str:
        """The type the values of a column rest in."""
        column = self.columns[number]
        kinds = {"integer": "BIGINT", "decimal": f"DECIMAL(18, {column.decimals})", "date": "DATE", "unit": "BIGINT"}
        return kinds.get(column.type, "VARCHAR")

    @cached_property
    def key(self) -> list[int]:
        """Numbers of the columns that together name a row."""
        return [n for name in self.rules.definition.key if (n := self.number_of(name)) is not None]

    @property
    def _hash(self) -> str:
        """The hash of a row's key, null where a part of it is missing or cannot be read."""
        if not self.key:
            return "NULL::UBIGINT"
        values = [f"v{n}" for n in self.key]
        return f"CASE WHEN {' AND '.join(f'{v} IS NOT NULL' for v in values)} THEN hash({', '.join(values)}) END"

    @property
    def _told(self) -> str:
        """A row's key as people read it."""
        return f"concat_ws(' · ', {', '.join(f'v{n}::VARCHAR' for n in self.key)})"

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

    def judge(self, target: Path) -> str:
        """The file, judged, in its order: of each row the hash of its key and its values; where it is not plainly good,
        also its cells."""
        line = "" if isinstance(self.source.table, PlainText) else "_line, "
        cells = ", ".join(f"x{n}" for n in range(len(self.columns)))
        rows = self._judged(self.values(self._texts(), slow=False))
        return to_parquet(
            f"SELECT {self._hash} AS h, {line}_fault, NOT _fits AS is_odd,"
            f" CASE WHEN NOT _fits THEN [{cells}] END AS cells, {self._values} FROM ({rows})",
            target,
            "uncompressed",
        )

    def judged(self, target: Path) -> str:
        """The view `judged` of what `judge` wrote, each row with its line in the file."""
        table, path = self.source.table, literal(str(target))
        if isinstance(table, PlainText):
            line = f"file_row_number + {table.skipped_lines + 1} AS _line"
            return f"CREATE VIEW judged AS SELECT *, {line} FROM read_parquet({path}, file_row_number = true)"
        return f"CREATE VIEW judged AS FROM read_parquet({path})"

    def judge_odd(self) -> str:
        """`odd`: the rows that were not plainly good, read slowly: values, whether they fit, and per column whether."""
        numbers = range(len(self.columns))
        cells = ", ".join(f"cells[{n + 1}] AS x{n}" for n in numbers)
        texts = f"SELECT *, {cells} FROM few"
        unit = self.number_of(self.rules.definition.unit_column)
        flags = [f"{self.fits(n)} AND (_known OR x{n} IS NULL)" if n == unit else self.fits(n) for n in numbers]
        return (
            # Put together first, as every call of Python costs, and each takes as many rows as stand together.
            "CREATE TABLE few AS SELECT _line, _fault, h, cells FROM judged WHERE is_odd;"
            f" CREATE TABLE odd AS SELECT _line, _fault, cells, h IS NULL AS is_late, {self._hash} AS h, _fits,"
            f" [{', '.join(flags)}] AS flags, {self._values} FROM ({self._judged(self.values(texts, slow=True))})"
        )

    def doubled(self) -> str:
        """`doubled`: the rows whose hash comes twice: line, hash, and the key as people read it."""
        some = f"SELECT _line AS line, {self._told} AS told, h FROM {{}} WHERE h IN (SELECT h FROM double_hashes)"
        return f"CREATE TABLE doubled AS {some.format('judged')} UNION ALL {some.format('odd')} AND is_late"

    def records(self) -> str:
        """The view `records` of the good rows: the plain ones in the order of the file, then the odd ones."""
        named = ", ".join(f'v{n} AS "{c.name}"' for n, c in enumerate(self.columns))
        single = " AND h NOT IN (SELECT h FROM double_hashes)" if self.key else ""
        return (
            f"CREATE VIEW records AS SELECT {named} FROM judged WHERE NOT is_odd{single}"
            f" UNION ALL (SELECT {named} FROM odd WHERE _fits{single} ORDER BY _line)"
        )

    @property
    def _values(self) -> str:
        return ", ".join(f"v{n}" for n in range(len(self.columns)))

    def _value(self, number: int, *, slow: bool) -> str:
        """The typed value of cell `x{number}`; null where it is empty or no value of the column."""
        column, x, kind = self.columns[number], f"x{number}", self.kind(number)
        short = self._shortcuts(column, x, f"t{number}")
        if column.name == self.rules.definition.period_column:
            code = f"{x} >= '1900' AND regexp_full_match({x}, '[12][0-9]{{3}}-(0[1-9]|1[0-2])')"
            short = [(f"{code} AND {_as_it_stands(column, x)}", x)]
        ways = "".join(f" WHEN {condition} THEN {value}" for condition, value in short)
        read = f"read_{number}({x})" if kind == "VARCHAR" else f"TRY_CAST(read_{number}({x}) AS {kind})"
        return f"CASE{ways}{f' WHEN {x} IS NOT NULL THEN {read}' if slow else ''} END"

    def _shortcuts(self, column: ColumnDefinition, x: str, cast: str) -> list[tuple[str, str]]:
        """Conditions under which the database reads a text exactly as `rules.cells` would, with the value.

        `cast` holds what the database makes of the text by itself; it is right where it reads back as the text.
        """
        match column.type:
            case "integer" | "decimal":
                return _number_shortcuts(x, cast, column.decimals)
            case "date":
                return _date_shortcuts(x, cast)
            case "unit":
                return [(f"strlen({x}) = 12 AND {x} >= '1' AND {cast}::VARCHAR = {x}", cast)]
            case "code":
                return [(f"{x} IN ({', '.join(literal(item.code) for item in column.codes)})", x)]
            case _:
                return [(_as_it_stands(column, x), x)]


def first_day(code: str) -> str:
    """SQL for the first day of the period whose code this expression holds."""
    return (
        f"CASE length({code}) WHEN 4 THEN TRY_CAST({code} || '-01-01' AS DATE)"
        f" WHEN 7 THEN TRY_CAST({code} || '-01' AS DATE)"
        f" WHEN 6 THEN make_date({code}[1:4]::INTEGER, {code}[6]::INTEGER * 3 - 2, 1) ELSE TRY_CAST({code} AS DATE) END"
    )


def _as_it_stands(column: ColumnDefinition, x: str) -> str:
    """Whether a text column takes this text as it is."""
    shaped = f" AND regexp_full_match({x}, {literal(column.pattern)})" if column.pattern else ""
    return f"strlen({x}) <= {column.max_length} AND NOT contains({x}, 'E+'){shaped}"


def _number_shortcuts(x: str, cast: str, decimals: int) -> list[tuple[str, str]]:
    # Seventeen digits in all are safely below base.quantities.SCALED_LIMIT.
    digits, kind = 17 - decimals, f"DECIMAL(18, {decimals})" if decimals else "BIGINT"
    fraction = f"(\\.[0-9]{{0,{decimals}}})?" if decimals else ""
    grouped = f"regexp_full_match({x}, '-?[0-9]{{1,3}}(,[0-9]{{3}})+{fraction}')"
    return [
        (f"strlen({x}) <= {18 if decimals else 17} AND {cast}::VARCHAR = {x}", cast),
        (f"regexp_full_match({x}, '-?[0-9]{{1,{digits}}}{fraction}')", cast),
        (f"strlen({x}) <= {digits} AND {grouped}", f"TRY_CAST(replace({x}, ',', '') AS {kind})"),
    ]


def _date_shortcuts(x: str, cast: str) -> list[tuple[str, str]]:
    year = "(19|2[0-9])[0-9]{2}"
    spaced = f"{year}-[0-9]{{1,2}}-[0-9]{{1,2}}|{year}/[0-9]{{1,2}}/[0-9]{{1,2}}"
    clock = "[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"
    packed = f"{x}[1:4] || '-' || {x}[5:6] || '-' || {x}[7:8]"
    return [
        (f"strlen({x}) = 10 AND {x} >= '19' AND {x} < '3' AND {cast}::VARCHAR = {x}", cast),
        (f"regexp_full_match({x}, '{spaced}')", f"TRY_CAST(replace({x}, '/', '-') AS DATE)"),
        (f"regexp_full_match({x}, '{year}[0-9]{{4}}')", f"TRY_CAST({packed} AS DATE)"),
        (f"regexp_full_match({x}, '{year}-[0-9]{{2}}-[0-9]{{2}}{clock}')", f"TRY_CAST({x}[1:10] AS DATE)"),
    ]


def to_parquet(query: str, target: Path, compression: str) -> str:
    """COPY of what is asked for; its answer is the number of rows."""
    # Dictionaries pay for codes and places; looking for one among invoice numbers costs time and finds none.
    return (
        f"COPY ({query}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION {compression}, PARQUET_VERSION v2,"
        " DICTIONARY_SIZE_LIMIT 1000)"
    )


def _read_csv(table: PlainText) -> str:
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(table.width))
    quote = "'\"'" if table.quoted else "''"
    return (
        f"read_csv({literal(str(table.path))}, auto_detect = false, header = false, skip = {table.skipped_lines},"
        f" columns = {{{columns}}}, delim = {literal(table.delimiter)}, quote = {quote}, escape = {quote},"
        # A thread takes eight megabytes at once; larger buffers would only fill memory.
        " strict_mode = true, null_padding = false, ignore_errors = false, buffer_size = 8000000)"
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
