"""From values and marks to a grid: equal rows, errors in their cells, nothing empty at the end but frames."""

from collections.abc import Sequence

from dukao.workbooks.grid import Area, CellError, Grid, Value
from dukao.workbooks.problems import Limits, Unreadable
from dukao.workbooks.reading.marks import FRAME_COLUMNS_LIMIT, FRAME_ROWS_LIMIT, Marks


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
    inside = [_cut(area, height, width) for area in merges if area.top < height and area.left < width]
    for area in inside:
        _empty_behind_first(rows, area)
    return Grid(
        name,
        rows,
        merges=tuple(sorted(area for area in inside if area.top != area.bottom or area.left != area.right)),
        hidden_rows=frozenset(row for row in marks.hidden_rows if row < height),
        hidden_columns=frozenset(column for column in marks.hidden_columns if column < width),
        is_hidden=is_hidden,
        formulas=marks.formulas,
        percents=frozenset(p for p in marks.percents if p[0] < height and p[1] < width),
        framed=frozenset(framed),
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


def _empty_behind_first(rows: list[list[Value]], area: Area) -> None:
    for row in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            if (row, column) != (area.top, area.left):
                rows[row][column] = None


def too_many_cells(sheet: str, limits: Limits) -> Unreadable:
    return Unreadable(
        "工作簿太大",
        why=f"读到工作表“{sheet}”时，有内容的单元格已超过 {limits.cells:,} 个",
        todo="请拆成几个文件，或只保留需要的工作表",
    )
