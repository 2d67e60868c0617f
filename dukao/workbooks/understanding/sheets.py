"""A whole workbook, sheet by sheet."""

from dukao.workbooks.grid import Grid, Workbook
from dukao.workbooks.tables import Table, Understood, UnderstoodSheet
from dukao.workbooks.understanding.assembling import leftover_text, tables_of
from dukao.workbooks.understanding.blocks import blocks_of
from dukao.workbooks.understanding.canvas import Canvas


def understand(workbook: Workbook) -> Understood:
    """The tables of every sheet, hidden ones too: these ask nothing, but may hold code lists."""
    return Understood(workbook.name, tuple(_sheet(grid) for grid in workbook.grids), workbook.doubts)


def _sheet(grid: Grid) -> UnderstoodSheet:
    canvas = Canvas(grid)
    blocks, leftover = blocks_of(canvas)
    tables: list[Table] = []
    for block in blocks:
        tables.extend(tables_of(canvas, block))
        leftover = [*leftover, *block.below]
    return UnderstoodSheet(grid.name, tuple(tables), grid.is_hidden, leftover_text(leftover))
