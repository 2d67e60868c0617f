"""One meeting: what it is, what it costs, how it went; cancelling it, and the office's decision."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.spoken import spoken
from dukao.gate import actions, queries
from dukao.gate.queries import MeetingView
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.burden.appeals import own_units
from dukao.web.pages.meetings import screen
from dukao.web.tables import Cell, Column, Table, number, row, table


@dataclass(frozen=True)
class MeetingPage:
    title: str
    crumbs: tuple[Crumb, ...]
    number: str
    state: tuple[str, str]
    facts: tuple[tuple[str, str], ...]
    flags: tuple[tuple[str, str, str], ...]
    agenda: Table
    may_cancel: bool
    may_time: bool
    may_decide: bool
    ours: tuple[tuple[str, str], ...]  # the viewer's units that are called: name, where they may appeal
    is_synthetic: bool
    tables: tuple[Table, ...]


@require_GET
def meeting(request: HttpRequest, number: str) -> HttpResponse:
    actor = doors.actor_of(request)
    found = queries.meeting(number=number, viewer=actor)
    agenda = _agenda(found)
    page = MeetingPage(
        title=found.title,
        crumbs=(Crumb(_("会议"), reverse("meetings")), Crumb(found.number)),
        number=found.number,
        state=screen.state_of(found.state),
        facts=_facts(found),
        flags=tuple((rule, spoken(what), source) for rule, what, source in found.flags),
        agenda=agenda,
        may_cancel=found.may_lead and found.state == "planned",
        may_time=found.may_lead and found.state in ("planned", "ended"),
        may_decide=found.may_decide and found.state == "proposed",
        ours=own_units(found.demand, scope=found.scope_code, level=found.target_level, actor=actor)
        if found.demand
        else (),
        is_synthetic=found.is_synthetic,
        tables=(agenda,),
    )
    return doors.render(request, "meetings/page.html", page)


@require_POST
def approve(request: HttpRequest, number: str) -> HttpResponse:
    return _decided(request, number, actions.approve_meeting, _("已批准，参会单位已得到通知。"))


@require_POST
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    return _decided(request, number, actions.refuse_meeting, _("没有批准，理由已告诉召集部门。"))


@require_POST
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    return _decided(request, number, actions.cancel_meeting, _("会议已取消，时间已退还。"))


def _decided(request: HttpRequest, number: str, do: Callable[..., None], told: str) -> HttpResponse:
    do(meeting=number, reason=request.POST.get("reason", "")[:500], by=doors.actor_of(request), at=doors.now())
    doors.tell(request, told)
    return doors.go(request, reverse("meetings.page", args=[number]))


def _facts(found: MeetingView) -> tuple[tuple[str, str], ...]:
    actual = found.actual_minutes
    lines = (
        (_("谁召集"), found.department_name),
        (_("类型"), str(screen.KINDS[found.kind]) + (_(" · 视频") if found.is_video else "")),
        (_("依据"), found.basis),
        (_("时间"), screen.when(found.starts_at)),
        (_("谁参加"), _("{place}的 {units}，共 {n} 人").format(
            place=found.scope_name, units=words.units_asked(found.unit_count, found.target_level),
            n=f"{found.attendees:,}",
        )),
        (_("计划时长"), _("{n} 分钟（不超过 {most} 分钟）").format(n=found.planned_minutes, most=found.minutes_most)),
        (_("实际时长"), _("{n} 分钟").format(n=actual) if actual is not None else ""),
        (_("参会单位花的"), screen.cost_of(found)),
        (_("说明的理由"), found.excuse),
        (_("督考办的决定"), found.decision),
        (_("任务"), found.demand),
    )  # fmt: skip
    return tuple((label, text) for label, text in lines if text)


def _agenda(found: MeetingView) -> Table:
    rows = [
        row(
            number(one.position), Cell(one.speaker, note=str(screen.SPEECHES[one.kind])), number(one.planned_minutes),
            Cell(screen.clock(one.actual_seconds), raw=one.actual_seconds if one.actual_seconds is not None else ""),
            Cell(screen.clock(one.over_seconds) if one.over_seconds else "", raw=one.over_seconds),
            Cell(_("超过规定的 {n} 分钟").format(n=one.seconds_most // 60), tone="warn")
            if one.seconds_most and (one.actual_seconds or 0) > one.seconds_most else "",
        )
        for one in found.agenda
    ]  # fmt: skip
    columns = [
        Column(_("序"), "number"), Column(_("发言"), is_sticky=True), Column(_("计划"), "number", _("分钟")),
        Column(_("实际"), "number", _("分:秒")), Column(_("超出计划"), "number", _("分:秒")),
        Column(_("提醒"), "badge", is_sortable=False),
    ]  # fmt: skip
    return table("agenda", _("议程"), columns, rows, empty=_("没有列出议程。"), is_synthetic=found.is_synthetic)
