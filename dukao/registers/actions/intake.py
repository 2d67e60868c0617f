"""Landing a delivery: read, check, distil, and then everything that counts in one transaction.

1. A worker claims a delivery; the claim of a process that died is taken over.
2. Outside of any transaction the file is read and checked; records and rejects come to rest under their digests, and
   what the records say is staged.
3. In one transaction, with the dataset locked, facts and totals change, the older delivery of the same scope and
   period is superseded, and the delivery says so. A worker that lost its claim changes nothing.

However often this is cut off, it can begin again: until step 3 nothing has happened that anybody sees.
"""

import os
import socket
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from dukao.base.periods import PERIOD_TYPES, Period
from dukao.base.refusals import Refused
from dukao.base.trail import record_event
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import SYSTEM
from dukao.registers import records
from dukao.registers.actions.landing import land_staged, stage_cells
from dukao.registers.digests import FactsDigest
from dukao.registers.intake.checking import Checked, check_rows, write_records, write_rejects
from dukao.registers.intake.engine import engine
from dukao.registers.intake.places import Places
from dukao.registers.models import Dataset, Delivery, Element
from dukao.registers.queries.deliveries import DeliveryView, delivery
from dukao.registers.queries.elements import ElementView, elements_by_code
from dukao.registers.reading.files import read_file
from dukao.registers.reading.marks import Marks
from dukao.registers.reading.problems import Irregular
from dukao.registers.reading.source import Source, Wanted
from dukao.registers.rules import DatasetDefinition
from dukao.registers.rules.mapping import names_of
from dukao.registers.rules.measures import Distillation, distillations
from dukao.registers.rules.rows import RowRules

ATTEMPTS_LIMIT = 10
# Whatever took longer than this was cut off.
_LEFTOVERS_LAST = timedelta(days=1)
# A claim from another machine is taken over after this long; one of a dead process of this machine at once.
_CLAIM_LASTS = timedelta(hours=1)


class NothingAccepted(Refused):
    """No row of the file can be accepted."""


class ReadingFailed(Refused):
    """Reading the file was cut off again and again."""


class _DefinedAnew(Exception):
    """An element was given another definition while the file was read: it is read again."""


def land_waiting(*, at: datetime) -> int:
    """Land the deliveries that wait, oldest first; answer how many were worked on."""
    done = 0
    while (claimed := _claim(_waiting(at), at)) is not None:
        _work_on(claimed, at)
        done += 1
    return done


def sweep_leftovers(*, at: datetime) -> int:
    """Remove what receipts and landings that were cut off left on the disk; answer how many files. Leaves no event."""
    older_than = (at - _LEFTOVERS_LAST).timestamp()
    records.sweep_workspaces(older_than=older_than)

    def named(kind: records.Kind) -> set[str]:
        column = {"inbox": "file_digest", "records": "records_digest", "rejects": "rejects_digest"}[kind]
        return set(Delivery.objects.values_list(column, flat=True))

    return records.sweep_files(older_than=older_than, named=named)


def land_delivery(*, number: str, at: datetime) -> DeliveryView:
    """Land this delivery now, or wait for whoever is landing it; what came of it is in the answer.

    Records: registers.delivery.landed, registers.delivery.refused or registers.delivery.superseded.
    """
    mine = Delivery.objects.filter(number=number)
    while mine.filter(state=Delivery.State.RECEIVED).exists():
        if (claimed := _claim(mine.filter(_free(at)), at)) is not None:
            _work_on(claimed, at)
        else:
            time.sleep(0.2)
    return delivery(number=number, viewer=SYSTEM)


@dataclass(frozen=True)
class Claim:
    """The right of one worker to land one delivery, until somebody takes it over."""

    delivery_id: int
    token: str
    attempts: int

    def tell(self, step: str, percent: int) -> None:
        mine = Delivery.objects.filter(pk=self.delivery_id, claimed_by=self.token)
        mine.update(progress={"step": step, "percent": percent})

    def give_back(self) -> None:
        mine = Delivery.objects.filter(pk=self.delivery_id, claimed_by=self.token)
        mine.update(claimed_at=None, claimed_by="")


def _waiting(at: datetime) -> Any:
    return Delivery.objects.filter(_free(at), state=Delivery.State.RECEIVED).order_by("id")


def _free(at: datetime) -> Q:
    """Not claimed, or claimed by a process that is no more."""
    host = socket.gethostname()
    held = Delivery.objects.filter(state=Delivery.State.RECEIVED, claimed_by__startswith=f"{host}:")
    dead = [pk for pk, by in held.values_list("id", "claimed_by") if not _lives(by)]
    silent = Q(claimed_at__lt=at - _CLAIM_LASTS) & ~Q(claimed_by__startswith=f"{host}:")
    return Q(claimed_at=None) | silent | Q(pk__in=dead)


def _token() -> str:
    pid = os.getpid()
    return f"{socket.gethostname()}:{pid}:{_started(pid)}:{uuid.uuid4().hex[:12]}"


def _lives(token: str) -> bool:
    _host, pid, started, _unique = token.rsplit(":", 3)
    return _started(int(pid)) == started


def _started(pid: int) -> str:
    """When the process began, in ticks: with the number it names one process for ever; empty where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _claim(free: Any, at: datetime) -> Claim | None:
    """Take the first of these deliveries, if nobody else is quicker."""
    for pk, held_by in free.values_list("id", "claimed_by")[:5]:
        token = _token()
        taken = Delivery.objects.filter(pk=pk, state=Delivery.State.RECEIVED, claimed_by=held_by).update(
            claimed_at=at, claimed_by=token, attempts=F("attempts") + 1
        )
        if taken:
            return Claim(pk, token, Delivery.objects.values_list("attempts", flat=True).get(pk=pk))
    return None


# What is kept of it is read in every language: doors speak it in their reader's.
@translation.override(settings.LANGUAGE_CODE)
def _work_on(claim: Claim, at: datetime) -> None:
    """Land the claimed delivery, or refuse it; any other error leaves it claimed until this process ends."""
    job = _Job(claim)
    try:
        if claim.attempts > ATTEMPTS_LIMIT:
            raise ReadingFailed(
                _("读取这个文件时，程序多次中断"),
                why=_("文件可能太大或已损坏"),
                todo=_("请检查文件，分成几份后重新交付"),
            )
        with records.workspace() as folder:
            job.run(folder, at)
    except Refused as refused:
        job.refuse(refused, at)
    except _DefinedAnew:
        claim.give_back()
    except BaseException:
        # Free for the next try; attempts are counted.
        claim.give_back()
        raise


def _keep_records(db: duckdb.DuckDBPyConnection, checked: Checked, folder: Path) -> str:
    """Let the accepted rows come to rest; answer the digest that names them, nothing where there are none."""
    written = write_records(db, checked, folder)
    return records.keep(written, "records") if written else ""


class _Job:
    """One try at landing one delivery."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.delivery = Delivery.objects.select_related("dataset__provider", "scope_unit").get(pk=claim.delivery_id)
        self.period = Period(self.delivery.period)
        self.found: dict[str, Any] = dict(self.delivery.found)
        self.outcome: dict[str, Any] = {}  # columns of the delivery, as far as they are known

    @cached_property
    def definition(self) -> DatasetDefinition:
        return DatasetDefinition.model_validate(self.delivery.dataset.definition)

    @cached_property
    def elements(self) -> dict[str, ElementView]:
        return elements_by_code(
            {m.element for m in self.definition.measures} | {c.element for c in self.definition.columns if c.element}
        )

    @cached_property
    def measures(self) -> tuple[Distillation, ...]:
        return distillations(self.definition, self.elements)

    @cached_property
    def scope(self) -> UnitView:
        return org.unit_by_id(self.delivery.scope_unit_id)

    @cached_property
    def rules(self) -> RowRules:
        kinds = [m.period_type for m in self.measures] or ["year"]
        return RowRules(self.definition, self.period, max(kinds, key=PERIOD_TYPES.index))  # type: ignore[arg-type]

    def run(self, folder: Path, at: datetime) -> None:
        path, marks = records.path_of("inbox", self.delivery.file_digest), Marks(**self.found["marks"])
        wanted = Wanted(
            names_of(self.definition, {e.code: (e.title, *e.aliases) for e in self.elements.values()}),
            self.rules.required, self.delivery.mapping,
        )  # fmt: skip
        places = Places(scope_path=self.scope.path, scope_name=self.scope.name, levels=[m.level for m in self.measures])
        self.claim.tell(_("读取文件"), 5)
        source = read_file(path, marks, wanted, folder)
        try:
            self._land(source, places, folder, at)
        except Irregular:
            self._land(read_file(path, marks, wanted, folder, careful=True), places, folder, at)

    def _land(self, source: Source, places: Places, folder: Path, at: datetime) -> None:
        # Ibis takes a second to import, and only who lands a delivery needs it.
        from dukao.registers.intake import staging

        self.found |= source.found
        with engine(folder) as db, ThreadPoolExecutor(1) as beside:
            places.put_into(db)
            checked = check_rows(db, source, self.rules, places, folder, self.claim.tell)
            self._tell_rows(checked)
            self._refuse_nothing(db, checked, folder)
            self.claim.tell(_("计算数据"), 50)
            staging.stage_facts(db, checked, self.measures, self.definition, self.period, self.scope.id)
            cells = staging.set_aside_cells(db, self.elements.values(), places)
            self.found |= {"cells_rejected": cells} if cells else {}
            self._keep_rejects(db, folder)
            # Records are written and come to rest while one processor lands the facts: commit waits for both.
            kept = beside.submit(_keep_records, db.cursor(), checked, folder)
            self.claim.tell(_("入库"), 75)
            digest = FactsDigest()
            staged = stage_cells(digest.passing(staging.fact_batches(db)))
            self._commit(staged, digest, kept, at)

    def _tell_rows(self, checked: Checked) -> None:
        self.outcome |= {
            "rows_read": checked.rows_read,
            "rows_accepted": checked.rows_accepted,
            "rows_rejected": checked.rows_rejected,
        }

    def _refuse_nothing(self, db: duckdb.DuckDBPyConnection, checked: Checked, folder: Path) -> None:
        """An empty delivery would take back everything known: only where nothing means zero may there be no rows."""
        if checked.rows_accepted:
            return
        if checked.rows_read:
            self._keep_rejects(db, folder)
            raise NothingAccepted(
                _("{n} 行都有问题，一行也没有入库").format(n=checked.rows_read),
                todo=_("请下载问题清单，改正后重新交付"),
            )
        if not self.measures or not all(m.zero_when_empty for m in self.measures):
            raise NothingAccepted(_("文件里只有表头，没有数据行"), todo=_("请检查导出是否成功，再重新交付"))

    def _keep_rejects(self, db: duckdb.DuckDBPyConnection, folder: Path) -> None:
        if rejects := write_rejects(db, folder):
            self.outcome["rejects_digest"] = records.keep(rejects, "rejects")

    def _settle(self, change: Callable[[Delivery], None]) -> None:
        """Change the delivery under the lock of its dataset, if it is still ours to change."""
        with transaction.atomic():
            Dataset.objects.select_for_update().get(pk=self.delivery.dataset_id)
            held = Delivery.objects.select_for_update().get(pk=self.delivery.pk)
            if held.state == Delivery.State.RECEIVED and held.claimed_by == self.claim.token:
                self.found.pop("marks", None)
                for name, value in {**self.outcome, "found": self.found, "progress": {}}.items():
                    setattr(held, name, value)
                change(held)

    def _commit(self, staged: int, digest: FactsDigest, kept: Future[str], at: datetime) -> None:
        def land(held: Delivery) -> None:
            others = Delivery.objects.filter(
                dataset_id=held.dataset_id, scope_unit_id=held.scope_unit_id, period=held.period,
                state=Delivery.State.LANDED,
            )  # fmt: skip
            if newer := others.filter(pk__gt=held.pk).order_by("-pk").first():
                # The correction was quicker; this file is kept, and speaks for nothing.
                held.state, held.records_digest = Delivery.State.SUPERSEDED, kept.result()
                held.save()
                self._record("registers.delivery.superseded", at, {"by": newer.number})
                return
            self._require_same_meaning()
            older = others.filter(pk__lt=held.pk).order_by("-pk").first()
            held.state, held.landed_at, held.supersedes = Delivery.State.LANDED, at, older
            held.dataset_version = self.delivery.dataset.version
            held.save()
            landed = land_staged(delivery_id=held.pk, staged=staged, at=at)
            held.facts_landed, held.records_digest = landed.facts, kept.result()
            held.save()
            if older:
                others.filter(pk=older.pk).update(state=Delivery.State.SUPERSEDED)
            self._record("registers.delivery.landed", at, {
                "rows": held.rows_accepted, "rejected": held.rows_rejected, "facts": landed.facts,
                "superseded": landed.superseded, "retracted": landed.retracted, "facts_sha256": digest.hexdigest(),
                **({"corrects": older.number} if older else {}),
            })  # fmt: skip

        self._settle(land)

    def _require_same_meaning(self) -> None:
        """Hold the elements as they were read, until the facts are there and keep their meaning."""
        meant = Element.objects.select_for_update(no_key=True).filter(code__in=self.elements)
        list(meant.order_by("id").values_list("id"))
        if elements_by_code(self.elements) != self.elements:
            raise _DefinedAnew

    def refuse(self, refused: Refused, at: datetime) -> None:
        def turn_back(held: Delivery) -> None:
            held.state, held.problem = Delivery.State.REFUSED, refused.as_dict()
            held.save()
            self._record("registers.delivery.refused", at, {"refused": type(refused).__name__})

        self._settle(turn_back)

    def _record(self, verb: str, at: datetime, detail: dict[str, Any]) -> None:
        record_event(
            verb=verb, subject=f"delivery:{self.delivery.number}", by=SYSTEM, at=at,
            unit_path=self.scope.path, detail={"dataset": self.definition.code, "period": self.period.code, **detail},
        )  # fmt: skip
