"""Designing a survey: what to ask, whom, how many, and how the answers are made to stand for everybody."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dukao.base.definitions import checked
from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.spoken import spoken
from dukao.base.wording import clauses, said_of
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.voice import actions
from dukao.voice.queries import surveys as queries
from dukao.voice.rules.surveys import ALLOCATIONS, MODES, SAMPLINGS, WEIGHTINGS, SurveyDefinition
from dukao.web import doors
from dukao.web.doors import Crumb
from dukao.web.survey_form import field_of, given, typed_of

_BEGUN = {
    "mode": "phone", "sampling": "probability", "weighting": "design", "frame_stratum": "county",
    "frame_phone": "phone", "sample_margin_points": "3", "sample_expected_percent": "50", "sample_design_effect": "1.3",
    "sample_response_percent": "40", "sample_allocation": "proportional", "sample_stratum_least": "30",
}  # fmt: skip

_PLACE = "设计"


@dataclass(frozen=True)
class DesignPage:
    title: str
    crumbs: tuple[Crumb, ...]
    typed: dict[str, str]
    choices: dict[str, tuple[tuple[str, str], ...]]
    is_new: bool
    refused: Refused | None = None
    errors: Mapping[str, str] = field(default_factory=dict)  # by field


@require_http_methods(["GET", "POST"])
def design(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    actor.require_anywhere("VOICE_HOLD")
    units = {"unit": next((one.unit_code for one in actor.standings_with("VOICE_HOLD")), "")}
    if request.method == "GET":
        return doors.render(request, "surveys/design.html", _page(actor, _BEGUN | units, is_new=True))
    return _define(request, units, is_new=True)


@require_http_methods(["GET", "POST"])
def redesign(request: HttpRequest, code: str) -> HttpResponse:
    actor = doors.actor_of(request)
    found = queries.survey(code=code, viewer=actor)
    if request.method == "GET":
        return doors.render(request, "surveys/design.html", _page(actor, typed_of(found.definition), is_new=False))
    return _define(request, {"code": code, "unit": found.definition.unit}, is_new=False)


def _define(request: HttpRequest, fixed: dict[str, str], *, is_new: bool) -> HttpResponse:
    actor, typed = doors.actor_of(request), request.POST.dict() | fixed
    try:
        definition = checked(SurveyDefinition, given(typed), place=_PLACE)
        done = actions.define_survey(definition=definition, by=actor, at=doors.now())
    except NotThere:
        raise
    except Refused as refused:
        page = _page(actor, typed, is_new=is_new, refused=refused)
        return doors.render(request, "surveys/design.html", page, status=refused.status)
    doors.tell(request, _("设计已保存"))
    return doors.go(request, reverse("surveys.page", args=[done.code]))


def _page(actor: Actor, typed: dict[str, Any], *, is_new: bool, refused: Refused | None = None) -> DesignPage:
    title = _("设计一项调查") if is_new else _("修改设计")
    named: tuple[tuple[str, Any], ...] = (
        ("mode", MODES), ("sampling", SAMPLINGS), ("allocation", ALLOCATIONS), ("weighting", WEIGHTINGS)
    )  # fmt: skip
    choices = {name: tuple((code, _(text)) for code, text in known.items()) for name, known in named}
    choices["department"] = (("", _("自己问")), *((one.code, one.name) for one in org.departments(viewer=actor)))
    way = (Crumb(_("民意调查"), reverse("surveys")), Crumb(title))
    page = DesignPage(title, way, typed, choices, is_new, refused)
    if isinstance(refused, Invalid) and refused.errors:
        at_fields, rest = _at_fields(refused.errors)
        what = _("有 {n} 处要改，红字写在各项旁边").format(n=len(at_fields)) if at_fields else _("设计还要改")
        return replace(page, refused=Invalid(what, why=clauses(map(spoken, rest))), errors=at_fields)
    return page


def _at_fields(errors: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What is wrong by the form's field, the line told where a field has several; and what belongs to no one field."""
    found: dict[str, list[str]] = {}
    rest: list[str] = []
    for place, why in errors.items():
        name, line = field_of(place.removeprefix(_PLACE).removeprefix(" · "))
        if name:
            found.setdefault(name, []).append(said_of(_("第 {n} 行").format(n=line), spoken(why)) if line else why)
        else:
            rest.append(why)
    return {name: clauses(whys) for name, whys in found.items()}, rest
