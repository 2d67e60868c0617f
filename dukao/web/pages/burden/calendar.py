"""What is coming to one unit, month by month; made for a phone."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from dukao.base.periods import Period
from dukao.base.refusals import Invalid
from dukao.base.wording import clauses, said_of
from dukao.gate import queries as gate
from dukao.gate.queries import KIND_NAMES, BelowItem, CalendarItem
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.tables import Cell, Column, Table, number, row, table
from dukao.web.times import hours

_TONES = {"sheet": "info", "task": "info", "document": "plain", "meeting": "wait", "visit": "warn"}


@dataclass(frozen=True, slots=True)
class DayItem:
    title: str
    asker: str
    kind: str
    tone: str
    when: str
    minutes: str
    href: str


@dataclass(frozen=True, slots=True)
class Day:
    title: str
    is_past: bool
    items: tuple[DayItem, ...]
    below: str  # what is asked of the units below, in one line


@dataclass(frozen=True)
class CalendarPage:
    title: str
    crumbs: tuple[Crumb, ...]
    months: tuple[tuple[str, str, bool], ...]
    total: str
    days: tuple[Day, ...]
    below: Table | None
    tables: tuple[Table, ...]


@require_GET
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Sheets and documents by the day they are due, announced visits, meetings."""
    actor, today = doors.actor_of(request), doors.today()
    month = _month(request.GET.get("month", ""), Period.of(today, "month"))
    seen = gate.unit_calendar(unit=code, month=month, viewer=actor)
    own = actor.may("DEMANDS_RECEIVE", seen.unit.path) and not actor.is_system
    n = len(seen.items)
    total = ngettext("{n} 件，{minutes}", "{n} 件，{minutes}", n)
    this = Period.of(today, "month")
    below = _below_table(seen.below, seen.unit.name, month) if seen.below else None
    page = CalendarPage(
        title=_("{name} · {month}").format(name=seen.unit.name, month=words.period(month)),
        crumbs=(Crumb(_("负担账"), reverse("burden.unit", args=[code])), Crumb(_("日历"))),
        months=tuple(
            (words.period(one), f"?month={one.code}", one == month)
            for one in dict.fromkeys(sorted({this.previous(), this, this.next(), this.next(2), month}))
        ),
        total=total.format(n=n, minutes=words.minutes(seen.minutes_hundredths)) if n else "",
        days=tuple(
            Day(
                f"{words.day(on, today)} {words.weekday(on)}", on < today,
                tuple(_item(item, code if own else "") for item in seen.items if item.on == on),
                _below_line([item for item in seen.below if item.on == on]),
            )
            for on in sorted({item.on for item in (*seen.items, *seen.below)})
        ),
        below=below, tables=(_table(seen.items, seen.unit.name, month), *((below,) if below else ())),
    )  # fmt: skip
    return doors.render(request, "burden/calendar.html", page)


def _month(raw: str, this: Period) -> Period:
    try:
        month = Period.parse(raw) if raw.strip() else this
    except ValueError:
        month = None
    if month is None or month.type != "month":
        raise Invalid(_("月份写得不对"), errors={"month": _("“{raw}”应像 2026-12").format(raw=raw[:20])})
    return month


def _item(item: CalendarItem, own_unit: str) -> DayItem:
    return DayItem(
        title=item.title, asker=item.asker_name, kind=str(KIND_NAMES[item.kind]), tone=_TONES[item.kind],
        when=f"{timezone.localtime(item.starts_at):%H:%M}" if item.starts_at else "",
        minutes=words.minutes(item.minutes_hundredths),
        href=reverse("burden.demand", args=[item.number, own_unit]) if own_unit and item.number else "",
    )  # fmt: skip


def _below_line(items: list[BelowItem]) -> str:
    """`下级单位：2 项任务落到 1,599 个单位，12 次检查，约 81 小时`."""
    if not items:
        return ""
    demands = [item for item in items if item.kind != "visit"]
    visits = sum(item.n_units for item in items if item.kind == "visit")
    told = [words.minutes(sum(item.minutes_hundredths for item in items))]
    if visits:
        told.insert(0, _("{n} 次检查").format(n=f"{visits:,}"))
    if demands:
        n_units = sum(item.n_units for item in demands)
        told.insert(0, _("{n} 项任务落到 {units} 个单位次").format(n=len(demands), units=f"{n_units:,}"))
    return said_of(_("下级单位"), clauses(told))


def _below_table(items: tuple[BelowItem, ...], name: str, month: Period) -> Table:
    rows = [
        row(Cell(words.day(item.on), raw=item.on.isoformat()), str(KIND_NAMES[item.kind]),
            Cell(item.title or _("各部门的检查"), note=item.number), item.asker_name, number(item.n_units),
            hours(item.minutes_hundredths))
        for item in items
    ]  # fmt: skip
    columns = [
        Column(_("哪天"), "date"), Column(_("是什么")), Column(_("什么事")), Column(_("谁要")),
        Column(_("落到单位"), "number", _("次")), Column(_("合计"), "number", _("小时")),
    ]  # fmt: skip
    return table("below", _("{name}{month}向下级要的").format(name=name, month=words.period(month)), columns, rows)


def _table(items: tuple[CalendarItem, ...], name: str, month: Period) -> Table:
    rows = [
        row(Cell(words.day(item.on), raw=item.on.isoformat()), str(KIND_NAMES[item.kind]), item.title, item.asker_name,
            Cell(words.minutes_number(item.minutes_hundredths)))
        for item in items
    ]  # fmt: skip
    columns = [
        Column(_("哪天"), "date"), Column(_("是什么")), Column(_("什么事")), Column(_("谁要")),
        Column(_("约"), "number", _("分钟")),
    ]  # fmt: skip
    return table("calendar", _("{name}{month}日历").format(name=name, month=words.period(month)), columns, rows)
