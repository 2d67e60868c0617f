"""Handing the gate's published tables to the registers: the house delivers its own data as any department does."""

import csv
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.utils import timezone

from dukao.base.periods import Period
from dukao.gate.actions.platform import PLATFORM, platform_department
from dukao.gate.published import TABLES, PublishedTable, rows_of
from dukao.org import queries as org
from dukao.org.rules import SYSTEM
from dukao.registers import actions as registers
from dukao.registers.rules import DatasetDefinition, ElementDefinition

# What is told or measured after a month has ended still comes in: the month before is looked at again.
_MONTHS_BACK = 2


def publish_tables(*, at: datetime) -> tuple[str, ...]:
    """Deliver each published table for the last months that are over; the numbers of the deliveries.

    Where nothing has changed the delivery is the one that there is. Records what the registers record.
    """
    roots = org.root_units()
    if not roots:
        return ()
    platform_department(at)
    this = Period.of(timezone.localdate(at), "month")
    months = [this.next(-step) for step in range(_MONTHS_BACK, 0, -1)]
    return tuple(_deliver(table, month, roots[0].code, at) for table in TABLES for month in months)


def _deliver(table: PublishedTable, month: Period, scope_unit: str, at: datetime) -> str:
    for element in _elements(table):
        registers.define_element(definition=element, by=SYSTEM, at=at)
    registers.define_dataset(definition=_dataset(table), by=SYSTEM, at=at)
    with TemporaryDirectory(dir=settings.VAR, prefix="published-") as folder:
        file = Path(folder) / f"{table.name}.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["unit_code", *(column.name for column in table.columns)])
            writer.writerows(rows_of(table, month))
        return registers.receive_delivery(
            dataset=table.name, period=month, scope_unit=scope_unit, file=file, file_name=file.name, mapping=None,
            by=SYSTEM, at=at,
        )  # fmt: skip


def _elements(table: PublishedTable) -> tuple[ElementDefinition, ...]:
    return tuple(
        ElementDefinition.model_validate({
            "code": column.name, "title": column.title, "title_en": column.title_en, "definition": column.meaning,
            "unit": column.unit, "decimals": column.decimals, "range": [0, None], "period": "month",
            "adds_up": {"units": "sum", "periods": "sum"}, "level": "village", "owner": PLATFORM,
        })
        for column in table.columns
    )  # fmt: skip


def _dataset(table: PublishedTable) -> DatasetDefinition:
    figures = [
        {"name": c.name, "title": c.title, "type": "decimal" if c.decimals else "integer", "decimals": c.decimals,
         "unit": c.unit, "required": True, "element": c.name}
        for c in table.columns
    ]  # fmt: skip
    return DatasetDefinition.model_validate({
        "code": table.name, "title": table.title, "provider": PLATFORM, "summary": table.grain, "period": "month",
        "update_cycle": 4, "key": ["unit_code"], "unit_column": "unit_code",
        "columns": [{"name": "unit_code", "title": "区划代码", "type": "unit", "required": True}, *figures],
    })  # fmt: skip
