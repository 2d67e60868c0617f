"""What the supervision office does: merge, trim, approve, refuse, freeze and publish; grant an exception; amend.

Nothing is decided without a reason. The office may narrow what it was proposed and refuse it; it may not let through
what the rules refuse. After approval, whatever widens an item is an amendment by the office and a version of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.definitions import checked
from dukao.base.refusals import Invalid, NotThere
from dukao.base.trail import record_event
from dukao.base.wording import joined
from dukao.gate.actions.plans.keeping import (
    ItemRefused,
    WrongState,
    check_definition,
    decide,
    locked_item,
    locked_plan,
    reason_given,
    tell,
    write_version,
)
from dukao.gate.actions.plans.proposing import KeptItem, judged, record_attempt
from dukao.gate.actions.quotas import set_limits
from dukao.gate.models import Plan, PlanItem
from dukao.gate.queries.plans.judging import widening_of
from dukao.gate.queries.plans.views import definition_of
from dukao.gate.rules.hits import RuleHit
from dukao.gate.rules.items import STATES, ItemDefinition
from dukao.gate.rules.merging import Merging, merged
from dukao.org import queries as org
from dukao.org.rules import Actor, ancestor_ids

_STATE = PlanItem.State


@dataclass(frozen=True, slots=True)
class MergedItem:
    """The item that carries the others, and how many visits the merging saves."""

    number: str
    version: int
    visits_saved: int


def merge_items(
    *, into: str, numbers: Sequence[str], reason: str, title: str = "", by: Actor, at: datetime
) -> MergedItem:  # fmt: skip
    """Make one item of several: `into` becomes a new version that carries the others' targets and questions.

    The office approves it afterwards like any other. Raises: NotThere, Invalid, WrongState.
    Records: gate.plan_item.merged for each that is carried, gate.plan_item.enlarged for the one that carries.
    """
    with transaction.atomic():
        lead = _to_decide(into, by)
        others = [_to_decide(number, by) for number in sorted(set(numbers) - {into})]
        said = reason_given(reason)
        if not others:
            raise Invalid(_("请至少选两项"), errors={"numbers": _("至少两项")})
        _require_mergeable([lead, *others])
        scope = _common_scope([lead, *others])
        parts = [_merging(item) for item in (lead, *others)]
        whole = merged(parts[0], parts[1:], scope=scope.code, title=title.strip())
        whole = checked(ItemDefinition, whole.model_dump(), place=into)
        kept = write_version(
            lead.plan, into, lead.version + 1, whole, origin=lead.origin, department_id=lead.department_id, scope=scope,
            by=by, at=at, reason=said,
        )  # fmt: skip
        tell("gate.plan_item.enlarged", kept, by, at, reason=said, carries=[item.number for item in others])
        for item in others:
            decide(item, _STATE.MERGED, said, by, at, merged_into=into)
            tell("gate.plan_item.merged", item, by, at, reason=said, into=into)
    saved = sum(part.definition.visits_most for part in parts) - kept.visits_most
    return MergedItem(into, kept.version, saved)


def trim_item(*, number: str, definition: ItemDefinition, reason: str, by: Actor, at: datetime) -> KeptItem:
    """Narrow a proposed item; what widens it is the department's to propose.

    Raises: NotThere, Invalid, WrongState, ItemRefused. Records: gate.plan_item.trimmed.
    """
    with transaction.atomic():
        item = _to_decide(number, by)
        said = reason_given(reason)
        if more := widening_of(number=number, definition=definition, on=timezone.localdate(at)):
            raise ItemRefused(more)
        kept = _next_version(item, definition, said, by, at)
        tell("gate.plan_item.trimmed", kept, by, at, reason=said)
    return KeptItem(number, kept.version, kept.state, ())


def approve_item(*, number: str, reason: str, by: Actor, at: datetime) -> KeptItem:
    """Let a planned item through: its quota stands from now on.

    Raises: NotThere, Invalid, WrongState, ItemRefused. Records: gate.plan_item.approved.
    """
    return _let_through(number, PlanItem.Origin.PLANNED, reason, by.name, by, at)


def grant_exception(*, number: str, reason: str, approver: str = "", by: Actor, at: datetime) -> KeptItem:
    """Let one matter beyond the plan through (一事一报), on the approver's word (the office held; else the decider's).

    Raises: NotThere, Invalid, WrongState, ItemRefused. Records: gate.plan_item.exception_granted.
    """
    return _let_through(number, PlanItem.Origin.EXCEPTION, reason, approver.strip()[:64] or by.name, by, at)


def refuse_item(*, number: str, reason: str, by: Actor, at: datetime) -> None:
    """Do not let an item through, and say why.

    Raises: NotThere, Invalid, WrongState. Records: gate.plan_item.refused.
    """
    with transaction.atomic():
        item = _to_decide(number, by)
        decide(item, _STATE.REFUSED, reason_given(reason), by, at)
        tell("gate.plan_item.refused", item, by, at, reason=reason.strip())


def amend_item(*, number: str, definition: ItemDefinition, reason: str, by: Actor, at: datetime) -> KeptItem:
    """Change an approved item by a new version, which holds at once; the ones before stay readable.

    A department may narrow its own; what widens an item, by whatever name, takes the office and its reason.
    Raises: NotThere, Invalid, WrongState, ItemRefused, LimitBelowBooked. Records: gate.plan_item.amended, or
    gate.demand.refused.
    """
    hits: tuple[RuleHit, ...] = ()
    department = ""
    try:
        with transaction.atomic():
            item = locked_item(number)
            department, decides = item.department.code, by.may("PLAN_DECIDE", item.plan.unit.path)
            if not decides:
                by.require("DEMANDS_ISSUE", item.scope_unit.path, department=department)
            if item.state != _STATE.APPROVED:
                raise _not_in_state(item)
            said = reason_given(reason)
            owner = org.department(code=department)
            # Before anything is judged: an unknown unit would be no unit.
            check_definition(definition, year=item.plan.year, department=owner)
            more = widening_of(number=number, definition=definition, on=timezone.localdate(at))
            if more and not decides:
                raise ItemRefused(more)
            hits = judged(definition, item.plan.year, owner, item.origin, timezone.localdate(at), number=number)
            approver = item.approved_by if item.origin != PlanItem.Origin.PLANNED else by.name
            kept = _next_version(
                item, definition, said, by, at, state=_STATE.APPROVED, approved_by=approver, approved_at=at,
                decision=said, decided_by=by.name, decided_at=at,
            )  # fmt: skip
            set_limits(items=[number])
            tell("gate.plan_item.amended", kept, by, at, reason=said, widened=[hit.place for hit in more])
    except ItemRefused as refused:
        if not by.may("PLAN_DECIDE", org.department(code=department).unit_path):
            record_attempt(refused.hits, definition, department, by, at)
        raise
    return KeptItem(number, kept.version, kept.state, hits)


def freeze_plan(*, year: int, unit: str, by: Actor, at: datetime) -> None:
    """Settle the plan: every item is decided, and no further one is taken. Twice is once.

    Raises: NotThere, WrongState. Records: gate.plan.frozen.
    """
    with transaction.atomic():
        plan = _plan_to_decide(year, unit, by)
        if plan.state != Plan.State.COLLECTING:
            return
        planned = plan.items.filter(is_current=True, origin=PlanItem.Origin.PLANNED)
        waiting = sorted(planned.filter(state=_STATE.PROPOSED).values_list("number", flat=True))
        if waiting:
            raise WrongState(
                _("还有 {n} 项没有决定").format(n=len(waiting)),
                why=_("定稿以后不再增减"),
                todo=_("请先批准、并入或不通过：{numbers}").format(numbers=joined(waiting[:5])),
            )
        if not planned.filter(state=_STATE.APPROVED).exists():
            raise WrongState(_("计划里还没有一项获得批准"), todo=_("请先批准事项，再定稿"))
        plan.state, plan.frozen_at = Plan.State.FROZEN, at
        plan.save(update_fields=["state", "frozen_at"])
        _tell_plan("gate.plan.frozen", plan, by, at)


def publish_plan(*, year: int, unit: str, by: Actor, at: datetime) -> None:
    """Show the settled plan to everybody it concerns, villages first of all; from now on it may be carried out.

    Twice is once. Raises: NotThere, WrongState. Records: gate.plan.published.
    """
    with transaction.atomic():
        plan = _plan_to_decide(year, unit, by)
        if plan.state == Plan.State.PUBLISHED:
            return
        if plan.state != Plan.State.FROZEN:
            raise WrongState(_("计划还没有定稿"), todo=_("请先定稿，再公布"))
        plan.state, plan.published_at = Plan.State.PUBLISHED, at
        plan.save(update_fields=["state", "published_at"])
        _tell_plan("gate.plan.published", plan, by, at)


def _let_through(number: str, origin: str, reason: str, approver: str, by: Actor, at: datetime) -> KeptItem:
    with transaction.atomic():
        item = _to_decide(number, by)
        if item.origin != origin:
            raise NotThere()
        said = reason_given(reason)
        owner = org.department(code=item.department.code)
        hits = judged(definition_of(item), item.plan.year, owner, origin, timezone.localdate(at), number=number)
        decide(item, _STATE.APPROVED, said, by, at, approved_by=approver, approved_at=at)
        set_limits(items=[number])
        verb = "gate.plan_item.approved" if origin == PlanItem.Origin.PLANNED else "gate.plan_item.exception_granted"
        tell(verb, item, by, at, reason=said, visits_most=item.visits_most)
    return KeptItem(number, item.version, item.state, hits)


def _to_decide(number: str, by: Actor) -> PlanItem:
    """A proposed item that is the actor's to decide. Raises NotThere, WrongState."""
    item = locked_item(number)
    by.require("PLAN_DECIDE", item.plan.unit.path)
    if item.state != _STATE.PROPOSED:
        raise _not_in_state(item)
    return item


def _not_in_state(item: PlanItem) -> WrongState:
    return WrongState(
        _("{number} 现在是“{state}”，不能这样办").format(number=item.number, state=_(STATES[item.state])),
        todo=_("请刷新页面，看它现在的状态"),
    )


def _plan_to_decide(year: int, unit: str, by: Actor) -> Plan:
    place = org.unit_by_code(unit)
    by.require("PLAN_DECIDE", place.path)
    return locked_plan(year=year, unit=place)


def _next_version(
    item: PlanItem, definition: ItemDefinition, reason: str, by: Actor, at: datetime, **more: object
) -> PlanItem:  # fmt: skip
    scope = check_definition(
        definition, year=item.plan.year, department=org.department(code=item.department.code)
    )  # fmt: skip
    return write_version(
        item.plan, item.number, item.version + 1, definition, origin=item.origin, department_id=item.department_id,
        scope=scope, by=by, at=at, reason=reason, **more,
    )  # fmt: skip


def _merging(item: PlanItem) -> Merging:
    definition = definition_of(item)
    named = frozenset(target.unit for target in definition.targets)
    below = org.units_below(path=item.scope_unit.path, level=item.target_level) if not named else ()
    return Merging(definition, named or frozenset(unit.code for unit in below))


def _require_mergeable(items: Sequence[PlanItem]) -> None:
    if len({(item.plan_id, item.origin, item.target_level) for item in items}) > 1:
        raise WrongState(_("这几项不能合并"), why=_("只有同一年计划内、同一级对象的事项可以合并"), todo=_("请分别审议"))
    if items[0].origin != PlanItem.Origin.PLANNED:
        raise WrongState(_("一事一报不能合并"), why=_("一事一报只管一件事"), todo=_("请分别审议"))


def _common_scope(items: Sequence[PlanItem]) -> org.UnitView:
    """The lowest unit above all of them."""
    ways = [ancestor_ids(item.scope_unit.path) for item in items]
    common = [steps[0] for steps in zip(*ways, strict=False) if len(set(steps)) == 1]
    return org.unit_by_id(common[-1])


def _tell_plan(verb: str, plan: Plan, by: Actor, at: datetime) -> None:
    record_event(
        verb=verb, subject=f"plan:{plan.unit.code}:{plan.year}", by=by, at=at, unit_path=plan.unit.path,
        detail={"year": plan.year},
    )  # fmt: skip
