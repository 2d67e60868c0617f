"""The workbook of one filing: how it is written, and what a filled one says that the filing does not.

Our own workbook carries each cell's key beside its value. Any other filled form is read as a shelf of one file, and its
values are found by the names that the sheet uses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from django.urls import reverse
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.quantities import NotANumber, scaled_from_text
from dukao.base.refusals import Invalid
from dukao.sheets import queries
from dukao.sheets.queries.filings import CellView, FilingPage, QuestionView
from dukao.web import words
from dukao.web.exports import neutral
from dukao.web.pages.filings import screen
from dukao.web.pages.workbooks.files import Opened
from dukao.workbooks.drawing import shown
from dukao.workbooks.grid import CellError, Value
from dukao.workbooks.matching import Asked, Matcher, converted
from dukao.workbooks.shelf import FolderShelf, Known
from dukao.workbooks.tables import Kind

_WIDTHS = (6, 16, 36, 16, 12, 20, 40, 34)
_VALUE, _KEY = 5, 7  # columns
_KINDS = {"number": Kind.NUMBER, "text": Kind.TEXT, "code": Kind.CODE}


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell of which the file says something else.

    `look`: change (can be typed), still (the same as the old value: can be confirmed), invalid (with `why`), known
    (stands locked; it is disputed, not overtyped).
    """

    look: str
    key: str
    dom: str
    label: str
    now: str
    then: str
    unit: str
    why: str = ""
    dispute: str = ""


def write_template(filing: FilingPage, target: Path) -> None:
    """One row per cell, its value locked where it is known and open where it is asked."""
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(_("填报"))
        looks = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "head": book.add_format({"bold": True, "bg_color": "#DFE9F5", "border": 1, "text_wrap": True}),
            "plain": book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"}),
            "known": book.add_format({"border": 1, "bg_color": "#F0F4F4", "text_wrap": True}),
            "open": book.add_format({"border": 1, "bg_color": "#FFF6D8", "text_wrap": True, "locked": False}),
            "key": book.add_format({"border": 1, "font_color": "#55606E", "font_size": 8}),
        }
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, neutral(f"{filing.title}（{filing.period.label}）"), looks["title"])
        about = _("填报单位：{unit}。黄色的格要填，灰色的是已有数据，不用填").format(unit=filing.unit_name)
        sheet.write_string(1, 0, neutral(about))
        heads = (_("序号"), _("部分"), _("项目"), _("时期"), _("计量单位"), _("数值"), _("说明"), _identity(filing))
        for column, text in enumerate(heads):
            sheet.write_string(2, column, text, looks["head"])
        for at, (section, question, cell) in enumerate(screen.cells(filing), start=3):
            _write_row(sheet, at, section, question, cell, looks)
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
    sheet.write_string(at, _KEY, cell.key, looks["key"])


def _identity(filing: FilingPage) -> str:
    """What tells that a workbook belongs to this filing."""
    return f"{filing.number}/{filing.unit_code}"


def differences(form: Opened, filing: FilingPage) -> tuple[tuple[Difference, ...], int]:
    """Where the file says something else than the filing, in the sheet's order; and how many cells say the same.

    Raises Invalid where the file is another filing's, or says nothing about this one.
    """
    value_of = _by_key(form, filing) or _by_name(form, filing)
    found: list[Difference] = []
    n_same = n_told = 0
    for _section, question, cell in screen.cells(filing):
        raw = value_of(question, cell)
        if raw == "":
            continue
        n_told += 1
        one = _difference(question, cell, raw, filing)
        if one is None:
            n_same += 1
        else:
            found.append(one)
    if not n_told:
        raise Invalid(
            _("文件里没有找到这张表的值"), errors={form.file.name: _("没有一项的名称对得上")},
            todo=_("请下载本表，填在里面再交回"),
        )  # fmt: skip
    return tuple(found), n_same


def _by_key(form: Opened, filing: FilingPage) -> Callable[[QuestionView, CellView], str] | None:
    """Values by the keys that our own workbook carries; None where it is no such workbook."""
    wanted = {cell.key for _s, _q, cell in screen.cells(filing)}
    for grid in form.workbook.grids:
        head = next(
            ((r, c) for r, values in enumerate(grid.rows[:20]) for c, value in enumerate(values)
             if isinstance(value, str) and _is_identity(value)), None,
        )  # fmt: skip
        if head is None or head[1] < _KEY - _VALUE:
            continue
        if grid.rows[head[0]][head[1]] != _identity(filing):
            raise Invalid(
                _("这是别的表，或别的单位的表"), errors={form.file.name: str(grid.rows[head[0]][head[1]])[:60]},
                todo=_("请交回从本页下载的那张表"),
            )  # fmt: skip
        values = {
            str(row[head[1]]): _text(row[head[1] - (_KEY - _VALUE)])
            for row in grid.rows[head[0] + 1 :]
            if row[head[1]] in wanted
        }
        return lambda _question, cell: values.get(cell.key, "")
    return None


def _is_identity(text: str) -> bool:
    number, slash, unit = text.partition("/")
    return bool(slash) and number.startswith("BB") and unit.isdecimal() and len(unit) == 12


def _by_name(form: Opened, filing: FilingPage) -> Callable[[QuestionView, CellView], str]:
    """Values by the names that the form uses for them: it is read as a shelf of one file."""
    shelf = FolderShelf(form.file.path.parent, files=[form.file.path])
    matcher = Matcher(shelf.terms)
    whose = (filing.unit_code, filing.unit_name, form.file.path.stem)

    def value_of(question: QuestionView, cell: CellView) -> str:
        for name in dict.fromkeys((question.label, question.element_title)):
            asked = Asked((name,), (), question.measure_unit, _KINDS[question.kind])
            sure = matcher.sure(asked)
            for holder in whose if sure else ():
                assert sure is not None
                held = shelf.values(sure.term.key, whose=holder, period=Period.parse(cell.period_code))
                if len({known.value for known in held}) == 1:
                    return _fitting(held[0], question)
        return ""

    return value_of


def _fitting(known: Known, question: QuestionView) -> str:
    """The value in the question's unit of measure."""
    if question.kind == "number" and known.unit and question.measure_unit and known.unit != question.measure_unit:
        try:
            changed = converted(Decimal(_text(known.value)), known.unit, question.measure_unit)
        except ArithmeticError:
            return _text(known.value)
        return _text(known.value) if changed is None else format(changed.normalize(), "f")
    return _text(known.value)


def _text(value: Value) -> str:
    return "" if isinstance(value, CellError) else shown(value).strip()


def _difference(question: QuestionView, cell: CellView, raw: str, filing: FilingPage) -> Difference | None:
    def told(look: str, *, why: str = "") -> Difference:
        here = reverse("desk.filing", args=[filing.number, filing.unit_code])
        dispute = reverse(
            "desk.dispute", args=[filing.number, filing.unit_code, cell.element_code, cell.period_code]
        ) if look == "known" and cell.state == "known" else f"{here}#{screen.dom_of(cell.key)}"  # fmt: skip
        return Difference(
            look, cell.key, screen.dom_of(cell.key), screen.cell_label(question, cell),
            screen.figure(cell.shown, question), raw, question.measure_unit, why, dispute,
        )  # fmt: skip

    is_open = cell.state in ("asked", "stale", "answered")
    try:
        read = queries.value_as_answer(question=question, raw=raw)
    except Invalid as invalid:
        return told("invalid", why=str(invalid)) if is_open else told("known")
    if _same(read.value, read.text, cell, question):
        return told("still") if cell.state == "stale" else None
    return told("change" if is_open else "known")


def _same(value: int | None, text: str, cell: CellView, question: QuestionView) -> bool:
    if question.kind != "number":
        return text == (cell.code or cell.shown)
    try:
        return bool(cell.shown) and value == scaled_from_text(cell.shown, question.decimals)
    except NotANumber:
        return False
