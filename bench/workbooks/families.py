"""The families of forms: each draws one table at a place and tells where it ends."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from bench.workbooks.data import Datum, by_section, words
from bench.workbooks.drafts import Ask, Truth, Wanted, called, unit_of
from bench.workbooks.finishing import finished, optional, some
from bench.workbooks.lists import personal, questionnaire, roster, ticks
from bench.workbooks.pen import Pen, nobody
from dukao.workbooks.tables import Kind

# Draws at row and column; the row below the last one, and the column right of the last one.
Family = Callable[[Pen, int, int], tuple[int, int]]
_NAMES = ("指标名称", "项目", "指标", "名称")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫"


def matrix(pen: Pen, row: int, column: int) -> tuple[int, int]:
    """Villages down, figures across under a header tree."""
    rng = pen.rng
    section = rng.choice(list(by_section()))
    figures = _figure_columns(rng, section, most=rng.choice((3, 6, 10, 18)))
    place_title = rng.choice(("单位", "村名", "行政村", "乡镇（街道）", "地区", "单位名称"))
    first = [Wanted((place_title,), Ask(words="whom"))]
    if pen.style.has_serial:
        first.insert(0, Wanted(("序号",), Ask(words="serial")))
    last = [Wanted(("备注",), Ask(words="remark"))] if rng.random() < 0.35 else []
    wanted = [*first, *figures, *last]
    figures = _with_units(pen, figures)
    wanted = [*first, *figures, *last]
    places = rng.sample(words()["villages"], rng.randint(3, 14))
    unit = _common_unit(pen, figures)
    row, title = pen.head(row, column, len(wanted), f"{section}情况统计表", unit)
    truth = Truth(title)
    top, at = row, column + len(first) - 1
    row = pen.header(row, column, wanted, truth, numbers_from=len(first))
    for c in range(column, column + len(first)):
        truth.asks.pop(c, None)
    if pen.style.total == "top":
        row = _total_row(pen, truth, row, column, at, len(figures), row + 1, row + len(places))
    begin = row
    for number, place in enumerate(places):
        if pen.style.has_serial:
            pen.page.put(row, column, number + 1)
        pen.page.put(row, at, place)
        truth.rows[row] = place
        for n, figure in enumerate(figures):
            pen.body(truth, row, at + 1 + n, figure, figure.unit if pen.style.unit_place != "none" else "")
        optional(truth, [(row, at + len(figures) + 1 + n) for n in range(len(last))])
        row += 1
    if pen.style.total in ("bottom", "formula"):
        row = _total_row(pen, truth, row, column, at, len(figures), begin, row - 1)
    if last:
        optional(truth, [(r, at + len(figures) + 1) for r in range(begin - 1, row)])
    return finished(pen, truth, top, column, row, len(wanted), _rules_of_columns(pen, figures, at + 1, column))


def _total_row(pen: Pen, truth: Truth, row: int, column: int, at: int, n: int, first: int, last: int) -> int:
    word = pen.rng.choice(("合计", "总计", "合  计", "全县合计", "总 计"))
    if at > column and pen.style.merged == "merged":
        pen.page.put(row, column, word, over=(1, at - column + 1))
    else:
        pen.page.put(row, pen.rng.choice((column, at)), word)
    truth.totals.add(row)
    truth.rows[row] = word
    for c in range(at + 1, at + 1 + n):
        pen.total(truth, row, c, first, last)
    return row + 1


def indicators(pen: Pen, row: int, column: int) -> tuple[int, int]:
    """A statistical table: indicators down with 计量单位 and 代码, periods across."""
    rng = pen.rng
    section = rng.choice(list(by_section()))
    chosen = some(rng, by_section()[section], rng.randint(4, 16))
    style = replace(pen.style, unit_place="column" if rng.random() < 0.7 else "header", has_serial=False)
    pen.style = style
    periods = rng.choice((
        [("本期", "now"), ("上年同期", "year_before")], [("本期数", "now"), ("上期数", "before")],
        [("本年累计", "to_date")], [("数值", "now")],
        [("本期实际", "now"), ("上年同期", "year_before"), ("增长（%）", "")],
        [("年度计划", ""), ("完成数", "now"), ("完成率（%）", "")], [("本月", "now"), ("本月止累计", "to_date")],
    ))  # fmt: skip
    has_unit, has_code = style.unit_place == "column", rng.random() < 0.6
    before = [Wanted((rng.choice(_NAMES),), Ask(words="whom"))]
    before += [Wanted((rng.choice(("计量单位", "单位")),), Ask(words="unit"))] if has_unit else []
    before += [Wanted((rng.choice(("代码", "序号", "行次")),), Ask(words="code"))] if has_code else []
    if rng.random() < 0.3:
        periods_wanted = [Wanted(("数量" if len(periods) < 2 else "指标值", p), Ask(words=p)) for p, _ in periods]
    else:
        periods_wanted = [Wanted((p,), Ask(words=p)) for p, _ in periods]
    wanted = [*before, *periods_wanted]
    row, title = pen.head(row, column, len(wanted), f"{section}主要指标表")
    truth = Truth(title)
    top = row
    row = pen.header(row, column, wanted, truth, numbers_from=len(before))
    truth.asks.clear()
    truth.column_units.clear()
    first = column + len(before)
    lead = rng.choice(_LEADS)
    for number, datum in enumerate(chosen):
        name, ask = _indicator_name(rng, datum)
        indent = lead(number)
        unit = unit_of(rng, datum)
        shown = f"{name}（{unit}）" if not has_unit and unit else name
        pen.page.put(row, column, indent + shown)
        if has_unit:
            pen.page.put(row, column + 1, unit)
        if has_code:
            pen.page.put(row, first - 1, f"{number + 1:02d}" if rng.random() < 0.7 else number + 1)
        truth.rows[row] = name
        for n, (period, span) in enumerate(periods):
            its = replace(ask, span=span) if span and ask.key else nobody(f"{ask.words or datum.title} {period}")
            if not span:
                pen.page.put(row, first + n, "—") if rng.random() < 0.2 else None
            if (row, first + n) not in pen.page.cells:
                share = "%" if "%" in period else unit
                pen.body(truth, row, first + n, Wanted((period,), its, share, datum), share)
        row += 1
    notes = _rules_of_rows(rng, len(chosen)) if has_code else ()
    return finished(pen, truth, top, column, row, len(wanted), notes)


_HAN = "一二三四五六七八九十"
_LEADS: tuple[Callable[[int], str], ...] = (
    lambda n: "", lambda n: "", lambda n: f"{n + 1}.", lambda n: f"{_HAN[n % 10]}、", lambda n: f"（{_HAN[n % 10]}）",
    lambda n: _CIRCLED[n % 12], lambda n: f"{n + 1}、", lambda n: "　" if n else "",
)  # fmt: skip


def _indicator_name(rng: Random, datum: Datum) -> tuple[str, Ask]:
    """What the row is called, and what it asks."""
    name = called(rng, datum)
    if rng.random() < 0.08:
        twist = rng.choice(words()["twists"])
        return f"{twist}{name}", nobody(twist + name)
    return name, Ask.of(datum, name)


def outline(pen: Pen, row: int, column: int) -> tuple[int, int]:
    """Subjects with their measures below them, indented or numbered: the whole name is made of two rows."""
    rng = pen.rng
    section = rng.choice([s for s in by_section() if _subjects(s)])
    pen.style = replace(pen.style, unit_place="column", has_serial=False, has_numbers=False, total="none")
    wanted = [Wanted((rng.choice(_NAMES),), Ask(words="whom")), Wanted(("计量单位",), Ask(words="unit")),
              Wanted((rng.choice(("本期", "数量", "本期数")),), Ask(words="now"))]  # fmt: skip
    row, title = pen.head(row, column, len(wanted), f"{section}情况表")
    truth = Truth(title)
    top = row
    row = pen.header(row, column, wanted, truth)
    truth.asks.clear()
    outer, inner = rng.choice(
        (("{n}、{s}", "　　{m}"), ("{s}", "    {m}"), ("{n}、{s}", "（{k}）{m}"), ("{k}.{s}", "  其中：{m}"))
    )
    for n, (subject, figures) in enumerate(_subjects(section).items()):
        pen.page.put(row, column, outer.format(n=_HAN[n % 10], k=n + 1, s=subject))
        truth.rows[row] = subject
        truth.optional |= {(row, column + 1), (row, column + 2)}
        row += 1
        for k, datum in enumerate(figures, 1):
            pen.page.put(row, column, inner.format(m=datum.measure, k=_HAN[k - 1] if "（" in inner else k))
            pen.page.put(row, column + 1, datum.unit)
            truth.rows[row] = datum.measure
            ask = Ask.of(datum, datum.title)
            pen.body(truth, row, column + 2, Wanted((datum.title,), ask, datum.unit, datum), datum.unit)
            row += 1
    return finished(pen, truth, top, column, row, len(wanted), ())


def cross(pen: Pen, row: int, column: int) -> tuple[int, int]:
    """Subjects down, measures across: what a cell asks is both together."""
    rng = pen.rng
    groups = [g for s in by_section() if len(g := _subjects(s)) > 1]
    group = rng.choice(groups)
    measures = list(dict.fromkeys(d.measure for ds in group.values() for d in ds))[: rng.randint(1, 4)]
    subjects = [s for s, ds in group.items() if {d.measure for d in ds} >= set(measures)]
    if not subjects:
        measures = measures[:1]
        subjects = [s for s, ds in group.items() if {d.measure for d in ds} >= set(measures)] or list(group)[:1]
    known = {(d.subject, d.measure): d for ds in group.values() for d in ds}
    measures = [m for m in measures if all((s, m) in known for s in subjects)]
    if not measures:
        return indicators(pen, row, column)
    spans = rng.choice(([("", "now")], [("", "now")], [("本期", "now"), ("上年同期", "year_before")]))
    pen.style = replace(pen.style, unit_place=rng.choice(("header", "row", "none")), has_serial=False)
    figures = [
        Wanted(tuple(filter(None, (span, m))), Ask(words=m), known[subjects[0], m].unit)
        for span, _ in spans for m in measures
    ]  # fmt: skip
    wanted = [Wanted((rng.choice(("类别", "项目", "品种", "对象")),), Ask(words="whom")), *figures]
    row, title = pen.head(row, column, len(wanted), "分类统计表")
    truth = Truth(title)
    top = row
    row = pen.header(row, column, wanted, truth, numbers_from=1)
    truth.asks.clear()
    begin = row
    for subject in subjects:
        pen.page.put(row, column, subject)
        truth.rows[row] = subject
        for n, figure in enumerate(figures):
            span, datum = spans[n // len(measures)][1], known[subject, measures[n % len(measures)]]
            its = replace(figure, ask=Ask.of(datum, span=span), datum=datum)
            pen.body(truth, row, column + 1 + n, its, figure.unit if pen.style.unit_place != "none" else "")
        row += 1
    if pen.style.total in ("bottom", "formula") and len(subjects) > 1:
        row = _total_row(pen, truth, row, column, column, len(figures), begin, row - 1)
    return finished(pen, truth, top, column, row, len(wanted), ())


def transposed(pen: Pen, row: int, column: int) -> tuple[int, int]:
    """Indicators down, villages across."""
    rng = pen.rng
    section = rng.choice(list(by_section()))
    chosen = some(rng, by_section()[section], rng.randint(3, 12))
    places = rng.sample(words()["villages"], rng.randint(2, 7))
    pen.style = replace(pen.style, unit_place="column", has_serial=False, has_numbers=False)
    wanted = [Wanted(("指标",), Ask(words="whom")), Wanted(("计量单位",), Ask(words="unit")),
              *(Wanted((p,), Ask(words=p)) for p in places)]  # fmt: skip
    row, title = pen.head(row, column, len(wanted), f"{section}分村情况表")
    truth = Truth(title)
    top = row
    row = pen.header(row, column, wanted, truth)
    truth.asks.clear()
    for datum in chosen:
        name = called(rng, datum)
        pen.page.put(row, column, name)
        pen.page.put(row, column + 1, datum.unit)
        truth.rows[row] = name
        for n in range(len(places)):
            ask = Ask.of(datum, name)
            pen.body(truth, row, column + 2 + n, Wanted((name,), ask, datum.unit, datum), datum.unit)
        row += 1
    return finished(pen, truth, top, column, row, len(wanted), ())


def history(pen: Pen, row: int, column: int) -> tuple[int, int]:
    """Years or months down, figures across."""
    rng = pen.rng
    section = rng.choice(list(by_section()))
    figures = _with_units(pen, _figure_columns(rng, section, most=6))
    when = rng.choice(("年份", "月份"))
    wanted = [Wanted((when,), Ask(words="when")), *figures]
    row, title = pen.head(row, column, len(wanted), f"{section}历年情况", _common_unit(pen, figures))
    truth = Truth(title)
    top = row
    row = pen.header(row, column, wanted, truth, numbers_from=1)
    truth.asks.clear()
    for number in range(rng.randint(4, 8)):
        pen.page.put(row, column, 2018 + number if when == "年份" else f"{number + 1}月")
        truth.rows[row] = str(2018 + number) if when == "年份" else f"{number + 1}月"
        for n, figure in enumerate(figures):
            unit = figure.unit if pen.style.unit_place != "none" else ""
            pen.body(truth, row, column + 1 + n, figure, unit)
        row += 1
    return finished(pen, truth, top, column, row, len(wanted), ())


FAMILIES: dict[str, Family] = {
    "matrix": matrix, "indicators": indicators, "outline": outline, "cross": cross,
    "transposed": transposed, "roster": roster, "personal": personal, "questionnaire": questionnaire,
    "history": history, "ticks": ticks,
}  # fmt: skip


def _figure_columns(rng: Random, section: str, most: int) -> list[Wanted]:
    """Figures of a section: single ones, and subjects with their measures as a header tree (or in one name)."""
    singles = [d for d in by_section()[section] if not d.subject]
    found: list[Wanted] = []
    is_tree = rng.random() < 0.75
    for _, figures in sorted(_subjects(section).items(), key=lambda _: rng.random()):
        if len(found) + len(figures) > most:
            break
        outer = (rng.choice((f"{section}情况", "主要内容")),) if rng.random() < 0.15 else ()
        for d in figures:
            path = (*outer, d.subject, d.measure) if is_tree else (called(rng, d),)
            found.append(Wanted(path, Ask.of(d, d.title), unit_of(rng, d), d))
    for d in some(rng, singles, max(1, most - len(found))):
        if rng.random() < 0.07:
            twist = rng.choice(words()["twists"])
            found.append(Wanted((twist, d.title), nobody(f"{twist}{d.title}"), d.unit, d))
        else:
            found.append(Wanted((called(rng, d),), Ask.of(d, d.title), unit_of(rng, d), d))
    return found[:most] if len(found) > most else found


def _subjects(section: str) -> dict[str, list[Datum]]:
    found: dict[str, list[Datum]] = {}
    for datum in by_section()[section]:
        if datum.subject:
            found.setdefault(datum.subject, []).append(datum)
    return found


def _with_units(pen: Pen, figures: list[Wanted]) -> list[Wanted]:
    """The figures as the style allows: one unit for the whole table only where all have the same."""
    if pen.style.unit_place == "column" or (pen.style.unit_place == "title" and len({f.unit for f in figures}) > 1):
        pen.style = replace(pen.style, unit_place="header")
    return figures


def _common_unit(pen: Pen, figures: Sequence[Wanted]) -> str:
    return figures[0].unit if pen.style.unit_place == "title" else ""


def _rules_of_columns(pen: Pen, figures: Sequence[Wanted], first: int, column: int) -> tuple[str, ...]:
    if not pen.style.has_numbers or len(figures) < 3:
        return ()
    return (f"逻辑关系：{_CIRCLED[0]}={_CIRCLED[1]}+{_CIRCLED[2]}",)


def _rules_of_rows(rng: Random, n: int) -> tuple[str, ...]:
    return (rng.choice(("审核关系：01=02+03", "01≥02", "（1）01≥02+03；（2）03≤02")),) if n > 3 else ()


__all__ = ["FAMILIES", "Family", "Kind"]
