"""A task as an official notice (督办通知), and the record of a draw for whoever wants to draw again."""

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.base.papers import Paper, as_docx, as_pdf
from dukao.tasks import queries
from dukao.tasks.queries import papers
from dukao.web import doors

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
def docx(request: HttpRequest, number: str) -> HttpResponse:
    return _as_file(request, number, as_docx, _DOCX, "docx")


@require_GET
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    return _as_file(request, number, as_pdf, "application/pdf", "pdf")


@require_GET
def draw(request: HttpRequest, number: str, round_number: int) -> HttpResponse:
    found = queries.published_draw(number=number, round_number=round_number, viewer=doors.actor_of(request))
    response = HttpResponse(json.dumps(found, ensure_ascii=False, indent=1), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="draw-{number}-{round_number}.json"'
    return response


def _as_file(request: HttpRequest, number: str, make: Callable[[Paper], bytes], kind: str, ending: str) -> HttpResponse:
    view = queries.task(number=number, viewer=doors.actor_of(request), today=doors.today())
    paper = papers.notice_paper(view, office=_("{place}督查考评办公室").format(place=view.office_name))
    response = HttpResponse(make(paper), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="notice-{number}.{ending}"'
    return response
