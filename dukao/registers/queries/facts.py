"""What is known about units, where it comes from, and what it was as of a past instant.

Internal to the house: rooms above ask by ids, after they have checked the viewer's right over the unit.
"""
# ruff: noqa: S608 (all SQL here is put together from constants and integers only)

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from dukao.registers.models import Delivery
from dukao.registers.sums import instant, listed, stamp

Cell = tuple[int, int]  # (element_id, period key)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from: a delivery of a department, or (`kind="filing"`) what a worker filled in."""

    kind: str  # delivery, filing
    number: str = ""  # delivery number
    dataset: str = ""
    dataset_title: str = ""
    provider: str = ""
    provider_name: str = ""
    file_name: str = ""
    file_digest: str = ""
    landed_at: datetime | None = None
    by_name: str = ""
    filing_id: int | None = None


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
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT element_id, period, id, value, text, recorded_at, accepted_at, delivery_id, filing_id"
            f" FROM registers_fact WHERE element_id IN ({listed(element_ids)}) AND period IN ({listed(periods)})"
            " AND unit_id = %s AND superseded_at IS NULL",
            [unit_id],
        )
        rows = cursor.fetchall()
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
    from dukao.registers.queries.figures import figures

    counted = figures(element_ids=element_ids, periods=periods, unit_ids=[scope_unit_id])
    sources = _sources_of_cells(scope_path, element_ids, periods) if with_sources else {}
    return {
        (e, p): Coverage(figure.n, figure.pending_n, sources.get((e, p), ()))
        for (e, p, _), figure in counted.items()
        if figure.n
    }


def fact_history(*, element_id: int, period: int, unit_id: int) -> tuple[PastFact, ...]:
    """All that was ever held for the cell, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, value, text, recorded_at, accepted_at, superseded_at, delivery_id, filing_id"
            " FROM registers_fact WHERE element_id = %s AND period = %s AND unit_id = %s",
            [element_id, period, unit_id],
        )
        rows = cursor.fetchall()
    sources = sources_of_deliveries(row[6] for row in rows)
    past = [
        PastFact(i, v, t, instant(r), instant(a), instant(s), sources[d] if d else Source("filing", filing_id=f))
        for i, v, t, r, a, s, d, f in rows
    ]
    return tuple(sorted(past, key=lambda fact: (fact.superseded_at is None, fact.recorded_at, fact.id), reverse=True))


def sources_of_deliveries(delivery_ids: Iterable[int | None]) -> dict[int, Source]:
    """What people are told about these deliveries, by id."""
    wanted = {number for number in delivery_ids if number}
    if not wanted:
        return {}
    rows = Delivery.objects.filter(pk__in=wanted).values_list(
        "pk",
        "number",
        "dataset__code",
        "dataset__title",
        "dataset__provider__code",
        "dataset__provider__name",
        "file_name",
        "file_digest",
        "landed_at",
        "by_name",
    )
    return {pk: Source("delivery", *rest) for pk, *rest in rows}


def _sources_of_cells(
    scope_path: str, element_ids: Collection[int], periods: Collection[int]
) -> dict[Cell, tuple[Source, ...]]:
    """Landed deliveries, newest first, that hold at least one current fact of the cell at or below the scope."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.element_id, f.period, f.delivery_id FROM registers_fact f JOIN org_unit u ON u.id = f.unit_id"
            f" WHERE f.element_id IN ({listed(element_ids)}) AND f.period IN ({listed(periods)})"
            " AND f.superseded_at IS NULL AND f.delivery_id IS NOT NULL AND u.path LIKE %s"
            " GROUP BY f.element_id, f.period, f.delivery_id ORDER BY f.delivery_id DESC",
            [scope_path + "%"],
        )
        rows = cursor.fetchall()
    sources = sources_of_deliveries(row[2] for row in rows)
    found: dict[Cell, list[Source]] = defaultdict(list)
    for element_id, period, delivery_id in rows:
        found[element_id, period].append(sources[delivery_id])
    return {cell: tuple(held) for cell, held in found.items()}


def as_of_clause(at: datetime) -> tuple[str, list]:
    """SQL condition and its values: the fact was held at this instant."""
    return "recorded_at <= %s AND (superseded_at IS NULL OR superseded_at > %s)", [stamp(at), stamp(at)]
