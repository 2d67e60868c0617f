"""Who asked whom for what, and whose minutes it costs."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from dukao.base.refusals import NotThere
from dukao.gate.models import Demand, Refusal
from dukao.gate.rules.replacing import WITHIN_DAYS, needs_place
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import Actor, Right, ancestor_ids


@dataclass(frozen=True, slots=True)
class DemandView:
    """One demand; minutes × 100. `minutes_hundredths_per_unit` is the most that any one unit is asked for."""

    number: str
    kind: str
    title: str
    asker_code: str
    asker_name: str
    scope_code: str
    scope_name: str
    target_level: int
    basis: str
    is_emergency: bool
    unit_count: int
    minutes_hundredths: int
    minutes_hundredths_per_unit: int
    issued_at: datetime
    due_on: date
    by_name: str
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class AskerMinutes:
    """What one department asked in a time: demands that stand, units × demands, minutes × 100; withdrawn ones apart."""

    department_code: str
    department_name: str
    demands: int
    unit_demands: int
    minutes_hundredths: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class RefusalView:
    """A demand that the rules did not let through."""

    kind: str
    title: str
    asker_code: str
    asker_name: str
    scope_name: str
    target_level: int
    rules: tuple[str, ...]
    reasons: tuple[str, ...]  # in words, as they were told to who tried
    sources: tuple[str, ...]
    refused_at: datetime
    by_name: str


def demands(
    *,
    viewer: Actor,
    asker: str = "",
    since: date | None = None,
    until: date | None = None,
    before: str = "",
    most: int = 200,
) -> tuple[DemandView, ...]:
    """The demands the viewer may know of, newest first: a department its own; supervision all that touch its subtree.

    `since` and `until` (exclusive) are days of issue; `before` is the number of a demand, and what follows it is told.
    """
    chosen = _visible(viewer)
    if asker:
        chosen = chosen.filter(asker__code=asker)
    if before:
        last = _visible(viewer).filter(number=before).values_list("id", flat=True).first()
        if last is None:
            return ()
        chosen = chosen.filter(id__lt=last)
    return _views(_issued(chosen, since, until).order_by("-id")[:most])


def demand(*, number: str, viewer: Actor) -> DemandView:
    """One demand. Raises NotThere where it does not exist or is not for the viewer's eyes."""
    for found in _views(_visible(viewer).filter(number=number)):
        return found
    raise NotThere()


def demands_on_unit(*, unit: str, viewer: Actor, since: date | None = None, until: date | None = None,
                    most: int = 200) -> tuple[DemandView, ...]:  # fmt: skip
    """What is asked of one unit, newest first: for those who fill in there, review or supervise. Raises NotThere."""
    asked = org.unit_by_code(unit)
    rights: tuple[Right, ...] = ("FILINGS_FILL", "FILINGS_REVIEW", "DEMANDS_SEE_ALL")
    if not any(viewer.may(right, asked.path) for right in rights):
        raise NotThere()
    chosen = Demand.objects.filter(scope_unit_id__in=ancestor_ids(asked.path), target_level=asked.level)
    # The platform asks nobody for anything: what it costs stands in the statement.
    chosen = chosen.exclude(spared_units=asked.id).exclude(kind="platform")
    return _views(_issued(chosen, since, until).order_by("-id")[:most])


def replaceable_demands(*, asker: str, kind: str, viewer: Actor, today: date) -> tuple[DemandView, ...]:
    """Ended demands of the department whose place a new one may take, newest first; none where the profile wants none.

    Raises NotThere (the department is not the viewer's).
    """
    department = org.department(code=asker)
    viewer.require("DEMANDS_ISSUE", department.unit_path, department=asker)
    if not needs_place(law.rule("BRD-1", today), kind=kind, is_emergency=False):
        return ()
    since = today - timedelta(days=WITHIN_DAYS)
    ended = Q(due_on__lt=today) | Q(withdrawn_at__isnull=False)
    chosen = Demand.objects.filter(
        ended, asker_id=department.id, kind=kind, issued_at__date__gt=since, replaced_by=None
    )
    return _views(chosen.order_by("-id")[:200])


def minutes_by_asker(*, viewer: Actor, since: date, until: date) -> tuple[AskerMinutes, ...]:
    """Minutes per department for demands issued in `[since, until)`, by department code: a statement, no ranking."""
    stands = Q(withdrawn_at=None)
    rows = (
        _issued(_visible(viewer), since, until)
        .values("asker__code", "asker__name")
        .annotate(
            standing=Count("id", filter=stands),
            units=Sum("unit_count", filter=stands),
            minutes=Sum("minutes_hundredths", filter=stands),
            withdrawn=Count("id", filter=~stands),
        )
        .order_by("asker__code")
    )
    return tuple(
        AskerMinutes(
            r["asker__code"], r["asker__name"], r["standing"], r["units"] or 0, r["minutes"] or 0, r["withdrawn"]
        )
        for r in rows
    )


def refusals(*, viewer: Actor, since: date, until: date, most: int = 200) -> tuple[RefusalView, ...]:
    """Demands refused by the rules in `[since, until)`, newest first: a department its own; supervision all."""
    rows = (
        refusals_seen_by(viewer)
        .filter(refused_at__date__gte=since, refused_at__date__lt=until)
        .order_by("-refused_at", "-id")
        .select_related("asker", "scope_unit")[:most]
    )
    return tuple(
        RefusalView(
            kind=r.kind, title=r.title, asker_code=r.asker.code, asker_name=r.asker.name, scope_name=r.scope_unit.name,
            target_level=r.target_level, rules=_each(r, "rule"), reasons=_each(r, "what"), sources=_each(r, "source"),
            refused_at=r.refused_at, by_name=r.by_name,
        )
        for r in rows
    )  # fmt: skip


def _each(refusal: Refusal, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reason[name] for reason in refusal.reasons))


def refusals_seen_by(viewer: Actor) -> QuerySet[Refusal]:
    """Inside the room: the refusals that the viewer may know of, or count.

    Not visits refused at a unit above: so stand sealed ones, and offices nearer to their targets are not told.
    """
    posts = viewer.standings_with("DEMANDS_SEE_ALL")
    above = {pk for s in posts for pk in ancestor_ids(s.unit_path)} - {s.unit_id for s in posts}
    own = [s.department_code for s in viewer.standings_with("DEMANDS_ISSUE")]
    return Refusal.objects.filter(seen_by(viewer)).exclude(
        Q(kind="visit", scope_unit_id__in=above) & ~Q(asker__code__in=own)
    )


def _visible(viewer: Actor) -> QuerySet[Demand]:
    return Demand.objects.filter(seen_by(viewer))


def seen_by(viewer: Actor, *, asker: str = "asker") -> Q:
    """Inside the room, of whatever asks: by whose department (the field `asker`), and whom it would touch."""
    if viewer.is_system:
        return Q()
    seen = Q(pk__in=[])
    for standing in viewer.standings_with("DEMANDS_SEE_ALL"):
        seen |= Q(scope_unit__path__startswith=standing.unit_path)
        seen |= Q(scope_unit_id__in=ancestor_ids(standing.unit_path))
    for standing in viewer.standings_with("DEMANDS_ISSUE"):
        seen |= Q(**{f"{asker}__code": standing.department_code})
    return seen


def _issued(chosen: QuerySet[Demand], since: date | None, until: date | None) -> QuerySet[Demand]:
    # By moments: SQLite would call back for the day of every row.
    if since:
        chosen = chosen.filter(issued_at__gte=_beginning(since))
    if until:
        chosen = chosen.filter(issued_at__lt=_beginning(until))
    return chosen


def _beginning(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time.min))


def _views(chosen: QuerySet[Demand]) -> tuple[DemandView, ...]:
    rows = chosen.values_list(
        "number", "kind", "title", "asker__code", "asker__name", "scope_unit__code", "scope_unit__name", "target_level",
        "basis", "is_emergency", "unit_count", "minutes_hundredths", "minutes_hundredths_per_unit", "issued_at",
        "due_on", "by_name", "withdrawn_at",
    )  # fmt: skip
    return tuple(DemandView(*row) for row in rows)
