"""What xlrd does not tell of an XLS: formulas in words, the print set-up, and what will be lost."""

import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xlrd.formula import FMLA_TYPE_CELL, FMLA_TYPE_SHARED, decompile_formula

from dukao.workbooks.reading.compound import is_compound, stream

_BOF, _EOF, _BOUNDSHEET = 0x0809, 0x000A, 0x0085
_FORMULA, _SHARED = 0x0006, 0x04BC
_SETUP, _FIT, _HEADER, _FOOTER, _ACROSS, _DOWN = 0x00A1, 0x0081, 0x0014, 0x0015, 0x0083, 0x0084
_MARGINS = {0x0026: "left", 0x0027: "right", 0x0028: "top", 0x0029: "bottom"}
_LOST = {0x01BE: "下拉列表和数据校验", 0x01B1: "条件格式", 0x01B8: "超链接"}
_OBJECT = 0x005D
_OBJECTS = {5: "图表", 8: "图片"}
_SHARED_TOKEN = 0x01
# What xlrd writes where it does not know better, and links to other files.
_AT_A_LOSS = re.compile(r"[?#\[]|<<|<Name|SHARED FMLA|CALL_ADDIN")
_QUOTED = re.compile(r'"[^"]*"')
_TEXTS = re.compile(r'("[^"]*")')
_WHOLE = re.compile(r"(?<![\w.$])(\d+)\.0(?![\d.eE])")

Place = tuple[int, int]


@dataclass
class SheetRecords:
    """One sheet's. `formulas` are without "="; `untold` counts those whose words could not be had."""

    formulas: dict[Place, str] = field(default_factory=dict)
    untold: int = 0
    margins: dict[str, float] = field(default_factory=dict)
    header: str = ""
    footer: str = ""
    header_inches: float = 0.3  # from the edge of the page
    footer_inches: float = 0.3
    paper: int = 0
    scale: int = 100
    is_portrait: bool = True
    fit: tuple[int, int] | None = None  # pages across and down, 0 for as many as needed
    is_centred_across: bool = False
    is_centred_down: bool = False
    lost: set[str] = field(default_factory=set)


def sheet_records(path: Path, book: Any) -> list[SheetRecords]:
    """Of each sheet in the order of the file; `book` is xlrd's. Empty ones for a file of before 1997."""
    data = path.read_bytes()
    whole = stream(data, "workbook", "book") if is_compound(data) else data
    if book.biff_version != 80:
        return [SheetRecords() for _ in range(book.nsheets)]
    starts = [
        struct.unpack_from("<I", body)[0]
        for kind, body in _records(whole, 0)
        if kind == _BOUNDSHEET and len(body) > 5 and body[5] == 0  # worksheets; charts are left out by xlrd too
    ]
    return [_Looking(book).over(_records(whole, start)) for start in starts]


def _records(data: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Kind and bytes of one substream's records, those nested in it left out."""
    depth = 0
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        at += 4
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, data[at : at + length]
        at += length


class _Looking:
    def __init__(self, book: Any) -> None:
        self._book, self._found = book, SheetRecords()
        self._last: Place = (0, 0)
        self._shared: dict[Place, bytes] = {}
        self._using: dict[Place, Place] = {}
        self._fit = (1, 1)
        self._is_fit = False

    def over(self, records: Iterator[tuple[int, bytes]]) -> SheetRecords:
        for kind, body in records:
            with suppress(struct.error, IndexError):
                self._take(kind, body)
        for place, base in self._using.items():
            if base in self._shared:
                self._tell(place, self._shared[base], FMLA_TYPE_SHARED)
            else:
                self._found.untold += 1
        self._found.fit = self._fit if self._is_fit else None
        return self._found

    def _take(self, kind: int, body: bytes) -> None:
        found = self._found
        if kind == _FORMULA:
            row, column = self._last = struct.unpack_from("<HH", body)
            tokens = body[22 : 22 + struct.unpack_from("<H", body, 20)[0]]
            if tokens[:1] == bytes([_SHARED_TOKEN]):
                self._using[row, column] = struct.unpack_from("<HH", tokens, 1)
            else:
                self._tell((row, column), body[22:], FMLA_TYPE_CELL, len(tokens))
        elif kind == _SHARED:
            self._shared[self._last] = body[10 : 10 + struct.unpack_from("<H", body, 8)[0]]
        elif kind in _MARGINS:
            found.margins[_MARGINS[kind]] = struct.unpack_from("<d", body)[0]
        elif kind == _SETUP:
            found.paper, found.scale, _, across, down, flags = struct.unpack_from("<HHhHHH", body)
            self._fit = (across, down)
            if flags & 4:  # never set up: the rest says nothing
                found.paper, found.scale = 0, 100
            else:
                found.is_portrait = bool(flags & 2)
            found.header_inches, found.footer_inches = struct.unpack_from("<dd", body, 16)
        elif kind == _FIT:
            self._is_fit = bool(struct.unpack_from("<H", body)[0] & 0x100)
        elif kind in (_HEADER, _FOOTER) and body:
            text = _text(body)
            found.header, found.footer = (text, found.footer) if kind == _HEADER else (found.header, text)
        elif kind == _ACROSS:
            found.is_centred_across = bool(body[0])
        elif kind == _DOWN:
            found.is_centred_down = bool(body[0])
        elif kind in _LOST:
            found.lost.add(_LOST[kind])
        elif kind == _OBJECT and (name := _OBJECTS.get(struct.unpack_from("<H", body, 4)[0])):
            found.lost.add(name)

    def _tell(self, place: Place, tokens: bytes, kind: int, length: int | None = None) -> None:
        """The formula in words, unless xlrd is at a loss."""
        text = ""
        with suppress(Exception):
            text = decompile_formula(self._book, tokens, len(tokens) if length is None else length, kind, *place)
        if text and not _AT_A_LOSS.search(_QUOTED.sub("", text)):
            # xlrd writes 2 as 2.0.
            parts = _TEXTS.split(text)
            self._found.formulas[place] = "".join(p if p[:1] == '"' else _WHOLE.sub(r"\1", p) for p in parts)
        else:
            self._found.untold += 1


def _text(body: bytes) -> str:
    length, wide = struct.unpack_from("<HB", body)
    return body[3 : 3 + length * (2 if wide & 1 else 1)].decode("utf-16-le" if wide & 1 else "latin-1", "replace")
