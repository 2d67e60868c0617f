"""Statements of the ledger on the web: a unit's, with the map where it has counties, and a department's."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.base.periods import Period
from dukao.base.wording import with_note
from dukao.gate import queries as gate
from dukao.gate.queries import (
    ESTIMATE_NAMES,
    FORMULAS,
    KIND_NAMES,
    DepartmentStatement,
    StatementLine,
    UnitBurden,
    UnitStatement,
)
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.web import charts, doors, maps, words
from dukao.web.doors import Crumb
from dukao.web.figures import axis_scale
from dukao.web.pages.burden import screen
from dukao.web.pages.burden.screen import KeyFigure
from dukao.web.tables import Cell, Column, Table, number, row, table
from dukao.web.times import minutes

_COUNTY = 3


@dataclass(frozen=True)
class StatementPage:
    title: str
    crumbs: tuple[Crumb, ...]
    period: str
    periods: tuple[tuple[str, str], ...]
    figures: tuple[KeyFigure, ...]
    median: str
    map: charts.Chart | None
    links: tuple[tuple[str, str, str], ...]  # icon, label, address
    tables: tuple[Table, ...]


@require_GET
def burden(request: HttpRequest) -> HttpResponse:
    """Lead everybody to the own statement: a department's, or the unit's where the post stands."""
    actor = doors.actor_of(request)
    for standing in actor.standings_with("DEMANDS_ISSUE"):
        return doors.go(request, reverse("burden.department", args=[standing.department_code]))
    for right in ("DEMANDS_SEE_ALL", "DEMANDS_RECEIVE"):
        for standing in actor.standings_with(right):  # type: ignore[arg-type]
            return doors.go(request, reverse("burden.unit", args=[standing.unit_code]))
    actor.require_anywhere("DEMANDS_RECEIVE")
    return doors.go(request, reverse("burden.unit", args=[org.root_units()[0].code]))


@require_GET
def unit(request: HttpRequest, code: str) -> HttpResponse:
    actor, today = doors.actor_of(request), doors.today()
    period = screen.period_of(request, today)
    seen = gate.unit_statement(unit=code, period=period, viewer=actor)
    if not seen.whole.n and "period" not in request.GET:
        # Nothing this month: the last month with anything in it says more than a page of noughts.
        period = gate.latest_month(unit=code, until=period, viewer=actor) or period
        seen = gate.unit_statement(unit=code, period=period, viewer=actor)
    name = seen.unit.name
    children = _children_table(seen.children, period)
    lines = _lines_table(seen.lines, seen.n_lines, _own_unit(seen, actor))
    tables = (*((children,) if seen.children else ()), lines,
              _askers_table(seen, actor), screen.kinds_table(seen.kinds))  # fmt: skip
    page = StatementPage(
        title=_("{name} · {period}的负担账").format(name=name, period=words.period(period)),
        crumbs=(*(Crumb(above.name, _unit_href(above.code, period)) for above in _above(seen, actor)), Crumb(name)),
        period=period.code,
        periods=screen.periods_offered(period, today),
        figures=screen.key_figures(seen.whole, seen.before),
        median=_median(seen),
        map=_map(seen, period),
        links=(
            ("calendar", _("日历"), reverse("burden.calendar", args=[code])),
            ("chart", _("和 2018 年比"), reverse("burden.baselines", args=[code])),
        ),
        tables=tables,
    )
    return doors.render(request, "burden/statement.html", page)


@require_GET
def department(request: HttpRequest, code: str) -> HttpResponse:
    actor, today = doors.actor_of(request), doors.today()
    period = screen.period_of(request, today)
    seen = gate.department_statement(department=code, period=period, viewer=actor)
    page = StatementPage(
        title=_("{name} · {period}要了基层多少时间").format(name=seen.name, period=words.period(period)),
        crumbs=(),
        period=period.code,
        periods=screen.periods_offered(period, today),
        figures=(*_asked_figures(seen), *screen.key_figures(seen.whole, seen.before)),
        median="",
        map=None,
        links=(),
        tables=(
            _lines_table(seen.lines, seen.n_lines, ""),
            _children_table(seen.children, period),
            screen.kinds_table(seen.kinds),
        ),
    )
    return doors.render(request, "burden/statement.html", page)


def _asked_figures(seen: DepartmentStatement) -> tuple[KeyFigure, ...]:
    return (
        KeyFigure(_("提出的任务"), f"{seen.n_demands:,}", _("项"), _("当期有时间记在账上的任务个数；撤回的不计")),
        KeyFigure(_("涉及的单位"), f"{seen.n_units:,}", _("个"), _("当期收到本部门任务的单位个数，重复的只算一个")),
    )


def _above(seen: UnitStatement, actor: Actor):  # type: ignore[no-untyped-def]
    """Units above of which the viewer may read the statement too."""
    return tuple(
        above for above in org.ancestors(code=seen.unit.code, viewer=actor)
        if actor.may("DEMANDS_SEE_ALL", above.path) or actor.may("FILINGS_REVIEW", above.path)
    )  # fmt: skip


def _own_unit(seen: UnitStatement, actor: Actor) -> str:
    """Its code where the viewer stands for the unit: lines then lead to appealing and telling minutes."""
    return seen.unit.code if actor.may("DEMANDS_RECEIVE", seen.unit.path) and not actor.is_system else ""


def _unit_href(code: str, period: Period) -> str:
    return f"{reverse('burden.unit', args=[code])}?period={period.code}"


def _median(seen: UnitStatement) -> str:
    if seen.median is None:
        return ""
    return _("全市 {units}当期的中位数是 {median}，本单位自己 {own}。{formula}。").format(
        units=words.units_asked(seen.median.n_units, seen.median.level),
        median=words.hours(seen.median.minutes_hundredths), own=words.hours(seen.own.minutes_hundredths),
        formula=FORMULAS["median"],
    )  # fmt: skip


def _children_table(children: tuple[UnitBurden, ...], period: Period) -> Table:
    rows = [
        row(
            Cell(child.name, href=_unit_href(child.code, period)), number(child.n_villages),
            *screen.burden_cells(child.burden), minutes(child.per_village_hundredths),
        )
        for child in children
    ]  # fmt: skip
    columns = [
        Column(_("单位"), is_sticky=True), Column(_("村（社区）"), "number", _("个")), *screen.burden_columns(),
        Column(_("平均每村"), "number", _("分钟")),
    ]  # fmt: skip
    source = _("按区划代码排列，不作排名。平均每村 = {formula}。").format(formula=FORMULAS["per_unit"])
    return table("children", _("下级单位"), columns, rows, source=source, is_filtered=len(rows) > 12,
                 empty=_("没有下级单位。"))  # fmt: skip


def _lines_table(lines: tuple[StatementLine, ...], n_lines: int, own_unit: str) -> Table:
    rows = [
        row(
            Cell(line.title, note=_with_given_back(line),
                 href=reverse("burden.demand", args=[line.number, own_unit])
                 if own_unit and line.kind != "platform" else ""),
            Cell(line.asker_name), str(KIND_NAMES[line.kind]),
            Cell(words.day(line.due_on), raw=line.due_on.isoformat()),
            number(line.burden.n), minutes(line.burden.minutes_hundredths),
            minutes(line.burden.measured_hundredths if line.burden.n_measured else None),
            str(ESTIMATE_NAMES[line.estimate]),
        )
        for line in lines
    ]  # fmt: skip
    columns = [
        Column(_("任务"), is_sticky=True), Column(_("谁要")), Column(_("是什么")), Column(_("截止"), "date"),
        Column(_("落到单位"), "number", _("次")), Column(_("合计"), "number", _("分钟")),
        Column(_("其中实测"), "number", _("分钟")), Column(_("估算的算法"), "prose"),
    ]  # fmt: skip
    caption = _("逐项任务（{n} 项）").format(n=f"{n_lines:,}")
    if len(lines) < n_lines:
        caption = _("逐项任务（共 {n} 项，列最近的 {shown} 项）").format(n=f"{n_lines:,}", shown=len(lines))
    return table("lines", caption, columns, rows, source=str(FORMULAS["minutes"]), is_filtered=len(rows) > 12,
                 empty=_("这一期没有任务。"))  # fmt: skip


def _with_given_back(line: StatementLine) -> str:
    back = line.burden.n_given_back
    return with_note(line.number, _("已退回 {n} 次").format(n=f"{back:,}")) if back else line.number


def _askers_table(seen: UnitStatement, actor: Actor) -> Table:
    may_open = actor.has("DEMANDS_SEE_ALL")
    period = f"?period={seen.period.code}"
    rows = [
        row(
            Cell(one.name, href=reverse("burden.department", args=[one.code]) + period if may_open else ""),
            *screen.burden_cells(one.burden),
        )
        for one in seen.askers
    ]
    columns = [Column(_("部门"), is_sticky=True), *screen.burden_columns()]
    source = _("按部门代码排列，不作排名。本平台自己占用的时间也在里面。")
    return table("askers", _("谁要的"), columns, rows, source=source, empty=_("这一期没有任务。"))


def _map(seen: UnitStatement, period: Period) -> charts.Chart | None:
    """The counties on the map, by minutes per village; where there is no map the table alone tells, by code."""
    counties = [child for child in seen.children if child.level == _COUNTY]
    if not counties or not maps.county_map(tuple(child.code for child in counties)):
        return None
    values = {
        child.code: None if child.per_village_hundredths is None else Decimal(child.per_village_hundredths) / 100
        for child in counties
    }
    unit_ = _("分钟")
    areas = [
        charts.Area(child.code, child.name, values[child.code],
                    words.minutes_number(child.per_village_hundredths or 0), _unit_href(child.code, period))
        for child in counties
    ]  # fmt: skip
    return charts.areas_chart(
        "areas", _("{period}平均每村花的时间").format(period=words.period(period)),
        _("单位：分钟。{formula}。").format(formula=FORMULAS["per_unit"]), areas, indicator="burden", unit=unit_,
        scale=axis_scale(list(values.values()), unit_), map_url=reverse("units.map", args=[seen.unit.code]),
        twin="table-children",
    )  # fmt: skip
