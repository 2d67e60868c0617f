"""Sheets with a cell far away from all others, which would lay out millions of empty cells in between.

Such a sheet is read up to the gap; what lies beyond is named, and left out.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

from dukao.workbooks.grid import cell_name
from dukao.workbooks.reading.marks import LAID_OUT_LIMIT, Place
from dukao.workbooks.reading.package import Package
from dukao.workbooks.reading.sheetxml import SheetCells, column_number

# This many empty rows or columns in a row part what belongs together from what got there by mistake.
_GAP_ROWS = 1_000
_GAP_COLUMNS = 100

_HELD = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"(?:[^<>]*[^<>/])?>(?!</c>)')
_EMPTY_CELLS = re.compile(rb'(?:<c r="[A-Z]{1,3}\d{1,7}"[^<>]*(?:/>|></c>)\s*)+')
_WHOLE_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^<>]*>.*?</c>', re.DOTALL)


@dataclass(frozen=True)
class Extent:
    """How many rows and columns are read; `beyond` are the first cells that are not."""

    rows: int
    columns: int
    beyond: tuple[Place, ...] = ()

    def told(self, sheet: str) -> str:
        cells = "、".join(cell_name(*place) for place in self.beyond[:3])
        return f"工作表“{sheet}”里有单元格远离其余内容（{cells}{' 等' if len(self.beyond) > 3 else ''}），没有读入"


def extent_of(places: Sequence[Place], most: int = LAID_OUT_LIMIT) -> Extent:
    """All of these cells where they can be laid out, else those before the first gap, else the first rows."""
    rows, columns = {row for row, _ in places}, {column for _, column in places}
    height, width = max(rows, default=-1) + 1, max(columns, default=-1) + 1
    if height * width > most:
        height, width = _before_gap(rows, _GAP_ROWS), _before_gap(columns, _GAP_COLUMNS)
        height = min(height, max(most // width, 1))
    beyond = (place for place in places if place[0] >= height or place[1] >= width)
    return Extent(height, width, tuple(place for _, place in zip(range(4), beyond, strict=False)))


def _before_gap(numbers: set[int], gap: int) -> int:
    last = -1
    for number in sorted(numbers):
        if number - last > gap and last >= 0:
            break
        last = number
    return last + 1


def held_cells(package: Package, part: str) -> list[Place]:
    """The cells of an XLSX sheet that hold something."""
    return [
        (int(match[2]) - 1, column_number(match[1]))
        for chunk in SheetCells(package.blocks(part))
        for match in _HELD.finditer(chunk)
    ]


def thinned(package: Package, extents: dict[str, Extent]) -> BytesIO:
    """A copy of the workbook in which these sheets hold only what lies within their extent."""
    copy = BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for part in package.parts:
            with file.open(part, "w", force_zip64=True) as target:
                for block in _within(package, part, extents[part]) if part in extents else package.blocks(part):
                    target.write(block)
    copy.seek(0)
    return copy


def _within(package: Package, part: str, extent: Extent) -> Iterable[bytes]:
    def kept(cell: re.Match[bytes]) -> bytes:
        inside = int(cell[2]) <= extent.rows and column_number(cell[1]) < extent.columns
        return cell[0] if inside else b""

    cells = SheetCells(package.blocks(part))
    chunks = iter(cells)
    first = next(chunks, b"")
    yield _DIMENSION.sub(b"", cells.before) + b"<sheetData>"
    for chunk in (first, *chunks):
        yield _WHOLE_CELL.sub(kept, _EMPTY_CELLS.sub(b"", chunk))
    yield b"</sheetData>" + cells.behind


_DIMENSION = re.compile(rb"<dimension [^<>]*/>")
