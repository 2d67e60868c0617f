"""Forms drawn by hand in `hard.yaml`: each has an oddity that people meet and programs stumble over."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bench.workbooks.data import data, fields
from bench.workbooks.drafts import Ask, Content, Draft, Page, Truth
from dukao.workbooks.grid import Area, cell_place


def hard_forms() -> Iterator[Draft]:
    """All of them, in the order of the file."""
    drawn = yaml.safe_load(Path(__file__).with_name("hard.yaml").read_text(encoding="utf-8"))
    for number, said in enumerate(drawn, start=1):
        pages = tuple(_page(one, f"表{n}") for n, one in enumerate(said.get("pages", [said]), start=1))
        yield Draft(f"h{number:02}{said['name']}", said.get("kind", "xlsx"), pages, frozenset({"drawn by hand"}))


def _page(said: dict[str, Any], name: str) -> Page:
    """Cells between `|`: `<` goes on from the left, `^` from above, `?` is a slot (`?1` asks the datum that `asks`
    names), `.` may stay empty, `=` computes, `'01` is a text. `boxes` are cells with boxes that wait for a tick."""
    page = Page(said.get("sheet", name))
    marks = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in said["drawn"].splitlines()]
    slots: dict[tuple[int, int], Ask] = {}
    optional = set()
    for row, line in enumerate(marks):
        for column, mark in enumerate(line):
            if mark.startswith("?"):
                slots[row, column] = _ask(said, mark[1:])
            elif mark == ".":
                optional.add((row, column))
            elif mark.startswith("="):
                page.formulas[row, column] = mark[1:]
            elif mark not in ("", "<", "^"):
                page.put(row, column, _content(mark))
    slots |= {cell_place(cell): Ask() for cell in said.get("boxes", ())}
    page.merges += _merges(marks)
    page.hidden_rows |= {row - 1 for row in said.get("hidden_rows", ())}
    page.hidden_columns |= {cell_place(f"{letter}1")[1] for letter in said.get("hidden_columns", ())}
    for one in said.get("tables", ()):
        page.truths.append(_truth(page, one, slots, optional))
        if one.get("framed", said.get("framed", True)):
            area = page.truths[-1].area
            page.framed |= {(r, c) for r in range(area.top, area.bottom + 1) for c in range(area.left, area.right + 1)}
    return page


def _truth(
    page: Page, said: dict[str, Any], slots: dict[tuple[int, int], Ask], optional: set[tuple[int, int]]
) -> Truth:
    first, _, last = said["area"].partition(":")
    area = Area(*cell_place(first), *cell_place(last))
    truth = Truth(said.get("title", ""), area, whose=said.get("whose", ""))
    truth.columns = {cell_place(f"{c}1")[1]: tuple(path.split("/")) for c, path in said.get("columns", {}).items()}
    truth.column_units = {cell_place(f"{c}1")[1]: unit for c, unit in said.get("units", {}).items()}
    truth.totals = {row - 1 for row in said.get("totals", ())}
    truth.slots = {place: ask for place, ask in slots.items() if place in area and place[0] not in page.hidden_rows}
    truth.optional = {place for place in optional if place in area}
    return truth


def _ask(said: dict[str, Any], mark: str) -> Ask:
    """`?1` and `?1-` (a year before) by what `asks` says of 1."""
    named = said.get("asks", {}).get(int(mark.rstrip("-"))) if mark.rstrip("-") else None
    if named is None:
        return Ask()
    span = "year_before" if mark.endswith("-") else "now"
    known = {d.key: d for d in (*data(), *fields("person"), *fields("project"))}
    return Ask.of(known[named], span=span) if named in known else Ask("", span, named)


def _content(mark: str) -> Content:
    if mark.startswith("'"):
        return mark[1:]
    for number in (int, float):
        try:
            return number(mark)
        except ValueError:
            continue
    return mark.replace("\\n", "\n").replace("~", "\u3000")


def _merges(marks: list[list[str]]) -> Iterator[Area]:
    for row, line in enumerate(marks):
        for column, mark in enumerate(line):
            if mark in ("<", "^"):
                continue
            right, bottom = column, row
            while right + 1 < len(line) and line[right + 1] == "<":
                right += 1
            while bottom + 1 < len(marks) and column < len(marks[bottom + 1]) and marks[bottom + 1][column] == "^":
                bottom += 1
            if (right, bottom) != (column, row):
                yield Area(row, column, bottom, right)
