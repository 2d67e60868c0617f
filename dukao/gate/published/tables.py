"""What a published table is, and reading one month of it."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from dukao.base.periods import Period


@dataclass(frozen=True, slots=True)
class PublishedColumn:
    """A figure per village and month. `name` is the code of its element; `decimals` of what the SELECT gives × 10ⁿ."""

    name: str
    title: str
    title_en: str
    unit: str
    decimals: int
    meaning: str


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """`select` takes `%(month)s` (a period key) and gives the village's code, then the columns; every village once."""

    name: str
    title: str
    grain: str
    columns: tuple[PublishedColumn, ...]
    select: str


def rows_of(table: PublishedTable, month: Period) -> list[tuple[str, ...]]:
    """The month as text: the village's code and its figures, by code."""
    assert month.type == "month", "published tables are monthly"
    with connection.cursor() as cursor:
        cursor.execute(table.select, {"month": month.key})
        found = cursor.fetchall()
    return [
        (
            code,
            *(f"{Decimal(int(value)).scaleb(-c.decimals):f}" for c, value in zip(table.columns, values, strict=True)),
        )
        for code, *values in found
    ]
