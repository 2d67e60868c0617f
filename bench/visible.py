"""Typed in a village → visible on an open city page: real processes, 50 open pages, 20 writers through their own page.

Each writer posts a higher and higher value of an indicator of its own, so every message tells which writes it shows.
The time runs from before the worker's browser sends the value until a page's stream has received a figure that
holds it. Beside it, in the same run: refreshing a materialised view of the same sums, and adding them up (naive).
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bench._facts import CITY, City, build_city, chance, define_indicators, fill, house, p50, p99, seconds_each, told
from bench._people import make_login, sitting
from bench.cell import dispatch_to_villages

_PAGES, _WRITERS, _INDICATORS = 50, 20, 20
_PAUSE_SECONDS = (0.5, 1.5)
_P50_GOAL_MS, _P99_GOAL_MS = 200, 1_000
_STARTING_SECONDS, _LAST_WAIT_SECONDS = 30.0, 15.0
Job = dict[str, Any]


def run(quick: bool) -> list[Job]:
    elements, months_kept, seconds = (26, 12, 15) if quick else (174, 24, 60)
    jobs: list[Job] = []
    for kind in ("sqlite", "postgresql"):
        with house(kind):
            city = build_city(elements=elements)
            facts = fill(city, months_count=months_kept)
            define_indicators(_INDICATORS, plain=True)
            number = dispatch_to_villages(_INDICATORS)
            peers = _peers(kind, city)
            told(f"{kind}: {_PAGES} open pages, {_WRITERS} writers, {seconds} s")
            with _serving() as (pages_port, live_port):
                seen = asyncio.run(_story(city, number, pages_port, live_port, seconds))
            times = sorted(1000 * s for s in seen.latencies)
            middle, slow = p50(times), p99(times)
            limit = f"{facts:,} facts, {_PAGES} pages, {seen.writes} writes, {len(times):,} sightings"
            for name, ours, goal in (("p50", middle, _P50_GOAL_MS), ("p99", slow, _P99_GOAL_MS)):
                jobs.append({
                    "job": f"visible-{name}-{kind}", "ours": ours, "unit": f"ms ({name})", "peers": peers,
                    "limit": limit, "ratio": ours, "goal": f"<= {goal} ms", "met": ours <= goal and not seen.missed,
                })
    return jobs


def _peers(kind: str, city: City) -> dict[str, float]:
    """What it takes to make the city's page current without kept sums, in ms."""
    from django.db import connection

    sums = (
        "SELECT f.element_id, f.period, t.parent_id AS county, sum(f.value) AS sum FROM registers_fact f"
        " JOIN org_unit v ON v.id = f.unit_id JOIN org_unit t ON t.id = v.parent_id"
        " WHERE f.superseded_at IS NULL{where} GROUP BY f.element_id, f.period, t.parent_id"
    )
    shown = ",".join(map(str, city.elements[:_INDICATORS]))
    naive = sums.format(where=f" AND f.element_id IN ({shown}) AND f.period IN (2025209, 2026209)")
    with connection.cursor() as cursor:

        def ask(query: str) -> float:
            return 1000 * p50(seconds_each(lambda: cursor.execute(query) and cursor.fetchall(), runs=3))

        if kind == "sqlite":
            return {"naive SUM": ask(naive)}
        cursor.execute(f"CREATE MATERIALIZED VIEW refreshed AS {sums.format(where='')}")
        refreshing = seconds_each(lambda: cursor.execute("REFRESH MATERIALIZED VIEW refreshed"), runs=3)
        found = {"materialised view refresh": 1000 * p50(refreshing), "naive SUM": ask(naive)}
        cursor.execute("DROP MATERIALIZED VIEW refreshed")
    return found


@contextmanager
def _serving() -> Iterator[tuple[int, int]]:
    """The pages and the live process as `dukao serve` starts them, on ports of their own."""
    ports = _free_port(), _free_port()
    base = [sys.executable, "-m", "granian", "--host", "127.0.0.1", "--log-level", "warning", "--no-ws"]
    environment = os.environ | {"DUKAO_LIVE_URL": f"http://127.0.0.1:{ports[1]}/live"}
    children = [
        subprocess.Popen([*base, "--workers", "1", "--port", str(port), "--interface", *more], env=environment)
        for port, more in (
            (ports[0], ["wsgi", "--blocking-threads", "4", "dukao.wsgi:application"]),
            (ports[1], ["asginl", "dukao.asgi:application"]),
        )
    ]
    try:
        for port in ports:
            _wait_for(port)
        yield ports
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(15)


@dataclass
class _Seen:
    """Writes that pages wait for, by indicator: (value, when it was sent); and how long each sighting took."""

    sent: dict[str, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    latencies: list[float] = field(default_factory=list)
    writes: int = 0
    missed: int = 0


async def _story(city: City, number: str, pages_port: int, live_port: int, seconds: float) -> _Seen:
    seen, dice = _Seen(), chance()
    cookies = await asyncio.to_thread(
        lambda: [sitting(make_login(f"worker-{n}", "worker", city.villages[n].code)) for n in range(_WRITERS)]
    )
    tickets = await asyncio.to_thread(_tickets)
    opened = asyncio.Semaphore(0)
    readers = [asyncio.create_task(_page(live_port, ticket, seen, opened)) for ticket in tickets]
    for _ in readers:
        await asyncio.wait_for(opened.acquire(), _STARTING_SECONDS)
    workers = [
        await _Worker.at_the_sheet(pages_port, f"/filings/{number}/{city.villages[n].code}/", n, cookies[n])
        for n in range(_WRITERS)
    ]
    until = time.perf_counter() + seconds
    await asyncio.gather(*(worker.write(until, seen, dice) for worker in workers))
    seen.writes = sum(len(sent) for sent in seen.sent.values())
    while len(seen.latencies) < _PAGES * seen.writes and time.perf_counter() < until + _LAST_WAIT_SECONDS:
        await asyncio.sleep(0.05)
    seen.missed = _PAGES * seen.writes - len(seen.latencies)
    if seen.missed:
        told(f"{seen.missed} sightings are missing")
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    return seen


def _tickets() -> list[str]:
    """Tickets of 50 people who have opened the city's page of the month that is asked."""
    from dukao.base.periods import Period
    from dukao.org.queries import sitting_id
    from dukao.web.live import issue_ticket

    period = Period.of(date(2026, 10, 1), "month")
    return [
        issue_ticket(login_id=login, sitting_id=sitting_id(session_key=sitting(login)), unit=CITY, period=period,
                     language="zh-hans", origin="http://127.0.0.1")
        for login in (make_login(f"looker-{n}", "supervision") for n in range(_PAGES))
    ]


async def _page(port: int, ticket: str, seen: _Seen, opened: asyncio.Semaphore) -> None:
    """One open page: notes when it first holds each value that was sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    writer.write(f"GET /live?ticket={ticket} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    held: dict[str, int] = defaultdict(int)
    is_first = True
    try:
        while line := await reader.readline():
            if not line.startswith(b"data: "):
                continue
            arrived = time.perf_counter()
            cells = json.loads(line[6:]).get("cells", {})
            if is_first:
                is_first = False
                opened.release()
            for indicator in range(_INDICATORS):
                raw = cells.get(f"i{indicator}|{CITY}", {}).get("raw")
                if raw is None:
                    continue
                sent, value = seen.sent[f"i{indicator}"], round(100 * float(raw))
                while held[f"i{indicator}"] < len(sent) and sent[held[f"i{indicator}"]][0] <= value:
                    seen.latencies.append(arrived - sent[held[f"i{indicator}"]][1])
                    held[f"i{indicator}"] += 1
    finally:
        writer.close()


@dataclass
class _Worker:
    """One worker whose browser has the sheet open."""

    sheet: str
    place: int
    cookie: str
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def at_the_sheet(cls, port: int, sheet: str, place: int, cookie: str) -> "_Worker":
        worker = cls(sheet, place, cookie, *await asyncio.open_connection("127.0.0.1", port, limit=2**22))
        await worker.ask(f"GET {sheet}")
        return worker

    async def write(self, until: float, seen: _Seen, dice: Any) -> None:
        """Think, type a higher value, and go on when it is saved."""
        scaled = 0
        await asyncio.sleep(dice.uniform(0, 1))
        while time.perf_counter() < until:
            scaled += dice.randrange(1, 10_000)
            body = f"answer:e{self.place}:2026-10={scaled / 100:.2f}"
            seen.sent[f"i{self.place}"].append((scaled, time.perf_counter()))
            await self.ask(f"POST {self.sheet}answers/e{self.place}/2026-10/", body)
            await asyncio.sleep(dice.uniform(*_PAUSE_SECONDS))
        self.writer.close()

    async def ask(self, what: str, body: str = "") -> None:
        from django.conf import settings

        token = "x" * 32
        more = (
            "HX-Request: true\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"X-CSRFToken: {token}\r\nContent-Length: {len(body)}\r\n"
        )
        self.writer.write((
            f"{what} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more if body else ''}"
            f"Cookie: {settings.CSRF_COOKIE_NAME}={token}; {settings.SESSION_COOKIE_NAME}={self.cookie}\r\n\r\n{body}"
        ).encode())
        status, _ = await _response(self.reader)
        assert status == 200, f"{what} answered {status}"


async def _response(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body of one answer on a connection that stays open."""
    status = int((await reader.readline()).split()[1])
    length, is_chunked = 0, False
    while (line := await reader.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        length = int(value) if name.lower() == "content-length" else length
        is_chunked = is_chunked or (name.lower() == "transfer-encoding" and "chunked" in value)
    if not is_chunked:
        return status, await reader.readexactly(length)
    body = b""
    while size := int((await reader.readline()).strip(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return status, body


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _STARTING_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nobody listens on {port}")
