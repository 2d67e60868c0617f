"""Booking a visit: choose an item, a unit with room, a day; then the check code, once, to carry along or print.

A joint visit carries several items; its address names them all. The department that leads it books it for the day of
the calendar, the office that runs the plan for any. While somebody writes, what the booking would come to stands beside
the form: every change posts it with `do=try`, which books nothing.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.slips import code_text
from dukao.base.wording import clauses, joined
from dukao.gate import actions, queries
from dukao.gate.queries import BookingWhatIf, CapToDraw, Engagement, ItemToBook, UnitsToBook, UnitToBook, VisitView
from dukao.gate.rules.items import REMOTE_METHOD
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.visits import screen
from dukao.web.qr import qr
from dukao.web.tables import Tone

_PEOPLE_MOST = 12


@dataclass(frozen=True, slots=True)
class ItemLine:
    href: str
    title: str
    number: str
    window: str
    left: str
    department: str


@dataclass(frozen=True, slots=True)
class UnitLine:
    href: str
    name: str
    above: str
    tone: str
    room: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """What has been announced to the unit by anybody; what is sealed is in nobody's calendar."""

    lines: tuple[tuple[str, str, str], ...]  # day, what, who
    has_others: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What the booking would come to on a day, in words."""

    day: str
    costs: str
    caps: tuple[tuple[str, Tone, str], ...]  # what it is called, how it stands
    obstacles: tuple[tuple[str, str, str], ...]  # what, what to do, rule
    free_on: str


@dataclass(frozen=True)
class BookingPage:
    title: str
    crumbs: tuple[Crumb, ...]
    items: tuple[ItemLine, ...]
    chosen: tuple[ItemToBook, ...]
    units: tuple[UnitLine, ...]
    more: int  # units still to choose from that are not among `units`
    spent: tuple[tuple[str, str], ...]  # name, above: as often visited or booked as the plan says
    unit_code: str
    unit_name: str
    text: str
    calendar: Calendar | None
    typed: dict[str, str]
    modes: tuple[tuple[str, str], ...]
    record_hours: int
    trial: Trial | None = None
    refused: Refused | None = None

    @property
    def is_joint(self) -> bool:
        return len(self.chosen) > 1

    @property
    def is_led(self) -> bool:
        """Whether the day is that of the calendar: others come along who are not asked again."""
        return any(item.left is None for item in self.chosen)

    @property
    def errors(self) -> dict[str, str]:
        return getattr(self.refused, "errors", {})


@dataclass(frozen=True)
class CodeShownPage:
    """The check code, shown to the booker; whoever loses it cancels and books again."""

    title: str
    crumbs: tuple[Crumb, ...]
    visit: VisitView
    facts: tuple[tuple[str, str], ...]
    code: str
    qr: SafeString
    address: str
    is_synthetic: bool


@require_http_methods(["GET", "POST"])
def book(request: HttpRequest) -> HttpResponse:
    """Step by step by GET; POST books, and answers with the code itself, which no address may carry."""
    actor = doors.actor_of(request)
    if not actor.has("PLAN_DECIDE"):
        actor.require_anywhere("DEMANDS_ISSUE")
    given = request.GET if request.method == "GET" else request.POST
    numbers, typed = [number[:32] for number in given.getlist("item")], given.dict()
    if request.method == "GET":
        return doors.render(request, "visits/new.html", _page(actor, numbers, typed))
    if typed.get("do") == "try":
        return doors.render(request, "visits/new.html", _page(actor, numbers, typed))
    try:
        held = actions.hold_visit(
            items=numbers, unit=typed.get("unit", "")[:12], on=_day(typed.get("on", "")),
            mode=_mode(typed.get("mode", "")), purpose=typed.get("purpose", ""),
            people=_people(typed.get("people", "")), team_size=_count(typed.get("team_size", "")),
            request_key=typed.get("request_key", "")[:64], by=actor, at=doors.now(),
        )  # fmt: skip
    except NotThere:
        raise
    except Refused as refused:
        page = _page(actor, numbers, typed, refused)
        return doors.render(request, "visits/new.html", page, status=refused.status)
    found = queries.visit(number=held.number, viewer=actor)
    return doors.render(request, "visits/code_shown.html", _code_page(request, found, held.code))


def _code_page(request: HttpRequest, found: VisitView, code: str) -> CodeShownPage:
    address = request.build_absolute_uri(reverse("visits.code"))
    return CodeShownPage(
        title=_("检查码"), crumbs=(Crumb(_("检查"), reverse("visits")), Crumb(found.number)), visit=found,
        facts=screen.facts_of(found), code=code_text(code), qr=qr(f"{address}#{code}") if code else mark_safe(""),
        address=address, is_synthetic=found.is_synthetic,
    )  # fmt: skip


def _page(
    actor: Actor, numbers: list[str], typed: dict[str, str], refused: Refused | None = None
) -> BookingPage:  # fmt: skip
    today = doors.today()
    text = typed.get("q", "").strip()[:40]
    on = _day_or(typed.get("on", ""), today)
    unit = _unit(typed.get("unit", "")) if numbers else None
    items = [
        one for one in queries.items_to_book(viewer=actor, today=today, unit=unit, on=on) if one.method != REMOTE_METHOD
    ]
    chosen = tuple(one for one in items if one.number in numbers)
    unit = unit if chosen else None
    units = UnitsToBook()
    if chosen and not unit:
        units = queries.units_to_book(item=chosen[0].number, viewer=actor, on=on, text=text)
    modes = _modes(chosen)
    fresh = {
        "purpose": clauses(dict.fromkeys(one.purpose for one in chosen))[:500], "team_size": "2", "mode": modes[0][0],
        "request_key": secrets.token_urlsafe(24),
    }  # fmt: skip
    page = BookingPage(
        title=_("预约检查"), crumbs=(Crumb(_("检查"), reverse("visits")), Crumb(_("预约检查"))),
        items=tuple(_item_line(one) for one in items), chosen=chosen,
        units=tuple(_unit_line(chosen[0], one) for one in units.open), more=units.open_count - len(units.open),
        spent=tuple((one.name, one.above) for one in units.spent),
        unit_code=unit.code if unit else "", unit_name=unit.name if unit else "", text=text,
        calendar=_calendar(queries.engagements(unit=unit.code, viewer=actor, **_ahead(today))) if unit else None,
        typed=fresh | {key: value for key, value in typed.items() if value},
        modes=modes, record_hours=law.rule("INS-9", on).parameters["record_hours"], refused=refused,
    )  # fmt: skip
    return replace(page, trial=_trial(page, actor, today)) if unit and not refused else page


def _modes(chosen: tuple[ItemToBook, ...]) -> tuple[tuple[str, str], ...]:
    """Sealed is offered first where the plan says so, and nowhere else (INS-9)."""
    announced = ("announced", _("事先告知被检查单位"))
    if chosen and all(one.method == "unannounced" for one in chosen):
        return ("unannounced", _("四不两直，到场前保密")), announced
    return (announced,)


def _trial(page: BookingPage, actor: Actor, today: date) -> Trial | None:
    """Nothing before a day is typed."""
    on = _day_or(page.typed.get("on", ""), date.min)
    if on == date.min:
        return None
    seen = queries.booking_what_if(
        items=[one.number for one in page.chosen], unit=page.unit_code, on=on, mode=page.typed["mode"], viewer=actor,
        today=today,
    )  # fmt: skip
    return Trial(
        day=words.day(on), costs=_costs(seen), caps=tuple((cap.text, *_stands(cap)) for cap in seen.caps),
        obstacles=tuple((stop.what, stop.todo, stop.rule) for stop in seen.obstacles),
        free_on=joined(words.day(day) for day in seen.free_on),
    )  # fmt: skip


def _costs(seen: BookingWhatIf) -> str:
    costs = _("{minutes}，记在{department}名下").format(
        minutes=words.minutes(seen.minutes_hundredths), department=seen.charged_to
    )
    if not seen.saved_hundredths:
        return costs
    return clauses((costs, _("比各来各的省{minutes}").format(minutes=words.hours(seen.saved_hundredths))))


def _stands(cap: CapToDraw) -> tuple[Tone, str]:
    if not cap.has_room:
        return "warn", _("已满，最多 {most} 次").format(most=cap.limit)
    if cap.left is None:
        return "ok", _("还有空，最多 {most} 次").format(most=cap.limit)
    return "ok", _("还有 {left} 次，共 {most} 次").format(left=cap.left, most=cap.limit)


def _item_line(item: ItemToBook) -> ItemLine:
    return ItemLine(
        href=f"?item={item.number}", title=item.title, number=item.number,
        window=_("{start}到{end}").format(start=words.day(item.starts_on), end=words.day(item.ends_on)),
        left=_left(item),
        department=item.department_name,
    )  # fmt: skip


def _left(item: ItemToBook) -> str:
    if item.left is None:
        return ""
    return _("还可以去 {left} 次，共 {most} 次").format(left=item.left, most=item.visits_most)


def _unit_line(item: ItemToBook, unit: UnitToBook) -> UnitLine:
    if not unit.has_room_in_month:
        tone, room = "plain", _("本月已满，请选下月")
    elif not unit.has_room_in_week:
        tone, room = "plain", _("本周已满，请选下周")
    else:
        tone, room = "ok", _("可以预约")
    return UnitLine(f"?item={item.number}&unit={unit.code}", unit.name, unit.above, tone, room)


def _calendar(found: tuple[Engagement, ...]) -> Calendar:
    lines = tuple((words.day(one.on), one.title, one.departments) for one in found)
    return Calendar(lines, any(not one.is_own for one in found))


def _ahead(today: date) -> dict[str, date]:
    since, until = queries.days_ahead(today)
    return {"since": since, "until": until}


def _unit(code: str) -> org.UnitView | None:
    try:
        return org.unit_by_code(code) if code else None
    except NotThere:
        return None


def _people(raw: str) -> list[dict[str, str]]:
    """One line per person: the office, and a name only where one is wanted."""
    lines = [line.strip() for line in raw.splitlines() if line.strip()]
    if len(lines) > _PEOPLE_MOST:
        raise Invalid(_("来的人太多"), errors={"people": _("最多 {n} 行").format(n=_PEOPLE_MOST)})
    return [{"office": line[:40], "name": ""} for line in lines]


def _mode(raw: str) -> str:
    if raw not in ("announced", "unannounced"):
        raise Invalid(_("请选择方式"), errors={"mode": _("事先告知，或四不两直")})
    return raw


def _count(raw: str) -> int:
    if not raw.strip().isdecimal() or len(raw.strip()) > 3:
        raise Invalid(_("人数不对"), errors={"team_size": _("请填整数")})
    return int(raw)


def _day(raw: str) -> date:
    try:
        return date.fromisoformat(raw.strip())
    except ValueError:
        raise Invalid(_("日期写得不对"), errors={"on": _("应像 2026-10-16")}) from None


def _day_or(raw: str, other: date) -> date:
    """The day, where there may be a plan for it."""
    try:
        day = date.fromisoformat(raw.strip())
    except ValueError:
        return other
    return day if abs(day.year - doors.today().year) <= 1 else other
