"""The files that these pages work on: kept a day for whoever uploaded them, read and understood ahead of the page.

1. An upload is read at once, in a process of its own, by a thread that does not hold the answer back.
2. What came of a file rests beside it, so that no page reads it a second time.
3. A page that cannot wait asks how many are ready; one whose reader is gone begins anew.
"""

import logging
import os
import pickle
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore, Thread
from typing import IO

from django.conf import settings
from django.http import FileResponse

from dukao.base.refusals import NotThere
from dukao.org.rules import Actor
from dukao.web import uploads
from dukao.web.uploads import Waiting
from dukao.workbooks.grid import Workbook
from dukao.workbooks.opening import Opener
from dukao.workbooks.problems import USUAL, Unreadable
from dukao.workbooks.tables import Understood

# Everybody who may look at figures has something to fill in or to compare.
RIGHT = "FIGURES_SEE"
logger = logging.getLogger(__name__)
_OUTCOME, _AT_WORK = ".read", ".reading"
# Two piles are read at a time, whoever handed them in: each process may take a gigabyte.
_READERS = BoundedSemaphore(2)
_GONE_AFTER_SECONDS = 2 * USUAL.seconds


@dataclass(frozen=True, slots=True)
class Opened:
    """An uploaded file, as it stands and as it was understood."""

    file: Waiting
    workbook: Workbook
    understood: Understood


def waiting(ticket: str, actor: Actor) -> Waiting:
    """The file of this ticket. Raises NotThere, whoever else's it may be."""
    try:
        return uploads.waiting(ticket, by=actor)
    except uploads.UploadGone as gone:
        raise NotThere(gone.what, why=gone.why, todo=gone.todo) from None


def n_ready(files: Sequence[Waiting], *, patience_seconds: float = 0) -> int:
    """How many of them have been read; all, if that takes no longer than this. The others are being read."""
    until = time.monotonic() + patience_seconds
    while (ready := sum(_outcome(file).exists() for file in files)) < len(files):
        if not _is_at_work(files):
            _at_work(files).touch()
            Thread(target=_read_all, args=(files,), daemon=True).start()
        if time.monotonic() >= until:
            break
        time.sleep(0.02)
    return ready


def opened(file: Waiting) -> Opened:
    """Raises Unreadable."""
    (one,) = opened_all([file])
    if isinstance(one, Opened):
        return one
    raise one[1]


def opened_all(files: Sequence[Waiting]) -> list[Opened | tuple[Waiting, Unreadable]]:
    """Each understood, or refused by itself; those that have not been read yet are read now."""
    if not all(_outcome(file).exists() for file in files):
        _read_all(files)
    return list(_outcomes(files))


def _outcomes(files: Sequence[Waiting]) -> Iterator[Opened | tuple[Waiting, Unreadable]]:
    for file in files:
        with _outcome(file).open("rb") as kept:
            found = pickle.load(kept)  # noqa: S301 (written below, and nobody else writes there)
        yield (file, Unreadable(**found)) if isinstance(found, dict) else Opened(file, *found)


def _read_all(files: Sequence[Waiting]) -> None:
    """Read what has not been read, by one process for all."""
    with _READERS, Opener() as opener:
        for file in files:
            if not _outcome(file).exists():
                _at_work(files).touch()
                _keep(file, _read(opener, file))
    _at_work(files).unlink(missing_ok=True)


def _read(opener: Opener, file: Waiting) -> tuple[Workbook, Understood] | dict[str, str]:
    """The file as it was understood, or the words of its refusal."""
    try:
        found = opener.open(file.path, name=file.name)
    except Unreadable as refused:
        return {"what": str(refused.what), "why": str(refused.why), "todo": str(refused.todo)}
    except Exception:
        logger.exception("an uploaded workbook could not be read")
        return {"what": "这个文件读不了", "todo": "请用表格软件打开后另存为 XLSX，再重新上传"}
    return found.workbook, found.understood


def _keep(file: Waiting, found: tuple[Workbook, Understood] | dict[str, str]) -> None:
    partial = file.path.with_suffix(f"{_OUTCOME}-{time.monotonic_ns()}")
    with partial.open("wb") as target:
        pickle.dump(found, target, protocol=5)
    os.replace(partial, _outcome(file))


def _outcome(file: Waiting) -> Path:
    return file.path.with_suffix(_OUTCOME)


def _at_work(files: Sequence[Waiting]) -> Path:
    return files[0].path.with_suffix(_AT_WORK)


def _is_at_work(files: Sequence[Waiting]) -> bool:
    """Whether somebody, of this process or another, reads these files just now."""
    try:
        return time.time() - _at_work(files).stat().st_mtime < _GONE_AFTER_SECONDS
    except FileNotFoundError:
        return False


def workplace() -> TemporaryDirectory[str]:
    """A folder for a file that is made for one answer."""
    return TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR, prefix="answer-")


def download(path: Path, name: str) -> FileResponse:
    """The file as a download; its folder may be removed at once."""
    content: IO[bytes] = path.open("rb")
    return FileResponse(content, as_attachment=True, filename=name)
