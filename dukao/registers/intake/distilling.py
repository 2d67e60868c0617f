"""Rows become facts: one Ibis expression per dataset, the same on DuckDB in this house and on Spark in a larger one.

`distil` is pure: tables in, table out, one row per cell that the records speak about. Columns: element_id, period,
unit_id; value, a whole number of the element's smallest unit, still to be divided by `parts` (the rows of a mean; else
1); text; clashes, true where several rows claim to be the last one and differ.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import ibis
import ibis.expr.types as ir

from dukao.base.periods import Period
from dukao.registers.rules.definitions import DatasetDefinition, Filter
from dukao.registers.rules.measures import Distillation


@dataclass(frozen=True)
class Scope:
    """What one delivery covers: its period, and the unit that rows without a unit column are about."""

    period: Period
    unit_id: int


def distil(
    records: ir.Table, places: ir.Table, measures: Sequence[Distillation], definition: DatasetDefinition, scope: Scope
) -> ir.Table:
    """The facts of these records. `places`: unit code → id of the unit at level n in column `at_n`.

    Rows that a measure's filters leave out do not count for it; a cell that no row speaks about is absent.
    """
    rows = records
    if definition.unit_column:
        rows = rows.inner_join(places, rows[definition.unit_column] == places["code"])
    day = _day(rows, definition, scope)
    cells: list[ir.Table] = []
    for (level, kind), some in groupby(sorted(measures, key=_place), key=_place):
        unit = rows[f"at_{level}"] if definition.unit_column else ibis.literal(scope.unit_id, "int64")
        placed = rows.mutate(_unit=unit.cast("int64"), _period=_period_key(day, kind), _day=day)
        group = list(some)
        cells += _added_up(placed, [m for m in group if m.function != "last"], definition)
        cells += [_last(placed, m, definition) for m in group if m.function == "last"]
    return ibis.union(*cells, distinct=False) if len(cells) > 1 else cells[0]


def fill_with_zeros(
    cells: ir.Table | None, units: ir.Table, measures: Iterable[Distillation], period: Period
) -> ir.Table | None:
    """The cells, and a zero for every unit at the level and every period where a measure says that nothing means zero.

    `units`: id and level of the units in the delivery's scope. Nothing where there are neither cells nor zeros.
    """
    zeros = []
    for m in (m for m in measures if m.zero_when_empty):
        for part in period.parts(m.period_type):  # type: ignore[arg-type]
            at_level = units.filter(units.level == m.level)
            zeros.append(_row(at_level, m.element_id, ibis.literal(part.key, "int64"), at_level.id, ibis.literal(0)))
    if not zeros:
        return cells
    empty = ibis.union(*zeros, distinct=False) if len(zeros) > 1 else zeros[0]
    if cells is None:
        return empty
    missing = empty.anti_join(cells, ["element_id", "period", "unit_id"])
    return ibis.union(cells, missing, distinct=False)


def _place(measure: Distillation) -> tuple[int, str]:
    return measure.level, measure.period_type


def _day(rows: ir.Table, definition: DatasetDefinition, scope: Scope) -> ir.DateValue:
    """The day that says which period a row is about."""
    if definition.date_column:
        return rows[definition.date_column]
    if definition.period_column:
        return _first_day(rows[definition.period_column])
    return ibis.date(scope.period.starts_on.isoformat())


def _first_day(code: ir.StringValue) -> ir.DateValue:
    """The first day of the period whose code (2026, 2026Q3, 2026-07, 2026-07-15) this is."""
    year = code.substr(0, 4).cast("int64")
    month = ibis.cases(
        (code.length() == 4, ibis.literal("1")),
        (code.length() == 6, (code.substr(5, 1).cast("int64") * 3 - 2).cast("string")),
        else_=code.substr(5, 2),
    )
    day = ibis.ifelse(code.length() == 10, code.substr(8, 2), "1")
    return ibis.date(year, month.cast("int64"), day.cast("int64"))


def _period_key(day: ir.DateValue, kind: str) -> ir.IntegerValue:
    """`Period.of(day, kind).key`."""
    within = {
        "year": ibis.literal(0, "int64"),
        "quarter": 100 + day.quarter().cast("int64"),
        "month": 200 + day.month().cast("int64"),
        "day": 300 + day.day_of_year().cast("int64"),
    }[kind]
    return (day.year().cast("int64") * 1000 + within).cast("int64")


def _added_up(placed: ir.Table, measures: list[Distillation], definition: DatasetDefinition) -> list[ir.Table]:
    """Sums, counts and means of one level and period type: rows are read once for all of them."""
    if not measures:
        return []
    told: dict[str, ir.Value] = {}
    for number, m in enumerate(measures):
        keeps = _keeps(placed, m, definition)
        told[f"n{number}"] = placed.count(where=keeps)
        told[f"v{number}"] = _aggregate(placed, m, definition, keeps)
    grouped = placed.group_by("_period", "_unit").aggregate(**told)
    cells = []
    for number, m in enumerate(measures):
        some = grouped.filter(grouped[f"n{number}"] > 0)
        parts = some[f"n{number}"] if m.function == "mean" else None
        cells.append(_row(some, m.element_id, some["_period"], some["_unit"], some[f"v{number}"], parts=parts))
    return cells


def _keeps(rows: ir.Table, measure: Distillation, definition: DatasetDefinition) -> ir.BooleanValue:
    """Which rows count for the measure: those that pass its filters and hold a value."""
    keeps = ibis.literal(True) if not measure.column else rows[measure.column].notnull()
    for condition in measure.measure.where:
        keeps &= _passes(rows[condition.column], condition, definition)
    return keeps


def _passes(column: ir.Value, condition: Filter, definition: DatasetDefinition) -> ir.BooleanValue:
    """An empty cell passes only `not`."""
    kind = column.type()

    def like(operand: str) -> ir.Value:
        return ibis.literal(operand).cast(kind)

    if condition.is_ is not None:
        passes = column == like(condition.is_)
    elif condition.in_ is not None:
        passes = column.isin([like(operand) for operand in condition.in_])
    elif condition.at_least is not None:
        passes = column >= like(condition.at_least)
    elif condition.at_most is not None:
        passes = column <= like(condition.at_most)
    else:
        assert condition.not_ is not None
        return ibis.coalesce(column != like(condition.not_), True)
    return ibis.coalesce(passes, False)


def _aggregate(
    rows: ir.Table, measure: Distillation, definition: DatasetDefinition, keeps: ir.BooleanValue
) -> ir.NumericValue:
    """The figure as a whole number of the element's smallest unit; of a mean, the sum."""
    if measure.function == "count":
        return rows.count(where=keeps).cast("decimal(38, 0)") * 10**measure.shift
    column = rows[measure.column]
    if measure.function == "count_distinct":
        return column.nunique(where=keeps).cast("decimal(38, 0)") * 10**measure.shift
    return _scaled(column.sum(where=keeps), measure, definition)


def _scaled(value: ir.NumericValue, measure: Distillation, definition: DatasetDefinition) -> ir.NumericValue:
    decimals = definition.column(measure.column).decimals
    return (value.cast(f"decimal(38, {decimals})") * 10 ** (decimals + measure.shift)).cast("decimal(38, 0)")


def _last(placed: ir.Table, measure: Distillation, definition: DatasetDefinition) -> ir.Table:
    """The value of each cell's latest day. Where rows of that day differ, `clashes` says how many values there are."""
    kept = placed.filter(_keeps(placed, measure, definition))
    latest = kept["_day"].max().over(ibis.window(group_by=["_period", "_unit"]))
    newest = kept.mutate(_latest=latest).filter(lambda t: t["_day"] == t["_latest"])
    column = newest[measure.column]
    grouped = newest.group_by("_period", "_unit").aggregate(value=column.max(), least=column.min())
    clashes = grouped["value"] != grouped["least"]
    value = ibis.null("decimal(38, 0)") if measure.is_text else _scaled(grouped["value"], measure, definition)
    text = grouped["value"].cast("string") if measure.is_text else None
    return _row(
        grouped, measure.element_id, grouped["_period"], grouped["_unit"], value, text=text, clashes=clashes
    )  # fmt: skip


def _row(
    table: ir.Table, element_id: int, period: ir.Value, unit: ir.Value, value: ir.Value, *,
    parts: ir.Value | None = None, text: ir.Value | None = None, clashes: ir.Value | None = None,
) -> ir.Table:  # fmt: skip
    return table.select(
        element_id=ibis.literal(element_id, "int64"),
        period=period.cast("int64"),
        unit_id=unit.cast("int64"),
        value=value.cast("decimal(38, 0)"),
        parts=(ibis.literal(1) if parts is None else parts).cast("int64"),
        text=ibis.null("string") if text is None else text,
        clashes=ibis.literal(False) if clashes is None else clashes,
    )
