"""Files that rest under the SHA-256 of their content: what was delivered, what was accepted, what was set aside.

A file is written beside its place, flushed to the disk, then renamed into it: it is there whole or not at all, and it
never changes. What a database row names is therefore there for ever; what no row names is swept away after a while.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

from django.conf import settings

from dukao.registers.reading.marks import Marker, Marks

Kind = Literal["inbox", "records", "rejects"]
_SUFFIX: dict[Kind, str] = {"inbox": "", "records": ".parquet", "rejects": ".csv"}
# Blocks stay in the processor's cache while they are looked at, hashed and copied, and their memory is used again.
_BLOCK_BYTES = 500_000
_UNDER_WAY = 4
# The disk begins early with what it will be waited for.
_FLUSH_BYTES = 100_000_000


def path_of(kind: Kind, digest: str) -> Path:
    """Where a file of this kind and digest rests."""
    return Path(settings.VAR) / kind / digest[:2] / f"{digest}{_SUFFIX[kind]}"


@contextmanager
def workspace() -> Iterator[Path]:
    """A folder for the time of one piece of work, on the same disk as the store."""
    root = Path(settings.VAR) / "work"
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep_workspaces(*, older_than: float) -> None:
    """Remove the folders that killed processes left behind; `older_than` is a time stamp."""
    root = Path(settings.VAR) / "work"
    for folder in root.iterdir() if root.is_dir() else ():
        if folder.stat().st_mtime < older_than:
            shutil.rmtree(folder, ignore_errors=True)


def sweep_files(*, older_than: float, named: Callable[[Kind], set[str]]) -> int:
    """Remove files whose digest is not among the `named` and that came to rest before this time stamp; answer how many.

    Who brings the same file again makes it young: so it stays until the row that names it can be seen.
    """
    return sum(_sweep(kind, older_than, named(kind)) for kind in _SUFFIX)


def _sweep(kind: Kind, older_than: float, named: set[str]) -> int:
    swept = 0
    for path in (Path(settings.VAR) / kind).glob("??/*"):
        if path.name.removesuffix(_SUFFIX[kind]) in named:
            continue
        with _locked(fcntl.LOCK_EX):
            if path.stat().st_mtime < older_than:
                path.unlink()
                swept += 1
    return swept


@contextmanager
def _locked(how: int) -> Iterator[None]:
    """Hold the lock of the store, so that no file comes to rest between a look at its age and its removal."""
    with (Path(settings.VAR) / "files.lock").open("w") as file:
        fcntl.flock(file, how)
        yield


def take_in(source: BinaryIO, folder: Path) -> tuple[str, int, Marks]:
    """Copy a delivered file into the inbox, safe on the disk; answer digest, size in bytes, and what its bytes show."""
    temporary = folder / "incoming"
    digest, marker, size = hashlib.sha256(), Marker(), 0
    with temporary.open("wb") as copy, _lane() as hashing, _lane() as flushing:
        hashed: deque[Future[None]] = deque()
        flushed: list[Future[None]] = []
        while block := source.read(_BLOCK_BYTES):
            size += len(block)
            # Hashing takes as long as all the rest, and lets go of the interpreter lock.
            hashed.append(hashing.submit(digest.update, block))
            copy.write(block)
            marker.feed(block)
            while len(hashed) > _UNDER_WAY:
                hashed.popleft().result()
            if size // _FLUSH_BYTES > len(flushed):
                flushed.append(flushing.submit(os.fdatasync, copy.fileno()))
        for last in (*hashed, *flushed):
            last.result()
    return _rest(temporary, "inbox", digest.hexdigest()), size, marker.marks()


def _lane() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1)


def keep(temporary: Path, kind: Kind) -> str:
    """Move a finished file to its resting place, safe on the disk; answer its digest."""
    with temporary.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return _rest(temporary, kind, digest)


def _rest(temporary: Path, kind: Kind, digest: str) -> str:
    place = path_of(kind, digest)
    _flush(temporary)
    for folder in (place.parent.parent, place.parent):
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            _flush(folder.parent)
    with _locked(fcntl.LOCK_SH):
        os.replace(temporary, place)
    _flush(place.parent)
    return digest


def _flush(path: Path) -> None:
    """Wait until the disk holds the file or folder."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
