"""The supervision office's desk: who asks whom for what, on what basis, and whose minutes it costs. No ranking."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.base.periods import Period
from dukao.base.refusals import Invalid
from dukao.base.spoken import spoken
from dukao.gate import queries as gate
from dukao.gate.queries import AskerMinutes, DemandView
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers import queries as registers
from dukao.sheets import queries as sheets
from dukao.voice.queries import orders
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.orders.listing import orders_table
from dukao.web.tables import Cell, Column, Table, number, row, table
from dukao.web.times import hours, minutes
from dukao.web.waiting import Waiting, tasks_and_orders

_RECENT, _LATE = 8, 5
_MOST = 1000
_SHOWN, _EXPORTED = 100, 20_000


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a plain chart; `percent` of the longest."""

    label: str
    text: str
    percent: int


@dataclass(frozen=True)
class SupervisionPage:
    title: str
    waiting: tuple[Waiting, ...]
    year: int
    years: tuple[tuple[str, bool], ...]
    figures: tuple[tuple[str, str, str], ...]  # title, number, unit
    message: str
    bars: tuple[Bar, ...]
    minutes: Table
    late: Table | None
    recent: Table
    stopped: Table
    refused: Table
    spared: Table
    tables: tuple[Table, ...]
    units: tuple[tuple[str, str], ...]
    proposals: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DemandsPage:
    title: str
    asker: str
    askers: tuple[tuple[str, str], ...]
    since: str
    until: str
    is_filtered: bool
    older: str  # number of the last one shown, where there are more
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class DemandPage:
    title: str
    crumbs: tuple[Crumb, ...]
    marks: tuple[tuple[str, str], ...]
    state: tuple[str, str]
    dispatch_href: str


@require_GET
def supervision(request: HttpRequest) -> HttpResponse:
    """All that was asked in the city in a year: hours by asker, the newest demands, the refusals on record."""
    actor = doors.actor_of(request)
    actor.require_anywhere("DEMANDS_SEE_ALL")
    today = doors.today()
    year = doors.year_in(request.GET.get("year", ""))
    period = Period(year * 1000)
    charged = gate.minutes_by_asker(viewer=actor, since=period.starts_on, until=period.ends_on)
    newest = gate.demands(viewer=actor, since=period.starts_on, until=period.ends_on, most=_RECENT)
    minutes, recent = _minutes_table(charged, year), _demands_table("recent", _("最近的要求"), newest, today)
    past = orders.orders(viewer=actor, today=today, only_late=True)
    told = _("过了期限的差评工单（{n} 件，不论轮到谁办）").format(n=len(past))
    late = orders_table("late", told, past[:_LATE]) if past else None
    stopped, refused, spared = (
        _stopped_table(actor, period), _refused_table(actor, period), _spared_table(actor, period)
    )  # fmt: skip
    page = SupervisionPage(
        title=_("督考台"),
        waiting=tasks_and_orders(actor, today),
        year=year,
        years=tuple((str(y), y == year) for y in range(today.year - 2, today.year + 1)),
        figures=_figures(charged),
        message=_message(charged, year),
        bars=_bars(charged),
        minutes=minutes,
        late=late,
        recent=recent,
        stopped=stopped,
        refused=refused,
        spared=spared,
        tables=tuple(one for one in (late, minutes, recent, stopped, refused, spared) if one),
        units=tuple((s.unit_name, reverse("units.page", args=[s.unit_code]))
                    for s in actor.standings_with("DEMANDS_SEE_ALL")),
        proposals=tuple(
            (_("{year} 年计划待审 {n} 项").format(year=y, n=n), f"{reverse('plan.desk')}?year={y}&unit={unit}")
            for y, unit, n in gate.proposals_waiting(viewer=actor)
        ),
    )  # fmt: skip
    return doors.render(request, "supervision/page.html", page)


@require_GET
def demands(request: HttpRequest) -> HttpResponse:
    """The register of demands, newest first; a department sees its own."""
    actor, today = doors.actor_of(request), doors.today()
    _require_demands(actor)
    asker = request.GET.get("asker", "")[:40]
    since, until = _date(request, "since"), _date(request, "until")
    is_file = bool(request.GET.get("export"))
    found = gate.demands(
        viewer=actor, asker=asker, since=since, until=until, before=request.GET.get("before", "")[:32],
        most=_EXPORTED if is_file else _SHOWN + 1,
    )  # fmt: skip
    shown = found if is_file else found[:_SHOWN]
    is_whole = len(shown) == len(found) and "before" not in request.GET
    caption = _("要求（{n} 项）").format(n=len(shown)) if is_whole else _("要求")
    page = DemandsPage(
        title=_("要求台账"),
        asker=asker,
        askers=(("", _("全部部门")), *((d.code, d.name) for d in org.departments(viewer=actor))),
        since=since.isoformat() if since else "",
        until=until.isoformat() if until else "",
        is_filtered=bool(asker or since or until),
        older=shown[-1].number if len(shown) < len(found) else "",
        tables=(_demands_table("demands", caption, shown, today),),
    )
    return doors.render(request, "demands/list.html", page)


@require_GET
def demand(request: HttpRequest, number: str) -> HttpResponse:
    actor = doors.actor_of(request)
    found, today = gate.demand(number=number, viewer=actor), doors.today()
    page = DemandPage(
        title=found.title,
        crumbs=(Crumb(_("要求台账"), reverse("demands")), Crumb(found.number)),
        marks=_marks(found, today),
        state=_state(found, today),
        dispatch_href=reverse("dispatches.page", args=[found.number.replace("XQ", "BB", 1)])
        if found.kind == "sheet"
        else "",
    )
    return doors.render(request, "demands/page.html", page)


def _require_demands(actor: Actor) -> None:
    if not actor.has("DEMANDS_SEE_ALL"):
        actor.require_anywhere("DEMANDS_ISSUE")


def _date(request: HttpRequest, name: str) -> date | None:
    raw = request.GET.get(name, "").strip()
    try:
        # A day that a database of moments can hold.
        return Period.day(date.fromisoformat(raw)).starts_on if raw else None
    except ValueError:
        why = _("“{raw}”不是日期，应像 2026-10-08").format(raw=raw[:20])
        raise Invalid(_("日期写得不对"), errors={name: why}) from None


def _figures(charged: tuple[AskerMinutes, ...]) -> tuple[tuple[str, str, str], ...]:
    hundredths = sum(a.minutes_hundredths for a in charged)
    return (
        (_("提出的要求"), f"{sum(a.demands for a in charged):,}", _("项")),
        (_("落到单位"), f"{sum(a.unit_demands for a in charged):,}", _("次")),
        (_("合计要花"), words.hours_number(hundredths), _("小时")),
        (_("已撤回"), f"{sum(a.withdrawn for a in charged):,}", _("项")),
    )


def _message(charged: tuple[AskerMinutes, ...], year: int) -> str:
    hundredths = sum(a.minutes_hundredths for a in charged)
    return _("{year} 年各部门向基层要了 {hours}，记在要的部门名下").format(year=year, hours=words.hours(hundredths))


def _bars(charged: tuple[AskerMinutes, ...]) -> tuple[Bar, ...]:
    most = max((a.minutes_hundredths for a in charged), default=0) or 1
    return tuple(
        Bar(a.department_name, words.hours(a.minutes_hundredths), round(100 * a.minutes_hundredths / most))
        for a in charged
    )


def _minutes_table(charged: tuple[AskerMinutes, ...], year: int) -> Table:
    rows = [
        row(
            Cell(a.department_name, href=f"{reverse('demands')}?asker={a.department_code}&since={year}-01-01"),
            number(a.demands), number(a.unit_demands),
            hours(a.minutes_hundredths), number(a.withdrawn),
        )
        for a in charged
    ]  # fmt: skip
    return table(
        "minutes",
        _("{year} 年各部门要求基层花的时间").format(year=year),
        [
            Column(_("部门"), is_sticky=True), Column(_("要求"), "number", _("项")),
            Column(_("落到单位"), "number", _("次")), Column(_("合计"), "number", _("小时")),
            Column(_("已撤回"), "number", _("项")),
        ],
        rows,
        source=_("按部门代码排列，不作排名。时间按每项数据的估计用时计算，只计真正要问的部分。"),
        empty=_("这一年还没有部门向基层提出要求。"),
    )  # fmt: skip


def _demands_table(key: str, caption: str, found: tuple[DemandView, ...], today: date) -> Table:
    rows = [
        row(
            Cell(d.title, href=reverse("demands.page", args=[d.number]), note=d.number),
            d.asker_name,
            Cell(words.units_asked(d.unit_count, d.target_level), note=d.scope_name),
            d.basis,
            Cell(words.day(d.issued_at), raw=d.issued_at.date().isoformat()),
            Cell(words.day(d.due_on), raw=d.due_on.isoformat()),
            minutes(d.minutes_hundredths_per_unit),
            hours(d.minutes_hundredths),
            Cell(_state(d, today)[1], tone=_state(d, today)[0]),  # type: ignore[arg-type]
        )
        for d in found
    ]
    return table(
        key,
        caption,
        [
            Column(_("要什么"), is_sticky=True), Column(_("谁要")), Column(_("向谁要")), Column(_("依据"), "prose"),
            Column(_("提出"), "date"), Column(_("截止"), "date"),
            Column(_("每单位最多"), "number", _("分钟")), Column(_("合计"), "number", _("小时")),
            Column(_("状态"), "badge"),
        ],
        rows,
        empty=_("没有符合条件的要求。"),
        is_filtered=len(rows) > _RECENT,
    )  # fmt: skip


def _stopped_table(viewer: Actor, year: Period) -> Table:
    """What somebody wanted to ask and the rules did not let through."""
    found = gate.refusals(viewer=viewer, since=year.starts_on, until=year.ends_on, most=_MOST)
    names = org.display_names(names={r.by_name for r in found})
    rows = [
        row(
            r.title, Cell(r.asker_name, note=names.get(r.by_name, r.by_name)), r.scope_name,
            Cell(spoken(r.reasons[0]), note=_("另有 {n} 处").format(n=len(r.reasons) - 1) if r.reasons[1:] else ""),
            Cell("、".join(r.rules), note=r.sources[0]),
            Cell(words.moment(r.refused_at), raw=r.refused_at.isoformat()),
        )
        for r in found
    ]  # fmt: skip
    columns = [
        Column(_("想要什么"), is_sticky=True), Column(_("谁要")), Column(_("向谁要")), Column(_("为什么没让发")),
        Column(_("规则")), Column(_("时间"), "date"),
    ]  # fmt: skip
    return table("stopped", _("没让发下去的要求（{n} 次）").format(n=len(rows)), columns, rows,
                 is_filtered=len(rows) > 12, source=_("基层没有收到，不花时间；只作记录。"),
                 empty=_("这一年没有被规则挡下的要求。"))  # fmt: skip


def _refused_table(viewer: Actor, year: Period) -> Table:
    found = sheets.refusals(viewer=viewer, since=year.starts_on, until=year.ends_on, most=_MOST)
    rows = [
        row(
            Cell(f.unit_name, href=reverse("dispatches.filing", args=[f.number, f.unit_code])),
            Cell(f.title, note=f.number), f.issuer_name, spoken(f.reason),
            Cell(words.moment(f.refused_at), raw=f.refused_at.isoformat() if f.refused_at else ""),
        )
        for f in found
    ]  # fmt: skip
    columns = [Column(_("单位"), is_sticky=True), Column(_("报表")), Column(_("谁的表")), Column(_("理由")),
               Column(_("时间"), "date")]  # fmt: skip
    return table("refused", _("基层依法拒填（{n} 次）").format(n=len(rows)), columns, rows,
                 source=_("拒填受法律保护，不得追究；表缺少什么标识，请下发部门补齐。"),
                 empty=_("这一年没有单位拒填。"))  # fmt: skip


def _spared_table(viewer: Actor, year: Period) -> Table:
    found = sheets.spared_questions(viewer=viewer, since=year.starts_on, until=year.ends_on, most=_MOST)
    verdicts = {
        "held": _("已掌握"), "expected": _("将由部门交付"), "elsewhere": _("别处正在问"), "below": _("下级在报"),
        "forbidden": _("不该由它问"),
    }  # fmt: skip
    elements = registers.elements_by_code({q.element_code for q in found})
    rows = [
        row(
            Cell(words.title_of(elements[q.element_code]), href=reverse("elements.page", args=[q.element_code])),
            q.issuer_name, Cell(q.title, note=q.number, href=reverse("dispatches.page", args=[q.number])),
            words.period(q.period), verdicts[q.verdict], number(q.n_cells),
            Cell(words.day(q.dispatched_at), raw=q.dispatched_at.date().isoformat()),
        )
        for q in found
    ]  # fmt: skip
    columns = [
        Column(_("数据元"), is_sticky=True), Column(_("谁要")), Column(_("报表")), Column(_("报告期")),
        Column(_("为什么不问")), Column(_("免填"), "number", _("格")), Column(_("日期"), "date"),
    ]  # fmt: skip
    caption = _("重复的要求，已拦下（{n} 项）").format(n=len(rows))
    empty = _("这一年没有拦下重复的要求。")
    return table("spared", caption, columns, rows, is_filtered=len(rows) > 12, empty=empty)


def _state(d: DemandView, today: date) -> tuple[str, str]:
    if d.withdrawn_at:
        return "plain", _("已撤回")
    if d.due_on < today:
        return "plain", _("已到期")
    return ("warn", _("应急")) if d.is_emergency else ("info", _("进行中"))


def _marks(d: DemandView, today: date) -> tuple[tuple[str, str], ...]:
    units = words.units_asked(d.unit_count, d.target_level)
    lines = (
        (_("编号"), d.number),
        (_("谁要"), d.asker_name),
        (_("向谁要"), _("{place}的 {units}").format(place=d.scope_name, units=units)),
        (_("依据"), d.basis),
        (_("提出"), words.moment(d.issued_at)),
        (_("截止"), words.due(d.due_on, today).text),
        (_("每单位最多"), words.minutes(d.minutes_hundredths_per_unit)),
        (_("合计"), words.hours(d.minutes_hundredths)),
        (_("应急"), words.yes_no(d.is_emergency)),
        (_("撤回"), words.moment(d.withdrawn_at)),
    )
    return tuple((label, text) for label, text in lines if text)


urlpatterns = [
    path("supervision/", supervision, name="supervision"),
    path("demands/", demands, name="demands"),
    path("demands/<str:number>/", demand, name="demands.page"),
]
