"""A file read and understood at one go, both in the process apart: understanding can take too much as well."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dukao.workbooks import tables
from dukao.workbooks.grid import Workbook
from dukao.workbooks.problems import USUAL, Limits, Unreadable
from dukao.workbooks.reading import Reader, read_here
from dukao.workbooks.tables import Understood
from dukao.workbooks.understanding import understand


@dataclass(frozen=True)
class Opened:
    """A workbook as it stands, and what it means."""

    workbook: Workbook
    understood: Understood


def open_workbook(path: Path, *, name: str | None = None, limits: Limits = USUAL) -> Opened:
    """The workbook of this file, called `name` or as the file is. Raises Unreadable."""
    with Opener(limits) as opener:
        return opener.open(path, name=name)


def open_workbooks(paths: Iterable[Path], *, limits: Limits = USUAL) -> Iterator[Opened | Unreadable]:
    """Each file, or its refusal, in their order."""
    with Opener(limits) as opener:
        for path in paths:
            try:
                yield opener.open(path)
            except Unreadable as refused:
                yield refused


class Opener(Reader):
    """A `Reader` that also understands what it reads, within the same limits."""

    WELCOME = (*Reader.WELCOME, Opened, *(c for c in vars(tables).values() if isinstance(c, type)))

    def open(self, path: Path, *, name: str | None = None) -> Opened:
        """Raises Unreadable."""
        return self._outcome(partial(open_here, path.absolute(), name=name or path.name, limits=self.limits))


def open_here(path: Path, *, name: str, limits: Limits, careful: bool = False) -> Opened:
    """In this very process; `careful` as in `read_here`. Raises Unreadable."""
    workbook = read_here(path, name=name, limits=limits, careful=careful)
    return Opened(workbook, understand(workbook))
