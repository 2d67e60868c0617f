"""From the sheets of a workbook to a source: which sheet, which header, which columns; only these are kept."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from dukao.base.refusals import Refused
from dukao.registers.reading.source import HEADER_AMONG_ROWS, Source, TextTable, Wanted, told_columns
from dukao.registers.reading.tables import TableWriter
from dukao.registers.reading.texts import texts_of
from dukao.workbooks.grid import Value
from dukao.workbooks.problems import Unreadable
from dukao.workbooks.reading import FlatSheet


def read_sheets(sheets: Iterable[FlatSheet], wanted: Wanted, folder: Path) -> Source:
    """The one sheet whose header fits best. Raises NoHeader, UnclearColumns, Unreadable (several fit alike)."""
    best, fitting, names = 0, list[str](), list[str]()
    beginning: list[list[str]] = []
    outcome: Source | Refused = wanted.no_header([])
    for number, sheet in enumerate(sheets):
        first = list(islice(sheet.rows, HEADER_AMONG_ROWS))
        rows = [texts_of(row) for row in first]
        beginning = beginning or rows
        names.append(sheet.name)
        header = wanted.header_row(rows)
        score = 0 if header is None else wanted.score(rows[header])
        if header is not None and score > best:
            best, fitting = score, [sheet.name]
            below = islice(chain(first, sheet.rows), header + 1, None)
            outcome = _taken(sheet, rows[header], below, header + 1, wanted, folder / f"{number}.parquet")
        elif score and score == best:
            fitting.append(sheet.name)
    if not best:
        raise wanted.no_header(beginning)
    if len(fitting) > 1:
        raise Unreadable(f"有几张工作表都像要交付的表：{'、'.join(fitting[:8])}", todo="请只保留一张后重新交付")
    if isinstance(outcome, Refused):
        raise outcome
    if others := [name for name in names if name not in fitting]:
        outcome.found["doubts"].append(f"只读了工作表“{fitting[0]}”，没有读：{'、'.join(others[:8])}")
    return outcome


def _taken(
    sheet: FlatSheet, headers: list[str], below: Iterator[list[Value]], header_line: int, wanted: Wanted, target: Path
) -> Source | Refused:
    """The sheet as a source, or why it is none: a sheet that comes later may fit better."""
    try:
        places = wanted.places(headers)
    except Refused as refused:
        return refused
    order = sorted(places.values())
    with TableWriter(target, len(order)) as writer:
        for line, row in enumerate(below, start=header_line + 1):
            writer.take(line, row, order, len(headers))
    found = {"format": sheet.kind, "sheet": sheet.name, "header_line": header_line, "doubts": [*sheet.doubts]}
    found |= told_columns(headers, places)
    return Source(TextTable(target), {column: order.index(place) for column, place in places.items()}, found)
