"""A function in a process of its own, with limits on memory and time, and without the database.

Parsers of other people's files can be led to hang, to crash or to ask for all memory. Whatever happens over there,
here it is the function's outcome, a refusal in its words, or `Stopped`. One such process takes any number of calls, one
after the other; after a crash the next call gets a new one.
"""

import gc
import os
import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import IO, Any, Self, TypeVar

from dukao.base.refusals import Refused

_T = TypeVar("_T")
_ROOT = str(Path(__file__).resolve().parents[2])
_START = "import sys; sys.path[:] = {path!r}; from dukao.base.apart import serve; serve({memory}, {written})"
_CALLS_PER_COLLECTION = 20
_ALWAYS_WELCOME = (date, datetime, time, timedelta)


@dataclass(frozen=True)
class Bounds:
    """What a call may take at most; `written_bytes` is for any one file."""

    memory_bytes: int
    seconds: float
    written_bytes: int = 0


class Stopped(Exception):
    """There is no outcome. `error` is the class of what was raised over there; where that is empty, the time was over
    (`is_late`), or the memory did not suffice, or the process crashed."""

    def __init__(self, error: str, *, is_late: bool) -> None:
        self.error, self.is_late = error, is_late
        super().__init__(error or ("late" if is_late else "crashed"))


class Apart:
    """A process for calls; use it as a context manager, from one thread at a time.

    A call is a `partial` of a function that its module names, and nothing that the house must keep secret may be among
    its arguments. Back come plain values and instances of the `welcome` classes, nothing else: what a parser was made
    to do over there cannot make this process do anything. A `Refused` of over there is raised here as a `refusal`.
    """

    def __init__(self, bounds: Bounds, *, welcome: Iterable[type] = (), refusal: type[Refused] = Refused) -> None:
        self.bounds, self._refusal = bounds, refusal
        self._welcome = {(c.__module__, c.__qualname__): c for c in (*_ALWAYS_WELCOME, *welcome)}
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, work: "partial[_T]", *, seconds: float | None = None) -> _T:
        """Its outcome, within so many seconds instead of the usual ones. Raises Stopped, the refusal."""
        gc_was_on = gc.isenabled()
        gc.disable()  # millions of new objects, none of them garbage: collecting would take longer than the call
        try:
            until = self._order(work, seconds, is_stream=False)
            outcome: _T = self._answer(until)[1]
            return outcome
        finally:
            if gc_was_on:
                gc.enable()

    def stream(self, work: "partial[Iterator[_T]]") -> Generator[_T, None, None]:
        """What it yields, while it goes on. Raises Stopped, the refusal, also in the midst of it."""
        until = self._order(work, None, is_stream=True)
        has_ended = False
        try:
            while True:
                has_ended = True  # whatever is raised now is the last of it
                has_more, item = self._answer(until)
                if not has_more:
                    return
                has_ended = False
                yield item
        finally:
            if not has_ended:
                self.close()  # what is still to come must not answer the next call

    def _order(self, work: "partial[Any]", seconds: float | None, *, is_stream: bool) -> float:
        """Hand it over; answer until when it may take."""
        within = self.bounds.seconds if seconds is None else seconds
        process = self._running()
        assert process.stdin is not None
        with suppress(OSError):  # a process that has ended does not answer, and that is seen there
            pickle.dump((within, is_stream, work), process.stdin)
            process.stdin.flush()
        return monotonic() + within

    def _answer(self, until: float) -> tuple[bool, Any]:
        """Whether more will come, and what came."""
        assert self._process is not None
        assert self._process.stdout is not None
        try:
            said, what = _Welcoming(self._process.stdout, self._welcome).load()
        except (OSError, EOFError, pickle.UnpicklingError, MemoryError, ValueError):
            self.close()
            raise Stopped("", is_late=monotonic() >= until) from None
        if said == "refused":
            raise self._refusal(what["what"], why=what["why"], todo=what["todo"])
        if said == "failed":
            raise Stopped(what, is_late=False)
        return said == "item", what

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self.close()
            path = [_ROOT, *(p for p in sys.path if p)]
            bounds = self.bounds
            start = _START.format(path=path, memory=bounds.memory_bytes, written=bounds.written_bytes)
            self._process = subprocess.Popen(  # noqa: S603 (nothing in it comes from a file)
                [sys.executable, "-I", "-S", "-B", "-c", start],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8"},
            )
        return self._process

    def close(self) -> None:
        """End the process. It may be killed at any time: it holds nothing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Welcoming(pickle.Unpickler):
    def __init__(self, source: IO[bytes], welcome: dict[tuple[str, str], type]) -> None:
        super().__init__(source)
        self._classes = welcome

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self._classes[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} is not welcome") from None


def serve(memory_bytes: int, written_bytes: int) -> None:
    """The other side: do what standard input orders, one call after the other, and answer on standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written_bytes, written_bytes))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    gc.disable()
    answers = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a parser that prints must not disturb the answers
    for number in count(1):
        try:
            seconds, is_stream, work = pickle.load(sys.stdin.buffer)  # noqa: S301 (orders come from the house itself)
        except EOFError:
            return
        # The alarm ends this process whatever it is doing, inside of a parser too.
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
        pickle.dump(_said(work, is_stream, answers), answers, protocol=5)
        answers.flush()
        signal.setitimer(signal.ITIMER_REAL, 0)
        if not number % _CALLS_PER_COLLECTION:
            gc.collect()


def _said(work: "partial[Any]", is_stream: bool, answers: IO[bytes]) -> tuple[str, Any]:
    """What a call ends with; all that a stream yields has been answered before."""
    try:
        if not is_stream:
            return "end", work()
        for item in work():
            pickle.dump(("item", item), answers, protocol=5)
        return "end", None
    except Refused as refused:
        return "refused", {"what": str(refused.what), "why": str(refused.why), "todo": str(refused.todo)}
    except MemoryError:
        os._exit(1)
    except BaseException as error:  # a parser's panic is no Exception
        return "failed", type(error).__name__
