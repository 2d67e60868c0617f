"""The register of visits, as each desk needs it: what comes here, what we do, what the office oversees."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.gate import queries
from dukao.gate.queries import VisitCounts, VisitView
from dukao.org.rules import Actor
from dukao.web import doors, menu, words
from dukao.web.pages.visits import screen
from dukao.web.tables import Cell, Column, Table, row, table

_MOST = 500


@dataclass(frozen=True, slots=True)
class VisitCard:
    """One visit as a card on the phone."""

    href: str
    title: str
    departments: str
    day: str
    people: str
    minutes: str
    tone: str
    state: str
    note: str


@dataclass(frozen=True)
class ReceivedPage:
    """What comes to a unit. `today` first; a code can always be checked, and whoever has none be turned away."""

    title: str
    unit_code: str
    units: tuple[tuple[str, str], ...]
    today: tuple[VisitCard, ...]
    coming: tuple[VisitCard, ...]
    past: tuple[VisitCard, ...]
    tables: tuple[Table, ...]
    is_synthetic: bool


@dataclass(frozen=True)
class RegisterPage:
    title: str
    is_office: bool
    may_book: bool
    figures: tuple[tuple[str, str, str], ...]
    tables: tuple[Table, ...]


@require_GET
def visits(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    desk = menu.desk_of(request, actor)
    if desk in ("worker", "reviewer") and actor.has("DEMANDS_RECEIVE"):
        return doors.render(request, "visits/received.html", _received(actor))
    if not actor.has("DEMANDS_SEE_ALL"):
        actor.require_anywhere("DEMANDS_ISSUE")
    return doors.render(request, "visits/register.html", _register(actor))


def _received(actor: Actor) -> ReceivedPage:
    today, now = doors.today(), doors.now()
    found = queries.visits(viewer=actor, most=_MOST)
    here = dict.fromkeys((s.unit_code, s.unit_name) for s in actor.standings_with("DEMANDS_RECEIVE"))
    on_today = tuple(v for v in found if v.on == today and v.state != "given_back")
    coming = tuple(v for v in reversed(found) if v.on > today and v.state == "held")
    past = tuple(v for v in found if v not in on_today and v not in coming)
    since, until = screen.year_of(today)
    turned_away = _turned_away(actor, since, until, _("今年请走的（{n} 次）"))
    name = next(iter(here))[1] if len(here) == 1 else _("本单位")
    n = len(on_today)
    what = _("今天来检查的 {n} 件").format(n=n) if n else _("今天没有预告的检查")
    return ReceivedPage(
        title=f"{name} · {what}", unit_code=next(iter(here))[0], units=tuple(here),
        today=tuple(_card(v, now) for v in on_today), coming=tuple(_card(v, now) for v in coming),
        past=tuple(_card(v, now) for v in past[:30]), tables=(turned_away,),
        is_synthetic=any(v.is_synthetic for v in found),
    )  # fmt: skip


def _card(v: VisitView, now) -> VisitCard:  # type: ignore[no-untyped-def]
    tone, state = screen.state_of(v, now)
    note = ""
    if "object" in v.may and v.object_by and now <= v.object_by:
        note = _("对结论有不同意见，{day}前可以提").format(day=screen.by_when(v.object_by))
    elif v.state == "arrived" and v.conclude_by:
        note = _("{when}前应反馈结论").format(when=screen.by_when(v.conclude_by))
    return VisitCard(
        href=reverse("visits.page", args=[v.number]), title=v.title, departments=v.departments, day=words.day(v.on),
        people=screen.people_of(v), minutes=words.minutes(v.minutes_hundredths), tone=tone, state=state, note=note,
    )  # fmt: skip


def _register(actor: Actor) -> RegisterPage:
    today, now = doors.today(), doors.now()
    since, until = screen.year_of(today)
    found = queries.visits(viewer=actor, since=since, until=until, most=_MOST)
    waiting = queries.visits(viewer=actor, is_waiting=True, most=_MOST)
    counts = queries.visit_counts(viewer=actor, since=since, until=until)
    caption = _("{year} 年的检查（{n} 次）").format(year=today.year, n=f"{counts.all:,}")
    if counts.all > _MOST:
        caption = _("{year} 年的检查（{n} 次，列出最近 {most} 次）").format(
            year=today.year, n=f"{counts.all:,}", most=_MOST
        )
    is_office = actor.has("DEMANDS_SEE_ALL")
    tables = [
        screen.table_of(waiting, now, key="waiting", caption=_("等着办的（{n} 件）").format(n=len(waiting)),
                        empty=_("没有等着反馈或复核的检查。")),
        screen.table_of(found, now, key="visits", caption=caption, empty=_("这一年还没有预约检查。")),
    ]  # fmt: skip
    if is_office:
        tables.append(_turned_away(actor, since, until, _("没有检查码，被基层请走的（{n} 次）")))
    return RegisterPage(
        title=_("督查检查") if is_office else _("我们的检查"), is_office=is_office,
        may_book=actor.has("DEMANDS_ISSUE") or actor.has("PLAN_DECIDE"), figures=_figures(counts),
        tables=tuple(tables),
    )  # fmt: skip


def _figures(counts: VisitCounts) -> tuple[tuple[str, str, str], ...]:
    return (
        (_("已到场"), f"{counts.on_site:,}", _("次")),
        (_("不到现场"), f"{counts.remote:,}", _("次")),
        (_("已预约"), f"{counts.held:,}", _("次")),
        (_("估计占用基层"), words.hours_number(counts.minutes_hundredths), _("小时")),
    )


def _turned_away(actor: Actor, since: date, until: date, caption: str) -> Table:
    found = queries.refused_visits(viewer=actor, since=since, until=until)
    rows = [
        row(r.unit_name, r.who or _("没有说"), r.what, Cell(words.moment(r.at), raw=r.at.isoformat())) for r in found
    ]
    columns = [
        Column(_("单位"), is_sticky=True), Column(_("自称是谁")), Column(_("来做什么"), "prose"),
        Column(_("时间"), "date"),
    ]  # fmt: skip
    return table("turned-away", caption.format(n=len(rows)), columns, rows, empty=_("没有请走过无码的检查。"),
                 source=_("没有有效检查码的检查，基层可以拒绝，不得追究。"))  # fmt: skip
