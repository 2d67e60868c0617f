"""One task: where it stands, what happened, and what whoever looks may do next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.definitions import checked
from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.wording import joined
from dukao.indicators.queries import indicators
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers import queries as registers
from dukao.tasks import actions, queries
from dukao.tasks.queries import Evidence, TaskView
from dukao.tasks.rules.definitions import PartyEntry
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.tasks import screen

_Given = dict[str, str]


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    position: int
    title: str
    due: str
    late: str  # by how much, while nothing has come; empty where the lights are out
    is_reached: bool
    when: str
    shown: str
    source: str
    href: str


@dataclass(frozen=True)
class TaskPage:
    title: str
    crumbs: tuple[Crumb, ...]
    task: TaskView
    tone: str
    state: str
    facts: tuple[tuple[str, str], ...]
    milestones: tuple[MilestoneLine, ...]
    closings: tuple[tuple[str, str, str, str, tuple[str, ...]], ...]  # title, tone, outcome, draw, answers
    open_milestones: tuple[tuple[str, str], ...]
    elements: tuple[tuple[str, str], ...]
    bodies: tuple[tuple[str, str], ...]
    objecting: tuple[tuple[str, str], ...]
    typed: _Given
    is_synthetic: bool
    refused: Refused | None = None

    @property
    def errors(self) -> dict[str, str]:
        return getattr(self.refused, "errors", {})

    @property
    def is_in_time_but(self) -> bool:
        """A milestone is late and the light, which is of the whole task's deadline, does not say so."""
        return self.task.line.light != "red" and any(one.late for one in self.milestones)


@require_GET
def task(request: HttpRequest, number: str) -> HttpResponse:
    return doors.render(request, "tasks/page.html", _page(number, doors.actor_of(request)))


@require_POST
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """One of the acts of the table, each a form of the page."""
    actor = doors.actor_of(request)
    done = _ACTS.get(act)
    if done is None:
        raise NotThere()
    given = request.POST.dict()
    try:
        told = done(number, {key: str(value) for key, value in given.items()}, actor)
    except NotThere:
        raise
    except Refused as refused:
        page = _page(number, actor, {key: str(value) for key, value in given.items()}, refused)
        return doors.render(request, "tasks/page.html", page, status=refused.status)
    doors.tell(request, told)
    return doors.go(request, reverse("tasks.page", args=[number]))


def _sign(number: str, given: _Given, by: Actor) -> str:
    actions.sign_task(task=number, by=by, at=doors.now())
    return _("已签收")


def _object(number: str, given: _Given, by: Actor) -> str:
    actions.object_to_task(task=number, reason=given.get("reason", ""), by=by, at=doors.now())
    return _("异议已提出，决定以前不亮灯")


def _reach(number: str, given: _Given, by: Actor) -> str:
    raw = given.get("position", "")
    actions.reach_milestone(
        task=number, position=int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 4 else 0,
        kind=given.get("kind", ""), element=given.get("element", ""), unit=given.get("unit", "")[:12],
        period=given.get("period", ""), document=given.get("document", ""), text=given.get("text", ""), by=by,
        at=doors.now(),
    )  # fmt: skip
    return _("节点已到，记下了用什么说明")


def _ask_extension(number: str, given: _Given, by: Actor) -> str:
    actions.ask_extension(
        task=number, until=_day(given, "until"), reason=given.get("reason", ""), by=by, at=doors.now()
    )
    return _("延期申请已提出，决定以前不亮灯")


def _report(number: str, given: _Given, by: Actor) -> str:
    actions.report_done(task=number, text=given.get("text", ""), by=by, at=doors.now())
    return _("已报办结，等督考办复核")


def _decide_objection(number: str, given: _Given, by: Actor) -> str:
    kind, _colon, code = given.get("new_lead", "").partition(":")
    new_lead = checked(PartyEntry, {kind: code}, place=_("牵头")) if code else None
    raw = given.get("party", "")
    actions.decide_objection(
        task=number, party=int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 12 else 0,
        is_upheld=_chosen(given), decision=given.get("decision", ""), new_lead=new_lead, by=by, at=doors.now(),
    )  # fmt: skip
    return _("异议已决定")


def _decide_extension(number: str, given: _Given, by: Actor) -> str:
    actions.decide_extension(
        task=number, is_granted=_chosen(given), decision=given.get("decision", ""), by=by, at=doors.now()
    )
    return _("延期已决定")


def _return(number: str, given: _Given, by: Actor) -> str:
    actions.return_task(task=number, reason=given.get("reason", ""), by=by, at=doors.now())
    return _("已退回再办")


def _close(number: str, given: _Given, by: Actor) -> str:
    actions.close_task(task=number, text=given.get("text", ""), by=by, at=doors.now())
    return _("已办结。接着请别人确认解决了没有")


def _withdraw(number: str, given: _Given, by: Actor) -> str:
    actions.withdraw_task(task=number, reason=given.get("reason", ""), by=by, at=doors.now())
    return _("已撤销，向基层提的要求也撤回了")


def _answer(number: str, given: _Given, by: Actor) -> str:
    actions.answer_as_unit(
        task=number, is_fixed=_chosen(given), text=given.get("text", ""), by=by, at=doors.now()
    )  # fmt: skip
    return _("谢谢，记下了")


_ACTS: dict[str, Callable[[str, _Given, Actor], str]] = {
    "signature": _sign, "objection": _object, "milestone": _reach, "extension": _ask_extension, "report": _report,
    "objection-decision": _decide_objection, "extension-decision": _decide_extension, "return": _return,
    "closing": _close, "withdrawal": _withdraw, "answer": _answer,
}  # fmt: skip


def _chosen(given: _Given) -> bool:
    if given.get("outcome") not in ("yes", "no"):
        raise Invalid(_("请选一个"), errors={"outcome": _("二选一")})
    return given["outcome"] == "yes"


def _day(given: _Given, name: str) -> date:
    try:
        return date.fromisoformat(given.get(name, ""))
    except ValueError:
        raise Invalid(_("日期写得不对"), errors={name: _("写成 2026-10-20")}) from None


def _page(number: str, actor: Actor, typed: _Given | None = None, refused: Refused | None = None) -> TaskPage:
    seen = queries.task(number=number, viewer=actor, today=doors.today())
    line = seen.line
    tone, word = screen.light_of(line)
    own_words = {one.element for one in seen.milestones if one.element}
    named = registers.elements_by_code(own_words) if own_words else {}
    return TaskPage(
        title=line.title, crumbs=(Crumb(_("督办"), reverse("tasks")), Crumb(number)), task=seen, tone=tone,
        state=word if word == line.state_label else f"{line.state_label} · {word}",
        facts=_facts(seen), milestones=tuple(_milestone(one, seen) for one in seen.milestones),
        closings=tuple(_closing(one, seen) for one in seen.closings),
        open_milestones=tuple(
            (str(one.position), one.title) for one in seen.milestones if one.reached_at is None
        ),
        elements=tuple((code, words.title_of(element)) for code, element in named.items()),
        bodies=bodies_of(actor) if "decide_objection" in seen.may else (),
        objecting=tuple((str(one.id), one.name) for one in seen.parties if one.waits),
        typed=typed or {}, is_synthetic=line.is_synthetic, refused=refused,
    )  # fmt: skip


def bodies_of(actor: Actor) -> tuple[tuple[str, str], ...]:
    """Who may be given a task: departments, counties and towns under the actor's offices."""
    found = [("", _("请选择"))]
    found += [(f"department:{one.code}", one.name) for one in org.departments(viewer=actor)]
    for standing in actor.standings_with("TASKS_DECIDE"):
        for level in (3, 4):
            below = org.units_below(path=standing.unit_path, level=level)
            found += [(f"unit:{unit.code}", unit.name) for unit in below]
    return tuple(dict(found).items())


def _facts(seen: TaskView) -> tuple[tuple[str, str], ...]:
    line, today = seen.line, doors.today()
    due = screen.due_of(line, today)
    late = "" if seen.first_due_on == line.due_on else _("原定{day}").format(day=words.day(seen.first_due_on, today))
    origin = " · ".join(part for part in (seen.origin_label, seen.origin_number) if part)
    lines = (
        (_("牵头"), line.lead_name),
        (_("配合"), joined(p.name for p in seen.parties if not p.is_lead and not p.is_released)),
        (_("谁的事"), line.asker_name), (_("什么地方"), line.place_name),
        (_("截止"), " · ".join(part for part in (due, late) if part)), (_("来由"), origin), (_("依据"), seen.basis),
        (_("谁来确认解决了"), seen.raiser_label),
        (_("第几轮"), _("第 {n} 轮").format(n=seen.round) if seen.round > 1 else ""),
    )  # fmt: skip
    return tuple((label, text) for label, text in lines if text)


def _milestone(one: queries.MilestoneView, seen: TaskView) -> MilestoneLine:
    evidence, today = one.evidence, doors.today()
    is_late = one.reached_at is None and one.due_on < today and seen.line.light != "out"
    shown = " ".join(part for part in (evidence.title, evidence.text) if part) if evidence else ""
    return MilestoneLine(
        position=one.position, title=one.title, due=words.day(one.due_on, today),
        late=words.due(one.due_on, today).text if is_late else "",
        is_reached=one.reached_at is not None, when=words.day(one.reached_at, today), shown=shown,
        source=_("来源：{source}").format(source=evidence.source) if evidence and evidence.source else "",
        href=_leads_to(evidence) if evidence else "",
    )  # fmt: skip


def _leads_to(evidence: Evidence) -> str:
    """The figure's passport where an indicator rests on that datum alone; a document's page."""
    if evidence.kind == "document":
        return reverse("documents.page", args=[evidence.number])
    if evidence.kind != "reading":
        return ""
    for one in indicators():
        if one.elements == (evidence.element,):
            address = reverse("units.figure", args=[evidence.unit_code, one.code])
            return f"{address}?{urlencode({'period': evidence.period})}"
    return ""


def _closing(one: queries.ClosingView, seen: TaskView) -> tuple[str, str, str, str, tuple[str, ...]]:
    outcomes = {
        "confirmed": _("确认解决了"), "denied": _("说没有解决"), "silent": _("没有人答"), "": _("等着确认"),
    }  # fmt: skip
    answers = tuple(
        " · ".join(part for part in (
            answer.who,
            _("{day}前答").format(day=words.day(answer.answer_by)) if answer.is_fixed is None else
            _("解决了") if answer.is_fixed else _("没有解决"), answer.text,
        ) if part)
        for answer in one.answers
    )  # fmt: skip
    title = _("第 {n} 轮办结，{day}").format(n=one.round, day=words.day(one.closed_at))
    title += _("，过期") if one.is_late else ""
    draw = reverse("tasks.draw", args=[seen.line.number, one.round]) if one.has_draw else ""
    return title, screen.OUTCOME_TONES[one.outcome], outcomes[one.outcome], draw, answers
