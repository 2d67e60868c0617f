"""A sheet drawn again for people: what was understood of each cell, and what was or could not be filled in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from html import escape

from dukao.workbooks.boxes import offers_ticks
from dukao.workbooks.grid import CellError, Grid, Value, Workbook, cell_name, column_name
from dukao.workbooks.planning import Plan
from dukao.workbooks.tables import Layout, Table, Understood, UnderstoodSheet

# What a page can show without losing its reader; the whole sheet is in the file.
ROWS_MOST, COLUMNS_MOST = 400, 60


class Role(StrEnum):
    """What a cell is, with the word that people read."""

    NONE = ""
    TITLE = "title"
    HEADER = "header"
    ROW_NAME = "row-name"
    TOTAL = "total"
    LOOKUP = "lookup"
    NOTE = "footnote"
    VALUE = "value"
    SLOT = "slot"
    FILLED = "filled"
    OPEN = "open"
    ERROR = "error"


ROLE_NAMES = {
    Role.TITLE: "标题",
    Role.HEADER: "表头",
    Role.ROW_NAME: "行名",
    Role.TOTAL: "合计",
    Role.LOOKUP: "对照表",
    Role.NOTE: "注",
    Role.VALUE: "已有内容",
    Role.SLOT: "要填的格",
    Role.FILLED: "已填入",
    Role.OPEN: "待填",
    Role.ERROR: "错误值",
}


@dataclass(frozen=True)
class DrawnCell:
    """One cell; `about` is what pointing at it tells."""

    name: str
    text: str
    role: Role
    about: str = ""
    rowspan: int = 1
    colspan: int = 1


@dataclass(frozen=True)
class Drawn:
    """One sheet. `rows` are numbered from 1 and hold no cells that another one covers."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[DrawnCell, ...]], ...]
    n_left_out: int  # rows that are not drawn

    @property
    def roles(self) -> tuple[Role, ...]:
        used = {cell.role for _, cells in self.rows for cell in cells}
        return tuple(role for role in ROLE_NAMES if role in used)


def draw(workbook: Workbook, form: Understood, plan: Plan | None = None) -> tuple[Drawn, ...]:
    """Every sheet that people see, in its order."""
    return tuple(
        _sheet(grid, sheet, plan)
        for grid, sheet in zip(workbook.grids, form.sheets, strict=True)
        if not sheet.is_hidden and grid.rows
    )


def as_html(drawn: Drawn) -> str:
    """The sheet as a table; what a cell is stands in its class and in its title."""
    heads = "".join(f'<th scope="col">{name}</th>' for name in drawn.columns)
    rows = "".join(
        f'<tr><th scope="row">{number}</th>{"".join(map(_cell_html, cells))}</tr>' for number, cells in drawn.rows
    )
    return f'<table class="drawn"><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def page(title: str, drawn: Sequence[Drawn], remarks: Sequence[str] = ()) -> str:
    """A whole page that needs nothing else: for `--html`."""
    said = "".join(f"<li>{escape(remark)}</li>" for remark in remarks)
    parts = [f"<h1>{escape(title)}</h1>", f"<ul>{said}</ul>" if said else ""]
    for one in drawn:
        legend = "".join(f'<li class="{role}">{ROLE_NAMES[role]}</li>' for role in one.roles)
        parts.append(
            f'<h2>{escape(one.name)}</h2><ul class="legend">{legend}</ul><div class="scroll">{as_html(one)}</div>'
        )
        if one.n_left_out:
            parts.append(f"<p>后面还有 {one.n_left_out:,} 行，没有画出。</p>")
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><body>{''.join(parts)}</body></html>"
    )


def _sheet(grid: Grid, sheet: UnderstoodSheet, plan: Plan | None) -> Drawn:
    roles = _roles(grid, sheet)
    told = _filled_and_open(grid, sheet, plan) if plan else {}
    height, width = min(grid.height, ROWS_MOST), min(grid.width, COLUMNS_MOST)
    rows = tuple(
        (row + 1, tuple(_cells(grid, row, width, roles, told))) for row in range(height) if row not in grid.hidden_rows
    )
    return Drawn(grid.name, tuple(map(column_name, range(width))), rows, grid.height - height)


def _cells(
    grid: Grid, row: int, width: int, roles: dict[tuple[int, int], tuple[Role, str]],
    told: dict[tuple[int, int], tuple[Role, str, str]],
) -> Iterator[DrawnCell]:  # fmt: skip
    for column in range(width):
        place = row, column
        merged = grid.merged_at.get(place)
        if merged and place != (merged.top, merged.left):
            continue
        rowspan = merged.bottom - merged.top + 1 if merged else 1
        colspan = min(merged.right, width - 1) - merged.left + 1 if merged else 1
        value = grid.rows[row][column]
        role, about = roles.get(place, (Role.NONE, ""))
        text = shown(value)
        if place in told:
            role, text, about = told[place]
        elif isinstance(value, CellError):
            role = Role.ERROR
        yield DrawnCell(cell_name(row, column), text, role, about, rowspan, colspan)


def _roles(grid: Grid, sheet: UnderstoodSheet) -> dict[tuple[int, int], tuple[Role, str]]:
    """What each cell of the drawn part is, with what pointing at it tells."""
    roles: dict[tuple[int, int], tuple[Role, str]] = {}
    for table in sheet.tables:
        for row in range(min(table.area.top, ROWS_MOST)):
            for column in (c for c, value in enumerate(grid.rows[row]) if value and value == table.title):
                roles[row, column] = Role.TITLE, ""
        for row in range(table.area.top, min(table.area.bottom, ROWS_MOST) + 1):
            for column in range(table.area.left, min(table.area.right, COLUMNS_MOST) + 1):
                roles[row, column] = _role(table, row, grid.rows[row][column]), ""
        for row, column, path in _row_names(grid, table):
            roles[row, column] = Role.ROW_NAME, " › ".join(path)
        for place in _places_of_notes(grid, table):
            roles[place] = Role.NOTE, ""
        for slot in table.slots:
            roles |= dict.fromkeys(slot.places, (Role.SLOT, " › ".join((*slot.row_path, *slot.path))))
    return roles


def _places_of_notes(grid: Grid, table: Table) -> Iterator[tuple[int, int]]:
    """The cells near the table whose text is one of its notes."""
    notes = "\n".join(table.notes)
    for row in range(max(0, table.area.top - 8), min(grid.height, ROWS_MOST, table.area.bottom + 12)):
        for column, value in enumerate(grid.rows[row][:COLUMNS_MOST]):
            if isinstance(value, str) and len(value) > 1 and (row, column) not in table.area and value.strip() in notes:
                yield row, column


def _row_names(grid: Grid, table: Table) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The cells that a row's name is made of, with the whole name."""
    for heading in table.rows:
        if heading.index in table.header_rows or heading.is_total or heading.index >= min(grid.height, ROWS_MOST):
            continue
        for column in range(table.area.left, min(table.area.right, COLUMNS_MOST) + 1):
            value = grid.rows[heading.index][column]
            if isinstance(value, str) and value.strip() in map(str.strip, heading.path):
                yield heading.index, column, heading.path


def _role(table: Table, row: int, value: Value) -> Role:
    if table.layout is Layout.LOOKUP:
        return Role.LOOKUP
    if row in table.header_rows:
        return Role.HEADER
    if row in table.total_rows:
        return Role.TOTAL
    return Role.NONE if value is None else Role.VALUE


def _filled_and_open(grid: Grid, sheet: UnderstoodSheet, plan: Plan) -> dict[tuple[int, int], tuple[Role, str, str]]:
    told = {
        (f.row, f.column): (Role.FILLED, shown(f.value), f"{f.source}（{f.as_of}）{f.reason}")
        for f in plan.fillings
        if f.sheet == sheet.name
    }
    for gap in plan.gaps:
        if gap.sheet == sheet.name:
            offered = "；".join(gap.told)
            about = f"{gap.why}。可能是：{offered}" if offered else gap.why
            for row, column in gap.slot.places:
                printed = grid.rows[row][column] if row < grid.height and column < grid.width else None
                boxes = printed if isinstance(printed, str) and offers_ticks(printed) else ""
                told[row, column] = Role.OPEN, boxes, about
    return told


def shown(value: Value) -> str:
    """A cell's value as people write it; nothing is rounded."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)
        case Decimal():
            return format(value, "f")
        case datetime():
            return (
                f"{value:%Y-%m-%d}" if not (value.hour or value.minute or value.second) else f"{value:%Y-%m-%d %H:%M}"
            )
        case date():
            return value.isoformat()
    return str(value)


def _cell_html(cell: DrawnCell) -> str:
    spans = (f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else "") + (
        f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    )
    kind = ROLE_NAMES.get(cell.role, "")
    about = "：".join(filter(None, (kind, cell.about)))
    said = f' class="{cell.role}" title="{escape(f"{cell.name} {about}")}"' if cell.role else ""
    return f"<td{spans}{said}>{escape(cell.text)}</td>"


_STYLE = """
body{font:15px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;margin:1.5rem;color:#1b1f24}
h1{font-size:1.3rem}h2{font-size:1.05rem;margin-top:2rem}.scroll{overflow:auto}
table{border-collapse:collapse}td,th{border:1px solid #d5dae0;padding:.2rem .45rem;vertical-align:middle}
th{background:#f4f6f8;color:#57606a;font-weight:400;font-size:.8rem}
ul.legend{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;padding:0}
.legend li{padding:.1rem .6rem;border:1px solid #d5dae0}
.title{background:#f6efe2;font-weight:600}.footnote{background:#f3f3ef;color:#57606a}.header{background:#dfe9f5}.row-name{background:#edf2f8}.total{background:#ece7f6}.lookup{background:#f1f1ee}
.slot{background:#fff6d8;outline:1px dashed #8a6d00;outline-offset:-3px}
.open{background:#fff0c2;outline:2px dashed #8a6d00;
outline-offset:-3px}.filled{background:#dff3e4;font-weight:600}.error{background:#fbe3e0;color:#8c1d13}
"""
