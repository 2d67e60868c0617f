"""Appeals on the web: two taps for the unit, a list and a decision for the office."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.refusals import Invalid, Refused
from dukao.base.wording import with_note
from dukao.gate import actions, queries
from dukao.gate.queries import GROUND_NAMES, KIND_NAMES, AppealCase, AppealView
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.tables import Cell, Column, Table, row, table

_TONES = {"open": "wait", "upheld": "ok", "rejected": "plain"}


@dataclass(frozen=True)
class AskedPage:
    """One demand on one unit: appeal it, or tell how long it took."""

    title: str
    crumbs: tuple[Crumb, ...]
    case: AppealCase
    facts: tuple[tuple[str, str], ...]
    grounds: tuple[tuple[str, str], ...]
    appeals: tuple[AppealView, ...]
    promise: str
    minutes: str
    is_synthetic: bool
    refused: Refused | None = None


@dataclass(frozen=True)
class AppealsPage:
    title: str
    lead: str
    waiting: Table
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class AppealPage:
    title: str
    crumbs: tuple[Crumb, ...]
    appeal: AppealView
    tone: str
    facts: tuple[tuple[str, str], ...]
    is_synthetic: bool
    refused: Refused | None = None


@require_GET
def asked(request: HttpRequest, number: str, code: str) -> HttpResponse:
    return doors.render(request, "burden/asked.html", _asked(number, code, doors.actor_of(request)))


@require_POST
def make(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """The second tap."""
    actor = doors.actor_of(request)
    try:
        appeal = actions.make_appeal(
            demand=number, unit=code, ground=request.POST.get("ground", ""), note=request.POST.get("note", ""),
            by=actor, at=doors.now(),
        )  # fmt: skip
    except Invalid as refused:
        page = _asked(number, code, actor, refused)
        return doors.render(request, "burden/asked.html", page, status=refused.status)
    doors.tell(request, _("申诉已提交，编号 {number}").format(number=appeal))
    return doors.go(request, reverse("appeals.page", args=[appeal]))


@require_POST
def tell(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """How long it really took, if the unit cares to say."""
    actor, raw = doors.actor_of(request), request.POST.get("minutes", "").strip()
    try:
        minutes = int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 6 else -1
        actions.tell_minutes(demand=number, unit=code, minutes=minutes, by=actor, at=doors.now())
    except Invalid as refused:
        page = _asked(number, code, actor, refused)
        return doors.render(request, "burden/asked.html", page, status=refused.status)
    doors.tell(request, _("记下了，谢谢。以后的估算会更准。"))
    return doors.go(request, reverse("burden.demand", args=[number, code]))


def own_units(demand: str, *, scope: str, level: int, actor: Actor) -> tuple[tuple[str, str], ...]:
    """The viewer's own units among those of a level that are asked in a scope: name, and where they may appeal."""
    path = org.unit_by_code(scope).path
    return tuple(
        (standing.unit_name, reverse("burden.demand", args=[demand, standing.unit_code]))
        for standing in actor.standings_with("DEMANDS_RECEIVE")
        if standing.unit_level == level and standing.unit_path.startswith(path)
    )


@require_GET
def appeals(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    if not (actor.has("DEMANDS_RECEIVE") or actor.has("DEMANDS_ISSUE")):
        actor.require_anywhere("DEMANDS_SEE_ALL")
    found = queries.appeals(viewer=actor, most=500)
    waiting = tuple(one for one in found if one.state == "open")
    decided = tuple(one for one in reversed(found) if one.state != "open")
    first = _table("waiting", _("等着决定的（{n} 件）").format(n=len(waiting)), waiting, _("没有等着决定的申诉。"))
    second = _table("decided", _("已经决定的（{n} 件）").format(n=len(decided)), decided, _("还没有决定过的申诉。"))
    page = AppealsPage(
        title=_("申诉"),
        lead=_("认为一项任务重复、不在计划内、时间太紧或不归自己办，点两下就能申诉；由提要求的部门以外的人决定。"),
        waiting=first,
        tables=(first, second),
    )
    return doors.render(request, "appeals/list.html", page)


@require_GET
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    return doors.render(request, "appeals/page.html", _one(number, doors.actor_of(request)))


@require_POST
def decide(request: HttpRequest, number: str) -> HttpResponse:
    actor = doors.actor_of(request)
    outcome = request.POST.get("outcome", "")
    try:
        if outcome not in ("upheld", "rejected"):
            raise Invalid(_("请选成立或不成立"), errors={"outcome": _("二选一")})
        decided = actions.decide_appeal(
            appeal=number, is_upheld=outcome == "upheld", decision=request.POST.get("decision", ""), by=actor,
            at=doors.now(),
        )  # fmt: skip
    except Invalid as refused:
        return doors.render(request, "appeals/page.html", _one(number, actor, refused), status=refused.status)
    doors.tell(
        request, _("申诉成立，这项任务已从该单位撤下") if decided.is_upheld else _("申诉不成立，这项任务照常办理")
    )
    return doors.go(request, reverse("appeals.page", args=[number]))


def _asked(number: str, code: str, actor: Actor, refused: Refused | None = None) -> AskedPage:
    case = queries.appeal_case(demand=number, unit=code, viewer=actor, today=doors.today())
    estimated = _("按估算") if case.measured_hundredths is None else _("本单位填的")
    return AskedPage(
        title=case.title,
        crumbs=(Crumb(_("负担账"), reverse("burden.unit", args=[code])), Crumb(number)),
        case=case,
        facts=(
            (_("谁要"), case.asker_name), (_("是什么"), str(KIND_NAMES[case.kind])), (_("依据"), case.basis),
            (_("截止"), words.day(case.due_on)),
            (_("要花"), f"{words.minutes(case.minutes_hundredths)} · {estimated}"),
        ),
        grounds=tuple((ground, str(GROUND_NAMES[ground])) for ground in case.grounds),
        appeals=case.appeals,
        promise=_("{n} 个工作日内，由提要求的部门以外的人决定。").format(n=case.decision_workdays),
        minutes="" if case.measured_hundredths is None else words.minutes_number(case.measured_hundredths),
        is_synthetic=False,
        refused=refused,
    )  # fmt: skip


def _one(number: str, actor: Actor, refused: Refused | None = None) -> AppealPage:
    found = queries.appeal(number=number, viewer=actor)
    lines = (
        (_("单位"), found.unit_name), (_("任务"), with_note(found.title, found.demand)), (_("谁要"), found.asker_name),
        (_("理由"), found.ground_label), (_("说明"), found.note), (_("提出"), words.moment(found.made_at)),
        (_("应当决定"), words.due(found.due_on, doors.today()).text if found.state == "open" else ""),
        (_("决定"), found.decision), (_("决定时间"), words.moment(found.decided_at)),
    )  # fmt: skip
    return AppealPage(
        title=_("申诉 {number}").format(number=number),
        crumbs=(Crumb(_("申诉"), reverse("appeals")), Crumb(number)),
        appeal=found,
        tone=_TONES[found.state],
        facts=tuple((label, text) for label, text in lines if text),
        is_synthetic=found.is_synthetic,
        refused=refused,
    )


def _table(key: str, caption: str, found: tuple[AppealView, ...], empty: str) -> Table:
    today = doors.today()
    rows = [
        row(
            Cell(one.number, href=reverse("appeals.page", args=[one.number])), one.unit_name,
            Cell(one.title, note=one.demand), one.asker_name, one.ground_label,
            Cell(words.moment(one.made_at), raw=one.made_at.isoformat()),
            Cell(words.due(one.due_on, today).text if one.state == "open" else words.day(one.decided_at),
                 raw=one.due_on.isoformat()),
            Cell(one.state_label, tone=_TONES[one.state]),  # type: ignore[arg-type]
        )
        for one in found
    ]  # fmt: skip
    columns = [
        Column(_("编号"), is_sticky=True), Column(_("单位")), Column(_("任务")), Column(_("谁要")), Column(_("理由")),
        Column(_("提出"), "date"), Column(_("决定期限或日期"), "date"), Column(_("状态"), "badge"),
    ]  # fmt: skip
    return table(key, caption, columns, rows, empty=empty, is_filtered=len(rows) > 12,
                 is_synthetic=any(one.is_synthetic for one in found))  # fmt: skip
