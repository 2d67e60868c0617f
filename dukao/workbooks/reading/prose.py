"""The text of a document: DOCX, or plain text in any encoding. Macros, pictures, fields and comments are not looked at.

A DOCX is a package of XML: its main part is read as a stream of events, in a process of its own, under limits on size,
memory and time. What was deleted with changes tracked is not part of the text, what was inserted is.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

from dukao.base.apart import Apart, Bounds, Stopped
from dukao.workbooks.problems import USUAL, Limits, Unreadable
from dukao.workbooks.reading.encodings import decoded
from dukao.workbooks.reading.events import Attributes, parse_events
from dukao.workbooks.reading.kinds import NO_TABLES, kind_of_start
from dukao.workbooks.reading.package import Package

PROSE = replace(USUAL, file_bytes=20_000_000, unpacked_bytes=100_000_000, memory_bytes=500_000_000, seconds=20)
_CHARACTERS_MOST = 500_000
_MAIN_PART = "word/document.xml"
# Content that does not count: what was deleted or moved away, and what older programs are shown instead.
_LEFT_OUT = frozenset({"del", "moveFrom", "Fallback"})
_BREAKS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SAVE_AS_DOCX = "请另存为 DOCX 或 TXT 再上传，也可以直接粘贴正文"


def read_prose(path: Path, *, limits: Limits = PROSE) -> str:
    """The text, one line per paragraph. Raises Unreadable."""
    with Apart(Bounds(limits.memory_bytes, limits.seconds), refusal=Unreadable) as apart:
        try:
            return apart.call(partial(read_prose_here, path.absolute(), limits))
        except Stopped as stopped:
            why = f"读取超过 {limits.seconds:g} 秒" if stopped.is_late else "要用的内存超过限制，或文件已损坏"
            raise Unreadable("这个文件读不了", why=why, todo=_SAVE_AS_DOCX) from None


def read_prose_here(path: Path, limits: Limits = PROSE) -> str:
    """The same in this process, for files that are trusted. Raises Unreadable."""
    size = path.stat().st_size
    if not 0 < size <= limits.file_bytes:
        what = "文件太大" if size else "文件是空的"
        why = f"文件有 {size / 1e6:,.0f} MB，最多 {limits.file_bytes / 1e6:,.0f} MB" if size else "长度为 0"
        raise Unreadable(what, why=why, todo=_SAVE_AS_DOCX)
    with path.open("rb") as file:
        start = file.read(16)
    if other := next((name for magic, name in NO_TABLES if start.startswith(magic)), None):
        raise Unreadable(f"这是{other}，读不出文字", why="文件内容与扩展名无关，以内容为准", todo=_SAVE_AS_DOCX)
    try:
        kind = kind_of_start(path)
        if kind == "text":
            return decoded(path.read_bytes(), whole=True)[0]
        if kind == "package":
            return _text_of_package(path, limits)
    except Unreadable as refused:
        raise Unreadable(refused.what, why=refused.why, todo=_SAVE_AS_DOCX) from None
    told = "这是旧版 Word（DOC）或 WPS 文件" if kind == "compound" else "这不是文字文件"
    raise Unreadable(told, why="只读 DOCX 和纯文本", todo=_SAVE_AS_DOCX)


def _text_of_package(path: Path, limits: Limits) -> str:
    package = Package(path, limits)
    try:
        if not package.has(_MAIN_PART):
            raise Unreadable("这不是 Word 文档", why="里面没有正文", todo=_SAVE_AS_DOCX)
        reading = _Reading()
        parse_events(package.blocks(_MAIN_PART), reading.start, reading.end, reading.text)
        return "\n".join(line.strip() for line in "".join(reading.found).splitlines()).strip()
    finally:
        package.close()


class _Reading:
    """Gathers the text that stands in `t` elements, line by line."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._count = self._left_out = 0
        self._is_text = False

    def start(self, name: str, _attributes: Attributes) -> None:
        if name in _LEFT_OUT:
            self._left_out += 1
        self._is_text = name == "t"
        if name in _BREAKS:
            self._add(_BREAKS[name])

    def end(self, name: str) -> None:
        self._is_text = False
        if name in _LEFT_OUT:
            self._left_out -= 1
        elif name == "p":
            self._add("\n")

    def text(self, text: str) -> None:
        if self._is_text:
            self._add(text)

    def _add(self, text: str) -> None:
        if self._left_out:
            return
        self._count += len(text)
        if self._count > _CHARACTERS_MOST:
            raise Unreadable("文件里的字太多", why=f"超过 {_CHARACTERS_MOST:,} 字", todo=_SAVE_AS_DOCX)
        self.found.append(text)
