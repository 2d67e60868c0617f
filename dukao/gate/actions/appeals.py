"""Appeals: a unit says in two taps that a demand should not have come; somebody else than who asked decides.

1. Only what is on the unit can be appealed, and one appeal at a time; the demand stands until it is decided.
2. The office decides within the profile's working days. Nobody decides about the demands of the own department.
3. Upheld, the demand is taken from that unit: its minutes are given back, and the last unit takes the demand with it.
   What else hangs on it (a filing, the party of a task) its own room lets go in the same transaction: a room above
   names what does so for a kind of demand in its `AppConfig.when_upheld`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotAllowed, NotThere, Refused
from dukao.base.sql import next_number
from dukao.base.trail import record_event
from dukao.gate.actions.bookings import give_back
from dukao.gate.actions.ledger import give_back_entries
from dukao.gate.models import Appeal, BurdenEntry, Demand, Visit
from dukao.gate.rules.appeals import GROUNDS, is_independent
from dukao.law import queries as law
from dukao.law.workdays import UnknownYear, workday_after
from dukao.org import queries as org
from dukao.org.rules import SYSTEM, Actor

_NUMBERS_LOCK = 0x6475_6B70  # PostgreSQL advisory lock: one appeal is numbered at a time.


class NothingToAppeal(Refused):
    """The demand was taken back, or is no longer on this unit."""


class AppealedAlready(Refused):
    """The unit's appeal waits for its decision, or the same was decided before."""


class AppealDecided(Refused):
    """Somebody has decided in the meantime."""


class NotIndependent(NotAllowed):
    """Who asked does not decide whether it should have been asked."""


@dataclass(frozen=True, slots=True)
class DecidedAppeal:
    """`demand_withdrawn`: it was on no other unit. `again`: it had been decided like this before."""

    demand: str
    kind: str
    unit: str
    is_upheld: bool
    demand_withdrawn: bool = False
    again: bool = False


def make_appeal(
    *, demand: str, unit: str, ground: str, note: str = "", is_synthetic: bool = False, by: Actor, at: datetime
) -> str:
    """Appeal the demand for the unit, and answer the appeal's number. The same while it is open is once.

    Raises: NotThere (not on this unit, or not the actor's unit), Invalid, NothingToAppeal, AppealedAlready.
    Records: gate.appeal.made.
    """
    with transaction.atomic():
        asked = org.unit_by_code(unit)
        by.require("DEMANDS_RECEIVE", asked.path)
        note = note.strip()
        if ground not in GROUNDS or len(note) > 300:
            raise Invalid(_("请选一个理由"), errors={"ground": _("四选一"), "note": _("最多 300 字")})
        # Locked, so that two taps at once make one appeal.
        found = Demand.objects.select_for_update().filter(number=demand).exclude(kind="platform").first()
        entry = BurdenEntry.objects.filter(demand=found, unit_id=asked.id).first() if found else None
        if found is None or entry is None:
            raise NotThere()
        before = Appeal.objects.filter(demand=found, unit_id=asked.id).order_by("-id")
        for earlier in before:
            if earlier.state == Appeal.State.OPEN and earlier.ground == ground:
                return earlier.number
            if earlier.state == Appeal.State.OPEN or earlier.ground == ground:
                raise AppealedAlready(
                    _("这项任务已经申诉过（{number}）").format(number=earlier.number),
                    why=_("一次只办一件申诉，同样的理由只决定一次"), todo=_("请在申诉里看进展和决定"),
                )  # fmt: skip
        if found.withdrawn_at is not None or entry.given_back_at is not None:
            raise NothingToAppeal(_("{number} 已经撤回，不用申诉").format(number=demand), todo=_("这项任务不用办了"))
        today = timezone.localdate(at)
        appeal = Appeal.objects.create(
            number=next_number(Appeal.objects.all(), f"SS{today.year}-", lock=_NUMBERS_LOCK), demand=found,
            unit_id=asked.id, ground=ground, note=note, made_at=at,
            due_on=_due(today), by_name=by.name, is_synthetic=is_synthetic,
        )  # fmt: skip
        record_event(
            verb="gate.appeal.made", subject=f"appeal:{appeal.number}", by=by, at=at, unit_path=asked.path,
            detail={"demand": demand, "unit": unit, "ground": ground, "due_on": appeal.due_on.isoformat()},
        )  # fmt: skip
    return appeal.number


def decide_appeal(*, appeal: str, is_upheld: bool, decision: str, by: Actor, at: datetime) -> DecidedAppeal:
    """Decide, with the reason; upheld, the demand is off that unit. The same again is once.

    Raises: NotThere, NotIndependent, Invalid, AppealDecided. Records: gate.appeal.decided; of a sheet
    sheets.filing.released, of a task tasks.task.party_released.
    """
    with transaction.atomic():
        chosen = Appeal.objects.select_for_update(of=("self",)).select_related("unit", "demand__asker", "demand")
        found = chosen.filter(number=appeal).first()
        if found is None:
            raise NotThere()
        by.require("APPEALS_DECIDE", found.unit.path)
        _require_independent(found, by)
        decision = decision.strip()
        if not 1 <= len(decision) <= 500:
            raise Invalid(_("请写明决定的理由"), errors={"decision": _("1 到 500 字")})
        state = Appeal.State.UPHELD if is_upheld else Appeal.State.REJECTED
        told = DecidedAppeal(found.demand.number, found.demand.kind, found.unit.code, is_upheld)
        if found.state == state and found.decision == decision:
            return DecidedAppeal(told.demand, told.kind, told.unit, is_upheld, again=True)
        if found.state != Appeal.State.OPEN:
            raise AppealDecided(_("{number} 已经有决定").format(number=appeal), todo=_("请刷新页面看决定"))
        found.state, found.decision, found.decided_at, found.decided_by = state, decision, at, by.name
        found.save(update_fields=["state", "decision", "decided_at", "decided_by"])
        is_last = is_upheld and _take_from_unit(found, at)
        record_event(
            verb="gate.appeal.decided", subject=f"appeal:{appeal}", by=by, at=at, unit_path=found.unit.path,
            detail={"demand": told.demand, "unit": told.unit, "is_upheld": is_upheld, "decision": decision,
                    "demand_withdrawn": is_last, "is_in_time": timezone.localdate(at) <= found.due_on},
        )  # fmt: skip
        decided = DecidedAppeal(told.demand, told.kind, told.unit, is_upheld, demand_withdrawn=is_last)
        if is_upheld:
            _release(decided, by, at)
    return decided


def _require_independent(appeal: Appeal, by: Actor) -> None:
    own = {standing.department_code for standing in by.standings}
    demand = appeal.demand
    if by.is_system or is_independent(
        asker=demand.asker.code, asked_by=demand.by_name, decider=by.name, decider_departments=own
    ):
        return
    raise NotIndependent(
        _("这项任务是您所在部门提出的，不能由您决定"),
        why=_("谁提要求，谁不当裁判"), todo=_("请督考办其他同志办理"),
        source=law.rule("APL-1", timezone.localdate(appeal.made_at)).source_text, rule="APL-1",
    )  # fmt: skip


def _take_from_unit(appeal: Appeal, at: datetime) -> bool:
    """The demand is no longer on the unit; answers whether it was on no other.

    A visit that is still to come gives its booking back; one that came has been.
    """
    demand = Demand.objects.select_for_update().get(pk=appeal.demand_id)
    if demand.withdrawn_at is not None:
        return False
    if demand.kind == "visit":
        held = Visit.objects.filter(demand=demand, state=Visit.State.HELD).values_list("number", flat=True).first()
        if held is not None:
            give_back(visit=held, reason=_("申诉成立（{number}）").format(number=appeal.number), by=SYSTEM, at=at)
        return held is not None
    estimated = sum(
        BurdenEntry.objects.filter(demand=demand, unit=appeal.unit, given_back_at=None, measured_hundredths=None)
        .values_list("minutes_hundredths", flat=True)
    )  # fmt: skip
    give_back_entries(demand_id=demand.pk, unit_ids=[appeal.unit_id], at=at)
    demand.spared_units.add(appeal.unit_id)
    if demand.unit_count == 1:
        demand.withdrawn_at = at
        demand.save(update_fields=["withdrawn_at"])
        return True
    demand.unit_count -= 1
    demand.minutes_hundredths = max(demand.minutes_hundredths - estimated, 0)
    bound = demand.unit_count * demand.minutes_hundredths_per_unit
    demand.minutes_hundredths = min(demand.minutes_hundredths, bound)
    demand.save(update_fields=["unit_count", "minutes_hundredths"])
    return False


def _release(decided: DecidedAppeal, by: Actor, at: datetime) -> None:
    for room in apps.get_app_configs():
        if path := getattr(room, "when_upheld", {}).get(decided.kind):
            import_string(path)(decided, by, at)


def _due(today: date) -> date:
    """By when it is decided. Basis: APL-1. Where next year's holidays are not known yet, weekdays are counted."""
    count = law.rule("APL-1", today).parameters["decision_workdays"]
    try:
        return workday_after(today, count)
    except UnknownYear:  # Earlier rather than later: the unit does not wait for a calendar.
        while count:
            today += timedelta(days=1)
            count -= today.weekday() < 5
        return today
