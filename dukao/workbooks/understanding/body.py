"""The body below a header: which columns name the rows, what each row is called, how rows hang together."""

import itertools
import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from dukao.workbooks.grid import Area
from dukao.workbooks.tables import Heading, Kind
from dukao.workbooks.texts import plain
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.canvas import Canvas, Cell, Shape
from dukao.workbooks.understanding.codes import codes_in
from dukao.workbooks.understanding.headers import Header
from dukao.workbooks.understanding.headings import kind_of

_NUMBER_HEAD = re.compile(r"^(?:行次|行号|序码|栏次|(?:指标|统计|项目|科目|栏目|行)?(?:代码|编码)|编号)$")
_TIME_HEAD = re.compile(r"^(?:年份|年度|月份|季度|时间|日期|年月|年)$")
_PERSONAL = re.compile(
    r"^(?:.{0,6}姓名|户主|户主姓名|.{0,4}(?:企业|公司|项目|合作社|单位|商户|学校|药店|场所|农场|机构|设备|资产|文件)名称|身份证.*|.*车牌.*|联系人|负责人|合同名称|承包人|承租方)"
)

_ASKS = re.compile(r"\?$|^(?:\d+[.、])?(?:是否|有无|能否)")


class Role(StrEnum):
    """What a column does for its rows."""

    SERIAL = "serial"
    NAME = "name"
    NUMBER = "number"  # 行次, 代码
    UNIT = "unit"  # 计量单位
    VALUE = "value"


@dataclass
class Body:
    """Rows below the header. `repeated` rows print the header again, `sections` only head the rows below them."""

    rows: list[int]
    roles: dict[int, Role]
    repeated: set[int] = field(default_factory=set)
    sections: set[int] = field(default_factory=set)
    identity: tuple[int, ...] = ()  # the column a roster's rows are called by: 姓名 rather than 村名

    def columns(self, *roles: Role) -> list[int]:
        return [column for column, role in self.roles.items() if role in roles]


def body_of(canvas: Canvas, area: Area, header: Header) -> Body:
    start = header.rows[-1] + 1 if header.rows else area.top
    rows = list(canvas.between(start, area.bottom))
    repeated = _repeated(canvas, area, header, rows)
    rows = [row for row in rows if row not in repeated]
    sections = {row for row in rows if _is_section(canvas, area, row)}
    body = Body(rows, _roles(canvas, area, header, [row for row in rows if row not in sections]), repeated, sections)
    sections.update(_heading_rows(canvas, area, body))
    names = body.columns(Role.NAME)
    body.identity = tuple(
        [column for column in names if _PERSONAL.match(plain(_leaf(canvas, header, column)))][:1] or names[:1]
    )
    return body


def _heading_rows(canvas: Canvas, area: Area, body: Body) -> set[int]:
    """Rows that only have a name where the others also have a number or a unit of measure, such as `流动资产：`."""
    names, marks = body.columns(Role.NAME), body.columns(Role.NUMBER, Role.UNIT)
    rows = [row for row in body.rows if row not in body.sections]
    alone = set()
    for row in rows:
        seen = [cell.column for cell in canvas.seen(row, area.left, area.right) if cell.shape is not Shape.BLOCK]
        name = canvas.at(row, seen[0]) if len(seen) == 1 and seen[0] in names else None
        # One that offers answers, or is a question, asks something.
        if name is not None and not codes_in(name.printed) and not _ASKS.search(plain(name.text)):
            alone.add(row)
    marked = [
        row for row in rows if any((c := canvas.at(row, m)) is not None and c.shape is not Shape.BLOCK for m in marks)
    ]
    if not marks or len(marked) < 0.5 * len(rows):
        alone = {row for row in alone if words.ends_with_colon(canvas.seen(row, area.left, area.right)[0].text)}
    return alone | _sections_over_figures(canvas, body, rows)


def _sections_over_figures(canvas: Canvas, body: Body, rows: list[int]) -> set[int]:
    """Rows numbered 一、 that name no figure, have none, and stand over rows that all name one: 一、农业生产."""
    names, serials = body.columns(Role.NAME), body.columns(Role.SERIAL, Role.NUMBER)
    values = body.columns(Role.VALUE)
    if len(names) != 1 or not values:
        return set()
    levels: dict[int, int] = {}
    figures: set[int] = set()
    for row in rows:
        name = canvas.at(row, names[0])
        if name is None or name.row != row:
            return set()
        numbers = [cell.text for column in serials if (cell := canvas.at(row, column)) is not None]
        levels[row] = words.marker_level(name.text) or max((words.marker_level(f"{n}、") for n in numbers), default=0)
        unit = words.unit_of_head(name.text)
        if unit or kind_of((words.bare(name.text),), unit, (), []) in (Kind.NUMBER, Kind.PERCENT):
            figures.add(row)
    found = set()
    for place, row in enumerate(rows):
        if levels[row] != 1 or row in figures or any(canvas.at(row, column) is not None for column in values):
            continue
        below = list(itertools.takewhile(lambda other: levels[other] != 1, rows[place + 1 :]))
        if below and figures.issuperset(below):
            found.add(row)
    return found


def _repeated(canvas: Canvas, area: Area, header: Header, rows: list[int]) -> set[int]:
    """Rows in which a page break printed the header (or the title above it) again."""
    if not header.rows:
        return set()
    first = _texts(canvas, area, header.rows[0])
    found: set[int] = set()
    for row in rows:
        if len(first) >= 2 and _texts(canvas, area, row) == first:
            found.update(range(row, row + len(header.rows)))
    return found


def _texts(canvas: Canvas, area: Area, row: int) -> list[tuple[int, str]]:
    return [(cell.column, cell.text) for cell in canvas.cells(row, area.left, area.right)]


def _is_section(canvas: Canvas, area: Area, row: int) -> bool:
    """One text over (nearly) the whole width, or alone in a row with a numbering of its own."""
    seen = canvas.seen(row, area.left, area.right)
    if len(seen) != 1 or not seen[0].is_text or words.is_total(seen[0].text):
        return False
    width = area.right - area.left + 1
    return width >= 3 and seen[0].width >= 0.7 * width


def _roles(canvas: Canvas, area: Area, header: Header, rows: list[int]) -> dict[int, Role]:
    roles: dict[int, Role] = {}
    blank: set[int] = set()
    sample = rows[:400]
    for column in range(area.left, area.right + 1):
        leaf = plain(_leaf(canvas, header, column))
        cells = [cell for row in sample if (cell := canvas.at(row, column)) is not None]
        texts = [cell for cell in cells if cell.is_text]
        if words.is_serial_head(leaf) and leaf not in ("编号", "行次", "行号", "栏次"):
            roles[column] = Role.SERIAL
        elif _NUMBER_HEAD.match(leaf):
            counted = column == area.left and _counts(cells)
            roles[column] = Role.SERIAL if counted else Role.NUMBER if cells else Role.VALUE
        elif words.is_unit_head(leaf) and texts and sum(words.is_unit(c.text) for c in texts) >= 0.6 * len(texts):
            roles[column] = Role.UNIT
        elif _is_name(cells, texts, sample, roles, blank) or (_TIME_HEAD.match(leaf) and cells and not roles):
            roles[column] = Role.NAME
        elif not leaf and column == area.left and _counts(cells):
            roles[column] = Role.SERIAL
        else:
            roles[column] = Role.VALUE
        if not cells:
            blank.add(column)
    return roles


def _is_name(cells: list[Cell], texts: list[Cell], rows: list[int], roles: dict[int, Role], blank: set[int]) -> bool:
    """Texts in (nearly) all rows of a column with no column of values on its left, unless that is blank."""
    if not texts or any(roles[c] is Role.VALUE for c in roles if c not in blank) or len(blank) > 2:
        return False
    if any(cell.asks_several for cell in texts):
        return False
    rows_with_text = {row for cell in texts for row in range(cell.area.top, cell.area.bottom + 1)}
    share = len(rows_with_text & set(rows)) / max(1, len(rows))
    if Role.NAME in roles.values():
        return share >= 0.5 and len(texts) >= 0.8 * len(cells)
    return len(texts) >= 0.6 * len(cells) and (share >= 0.5 or len(texts) >= 2)


def _counts(cells: list[Cell]) -> bool:
    """1, 2, 3 … down the column."""
    numbers = [int(cell.text) for cell in cells if cell.shape is Shape.NUMBER and cell.text.isdecimal()]
    return len(numbers) >= 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _leaf(canvas: Canvas, header: Header, column: int) -> str:
    for row in reversed(header.naming):
        cell = canvas.at(row, column)
        if cell is not None:
            return cell.text
    return ""


# Layout


def is_personal(canvas: Canvas, header: Header, body: Body) -> bool:
    """Whether the rows are persons, enterprises, projects …: things of which there may be any number."""
    heads = [plain(_leaf(canvas, header, column)) for column in list(body.roles)[:4]]
    return any(_PERSONAL.match(head) for head in heads)


# Rows


@dataclass
class _Above:
    """A row under which others may hang."""

    text: str
    rank: int  # of its numbering; 0 without
    indent: int
    is_section: bool = False
    is_of_which: bool = False


def row_headings(canvas: Canvas, area: Area, body: Body, *, is_roster: bool) -> tuple[Heading, ...]:
    """One heading per row that holds something; of a section it leads the paths of the rows below it."""
    names = list(body.identity) if is_roster else body.columns(Role.NAME)
    stub = [c for c in body.roles if body.roles[c] is not Role.VALUE]
    found: list[Heading] = []
    stack: list[_Above] = []
    outer: dict[int, Cell] = {}
    for row in body.rows:
        if row in body.sections:
            seen = canvas.seen(row, area.left, area.right)
            section = next((cell for cell in seen if cell.column in body.columns(Role.NAME)), seen[0])
            _head(section, stack)
            if not is_roster:
                found.append(Heading(row, tuple(above.text for above in stack), number=words.marker(section.text)))
            continue
        if not _holds_something(canvas, area, body, row, is_roster=is_roster):
            continue
        labels = _labels(canvas, row, names or ([] if is_roster else stub[:1]))
        labels = _continued(labels, names, outer)
        total = any(words.is_total(cell.text) for column in stub if (cell := canvas.at(row, column)) is not None)
        if not labels and total:
            labels = [c for column in stub if (c := canvas.at(row, column)) is not None and words.is_total(c.text)][:1]
        found.append(_row_heading(canvas, row, labels, stack, body, total))
    return tuple(replace(row, is_total=row.is_total and _adds_up(row, found)) for row in found)


def _adds_up(total: Heading, rows: list[Heading]) -> bool:
    """Whether a total that names what it adds up has anything to add up: 税收收入合计 alone is but a name."""
    name = words.total_of(total.path[-1]) if total.path else ""
    if not name or name.startswith("全") or total is rows[-1]:
        return True
    above = [words.bare(text) for row in rows if row is not total for text in row.path]
    return name in above or sum(text.endswith(name) for text in above) >= 2


def _head(cell: Cell, stack: list[_Above]) -> None:
    """A section begins: it ends those before it, but not one it stands under by its numbering."""
    rank = words.marker_level(cell.text)
    while stack and not (stack[-1].is_section and 0 < stack[-1].rank < rank):
        stack.pop()
    stack.append(_Above(cell.text, rank, words.indent_of(cell.printed), is_section=True))


def _holds_something(canvas: Canvas, area: Area, body: Body, row: int, *, is_roster: bool) -> bool:
    """Whether anything stands in a row; the number of an empty row of a roster is nothing."""
    seen = canvas.seen(row, area.left, area.right)
    if not is_roster:
        return bool(seen)
    return any(body.roles.get(cell.column) is not Role.SERIAL or words.is_total(cell.text) for cell in seen)


def _labels(canvas: Canvas, row: int, names: list[int]) -> list[Cell]:
    """The cells that name a row, from the outermost; each once."""
    found: list[Cell] = []
    for column in names:
        cell = canvas.at(row, column)
        if cell is not None and cell not in found and cell.text:
            found.append(cell)
    return found


def _continued(labels: list[Cell], names: list[int], outer: dict[int, Cell]) -> list[Cell]:
    """The names of a row, with what stands further above where the outer names are left blank."""
    if not labels or len(names) < 2:
        return labels
    first = labels[0].column
    if first == names[0] or (words.is_total(labels[0].text) and not words.is_subtotal(labels[0].text)):
        outer.clear()
    labels = [*(outer[column] for column in names if column < first and column in outer), *labels]
    outer.update((label.column, label) for label in labels[:-1] if label.column != names[-1])
    if len(labels) == 1 and first != names[-1]:
        outer[first] = labels[0]
    return labels


def _row_heading(
    canvas: Canvas, row: int, labels: list[Cell], stack: list[_Above], body: Body, is_total: bool
) -> Heading:
    texts = [cell.text for cell in labels]
    leaf = labels[-1].printed if labels else ""
    path = (*_hang(leaf, texts, stack, is_total), *texts)
    unit = _from(canvas, row, body, Role.UNIT) or next((u for t in reversed(texts) if (u := words.unit_of_head(t))), "")
    number = _from(canvas, row, body, Role.NUMBER) or _from(canvas, row, body, Role.SERIAL)
    return Heading(
        row,
        tuple(dict.fromkeys(path)),
        unit,
        Kind.PERCENT if unit in ("%", "‰") else Kind.NUMBER if unit else Kind.UNKNOWN,
        codes_in(leaf),
        is_total=is_total,
        is_of_which=bool(texts) and any(above.is_of_which for above in stack),
        number="" if is_total and words.is_total(number) else number or words.marker(leaf),
        confidence=1.0 if texts else 0.6,
    )


def _from(canvas: Canvas, row: int, body: Body, role: Role) -> str:
    for column in body.columns(role):
        cell = canvas.at(row, column)
        if cell is not None and cell.shape is not Shape.BLOCK:
            return cell.text
    return ""


def _hang(leaf: str, texts: list[str], stack: list[_Above], is_total: bool) -> list[str]:
    """The names of the rows this one hangs under, told by numbering, blanks before the name, and 其中."""
    rank, indent = words.marker_level(leaf), words.indent_of(leaf)
    of_which = words.is_of_which(leaf.strip())
    if not leaf.strip():
        return [above.text for above in stack]
    if is_total and (not words.is_subtotal(leaf) or words.total_of(leaf)):
        while stack and not (stack[-1].is_section and words.bare(stack[-1].text) == words.total_of(leaf)):
            stack.pop()
    elif of_which:
        while stack and stack[-1].is_of_which and stack[-1].indent >= indent:
            stack.pop()
    elif rank:
        while stack and not _holds(stack[-1], rank, indent):
            stack.pop()
    elif stack and stack[-1].is_of_which and indent > stack[-1].indent:
        # Set under the name behind 其中: a further part of the same whole.
        indent = stack.pop().indent
        of_which = True
    else:
        while stack and not (
            stack[-1].is_section or (stack[-1].indent < indent) or (stack[-1].rank and indent == stack[-1].indent)
        ):
            stack.pop()
        if words.is_subtotal(leaf) and stack and not stack[-1].is_section and not stack[-1].rank:
            stack.clear()
    parents = [above.text for above in stack if above.text not in texts]
    stack.append(_Above(texts[-1], rank, indent, is_of_which=of_which))
    return parents


def _holds(above: _Above, rank: int, indent: int) -> bool:
    """Whether a row with this numbering stands under that row."""
    if above.is_section:
        return above.rank == 0 or above.rank < rank
    if above.rank:
        return above.rank < rank
    return above.indent < indent
