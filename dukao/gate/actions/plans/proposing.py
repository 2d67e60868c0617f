"""What departments do: propose an item, revise it, withdraw it; ask for one matter beyond the plan; say it is urgent.

1. A definition is checked against the house's lists, then judged beside the department's other items of the year.
2. Where a rule refuses, nothing is kept but the attempt, for the supervision office to see.
3. Every change is a version of its own, with its reason; earlier ones stay readable.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid
from dukao.gate.actions.bookings import give_back_visits_of
from dukao.gate.actions.plans.keeping import (
    ItemRefused,
    PlanClosed,
    WrongState,
    check_definition,
    decide,
    locked_item,
    locked_plan,
    next_item_number,
    reason_given,
    record_hits,
    tell,
    write_version,
    year_of,
)
from dukao.gate.actions.quotas import set_limits
from dukao.gate.models import Plan, PlanItem
from dukao.gate.queries.plans.judging import hits_of_definition
from dukao.gate.rules.hits import RuleHit
from dukao.gate.rules.items import PLAN_STATES, STATES, ItemDefinition
from dukao.org import queries as org
from dukao.org.queries import DepartmentView
from dukao.org.rules import Actor

_OPEN = (PlanItem.State.PROPOSED, PlanItem.State.REFUSED, PlanItem.State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class KeptItem:
    """`hits` are what the rules have to say without refusing."""

    number: str
    version: int
    state: str
    hits: tuple[RuleHit, ...]


def propose_item(
    *, year: int, department: str, definition: ItemDefinition, by: Actor, at: datetime
) -> KeptItem:  # fmt: skip
    """Propose an item for the department's unit's plan of this year or the next.

    Raises: NotThere, Invalid, PlanClosed, ItemRefused. Records: gate.plan_item.proposed; where the rules refuse,
    gate.demand.refused.
    """
    return _new(year, department, definition, "planned", "", by, at)


def request_exception(
    *, department: str, definition: ItemDefinition, reason: str, by: Actor, at: datetime
) -> KeptItem:  # fmt: skip
    """Ask to carry out one matter that is not in the plan (一事一报): waits for the office, with its own small quota.

    Raises: NotThere, Invalid, ItemRefused. Records: gate.plan_item.exception_requested, or gate.demand.refused.
    """
    return _new(definition.starts_on.year, department, definition, "exception", reason_given(reason), by, at)


def declare_emergency(
    *, department: str, definition: ItemDefinition, approver: str, reason: str, by: Actor, at: datetime
) -> KeptItem:  # fmt: skip
    """Carry out what cannot wait: at once, for some days, on the word of an approver (the office held, not a name).

    It ends by itself with its window, and the office may end it sooner. Raises: NotThere, Invalid, ItemRefused.
    Records: gate.plan_item.emergency_declared, or gate.demand.refused.
    """
    said = reason_given(reason)
    if not approver.strip() or len(approver.strip()) > 64:
        raise Invalid(_("请写明由谁批准"), errors={"approver": _("写职务，1 到 64 字，不写姓名")})
    return _new(definition.starts_on.year, department, definition, "emergency", said, by, at, approver=approver.strip())


def revise_item(*, number: str, definition: ItemDefinition, reason: str, by: Actor, at: datetime) -> KeptItem:
    """Change one's own item before it is approved, or propose it again after it was refused or withdrawn.

    Raises: NotThere, Invalid, PlanClosed, WrongState, ItemRefused. Records: gate.plan_item.revised, or
    gate.demand.refused.
    """

    def revise() -> KeptItem:
        item = own_item(number, by)
        said = reason_given(reason)
        if item.state not in _OPEN or item.origin == PlanItem.Origin.EMERGENCY:
            raise WrongState(
                _("{number} 已经{state}，不能再改").format(number=number, state=_(STATES[item.state])),
                todo=_("已批准的请走变更，写明理由"),
            )
        _require_open(item.plan, item.origin)
        department = org.department(code=item.department.code)
        scope = check_definition(definition, year=item.plan.year, department=department)
        hits = judged(definition, item.plan.year, department, item.origin, timezone.localdate(at), number=number)
        kept = write_version(
            item.plan, number, item.version + 1, definition, origin=item.origin, department_id=department.id,
            scope=scope, by=by, at=at, reason=said,
        )  # fmt: skip
        tell("gate.plan_item.revised", kept, by, at, reason=said)
        return KeptItem(number, kept.version, kept.state, hits)

    item = PlanItem.objects.filter(number=number, is_current=True).select_related("department").first()
    return _or_on_record(revise, definition, item.department.code if item else "", by, at)


def withdraw_item(*, number: str, reason: str, by: Actor, at: datetime) -> None:
    """Take an item back, one's own or as the office: nothing more is booked on it, what is booked is given back with
    its quota, what was executed stays. Twice is once.

    Raises: NotThere, Invalid, WrongState. Records: gate.plan_item.withdrawn; gate.visit.given_back for each booking.
    """
    _withdraw(number, reason, by, at)
    give_back_visits_of(item=number, reason=reason.strip(), by=by, at=at)


def _withdraw(number: str, reason: str, by: Actor, at: datetime) -> None:
    with transaction.atomic():
        item = locked_item(number)
        if not by.may("PLAN_DECIDE", item.plan.unit.path):
            by.require("DEMANDS_ISSUE", item.scope_unit.path, department=item.department.code)
        if item.state == PlanItem.State.WITHDRAWN:
            return
        if item.state not in (PlanItem.State.PROPOSED, PlanItem.State.APPROVED):
            raise WrongState(
                _("{number} 已经{state}").format(number=number, state=_(STATES[item.state])), todo=_("不用再撤回")
            )
        decide(item, PlanItem.State.WITHDRAWN, reason_given(reason), by, at)
        tell("gate.plan_item.withdrawn", item, by, at, reason=reason.strip())


def own_item(number: str, by: Actor) -> PlanItem:
    """An item of the actor's own department, locked. Raises NotThere."""
    item = locked_item(number)
    by.require("DEMANDS_ISSUE", item.scope_unit.path, department=item.department.code)
    return item


def judged(
    definition: ItemDefinition, year: int, department: DepartmentView, origin: str, on: date, *, number: str = ""
) -> tuple[RuleHit, ...]:  # fmt: skip
    """What the rules say without refusing. Raises ItemRefused where they refuse."""
    hits = hits_of_definition(
        definition=definition, year=year, department=department.code, origin=origin, number=number, on=on
    )
    if refusing := [hit for hit in hits if hit.refuses]:
        raise ItemRefused(refusing)
    return hits


def _new(
    year: int, department: str, definition: ItemDefinition, origin: str, reason: str, by: Actor, at: datetime, *,
    approver: str = "",
) -> KeptItem:  # fmt: skip
    """A new item; an emergency is let through as it is made."""
    on = timezone.localdate(at)

    def propose() -> KeptItem:
        owner, scope = org.department(code=department), org.unit_by_code(definition.scope)
        by.require("DEMANDS_ISSUE", scope.path, department=department)
        check_definition(definition, year=year_of(year, on), department=owner)
        if origin != PlanItem.Origin.PLANNED and definition.starts_on < on:
            raise Invalid(_("不能补办"), errors={"starts_on": _("从今天或以后开始")})
        plan = locked_plan(year=year, unit=owner, create=True)
        _require_open(plan, origin)
        hits = judged(definition, year, owner, origin, on)
        granted = {
            "state": PlanItem.State.APPROVED, "approved_by": approver, "approved_at": at, "decision": reason,
            "decided_by": by.name, "decided_at": at,
        } if approver else {}  # fmt: skip
        kept = write_version(
            plan, next_item_number(origin, year), 1, definition, origin=origin, department_id=owner.id, scope=scope,
            by=by, at=at, reason=reason, **granted,
        )  # fmt: skip
        if approver:
            set_limits(items=[kept.number])
        tell(_PROPOSED[origin], kept, by, at, title=kept.title, **({"reason": reason} if reason else {}))
        return KeptItem(kept.number, 1, kept.state, hits)

    return _or_on_record(propose, definition, department, by, at)


_PROPOSED = {
    "planned": "gate.plan_item.proposed",
    "exception": "gate.plan_item.exception_requested",
    "emergency": "gate.plan_item.emergency_declared",
}


def _or_on_record(
    do: Callable[[], KeptItem], definition: ItemDefinition, department: str, by: Actor, at: datetime
) -> KeptItem:  # fmt: skip
    """Do it in one transaction; where the rules refuse, put the attempt on record in another."""
    try:
        with transaction.atomic():
            return do()
    except ItemRefused as refused:
        record_attempt(refused.hits, definition, department, by, at)
        raise


def record_attempt(
    hits: Sequence[RuleHit], definition: ItemDefinition, department: str, by: Actor, at: datetime
) -> None:  # fmt: skip
    record_hits(
        hits, title=definition.title, department=department, scope_unit=definition.scope,
        target_level=definition.level_number, by=by, at=at,
    )  # fmt: skip


def _require_open(plan: Plan, origin: str) -> None:
    if origin == PlanItem.Origin.PLANNED and plan.state != Plan.State.COLLECTING:
        raise PlanClosed(
            _("{year} 年计划{state}，不再收新的事项").format(year=plan.year, state=_(PLAN_STATES[plan.state])),
            why=_("计划定稿以后只按计划执行"),
            todo=_("确有必要的，请一事一报；长期要做的，列入明年计划"),
        )
