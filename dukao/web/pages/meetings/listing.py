"""The list of meetings: a department's own, all of them for supervision, and for a unit those it is called to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.gate import queries
from dukao.gate.queries import MeetingView, MeetingYear
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.pages.meetings import screen
from dukao.web.tables import Cell, Column, Table, number, row, table
from dukao.web.times import hours

_AHEAD_DAYS, _BACK_DAYS, _MOST = 120, 400, 500


@dataclass(frozen=True)
class MeetingsPage:
    title: str
    may_call: bool
    to_decide: Table | None
    listed: Table
    years: Table | None
    tables: tuple[Table, ...]


@require_GET
def meetings(request: HttpRequest) -> HttpResponse:
    actor, today = doors.actor_of(request), doors.today()
    since, until = today - timedelta(days=_BACK_DAYS), today + timedelta(days=_AHEAD_DAYS)
    issues, sees_all = actor.has("DEMANDS_ISSUE"), actor.has("DEMANDS_SEE_ALL")
    if not (issues or sees_all):
        actor.require_anywhere("DEMANDS_RECEIVE")
        listed = _listed(_called(actor, today), _("要去开的会"), _("近期没有要去开的会。"))
        page = MeetingsPage(_("会议"), False, None, listed, None, (listed,))
        return doors.render(request, "meetings/list.html", page)
    found = queries.meetings(viewer=actor, since=since, until=until, most=_MOST)
    waiting = [one for one in found if one.state == "proposed"] if actor.has("PLAN_DECIDE") else []
    to_decide = _listed(waiting, _("等督考办决定的会议"), "", key="to-decide") if waiting else None
    listed = _listed(found, _("会议（{n} 次）").format(n=len(found)), _("还没有会议。"))
    years = _years(queries.meeting_years(viewer=actor, year=today.year), today.year)
    tables = tuple(one for one in (to_decide, listed, years) if one)
    page = MeetingsPage(_("会议"), issues, to_decide, listed, years, tables)
    return doors.render(request, "meetings/list.html", page)


def _called(actor: Actor, today: date) -> list[MeetingView]:
    found = [
        one
        for standing in actor.standings_with("DEMANDS_RECEIVE")
        for one in queries.meetings_of_unit(
            unit=standing.unit_code, viewer=actor, since=today, until=today + timedelta(days=_AHEAD_DAYS)
        )
    ]
    return sorted(found, key=lambda one: one.starts_at)


def _listed(found: Sequence[MeetingView], caption: str, empty: str, key: str = "meetings") -> Table:
    rows = [
        row(
            Cell(one.title, href=reverse("meetings.page", args=[one.number]), note=one.number),
            one.department_name, str(screen.KINDS[one.kind]),
            Cell(screen.when(one.starts_at), raw=one.starts_at.isoformat()),
            Cell(words.units_asked(one.unit_count, one.target_level), note=one.scope_name), number(one.attendees),
            number(one.planned_minutes), number(one.actual_minutes),
            hours(one.minutes_hundredths),
            Cell(screen.state_of(one.state)[1], tone=screen.state_of(one.state)[0]),
        )
        for one in found
    ]  # fmt: skip
    columns = [
        Column(_("会议"), is_sticky=True), Column(_("谁召集")), Column(_("类型")), Column(_("时间"), "date"),
        Column(_("谁参加")), Column(_("人数"), "number", _("人")), Column(_("计划"), "number", _("分钟")),
        Column(_("实际"), "number", _("分钟")), Column(_("参会单位花的"), "number", _("小时")),
        Column(_("状态"), "badge"),
    ]  # fmt: skip
    return table(key, caption, columns, rows, empty=empty, is_filtered=len(rows) > 12,
                 is_synthetic=any(one.is_synthetic for one in found),
                 source=_("参会单位花的时间 = 参会人数 ×（会议分钟 + 路途分钟）；开完的按实际时长。"))  # fmt: skip


def _years(found: tuple[MeetingYear, ...], year: int) -> Table:
    rows = [
        row(
            Cell(one.department_name, raw=one.department_code), number(one.called), number(one.last_year),
            number(one.baseline), number(one.held), number(one.longer_than_planned),
            hours(one.planned_minutes_hundredths),
            hours(one.actual_minutes_hundredths),
        )
        for one in found
    ]  # fmt: skip
    bar = found[0].baseline_year if found else 2018
    columns = [
        Column(_("部门"), is_sticky=True), Column(_("今年召集"), "number", _("次")),
        Column(_("去年全年"), "number", _("次")), Column(_("{year} 年").format(year=bar), "number", _("次")),
        Column(_("已开完"), "number", _("次")), Column(_("超过计划时长"), "number", _("次")),
        Column(_("计划时长"), "number", _("人·小时")), Column(_("实际时长"), "number", _("人·小时")),
    ]  # fmt: skip
    return table("years", _("{year} 年各部门召集的会议").format(year=year), columns, rows,
                 source=_("按部门代码排列，不作排名。人·小时 = 人数 × 分钟 ÷ 60，只算已开完的。“–”：没有台账。"),
                 empty=_("今年还没有召集过会议。"))  # fmt: skip
