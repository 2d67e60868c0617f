"""The deliveries of three years: which file each department hands over when, in the state real files come in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from dukao.base.definitions import checked, read_entries
from dukao.base.periods import Period
from dukao.demo.chance import uniform
from dukao.demo.figures import DEFINITIONS, Figures
from dukao.demo.files import exact_column, write_table
from dukao.demo.rows import NO_SUCH_UNIT, invoices, subsidy_payments
from dukao.demo.stage import Stage
from dukao.registers.rules import DatasetDefinition, ElementDefinition

# Old systems write old encodings.
_ENCODINGS = {
    "tax_revenue_months": "gb18030", "budget_months": "gb18030", "air_months": "gb18030",
    "household_income": "utf-8-sig", "public_safety_months": "utf-16",
}  # fmt: skip
# What these hold ends so many quarters before the story: stale by now, or replaced by single records.
_ENDS_QUARTERS_AGO = {
    "regulated_enterprises": 1, "tax_invoice_months": 1, "subsidy_quarters": 1,
    "vital_months": 2, "care_groups_quarters": 3,
}  # fmt: skip
# Of these the running year's file came a quarter before too, with what was known then; the newer one corrected it.
_CAME_BEFORE = ("tax_revenue_months", "economy_months", "budget_months")
# One village in seventy is missing from the newest quarter, as happens when a clinic is being rebuilt.
_WITH_GAPS = "resident_medical_quarters"
RECORDS = ("tax_invoices", "subsidy_payments")


@dataclass(frozen=True)
class Planned:
    """One delivery to be made: `write` makes its file at the path it is given."""

    dataset: DatasetDefinition
    period: Period
    at: datetime
    file_name: str
    write: Callable[[Path], None]


@lru_cache
def datasets() -> dict[str, DatasetDefinition]:
    """Every dataset of the demo by code."""
    entries = read_entries(DEFINITIONS / "datasets")
    return {d.code: d for d in (checked(DatasetDefinition, e.data, place=e.place) for e in entries)}


def planned_deliveries(stage: Stage, figures: Figures) -> list[Planned]:
    """All deliveries up to the day of the story, in the order they came; the invoices come last."""
    found = [
        one
        for dataset in datasets().values()
        if dataset.code not in RECORDS
        for period in _periods(stage, dataset)
        for one in _wide(stage, figures, dataset, period)
    ]
    found.append(_of_records(stage, figures, "subsidy_payments", lambda: subsidy_payments(figures, stage.quarter)))
    found.sort(key=lambda one: (one.at, one.dataset.code))
    return [*found, tax_delivery(stage, figures)]


def tax_delivery(stage: Stage, figures: Figures) -> Planned:
    """The quarter's invoices, one row each, on the morning of the story."""
    return _of_records(
        stage, figures, "tax_invoices", lambda: invoices(figures, stage.quarter, rows=stage.invoices), at=stage.at()
    )


def _periods(stage: Stage, dataset: DatasetDefinition) -> Iterator[Period]:
    """The periods of a dataset's deliveries: books of whole years begin a year before the running ones."""
    is_yearly_book = dataset.period == "year" and not dataset.period_column
    period = Period.of(date(stage.first_year - is_yearly_book, 1, 1), dataset.period)
    while period.ends_on <= stage.quarter.ends_on or (dataset.period_column and period.starts_on < stage.on):
        if period.starts_on < _end(stage, dataset).ends_on:
            yield period
        period = period.next()


def _end(stage: Stage, dataset: DatasetDefinition) -> Period:
    """The last quarter that the dataset holds anything of."""
    return stage.quarter.next(-_ENDS_QUARTERS_AGO.get(dataset.code, 0))


def _wide(stage: Stage, figures: Figures, dataset: DatasetDefinition, period: Period) -> Iterator[Planned]:
    """The delivery of a dataset with one row per unit and period, and the one before it where there was one."""
    end = _end(stage, dataset)
    ends = [end.previous(), end] if dataset.code in _CAME_BEFORE and period.ends_on > end.ends_on else [end]
    for last in ends:
        name = f"{dataset.title}_{period.code}{f'（截至{last.label}）' if period.ends_on > last.ends_on else ''}"

        def write(path: Path, last: Period = last) -> None:
            table = _wide_table(stage, figures, dataset, period, last)
            write_table(table, path, encoding=_ENCODINGS.get(dataset.code, "utf-8"))

        yield Planned(dataset, period, _came_at(stage, dataset, period, last), f"{name}.{dataset.format}", write)


def _of_records(
    stage: Stage, figures: Figures, code: str, make: Callable[[], pa.Table], at: datetime | None = None
) -> Planned:
    dataset = datasets()[code]
    name = f"{dataset.title}_{stage.quarter.code}.{dataset.format}"
    return Planned(
        dataset, stage.quarter, at or _came_at(stage, dataset, stage.quarter, stage.quarter), name,
        lambda path: write_table(make(), path),
    )  # fmt: skip


def _came_at(stage: Stage, dataset: DatasetDefinition, period: Period, last: Period) -> datetime:
    """Some days after what it holds: whole years take longer than running ones; never after the story's morning."""
    draw = float(uniform(f"came/{dataset.code}", period.key, last.key))
    ended_on = min(period.ends_on, last.ends_on)
    days = 18 + int(40 * draw) if dataset.period == "year" and ended_on == period.ends_on else 7 + int(3 * draw)
    return min(stage.at(ended_on + timedelta(days=days), hour=9 + int(7 * draw)), stage.at(hour=8))


def _wide_table(stage: Stage, figures: Figures, dataset: DatasetDefinition, period: Period, last: Period) -> pa.Table:
    measured = [column for column in dataset.columns if column.element]
    element = figures.elements[measured[0].element]
    level, row_periods = element.level, _row_periods(dataset, element, period, last)
    units = figures.world.units(level)
    columns = {dataset.column(dataset.unit_column).title: pa.array([u.code for u in units] * len(row_periods))}
    if dataset.period_column:
        codes = [row_period.code for row_period in row_periods for _unit in units]
        columns[dataset.column(dataset.period_column).title] = pa.array(codes)
    for column in measured:
        scaled = figures.scaled(column.element, level, row_periods).reshape(-1)
        columns[column.title] = exact_column(scaled, column.decimals)
    table = pa.table(columns)
    if dataset.code == _WITH_GAPS and period.ends_on > stage.quarter.ends_on:
        lots = np.tile(uniform("gaps", figures.world.codes(level)), len(row_periods))
        is_older = np.arange(len(table)) < len(table) - len(units)
        table = table.filter(pa.array(is_older | (lots > 1 / 70)))
    # Some departments leave the total row in, and a unit that no longer exists; such rows come back, the rest lands.
    if dataset.format == "csv" and uniform(f"messy/{dataset.code}", period.key) < 0.12:
        for code in ("", NO_SUCH_UNIT):
            table = pa.concat_tables([table, table.slice(0, 1).set_column(0, table.column_names[0], [[code]])])
    return table


def _row_periods(
    dataset: DatasetDefinition, element: ElementDefinition, period: Period, last: Period
) -> tuple[Period, ...]:
    if not dataset.period_column:
        return (period,)
    return tuple(part for part in period.parts(element.period) if part.ends_on <= last.ends_on)
