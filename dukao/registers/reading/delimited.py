"""CSV: which encoding, which delimiter, where the header is; then the short way or the careful one.

The short way hands the file to DuckDB as it is. The careful way reads every line here and writes the needed cells as a
`TextTable`; it takes any mix of line ends, line breaks inside quotes, empty lines, and rows that are too short or long.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from dukao.registers.reading.marks import Marker, Marks
from dukao.registers.reading.source import HEADER_AMONG_ROWS, PlainText, Source, TextTable, Wanted, told_columns
from dukao.registers.reading.tables import TableWriter
from dukao.workbooks.problems import Unreadable
from dukao.workbooks.reading.encodings import encoding_of as likely_encoding

DELIMITERS = (",", "\t", ";", "|")
_SAMPLE_BYTES = 1_000_000
_BLOCK_BYTES = 4_000_000
CELL_LIMIT_CHARACTERS = 100_000


def encoding_of(path: Path, marks: Marks) -> tuple[str, list[str]]:
    """The encoding of a text file, and what is doubtful about it.

    Raises Unreadable where it is no text, or text in an encoding not known here.
    """
    if marks.bom:
        return marks.bom, []
    with path.open("rb") as file:
        start = file.read(_SAMPLE_BYTES)
    encoding, doubts = likely_encoding(start, is_utf8=marks.is_utf8, has_zeros=marks.has_zeros)
    if encoding == "utf-8" and not marks.is_utf8:
        raise Unreadable("文件是 UTF-8 编码，但中间有损坏的字节", why=_first_broken_line(path), todo="请重新导出文件")
    return encoding, doubts


def _first_broken_line(path: Path) -> str:
    line, decoder = 1, codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        for text in file:
            try:
                decoder.decode(text)
            except UnicodeDecodeError:
                return f"第 {line} 行有不是 UTF-8 的字节"
            line += 1
    return "文件末尾的字不完整"


def as_utf8(path: Path, encoding: str, folder: Path) -> tuple[Path, Marks]:
    """The file in UTF-8 without a mark, written beside. Raises Unreadable where a byte does not fit the encoding."""
    target, marker = folder / "utf8.csv", Marker()
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as source, target.open("wb") as copy:
        while True:
            block = source.read(_BLOCK_BYTES)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                near = source.tell() - len(block) + error.start
                why = f"不是 UTF-8、GB18030、Big5 或 UTF-16：第 {near} 字节附近读不通"
                raise Unreadable("认不出文件的编码", why=why, todo="请另存为 UTF-8 编码的 CSV") from None
            data = (text if copy.tell() else text.removeprefix("\ufeff")).encode()
            marker.feed(data)
            copy.write(data)
            if not block:
                return target, marker.marks()


def read_delimited(path: Path, marks: Marks, wanted: Wanted, folder: Path, *, careful: bool = False) -> Source:
    """The rows of a CSV file; the short way where the file allows it and `careful` does not forbid it."""
    encoding, doubts = encoding_of(path, marks)
    found: dict[str, Any] = {"format": "csv", "encoding": encoding, "line_ends": marks.line_ends, "doubts": doubts}
    if encoding != "utf-8":
        path, marks = as_utf8(path, encoding, folder)
    delimiter, header_index, rows, line_ends_at = _layout(path, wanted)
    headers = rows[header_index]
    places = wanted.places(headers)
    header_line = line_ends_at[header_index]
    found |= {"delimiter": delimiter, "header_line": header_line} | told_columns(headers, places)
    table = _short_way(path, marks, delimiter, header_line, len(headers))
    if table is None or careful:
        return _careful_source(path, delimiter, header_index, headers, places, folder, found)
    return Source(table, places, found)


def _layout(path: Path, wanted: Wanted) -> tuple[str, int, list[list[str]], list[int]]:
    """Delimiter, index of the header row, the first rows, and the line each of them ends at."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES).decode("utf-8-sig", errors="ignore")
    tried = []
    for delimiter in DELIMITERS:
        rows, ends = first_rows(sample, delimiter, HEADER_AMONG_ROWS)
        index = wanted.header_row(rows)
        tried.append((wanted.score(rows[index]) if index is not None else 0, delimiter, index, rows, ends))
    score, delimiter, index, rows, ends = max(tried, key=lambda t: t[0])
    if index is None or not score:
        raise wanted.no_header(max((t[3] for t in tried), key=lambda rows: max(map(len, rows), default=0)))
    return delimiter, index, rows, ends


def first_rows(sample: str, delimiter: str, most: int) -> tuple[list[list[str]], list[int]]:
    """The first rows of a text, and the line each of them ends at."""
    rows: list[list[str]] = []
    ends: list[int] = []
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            if len(rows) == most:
                break
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error:
        pass  # what was read so far may hold the header; the rest is read again, line by line
    return rows, ends


def _short_way(path: Path, marks: Marks, delimiter: str, header_line: int, width: int) -> PlainText | None:
    """The file as DuckDB may read it, where one line is surely one row."""
    regular = marks.line_ends in ("lf", "crlf", "") and marks.is_utf8 and not marks.has_zeros
    if not regular or width < 2:
        return None
    return PlainText(
        path=path,
        delimiter=delimiter,
        skipped_lines=header_line,
        width=width,
        rows=marks.lines - header_line,
        quoted=marks.has_quotes,
        has_blanks=marks.has_blanks,
    )


def _careful_source(
    path: Path, delimiter: str, header_index: int, headers: list[str], places: dict[str, int], folder: Path,
    found: dict[str, Any],
) -> Source:  # fmt: skip
    """Every row below the header, read here one by one; only the needed columns, in the order of the file."""
    order, target = sorted(places.values()), folder / "cells.parquet"
    with path.open(encoding="utf-8-sig", newline="") as file, TableWriter(target, len(order)) as writer:
        for line, row in islice(_rows(file, delimiter), header_index + 1, None):
            writer.take(line, row, order, len(headers))
    return Source(TextTable(target), {column: order.index(place) for column, place in places.items()}, found)


def _rows(file: TextIO, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every row with the line it begins at. Raises Unreadable where quotes do not close."""
    csv.field_size_limit(CELL_LIMIT_CHARACTERS)
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    begins = 1
    try:
        for row in reader:
            yield begins, row
            begins = reader.line_num + 1
    except csv.Error as error:
        reason = "引号没有成对" if "expected after" in str(error) or "end of data" in str(error) else "有一格太长"
        why = "CSV 里含引号的内容要整格放在引号内，格内的引号写两个"
        raise Unreadable(f"第 {begins} 行读不通：{reason}", why=why, todo="请改正这一行后重新交付") from None
    except UnicodeDecodeError:
        raise Unreadable(
            f"第 {begins} 行之后有损坏的字节", why="文件开头标明是 UTF-8，内容却不是", todo="请重新导出文件"
        ) from None
