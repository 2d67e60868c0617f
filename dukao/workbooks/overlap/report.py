"""The overlap of a pile of forms as files: a workbook to work with, and a page to show."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from dukao.workbooks.overlap.groups import Group, Overlap, Relation
from dukao.workbooks.overlap.questions import Question

RELATION_NAMES = {
    Relation.SAME: "同一项",
    Relation.OTHER_NAME: "换了名称",
    Relation.OTHER_UNIT: "换了计量单位",
    Relation.OTHER_PERIOD: "换了时期",
    Relation.PART_OF: "其中的一部分",
}

# Titles of columns and how wide they are, in characters.
_DUPLICATE_COLUMNS = {
    "项目": 40, "关系": 14, "几张表": 8, "表": 30, "工作表": 16, "单元格": 10, "表上的叫法": 50, "计量单位": 10,
}  # fmt: skip
_MERGED_COLUMNS = {"序号": 8, "项目": 50, "计量单位": 12, "数值": 16, "原来的表": 40}


def merged_form(overlap: Overlap) -> tuple[Question, ...]:
    """The one form that asks everything once: each datum as the form asks it that needs it most often.

    In the order in which the pile asks them, so that what stood together stays together.
    """
    chosen: dict[Question, Question] = {}
    for group in overlap.groups:
        if group.relation is not Relation.PART_OF:
            needed = group.needed
            chosen |= dict.fromkeys(group.members, needed[0]) | {one: one for one in needed}
    return tuple(dict.fromkeys(chosen.get(question, question) for question in overlap.questions))


def write_report(overlap: Overlap, folder: Path, *, units: int, minutes_each: float) -> tuple[Path, ...]:
    """Write `重复项.xlsx` (with the merged form) and `重复项.html` into the folder; answer both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    workbook, page = folder / "重复项.xlsx", folder / "重复项.html"
    _write_workbook(overlap, workbook, units, minutes_each)
    page.write_text(_page(overlap, units, minutes_each), encoding="utf-8")
    return workbook, page


def summary_lines(overlap: Overlap, *, units: int, minutes_each: float) -> tuple[str, ...]:
    """What the pile costs, in words; minutes per cell are an estimate and are called so."""
    hours = overlap.minutes_a_year(units=units, minutes_each=minutes_each) / 60
    saved = overlap.minutes_saved_a_year(units=units, minutes_each=minutes_each) / 60
    return (
        f"{len(overlap.forms)} 张表共问 {len(overlap.questions)} 项，其实是 {overlap.n_distinct} 项。",
        f"每张表都问的有 {overlap.n_in_all} 项。",
        f"按每格 {minutes_each:g} 分钟估计，{units:,} 个单位全年要花约 {hours:,.1f} 小时。",
        f"每项只问一次，可省约 {saved:,.1f} 小时。",
    )


def _write_workbook(overlap: Overlap, path: Path, units: int, minutes_each: float) -> None:
    import xlsxwriter  # a tenth of a second that no other command waits for

    # Names of columns may begin with any sign: nothing is taken for a formula or an address.
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        head = book.add_format(
            {"bold": True, "bg_color": "#DFE9F5", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        summary = book.add_worksheet("摘要")
        summary.set_column(0, 0, 100)
        for row, line in enumerate(summary_lines(overlap, units=units, minutes_each=minutes_each)):
            summary.write_string(row, 0, line)
        _sheet(book, "重复项", head, cell, _DUPLICATE_COLUMNS, _duplicate_rows(overlap.groups))
        _sheet(book, "合并后的表", head, cell, _MERGED_COLUMNS, _merged_rows(overlap))


def _sheet(
    book: Any, name: str, head: Any, cell: Any, columns: Mapping[str, int], rows: Iterator[tuple[str | int, ...]]
) -> None:  # fmt: skip
    sheet = book.add_worksheet(name)
    for column, (title, width) in enumerate(columns.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, head)
    number = 0
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            sheet.write(number, column, value, cell)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(number, 1), len(columns) - 1)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()


def _duplicate_rows(groups: Sequence[Group]) -> Iterator[tuple[str | int, ...]]:
    for group in groups:
        for m, relation in zip(group.members, group.relations, strict=True):
            yield (group.label, RELATION_NAMES[relation], len(group.files), m.file, m.sheet, m.cell, m.label,
                   m.asked.unit)  # fmt: skip


def _merged_rows(overlap: Overlap) -> Iterator[tuple[str | int, ...]]:
    files: dict[Question, list[str]] = {}
    for group in overlap.groups:
        for member in group.members:
            files.setdefault(member, []).extend(group.files)
    for number, question in enumerate(merged_form(overlap), start=1):
        asked_by = "、".join(dict.fromkeys(files.get(question, [question.file])))
        yield number, question.label, question.asked.unit, "", asked_by


def _page(overlap: Overlap, units: int, minutes_each: float) -> str:
    said = "".join(f"<p>{escape(line)}</p>" for line in summary_lines(overlap, units=units, minutes_each=minutes_each))
    rows = "".join(
        f"<tr><th scope='row'>{escape(g.label)}</th><td>{RELATION_NAMES[g.relation]}</td><td>{len(g.files)}</td><td>"
        + "<br>".join(
            f"{escape(m.file)} · {escape(m.sheet)}!{m.cell} · {escape(m.label)}"
            + (f"（{RELATION_NAMES[relation]}）" if relation else "")
            for m, relation in g.told
        )
        + "</td></tr>"
        for g in overlap.groups
    )
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>重复项</title><style>{_STYLE}</style><h1>哪些数被问了不止一次</h1>{said}"
        "<table><thead><tr><th scope='col'>项目</th><th scope='col'>关系</th><th scope='col'>几张表</th>"
        f"<th scope='col'>在哪里</th></tr></thead><tbody>{rows}</tbody></table></html>"
    )


_STYLE = """
body{font:15px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;margin:1.5rem;color:#1b1f24;max-width:70rem}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #d5dae0;padding:.35rem .6rem;text-align:left;
vertical-align:top}thead th{background:#dfe9f5}td:nth-child(2),td:nth-child(3),thead th{white-space:nowrap}
h1{font-size:1.3rem}
"""
