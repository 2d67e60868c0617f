"""Lists of answers that a cell offers: `1.是 2.否`, `□是 □否`, `男/女`."""

import re
from functools import lru_cache

from dukao.workbooks.boxes import boxes_in
from dukao.workbooks.matching.measures import is_measure
from dukao.workbooks.understanding.words import CIRCLED, tidy

_SLASHED = re.compile(r"^[^/]{1,6}(?:/[^/]{1,6})+$")


def is_boxes(text: str) -> bool:
    """`□是 □否`: an answer to be ticked, or `1.是 2.否`: one to be chosen; and none is yet."""
    flat = text.strip()
    if boxes := boxes_in(flat):
        return not boxes.label and not boxes.ticked
    listed = codes_in(flat) if re.match(r"[01A①]", flat) else ()
    return bool(listed) and tidy(flat[1:].lstrip(" .．、:：=-—")).startswith(listed[0][1])


@lru_cache(maxsize=65_536)
def codes_in(text: str) -> tuple[tuple[str, str], ...]:
    """The list of answers a cell offers, as code and title: `1.是 2.否`, `□是 □否`, `男/女`."""
    if boxes := boxes_in(text):
        return tuple((title, title) for title in boxes.titles)
    for marks in ("123456789", "0123456789", "ABCDEFGH", CIRCLED):
        listed = _listed(text, marks)
        if listed:
            return listed
    for inside in [*re.findall(r"[（(]([^（）()]+)[）)]", text), text]:
        flat = tidy(inside)
        if (
            _SLASHED.match(flat)
            and not is_measure(flat)
            and not is_measure(flat.partition("/")[2])
            and re.search(r"是/否|男/女|有/无|√/[×xX]|[^\d\x00-\x7f/]+/[^\d\x00-\x7f]+/", flat)
        ):
            return tuple((part, part) for part in flat.split("/"))
    return ()


def _listed(text: str, marks: str) -> tuple[tuple[str, str], ...]:
    """`1.是 2.否`: each mark in its order, and what stands between them."""
    sign = r"\s*" if marks is CIRCLED else r"\s*[.．、:：=＝\-—－]\s*"
    found: list[tuple[str, int, int]] = []
    for mark in marks:
        start = found[-1][2] + 1 if found else 0
        places = [
            (m.start(), m.end()) for m in re.compile(rf"(?<![\dA-Za-z.]){mark}{sign}(?=\S)").finditer(text, start)
        ]
        if not places:
            break
        found.append((mark, *places[0]))
    if len(found) < 2:
        return ()
    first = list(re.compile(rf"(?<![\dA-Za-z.]){marks[0]}{sign}(?=\S)").finditer(text, 0, found[1][1]))[-1]
    found[0] = (marks[0], first.start(), first.end())
    ends = [start for _, start, _ in found[1:]] + [len(text)]
    titles = [tidy(text[end:until]).rstrip("、,，;；/ ") for (_, _, end), until in zip(found, ends, strict=True)]
    titles[-1] = (
        re.split(r"[)）;；。\n]", titles[-1])[0] if titles[-1].count("(") + titles[-1].count("（") == 0 else titles[-1]
    )
    if not all(0 < len(title) <= 30 for title in titles):
        return ()
    return tuple((mark, title) for (mark, _, _), title in zip(found, titles, strict=True))
