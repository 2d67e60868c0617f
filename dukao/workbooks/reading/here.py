"""Reading in this very process: for the process apart, and for callers that trust the file."""

from pathlib import Path

from dukao.workbooks.grid import Workbook
from dukao.workbooks.problems import USUAL, Limits
from dukao.workbooks.reading.kinds import kind_of


def read_here(path: Path, *, name: str | None = None, limits: Limits = USUAL, careful: bool = False) -> Workbook:
    """The workbook of this file. `careful`: cell by cell, in little memory, where the fast way took too much.

    Raises Unreadable. A damaged file may also take all memory or time: `read_workbook` is safe from that.
    """
    kind = kind_of(path, limits)
    name = name or path.name
    # Only what is needed is imported: most of the time of a small file is the start of the process that reads it.
    if kind == "text":
        from dukao.workbooks.reading.text import read_text

        return read_text(path, name, limits)
    if kind == "html":
        from dukao.workbooks.reading.markup import read_html

        return read_html(path, name, limits)
    if kind == "xml":
        from dukao.workbooks.reading.sheetml import read_sheetml

        return read_sheetml(path, name, limits)
    if kind == "ods":
        from dukao.workbooks.reading.opendocument import read_opendocument

        return read_opendocument(path, name, limits)
    from dukao.workbooks.reading.office import read_office

    return read_office(path, name, kind, limits, careful=careful)
