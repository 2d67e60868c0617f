"""The office's list of surveys."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.voice.queries import surveys as queries
from dukao.web import doors
from dukao.web.pages.surveys.screen import state_cell
from dukao.web.tables import Cell, Column, Table, number, row, table


@dataclass(frozen=True)
class SurveysPage:
    title: str
    tables: tuple[Table, ...]


@require_GET
def surveys(request: HttpRequest) -> HttpResponse:
    rows = [
        row(
            Cell(one.title, href=reverse("surveys.page", args=[one.code]), note=one.code),
            one.department_name or one.unit_name, Cell(one.begins_on.isoformat()), Cell(one.ends_on.isoformat()),
            number(one.completed), number(one.wanted), state_cell(one.state),
        )
        for one in queries.surveys(viewer=doors.actor_of(request))
    ]  # fmt: skip
    columns = [
        Column(_("调查"), is_sticky=True), Column(_("谁的")), Column(_("从"), "date"), Column(_("到"), "date"),
        Column(_("已完成"), "number", unit=_("份")), Column(_("要完成"), "number", unit=_("份")),
        Column(_("进展"), "badge"),
    ]  # fmt: skip
    found = table("surveys", _("调查（{n} 项）").format(n=len(rows)), columns, rows, empty=_("还没有设计过调查。"))
    return doors.render(request, "surveys/list.html", SurveysPage(_("社情民意调查"), (found,)))
