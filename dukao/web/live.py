"""Live updates: open pages are told which of their figures changed, within a second and without reloading.

1. The page of a unit carries a ticket (`issue_ticket`): signed, for one sitting, unit, period, language and origin,
   good for ten minutes. The browser opens `LIVE_URL?ticket=…` as a stream of server-sent events.
2. The live process (`dukao.asgi`) looks at the trail ten times a second. Events of rooms that change figures mark the
   views (unit, period) they touch; each marked view is computed once, however many pages show it.
3. What differs from the last time goes out to all pages of that view.
4. Every view is computed once a minute in any case: on PostgreSQL an event can commit so long after later numbers that
   whoever reads the trail by number has passed it.

Messages, all JSON:

- `event: figures` — `{"cells": {"<indicator>|<unit code>": CELL, …}, "at": "<ISO instant>"}`; the first one after
  opening holds every cell of the page, later ones only those that changed. CELL is `{"text": "12,845.00",
  "short": "1.28亿元", "raw": "12845.00", "pending": 3, "change": "+3.2%", "state": "known",
  "held": ["info", "含待审"]}`: `text` stands under
  a head that names the unit of measure, `short` carries its own; `raw` is null and `text` says so where nothing is
  known; `pending` counts the values still to be accepted; `held`
  is tone and text of the badge that says how much of what could be known is known.
- `event: ticket` — `{"ticket": "…"}`: the next ticket, for opening the stream again after it broke.
- `event: over` — the last one: the sitting has ended, or the right to see the unit.
- a comment every 15 seconds while nothing happens.

Whether sitting and right still stand is looked at when the trail tells something of the login, and every minute. 403:
the ticket is not, or no longer, good: load the page again. 429: too many streams.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.core import signing
from django.db import close_old_connections
from django.utils import timezone, translation

from dukao.base.news import News, NewsReader
from dukao.base.periods import Period
from dukao.base.refusals import NotThere
from dukao.indicators.queries import LiveFigure, live_figures
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.web import words
from dukao.web.figures import figure_text, format_change, format_figure

TICKET_SECONDS = 600
TICK_SECONDS = 0.1
RECOMPUTE_SECONDS = 60.0
_WAITING_MESSAGES = 100
_SALT = "dukao.live"
# Events of these rooms can change a figure.
_ROOMS = ("registers.", "sheets.", "indicators.", "org.unit")

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a page may listen to. `origin` is the page's own: no other site's script may read the stream."""

    login_id: int
    sitting_id: int
    unit: str
    period: int
    language: str
    origin: str


@dataclass(eq=False)
class Subscriber:
    """One open stream; messages wait here until the socket takes them."""

    language: str
    login: str
    # None ends the stream.
    messages: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(_WAITING_MESSAGES))
    # Set where the trail told something of the login, which may have ended its right.
    is_in_doubt: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class View:
    """One unit and period that somebody looks at, and what was last told about it."""

    unit: str
    path: str
    period: Period
    figures: dict[str, LiveFigure] = field(default_factory=dict)
    at: datetime | None = None
    is_marked: bool = False
    subscribers: set[Subscriber] = field(default_factory=set)


def issue_ticket(*, login_id: int, sitting_id: int, unit: str, period: Period, language: str, origin: str) -> str:
    """A ticket for a page that has just been shown, so the right was checked."""
    return renewed(Ticket(login_id, sitting_id, unit, period.key, language, origin))


def renewed(ticket: Ticket) -> str:
    """The same ticket, good for another while."""
    return signing.dumps(astuple(ticket), salt=_SALT, compress=True)


def read_ticket(text: str) -> Ticket | None:
    """The ticket, or None where it is forged or too old."""
    try:
        return Ticket(*signing.loads(text, salt=_SALT, max_age=TICKET_SECONDS))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def looker(ticket: Ticket) -> Actor | None:
    """Who sits behind the ticket, while the sitting lasts and may see the unit's figures."""
    try:
        actor = org.actor_sitting(sitting_id=ticket.sitting_id, at=timezone.now())
        return actor if actor.may("FIGURES_SEE", org.unit_by_code(ticket.unit).path) else None
    except NotThere:
        return None


class Hub:
    """All open streams of this process, and the one loop that watches the trail for them."""

    def __init__(self) -> None:
        self.views: dict[tuple[str, int], View] = {}
        self._watcher: asyncio.Task | None = None
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="live")

    async def join(self, ticket: Ticket, login: str) -> tuple[View, Subscriber]:
        """Open a stream of this login on a view; its first message is the whole view."""
        key = (ticket.unit, ticket.period)
        view = self.views.get(key)
        if view is None:
            path = (await self.in_thread(org.unit_by_code, ticket.unit)).path
            view = self.views.setdefault(key, View(ticket.unit, path, Period(ticket.period)))
        subscriber = Subscriber(ticket.language, login)
        view.subscribers.add(subscriber)
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._watch())
        if view.at is None:
            view.is_marked = True
        else:
            subscriber.messages.put_nowait(_figures_message(view, view.figures, ticket.language))
        return view, subscriber

    def leave(self, view: View, subscriber: Subscriber) -> None:
        view.subscribers.discard(subscriber)
        if not view.subscribers:
            self.views.pop((view.unit, view.period.key), None)

    async def in_thread(self, work: Callable[..., Answer], *args: Any) -> Answer:
        """Run database work beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, _with_connection, work, args)

    async def _watch(self) -> None:
        """Until nobody listens: look at the trail, mark, compute, tell. A failing database is tried again."""
        reader: NewsReader | None = None
        computing: asyncio.Task | None = None
        everything_at = asyncio.get_running_loop().time() + RECOMPUTE_SECONDS
        while self.views:
            started = asyncio.get_running_loop().time()
            if reader is None:
                reader = await self._persist(self.in_thread, NewsReader)
                continue
            self._mark(await self._persist(self.in_thread, reader.new) or [])
            if started >= everything_at:
                everything_at = started + RECOMPUTE_SECONDS
                for view in self.views.values():
                    view.is_marked = True
            if computing is None or computing.done():
                computing = asyncio.create_task(self._compute_marked())
            spent = asyncio.get_running_loop().time() - started
            await asyncio.sleep(max(TICK_SECONDS - spent, 0.01))

    def _mark(self, news: list[News]) -> None:
        """Mark the views of the units that the events concern, those above and those below; doubt who changed."""
        changed = {one.subject for one in news if one.verb.startswith("org.")}
        for subscriber in [s for view in self.views.values() for s in view.subscribers] if changed else ():
            if f"login:{subscriber.login}" in changed:
                subscriber.is_in_doubt.set()
        for path in {one.unit_path for one in news if one.verb.startswith(_ROOMS)}:
            for view in self.views.values():
                if view.path.startswith(path) or path.startswith(view.path):
                    view.is_marked = True

    async def _persist(self, work: Callable[..., Awaitable[Answer]], *args: Any) -> Answer | None:
        """A failing database must not end the watch: say so, wait a second, go on."""
        try:
            return await work(*args)
        except Exception:
            logger.exception("live updates are waiting for the database")
            await asyncio.sleep(1)
            return None

    async def _compute_marked(self) -> None:
        """Compute every marked view once; one that fails is tried again, after the others."""
        is_failing = False
        for view in [view for view in self.views.values() if view.is_marked]:
            view.is_marked = False
            try:
                figures = await self.in_thread(lambda view=view: live_figures(unit=view.unit, period=view.period))
            except NotThere:
                for subscriber in view.subscribers:
                    end(subscriber)
            except Exception:
                logger.exception("the figures of %s cannot be computed", view.unit)
                view.is_marked = is_failing = True
            else:
                self._tell(view, figures)
        if is_failing:
            await asyncio.sleep(1)

    def _tell(self, view: View, figures: dict[str, LiveFigure]) -> None:
        """Send what changed to all pages of the view; a page that takes nothing any more is let go."""
        changed = {key: figure for key, figure in figures.items() if view.figures.get(key) != figure}
        view.figures, view.at = figures, timezone.now()
        messages = {
            language: _figures_message(view, changed, language)
            for language in {subscriber.language for subscriber in view.subscribers}
        }
        for subscriber in view.subscribers if changed else ():
            try:
                subscriber.messages.put_nowait(messages[subscriber.language])
            except asyncio.QueueFull:
                end(subscriber)


def _with_connection(work: Callable[..., Answer], args: tuple) -> Answer:
    close_old_connections()
    return work(*args)


def _figures_message(view: View, figures: dict[str, LiveFigure], language: str) -> bytes:
    with translation.override(language):
        cells = {key: _cell(figure) for key, figure in figures.items()}
    return message("figures", {"cells": cells, "at": view.at.isoformat() if view.at else None})


def _cell(figure: LiveFigure) -> dict[str, Any]:
    return {
        "text": format_figure(figure.value, decimals=figure.decimals),
        "short": str(figure_text(figure.value, decimals=figure.decimals, unit=figure.unit, style="short")),
        "raw": None if figure.value is None else str(figure.value),
        "pending": figure.counts.pending,
        "change": format_change(figure.on_year, unit=figure.unit, decimals=figure.decimals),
        "state": figure.state,
        "held": words.held(*figure.counts),
    }


def message(event: str, data: dict[str, Any]) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"event: {event}\ndata: {text}\n\n".encode()


def end(subscriber: Subscriber, *last: bytes) -> None:
    """End the stream; what waited is dropped for these last messages."""
    with suppress(asyncio.QueueEmpty):
        while True:
            subscriber.messages.get_nowait()
    for one in (*last, None):
        subscriber.messages.put_nowait(one)
