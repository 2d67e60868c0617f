"""One thread that owns a database: whatever has come by its turn is taken together, so that many share one commit.

No request touches the database itself; between two turns the thread also does what is due (`idle`). An answer leaves
only when the work it speaks of is done.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

Answer = TypeVar("Answer")
Work = Callable[[Sequence[Any]], Sequence[Any]]
_IDLE_SECONDS = 0.25
_MOST_AT_ONCE = 500
_MOST_WAITING = 20_000

logger = logging.getLogger("dukao.ballots")


class Busy(Exception):
    """More is waiting than can be promised an answer."""


class Turns:
    """`work` takes a list of asks and answers each, with a value or an exception; `idle` tells whether more is due.

    With `then`, values are not answers yet but what those turns are asked: so one thread reads and computes while the
    other waits for the disk.
    """

    def __init__(self, work: Work, idle: Callable[[], bool] | None = None, *, then: "Turns | None" = None) -> None:
        self._work, self._idle, self._then = work, idle, then
        self._asks: deque[tuple[Any, asyncio.Future]] = deque()
        self._errands: deque[tuple[Callable[[], Any], asyncio.Future]] = deque()
        self._wake, self._is_over = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="turns", daemon=True)
        self._thread.start()

    def take(self, ask: Any) -> asyncio.Future:
        """The answer of `work` to this ask, or what it failed with. Raises Busy."""
        if len(self._asks) + (len(self._then._asks) if self._then else 0) >= _MOST_WAITING:
            raise Busy
        return self._queued(self._asks, ask)

    def run(self, errand: Callable[[], Answer]) -> Awaitable[Answer]:
        """What this errand comes to, run in the thread between two turns."""
        return self._queued(self._errands, errand)

    def stop(self) -> None:
        """Finish what has come, then end the thread."""
        self._is_over = True
        self._wake.set()
        self._thread.join()

    def _queued(self, queue: deque, what: Any) -> asyncio.Future:
        answer = asyncio.get_running_loop().create_future()
        queue.append((what, answer))
        if not self._wake.is_set():
            self._wake.set()
        return answer

    def _run(self) -> None:
        is_more = False
        while True:
            if not is_more:
                self._wake.wait(_IDLE_SECONDS if self._idle else None)
            self._wake.clear()
            asks = [self._asks.popleft() for _ in range(min(len(self._asks), _MOST_AT_ONCE))]
            if asks:
                self._hand_on([answer for _, answer in asks], self._worked([ask for ask, _ in asks]))
            if self._errands:
                errand, answer = self._errands.popleft()
                _give([answer], [outcome(errand)])
            is_due = self._idle is not None and outcome(self._idle) is True
            is_more = is_due or bool(self._asks) or bool(self._errands)
            if self._is_over and not is_more:
                return

    def _hand_on(self, answers: list[asyncio.Future], outcomes: Sequence[Any]) -> None:
        if self._then is None:
            return _give(answers, outcomes)
        pairs = list(zip(outcomes, answers, strict=True))
        if on := [pair for pair in pairs if not isinstance(pair[0], Exception)]:
            self._then._asks.extend(on)
            self._then._wake.set()
        if done := [pair for pair in pairs if isinstance(pair[0], Exception)]:
            _give([answer for _, answer in done], [outcome for outcome, _ in done])
        return None

    def _worked(self, asks: list[Any]) -> Sequence[Any]:
        try:
            return self._work(asks)
        except Exception as error:
            _tell(error)
            return [error] * len(asks)


def outcome(errand: Callable[[], Any]) -> Any:
    """What an errand comes to, or the exception that it ended with."""
    try:
        return errand()
    except Exception as error:
        _tell(error)
        return error


def _tell(error: Exception) -> None:
    """Leave word of a failure by its kind and place, never by what it was about."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_qualname}:{place.tb_lineno}" if place else "?"
    if not getattr(error, "is_expected", False):
        logger.error("%s in %s", type(error).__name__, where)


def _give(answers: list[asyncio.Future], outcomes: Sequence[Any]) -> None:
    """Hand over, one crossing of threads per event loop."""
    loops = {answer.get_loop() for answer in answers}
    for loop in loops:
        pairs = [(a, o) for a, o in zip(answers, outcomes, strict=True) if a.get_loop() is loop]
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, pairs)


def _settle(pairs: list[tuple[asyncio.Future, Any]]) -> None:
    for answer, outcome in pairs:
        if answer.cancelled():
            continue
        if isinstance(outcome, Exception):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)
