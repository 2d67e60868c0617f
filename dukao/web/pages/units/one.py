"""The views of a unit: its page, the table of all children and indicators, its map, and how figures are written."""

from dataclasses import dataclass, replace

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.periods import Period
from dukao.base.refusals import NotAllowed, NotThere
from dukao.indicators.queries import UnitPage, newest_period, unit_page
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.web import doors, live, maps, words
from dukao.web.pages.home import back, remember
from dukao.web.pages.units import listed
from dukao.web.pages.units.asked import Asked, asked
from dukao.web.pages.units.screen import crumbs, is_blank, unit_screen
from dukao.web.tables import Table

_MAP_SECONDS = 24 * 3600


@dataclass(frozen=True)
class EverythingPage:
    title: str
    crumbs: tuple[doors.Crumb, ...]
    all: Table
    style: str
    ticket: str
    is_synthetic: bool
    tables: tuple[Table, ...]


@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """The page of the unit where the own post is."""
    standings = doors.actor_of(request).standings_with("FIGURES_SEE")
    if not standings:
        raise NotAllowed(_("您的岗位不看业务数据"), todo=_("如果工作需要，请系统管理员为您设置岗位"))
    return doors.go(request, reverse("units.page", args=[standings[0].unit_code]))


@require_GET
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """A unit's figures for a period, compared, over its children and over time."""
    actor, wanted = doors.actor_of(request), asked(request)
    page = unit_page(unit=code, period=wanted.period, viewer=actor, as_of=wanted.as_of)
    map_url = reverse("units.map", args=[code]) if maps.county_map(_counties(page)) else ""
    screen = unit_screen(page, wanted, actor, map_url=map_url, ticket=_ticket(request, code, wanted))
    if is_blank(page):
        screen = replace(screen, elsewhere=_elsewhere(code, wanted, actor))
    return doors.render(request, "units/page.html", screen, live_url=settings.LIVE_URL)


def _elsewhere(code: str, wanted: Asked, actor: Actor) -> tuple[str, str]:
    """The newest period of the same kind that has figures, and where it is."""
    until = Period.of(wanted.as_of_on or doors.today(), wanted.period.type)
    newest = newest_period(unit=code, until=until, viewer=actor, as_of=wanted.as_of)
    if newest is None:
        return "", ""
    return words.period(newest), replace(wanted, period=newest).url("units.page", code)


@require_GET
def everything(request: HttpRequest, code: str) -> HttpResponse:
    """All children × all indicators in one wide table."""
    actor, wanted = doors.actor_of(request), asked(request)
    page = unit_page(unit=code, period=wanted.period, viewer=actor, as_of=wanted.as_of)
    if not page.children:
        raise NotThere(_("{unit}没有下级单位").format(unit=page.unit.name))
    shown = listed.everything(page, wanted)
    title = _("全部指标 · {unit} · {period}").format(unit=page.unit.name, period=words.period(page.period))
    way = (*crumbs(page.ancestors, page.unit, wanted, actor, is_last=False), doors.Crumb(_("全部指标")))
    screen = EverythingPage(
        title=title,
        crumbs=way,
        all=shown,
        style=wanted.style,
        ticket=_ticket(request, code, wanted),
        is_synthetic=page.is_synthetic,
        tables=(shown,),
    )
    return doors.render(request, "units/all.html", screen, live_url=settings.LIVE_URL)


@require_GET
def boundaries(request: HttpRequest, code: str) -> FileResponse:
    """The boundaries of a unit's counties as GeoJSON."""
    found = org.children(code=code, viewer=doors.actor_of(request))
    path = maps.county_map(tuple(child.code for child in found if child.level == 3))
    if path is None:
        raise NotThere(_("这个单位没有地图"))
    response = FileResponse(path.open("rb"), content_type="application/geo+json")
    patch_cache_control(response, private=True, max_age=_MAP_SECONDS)
    return response


@require_POST
def choose_figures(request: HttpRequest) -> HttpResponse:
    """Write figures in full, or in 万 and 亿; it stays until it is chosen otherwise."""
    response = doors.go(request, back(request))
    remember(response, "figures", "short" if request.POST.get("figures") == "short" else "full")
    return response


def _counties(page: UnitPage) -> tuple[str, ...]:
    return tuple(child.unit.code for child in page.children if child.unit.level == 3)


def _ticket(request: HttpRequest, code: str, wanted: Asked) -> str:
    """For live updates; a page that looks back does not move."""
    actor = doors.actor_of(request)
    if wanted.as_of is not None or actor.login_id is None:
        return ""
    return live.issue_ticket(
        login_id=actor.login_id,
        sitting_id=org.sitting_id(session_key=request.session.session_key),
        unit=code,
        period=wanted.period,
        language=get_language() or "zh-hans",
        origin=f"{request.scheme}://{request.get_host()}",
    )
