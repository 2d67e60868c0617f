"""Cells that hold an error (`#REF!`, `#DIV/0!` …): the reader gives them as empty, so they are looked up here.

XLSX marks them in the sheet's XML (`t="e"`); XLS has records for them in the workbook stream of a compound file.
"""

import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree  # expat refuses entity bombs; nothing is fetched

Cell = tuple[int, int]  # row and column from 0

_MARK = re.compile(rb"\bt\s*=\s*[\"']e[\"']")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_BLOCK_BYTES = 4_000_000


def error_cells(path: Path, kind: str, sheet: str, number: int) -> dict[Cell, str]:
    """Row and column → name of the error, for the sheet of this name, the `number`th (from 0) of the workbook."""
    return _in_xlsx(path, sheet) if kind == "xlsx" else _in_xls(path.read_bytes(), number)


def _in_xlsx(path: Path, sheet: str) -> dict[Cell, str]:
    with zipfile.ZipFile(path) as package:
        part = _part_of(package, sheet)
        if part is None or not _has_mark(package, part):
            return {}
        found: dict[Cell, str] = {}
        row = column = -1
        with package.open(part) as file:
            for event, node in ElementTree.iterparse(file, events=("start", "end")):  # noqa: S314 (see the import)
                tag = node.tag.rpartition("}")[2]
                if event == "start" and tag == "row":
                    row, column = int(node.get("r") or row + 2) - 1, -1
                elif event == "start" and tag == "c":
                    row, column = _place(node.get("r") or "", (row, column + 1))
                elif event == "end" and tag == "c" and node.get("t") == "e":
                    found[row, column] = next((v.text or "" for v in node if v.tag.endswith("v")), "") or "#ERROR!"
                if event == "end" and tag == "row":
                    node.clear()
        return found


def _place(reference: str, default: Cell) -> Cell:
    match = _REFERENCE.fullmatch(reference)
    if not match:
        return default
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def _part_of(package: zipfile.ZipFile, sheet: str) -> str | None:
    """The XML part that holds the sheet of this name."""
    names = {name.lower(): name for name in package.namelist()}
    book = next((name for name in sorted(names) if name.endswith("workbook.xml")), None)
    if book is None:
        return None
    folder = PurePosixPath(names[book]).parent
    links = names.get(str(folder / "_rels" / "workbook.xml.rels").lower())
    if links is None:
        return None
    targets = {n.get("Id"): n.get("Target") or "" for n in ElementTree.fromstring(package.read(links))}  # noqa: S314
    for node in ElementTree.fromstring(package.read(names[book])).iter():  # noqa: S314
        if node.tag.rpartition("}")[2] == "sheet" and node.get("name") == sheet:
            identity = next((v for k, v in node.attrib.items() if k.rpartition("}")[2] == "id"), None)
            target = targets.get(identity, "")
            full = target.lstrip("/") if target.startswith("/") else str(folder / target)
            return names.get(full.lower())
    return None


def _has_mark(package: zipfile.ZipFile, part: str) -> bool:
    """Whether the sheet has any error: most have none, and then its XML is not parsed a second time."""
    with package.open(part) as file:
        end = b""
        while block := file.read(_BLOCK_BYTES):
            if _MARK.search(end + block):
                return True
            end = block[-16:]
    return False


# XLS: BIFF record types, and the codes of errors.
_BOUNDSHEET, _BOF, _EOF, _FORMULA, _BOOLERR = 0x0085, 0x09, 0x0A, 0x0006, 0x0205
_ERROR_NAMES = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def _in_xls(data: bytes, number: int) -> dict[Cell, str]:
    try:
        stream = _workbook_stream(data)
        starts = [at for kind, at, _length in _records(stream, 0) if kind == _BOUNDSHEET]
        return _errors_from(stream, struct.unpack_from("<I", stream, starts[number])[0])
    except (struct.error, IndexError):
        return {}


def _workbook_stream(data: bytes) -> bytes:
    """The workbook stream of a compound file; files of before 1995 are the stream themselves."""
    if data[:4] != b"\xd0\xcf\x11\xe0":
        return data
    size = 1 << struct.unpack_from("<H", data, 30)[0]

    def sector(number: int) -> bytes:
        return data[(number + 1) * size : (number + 2) * size]

    fat = _allocation(data, size, sector)

    def chain(first: int, table: list[int], most: int) -> list[int]:
        found: list[int] = []
        while first < len(table) and len(found) <= most:
            found.append(first)
            first = table[first]
        return found

    sectors = len(data) // size + 1
    directory = b"".join(sector(n) for n in chain(struct.unpack_from("<I", data, 48)[0], fat, sectors))
    small_limit = struct.unpack_from("<I", data, 56)[0]
    small_fat = [
        entry
        for n in chain(struct.unpack_from("<I", data, 60)[0], fat, sectors)
        for entry in struct.unpack(f"<{size // 4}I", sector(n).ljust(size, b"\xff"))
    ]
    small = b"".join(sector(n) for n in chain(struct.unpack_from("<I", directory, 116)[0], fat, sectors))
    for at in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(0, length - 2)].decode("utf-16-le", errors="replace").lower()
        if name not in ("workbook", "book"):
            continue
        first, bytes_long = struct.unpack_from("<II", directory, at + 116)
        if bytes_long < small_limit:
            return b"".join(small[n * 64 : n * 64 + 64] for n in chain(first, small_fat, sectors * 8))[:bytes_long]
        return b"".join(sector(n) for n in chain(first, fat, sectors))[:bytes_long]
    return b""


def _allocation(data: bytes, size: int, sector: Callable[[int], bytes]) -> list[int]:
    """The table that chains the sectors of a compound file."""
    numbers = [n for n in struct.unpack_from("<109I", data, 76) if n < 0xFFFFFFFA]
    more, count = struct.unpack_from("<II", data, 68)
    for _ in range(min(count, len(data) // size)):
        if more >= 0xFFFFFFFA:
            break
        entries = struct.unpack(f"<{size // 4}I", sector(more).ljust(size, b"\xff"))
        numbers += [n for n in entries[:-1] if n < 0xFFFFFFFA]
        more = entries[-1]
    return [e for n in numbers for e in struct.unpack(f"<{size // 4}I", sector(n).ljust(size, b"\xff"))]


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Type, place and length of the records of one substream, nested substreams included."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4, length
        at += 4 + length
        depth += (kind & 0xFF == _BOF) - (kind == _EOF)
        if kind == _EOF and depth <= 0:
            return


def _errors_from(stream: bytes, start: int) -> dict[Cell, str]:
    found: dict[Cell, str] = {}
    for kind, at, length in _records(stream, start):
        if kind == _BOOLERR and length >= 8 and stream[at + 7]:
            code = stream[at + 6]
        elif kind == _FORMULA and length >= 14 and stream[at + 6] == 2 and stream[at + 12 : at + 14] == b"\xff\xff":
            code = stream[at + 8]
        else:
            continue
        row, column = struct.unpack_from("<HH", stream, at)
        found[row, column] = _ERROR_NAMES.get(code, "#ERROR!")
    return found
