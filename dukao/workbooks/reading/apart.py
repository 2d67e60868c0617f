"""Reading in a process of its own, with limits on memory and time.

Parsers of such files can be led to hang, to crash or to ask for all memory. Whatever happens over there, here it is
either a workbook or a refusal. One such process reads any number of files, one after the other; after a crash the next
file gets a new one.
"""

import gc
import json
import os
import pickle
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import asdict
from itertools import groupby, islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from dukao.workbooks.grid import Value, Workbook
from dukao.workbooks.problems import USUAL, Limits, Unreadable
from dukao.workbooks.reading.here import read_here
from dukao.workbooks.reading.rows import FlatSheet, sheets_here

_ROOT = str(Path(__file__).resolve().parents[3])
_START = "import sys; sys.path[:] = {path!r}; from dukao.workbooks.reading.apart import serve; serve()"
# What may come over: nothing but plain values and the nouns of a grid.
_WELCOME = {("datetime", n) for n in ("date", "datetime", "time", "timedelta")} | {
    ("dukao.workbooks.grid", n) for n in ("Workbook", "Grid", "Area", "CellError")
}
_STRIP_ROWS = 2_000  # that come over at once where a file comes row by row
_END = "end"  # of such a file; no error is called so
_Strip = tuple[int, str, str, list[list[Value]]]  # the sheet's number, the file's kind, the sheet's name, rows


def read_workbook(path: Path, *, name: str | None = None, limits: Limits = USUAL) -> Workbook:
    """The workbook of this file, called `name` or as the file is. Raises Unreadable."""
    with Reader(limits) as reader:
        return reader.read(path, name=name)


def read_workbooks(paths: Iterable[Path], *, limits: Limits = USUAL) -> Iterator[Workbook | Unreadable]:
    """Each file's workbook or refusal, in their order; much cheaper than one call each where files are small."""
    with Reader(limits) as reader:
        for path in paths:
            try:
                yield reader.read(path)
            except Unreadable as refused:
                yield refused


class Reader:
    """A process that reads; use it as a context manager, from one thread at a time."""

    def __init__(self, limits: Limits = USUAL) -> None:
        self.limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, path: Path, *, name: str | None = None) -> Workbook:
        """Raises Unreadable."""
        until = time.monotonic() + self.limits.seconds
        name = name or path.name
        answer = self._ask(path, name, self.limits.seconds, careful=False)
        if not isinstance(answer, Workbook | dict) and time.monotonic() < until:
            # The fast way asked for too much: a far cell makes it lay out all cells in between.
            answer = self._ask(path, name, until - time.monotonic(), careful=True)
        if isinstance(answer, Workbook):
            return answer
        raise self._refused(answer, until)

    def sheets(self, path: Path, *, most_rows: int | None = None) -> Iterator[FlatSheet]:
        """The sheets that hold cells, row by row while the file is read, up to `most_rows` of each.

        Raises Unreadable, also in the midst of it.
        """
        with closing(self._strips(path, most_rows)) as strips:
            for (_number, kind, name), some in groupby(strips, key=lambda strip: strip[:3]):
                yield FlatSheet(kind, name, (row for strip in some for row in strip[3]))

    def _strips(self, path: Path, most_rows: int | None) -> Generator[_Strip, None, None]:
        until = time.monotonic() + self.limits.seconds
        self._order(path, self.limits.seconds, rows=True, most_rows=most_rows)
        ended = False
        try:
            while True:
                answer = self._answer()
                if isinstance(answer, tuple):
                    yield answer
                    continue
                ended = True
                if answer == _END:
                    return
                raise self._refused(answer, until)
        finally:
            if not ended:
                self.close()  # what is still to come must not answer the next order

    def _refused(self, answer: Any, until: float) -> Unreadable:
        if isinstance(answer, dict):
            return Unreadable(answer["what"], why=answer["why"], todo=answer["todo"])
        if answer:
            why = f"文件已损坏，或读取程序有错（{answer}）"
        elif time.monotonic() < until:
            why = "要用的内存超过限制，或文件已损坏"
        else:
            why = f"读取超过 {self.limits.seconds} 秒"
        return Unreadable("这个文件读不了", why=why, todo="请删除空白的行列后另存为 XLSX，或拆成几个文件")

    def _ask(self, path: Path, name: str, seconds: float, *, careful: bool) -> Any:
        """A workbook, or what `_answer` says of a failure."""
        gc_was_on = gc.isenabled()
        gc.disable()  # millions of new cells, none of them garbage: collecting would take longer than reading
        try:
            self._order(path, seconds, name=name, careful=careful)
            return self._answer()
        finally:
            if gc_was_on:
                gc.enable()

    def _order(self, path: Path, seconds: float, **how: Any) -> None:
        order = {"path": str(path.absolute()), "seconds": seconds, "limits": asdict(self.limits), **how}
        process = self._running()
        assert process.stdin is not None
        with suppress(OSError):  # a process that has ended does not answer, and that is seen there
            process.stdin.write(json.dumps(order).encode() + b"\n")
            process.stdin.flush()

    def _answer(self) -> Any:
        """What came; the words of a refusal, the name of an error, or nothing where the process ended."""
        assert self._process is not None
        assert self._process.stdout is not None
        try:
            return _Welcoming(self._process.stdout).load()
        except (OSError, EOFError, pickle.UnpicklingError, MemoryError, ValueError):
            self.close()
            return None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            start = _START.format(path=[_ROOT, *(p for p in sys.path if p)])
            self._process = subprocess.Popen(  # noqa: S603 (nothing in it comes from a file)
                [sys.executable, "-I", "-S", "-c", start],
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
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _WELCOME:
            raise pickle.UnpicklingError(f"{module}.{name} is not welcome")
        return super().find_class(module, name)


def serve() -> None:
    """The other side: read what standard input orders, one order per line, and answer each on standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    gc.disable()
    answers = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a parser that prints must not disturb the answers
    for line in sys.stdin.buffer:
        _answer(json.loads(line), answers)


def _answer(order: dict[str, Any], answers: IO[bytes]) -> None:
    limits = Limits(**order["limits"])
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, resource.RLIM_INFINITY))
    # The alarm ends this process whatever it is doing, inside of a parser too.
    signal.setitimer(signal.ITIMER_REAL, max(order["seconds"], 0.001))
    answer: Workbook | dict[str, str] | str
    try:
        if order.get("rows"):
            for strip in _strips(Path(order["path"]), limits, order["most_rows"]):
                pickle.dump(strip, answers, protocol=5)
            answer = _END
        else:
            answer = read_here(Path(order["path"]), name=order["name"], limits=limits, careful=order["careful"])
    except Unreadable as refused:
        answer = {"what": refused.what, "why": refused.why, "todo": refused.todo}
    except MemoryError:
        os._exit(1)
    except BaseException as error:  # the parser's panics are no Exception
        answer = type(error).__name__
    pickle.dump(answer, answers, protocol=5)
    answers.flush()
    signal.setitimer(signal.ITIMER_REAL, 0)


def _strips(path: Path, limits: Limits, most_rows: int | None) -> Iterator[_Strip]:
    for number, sheet in enumerate(sheets_here(path, limits, most_rows=most_rows)):
        while rows := list(islice(sheet.rows, _STRIP_ROWS)):
            yield number, sheet.kind, sheet.name, rows
