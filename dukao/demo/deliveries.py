"""The deliveries of three years: which file each department hands over when, in the state real files come in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from dukao.base.definitions import checked, read_entries
from dukao.base.periods import Period, PeriodType
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
# Deliveries that came for the last time so many quarters ago: stale by now, or replaced by single records.
_LAST_CAME_QUARTERS_AGO = {
    "regulated_enterprises": 1, "tax_invoice_months": 1, "subsidy_quarters": 1,
    "vital_months": 2, "care_groups_quarters": 3,
}  # fmt: skip
# One village in seventy is missing from the newest file, as happens when a clinic is being rebuilt.
_WITH_GAPS = "resident_medical_quarters"
# A first version went out with a mistake and was corrected two days later.
_CORRECTED = "budget_months"
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
    if dataset.period == "year":
        yield from (Period(year * 1000) for year in range(stage.first_year - 1, stage.quarter.year))
        return
    last = stage.quarter.next(-_LAST_CAME_QUARTERS_AGO.get(dataset.code, 0))
    period = Period.parse(f"{stage.first_year}Q1")
    while period <= last:
        yield period
        period = period.next()


def _wide(stage: Stage, figures: Figures, dataset: DatasetDefinition, period: Period) -> Iterator[Planned]:
    """The delivery of a dataset with one row per unit and period, and a mistaken version before it where one was."""
    at = _came_at(stage, dataset, period)
    encoding = _ENCODINGS.get(dataset.code, "utf-8")
    is_corrected = dataset.code == _CORRECTED and period == stage.quarter.next(-1)
    for is_mistaken in (True, False) if is_corrected else (False,):

        def write(path: Path, is_mistaken: bool = is_mistaken) -> None:
            write_table(_wide_table(stage, figures, dataset, period, is_mistaken), path, encoding=encoding)

        name = f"{dataset.title}_{period.code}{'（更正）' if is_corrected and not is_mistaken else ''}.{dataset.format}"
        yield Planned(dataset, period, at - timedelta(days=2) if is_mistaken else at, name, write)


def _of_records(
    stage: Stage, figures: Figures, code: str, make: Callable[[], pa.Table], at: datetime | None = None
) -> Planned:
    dataset = datasets()[code]
    name = f"{dataset.title}_{stage.quarter.code}.{dataset.format}"
    return Planned(
        dataset, stage.quarter, at or _came_at(stage, dataset, stage.quarter), name,
        lambda path: write_table(make(), path),
    )  # fmt: skip


def _came_at(stage: Stage, dataset: DatasetDefinition, period: Period) -> datetime:
    """Some days after the period: yearly books take longer than running ones; never after the morning of the story."""
    draw = float(uniform(f"came/{dataset.code}", period.key))
    days = 18 + int(40 * draw) if dataset.period == "year" else 7 + int(3 * draw)
    return min(stage.at(period.ends_on + timedelta(days=days), hour=9 + int(7 * draw)), stage.at(hour=8))


def _wide_table(
    stage: Stage, figures: Figures, dataset: DatasetDefinition, period: Period, is_mistaken: bool
) -> pa.Table:
    measured = [column for column in dataset.columns if column.element]
    element = figures.elements[measured[0].element]
    level, row_periods = element.level, _row_periods(dataset, element, period)
    units = figures.world.units(level)
    columns = {dataset.column(dataset.unit_column).title: pa.array([u.code for u in units] * len(row_periods))}
    if dataset.period_column:
        codes = [row_period.code for row_period in row_periods for _unit in units]
        columns[dataset.column(dataset.period_column).title] = pa.array(codes)
    for column in measured:
        scaled = figures.scaled(column.element, level, row_periods).reshape(-1)
        columns[column.title] = exact_column(scaled * 10 if is_mistaken else scaled, column.decimals)
    table = pa.table(columns)
    if dataset.code == _WITH_GAPS and period == stage.quarter:
        table = table.filter(pa.array(uniform("gaps", figures.world.codes(level)) > 1 / 70))
    # Some departments leave the total row in, and a unit that no longer exists; such rows come back, the rest lands.
    if dataset.format == "csv" and uniform(f"messy/{dataset.code}", period.key) < 0.12:
        for code in ("", NO_SUCH_UNIT):
            table = pa.concat_tables([table, table.slice(0, 1).set_column(0, table.column_names[0], [[code]])])
    return table


def _row_periods(dataset: DatasetDefinition, element: ElementDefinition, period: Period) -> tuple[Period, ...]:
    kind: PeriodType = element.period if dataset.period_column else dataset.period
    return period.parts(kind)
