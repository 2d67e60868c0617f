"""Whole forms by seed: families alone, stacked, side by side, on several sheets, with what offices add to them."""

from dataclasses import replace
from random import Random

from bench.workbooks.drafts import Ask, Draft, Page, Style
from bench.workbooks.families import FAMILIES
from bench.workbooks.pen import Pen

_KINDS = ("xlsx",) * 8 + ("xls", "ods", "csv")


def form(seed: int) -> Draft:
    """The form of that number; always the same."""
    rng = Random(seed)
    kind = rng.choice(_KINDS)
    traits: set[str] = set()
    page = Page("Sheet1" if rng.random() < 0.5 else "附表1")
    pages = [page]
    names = rng.choices(list(FAMILIES), k=rng.choice((1, 1, 1, 1, 2, 2, 3)))
    lies_beside = len(names) == 2 and rng.random() < 0.3
    style = Style.drawn(rng)
    if lies_beside:
        style = replace(style, has_letterhead=False)
    row, column = rng.choice((0, 0, 0, 1, 2)), rng.choice((0, 0, 0, 0, 1))
    top = row
    for number, name in enumerate(names):
        mine = style if not number or lies_beside else Style.drawn(rng)
        pen = Pen(rng, mine, page)
        below, right = FAMILIES[name](pen, row, column)
        # Families may draw in a style of their own: what was drawn counts.
        traits |= {f"family {name}"} | pen.style.traits
        if lies_beside:
            row, column = top, right + rng.choice((1, 1, 2))
        else:
            row = below + rng.choice((1, 1, 2, 0 if mine.title != "none" else 1))
    if len(names) > 1:
        traits.add("tables side by side" if lies_beside else "tables stacked")
    if rng.random() < 0.12:
        _side_table(rng, page)
        traits.add("side table")
    if rng.random() < 0.12 and kind != "csv":
        pages.append(_second_page(rng, traits, kind))
    if rng.random() < 0.1 and kind in ("xlsx", "xls"):
        _hide(rng, page)
        traits.add("hidden")
    if rng.random() < 0.05:
        _break(rng, page)
        traits.add("errors")
    if kind == "csv":
        for one in pages:
            _as_text(one)
    return Draft(f"{seed:05}模拟表", kind, tuple(pages), frozenset({f"kind {kind}", *traits}))


def _as_text(page: Page) -> None:
    """What text files cannot say: a cell that computes is an empty one in them, and a blank row is no drawn one."""
    for truth in page.truths:
        truth.slots |= {place: Ask() for place in page.formulas if place in truth.area}
        held = {row for row, column in page.cells if (row, column) in truth.area}
        blank = [place for place in truth.slots if place[0] not in held]
        truth.optional.update(blank)
        for place in blank:
            del truth.slots[place]
        if held:
            truth.area = replace(truth.area, bottom=max(held))
    page.formulas.clear()


def _side_table(rng: Random, page: Page) -> None:
    """A small list of codes to the right of everything; nothing in it is asked."""
    right = max(c for _, c in page.cells) + 2
    top = min(r for r, _ in page.cells) + rng.choice((1, 3))
    title, entries = rng.choice((("民族代码", ("汉族", "满族", "蒙古族", "回族", "达斡尔族")),
                                 ("文化程度代码", ("小学", "初中", "高中", "大专", "本科")),
                                 ("是否代码", ("是", "否"))))  # fmt: skip
    page.put(top, right, "代码")
    page.put(top, right + 1, title.removesuffix("代码"))
    for number, entry in enumerate(entries, 1):
        page.put(top + number, right, f"{number:02d}" if rng.random() < 0.5 else number)
        page.put(top + number, right + 1, entry)


def _second_page(rng: Random, traits: set[str], kind: str) -> Page:
    """Another sheet: how to fill the form in, or one more table."""
    if rng.random() < 0.5:
        page = Page("填表说明")
        lines = (
            "填表说明",
            "一、本表由村（社区）填报。",
            "二、指标口径以制度为准。",
            "三、金额单位为万元，保留两位小数。",
        )
        for row, line in enumerate(lines):
            page.put(row, 0, line)
        traits.add("page of explanations")
        return page
    page = Page("Sheet2", is_hidden=rng.random() < 0.3 and kind in ("xlsx", "xls"))
    name = rng.choice(list(FAMILIES))
    pen = Pen(rng, Style.drawn(rng), page)
    FAMILIES[name](pen, 0, 0)
    if page.is_hidden:  # nobody fills in what nobody sees
        for truth in page.truths:
            truth.slots.clear()
    traits |= {"two pages", f"family {name}"} | pen.style.traits
    return page


def _hide(rng: Random, page: Page) -> None:
    """Hide a row or a column of a table, with all that is in it; its slots are nobody's to fill."""
    one = rng.choice(page.truths)
    if rng.random() < 0.5 and one.rows:
        page.hidden_rows.add(rng.choice(sorted(one.rows)))
    else:
        page.hidden_columns.add(rng.choice(sorted(one.columns) or [one.area.left]))
    for truth in page.truths:
        for place in [p for p in truth.slots if p[0] in page.hidden_rows or p[1] in page.hidden_columns]:
            del truth.slots[place]


def _break(rng: Random, page: Page) -> None:
    """A reference that is none, in a cell of the body that held a figure."""
    figures = [p for p, value in page.cells.items() if isinstance(value, float)]
    if figures:
        page.cells[rng.choice(figures)] = "#REF!"
