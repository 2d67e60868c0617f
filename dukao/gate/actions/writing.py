"""Rows for actions that many wait for: plain statements, sent together. The ORM takes as long again as the database.

1. `insertion` puts the statement for one row together; what is not given takes its field's default.
2. `write` sends statements in order, on PostgreSQL in one round trip: nobody waits for the network holding a lock.
3. A row written just before is referred to by `IdOf`, because its id is not known here.
"""
# ruff: noqa: S608 (the SQL is put together from names of tables and columns only)

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, DateTimeField, Field, JSONField, Model

Statement = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class IdOf:
    """The id of the row whose `number` is this; None where there is no such row."""

    model: type[Model]
    number: str


def insertion(model: type[Model], **values: Any) -> Statement:
    """The statement that inserts one row, given by names of columns."""
    references = tuple(value.model if isinstance(value, IdOf) else None for value in values.values())
    sql, kinds, kept = _prepared(model, connection.vendor, tuple(values), references)
    row = [kind(value) if kind else value for kind, value in zip(kinds, values.values(), strict=True)]
    return sql, row + kept


def write(*statements: Statement) -> None:
    """Carry the statements out in order; where one fails, the caller's transaction is undone."""
    together = connection.connection.pipeline() if connection.vendor == "postgresql" else nullcontext()
    with connection.cursor() as cursor, connection.wrap_database_errors, together:
        for sql, values in statements:
            cursor.execute(sql, values)


@lru_cache(maxsize=64)
def _prepared(
    model: type[Model], vendor: str, names: tuple[str, ...], references: tuple[type[Model] | None, ...]
) -> tuple[str, list[Callable[[Any], Any] | None], list[Any]]:
    """The statement, what turns each given value into the database's, and the defaults of all other columns."""
    fields = {field.attname: field for field in model._meta.concrete_fields if not isinstance(field, AutoField)}
    rest = [field for name, field in fields.items() if name not in names]
    columns = [fields[name].column for name in names] + [field.column for field in rest]
    marks = [f'(SELECT "id" FROM "{r._meta.db_table}" WHERE "number" = %s)' if r else "%s" for r in references]
    marks += ["%s"] * len(rest)
    listed = ", ".join(f'"{column}"' for column in columns)
    sql = f'INSERT INTO "{model._meta.db_table}" ({listed}) VALUES ({", ".join(marks)})'
    kinds = [_number_of if r else _kind(fields[name]) for name, r in zip(names, references, strict=True)]
    return sql, kinds, [field.get_db_prep_save(field.get_default(), connection) for field in rest]


def _kind(field: Field) -> Callable[[Any], Any] | None:
    if isinstance(field, JSONField):
        return _json if connection.vendor == "sqlite" else lambda value: field.get_db_prep_save(value, connection)
    if isinstance(field, DateTimeField):
        return connection.ops.adapt_datetimefield_value
    # Numbers and texts are the same on either side; SQLite's adapter of days is deprecated.
    return _day if field.get_internal_type() == "DateField" and connection.vendor == "sqlite" else None


def _number_of(reference: IdOf) -> str:
    return reference.number


def _json(value: Any) -> str:
    return json.dumps(value)


def _day(value: Any) -> str:
    return value.isoformat()
