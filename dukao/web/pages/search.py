"""One box reaches every unit, figure, sheet and data element: by name, first letters of the pinyin, or code."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.indicators import queries as indicators
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers import queries as registers
from dukao.sheets import queries as sheets
from dukao.web import doors, words

_MOST = 8


@dataclass(frozen=True, slots=True)
class Hit:
    label: str
    note: str
    href: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class SearchPage:
    title: str
    text: str
    groups: tuple[Group, ...]


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What the text finds; as a page, and as the list under the box while somebody types."""
    actor, text = doors.actor_of(request), request.GET.get("q", "").strip()[:60]
    found = tuple(_groups(text, actor)) if text else ()
    page = SearchPage(_("搜索"), text, tuple(group for group in found if group.hits))
    return doors.render(request, "search/page.html", page)


def _groups(text: str, actor: Actor) -> Iterator[Group]:
    """What this person may open; nothing else is named."""
    if actor.has("FIGURES_SEE"):
        yield Group(_("单位"), tuple(_units(text, actor, "units.page")))
        yield Group(_("指标"), tuple(_indicators(text, actor)))
    elif actor.has("ORG_MANAGE"):
        yield Group(_("单位"), tuple(_units(text, actor, "org-units.below")))
    if actor.has("FILINGS_FILL"):
        yield Group(_("要填的表"), tuple(_filings(text, actor)))
    if actor.has("SHEETS_DESIGN") or actor.has("DEMANDS_SEE_ALL"):
        yield Group(_("报表"), tuple(_sheets(text, actor)))
    if actor.has("REGISTERS_DEFINE"):
        yield Group(_("数据元"), tuple(_elements(text)))


def _units(text: str, actor: Actor, page: str) -> Iterator[Hit]:
    for unit in org.search_units(text=text, viewer=actor, most=_MOST):
        yield Hit(unit.name, unit.code, reverse(page, args=[unit.code]))


def _indicators(text: str, actor: Actor) -> Iterator[Hit]:
    """Figures, on the page of the own unit."""
    here = reverse("units.page", args=[actor.standings_with("FIGURES_SEE")[0].unit_code])
    fits = _fitting(text)
    found = [one for one in indicators.indicators() if fits(one.code, one.title, one.title_en)]
    for one in found[:_MOST]:
        yield Hit(words.title_of(one), one.owner_name, f"{here}?indicator={one.code}#compare")


def _filings(text: str, actor: Actor) -> Iterator[Hit]:
    fits = _fitting(text)
    waiting = [one for one in sheets.desk(viewer=actor, today=doors.today()).to_fill if fits(one.number, one.title)]
    for one in waiting[:_MOST]:
        yield Hit(one.title, one.unit_name, reverse("desk.filing", args=[one.number, one.unit_code]))


def _sheets(text: str, actor: Actor) -> Iterator[Hit]:
    fits = _fitting(text)
    found = [one for one in sheets.sheets(viewer=actor) if fits(one.code, one.title)]
    for one in found[:_MOST]:
        yield Hit(one.title, one.code, reverse("sheets.page", args=[one.code]))


def _elements(text: str) -> Iterator[Hit]:
    for one in registers.elements(text=text, most=_MOST):
        yield Hit(words.title_of(one), one.owner_name, reverse("elements.page", args=[one.code]))


def _fitting(text: str) -> Callable[..., bool]:
    """Whether one of these names contains the text, or the first letters of its pinyin do."""
    wanted = text.lower()

    def fits(*names: str) -> bool:
        if any(wanted in name.lower() for name in names):
            return True
        return wanted.isascii() and wanted.isalpha() and any(wanted in _initials(name) for name in names)

    return fits


@lru_cache(maxsize=2_000)
def _initials(name: str) -> str:
    from pypinyin import Style, lazy_pinyin  # a large dictionary, read when somebody first types letters

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()


urlpatterns = [path("search/", search, name="search")]
