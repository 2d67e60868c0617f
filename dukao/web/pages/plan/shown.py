"""The plan as everybody it concerns may read it: the year, who does what when, and what was carried out."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.base.wording import period_text
from dukao.gate import queries
from dukao.gate.queries import ItemView, PlanView
from dukao.gate.rules.items import REMOTE_METHOD
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.plan import coming, screen
from dukao.web.tables import Table, Tone
from dukao.web.timeline import Timeline

_STANDING = ("approved",)


@dataclass(frozen=True)
class PlanPage:
    title: str
    plan: PlanView
    state: tuple[Tone, str]
    years: tuple[tuple[str, str, bool], ...]
    units: tuple[tuple[str, str], ...]
    as_of: str
    figures: tuple[tuple[str, str, str, str], ...]  # title, number, unit, what it does and does not count
    timeline: Timeline | None
    items: Table
    statement: Table
    tables: tuple[Table, ...]
    waiting: int
    may_request: bool
    is_receiver: bool
    is_synthetic: bool


@dataclass(frozen=True)
class ExceptionsPage:
    title: str
    crumbs: tuple[Crumb, ...]
    plan: PlanView
    years: tuple[tuple[str, str, bool], ...]
    items: Table
    tables: tuple[Table, ...]
    may_request: bool
    is_synthetic: bool


@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """The plan; who stands for a unit that is visited sees first of all who may come there."""
    actor = doors.actor_of(request)
    if is_receiver(actor):
        return coming.answer(request, actor, "")
    return everything(request)


@require_GET
def everything(request: HttpRequest) -> HttpResponse:
    """The whole plan of a unit for a year, today or as it stood on a day."""
    actor, today = doors.actor_of(request), doors.today()
    asked = screen.asked(request, actor)
    shown = queries.plan(year=asked.year, unit=asked.unit, viewer=actor)
    where = {"year": asked.year, "unit": asked.unit, "viewer": actor, "on": today}
    found = queries.plan_items(**where, as_of=asked.as_of)
    standing = [item for item in found if item.state in _STANDING]
    listed = found if shown.may_decide or shown.may_propose else tuple(standing)
    items = screen.items_table(
        listed, key="items", caption=_("{year} 年督查计划（{n} 项）").format(year=asked.year, n=len(listed)),
        empty=_("还没有事项。") if shown.is_open else _("没有向您公开的事项。"),
    )  # fmt: skip
    statement = screen.statement_table(queries.plan_statement(**where), asked.year)
    page = PlanPage(
        title=_("{place} {year} 年督查计划").format(place=shown.unit_name, year=asked.year),
        plan=shown,
        state=(screen.PLAN_TONES[shown.state], shown.state_label),
        years=years(asked, actor, "plan.all"),
        units=queries.plan_units(viewer=actor),
        as_of=asked.as_of.isoformat() if asked.as_of else "",
        figures=_figures(standing),
        timeline=screen.year_timeline(standing, asked.year, twin="table-items", by_department=True),
        items=items,
        statement=statement,
        tables=(items, statement),
        waiting=sum(item.state == "proposed" for item in found),
        may_request=actor.has("DEMANDS_ISSUE"),
        is_receiver=is_receiver(actor),
        is_synthetic=items.is_synthetic,
    )
    return doors.render(request, "plan/page.html", page)


@require_GET
def exceptions(request: HttpRequest) -> HttpResponse:
    """What is carried out beyond the plan: one matter, one approval; and emergencies with their end."""
    actor, today = doors.actor_of(request), doors.today()
    asked = screen.asked(request, actor)
    shown = queries.plan(year=asked.year, unit=asked.unit, viewer=actor)
    found = queries.plan_items(
        year=asked.year, unit=asked.unit, viewer=actor, on=today, origins=("exception", "emergency")
    )
    items = screen.items_table(
        found, key="exceptions", caption=_("{year} 年计划外的事项（{n} 项）").format(year=asked.year, n=len(found)),
        empty=_("这一年没有计划外的事项。"),
    )  # fmt: skip
    page = ExceptionsPage(
        title=_("一事一报和应急"),
        crumbs=screen.crumbs(Crumb(_("一事一报"))),
        plan=shown,
        years=years(asked, actor, "plan.exceptions"),
        items=items,
        tables=(items,),
        may_request=actor.has("DEMANDS_ISSUE"),
        is_synthetic=items.is_synthetic,
    )
    return doors.render(request, "plan/exceptions.html", page)


def is_receiver(actor: Actor) -> bool:
    """Whether the actor stands for a unit that is visited, and has nothing to decide or to propose."""
    return actor.has("DEMANDS_RECEIVE") and not actor.has("DEMANDS_SEE_ALL") and not actor.has("DEMANDS_ISSUE")


def years(asked: screen.Asked, actor: Actor, route: str) -> tuple[tuple[str, str, bool], ...]:
    """Tabs: title, address, is here."""
    found = queries.plan_years(unit=asked.unit, viewer=actor, on=doors.today())
    return tuple(
        (period_text(year * 1000), f"{reverse(route)}?year={year}&unit={asked.unit}", year == asked.year)
        for year in sorted({*found, asked.year})
    )


def _figures(items: list[ItemView]) -> tuple[tuple[str, str, str, str], ...]:
    planned = [item for item in items if item.origin == "planned"]
    beyond = [item for item in items if item.origin != "planned"]
    minutes = sum(item.visits_most * item.minutes_hundredths_per_visit for item in planned)
    used = sum(item.usage.used for item in items if item.usage)
    outside = _("另有一事一报和应急 {n} 项").format(n=len(beyond)) if beyond else ""
    more = _("另有一事一报和应急 {n} 次").format(n=f"{_on_site(beyond):,}") if beyond else ""
    return (
        (_("计划内事项"), f"{len(planned):,}", _("项"), outside),
        (_("计划内最多去"), f"{_on_site(planned):,}", _("次"), more),
        (_("计划内最多占用基层"), words.hours_number(minutes), _("小时"), ""),
        (_("已执行"), f"{used:,}", _("次"), _("含计划外；几项一起去的，各记一次")),
    )


def _on_site(items: list[ItemView]) -> int:
    return sum(item.visits_most for item in items if item.method != REMOTE_METHOD)
