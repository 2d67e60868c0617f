"""The door of the issuer and of the board: a small RSGI application that keeps nothing of who comes.

RSGI is granian's own and what a rating costs least under: ASGI's headers and messages take a fifth of it.

No address, header or body is ever logged; bodies are measured before they are read and read before they are parsed;
every refusal is one line of JSON. Browsers may ask from the pages' own origins only.
"""

import asyncio
import gc
import hmac
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from granian.rsgi import Headers, HTTPProtocol, ProtocolClosed, ProtocolError, Scope

from dukao.ballots.turns import Busy, Turns
from dukao.ballots.wire import Unreadable, canonical, parse
from dukao.base.floods import address_of

_BODY_MOST, _ADMIN_BODY_MOST = 8_000, 64_000_000
_LENGTH_DIGITS = 12
_OBJECTS_BETWEEN_LOOKS = 20_000
_BODY_SECONDS, _ADMIN_BODY_SECONDS, _LOOK_SECONDS = 10.0, 120.0, 0.5

_ALWAYS = [
    ("content-type", "application/json"), ("cache-control", "no-store"), ("x-content-type-options", "nosniff"),
    ("vary", "Origin"),
]  # fmt: skip
_ALLOWED = [
    ("access-control-allow-methods", "GET, POST"), ("access-control-allow-headers", "content-type"),
    ("access-control-max-age", "600"),
]  # fmt: skip

logger = logging.getLogger("dukao.ballots")


class Fault(Exception):
    """Why not, as one word for programs and a sentence for people."""

    is_expected = True

    def __init__(self, status: int, error: str, message: str, *, wait: int = 0) -> None:
        super().__init__(error)
        self.status, self.error, self.message, self.wait = status, error, message, wait


@dataclass
class Asked:
    """One request. `place` is what stands for the star of its route; `address` is for counting, never kept."""

    place: str
    query: dict[str, str]
    content: bytes
    address: str

    @cached_property
    def body(self) -> dict[str, Any]:
        """The content, read. Raises Unreadable."""
        return parse(self.content)


class Reply(NamedTuple):
    status: int
    body: bytes


Handler = Callable[[Asked], Awaitable[Reply | dict[str, Any]]]


class Service:
    """Routes are `(method, path)`; a star in a path stands for one part. Paths under /admin/ want the shared secret."""

    def __init__(
        self, routes: Mapping[tuple[str, str], Handler], *, secret: str, origins: Collection[str],
        threads: Sequence[Turns] = (), proxies: int = 0,
    ) -> None:  # fmt: skip
        self._threads, self._proxies = threads, proxies
        self._routes, self._secret = routes, f"Bearer {secret}".encode()
        self._origins = frozenset(origins)
        self._paths = {path for _, path in routes}
        self._awaited: dict[asyncio.Task, float] = {}
        self._is_looking = False

    def __rsgi_init__(self, _loop: asyncio.AbstractEventLoop) -> None:
        """Requests leave hardly a cycle; to look for some after every 700 objects is a fifteenth of a rating's cost."""
        gc.freeze()
        gc.set_threshold(_OBJECTS_BETWEEN_LOOKS)

    def stop(self) -> None:
        """End the threads behind the door, once they have done what has come."""
        for thread in self._threads:
            thread.stop()

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        headers = scope.headers  # made anew at every look
        origin = headers.get("origin")
        try:
            answer = await self._answer(scope, headers, origin, protocol)
        except Fault as fault:
            answer = _refusal(fault)
        except Unreadable as unreadable:
            answer = _refusal(Fault(422, "unreadable", str(unreadable)))
        except Busy:
            answer = _refusal(Fault(503, "busy", "too many are waiting; try again in a moment"))
        except asyncio.CancelledError:
            raise
        except Exception as error:
            # Its kind only: a traceback would hold what was sent.
            logger.error("answering failed: %s", type(error).__name__)
            answer = _refusal(Fault(503, "unavailable", "this could not be done now; nothing was acknowledged"))
        protocol.response_bytes(answer.status, self._headers(origin, answer), answer.body)

    async def _answer(self, scope: Scope, headers: Headers, origin: str | None, protocol: HTTPProtocol) -> Reply:
        if origin is not None and origin not in self._origins:
            raise Fault(403, "origin", "pages of other sites may not ask here")
        method = scope.method
        if method == "OPTIONS":
            return Reply(204, b"")
        route, place = self._route(scope.path)
        handler = self._routes.get((method, route))
        if handler is None:
            if route in self._paths:
                raise Fault(405, "method", "not asked this way")
            raise Fault(404, "nothing", "there is nothing here")
        is_admin = route.startswith("/admin/")
        if is_admin and not hmac.compare_digest(headers.get("authorization", "").encode(), self._secret):
            raise Fault(403, "secret", "the shared secret is wanted")
        content = await self._content(headers, protocol, is_admin=is_admin) if method == "POST" else b""
        done = await handler(Asked(place, _query(scope.query_string), content, self._address(scope, headers)))
        return done if isinstance(done, Reply) else Reply(200, canonical(done).encode())

    async def _content(self, headers: Headers, protocol: HTTPProtocol, *, is_admin: bool) -> bytes:
        most = _ADMIN_BODY_MOST if is_admin else _BODY_MOST
        if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise Fault(415, "type", "application/json is wanted")
        # The server reads as many bytes as were announced and no more; a body in chunks announces nothing.
        announced = headers.get("content-length", "")
        if "transfer-encoding" in headers or not announced.isdigit():
            raise Fault(411, "length", "the length of the body is wanted")
        if len(announced) > _LENGTH_DIGITS or int(announced) > most:
            raise Fault(413, "large", f"more than {most} bytes are not read")
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        # One look now and then over all bodies that are awaited costs less than a timer for each.
        if not self._is_looking:
            self._is_looking = True
            loop.call_later(_LOOK_SECONDS, self._look, loop)
        self._awaited[task] = loop.time() + (_ADMIN_BODY_SECONDS if is_admin else _BODY_SECONDS)
        try:
            return await protocol()
        except (ProtocolClosed, ProtocolError):
            raise Fault(400, "gone", "the body did not come to its end") from None
        except asyncio.CancelledError:
            if self._awaited[task] > loop.time():
                raise
            task.uncancel()
            raise Fault(408, "slow", "the body did not come in time") from None
        finally:
            del self._awaited[task]

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        for task, due in self._awaited.items():
            if due <= loop.time():
                task.cancel()
        self._is_looking = bool(self._awaited)
        if self._is_looking:
            loop.call_later(_LOOK_SECONDS, self._look, loop)

    def _address(self, scope: Scope, headers: Headers) -> str:
        connection = scope.client.rpartition(":")[0].strip("[]")
        if not self._proxies:
            return connection
        passed = ",".join(value for name, value in headers.items() if name == "x-forwarded-for")
        return address_of(connection, passed, proxies=self._proxies)

    def _route(self, path: str) -> tuple[str, str]:
        if path in self._paths:
            return path, ""
        parts = path.split("/")
        if len(parts) > 2:
            place, parts[2] = parts[2], "*"
            return "/".join(parts), place
        return path, ""

    def _headers(self, origin: str | None, answer: Reply) -> list[tuple[str, str]]:
        if origin is None or origin not in self._origins:
            return _ALWAYS
        allowed = [*_ALWAYS, ("access-control-allow-origin", origin)]
        return allowed + _ALLOWED if answer.status == 204 else allowed


def _query(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, max_num_fields=5)) if text else {}
    except ValueError:
        raise Unreadable("the query cannot be read") from None


def _refusal(fault: Fault) -> Reply:
    told = {"error": fault.error, "message": fault.message} | ({"wait": fault.wait} if fault.wait else {})
    return Reply(fault.status, canonical(told).encode())
