"""Dispatches: what a department has out, how far it has come, and the table of what was answered.

Progress is told per unit in the order of unit codes, never as a ranking.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.quantities import decimal_from_scaled
from dukao.base.refusals import NotThere
from dukao.base.wording import period_text
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import Actor, ancestor_ids
from dukao.registers import queries as registers
from dukao.registers.queries import Figure
from dukao.sheets.models import Answer, Dispatch, Filing
from dukao.sheets.queries.reading import Carried, carried_questions
from dukao.sheets.rules.answers import shown_answer
from dukao.sheets.rules.cells import cell_periods
from dukao.sheets.rules.rights import may_see_dispatch
from dukao.sheets.wording import label_of

STATES = ("open", "submitted", "returned", "accepted", "refused", "spared")
# How many units an export reads at once.
_BATCH = 400


@dataclass(frozen=True, slots=True)
class DispatchView:
    """One dispatch; `n_*` count its filings by state."""

    id: int
    number: str
    demand: str
    sheet_code: str
    version: int
    title: str
    issuer_code: str
    issuer_name: str
    issuer_path: str
    scope_code: str
    scope_name: str
    scope_path: str
    level: int
    period: Period
    due_on: date
    state: str
    state_label: str
    basis: str
    is_emergency: bool
    is_synthetic: bool
    minutes_hundredths: int
    dispatched_at: datetime
    by_name: str
    prefilled_percent: int
    n_asked: int
    n_units: int
    n_open: int
    n_submitted: int
    n_returned: int
    n_accepted: int
    n_refused: int
    n_spared: int  # all known on dispatch: nothing is asked of these units

    @property
    def n_asked_units(self) -> int:
        return self.n_units - self.n_spared


@dataclass(frozen=True, slots=True)
class FilingRow:
    """One unit's filing in a list."""

    number: str
    title: str
    issuer_name: str
    period: Period
    due_on: date
    unit_code: str
    unit_name: str
    state: str
    state_label: str
    submitted_at: datetime | None
    submitted_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class FilingList:
    """A page of the filings of a dispatch; `n_more` come after it."""

    rows: tuple[FilingRow, ...]
    page: int
    n_filings: int
    n_more: int


@dataclass(frozen=True, slots=True)
class Column:
    """A question as a column. Where the element has several periods in the sheet's, `period_label` tells them apart."""

    element_code: str
    label: str
    period_label: str
    measure_unit: str
    kind: str
    decimals: int
    level: int  # of the units that report it


@dataclass(frozen=True, slots=True)
class LiveFigure:
    """What a question comes to for a unit, including what still waits to be accepted (`is_pending`)."""

    value: Decimal | None
    n_units: int = 0
    is_pending: bool = False


@dataclass(frozen=True, slots=True)
class ProgressRow:
    unit_code: str
    unit_name: str
    counts: Mapping[str, int]  # filings by state
    figures: tuple[LiveFigure, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a dispatch has come below a unit: one row per child, the whole unit as `total`."""

    dispatch: DispatchView
    unit_code: str
    unit_name: str
    columns: tuple[Column, ...]
    rows: tuple[ProgressRow, ...]
    total: ProgressRow


@dataclass(frozen=True, slots=True)
class TableRow:
    unit_code: str
    unit_name: str
    state_label: str
    values: tuple[Decimal | str | None, ...]


@dataclass(frozen=True, slots=True)
class FilingTable:
    """Every unit × every cell. Rows are read in batches while they are taken."""

    dispatch: DispatchView
    columns: tuple[Column, ...]
    rows: Iterator[TableRow]


def dispatches(*, viewer: Actor, sheet: str = "", state: str = "", most: int = 100) -> tuple[DispatchView, ...]:
    """Dispatches that the viewer's department sent or the viewer supervises, newest first."""
    chosen = Dispatch.objects.filter(visible_dispatches(viewer)).order_by("-id")
    if sheet:
        chosen = chosen.filter(sheet__code=sheet)
    if state:
        chosen = chosen.filter(state=state)
    return _views(chosen, most)


def dispatch(*, number: str, viewer: Actor) -> DispatchView:
    """One dispatch. Raises NotThere."""
    for found in _views(Dispatch.objects.filter(visible_dispatches(viewer), number=number), 1):
        return found
    raise NotThere()


def filings_of(*, dispatch: str, unit: str | None = None, viewer: Actor) -> tuple[FilingRow, ...]:
    """All filings of a dispatch, below one unit where named, by unit code. Raises NotThere."""
    return filing_rows(_filings_of(dispatch, unit, viewer))


def filing_list(
    *, dispatch: str, unit: str | None = None, viewer: Actor, state: str = "", page: int = 1, page_size: int = 2000
) -> FilingList:
    """A page of `filings_of`, which may be hundreds of thousands; in one state where named. Raises NotThere."""
    chosen = _filings_of(dispatch, unit, viewer, state)
    page = max(page, 1)
    first, n = (page - 1) * page_size, chosen.count()
    rows = filing_rows(chosen[first : first + page_size])
    return FilingList(rows, page, n, max(n - first - len(rows), 0))


def _filings_of(dispatch: str, unit: str | None, viewer: Actor, state: str = "") -> QuerySet[Filing]:
    view, top = _seen(dispatch, unit, viewer)
    chosen = Filing.objects.filter(dispatch_id=view.id, unit__path__startswith=top.path)
    if state:
        chosen = chosen.filter(state=state)
    return chosen.order_by("unit__code")


def dispatch_progress(*, dispatch: str, unit: str | None = None, viewer: Actor) -> Progress:
    """Counts and live figures per child of the dispatch's scope, or of a unit inside it. Raises NotThere."""
    view, top = _seen(dispatch, unit, viewer)
    carried = [one for one in carried_questions([view.id])[view.id] if one.kind == "number"]
    children = _children(top, view.level)
    units = [top, *children]
    counts = _counts(view, top, children)
    figures = registers.figures(
        element_ids={one.element_id for one in carried},
        periods={p for one in carried for p in cell_periods(view.period.key, one.period_type)},  # type: ignore[arg-type]
        unit_ids=[u.id for u in units],
    )
    live = {u.id: tuple(_live(one, view.period.key, u.id, figures) for one in carried) for u in units}
    rows = [ProgressRow(u.code, u.name, dict(counts[u.id]), live[u.id]) for u in units]
    columns = tuple(_column(one, "") for one in carried)
    return Progress(view, top.code, top.name, columns, tuple(rows[1:]), rows[0])


def filing_table(*, dispatch: str, unit: str | None = None, viewer: Actor) -> FilingTable:
    """All units × all cells, for exports. Raises NotThere.

    A filing that was handed in tells what it handed in; an open one what was typed and what is known for exactly
    these periods so far.
    """
    view, top = _seen(dispatch, unit, viewer)
    carried = carried_questions([view.id])[view.id]
    cells = [(one, p) for one in carried for p in cell_periods(view.period.key, one.period_type)]  # type: ignore[arg-type]
    several = Counter(one.question_id for one, _p in cells)
    columns = tuple(_column(one, period_text(p) if several[one.question_id] > 1 else "") for one, p in cells)
    return FilingTable(view, columns, _table_rows(view, top, cells))


def filing_rows(chosen: QuerySet[Filing]) -> tuple[FilingRow, ...]:
    """Filings as rows of a list, in the order they are chosen in."""
    rows: Iterable[Any] = chosen.values_list(
        "dispatch__number", "dispatch__sheet__title", "dispatch__sheet__issuer__name", "dispatch__period",
        "dispatch__due_on", "unit__code", "unit__name", "state", "submitted_at", "submitted_by", "reason",
    )  # fmt: skip
    told = ([*row[:3], Period(row[3]), *row[4:8], _(Filing.State(row[7]).label), *row[8:]] for row in rows)
    return tuple(FilingRow(*columns) for columns in told)


def visible_dispatches(viewer: Actor) -> Q:
    """Inside the room: those that the viewer's department sent or the viewer supervises."""
    if viewer.is_system:
        return Q()
    seen = Q(pk__in=[])
    for standing in viewer.standings_with("SHEETS_DESIGN"):
        seen |= Q(sheet__issuer__code=standing.department_code)
    for standing in viewer.standings_with("DEMANDS_SEE_ALL"):
        seen |= Q(scope_unit__path__startswith=standing.unit_path)
        seen |= Q(scope_unit_id__in=ancestor_ids(standing.unit_path))
    return seen


def _seen(number: str, unit: str | None, viewer: Actor) -> tuple[DispatchView, UnitView]:
    """The dispatch, and the unit below which it is looked at. Raises NotThere."""
    for view in _views(Dispatch.objects.filter(number=number), 1):
        top = org.unit_by_code(unit or view.scope_code)
        may_see = top.path.startswith(view.scope_path) and (
            may_see_dispatch(viewer, scope_path=top.path, issuer=view.issuer_code, issuer_path=view.issuer_path)
            or any(
                top.path.startswith(s.unit_path) and s.department_code in ("", view.issuer_code)
                for s in viewer.standings_with("FILINGS_REVIEW")
            )
        )
        if may_see:
            return view, top
    raise NotThere()


def _views(chosen: QuerySet[Dispatch], most: int) -> tuple[DispatchView, ...]:
    counted = {f"n_{state}": Count("filings", filter=Q(filings__state=state)) for state in STATES}
    rows: Iterable[Any] = chosen.annotate(n_units=Count("filings"), **counted).values_list(
        "id", "number", "demand__number", "sheet__code", "sheet__version", "sheet__title", "sheet__issuer__code",
        "sheet__issuer__name", "sheet__issuer__unit__path", "scope_unit__code", "scope_unit__name", "scope_unit__path",
        "sheet__level", "period", "due_on", "state", "demand__basis", "demand__is_emergency", "sheet__is_synthetic",
        "demand__minutes_hundredths", "dispatched_at", "by_name", "compiled", "n_units", *counted,
    )[:most]  # fmt: skip
    told = (
        [*row[:13], Period(row[13]), row[14], row[15], _(Dispatch.State(row[15]).label), *row[16:22],
         row[22].get("prefilled_percent", 0), row[22].get("asked", 0), *row[23:]]
        for row in rows
    )  # fmt: skip
    return tuple(DispatchView(*columns) for columns in told)


def _children(top: UnitView, level: int) -> tuple[UnitView, ...]:
    """The units one step down from `top` that have filings at or below them."""
    return org.units_below(path=top.path, level=top.level + 1) if top.level < level else ()


def _counts(view: DispatchView, top: UnitView, children: Sequence[UnitView]) -> dict[int, Counter[str]]:
    """Filings by state for the unit and each child, by unit id."""
    wanted = {unit.id for unit in (top, *children)}
    found: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Filing.objects.filter(dispatch_id=view.id, unit__path__startswith=top.path)
    for path, state in rows.values_list("unit__path", "state"):
        for unit_id in ancestor_ids(path):
            if unit_id in wanted:
                found[unit_id][state] += 1
    return found


def _live(one: Carried, period: int, unit_id: int, figures: Mapping[tuple[int, int, int], Figure]) -> LiveFigure:
    """The element's figure over the sheet's period: cells folded as the element adds up over periods."""
    cells = cell_periods(period, one.period_type)  # type: ignore[arg-type]
    held = [f for p in cells if (f := figures.get((one.element_id, p, unit_id))) is not None]
    if not held or (len(cells) > 1 and one.over_periods == "none") or (one.over_units == "none" and held[-1].n > 1):
        return LiveFigure(None, max((f.n for f in held), default=0), any(f.pending_n for f in held))
    parts = [Fraction(f.sum, f.n) if one.over_units == "mean" else Fraction(f.sum) for f in held]
    if one.over_periods == "last":
        held, parts = held[-1:], parts[-1:]
    total = sum(parts, Fraction(0))
    if one.over_periods == "mean":
        total /= len(parts)
    value = decimal_from_scaled(round(total), one.decimals)
    return LiveFigure(value, max(f.n for f in held), any(f.pending_n for f in held))


def _column(one: Carried, period_label: str) -> Column:
    label = label_of(one.label, one.element_title, one.element_title_en)
    return Column(one.element_code, label, period_label, one.measure_unit, one.kind, one.decimals, one.level)


def _table_rows(view: DispatchView, top: UnitView, cells: Sequence[tuple[Carried, int]]) -> Iterator[TableRow]:
    filings = list(
        Filing.objects.filter(dispatch_id=view.id, unit__path__startswith=top.path)
        .order_by("unit__code")
        .values_list("id", "state", "unit_id", "unit__code", "unit__name")
    )
    for first in range(0, len(filings), _BATCH):
        batch = filings[first : first + _BATCH]
        answers = {
            (filing, question, period): (value, text)
            for filing, question, period, value, text in Answer.objects.filter(
                filing_id__in=[row[0] for row in batch]
            ).values_list("filing_id", "question_id", "period", "value", "text")
        }
        figures = registers.figures(
            element_ids={one.element_id for one, _p in cells if one.kind == "number" and one.level == view.level},
            periods={p for _one, p in cells},
            unit_ids=[row[2] for row in batch if row[1] in ("open", "returned", "spared")],
        )
        for filing_id, state, unit_id, code, name in batch:
            values = []
            for one, period in cells:
                known = figures.get((one.element_id, period, unit_id))
                value, text = answers.get((filing_id, one.question_id, period)) or (known.sum if known else None, "")
                values.append(_table_value(one, value, text))
            yield TableRow(code, name, _(Filing.State(state).label), tuple(values))


def _table_value(one: Carried, value: int | None, text: str) -> Decimal | str | None:
    if one.kind == "number":
        return None if value is None else decimal_from_scaled(value, one.decimals)
    return shown_answer(None, text, one.answerable)
