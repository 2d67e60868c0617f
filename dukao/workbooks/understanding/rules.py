"""The rules of a table: those it prints, and those its headings imply (合计, 其中, 占比, 增长)."""

import itertools
import re
from collections.abc import Iterator, Sequence

from dukao.workbooks.grid import cell_name
from dukao.workbooks.tables import Heading, Kind, Rule
from dukao.workbooks.texts import plain
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.arithmetic import Axis, clauses_of, compares_names, expressions
from dukao.workbooks.understanding.canvas import Cell

_ADDABLE = (Kind.NUMBER, Kind.UNKNOWN)
_INSIDE = re.compile(r"[（(]([^（）()]*(?:[（(]\d{1,2}[)）][^（）()]*)*)[)）]")
_RELATION = re.compile(r"(?:逻辑|审核|平衡|勾稽|校验|表内)(?:关系|公式)")
# Rules of more members than this are written as a run: sum([6]:[900]).
SPELLED_OUT = 60


def printed_rules(
    columns: Sequence[Heading],
    rows: Sequence[Heading],
    notes: Sequence[Cell],
    heads: Sequence[Cell],
    labels: Sequence[Cell],
) -> tuple[list[Rule], list[str]]:
    """Rules in notes, in the header and in the names of rows; and doubts about those not understood."""
    across, down = Axis(columns, is_rows=False), Axis(rows, is_rows=True)
    found, doubts = _in_notes(notes, (across, down))
    for cells, axis in ((heads, across), (labels, down)):
        for cell in cells:
            index = cell.row if axis.is_rows else cell.column
            place = next((p for p, heading in enumerate(axis.headings) if heading.index == index), None)
            found.extend(_in_heading(cell, axis, place))
    return found, doubts


def rules_of_items(
    columns: Sequence[Heading], rows: Sequence[Heading], notes: Sequence[Cell], labels: Sequence[Cell]
) -> tuple[list[Rule], list[str]]:
    """The same of items, whose answers stand in cells of their own: where, the i-th column and row tell together."""
    answers = [cell_name(row.index, column.index) for column, row in zip(columns, rows, strict=True)]
    items = Axis(columns, is_rows=False, cells=answers)
    found, doubts = _in_notes(notes, (items,))
    for place, label in enumerate(labels):
        found.extend(_in_heading(label, items, place))
    return found, doubts


def _in_notes(notes: Sequence[Cell], known: Sequence[Axis]) -> tuple[list[Rule], list[str]]:
    found: list[Rule] = []
    doubts: list[str] = []
    for note in notes:
        clauses = clauses_of(note.printed)
        # Columns and rows may both be numbered from 1: a note is about those that know most of it.
        axes = sorted(known, key=lambda axis: -sum(bool(expressions(clause, (axis,))) for clause in clauses))
        is_relation = _RELATION.search(plain(note.text)[:12]) is not None
        for clause, after in itertools.zip_longest(clauses, clauses[1:], fillvalue=""):
            said = expressions(clause, axes)
            found.extend(Rule(clause, expression, note.name, 0.95) for expression in said)
            is_meant = _is_arithmetic(clause) or compares_names(clause, axes, is_relation=is_relation)
            if not said and is_meant and not after.startswith("即"):
                found.append(Rule(clause, "", note.name, 0.0))
                doubts.append(f"{note.name} 的关系“{clause[:40]}”未能识别")
    return found, doubts


def _in_heading(cell: Cell, axis: Axis, place: int | None) -> Iterator[Rule]:
    """`合计（③=①+②）`, `3=1+2` under a name, `三、净收益（1-2）`; `place` is the heading's own among its axis'."""
    flat = cell.text
    if not re.search(r"[=＝+＋\-－×÷*≥≤]", flat):
        return
    own = (axis, place) if place is not None else None
    inside = _INSIDE.findall(flat)
    tail = re.search(rf"[{words.CIRCLED}]\s*[=＝].*$|(?<![\d.])\d{{1,2}}\s*[=＝]\s*\d.*$", flat)
    for text in [*inside, *([tail.group()] if tail else []), flat]:
        if not re.search(r"[=＝+＋\-－×÷*≥≤]", text):
            continue
        said = expressions(text, (axis,), own=own)
        if said and (re.search(r"[=＝≥≤]", text) or text is not flat):
            yield from (Rule(flat, expression, cell.name, 0.95) for expression in said)
            return


def _is_arithmetic(clause: str) -> bool:
    flat = plain(clause)
    return re.search(r"[\d①-⑳)列栏行][=≥≤+\-]|[=≥≤][\d①-⑳(]|.{2,}[=≥≤].{2,}", flat) is not None and len(flat) <= 80


# What headings imply


def implied_rules(columns: Sequence[Heading], rows: Sequence[Heading], header_row: int) -> list[Rule]:
    found = [
        *_totals_across(columns, header_row),
        *_parts(columns, header_row, is_rows=False),
        *_shares(columns, header_row),
    ]
    found += [*_totals_down(rows), *_parts(rows, 0, is_rows=True)]
    return found


def _sum(axis: Axis, places: Sequence[int]) -> str:
    if len(places) > SPELLED_OUT:
        return f"sum({axis.ref(places[0])}:{axis.ref(places[-1])})"
    return " + ".join(axis.ref(place) for place in places)


def _totals_across(columns: Sequence[Heading], header_row: int) -> Iterator[Rule]:
    """合计 = its sisters under the same name, where these measure the same."""
    axis = Axis(columns, is_rows=False)
    for place, total in enumerate(columns):
        level = next((i for i, text in enumerate(total.path) if words.is_total(text)), None)
        if level is None or total.kind not in _ADDABLE:
            continue
        members = _sisters(columns, place, level)
        if len(members) >= 2 and len({columns[m].unit for m in (place, *members)}) == 1:
            text = f"{'·'.join(total.path)} = {' + '.join('·'.join(columns[m].path) for m in members)}"
            yield Rule(
                text[:120], f"{axis.ref(place)} = {_sum(axis, members)}", cell_name(header_row, total.index), 0.7
            )


def _sisters(columns: Sequence[Heading], place: int, level: int) -> list[int]:
    """The columns a total adds up: per sister name its own total, or the one column that ends alike."""
    total = columns[place]
    prefix, suffix = total.path[:level], total.path[level + 1 :]
    groups: dict[str, list[int]] = {}
    for other, heading in enumerate(columns):
        if other == place or heading.path[:level] != prefix or len(heading.path) <= level:
            continue
        name = heading.path[level]
        if words.is_total(name) or words.is_of_which(name) or heading.kind not in _ADDABLE:
            continue
        groups.setdefault(name, []).append(other)
    members: list[int] = []
    for group in groups.values():
        alike = [m for m in group if columns[m].path[level + 1 :] == suffix]
        totals = [m for m in group if words.is_total(columns[m].path[-1])]
        if alike or totals:
            members.append((alike or totals)[0])
        elif suffix:
            return []
        else:
            members.extend(m for m in group if not columns[m].is_of_which)
    after = [m for m in members if m > place]
    return members if not after or len(after) == len(members) else []


def _parts(headings: Sequence[Heading], header_row: int, *, is_rows: bool) -> Iterator[Rule]:
    """其中 is at most what stands before it."""
    axis = Axis(headings, is_rows=is_rows)
    for place, part in enumerate(headings):
        if not part.is_of_which or (not is_rows and part.kind not in _ADDABLE):
            continue
        whole = _whole_of(headings, place)
        if whole is None or not (is_rows or headings[whole].kind in _ADDABLE) or headings[whole].unit != part.unit:
            continue
        row, column = (part.index, 0) if is_rows else (header_row, part.index)
        text = f"{part.path[-1]} ≤ {headings[whole].path[-1]}"
        name = "" if is_rows else cell_name(row, column)
        yield Rule(text, f"{axis.ref(place)} <= {axis.ref(whole)}", name, 0.8)


def _whole_of(headings: Sequence[Heading], place: int) -> int | None:
    """The nearest heading before it that is itself no part."""
    part = headings[place]
    level = next((i for i, text in enumerate(part.path) if words.is_of_which(text)), len(part.path) - 1)
    for before in range(place - 1, -1, -1):
        other = headings[before]
        if other.is_of_which or not other.path:
            continue
        if other.path[:level] == part.path[:level] or other.path == part.path[:level]:
            return before
    return None


def _shares(columns: Sequence[Heading], header_row: int) -> Iterator[Rule]:
    """`男占总人口比重` over columns of these names; 增长 beside 本期 and 上年同期."""
    axis = Axis(columns, is_rows=False)
    for place, column in enumerate(columns):
        if column.kind is not Kind.PERCENT or not column.path:
            continue
        leaf = re.sub(r"[(\[].*?[)\]]|%", "", plain(column.path[-1]))
        said = re.fullmatch(r"(.*?)占(.+?)的?(?:比重|比例|比|百分比|%)?", leaf)
        if said:
            parts = _named(axis, said.group(1)) if said.group(1) else place - 1
            whole = _named(axis, said.group(2))
            if parts is not None and whole is not None and parts >= 0 and len({place, parts, whole}) == 3:
                expression = f"{axis.ref(place)} = {axis.ref(parts)} / {axis.ref(whole)} * 100"
                yield Rule(column.path[-1], expression, cell_name(header_row, column.index), 0.7)
        elif re.search(r"增长|增减|同比|增幅|增速", leaf) and (pair := _now_and_before(columns, place)):
            now, before = (axis.ref(p) for p in pair)
            expression = f"{axis.ref(place)} = ({now} - {before}) / {before} * 100"
            yield Rule(column.path[-1], expression, cell_name(header_row, column.index), 0.7)


def _named(axis: Axis, name: str) -> int | None:
    return axis.by_name.get(name)


def _now_and_before(columns: Sequence[Heading], place: int) -> tuple[int, int] | None:
    prefix = columns[place].path[:-1]
    now = before = None
    years: list[tuple[str, int]] = []
    for other, heading in enumerate(columns):
        if other == place or heading.path[:-1] != prefix or heading.kind not in _ADDABLE or not heading.path:
            continue
        leaf = plain(heading.path[-1])
        if re.search(r"上年|上期|去年|同期", leaf):
            before = other if before is None else -1
        elif re.fullmatch(r"(?:19|20)\d\d年?度?", leaf):
            years.append((leaf, other))
        elif re.search(r"本年|本期|本月|本季|今年|当期|当年", leaf):
            now = other if now is None else -1
    if now is None and before is None and len(years) == 2:
        (_, before), (_, now) = sorted(years)
    return (now, before) if now is not None and before is not None and now >= 0 and before >= 0 else None


def _totals_down(rows: Sequence[Heading]) -> Iterator[Rule]:
    """合计 and 小计 = the rows they close or open, where it is clear which."""
    axis = Axis(rows, is_rows=True)
    for place, total in enumerate(rows):
        if not total.is_total:
            continue
        members = _members(rows, place)
        if len(members) >= 2:
            name = total.path[-1] if total.path else "合计"
            yield Rule(f"{name}（第{total.index + 1}行）", f"{axis.ref(place)} = {_sum(axis, members)}", "", 0.7)


def _members(rows: Sequence[Heading], place: int) -> list[int]:
    total = rows[place]
    is_sub = any(words.is_subtotal(text) for text in total.path)
    subtotals = [p for p, row in enumerate(rows) if row.is_total and p != place]
    if is_sub:
        prefix = total.path[:-1] or _prefix_named(rows, place)
        inside = [p for p, row in enumerate(rows) if row.path[: len(prefix)] == prefix] if prefix else []
        if not inside:
            edges = [-1, *[p for p in (*subtotals, place) if p <= place]]
            inside = list(range(max(e for e in edges if e < place) + 1, place))
        return _uppermost(rows, [p for p in inside if not rows[p].is_total], len(prefix))
    if any(not any(words.is_subtotal(t) for t in rows[p].path) for p in subtotals):
        return []
    if subtotals:
        return _with_subtotals(rows, place, subtotals)
    return _uppermost(rows, [p for p, row in enumerate(rows) if p != place], 0)


def _prefix_named(rows: Sequence[Heading], place: int) -> tuple[str, ...]:
    """The path of the row or section that a total names: 流动资产合计 closes 流动资产."""
    name = words.total_of(rows[place].path[-1]) if rows[place].path else ""
    for row in rows:
        for level, text in enumerate(row.path):
            if name and words.bare(text) == name and not row.is_total:
                return row.path[: level + 1]
    return ()


def _with_subtotals(rows: Sequence[Heading], place: int, subtotals: list[int]) -> list[int]:
    """A grand total over subtotals: these, and the rows outside all of them."""
    inside = {m for sub in subtotals for m in _members(rows, sub)}
    prefixes = {rows[sub].path[:-1] for sub in subtotals if rows[sub].path[:-1]}
    outside = [
        p for p, row in enumerate(rows)
        if p != place and not row.is_total and p not in inside and not any(row.path[: len(x)] == x for x in prefixes)
    ]  # fmt: skip
    return sorted([*subtotals, *_uppermost(rows, outside, 0)])


def _uppermost(rows: Sequence[Heading], places: list[int], depth: int) -> list[int]:
    """Those of the rows that do not hang under another of them."""
    names = {rows[p].path for p in places}
    found = []
    for p in places:
        row = rows[p]
        if row.is_of_which or any(row.path[:n] in names for n in range(depth + 1, len(row.path))):
            continue
        found.append(p)
    units = {rows[p].unit for p in found}
    return found if len(units) <= 1 else []
