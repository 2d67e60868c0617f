"""How items of a plan are kept: their versions, numbers and locks, and how a rule's word becomes a refusal."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.sql import next_number, one_at_a_time
from dukao.base.trail import record_event
from dukao.base.wording import joined, say
from dukao.gate.actions.demands import Reason, record_refusal
from dukao.gate.models import Plan, PlanItem, PlanTarget
from dukao.gate.queries.plans.topics import topics
from dukao.gate.rules.hits import RuleHit
from dukao.gate.rules.items import PREFIXES, ItemDefinition
from dukao.org import queries as org
from dukao.org.queries import DepartmentView, UnitView
from dukao.org.rules import Actor
from dukao.registers import queries as registers

_PLANS_LOCK = 0x6475_6B66  # PostgreSQL advisory lock: items are numbered, and judged beside each other, one at a time.
_REASON_MOST = 300


class ItemRefused(Refused):
    """Rules stand against the item. `hits` are all that refuse, the first one leads."""

    def __init__(self, hits: Sequence[RuleHit]) -> None:
        self.hits = tuple(hits)
        first, n_others = self.hits[0], len(self.hits) - 1
        more = _("（另有 {n} 处）").format(n=n_others) if n_others else ""
        super().__init__(
            say(first.what) + more, why=say(first.why), todo=say(first.todo), source=first.source, rule=first.rule
        )

    def as_dict(self) -> dict[str, Any]:
        said = [asdict(hit) | {"what": say(hit.what), "why": say(hit.why), "todo": say(hit.todo)} for hit in self.hits]
        return super().as_dict() | {"hits": said}


class PlanClosed(Refused):
    """The plan is settled: what is new goes by 一事一报."""


class WrongState(Refused):
    """The item, or the plan, is not in a state in which this can be done to it."""


def locked_plan(*, year: int, unit: UnitView | DepartmentView, create: bool = False) -> Plan:
    """The unit's plan for the year, locked with all its items. Raises NotThere."""
    one_at_a_time(_PLANS_LOCK)
    unit_id = unit.unit_id if isinstance(unit, DepartmentView) else unit.id
    if create:
        Plan.objects.get_or_create(year=year, unit_id=unit_id)
    found = Plan.objects.select_for_update(of=("self",)).select_related("unit").filter(year=year, unit_id=unit_id)
    for plan in found:
        return plan
    raise NotThere()


def locked_item(number: str) -> PlanItem:
    """The current version, with its plan locked first. Raises NotThere."""
    found = PlanItem.objects.filter(number=number, is_current=True).values_list("plan__year", "plan__unit_id").first()
    if found is None:
        raise NotThere()
    locked_plan(year=found[0], unit=org.unit_by_id(found[1]))
    return (
        PlanItem.objects.select_for_update(of=("self",))
        .select_related("plan__unit", "department", "scope_unit")
        .get(number=number, is_current=True)
    )


def reason_given(reason: str) -> str:
    """The reason, without which nothing is decided. Raises Invalid."""
    if not reason.strip():
        raise Invalid(_("请写明理由"), errors={"reason": _("不能为空")})
    if len(reason.strip()) > _REASON_MOST:
        raise Invalid(_("理由太长"), errors={"reason": _("最多 {n} 字").format(n=_REASON_MOST)})
    return reason.strip()


def check_definition(definition: ItemDefinition, *, year: int, department: DepartmentView) -> UnitView:
    """What can be said of a definition only with the house's own lists at hand; answer the scope. Raises Invalid."""
    errors: dict[str, str] = {}
    if definition.topic not in topics():
        errors["topic"] = _("没有主题 {code}").format(code=definition.topic)
    if {definition.starts_on.year, definition.ends_on.year} != {year}:
        errors["starts_on"] = _("时间窗口要在 {year} 年之内").format(year=year)
    scope = org.unit_by_code(definition.scope)
    if not scope.path.startswith(department.unit_path):
        raise NotThere()
    units = org.units_by_codes(target.unit for target in definition.targets)
    strange = [
        target.unit for target in definition.targets
        if target.unit not in units or not units[target.unit].path.startswith(scope.path)
        or units[target.unit].level != definition.level_number
    ]  # fmt: skip
    if strange:
        errors["targets"] = _("不在范围内，或不是所选的那一级：{codes}").format(codes=joined(strange[:5]))
    elif not definition.targets and not org.count_below(path=scope.path, level=definition.level_number):
        errors["level"] = _("{scope}没有这一级的单位").format(scope=scope.name)
    elements = registers.elements_by_code(q.element for q in definition.questions if q.element)
    for at, question in enumerate(definition.questions):
        if question.element and question.element not in elements:
            errors[f"questions.{at}"] = _("没有数据元 {code}").format(code=question.element)
    if errors:
        raise Invalid(_("有 {n} 处要改，还没有保存").format(n=len(errors)), errors=errors)
    return scope


def next_item_number(origin: str, year: int) -> str:
    """`JH2026-0001`, `YS2026-0001`, `YJ2026-0001` and on."""
    return next_number(PlanItem.objects.filter(version=1), f"{PREFIXES[origin]}{year}-", lock=_PLANS_LOCK)


def write_version(
    plan: Plan, number: str, version: int, definition: ItemDefinition, *, origin: str, department_id: int,
    scope: UnitView, by: Actor, at: datetime, reason: str = "", **more: Any,
) -> PlanItem:  # fmt: skip
    """One version of an item, with the units it names; the one before is no longer the current one."""
    PlanItem.objects.filter(number=number, is_current=True).update(is_current=False)
    item = PlanItem.objects.create(
        plan=plan, number=number, version=version, origin=origin, department_id=department_id,
        title=definition.title, topic=definition.topic, kind=definition.kind, method=definition.method,
        basis=definition.basis, purpose=definition.purpose, criteria=list(definition.criteria),
        questions=[question.model_dump() for question in definition.questions], scope_unit_id=scope.id,
        target_level=definition.level_number, starts_on=definition.starts_on, ends_on=definition.ends_on,
        visits_most=definition.visits_most, minutes_hundredths_per_visit=definition.minutes_hundredths_per_visit,
        made_by=by.name, made_at=at, reason=reason, is_synthetic=definition.synthetic, **more,
    )  # fmt: skip
    units = org.units_by_codes(target.unit for target in definition.targets)
    PlanTarget.objects.bulk_create(
        (PlanTarget(item=item, unit_id=units[t.unit].id, visits_most=t.visits) for t in definition.targets),
        batch_size=2000,
    )
    return item


def decide(item: PlanItem, state: str, decision: str, by: Actor, at: datetime, **more: Any) -> None:
    """The last word on this version."""
    item.state, item.decision, item.decided_by, item.decided_at = state, decision, by.name, at
    for name, value in more.items():
        setattr(item, name, value)
    item.save(update_fields=["state", "decision", "decided_by", "decided_at", *more])


def tell(verb: str, item: PlanItem, by: Actor, at: datetime, **detail: Any) -> None:
    """Write down what was done to an item. It stands at the unit of the plan: where an item goes may be sealed."""
    record_event(
        verb=verb, subject=f"plan_item:{item.number}", by=by, at=at, unit_path=item.plan.unit.path,
        detail={"version": item.version, "department": item.department.code, "origin": item.origin} | detail,
    )  # fmt: skip


def record_hits(
    hits: Sequence[RuleHit], *, title: str, department: str, scope_unit: str, target_level: int, by: Actor, at: datetime
) -> None:
    """Put a department's attempt on record, in the words of the law's language."""
    record_refusal(
        kind="visit", title=title, asker=department, scope_unit=scope_unit, target_level=target_level, by=by, at=at,
        reasons=[Reason(hit.rule, str(hit.what), hit.source) for hit in hits],
    )  # fmt: skip


def year_of(year: int, on: date) -> int:
    """The plan is made for this year or the next. Raises Invalid."""
    if year not in (on.year, on.year + 1):
        raise Invalid(
            _("只能报今年和明年的计划"), errors={"year": _("{this} 或 {next}").format(this=on.year, next=on.year + 1)}
        )
    return year
