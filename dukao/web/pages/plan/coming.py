"""今年谁会来: what a unit has to expect this year, and nothing else of the plan; made for a phone."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.base.refusals import NotThere
from dukao.base.wording import period_text
from dukao.gate import queries
from dukao.gate.queries import Coming
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.plan import screen
from dukao.web.tables import Cell, Column, Table, number, row, table
from dukao.web.timeline import Timeline
from dukao.web.times import minutes


@dataclass(frozen=True, slots=True)
class Expected:
    """One item as a card."""

    href: str
    title: str
    department: str
    when: str
    how_often: str
    how_long: str
    method: str
    is_unannounced: bool
    origin: str
    is_now: bool
    is_over: bool


@dataclass(frozen=True)
class ComingPage:
    title: str
    crumbs: tuple[Crumb, ...]
    unit_name: str
    years: tuple[tuple[str, str, bool], ...]
    others: tuple[tuple[str, str], ...]  # the viewer's other units
    cards: tuple[Expected, ...]
    over: tuple[Expected, ...]
    lead: str
    timeline: Timeline | None
    table: Table
    tables: tuple[Table, ...]
    is_synthetic: bool


@require_GET
def coming(request: HttpRequest, unit: str) -> HttpResponse:
    """Who may come to one unit in a year."""
    return answer(request, doors.actor_of(request), unit)


def answer(request: HttpRequest, actor: Actor, unit: str) -> HttpResponse:
    """The page of a unit; of the actor's own first one where none is named. Raises NotThere."""
    today = doors.today()
    own = {s.unit_code: s.unit_name for s in actor.standings_with("DEMANDS_RECEIVE")}
    code = unit or next(iter(own), "")
    if not code:
        raise NotThere()
    year = doors.year_in(request.GET.get("year", ""))
    place = org.unit(code=code, viewer=actor)
    found = queries.coming_to(unit=code, year=year, viewer=actor, on=today)
    cards = [_card(one) for one in found]
    shown = _table(found, year)
    here = reverse("plan.coming", args=[code])
    page = ComingPage(
        title=_("{place} · {year} 年谁会来").format(place=place.short_name, year=year),
        crumbs=() if not unit else screen.crumbs(Crumb(place.short_name)),
        unit_name=place.name,
        years=tuple(
            (period_text(y * 1000), f"{here}?year={y}", y == year)
            for y in sorted({today.year - 1, today.year, today.year + 1, year})
        ),
        others=tuple((name, reverse("plan.coming", args=[c])) for c, name in own.items() if c != code),
        cards=tuple(card for card in cards if not card.is_over),
        over=tuple(card for card in cards if card.is_over),
        lead=_lead(found),
        timeline=screen.year_timeline(
            [one.item for one in found], year, twin="table-coming", by_department=False
        ),
        table=shown,
        tables=(shown,),
        is_synthetic=shown.is_synthetic,
    )  # fmt: skip
    return doors.render(request, "plan/coming.html", page)


def _lead(found: tuple[Coming, ...]) -> str:
    if not found:
        return ""
    most = sum(one.visits_most or 0 for one in found)
    seen = sum(one.visited for one in found)
    if all(one.visits_most is not None for one in found):
        return _("一共最多来 {most} 次，已来 {seen} 次。").format(most=most, seen=seen)
    return _("点名来的最多 {most} 次，其余是面上抽查；已来 {seen} 次。").format(most=most, seen=seen)


def _card(one: Coming) -> Expected:
    item, today = one.item, doors.today()
    return Expected(
        href=reverse("plan.item", args=[item.number]),
        title=item.title,
        department=item.department_name,
        when=screen.window(item),
        how_often=_how_often(one),
        how_long=words.minutes(item.minutes_hundredths_per_visit),
        method=item.method_label,
        is_unannounced=item.is_unannounced,
        origin=item.origin_label if item.origin != "planned" else "",
        is_now=item.starts_on <= today <= item.ends_on,
        is_over=item.ends_on < today,
    )


def _how_often(one: Coming) -> str:
    if one.visited:
        told = _("已来 {n} 次").format(n=one.visited)
        return told if one.visits_most is None else _("最多 {most} 次，{told}").format(most=one.visits_most, told=told)
    if one.visits_most is None:
        return _("可能来") if one.item.is_unannounced else _("可能抽到")
    return _("最多 {most} 次").format(most=one.visits_most)


def _table(found: tuple[Coming, ...], year: int) -> Table:
    rows = [
        row(
            Cell(one.item.title, href=reverse("plan.item", args=[one.item.number]), note=one.item.number),
            one.item.department_name, one.item.method_label,
            Cell(words.day(one.item.starts_on), raw=one.item.starts_on.isoformat()),
            Cell(words.day(one.item.ends_on), raw=one.item.ends_on.isoformat()),
            number(one.visits_most), number(one.visited),
            minutes(one.item.minutes_hundredths_per_visit),
        )
        for one in found
    ]  # fmt: skip
    columns = [
        Column(_("事项"), is_sticky=True), Column(_("谁来")), Column(_("方式")), Column(_("最早"), "date"),
        Column(_("最晚"), "date"), Column(_("最多"), "number", _("次")), Column(_("已来"), "number", _("次")),
        Column(_("每次大约"), "number", _("分钟")),
    ]  # fmt: skip
    return table("coming", _("{year} 年可能来的督查（{n} 项）").format(year=year, n=len(rows)), columns, rows,
                 is_synthetic=any(one.item.is_synthetic for one in found),
                 source=_("“–”是面上抽查或暗访，不预告去哪里。"), empty=_("今年没有督查要来。"))  # fmt: skip
