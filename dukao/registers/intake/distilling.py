"""Rows become facts: one Ibis expression per dataset, the same on DuckDB in this house and on Spark in a larger one.

`distil` is pure: tables in, table out, one row per cell that the records speak about. Columns: element_id, period,
unit_id; value, a whole number of the element's smallest unit, still to be divided by `parts` (the rows of a mean; else
1); text; clashes, true where several rows claim to be the last one and differ.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
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
    cells: list[ir.Table] = []
    for (level, kind), some in groupby(sorted(measures, key=_place), key=_place):
        day = _day(records, definition, scope)
        rows = records.mutate(_day=day, _period=_period_key(day, kind))
        # Sums are added up where they are before they are folded: there are far fewer places than rows.
        group, place = list(some), partial(_placed, places=places, level=level, definition=definition, scope=scope)
        cells += _added_up(rows, [m for m in group if m.function in ("sum", "count", "mean")], definition, place)
        cells += [_distinct(place(rows), m, definition) for m in group if m.function == "count_distinct"]
        cells += [_last(place(rows), m, definition) for m in group if m.function == "last"]
    return ibis.union(*cells, distinct=False) if len(cells) > 1 else cells[0]


def _placed(rows: ir.Table, *, places: ir.Table, level: int, definition: DatasetDefinition, scope: Scope) -> ir.Table:
    """The rows with `_unit`, the unit of this level that they are about."""
    if not definition.unit_column:
        return rows.mutate(_unit=ibis.literal(scope.unit_id, "int64"))
    joined = rows.inner_join(places, rows[definition.unit_column] == places["code"])
    return joined.mutate(_unit=joined[f"at_{level}"].cast("int64"))


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


def _added_up(
    rows: ir.Table, measures: list[Distillation], definition: DatasetDefinition, place: Callable[[ir.Table], ir.Table]
) -> list[ir.Table]:
    """Sums, counts and means of one level and period type: rows are read once for all of them."""
    if not measures:
        return []
    told: dict[str, ir.Value] = {}
    for number, m in enumerate(measures):
        keeps = _keeps(rows, m, definition)
        told[f"n{number}"] = rows.count(where=keeps)
        told[f"v{number}"] = _total(rows, m, definition, keeps)
    keys = ["_period", *([definition.unit_column] if definition.unit_column else [])]
    placed = place(rows.group_by(keys).aggregate(**told))
    folded = placed.group_by("_period", "_unit").aggregate(**{name: placed[name].sum() for name in told})
    cells = []
    for number, m in enumerate(measures):
        some = folded.filter(folded[f"n{number}"] > 0)
        parts = some[f"n{number}"] if m.function == "mean" else None
        cells.append(_row(some, m.element_id, some["_period"], some["_unit"], some[f"v{number}"], parts=parts))
    return cells


def _distinct(placed: ir.Table, measure: Distillation, definition: DatasetDefinition) -> ir.Table:
    """How many different values each cell's rows hold."""
    kept = placed.filter(_keeps(placed, measure, definition))
    grouped = kept.group_by("_period", "_unit").aggregate(value=kept[measure.column].nunique())
    value = grouped["value"].cast("decimal(38, 0)") * 10**measure.shift
    return _row(grouped, measure.element_id, grouped["_period"], grouped["_unit"], value)


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


def _total(
    rows: ir.Table, measure: Distillation, definition: DatasetDefinition, keeps: ir.BooleanValue
) -> ir.NumericValue:
    """Sum or count as a whole number of the element's smallest unit; of a mean, the sum."""
    if measure.function == "count":
        return rows.count(where=keeps).cast("decimal(38, 0)") * 10**measure.shift
    return _scaled(rows[measure.column].sum(where=keeps), measure, definition)


def _scaled(value: ir.NumericValue, measure: Distillation, definition: DatasetDefinition) -> ir.NumericValue:
    decimals = definition.column(measure.column).decimals
    power = decimals + measure.shift
    exact = (value.cast(f"decimal(38, {decimals})") * 10**power).cast("decimal(38, 0)")
    if (digits := 18 - power) <= decimals:
        return exact
    # Numbers of 64 bits are divided fifty times as fast as longer ones, and nearly all are as short.
    short = value.try_cast(f"decimal({digits}, {decimals})")
    return ibis.coalesce((short * 10**power).cast("decimal(38, 0)"), exact)


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
