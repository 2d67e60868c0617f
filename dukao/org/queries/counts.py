"""How many units of each level stand below a unit: what coverage is measured against."""

from collections import defaultdict
from collections.abc import Collection

from django.db import connection


def counts_below(*, unit_ids: Collection[int], levels: Collection[int]) -> dict[int, dict[int, int]]:
    """Internal: unit id → level → number of standing units of that level at or below it; one SQL query."""
    if not unit_ids or not levels:
        return {}
    # "0" follows "/": the subtree is one range of paths, in the byte order of the index on either database.
    within = {
        "sqlite": "u.path >= c.path AND u.path < rtrim(c.path, '/') || '0'",
        "postgresql": "u.path ~>=~ c.path AND u.path ~<~ (rtrim(c.path, '/') || '0')",
    }[connection.vendor]
    ids, kinds = (",".join(str(int(number)) for number in numbers) for numbers in (unit_ids, levels))
    found: dict[int, dict[int, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id, u.level, count(*) FROM org_unit c JOIN org_unit u ON {within}"  # noqa: S608 (integers only)
            f" WHERE c.id IN ({ids}) AND u.level IN ({kinds}) AND u.valid_to IS NULL GROUP BY c.id, u.level"
        )
        for unit_id, level, count in cursor.fetchall():
            found[unit_id][level] = count
    return found
