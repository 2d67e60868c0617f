"""How often each rule spoke, and how often it was right."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.gate import queries
from dukao.web import doors
from dukao.web.tables import Cell, Column, Table, number, row, table

_YEARS_OFFERED = 3


@dataclass(frozen=True)
class StatisticsPage:
    title: str
    years: tuple[tuple[str, str, bool], ...]
    tables: tuple[Table, ...]


@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    actor, today = doors.actor_of(request), doors.today()
    actor.require_anywhere("DEMANDS_SEE_ALL")
    year = doors.year_in(request.GET.get("year", ""))
    found = queries.rule_statistics(viewer=actor, since=date(year, 1, 1), until=date(year + 1, 1, 1), on=today)
    rows = [
        row(
            Cell(one.title, note=one.rule),
            number(one.n_refused),
            number(one.n_warned),
            number(one.n_overturned),
            number(one.n_missed),
            number(one.n_confirmed),
            number(one.right_percent),
        )
        for one in found
    ]
    columns = [
        Column(_("规则"), is_sticky=True), Column(_("拦下"), "number", _("次")), Column(_("提醒"), "number", _("次")),
        Column(_("拦下后又破例"), "number", _("次")), Column(_("该拦没拦"), "number", _("次")),
        Column(_("放行对了"), "number", _("次")), Column(_("判得准"), "number", "%"),
    ]  # fmt: skip
    source = _(
        "判得准 =（拦下 − 拦下后又破例 + 放行对了）÷（拦下 + 该拦没拦 + 放行对了）。"
        "拦下后又破例：同一部门同一事项在 30 天内经一事一报或应急办理。"
        "该拦没拦：已放行，单位申诉成立。放行对了：已放行，单位申诉不成立。"
    )
    page = StatisticsPage(
        title=_("规则判得准不准"),
        years=tuple(
            (_("{year}年").format(year=y), f"?year={y}", y == year)
            for y in range(today.year - _YEARS_OFFERED + 1, today.year + 1)
        ),
        tables=(table("rules", _("{year} 年每条规则的情况").format(year=year), columns, rows, source=source,
                      empty=_("这一年还没有规则起过作用。")),),
    )  # fmt: skip
    return doors.render(request, "statistics/page.html", page)
