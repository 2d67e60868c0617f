"""Meetings: called, to be decided, to attend; and what the rules would say of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from dukao.base.refusals import NotThere
from dukao.gate.models import Baseline, Meeting
from dukao.gate.queries.demands import seen_by
from dukao.gate.rules.meetings import (
    RULE_IDS,
    Finding,
    MeetingDefinition,
    Standing,
    judge_meeting,
    minutes_most,
    speech_seconds_most,
)
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import Actor, ancestor_ids
from dukao.registers.rules import LEVEL_OF

# Called and not taken back.
_CALLED = Q(state__in=[Meeting.State.PLANNED, Meeting.State.ENDED])
_LEVEL_NAMES = {number: name for name, number in LEVEL_OF.items()}


@dataclass(frozen=True, slots=True)
class SpeechView:
    """One item of the agenda. `seconds_most`: when the clock rings by rule; None where only its plan bounds it."""

    position: int
    speaker: str
    kind: str
    planned_minutes: int
    actual_seconds: int | None
    seconds_most: int | None

    @property
    def over_seconds(self) -> int:
        """How much longer than planned; never below 0."""
        return max(0, (self.actual_seconds or 0) - 60 * self.planned_minutes)


@dataclass(frozen=True, slots=True)
class MeetingView:
    """One meeting; minutes are of the meeting, `minutes_hundredths` (× 100) of all people of the units together."""

    number: str
    title: str
    kind: str
    basis: str
    state: str
    department_code: str
    department_name: str
    scope_code: str
    scope_name: str
    target_level: int
    unit_count: int
    people_called: int  # of the units
    attendees: int  # with those of whoever calls
    travel_minutes: int
    is_video: bool
    has_groups: bool
    called_by_deputy: bool
    wants_principals: bool
    starts_at: datetime
    planned_minutes: int
    minutes_most: int
    began_at: datetime | None
    ended_at: datetime | None
    minutes_hundredths: int
    excuse: str
    flags: tuple[tuple[str, str, str], ...]  # rule, what, source
    decision: str
    decided_by: str
    demand: str
    is_synthetic: bool
    agenda: tuple[SpeechView, ...] = ()
    may_lead: bool = False  # cancel it, run its clock
    may_decide: bool = False

    @property
    def actual_minutes(self) -> int | None:
        if self.began_at is None or self.ended_at is None:
            return None
        return round((self.ended_at - self.began_at).total_seconds() / 60)


@dataclass(frozen=True, slots=True)
class MeetingYear:
    """One department's meetings of a year so far; minutes × 100 are of all people called."""

    department_code: str
    department_name: str
    called: int
    held: int
    longer_than_planned: int
    planned_minutes_hundredths: int  # of those held
    actual_minutes_hundredths: int
    last_year: int | None
    baseline_year: int
    baseline: int | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say of a meeting as it is written now, and whom it would call."""

    findings: tuple[Finding, ...]
    department_id: int
    department_code: str
    scope_id: int
    on: date
    unit_ids: tuple[int, ...]
    attendees: int
    minutes_hundredths: int
    standing: Standing

    @property
    def unit_count(self) -> int:
        return len(self.unit_ids)

    @property
    def needs_approval(self) -> bool:
        """Whether nothing but the office's word is lacking."""
        refusing = [one for one in self.findings if one.refuses]
        return bool(refusing) and all(one.lifted_by == "approval" for one in refusing)


def judged_meeting(*, meeting: MeetingDefinition, viewer: Actor) -> Judged:
    """Judge a meeting that is about to be called. Raises NotThere (no right over the scope in that department)."""
    viewer.require("DEMANDS_ISSUE", org.unit_by_code(meeting.scope).path, department=meeting.department)
    return judged_now(meeting=meeting)


def judged_now(*, meeting: MeetingDefinition) -> Judged:
    """The same for whoever was let in already (internal)."""
    scope = org.unit_by_code(meeting.scope)
    department = org.department(code=meeting.department)
    on = timezone.localdate(meeting.starts_at)
    units = attending(meeting=meeting)
    attendees = len(units) * meeting.attendees_per_unit + meeting.own_attendees
    year = _standing(department.id, department.unit_id, on.year)
    rules = {rule_id: law.rule(rule_id, on) for rule_id in RULE_IDS}
    return Judged(
        findings=judge_meeting(meeting, attendees=attendees, standing=year, rules=rules),
        department_id=department.id, department_code=department.code, scope_id=scope.id, on=on, unit_ids=units,
        attendees=attendees, minutes_hundredths=len(units) * meeting.minutes_hundredths_per_unit, standing=year,
    )  # fmt: skip


def attending(*, meeting: MeetingDefinition) -> tuple[int, ...]:
    """Ids of the units that are called (internal)."""
    scope = org.unit_by_code(meeting.scope)
    if scope.level == meeting.level_number:
        return (scope.id,)
    return tuple(unit.id for unit in org.units_below(path=scope.path, level=meeting.level_number))


def definition_of(row: Meeting) -> MeetingDefinition:
    """A stored meeting as the department wrote it (internal)."""
    agenda = [
        {"speaker": one.speaker, "kind": one.kind, "minutes": one.planned_minutes}
        for one in row.speeches.order_by("position")
    ]
    return MeetingDefinition.model_validate({
        "title": row.title, "department": row.department.code, "kind": row.kind, "basis": row.basis,
        "scope": row.scope_unit.code, "level": _LEVEL_NAMES[row.target_level], "starts_at": row.starts_at,
        "minutes": row.planned_minutes, "attendees_per_unit": row.attendees_per_unit,
        "own_attendees": row.own_attendees, "travel_minutes": row.travel_minutes, "video": row.is_video,
        "groups": row.has_groups, "called_by_deputy": row.called_by_deputy,
        "wants_principals": row.wants_principals, "excuse": row.excuse, "synthetic": row.is_synthetic,
        "agenda": agenda,
    })  # fmt: skip


def meetings(
    *, viewer: Actor, department: str = "", state: str = "", since: date | None = None, until: date | None = None,
    most: int = 200,
) -> tuple[MeetingView, ...]:  # fmt: skip
    """Meetings the viewer may know of, the latest first: a department its own; supervision all that touch its subtree.

    `since` and `until` (exclusive) are days of the meeting.
    """
    chosen = Meeting.objects.filter(_seen_by(viewer))
    if department:
        chosen = chosen.filter(department__code=department)
    if state:
        chosen = chosen.filter(state=state)
    return _views(_held_in(chosen, since, until).order_by("-starts_at", "-id")[:most], viewer)


def meeting(*, number: str, viewer: Actor) -> MeetingView:
    """One meeting with its agenda: for whoever called it, for supervision, and for units that are called. NotThere."""
    chosen = Meeting.objects.filter(number=number).prefetch_related("speeches")
    for found in _views(chosen.filter(_seen_by(viewer) | _called_by(viewer)), viewer, with_agenda=True):
        return found
    raise NotThere()


def meetings_of_unit(*, unit: str, viewer: Actor, since: date, until: date) -> tuple[MeetingView, ...]:
    """What the unit is called to in `[since, until)`, in order of time. Raises NotThere."""
    called = org.unit_by_code(unit)
    if not (viewer.may("DEMANDS_RECEIVE", called.path) or viewer.may("DEMANDS_SEE_ALL", called.path)):
        raise NotThere()
    chosen = Meeting.objects.filter(
        _CALLED, scope_unit_id__in=ancestor_ids(called.path), target_level=called.level
    )  # fmt: skip
    return _views(_held_in(chosen, since, until).order_by("starts_at", "id"), viewer)


def meeting_years(*, viewer: Actor, year: int) -> tuple[MeetingYear, ...]:
    """What each department called in the year so far, by department code: a statement, no ranking."""
    chosen = Meeting.objects.filter(_seen_by(viewer), _CALLED, starts_at__year=year).select_related("department")
    by_department: dict[int, list[Meeting]] = {}
    for row in chosen.order_by("department__code"):
        by_department.setdefault(row.department_id, []).append(row)
    return tuple(_year_of(rows, year) for rows in by_department.values())


def _year_of(rows: list[Meeting], year: int) -> MeetingYear:
    department = rows[0].department
    standing = _standing(department.pk, department.unit_id, year)
    held = [row for row in rows if row.ended_at]
    return MeetingYear(
        department_code=department.code, department_name=department.name, called=len(rows), held=len(held),
        longer_than_planned=sum((_actual(row) or 0) > row.planned_minutes for row in held),
        planned_minutes_hundredths=sum(100 * _people(row) * row.planned_minutes for row in held),
        actual_minutes_hundredths=sum(100 * _people(row) * (_actual(row) or 0) for row in held),
        last_year=standing.last_year, baseline_year=_baseline_year(year), baseline=standing.baseline,
    )  # fmt: skip


def _standing(department_id: int, unit_id: int, year: int) -> Standing:
    """What the register holds of last year, else what was set as its baseline."""
    rows = Meeting.objects.filter(_CALLED, department_id=department_id)
    this_year = rows.filter(starts_at__year=year)
    bar = _baseline_year(year)
    set_ = dict(
        Baseline.objects.filter(
            department_id=department_id, unit_id=unit_id, kind="meeting", year__in=[year - 1, bar]
        ).values_list("year", "count")
    )  # fmt: skip
    return Standing(
        year=year, comprehensive=this_year.filter(kind=Meeting.Kind.COMPREHENSIVE).count(), called=this_year.count(),
        last_year=set_.get(year - 1) or rows.filter(starts_at__year=year - 1).count() or None, baseline=set_.get(bar),
    )  # fmt: skip


def _baseline_year(year: int) -> int:
    return int(law.rule("MTG-6", date(year, 12, 31)).parameters["baseline_year"])


def _people(row: Meeting) -> int:
    return row.unit_count * row.attendees_per_unit + row.own_attendees


def _actual(row: Meeting) -> int | None:
    return round((row.ended_at - row.began_at).total_seconds() / 60) if row.began_at and row.ended_at else None


def _seen_by(viewer: Actor) -> Q:
    return seen_by(viewer, asker="department")


def _called_by(viewer: Actor) -> Q:
    called = Q(pk__in=[])
    for standing in viewer.standings_with("DEMANDS_RECEIVE"):
        called |= _CALLED & Q(scope_unit_id__in=ancestor_ids(standing.unit_path), target_level=standing.unit_level)
    return called


def _held_in(chosen: QuerySet[Meeting], since: date | None, until: date | None) -> QuerySet[Meeting]:
    if since:
        chosen = chosen.filter(starts_at__date__gte=since)
    if until:
        chosen = chosen.filter(starts_at__date__lt=until)
    return chosen


def _views(rows: Iterable[Meeting], viewer: Actor, *, with_agenda: bool = False) -> tuple[MeetingView, ...]:
    if isinstance(rows, QuerySet):
        rows = rows.select_related("department", "scope_unit", "demand")
    return tuple(_view(row, viewer, with_agenda) for row in rows)


def _view(row: Meeting, viewer: Actor, with_agenda: bool) -> MeetingView:
    on = timezone.localdate(row.starts_at)
    length, speech = law.rule("MTG-2", on), law.rule("MTG-3", on)
    agenda = tuple(
        SpeechView(one.position, one.speaker, one.kind, one.planned_minutes, one.actual_seconds,
                   speech_seconds_most(one.kind, speech))
        for one in sorted(row.speeches.all(), key=lambda one: one.position)
    ) if with_agenda else ()  # fmt: skip
    actual = _actual(row)
    minutes = (row.planned_minutes if actual is None else actual) + row.travel_minutes
    return MeetingView(
        number=row.number, title=row.title, kind=row.kind, basis=row.basis, state=row.state,
        department_code=row.department.code, department_name=row.department.name, scope_code=row.scope_unit.code,
        scope_name=row.scope_unit.name, target_level=row.target_level, unit_count=row.unit_count,
        people_called=row.unit_count * row.attendees_per_unit, attendees=_people(row),
        travel_minutes=row.travel_minutes, is_video=row.is_video, has_groups=row.has_groups,
        called_by_deputy=row.called_by_deputy, wants_principals=row.wants_principals, starts_at=row.starts_at,
        planned_minutes=row.planned_minutes,
        minutes_most=minutes_most(is_video=row.is_video, has_groups=row.has_groups, rule=length),
        began_at=row.began_at, ended_at=row.ended_at,
        minutes_hundredths=100 * row.unit_count * row.attendees_per_unit * minutes, excuse=row.excuse,
        flags=tuple((flag["rule"], flag["what"], flag["source"]) for flag in row.flags), decision=row.decision,
        decided_by=row.decided_by, demand=row.demand.number if row.demand else "", is_synthetic=row.is_synthetic,
        agenda=agenda,
        may_lead=viewer.may("DEMANDS_ISSUE", row.scope_unit.path, department=row.department.code),
        may_decide=viewer.may("PLAN_DECIDE", row.scope_unit.path),
    )  # fmt: skip
