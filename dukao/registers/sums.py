"""Adding facts up the tree in SQL: the one place where totals are computed, for single cells and for millions.

A total row counts the current facts below a unit (never the unit's own): `sum`, `n`, and the provisional part of
both. Rows whose `n` falls to nothing are removed, so that kept totals and recomputed totals are the same rows.
"""
# ruff: noqa: S608 (all SQL here is put together from constants and integers only)

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.refusals import Refused
from dukao.base.wording import period_text
from dukao.org import queries as org
from dukao.registers.models import SUM_LIMIT, Element

KEPT = "INSERT INTO registers_total (element_id, period, unit_id, sum, n, pending_sum, pending_n)"
ADD = (
    " ON CONFLICT (element_id, period, unit_id) DO UPDATE SET"
    " sum = registers_total.sum + excluded.sum, n = registers_total.n + excluded.n,"
    " pending_sum = registers_total.pending_sum + excluded.pending_sum,"
    " pending_n = registers_total.pending_n + excluded.pending_n"
)
_ADD_UPDATE = (
    "UPDATE registers_total SET sum = sum + %s, n = n + %s, pending_sum = pending_sum + %s, pending_n = pending_n + %s"
    " WHERE element_id = %s AND period = %s AND unit_id = %s"
)

# What the databases say where a sum leaves the range in which it is exact.
_BEYOND_WORDS = ("total_is_exact", "out of range", "integer overflow")

# (element, period, ancestor, sum, n, pending sum, pending n), each number a difference.
Delta = tuple[int, int, int, int, int, int, int]


class SumTooLarge(Refused):
    """A total would leave the range in which it is kept exactly."""


@contextmanager
def exact_totals(
    beyond: Callable[[], tuple[int, int, int] | None] = lambda: None,
) -> Iterator[None]:
    """Refuse what would make a total inexact. `beyond` finds the cell (element, period, unit) of that total, for the
    message; it may ask the database where a transaction of its own lies between. Raises: SumTooLarge.
    """
    try:
        yield
    except DatabaseError as error:
        if not any(words in str(error) for words in _BEYOND_WORDS):
            raise
        cell = beyond()
        told = _("这个数会使上级单位的合计太大，不能精确保存")
        if cell:
            told = _("“{element}”{period}在{unit}的合计太大，不能精确保存").format(
                element=Element.objects.values_list("title", flat=True).get(pk=cell[0]),
                period=period_text(Period(cell[1])),
                unit=org.unit_by_id(cell[2]).name,
            )
        raise SumTooLarge(
            told,
            why=_("合计按数据元的最小单位存成整数，最多 {digits} 位").format(digits=len(str(SUM_LIMIT)) - 1),
            todo=_("请核对计量单位和位数，是不是多写了几个零"),
        ) from None


def stamp(at: datetime | None) -> Any:
    """The instant as this database stores and compares it (SQLite: text in UTC, which sorts in time)."""
    return connection.ops.adapt_datetimefield_value(at)


def instant(stored: Any) -> Any:
    """The instant (or None) read back by raw SQL: SQLite gives columns as naive UTC and expressions as text."""
    if isinstance(stored, str):
        stored = datetime.fromisoformat(stored)
    return stored.replace(tzinfo=UTC) if stored is not None and stored.tzinfo is None else stored


def listed(numbers: Iterable[int]) -> str:
    """Integers for an IN list; an empty list matches nothing."""
    return ",".join(str(int(number)) for number in numbers) or "NULL"


def one_cell(element_id: int, period: int, ancestors: Sequence[int], change: Sequence[int]) -> tuple[str, list[int]]:
    """VALUES for one cell's change in the totals above it, in the order in which every writer takes rows.

    Empty where nothing changes. Counts only grow here, as the table's check wants of new rows.
    """
    if not any(change) or not ancestors:
        return "", []
    values: list[int] = []
    for unit in sorted(ancestors):
        values += (element_id, period, unit, *change)
    return f"VALUES {','.join(['(%s,%s,%s,%s,%s,%s,%s)'] * len(ancestors))}", values


def add_deltas(cursor: CursorWrapper, deltas: Iterable[Delta]) -> None:
    """Add many changes: lock existing rows in order (PostgreSQL), add, and remove the rows that count nothing."""
    deltas = sorted(delta for delta in deltas if any(delta[3:]))
    if not deltas:
        return
    cells = ",".join(f"({e},{p},{u})" for e, p, u, *_ in deltas)
    if connection.vendor == "postgresql":
        cursor.execute(
            f"SELECT 1 FROM registers_total WHERE (element_id, period, unit_id) IN ({cells})"
            " ORDER BY element_id, period, unit_id FOR UPDATE"
        )
    shrinking = [d for d in deltas if d[4] < 0 or d[6] < 0]
    growing = [d for d in deltas if not (d[4] < 0 or d[6] < 0)]
    if shrinking:
        cursor.executemany(_ADD_UPDATE, [(*d[3:], *d[:3]) for d in shrinking])
    if growing:
        cursor.executemany(f"{KEPT} VALUES (%s,%s,%s,%s,%s,%s,%s){ADD}", growing)
    if any(d[4] < 0 for d in shrinking):
        cursor.executemany(
            "DELETE FROM registers_total WHERE element_id = %s AND period = %s AND unit_id = %s AND n = 0",
            [d[:3] for d in shrinking],
        )


def beyond_by(cursor: CursorWrapper, deltas: Iterable[Delta]) -> tuple[int, int, int] | None:
    """The first cell whose total these changes would take out of its range."""
    for element_id, period, unit_id, added, *_rest in sorted(deltas):
        cursor.execute(
            "SELECT sum FROM registers_total WHERE element_id = %s AND period = %s AND unit_id = %s",
            [element_id, period, unit_id],
        )
        row = cursor.fetchone()
        if abs((row[0] if row else 0) + added) > SUM_LIMIT:
            return element_id, period, unit_id
    return None


def roll_up(cursor: CursorWrapper, *leaves: str, values: Sequence[Any] = ()) -> None:
    """Add the rows of each SELECT `leaves` (element_id, period, unit_id, sum, n, pending_sum, pending_n) up the tree.

    Leaves the totals of all proper ancestors in the temporary table `rolled`, at most one row per (leaves, step, cell):
    where levels are skipped, a unit may be reached at several steps, so readers group by cell. `values` are of each.
    """
    drop(cursor, "rolled")
    cursor.execute(
        "CREATE TEMPORARY TABLE rolled (step integer, element_id bigint, period integer, unit_id bigint,"
        " sum bigint, n bigint, pending_sum bigint, pending_n bigint)"
    )
    # One after the other: of a union SQLite would first make a copy.
    added, step = sum(_add_step(cursor, 1, some, values) for some in leaves), 1
    while added:
        added = _add_step(cursor, step + 1, f"SELECT * FROM rolled WHERE step = {step}")
        step += 1


def _add_step(cursor: CursorWrapper, step: int, below: str, values: Sequence[Any] = ()) -> int:
    """Add the rows of SELECT `below` to the units right above; answer how many rows that gives."""
    cursor.execute(
        f"INSERT INTO rolled SELECT {step}, d.element_id, d.period, u.parent_id, CAST(sum(d.sum) AS bigint),"
        " CAST(sum(d.n) AS bigint), CAST(sum(d.pending_sum) AS bigint), CAST(sum(d.pending_n) AS bigint)"
        f" FROM ({below}) d JOIN org_unit u ON u.id = d.unit_id WHERE u.parent_id IS NOT NULL"
        " GROUP BY d.element_id, d.period, u.parent_id",
        values,
    )
    return max(cursor.rowcount, 0)


ROLLED = (
    "SELECT element_id, period, unit_id, CAST(sum(sum) AS bigint) AS sum, CAST(sum(n) AS integer) AS n,"
    " CAST(sum(pending_sum) AS bigint) AS pending_sum, CAST(sum(pending_n) AS integer) AS pending_n"
    " FROM rolled GROUP BY element_id, period, unit_id"
)
CURRENT_LEAVES = (
    "SELECT element_id, period, unit_id, coalesce(value, 0) AS sum, 1 AS n,"
    " CASE WHEN accepted_at IS NULL THEN coalesce(value, 0) ELSE 0 END AS pending_sum,"
    " CASE WHEN accepted_at IS NULL THEN 1 ELSE 0 END AS pending_n"
    " FROM registers_fact WHERE superseded_at IS NULL"
)


def subtree(column: str, path: str) -> tuple[str, list[str]]:
    """SQL condition and its values: the unit whose path is `column` stands in the subtree at `path`."""
    if connection.vendor == "sqlite":
        # SQLite's LIKE does not use an index; a range does, and "0" is the character after "/".
        return f"{column} >= %s AND {column} < %s", [path, path.removesuffix("/") + "0"]
    return f"{column} LIKE %s", [path + "%"]


def held(columns: str, where: str, values: Sequence[Any], as_of: datetime | None) -> tuple[str, list[Any]]:
    """SELECT `columns` of the facts `f` (with their unit `u`) that are held now, or were at a past instant.

    Current and superseded facts have an index each, so the past is asked for in two halves.
    """
    select = f"SELECT {columns} FROM registers_fact f JOIN org_unit u ON u.id = f.unit_id WHERE {where} AND "
    if as_of is None:
        return f"{select} f.superseded_at IS NULL", [*values]
    at = stamp(as_of)
    return (
        f"{select} f.superseded_at IS NULL AND f.recorded_at <= %s UNION ALL"
        f" {select} f.superseded_at IS NOT NULL AND f.recorded_at <= %s AND f.superseded_at > %s",
        [*values, at, *values, at, at],
    )


def drop(cursor: CursorWrapper, table: str) -> None:
    cursor.execute(f"DROP TABLE IF EXISTS {'temp' if connection.vendor == 'sqlite' else 'pg_temp'}.{table}")
