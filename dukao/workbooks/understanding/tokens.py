"""The cells of a row of a form as one sees them, and what each is for its neighbours."""

import itertools
import re

from dukao.workbooks.boxes import box_alone
from dukao.workbooks.grid import Area
from dukao.workbooks.tables import OwnBox
from dukao.workbooks.texts import plain
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.canvas import Canvas, Cell

# A cell with its area; a blank one holds nothing.
Token = tuple[Area, Cell | None]

# Names that head a column and are never themselves answered.
_GENERIC_HEADS = re.compile(
    r"^(?:项目|指标|指标名称|名称|类别|地区|.{0,4}内容|对象|问题|题目|年份|月份|序号|行次|科目|乡镇|村|村名|选项|代码|编码|单位|栏次)$"
)


def tokens_in(canvas: Canvas, area: Area, row: int) -> list[Token]:
    """The cells of a row from the left as one sees them, blanks too; merged ones once."""
    found = []
    column = area.left
    while column <= area.right:
        here = canvas.area(row, column)
        found.append((here, canvas.at(row, column)))
        column = max(column, here.right) + 1
    return found


def is_group(canvas: Canvas, area: Area, token: Token) -> bool:
    """A name merged down beside several rows: it groups their items."""
    here, cell = token
    if cell is None or not cell.is_text or here.bottom == here.top or here.right == area.right:
        return False
    beside = [canvas.at(row, here.right + 1) for row in range(here.top, here.bottom + 1)]
    height = here.bottom - here.top
    return len({c.row for c in beside if c is not None and c.is_text and c.area.bottom - c.row < height}) >= 2


def is_item(cell: Cell) -> bool:
    return words.is_label(cell.text) and not heads_column(cell)


def heads_column(cell: Cell) -> bool:
    """Whether it is a name of columns, which is never itself answered."""
    return _GENERIC_HEADS.match(plain(cell.text)) is not None


def is_text(token: Token) -> bool:
    return token[1] is not None and token[1].is_text


def is_row_of_pairs(tokens: list[Token]) -> bool:
    """Items and answers in turn: every item is one, and most answers are blank, figures or no names of items."""
    labels, answers = tokens[0::2], tokens[1::2]
    if len(tokens) < 4 or any(cell is None or not is_item(cell) for _, cell in labels):
        return False
    told = [cell is None or cell.is_open or not cell.is_text or not words.is_label(cell.text) for _, cell in answers]
    return sum(told) > len(told) / 2 or (sum(told) * 2 == len(told) and len(told) == 2)


def alternates(canvas: Canvas, area: Area) -> bool:
    """Whether every other column holds items and those between them answers, whatever single answers read like."""
    width = area.right - area.left + 1
    if width < 4 or width % 2:
        return False
    rows = [row for row in canvas.between(area.top, area.bottom)[:14] if canvas.cells(row, area.left, area.right)]
    return len(rows) > 1 and all(is_row_of_pairs(tokens_in(canvas, area, row)) for row in rows[:3])


def is_ticked_within(canvas: Canvas, area: Area, tokens: list[Token], place: int) -> bool:
    """Whether a cell asks something and is itself the place for the answer: no room is left beside or below it."""
    here, cell = tokens[place]
    if cell is None or not cell.asks_itself or (place + 1 < len(tokens) and tokens[place + 1][1] is None):
        return False
    return len(tokens) < 3 or here.bottom >= area.bottom or canvas.at(here.bottom + 1, here.left) is not None


def boxes_apart(tokens: list[Token], place: int) -> tuple[tuple[OwnBox, ...], int]:
    """Answers from this place on whose boxes stand in cells of their own, and how many cells they take.

    是 □ | 否 □ in a cell each, or 是 | □ | 否 | □ in turn.
    """
    whole = list(itertools.takewhile(lambda box: box and box.title, (_own_box(token) for token in tokens[place:])))
    if _offer([box for box in whole if box]):
        return tuple(box for box in whole if box), len(whole)
    for answer, mark in ((0, 1), (1, 0)):
        found = []
        for two in zip(tokens[place::2], tokens[place + 1 :: 2], strict=False):
            title, box = two[answer][1], _own_box(two[mark])
            if title is None or not title.is_text or box is None or box.title or _own_box(two[answer]):
                break
            found.append(box._replace(title=title.text))
        if _offer(found):
            return tuple(found), 2 * len(found)
    return (), 0


def _own_box(token: Token) -> OwnBox | None:
    here, cell = token
    box = box_alone(cell.printed) if cell is not None else None
    return OwnBox(box.title, here.top, here.left) if box else None


def _offer(boxes: list[OwnBox]) -> bool:
    """Whether they are answers to choose from, each another one."""
    return len(boxes) > 1 and len({box.title for box in boxes}) == len(boxes)


def unit_at(tokens: list[Token], place: int) -> str:
    """The unit of measure that stands there alone; mostly empty."""
    cell = tokens[place][1] if place < len(tokens) else None
    return cell.text.strip("()（）") if cell is not None and cell.is_text and words.is_unit(cell.text) else ""


def is_unit_between(tokens: list[Token], place: int) -> bool:
    """A unit of measure between an item and the room for its answer."""
    return bool(unit_at(tokens, place)) and place + 1 < len(tokens) and not is_text(tokens[place + 1])
