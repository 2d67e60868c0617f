"""From values and marks to a grid: equal rows, errors in their cells, nothing empty at the end but frames."""

from collections.abc import Sequence

from dukao.workbooks.grid import Area, CellError, Grid, Value
from dukao.workbooks.problems import Limits, Unreadable
from dukao.workbooks.reading.marks import FRAME_COLUMNS_LIMIT, FRAME_ROWS_LIMIT, Marks, Place

_MERGED_LIMIT = 300_000  # cells that lie in merged areas; no form comes near


def laid_out(
    name: str, rows: list[list[Value]], merges: Sequence[Area], marks: Marks, *, is_hidden: bool = False
) -> Grid:
    """The grid of these rows, which begin at A1, may differ in length and are taken over."""
    _trim(rows)
    width = max(map(len, rows), default=0)
    height = len(rows)
    lowest, rightmost = height + FRAME_ROWS_LIMIT, width + FRAME_COLUMNS_LIMIT
    framed = {(row, column) for row, column in marks.framed if row < lowest and column < rightmost}
    needed = [
        *framed,
        *marks.errors,
        *((a.bottom, a.right) for a in merges if a.bottom < lowest and a.right < rightmost),
    ]
    height = max(height, 1 + max((row for row, _ in needed), default=-1))
    width = max(width, 1 + max((column for _, column in needed), default=-1))
    rows.extend([] for _ in range(height - len(rows)))
    for row in rows:
        if len(row) < width:
            row.extend([None] * (width - len(row)))
    for (row, column), error in marks.errors.items():
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
        formulas=marks.formulas,
        percents=frozenset(p for p in marks.percents if p[0] < height and p[1] < width),
        framed=frozenset(framed - covered),
    )


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
        if size > _MERGED_LIMIT - len(covered) - len(firsts):
            continue
        cells = {(r, c) for r in range(area.top, area.bottom + 1) for c in range(area.left, area.right + 1)}
        if cells.isdisjoint(covered) and cells.isdisjoint(firsts):
            found.append(area)
            firsts.add((area.top, area.left))
            covered |= cells - {(area.top, area.left)}
    return found, covered


def too_many_cells(sheet: str, limits: Limits) -> Unreadable:
    return Unreadable(
        "工作簿太大",
        why=f"读到工作表“{sheet}”时，有内容的单元格已超过 {limits.cells:,} 个",
        todo="请拆成几个文件，或只保留需要的工作表",
    )
