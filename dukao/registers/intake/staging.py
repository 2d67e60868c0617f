"""The facts of one delivery, worked out and judged, ready to be landed."""
# ruff: noqa: S608 (all SQL here is put together from our own names)

from collections.abc import Iterable, Iterator, Sequence

import duckdb
import ibis
import pyarrow as pa

from dukao.base.periods import Period
from dukao.base.quantities import SCALED_LIMIT, text_from_scaled
from dukao.registers.intake.checking import Checked
from dukao.registers.intake.distilling import Scope, distil, fill_with_zeros
from dukao.registers.intake.places import Places
from dukao.registers.queries.elements import ElementView
from dukao.registers.rules.cells import shortened
from dukao.registers.rules.definitions import DatasetDefinition
from dukao.registers.rules.measures import Distillation

TEXT_LIMIT = 500
_BATCH_ROWS = 100_000


def stage_facts(
    db: duckdb.DuckDBPyConnection, checked: Checked, measures: Sequence[Distillation],
    definition: DatasetDefinition, period: Period, scope_unit_id: int,
) -> None:  # fmt: skip
    """Make the table `facts` of what the view `records` shows.

    Its columns: element_id, period, unit_id, value (whole number), text, clashes.
    """
    db.execute(
        "CREATE TABLE facts"
        " (element_id BIGINT, period BIGINT, unit_id BIGINT, value DECIMAL(38, 0), text VARCHAR, clashes BOOLEAN)"
    )
    if not measures:
        return
    cells = None
    if checked.rows_accepted:
        rows, scope = ibis.table(_schema(definition), name="records"), Scope(period, scope_unit_id)
        at_levels = {f"at_{m.level}": "int64" for m in measures}
        cells = distil(rows, ibis.table({"code": "int64", **at_levels}, name="places"), measures, definition, scope)
    units = ibis.table({"id": "int64", "level": "int8"}, name="units")
    cells = fill_with_zeros(cells, units, measures, period)
    if cells is None:
        return
    mean = "CASE WHEN value < 0 THEN -1 ELSE 1 END * ((2 * abs(value::HUGEINT) + parts) // (2 * parts))"
    db.execute(
        "INSERT INTO facts SELECT element_id, period, unit_id,"
        f" CASE WHEN parts = 1 THEN value ELSE ({mean})::DECIMAL(38, 0) END, text, clashes"
        f" FROM ({ibis.to_sql(cells, dialect='duckdb')})"
    )


def _schema(definition: DatasetDefinition) -> dict[str, str]:
    """The types in which records rest, as `checking` writes them."""
    kinds = {"integer": "int64", "date": "date", "unit": "int64"}
    return {
        c.name: f"decimal(18, {c.decimals})" if c.type == "decimal" else kinds.get(c.type, "string")
        for c in definition.columns
    }


def set_aside_cells(db: duckdb.DuckDBPyConnection, elements: Iterable[ElementView], places: Places) -> int:
    """Move figures that their element cannot hold from `facts` to `rejects`, with the reason; answer how many."""
    known = {e.id: e for e in elements}
    db.register("limits_found", _limits(known.values()))
    db.execute(
        "CREATE TABLE unfit AS SELECT f.element_id, f.period, f.unit_id, f.value::HUGEINT AS value, f.text, CASE"
        f" WHEN clashes THEN 'clash' WHEN abs(value) > {SCALED_LIMIT} THEN 'huge'"
        f" WHEN length(text) > {TEXT_LIMIT} THEN 'long'"
        " WHEN len(codes) > 0 AND NOT list_contains(codes, text) THEN 'code'"
        " WHEN value < low THEN 'low' WHEN value > high THEN 'high' END AS fault"
        " FROM facts f JOIN limits_found l ON l.element_id = f.element_id WHERE fault IS NOT NULL"
    )
    found = db.execute("SELECT * FROM unfit ORDER BY ALL").fetchall()
    if found:
        told = [
            _told(known[e], Period(p), places.code_of(u), value, text, fault) for e, p, u, value, text, fault in found
        ]
        db.executemany("INSERT INTO rejects VALUES (NULL, -1, ?, ?, ?)", told)
        same = "(f.element_id, f.period, f.unit_id) = (u.element_id, u.period, u.unit_id)"
        db.execute(f"DELETE FROM facts f USING unfit u WHERE {same}")
    return len(found)


def _limits(elements: Iterable[ElementView]) -> pa.Table:
    rows = [(e.id, e.minimum, e.maximum, [c.code for c in e.codes] if e.kind == "code" else []) for e in elements]
    names = ("element_id", "low", "high", "codes")
    kinds = (pa.int64(), pa.int64(), pa.int64(), pa.list_(pa.string()))
    columns = zip(*rows, strict=True) if rows else ((),) * 4
    return pa.table({name: pa.array(c, kind) for name, kind, c in zip(names, kinds, columns, strict=True)})


def _told(
    element: ElementView, period: Period, unit_code: str, value: int | None, text: str | None, fault: str
) -> tuple[str, str, str]:
    """Column, value and reason of a figure that is set aside."""

    def figure(scaled: int | None) -> str:
        return "" if scaled is None else text_from_scaled(scaled, element.decimals)

    reason = {
        "clash": "几行都是最后一天，值却不同，无法判断用哪一个",
        "huge": "合计太大",
        "long": f"超过 {TEXT_LIMIT} 个字",
        "code": "不在数据元的代码表里",
        "low": f"小于数据元的下限 {figure(element.minimum)}",
        "high": f"大于数据元的上限 {figure(element.maximum)}",
    }[fault]
    shown = figure(value) if text is None else shortened(text)
    return f"数据元 {element.title}", shown, f"{unit_code} {period.label}：{reason}"


def fact_batches(db: duckdb.DuckDBPyConnection) -> Iterator[pa.RecordBatch]:
    """The facts in the order of their cells, as `land_facts` takes them."""
    query = "SELECT element_id, period, unit_id, value::DECIMAL(18, 0)::BIGINT AS value, text FROM facts ORDER BY ALL"
    yield from db.execute(query).to_arrow_reader(_BATCH_ROWS)
