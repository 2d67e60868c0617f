"""The marks of XLS and XLSB sheets: both are streams of records, each with its kind, its length and its bytes."""

import struct
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

from dukao.workbooks.grid import Area
from dukao.workbooks.reading.compound import is_compound, overwritten, stream
from dukao.workbooks.reading.marks import COLUMNS, SIGNS_LIMIT, Extent, Marks, Place
from dukao.workbooks.reading.package import Package, shows_percent

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}

# Records of XLS.
_BOF, _EOF, _BOUNDSHEET, _FORMAT, _XF = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0
_COLINFO, _ROW, _BLANK, _MULBLANK, _MULRK = 0x007D, 0x0208, 0x0201, 0x00BE, 0x00BD
_FORMULA, _BOOLERR = 0x0006, 0x0205
_HIDDEN = 0x20  # of a row's options
_STREAMS = ("workbook", "book")
_CELLS = {0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6, _FORMULA, _BOOLERR}  # one value each
_PLACED = _CELLS | {_MULRK, _BLANK, _MULBLANK}


class XlsBook:
    """The records of an XLS file. What is damaged is missing."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        self._is_compound = is_compound(self._data)
        self._stream = stream(self._data, *_STREAMS) if self._is_compound else self._data
        self._styles, self._starts = _XlsStyles(), list[int]()
        for kind, at, length in _records(self._stream, 0):
            if kind == _BOUNDSHEET and length >= 6:
                self._starts.append(struct.unpack_from("<I", self._stream, at)[0])
            else:
                self._styles.take(kind, self._stream[at : at + length])

    def marks(self) -> dict[int, Marks]:
        """Of each sheet, by its number."""
        return {n: _xls_sheet(self._stream, start, self._styles) for n, start in enumerate(self._starts)}

    def faults(self, number: int) -> tuple[dict[Place, str], int]:
        """The errors and the number of hidden rows of the sheet of this number alone, however large it is."""
        errors, n_hidden = dict[Place, str](), 0
        for kind, at, length in _records(self._stream, self._starts[number]) if number < len(self._starts) else ():
            if kind in (_FORMULA, _BOOLERR) and (error := _xls_error(kind, self._stream[at : at + length])):
                row, column = struct.unpack_from("<HH", self._stream, at)
                errors[row, column] = error
            elif kind == _ROW and length >= 14:
                n_hidden += bool(self._stream[at + 12] & _HIDDEN)
        return errors, n_hidden

    def without_far(self, extents: Mapping[int, Extent]) -> BytesIO:
        """The file, in which cells beyond the extents of these sheets are of no known kind."""
        far = [
            at - 4
            for number, extent in extents.items()
            for kind, at, length in _records(self._stream, self._starts[number])
            if kind in _PLACED and length >= 6 and _is_beyond(extent, *struct.unpack_from("<HH", self._stream, at))
        ]
        if self._is_compound:
            return BytesIO(overwritten(self._data, far, *_STREAMS))
        changed = bytearray(self._data)
        for at in far:
            changed[at : at + 2] = b"\xff\xff"
        return BytesIO(changed)


def _is_beyond(extent: Extent, row: int, column: int) -> bool:
    return row >= extent.rows or column >= extent.columns


def _records(data: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and length of the records of one substream, those nested in it left out."""
    depth = 0
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        at += 4
        if at + length > len(data):
            return
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, at, length
        at += length


class _XlsStyles:
    """Percentages and frames by the number of a style."""

    def __init__(self) -> None:
        self._formats, self._number, self._is_old = {9, 10}, 0, False
        self.percents: set[int] = set()
        self.framed: set[int] = set()

    def take(self, kind: int, body: bytes) -> None:
        if kind == _BOF and len(body) >= 2:
            self._is_old = body[1] < 6
        elif kind == _FORMAT and len(body) > 5:
            wide = not self._is_old and body[4] & 1
            code = body[5:].decode("utf-16-le" if wide else "latin-1", errors="replace")
            if shows_percent(code):
                self._formats.add(body[0] | body[1] << 8)
        elif kind == _XF and len(body) >= 16:
            if body[2] | body[3] << 8 in self._formats:
                self.percents.add(self._number)
            if sum(map(bool, self._sides(body))) >= 2:
                self.framed.add(self._number)
            self._number += 1

    def _sides(self, body: bytes) -> tuple[int, int, int, int]:
        if self._is_old:
            lines = body[12] | body[13] << 8
            return lines & 7, lines >> 3 & 7, lines >> 6 & 7, body[10] >> 6 | body[11] & 1
        return body[10] & 15, body[10] >> 4, body[11] & 15, body[11] >> 4


def _xls_sheet(book: bytes, start: int, styles: _XlsStyles) -> Marks:
    marks = Marks()
    for kind, at, length in _records(book, start):
        if kind in _CELLS and length >= 6:
            row, column, style = struct.unpack_from("<HHH", book, at)
            marks.rows.add(row)
            marks.columns.add(column)
            if kind == _FORMULA:
                marks.formulas[row, column] = ""
            if error := _xls_error(kind, book[at : at + length]):
                marks.errors[row, column] = error
            if style in styles.percents and len(marks.percents) < SIGNS_LIMIT:
                marks.percents.add((row, column))
        elif kind == _MULRK and length >= 12:
            row, first = struct.unpack_from("<HH", book, at)
            count = (length - 6) // 6
            marks.rows.add(row)
            marks.columns.update(range(first, min(first + count, COLUMNS)))
            _sign(marks, styles, row, first, struct.unpack_from("<" + "H4x" * count, book, at + 4), is_empty=False)
        elif kind == _BLANK and length >= 6:
            row, column, style = struct.unpack_from("<HHH", book, at)
            _sign(marks, styles, row, column, (style,), is_empty=True)
        elif kind == _MULBLANK and length >= 8:
            row, first = struct.unpack_from("<HH", book, at)
            count = (length - 6) // 2
            _sign(marks, styles, row, first, struct.unpack_from(f"<{count}H", book, at + 4), is_empty=True)
        elif kind == _ROW and length >= 14 and book[at + 12] & _HIDDEN:
            marks.hidden_rows.add(struct.unpack_from("<H", book, at)[0])
        elif kind == _COLINFO and length >= 10 and book[at + 8] & 1:
            first, last = struct.unpack_from("<HH", book, at)
            marks.hidden_columns.update(range(first, min(last + 1, COLUMNS)))
    return marks


def _sign(marks: Marks, styles: _XlsStyles, row: int, first: int, numbers: tuple[int, ...], *, is_empty: bool) -> None:
    """Note percentages and frames of neighbouring cells with these styles."""
    if len(marks.percents) + len(marks.framed) >= SIGNS_LIMIT:
        return
    for column, style in enumerate(numbers, start=first):
        if style in styles.percents:
            marks.percents.add((row, column))
        if is_empty and style in styles.framed:
            marks.framed.add((row, column))


def _xls_error(kind: int, body: bytes) -> str:
    if kind == _BOOLERR and len(body) >= 8 and body[7]:
        return _ERRORS.get(body[6], "#ERROR!")
    if kind == _FORMULA and len(body) >= 14 and body[6] == 2 and body[12:14] == b"\xff\xff":
        return _ERRORS.get(body[8], "#ERROR!")
    return ""


# Records of XLSB.
_ROW_HEADER, _COLUMN_INFO, _MERGE, _SHEET = 0, 60, 176, 156
_ERROR_CELLS, _FORMULA_CELLS, _LAST_CELL = {3, 11}, {8, 9, 10, 11}, 11


def xlsb_sheets(package: Package) -> list[str]:
    """The parts of the sheets in the order of the workbook."""
    found = []
    for kind, body in _wide_records(package.whole(package.book)):
        if kind == _SHEET and len(body) >= 12:
            length = struct.unpack_from("<I", body, 8)[0]
            found.append(package.links.get(body[12 : 12 + 2 * length].decode("utf-16-le", errors="replace"), ""))
    return found


def xlsb_marks(data: bytes) -> Marks:
    """Of one sheet's part."""
    marks = Marks()
    row = 0
    for kind, body in _wide_records(data):
        if kind == _ROW_HEADER and len(body) >= 12:
            row = struct.unpack_from("<I", body)[0]
            if body[11] & 0x10:
                marks.hidden_rows.add(row)
        elif 1 < kind <= _LAST_CELL and len(body) >= 8:
            column = struct.unpack_from("<I", body)[0]
            marks.rows.add(row)
            marks.columns.add(column)
            if kind in _FORMULA_CELLS:
                marks.formulas[row, column] = ""
            if kind in _ERROR_CELLS and len(body) > 8:
                marks.errors[row, column] = _ERRORS.get(body[8], "#ERROR!")
        elif kind == _COLUMN_INFO and len(body) >= 18 and body[16] & 1:
            first, last = struct.unpack_from("<II", body)
            marks.hidden_columns.update(range(first, min(last + 1, COLUMNS)))
        elif kind == _MERGE and len(body) >= 16:
            top, bottom, left, right = struct.unpack_from("<IIII", body)
            if top <= bottom and left <= right:
                marks.merges.append(Area(top, left, bottom, right))
    return marks


def _wide_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 2 <= len(data):
        kind, at = _number(data, at, 2)
        length, at = _number(data, at, 4)
        yield kind, data[at : at + length]
        at += length


def _number(data: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of up to `most` bytes with seven bits each, and the place behind it."""
    number = 0
    for shift in range(0, 7 * most, 7):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    return number, at
