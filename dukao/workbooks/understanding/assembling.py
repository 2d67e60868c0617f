"""From a block to its tables: which layout, then header, rows, rules, slots, and how sure all that is."""

import re
from collections.abc import Sequence
from dataclasses import replace

from dukao.workbooks.grid import Area, cell_name
from dukao.workbooks.tables import Heading, Layout, Rule, Slot, Table
from dukao.workbooks.texts import plain
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.blocks import Block
from dukao.workbooks.understanding.body import Body, Role, body_of, row_headings
from dukao.workbooks.understanding.canvas import Canvas, Cell, Shape
from dukao.workbooks.understanding.checking import borne_out
from dukao.workbooks.understanding.headers import Header, header_of
from dukao.workbooks.understanding.headings import columns_of, path_cells
from dukao.workbooks.understanding.items import Item, headings_and_slots, item_within, items_of, parts_of
from dukao.workbooks.understanding.layouts import layout_of
from dukao.workbooks.understanding.long import LONG_ROWS
from dukao.workbooks.understanding.pairs import ends_in_labels, is_pairs
from dukao.workbooks.understanding.rules import implied_rules, printed_rules, rules_of_items
from dukao.workbooks.understanding.slots import slots_of

_QUESTION = re.compile(r"^(?:调查)?(?:问题|题目|题干|问题内容|题目内容)$")
_ANSWER = re.compile(r"^(?:您的|本村|本单位)?(?:回答|答案|答复|作答|填写|填报)(?:内容|情况|结果|栏)?$")


def tables_of(canvas: Canvas, block: Block) -> list[Table]:
    """The tables of a block: several where small rosters are set into a form of pairs."""
    lines = _Lines(block)
    if _is_list_of_labels(canvas, block.area):
        block.area = replace(block.area, right=block.area.right + 1)
        block.doubts.append("没有画出填写的位置，按各项右边的一格处理")
    pairs = _pairs_area(canvas, block)
    if pairs is not None:
        return _pairs(canvas, replace(block, area=pairs), lines)
    title = lines.section or lines.title
    return [_columnar(canvas, block, area, title, lines) for area in _halves(canvas, block.area)]


def _is_list_of_labels(canvas: Canvas, area: Area) -> bool:
    """Names below one another and nothing beside them: the answers' cells lie outside of what the file holds."""
    if area.left != area.right:
        return False
    cells = [cell for row in canvas.between(area.top, area.bottom) for cell in canvas.cells(row, area.left, area.left)]
    asked = sum(words.is_label(cell.text) or words.is_question(cell.text) for cell in cells)
    return len(cells) >= 2 and asked >= 0.6 * len(cells)


def _pairs_area(canvas: Canvas, block: Block) -> Area | None:
    """The area of a form of pairs, with the answers at its right edge that nothing but the title reaches."""
    area = block.area
    right = max([area.right, *(cell.area.right for cell in block.above if cell.column == area.left)])
    if ends_in_labels(canvas, area) and right == area.right:
        right += 1
    is_form = any(words.is_form_title(cell.text) for cell in block.above)
    areas = (replace(area, right=right), area)
    return next((found for found in areas if is_pairs(canvas, found, is_form=is_form)), None)


class _Lines:
    """What the lines around a table say."""

    def __init__(self, block: Block):
        texts = [cell.text for cell in block.above]
        nearest = texts[-1] if texts else ""
        self.section = nearest if words.marker_level(nearest) else ""  # 一、基本情况, under the sheet's title
        self.title = self._title([text for text in texts if text != self.section])
        self.unit = next((unit for cell in block.above if (unit := words.unit_of_line(cell.printed))), "")
        if not self.unit:
            self.unit = words.unit_of_line(self.title)
        titled = [cell.printed for cell in block.above if cell.text == self.title]
        others = [c.printed for c in block.above if c.text != self.title and not words.is_about_form(c.text)]
        self.period = next((p for text in [*titled, *others] if (p := words.period_in(text))), "")

    def _title(self, texts: list[str]) -> str:
        candidates = [text for text in texts if not words.is_meta(text) and not words.is_meta_label(text)]
        named = [text for text in candidates if words.is_title(text) and not re.match(r"^附[件表]", plain(text))]
        if named:
            return named[-1]
        plain_ones = [
            text
            for text in candidates
            if words.period_in(text) != text and not words.is_prose(text) and text[0] not in "（("
        ]
        return (plain_ones or candidates or [""])[-1] if not plain_ones else max(plain_ones, key=len)


# Pairs


def _pairs(canvas: Canvas, block: Block, lines: _Lines) -> list[Table]:
    parts = parts_of(canvas, block.area)
    found: list[Table] = []
    for area in parts.pairs:
        items, doubts = items_of(canvas, area, lines.section if area.top == block.area.top else "")
        if not items:
            continue
        columns, rows, slots = headings_and_slots(canvas, items, lines.unit)
        rules, unread = rules_of_items(columns, rows, block.notes, [item.label for item in items])
        doubts = [*block.doubts, *doubts, *unread, *_errors(canvas, area)]
        confidence = round(max(0.4, 0.92 - 0.05 * len(doubts)), 3)
        found.append(
            Table(area, Layout.PAIRS, lines.title, lines.unit, lines.period, (), columns, rows, _notes(block),
                  tuple(rules), slots, confidence, tuple(doubts))
        )  # fmt: skip
    for area, title in parts.rosters:
        inner = Block(area, block.above)
        found.append(_columnar(canvas, inner, area, title or lines.title, lines, is_inner=True))
    return sorted(found, key=lambda table: table.area)


def ticked_lines(canvas: Canvas, lines: Sequence[Cell]) -> list[Table]:
    """Lines of their own that ask something and print the answers to tick, as forms of pairs: one for each run."""
    runs: list[list[Cell]] = []
    for cell in sorted({line for line in lines if line.asks_itself}, key=lambda one: (one.column, one.row)):
        before = runs[-1][-1] if runs else None
        if before is not None and before.column == cell.column and before.area.bottom + 1 == cell.row:
            runs[-1].append(cell)
        else:
            runs.append([cell])
    found = []
    for run in runs:
        columns, rows, slots = headings_and_slots(canvas, [item_within(cell, ()) for cell in run], "")
        area = Area(run[0].row, run[0].column, run[-1].area.bottom, max(cell.area.right for cell in run))
        above = [line for line in lines if line.row < area.top and line.column <= area.right and not line.asks_itself]
        said = [line for line in above if not words.is_meta(line.text) and not words.is_prose(line.text)]
        titles = [line for line in said if words.is_title(line.text)] or said
        over = [line for line in titles if line.area.right >= area.left] or titles
        title = max(over, key=lambda line: line.row).text if over else ""
        found.append(Table(area, Layout.PAIRS, title, "", "", (), columns, rows, (), (), slots, 0.9))
    return found


# Columns below a header


def _halves(canvas: Canvas, area: Area) -> list[Area]:
    """A balance sheet's two sides, or a list printed in several strands: each is a table of its own."""
    header = header_of(canvas, area)
    if not header.naming:
        return [area]
    paths = [tuple(cell.text for cell in path_cells(canvas, area, header, c)) for c in range(area.left, area.right + 1)]
    rows = canvas.between(header.rows[-1] + 1, area.bottom)
    for strands in (2, 3, 4):
        size, rest = divmod(len(paths), strands)
        if rest or size < 2:
            continue
        groups = [paths[i * size : (i + 1) * size] for i in range(strands)]
        if any(group[1:] != groups[0][1:] for group in groups) or len(set(groups[0])) < size or not all(groups[0]):
            continue
        lefts = [area.left + i * size for i in range(strands)]
        alike = all(group == groups[0] for group in groups)
        if alike or all(_names_rows(canvas, rows, left) for left in lefts):
            return [Area(area.top, left, area.bottom, left + size - 1) for left in lefts]
    return [area]


def _names_rows(canvas: Canvas, rows: Sequence[int], column: int) -> bool:
    cells = [cell for row in rows if (cell := canvas.at(row, column)) is not None]
    return len(cells) >= 2 and all(cell.is_text for cell in cells)


def _columnar(canvas: Canvas, block: Block, area: Area, title: str, lines: _Lines, *, is_inner: bool = False) -> Table:
    header = header_of(canvas, area)
    body = body_of(canvas, area, header)
    plain_rows = [row for row in body.rows if row not in body.sections]
    columns = columns_of(canvas, area, header, plain_rows, lines.unit)
    layout, sureness = layout_of(canvas, header, body, columns, title)
    doubts = list(block.doubts)
    if is_inner:
        layout = Layout.ROSTER
    if layout is Layout.ROSTER:
        area, added = _with_room(canvas, block, area, header, body)
        doubts += added
    rows = row_headings(canvas, area, body, is_roster=layout is Layout.ROSTER)
    if not is_inner and _asks_questions(canvas, header, body, columns):
        return _questionnaire(canvas, block, area, header, body, rows, lines)
    items = [row for row in rows if row.index not in body.sections]
    heads = [cell for row in header.rows for cell in canvas.cells(row, area.left, area.right)]
    labels = [cell for h in items for c in body.columns(Role.NAME) if (cell := canvas.row(h.index).get(c)) is not None]
    rules, unread = printed_rules(columns, items, block.notes, heads, labels if layout is Layout.GRID else [])
    slots: list[Slot] = []
    if layout is not Layout.LOOKUP:
        if layout is Layout.GRID or any(row.is_total for row in rows):
            rules = _with_implied(rules, implied_rules(columns, items, area.top))
        elif columns:
            rules = _with_implied(rules, implied_rules(columns, (), area.top))
        slots, left_out = slots_of(canvas, columns, rows, body, is_roster=layout is Layout.ROSTER)
        if canvas.ordinary is not None and len(rows) > LONG_ROWS // 20:
            rows = tuple(row for row in rows if row.is_total)
        doubts += left_out
    doubts += unread + _errors(canvas, area) + _several(canvas, area) + _unnamed(header, columns, body)
    confidence = round(header.confidence * sureness * max(0.6, 1 - 0.04 * len(doubts)), 3)
    table = Table(
        area, layout, title, lines.unit, lines.period, header.rows, columns, rows, _notes(block), tuple(rules),
        tuple(slots), min(confidence, 0.99), tuple(doubts),
    )  # fmt: skip
    return table if canvas.ordinary is not None else replace(table, rules=borne_out(table, canvas.grid))


def _asks_questions(canvas: Canvas, header: Header, body: Body, columns: tuple[Heading, ...]) -> bool:
    """Whether one column asks and the other one waits for answers: 问题 and 回答, or questions without any header."""
    names, values = body.columns(Role.NAME), body.columns(Role.VALUE)
    if len(names) != 1 or len(values) != 1:
        return False
    heads = {column.index: plain(column.path[-1]) if column.path else "" for column in columns}
    if header.rows:
        return bool(_QUESTION.match(heads[names[0]]) and _ANSWER.match(heads[values[0]]))
    asked = [cell for row in body.rows if row not in body.sections and (cell := canvas.at(row, names[0])) is not None]
    return len(asked) >= 2 and sum(words.is_question(cell.text) for cell in asked) >= 0.6 * len(asked)


def _questionnaire(
    canvas: Canvas, block: Block, area: Area, header: Header, body: Body, rows: Sequence[Heading], lines: _Lines
) -> Table:
    """Its questions as items, each with its answer; sections, also the one above it, lead their paths."""
    (name,), (value,) = body.columns(Role.NAME), body.columns(Role.VALUE)
    sections = (lines.section,) if lines.section and not header.rows else ()
    units = {heading.index: heading.unit for heading in rows}
    numbers = body.columns(Role.SERIAL, Role.NUMBER)
    items = []
    for row in body.rows:
        label = canvas.at(row, name)
        if row in body.sections:
            sections = (canvas.seen(row, area.left, area.right)[0].text,)
        elif label is not None and label.row == row:
            answer = canvas.area(row, value)
            number = next((cell.text for column in numbers if (cell := canvas.at(row, column)) is not None), "")
            unit = units.get(row, "")
            items.append(Item((*sections, label.text), label, answer, canvas.at(row, value), unit, number))
    columns, rows, slots = headings_and_slots(canvas, items, lines.unit)
    rules, unread = rules_of_items(columns, rows, block.notes, [item.label for item in items])
    doubts = (*block.doubts, *unread, *_errors(canvas, area))
    return Table(
        area, Layout.PAIRS, lines.title, lines.unit, lines.period, header.rows, columns, rows, _notes(block),
        tuple(rules), slots, 0.9, doubts,
    )  # fmt: skip


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


def _several(canvas: Canvas, area: Area) -> list[str]:
    """A doubt about the cells that ask several things at once."""
    rows = canvas.between(area.top, area.bottom)
    found = [cell for row in rows for cell in canvas.cells(row, area.left, area.right) if cell.asks_several]
    return [f"{found[0].name} 等 {len(found)} 格里各有几个要勾选的问题，要手工勾选"] if found else []


def _unnamed(header: Header, columns: tuple[Heading, ...], body: Body) -> list[str]:
    if not header.rows:
        return []
    return [
        f"{cell_name(header.rows[-1], column.index)} 一列没有表头"
        for column in columns
        if not column.path and body.roles.get(column.index) not in (Role.SERIAL, Role.NAME)
    ]


def _notes(block: Block) -> tuple[str, ...]:
    return tuple(cell.printed.strip() for cell in block.notes)


def unused_lines(block: Block) -> list[Cell]:
    """Lines above that were neither the title nor the unit of measure."""
    lines = _Lines(block)
    used = (lines.title, lines.section)
    return [c for c in block.above if c.text not in used and words.unit_of_line(c.printed) != (lines.unit or None)]
