"""Where facts come from: the deliveries behind them, and how fresh each dataset is."""
# ruff: noqa: S608 (all SQL here is put together from constants and integers only)

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Max, Q

from dukao.base.periods import Period
from dukao.org.rules import ancestor_ids
from dukao.registers.models import Dataset, Delivery
from dukao.registers.sums import held, listed, subtree

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
class FreshSource:
    """A dataset that feeds elements: its newest landed delivery, and the latest period any of them covers."""

    source: Source
    covers: Period
    elements: tuple[str, ...]  # codes


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
    return {pk: Source("delivery", *rest) for pk, *rest in rows}  # type: ignore[arg-type]


def sources_of_cells(
    *,
    scope_path: str,
    element_ids: Collection[int],
    periods: Collection[int],
    as_of: datetime | None = None,
) -> dict[Cell, tuple[Source, ...]]:
    """Deliveries, newest first, that hold at least one fact of the cell at or below the scope, now or at an instant."""
    below, values = subtree("u.path", scope_path)
    facts, values = held(
        "f.element_id, f.period, f.delivery_id",
        f"f.element_id IN ({listed(element_ids)}) AND f.period IN ({listed(periods)})"
        f" AND f.delivery_id IS NOT NULL AND {below}",
        values,
        as_of,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT element_id, period, delivery_id FROM ({facts}) h ORDER BY delivery_id DESC", values
        )
        rows = cursor.fetchall()
    sources = sources_of_deliveries(row[2] for row in rows)
    found: dict[Cell, list[Source]] = defaultdict(list)
    for element_id, period, delivery_id in rows:
        found[element_id, period].append(sources[delivery_id])
    return {cell: tuple(behind) for cell, behind in found.items()}


def datasets_behind(
    *, elements: Collection[str], scope_path: str, as_of: datetime | None = None
) -> tuple[FreshSource, ...]:
    """Datasets that feed any of these elements (codes) and have landed data overlapping the subtree, newest first."""
    definitions = Dataset.objects.values_list("pk", "definition")
    feeds = {pk: fed for pk, definition in definitions if (fed := elements_fed(definition) & set(elements))}
    overlapping = Q(scope_unit__path__startswith=scope_path) | Q(scope_unit_id__in=ancestor_ids(scope_path))
    landed = Delivery.objects.filter(overlapping, dataset_id__in=feeds, landed_at__isnull=False)
    # As of a past instant a delivery that was corrected later still spoke.
    landed = landed.filter(landed_at__lte=as_of) if as_of else landed.filter(state=Delivery.State.LANDED)
    newest = landed.values("dataset_id").annotate(newest=Max("pk"), covers=Max("period")).order_by()
    rows = {row["newest"]: row for row in newest}
    sources = sources_of_deliveries(rows)
    found = [
        FreshSource(source, Period(rows[pk]["covers"]), tuple(sorted(feeds[rows[pk]["dataset_id"]])))
        for pk, source in sources.items()
    ]
    return tuple(sorted(found, key=lambda fresh: (fresh.source.landed_at, fresh.source.number), reverse=True))


def elements_fed(definition: dict) -> set[str]:
    """Codes of the elements that a dataset's measures and columns feed."""
    named = [*definition.get("measures", ()), *definition.get("columns", ())]
    return {item["element"] for item in named if item.get("element")}
