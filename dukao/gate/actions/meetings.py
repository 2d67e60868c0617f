"""Calling a meeting, letting the office decide where it must, and telling how long it really took.

1. The rules judge. What they refuse for good is put on record; what the office may lift waits as proposed.
2. A meeting that passes is a demand: its minutes are charged to whoever calls it.
3. The chair's clock tells how long it took; from then on the ledger holds what was measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.sql import next_number, one_at_a_time
from dukao.base.trail import record_event
from dukao.base.wording import say
from dukao.gate.actions.demands import NobodyAsked, Reason, issue_demand, record_refusal, withdraw_demand
from dukao.gate.actions.ledger import know_minutes, post_entries
from dukao.gate.models import Meeting, Speech
from dukao.gate.queries.meetings import Judged, attending, definition_of, judged_meeting, judged_now
from dukao.gate.rules.meetings import Finding, MeetingDefinition
from dukao.org import queries as org
from dukao.org.rules import SYSTEM, Actor

_NUMBERS_LOCK = 0x6475_6B6D  # PostgreSQL advisory lock: one meeting is numbered at a time, and counted against its cap.
_LONGEST = timedelta(days=3)


class MeetingRefused(Refused):
    """The rules stand against the meeting; `findings` holds all they say."""

    def __init__(self, findings: Sequence[Finding], *, todo: str = "") -> None:
        first = findings[0]
        self.findings = tuple(findings)
        super().__init__(
            say(first.what), why=say(first.why), todo=todo or say(first.todo), source=first.source, rule=first.rule
        )


class ReasonMissing(Refused):
    """A rule is lifted by a reason only, and there is none."""


class NotPlanned(Refused):
    """The meeting was held, cancelled or never called: this cannot be done to it any more."""


@dataclass(frozen=True, slots=True)
class CalledMeeting:
    """`state` is `planned`, or `proposed` where the office has to decide first."""

    number: str
    state: str


def call_meeting(*, meeting: MeetingDefinition, ask_approval: bool = False, by: Actor, at: datetime) -> CalledMeeting:
    """Call the units to a meeting; with `ask_approval` what only the office may lift waits for it.

    Raises: NotThere (no right over the scope in that department), Invalid, NobodyAsked, ReasonMissing, MeetingRefused,
    and what the gate refuses. Records: gate.meeting.called and gate.demand.issued, or gate.meeting.proposed;
    where the rules refuse, gate.demand.refused.
    """
    scope = org.unit_by_code(meeting.scope)
    by.require("DEMANDS_ISSUE", scope.path, department=meeting.department)
    if meeting.starts_at < at:
        raise Invalid(_("开会的时间已经过去"), errors={"starts_at": _("请改成今后的时间")})
    try:
        with transaction.atomic():
            one_at_a_time(_NUMBERS_LOCK)
            judged = judged_meeting(meeting=meeting, viewer=by)
            if not judged.unit_count:
                raise NobodyAsked(
                    _("{place}没有要参会的单位").format(place=scope.name), todo=_("请检查范围和层级")
                )  # fmt: skip
            refusing = [one for one in judged.findings if one.refuses]
            final = _final(refusing)
            if final or (refusing and not ask_approval):
                raise MeetingRefused(final or refusing)
            _require_excuse(judged.findings, meeting.excuse)
            row = _write(meeting, judged, Meeting.State.PROPOSED if refusing else Meeting.State.PLANNED, by, at)
    except MeetingRefused as refused:
        record_refusal(
            kind="meeting", title=meeting.title, asker=meeting.department, scope_unit=meeting.scope,
            target_level=meeting.level_number, by=by, at=at,
            reasons=[Reason(one.rule, str(one.what), one.source) for one in refused.findings],
        )  # fmt: skip
        raise
    return CalledMeeting(row.number, row.state)


def approve_meeting(*, meeting: str, reason: str, by: Actor, at: datetime) -> None:
    """The office lets a proposed meeting through. Twice is once.

    Raises: NotThere, Invalid, NotPlanned, MeetingRefused (a rule that it may not lift has come to stand against it),
    and what the gate refuses. Records: gate.meeting.approved, gate.demand.issued.
    """
    with transaction.atomic():
        one_at_a_time(_NUMBERS_LOCK)
        found = _for_office(meeting, reason, by)
        if found.state == Meeting.State.PLANNED:
            return
        _require_state(found, Meeting.State.PROPOSED)
        if found.starts_at < at:
            raise NotPlanned(_("开会的时间已经过去"), todo=_("请部门改时间后重新报"))
        definition = definition_of(found)
        if final := _final(judged_now(meeting=definition).findings):
            raise MeetingRefused(final)
        _issue(found, definition, SYSTEM, at)  # the department asked, the office lets it
        _decide(found, Meeting.State.PLANNED, "gate.meeting.approved", reason, by, at)


def refuse_meeting(*, meeting: str, reason: str, by: Actor, at: datetime) -> None:
    """The office does not let a proposed meeting through. Twice is once.

    Raises: NotThere, Invalid, NotPlanned. Records: gate.meeting.refused.
    """
    with transaction.atomic():
        found = _for_office(meeting, reason, by)
        if found.state == Meeting.State.REFUSED:
            return
        _require_state(found, Meeting.State.PROPOSED)
        _decide(found, Meeting.State.REFUSED, "gate.meeting.refused", reason, by, at)


def cancel_meeting(*, meeting: str, reason: str, by: Actor, at: datetime) -> None:
    """Nobody needs to come: the demand is withdrawn and its minutes given back. Twice is once.

    Raises: NotThere, Invalid, NotPlanned. Records: gate.meeting.cancelled, gate.demand.withdrawn.
    """
    with transaction.atomic():
        found = _own(meeting, by)
        if not reason.strip():
            raise Invalid(_("请写明取消的原因"), errors={"reason": _("不能为空")})
        if found.state == Meeting.State.CANCELLED:
            return
        _require_state(found, Meeting.State.PLANNED)
        found.state = Meeting.State.CANCELLED
        found.save(update_fields=["state"])
        assert found.demand is not None, "what was called has its demand"
        withdraw_demand(number=found.demand.number, reason=reason, by=by, at=at)
        _tell("gate.meeting.cancelled", found, by, at, {"reason": reason.strip()})


def record_times(
    *, meeting: str, began_at: datetime, ended_at: datetime, seconds: Mapping[int, int], by: Actor, at: datetime
) -> None:
    """How long the meeting and its speeches (position → seconds) really took, as the chair's clock has it.

    Sent again, the last telling counts until the next day. The ledger then holds what was measured for every unit.
    Raises: NotThere, Invalid, NotPlanned. Records: gate.meeting.ended.
    """
    with transaction.atomic():
        found = _own(meeting, by)
        if found.state != Meeting.State.ENDED:
            _require_state(found, Meeting.State.PLANNED)
        elif found.ended_at and at > found.ended_at + timedelta(days=1):
            raise NotPlanned(_("《{title}》的用时已经记下，不能再改").format(title=found.title))
        _refuse_bad_times(found, began_at, ended_at, seconds, at)
        found.began_at, found.ended_at, found.state = began_at, ended_at, Meeting.State.ENDED
        found.save(update_fields=["began_at", "ended_at", "state"])
        for speech in found.speeches.all():
            speech.actual_seconds = seconds.get(speech.position)
            speech.save(update_fields=["actual_seconds"])
        minutes = round((ended_at - began_at).total_seconds() / 60)
        assert found.demand_id is not None, "what was called has its demand"
        know_minutes(
            demand_id=found.demand_id,
            minutes_hundredths=100 * found.attendees_per_unit * (minutes + found.travel_minutes),
        )
        _tell("gate.meeting.ended", found, by, at, {"minutes": minutes, "planned": found.planned_minutes})


def _final(findings: Sequence[Finding]) -> list[Finding]:
    """What stands against it, whatever the office says."""
    return [one for one in findings if one.refuses and one.lifted_by != "approval"]


def _require_excuse(findings: Sequence[Finding], excuse: str) -> None:
    doubted = [one for one in findings if one.lifted_by]
    if doubted and not excuse.strip():
        first = doubted[0]
        raise ReasonMissing(
            say(first.what), why=say(first.why), todo=say(first.todo), source=first.source, rule=first.rule
        )


def _write(meeting: MeetingDefinition, judged: Judged, state: str, by: Actor, at: datetime) -> Meeting:
    row = Meeting(
        number=next_number(Meeting.objects.all(), f"HY{timezone.localtime(at).year}-", lock=_NUMBERS_LOCK),
        department_id=judged.department_id, title=meeting.title,
        kind=meeting.kind, basis=meeting.basis, state=state, is_video=meeting.video, has_groups=meeting.groups,
        called_by_deputy=meeting.called_by_deputy, wants_principals=meeting.wants_principals,
        scope_unit_id=judged.scope_id, target_level=meeting.level_number, unit_count=judged.unit_count,
        attendees_per_unit=meeting.attendees_per_unit, own_attendees=meeting.own_attendees,
        travel_minutes=meeting.travel_minutes, starts_at=meeting.starts_at, planned_minutes=meeting.minutes,
        excuse=meeting.excuse, by_name=by.name, made_at=at, is_synthetic=meeting.synthetic,
        flags=[{"rule": one.rule, "what": str(one.what), "source": one.source} for one in judged.findings],
    )  # fmt: skip
    if state == Meeting.State.PLANNED:
        _issue(row, meeting, by, at)
    row.save()
    Speech.objects.bulk_create(
        Speech(meeting=row, position=position, speaker=one.speaker, kind=one.kind, planned_minutes=one.minutes)
        for position, one in enumerate(meeting.agenda, start=1)
    )
    verb = "gate.meeting.called" if state == Meeting.State.PLANNED else "gate.meeting.proposed"
    _tell(verb, row, by, at, {"kind": row.kind, "minutes": row.planned_minutes, "units": row.unit_count})
    return row


def _issue(row: Meeting, meeting: MeetingDefinition, by: Actor, at: datetime) -> None:
    units = attending(meeting=meeting)
    each = meeting.minutes_hundredths_per_unit
    issued = issue_demand(
        kind="meeting", title=meeting.title, asker=meeting.department, scope_unit=meeting.scope,
        target_level=meeting.level_number, basis=meeting.basis, due_on=timezone.localdate(meeting.starts_at),
        unit_count=len(units), minutes_hundredths=each * len(units), minutes_hundredths_per_unit=each,
        is_emergency=False, by=by, at=at,
    )  # fmt: skip
    row.demand_id = issued.id
    post_entries(
        demand_id=issued.id, asker_id=row.department_id, kind="meeting", on=timezone.localdate(meeting.starts_at),
        minutes_by_unit=dict.fromkeys(units, each), estimate="meeting",
    )  # fmt: skip


def _decide(row: Meeting, state: str, verb: str, reason: str, by: Actor, at: datetime) -> None:
    row.state, row.decision, row.decided_by, row.decided_at = state, reason.strip(), by.name, at
    row.save(update_fields=["state", "decision", "decided_by", "decided_at", "demand"])
    _tell(verb, row, by, at, {"reason": reason.strip()})


def _for_office(number: str, reason: str, by: Actor) -> Meeting:
    found = _locked(number)
    by.require("PLAN_DECIDE", found.scope_unit.path)
    if not reason.strip():
        raise Invalid(_("请写明理由"), errors={"reason": _("不能为空")})
    return found


def _own(number: str, by: Actor) -> Meeting:
    found = _locked(number)
    by.require("DEMANDS_ISSUE", found.scope_unit.path, department=found.department.code)
    return found


def _locked(number: str) -> Meeting:
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("department", "scope_unit", "demand")
    found = rows.filter(number=number).first()
    if found is None:
        raise NotThere()
    return found


def _require_state(row: Meeting, state: str) -> None:
    if row.state != state:
        told = _("《{title}》{state}，不能再这样做").format(title=row.title, state=row.get_state_display())
        raise NotPlanned(told, todo=_("请刷新页面看最新情况"))


def _refuse_bad_times(
    row: Meeting, began_at: datetime, ended_at: datetime, seconds: Mapping[int, int], at: datetime
) -> None:
    errors = {}
    if not began_at < ended_at <= at + timedelta(minutes=5):
        errors["ended_at"] = _("结束要晚于开始，也不能在现在以后")
    elif ended_at - began_at > _LONGEST:
        errors["ended_at"] = _("会议不会开这么久，请检查日期")
    known = set(row.speeches.values_list("position", flat=True))
    if not set(seconds) <= known:
        errors["seconds"] = _("议程里没有第 {n} 项").format(n=min(set(seconds) - known))
    elif any(count < 0 for count in seconds.values()) or (
        not errors and sum(seconds.values()) > (ended_at - began_at).total_seconds() + 60
    ):
        errors["seconds"] = _("各项用时加起来比会议还长")
    if errors:
        raise Invalid(_("用时不对"), errors=errors)


def _tell(verb: str, row: Meeting, by: Actor, at: datetime, detail: dict[str, object]) -> None:
    record_event(verb=verb, subject=f"meeting:{row.number}", by=by, at=at, unit_path=row.scope_unit.path, detail=detail)
