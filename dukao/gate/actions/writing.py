"""Rows for actions that many wait for: plain statements, sent together. The ORM takes as long again as the database.

1. `Rows.insert` puts the statement for one row together; what is not given takes its field's default.
2. `Rows.send` carries all out in order, on PostgreSQL in one round trip: nobody waits for the network holding a lock.
   There the rows are one statement as well, as each has its price; what is added by `last` comes after it.
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

from dukao.base.sql import Statement

_Kind = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class IdOf:
    """The id of the row with this `number`, which is among the rows before."""

    model: type[Model]
    number: str


@dataclass(slots=True)
class _Statement:
    """An insert of as many rows as `times`, each spelled as `marks`; without marks a statement as it is."""

    head: str
    marks: str
    values: list[Any]
    times: int = 1


class Rows:
    """Statements that are sent together, once, in the caller's transaction; where one fails, that is undone."""

    def __init__(self) -> None:
        self._connection = connections[DEFAULT_DB_ALIAS]
        self._is_one = self._connection.vendor == "postgresql"
        self._rows: list[_Statement] = []
        self._last: list[Statement] = []
        self._place_of: dict[tuple[type[Model], str], int] = {}

    def insert(self, model: type[Model], **values: Any) -> None:
        """One row, given by the attributes of its fields; rows of one shape that follow each other keep their order."""
        referred = tuple([self._referred(value) if type(value) is IdOf else None for value in values.values()])
        head, marks, kinds, kept = _prepared(model, tuple(values), referred, self._is_one)
        given = [pair for pair in zip(kinds, values.values(), strict=True) if pair[0] is not _by_place]
        row = [kind(value) if kind else value for kind, value in given] + kept
        before = self._rows[-1] if self._rows else None
        if before is not None and (before.head, before.marks) == (head, marks):
            before.times += 1
            before.values += row
        else:
            self._place_of[model, values.get("number", "")] = len(self._rows)
            self._rows.append(_Statement(head, marks, row))

    def add(self, sql: str, values: list[Any]) -> None:
        """A row by its own statement."""
        self._rows.append(_Statement(sql, "", values))

    def last(self, sql: str, values: list[Any]) -> None:
        """A statement after all rows, in the order in which they are given."""
        self._last.append((sql, values))

    def send(self) -> None:
        own = self._connection
        rows = [(_told(row.head, row.marks, row.times), row.values) for row in self._rows]
        if self._is_one and rows:
            rows = [(_joined(tuple([sql for sql, _values in rows])), [value for _sql, each in rows for value in each])]
        with own.wrap_database_errors, closing(_driver(own)) as cursor, _together(own):
            for sql, values in rows + self._last:
                cursor.execute(_spelled(sql, own.vendor), values)

    def _referred(self, reference: IdOf) -> tuple[type[Model], int]:
        return reference.model, self._place_of[reference.model, reference.number]

    def finish(self) -> None:
        """Send: the last thing that an action does in its transaction.

        Where that is nobody else's too, PostgreSQL commits it in the same round trip: a cap that many share is not
        locked while this process waits for its turn. Django then finds nothing left to commit.
        """
        if self._is_one and not self._connection.savepoint_ids:
            self.last("COMMIT", [])
        self.send()


def _driver(own: BaseDatabaseWrapper) -> Any:
    """A cursor of the driver itself: what Django puts around one costs as much again as the statements do."""
    return own.connection.cursor()


def _together(own: BaseDatabaseWrapper) -> AbstractContextManager:
    return own.connection.pipeline() if own.vendor == "postgresql" else nullcontext()


@lru_cache(maxsize=64)
def _prepared(
    model: type[Model], names: tuple[str, ...], referred: tuple[tuple[type[Model], int] | None, ...], is_one: bool
) -> tuple[str, str, list[_Kind], list[Any]]:
    """The statement without its row, the row's marks, what turns each given value into the database's, and the defaults
    of all other fields.
    """
    own = connections[DEFAULT_DB_ALIAS]
    fields = {field.attname: field for field in model._meta.concrete_fields if not isinstance(field, AutoField)}
    rest = [field for name, field in fields.items() if name not in names]
    columns = ", ".join(f'"{field.column}"' for field in [fields[name] for name in names] + rest)
    marks = [_id_of(*r, is_one) if r else "%s" for r in referred] + ["%s"] * len(rest)
    by = _by_place if is_one else _by_number
    kinds = [by if r else _kind(fields[name], own) for name, r in zip(names, referred, strict=True)]
    head = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES'
    kept = [field.get_db_prep_save(field.get_default(), own) for field in rest]
    return head, f"({', '.join(marks)})", kinds, kept


def _id_of(model: type[Model], place: int, is_one: bool) -> str:
    if is_one:
        return f"(SELECT id FROM r{place})"
    return f'(SELECT "id" FROM "{model._meta.db_table}" WHERE "number" = %s)'


@lru_cache(maxsize=64)
def _told(head: str, marks: str, times: int) -> str:
    return f"{head} {', '.join([marks] * times)}" if marks else head


@lru_cache(maxsize=64)
def _joined(statements: tuple[str, ...]) -> str:
    parts = (f"r{place} AS ({sql} RETURNING id)" for place, sql in enumerate(statements))
    return f"WITH {', '.join(parts)} SELECT 1"


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


def _by_number(reference: IdOf) -> str:
    return reference.number


def _by_place(reference: IdOf) -> None:
    """Among the rows of one statement, one before is known by its place, and no value is given for it."""
