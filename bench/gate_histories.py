"""A hundred thousand histories of bookings on each database: several actors, skewed clocks, repeats, kills, deaths.

No peer stands beside it: it measures how long the proof takes, and its goal is that not one history breaks a promise.
Machines do not die here, processes do, so that nothing has to reach the disk.
"""

import multiprocessing
import os
import shutil
import time
from pathlib import Path
from typing import Any

from bench._facts import house, told

HISTORIES, QUICK = 100_000, 1_500
_TOLD_EVERY = 10_000
Job = dict[str, Any]


def run(quick: bool) -> list[Job]:
    wanted, jobs = (QUICK if quick else HISTORIES), []
    workers = min(4, os.cpu_count() or 1)
    wanted -= wanted % workers
    for kind in ("sqlite", "postgresql"):
        with house(kind) as folder:
            began = time.perf_counter()
            results = _at_once(kind, folder, workers, wanted // workers)
            seconds = time.perf_counter() - began
        broken, deaths, kills = (sum(part[n] for part in results) for n in range(3))
        told(f"{kind}: {wanted:,} histories, {broken} broken, {deaths:,} deaths, {seconds:.0f} s")
        jobs.append({
            "job": f"gate-histories-{kind}", "ours": wanted, "unit": f"histories in {seconds:.0f} s", "peers": {},
            "limit": f"{deaths:,} deaths, {kills:,} of them kill -9", "ratio": broken, "goal": "0 broken promises",
            "met": broken == 0,
        })  # fmt: skip
    return jobs


def _at_once(kind: str, folder: Path, workers: int, each: int) -> list[tuple[int, int, int]]:
    """So many processes, each in a copy of the database of its own: histories forget all that was before them."""
    from django.db import connections

    copies = [_copied(kind, folder, number) for number in range(workers)]
    connections["default"].close()
    # A process of its own from the start: each forks others and has threads.
    spawning = multiprocessing.get_context("spawn")
    with spawning.Pool(workers) as pool:
        return pool.starmap(_simulate, [(url, number, each) for number, url in enumerate(copies)], chunksize=1)


def _copied(kind: str, folder: Path, number: int) -> str:
    """The address of a copy of the empty database."""
    from django.db import connection

    url = os.environ["DUKAO_DATABASE_URL"]
    if kind == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(folder / "bench.sqlite3", folder / f"copy{number}.sqlite3")
        return f"sqlite:///{folder}/copy{number}.sqlite3"
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "copy{number}" TEMPLATE "{connection.settings_dict["NAME"]}"')
    before, _slash, after = url.rpartition("/dukao?")
    return f"{before}/copy{number}?{after}"


def _simulate(url: str, number: int, each: int) -> tuple[int, int, int]:
    """Histories that broke a promise, deaths, kills."""
    os.environ["DUKAO_DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "dukao.settings"
    import django

    django.setup()
    from tests.gate.simulator import simulating

    broken = 0
    with simulating() as simulator:
        for seed in range(number * each, (number + 1) * each):
            if found := simulator.run(seed):
                broken += 1
                told(f"history {seed}: {'; '.join(found)}")
            if (seed + 1) % _TOLD_EVERY == 0:
                told(f"{seed + 1 - number * each:,} histories by process {number}")
        return broken, simulator.deaths + simulator.kills, simulator.kills
