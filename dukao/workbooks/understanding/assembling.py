"""From a block to its tables: which layout, then header, rows, rules, slots, and how sure all that is."""

import re
from dataclasses import replace

from dukao.workbooks.grid import Area, cell_name
from dukao.workbooks.tables import Heading, Kind, Layout, Rule, Slot, Table
from dukao.workbooks.texts import plain
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.blocks import Block
from dukao.workbooks.understanding.body import Body, Role, body_of, is_personal, row_headings
from dukao.workbooks.understanding.canvas import Canvas, Cell, Shape
from dukao.workbooks.understanding.headers import Header, header_of
from dukao.workbooks.understanding.headings import columns_of
from dukao.workbooks.understanding.pairs import headings_and_slots, is_pairs, items_of, parts_of
from dukao.workbooks.understanding.rules import implied_rules, printed_rules
from dukao.workbooks.understanding.slots import slots_of

_LOOKUP_HEAD = re.compile(r"代码|编码|选项|序号|名称|含义|说明|解释|内容|口径|对照|取值|值|类别|标准")
_LOOKUP_TITLE = re.compile(r"代码表?$|编码|对照|字典|选项|解释|口径|填报说明|填表说明|参考|码表|取值|下拉")
_ROSTER_TITLE = re.compile(r"花名册|名册|名单|台账|台帐|明细|清单|登记[表册簿]|一览表")


def tables_of(canvas: Canvas, block: Block) -> list[Table]:
    """The tables of a block: several where small rosters are set into a form of pairs."""
    lines = _Lines(block)
    if is_pairs(canvas, block.area):
        return _pairs(canvas, block, lines)
    return [_columnar(canvas, block, block.area, lines.title, lines)]


class _Lines:
    """What the lines around a table say."""

    def __init__(self, block: Block):
        texts = [cell.text for cell in block.above]
        self.title = self._title(texts)
        self.unit = next((unit for cell in block.above if (unit := words.unit_of_line(cell.printed))), "")
        if not self.unit:
            self.unit = words.unit_of_line(self.title)
        titled = [cell.printed for cell in block.above if cell.text == self.title]
        others = [cell.printed for cell in block.above if cell.text != self.title]
        self.period = next((p for text in [*titled, *others] if (p := words.period_in(text))), "")

    def _title(self, texts: list[str]) -> str:
        candidates = [text for text in texts if not words.is_meta(text)]
        named = [text for text in candidates if words.is_title(text) and not re.match(r"^附[件表]", plain(text))]
        if named:
            return named[-1]
        plain_ones = [text for text in candidates if words.period_in(text) != text and not words.is_prose(text)]
        return (plain_ones or candidates or [""])[-1] if not plain_ones else max(plain_ones, key=len)


# Pairs


def _pairs(canvas: Canvas, block: Block, lines: _Lines) -> list[Table]:
    parts = parts_of(canvas, block.area)
    found: list[Table] = []
    for area in parts.pairs:
        items, doubts = items_of(canvas, area)
        if not items:
            continue
        columns, rows, slots = headings_and_slots(canvas, items, lines.unit)
        doubts += _errors(canvas, area)
        confidence = round(max(0.4, 0.92 - 0.05 * len(doubts)), 3)
        found.append(
            Table(area, Layout.PAIRS, lines.title, lines.unit, lines.period, (), columns, rows, _notes(block), (),
                  slots, confidence, tuple(doubts))
        )  # fmt: skip
    for area, title in parts.rosters:
        inner = Block(area, block.above)
        found.append(_columnar(canvas, inner, area, title or lines.title, lines, is_inner=True))
    return sorted(found, key=lambda table: table.area)


# Columns below a header


def _columnar(canvas: Canvas, block: Block, area: Area, title: str, lines: _Lines, *, is_inner: bool = False) -> Table:
    header = header_of(canvas, area)
    body = body_of(canvas, area, header)
    columns = columns_of(canvas, area, header, body.rows, lines.unit)
    layout, sureness = _layout(canvas, header, body, columns, title)
    doubts = list(block.doubts)
    if is_inner:
        layout = Layout.ROSTER
    if layout is Layout.ROSTER:
        area, added = _with_room(canvas, block, area, header, body)
        doubts += added
    rows = row_headings(canvas, area, body)
    heads = [cell for row in header.rows for cell in canvas.cells(row, area.left, area.right)]
    labels = [cell for h in rows for c in body.columns(Role.NAME) if (cell := canvas.row(h.index).get(c)) is not None]
    rules, unread = printed_rules(columns, rows, block.notes, heads, labels if layout is Layout.GRID else [])
    slots: list[Slot] = []
    if layout is not Layout.LOOKUP:
        if layout is Layout.GRID or any(row.is_total for row in rows):
            rules = _with_implied(rules, implied_rules(columns, rows, area.top))
        elif columns:
            rules = _with_implied(rules, implied_rules(columns, (), area.top))
        slots, left_out = slots_of(canvas, columns, rows, body, is_roster=layout is Layout.ROSTER)
        doubts += left_out
    doubts += unread + _errors(canvas, area) + _unnamed(header, columns, body)
    confidence = round(header.confidence * sureness * max(0.6, 1 - 0.04 * len(doubts)), 3)
    return Table(
        area, layout, title, lines.unit, lines.period, header.rows, columns, rows, _notes(block), tuple(rules),
        tuple(slots), min(confidence, 0.99), tuple(doubts),
    )  # fmt: skip


def _layout(
    canvas: Canvas, header: Header, body: Body, columns: tuple[Heading, ...], title: str
) -> tuple[Layout, float]:
    """How a block with a header is to be read, and how sure that is."""
    rows = [row for row in body.rows if row not in body.sections]
    names, values = body.columns(Role.NAME), body.columns(Role.VALUE)
    if _is_lookup(canvas, header, body, columns, title):
        return Layout.LOOKUP, 0.85
    if not rows or not header.rows:
        return (Layout.ROSTER, 0.9) if header.rows else (Layout.GRID, 0.8)
    if not names:
        return Layout.ROSTER, 0.9
    cells = [canvas.at(row, column) for row in rows[:300] for column in values]
    filled = [cell for cell in cells if cell is not None and cell.shape is not Shape.BLOCK]
    points = 0.0
    points += 2.0 if is_personal(canvas, header, body) else 0.0
    points += 1.5 if _ROSTER_TITLE.search(plain(title)) else 0.0
    points += 2.0 if len(rows) > 300 else 0.0
    texts = sum(cell.is_text or cell.shape is Shape.DATE for cell in filled)
    points += 2.5 * texts / len(filled) if filled else -1.0
    texted = sum(column.kind in (Kind.TEXT, Kind.DATE, Kind.CODE) for column in columns if column.index in values)
    points += 0.4 * min(texted, 4)
    stub = [canvas.at(row, column) for row in rows for column in names[:2]]
    points -= (
        1.5 if any(c is not None and (words.marker_level(c.text) or words.is_of_which(c.text)) for c in stub) else 0
    )
    points -= 1.0 if body.columns(Role.UNIT) or body.columns(Role.NUMBER) else 0.0
    points -= 0.5 if any(c is not None and words.is_total(c.text) for c in stub) else 0.0
    layout = Layout.ROSTER if points >= 1.5 else Layout.GRID
    return layout, round(min(1.0, 0.85 + abs(points - 1.5) / 10), 3)


def _is_lookup(canvas: Canvas, header: Header, body: Body, columns: tuple[Heading, ...], title: str) -> bool:
    """Codes with their meaning: two or three full columns of text that ask nothing."""
    rows = [row for row in body.rows if row not in body.sections]
    if not 1 <= len(columns) <= 4 or not rows:
        return False
    cells = [canvas.at(row, column.index) for row in rows[:200] for column in columns]
    if any(cell is None or cell.is_open for cell in cells):
        return False
    last = [cell for row in rows[:200] if (cell := canvas.at(row, columns[-1].index)) is not None]
    if not all(cell.is_text for cell in last):
        return False
    first = [cell for row in rows[:200] if (cell := canvas.at(row, columns[0].index)) is not None]
    short = sum(len(cell.text) <= 6 and (not cell.is_text or cell.text.isascii()) for cell in first) / len(first)
    heads = [plain("".join(column.path)) for column in columns]
    headed = sum(_LOOKUP_HEAD.search(head) is not None for head in heads) / len(heads)
    titled = _LOOKUP_TITLE.search(re.sub(r"[(].*?[)]", "", plain(title))) is not None
    if len(columns) == 1:
        return len(rows) >= 2
    return (titled and headed > 0) or (short >= 0.8 and headed == 1 and len(columns) == 2) or (titled and short >= 0.8)


def _with_room(canvas: Canvas, block: Block, area: Area, header: Header, body: Body) -> tuple[Area, list[str]]:
    """A roster's blank rows below its last one are room to fill; without any, one row is taken as room."""
    filled = [row for row in body.rows if row not in body.sections]
    room = list(range(area.bottom + 1, min(area.bottom + block.room, canvas.grid.height - 1) + 1))
    if room and (len(room) > 2 or not filled):
        body.rows.extend(room)
        doubts = [] if not filled else [f"第{room[0] + 1}至{room[-1] + 1}行为空行，按待填行处理"]
        return replace(area, bottom=room[-1]), doubts
    if not filled and header.rows:
        row = area.bottom + 1
        body.rows.append(row)
        return area, [f"表头下没有留出空行，按从第{row + 1}行起填写处理"]
    return area, []


def _with_implied(rules: list[Rule], implied: list[Rule]) -> list[Rule]:
    """What is printed counts; what is only implied adds to it."""
    known = {rule.expression for rule in rules if rule.expression}
    targets = {expression.split(" = ")[0] for expression in known if " = " in expression}
    return rules + [
        rule for rule in implied if rule.expression not in known and rule.expression.split(" = ")[0] not in targets
    ]


# Doubts


def _errors(canvas: Canvas, area: Area) -> list[str]:
    found = [
        f"{cell.name} 是 {cell.text}，不作为数值"
        for row in canvas.between(area.top, area.bottom)
        for cell in canvas.cells(row, area.left, area.right)
        if cell.shape is Shape.ERROR
    ]
    return [*found[:9], f"还有 {len(found) - 9} 个出错的单元格"] if len(found) > 10 else found


def _unnamed(header: Header, columns: tuple[Heading, ...], body: Body) -> list[str]:
    if not header.rows:
        return []
    return [
        f"{cell_name(header.rows[-1], column.index)} 一列没有表头"
        for column in columns
        if not column.path and body.roles.get(column.index) is not Role.SERIAL
    ]


def _notes(block: Block) -> tuple[str, ...]:
    return tuple(cell.printed.strip() for cell in block.notes)


def leftover_text(cells: list[Cell]) -> tuple[str, ...]:
    return tuple(f"{cell.name} {cell.text}" for cell in cells)
