"""Compound files (OLE): the container of XLS, and of workbooks with a password."""

import struct
from collections.abc import Iterable
from pathlib import Path

_SMALL = 64  # bytes of a sector of short streams
_FREE = 0xFFFFFFFA  # sector numbers from here on mean something else than a sector


def is_compound(start: bytes) -> bool:
    return start.startswith(b"\xd0\xcf\x11\xe0")


def stream_names(path: Path) -> set[str]:
    """The names of all streams in lower case; empty where the file is damaged."""
    return set(_Compound(path.read_bytes()).entries)


def stream(data: bytes, *names: str) -> bytes:
    """The first of these streams that is there; empty where none is."""
    compound = _Compound(data)
    return next((compound.read(name) for name in names if name in compound.entries), b"")


def overwritten(data: bytes, places: Iterable[int], *names: str) -> bytes:
    """The file with two bytes set to ones at each of these places of the first stream that is there."""
    compound = _Compound(data)
    pieces, size = next(compound.pieces(name) for name in names if name in compound.entries)
    changed = bytearray(data)
    for place in places:
        for at in (place, place + 1):
            changed[pieces[at // size] + at % size] = 0xFF
    return bytes(changed)


class _Compound:
    """Reads as far as the chains go; what is damaged is missing, and chains that run in circles end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.entries: dict[str, tuple[int, int]] = {}  # name in lower case → first sector, bytes
        try:
            self._open()
        except (struct.error, IndexError):
            return

    def _open(self) -> None:
        self._size = 1 << min(struct.unpack_from("<H", self.data, 30)[0], 16)
        self._fat = self._table(self._fat_sectors())
        first_of_directory, self._small_limit, first_of_small_fat = (
            struct.unpack_from("<I", self.data, at)[0] for at in (48, 56, 60)
        )
        directory = self._joined(first_of_directory)
        self._small_fat = self._table(self._chain(first_of_small_fat, self._fat))
        for at in range(0, len(directory) - 127, 128):
            length = min(struct.unpack_from("<H", directory, at + 64)[0], 64)
            name = directory[at : at + max(0, length - 2)].decode("utf-16-le", errors="replace").lower()
            first, size = struct.unpack_from("<II", directory, at + 116)
            if at == 0:
                self._small = self._chain(first, self._fat)
            elif name:
                self.entries.setdefault(name, (first, size))

    def read(self, name: str) -> bytes:
        pieces, size = self.pieces(name)
        return b"".join(self.data[at : at + size] for at in pieces)[: self.entries[name][1]]

    def pieces(self, name: str) -> tuple[list[int], int]:
        """Where in the file the pieces of a stream begin, and how long they are."""
        first, size = self.entries[name]
        if size >= self._small_limit:
            return [(number + 1) * self._size for number in self._chain(first, self._fat)], self._size
        small = [number * _SMALL for number in self._chain(first, self._small_fat)]
        sectors = [at // self._size for at in small]
        return [
            (self._small[sector] + 1) * self._size + at % self._size
            for sector, at in zip(sectors, small, strict=True)
            if sector < len(self._small)
        ], _SMALL

    def _sector(self, number: int) -> bytes:
        return self.data[(number + 1) * self._size : (number + 2) * self._size]

    def _joined(self, first: int) -> bytes:
        return b"".join(map(self._sector, self._chain(first, self._fat)))

    def _chain(self, first: int, table: list[int]) -> list[int]:
        found: list[int] = []
        while first < len(table) and len(found) <= len(table):
            found.append(first)
            first = table[first]
        return found

    def _table(self, sectors: list[int]) -> list[int]:
        entries = f"<{self._size // 4}I"
        return [e for n in sectors for e in struct.unpack(entries, self._sector(n).ljust(self._size, b"\xff"))]

    def _fat_sectors(self) -> list[int]:
        numbers = [n for n in struct.unpack_from("<109I", self.data, 76) if n < _FREE]
        more, count = struct.unpack_from("<II", self.data, 68)
        for _ in range(min(count, len(self.data) // self._size)):
            if more >= _FREE:
                break
            entries = self._table([more])
            numbers += [n for n in entries[:-1] if n < _FREE]
            more = entries[-1]
        return numbers[: len(self.data) // self._size + 1]
