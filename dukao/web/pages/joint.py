"""The joint plan (联合检查): what a year's visits become when departments come together; proposed and adopted here."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.refusals import NotThere
from dukao.base.wording import joined, with_note
from dukao.gate import actions, queries
from dukao.gate.queries import JointPlanView, JointVisitView, Unplaced
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.tables import Cell, Column, Table, number, row, table
from dukao.web.timeline import month_name

_MOST = 500


@dataclass(frozen=True, slots=True)
class MonthBar:
    """One month: visits alone and joint, each as percent of the busiest month."""

    label: str
    alone: int
    joint: int
    alone_percent: int
    joint_percent: int


@dataclass(frozen=True)
class JointPage:
    title: str
    crumbs: tuple[Crumb, ...]
    year: int
    unit: str
    years: tuple[tuple[str, str, bool], ...]
    plan: JointPlanView | None
    may_decide: bool
    state: tuple[str, str]
    figures: tuple[tuple[str, str, str], ...]
    formulas: tuple[str, ...]
    message: str
    bars: tuple[MonthBar, ...]
    visits: Table | None
    left_out: tuple[tuple[str, str, str], ...]
    unplaced: tuple[tuple[Unplaced, str], ...]  # with the reason
    departments: tuple[tuple[str, str], ...]
    months: tuple[tuple[str, str], ...]
    asked: dict[str, str]
    tables: tuple[Table, ...]
    is_synthetic: bool


@require_GET
def joint(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    if not actor.has("PLAN_DECIDE"):
        actor.require_anywhere("DEMANDS_ISSUE")
    return doors.render(request, "joint/page.html", _page(request, actor))


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    year, unit = doors.year_in(request.POST.get("year", "")), request.POST.get("unit", "")[:12]
    actions.propose_joint(year=year, unit=unit, by=doors.actor_of(request), at=doors.now())
    doors.tell(request, _("已经合并好，请看结果；采用以后部门才能看到。"))
    return doors.go(request, _address(year, unit))


@require_POST
def adopt(request: HttpRequest) -> HttpResponse:
    year, unit = doors.year_in(request.POST.get("year", "")), request.POST.get("unit", "")[:12]
    proposal = request.POST.get("proposal", "")
    if not (proposal.isdecimal() and len(proposal) < 12):
        raise NotThere()
    actions.adopt_joint(proposal=int(proposal), by=doors.actor_of(request), at=doors.now())
    doors.tell(request, _("已采用，各部门可以照此预约。"))
    return doors.go(request, _address(year, unit))


def _address(year: int, unit: str, **more: str) -> str:
    return f"{reverse('joint')}?{urlencode({'year': year, 'unit': unit, **more})}"


def _page(request: HttpRequest, actor: Actor) -> JointPage:
    year = doors.year_in(request.GET.get("year", ""))
    units = dict(queries.plan_units(viewer=actor))
    unit = request.GET.get("unit", "")[:12] or next(iter(units), "")
    plan = queries.joint_plan(year=year, unit=unit, viewer=actor)
    asked = {name: request.GET.get(name, "")[:40] for name in ("month", "department", "q")}
    month = int(asked["month"]) if asked["month"].isdecimal() and len(asked["month"]) < 3 else 0
    found = (
        queries.joint_visits(plan=plan, viewer=actor, month=month, department=asked["department"], text=asked["q"],
                             most=_MOST)
        if plan else ()
    )  # fmt: skip
    visits = _visits(found, plan, actor) if plan else None
    return JointPage(
        title=_("联合检查"), crumbs=(Crumb(_("年度计划"), reverse("plan")), Crumb(_("联合检查"))), year=year, unit=unit,
        years=tuple((_("{year}年").format(year=y), _address(y, unit), y == year) for y in _years(actor, unit)),
        plan=plan, may_decide=actor.has("PLAN_DECIDE"), state=_state(plan), figures=_figures(plan) if plan else (),
        formulas=_formulas(plan) if plan else (), message=_message(plan) if plan else "",
        bars=_bars(plan) if plan else (), visits=visits,
        left_out=tuple((i.number, i.title, i.department_name) for i in plan.left_out) if plan else (),
        unplaced=_unplaced(plan) if plan and plan.may_decide else (),
        departments=(("", _("全部部门")), *_departments(plan, actor)),
        months=(("", _("全年")), *((str(m), month_name(year, m)) for m in range(1, 13))), asked=asked,
        tables=(visits,) if visits else (), is_synthetic=plan.is_synthetic if plan else False,
    )  # fmt: skip


def _years(actor: Actor, unit: str) -> tuple[int, ...]:
    return queries.plan_years(unit=unit, viewer=actor, on=doors.today())


def _departments(plan: JointPlanView | None, actor: Actor) -> tuple[tuple[str, str], ...]:
    if plan is None:
        return ()
    items = queries.plan_items(year=plan.year, unit=plan.unit_code, viewer=actor, on=doors.today())
    return tuple(sorted({(one.department_code, one.department_name) for one in items if one.state == "approved"}))


def _state(plan: JointPlanView | None) -> tuple[str, str]:
    if plan is None:
        return "wait", _("还没有合并")
    return ("ok", _("已采用")) if plan.adopted_at else ("info", _("待采用"))


def _figures(plan: JointPlanView) -> tuple[tuple[str, str, str], ...]:
    return (
        (_("计划的检查"), f"{plan.planned:,}", _("次")),
        (_("合并以后"), f"{plan.joint:,}", _("次")),
        (_("基层少接待"), f"{plan.saved:,}", _("次")),
        (_("再好也不会少于"), f"{plan.bound:,}", _("次")),
    )


def _formulas(plan: JointPlanView) -> tuple[str, ...]:
    gap = f"{100 * plan.beyond_bound / plan.bound:.1f}" if plan.bound else "0"
    left = len(plan.left) + len(plan.dayless)
    lines = [
        _("少接待 = 计划 {planned} − 没排进 {left} − 合并以后 {joint} = {saved} 次").format(
            planned=f"{plan.planned:,}", left=f"{left:,}", joint=f"{plan.joint:,}", saved=f"{plan.saved:,}"
        ),
        _(
            "离下限还差 {gap}%：下限是每个单位各自最少要几次，不考虑部门人手和间隔，任何排法都不会更少；"
            "放不下的一次算一次，窗口里没有工作日的怎么也排不进，不算在内"
        ).format(gap=gap),
        _("如果各来各的、都在窗口开始的月份来，有 {n} 个单位·月超过 {most} 次；合并以后一个也没有").format(
            n=f"{plan.crowded_months:,}", most=plan.limits.visits_per_month
        ),
        _(
            "排的时候：每个单位每月不超过 {month} 次，两次之间至少隔 {rest} 个工作日；"
            "一次最多 {together} 个部门；一个部门一天最多 {day} 次"
        ).format(
            month=plan.limits.visits_per_month, rest=plan.limits.cooling_workdays,
            together=plan.limits.departments_most, day=plan.limits.visits_per_department_day,
        ),
    ]  # fmt: skip
    return tuple(lines)


def _unplaced(plan: JointPlanView) -> tuple[tuple[Unplaced, str], ...]:
    return (
        *((one, _("窗口里没有工作日，请改窗口")) for one in plan.dayless),
        *((one, _("窗口里每一天都会挤着这个单位或部门，请放宽窗口")) for one in plan.left),
    )


def _message(plan: JointPlanView) -> str:
    percent = round(100 * plan.saved / plan.planned) if plan.planned else 0
    return _("{planned} 次检查合并成 {joint} 次，少了 {percent}%").format(
        planned=f"{plan.planned:,}", joint=f"{plan.joint:,}", percent=percent
    )


def _bars(plan: JointPlanView) -> tuple[MonthBar, ...]:
    most = max((max(one.alone, one.joint) for one in plan.months), default=0) or 1
    return tuple(
        MonthBar(month_name(plan.year, one.month), one.alone, one.joint, round(100 * one.alone / most),
                 round(100 * one.joint / most))
        for one in plan.months
    )  # fmt: skip


def _visits(found: tuple[JointVisitView, ...], plan: JointPlanView, actor: Actor) -> Table:
    rows = [
        row(
            Cell(f"{words.day(one.on)} {words.weekday(one.on)}", raw=one.on.isoformat()),
            Cell(one.unit_name, note=one.unit_code), number(len(one.items)),
            _who(one),
            joined(item.title for item in one.items), _booking(one, plan, actor),
        )
        for one in found
    ]  # fmt: skip
    columns = [
        Column(_("哪天"), "date"), Column(_("哪里"), is_sticky=True), Column(_("合并"), "number", _("项")),
        Column(_("谁一起来"), "prose"), Column(_("查什么"), "prose"), Column(_("预约"), "badge"),
    ]  # fmt: skip
    caption = _("联合检查的日历（{n} 次）").format(n=f"{len(found):,}")
    if len(found) == _MOST:
        caption = _("联合检查的日历（前 {n} 次，请按月份或部门缩小范围）").format(n=f"{_MOST:,}")
    return table("joint", caption, columns, rows, is_synthetic=plan.is_synthetic, empty=_("没有符合条件的检查。"))


def _booking(one: JointVisitView, plan: JointPlanView, actor: Actor) -> Cell:
    if one.visit:
        return Cell(_("已预约"), href=reverse("visits.page", args=[one.visit]))
    if plan.adopted_at is None or one.on < doors.today():
        return Cell("")
    lead = one.items[0]
    if not actor.has("PLAN_DECIDE") and not _is_own(lead.department_code, actor):
        return Cell(_("由{department}预约").format(department=lead.department_name))
    items = [("item", item.number) for item in one.items]
    query = urlencode([*items, ("unit", one.unit_code), ("on", one.on.isoformat())])
    return Cell(_("去预约"), href=f"{reverse('visits.new')}?{query}")


def _who(one: JointVisitView) -> str:
    """The department that leads comes first."""
    lead, *others = dict.fromkeys(item.department_name for item in one.items)
    return joined([with_note(lead, _("牵头")), *others]) if others else lead


def _is_own(department: str, actor: Actor) -> bool:
    return any(standing.department_code == department for standing in actor.standings_with("DEMANDS_ISSUE"))


urlpatterns = [
    path("joint/", joint, name="joint"),
    path("joint/proposal/", propose, name="joint.propose"),
    path("joint/adoption/", adopt, name="joint.adopt"),
]
