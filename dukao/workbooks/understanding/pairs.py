"""Questionnaires and personal forms: an item, and beside it the room for its answer."""

import itertools
import re
from dataclasses import dataclass, field

from dukao.workbooks.boxes import boxes_in, has_open_boxes
from dukao.workbooks.grid import Area
from dukao.workbooks.tables import Heading, Kind, Slot
from dukao.workbooks.texts import plain
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.canvas import Canvas, Cell
from dukao.workbooks.understanding.codes import codes_in
from dukao.workbooks.understanding.headings import kind_of, shared_unit

# Names that head a column and are never themselves answered.
_GENERIC_HEADS = re.compile(
    r"^(?:项目|指标|指标名称|名称|类别|地区|.{0,4}内容|对象|问题|题目|年份|月份|序号|行次|科目|乡镇|村|村名|选项|代码|编码|单位|栏次)$"
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

    @property
    def is_ticked_within(self) -> bool:
        """Whether its answers to tick stand behind the item itself, in one cell: `是否参保：□是 □否`."""
        return self.filled is self.label


@dataclass
class Parts:
    """A form of pairs, cut into its pieces: runs of rows with pairs, and small rosters set between them."""

    pairs: list[Area] = field(default_factory=list)
    rosters: list[tuple[Area, str]] = field(default_factory=list)  # area and what it is called


def is_pairs(canvas: Canvas, area: Area, *, is_form: bool = False) -> bool:
    """Whether the block is items with answers beside them, from its first rows on; `is_form` by its title."""
    scores: list[tuple[int, int]] = []
    for row in canvas.between(area.top, area.bottom)[:14]:
        own = [cell for cell in canvas.seen(row, area.left, area.right) if cell.row == row]
        if len(own) == 1 and own[0].width > 0.7 * (area.right - area.left + 1):
            continue
        scores.append(_paired(canvas, area, row, is_form=is_form))
    scores = [(paired, cells) for paired, cells in scores if cells]
    if (
        not scores
        or _has_figures_side_by_side(canvas, area)
        or (len(scores) == 1 and area.bottom - area.top >= 2)
        or _is_transposed(canvas, area)
        or _is_headed(canvas, area)
    ):
        return False
    if _alternates(canvas, area):
        return True
    first = scores[0][0] / scores[0][1]
    if first < 0.6:
        return False
    # A row of names only, further down, begins a small roster: it says nothing about the rows before it.
    opening = list(itertools.takewhile(lambda score: score[0] or score[1] < 3, scores[:3]))
    if len(opening) == 1:
        opening = scores[:3]
    share = sum(p for p, _ in opening) / sum(c for _, c in opening)
    return share >= 0.6


def _is_headed(canvas: Canvas, area: Area) -> bool:
    """Whether columns have a header: a row that numbers or measures all of them, or names over several names."""
    for row in canvas.between(area.top + 1, area.bottom)[:6]:
        cells = canvas.cells(row, area.left, area.right)
        if len(cells) == area.right - area.left + 1 > 2 and (_numbers(cells) or _measures(cells)):
            return True
    rows = [
        row for row in canvas.between(area.top, area.bottom)[:3] if len(canvas.cells(row, area.left, area.right)) > 1
    ]
    return any(_heads_names(canvas, cell) for row in rows[:1] for cell in canvas.cells(row, area.left, area.right))


def _numbers(cells: list[Cell]) -> bool:
    """甲 1 2 3."""
    numbers = [number for cell in cells if (number := words.numbering(cell.printed))]
    return len(numbers) == len(cells) and [n for kind, n in numbers if kind == "number"][:2] == [1, 2]


def _measures(cells: list[Cell]) -> bool:
    """计量单位 亩 吨."""
    return words.is_unit_head(cells[0].text) and all(words.is_unit(cell.text) for cell in cells[1:])


def _heads_names(canvas: Canvas, cell: Cell) -> bool:
    """Whether a name merged across several columns stands over a name in each of them, or in groups of them."""
    below = canvas.seen(cell.area.bottom + 1, cell.column, cell.area.right) if cell.width > 1 else []
    within = [
        c for c in below if c.row > cell.area.bottom and cell.column <= c.column <= c.area.right <= cell.area.right
    ]
    covered = sum(c.width for c in within)
    return (
        len(within) > 1 and covered == cell.width and all(c.is_text for c in within) and words.is_label(within[0].text)
    )


def _alternates(canvas: Canvas, area: Area) -> bool:
    """Whether every other column holds items and those between them answers, whatever single answers read like."""
    width = area.right - area.left + 1
    if width < 4 or width % 2:
        return False
    rows = [row for row in canvas.between(area.top, area.bottom)[:14] if canvas.cells(row, area.left, area.right)]
    return len(rows) > 1 and all(_is_row_of_pairs(_tokens(canvas, area, row)) for row in rows[:3])


def _is_row_of_pairs(tokens: list[tuple[Area, Cell | None]]) -> bool:
    """Items and answers in turn: every item is one, and most answers are blank, figures or no names of items."""
    labels, answers = tokens[0::2], tokens[1::2]
    if len(tokens) < 4 or any(cell is None or not _is_item(cell) for _, cell in labels):
        return False
    told = [cell is None or cell.is_open or not cell.is_text or not words.is_label(cell.text) for _, cell in answers]
    return sum(told) > len(told) / 2 or (sum(told) * 2 == len(told) and len(told) == 2)


def _has_figures_side_by_side(canvas: Canvas, area: Area) -> bool:
    """Figures next to figures, row after row: columns of data, for between two answers stands an item."""
    rows = canvas.between(area.top, area.bottom)[:14]
    found = 0
    for row in rows:
        figures = [cell is not None and cell.is_figure for _, cell in _tokens(canvas, area, row)]
        found += any(one and other for one, other in itertools.pairwise(figures))
    return found >= 2 and found >= 0.4 * len(rows)


def ends_in_labels(canvas: Canvas, area: Area) -> bool:
    """Whether items stand in the last column: their answers lie right of it."""
    found = named = beside_room = 0
    for row in canvas.between(area.top, area.bottom):
        cell, before = canvas.row(row).get(area.right), canvas.at(row, area.right - 1)
        if cell is None:
            continue
        if not cell.is_text or cell.width > 1 or cell.area.bottom > row:
            return False
        if before is not None and words.is_label(before.text):
            return False
        found += 1
        named += words.is_label(cell.text)
        beside_room += before is None or not before.is_text
    return beside_room > 0 and named >= 0.5 * found


def _tokens(canvas: Canvas, area: Area, row: int) -> list[tuple[Area, Cell | None]]:
    """The cells of a row from the left as one sees them, blanks too; merged ones once."""
    found = []
    column = area.left
    while column <= area.right:
        here = canvas.area(row, column)
        found.append((here, canvas.at(row, column)))
        column = max(column, here.right) + 1
    return found


def _paired(canvas: Canvas, area: Area, row: int, *, is_form: bool) -> tuple[int, int]:
    """How many filled cells of a row are part of a pair, and how many there are."""
    tokens = [t for t in _tokens(canvas, area, row) if not _is_group(canvas, area, t)]
    if any(cell is not None and words.is_serial_head(cell.text) for _, cell in tokens[:1]):
        return 0, len(tokens)
    paired = cells = place = 0
    while place < len(tokens):
        here, cell = tokens[place]
        place += 1
        if cell is None or here.top != row:
            continue
        cells += 1
        if _is_ticked_within(canvas, area, tokens, place - 1):
            paired += 1
            continue
        if not cell.is_text or place == len(tokens):
            continue
        beside, answer = tokens[place]
        if answer is None:
            if beside.right > beside.left or not _is_named_above(canvas, area, row, beside.left):
                paired += 1
                place += 2 if _unit_at(tokens, place + 1) else 1
        elif _is_unit_between(tokens, place):
            paired, cells, place = paired + 2, cells + 1, place + 2
        elif answer.is_open or (
            (_is_item(cell) or (is_form and not _GENERIC_HEADS.match(plain(cell.text))))
            and not words.is_label(answer.text)
        ):
            paired, cells, place = paired + 2, cells + 1, place + 1
    return paired, cells


def _is_ticked_within(canvas: Canvas, area: Area, tokens: list[tuple[Area, Cell | None]], place: int) -> bool:
    """Whether a cell asks something and is itself the place for the answer: no room is left beside or below it."""
    here, cell = tokens[place]
    if cell is None or not cell.asks_itself or (place + 1 < len(tokens) and tokens[place + 1][1] is None):
        return False
    return len(tokens) < 3 or here.bottom >= area.bottom or canvas.at(here.bottom + 1, here.left) is not None


def _is_unit_between(tokens: list[tuple[Area, Cell | None]], place: int) -> bool:
    """A unit of measure between an item and the room for its answer."""
    return bool(_unit_at(tokens, place)) and place + 1 < len(tokens) and not _is_text(tokens[place + 1])


def _is_text(token: tuple[Area, Cell | None]) -> bool:
    return token[1] is not None and token[1].is_text


def _is_item(cell: Cell) -> bool:
    return words.is_label(cell.text) and not _GENERIC_HEADS.match(plain(cell.text))


def _is_named_above(canvas: Canvas, area: Area, row: int, column: int) -> bool:
    """Whether a name stands above in the same column, or just below: then the blank is a hole in a header."""
    for above in canvas.between(area.top, row - 1) if row > area.top else ():
        cell = canvas.at(above, column)
        if cell is not None and cell.is_text and cell.width < area.right - area.left + 1:
            return True
    below = canvas.at(row + 1, column) if row < area.bottom else None
    own = canvas.at(row + 1, column - 1) if row < area.bottom else None
    return (
        below is not None
        and below.is_text
        and below.row == row + 1
        and (words.is_label(below.text) or canvas.row(row + 1).get(area.left) is None)
        and own is not None
        and own.is_text
    )


def _is_group(canvas: Canvas, area: Area, token: tuple[Area, Cell | None]) -> bool:
    """A name merged down beside several rows: it groups their items."""
    here, cell = token
    if cell is None or not cell.is_text or here.bottom == here.top or here.right == area.right:
        return False
    beside = [canvas.at(row, here.right + 1) for row in range(here.top, here.bottom + 1)]
    height = here.bottom - here.top
    return len({c.row for c in beside if c is not None and c.is_text and c.area.bottom - c.row < height}) >= 2


def _is_transposed(canvas: Canvas, area: Area) -> bool:
    """Names on the left only, and several columns of blanks beside each: records stand side by side."""
    if area.right - area.left < 2:
        return False
    alone = 0
    rows = canvas.between(area.top, area.bottom)
    for row in rows:
        tokens = _tokens(canvas, area, row)
        blanks = [here for here, cell in tokens[1:] if cell is None and here.left == here.right]
        alone += tokens[0][1] is not None and len(tokens) >= 3 and len(blanks) == len(tokens) - 1
    return alone >= 2 and alone >= 0.7 * len(rows)


# Pieces


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
    tokens = _tokens(canvas, area, row)
    title, end = "", area.bottom
    if len(tokens) > 1 and tokens[0][0].top == row and tokens[0][0].bottom > max(here.bottom for here, _ in tokens[1:]):
        (group, label), tokens = tokens[0], tokens[1:]
        title, end = label.text if label is not None else "", group.bottom
    names = [cell for here, cell in tokens if cell is not None and cell.is_text and here.top == row]
    if len(names) < 3 or len(names) != len(tokens) or sum(words.is_label(n.text) for n in names) < 0.6 * len(names):
        return None
    if not title and _is_row_of_pairs(tokens):
        return None
    left, bottom = tokens[0][0].left, max(here.bottom for here, _ in tokens)
    cut = _cut(_tokens(canvas, area, bottom), left)
    header = bottom
    while bottom < end:
        below = [token for token in _tokens(canvas, area, bottom + 1) if token[0].left >= left]
        if _cut(below, left) != cut or _has_items(below):
            break
        bottom += 1
    if bottom == header:
        return None
    first = [cell for here, cell in _tokens(canvas, area, header + 1) if here.left >= left]
    if not title and sum(cell is None for cell in first) < 0.5 * len(first) and not all(map(_is_label, names)):
        return None  # Filled pairs, whose answers read like items.
    if not title and row > area.top:
        over = canvas.seen(row - 1, area.left, area.right)
        title = over[0].text if len(over) == 1 and over[0].is_text else ""
    return Area(row, left, bottom, cut[-1][1]), title


def _is_label(cell: Cell) -> bool:
    return words.is_label(cell.text)


def _cut(tokens: list[tuple[Area, Cell | None]], left: int) -> list[tuple[int, int]]:
    """The columns between which a row is cut into cells."""
    return [(here.left, here.right) for here, _ in tokens if here.left >= left]


def _has_items(tokens: list[tuple[Area, Cell | None]]) -> bool:
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
        found, unpaired = _items_of_row(canvas, area, row, section)
        items.extend(found)
        doubts.extend(unpaired)
    return items, doubts


def _is_section(canvas: Canvas, area: Area, cell: Cell) -> bool:
    is_wide = cell.width >= 0.7 * (area.right - area.left + 1) and area.right > area.left
    return is_wide and not cell.is_open and not cell.asks_itself


def _items_of_row(canvas: Canvas, area: Area, row: int, section: tuple[str, ...]) -> tuple[list[Item], list[str]]:
    items: list[Item] = []
    doubts: list[str] = []
    groups: tuple[str, ...] = section
    tokens = _tokens(canvas, area, row)
    in_turns = _alternates(canvas, area)
    place = 0
    while place < len(tokens):
        here, label = tokens[place]
        place += 1
        if label is None or label.is_open or (here.top != row and not _is_group(canvas, area, (here, label))):
            continue
        if _is_ticked_within(canvas, area, tokens, place - 1):
            items.append(item_within(label, groups))
        elif _is_group(canvas, area, (here, label)):
            groups = (*groups, label.text)
        elif (
            not label.is_text
            or words.is_serial_head(label.text)
            or (place == len(tokens) and _PICTURE.search(label.text))
        ):
            continue
        elif place == len(tokens):
            doubts.append(f"{label.name} “{_short(label.text)}”旁没有填写的位置")
        elif _is_text(tokens[place]) and not in_turns and _heads_next(tokens, place):
            groups = (*groups, label.text)
        else:
            taken, item = _item(tokens, place, label, groups)
            place += taken
            items += [item] if item.answer.top == row else []
    return items, doubts


def _item(tokens: list[tuple[Area, Cell | None]], place: int, label: Cell, groups: tuple[str, ...]) -> tuple[int, Item]:
    """The item whose answer begins at this place, a unit of measure before or behind it; and how many cells it took."""
    path = (*groups, label.text.rstrip("：: "))
    if _is_unit_between(tokens, place):
        return 2, Item(path, label, *tokens[place + 1], _unit_at(tokens, place))
    behind = _unit_at(tokens, place + 1)
    return 2 if behind else 1, Item(path, label, *tokens[place], behind)


def item_within(cell: Cell, groups: tuple[str, ...]) -> Item:
    """The item of a cell that holds what is asked and the answers to tick."""
    boxes = boxes_in(cell.printed)
    assert boxes is not None, cell.printed
    return Item((*groups, words.tidy(boxes.label)), cell, cell.area, cell)


def _unit_at(tokens: list[tuple[Area, Cell | None]], place: int) -> str:
    """The unit of measure that stands there alone; mostly empty."""
    cell = tokens[place][1] if place < len(tokens) else None
    return cell.text.strip("()（）") if cell is not None and cell.is_text and words.is_unit(cell.text) else ""


def _heads_next(tokens: list[tuple[Area, Cell | None]], place: int) -> bool:
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
            own = next((u for u in ("%", "元", "人", "户", "亩", "万元") if placeholder.strip("_＿ ") == u), "")
        codes = (
            codes_in(item.label.printed) or codes_in(placeholder) or canvas.choices(item.answer.top, item.answer.left)
        )
        values = [item.filled] if item.filled is not None else []
        kind = kind_of(item.path, own, codes, values)
        own = own or (shared_unit(item.path, unit) if kind in (Kind.NUMBER, Kind.UNKNOWN) else "")
        column = Heading(item.answer.left, item.path, own, kind, codes)
        columns.append(column)
        rows.append(Heading(item.answer.top, (), own, kind, codes))
        is_seen = item.answer.top not in canvas.grid.hidden_rows and item.answer.left not in canvas.grid.hidden_columns
        if is_seen and (
            canvas.is_open(item.answer.top, item.answer.left)
            or (item.is_ticked_within and has_open_boxes(item.label.printed))
        ):
            slots.append(Slot(item.answer.top, item.answer.left, item.path, (), own, kind, codes))
    return tuple(columns), tuple(rows), tuple(slots)
