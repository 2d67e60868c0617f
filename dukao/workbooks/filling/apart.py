"""Turning an XLS into an XLSX in a process of its own, as reading does."""

from functools import partial
from pathlib import Path

from dukao.base.apart import Apart, Bounds, Stopped
from dukao.base.refusals import Refused
from dukao.workbooks.problems import Limits


def redraw_apart(source: Path, target: Path, limits: Limits) -> list[str] | None:
    """Write the XLS as XLSX; doubts in words, or nothing where it could not be done."""
    from dukao.workbooks.filling.older import redraw  # what it needs is needed for an XLS only

    bounds = Bounds(limits.memory_bytes, limits.seconds, written_bytes=limits.file_bytes)
    with Apart(bounds) as apart:
        try:
            return apart.call(partial(redraw, source.absolute(), target.absolute(), limits))
        except (Stopped, Refused):
            return None
