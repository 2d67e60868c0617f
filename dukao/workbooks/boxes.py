"""Answers to be ticked: `□是 □否`, `是□ 否□`, `是（ ）否（ ）`, alone in a cell or behind what is asked."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

# What a tick is written as; in brackets a plain one.
TICK = "☑"
# The last ones are boxes and ticks of symbol fonts, which stand for nothing outside of these.
_SYMBOLS, _TICKED_SYMBOLS = "\uf0a8\uf06f\uf071", "\uf052\uf0fe\uf0fc"
_OPEN, _TICKED = f"□☐○◯▢◻⬜{_SYMBOLS}", f"☑☒■✓✔√●◉▣{_TICKED_SYMBOLS}"
_MARK = rf"(?:[{_OPEN}{_TICKED}]|[(（][ \u3000√✓✔]*[)）])"
_TITLE = rf"[^{_OPEN}{_TICKED}\s;；,，、/:：?？()（）]+(?:[（(][^（）()]*[^\s（）()√✓✔][^（）()]*[）)])?"
_BEHIND = re.compile(rf"({_TITLE})[ \u3000]*({_MARK})")
_BEFORE = re.compile(rf"({_MARK})\s*({_TITLE})")
# （请打√）: how to answer, and no answer.
_HOW = re.compile(
    r"[（(][^（）()]*(?:[打划画填勾选]|单选|多选)[^（）()]*[)）]|[在于][□☐][^□☐]{0,3}[打划画][“\"]?[√✓✔]|[打划画][“\"]?[√✓✔]"
)
# A cell with nothing but one box, and mostly its answer: 是 □ beside 否 □.
_ALONE = re.compile(rf"\s*(?:({_TITLE})[ \u3000]*)?([{_OPEN}{_TICKED}])\s*({_TITLE})?\s*")
_DOTS = "■●◉▣"
_NUMBERING = re.compile(r"^(?:\d{1,2}|[A-Za-z])[.．、:：]|^[①-⑳]")
_NUMBERED_ANSWER = re.compile(r"(?:^|\s)(?:\d{1,2}|[A-Za-z])[.．、]\s*$")
# A year in Chinese digits has circles that are zeros.
_ZERO = re.compile(r"[〇零一二三四五六七八九][○◯]|[○◯][〇零一二三四五六七八九○◯]年")
# Brackets with nothing inside are boxes only where the answers are these; else they are room to write in.
_PAIRED = ({"是", "否"}, {"有", "无"}, {"男", "女"}, {"已", "未"}, {"同意", "不同意"}, {"合格", "不合格"})


@dataclass(frozen=True, slots=True)
class Box:
    """An answer with the place of its box in the text."""

    title: str
    mark: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.mark)

    @property
    def is_ticked(self) -> bool:
        return any(sign in self.mark for sign in _TICKED)


@dataclass(frozen=True, slots=True)
class Boxes:
    """The boxes of one text; `label` is what stands before them."""

    label: str
    boxes: tuple[Box, ...]

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(box.title for box in self.boxes)

    @property
    def ticked(self) -> tuple[str, ...]:
        return tuple(box.title for box in self.boxes if box.is_ticked)


@lru_cache(maxsize=65_536)
def boxes_in(text: str) -> Boxes | None:
    """Two boxes and more, each with another answer; None where the text has none, or asks several things."""
    masked = _HOW.sub(lambda found: " " * len(found[0]), text)
    marks = re.findall(_MARK, masked)
    if len(marks) < 2 or _ZERO.search(masked):
        return None
    ends_in_mark = re.search(_MARK + r"[\s。；;)）]*$", masked) is not None
    for pattern, box, title in ((_BEHIND, 2, 1), (_BEFORE, 1, 2)) if ends_in_mark else ((_BEFORE, 1, 2),):
        found = list(pattern.finditer(masked))
        if len(found) < max(2, len(marks) - 1):
            continue
        boxes = tuple(_box(one[title], one[box], one.start(box)) for one in found)
        label = _NUMBERED_ANSWER.sub("", masked[: found[0].start()]).strip(" \u3000\n:：?？、，,_＿")
        return Boxes(label, boxes) if _are_answers(boxes, label, masked[found[0].start() :]) else None
    return None


@lru_cache(maxsize=65_536)
def asks_several(text: str) -> bool:
    """Whether one text asks several things, each with its own boxes: `性别：□男 □女 民族：□汉族 □其他`."""
    return len(re.findall(rf"[^{_OPEN}{_TICKED}:：\s][:：]\s*{_MARK}", _HOW.sub("", text))) > 1


@lru_cache(maxsize=65_536)
def box_alone(text: str) -> Box | None:
    """The box of a text that holds nothing else but, mostly, its answer: □, 是 □, □是; the title may be empty."""
    found = _ALONE.fullmatch(text)
    if found is None or (found[1] and found[3]) or found[2] in "●◉" or _ZERO.search(text):
        return None
    return _box(found[1] or found[3] or "", found[2], found.start(2))


def _box(title: str, mark: str, start: int) -> Box:
    return Box(_NUMBERING.sub("", title).strip("_＿。.") or title, mark, start)


def _are_answers(boxes: tuple[Box, ...], label: str, rest: str) -> bool:
    titles = [box.title for box in boxes]
    if all(box.mark in _DOTS for box in boxes):  # the dots of a list
        return False
    if len(set(titles)) < len(titles) or any(len(title) > 30 for title in titles) or re.search(_MARK, label):
        return False
    if any(len(box.mark) > 1 for box in boxes):
        return any(set(titles) <= pair for pair in _PAIRED)
    # A second label among the answers (性别：□男 □女 民族：□汉族 □其他) asks two things at once.
    return re.search(r"\S[:：]\s*" + _MARK, rest) is None


def with_ticks(text: str, titles: Collection[str]) -> str | None:
    """The text with these answers ticked and all else as it was; None where one of them is not offered."""
    boxes = boxes_in(text)
    if boxes is None or not titles or not set(titles) <= set(boxes.titles):
        return None
    for box in reversed(boxes.boxes):
        if box.title in titles:
            mark = TICK if len(box.mark) == 1 else f"{box.mark[0]}√{box.mark[-1]}"
            text = text[: box.start] + mark + text[box.end :]
    return re.sub(f"[{_SYMBOLS}]", "□", text)


def is_ticked_copy(text: str, printed: str) -> bool:
    """Whether `text` is what is printed, with nothing but open boxes of it ticked; blanks do not count."""
    boxes, alone = boxes_in(text), box_alone(text)
    is_ticked = bool(boxes.ticked) if boxes else alone is not None and alone.is_ticked
    if not is_ticked or (alone and not box_alone(printed)) or re.search(f"[{_TICKED}]", _HOW.sub("", printed)):
        return False
    return _unticked(text) == _unticked(printed)


def _unticked(text: str) -> str:
    return "".join(re.sub(_MARK, lambda mark: "□" if len(mark[0]) == 1 else "（）", text).split())


def ticked_alone(printed: str) -> str:
    """The one box of the text ticked, all else as it was."""
    box = box_alone(printed)
    assert box is not None, printed
    return printed[: box.start] + TICK + printed[box.end :]


def offers_ticks(text: str) -> bool:
    """Whether the text prints a box or several, and none is ticked."""
    alone = box_alone(text)
    return has_open_boxes(text) or (alone is not None and not alone.is_ticked)


def has_open_boxes(text: str) -> bool:
    """Whether the text prints answers to tick and none is ticked."""
    boxes = boxes_in(text)
    return boxes is not None and not boxes.ticked
