"""XLSX sheets with a cell far away from all others, for which millions of empty cells would be laid out."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO

from dukao.workbooks.reading.marks import Extent, Marks
from dukao.workbooks.reading.package import Package
from dukao.workbooks.reading.sheetxml import SheetCells, column_number

_HELD = re.compile(rb'<c r="([A-Z]{1,3})([1-9]\d{0,6})"(?:[^<>]*[^<>/])?>(?!</c>)')
_EMPTY_CELLS = re.compile(rb'(?:<c r="[A-Z]{1,3}\d{1,7}"[^<>]*(?:/>|></c>)\s*)+')
_WHOLE_CELL = re.compile(rb'<c r="([A-Z]{1,3})([1-9]\d{0,6})"[^<>]*>.*?</c>', re.DOTALL)
_DIMENSION = re.compile(rb"<dimension [^<>]*/>")


def count_held(package: Package, part: str, marks: Marks) -> int:
    """How many cells of the sheet hold something; their rows and columns go into `marks`."""
    count = 0
    for chunk in SheetCells(package.blocks(part)):
        held = _HELD.findall(_EMPTY_CELLS.sub(b"", chunk))
        marks.rows.update({int(row) - 1 for _, row in held})
        marks.columns.update(map(column_number, {letters for letters, _ in held}))
        count += len(held)
    return count


def thinned(package: Package, extents: Mapping[str, Extent]) -> BytesIO:
    """A copy of the workbook in which these parts hold only what lies within their extent."""
    copy = BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for part in package.parts:
            with file.open(part, "w", force_zip64=True) as target:
                for block in _within(package, part, extents[part]) if part in extents else package.blocks(part):
                    target.write(block)
    copy.seek(0)
    return copy


def _within(package: Package, part: str, extent: Extent) -> Iterator[bytes]:
    def kept(cell: re.Match[bytes]) -> bytes:
        inside = int(cell[2]) <= extent.rows and column_number(cell[1]) < extent.columns
        return cell[0] if inside else b""

    cells = SheetCells(package.blocks(part))
    for number, chunk in enumerate(cells):
        if not number:
            yield _DIMENSION.sub(b"", cells.before) + b"<sheetData>"
        yield _WHOLE_CELL.sub(kept, _EMPTY_CELLS.sub(b"", chunk))
    yield b"</sheetData>" + cells.behind
