"""A department's desk: what it has out and how far, what waits for it, what it delivered, whose minutes it spends."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.base.periods import Period
from dukao.gate import queries as gate
from dukao.org.rules import Actor
from dukao.registers import queries as registers
from dukao.sheets import queries as sheets
from dukao.sheets.queries import Desk
from dukao.web import doors, words
from dukao.web.pages import dispatches
from dukao.web.pages.deliveries import reading as delivered
from dukao.web.tables import Table
from dukao.web.waiting import Waiting, tasks_and_orders

_RECENT = 8


@dataclass(frozen=True)
class DepartmentPage:
    title: str
    waiting: tuple[Waiting, ...]
    figures: tuple[tuple[str, str, str, str], ...]  # title, number, unit, address
    dispatches: Table
    deliveries: Table
    tables: tuple[Table, ...]
    is_synthetic: bool


@require_GET
def department(request: HttpRequest) -> HttpResponse:
    actor, today = doors.actor_of(request), doors.today()
    actor.require_anywhere("SHEETS_DESIGN")
    desk = sheets.desk(viewer=actor, today=today)
    recent = registers.deliveries(viewer=actor, most=_RECENT)
    out = dispatches.table_of(desk.dispatches, caption=_("填报中的报表"))
    came = delivered.table_of(recent, caption=_("最近的数据交付"))
    names = tuple(dict.fromkeys(s.department_name for s in actor.standings_with("SHEETS_DESIGN")))
    page = DepartmentPage(
        title=_("{name} · 工作台").format(name=names[0]) if len(names) == 1 else _("部门工作台"),
        waiting=(*tasks_and_orders(actor, today), *_waiting(desk, recent), *_returned(actor, today)),
        figures=_figures(actor, desk, Period.of(today, "year")),
        dispatches=out,
        deliveries=came,
        tables=(out, came),
        is_synthetic=out.is_synthetic or came.is_synthetic,
    )
    return doors.render(request, "department/page.html", page)


def _waiting(desk: Desk, recent: tuple[registers.DeliveryView, ...]) -> tuple[Waiting, ...]:
    """What only this department can move on."""
    found = []
    if desk.to_review:
        text = _("有 {n} 份报表交来，等着审核").format(n=len(desk.to_review))
        found.append(Waiting(text, reverse("review"), _("去审核")))
    newest = {(d.dataset_code, d.period, d.scope_code): d for d in reversed(recent)}  # what came later settles it
    for d in newest.values():
        if d.state == "refused":
            text = _("《{title}》{period}的交付被退回").format(title=d.dataset_title, period=words.period(d.period))
            found.append(Waiting(text, reverse("deliveries.page", args=[d.number]), _("看原因")))
        elif d.state == "landed" and d.rows_rejected:
            text = _("《{title}》{period}有 {n} 行没有入库").format(
                title=d.dataset_title, period=words.period(d.period), n=f"{d.rows_rejected:,}"
            )
            found.append(Waiting(text, reverse("deliveries.page", args=[d.number]), _("看问题清单")))
    for sheet in desk.sheets:
        if sheet.state == "draft":
            text = _("《{title}》还是草稿").format(title=sheet.title)
            found.append(Waiting(text, reverse("sheets.design", args=[sheet.code]), _("继续设计")))
    return tuple(found)


def _returned(actor: Actor, today: date) -> tuple[Waiting, ...]:
    """Items of the inspection plan that the office did not let through."""
    told = _("督查事项“{title}”没有通过：{reason}")
    return tuple(
        Waiting(
            told.format(title=item.title, reason=item.decision), reverse("plan.item", args=[item.number]), _("去看")
        )
        for item in gate.returned_items(viewer=actor, on=today)
    )


def _figures(actor: Actor, desk: Desk, year: Period) -> tuple[tuple[str, str, str, str], ...]:
    mine = {s.department_code for s in actor.standings_with("DEMANDS_ISSUE")}
    charged = [a for a in gate.minutes_by_asker(viewer=actor, since=year.starts_on, until=year.ends_on)
               if a.department_code in mine]  # fmt: skip
    minutes = sum(a.minutes_hundredths for a in charged)
    return (
        (_("填报中的报表"), f"{len(desk.dispatches):,}", _("次"), reverse("dispatches")),
        (_("等着审核"), f"{len(desk.to_review):,}", _("份"), reverse("review")),
        (_("今年要求基层花的时间"), words.hours_number(minutes), _("小时"), reverse("demands")),
        (_("今年向基层提出的要求"), f"{sum(a.demands for a in charged):,}", _("项"), reverse("demands")),
    )


urlpatterns = [path("department/", department, name="department")]
