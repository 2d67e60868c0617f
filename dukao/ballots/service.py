"""The door of the issuer and of the board: a small ASGI application that keeps nothing of who comes.

No address, header or body is ever logged; bodies are measured before they are read and read before they are parsed;
every refusal is one line of JSON. Browsers may ask from the pages' own origins only.
"""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from dukao.ballots.turns import Busy, Turns
from dukao.ballots.wire import Unreadable, canonical, parse

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Scope = dict[str, Any]

_BODY_MOST, _ADMIN_BODY_MOST = 8_000, 64_000_000
_BODY_SECONDS, _ADMIN_BODY_SECONDS, _LOOK_SECONDS = 10.0, 120.0, 0.5

logger = logging.getLogger("dukao.ballots")


class Fault(Exception):
    """Why not, as one word for programs and a sentence for people."""

    is_expected = True

    def __init__(self, status: int, error: str, message: str, *, wait: int = 0) -> None:
        super().__init__(error)
        self.status, self.error, self.message, self.wait = status, error, message, wait


class Asked(NamedTuple):
    """One request, read. `place` is what stands for the star of its route; `address` is for counting, never kept."""

    place: str
    query: dict[str, str]
    body: dict[str, Any]
    address: str


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
        self._origins = frozenset(origin.encode() for origin in origins)
        self._paths = {path for _, path in routes}
        self._awaited: dict[asyncio.Task, float] = {}
        self._is_looking = False

    def stop(self) -> None:
        """End the threads behind the door, once they have done what has come."""
        for thread in self._threads:
            thread.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        try:
            answer = await self._answer(scope, headers, origin, receive)
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
        await send({"type": "http.response.start", "status": answer.status, "headers": self._headers(origin, answer)})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Scope, headers: dict, origin: bytes | None, receive: Receive) -> Reply:
        if origin is not None and origin not in self._origins:
            raise Fault(403, "origin", "pages of other sites may not ask here")
        method, path = scope["method"], scope["path"]
        if method == "OPTIONS":
            return Reply(204, b"")
        route, place = self._route(path)
        handler = self._routes.get((method, route))
        if handler is None:
            if route in self._paths:
                raise Fault(405, "method", "not asked this way")
            raise Fault(404, "nothing", "there is nothing here")
        is_admin = route.startswith("/admin/")
        if is_admin and not hmac.compare_digest(headers.get(b"authorization", b""), self._secret):
            raise Fault(403, "secret", "the shared secret is wanted")
        body = await self._body(headers, receive, is_admin=is_admin) if method == "POST" else {}
        done = await handler(Asked(place, _query(scope["query_string"]), body, self._address(scope, headers)))
        return done if isinstance(done, Reply) else Reply(200, canonical(done).encode())

    async def _body(self, headers: dict[bytes, bytes], receive: Receive, *, is_admin: bool) -> dict[str, Any]:
        most = _ADMIN_BODY_MOST if is_admin else _BODY_MOST
        if headers.get(b"content-type", b"").partition(b";")[0].strip() != b"application/json":
            raise Fault(415, "type", "application/json is wanted")
        announced = headers.get(b"content-length", b"0")
        if not announced.isdigit() or int(announced[:12]) > most:
            raise Fault(413, "large", f"more than {most} bytes are not read")
        seconds = _ADMIN_BODY_SECONDS if is_admin else _BODY_SECONDS
        return parse(await self._in_time(_received(receive, most), seconds))

    async def _in_time(self, body: Awaitable[bytes], seconds: float) -> bytes:
        """The body. One look now and then over all that are awaited costs less than a timer for each."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        if not self._is_looking:
            self._is_looking = True
            loop.call_later(_LOOK_SECONDS, self._look, loop)
        self._awaited[task] = loop.time() + seconds
        try:
            return await body
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

    def _address(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        """The connection's, or what the outermost of the house's own proxies wrote down; empty where nobody knows."""
        passed = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
        if 0 < self._proxies <= len(passed):
            return passed[-self._proxies].strip()
        return (scope.get("client") or ("",))[0]

    def _route(self, path: str) -> tuple[str, str]:
        if path in self._paths:
            return path, ""
        parts = path.split("/")
        if len(parts) > 2:
            place, parts[2] = parts[2], "*"
            return "/".join(parts), place
        return path, ""

    def _headers(self, origin: bytes | None, answer: Reply) -> list[tuple[bytes, bytes]]:
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(answer.body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            (b"vary", b"Origin"),
        ]
        if origin in self._origins and origin is not None:
            headers.append((b"access-control-allow-origin", origin))
            if answer.status == 204:
                headers += [
                    (b"access-control-allow-methods", b"GET, POST"),
                    (b"access-control-allow-headers", b"content-type"),
                    (b"access-control-max-age", b"600"),
                ]
        return headers


async def _received(receive: Receive, most: int) -> bytes:
    parts, size, is_more = [], 0, True
    while is_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Fault(400, "gone", "the body did not come to its end")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        is_more = message.get("more_body", False)
        if size > most:
            raise Fault(413, "large", f"more than {most} bytes are not read")
    return b"".join(parts)


def _query(text: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(text.decode("latin-1"), max_num_fields=5)) if text else {}
    except ValueError:
        raise Unreadable("the query cannot be read") from None


def _refusal(fault: Fault) -> Reply:
    told = {"error": fault.error, "message": fault.message} | ({"wait": fault.wait} if fault.wait else {})
    return Reply(fault.status, canonical(told).encode())
