"""A ZIP whose parts are replaced one by one; what is not touched keeps its very bytes, compressed as they are."""

import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from dukao.workbooks.problems import Limits, Unreadable
from dukao.workbooks.reading.kinds import checked_entries, damaged

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s4B4H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_UTF8_NAME = 0x800
_SIZES_BEHIND = 0x8
_LEVEL = 1  # the best takes twice as long for a tenth less
_PIECES_AT_ONCE = 256
_PART_LIMIT_BYTES = 200_000_000  # of parts that are edited; a form is smaller by far

Part = bytes | Iterable[bytes]  # its content, or the pieces of it, made while they are packed


@dataclass(frozen=True)
class _Packed:
    """A part as it rests in the file."""

    name: bytes
    flags: int
    method: int
    when: tuple[int, int]  # time and date as ZIP writes them
    check: int
    size: int
    data: bytes
    attributes: int = 0


class Archive:
    """An opened package, wholly in memory. Names of parts are found whatever their case."""

    def __init__(self, path: Path, limits: Limits) -> None:
        entries = [entry for entry in checked_entries(path, limits) if not entry.is_dir()]
        self._bytes = path.read_bytes()
        self._file = ZipFile(path)
        self._entries = {_plain(entry.filename): entry for entry in entries}
        self._order = entries
        self._packed = [_packed(self._bytes, entry) for entry in entries]
        self._fresh: dict[str, tuple[bytes, _Packed]] = {}

    def close(self) -> None:
        self._file.close()

    @property
    def names(self) -> list[str]:
        """Of all parts, lower-case."""
        return list(self._entries)

    def has(self, name: str) -> bool:
        return _plain(name) in self._entries

    def read(self, name: str) -> bytes:
        """A part; empty where it is missing. Raises Unreadable."""
        entry = self._entries.get(_plain(name))
        if entry is None:
            return b""
        if entry.file_size > _PART_LIMIT_BYTES:
            why = f"部件 {name} 有 {entry.file_size / 1e6:,.0f} MB，能填写的最大 {_PART_LIMIT_BYTES / 1e6:,.0f} MB"
            raise Unreadable("工作簿解开后太大", why=why, todo="请删除空白的行列和图片后另存，再重新上传")
        try:
            return self._file.read(entry)
        except (BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
            raise damaged(f"部件 {name} 解不开：{error}") from None

    def write(self, target: Path, parts: Mapping[str, Part]) -> None:
        """The package with these parts replaced or added; the target appears whole or not at all."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=target.parent, prefix=".", suffix=target.suffix, delete=False) as file:
            try:
                file.write(b"".join(self._pieces(parts)))
                file.close()
                os.chmod(file.name, 0o644)
                os.replace(file.name, target)
            except BaseException:
                os.unlink(file.name)
                raise

    def _pieces(self, parts: Mapping[str, Part]) -> Iterator[bytes]:
        changed = {_plain(name): (name, data) for name, data in parts.items()}
        members = []
        for entry, packed in zip(self._order, self._packed, strict=True):
            # Where two entries have one name, both are replaced: programs differ in which of them they take.
            new = changed.get(_plain(entry.filename))
            members.append(self._deflated(packed.name, packed, new[1]) if new else packed)
        for name, data in changed.values():
            if not self.has(name):
                members.append(self._deflated(name.encode(), members[0], data))
        directory, at = [], 0
        for member in members:
            header = _LOCAL.pack(b"PK\x03\x04", 20, member.flags, member.method, *member.when, member.check,
                                 len(member.data), member.size, len(member.name), 0)  # fmt: skip
            yield header
            yield member.name
            yield member.data
            directory.append(
                _CENTRAL.pack(b"PK\x01\x02", 20, 3, 20, 0, member.flags, member.method, *member.when, member.check,
                              len(member.data), member.size, len(member.name), 0, 0, 0, 0, member.attributes, at)
                + member.name
            )  # fmt: skip
            at += len(header) + len(member.name) + len(member.data)
        listed = b"".join(directory)
        yield listed
        yield _END.pack(b"PK\x05\x06", 0, 0, len(members), len(members), len(listed), at, 0)

    def _deflated(self, name: bytes, like: _Packed, part: Part) -> _Packed:
        """Packed anew, unless it is what it was for the copy before."""
        key = name.decode(errors="replace")
        if isinstance(part, bytes) and key in self._fresh and self._fresh[key][0] == part:
            return self._fresh[key][1]
        press, check, size, packed = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15), 0, 0, []
        for piece in (part,) if isinstance(part, bytes) else _joined(part):
            check, size = zlib.crc32(piece, check), size + len(piece)
            packed.append(press.compress(piece))
        flags = like.flags & _UTF8_NAME if name.isascii() or name == like.name else _UTF8_NAME
        new = _Packed(name, flags, ZIP_DEFLATED, like.when, check, size, b"".join([*packed, press.flush()]),
                      like.attributes)  # fmt: skip
        if isinstance(part, bytes):
            self._fresh[key] = (part, new)
        return new


def _joined(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """So many at a time that a processor's own memory holds them."""
    rest = iter(pieces)
    while some := b"".join(islice(rest, _PIECES_AT_ONCE)):
        yield some


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _packed(file: bytes, entry: ZipInfo) -> _Packed:
    """Raises Unreadable."""
    at = entry.header_offset
    if file[at : at + 4] != b"PK\x03\x04" or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise damaged(f"部件 {entry.filename} 的压缩方式不认识")
    name_length, extra_length = struct.unpack_from("<2H", file, at + 26)
    start = at + 30 + name_length + extra_length
    data = file[start : start + entry.compress_size]
    if len(data) != entry.compress_size:
        raise damaged(f"部件 {entry.filename} 不完整")
    year, month, day, hour, minute, second = entry.date_time
    when = hour << 11 | minute << 5 | second // 2, max(year - 1980, 0) << 9 | month << 5 | day
    is_utf8 = bool(entry.flag_bits & _UTF8_NAME)
    name = entry.orig_filename.encode("utf-8" if is_utf8 else "cp437", errors="replace")
    flags = entry.flag_bits & ~_SIZES_BEHIND
    return _Packed(name, flags, entry.compress_type, when, entry.CRC, entry.file_size, data, entry.external_attr)
