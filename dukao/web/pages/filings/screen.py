"""A filing as it stands on the screen: each cell with its words, its input and where it comes from.

Made from the room's `FilingPage`; knows nothing of requests.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _

from dukao.base.refusals import Refused
from dukao.base.wording import said_of, with_note, without_year
from dukao.sheets.queries import CellView, FilingPage
from dukao.sheets.queries.filings import QuestionView
from dukao.web import words
from dukao.web.figures import grouped
from dukao.web.measures import measure
from dukao.web.tables import Cell, Column, Row, Table, row, table
from dukao.web.tables import Cell as TableCell
from dukao.web.templatetags.parts import icon

# A text this long gets a box of several lines.
_LONG_TEXT = 60
TEXT_LIMIT = 500
# So many known cells in a row stand folded.
_FOLDED_FROM = 4


@dataclass(frozen=True, slots=True)
class CellLine:
    """One cell. `look` is how it stands there: known, stale, asked, answered, confirmed, disputed, elsewhere."""

    key: str
    dom: str
    name: str
    element: str
    period: str
    label: str
    period_label: str
    look: str
    kind: str
    value: str  # as people read it
    raw: str  # as it stands in the input
    kept: str  # as it is kept: the page carries it, so that only what was changed on it is saved
    unit: str  # beside a value; empty where there is none
    measure: str  # beside the input
    href: str
    codes: tuple[tuple[str, str], ...]
    note: str
    hint: str
    source: str
    disputed_reason: str
    awaited: str  # who is to bring what comes from elsewhere
    by_another: str
    is_left: bool
    is_required: bool
    is_long: bool
    error: str = ""
    warning: str = ""
    told: str = ""

    @property
    def short_label(self) -> str:
        return self.period_label or self.label

    @property
    def is_open(self) -> bool:
        """Whether its input stands open: what is to be typed, and what was typed wrongly."""
        return self.look in ("asked", "answered") or bool(self.error)


@dataclass(frozen=True, slots=True)
class QuestionLines:
    """A question; with several periods its cells carry the period as label."""

    position: int
    label: str
    note: str
    definition: str
    cells: tuple[CellLine, ...]

    @property
    def is_single(self) -> bool:
        return len(self.cells) == 1

    @property
    def is_known(self) -> bool:
        """Whether there is nothing to do about it."""
        return all(cell.look in ("known", "elsewhere") for cell in self.cells)

    @property
    def is_waiting(self) -> bool:
        """Whether some of it is still to come from elsewhere."""
        return any(cell.look == "elsewhere" for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Block:
    """Questions one after the other; folded where they are many and all known."""

    questions: tuple[QuestionLines, ...]
    is_folded: bool

    @property
    def n_cells(self) -> int:
        return sum(len(question.cells) for question in self.questions)

    @property
    def summary(self) -> str:
        """What stands behind the fold, in items."""
        n_waiting = sum(question.is_waiting for question in self.questions)
        told = []
        if n_filled := len(self.questions) - n_waiting:
            told.append(_("已带入 {n} 项，不用填").format(n=n_filled))
        if n_waiting:
            told.append(_("{n} 项由别处填").format(n=n_waiting))
        return " · ".join(told)


@dataclass(frozen=True, slots=True)
class SectionLines:
    title: str
    questions: tuple[QuestionLines, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """In the order of the sheet; a run of many known cells is folded, so that what is left is seen at a glance."""
        found = []
        for is_known, run in groupby(self.questions, key=lambda question: question.is_known):
            block = Block(tuple(run), is_folded=False)
            found.append(replace(block, is_folded=is_known and block.n_cells >= _FOLDED_FROM))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that stands in the way, with the cells it is about."""

    text: str
    is_error: bool
    cells: tuple[tuple[str, str], ...]  # dom id, label


@dataclass(frozen=True, slots=True)
class Progress:
    """What is left, in words."""

    left: int
    filled: int
    whole: int
    text: str
    note: str


def sections_of(
    filing: FilingPage, *, viewer_name: str, names: Mapping[str, str], errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> tuple[SectionLines, ...]:  # fmt: skip
    """The filing's sections. `errors` and `typed` (by cell key) keep what was typed wrongly in its place."""
    warnings = _warnings(filing)
    href = reverse("desk.filing", args=[filing.number, filing.unit_code])
    return tuple(
        SectionLines(
            section.title,
            tuple(
                QuestionLines(
                    question.position, question.label, question.note, question.definition,
                    tuple(
                        cell_line(question, cell, href=href, viewer_name=viewer_name, names=names,
                                  error=(errors or {}).get(cell.key, ""), typed=(typed or {}).get(cell.key),
                                  warning=warnings.get((cell.element_code, cell.period_label))
                                  or warnings.get((cell.element_code, ""), ""))
                        for cell in question.cells
                    ),
                )
                for question in section.questions
            ),
        )
        for section in filing.sections
    )  # fmt: skip


def cell_line(
    question: QuestionView, cell: CellView, *, href: str, viewer_name: str = "", names: Mapping[str, str] | None = None,
    error: str = "", typed: str | None = None, warning: str = "", told: str = "",
) -> CellLine:  # fmt: skip
    is_confirmed = cell.state == "answered" and cell.source is not None
    is_single = len(question.cells) == 1
    raw, value = cell.code or cell.shown, figure(cell.shown, question)
    unit = measure(question.measure_unit)
    return CellLine(
        key=cell.key,
        dom=dom_of(cell.key),
        name=f"answer:{cell.key}",
        element=cell.element_code,
        period=cell.period_code,
        label=question.label if is_single else f"{question.label} · {_short(cell)}",
        period_label="" if is_single else _short(cell),
        look="confirmed" if is_confirmed else cell.state,
        kind=question.kind,
        value=value or "–",
        raw=raw if typed is None else typed,
        kept=raw,
        unit=unit if value else "",
        measure=unit,
        href=f"{href}answers/{cell.element_code}/{cell.period_code}/",
        codes=question.codes,
        note=question.note if is_single else "",
        hint=_hint(question, cell),
        source=_source(cell),
        disputed_reason=cell.disputed_reason,
        awaited=_("等{provider}交付，到了自动带入").format(provider=cell.awaited) if cell.awaited else "",
        by_another=_by_another(cell, viewer_name, names or {}),
        is_left=cell.is_left,
        is_required=question.is_required,
        is_long=question.kind == "text",
        error=error,
        warning="" if error else warning,
        told=told,
    )  # fmt: skip


def says() -> dict[str, str]:
    """The words that stand in many cells, looked up once a page."""
    return {
        "optional": _("可不填"), "dispute": _("不对？"), "stale": _("旧数"), "still": _("仍对"), "rewrite": _("改写"),
        "take_back": _("撤回"), "choose": _("请选择"), "elsewhere": _("由别处填，有了自动带入"),
        "check": icon("check"), "lock": icon("lock", _("已带入，不用填")),
    }  # fmt: skip


def dom_of(key: str) -> str:
    return "cell-" + key.replace(":", "-")


def figure(shown: str, question: QuestionView) -> str:
    """`1284.50` as `1,284.50`; everything else as it is."""
    if question.kind != "number" or not shown:
        return shown
    try:
        return grouped(Decimal(shown), question.decimals)
    except InvalidOperation:
        return shown


def progress_of(filing: FilingPage) -> Progress:
    tally = filing.tally
    if tally.n_left:
        text = _("{whole} 项，还剩 {n} 项").format(whole=tally.n_items, n=tally.n_left)
        note = words.minutes(tally.minutes_left_hundredths)
    else:
        text, note = _("{whole} 项都填好了").format(whole=tally.n_items), ""
    return Progress(tally.n_left, tally.n_filled, tally.n_items, text, note)


def problems_of(filing: FilingPage, errors: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
    """Checks that do not hold, and (after handing in was refused) what is left, each with links to its cells."""
    labels = {cell.key: cell_label(question, cell) for _s, question, cell in cells(filing)}
    by_element: dict[str, list[str]] = {}
    for key in labels:
        by_element.setdefault(key.partition(":")[0], []).append(key)
    found = [Problem(why, True, ((dom_of(key), labels[key]),)) for key, why in (errors or {}).items() if key in labels]
    for violation in filing.violations:
        keys = [key for code in violation.element_codes for key in by_element.get(code, ())]
        if violation.period_label:
            keys = [k for k in keys if _period_of(filing, k) == violation.period_label]
        text = violation.message if not violation.period_label else said_of(violation.period_label, violation.message)
        found.append(Problem(text, violation.is_error, tuple((dom_of(key), labels[key]) for key in keys)))
    return tuple(found)


def cells(filing: FilingPage):  # type: ignore[no-untyped-def]
    """Every (section title, question, cell) of the filing, in order."""
    for section in filing.sections:
        for question in section.questions:
            for cell in question.cells:
                yield section.title, question, cell


def cell_label(question: QuestionView, cell: CellView) -> str:
    return question.label if len(question.cells) == 1 else with_note(question.label, _short(cell))


def table_of(filing: FilingPage) -> Table:
    """The filing as a table, for files and for paper."""
    rows: list[Row] = []
    for section, question, cell in cells(filing):
        rows.append(
            row(
                question.position, section, cell_label(question, cell), _exact(cell.shown, question),
                question.measure_unit, state_word(cell), _source(cell),
            )
        )  # fmt: skip
    columns = [
        Column(_("序号"), "number"), Column(_("部分")), Column(_("问题")), Column(_("数值"), "number"),
        Column(_("计量单位")), Column(_("怎么来的")), Column(_("来源")),
    ]  # fmt: skip
    caption = f"{with_note(filing.title, words.period(filing.period))} {filing.unit_name}"
    return table("filing", caption, columns, rows, is_synthetic=filing.is_synthetic, source=_("编号 {number}").format(
        number=filing.number))  # fmt: skip


def state_word(cell: CellView) -> str:
    is_confirmed = cell.state == "answered" and cell.source is not None
    return {
        "known": _("自动带入"), "stale": _("待确认"), "asked": _("没有填"), "disputed": _("已标不对"),
        "elsewhere": _("由别处填"), "answered": _("确认仍对") if is_confirmed else _("填写"),
    }[cell.state]  # fmt: skip


def _exact(shown: str, question: QuestionView) -> TableCell:
    if question.kind == "number" and shown:
        return Cell(figure(shown, question), raw=Decimal(shown))
    return Cell(shown)


def _short(cell: CellView) -> str:
    """A month inside its quarter needs no year: `2026年7月` stands as `7月`."""
    return without_year(cell.period_label)


def _hint(question: QuestionView, cell: CellView) -> str:
    """Last year's value and the one before, which tell a slip of the finger at once."""
    told = []
    if cell.last_year:
        told.append(_("去年同期 {value}").format(value=figure(cell.last_year, question)))
    if cell.previous:
        told.append(_("上期 {value}").format(value=figure(cell.previous, question)))
    return " · ".join(told)


def _source(cell: CellView) -> str:
    if cell.source is None:
        return ""
    told = [cell.source.short or cell.source.text]
    if cell.value_period:
        told.append(_("{period}的数").format(period=cell.value_period))
    if cell.source.as_of:
        told.append(words.day(cell.source.as_of))
    return " · ".join(told)


def _by_another(cell: CellView, viewer_name: str, names: Mapping[str, str]) -> str:
    """Who else answered the cell last, and when."""
    if cell.state not in ("answered", "disputed") or cell.answered_by in ("", viewer_name):
        return ""
    who = names.get(cell.answered_by, cell.answered_by)
    return _("{who} {when} 填").format(who=who, when=words.moment(cell.answered_at))


def _warnings(filing: FilingPage) -> dict[tuple[str, str], str]:
    """(element, period label or empty) → the first check that does not hold there."""
    found: dict[tuple[str, str], str] = {}
    for violation in filing.violations:
        for code in violation.element_codes:
            found.setdefault((code, violation.period_label), violation.message)
    return found


def _period_of(filing: FilingPage, key: str) -> str:
    return next(cell.period_label for _s, _q, cell in cells(filing) if cell.key == key)


@dataclass(frozen=True)
class FilingScreen:
    """The page of one filing, for whoever fills it in or looks at it."""

    title: str
    filing: FilingPage
    sections: tuple[SectionLines, ...]
    progress: Progress
    problems: tuple[Problem, ...]
    due: words.Due
    hand_in: str
    legal_source: str
    tables: tuple[Table, ...]
    is_synthetic: bool
    saved_text: str = ""
    says: dict[str, str] = field(default_factory=says)
    marks: tuple[tuple[str, str], ...] = field(default=())
    refused: Refused | None = None
    # How many more wait on the desk of whoever has just done this one.
    n_left: int = 0
