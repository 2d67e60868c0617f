"""Rows for actions that many wait for: plain statements, sent together. The ORM takes as long again as the database.

1. `Rows.insert` puts the statement for one row together; what is not given takes its field's default.
2. `Rows.send` carries all out in order, on PostgreSQL in one round trip: nobody waits for the network holding a lock.
3. A row written just before is referred to by `IdOf`, because its id is not known here.
"""
# ruff: noqa: S608 (the SQL is put together from names of tables and columns only)

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, DateField, DateTimeField, Field, JSONField, Model

_Kind = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class IdOf:
    """The id of the row whose `number` is this; None where there is no such row."""

    model: type[Model]
    number: str


class Rows:
    """Statements that are sent together, in the caller's transaction; where one fails, that is undone."""

    def __init__(self) -> None:
        self._connection = connections[DEFAULT_DB_ALIAS]
        self._statements: list[tuple[str, list[Any]]] = []

    def insert(self, model: type[Model], **values: Any) -> None:
        """One row, given by the attributes of its fields."""
        referred = tuple([value.model if type(value) is IdOf else None for value in values.values()])
        sql, kinds, kept = _prepared(model, tuple(values), referred, self._connection.vendor)
        row = [kind(value) if kind else value for kind, value in zip(kinds, values.values(), strict=True)]
        self._statements.append((sql, row + kept))

    def add(self, sql: str, values: list[Any]) -> None:
        self._statements.append((_spelled(sql, self._connection.vendor), values))

    def send(self) -> None:
        own = self._connection
        with own.wrap_database_errors, closing(_driver(own)) as cursor, _together(own):
            for sql, values in self._statements:
                cursor.execute(sql, values)
        self._statements.clear()

    def finish(self) -> None:
        """Send: the last thing that an action does in its transaction.

        Where that is nobody else's too, PostgreSQL commits it in the same round trip: a cap that many share is not
        locked while this process waits for its turn. Django then finds nothing left to commit.
        """
        if self._connection.vendor == "postgresql" and not self._connection.savepoint_ids:
            self.add("COMMIT", [])
        self.send()


def _driver(own: BaseDatabaseWrapper) -> Any:
    """A cursor of the driver itself: what Django puts around one costs as much again as the statements do."""
    return own.connection.cursor()


def _together(own: BaseDatabaseWrapper) -> AbstractContextManager:
    return own.connection.pipeline() if own.vendor == "postgresql" else nullcontext()


@lru_cache(maxsize=64)
def _prepared(
    model: type[Model], names: tuple[str, ...], referred: tuple[type[Model] | None, ...], vendor: str
) -> tuple[str, list[_Kind], list[Any]]:
    """The statement, what turns each given value into the database's, and the defaults of all other fields."""
    own = connections[DEFAULT_DB_ALIAS]
    fields = {field.attname: field for field in model._meta.concrete_fields if not isinstance(field, AutoField)}
    rest = [field for name, field in fields.items() if name not in names]
    columns = ", ".join(f'"{field.column}"' for field in [fields[name] for name in names] + rest)
    marks = [f'(SELECT "id" FROM "{r._meta.db_table}" WHERE "number" = %s)' if r else "%s" for r in referred]
    marks += ["%s"] * len(rest)
    kinds = [_number_of if r else _kind(fields[name], own) for name, r in zip(names, referred, strict=True)]
    sql = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({", ".join(marks)})'
    return _spelled(sql, vendor), kinds, [field.get_db_prep_save(field.get_default(), own) for field in rest]


@lru_cache(maxsize=256)
def _spelled(sql: str, vendor: str) -> str:
    """As the driver marks places for values; there is no other percent sign in these statements."""
    return sql.replace("%s", "?") if vendor == "sqlite" else sql


def _kind(field: Field, own: BaseDatabaseWrapper) -> _Kind:
    """How a value of this field is given to this database; None where it is given as it is."""
    if isinstance(field, JSONField):
        return json.dumps if own.vendor == "sqlite" else lambda value: field.get_db_prep_save(value, own)
    if isinstance(field, DateTimeField):
        return lru_cache(maxsize=16)(own.ops.adapt_datetimefield_value)
    return own.ops.adapt_datefield_value if isinstance(field, DateField) else None


def _number_of(reference: IdOf) -> str:
    return reference.number
