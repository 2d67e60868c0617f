"""The items of a form of pairs, each with its answer; and the small rosters set between them."""

import re
from dataclasses import dataclass, field

from dukao.workbooks.boxes import boxes_in, has_open_boxes, offers_ticks
from dukao.workbooks.grid import Area
from dukao.workbooks.tables import Heading, Kind, OwnBox, Slot
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.canvas import Canvas, Cell
from dukao.workbooks.understanding.codes import codes_in
from dukao.workbooks.understanding.headings import kind_of, shared_unit
from dukao.workbooks.understanding.tokens import (
    Token,
    alternates,
    boxes_apart,
    is_group,
    is_row_of_pairs,
    is_text,
    is_ticked_within,
    is_unit_between,
    tokens_in,
    unit_at,
)

_PICTURE = re.compile(r"照片|相片|[一两二]寸|二维码|粘贴处")


@dataclass(frozen=True)
class Item:
    """One thing asked. `answer` is the area of its answer, `filled` what stands there already."""

    path: tuple[str, ...]
    label: Cell
    answer: Area
    filled: Cell | None = None
    unit: str = ""  # where it stands beside the answer
    number: str = ""  # where it stands before the item
    boxes: tuple[OwnBox, ...] = ()  # where its answers to tick stand in cells of their own

    @property
    def is_ticked_within(self) -> bool:
        """Whether its answers to tick stand behind the item itself, in one cell: `是否参保：□是 □否`."""
        return self.filled is self.label


@dataclass
class Parts:
    """A form of pairs, cut into its pieces: runs of rows with pairs, and small rosters set between them."""

    pairs: list[Area] = field(default_factory=list)
    rosters: list[tuple[Area, str]] = field(default_factory=list)  # area and what it is called


def parts_of(canvas: Canvas, area: Area) -> Parts:
    parts = Parts()
    row, start = area.top, area.top
    while row <= area.bottom:
        roster = _roster_at(canvas, area, row)
        if roster is None:
            row += 1
            continue
        if row > start:
            parts.pairs.append(Area(start, area.left, row - 1, area.right))
        parts.rosters.append(roster)
        row = start = roster[0].bottom + 1
    if start <= area.bottom:
        parts.pairs.append(Area(start, area.left, area.bottom, area.right))
    return parts


def _roster_at(canvas: Canvas, area: Area, row: int) -> tuple[Area, str] | None:
    """A small roster that begins in this row: names side by side, blanks or data of the same cut below."""
    tokens = tokens_in(canvas, area, row)
    title, end = "", area.bottom
    if len(tokens) > 1 and tokens[0][0].top == row and tokens[0][0].bottom > max(here.bottom for here, _ in tokens[1:]):
        (group, label), tokens = tokens[0], tokens[1:]
        title, end = label.text if label is not None else "", group.bottom
    names = [cell for here, cell in tokens if cell is not None and cell.is_text and here.top == row]
    if len(names) < 3 or len(names) != len(tokens) or sum(words.is_label(n.text) for n in names) < 0.6 * len(names):
        return None
    if not title and is_row_of_pairs(tokens):
        return None
    left, bottom = tokens[0][0].left, max(here.bottom for here, _ in tokens)
    cut = _cut(tokens_in(canvas, area, bottom), left)
    header = bottom
    while bottom < end:
        below = [token for token in tokens_in(canvas, area, bottom + 1) if token[0].left >= left]
        if _cut(below, left) != cut or _has_items(below):
            break
        bottom += 1
    if bottom == header:
        return None
    first = [cell for here, cell in tokens_in(canvas, area, header + 1) if here.left >= left]
    if not title and sum(cell is None for cell in first) < 0.5 * len(first) and not all(map(_is_label, names)):
        return None  # Filled pairs, whose answers read like items.
    if not title and row > area.top:
        over = canvas.seen(row - 1, area.left, area.right)
        title = over[0].text if len(over) == 1 and over[0].is_text else ""
    return Area(row, left, bottom, cut[-1][1]), title


def _is_label(cell: Cell) -> bool:
    return words.is_label(cell.text)


def _cut(tokens: list[Token], left: int) -> list[tuple[int, int]]:
    """The columns between which a row is cut into cells."""
    return [(here.left, here.right) for here, _ in tokens if here.left >= left]


def _has_items(tokens: list[Token]) -> bool:
    """Whether a row holds labels with blanks beside them: pairs, not a roster's data."""
    labels = [
        place
        for place, (_, cell) in enumerate(tokens)
        if cell is not None and cell.is_text and words.is_label(cell.text)
    ]
    return bool(labels) and any(place + 1 < len(tokens) and tokens[place + 1][1] is None for place in labels)


# Items


def items_of(canvas: Canvas, area: Area, first_section: str) -> tuple[list[Item], list[str]]:
    """The items in reading order, and doubts about cells that could not be paired."""
    items: list[Item] = []
    doubts: list[str] = []
    section: tuple[str, ...] = (first_section,) if first_section else ()
    for row in canvas.between(area.top, area.bottom):
        seen = canvas.seen(row, area.left, area.right)
        if len(seen) == 1 and seen[0].row == row and seen[0].is_text and _is_section(canvas, area, seen[0]):
            section = (seen[0].text,)
            continue
        if len(seen) == 1 and _heads_items(canvas, area, seen[0]):
            section = (seen[0].text,)
            continue
        found, unpaired = _items_of_row(canvas, area, row, section)
        items.extend(found)
        doubts.extend(unpaired)
    return items, doubts


def _is_section(canvas: Canvas, area: Area, cell: Cell) -> bool:
    is_wide = cell.width >= 0.7 * (area.right - area.left + 1) and area.right > area.left
    return is_wide and not (cell.is_open or cell.asks_itself or cell.asks_several)


def _heads_items(canvas: Canvas, area: Area, cell: Cell) -> bool:
    """Whether a name numbered 一、 has a blank beside it only because nothing was merged: items stand below it."""
    if cell.column != area.left or words.marker_level(cell.text) != 1 or cell.asks_itself or codes_in(cell.printed):
        return False
    if words.is_question(cell.text) or kind_of((words.bare(cell.text),), "", (), []) in (Kind.NUMBER, Kind.PERCENT):
        return False
    below = canvas.cells(cell.area.bottom + 1, area.left, area.left) if cell.area.bottom < area.bottom else []
    return bool(below) and words.marker_level(below[0].text) != 1


def _items_of_row(canvas: Canvas, area: Area, row: int, section: tuple[str, ...]) -> tuple[list[Item], list[str]]:
    items: list[Item] = []
    doubts: list[str] = []
    groups: tuple[str, ...] = section
    tokens = tokens_in(canvas, area, row)
    in_turns = alternates(canvas, area)
    place = 0
    while place < len(tokens):
        here, label = tokens[place]
        place += 1
        if label is None or label.is_open or (here.top != row and not is_group(canvas, area, (here, label))):
            continue
        if label.asks_several:
            doubts.append(f"{label.name} 一格里有几个要勾选的问题，要手工勾选")
        elif label.is_text and (apart := boxes_apart(tokens, place))[1]:
            first = apart[0][0]
            answer, filled = next(token for token in tokens[place:] if token[0].left == first.column)
            items.append(Item((*groups, label.text.rstrip("：: ")), label, answer, filled, boxes=apart[0]))
            place += apart[1]
        elif is_ticked_within(canvas, area, tokens, place - 1):
            items.append(item_within(label, groups))
        elif is_group(canvas, area, (here, label)):
            groups = (*groups, label.text)
        elif (
            not label.is_text
            or words.is_serial_head(label.text)
            or (place == len(tokens) and _PICTURE.search(label.text))
        ):
            continue
        elif place == len(tokens):
            doubts.append(f"{label.name} “{_short(label.text)}”旁没有填写的位置")
        elif is_text(tokens[place]) and not in_turns and (_heads_next(tokens, place) or _asks_several(tokens[place])):
            groups = (*groups, label.text)
        else:
            taken, item = _item(tokens, place, label, groups)
            place += taken
            items += [item] if item.answer.top == row else []
    return items, doubts


def _asks_several(token: Token) -> bool:
    return token[1] is not None and token[1].asks_several


def _item(tokens: list[Token], place: int, label: Cell, groups: tuple[str, ...]) -> tuple[int, Item]:
    """The item whose answer begins at this place, a unit of measure before or behind it; and how many cells it took."""
    path = (*groups, label.text.rstrip("：: "))
    if is_unit_between(tokens, place):
        return 2, Item(path, label, *tokens[place + 1], unit_at(tokens, place))
    behind = unit_at(tokens, place + 1)
    return 2 if behind else 1, Item(path, label, *tokens[place], behind)


def item_within(cell: Cell, groups: tuple[str, ...]) -> Item:
    """The item of a cell that holds what is asked and the answers to tick."""
    boxes = boxes_in(cell.printed)
    assert boxes is not None, cell.printed
    return Item((*groups, words.tidy(boxes.label)), cell, cell.area, cell)


def _heads_next(tokens: list[Token], place: int) -> bool:
    """Whether the text at this place is itself a label: room or a ready answer stands right of it, unlike before."""
    cell = tokens[place][1]
    assert cell is not None
    if place + 1 >= len(tokens) or not words.is_label(cell.text):
        return False
    after = tokens[place + 1][1]
    return after is None or after.is_open


def _short(text: str) -> str:
    return text if len(text) <= 20 else text[:19] + "…"


def headings_and_slots(
    canvas: Canvas, items: list[Item], unit: str
) -> tuple[tuple[Heading, ...], tuple[Heading, ...], tuple[Slot, ...]]:
    """Columns and rows side by side, the i-th of both telling where the i-th item's answer is; and the open ones."""
    columns, rows, slots = [], [], []
    for item in items:
        own = item.unit or words.unit_of_head(item.path[-1])
        placeholder = item.filled.printed if item.filled is not None else ""
        if not own and item.filled is not None and item.filled.is_open:
            own = words.unit_of_blank(placeholder)
        codes = (
            tuple((box.title, box.title) for box in item.boxes)
            or codes_in(item.label.printed)
            or codes_in(placeholder)
            or canvas.choices(item.answer.top, item.answer.left)
        )
        values = [item.filled] if item.filled is not None else []
        kind = kind_of(item.path, own, codes, values)
        own = own or (shared_unit(item.path, unit) if kind in (Kind.NUMBER, Kind.UNKNOWN) else "")
        number = item.number or words.marker(item.path[-1])
        column = Heading(item.answer.left, item.path, own, kind, codes, number=number, boxes=item.boxes)
        columns.append(column)
        rows.append(Heading(item.answer.top, (), own, kind, codes))
        is_seen = item.answer.top not in canvas.grid.hidden_rows and item.answer.left not in canvas.grid.hidden_columns
        if is_seen and _is_open(canvas, item):
            slots.append(Slot(item.answer.top, item.answer.left, item.path, (), own, kind, codes, boxes=item.boxes))
    return tuple(columns), tuple(rows), tuple(slots)


def _is_open(canvas: Canvas, item: Item) -> bool:
    if item.boxes:
        marks = [canvas.at(box.row, box.column) for box in item.boxes]
        return all(cell is not None and offers_ticks(cell.printed) for cell in marks)
    is_within = item.is_ticked_within and has_open_boxes(item.label.printed)
    return is_within or canvas.is_open(item.answer.top, item.answer.left)
