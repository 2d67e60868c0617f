"""SQLite files of issuer and board: durable before they answer, and freed space overwritten."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

_LOCK_SECONDS = 10


def opened(path: Path, *, journal: Literal["TRUNCATE", "WAL"], is_read_only: bool = False) -> sqlite3.Connection:
    """A connection that one thread at a time uses; transactions are begun by hand."""
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=_LOCK_SECONDS)
    path.chmod(0o600)
    pragmas = ["journal_mode=" + journal, "synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY",
               "cache_size=-65536", "wal_autocheckpoint=4000"]  # fmt: skip
    for pragma in [*pragmas, *(["query_only=ON"] if is_read_only else [])]:
        database.execute(f"PRAGMA {pragma}")
    return database


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; the only writer from its first statement on."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        # A commit that failed for want of space leaves the transaction open.
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise
