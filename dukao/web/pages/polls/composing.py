"""Composing a poll: whom it is about, and at most a few questions."""

from dataclasses import dataclass
from secrets import token_hex

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dukao.base.definitions import BadDefinition, checked
from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.voice import actions
from dukao.voice.rules.polls import OVERALL, PollDefinition
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.polls import screen

_PLACE = "评议"
_QUESTION_PLACES = ("speed", "manner", "skill")


@dataclass(frozen=True)
class NewPage:
    title: str
    crumbs: tuple[Crumb, ...]
    typed: dict[str, str]
    scopes: tuple[tuple[str, str], ...]
    levels: tuple[tuple[str, str], ...]
    departments: tuple[tuple[str, str, bool], ...]
    scale: str
    suggestions: tuple[tuple[str, str], ...]
    refused: Refused | None = None

    @property
    def errors(self) -> dict[str, str]:
        return getattr(self.refused, "errors", {})


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    actor.require_anywhere("VOICE_HOLD")
    if request.method == "GET":
        return doors.render(request, "polls/new.html", _page(actor, {}, []))
    typed = {key: str(value).strip() for key, value in request.POST.items()}
    departments = [str(code) for code in request.POST.getlist("departments")]
    try:
        code = actions.define_poll(definition=_definition(typed, departments), by=actor, at=doors.now())
    except NotThere:
        raise
    except Refused as refused:
        page = _page(actor, typed, departments, refused)
        return doors.render(request, "polls/new.html", page, status=refused.status)
    doors.tell(request, _("已经写好。开始一轮以后就不能再改问题和对象"))
    return doors.go(request, reverse("polls.page", args=[code]))


def _definition(typed: dict[str, str], departments: list[str]) -> PollDefinition:
    """The form as a definition. Raises Invalid with the errors by field."""
    asked = [{"code": OVERALL, "title": typed.get("question-overall") or _usual()}]
    asked += [
        {"code": place, "title": typed[f"question-{place}"]}
        for place in _QUESTION_PLACES
        if typed.get(f"question-{place}")
    ]
    data = {
        "code": f"p{token_hex(4)}", "title": typed.get("title", ""), "purpose": typed.get("purpose", ""),
        "scope": typed.get("scope", ""), "level": typed.get("level") or None, "counter": typed.get("counter", ""),
        "departments": departments, "questions": asked,
    }  # fmt: skip
    try:
        return checked(PollDefinition, data, place=_PLACE)
    except BadDefinition as bad:
        errors = {place.removeprefix(_PLACE).removeprefix(" · ").split(" › ")[0] or "level": reason
                  for place, reason in bad.errors.items()}  # fmt: skip
        raise Invalid(_("有几处要改"), errors=errors) from None


def _usual() -> str:
    return PollDefinition.model_fields["questions"].default[0].title


def _page(actor: Actor, typed: dict[str, str], chosen: list[str], refused: Refused | None = None) -> NewPage:
    scopes = tuple(dict.fromkeys((s.unit_code, s.unit_name) for s in actor.standings_with("VOICE_HOLD")))
    paths = tuple(s.unit_path for s in actor.standings_with("VOICE_HOLD"))
    scale = law.rule("RTG-3", doors.today()).parameters["levels"]
    return NewPage(
        title=_("新的评议"), crumbs=(Crumb(_("万人评"), reverse("polls")), Crumb(_("新的评议"))), typed=typed,
        scopes=scopes,
        levels=(("", _("不评单位，只评部门")), *((name, str(words.LEVELS[place]))
                for place, name in enumerate(words.LEVEL_NAMES) if place >= 3)),
        departments=tuple(
            (one.code, one.name, one.code in chosen)
            for one in org.departments(viewer=actor)
            if one.unit_path.startswith(paths)
        ),
        scale=" · ".join(screen.word(one) for one in scale),
        suggestions=tuple(
            zip(_QUESTION_PLACES, (_("办得快不快？"), _("态度好不好？"), _("说得清不清楚？")), strict=True)
        ),
        refused=refused,
    )  # fmt: skip
