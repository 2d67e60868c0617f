"""Setting a task: judged by the rules first; what is asked of the grass roots passes the gate and is charged there."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.slips import CODE_BYTES, code_digest, code_of
from dukao.base.sql import next_number
from dukao.base.wording import say
from dukao.gate import actions as gate
from dukao.gate.rules import draws
from dukao.gate.rules.hits import RuleHit
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import SYSTEM, Actor
from dukao.tasks.actions.common import office_name, tell
from dukao.tasks.models import Milestone, Party, Task
from dukao.tasks.queries.days import workdays_left
from dukao.tasks.queries.evidence import issued_document
from dukao.tasks.queries.templates import templates
from dukao.tasks.rules.asking import RULE_IDS, AskedText, hits
from dukao.tasks.rules.confirming import promised_from
from dukao.tasks.rules.definitions import GRASS_ROOTS_FROM, MilestoneEntry, PartyEntry, TaskDefinition
from dukao.tasks.rules.lights import milestone_days
from dukao.voice.actions import clues
from dukao.voice.queries import clues as told

_NUMBERS_LOCK = 0x6475_6B74  # PostgreSQL advisory lock: one task is numbered at a time.
_VILLAGE = 5


class TaskRefused(Refused):
    """The rules stand against the task; `hits` holds all they say."""

    def __init__(self, found: tuple[RuleHit, ...]) -> None:
        self.hits = found
        first = found[0]
        super().__init__(
            say(first.what), why=say(first.why), todo=say(first.todo), source=first.source, rule=first.rule
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SetTask:
    """`code`: the raiser's one-time code, where it is by a code that they say whether it is fixed; shown once."""

    number: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class _Body:
    """A party, found."""

    entry: PartyEntry
    name: str
    path: str
    department_id: int | None
    unit: UnitView | None


def set_task(*, task: TaskDefinition, by: Actor, at: datetime) -> SetTask:
    """Set a task, by the supervision office nearest above its place.

    Raises: NotThere (no office over the place), Invalid, TaskRefused, and what the gate refuses. Records:
    tasks.task.set and gate.demand.issued; where the rules refuse and the grass roots were asked, gate.demand.refused.
    """
    today = timezone.localdate(at)
    place, office = _office(task, by)
    bodies = [_body(entry, office) for entry in (task.lead, *task.partners)]
    milestones = task.milestones or templates()[_template(task)].milestones
    _require_origin(task, by, today)
    asked = [body for body in bodies if body.unit and body.unit.level >= GRASS_ROOTS_FROM]
    if found := _judged(task, milestones, bool(asked), today):
        if asked:
            gate.record_refusal(
                kind="task", title=task.title, asker=task.asker, scope_unit=task.place, target_level=_VILLAGE, by=by,
                at=at, reasons=[gate.Reason(one.rule, str(one.what), one.source) for one in found],
            )  # fmt: skip
        raise TaskRefused(found)
    code = code_of(secrets.token_bytes(CODE_BYTES)) if task.raiser == "code" else ""
    with transaction.atomic():
        row = _write(task, place, office, bodies, code, by, at)
        days = milestone_days(today, task.due_on, tuple(one.percent for one in milestones))
        Milestone.objects.bulk_create(
            Milestone(task=row, position=position, title=one.title, due_on=day, element=one.element)
            for position, (one, day) in enumerate(zip(milestones, days, strict=True), start=1)
        )
        hundredths = hundredths_asked(row, task.minutes, at)
        for body in bodies:
            add_party(row, body, is_lead=body is bodies[0], hundredths=hundredths, by=by, at=at)
        tell(row, "set", "set", who=office_name(row), text=task.basis, by=by, at=at, asker=task.asker,
             template=task.template, due_on=task.due_on.isoformat(), n_parties=len(bodies))  # fmt: skip
        if task.origin == "clue":
            clues.refer_clue(clue=task.origin_number, outcome="task", reference=row.number, by=by, at=at)
    return SetTask(row.number, code)


def hundredths_asked(row: Task, minutes: Decimal, at: datetime) -> int:
    """What it costs a unit of the grass roots: the work, and signing and telling. Minutes × 100."""
    cost = law.rule("TSK-1", timezone.localdate(at)).parameters
    own = cost["minutes_sign"] + cost["minutes_per_milestone"] * row.milestones.count()
    return int(minutes * 100) + 100 * int(own)


def add_party(row: Task, body: "_Body", *, is_lead: bool, hundredths: int, by: Actor, at: datetime) -> Party:
    """Somebody who does it; the grass roots through the gate, with their minutes (× 100)."""
    party = Party(task=row, department_id=body.department_id, unit_id=body.unit.id if body.unit else None,
                  is_lead=is_lead)  # fmt: skip
    if body.unit is not None and body.unit.level >= GRASS_ROOTS_FROM:
        issued = gate.issue_demand(
            kind="task", title=row.title, asker=row.asker.code, scope_unit=body.unit.code,
            target_level=body.unit.level, basis=row.basis, due_on=row.due_on, unit_count=1,
            minutes_hundredths=hundredths, minutes_hundredths_per_unit=hundredths, is_emergency=row.is_emergency,
            by=by, at=at,
        )  # fmt: skip
        gate.post_entries(
            demand_id=issued.id, asker_id=row.asker_id, kind="task", on=row.due_on,
            minutes_by_unit={body.unit.id: hundredths}, estimate="task",
        )  # fmt: skip
        party.demand_id = issued.id
    party.save()
    return party


def seed_of(number: str) -> str:
    """Nobody holds it before the draw: it is made of the installation's key whenever it is needed."""
    return hmac.new(settings.SECRET_KEY.encode(), f"task:{number}".encode(), hashlib.sha256).hexdigest()


def body_of(entry: PartyEntry, row: Task) -> _Body:
    """Inside the room: a party that comes later. Raises Invalid."""
    return _body(entry, org.unit_by_id(row.office_id))


def _office(task: TaskDefinition, by: Actor) -> tuple[UnitView, UnitView]:
    """The place, and the office: the nearest of the actor's above the place, the asker and all who do it."""
    place = org.units_by_codes([task.place]).get(task.place)
    if place is None:
        raise NotThere()
    try:
        asker = org.department(code=task.asker)
    except NotThere:
        raise _nobody(task.asker, "asker") from None
    if by.is_system:
        return place, org.unit_by_id(asker.unit_id)
    own = [s for s in by.standings_with("TASKS_DECIDE") if place.path.startswith(s.unit_path)]
    if not own:
        raise NotThere()
    office = org.unit_by_id(max(own, key=lambda s: len(s.unit_path)).unit_id)
    if not asker.unit_path.startswith(office.path):
        raise Invalid(_("谁的事写得不对"), errors={"asker": _("要是本级或下级的部门")})
    return place, office


def _body(entry: PartyEntry, office: UnitView) -> _Body:
    try:
        if entry.department:
            department = org.department(code=entry.department)
            body = _Body(entry, department.name, department.unit_path, department.id, None)
        else:
            unit = org.unit_by_code(entry.unit)
            body = _Body(entry, unit.name, unit.path, None, unit)
    except NotThere:
        raise _nobody(entry.department or entry.unit, "lead") from None
    if not body.path.startswith(office.path):
        raise Invalid(_("{name}不在本督考办的范围内").format(name=body.name), errors={"lead": _("请换一个单位")})
    return body


def _nobody(code: str, place: str) -> Invalid:
    return Invalid(_("没有找到这个单位"), errors={place: _("没有代码是 {code} 的单位或部门").format(code=code)})


def _template(task: TaskDefinition) -> str:
    if task.template not in templates():
        raise Invalid(_("没有这种模板"), errors={"template": _("请从列表里选")})
    return task.template


def _require_origin(task: TaskDefinition, by: Actor, today: date) -> None:
    if task.due_on < today:
        raise Invalid(_("截止日期已经过去"), errors={"due_on": _("请改成今天以后的日期")})
    try:
        if task.origin == "document" and task.origin_number:
            issued_document(number=task.origin_number, viewer=by, today=today)
        if task.origin == "clue":
            told.clue(number=task.origin_number, viewer=by, today=today)
    except NotThere:
        raise Invalid(
            _("没有找到 {number}").format(number=task.origin_number), errors={"origin_number": _("请检查编号")}
        ) from None


def _judged(
    task: TaskDefinition, milestones: tuple[MilestoneEntry, ...], is_asked: bool, today: date
) -> tuple[RuleHit, ...]:
    rules = {name: law.rule(name, today) for name in RULE_IDS}
    texts = [AskedText("title", task.title), AskedText("content", task.content)]
    # Templates are the house's own; only milestones that somebody wrote are read.
    texts += [AskedText("milestones", one.title) for one in task.milestones]
    found = hits(
        texts, rules, n_milestones=len(milestones), is_emergency=task.emergency,
        lead_workdays=workdays_left(today, task.due_on) if is_asked else None,
    )  # fmt: skip
    return tuple(one for one in found if one.refuses)


def _write(
    task: TaskDefinition, place: UnitView, office: UnitView, bodies: list[_Body], code: str, by: Actor, at: datetime
) -> Task:
    today = timezone.localdate(at)
    number = next_number(Task.objects.all(), f"DB{today.year}-", lock=_NUMBERS_LOCK)
    candidates = _candidates(place, {body.unit.id for body in bodies if body.unit})
    raiser = org.units_by_codes([task.raiser_unit]).get(task.raiser_unit)
    if task.raiser_unit and raiser is None:
        raise _nobody(task.raiser_unit, "raiser_unit")
    return Task.objects.create(
        number=number, template=task.template, title=task.title, content=task.content, origin=task.origin,
        origin_number=task.origin_number, basis=task.basis, office_id=office.id,
        asker_id=org.department(code=task.asker).id, place_id=place.id, set_at=at, due_on=task.due_on,
        first_due_on=task.due_on, raiser=task.raiser, raiser_unit_id=raiser.id if raiser else None,
        raiser_digest=code_digest(code) if code else "", candidates=candidates,
        commitment=draws.commitment_of(seed_of(number), promised_from(candidates, wanted=confirmers_most(today)))
        if candidates else "",
        is_emergency=task.emergency, is_synthetic=task.synthetic, by_name=by.name,
    )  # fmt: skip


def confirmers_most(on: date) -> int:
    return int(law.rule("TSK-1", on).parameters["confirmers_most"])


def _candidates(place: UnitView, doing: set[int]) -> list[str]:
    """Who may be asked whether it is fixed: the units right below the place; for a village itself and its neighbours.

    Only units where somebody is at work in this house can answer; who does the task is not asked.
    """
    below = place if place.level < _VILLAGE else org.unit_by_code(place.parent_code)
    staffed = {post.unit_code for post in org.posts(viewer=SYSTEM) if post.role in ("worker", "reviewer")}
    units = org.units_below(path=below.path, level=below.level + 1)
    return sorted(unit.code for unit in units if unit.code in staffed and unit.id not in doing)
