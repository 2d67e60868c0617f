"""DuckDB with its hands tied: it touches the house's own folder only, fetches nothing, and stays within its memory."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from django.conf import settings

from dukao.registers.intake.statements import literal


@contextmanager
def engine(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that spills into `folder` and may touch files below VAR only."""
    connection = duckdb.connect(
        config={
            "memory_limit": f"{settings.RECORDS_MEMORY_BYTES}B",
            "threads": len(os.sched_getaffinity(0)),
            "temp_directory": str(folder / "spill"),
            "max_temp_directory_size": "50GB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            # The side a join is built on is chosen by us, as sizes of text files are unknown to the planner; and what
            # is read from a text is read once, not again in every filter on it.
            "disabled_optimizers": "join_order,build_side_probe_side,filter_pushdown",
            "preserve_insertion_order": True,
            "python_enable_replacements": False,
        }
    )
    try:
        connection.execute(f"SET allowed_directories = [{literal(str(Path(settings.VAR).resolve()))}]")
        connection.execute("SET enable_external_access = false")  # cannot be taken back
        yield connection
    finally:
        connection.close()
