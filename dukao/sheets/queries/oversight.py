"""What the supervision office looks at: sheets that were refused below, and questions that were not asked again."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from django.db.models import QuerySet

from dukao.base.periods import Period
from dukao.org.rules import Actor
from dukao.registers import queries as registers
from dukao.sheets.models import Dispatch, Filing
from dukao.sheets.queries.dispatches import visible_dispatches

# Verdicts of the compiler under which a question of a sheet was not asked.
_SPARED = ("held", "expected", "elsewhere", "below", "forbidden")


@dataclass(frozen=True, slots=True)
class RefusedFiling:
    """A unit that refused a sheet for lack of its legal marks."""

    number: str
    title: str
    issuer_name: str
    unit_code: str
    unit_name: str
    reason: str
    refused_at: datetime | None


@dataclass(frozen=True, slots=True)
class SparedQuestion:
    """A question that a sheet wanted to ask and did not: `verdict` says why, `n_cells` of how many cells."""

    number: str
    title: str
    issuer_name: str
    period: Period
    element_code: str
    element_title: str
    verdict: str
    n_cells: int
    dispatched_at: datetime


@dataclass(frozen=True, slots=True)
class SparedCells:
    """Cells that sheets did not ask, and what typing them would have cost; minutes × 100."""

    n: int
    minutes_hundredths: int


def refusals(*, viewer: Actor, since: date, until: date, most: int = 200) -> tuple[RefusedFiling, ...]:
    """Filings refused in `[since, until)` among the dispatches that the viewer sees, newest first."""
    chosen = Filing.objects.filter(dispatch__in=_sent(viewer), state=Filing.State.REFUSED)
    rows = chosen.filter(submitted_at__date__gte=since, submitted_at__date__lt=until).order_by("-submitted_at")
    return tuple(
        RefusedFiling(*row)
        for row in rows.values_list(
            "dispatch__number", "dispatch__sheet__title", "dispatch__sheet__issuer__name", "unit__code", "unit__name",
            "reason", "submitted_at",
        )[:most]
    )  # fmt: skip


def spared_questions(*, viewer: Actor, since: date, until: date, most: int = 200) -> tuple[SparedQuestion, ...]:
    """Questions that dispatches of `[since, until)` left out or only showed filled in, newest dispatch first."""
    found = list(islice(_left_out(_sent(viewer), since, until), most))
    names = {e.code: e.title for e in registers.elements_by_code({one.element_code for one in found}).values()}
    return tuple(replace(one, element_title=names.get(one.element_code, one.element_code)) for one in found)


def spared_cells(*, viewer: Actor, unit_path: str, since: date, until: date) -> SparedCells:
    """What dispatches of `[since, until)` to a unit and those below it did not ask."""
    sent = _sent(viewer).filter(scope_unit__path__startswith=unit_path)
    cells: Counter[str] = Counter()
    for one in _left_out(sent, since, until):
        cells[one.element_code] += one.n_cells
    costs = {e.code: e.minutes_hundredths for e in registers.elements_by_code(cells).values()}
    return SparedCells(cells.total(), sum(n * costs.get(code, 0) for code, n in cells.items()))


def _left_out(sent: QuerySet[Dispatch], since: date, until: date) -> Iterator[SparedQuestion]:
    """The questions of dispatches in `[since, until)` that were not asked, the elements without their titles yet."""
    chosen = sent.filter(dispatched_at__date__gte=since, dispatched_at__date__lt=until).order_by("-id")
    rows = chosen.values_list("number", "sheet__title", "sheet__issuer__name", "period", "dispatched_at", "compiled")
    for number, title, issuer, period, at, compiled in rows.iterator(chunk_size=200):
        for code, told in compiled.get("questions", {}).items():
            if told.get("verdict") in _SPARED:
                cells = told.get("n_cells", 0)
                yield SparedQuestion(number, title, issuer, Period(period), code, "", told["verdict"], cells, at)


def _sent(viewer: Actor) -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(visible_dispatches(viewer))
