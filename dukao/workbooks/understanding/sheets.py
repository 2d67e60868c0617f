"""A whole workbook, sheet by sheet."""

from dataclasses import replace

from dukao.workbooks.grid import Grid, Workbook
from dukao.workbooks.tables import Table, Understood, UnderstoodSheet
from dukao.workbooks.understanding.assembling import leftover_text, tables_of, unused_lines
from dukao.workbooks.understanding.blocks import blocks_of
from dukao.workbooks.understanding.canvas import Canvas
from dukao.workbooks.understanding.joining import joined


def understand(workbook: Workbook) -> Understood:
    """The tables of every sheet, hidden ones too: these ask nothing, but may hold code lists."""
    found = [_sheet(grid) for grid in workbook.grids]
    doubts = [*workbook.doubts, *(doubt for _, said in found for doubt in said)]
    return Understood(workbook.name, tuple(sheet for sheet, _ in found), tuple(doubts))


def _sheet(grid: Grid) -> tuple[UnderstoodSheet, list[str]]:
    canvas = Canvas(grid)
    blocks, leftover = blocks_of(canvas)
    tables: list[Table] = []
    for block in blocks:
        tables.extend(tables_of(canvas, block))
        leftover = [*leftover, *unused_lines(block), *block.below]
    tables = joined(tables)
    if grid.is_hidden:
        tables = [
            replace(table, slots=(), doubts=(*table.doubts, "隐藏的工作表，其中的空格不作为待填项")) for table in tables
        ]
    return UnderstoodSheet(
        grid.name, tuple(tables), grid.is_hidden, leftover_text(sorted(set(leftover), key=lambda c: (c.row, c.column)))
    ), canvas.doubts
