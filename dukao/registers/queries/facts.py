"""What is known about units, where it comes from, and what it was as of a past instant.

Internal to the house: rooms above ask by ids, after they have checked the viewer's right over the unit.
"""
# ruff: noqa: S608 (all SQL here is put together from constants and integers only)

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from dukao.base.sql import places, run
from dukao.registers.queries.figures import figures
from dukao.registers.queries.sources import Source, sources_of_cells, sources_of_deliveries
from dukao.registers.sums import instant, listed

Cell = tuple[int, int]  # (element_id, period key)


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A current fact. `accepted_at` is None while provisional."""

    id: int
    value: int | None
    text: str
    recorded_at: datetime
    accepted_at: datetime | None
    source: Source


@dataclass(frozen=True, slots=True)
class PastFact:
    """One entry of a cell's history: what was held from `recorded_at` until `superseded_at` (None: still)."""

    id: int
    value: int | None
    text: str
    recorded_at: datetime
    accepted_at: datetime | None
    superseded_at: datetime | None
    source: Source


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many units of the scope have a current fact for a cell, and the deliveries these come from, newest first."""

    n_known: int
    n_pending: int
    sources: tuple[Source, ...] = ()


def known(*, unit_id: int, element_ids: Collection[int], periods: Collection[int]) -> dict[Cell, KnownFact]:
    """The unit's current facts for these elements and periods, provisional ones included."""
    rows = run(
        "SELECT element_id, period, id, value, text, recorded_at, accepted_at, delivery_id, filing_id"
        f" FROM registers_fact WHERE element_id IN ({places(element_ids)}) AND period IN ({places(periods)})"
        " AND unit_id = %s AND superseded_at IS NULL",
        [*element_ids, *periods, unit_id],
    ).fetchall()
    sources = sources_of_deliveries(row[7] for row in rows)
    return {
        (e, p): KnownFact(i, v, t, instant(r), instant(a), sources[d] if d else Source("filing", filing_id=f))
        for e, p, i, v, t, r, a, d, f in rows
    }


def coverage(
    *,
    scope_unit_id: int,
    scope_path: str,
    element_ids: Collection[int],
    periods: Collection[int],
    with_sources: bool = False,
) -> dict[Cell, Coverage]:
    """How many units at each element's own level, at or below the scope unit, have a current fact.

    Cells nobody knows are left out. Counts are read from the kept totals, whatever the number of units.
    """
    counted = figures(element_ids=element_ids, periods=periods, unit_ids=[scope_unit_id])
    sources = sources_of_cells(scope_path=scope_path, element_ids=element_ids, periods=periods) if with_sources else {}
    return {
        (e, p): Coverage(figure.n, figure.pending_n, sources.get((e, p), ()))
        for (e, p, _), figure in counted.items()
        if figure.n
    }


def fact_history(*, element_id: int, period: int, unit_id: int) -> tuple[PastFact, ...]:
    """All that was ever held for the cell, newest first."""
    found = fact_histories(element_ids=[element_id], periods=[period], unit_id=unit_id)
    return found.get((element_id, period), ())


def fact_histories(
    *, element_ids: Collection[int], periods: Collection[int], unit_id: int
) -> dict[Cell, tuple[PastFact, ...]]:
    """All that was ever held for these cells of the unit, newest first; cells without a fact are left out."""
    # Current and superseded facts have an index each.
    half = (
        "SELECT element_id, period, id, value, text, recorded_at, accepted_at, superseded_at, delivery_id, filing_id"
        f" FROM registers_fact WHERE element_id IN ({listed(element_ids)}) AND period IN ({listed(periods)})"
        " AND unit_id = %s AND superseded_at"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{half} IS NULL UNION ALL {half} IS NOT NULL", [unit_id, unit_id])
        rows = cursor.fetchall()
    sources = sources_of_deliveries(row[8] for row in rows)
    found: dict[Cell, list[PastFact]] = defaultdict(list)
    for e, p, i, v, t, r, a, s, d, f in rows:
        source = sources[d] if d else Source("filing", filing_id=f)
        found[e, p].append(PastFact(i, v, t, instant(r), instant(a), instant(s), source))
    return {cell: tuple(sorted(past, key=_newest_last, reverse=True)) for cell, past in found.items()}


def _newest_last(fact: PastFact) -> tuple[bool, datetime, int]:
    return fact.superseded_at is None, fact.recorded_at, fact.id
