"""One visit: what it is about, and what each side does next: conclude, object, decide, tell, cancel."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.refusals import Invalid, Refused
from dukao.base.wording import joined
from dukao.gate import actions, queries
from dukao.gate.queries import VisitView
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.visits import screen

_OUTCOMES = {"upheld": True, "rejected": False}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the visit's course; `by_when` while it is still to come, `is_late` where that has passed."""

    what: str
    when: str
    by_when: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class VisitPage:
    title: str
    crumbs: tuple[Crumb, ...]
    visit: VisitView
    facts: tuple[tuple[str, str], ...]
    tone: str
    state: str
    course: tuple[Step, ...]
    seen: tuple[tuple[str, str, str], ...]
    conduct: tuple[tuple[str, str], ...]  # rule, answer so far ("", yes, no)
    objection_days: int
    demand_href: str
    appeal_href: str
    is_synthetic: bool
    refused: Refused | None = None


@require_GET
def visit(request: HttpRequest, number: str) -> HttpResponse:
    return doors.render(request, "visits/page.html", _page(number, doors.actor_of(request)))


def _on_its_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What cannot be done is told above the visit, where one goes on."""

    @wraps(view)
    def answered(request: HttpRequest, number: str) -> HttpResponse:
        try:
            return view(request, number)
        except Refused as refused:
            if refused.status not in (Refused.status, Invalid.status):
                raise
            page = replace(_page(number, doors.actor_of(request)), refused=refused)
            return doors.render(request, "visits/page.html", page, status=refused.status)

    return answered


@require_POST
@_on_its_page
def conclude(request: HttpRequest, number: str) -> HttpResponse:
    actions.conclude_visit(
        visit=number, conclusion=request.POST.get("conclusion", ""), by=doors.actor_of(request), at=doors.now()
    )
    return _done(request, number, _("结论已反馈给被检查单位"))


@require_POST
@_on_its_page
def object_to(request: HttpRequest, number: str) -> HttpResponse:
    actions.object_to_visit(
        visit=number, objection=request.POST.get("objection", ""), by=doors.actor_of(request), at=doors.now()
    )
    return _done(request, number, _("异议已提交，由没有参加这次检查的人复核"))


@require_POST
@_on_its_page
def decide(request: HttpRequest, number: str) -> HttpResponse:
    outcome = request.POST.get("outcome", "")
    if outcome not in _OUTCOMES:
        raise Invalid(_("请选择异议是否成立"), errors={"outcome": _("成立或不成立")})
    actions.decide_objection(
        visit=number, is_upheld=_OUTCOMES[outcome], decision=request.POST.get("decision", ""),
        by=doors.actor_of(request), at=doors.now(),
    )  # fmt: skip
    return _done(request, number, _("复核决定已告诉双方"))


@require_POST
@_on_its_page
def tell(request: HttpRequest, number: str) -> HttpResponse:
    """How it went and how long it took: what is left open stays open."""
    actor = doors.actor_of(request)
    rules = [rule for rule, _answer in _page(number, actor).conduct]
    given = {rule: request.POST.get(f"rule-{place}", "") for place, rule in enumerate(rules, start=1)}
    raw = request.POST.get("minutes", "").strip()
    if raw and not (raw.isdecimal() and len(raw) <= 5):
        raise Invalid(_("分钟数不对"), errors={"minutes": _("请填整数，或者留空")})
    actions.tell_of_visit(
        visit=number, kept={rule: answer == "yes" for rule, answer in given.items() if answer in ("yes", "no")},
        minutes=int(raw) if raw else None, by=actor, at=doors.now(),
    )  # fmt: skip
    return _done(request, number, _("已记下。来人守没守规矩，只有督考办看得到"))


@require_POST
@_on_its_page
def give_back(request: HttpRequest, number: str) -> HttpResponse:
    actions.give_back(visit=number, reason=request.POST.get("reason", ""), by=doors.actor_of(request), at=doors.now())
    return _done(request, number, _("预约已取消，次数已退回"))


def _done(request: HttpRequest, number: str, told: str) -> HttpResponse:
    doors.tell(request, told)
    return doors.go(request, reverse("visits.page", args=[number]))


def _page(number: str, actor: Actor) -> VisitPage:
    found = queries.visit(number=number, viewer=actor)
    tone, state = screen.state_of(found, doors.now())
    told = dict(found.conduct)
    rules = queries.conduct_rules(on=found.on)
    sees_demand = bool(found.demand_number) and (actor.has("DEMANDS_SEE_ALL") or actor.has("DEMANDS_ISSUE"))
    return VisitPage(
        title=found.title, crumbs=(Crumb(_("检查"), reverse("visits")), Crumb(found.number)), visit=found,
        facts=screen.facts_of(found), tone=tone, state=state, course=_course(found),
        seen=tuple((s.question, f"{s.value} {s.unit}".strip(), joined([words.period(s.period), s.source]))
                   for s in found.seen),
        conduct=tuple((rule, {True: "yes", False: "no"}.get(told.get(rule), "")) for rule in rules),  # type: ignore[arg-type]
        objection_days=screen.objection_days(found.on),
        demand_href=reverse("demands.page", args=[found.demand_number]) if sees_demand else "",
        appeal_href=_appeal_href(found, actor), is_synthetic=found.is_synthetic,
    )  # fmt: skip


def _appeal_href(found: VisitView, actor: Actor) -> str:
    """Where the unit says that they should not come, or should not have come."""
    is_ours = any(found.unit_code == s.unit_code for s in actor.standings_with("DEMANDS_RECEIVE"))
    if not (is_ours and found.demand_number) or found.state == "given_back" or found.mode == "remote":
        return ""
    return reverse("burden.demand", args=[found.demand_number, found.unit_code])


def _course(v: VisitView) -> tuple[Step, ...]:
    """From booking to decision, each with its moment or its deadline."""
    now = doors.now()

    def step(done: str, awaited: str, at, by) -> list[Step]:  # type: ignore[no-untyped-def]
        if at is not None:
            return [Step(done, words.moment(at), is_late=by is not None and at > by)]
        return [Step(awaited, "", screen.by_when(by), now > by)] if by is not None else []

    course = [Step(_("预约"), words.moment(v.booked_at))] if v.mode != "remote" else []
    if v.given_back_at:
        return (*course, Step(_("取消：{reason}").format(reason=v.reason), words.moment(v.given_back_at)))
    arrived = _("用数据查看") if v.mode == "remote" else _("到场")
    if v.arrived_at:
        course.append(Step(arrived, words.moment(v.arrived_at)))
    else:
        course.append(Step(_("等待到场"), "", words.day(v.on)))
    course += step(_("反馈结论"), _("等待反馈结论"), v.concluded_at, v.conclude_by)
    if v.objected_at:
        course.append(Step(_("提出异议"), words.moment(v.objected_at)))
        course += step(_("作出复核决定"), _("等待复核决定"), v.decided_at, v.decide_by)
    elif v.object_by:
        course.append(Step(_("可以提异议"), "", screen.by_when(v.object_by)))
    return tuple(course)
