"""One row into a table, for actions that many wait for: the ORM takes as long again as the insert."""
# ruff: noqa: S608 (the SQL is put together from names of tables and columns only)

from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, Model


def insert(model: type[Model], *, once: str = "", **values: Any) -> int | None:
    """Insert the row and answer its id. What is not given takes its field's default.

    Where `once` names a unique column whose value stands already, nothing is inserted: None.
    """
    statement, given, kept = _prepared(model, connection.vendor, once, tuple(values))
    row = [prepare(value) for prepare, value in zip(given, values.values(), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*row, *kept])
        inserted = cursor.fetchone()
    return inserted[0] if inserted else None


@lru_cache(maxsize=64)
def _prepared(model: type[Model], vendor: str, once: str, names: tuple[str, ...]) -> tuple[str, list[Any], list[Any]]:
    """The statement, what turns each given value into the database's, and the defaults of all other columns."""
    fields = {field.attname: field for field in model._meta.concrete_fields if not isinstance(field, AutoField)}
    rest = [field for name, field in fields.items() if name not in names]
    columns = ", ".join(f'"{fields[name].column}"' for name in names)
    columns += "".join(f', "{field.column}"' for field in rest)
    marks = ", ".join(["%s"] * len(fields))
    skip = f' ON CONFLICT ("{once}") DO NOTHING' if once else ""
    statement = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks}){skip} RETURNING "id"'
    return statement, [_preparing(fields[name]) for name in names], [_preparing(f)(f.get_default()) for f in rest]


def _preparing(field: Field) -> Any:
    return lambda value: field.get_db_prep_save(value, connection)
