"""A database of one's own: for tests with several threads or processes, where the rolled-back one cannot be used.

The trail refuses to be emptied, so such a test gets a fresh copy of the migrated test database and throws it away.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

_numbers = count(1)


@pytest.fixture
def own_database(django_db_setup, django_db_blocker, tmp_path) -> Iterator[BaseDatabaseWrapper]:
    """Every thread of this process, and every process given its name, writes to a database of this test only."""
    with django_db_blocker.unblock(), another_database(tmp_path) as own:
        yield own


@contextmanager
def another_database(folder: Path) -> Iterator[BaseDatabaseWrapper]:
    """A copy of the migrated test database, which all connections lead to meanwhile."""
    shared = connections["default"]
    name = shared.settings_dict["NAME"]
    own = _copied(shared, str(name), str(folder / "own.sqlite3"))
    del connections["default"]
    connections.settings["default"]["NAME"] = own
    try:
        yield connections["default"]
    finally:
        connections["default"].close()
        connections["default"] = shared
        connections.settings["default"]["NAME"] = name
        if shared.vendor == "postgresql":
            _execute(shared, f'DROP DATABASE "{own}" WITH (FORCE)')


def address() -> str:
    """The address of this test's database, for the environment of a process of its own."""
    settings = connections["default"].settings_dict
    if connections["default"].vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    user, password = quote(settings["USER"]), quote(settings["PASSWORD"])
    return f"postgresql://{user}:{password}@/{settings['NAME']}?host={settings['HOST']}&port={settings['PORT']}"


def wait_until_alone() -> None:
    """Wait until the server has noticed that a killed process is gone: what that one had begun is then decided."""
    own = connections["default"]
    if own.vendor != "postgresql":
        return
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with own.cursor() as cursor:
        while cursor.execute(others).fetchone()[0]:
            time.sleep(0.01)


def _copied(shared: BaseDatabaseWrapper, name: str, path: str) -> str:
    if shared.vendor == "postgresql":
        own = f"{name}_{next(_numbers)}"
        _execute(shared, f'CREATE DATABASE "{own}" TEMPLATE "{name}"')
        return own
    shared.ensure_connection()
    target = sqlite3.connect(path)
    shared.connection.backup(target)
    target.close()
    return path


def _execute(shared: BaseDatabaseWrapper, statement: str) -> None:
    """Run what needs that nobody is connected to the shared database."""
    shared.close()
    with shared._nodb_cursor() as cursor:
        cursor.execute(statement)
