"""How far knowledge reaches: which units have a fact for at least one of several periods."""

from collections.abc import Collection

from django.db import connection

from dukao.registers.sums import listed, subtree


def units_known(*, element_id: int, periods: Collection[int], scope_path: str, level: int) -> int:
    """How many standing units of the level, at or below the scope, have a current fact in any of the periods."""
    [[count]] = _rows("count(*)", element_id, periods, scope_path, level)
    return int(count)


def unit_ids_known(*, element_id: int, periods: Collection[int], scope_path: str, level: int) -> frozenset[int]:
    """Which units these are, by id."""
    return frozenset(row[0] for row in _rows("u.id", element_id, periods, scope_path, level))


def _rows(columns: str, element_id: int, periods: Collection[int], scope_path: str, level: int) -> list[tuple]:
    """One look into an index per unit, at most one per period where nothing is found."""
    below, values = subtree("u.path", scope_path)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM org_unit u WHERE u.level = %s AND u.valid_to IS NULL"  # noqa: S608 (integers only)
            f" AND {below} AND EXISTS (SELECT 1 FROM registers_fact f WHERE f.element_id = %s"
            f" AND f.period IN ({listed(periods)}) AND f.unit_id = u.id AND f.superseded_at IS NULL)",
            [level, *values, element_id],
        )
        return list(cursor.fetchall())
