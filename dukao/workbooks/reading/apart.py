"""Reading in a process of its own: whatever a file does to its parser, here it is either a workbook or a refusal."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self, TypeVar

from dukao.base.apart import Apart, Bounds, Stopped
from dukao.workbooks.grid import Area, CellError, Grid, Value, Workbook
from dukao.workbooks.problems import USUAL, Limits, Unreadable
from dukao.workbooks.reading.here import read_here
from dukao.workbooks.reading.rows import FlatSheet, sheets_here

_T = TypeVar("_T")
_STRIP_ROWS = 2_000  # that come over at once where a file comes row by row
# The sheet's number, the file's kind, the sheet's name, its doubts, and rows.
_Strip = tuple[int, str, str, tuple[str, ...], list[list[Value]]]


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

    WELCOME: tuple[type, ...] = (Workbook, Grid, Area, CellError)

    def __init__(self, limits: Limits = USUAL) -> None:
        self.limits = limits
        bounds = Bounds(memory_bytes=limits.memory_bytes, seconds=limits.seconds)
        self._apart = Apart(bounds, welcome=self.WELCOME, refusal=Unreadable)

    def read(self, path: Path, *, name: str | None = None) -> Workbook:
        """Raises Unreadable."""
        return self._outcome(partial(read_here, path.absolute(), name=name or path.name, limits=self.limits))

    def _outcome(self, work: "partial[_T]") -> _T:
        """Of something done with a file. Raises Unreadable."""
        until = monotonic() + self.limits.seconds
        try:
            return self._apart.call(work)
        except Stopped as stopped:
            if (left := until - monotonic()) <= 0:
                raise self._refused(stopped) from None
        try:  # the fast way asked for too much: a far cell makes it lay out all cells in between
            return self._apart.call(partial(work, careful=True), seconds=left)
        except Stopped as stopped:
            raise self._refused(stopped) from None

    def sheets(self, path: Path, *, most_rows: int | None = None) -> Iterator[FlatSheet]:
        """The sheets that hold cells, row by row while the file is read, up to `most_rows` of each.

        Raises Unreadable, also in the midst of it.
        """
        with closing(self._strips(path, most_rows)) as strips:
            for (_number, kind, name, doubts), some in groupby(strips, key=lambda strip: strip[:4]):
                yield FlatSheet(kind, name, (row for strip in some for row in strip[4]), doubts)

    def _strips(self, path: Path, most_rows: int | None) -> Generator[_Strip, None, None]:
        with closing(self._apart.stream(partial(strips_here, path.absolute(), self.limits, most_rows))) as strips:
            try:
                yield from strips
            except Stopped as stopped:
                raise self._refused(stopped) from None

    def _refused(self, stopped: Stopped) -> Unreadable:
        return not_read(stopped, self.limits.seconds, todo="请删除空白的行列后另存为 XLSX，或拆成几个文件")

    def close(self) -> None:
        self._apart.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def not_read(stopped: Stopped, seconds: float, *, todo: str) -> Unreadable:
    """The refusal of a file whose reading was stopped."""
    if stopped.error:
        why = f"文件已损坏，或读取程序有错（{stopped.error}）"
    elif stopped.is_late:
        why = f"读取超过 {seconds:g} 秒"
    else:
        why = "要用的内存超过限制，或文件已损坏"
    return Unreadable("这个文件读不了", why=why, todo=todo)


def strips_here(path: Path, limits: Limits, most_rows: int | None) -> Iterator[_Strip]:
    """What comes over from a file that is read row by row."""
    for number, sheet in enumerate(sheets_here(path, limits, most_rows=most_rows)):
        while rows := list(islice(sheet.rows, _STRIP_ROWS)):
            yield number, sheet.kind, sheet.name, sheet.doubts, rows
