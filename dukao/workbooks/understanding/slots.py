"""The cells of a table that wait for a value."""

import re
from collections.abc import Sequence

from dukao.workbooks.grid import cell_name
from dukao.workbooks.tables import Heading, Kind, Slot
from dukao.workbooks.texts import plain
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.body import Body, Role
from dukao.workbooks.understanding.canvas import Canvas

# A roster with more open cells than this is data that happen to have gaps; a form of named rows may be larger.
MOST_OF_ROSTER, MOST_SLOTS = 10_000, 200_000


def slots_of(
    canvas: Canvas, columns: Sequence[Heading], rows: Sequence[Heading], body: Body, *, is_roster: bool
) -> tuple[list[Slot], list[str]]:
    """The open cells, row by row; and doubts about cells left out."""
    slots: list[Slot] = []
    doubts: list[str] = []
    asked = _asked(columns, body, is_roster=is_roster)
    totals = _totals(asked)
    most = MOST_OF_ROSTER if is_roster else MOST_SLOTS
    by_row = {heading.index: heading for heading in rows}
    last = max((heading.index for heading in rows if not heading.is_total), default=-1)
    for row in body.rows:
        heading = by_row.get(row)
        if row in body.sections or (row < last and row not in by_row and not canvas.row(row)):
            continue  # a blank row above others only sets them apart
        if row in canvas.grid.hidden_rows:
            doubts.append(f"第{row + 1}行是隐藏行，其中的空格不作为待填项")
            continue
        adds_up = heading is not None and heading.is_total
        for column in asked:
            if not canvas.is_open(row, column.index) or (
                adds_up and not _is_added(column, body, canvas, is_roster=is_roster)
            ):
                continue
            if column.index in canvas.grid.hidden_columns:
                doubts.append(f"{cell_name(row, column.index)} 在隐藏列，不作为待填项")
                continue
            slots.append(_slot(row, column, heading, canvas, is_total=adds_up or column.index in totals))
        if len(slots) > most:
            break
    if canvas.ordinary is not None and body.rows:
        ordinary = range(body.rows[0], min(body.rows[-1] + 1, canvas.grid.height))  # room may lie below the sheet
        names = body.identity if is_roster else body.columns(Role.NAME)
        slots += canvas.ordinary.slots(asked, names, ordinary, frozenset(canvas.rows), most + 1)
        slots.sort(key=lambda slot: (slot.row, slot.column))
    if len(slots) > most:
        doubts.append(f"待填单元格超过 {most:,} 个，只列出前 {most:,} 个")
    return slots[:most], doubts[:20]


def _asked(columns: Sequence[Heading], body: Body, *, is_roster: bool) -> list[Heading]:
    """The columns that are filled in: not numbers, not names of a fixed row."""
    asked = []
    for column in columns:
        role = body.roles[column.index]
        if role is Role.SERIAL or column.kind is Kind.SERIAL or (role is not Role.VALUE and not is_roster):
            continue
        asked.append(column)
    return asked


def _totals(asked: Sequence[Heading]) -> set[int]:
    """The columns that add up others; one alone is a figure like any other."""
    figures = sum(column.kind in (Kind.NUMBER, Kind.UNKNOWN) and not column.is_total for column in asked)
    return {column.index for column in asked if column.is_total and figures >= 2}


def _is_added(column: Heading, body: Body, canvas: Canvas, *, is_roster: bool) -> bool:
    """Whether a total row has a figure in this column."""
    kinds = (Kind.NUMBER, Kind.PERCENT) if is_roster else (Kind.NUMBER, Kind.PERCENT, Kind.UNKNOWN)
    if body.roles[column.index] is not Role.VALUE or column.kind not in kinds:
        return False
    is_chosen = bool(column.path) and re.match(r"是否|有无|能否", plain(column.path[-1])) is not None
    return not is_chosen and not any(canvas.boxes(row, column.index) for row in body.rows[:20])


def _slot(row: int, column: Heading, heading: Heading | None, canvas: Canvas, *, is_total: bool) -> Slot:
    unit, kind, codes = column.unit, column.kind, column.codes
    if heading is not None:
        unit = unit if kind is Kind.PERCENT else heading.unit or unit
        codes = codes or heading.codes
        if heading.kind is not Kind.UNKNOWN and kind in (Kind.UNKNOWN, Kind.NUMBER):
            kind = heading.kind
    cell = canvas.at(row, column.index)
    if cell is not None and (said := words.unit_of_blank(cell.printed)):
        unit = said
        kind = Kind.PERCENT if words.dimension(said) == "share" else Kind.NUMBER
    if boxes := canvas.boxes(row, column.index):
        codes = tuple((title, title) for title in boxes)
    if not codes:
        codes = canvas.choices(row, column.index)
    if codes:
        kind = Kind.CODE
    row_path = heading.path if heading is not None else ()
    return Slot(row, column.index, column.path, row_path, unit, kind, codes, is_total)
