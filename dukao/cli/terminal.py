"""What is said at a terminal: text in columns, where a Chinese character takes two; rows as plain JSON."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import groupby
from typing import Any

from dukao.base.periods import Period

# Signs that no line begins or ends with.
_CLOSING, _OPENING = " ，。、；：！？）》”’,.;:!?)", "（《“‘("


def width(text: str) -> int:
    """How many columns the text takes."""
    return sum(0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
               for sign in text)  # fmt: skip


def padded(text: str, columns: int) -> str:
    """The text filled up to so many columns, with at least one blank behind it."""
    return text + " " * max(1, columns - width(text))


def aligned(lines: Iterable[str]) -> Iterator[str]:
    """Lines whose cells are parted by tabs, with the cells of neighbouring lines under each other."""
    for is_table, some in groupby(lines, key=lambda line: "\t" in line):
        if not is_table:
            yield from some
            continue
        rows = [line.split("\t") for line in some]
        widths = [max(width(row[place]) for row in rows if place < len(row)) for place in range(max(map(len, rows)))]
        for row in rows:
            yield "".join(padded(cell, widths[place] + 2) for place, cell in enumerate(row)).rstrip()


def wrapped(text: str, columns: int) -> list[str]:
    """Lines no wider than so many columns; broken at blanks, and between Chinese characters."""
    lines, line = [], ""
    for piece in _pieces(" ".join(text.split())):
        if line and width(line + piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()]


def _pieces(text: str) -> Iterator[str]:
    """What stays together: a word with the blank behind it, a wide character with the signs that close it."""
    piece = ""
    for sign in text:
        may_part = piece and (piece[-1] == " " or _is_wide(piece[-1]) or _is_wide(sign))
        if may_part and sign not in _CLOSING and piece[-1] not in _OPENING:
            yield piece
            piece = ""
        piece += sign
    if piece:
        yield piece


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


def plain(value: Any) -> Any:
    """Rows as JSON people can use: periods and days by their code."""
    if isinstance(value, Period):
        return value.code
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
