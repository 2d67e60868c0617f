"""A whole workbook, sheet by sheet."""

from collections.abc import Iterable
from dataclasses import replace

from dukao.workbooks.grid import Grid, Workbook
from dukao.workbooks.tables import Table, Understood, UnderstoodSheet
from dukao.workbooks.texts import SUMMARY
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.assembling import tables_of, ticked_lines, unused_lines
from dukao.workbooks.understanding.blocks import blocks_of
from dukao.workbooks.understanding.canvas import Canvas, Cell
from dukao.workbooks.understanding.formulas import formula_doubts
from dukao.workbooks.understanding.joining import joined


def understand(workbook: Workbook) -> Understood:
    """The tables of every sheet, hidden ones too: these ask nothing, but may hold code lists."""
    found = [_sheet(grid) for grid in workbook.grids]
    doubts = [*workbook.doubts, *(doubt for _, said in found for doubt in said)]
    return Understood(workbook.name, tuple(sheet for sheet, _ in found), tuple(doubts))


def _sheet(grid: Grid) -> tuple[UnderstoodSheet, list[str]]:
    """One grid's tables and lines that belong to none; and doubts about the sheet as a whole."""
    if _is_summary(grid):
        return UnderstoodSheet(grid.name, (), grid.is_hidden, ()), []
    canvas = Canvas(grid)
    blocks, loose = blocks_of(canvas)
    tables: list[Table] = []
    for block in blocks:
        tables.extend(tables_of(canvas, block))
        loose = [*loose, *unused_lines(block), *block.below]
    tables = joined(tables)
    ticked = ticked_lines(canvas, loose)
    tables = sorted([*tables, *ticked], key=lambda table: table.area)
    loose = [c for c in loose if not c.asks_itself and all(c.text != table.title for table in ticked)]
    if grid.is_hidden:
        hidden = "隐藏的工作表，其中的空格不作为待填项"
        tables = [replace(table, slots=(), doubts=(*table.doubts, hidden)) for table in tables]
    lines = sorted(set(loose), key=lambda cell: (cell.row, cell.column))
    leftover = tuple(f"{cell.name} {cell.text}" for cell in lines)
    doubts = [*canvas.doubts, *_inner_blanks(grid, [*lines, *_texts_in(canvas, tables)]), *formula_doubts(grid)]
    return UnderstoodSheet(grid.name, tuple(tables), grid.is_hidden, leftover), doubts


def _is_summary(grid: Grid) -> bool:
    """Whether `fill` wrote the sheet: a form filled earlier is read without what was said about it."""
    first = grid.rows[0][0] if grid.rows and grid.rows[0] else None
    return grid.name.startswith(SUMMARY) and isinstance(first, str) and "已填" in first and "需填" in first


def _texts_in(canvas: Canvas, tables: Iterable[Table]) -> list[Cell]:
    """The texts below the headers of tables that no slot takes; those that ask something are told by the tables."""
    return [
        cell
        for table in tables
        for row in canvas.between(table.area.top, table.area.bottom)
        if row not in table.header_rows
        for cell in canvas.cells(row, table.area.left, table.area.right)
        if cell.is_text and not (cell.asks_itself or cell.asks_several)
    ]


def _inner_blanks(grid: Grid, lines: list[Cell]) -> list[str]:
    """Doubts about lines that leave room inside of their text, or ask several things: no cell waits for one value."""
    several = [c for c in lines if c.asks_several]
    found = [c for c in lines if words.has_inner_blank(c.printed) and not (words.period_in(c.printed) or c in several)]
    doubts = [f"工作表“{grid.name}”的 {c.name} 一格里有几个要勾选的问题，要手工勾选" for c in several[:10]]
    if found:
        doubts.append(f"工作表“{grid.name}”有 {len(found)} 处（如 {found[0].name}）把空格留在文字中间，要手工填写")
    return doubts
