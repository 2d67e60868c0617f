"""The audit trail: record an event in the caller's transaction; seal events into a hash chain later, in order.

1. An action calls `record_event` inside its transaction: the event commits with what it tells of, or not at all.
2. The sealer (one at a time, in the work process) gives committed events their place in the chain and lists them, so
   that they are found by person, kind, subject, unit and time. Writers never wait for it: they touch neither.
3. `broken_seals` walks the chain again and names every break: an event changed, removed, or slipped in between.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import QuerySet

from dukao.base.models import Event, Listing, Seal
from dukao.base.sql import Statement, moment, run

FIRST_DIGEST = "0" * 64
_LISTED = ("at", "actor", "verb", "subject", "unit_path")
_WINDOW = 10_000  # Events younger than the newest sealed one by less than this may have committed late.
_SEALER_LOCK = 0x6475_6B61  # PostgreSQL advisory lock: one sealer at a time.


class Named(Protocol):
    @property
    def name(self) -> str: ...


def record_event(
    *, verb: str, subject: str, by: Named, at: datetime, unit_path: str = "", detail: dict[str, Any] | None = None
) -> None:
    """Write down who did what, in the transaction that did it."""
    assert connection.in_atomic_block, "an event belongs to the transaction of its action"
    run(*event_statement(verb=verb, subject=subject, by=by, at=at, unit_path=unit_path, detail=detail))


def event_statement(
    *, verb: str, subject: str, by: Named, at: datetime, unit_path: str = "", detail: dict[str, Any] | None = None
) -> Statement:
    """What `record_event` runs, for an action that sends its statements together."""
    # By hand, because every typed cell passes here: the ORM takes as long again as the insert.
    return (
        "INSERT INTO base_event (at, actor, verb, subject, unit_path, detail) VALUES (%s, %s, %s, %s, %s, %s)",
        [moment(at), by.name, verb, subject, unit_path, json.dumps(detail or {})],
    )


def first_told(*, verb: str, subject: str) -> dict[str, Any] | None:
    """The detail of the first event of this kind about this subject, or None where there is none."""
    listed = Listing.objects.filter(verb=verb, subject=subject).order_by("event_id")
    found = listed.values_list("event__detail", flat=True).first()
    if found is None:
        waiting = waiting_events().filter(verb=verb, subject=subject).order_by("id")
        found = waiting.values_list("detail", flat=True).first()
    return found


def waiting_events() -> QuerySet[Event]:
    """The newest events that are neither sealed nor listed yet; one that committed very late is found by a sweep."""
    last = Seal.objects.order_by("-position").values_list("event_id", flat=True).first()
    waiting = Event.objects.filter(seal=None)
    return waiting if last is None else waiting.filter(id__gt=last - _WINDOW)


def seal_events(*, at: datetime, most: int = 10_000, is_sweep: bool = False) -> int:
    """Chain up to `most` events that have no seal yet, oldest first; answer how many.

    Looks at the newest events only (`waiting_events`), unless `is_sweep`. Digests are computed before the write lock is
    taken, so that writers hardly notice.
    """
    last = Seal.objects.order_by("-position").first()
    position, digest = (last.position, last.digest) if last else (0, FIRST_DIGEST)
    waiting = Event.objects.filter(seal=None) if is_sweep else waiting_events()
    seals, listings = [], []
    for event in waiting.order_by("id")[:most]:
        position, digest = position + 1, digest_after(digest, event)
        seals.append(Seal(position=position, event_id=event.pk, digest=digest, sealed_at=at))
        listings.append(Listing(event_id=event.pk, **{name: getattr(event, name) for name in _LISTED}))
    return len(seals) if seals and _append(seals, listings, after=last) else 0


def _append(seals: list[Seal], listings: list[Listing], *, after: Seal | None) -> bool:
    """Add the seals where the chain still ends at `after`; another sealer may have been quicker."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER_LOCK])
                if not cursor.fetchone()[0]:
                    return False
        if Seal.objects.order_by("-position").first() != after:
            return False
        Seal.objects.bulk_create(seals, batch_size=500)
        Listing.objects.bulk_create(listings, batch_size=500)
        return True


def digest_after(previous: str, event: Event) -> str:
    """SHA-256 over the digest before and the event as canonical JSON."""
    told = [event.pk, event.at.isoformat(), event.actor, event.verb, event.subject, event.unit_path, event.detail]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{text}".encode()).hexdigest()


@dataclass(frozen=True)
class Break:
    position: int
    event_id: int | None
    reason: str


def broken_seals() -> Iterator[Break]:
    """Walk the whole chain and yield every break, in order; nothing where the chain is whole.

    Events that have no seal yet are no break: they wait, and nobody has promised anything about them.
    """
    digest, expected = FIRST_DIGEST, 0
    for seal in Seal.objects.select_related("event__listing").order_by("position").iterator(chunk_size=2000):
        expected += 1
        if seal.position != expected:
            yield Break(expected, None, f"链条在 {expected} 处缺少 {seal.position - expected} 个事件")
            expected = seal.position
        digest = digest_after(digest, seal.event)
        if digest != seal.digest:
            yield Break(seal.position, seal.event_id, "事件或其前一个事件被改动")
            digest = seal.digest
        elif not _is_listed(seal.event):
            yield Break(seal.position, seal.event_id, "事件的检索目录缺失或被改动")


def _is_listed(event: Event) -> bool:
    listing = getattr(event, "listing", None)
    return listing is not None and all(getattr(listing, name) == getattr(event, name) for name in _LISTED)
