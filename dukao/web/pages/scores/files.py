"""Files of scores: what recomputes one offline, and the official document of a card."""

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.base.papers import Paper, as_docx, as_pdf
from dukao.base.refusals import NotThere
from dukao.scores import queries
from dukao.scores.queries.papers import card_paper
from dukao.web import doors

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
def document(request: HttpRequest, code: str, scored: str) -> HttpResponse:
    """The file for `dukao replay-score`."""
    version = request.GET.get("version", "")
    found = queries.score_document(
        card=code, scored=scored, viewer=doors.actor_of(request), on=doors.today(),
        version=int(version) if version.isdecimal() and len(version) < 4 else None,
        is_to_date=request.GET.get("view") == "so-far",
    )  # fmt: skip
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    name = f"score-{code}-{scored}-{found['version'] or 'so-far'}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
def docx(request: HttpRequest, code: str) -> HttpResponse:
    return _paper(request, code, as_docx, _DOCX, "docx")


@require_GET
def pdf(request: HttpRequest, code: str) -> HttpResponse:
    return _paper(request, code, as_pdf, "application/pdf", "pdf")


def _paper(request: HttpRequest, code: str, make: Callable[[Paper], bytes], kind: str, ending: str) -> HttpResponse:
    actor = doors.actor_of(request)
    found = queries.overview(card=code, viewer=actor, on=doors.today())
    if not found.card.may_decide or found.card.state not in ("shown", "published"):
        raise NotThere()
    office = next(
        (s for s in actor.standings_with("SCORES_DECIDE") if found.card.unit_path.startswith(s.unit_path)), None
    )
    name = office.department_name or _("{place}督查考评办公室").format(place=office.unit_name) if office else ""
    paper = card_paper(found, office=name or found.card.unit_name, on=doors.today())
    response = HttpResponse(make(paper), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="scores-{code}.{ending}"'
    return response
