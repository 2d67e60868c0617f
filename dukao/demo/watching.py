"""How soon an open page shows what was typed: real pages of a real server, opened and listened to as browsers do."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from http.client import HTTPConnection, HTTPException
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

_START_SECONDS, _SIGHT_SECONDS = 40.0, 10.0
# Whoever runs this may have a house of their own; this one stands on ports of its own.
_NEIGHBOURS = {"DUKAO_LIVE_URL", "DUKAO_ISSUER_URL", "DUKAO_BOARD_URL"}


class NotSeen(RuntimeError):
    """The server did not come up, or a page did not show what was typed."""


@dataclass(frozen=True)
class Sighting:
    """Milliseconds from the keystroke's action to each open page, sorted."""

    milliseconds: tuple[float, ...]
    pages: int

    def percentile(self, percent: int) -> float:
        """The smallest value that so many percent of the sightings do not exceed (nearest rank)."""
        rank = -(-len(self.milliseconds) * percent // 100)
        return self.milliseconds[max(0, rank - 1)]


@dataclass
class OpenPage:
    """One stream of live updates; remembers when each value of the watched cell came."""

    url: str
    cell: str
    seen: dict[Decimal, float] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)
    connection: HTTPConnection | None = None

    def listen(self) -> None:
        """Read messages until the stream is closed."""
        parts = urlsplit(self.url)
        self.connection = HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        with suppress(OSError, HTTPException, ValueError, AttributeError):
            self.connection.request("GET", f"{parts.path}?{parts.query}")
            for line in self.connection.getresponse():
                cell = json.loads(line[6:]).get("cells", {}).get(self.cell) if line.startswith(b"data: ") else None
                if cell and cell["raw"] is not None:
                    with self.changed:
                        self.seen.setdefault(Decimal(cell["raw"]), time.perf_counter())
                        self.changed.notify_all()

    def wait_for(self, is_there: Callable[[dict[Decimal, float]], bool]) -> None:
        """Until the page has seen what is waited for. Raises NotSeen."""
        with self.changed:
            if not self.changed.wait_for(lambda: is_there(self.seen), timeout=_SIGHT_SECONDS):
                raise NotSeen(f"打开的页面 {_SIGHT_SECONDS:.0f} 秒内没有收到更新")

    def close(self) -> None:
        if self.connection and self.connection.sock:
            with suppress(OSError):
                self.connection.sock.shutdown(socket.SHUT_RDWR)


@contextmanager
def served() -> Iterator[str]:
    """The house on a free port of this machine, for as long as the block runs; gives its address."""
    port = _free_ports()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "dukao.cli.main", "serve", "--port", str(port), "--workers", "1", "--no-work"]
    environment = {k: v for k, v in os.environ.items() if k not in _NEIGHBOURS}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # noqa: S603
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not all(_answers(wanted) for wanted in range(port, port + 4)):
            if server.poll() is not None:
                raise NotSeen((server.stderr.read() if server.stderr else b"").decode(errors="replace")[-500:])
            if time.monotonic() > deadline:
                raise NotSeen(f"服务 {_START_SECONDS:.0f} 秒内没有起来")
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.communicate(timeout=20)
        server.kill()


def page_streams(address: str, *, login: str, password: str, unit: str, period: str, pages: int) -> list[str]:
    """Sign in once, open the unit's page so often, and answer the addresses of their streams of updates."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    token = _found(r'name="csrfmiddlewaretoken" value="([^"]+)"', _get(browser, f"{address}/sign-in/"))
    given = urlencode({"csrfmiddlewaretoken": token, "name": login, "password": password, "next": "/"})
    browser.open(f"{address}/sign-in/", given.encode(), timeout=30).read()
    streams = []
    for _page in range(pages):
        html = _get(browser, f"{address}/units/{unit}/?period={period}")
        url, ticket = _found(r'data-url="([^"]+)"', html), _found(r'data-ticket="([^"]+)"', html)
        streams.append(f"{url}?{urlencode({'ticket': ticket})}")
    return streams


def sightings(
    streams: list[str], *, cell: str, typings: int, write: Callable[[int], Decimal], pause: Callable[[int], float]
) -> Sighting:
    """Let `write(n)` type something `typings` times; measure when each page shows the value it answers."""
    pages = [OpenPage(url, cell) for url in streams]
    for page in pages:
        threading.Thread(target=page.listen, daemon=True).start()
    found = []
    try:
        for page in pages:
            page.wait_for(bool)
        for number in range(typings):
            time.sleep(pause(number))
            began = time.perf_counter()
            value = write(number)
            for page in pages:
                page.wait_for(lambda seen, value=value: value in seen)  # type: ignore[misc]
                found.append((page.seen[value] - began) * 1000)
    finally:
        for page in pages:
            page.close()
    return Sighting(tuple(sorted(found)), len(pages))


def _get(browser: OpenerDirector, url: str) -> str:
    try:
        with browser.open(url, timeout=30) as answer:
            return answer.read().decode()
    except HTTPError as error:
        raise NotSeen(f"{urlsplit(url).path} 答 {error.code}") from None


def _found(pattern: str, html: str) -> str:
    match = re.search(pattern, html)
    if not match:
        raise NotSeen(f"页面里没有 {pattern}")
    return match[1]


def _free_ports() -> int:
    """A port that can be had together with the next three."""
    for _attempt in range(50):
        with ExitStack() as stack:
            first = stack.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            with suppress(OSError, OverflowError):
                for step in (1, 2, 3):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port + step))
                return port
    raise NotSeen("找不到空闲端口")


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
