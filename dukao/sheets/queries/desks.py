"""What waits on whose desk: what a worker really has to do, what is to be reviewed, what a department has out."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from dukao.base.periods import Period
from dukao.law import queries as law
from dukao.org.rules import Actor
from dukao.sheets.models import Answer, Filing
from dukao.sheets.queries.dispatches import DispatchView, FilingRow, dispatches, filing_rows
from dukao.sheets.queries.filings import lacking_marks, tally
from dukao.sheets.queries.reading import cells_of_filings, filing_heads
from dukao.sheets.queries.sheets import SheetView, sheets
from dukao.sheets.rules.items import Tally

_MOST = 200


@dataclass(frozen=True, slots=True)
class DeskFiling:
    """A filing to fill in: who asks for what, by when, and what is left of it."""

    number: str
    title: str
    issuer_name: str
    unit_code: str
    unit_name: str
    period: Period
    due_on: date
    state: str
    reason: str  # of its return
    is_emergency: bool
    is_synthetic: bool
    lacks_marks: bool
    tally: Tally


@dataclass(frozen=True, slots=True)
class Saved:
    """What was filled in for the worker in this year's filings: items, and the minutes × 100 these would have cost."""

    n_items: int
    minutes_hundredths: int


@dataclass(frozen=True, slots=True)
class Desk:
    """Each part is empty where the viewer has no such post."""

    to_fill: tuple[DeskFiling, ...]
    handed_in: tuple[FilingRow, ...]
    saved: Saved
    to_review: tuple[FilingRow, ...]
    dispatches: tuple[DispatchView, ...]
    sheets: tuple[SheetView, ...]


def desk(*, viewer: Actor, today: date) -> Desk:
    """Everything that waits for this person, by due date."""
    is_department = bool(viewer.standings_with("SHEETS_DESIGN"))
    sees_dispatches = is_department or bool(viewer.standings_with("DEMANDS_SEE_ALL"))
    unit_ids = sorted({s.unit_id for s in viewer.standings_with("FILINGS_FILL")})
    return Desk(
        to_fill=tuple(filing for unit_id in unit_ids for filing in _to_fill(unit_id, today)),
        handed_in=_handed_in(unit_ids),
        saved=_saved(unit_ids, today),
        to_review=_to_review(viewer),
        dispatches=dispatches(viewer=viewer, state="open") if sees_dispatches else (),
        sheets=sheets(viewer=viewer) if is_department else (),
    )


def count_to_fill(*, viewer: Actor) -> int:
    """How many filings wait to be filled in by this person."""
    unit_ids = {s.unit_id for s in viewer.standings_with("FILINGS_FILL")}
    waiting = Filing.objects.filter(unit_id__in=unit_ids, state__in=[Filing.State.OPEN, Filing.State.RETURNED])
    return waiting.filter(dispatch__state="open").count() if unit_ids else 0


def filings_handed_in(*, viewer: Actor, most: int = _MOST) -> tuple[FilingRow, ...]:
    """What was handed in or refused for the units that the viewer fills in for, whatever became of it; newest first."""
    unit_ids = {s.unit_id for s in viewer.standings_with("FILINGS_FILL")}
    chosen = Filing.objects.filter(unit_id__in=unit_ids).exclude(submitted_at=None)
    return filing_rows(chosen.order_by("-submitted_at")[:most]) if unit_ids else ()


def _to_fill(unit_id: int, today: date) -> list[DeskFiling]:
    chosen = "f.unit_id = %s AND f.state IN ('open', 'returned') AND d.state = 'open'"
    heads = filing_heads(chosen, [unit_id])[:_MOST]
    cells = cells_of_filings(heads, today=today)
    confirm_percent = law.rule("BRD-0", today).parameters["confirm_percent"]
    return [
        DeskFiling(
            number=head.number, title=head.title, issuer_name=head.issuer_name, unit_code=head.unit_code,
            unit_name=head.unit_name, period=Period(head.period), due_on=head.due_on, state=head.state,
            reason=head.reason, is_emergency=head.is_emergency, is_synthetic=head.is_synthetic,
            lacks_marks=bool(lacking_marks(head, today)), tally=tally(cells[head.id], confirm_percent),
        )
        for head in heads
    ]  # fmt: skip


def _handed_in(unit_ids: list[int]) -> tuple[FilingRow, ...]:
    """What the worker handed in and nobody has looked at yet."""
    if not unit_ids:
        return ()
    chosen = Filing.objects.filter(unit_id__in=unit_ids, state=Filing.State.SUBMITTED, dispatch__state="open")
    return filing_rows(chosen.order_by("-submitted_at")[:_MOST])


def _saved(unit_ids: list[int], today: date) -> Saved:
    if not unit_ids:
        return Saved(0, 0)
    filled = Answer.objects.filter(
        filing__unit_id__in=unit_ids, filing__submitted_at__year=today.year,
        origin__in=[Answer.Origin.PREFILLED, Answer.Origin.FOLDED],
    )  # fmt: skip
    items = filled.values("filing_id", "question_id").annotate(cost=Sum("question__element__minutes_hundredths"))
    found = items.aggregate(n=Count("*"), minutes=Sum("cost"))
    return Saved(found["n"], found["minutes"] or 0)


def filings_spared(*, viewer: Actor, most: int = _MOST) -> tuple[FilingRow, ...]:
    """Filings below the viewer's review of which everything was known when the sheet was sent; nobody hands them in."""
    chosen = Filing.objects.filter(_under_review_of(viewer), state=Filing.State.SPARED, dispatch__state="open")
    return filing_rows(chosen.order_by("dispatch__due_on", "dispatch_id", "unit__code")[:most])


def _to_review(viewer: Actor) -> tuple[FilingRow, ...]:
    chosen = Filing.objects.filter(_under_review_of(viewer), state=Filing.State.SUBMITTED, dispatch__state="open")
    return filing_rows(chosen.order_by("dispatch__due_on", "dispatch_id", "unit__code")[:_MOST])


def _under_review_of(viewer: Actor) -> Q:
    """Filings below the viewer's posts; a department only sees those of its own dispatches."""
    below = Q(pk__in=[])
    for standing in viewer.standings_with("FILINGS_REVIEW"):
        here = Q(unit__path__startswith=standing.unit_path) & ~Q(unit_id=standing.unit_id)
        if standing.department_code:
            here &= Q(dispatch__sheet__issuer__code=standing.department_code)
        below |= here
    return below
