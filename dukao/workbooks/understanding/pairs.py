"""Whether a block is a questionnaire or a personal form: items, and beside each the room for its answer."""

import itertools

from dukao.workbooks.grid import Area
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.canvas import Canvas, Cell
from dukao.workbooks.understanding.tokens import (
    alternates,
    boxes_apart,
    heads_column,
    is_group,
    is_item,
    is_ticked_within,
    is_unit_between,
    tokens_in,
    unit_at,
)


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
    if alternates(canvas, area):
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


def _has_figures_side_by_side(canvas: Canvas, area: Area) -> bool:
    """Figures next to figures, row after row: columns of data, for between two answers stands an item."""
    rows = canvas.between(area.top, area.bottom)[:14]
    found = 0
    for row in rows:
        figures = [cell is not None and cell.is_figure for _, cell in tokens_in(canvas, area, row)]
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


def _paired(canvas: Canvas, area: Area, row: int, *, is_form: bool) -> tuple[int, int]:
    """How many filled cells of a row are part of a pair, and how many there are."""
    tokens = [t for t in tokens_in(canvas, area, row) if not is_group(canvas, area, t)]
    if any(cell is not None and words.is_serial_head(cell.text) for _, cell in tokens[:1]):
        return 0, len(tokens)
    paired = cells = place = 0
    while place < len(tokens):
        here, cell = tokens[place]
        place += 1
        if cell is None or here.top != row:
            continue
        cells += 1
        if cell.asks_several or is_ticked_within(canvas, area, tokens, place - 1):
            paired += 1
            continue
        if not cell.is_text or place == len(tokens):
            continue
        if n_cells := boxes_apart(tokens, place)[1]:
            paired, cells, place = paired + 1 + n_cells, cells + n_cells, place + n_cells
            continue
        beside, answer = tokens[place]
        if answer is None:
            if beside.right > beside.left or not _is_named_above(canvas, area, row, beside.left):
                paired += 1
                place += 2 if unit_at(tokens, place + 1) else 1
        elif is_unit_between(tokens, place):
            paired, cells, place = paired + 2, cells + 1, place + 2
        elif (
            answer.is_open
            or answer.asks_several
            or ((is_item(cell) or (is_form and not heads_column(cell))) and not words.is_label(answer.text))
        ):
            paired, cells, place = paired + 2, cells + 1, place + 1
    return paired, cells


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
        and not below.asks_several
        and own is not None
        and own.is_text
        and own is not below
    )


def _is_transposed(canvas: Canvas, area: Area) -> bool:
    """Names on the left only, and several columns of blanks beside each: records stand side by side."""
    if area.right - area.left < 2:
        return False
    alone = 0
    rows = canvas.between(area.top, area.bottom)
    for row in rows:
        tokens = tokens_in(canvas, area, row)
        blanks = [here for here, cell in tokens[1:] if cell is None and here.left == here.right]
        alone += tokens[0][1] is not None and len(tokens) >= 3 and len(blanks) == len(tokens) - 1
    return alone >= 2 and alone >= 0.7 * len(rows)
