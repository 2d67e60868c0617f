"""Is everything that deliveries brought still what it was when it landed?

When a delivery lands, the digest of its facts goes into the event that tells of it. The trail is never changed, and
whatever is defined anew later (ranges, code lists, measures, units) changes no digest: so each delivery, superseded or
not, is compared with itself. Nothing is written.
"""

import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
from django.utils.translation import gettext as _

from dukao.base.findings import Finding
from dukao.base.trail import first_told
from dukao.registers import records
from dukao.registers.digests import SCHEMA, FactsDigest
from dukao.registers.models import Delivery, Fact

_READ_ROWS = 50_000


def delivery_findings() -> Iterator[Finding]:
    """Files that are gone or changed, and landed deliveries whose facts, current and superseded, are not what landed.

    Every delivery is looked at, and all of its files: what came, the accepted rows, the list of what was set aside.
    """
    for delivery in Delivery.objects.order_by("pk").iterator(chunk_size=100):
        yield from findings_of(delivery)


def findings_of(delivery: Delivery) -> Iterator[Finding]:
    """Inside the room: the same for one delivery."""
    yield from _files(delivery)
    if delivery.landed_at:
        yield from _facts(delivery)


def _files(delivery: Delivery) -> Iterator[Finding]:
    named: dict[records.Kind, str] = {
        "inbox": delivery.file_digest, "records": delivery.records_digest, "rejects": delivery.rejects_digest,
    }  # fmt: skip
    for kind, digest in named.items():
        path = records.path_of(kind, digest)
        if not digest:
            continue
        if not path.exists():
            what = _("文件不见了：{file}").format(file=path.name)
        elif _digest(path) != digest:
            what = _("文件被改动过：{file}").format(file=path.name)
        else:
            continue
        yield Finding(
            check="registers.files", where=f"delivery:{delivery.number}", what=what,
            todo=_("从备份取回同名文件；没有备份时请部门重新交付"),
        )  # fmt: skip


def _facts(delivery: Delivery) -> Iterator[Finding]:
    landing = first_told(verb="registers.delivery.landed", subject=f"delivery:{delivery.number}")
    kept = _kept(delivery.pk)
    if landing is None:
        what = _("操作记录里没有这个批次的入库")
    elif landing.get("facts_sha256") != kept.hexdigest():
        told = _("事实与入库时不同：入库时 {then:,} 个，现在 {now:,} 个")
        changed = _("事实与入库时不同：入库时 {then:,} 个，现在 {now:,} 个，内容被改动过")
        what = (changed if landing["facts"] == kept.rows else told).format(then=landing["facts"], now=kept.rows)
    else:
        return
    again = _("把原文件重新交一次，系统按它更正；再查数据库是否被系统以外的程序写过")
    history = _("现行数据不受影响，历史只能从备份找回；再查数据库是否被系统以外的程序写过")
    todo = again if delivery.state == Delivery.State.LANDED else history
    yield Finding(check="registers.facts", where=f"delivery:{delivery.number}", what=what, todo=todo)


def _kept(delivery_id: int) -> FactsDigest:
    """The facts that name the delivery, superseded ones too."""
    # Named columns in sets, not objects: there may be millions.
    facts = Fact.objects.filter(delivery_id=delivery_id).order_by("element_id", "period", "unit_id")
    rows = facts.values_list(*SCHEMA.names).iterator(chunk_size=_READ_ROWS)
    digest = FactsDigest()
    while some := list(islice(rows, _READ_ROWS)):
        digest.add(pa.record_batch(list(zip(*some, strict=True)), schema=SCHEMA))
    return digest


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
