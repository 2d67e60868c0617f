"""The parts of an XLSX package: which part is which sheet, which styles mean what."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from dukao.workbooks.problems import Limits
from dukao.workbooks.reading.events import parse_events, starts
from dukao.workbooks.reading.kinds import checked_entries, damaged, declared

_PART_LIMIT_BYTES = 50_000_000  # of parts that are taken whole: styles, list of sheets
_BLOCK_BYTES = 4_000_000
_START_BYTES = 4_096
_NAMES_LIMIT = 10_000
_SIDES = ("left", "right", "top", "bottom", "start", "end")
_QUOTED = re.compile(r'"[^"]*"|\\.')


@dataclass(frozen=True)
class Styles:
    """Numbers of cell styles that show percentages, and of those that draw a frame on two sides at least."""

    percents: frozenset[int] = frozenset()
    framed: frozenset[int] = frozenset()


class Package:
    """An opened XLSX; names of parts are found whatever their case."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.limits = limits
        checked_entries(path, limits)
        self._file = zipfile.ZipFile(path)
        self._names = {name.lstrip("/").lower(): name for name in self._file.namelist()}

    @property
    def parts(self) -> list[str]:
        """What a reader of values needs: no pictures, no macros."""
        return [name for name in self._names if name.endswith((".xml", ".rels"))]

    def refuse_doctypes(self) -> None:
        """Raises Unreadable where any part begins with declarations of its own, as entity bombs do."""
        for part in self.parts:
            if b"<!DOCTYPE" in next(self.blocks(part, _START_BYTES), b""):
                raise declared(part)

    def close(self) -> None:
        self._file.close()

    def has(self, part: str) -> bool:
        """Whether a part's name holds this."""
        return any(part in name for name in self._names)

    def whole(self, part: str) -> bytes:
        """A small part; empty where it is missing. Raises Unreadable."""
        data = b""
        for block in self.blocks(part):
            data += block
            if len(data) > _PART_LIMIT_BYTES:
                raise damaged(f"部件 {part} 大得不正常")
        return data

    def size_of(self, part: str) -> int:
        """Bytes of a part as it says of itself; 0 where it is missing."""
        name = self._names.get(part.lower())
        return self._file.getinfo(name).file_size if name else 0

    def blocks(self, part: str, size: int = _BLOCK_BYTES) -> Iterator[bytes]:
        """A part piece by piece; nothing where it is missing. Raises Unreadable."""
        name = self._names.get(part.lower())
        if name is None:
            return
        unpacked = 0
        try:
            with self._file.open(name) as file:
                while block := file.read(size):
                    unpacked += len(block)
                    if unpacked > self.limits.unpacked_bytes:
                        raise damaged(f"部件 {part} 解开后超过 {self.limits.unpacked_bytes / 1e6:,.0f} MB")
                    yield block
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
            raise damaged(f"部件 {part} 解不开：{error}") from None

    @cached_property
    def book(self) -> str:
        """The part that lists the sheets."""
        return next((name for name in sorted(self._names) if name.endswith(("workbook.xml", "workbook.bin"))), "")

    @cached_property
    def links(self) -> dict[str, str]:
        """Identity of a link in the list of sheets → part."""
        folder = PurePosixPath(self.book).parent
        data = self.whole(str(folder / "_rels" / (PurePosixPath(self.book).name + ".rels")))
        found = {}
        for name, attributes in starts(data) if data else []:
            target = attributes.get("Target", "")
            if name == "Relationship" and attributes.get("TargetMode") != "External":
                found[attributes.get("Id", "")] = target.lstrip("/") if target[:1] == "/" else str(folder / target)
        return found

    @property
    def sheets(self) -> list[str]:
        """The parts of the sheets in the order of the workbook, charts and macro sheets among them."""
        return [part for _name, part in self.named_sheets]

    @cached_property
    def named_sheets(self) -> list[tuple[str, str]]:
        """Name and part of each."""
        found = []
        for element, attributes in starts(self.whole(self.book)):
            if element == "sheet":
                identity = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
                found.append((attributes.get("name", ""), self.links.get(identity, "")))
        return found

    @cached_property
    def names(self) -> dict[str, str]:
        """Names that the workbook gives to areas → formula."""
        found, text, name = dict[str, str](), "", ""

        def start(element: str, attributes: dict[str, str]) -> None:
            nonlocal text, name
            text, name = "", attributes.get("name", "") if element == "definedName" else ""

        def take(more: str) -> None:
            nonlocal text
            text += more

        def end(element: str) -> None:
            if element == "definedName" and len(found) < _NAMES_LIMIT:
                found[name] = text

        parse_events([self.whole(self.book)], start, end, take)
        return found

    @cached_property
    def styles(self) -> Styles:
        part = next((name for name in self.links.values() if name.lower().endswith("styles.xml")), "")
        data = self.whole(part)
        return _styles(starts(data)) if data else Styles()


def _styles(elements: list[tuple[str, dict[str, str]]]) -> Styles:
    percent_formats, frames, percents, framed = {9, 10}, list[int](), set[int](), set[int]()
    inside, number = "", 0
    for name, attributes in elements:
        if name in ("cellXfs", "cellStyleXfs", "borders", "dxfs"):
            inside = name
        elif name == "numFmt" and shows_percent(attributes.get("formatCode", "")):
            percent_formats.add(_number(attributes.get("numFmtId")))
        elif name == "border" and inside == "borders":
            frames.append(0)
        elif name in _SIDES and inside == "borders" and frames:
            frames[-1] += attributes.get("style", "none") != "none"
        elif name == "xf" and inside == "cellXfs":
            if _number(attributes.get("numFmtId")) in percent_formats:
                percents.add(number)
            border = _number(attributes.get("borderId"))
            if border < len(frames) and frames[border] >= 2:
                framed.add(number)
            number += 1
    return Styles(frozenset(percents), frozenset(framed))


def shows_percent(code: str) -> bool:
    """Whether this number format multiplies by a hundred."""
    return "%" in _QUOTED.sub("", code)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0
