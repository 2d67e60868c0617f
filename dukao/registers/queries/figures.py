"""Figures over the tree: for any unit, the exact sum of the facts at or below it, current or as of a past instant."""
# ruff: noqa: S608 (all SQL here is put together from constants and integers only)

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from dukao.registers.sums import CURRENT_LEAVES, ROLLED, drop, held, listed, roll_up, stamp, subtree


class Figure(NamedTuple):
    """Sum and number of the facts at or below a unit, and the provisional part of both (still to be accepted)."""

    sum: int
    n: int
    pending_sum: int = 0
    pending_n: int = 0


@dataclass(frozen=True, slots=True)
class TotalDiffers:
    """A kept total that is not the sum of its facts; None where the row is missing or should not be."""

    element_id: int
    period: int
    unit_id: int
    kept: Figure | None
    recomputed: Figure | None


Figures = dict[tuple[int, int, int], Figure]  # by (element_id, period key, unit_id)


def figures(*, element_ids: Collection[int], periods: Collection[int], unit_ids: Collection[int]) -> Figures:
    """The figures of these units. Cells without any fact are left out: nothing is known, which is not nought."""
    within = (
        f"element_id IN ({listed(element_ids)}) AND period IN ({listed(periods)}) AND unit_id IN ({listed(unit_ids)})"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT element_id, period, unit_id, sum, n, pending_sum, pending_n FROM registers_total"
            f" WHERE {within} UNION ALL {CURRENT_LEAVES} AND {within}"
        )
        return _read(cursor)


def figures_as_of(
    *,
    element_ids: Collection[int],
    periods: Collection[int],
    unit_ids: Collection[int],
    scope_path: str,
    as_of: datetime,
) -> Figures:
    """The same as they were held at a past instant: summed up anew from the history of the subtree, so slower."""
    below, path_values = subtree("u.path", scope_path)
    at = stamp(as_of)
    leaves, values = held(
        "f.element_id, f.period, f.unit_id, coalesce(f.value, 0) AS sum, 1 AS n,"
        " CASE WHEN f.accepted_at <= %s THEN 0 ELSE coalesce(f.value, 0) END AS pending_sum,"
        " CASE WHEN f.accepted_at <= %s THEN 0 ELSE 1 END AS pending_n",
        f"f.element_id IN ({listed(element_ids)}) AND f.period IN ({listed(periods)}) AND {below}",
        [at, at, *path_values],
        as_of,
    )
    within = f"unit_id IN ({listed(unit_ids)})"
    with connection.cursor() as cursor:
        roll_up(cursor, leaves, values=values)
        cursor.execute(
            f"SELECT * FROM ({ROLLED}) r WHERE {within} UNION ALL SELECT * FROM ({leaves}) l WHERE {within}", values
        )
        found = _read(cursor)
        drop(cursor, "rolled")
    return found


def totals_that_differ(*, most: int = 100) -> tuple[TotalDiffers, ...]:
    """Kept totals that a recomputation from all facts contradicts, at most `most`; empty where all is well."""
    columns = "sum, n, pending_sum, pending_n"
    with connection.cursor() as cursor:
        roll_up(cursor, CURRENT_LEAVES)
        cursor.execute(
            "SELECT element_id, period, unit_id,"
            " max(k_sum), max(k_n), max(k_pending_sum), max(k_pending_n), max(sum), max(n), max(pending_sum),"
            " max(pending_n) FROM ("
            "SELECT element_id, period, unit_id, sum AS k_sum, n AS k_n, pending_sum AS k_pending_sum,"
            " pending_n AS k_pending_n, NULL AS sum, NULL AS n, NULL AS pending_sum, NULL AS pending_n"
            f" FROM (SELECT element_id, period, unit_id, {columns} FROM registers_total EXCEPT {ROLLED}) a UNION ALL"
            " SELECT element_id, period, unit_id, NULL, NULL, NULL, NULL, sum, n, pending_sum, pending_n"
            f" FROM ({ROLLED} EXCEPT SELECT element_id, period, unit_id, {columns} FROM registers_total) b) both_sides"
            f" GROUP BY element_id, period, unit_id ORDER BY element_id, period, unit_id LIMIT {int(most)}"
        )
        rows = cursor.fetchall()
        drop(cursor, "rolled")
    return tuple(
        TotalDiffers(
            element_id,
            period,
            unit_id,
            kept=None if sides[1] is None else Figure(*sides[:4]),
            recomputed=None if sides[5] is None else Figure(*sides[4:]),
        )
        for element_id, period, unit_id, *sides in rows
    )


def _read(cursor: CursorWrapper) -> Figures:
    return {(e, p, u): Figure(s, n, ps, pn) for e, p, u, s, n, ps, pn in cursor.fetchall()}
