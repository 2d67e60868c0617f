"""At the door: the check code is scanned or typed, what it says is shown, arrival is confirmed, or the visit refused.

The code never stands in an address: the QR carries it behind a #, which browsers keep to themselves, and a script
hands it on in a form. Whoever scans may be a stranger to the house; what is still sealed shows itself to the unit only.
"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dukao.base.refusals import Refused
from dukao.gate import actions, queries
from dukao.gate.queries import VisitView
from dukao.org.rules import Actor
from dukao.web import doors
from dukao.web.doors import Crumb
from dukao.web.pages.sign_in import address_of
from dukao.web.pages.visits import screen

# The one page that may use a camera, to read codes in the browser itself.
_WITH_CAMERA = "camera=(self), microphone=(), geolocation=()"


@dataclass(frozen=True)
class CodePage:
    """`visit` is what the code says, once one was given; `is_elsewhere`: the code holds, but for another unit."""

    title: str
    crumbs: tuple[Crumb, ...] = ()
    code: str = ""
    visit: VisitView | None = None
    facts: tuple[tuple[str, str], ...] = ()
    tone: str = ""
    state: str = ""
    is_elsewhere: bool = False
    conduct: tuple[str, ...] = ()
    objection_days: int = 0
    refused: Refused | None = None
    may_turn_away: bool = False
    is_stranger: bool = False
    unit_code: str = ""
    units: tuple[tuple[str, str], ...] = ()
    is_synthetic: bool = False


@doors.public
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Type or scan a code (GET); see what it says (POST)."""
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    if request.method == "GET":
        return _answer(request, CodePage(_("核对检查码"), **_about(actor)))
    typed = request.POST.get("code", "")[:60]
    try:
        found = actions.read_code(code=typed, address=address_of(request), by=actor, at=doors.now())
    except Refused as refused:
        about = _about(actor)
        page = CodePage(_("没有核对上"), code=typed, refused=refused, **about)
        return _answer(request, page, status=refused.status)
    here = {s.unit_code for s in actor.standings_with("DEMANDS_RECEIVE")} if actor else set()
    tone, state = screen.state_of(found, doors.now())
    page = CodePage(
        _("这次检查有检查码"), code=typed, visit=found, facts=screen.facts_of(found), tone=tone, state=state,
        is_elsewhere=bool(here) and found.unit_code not in here, conduct=queries.conduct_rules(on=found.on),
        objection_days=screen.objection_days(found.on), is_synthetic=found.is_synthetic, **_about(actor),
    )  # fmt: skip
    return _answer(request, page)


@sensitive_post_parameters("code")
@doors.form_on("visits.code")
@require_POST
def arrival(request: HttpRequest) -> HttpResponse:
    """The unit confirms, with one tap, that they are at the door."""
    actor, typed = doors.actor_of(request), request.POST.get("code", "")[:60]
    actor.require_anywhere("DEMANDS_RECEIVE")
    found = actions.read_code(code=typed, address=address_of(request), by=actor, at=doors.now())
    came = actions.arrive(code=typed, unit=found.unit_code, by=actor, at=doors.now())
    doors.tell(request, _("已记下到场。请只提供页面上列出的内容"))
    return doors.go(request, reverse("visits.page", args=[came.number]))


@doors.form_on("visits")
@require_POST
def refuse(request: HttpRequest) -> HttpResponse:
    """No code, or none that holds: turned away, and the office told."""
    actor = doors.actor_of(request)
    actions.refuse_visit(
        unit=request.POST.get("unit", "")[:12], who=request.POST.get("who", ""), what=request.POST.get("what", ""),
        by=actor, at=doors.now(),
    )  # fmt: skip
    doors.tell(request, _("已告诉督考办。没有检查码的检查，拒绝不会被追究"))
    return doors.go(request, reverse("visits"))


def _about(actor: Actor | None) -> dict:  # type: ignore[type-arg]
    here = (
        tuple(dict.fromkeys((s.unit_code, s.unit_name) for s in actor.standings_with("DEMANDS_RECEIVE")))
        if actor
        else ()
    )
    return {
        "is_stranger": actor is None,
        "may_turn_away": bool(here),
        "unit_code": here[0][0] if here else "",
        "units": here,
        "crumbs": (Crumb(_("检查"), reverse("visits")), Crumb(_("核对检查码"))) if here else (),
    }


def _answer(request: HttpRequest, page: CodePage, status: int = 200) -> HttpResponse:
    response = doors.render(request, "visits/code.html", page, status=status)
    response["Permissions-Policy"] = _WITH_CAMERA
    return response
