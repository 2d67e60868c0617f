"""Which part of a document is its body, and how long that is.

Basis: GB/T 9704-2012#7.3 (the parts of a document), #5.2 (a page has 22 lines of 28 characters).
"""

import re
from dataclasses import dataclass

# Kinds of document that a title ends with (党政机关公文处理工作条例#8), and what is issued under them.
GENRES = "通知|意见|决定|决议|命令|公报|公告|通告|通报|报告|请示|批复|议案|函|纪要|方案|办法|要点|规定|细则|倡议书|提示"
_HEAD_LINES = 15
_TITLE_END = re.compile(rf"(?:{GENRES})(?:（.{{1,12}}）)?$")
_NUMBERED = re.compile(
    r"^(?:[一二三四五六七八九十百]+、|（[一二三四五六七八九十]+）|\d+[.．、]|第[一二三四五六七八九十百\d]+[章节条])"
)
_ADDRESSEE = re.compile(r"[各有关].*[:：]$|(?:政府|委员会|部门|单位|局|办公室|镇|乡|街道|村|社区|公司|学校)[:：]$")
_OPENING = re.compile(r"如下|通知|。")
_ATTACHED = re.compile(r"^附\s*件\s*(?:\d{1,2}|[一二三四五六七八九十]{1,2})?\s*(?:[:：].*)?$")
_DATE = re.compile(r"^\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日$|^[〇○零一二三四五六七八九十]{4}年.{1,3}月.{1,3}日$")
_BEHIND = re.compile(r"^(?:抄送|主送|印发机关)[:：]|^（(?:此件|联系人|联系电话)")
_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,20}〔\d{4}〕[\u4e00-\u9fff]{0,4}\d{1,5}号")
_TITLE_LINES = 4
_SIGNED_LINES, _SIGNED_CHARACTERS = 6, 30
_SENTENCE_ENDS = "。；：:！？!?，,、"
_NOT_SEEN = re.compile(r"[\u200b-\u200f\u2060-\u2064\ufeff\u00ad]")
_HALF_WIDTH = re.compile(r"[\x21-\x7e]+")
_FULL_WIDTH = re.compile(r"[^\x00-\x7f\s]")


@dataclass(frozen=True, slots=True)
class Parts:
    """A document in three: what stands before the body, the body, what stands behind it."""

    head: str
    body: str
    tail: str


def parts_of(text: str) -> Parts:
    """Tell the body from the rest.

    Before it stand the red head, the document's number, the title and the addressees; behind it the list of
    attachments, signature and date, notes, who gets a copy, and the attachments themselves. Where only the body was
    pasted, all of it is body.
    """
    lines = [_NOT_SEEN.sub("", line).strip() for line in text.splitlines()]
    begin = _head_lines(lines)
    end = _tail_begins(lines, begin)
    return Parts("\n".join(lines[:begin]).strip(), "\n".join(lines[begin:end]).strip(), "\n".join(lines[end:]).strip())


def names_in(head: str) -> tuple[str, str]:
    """Title and number that the head of a document bears; empty where it has none."""
    number = _NUMBER.search(head)
    lines = [line for line in head.splitlines() if line and not _NUMBER.search(line) and not _is_addressee(line)]
    begin = next((place for place, line in enumerate(lines) if "关于" in line), max(len(lines) - 1, 0))
    title = "".join(lines[begin : begin + _TITLE_LINES])
    return title if _TITLE_END.search(title) else "", number.group() if number else ""


def characters_of(body: str) -> int:
    """How many characters the body has, as they fill the squares of the page.

    Each Chinese character and each full-width sign is one; letters, digits and signs of half width are two to a
    square, each run of them rounded up (`2026` is two). Blanks and ends of lines are none.
    """
    seen = _NOT_SEEN.sub("", body)
    return len(_FULL_WIDTH.findall(seen)) + sum((len(run) + 1) // 2 for run in _HALF_WIDTH.findall(seen))


def pages_of(characters: int, per_page: int) -> int:
    """Pages that so many characters fill, the last one begun counted as whole."""
    return -(-characters // per_page)


def _head_lines(lines: list[str]) -> int:
    """How many lines stand before the body."""
    title_ends = 0
    for place, line in enumerate(lines[:_HEAD_LINES], start=1):
        if not line:
            continue
        if _NUMBERED.match(line):
            break
        if _is_addressee(line):
            return place
        if line[-1] in _SENTENCE_ENDS:
            break
        if _TITLE_END.search(line):
            title_ends = place
    return title_ends


def _is_addressee(line: str) -> bool:
    """`各县（区）人民政府，市直各部门：`, but not `现将有关事项通知如下：`."""
    return len(line) <= 200 and _ADDRESSEE.search(line) is not None and _OPENING.search(line) is None


def _tail_begins(lines: list[str], begin: int) -> int:
    for place in range(begin, len(lines)):
        line = lines[place]
        if _ATTACHED.match(line) or _BEHIND.match(line):
            return place
        if _DATE.match(line):
            return _signature_begins(lines, begin, place)
    return len(lines)


def _signature_begins(lines: list[str], begin: int, date: int) -> int:
    """The short lines right above the date are who signs."""
    for place in range(date - 1, max(begin, date - _SIGNED_LINES) - 1, -1):
        line = lines[place]
        if line and (len(line) > _SIGNED_CHARACTERS or line[-1] in _SENTENCE_ENDS or _NUMBERED.match(line)):
            return place + 1
    return max(begin, date - _SIGNED_LINES)
