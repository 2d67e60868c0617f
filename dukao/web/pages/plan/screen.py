"""Words, rows and pictures that the pages of the plan share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dukao.base.wording import joined, say, with_note
from dukao.gate import queries
from dukao.gate.queries import DepartmentPlan, ItemView
from dukao.gate.rules.hits import RuleHit
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.tables import Cell, Column, Table, Tone, number, row, table
from dukao.web.timeline import Span, Timeline, busiest_month, month_name, timeline

STATE_TONES: dict[str, Tone] = {
    "proposed": "wait", "approved": "ok", "merged": "plain", "refused": "stop", "withdrawn": "plain",
}  # fmt: skip
PLAN_TONES: dict[str, Tone] = {"collecting": "wait", "frozen": "info", "published": "ok"}
ORIGIN_TONES: dict[str, Tone] = {"planned": "plain", "exception": "info", "emergency": "warn"}
HIT_TONES: dict[str, Tone] = {"refuse": "stop", "warn": "warn", "info": "info"}


@dataclass(frozen=True, slots=True)
class SaidHit:
    """A rule's word as it is shown."""

    tone: Tone
    verdict: str
    what: str
    why: str
    todo: str
    source: str
    rule: str
    others: tuple[tuple[str, str], ...]  # number, address


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose plan, of which year, and as it stood on which day (None: today)."""

    year: int
    unit: str
    as_of: date | None

    @property
    def query(self) -> str:
        return f"?year={self.year}&unit={self.unit}"


def asked(request: HttpRequest, viewer: Actor) -> Asked:
    """Read the address; without a unit it is the nearest whose plan concerns the viewer. Raises Invalid, NotAllowed."""
    units = dict(queries.plan_units(viewer=viewer))
    own = [s.unit_code for s in viewer.standings if s.unit_code in units]
    unit = request.GET.get("unit", "")[:12] or next(iter(own), next(reversed(units), ""))
    return Asked(doors.year_in(request.GET.get("year", "")), unit, doors.as_of(request))


def crumbs(*more: Crumb) -> tuple[Crumb, ...]:
    return (Crumb(_("督查计划"), reverse("plan.all")), *more)


def said(hit: RuleHit) -> SaidHit:
    verdict = {"refuse": _("不能这样报"), "warn": _("请核对"), "info": _("提示")}[hit.action]
    others = tuple((one, reverse("plan.item", args=[one])) for one in hit.others)
    return SaidHit(
        HIT_TONES[hit.action], verdict, say(hit.what), say(hit.why), say(hit.todo), hit.source, hit.rule, others
    )


def window(item: ItemView) -> str:
    """`3月2日至6月30日`."""
    return _("{start}至{end}").format(start=words.day(item.starts_on), end=words.day(item.ends_on))


def reach(item: ItemView) -> str:
    """Whom the item reaches, in one line."""
    if item.n_named:
        return _("{place}的 {units}").format(
            place=item.scope_name, units=words.units_asked(item.n_named, item.target_level)
        )
    level = words.level_inside(item.target_level)
    if item.is_unannounced and not item.is_insider:
        return _("{place}的{level}，不预告去哪里").format(place=item.scope_name, level=level)
    return _("{place}的所有{level}").format(place=item.scope_name, level=level)


def state(item: ItemView) -> tuple[Tone, str]:
    return STATE_TONES[item.state], item.state_label


def items_table(items: Sequence[ItemView], *, key: str, caption: str, empty: str, with_state: bool = True) -> Table:
    """Items of a plan, by number."""
    knows = any(item.usage and item.usage.held is not None for item in items)
    rows = []
    for item in items:
        used = item.usage
        cells = [
            Cell(item.title, href=reverse("plan.item", args=[item.number]), note=_numbered(item)),
            item.department_name, item.topic_title, item.kind_label, item.method_label,
            Cell(reach(item), raw=item.n_named),
            Cell(words.day(item.starts_on), raw=item.starts_on.isoformat()),
            Cell(words.day(item.ends_on), raw=item.ends_on.isoformat()),
            number(item.visits_most), number(used.used if used else None),
        ]  # fmt: skip
        if knows:
            cells += [number(used.held if used else None), number(used.left if used else None)]
        if with_state:
            cells.append(Cell(item.state_label, tone=STATE_TONES[item.state]))
        rows.append(row(*cells))
    columns = [
        Column(_("事项"), is_sticky=True), Column(_("部门")), Column(_("主题")), Column(_("类型")), Column(_("方式")),
        Column(_("对象")), Column(_("最早"), "date"), Column(_("最晚"), "date"),
        Column(_("最多"), "number", _("次")), Column(_("已执行"), "number", _("次")),
        *([Column(_("已预约"), "number", _("次")), Column(_("还剩"), "number", _("次"))] if knows else []),
        *([Column(_("状态"), "badge")] if with_state else []),
    ]  # fmt: skip
    return table(key, caption, columns, rows, empty=empty, is_filtered=len(rows) > 10,
                 is_synthetic=any(item.is_synthetic for item in items),
                 source=_("还剩 = 最多 − 已执行 − 已预约。") if knows else "")  # fmt: skip


def _numbered(item: ItemView) -> str:
    told = item.number if item.version == 1 else _("{number} 第 {n} 版").format(number=item.number, n=item.version)
    return told if item.origin == "planned" else with_note(told, item.origin_label)


def statement_table(lines: Sequence[DepartmentPlan], year: int) -> Table:
    """What each department has, by its code."""
    rows = [
        row(
            line.department_name, number(line.items), number(line.exceptions), number(line.planned),
            number(line.beyond), number(line.used), number(line.held), number(line.left), number(line.merged_away),
        )
        for line in lines
    ]  # fmt: skip
    if rows:
        held = [line.held for line in lines]
        whole = None if None in held else sum(one or 0 for one in held)
        planned, beyond = sum(line.planned for line in lines), sum(line.beyond for line in lines)
        used = sum(line.used for line in lines)
        rows.append(row(
            _("合计"), number(sum(line.items for line in lines)), number(sum(line.exceptions for line in lines)),
            number(planned), number(beyond), number(used), number(whole),
            number(None if whole is None else planned + beyond - used - whole),
            number(sum(line.merged_away for line in lines)), is_total=True,
        ))  # fmt: skip
    columns = [
        Column(_("部门"), is_sticky=True), Column(_("计划内"), "number", _("项")),
        Column(_("计划外"), "number", _("项")), Column(_("计划内"), "number", _("次")),
        Column(_("计划外"), "number", _("次")), Column(_("已执行"), "number", _("次")),
        Column(_("已预约"), "number", _("次")), Column(_("还剩"), "number", _("次")),
        Column(_("并入别项"), "number", _("次")),
    ]  # fmt: skip
    return table(
        "statement", _("{year} 年各部门的计划和执行").format(year=year), columns, rows,
        source=_("按部门代码排列，不作排名。还剩 = 计划内 + 计划外 − 已执行 − 已预约；“–”表示不向您公开。"),
        empty=_("还没有获得批准的事项。"),
    )  # fmt: skip


def year_timeline(items: Sequence[ItemView], year: int, *, twin: str, by_department: bool) -> Timeline | None:
    """The items' windows over the year: a lane for each department, or for each item."""
    if not items:
        return None
    spans = [
        Span(
            lane=item.department_name if by_department else item.title,
            text=_("{title}（{department}，{window}，最多 {n} 次）").format(
                title=item.title, department=item.department_name, window=window(item), n=item.visits_most
            ),
            starts_on=item.starts_on, ends_on=item.ends_on, href=reverse("plan.item", args=[item.number]),
            tone="unannounced" if item.is_unannounced else item.origin,
        )
        for item in sorted(items, key=lambda one: (one.department_code if by_department else "", one.starts_on))
    ]  # fmt: skip
    month, count = busiest_month(spans, year)
    told = ngettext("全年 {n} 项；{month}最多，有 {count} 项", "全年 {n} 项；{month}最多，有 {count} 项", len(spans))
    message = told.format(n=len(spans), month=month_name(year, month) if month else "", count=count)
    return timeline(year, spans, message=message, twin=twin, today=doors.today())


def listed_departments(items: Sequence[ItemView]) -> str:
    return joined(dict.fromkeys(item.department_name for item in items))
