"""Rows for actions that many wait for: plain statements, sent together. The ORM takes as long again as the database.

1. `Rows.insert` puts the statement for one row together; what is not given takes its field's default.
2. `Rows.send` carries all out in order. PostgreSQL gets them as one statement, as each has its price and its way there
   and back; what is added by `last` comes after the rows.
3. `Rows.commit` does so as a transaction of its own: one statement is one anyway, and SQLite gets its own.
4. A row written just before is referred to by `IdOf`, because its id is not known here; one that may have changed
   since it was read, by `IdWhere`.
"""
# ruff: noqa: S608 (the SQL is put together from names of tables and columns, and defaults of fields, only)

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from random import uniform
from time import monotonic, sleep
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, DateField, DateTimeField, Field, JSONField, Model

from dukao.base.sql import Statement, moment

_Kind = Callable[[Any], Any] | None
_Referred = tuple[type[Model], int] | str


@dataclass(frozen=True, slots=True)
class IdOf:
    """The id of the row with this `number`, which is among the rows before."""

    model: type[Model]
    number: str


@dataclass(frozen=True, slots=True)
class IdWhere:
    """The id that this query finds by the value while the row is written; where it finds none, the row is refused."""

    sql: str
    value: Any


@dataclass(slots=True)
class _Statement:
    """An insert of as many rows as `times`, each spelled as `marks`; without marks a statement as it is."""

    head: str
    marks: str
    values: list[Any]
    times: int = 1


class Rows:
    """Statements that are sent together, once; where one fails, all that were sent with it are undone."""

    def __init__(self) -> None:
        self._connection = connections[DEFAULT_DB_ALIAS]
        self.vendor = self._connection.vendor
        self._is_one = self.vendor == "postgresql"
        self._rows: list[_Statement] = []
        self._last: Statement | None = None
        self._place_of: dict[tuple[type[Model], str], int] = {}

    def insert(self, model: type[Model], **values: Any) -> None:
        """One row, given by the attributes of its fields; rows of one shape that follow each other keep their order."""
        referred = tuple([self._referred(v) if type(v) in _REFERENCES else None for v in values.values()])
        head, marks, kinds = _prepared(model, tuple(values), referred, self._is_one)
        given = zip(kinds, values.values(), strict=True)
        row = [kind(value) if kind else value for kind, value in given if kind is not _by_place]
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
        """The write that comes after all rows."""
        self._last = sql, values

    def send(self) -> None:
        """Carry all out in the caller's transaction."""
        with self._connection.wrap_database_errors, closing(_driver(self._connection)) as cursor:
            self._execute(cursor)

    def commit(self) -> None:
        """Carry all out, or nothing: as a transaction, or as a part of the caller's where there is one."""
        own = self._connection
        if own.in_atomic_block:
            with transaction.atomic():
                self.send()
        elif self._is_one:
            self.send()
        else:
            own.ensure_connection()
            # The driver itself rolls back what fails; Django's transaction takes as long as three of the statements.
            with own.wrap_database_errors, own.connection, closing(_driver(own)) as cursor:
                _begin(own, cursor)
                self._execute(cursor)
                cursor.execute("COMMIT", [])

    def _execute(self, cursor: Any) -> None:
        told = tuple([_told(row.head, row.marks, row.times) for row in self._rows])
        last, values = self._last or ("", [])
        if self._is_one:
            given = [value for row in self._rows for value in row.values]
            cursor.execute(_joined(told, last), values + given)
            return
        for sql, row in zip(told, self._rows, strict=True):
            cursor.execute(_asked(sql), row.values)
        if last:
            cursor.execute(_asked(last), values)

    def _referred(self, reference: IdOf | IdWhere) -> _Referred:
        if isinstance(reference, IdWhere):
            return reference.sql
        return reference.model, self._place_of[reference.model, reference.number]


def _begin(own: BaseDatabaseWrapper, cursor: Any) -> None:
    """Lock SQLite. Left to itself it looks ever more seldom, down to ten times a second, while bookings take less than
    a thousandth each: the lock would lie idle, or stay with whoever has it. Here it is anybody's, whoever looks next.
    """
    patience = own.settings_dict["OPTIONS"]["timeout"]
    until = monotonic() + patience
    own.connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                cursor.execute("BEGIN IMMEDIATE", [])
                return
            except sqlite3.OperationalError as problem:
                if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > until:
                    raise
            sleep(uniform(0.0005, 0.002))  # noqa: S311 (no secret)
    finally:
        own.connection.execute(f"PRAGMA busy_timeout = {patience * 1000}")


def _driver(own: BaseDatabaseWrapper) -> Any:
    """A cursor of the driver itself: what Django puts around one costs as much again as the statements do."""
    if own.vendor == "sqlite":
        return own.connection.cursor()
    from psycopg import RawCursor

    # Told `$1` it need not look for the places in the text, which takes as long as the whole statement.
    return RawCursor(own.connection)


_REFERENCES = (IdOf, IdWhere)


@lru_cache(maxsize=64)
def _prepared(
    model: type[Model], names: tuple[str, ...], referred: tuple[_Referred | None, ...], is_one: bool
) -> tuple[str, str, list[_Kind]]:
    """The statement without its row, the row's marks with the defaults of all other fields, and what turns each given
    value into the database's.
    """
    own = connections[DEFAULT_DB_ALIAS]
    fields = {field.attname: field for field in model._meta.concrete_fields if not isinstance(field, AutoField)}
    kept = {field: _literal(field) for name, field in fields.items() if name not in names}
    rest = [field for field, literal in kept.items() if literal]
    columns = ", ".join(f'"{field.column}"' for field in [fields[name] for name in names] + rest)
    marks = [_id_of(r, is_one) if r else "%s" for r in referred] + [kept[field] for field in rest]
    kinds = [_by(r, is_one) if r else _kind(fields[name], own) for name, r in zip(names, referred, strict=True)]
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES', f"({', '.join(marks)})", kinds


def _literal(field: Field) -> str:
    """A field's default as SQL; empty where there is none, and the column is left out."""
    default = field.get_default()
    if default is None:
        return ""
    if isinstance(field, JSONField):
        default = json.dumps(default)
    if isinstance(default, str):
        return "'" + default.replace("'", "''") + "'"
    assert isinstance(default, int), f"no default of a row that is sent by itself: {default!r}"
    return str(default).upper()


def _id_of(referred: _Referred, is_one: bool) -> str:
    if isinstance(referred, str):
        return f"({referred})"
    model, place = referred
    return (
        f"(SELECT id FROM r{place})" if is_one else f'(SELECT "id" FROM "{model._meta.db_table}" WHERE "number" = %s)'
    )


@lru_cache(maxsize=64)
def _told(head: str, marks: str, times: int) -> str:
    return f"{head} {', '.join([marks] * times)}" if marks else head


@lru_cache(maxsize=64)
def _joined(rows: tuple[str, ...], last: str) -> str:
    # PostgreSQL works such parts off from the end of the list: what is named first is done last.
    parts = [f"done AS ({last})"] if last else []
    parts += [f"r{place} AS ({sql} RETURNING id)" for place, sql in enumerate(rows)]
    pieces, place = f"WITH {', '.join(parts)} SELECT 1".split("%s"), count(1)
    return pieces[0] + "".join(f"${next(place)}{piece}" for piece in pieces[1:])


@lru_cache(maxsize=256)
def _asked(sql: str) -> str:
    """As SQLite marks places for values; there is no other percent sign in these statements."""
    return sql.replace("%s", "?")


def _kind(field: Field, own: BaseDatabaseWrapper) -> _Kind:
    """How a value of this field is given to this database; None where it is given as it is."""
    if isinstance(field, JSONField):
        return json.dumps
    if own.vendor == "postgresql":
        return None
    if isinstance(field, DateTimeField):
        return moment
    return own.ops.adapt_datefield_value if isinstance(field, DateField) else None


def _by(referred: _Referred, is_one: bool) -> _Kind:
    if isinstance(referred, str):
        return _by_value
    return _by_place if is_one else _by_number


def _by_value(reference: IdWhere) -> Any:
    return reference.value


def _by_number(reference: IdOf) -> str:
    return reference.number


def _by_place(reference: IdOf) -> None:
    """Among the rows of one statement, one before is known by its place, and no value is given for it."""
