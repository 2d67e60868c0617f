"""Demands: the only way in which anything is asked of units below."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.sql import next_number
from dukao.base.trail import record_event
from dukao.gate.actions.ledger import give_back_entries
from dukao.gate.actions.replacing import refuse_too_long, replaced_demand
from dukao.gate.models import Demand, Refusal
from dukao.gate.rules.demands import KINDS
from dukao.org import queries as org
from dukao.org.rules import Actor

_NUMBERS_LOCK = 0x6475_6B62  # PostgreSQL advisory lock: one demand is numbered at a time.


class DemandWithoutBasis(Refused):
    """Nobody is asked without a reason that can be named."""


class DueDatePassed(Refused):
    """The day by which it is asked lies in the past."""


class NobodyAsked(Refused):
    """There is no unit to ask, or nothing to ask of it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that a demand broke, in words."""

    rule: str
    what: str
    source: str


@dataclass(frozen=True, slots=True)
class IssuedDemand:
    id: int
    number: str


def issue_demand(
    *,
    kind: str,
    title: str,
    asker: str,
    scope_unit: str,
    target_level: int,
    basis: str,
    due_on: date,
    unit_count: int,
    minutes_hundredths: int,
    minutes_hundredths_per_unit: int,
    is_emergency: bool,
    spared_unit_ids: Collection[int] = (),
    in_place_of: str = "",
    by: Actor,
    at: datetime,
) -> IssuedDemand:
    """Admit what a department (`asker`, its code) asks of the units of `target_level` below `scope_unit` (a code).

    `minutes_hundredths` is what all units together will spend, charged to the asker; `…_per_unit` bounds one unit.
    Of `spared_unit_ids` nothing is asked: the demand is not on them, and `unit_count` leaves them out.
    `in_place_of` is the number of an ended demand of the department, where the profile wants one out for one in.
    Raises: NotThere (no right over the scope in that department), Invalid, DemandWithoutBasis, DueDatePassed,
    DemandTooLong, NobodyAsked, NothingEnded. Records: gate.demand.issued.
    """
    assert kind in KINDS, f"unknown kind of demand {kind!r}"
    with transaction.atomic():
        department = org.department(code=asker)
        scope = org.unit_by_code(scope_unit)
        _require_asking(by, kind, scope.path, asker)
        _refuse_bad_words(title, basis)
        today = timezone.localdate(at)
        if due_on < today:
            raise DueDatePassed(_("截止日期 {due} 已经过去").format(due=due_on), todo=_("请改成今天以后的日期"))
        refuse_too_long(due_on, today)
        replaced = replaced_demand(
            number=in_place_of, kind=kind, asker_id=department.id, is_emergency=is_emergency, today=today
        )
        if unit_count <= 0:
            raise NobodyAsked(_("{place}没有要填报的单位").format(place=scope.name), todo=_("请检查下发范围和填报层级"))
        demand = Demand.objects.create(
            number=next_number(Demand.objects.all(), f"XQ{today.year}-", lock=_NUMBERS_LOCK), kind=kind,
            title=title.strip(), asker_id=department.id,
            scope_unit_id=scope.id, target_level=target_level, basis=basis.strip(), is_emergency=is_emergency,
            unit_count=unit_count, minutes_hundredths=minutes_hundredths,
            minutes_hundredths_per_unit=minutes_hundredths_per_unit, issued_at=at, due_on=due_on, by_name=by.name,
            in_place_of_id=replaced,
        )  # fmt: skip
        Demand.spared_units.through.objects.bulk_create(
            (Demand.spared_units.through(demand_id=demand.pk, unit_id=pk) for pk in spared_unit_ids), batch_size=2000
        )
        record_event(
            verb="gate.demand.issued", subject=f"demand:{demand.number}", by=by, at=at, unit_path=scope.path,
            detail={
                "kind": kind, "asker": asker, "target_level": target_level, "basis": demand.basis,
                "due_on": due_on.isoformat(), "is_emergency": is_emergency, "unit_count": unit_count,
                "minutes_hundredths": minutes_hundredths,
            } | ({"in_place_of": in_place_of} if replaced else {}),
        )  # fmt: skip
    return IssuedDemand(id=demand.pk, number=demand.number)


def record_refusal(
    *, kind: str, title: str, asker: str, scope_unit: str, target_level: int, reasons: Sequence[Reason], by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Put on record that the rules did not let a demand through: who wanted to ask what of whom, and which rules.

    Raises: NotThere (no right over the scope in that department). Records: gate.demand.refused.
    """
    assert kind in KINDS, f"unknown kind of demand {kind!r}"
    with transaction.atomic():
        department = org.department(code=asker)
        scope = org.unit_by_code(scope_unit)
        _require_asking(by, kind, scope.path, asker)
        put_refusal(
            kind=kind, title=title, asker_id=department.id, asker=asker, scope_id=scope.id, scope_path=scope.path,
            target_level=target_level, reasons=reasons, by=by, at=at,
        )  # fmt: skip


def put_refusal(
    *, kind: str, title: str, asker_id: int, asker: str, scope_id: int, scope_path: str, target_level: int,
    reasons: Sequence[Reason], by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Inside the room: `record_refusal` for a caller who has checked the right. Records: gate.demand.refused."""
    assert reasons, "a refusal names its rules"
    with transaction.atomic():
        Refusal.objects.create(
            kind=kind, title=title[:120], asker_id=asker_id, scope_unit_id=scope_id, target_level=target_level,
            reasons=[asdict(reason) for reason in reasons], refused_at=at, by_name=by.name,
        )  # fmt: skip
        record_event(
            verb="gate.demand.refused", subject=f"department:{asker}", by=by, at=at, unit_path=scope_path,
            detail={"kind": kind, "title": title, "rules": sorted({reason.rule for reason in reasons})},
        )  # fmt: skip


def withdraw_demand(*, number: str, reason: str, by: Actor, at: datetime) -> None:
    """Take the demand back: it stays on the record, and what is not spent yet is no longer charged. Twice is once.

    Raises: NotThere, Invalid. Records: gate.demand.withdrawn.
    """
    with transaction.atomic():
        demand = Demand.objects.select_for_update(of=("self",)).select_related("asker", "scope_unit")
        found = demand.filter(number=number).first()
        if found is None:
            raise NotThere()
        _require_asking(by, found.kind, found.scope_unit.path, found.asker.code)
        if not reason.strip():
            raise Invalid(_("请写明撤回的原因"), errors={"reason": _("不能为空")})
        if found.withdrawn_at is not None:
            return
        found.withdrawn_at = at
        found.save(update_fields=["withdrawn_at"])
        given_back = give_back_entries(demand_id=found.pk, at=at)
        record_event(
            verb="gate.demand.withdrawn", subject=f"demand:{number}", by=by, at=at, unit_path=found.scope_unit.path,
            detail={"reason": reason.strip(), "entries_given_back": given_back},
        )  # fmt: skip


def _require_asking(by: Actor, kind: str, scope_path: str, asker: str) -> None:
    """A department asks in its own name; a task is set by the supervision office, in the name of whose matter it is."""
    if kind == "task":
        by.require("TASKS_DECIDE", scope_path)
    else:
        by.require("DEMANDS_ISSUE", scope_path, department=asker)


def _refuse_bad_words(title: str, basis: str) -> None:
    if not title.strip() or len(title) > 120:
        raise Invalid(_("请写明要什么"), errors={"title": _("1 到 120 字")})
    if not basis.strip():
        raise DemandWithoutBasis(
            _("没有写明依据"),
            why=_("没有依据的任务不得下达基层"),
            todo=_("请写明文件名称和文号，或批准的会议、领导批示编号"),
        )
    if len(basis) > 300:
        raise Invalid(_("依据太长"), errors={"basis": _("最多 300 字")})
