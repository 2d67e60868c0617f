"""Functions that `test_apart` calls in another process."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from dukao.base.refusals import NotThere


def double(number: int) -> int:
    print("what a parser prints is no answer")
    return number * 2


def refuse() -> None:
    raise NotThere("没有这张表", why="找过了", todo="请再看一眼")


def fail() -> None:
    raise LookupError("with a detail that stays over there")


def crash() -> None:
    os.abort()


def hang() -> None:
    while True:
        time.sleep(60)


def ask_for(size_bytes: int) -> int:
    return len(bytearray(size_bytes))


def write(path: Path, size_bytes: int) -> int:
    return path.write_bytes(b"x" * size_bytes)


def surroundings() -> tuple[dict[str, str], bool]:
    return dict(os.environ), "django" in sys.modules


def stranger() -> Path:
    return Path("/etc/passwd")


def count(numbers: int, fails_at: int = -1) -> Iterator[int]:
    for number in range(numbers):
        if number == fails_at:
            raise NotThere("到头了")
        yield number
