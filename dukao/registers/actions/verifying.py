"""Do the facts say what their deliveries say? Distils every landed delivery's records again and compares.

Nothing is written. A delivery that was distilled by an earlier definition of its dataset, or for units that have
changed since, cannot be repeated and is passed over.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from django.db import connection
from django.db.models import F

from dukao.base.findings import Finding
from dukao.base.periods import Period
from dukao.org import queries as org
from dukao.registers import records
from dukao.registers.intake.engine import engine
from dukao.registers.intake.places import Places
from dukao.registers.models import Delivery
from dukao.registers.queries.elements import elements_by_code
from dukao.registers.rules import DatasetDefinition
from dukao.registers.rules.measures import distillations

Row = tuple[int, int, int, int | None, str]  # element, period, unit, value, text
_BLOCK_BYTES = 8_000_000
_READ_ROWS = 50_000


def verify_deliveries() -> Iterator[Finding]:
    """Every landed delivery whose file is gone or changed, or whose facts are not what its records give."""
    landed = Delivery.objects.filter(
        state=Delivery.State.LANDED, dataset_version=F("dataset__version")
    ).select_related("dataset")
    for delivery in landed.order_by("pk").iterator(chunk_size=100):
        yield from _files(delivery)
        yield from _facts(delivery)


def _files(delivery: Delivery) -> Iterator[Finding]:
    for kind, digest in (("inbox", delivery.file_digest), ("records", delivery.records_digest)):
        path = records.path_of(kind, digest)  # type: ignore[arg-type]
        if not digest:
            continue
        if not path.exists():
            what = f"文件不见了：{path.name}"
        elif _digest(path) != digest:
            what = f"文件被改动过：{path.name}"
        else:
            continue
        yield Finding(
            check="registers.files", where=f"delivery:{delivery.number}", what=what,
            todo="从备份取回同名文件；没有备份时请部门重新交付",
        )  # fmt: skip


def _facts(delivery: Delivery) -> Iterator[Finding]:
    path = records.path_of("records", delivery.records_digest) if delivery.records_digest else None
    if path is not None and not path.exists():
        return
    with records.workspace() as folder:
        missing, strange, changed = _compared(_distilled(delivery, path, folder), _kept(delivery.pk))
    if missing or strange or changed:
        yield Finding(
            check="registers.facts",
            where=f"delivery:{delivery.number}",
            what=f"重新计算与保存的事实不符：缺 {missing:,} 个，多 {strange:,} 个，值不同 {changed:,} 个",
            todo="从原文件作为更正重新交一次；再查数据库是否被系统以外的程序写过",
        )


def _distilled(delivery: Delivery, path: Path | None, folder: Path) -> Iterator[Row]:
    """What the records give now, in the order of the cells."""
    # Ibis takes a second to import, and only who distils needs it.
    from dukao.registers.intake.checking import REJECTS
    from dukao.registers.intake.staging import fact_batches, set_aside_cells, stage_facts

    definition = DatasetDefinition.model_validate(delivery.dataset.definition)
    elements = elements_by_code(
        {m.element for m in definition.measures} | {c.element for c in definition.columns if c.element}
    )
    measures = distillations(definition, elements)
    scope = org.unit_by_id(delivery.scope_unit_id)
    places = Places(scope_path=scope.path, scope_name=scope.name, levels=[m.level for m in measures])
    with engine(folder) as db:
        places.put_into(db)
        db.execute(REJECTS)
        stage_facts(db, path, measures, definition, Period(delivery.period), scope.id)
        set_aside_cells(db, elements.values(), places)
        for batch in fact_batches(db):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                yield (*row[:4], row[4] or "")


def _kept(delivery_id: int) -> Iterator[Row]:
    """The facts that name the delivery, superseded ones too, in the order of their cells."""
    # Named columns, not objects: there may be millions.
    with closing(connection.cursor()) as cursor:
        cursor.execute(
            "SELECT element_id, period, unit_id, value, text FROM registers_fact WHERE delivery_id = %s"
            " ORDER BY element_id, period, unit_id",
            [delivery_id],
        )
        while rows := cursor.fetchmany(_READ_ROWS):
            yield from rows


def _compared(distilled: Iterable[Row], kept: Iterable[Row]) -> tuple[int, int, int]:
    """How many cells are missing among the kept, are strange there, or have another value; both in order of cells."""
    missing = strange = changed = 0
    left, right = iter(distilled), iter(kept)
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[:3] < other[:3]):
            missing, one = missing + 1, next(left, None)
        elif one is None or other[:3] < one[:3]:
            strange, other = strange + 1, next(right, None)
        else:
            changed += one[3:] != other[3:]
            one, other = next(left, None), next(right, None)
    return missing, strange, changed


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            found.update(block)
    return found.hexdigest()
