"""One box reaches every unit, figure and sheet: by name, by the first letters of the pinyin, by code."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.org import queries as org
from dukao.web import doors

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
    groups: list[Group] = []
    if text:
        units = org.search_units(text=text, viewer=actor, most=_MOST)
        groups.append(
            Group(
                _("单位"), tuple(Hit(unit.name, unit.code, reverse("units.page", args=[unit.code])) for unit in units)
            )
        )
    page = SearchPage(_("搜索"), text, tuple(group for group in groups if group.hits))
    return doors.render(request, "search/page.html", page)


urlpatterns = [path("search/", search, name="search")]
