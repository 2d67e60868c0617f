"""The files that these pages work on: kept a day for whoever uploaded them, read in a process of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from django.conf import settings
from django.http import FileResponse

from dukao.base.refusals import NotThere
from dukao.org.rules import Actor
from dukao.web import uploads
from dukao.web.uploads import Waiting
from dukao.workbooks.grid import Workbook
from dukao.workbooks.problems import Unreadable
from dukao.workbooks.reading import Reader, read_workbook
from dukao.workbooks.tables import Understood
from dukao.workbooks.understanding import understand

# Everybody who may look at figures has something to fill in or to compare.
RIGHT = "FIGURES_SEE"


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


def opened(file: Waiting) -> Opened:
    """Raises Unreadable."""
    workbook = read_workbook(file.path, name=file.name)
    return Opened(file, workbook, understand(workbook))


def opened_all(files: Sequence[Waiting]) -> list[Opened | tuple[Waiting, Unreadable]]:
    """Many files, read by one process; each understood, or refused by itself."""
    found: list[Opened | tuple[Waiting, Unreadable]] = []
    with Reader() as reader:
        for file in files:
            try:
                workbook = reader.read(file.path, name=file.name)
            except Unreadable as refused:
                found.append((file, refused))
            else:
                found.append(Opened(file, workbook, understand(workbook)))
    return found


def workplace() -> TemporaryDirectory[str]:
    """A folder for a file that is made for one answer."""
    return TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR, prefix="answer-")


def download(path: Path, name: str) -> FileResponse:
    """The file as a download; its folder may be removed at once."""
    content: IO[bytes] = path.open("rb")
    return FileResponse(content, as_attachment=True, filename=name)
