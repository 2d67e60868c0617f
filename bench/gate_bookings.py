"""Bookings with five linked caps: plan, rest, visit, demand, ledger, events and caps in one durable transaction.

Beside it, in the same run: the five updates alone, as raw SQL in one durable transaction on the same database; that is
the measure. They record neither who comes nor who booked, so the same with one row of a booking and one of a trail is
told too. While ours book, their events are sealed and listed every second, as the work process does.

Every writer, of ours and of the raw ones, has booked once before the clock starts. A server reads the law once when it
starts, which takes as long as hundreds of bookings; in a run of one second eight new processes did little else.
On SQLite the raw ones write to the same file with the same settings, and somebody keeps it open from first to last, as
a server does: the last to close it would remove its log, and each run would first have to let that grow again.
"""

import gc
import itertools
import json
import multiprocessing
import os
import secrets
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

from bench._booking_city import AT, PEOPLE, Slot, bookers, build_plan
from bench._facts import house, p50, p99, told

_WRITERS = (1, 8)
_RUNS = 3
Job = dict[str, Any]
Book = Callable[[Slot], None]
Raw = Callable[[bool], Book]  # given whether it records what it books


def run(quick: bool) -> list[Job]:
    seconds = 1.0 if quick else 1.5  # in longer runs the year would be full of visits
    jobs: list[Job] = []
    for kind in ("sqlite", "postgresql"):
        with house(kind):
            slots = build_plan()
            told(f"{kind}: {len(slots):,} slots")
            raw = _raw_sqlite(slots) if kind == "sqlite" else _raw_postgresql(slots)
            with _kept_open() if kind == "sqlite" else nullcontext():
                for writers in _WRITERS:
                    jobs += _jobs(kind, writers, raw, slots, seconds)
                _whole()
    return jobs


def _jobs(kind: str, writers: int, raw: Raw, slots: list[Slot], seconds: float) -> list[Job]:
    raws, recording, ours, waits = [], [], [], []
    # In turns, so that a slow moment of the machine meets all.
    for _ in range(_RUNS):
        raws.append(sum(map(len, _at_once(writers, partial(raw, False), slots, seconds))) / seconds)
        recording.append(sum(map(len, _at_once(writers, partial(raw, True), slots, seconds))) / seconds)
        taken = _at_once(writers, _booking, slots, seconds, beside=_seal)
        assert max(map(len, taken)) + 1 < len(slots) // writers, "nothing was left to be booked: the runs are too long"
        slots[:] = [slot for place, slot in enumerate(slots) if place // writers > len(taken[place % writers])]
        ours.append(sum(map(len, taken)) / seconds)
        waits += [one for share in taken for one in share]
    ratio, slow_ms = p50(ours) / p50(raws), p99(waits) * 1000
    told(f"{kind}, {writers} writers: p50 {p50(waits) * 1000:.1f} ms, p99 {slow_ms:.1f} ms")
    jobs: list[Job] = [{
        "job": f"gate-bookings-{kind}-{writers}", "ours": p50(ours), "unit": "bookings/s, one commit each",
        "peers": {f"raw {kind}, the five updates": p50(raws),
                  "the same, a booking's and a trail's row": p50(recording)}, "limit": f"p99 {slow_ms:.1f} ms",
        "ratio": ratio, "goal": ">= 0.3", "met": ratio >= 0.3,
    }]  # fmt: skip
    if kind == "postgresql" and writers > 1:
        jobs.append({
            "job": f"gate-bookings-p99-{kind}-{writers}", "ours": slow_ms, "unit": "ms", "peers": {}, "ratio": slow_ms,
            "goal": "<= 50", "met": slow_ms <= 50,
        })  # fmt: skip
    return jobs


def _at_once(
    writers: int, opened: Callable[[], Book], slots: Sequence[Slot], seconds: float, beside: Callable[[], Any] = int
) -> list[list[float]]:
    """So many processes book, each its own share, for so long; the seconds that each of their bookings took.

    `beside` is done every second meanwhile.
    """
    from django.db import connections

    connections["default"].close()
    forking = multiprocessing.get_context("fork")
    start, pipes = forking.Barrier(writers), []
    for number in range(writers):
        mine, theirs = forking.Pipe(duplex=False)
        child = forking.Process(target=_write, args=(opened, slots, number, writers, seconds, start, theirs))
        child.start()
        theirs.close()
        pipes.append((child, mine))
    taken = []
    for child, pipe in pipes:
        while not pipe.poll(1.0):
            beside()
        taken.append(pipe.recv())
        child.join()
    return taken


def _seal() -> None:
    from dukao.base.trail import seal_events

    seal_events(at=AT, most=2_000)


def _write(opened: Callable[[], Book], slots: Sequence[Slot], number: int, writers: int, seconds: float, start: Any,
           out: Any) -> None:  # fmt: skip
    share = (slots[place] for place in range(number, len(slots), writers))
    book, taken = opened(), []
    book(next(share))
    # As the server does once it has started.
    gc.collect()
    gc.freeze()
    start.wait()
    began = time.perf_counter()
    for slot in share:
        before = time.perf_counter()
        if before - began >= seconds:
            break
        book(slot)
        taken.append(time.perf_counter() - before)
    out.send(taken)
    out.close()


def _booking() -> Book:
    """Ours, as a department's page calls it."""
    from dukao.gate.actions import hold_visit

    people, keys = bookers(), itertools.count()

    def book(slot: Slot) -> None:
        hold_visit(
            items=[f"JH2026-{slot.department:04}"], unit=slot.unit, on=slot.on, mode="announced", purpose="模拟",
            people=PEOPLE, team_size=2, request_key=f"{os.getpid()}-{next(keys)}", by=people[slot.department], at=AT,
        )  # fmt: skip

    return book


def _whole() -> None:
    from dukao.gate.queries import quotas_that_differ

    assert not list(quotas_that_differ()), "held and used are what the visits say"


_TABLE = (
    'CREATE TABLE raw_quota (key varchar(80) PRIMARY KEY, "limit" integer NOT NULL, held integer NOT NULL,'
    ' used integer NOT NULL, CHECK (held >= 0 AND used >= 0), CHECK (held + used <= "limit"))'
)


_HOLD = 'UPDATE raw_quota SET held = held + 1 WHERE key = {} AND held + used < "limit"'


_RECORDS = (
    "CREATE TABLE raw_booking (number varchar(24) PRIMARY KEY, unit varchar(12) NOT NULL, day varchar(10) NOT NULL,"
    " department integer NOT NULL)",
    "CREATE TABLE raw_trail (number varchar(24) PRIMARY KEY, at varchar(32) NOT NULL, detail text NOT NULL)",
)
_RECORD = ("INSERT INTO raw_booking VALUES ({0}, {0}, {0}, {0})", "INSERT INTO raw_trail VALUES ({0}, {0}, {0})")


def _records(slot: Slot) -> tuple[list[Any], list[Any]]:
    number, day = secrets.token_hex(12), slot.on.isoformat()
    return [number, slot.unit, day, slot.department], [number, AT.isoformat(), json.dumps({"unit": slot.unit})]


_KEEP_OPEN = """
import sqlite3, sys
sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM raw_trail").fetchone()
print(flush=True)
sys.stdin.read()
"""


@contextmanager
def _kept_open() -> Iterator[None]:
    """By a process of its own: a connection does not survive a fork."""
    from django.db import connection

    command = [sys.executable, "-c", _KEEP_OPEN, connection.settings_dict["NAME"]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as keeper:
        assert keeper.stdout
        keeper.stdout.readline()
        yield  # then its input ends, and so does it


def _raw_sqlite(slots: Sequence[Slot]) -> Raw:
    """As fast as SQLite goes with the same durability."""
    from django.db import connection

    path, options = connection.settings_dict["NAME"], connection.settings_dict["OPTIONS"]

    def opened() -> sqlite3.Connection:
        raw = sqlite3.connect(path, isolation_level=None, timeout=options["timeout"])
        raw.executescript(options["init_command"])
        return raw

    raw = opened()
    for table in (_TABLE, *_RECORDS):
        raw.execute(table)
    raw.execute("BEGIN")
    raw.executemany("INSERT INTO raw_quota VALUES (?, 1000000, 0, 0)", [(key,) for key in _keys(slots)])
    raw.execute("COMMIT")
    raw.close()

    def booking(is_recording: bool) -> Book:
        raw = opened()

        def book(slot: Slot) -> None:
            raw.execute("BEGIN IMMEDIATE")
            for key in slot.keys:
                held = raw.execute(_HOLD.format("?"), [key])
                assert held.rowcount == 1
            if is_recording:
                for insert, row in zip(_RECORD, _records(slot), strict=True):
                    raw.execute(insert.format("?"), row)
            raw.execute("COMMIT")

        return book

    return booking


def _raw_postgresql(slots: Sequence[Slot]) -> Raw:
    """As fast as PostgreSQL goes from Python, in the same server."""
    import psycopg
    from django.db import connection

    parameters = connection.get_connection_params()
    chosen = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if name in parameters}
    with psycopg.connect(**chosen) as raw:
        for table in (_TABLE, *_RECORDS):
            raw.execute(table)
        with raw.cursor() as cursor, cursor.copy("COPY raw_quota FROM STDIN") as copy:
            for key in _keys(slots):
                copy.write_row((key, 10**6, 0, 0))

    def booking(is_recording: bool) -> Book:
        raw = psycopg.connect(**chosen, prepare_threshold=2)

        def book(slot: Slot) -> None:
            for key in slot.keys:
                held = raw.execute(_HOLD.format("%s"), [key])
                assert held.rowcount == 1
            if is_recording:
                for insert, row in zip(_RECORD, _records(slot), strict=True):
                    raw.execute(insert.format("%s"), row)
            raw.commit()

        return book

    return booking


def _keys(slots: Sequence[Slot]) -> list[str]:
    return sorted({key for slot in slots for key in slot.keys})
