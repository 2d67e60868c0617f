"""Visits as each side may know them.

What is sealed (四不两直, not yet arrived) exists only for the departments that booked it and for supervision offices of
the same unit as such a department, or above it. For everybody else, the unit it goes to first of all, it is not there:
it is left out in SQL, so that no count, page, export or time of answering can tell of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.refusals import NotThere, Refused
from dukao.base.slips import code_digest, code_from
from dukao.gate.models import RefusedVisit, Visit, VisitPart
from dukao.gate.rules.visits import is_sealed, number_of
from dukao.law import queries as law
from dukao.law.workdays import UnknownYear, workday_after
from dukao.org import queries as org
from dukao.org.rules import Actor

STATES = {"held": _l("已预约"), "arrived": _l("已到场"), "concluded": _l("已反馈"), "given_back": _l("已取消")}
MODES = {"announced": _l("事先告知"), "unannounced": _l("四不两直"), "remote": _l("不到现场")}
# Until when visits that arrived on a day are to be concluded: counting working days takes its time.
Ends = dict[date, datetime | None]
REVEALED = ~Q(mode=Visit.Mode.UNANNOUNCED) | Q(arrived_at__isnull=False)


class CodeDoesNotHold(Refused):
    """There is no such code, it is for another place, or it is over: one answer for all, so that nothing is told."""


@dataclass(frozen=True, slots=True)
class Person:
    """One of the team, by office rather than by name."""

    name: str
    office: str


@dataclass(frozen=True, slots=True)
class PartView:
    """One item of the plan that the visit carries out."""

    item_number: str
    title: str
    department_code: str
    department_name: str
    kind: str
    origin: str
    basis: str


@dataclass(frozen=True, slots=True)
class SeenDatum:
    """What a remote visit read instead of coming: one figure, as it was."""

    question: str
    element: str
    period: int
    value: str
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class VisitView:
    """One visit; minutes × 100 as estimated, `measured_minutes` as the unit told of its own will.

    Deadlines follow the profile of the day they run from: `conclude_by` (INS-8, sealed ones INS-9), `object_by` and
    `decide_by` (INS-8); None while they do not run. `conduct` is told to the unit and to supervision only.
    """

    number: str
    state: str
    state_label: str
    mode: str
    mode_label: str
    unit_code: str
    unit_name: str
    on: date
    purpose: str
    people: tuple[Person, ...]
    team_size: int
    asks: tuple[str, ...]
    minutes_hundredths: int
    parts: tuple[PartView, ...]
    booked_at: datetime
    expires_at: datetime
    arrived_at: datetime | None
    measured_minutes: int | None
    conduct: tuple[tuple[str, bool], ...]
    conclusion: str
    concluded_at: datetime | None
    conclude_by: datetime | None
    objection: str
    objected_at: datetime | None
    object_by: datetime | None
    decision: str
    is_upheld: bool | None
    decided_at: datetime | None
    decide_by: datetime | None
    given_back_at: datetime | None
    reason: str
    seen: tuple[SeenDatum, ...]
    demand_number: str
    is_sealed: bool
    is_synthetic: bool
    may: frozenset[str]  # of MAY

    @property
    def title(self) -> str:
        return _("、").join(dict.fromkeys(part.title for part in self.parts))

    @property
    def departments(self) -> str:
        return _("、").join(dict.fromkeys(part.department_name for part in self.parts))

    @property
    def basis(self) -> str:
        return _("；").join(dict.fromkeys(part.basis for part in self.parts))


MAY = frozenset({"give_back", "arrive", "conclude", "object", "decide", "tell"})


@dataclass(frozen=True, slots=True)
class VisitCounts:
    """How many visits; minutes × 100 as estimated, of those that arrived on site."""

    all: int
    held: int
    on_site: int
    remote: int
    minutes_hundredths: int


@dataclass(frozen=True, slots=True)
class RefusedVisitView:
    """Somebody was not let in for want of a code."""

    unit_code: str
    unit_name: str
    who: str
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Engagement:
    """A visit that has been announced to a unit, as other departments see it in its calendar."""

    on: date
    title: str
    departments: str
    is_own: bool


def visits(
    *, viewer: Actor, unit: str = "", department: str = "", item: str = "", state: str = "",
    is_waiting: bool = False, since: date | None = None, until: date | None = None, most: int = 200,
) -> tuple[VisitView, ...]:  # fmt: skip
    """The visits that the viewer may know of, latest day first; `since` and `until` (exclusive) are days of visits.

    `is_waiting`: those that wait for a conclusion or for a decision.
    A department sees its own, a unit those that concern it, supervision all in its subtree but what is sealed from it.
    """
    chosen = Visit.objects.filter(seen_by(viewer))
    if unit:
        chosen = chosen.filter(unit__code=unit)
    if department:
        chosen = chosen.filter(_of_departments([department]))
    if item:
        chosen = chosen.filter(Exists(VisitPart.objects.filter(visit=OuterRef("pk"), item__number=item)))
    if state:
        chosen = chosen.filter(state=state)
    if is_waiting:
        undecided = Q(objected_at__isnull=False, objection_decided_at=None)
        chosen = chosen.filter(Q(state=Visit.State.ARRIVED) | undecided)
    if since:
        chosen = chosen.filter(on__gte=since)
    if until:
        chosen = chosen.filter(on__lt=until)
    ends: Ends = {}
    return tuple(view_of(found, viewer, ends) for found in _whole(chosen).order_by("-on", "-id")[:most])


def visit_counts(*, viewer: Actor, since: date, until: date) -> VisitCounts:
    """The visits in `[since, until)` that the viewer may know of, counted. One SQL query."""
    came = Q(state__in=[Visit.State.ARRIVED, Visit.State.CONCLUDED])
    on_site = came & ~Q(mode=Visit.Mode.REMOTE)
    counted = Visit.objects.filter(seen_by(viewer), on__gte=since, on__lt=until).aggregate(
        all=Count("id"), held=Count("id", filter=Q(state=Visit.State.HELD)), on_site=Count("id", filter=on_site),
        remote=Count("id", filter=came & Q(mode=Visit.Mode.REMOTE)),
        minutes_hundredths=Sum("minutes_hundredths", filter=on_site, default=0),
    )  # fmt: skip
    return VisitCounts(**counted)


def visit(*, number: str, viewer: Actor) -> VisitView:
    """One visit. Raises NotThere where it does not exist or is not for the viewer's eyes."""
    found = _whole(Visit.objects.filter(seen_by(viewer), number=number)).first()
    if found is None:
        raise NotThere()
    return view_of(found, viewer)


def visit_of_code(*, code: str, viewer: Actor | None, at: datetime) -> VisitView:
    """What the code says, to whoever holds it; a stranger (None) is told of announced and of past visits only.

    What is still sealed shows itself to the unit it is for, because then it stands at the door. Raises CodeDoesNotHold.
    Who asks is counted by `actions.note_code_miss`, not here.
    """
    plain = code_from(code)
    digest = code_digest(plain)
    chosen = Visit.objects.filter(number=number_of(digest), code_digest=digest).exclude(state=Visit.State.GIVEN_BACK)
    found = _whole(chosen).first() if plain else None
    if found is None or (found.state == Visit.State.HELD and found.expires_at <= at) or not _shows(found, viewer):
        raise code_does_not_hold(at)
    return view_of(found, viewer)


def code_does_not_hold(at: datetime) -> CodeDoesNotHold:
    """Inside the room: the one answer for every code that does not hold, whatever the reason."""
    return CodeDoesNotHold(
        _("查不到这个检查码"),
        why=_("码可能抄错、过期、已取消，或者不是给本单位的；没有有效检查码的检查可以拒绝"),
        todo=_("请让来人出示检查码，再核对一次；核对不上，可以请他们离开，并一键告诉督考办"),
        source=law.rule("INS-1", timezone.localdate(at)).source_text, rule="INS-1",
    )  # fmt: skip


def engagements(*, unit: str, viewer: Actor, since: date, until: date) -> tuple[Engagement, ...]:
    """What has been announced to a unit in `[since, until)`, by day, for who books and for the unit.

    Raises NotThere.
    """
    asked = org.unit_by_code(unit)
    if not (viewer.may("DEMANDS_ISSUE", asked.path) or viewer.may("DEMANDS_RECEIVE", asked.path)
            or viewer.may("DEMANDS_SEE_ALL", asked.path)):  # fmt: skip
        raise NotThere()
    own = {s.department_code for s in viewer.standings_with("DEMANDS_ISSUE")}
    chosen = Visit.objects.filter(
        unit_id=asked.id, on__gte=since, on__lt=until, mode=Visit.Mode.ANNOUNCED
    ).exclude(state=Visit.State.GIVEN_BACK)  # fmt: skip
    found = []
    for one in _whole(chosen).order_by("on", "id"):
        parts = _parts(one)
        found.append(
            Engagement(
                on=one.on,
                title=_("、").join(dict.fromkeys(p.title for p in parts)),
                departments=_("、").join(dict.fromkeys(p.department_name for p in parts)),
                is_own=any(p.department_code in own for p in parts),
            )
        )
    return tuple(found)


def refused_visits(*, viewer: Actor, since: date, until: date, most: int = 200) -> tuple[RefusedVisitView, ...]:
    """Who was turned away for want of a code in `[since, until)`, newest first: a unit its own, supervision all."""
    seen = Q() if viewer.is_system else Q(pk__in=[])
    for standing in viewer.standings_with("DEMANDS_RECEIVE"):
        seen |= Q(unit_id=standing.unit_id)
    for standing in viewer.standings_with("DEMANDS_SEE_ALL"):
        seen |= Q(unit__path__startswith=standing.unit_path)
    rows = (
        RefusedVisit.objects.filter(seen, at__date__gte=since, at__date__lt=until)
        .order_by("-at", "-id")
        .values_list("unit__code", "unit__name", "who", "what", "at")[:most]
    )
    return tuple(RefusedVisitView(*row) for row in rows)


def conduct_rules(*, on: date) -> tuple[str, ...]:
    """八不得: what who visits must not do, as the profile of the day says it."""
    return tuple(law.rule("INS-11", on).parameters["conduct"])


def seen_by(viewer: Actor) -> Q:
    """Inside the room: which visits exist for the viewer."""
    if viewer.is_system:
        return Q()
    seen = Q(pk__in=[])
    for standing in viewer.standings_with("DEMANDS_RECEIVE"):
        seen |= Q(unit_id=standing.unit_id) & REVEALED
    if own := {s.department_code for s in viewer.standings_with("DEMANDS_ISSUE")}:
        seen |= _of_departments(own)
    for standing in viewer.standings_with("DEMANDS_SEE_ALL"):
        seals_open = Exists(
            VisitPart.objects.filter(visit=OuterRef("pk"), item__department__unit__path__startswith=standing.unit_path)
        )
        seen |= Q(unit__path__startswith=standing.unit_path) & (REVEALED | Q(seals_open))
    return seen


def view_of(found: Visit, viewer: Actor | None, ends: Ends | None = None) -> VisitView:
    """Inside the room: a visit with its parts, as the viewer may see it. `ends` is shared by the visits of a list."""
    parts = _parts(found)
    due = _deadlines(found, {} if ends is None else ends)
    view = VisitView(
        number=found.number, state=found.state, state_label=_state(found), mode=found.mode,
        mode_label=str(MODES[found.mode]), unit_code=found.unit.code, unit_name=found.unit.name, on=found.on,
        purpose=found.purpose, people=tuple(Person(p.get("name", ""), p.get("office", "")) for p in found.people),
        team_size=found.team_size, asks=tuple(found.asks), minutes_hundredths=found.minutes_hundredths, parts=parts,
        booked_at=found.booked_at, expires_at=found.expires_at, arrived_at=found.arrived_at,
        measured_minutes=found.measured_minutes, conduct=(), conclusion=found.conclusion,
        concluded_at=found.concluded_at, conclude_by=due[0], objection=found.objection, objected_at=found.objected_at,
        object_by=due[1], decision=found.objection_decision, is_upheld=found.objection_upheld,
        decided_at=found.objection_decided_at, decide_by=due[2], given_back_at=found.given_back_at,
        reason=found.reason, seen=tuple(SeenDatum(**datum) for datum in found.seen),
        demand_number=found.demand.number if found.demand else "",
        is_sealed=is_sealed(mode=found.mode, has_arrived=found.arrived_at is not None),
        is_synthetic=any(part.item.is_synthetic for part in found.parts.all()), may=frozenset(),
    )  # fmt: skip
    if viewer is None:
        return view
    told = viewer.may("DEMANDS_RECEIVE", found.unit.path) or viewer.may("DEMANDS_SEE_ALL", found.unit.path)
    conduct: Iterable[tuple[str, Any]] = found.conduct.items() if told else ()
    return replace(view, conduct=tuple(conduct), may=_deeds(found, parts, viewer))


def _deeds(found: Visit, parts: tuple[PartView, ...], viewer: Actor) -> frozenset[str]:
    """What the viewer's rights and the visit's state allow; deadlines are left to the actions."""
    state, path = found.state, found.unit.path
    has_come = state in (Visit.State.ARRIVED, Visit.State.CONCLUDED)
    books = any(viewer.may("DEMANDS_ISSUE", path, department=p.department_code) for p in parts)
    receives = viewer.may("DEMANDS_RECEIVE", path)
    allowed = {
        "give_back": (books or viewer.may("PLAN_DECIDE", path)) and state == Visit.State.HELD,
        "arrive": receives and state == Visit.State.HELD,
        "conclude": books and state == Visit.State.ARRIVED,
        "tell": receives and has_come and found.mode != Visit.Mode.REMOTE,
        "object": receives and state == Visit.State.CONCLUDED and found.objected_at is None,
        "decide": viewer.may("APPEALS_DECIDE", path) and found.objected_at is not None
        and found.objection_decided_at is None,
    }  # fmt: skip
    return frozenset(deed for deed, may in allowed.items() if may)


def _deadlines(found: Visit, ends: Ends) -> tuple[datetime | None, datetime | None, datetime | None]:
    """Until when the conclusion, an objection, its decision; None where the clock does not run."""
    conclude_by = object_by = decide_by = None
    if found.arrived_at is not None:
        day = timezone.localdate(found.arrived_at)
        if found.mode == Visit.Mode.UNANNOUNCED:
            conclude_by = found.arrived_at + timedelta(hours=law.rule("INS-9", day).parameters["record_hours"])
        else:
            if day not in ends:
                ends[day] = _end_of_workday(day, law.rule("INS-8", day).parameters["conclusion_workdays"])
            conclude_by = ends[day]
    if found.concluded_at is not None:
        days = law.rule("INS-8", timezone.localdate(found.concluded_at)).parameters["objection_days"]
        object_by = found.concluded_at + timedelta(days=days)
    if found.objected_at is not None:
        days = law.rule("INS-8", timezone.localdate(found.objected_at)).parameters["decision_days"]
        decide_by = found.objected_at + timedelta(days=days)
    return conclude_by, object_by, decide_by


def _end_of_workday(day: date, count: int) -> datetime | None:
    try:
        last = workday_after(day, count)
    except UnknownYear:  # No deadline is shown rather than a guessed one.
        return None
    return timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))


def _shows(found: Visit, viewer: Actor | None) -> bool:
    if not is_sealed(mode=found.mode, has_arrived=found.arrived_at is not None):
        return True
    return viewer is not None and (
        viewer.may("DEMANDS_RECEIVE", found.unit.path)
        or any(viewer.may("DEMANDS_ISSUE", found.unit.path, department=p.department_code) for p in _parts(found))
    )


def _of_departments(codes: Iterable[str]) -> Q:
    return Q(Exists(VisitPart.objects.filter(visit=OuterRef("pk"), item__department__code__in=list(codes))))


def _whole(chosen: QuerySet[Visit]) -> QuerySet[Visit]:
    parts = VisitPart.objects.select_related("item__department").order_by("id")
    return chosen.select_related("unit", "demand").prefetch_related(Prefetch("parts", queryset=parts))


def _parts(found: Visit) -> tuple[PartView, ...]:
    return tuple(
        PartView(
            item_number=part.item.number, title=part.item.title, department_code=part.item.department.code,
            department_name=part.item.department.name, kind=part.item.kind,
            origin=part.item.origin, basis=part.item.basis,
        )
        for part in found.parts.all()
    )  # fmt: skip


def _state(found: Visit) -> str:
    if found.objected_at is not None and found.objection_decided_at is None:
        return _("有异议，待复核")
    return str(STATES[found.state])
