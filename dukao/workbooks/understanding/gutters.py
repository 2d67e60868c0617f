"""Tables side by side: columns that are empty all the way down between two tables, not between items and answers."""

from collections.abc import Sequence

from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.canvas import Canvas

Columns = tuple[int, int]  # the first and the last of a group


def tables_beside(canvas: Canvas, rows: Sequence[int], drawn: Sequence[int], left: int, right: int) -> list[Columns]:
    """Groups of columns that are tables of their own; empty for a single one.

    `rows` are the rows in which something stands, `drawn` also those that only have frames.
    """
    used: set[int] = set()
    for row in rows:
        for cell in canvas.seen(row, left, right):
            used.update(range(cell.area.left, cell.area.right + 1))
    groups = _runs(sorted(used))
    if len(groups) < 2:
        return []
    shown = set(drawn)
    framed = {column for row, column in canvas.grid.framed if row in shown}
    joined: list[Columns] = []
    for group in groups:
        if joined and not _are_apart(canvas, drawn, framed, joined[-1], group):
            joined[-1] = (joined[-1][0], group[1])
        else:
            joined.append(group)
    if len(joined) < 2:
        return []
    return [_with_frames(group, after, framed) for group, after in zip(joined, [*joined[1:], None], strict=True)]


def _are_apart(canvas: Canvas, rows: Sequence[int], framed: set[int], one: Columns, other: Columns) -> bool:
    """Whether what lies left and right of empty columns are two tables."""
    gap = [column for column in range(one[1] + 1, other[0]) if column not in framed]
    if not gap:
        return False  # the columns between wait for answers
    if _stands_alone(canvas, rows, *one) and (_stands_alone(canvas, rows, *other) or _is_list(canvas, rows, *other)):
        return True
    if one[0] == one[1] or other[0] == other[1]:
        return False
    if any(canvas.area(row, column).right > column for row in rows for column in gap):
        return False
    is_drawn = any(left <= column <= right for column in framed for left, right in (one, other))
    return len(gap) >= 2 or (is_drawn and bool(gap))


def _with_frames(group: Columns, after: Columns | None, framed: set[int]) -> Columns:
    """The group with the framed blanks at its right edge: answers still to come."""
    left, right = group
    end = after[0] if after is not None else right + 1
    while right + 1 < end and right + 1 in framed:
        right += 1
    return (left, right) if right + 1 < end or after is None else group


def _stands_alone(canvas: Canvas, rows: Sequence[int], left: int, right: int) -> bool:
    """Whether these columns are a table on their own: two columns at least and names over all of them."""
    if right == left:
        return False
    filled = [row for row in rows if canvas.cells(row, left, right)]
    if len(filled) < 2:
        return False
    for row in filled[:14]:
        cells = canvas.seen(row, left, right)
        own = {c for cell in cells for c in range(cell.area.left, cell.area.right + 1)}
        if len(cells) < 2 or len(own) * 2 <= right - left + 1:
            continue
        header = [cell for deeper in range(row, row + 3) for cell in canvas.seen(deeper, left, right)]
        named = {c for cell in header for c in range(cell.area.left, cell.area.right + 1) if cell.is_text}
        if len(named) == right - left + 1:
            return True
    return False


def _is_list(canvas: Canvas, rows: Sequence[int], left: int, right: int) -> bool:
    """A single column of answers to choose from, set apart beside a table."""
    cells = [cell for row in rows for cell in canvas.cells(row, left, right)]
    answers = [cell for cell in cells[1:] if cell.is_text and not words.is_label(cell.text)]
    return left == right and len(cells) >= 3 and len(answers) >= 0.8 * (len(cells) - 1)


def _runs(columns: Sequence[int]) -> list[Columns]:
    """Neighbouring columns joined: 0 1 2 5 6 → (0, 2) (5, 6)."""
    runs: list[Columns] = []
    for column in columns:
        if runs and column == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    return runs
