"""A filled form on the page: the sheets redrawn, the gaps with what may fill them, and what to check."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dukao.base.periods import Period
from dukao.base.spoken import spoken
from dukao.base.wording import clauses, with_note
from dukao.org.queries import UnitView
from dukao.sheets.queries import Meanings, PlatformShelf
from dukao.web import words
from dukao.web.measures import measure
from dukao.web.pages.workbooks.files import Opened
from dukao.web.pages.workbooks.meanings import MEANT_MOST, Chooser, MeantLine, Offer, as_of, meant, offers, taken_in
from dukao.web.tables import Table, row, table
from dukao.workbooks.drawing import ROLE_NAMES, as_html, draw, shown
from dukao.workbooks.grid import Grid, cell_name
from dukao.workbooks.matching import Span
from dukao.workbooks.planning import Gap, Plan
from dukao.workbooks.understanding import violations

# Lists are cut at these numbers; the workbook itself carries everything.
GAPS_MOST, FILLED_MOST, BROKEN_MOST = 60, 200, 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """For whom and for when the form is filled in; `still`: stale values that somebody has said are still right."""

    unit: UnitView
    period: Period
    still: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Filling:
    """What the form comes to for what is wanted. `said`: what its words mean, `own` what of it the own unit said."""

    form: Opened
    wanted: Wanted
    shelf: PlatformShelf
    plan: Plan
    said: Meanings
    own: Meanings


@dataclass(frozen=True, slots=True)
class DrawnSheet:
    key: str
    name: str
    html: SafeString
    legend: tuple[tuple[str, str], ...]
    n_left_out: int


@dataclass(frozen=True, slots=True)
class GapLine:
    """One question that stays open, however many cells ask it. `words`: what its meaning is looked up for, if any."""

    label: str
    where: str
    why: str
    offers: tuple[Offer, ...]
    stale: tuple[Offer, ...]
    choices: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class FormScreen:
    n_slots: int
    n_filled: int
    n_open: int
    progress: str
    sheets: tuple[DrawnSheet, ...]
    to_confirm: tuple[GapLine, ...]
    to_fill: tuple[GapLine, ...]
    n_more_gaps: int
    meant: tuple[MeantLine, ...]
    choosing: Chooser | None
    filled: Table
    broken: tuple[str, ...]
    doubts: tuple[str, ...]


def screen_of(filling: Filling, choosing: Chooser | None = None) -> FormScreen:
    plan = filling.plan
    gaps = list(_gaps(filling))
    to_confirm = [gap for gap in gaps if gap.offers or gap.stale][:GAPS_MOST]
    to_fill = [gap for gap in gaps if not (gap.offers or gap.stale)][:GAPS_MOST]
    return FormScreen(
        n_slots=plan.n_slots,
        n_filled=len(plan.fillings),
        n_open=len(plan.gaps),
        progress=_("本表 {n} 项：已填 {filled}，需填 {open}").format(
            n=plan.n_slots, filled=len(plan.fillings), open=len(plan.gaps)
        ),
        sheets=drawn(filling),
        to_confirm=tuple(to_confirm),
        to_fill=tuple(to_fill),
        n_more_gaps=len(gaps) - len(to_confirm) - len(to_fill),
        meant=_meant(filling),
        choosing=choosing,
        filled=_filled(filling),
        broken=tuple(_broken(filling))[:BROKEN_MOST],
        doubts=_doubts(filling),
    )


def drawn(filling: Filling) -> tuple[DrawnSheet, ...]:
    """The sheets that people see; every text in them is escaped by who drew it."""
    found = draw(filling.form.workbook, filling.form.understood, filling.plan)
    return tuple(
        DrawnSheet(
            f"sheet-{number}", one.name, mark_safe(as_html(one)),  # noqa: S308 (escaped in workbooks.drawing)
            tuple((str(role), spoken(ROLE_NAMES[role])) for role in one.roles), one.n_left_out,
        )
        for number, one in enumerate(found, start=1)
    )  # fmt: skip


def _gaps(filling: Filling) -> Iterator[GapLine]:
    """One line per question; what words mean is asked once for this year and the last."""
    grouped: dict[str, list[Gap]] = {}
    for gap in filling.plan.gaps:
        key = gap.asked.signature if _is_sure(gap) else gap.asked.words
        if gap.slot.is_total or not key:  # a total waits for other cells than its column does
            key = f"{gap.sheet}!{gap.slot.cell}"
        grouped.setdefault(key, []).append(gap)
    return (_gap(filling, gaps) for gaps in grouped.values())


def _is_sure(gap: Gap) -> bool:
    """Whether it is the value that lacks, not the meaning."""
    return any(c.is_sure for c in gap.offered[:1])


def _gap(filling: Filling, gaps: list[Gap]) -> GapLine:
    first = gaps[0]
    # What a total adds up stands in the form; nobody is asked for another meaning of it.
    asked = "" if first.slot.is_total and not first.offered else first.asked.words
    offered: tuple[Offer, ...] = ()
    if asked and not _is_sure(first):
        offered = offers(first.offered, asked, filling.shelf.elements, first.known)
    stale = tuple(_stale(filling, first))
    why = _("只有旧的数，仍对就用它") if stale else spoken(first.why)
    choices = next((tuple(title for _code, title in gap.slot.codes) for gap in gaps if gap.slot.codes), ())
    return GapLine(_label(first), _where(gaps), why, offered, stale, choices, asked)


def _label(gap: Gap) -> str:
    return " › ".join((*gap.asked.row_path, *gap.asked.path)) or gap.slot.cell


def _where(gaps: list[Gap]) -> str:
    first = f"{gaps[0].sheet}!{gaps[0].slot.cell}"
    if len(gaps) == 1:
        return first
    return ngettext("{cell} 等 {n} 格", "{cell} 等 {n} 格", len(gaps)).format(cell=first, n=len(gaps))


def _stale(filling: Filling, gap: Gap) -> Iterator[Offer]:
    """An old value of the sure term, which a tap confirms."""
    sure = next((c for c in gap.offered[:1] if c.is_sure and c.span is Span.NOW), None)
    if sure is None:
        return
    row_of = gap.slot.row_path[-1] if gap.slot.row_path else ""
    whose = row_of if row_of and filling.shelf.knows(row_of) else filling.wanted.unit.code
    if found := filling.shelf.stale(sure.term.key, whose=whose, period=filling.wanted.period):
        unit, known = found
        told = " · ".join((f"{shown(known.value)} {measure(known.unit)}".strip(), as_of(known.as_of)))
        yield Offer(f"{sure.term.key}:{unit}", told, spoken(known.source))


def _meant(filling: Filling) -> tuple[MeantLine, ...]:
    form = filling.form.understood
    found = meant(form, taken_in(form, filling.plan), filling.shelf.elements, filling.said, filling.own)
    return tuple(islice(found, MEANT_MOST))


def _filled(filling: Filling) -> Table:
    titles = {code: words.title_of(element) for code, element in filling.shelf.elements.items()}
    rows = [
        row(
            f"{f.sheet}!{f.cell}",
            titles.get(f.term, ""),
            shown(f.value),
            spoken(f.source),
            as_of(f.as_of),
            spoken(f.reason),
        )
        for f in filling.plan.fillings[:FILLED_MOST]
    ]
    heads = (_("单元格"), _("数据元"), _("填入的值"), _("来源"), _("截至"), _("依据"))
    return table("filled", _("已填入的值"), heads, rows, is_exported=False)


def _broken(filling: Filling) -> Iterator[str]:
    """Rules printed in the form that do not hold once it is filled in, row by row."""
    grids = filling.form.workbook.grids
    for grid, sheet in zip(grids, filling.form.understood.sheets, strict=True):
        if sheet.is_hidden or not any(table.rules for table in sheet.tables):
            continue
        written = _written(grid, filling.plan)
        for one in sheet.tables:
            for violation in violations(one, written):
                yield _("第 {row} 行 {sheet}!{cell}：{rule}，表上是 {left}，应与 {right} 相符").format(
                    row=violation.row + 1, sheet=sheet.name, cell=violation.cell, rule=violation.rule.text,
                    left=shown(violation.left), right=shown(violation.right),
                )  # fmt: skip


def _written(grid: Grid, plan: Plan) -> Grid:
    fillings = [f for f in plan.fillings if f.sheet == grid.name]
    if not fillings:
        return grid
    rows = [list(values) for values in grid.rows]
    for f in fillings:
        if f.row < len(rows) and f.column < len(rows[f.row]):
            rows[f.row][f.column] = f.value
    return replace(grid, rows=rows)


def _doubts(filling: Filling) -> tuple[str, ...]:
    """What is unsure of the file, its tables, and the names in it."""
    form = filling.form.understood
    told = [spoken(doubt) for doubt in form.doubts]
    for sheet in form.sheets:
        for one in () if sheet.is_hidden else sheet.tables:
            if one.doubts:
                where = f"{sheet.name}!{cell_name(one.area.top, one.area.left)}"
                told.append(with_note(clauses(map(spoken, one.doubts)), where))
    planned = map(spoken, filling.plan.doubts)
    return tuple(dict.fromkeys((*planned, *told, *filling.shelf.untold)))
