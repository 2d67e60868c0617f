"""Tasks in lists and one by one, as each side may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from dukao.base.refusals import NotThere
from dukao.base.words import _noop
from dukao.law import queries as law
from dukao.org.rules import Actor
from dukao.tasks.models import Closing, Confirmation, Extension, Party, Task
from dukao.tasks.queries.days import yellow_from
from dukao.tasks.queries.evidence import Evidence
from dukao.tasks.queries.seeing import decides, does, is_asked, is_independent, seen
from dukao.tasks.queries.templates import template_title
from dukao.tasks.rules.definitions import ORIGINS, RAISERS
from dukao.tasks.rules.lights import LIGHTS, Light, light
from dukao.tasks.rules.states import ACTS, AFTER, OVER, STATES

# The acts that somebody waits for, the most pressing first.
_URGENT = {
    "answer": _noop("答解决了没有"), "decide_objection": _noop("决定异议"), "decide_extension": _noop("决定是否延期"),
    "close": _noop("复核办结"), "sign": _noop("签收"), "reach": _noop("报到了哪个节点"), "report": _noop("报办结"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PartyView:
    """`waits`: an objection that is not decided."""

    id: int
    name: str
    code: str
    is_department: bool
    is_lead: bool
    is_mine: bool
    signed_at: datetime | None
    objection: str
    waits: bool
    is_released: bool
    demand: str


@dataclass(frozen=True, slots=True)
class MilestoneView:
    position: int
    title: str
    due_on: date
    element: str
    reached_at: datetime | None
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class ExtensionView:
    state: str
    reason: str
    until: date
    asked_at: datetime
    decision: str


@dataclass(frozen=True, slots=True)
class StepView:
    act_label: str
    who: str
    text: str
    on: date


@dataclass(frozen=True, slots=True)
class AnswerView:
    """Who was asked whether it is fixed, and what they said."""

    who: str
    answer_by: date
    answered_on: date | None
    is_fixed: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class ClosingView:
    round: int
    closed_at: datetime
    is_late: bool
    outcome: str
    answers: tuple[AnswerView, ...]
    has_draw: bool


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task in a list. `next_step`: what the viewer has to do next, in words; empty where it is others' turn."""

    number: str
    title: str
    state: str
    light: Light
    due_on: date
    set_at: datetime
    asker_name: str
    lead_name: str
    place_name: str
    n_reached: int
    n_milestones: int
    n_extensions: int
    is_mine: bool
    next_step: str
    is_synthetic: bool

    @property
    def state_label(self) -> str:
        return _(STATES[self.state])  # type: ignore[index]

    @property
    def light_label(self) -> str:
        return _(LIGHTS[self.light])


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task; `may` are the acts that the viewer may do to it now."""

    line: TaskLine
    content: str
    template_title: str
    origin_label: str
    origin_number: str
    basis: str
    office_name: str
    office_code: str
    asker_code: str
    place_code: str
    first_due_on: date
    round: int
    raiser_label: str
    commitment: str
    n_candidates: int
    parties: tuple[PartyView, ...]
    milestones: tuple[MilestoneView, ...]
    extensions: tuple[ExtensionView, ...]
    closings: tuple[ClosingView, ...]
    steps: tuple[StepView, ...]
    is_office: bool
    may: frozenset[str]


def tasks(*, viewer: Actor, today: date, only_open: bool = False, most: int = 500) -> tuple[TaskLine, ...]:
    """What the viewer may know of: first what waits for the viewer, then by the day it is due."""
    chosen = seen(viewer).exclude(state__in=OVER) if only_open else seen(viewer)
    lines = [_line(row, viewer, today) for row in chosen.order_by("-id")[:most]]
    return tuple(sorted(lines, key=lambda one: (not one.next_step, one.due_on, one.number)))


def task(*, number: str, viewer: Actor, today: date) -> TaskView:
    """One task. Raises NotThere."""
    row = seen(viewer).filter(number=number).first()
    if row is None:
        raise NotThere()
    is_office = decides(row, viewer)
    is_quiet = row.origin == "clue" and not is_office
    return TaskView(
        line=_line(row, viewer, today), content=row.content, template_title=template_title(row.template),
        # That somebody told a clue is not told to those it may be about.
        origin_label=_("督考办交办") if is_quiet else _(ORIGINS[row.origin]),  # type: ignore[index]
        origin_number="" if is_quiet else row.origin_number, basis=row.basis, office_name=row.office.name,
        office_code=row.office.code, asker_code=row.asker.code, place_code=row.place.code,
        first_due_on=row.first_due_on, round=row.round,
        raiser_label=_("提出人") if is_quiet else _(RAISERS[row.raiser]),  # type: ignore[index]
        commitment=row.commitment, n_candidates=len(row.candidates),
        parties=tuple(_party(one, viewer) for one in _ordered(row.parties.all())),
        milestones=tuple(
            MilestoneView(m.position, m.title, m.due_on, m.element, m.reached_at,
                          Evidence(**m.evidence) if m.evidence else None)
            for m in sorted(row.milestones.all(), key=lambda one: one.position)
        ),
        extensions=tuple(
            ExtensionView(e.state, e.reason, e.until, e.asked_at, e.decision)
            for e in sorted(row.extensions.all(), key=lambda one: one.pk)
        ),
        closings=tuple(_closing(one) for one in sorted(row.closings.all(), key=lambda one: one.round)),
        steps=tuple(
            StepView(_("立项交办") if s.act == "set" else _(ACTS[s.act]), s.who, s.text, s.on)  # type: ignore[index]
            for s in row.steps.order_by("id")
        ),
        is_office=is_office, may=may_do(row, viewer),
    )  # fmt: skip


def published_draw(*, number: str, round_number: int, viewer: Actor) -> dict[str, object]:
    """The draw of a closing, as `dukao/gate/rules/draws.py` replays it. Raises NotThere."""
    row = seen(viewer).filter(number=number).first()
    found = row and row.closings.filter(round=round_number).exclude(draw={}).first()
    if not found:
        raise NotThere()
    return found.draw


def may_do(row: Task, viewer: Actor) -> frozenset[str]:
    """Inside the room: the acts that the table allows in this state, and that are the viewer's."""
    own = [party for party in row.parties.all() if party.released_at is None and does(party, viewer)]
    leads = any(party.is_lead for party in own)
    judges = decides(row, viewer) and is_independent(row, viewer)
    asked = any(is_asked(one, viewer) and one.answered_on is None for one in _open_confirmations(row))
    waiting = any(one.state == Extension.State.ASKED for one in row.extensions.all())
    running = row.state in ("set", "doing")
    found = {
        "sign": any(_is_unsigned(one) for one in own) and running,
        "object": any(_is_unsigned(one) for one in own) and running,
        "reach": bool(own) and row.state == "doing",
        "ask_extension": leads and row.state == "doing" and not waiting,
        "report": leads and row.state == "doing" and all(m.reached_at for m in row.milestones.all()),
        "decide_extension": judges and waiting,
        "decide_objection": judges and any(_objects(one) for one in row.parties.all()),
        "return": judges, "close": judges,
        "withdraw": decides(row, viewer) and (row.state, "withdraw") in AFTER,
        "answer": asked,
    }  # fmt: skip
    for act in ("return", "close"):
        found[act] = found[act] and (row.state, act) in AFTER
    return frozenset(act for act, may in found.items() if may)


def is_waiting(row: Task) -> bool:
    """Inside the room: an objection of the lead or a wish for more time is undecided, which puts the light out."""
    return row.state == "objected" or any(one.state == Extension.State.ASKED for one in row.extensions.all())


def light_of(row: Task, today: date) -> Light:
    near = law.rule("TSK-1", today).parameters["near_workdays"]
    return light(
        row.state, due_on=row.due_on, yellow_from=yellow_from(row.due_on, near), today=today,  # type: ignore[arg-type]
        is_waiting=is_waiting(row),
    )  # fmt: skip


def name_of(party: Party) -> str:
    return party.department.name if party.department else party.unit.name if party.unit else ""


def _objects(party: Party) -> bool:
    return party.objected_at is not None and party.released_at is None and party.signed_at is None


def _is_unsigned(party: Party) -> bool:
    return party.signed_at is None and not _objects(party)


def _open_confirmations(row: Task) -> list[Confirmation]:
    return [
        one for closing in row.closings.all() if closing.round == row.round and closing.outcome in ("", "silent")
        for one in closing.confirmations.all()
    ]  # fmt: skip


def _ordered(parties: Iterable[Party]) -> list[Party]:
    return sorted(parties, key=lambda one: (one.released_at is not None, not one.is_lead, one.pk))


def _party(party: Party, viewer: Actor) -> PartyView:
    body = party.department or party.unit
    assert body is not None
    return PartyView(
        id=party.pk, name=name_of(party), code=body.code, is_department=party.department_id is not None,
        is_lead=party.is_lead, is_mine=does(party, viewer), signed_at=party.signed_at, objection=party.objection,
        waits=_objects(party), is_released=party.released_at is not None,
        demand=party.demand.number if party.demand else "",
    )  # fmt: skip


def _closing(closing: Closing) -> ClosingView:
    return ClosingView(
        round=closing.round, closed_at=closing.closed_at, is_late=closing.is_late, outcome=closing.outcome,
        answers=tuple(
            AnswerView(
                one.unit.name if one.unit else _("提出人"), one.answer_by, one.answered_on, one.is_fixed, one.text
            )
            for one in sorted(closing.confirmations.all(), key=lambda one: one.pk)
        ),
        has_draw=bool(closing.draw),
    )  # fmt: skip


def _line(row: Task, viewer: Actor, today: date) -> TaskLine:
    parties, milestones = row.parties.all(), row.milestones.all()
    lead = next((one for one in parties if one.is_lead and one.released_at is None), None)
    may = may_do(row, viewer)
    mine = any(does(one, viewer) for one in parties if one.released_at is None)
    due = {"reach"} if light_of(row, today) in ("yellow", "red") else set()
    urgent = may & (_URGENT.keys() - {"reach"} | due)
    return TaskLine(
        number=row.number, title=row.title, state=row.state, light=light_of(row, today), due_on=row.due_on,
        set_at=row.set_at, asker_name=row.asker.name, lead_name=name_of(lead) if lead else "",
        place_name=row.place.name, n_reached=sum(one.reached_at is not None for one in milestones),
        n_milestones=len(milestones),
        n_extensions=sum(one.state == Extension.State.GRANTED for one in row.extensions.all()),
        is_mine=mine, next_step=next((_(told) for act, told in _URGENT.items() if act in urgent), ""),
        is_synthetic=row.is_synthetic,
    )  # fmt: skip
