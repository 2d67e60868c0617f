"""From values and marks to a grid: equal rows, errors in their cells, nothing empty at the end but frames."""

from collections.abc import Iterable, Sequence
from itertools import chain

from dukao.workbooks.grid import Area, CellError, Grid, Value
from dukao.workbooks.problems import Limits, Unreadable
from dukao.workbooks.reading.marks import FRAME_COLUMNS_LIMIT, FRAME_ROWS_LIMIT, Extent, Marks, Place

_FORM_LIMIT = 2_000_000  # rows × columns of a grid that is more than its values
_MERGED_LIMIT = 300_000  # cells that lie in merged areas; no form comes near


def laid_out(
    name: str, rows: list[list[Value]], merges: Sequence[Area], marks: Marks, *, is_hidden: bool = False
) -> Grid:
    """The grid of these rows, which begin at A1, may differ in length and are taken over."""
    laid = (len(rows), max(map(len, rows), default=0))
    errors = {place: name for place, name in marks.errors.items() if place[0] < laid[0] and place[1] < laid[1]}
    _trim(rows)
    height, width = _size(rows, errors, merges, marks)
    rows.extend([] for _ in range(height - len(rows)))
    for cells in rows:
        if len(cells) < width:
            cells.extend([None] * (width - len(cells)))
    for (row, column), error in errors.items():
        rows[row][column] = CellError(error)
    merged, covered = _merged(merges, height, width)
    if len(merged) < sum(area.top < height and area.left < width for area in merges):
        marks.doubts.append(f"工作表“{name}”里有互相重叠的合并单元格，只认其中先写的")
    for row, column in covered:
        rows[row][column] = None
    return Grid(
        name,
        rows,
        merges=tuple(sorted(area for area in merged if area.top != area.bottom or area.left != area.right)),
        hidden_rows=frozenset(row for row in marks.hidden_rows if row < height),
        hidden_columns=frozenset(column for column in marks.hidden_columns if column < width),
        is_hidden=is_hidden,
        formulas={p: formula for p, formula in marks.formulas.items() if p[0] < height and p[1] < width},
        percents=frozenset(p for p in marks.percents if p[0] < height and p[1] < width),
        framed=frozenset(p for p in marks.framed - covered if p[0] < height and p[1] < width),
    )


def _size(rows: list[list[Value]], errors: Iterable[Place], merges: Sequence[Area], marks: Marks) -> tuple[int, int]:
    """Rows and columns that hold something or wait for something: frames, formulas, the rest of merged areas."""
    height = max(len(rows), 1 + max((row for row, _ in errors), default=-1))
    width = max(max(map(len, rows), default=0), 1 + max((column for _, column in errors), default=-1))
    near = [
        place
        for place in chain(marks.framed, marks.formulas, ((area.bottom, area.right) for area in merges))
        if place[0] < height + FRAME_ROWS_LIMIT and place[1] < width + FRAME_COLUMNS_LIMIT
    ]
    higher = max(height, 1 + max((row for row, _ in near), default=-1))
    wider = max(width, 1 + max((column for _, column in near), default=-1))
    if higher * wider > max(height * width, _FORM_LIMIT):
        return height, width
    return higher, wider


def _trim(rows: list[list[Value]]) -> None:
    """Without empty rows at the end, and empty cells at the end of all rows."""
    while rows and rows[-1].count(None) == len(rows[-1]):
        rows.pop()
    width = max(map(len, rows), default=0)
    while width and all(len(row) < width or row[width - 1] is None for row in rows):
        width -= 1
        for row in rows:
            del row[width:]


def _cut(area: Area, height: int, width: int) -> Area:
    """Only the part of a merged area that lies on the grid: some reach to the end of the sheet."""
    return Area(area.top, area.left, min(area.bottom, height - 1), min(area.right, width - 1))


def _merged(merges: Sequence[Area], height: int, width: int) -> tuple[list[Area], set[Place]]:
    """The areas that lie on the grid and not on each other, and the cells behind their first ones."""
    found, covered, firsts = list[Area](), set[Place](), set[Place]()
    for area in merges:
        if area.top >= height or area.left >= width:
            continue
        area = _cut(area, height, width)
        size = (area.bottom - area.top + 1) * (area.right - area.left + 1)
        first = (area.top, area.left)
        if size > _MERGED_LIMIT - len(covered) - len(firsts) or first in covered or first in firsts:
            continue
        cells = {(r, c) for r in range(area.top, area.bottom + 1) for c in range(area.left, area.right + 1)}
        if cells.isdisjoint(covered) and cells.isdisjoint(firsts):
            found.append(area)
            firsts.add(first)
            covered |= cells - {first}
    return found, covered


def scattered(sheet: str, extent: Extent) -> Unreadable:
    return Unreadable(
        f"工作表“{sheet}”里的内容太分散",
        why=f"{'、'.join(extent.beyond)}还有内容，和前面的隔得太远",
        todo="请删除多余的行列，或另存为 CSV",
    )


def refuse_crowd(count: int, sheet: str, limits: Limits) -> None:
    """Raises Unreadable where so many cells, counted at a glance, are more than are read."""
    if count > limits.cells:
        raise too_many_cells(sheet, limits)


def too_many_cells(sheet: str, limits: Limits) -> Unreadable:
    return Unreadable(
        "工作簿太大",
        why=f"读到工作表“{sheet}”时，有内容的单元格已超过 {limits.cells:,} 个",
        todo="请拆成几个文件，或只保留需要的工作表",
    )
