"""What the bytes of a file show, looked at once while it is copied."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from dukao.workbooks.reading.encodings import BOMS

# UTF-8 of the spaces beyond ASCII that `cells.BLANKS` cuts off; most texts lack even their first bytes.
_WIDE_BLANKS = (b"\xc2\xa0", b"\xe1\x9a\x80", b"\xe2\x80", b"\xe2\x81\x9f", b"\xe3\x80\x80")


@dataclass(frozen=True)
class Marks:
    """Seen over the whole file. `lines` leaves out empty lines at its end; `bom` names the encoding of a mark."""

    size_bytes: int
    bom: str
    is_utf8: bool
    has_zeros: bool
    has_quotes: bool
    has_blanks: bool
    lines: int
    crlf: int
    lone_cr: int
    lone_lf: int

    @property
    def line_ends(self) -> str:
        """lf, crlf, cr, mixed, or nothing where there is one line."""
        kinds = [name for name, n in (("crlf", self.crlf), ("lf", self.lone_lf), ("cr", self.lone_cr)) if n]
        return "mixed" if len(kinds) > 1 else "".join(kinds)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Marker:
    """Feed it the blocks of a file in order."""

    def __init__(self) -> None:
        self._size = self._lf = self._cr = self._crlf = self._trailing = 0
        self._start = self._last = self._pending = b""
        self._is_utf8 = True
        self._has_zeros = self._has_quotes = self._has_blanks = False

    def feed(self, block: bytes) -> None:
        if not self._size:
            self._start = block[:4]
        self._size += len(block)
        self._has_zeros = self._has_zeros or b"\0" in block
        self._has_quotes = self._has_quotes or b'"' in block
        self._count_lines(block)
        # A letter may be cut in two by the border of blocks; its first bytes wait for the next one.
        whole = self._pending + block
        self._has_blanks = self._has_blanks or _holds_blank(whole)
        self._pending = whole[_end_of_letters(whole) :]
        self._is_utf8 = self._is_utf8 and _is_utf8(whole[: len(whole) - len(self._pending)])
        self._last = block[-1:]

    def _count_lines(self, block: bytes) -> None:
        self._lf += int(np.count_nonzero(np.frombuffer(block, np.uint8) == 10))
        if b"\r" in block:
            self._cr += block.count(b"\r")
            self._crlf += block.count(b"\r\n")
        self._crlf += self._last == b"\r" and block[:1] == b"\n"
        rest = block.rstrip(b"\r\n")
        self._trailing = _line_ends(block[len(rest) :]) + (self._trailing if not rest else 0)

    def marks(self) -> Marks:
        lone_cr, lone_lf = self._cr - self._crlf, self._lf - self._crlf
        return Marks(
            size_bytes=self._size,
            bom=next((name for mark, name in BOMS if self._start.startswith(mark)), ""),
            is_utf8=self._is_utf8 and not self._pending,
            has_zeros=self._has_zeros,
            has_quotes=self._has_quotes,
            has_blanks=self._has_blanks,
            lines=self._crlf + lone_cr + lone_lf - self._trailing + (1 if self._size else 0),
            crlf=self._crlf,
            lone_cr=lone_cr,
            lone_lf=lone_lf,
        )


def _holds_blank(text: bytes) -> bool:
    if b" " in text or b"\t" in text:
        return True
    # Looking for one byte is many times faster than looking for three.
    return not text.isascii() and any(blank[:1] in text and blank in text for blank in _WIDE_BLANKS)


def _end_of_letters(text: bytes) -> int:
    """Where the last whole letter of the text ends, if it is UTF-8."""
    for back in range(1, min(3, len(text)) + 1):
        byte = text[-back]
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(text) - back if length > back else len(text)
        if byte < 0x80:
            break
    return len(text)


def _is_utf8(text: bytes) -> bool:
    """As `bytes.decode` would find, ten times faster."""
    if text.isascii():
        return True
    ends = pa.py_buffer(np.array([0, len(text)], np.int32))
    try:
        pa.StringArray.from_buffers(1, ends, pa.py_buffer(text)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _line_ends(text: bytes) -> int:
    return text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")
