"""Plain SQL on the driver's own cursor, for the few statements that run with every cell somebody types.

Django's cursor opens, translates and wraps anew each time, which takes longer than such a statement itself. A statement
whose text stays the same while its values change is also prepared only once.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

# A statement with its values, to be run by somebody else.
Statement = tuple[str, list[Any]]


def run(sql: str, values: Sequence[Any] = ()) -> Any:
    """Run one statement, `%s` for each value, in the caller's transaction; answer the driver's cursor.

    Raises what Django raises.
    """
    database = connections[DEFAULT_DB_ALIAS]  # each look through `django.db.connection` would find it anew
    if database.connection is None:
        database.ensure_connection()
    database.validate_no_broken_transaction()
    if database.queries_logged:  # somebody is counting
        cursor = database.cursor()
        cursor.execute(sql, values)
        return cursor
    with database.wrap_database_errors:
        return database.connection.execute(_as_the_driver_writes(sql, database.vendor), values)


def run_as_one(parts: Mapping[str, Statement], answer: str) -> Any:
    """Run writes and a last look at what they return (by their names) as one statement: one way to PostgreSQL and back.

    SQLite knows no such statement, and needs none: it is no way away.
    """
    named = ", ".join(f"{name} AS ({sql})" for name, (sql, _values) in parts.items())
    return run(f"WITH {named} {answer}", [value for _sql, values in parts.values() for value in values])


def one_at_a_time(key: int) -> None:
    """Wait until no other transaction holds `key`, and hold it to the end of this one; SQLite writes so anyway."""
    if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
        run("SELECT pg_advisory_xact_lock(%s)", [key])


def next_number(rows: QuerySet[Any], begins: str, *, lock: int) -> str:
    """The `number` after the last of `rows` that begins so: `XQ2026-0001` and on, beyond four digits if need be.

    `lock`: the key that all who number these rows hold to the end of their transactions.
    """
    one_at_a_time(lock)
    last = rows.filter(number__startswith=begins).order_by("-id").values_list("number", flat=True).first()
    return f"{begins}{int(last.removeprefix(begins)) + 1 if last else 1:04d}"


def places(values: Collection[Any]) -> str:
    """A `%s` for each value of an IN list; an empty list matches nothing."""
    return ",".join(["%s"] * len(values)) or "NULL"


def moment(at: datetime) -> Any:
    """A moment as the driver is given it."""
    return _sqlite_moment(at) if connections[DEFAULT_DB_ALIAS].vendor == "sqlite" else at


@lru_cache(maxsize=64)  # an action writes the same one into several rows
def _sqlite_moment(at: datetime) -> Any:
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(at)


@lru_cache(maxsize=256)
def _as_the_driver_writes(sql: str, vendor: str) -> str:
    return sql.replace("%s", "?") if vendor == "sqlite" else sql
