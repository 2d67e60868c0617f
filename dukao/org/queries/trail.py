"""Reading the audit trail: what happened in the subtree that an auditor's post stands over.

Events that concern no unit (log-ins, definitions) are seen by auditors at the top of the tree only.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from dukao.base.models import Event, Listing, Seal
from dukao.base.trail import waiting_events
from dukao.org.rules import Actor, ancestor_ids


@dataclass(frozen=True, slots=True)
class EventView:
    """`position` and `digest` are its place in the chain; empty until the work process has sealed it."""

    id: int
    at: datetime
    actor: str
    verb: str
    subject: str
    detail: dict[str, Any]
    position: int | None
    digest: str


@dataclass(frozen=True, slots=True)
class ChainView:
    """How far the chain reaches: `sealed` of `events`, the newest seal, and how many events wait."""

    events: int
    sealed: int
    last_position: int
    last_digest: str
    last_sealed_at: datetime | None
    oldest_waiting_at: datetime | None

    @property
    def waiting(self) -> int:
        return self.events - self.sealed


def events(
    *,
    viewer: Actor,
    actor: str = "",
    verb: str = "",
    subject: str = "",
    unit_path: str = "",
    since: date | None = None,
    until: date | None = None,
    before_id: int | None = None,
    most: int = 100,
) -> tuple[EventView, ...]:
    """The newest events first, at most `most`, older than the event `before_id`; `subject` matches its beginning.

    `unit_path`: what concerns this unit or those below it. `since` and `until` are civil days, both included. Quick
    among millions: each of the filters has its index. Raises NotAllowed.
    """
    matching = _seen_by(viewer)
    if actor:
        matching &= Q(actor=actor)
    if verb:
        matching &= Q(verb=verb)
    if subject:
        matching &= _begins_with("subject", subject)
    if unit_path:
        matching &= _below(unit_path)
    if since:
        matching &= Q(at__gte=_begins(since))
    if until:
        matching &= Q(at__lt=_begins(until + timedelta(days=1)))
    if before_id is not None:
        before = Event.objects.filter(id=before_id).values_list("at", flat=True).first()
        if before is None:
            return ()
        matching &= Q(at__lte=before) & (Q(at__lt=before) | Q(pk__lt=before_id))
    told = ("pk", "at", "actor", "verb", "subject")
    waiting = waiting_events().filter(matching).order_by("-at", "-pk").values_list(*told, "detail")[:most]
    found = [EventView(*(*row, None, "")) for row in waiting]
    listed = Listing.objects.filter(matching).order_by("-at", "-pk")
    sealed = listed.values_list(*told, "event__detail", "event__seal__position", "event__seal__digest")[:most]
    found += [EventView(*row) for row in sealed]
    return tuple(sorted(found, key=lambda event: (event.at, event.id), reverse=True)[:most])


def chain(*, viewer: Actor) -> ChainView:
    """The state of the whole chain, which is one for the house. Raises NotAllowed."""
    viewer.require_anywhere("TRAIL_SEE")
    last = Seal.objects.order_by("-position").first()
    waiting = Event.objects.filter(seal=None).order_by("id").first()
    return ChainView(
        events=Event.objects.count(),
        sealed=Seal.objects.count(),
        last_position=last.position if last else 0,
        last_digest=last.digest if last else "",
        last_sealed_at=last.sealed_at if last else None,
        oldest_waiting_at=waiting.at if waiting else None,
    )


def _seen_by(viewer: Actor) -> Q:
    viewer.require_anywhere("TRAIL_SEE")
    paths = {s.unit_path for s in viewer.standings_with("TRAIL_SEE")}
    if viewer.is_system or any(_is_top(path) for path in paths):
        return Q()
    seen = Q(pk=None)
    for path in paths:
        seen |= _below(path)
    return seen


def _below(path: str) -> Q:
    # Nearly every event is below the top: they are passed in the order of time, not gathered by their paths.
    return ~Q(unit_path="") if _is_top(path) else _begins_with("unit_path", path)


def _is_top(path: str) -> bool:
    return len(ancestor_ids(path)) == 1


def _begins_with(field: str, text: str) -> Q:
    """On SQLite a LIKE passes over every row; the same as a range goes by the index."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": text, f"{field}__lt": text + chr(0x10FFFF)})
    return Q(**{f"{field}__startswith": text})


def _begins(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time.min))
