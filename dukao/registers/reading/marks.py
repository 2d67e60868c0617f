"""What the bytes of a file show, counted once while it is copied."""

import codecs
from dataclasses import asdict, dataclass
from typing import Any

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# UTF-8 of the spaces beyond ASCII that `cells.BLANKS` cuts off.
_WIDE_BLANKS = (b"\xc2\xa0", b"\xe1\x9a\x80", b"\xe2\x80", b"\xe2\x81\x9f", b"\xe3\x80\x80")


@dataclass(frozen=True)
class Marks:
    """Counts over the whole file. `lines` leaves out empty lines at its end; `bom` names the encoding of a mark."""

    size_bytes: int
    bom: str
    is_utf8: bool
    is_ascii: bool
    zeros: int
    lines: int
    crlf: int
    lone_cr: int
    lone_lf: int
    quotes: int
    has_blanks: bool

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
        self._size = self._zeros = self._lf = self._cr = self._crlf = self._quotes = 0
        self._start = self._last = b""
        self._trailing = 0
        self._is_ascii = self._is_utf8 = True
        self._has_blanks = False
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def feed(self, block: bytes) -> None:
        if not self._size:
            self._start = block[:4]
        self._size += len(block)
        self._zeros += block.count(0)
        self._quotes += block.count(b'"')
        self._count_lines(block)
        self._look_at_text(block)
        self._last = block[-1:]

    def _count_lines(self, block: bytes) -> None:
        self._lf += block.count(b"\n")
        if cr := block.count(b"\r"):
            self._cr += cr
            self._crlf += block.count(b"\r\n")
        self._crlf += self._last == b"\r" and block[:1] == b"\n"
        rest = block.rstrip(b"\r\n")
        self._trailing = _line_ends(block[len(rest) :]) + (self._trailing if not rest else 0)

    def _look_at_text(self, block: bytes) -> None:
        pending = self._decoder.getstate()[0] if self._is_utf8 else b""
        if block.isascii() and not pending:
            self._has_blanks = self._has_blanks or b" " in block or b"\t" in block
            return
        self._is_ascii = False
        if not self._has_blanks:
            # A blank cut in two by the border of blocks begins in `pending`.
            whole = pending + block
            self._has_blanks = b" " in block or b"\t" in block or any(blank in whole for blank in _WIDE_BLANKS)
        if self._is_utf8:
            try:
                self._decoder.decode(block)
            except UnicodeDecodeError:
                self._is_utf8 = False

    def marks(self) -> Marks:
        lone_cr, lone_lf = self._cr - self._crlf, self._lf - self._crlf
        ends = self._crlf + lone_cr + lone_lf
        return Marks(
            size_bytes=self._size,
            bom=next((name for mark, name in _BOMS if self._start.startswith(mark)), ""),
            is_utf8=self._is_utf8 and not self._decoder.getstate()[0],
            is_ascii=self._is_ascii,
            zeros=self._zeros,
            lines=ends - self._trailing + (1 if self._size else 0),
            crlf=self._crlf,
            lone_cr=lone_cr,
            lone_lf=lone_lf,
            quotes=self._quotes,
            has_blanks=self._has_blanks,
        )


def _line_ends(text: bytes) -> int:
    return text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")
