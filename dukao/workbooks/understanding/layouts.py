"""How a block with a header is to be read: named rows, a roster, or a side table of codes."""

import re

from dukao.workbooks.tables import Heading, Kind, Layout
from dukao.workbooks.texts import plain
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.body import Body, Role, is_personal
from dukao.workbooks.understanding.canvas import Canvas, Shape
from dukao.workbooks.understanding.headers import Header

_LOOKUP_HEAD = re.compile(r"代码|编码|选项|序号|名称|含义|说明|解释|内容|口径|对照|取值|值|类别|标准")
_CODE_HEAD = re.compile(r"^.{0,4}(?:代码|编码|码值|选项|取值)$")
_LOOKUP_TITLE = re.compile(r"代码表?$|编码|对照|字典|选项|解释|口径|填报说明|填表说明|参考|码表|取值|下拉")
_ROSTER_TITLE = re.compile(r"花名册|名册|名单|台账|台帐|明细|清单|登记[表册簿]|一览表")


def layout_of(
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
    points += 0.7 * max(0, len(names) - 2)
    texts = sum(cell.is_text or cell.shape is Shape.DATE for cell in filled)
    points += 2.5 * texts / len(filled) if filled else -1.0
    texted = sum(column.kind in (Kind.TEXT, Kind.DATE, Kind.CODE) for column in columns if column.index in values)
    points += 0.4 * min(texted, 4)
    stub = [canvas.at(row, column) for row in rows for column in names[:2]]
    points -= (
        1.5 if any(c is not None and (words.marker_level(c.text) or words.is_of_which(c.text)) for c in stub) else 0
    )
    points -= 1.0 if body.columns(Role.UNIT, Role.NUMBER) else 0.0
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
    return (titled and headed > 0) or (short >= 0.8 and _is_code_list(heads, headed)) or (titled and short >= 0.8)


def _is_code_list(heads: list[str], headed: float) -> bool:
    """Codes and what they mean: `代码 民族`, or with explanations behind."""
    if _CODE_HEAD.match(heads[0]) is None:
        return headed == 1 and len(heads) == 2
    return headed == 1 or len(heads) == 2
