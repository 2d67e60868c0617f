"""Tables side by side: columns that are empty all the way down between two tables, not between items and answers."""

from collections.abc import Sequence

from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.canvas import Canvas

Columns = tuple[int, int]  # the first and the last of a group


def tables_beside(canvas: Canvas, rows: Sequence[int], drawn: Sequence[int], left: int, right: int) -> list[Columns]:
    """Groups of columns that are tables of their own; empty for a single one.

    `rows` are the rows in which something stands, `drawn` also those that only have frames.
    """
    shown = set(drawn)
    framed = {column for row, column in canvas.grid.framed if row in shown and left <= column <= right}
    used = set(framed)
    for row in rows:
        for cell in canvas.seen(row, left, right):
            used.update(range(cell.area.left, cell.area.right + 1))
    groups = [part for run in _runs(sorted(used)) for part in _without_codes(canvas, rows, run)]
    joined: list[Columns] = []
    for group in groups:
        if joined and not _are_apart(canvas, drawn, framed, joined[-1], group):
            joined[-1] = (joined[-1][0], group[1])
        else:
            joined.append(group)
    return joined if len(joined) > 1 else []


def _are_apart(canvas: Canvas, rows: Sequence[int], framed: set[int], one: Columns, other: Columns) -> bool:
    """Whether what lies left and right of empty columns are two tables."""
    gap = range(one[1] + 1, other[0])
    if _are_titled_apart(canvas, rows, one, other) or _lists_codes(canvas, rows, *other):
        return True
    if _stands_alone(canvas, rows, *one) and (_stands_alone(canvas, rows, *other) or _is_list(canvas, rows, *other)):
        return True
    if one[0] == one[1] or other[0] == other[1]:
        return False
    if any(canvas.area(row, column).right > column for row in rows for column in gap):
        return False
    is_drawn = any(left <= column <= right for column in framed for left, right in (one, other))
    return len(gap) >= 2 or is_drawn


def _without_codes(canvas: Canvas, rows: Sequence[int], run: Columns) -> list[Columns]:
    """The columns without a list of codes that was set right beside them, and that list."""
    left, right = run
    if right - left >= 3 and _lists_codes(canvas, rows, right - 1, right):
        return [(left, right - 2), (right - 1, right)]
    return [run]


def _lists_codes(canvas: Canvas, rows: Sequence[int], left: int, right: int) -> bool:
    """Two columns under `代码` and a name: 1, 2, 3 … each with what it means, and nothing else."""
    if right - left != 1:
        return False
    cells = [canvas.cells(row, left, right) for row in rows]
    filled = [pair for pair in cells if pair]
    if len(filled) < 3 or any(len(pair) != 2 or not pair[1].is_text for pair in filled):
        return False
    codes = [code.text.lstrip("0") for code, _ in filled[1:]]
    is_headed = words.is_code_head(filled[0][0].text)
    return is_headed and codes == [str(number) for number in range(1, len(codes) + 1)]


def _are_titled_apart(canvas: Canvas, rows: Sequence[int], one: Columns, other: Columns) -> bool:
    """Whether each has a title of its own, in the same row."""
    for row in rows[:6]:
        titles = [cell for cell in canvas.seen(row, one[0], other[1]) if words.is_strong_title(cell.text)]
        if len(titles) == 2 and titles[0].area.right <= one[1] and titles[1].column >= other[0]:
            return True
    return False


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
    """A single column of answers to choose from, or of explanations, set apart beside a table."""
    cells = [cell for row in rows for cell in canvas.cells(row, left, right)]
    if left == right and len(cells) >= 2 and (words.is_note(cells[0].text) or words.is_explanation(cells[0].text)):
        return True
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
