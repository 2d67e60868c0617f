"""Forms about single persons, projects and questions: rosters, cards, questionnaires."""

from dataclasses import replace
from random import Random

from bench.workbooks.data import Datum, by_section, choices, fields
from bench.workbooks.drafts import Ask, Truth, Wanted, called
from bench.workbooks.finishing import all_optional, finished, some
from bench.workbooks.pen import Pen


def roster(pen: Pen, row: int, column: int) -> tuple[int, int]:
    """One row per person or project."""
    rng = pen.rng
    about = rng.choice(("person", "person", "project"))
    chosen = list(some(rng, fields(about), rng.randint(4, 11)))
    figures = [Wanted((_coded(rng, d),), Ask.of(d, d.title), d.unit, d) for d in chosen]
    if rng.random() < 0.3 and len(figures) > 4:
        group = rng.choice(("基本情况", "家庭情况", "相关信息"))
        figures[2:4] = [f.below(group) for f in figures[2:4]]
    pen.style = replace(pen.style, unit_place=rng.choice(("header", "none")), has_numbers=False, total="none")
    first = [Wanted((rng.choice(("序号", "编号", "序 号")),), Ask(words="serial"))] if pen.style.has_serial else []
    last = [Wanted(("备注",), Ask(words="remark"))] if rng.random() < 0.4 else []
    wanted = [*first, *figures, *last]
    row, title = pen.head(row, column, len(wanted), "人员花名册" if about == "person" else "重点项目清单")
    truth = Truth(title)
    top = row
    row = pen.header(row, column, wanted, truth)
    is_told = pen.style.is_framed or pen.style.has_serial or pen.style.fill != "blank"
    for number in range(rng.randint(3, 12)):
        if first:
            pen.page.put(row, column, number + 1)
        for n, figure in enumerate(figures):
            pen.body(truth, row, column + len(first) + n, figure, "")
        if last:
            truth.optional.add((row, column + len(first) + len(figures)))
        row += 1
    if not is_told or (pen.style.fill == "half" and not first):
        all_optional(truth)
    if pen.style.fill == "blank" and not (pen.style.is_framed or first):
        row = row if first else top + max(len(w.path) for w in wanted)
        truth.slots.clear()
    return finished(pen, truth, top, column, row, len(wanted), ())


def _coded(rng: Random, datum: Datum) -> str:
    name = called(rng, datum)
    if datum.codes and rng.random() < 0.4:
        listed = " ".join(f"{n}.{c}" for n, c in enumerate(datum.codes, 1))
        return rng.choice((f"{name}（{listed}）", f"{name} {listed}"))
    return name


def personal(pen: Pen, row: int, column: int) -> tuple[int, int]:
    """Label and blank side by side, several pairs a line."""
    rng = pen.rng
    chosen = list(some(rng, fields(rng.choice(("person", "project"))), rng.randint(5, 12)))
    width = rng.choice((1, 2, 2, 3))
    pen.style = replace(pen.style, unit_place="header", total="none")
    if not pen.style.is_framed and rng.random() < 0.8:
        pen.style = replace(pen.style, is_framed=True)
    row, title = pen.head(row, column, 2 * width, "登记表")
    truth = Truth(title)
    top = row
    while chosen:
        line = chosen[:width]
        del chosen[:width]
        for n, datum in enumerate(line):
            name = called(rng, datum)
            told = f"（{datum.unit}）" if datum.unit else ""
            pen.page.put(row, column + 2 * n, pen.say(name) + told)
            at = (row, column + 2 * n + 1)
            if len(line) == 1 and width > 1 and pen.style.merged == "merged":
                pen.page.put(*at, None, over=(1, 2 * width - 1))
            ask = Ask.of(datum, name)
            if datum.codes and rng.random() < 0.5:
                pen.boxed(truth, *at, ask, datum)
            else:
                pen.body(truth, *at, Wanted((name,), ask, datum.unit, datum), datum.unit)
        row += 1
    return finished(pen, truth, top, column, row, 2 * width, ())


def questionnaire(pen: Pen, row: int, column: int) -> tuple[int, int]:
    """Numbered questions, one a row, with the answer beside them."""
    rng = pen.rng
    section = rng.choice(list(by_section()))
    chosen = [*some(rng, by_section()[section], rng.randint(4, 14)), *some(rng, choices(), rng.choice((0, 0, 2, 4)))]
    has_unit, has_number = rng.random() < 0.5, rng.random() < 0.5
    pen.style = replace(pen.style, unit_place="column" if has_unit else "header", total="none", has_serial=False)
    wanted = [Wanted(("序号",), Ask(words="serial"))] if has_number else []
    wanted += [Wanted((rng.choice(("问题", "调查内容", "填报内容", "事项")),), Ask(words="whom"))]
    wanted += [Wanted(("单位",), Ask(words="unit"))] if has_unit else []
    wanted += [Wanted((rng.choice(("填报数", "答案", "填写", "情况")),), Ask(words="answer"))]
    row, title = pen.head(row, column, len(wanted), f"{section}调查问卷")
    truth = Truth(title)
    top = row
    pen.style = replace(pen.style, has_numbers=False)
    row = pen.header(row, column, wanted, truth)
    truth.asks.clear()
    answer, name_at = column + len(wanted) - 1, column + has_number
    for number, datum in enumerate(chosen, 1):
        name = called(rng, datum)
        if has_number:
            pen.page.put(row, column, number)
        asked = rng.choice(("{}", "{}", "{}是多少？", "本单位{}")).format(name)
        tail = f"（{datum.unit}）" if datum.unit and not has_unit else ""
        is_boxed = bool(datum.codes) and rng.random() < 0.6
        if datum.codes:
            asked = name
            tail = "" if is_boxed else " " + " ".join(f"{n}.{c}" for n, c in enumerate(datum.codes, 1))
        pen.page.put(row, name_at, ("" if has_number else f"{number}.") + asked + tail)
        if has_unit:
            pen.page.put(row, name_at + 1, datum.unit or None)
        truth.rows[row] = asked + (tail if datum.codes else "")
        ask = Ask.of(datum, name)
        if is_boxed:
            pen.boxed(truth, row, answer, ask, datum)
        else:
            pen.body(truth, row, answer, Wanted((name,), ask, datum.unit, datum), datum.unit)
        row += 1
    return finished(pen, truth, top, column, row, len(wanted), ())


def ticks(pen: Pen, row: int, column: int) -> tuple[int, int]:
    """Questions with their answers to tick behind them, each in one cell."""
    rng = pen.rng
    chosen = some(rng, choices(), rng.randint(3, 6))
    pen.style = replace(pen.style, unit_place="none", total="none", has_serial=False, holder="none", title="merged")
    row, title = pen.head(row, column, 1, "入户走访表")
    truth = Truth(title)
    top = row
    for number, datum in enumerate(chosen, 1):
        name = called(rng, datum)
        pen.boxed(truth, row, column, Ask.of(datum, name), datum, f"{number}.{name}" if number % 2 else name)
        row += 1
    return finished(pen, truth, top, column, row, 1, ())
