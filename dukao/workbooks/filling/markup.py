"""XML that is edited where it stands: found by place, changed byte by byte, everything else as it was."""

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from html import unescape
from typing import NamedTuple
from xml.parsers import expat

from dukao.workbooks.reading.kinds import damaged, declared

_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ASIDE = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_ROOT = re.compile(rb"<(?:([\w.-]+):)?([\w.-]+)(?=[\s/>])((?:[^<>\"'/]++|/(?!>)|\"[^\"]*+\"|'[^']*+')*+)(/?)>")
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
# What XML cannot carry at all; spreadsheets write it as _x000B_.
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NEEDS_CARE = re.compile('[&<>"\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]')
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

# A bare carriage return would be read as a line feed.
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"})

Edit = tuple[int, int, bytes]  # from, to, what stands there afterwards


class Element(NamedTuple):
    """Where an element stands: its opening tag from `start` to `inner`, its content to `close`, all of it to `end`."""

    start: int
    inner: int
    close: int
    end: int
    raw: bytes  # its attributes as they stand

    @property
    def is_open(self) -> bool:
        """Whether it has a closing tag of its own."""
        return self.close != self.end

    @property
    def attributes(self) -> dict[str, str]:
        return attributes_of(self.raw)


class Xml:
    """A part's XML in UTF-8. `prefix` is the one of its outermost element, with the colon, mostly empty."""

    def __init__(self, data: bytes, part: str) -> None:
        """Raises Unreadable where it is not well-formed or has declarations of its own."""
        self.data = _as_utf8(data, part)
        _check(self.data, part)
        # The same length, without what is no markup though it may look like it.
        self.plain = _ASIDE.sub(lambda m: b" " * len(m[0]), self.data) if _may_hide(self.data) else self.data
        root = _ROOT.search(self.plain)
        if root is None:
            raise damaged(f"部件 {part} 是空的")
        self.prefix = root[1].decode() + ":" if root[1] else ""
        self.name = root[2].decode()
        self.root_attributes = attributes_of(root[3])

    @cached_property
    def namespace(self) -> str:
        return self.root_attributes.get("xmlns:" + self.prefix[:-1] if self.prefix else "xmlns", "")

    def tag(self, name: str) -> str:
        return self.prefix + name

    def find(self, name: str, start: int = 0, end: int | None = None) -> Element | None:
        """The first of these elements within these bytes."""
        return next(self.all(name, start, end), None)

    def all(self, name: str, start: int = 0, end: int | None = None) -> Iterator[Element]:
        """These elements one after the other; none of them may hold another of its own name."""
        pattern = _opening(self.tag(name))
        close = b"</" + self.tag(name).encode()
        limit = len(self.data) if end is None else end
        while match := pattern.search(self.plain, start, limit):
            if match[2]:
                yield Element(match.start(), match.end(), match.end(), match.end(), match[1])
                start = match.end()
                continue
            closing, start = self.closing(close, match.end())
            yield Element(match.start(), match.end(), closing, start, match[1])

    def closing(self, tag: bytes, start: int) -> tuple[int, int]:
        """Where this closing tag, given as `</name`, begins and ends."""
        at = self.plain.index(tag, start)
        while self.plain[at + len(tag)] not in b"> \t\r\n":  # of a longer name
            at = self.plain.index(tag, at + 1)
        return at, self.plain.index(b">", at) + 1

    def edited(self, edits: list[Edit]) -> bytes:
        return spliced(self.data, edits)

    def appended(self, element: Element, name: str, content: str) -> Edit:
        """The edit that puts this at the end of the element called so."""
        if element.is_open:
            return element.close, element.close, content.encode()
        return element.end - 2, element.end, f">{content}</{self.tag(name)}>".encode()

    @cached_property
    def root(self) -> Element:
        """The outermost element."""
        match = _ROOT.search(self.plain)
        assert match is not None
        if match[4]:
            return Element(match.start(), match.end(), match.end(), match.end(), match[3])
        close = self.plain.rfind(b"</" + self.tag(self.name).encode())
        return Element(match.start(), match.end(), close, len(self.data), match[3])

    def children(self, *, without: Element | None = None) -> list[tuple[str, int]]:
        """Names and places of what stands right inside of the outermost element; the inside of `without` is skipped."""
        found: list[tuple[str, int]] = []
        depth = shift = 0
        parser = expat.ParserCreate()

        def start(name: str, _attributes: object) -> None:
            nonlocal depth
            depth += 1
            if depth == 2:
                found.append((name.rpartition(":")[2], parser.CurrentByteIndex + shift))

        def end(_name: str) -> None:
            nonlocal depth
            depth -= 1

        parser.StartElementHandler, parser.EndElementHandler = start, end
        if without is None or not without.is_open:
            parser.Parse(self.data, True)
        else:
            parser.Parse(self.data[: without.inner], False)
            shift = without.close - without.inner
            parser.Parse(self.data[without.close :], True)
        return found

    def place_after(self, names: frozenset[str], *, without: Element | None = None) -> int:
        """Where an element belongs that comes behind all of these."""
        children = self.children(without=without)
        last = max((number for number, (name, _) in enumerate(children) if name in names), default=-1)
        return children[last + 1][1] if last + 1 < len(children) else self.root.close


def spliced(data: bytes, edits: list[Edit]) -> bytes:
    """The data with these edits, which do not overlap; those at the same place in the order given."""
    pieces: list[bytes] = []
    at = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += (data[at:start], new)
        at = end
    return b"".join([*pieces, data[at:]])


def attributes_of(raw: bytes) -> dict[str, str]:
    found = _ATTRIBUTE.findall(raw.decode())
    if b"&" in raw:
        return {name: unescape(one or other) for name, one, other in found}
    return {name: one or other for name, one, other in found}


def with_attributes(opening: bytes, **values: str) -> bytes:
    """An opening tag with these attributes set, the others as they are."""
    for name, value in values.items():
        opening = re.sub(rb"\s" + name.encode() + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')", b"", opening, count=1)
        end = re.search(rb"\s*/?>$", opening)
        assert end is not None
        opening = opening[: end.start()] + f' {name}="{value}"'.encode() + end[0].lstrip()
    return opening


def escaped(text: str) -> str:
    """For XML text and attributes in double quotes."""
    if "_x" not in text and not _NEEDS_CARE.search(text):
        return text
    text = _LOOKS_ESCAPED.sub("_x005F_", text)
    text = _UNSPEAKABLE.sub(lambda m: f"_x{ord(m[0]):04X}_", text)
    return text.translate(_ENTITIES)


def spoken(name: str, text: str) -> str:
    """An element of this name that holds the text with all its blanks."""
    kept = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f"<{name}{kept}>{escaped(text)}</{name}>"


@lru_cache(maxsize=256)
def _opening(tag: str) -> re.Pattern[bytes]:
    attributes = rb"((?:[^<>\"'/]++|/(?!>)|\"[^\"]*+\"|'[^']*+')*+)"
    return re.compile(rb"<" + re.escape(tag.encode()) + rb"(?=[\s/>])" + attributes + rb"(/?)>")


def _may_hide(data: bytes) -> bool:
    return b"<!" in data or data.find(b"<?", 10) >= 0 or not data.startswith(b"<")


def _as_utf8(data: bytes, part: str) -> bytes:
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:]
    match = _ENCODING.match(data)
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else match[1].decode().lower() if match else "utf-8"
    if encoding in ("utf-8", "utf8", "us-ascii", "ascii"):
        return data
    try:
        return _DECLARATION.sub("", data.decode(encoding)).encode()
    except (UnicodeError, LookupError) as error:
        raise damaged(f"部件 {part} 的编码不认识：{error}") from None


def _check(data: bytes, part: str) -> None:
    def refuse(*_: object) -> None:
        raise declared(part)

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise damaged(f"部件 {part} 读不通：{error}") from None
