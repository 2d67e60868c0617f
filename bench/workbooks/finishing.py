"""What every family of forms does: choose some data, say what may stay open, close the table."""

from collections.abc import Sequence
from random import Random

from bench.workbooks.data import Datum
from bench.workbooks.drafts import Truth
from bench.workbooks.pen import Pen
from dukao.workbooks.grid import Area

_NOTES = ("本表由乡镇统计人员填报。", "数据截至期末。", "金额保留两位小数。", "涉密内容不得填写。")


def some(rng: Random, pool: Sequence[Datum], n: int) -> list[Datum]:
    chosen = rng.sample(list(pool), min(n, len(pool)))
    return chosen if rng.random() < 0.5 else sorted(chosen, key=list(pool).index)


def optional(truth: Truth, places: Sequence[tuple[int, int]]) -> None:
    truth.optional.update(places)


def all_optional(truth: Truth) -> None:
    truth.optional.update(truth.slots)
    truth.slots.clear()


def finished(
    pen: Pen, truth: Truth, top: int, column: int, row: int, width: int, rules: Sequence[str]
) -> tuple[int, int]:
    """Close a table: its area, its frame, its notes."""
    truth.area = Area(top, column, row - 1, column + width - 1)
    pen.frame(truth.area)
    pen.page.truths.append(truth)
    notes = [*pen.rng.sample(_NOTES, pen.rng.randint(1, 2)), *rules]
    return pen.foot(row, column, width, notes), column + width
