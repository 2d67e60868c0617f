"""The workbook of one filing as it goes out, and the differences of one that comes back as the page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from django.urls import reverse
from django.utils.translation import gettext as _

from dukao.sheets.queries import Difference
from dukao.sheets.queries.filings import CellView, FilingPage, QuestionView
from dukao.sheets.queries.returned import KEY_COLUMN, VALUE_BEFORE_KEY, filing_identity
from dukao.web import words
from dukao.web.exports import neutral
from dukao.web.pages.filings import screen

_WIDTHS = (6, 16, 36, 16, 12, 20, 40, 34)
_VALUE = KEY_COLUMN - VALUE_BEFORE_KEY
_LINE_POINTS = 16


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """A `Difference` in words; `href` leads to where it is typed or disputed."""

    look: str
    key: str
    label: str
    now: str
    then: str
    unit: str
    why: str
    href: str


def write_template(filing: FilingPage, target: Path) -> None:
    """One row per cell, its value locked where it is known and open where it is asked."""
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(_("填报"))
        looks = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "head": book.add_format({"bold": True, "bg_color": "#DFE9F5", "border": 1, "valign": "vcenter"}),
            "plain": book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"}),
            "known": book.add_format({"border": 1, "bg_color": "#F0F4F4", "text_wrap": True, "valign": "vcenter"}),
            "open": book.add_format(
                {"border": 1, "bg_color": "#FFF6D8", "text_wrap": True, "valign": "vcenter", "locked": False}
            ),
            "key": book.add_format({"border": 1, "font_color": "#55606E", "font_size": 8, "valign": "vcenter"}),
        }
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, neutral(f"{filing.title}（{filing.period.label}）"), looks["title"])
        about = _("填报单位：{unit}。黄色的格要填，灰色的是已有数据，不用填").format(unit=filing.unit_name)
        sheet.write_string(1, 0, neutral(about))
        heads = (_("序号"), _("部分"), _("项目"), _("时期"), _("计量单位"), _("数值"), _("说明"))
        for column, text in enumerate((*heads, filing_identity(filing))):
            sheet.write_string(2, column, text, looks["head"])
        sheet.set_row(2, 24)
        rows = list(screen.cells(filing))
        for at, (section, question, cell) in enumerate(rows, start=3):
            _write_row(sheet, at, section, question, cell, looks)
        sheet.print_area(0, 0, 2 + len(rows), KEY_COLUMN - 1)  # the keys are for the machine
        sheet.freeze_panes(3, 3)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
        sheet.set_landscape()
        sheet.protect("", {"format_columns": True, "format_rows": True})


def _write_row(sheet, at: int, section: str, question: QuestionView, cell: CellView, looks) -> None:  # type: ignore[no-untyped-def]
    is_open = cell.state in ("asked", "stale", "answered")
    shown_now = "" if cell.state == "stale" else cell.shown
    note = question.note
    if cell.state == "stale":
        note = " · ".join(filter(None, (_("旧数 {value}，仍对就照填").format(value=cell.shown), note)))
    elif cell.source is not None and not is_open:
        note = " · ".join(filter(None, (cell.source.text, words.day(cell.source.as_of))))
    for column, text in enumerate(
        (str(question.position), section, question.label, cell.period_label, question.measure_unit)
    ):
        sheet.write_string(at, column, neutral(text), looks["plain"])
    look = looks["open" if is_open else "known"]
    if question.kind == "number" and shown_now:
        sheet.write_number(at, _VALUE, Decimal(shown_now), look)
    elif shown_now:
        sheet.write_string(at, _VALUE, neutral(shown_now), look)
    else:
        sheet.write_blank(at, _VALUE, None, look)
    if is_open and question.kind == "code" and sum(len(title) + 1 for _code, title in question.codes) < 250:
        sheet.data_validation(at, _VALUE, at, _VALUE, {"validate": "list", "source": [t for _c, t in question.codes]})
    sheet.write_string(at, _VALUE + 1, neutral(note), looks["plain"])
    sheet.write_string(at, KEY_COLUMN, cell.key, looks["key"])
    # Not every program fits a row to broken lines when it opens a file.
    widest = max(_n_lines(text, column) for column, text in ((1, section), (2, question.label), (_VALUE + 1, note)))
    sheet.set_row(at, _LINE_POINTS * widest)


def _n_lines(text: str, column: int) -> int:
    return -(-len(text.encode("gb18030", "replace")) // _WIDTHS[column]) or 1


def lines_of(found: Sequence[Difference], filing: FilingPage) -> tuple[DifferenceLine, ...]:
    """The differences as the page shows them."""
    here = reverse("desk.filing", args=[filing.number, filing.unit_code])

    def line(one: Difference) -> DifferenceLine:
        question, cell = one.question, one.cell
        is_disputable = one.look == "known" and cell.state == "known"
        place = [filing.number, filing.unit_code, cell.element_code, cell.period_code]
        return DifferenceLine(
            look=one.look,
            key=cell.key,
            label=screen.cell_label(question, cell),
            now=screen.figure(cell.shown, question),
            then=one.then,
            unit=question.measure_unit,
            why=one.why,
            href=reverse("desk.dispute", args=place) if is_disputable else f"{here}#{screen.dom_of(cell.key)}",
        )

    return tuple(map(line, found))
