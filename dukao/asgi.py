"""The live process, for any ASGI server: `GET /live?ticket=…` is a stream of server-sent events (see `web.live`).

Pages are not served here; they are `dukao.wsgi`.
"""

import asyncio
import logging
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dukao.settings")
django.setup()

from dukao.web.live import (  # noqa: E402 (Django must be set up first)
    Hub,
    Subscriber,
    Ticket,
    end,
    looker,
    message,
    read_ticket,
    renewed,
)

HEARTBEAT_SECONDS = 15
RIGHT_CHECK_SECONDS = 60
TICKET_RENEWAL_SECONDS = 300
STREAMS_PER_LOGIN = 12
STREAMS_IN_ALL = 2_000

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

logger = logging.getLogger("dukao.asgi")
hub = Hub()
_open: Counter[int] = Counter()  # streams per login


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer one request: a stream, or in one word why not."""
    if scope["type"] != "http":
        return
    if scope["path"] == "/live/health":
        await _answer(send, 200, "ok")
    elif scope["path"] != "/live":
        await _answer(send, 404, "not found")
    elif scope["method"] != "GET":
        await _answer(send, 405, "method not allowed")
    else:
        await _live(scope, receive, send)


async def _live(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Check the ticket, its origin, the limits and the right, in this order; then stream."""
    wanted = parse_qs(scope["query_string"].decode("latin-1"))
    ticket = read_ticket(wanted.get("ticket", [""])[0])
    origin = dict(scope["headers"]).get(b"origin", b"").decode("latin-1")
    if ticket is None or origin not in ("", ticket.origin):
        await _answer(send, 403, "ticket is not good (any more): load the page again")
        return
    if _open[ticket.login_id] >= STREAMS_PER_LOGIN or _open.total() >= STREAMS_IN_ALL:
        await _answer(send, 429, "too many open pages", origin)
        return
    _open[ticket.login_id] += 1
    try:
        actor = await hub.in_thread(looker, ticket)
        if actor is None:
            await _answer(send, 403, "not allowed (any more)", origin)
            return
        await _stream(ticket, actor.name, origin, receive, send)
    finally:
        _open[ticket.login_id] -= 1
        if not _open[ticket.login_id]:
            del _open[ticket.login_id]


async def _stream(ticket: Ticket, login: str, origin: str, receive: Receive, send: Send) -> None:
    view, subscriber = await hub.join(ticket, login)
    gone = asyncio.create_task(_until_gone(receive))
    keeper = asyncio.create_task(_keep(ticket, subscriber))
    try:
        await _begin(send, 200, b"text/event-stream; charset=utf-8", origin)
        # How soon the browser may come again where the stream breaks.
        await _send(send, b"retry: 3000\n\n")
        while not gone.done():
            if (next_message := await _next(subscriber, gone)) is None:
                break
            await _send(send, next_message)
        if not gone.done():
            await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
        keeper.cancel()
        hub.leave(view, subscriber)


async def _next(subscriber: Subscriber, gone: asyncio.Task) -> bytes | None:
    """The next message, or a comment to keep the line open; None where the stream is to end."""
    waiting = asyncio.create_task(subscriber.messages.get())
    done, _ = await asyncio.wait({waiting, gone}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    if waiting in done:
        return waiting.result()
    waiting.cancel()
    return None if gone in done else b": still here\n\n"


async def _keep(ticket: Ticket, subscriber: Subscriber) -> None:
    """Look in time whether sitting and right still stand, and renew the ticket."""
    clock = asyncio.get_running_loop().time
    renewed_at = clock()
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(subscriber.is_in_doubt.wait(), RIGHT_CHECK_SECONDS)
        subscriber.is_in_doubt.clear()
        try:
            is_over = await hub.in_thread(looker, ticket) is None
        except Exception:
            logger.exception("live updates are waiting for the database")
            await asyncio.sleep(1)
            subscriber.is_in_doubt.set()
            continue
        if is_over:
            end(subscriber, message("over", {}))
            return
        if clock() - renewed_at >= TICKET_RENEWAL_SECONDS:
            renewed_at = clock()
            await subscriber.messages.put(message("ticket", {"ticket": renewed(ticket)}))


async def _until_gone(receive: Receive) -> None:
    with suppress(Exception):
        while (await receive())["type"] != "http.disconnect":
            pass


async def _begin(send: Send, status: int, content_type: bytes, origin: str = "") -> None:
    headers = [
        (b"content-type", content_type),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        # Proxies must pass each message on at once.
        (b"x-accel-buffering", b"no"),
        (b"vary", b"origin"),
    ]
    if origin:
        headers.append((b"access-control-allow-origin", origin.encode("latin-1")))
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _send(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _answer(send: Send, status: int, text: str, origin: str = "") -> None:
    await _begin(send, status, b"text/plain; charset=utf-8", origin)
    await send({"type": "http.response.body", "body": text.encode()})
