"""Deliveries: what came, what became of it, and which rows were set aside and why.

A department sees its own deliveries, the supervision office sees that they came; rows set aside are for the department
alone, because they hold what was delivered.
"""

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.refusals import NotThere
from dukao.org.rules import Actor
from dukao.registers.models import Dataset, Delivery
from dukao.registers.queries.elements import elements_by_code
from dukao.registers.reading.samples import sample
from dukao.registers.records import path_of, workspace
from dukao.registers.rules import DatasetDefinition
from dukao.registers.rules.mapping import Names, Proposal, names_of, propose
from dukao.registers.rules.rows import RowRules

PAGE_ROWS = 50
LOOK_ROWS = 5


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A delivery. `period` is a Period.key; `found` what the reader saw; `problem` why it was refused."""

    number: str
    dataset_code: str
    dataset_title: str
    provider_code: str
    provider_name: str
    scope_code: str
    scope_name: str
    scope_path: str
    period: int
    file_name: str
    file_digest: str
    size_bytes: int
    mapping: dict[str, str]
    state: str
    state_label: str
    found: dict[str, Any]
    problem: dict[str, str]
    progress: dict[str, Any]
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    facts_landed: int
    has_rejects: bool
    supersedes: str
    superseded_by: str
    by_name: str
    received_at: datetime
    landed_at: datetime | None
    is_synthetic: bool

    @property
    def period_label(self) -> str:
        return Period(self.period).label


@dataclass(frozen=True, slots=True)
class RejectView:
    """One fault: line in the file (empty for a figure), column, value, reason."""

    line: str
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class RejectsPage:
    rows: tuple[RejectView, ...]
    page: int  # from 1
    has_more: bool


def deliveries(
    *, viewer: Actor, dataset: str | None = None, state: str = "", period: Period | None = None, most: int | None = None
) -> tuple[DeliveryView, ...]:
    """The deliveries that the viewer sees, newest first."""
    chosen = _seen(viewer)
    if dataset:
        chosen = chosen.filter(dataset__code=dataset)
    if state:
        chosen = chosen.filter(state=state)
    if period:
        chosen = chosen.filter(period=period.key)
    return _views(chosen.order_by("-id")[:most])


def delivery(*, number: str, viewer: Actor) -> DeliveryView:
    """The delivery with this number. Raises NotThere."""
    for view in _views(_seen(viewer).filter(number=number)):
        return view
    raise NotThere()


def deliveries_open_to(*, numbers: Collection[str], viewer: Actor) -> tuple[str, ...]:
    """Those of these deliveries that are there for the viewer."""
    return tuple(_seen(viewer).filter(number__in=set(numbers)).values_list("number", flat=True))


def rejects(*, number: str, viewer: Actor, page: int = 1) -> RejectsPage:
    """One page of the faults of a delivery, in the order of the file. Raises NotThere."""
    path = rejects_file(number=number, viewer=viewer)
    first = (max(1, page) - 1) * PAGE_ROWS
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(islice(csv.reader(file), 1 + first, 1 + first + PAGE_ROWS + 1))
    views = tuple(RejectView(*row) for row in rows[:PAGE_ROWS])
    return RejectsPage(views, max(1, page), len(rows) > PAGE_ROWS)


def rejects_file(*, number: str, viewer: Actor) -> Path:
    """The CSV of all faults, to be sent as it is. Raises NotThere: also where there are none."""
    found = Delivery.objects.filter(number=number).exclude(rejects_digest="")
    for digest, path, provider in found.values_list("rejects_digest", "scope_unit__path", "dataset__provider__code"):
        viewer.require("DELIVERIES_MAKE", path, department=provider)
        return path_of("rejects", digest)
    raise NotThere()


@dataclass(frozen=True, slots=True)
class FileLook:
    """A file before it is delivered: its header, some rows below it, which column seems to be which, and what is
    doubtful about the file."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    proposals: tuple[Proposal, ...]
    doubts: tuple[str, ...]


def look_into(*, dataset: str, viewer: Actor, file: Path) -> FileLook:
    """What the file holds and how its columns fit the dataset. Raises: NotThere, Unreadable."""
    definition, names = _fitted(dataset, viewer)
    with workspace() as folder:
        seen = sample(file, names, folder)
    rules = RowRules(definition, Period(2000_000), "day")
    proposals = propose(names, seen.headers, seen.rows, rules)
    rows = tuple(tuple(row) for row in seen.rows[:LOOK_ROWS])
    return FileLook(tuple(seen.headers), rows, proposals, seen.doubts)


def propose_mapping(
    *, dataset: str, viewer: Actor, columns: Sequence[str] | None = None, file: Path | None = None
) -> tuple[Proposal, ...]:
    """Which column of a file (or of a list of column names) is which column of the dataset, how sure, and why.

    Raises: NotThere, Unreadable.
    """
    if file is not None:
        return look_into(dataset=dataset, viewer=viewer, file=file).proposals
    definition, names = _fitted(dataset, viewer)
    return propose(names, columns or (), (), RowRules(definition, Period(2000_000), "day"))


def _fitted(dataset: str, viewer: Actor) -> tuple[DatasetDefinition, tuple[Names, ...]]:
    """The dataset with all names of its columns, for somebody who delivers. Raises NotThere."""
    found = Dataset.objects.filter(code=dataset).first()
    if found is None or not viewer.has("DELIVERIES_MAKE"):
        raise NotThere()
    definition = DatasetDefinition.model_validate(found.definition)
    elements = elements_by_code({c.element for c in definition.columns if c.element})
    return definition, names_of(definition, {e.code: (e.title, *e.aliases) for e in elements.values()})


def _seen(viewer: Actor) -> QuerySet[Delivery]:
    if viewer.is_system:
        return Delivery.objects.all()
    seen = Q(pk__in=())
    for standing in viewer.standings_with("DELIVERIES_MAKE"):
        own = Q(dataset__provider__code=standing.department_code)
        seen |= own & Q(scope_unit__path__startswith=standing.unit_path)
    for standing in viewer.standings_with("DEMANDS_SEE_ALL"):
        seen |= Q(scope_unit__path__startswith=standing.unit_path)
    return Delivery.objects.filter(seen)


def _views(chosen: QuerySet[Delivery]) -> tuple[DeliveryView, ...]:
    after = Delivery.objects.filter(supersedes=OuterRef("pk")).order_by("-pk").values("number")[:1]
    rows = chosen.select_related("dataset__provider", "scope_unit", "supersedes").annotate(after=Subquery(after))
    return tuple(
        DeliveryView(
            number=d.number,
            dataset_code=d.dataset.code,
            dataset_title=d.dataset.title,
            provider_code=d.dataset.provider.code,
            provider_name=d.dataset.provider.name,
            scope_code=d.scope_unit.code,
            scope_name=d.scope_unit.name,
            scope_path=d.scope_unit.path,
            period=d.period,
            file_name=d.file_name,
            file_digest=d.file_digest,
            size_bytes=d.size_bytes,
            mapping=d.mapping,
            state=d.state,
            state_label=_(d.get_state_display()),
            found={k: v for k, v in d.found.items() if k != "marks"},
            problem=d.problem,
            progress=d.progress,
            rows_read=d.rows_read,
            rows_accepted=d.rows_accepted,
            rows_rejected=d.rows_rejected,
            facts_landed=d.facts_landed,
            has_rejects=bool(d.rejects_digest),
            supersedes=d.supersedes.number if d.supersedes else "",
            superseded_by=d.after or "",
            by_name=d.by_name,
            received_at=d.received_at,
            landed_at=d.landed_at,
            is_synthetic=d.dataset.is_synthetic,
        )
        for d in rows
    )
