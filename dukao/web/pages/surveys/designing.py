"""Designing a survey: what to ask, whom, how many, and how the answers are made to stand for everybody."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dukao.base.definitions import checked
from dukao.base.refusals import NotThere, Refused
from dukao.voice import actions
from dukao.voice.queries import surveys as queries
from dukao.voice.rules.surveys import ALLOCATIONS, MODES, SAMPLINGS, WEIGHTINGS, SurveyDefinition
from dukao.web import doors
from dukao.web.doors import Crumb
from dukao.web.survey_form import given, typed_of

_BEGUN = {
    "mode": "phone", "sampling": "probability", "weighting": "design", "frame_stratum": "county",
    "frame_phone": "phone", "sample_margin_points": "3", "sample_expected_percent": "50", "sample_design_effect": "1.3",
    "sample_response_percent": "40", "sample_allocation": "proportional", "sample_stratum_least": "30",
}  # fmt: skip


@dataclass(frozen=True)
class DesignPage:
    title: str
    crumbs: tuple[Crumb, ...]
    typed: dict[str, str]
    choices: dict[str, tuple[tuple[str, str], ...]]
    is_new: bool
    refused: Refused | None = None

    @property
    def errors(self) -> dict[str, str]:
        return getattr(self.refused, "errors", {})


@require_http_methods(["GET", "POST"])
def design(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    actor.require_anywhere("VOICE_HOLD")
    units = {"unit": next((one.unit_code for one in actor.standings_with("VOICE_HOLD")), "")}
    if request.method == "GET":
        return doors.render(request, "surveys/design.html", _page(_BEGUN | units, is_new=True))
    return _define(request, units, is_new=True)


@require_http_methods(["GET", "POST"])
def redesign(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.survey(code=code, viewer=doors.actor_of(request))
    if request.method == "GET":
        return doors.render(request, "surveys/design.html", _page(typed_of(found.definition), is_new=False))
    return _define(request, {"code": code, "unit": found.definition.unit}, is_new=False)


def _define(request: HttpRequest, fixed: dict[str, str], *, is_new: bool) -> HttpResponse:
    typed: dict[str, Any] = request.POST.dict() | fixed
    try:
        definition = checked(SurveyDefinition, given(typed), place=_("设计"))
        done = actions.define_survey(definition=definition, by=doors.actor_of(request), at=doors.now())
    except NotThere:
        raise
    except Refused as refused:
        page = _page(typed, is_new=is_new, refused=refused)
        return doors.render(request, "surveys/design.html", page, status=refused.status)
    doors.tell(request, _("设计已保存"))
    return doors.go(request, reverse("surveys.page", args=[done.code]))


def _page(typed: dict[str, str], *, is_new: bool, refused: Refused | None = None) -> DesignPage:
    title = _("设计一项调查") if is_new else _("修改设计")
    named: tuple[tuple[str, Any], ...] = (
        ("mode", MODES), ("sampling", SAMPLINGS), ("allocation", ALLOCATIONS), ("weighting", WEIGHTINGS)
    )  # fmt: skip
    choices = {name: tuple((code, _(text)) for code, text in known.items()) for name, known in named}
    way = (Crumb(_("民意调查"), reverse("surveys")), Crumb(title))
    return DesignPage(title, way, typed, choices, is_new, refused)
