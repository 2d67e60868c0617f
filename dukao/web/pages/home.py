"""The front door: strangers read what this is, everybody else lands on the own desk. And the choices of the frame."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.refusals import NotThere
from dukao.org import actions, queries
from dukao.web import doors, menu

_A_YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True)
class Landing:
    title: str


@doors.public
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Strangers see what this is; who has a desk is led there; who has no post yet is told whom to ask."""
    if request.actor is None:
        return doors.render(request, "home/landing.html", Landing(_("问一次，就够了")))
    links = menu.links(menu.desk_of(request, request.actor), "")
    if links:
        return doors.go(request, links[0].href)
    return doors.render(request, "home/no_post.html", Landing(_("还没有岗位")))


@require_POST
def change_desk(request: HttpRequest) -> HttpResponse:
    """Sit down at another of the own desks."""
    desk = request.POST.get("desk", "")
    if desk not in menu.desks_of(doors.actor_of(request)):
        raise NotThere(_("没有这个桌面"))
    request.session["desk"] = desk
    return doors.go(request, "/")


@doors.public
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise NotThere(_("没有这种语言"))
    _keep(request, language=language)
    response = doors.go(request, back(request))
    remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


@doors.public
@require_POST
def choose_type(request: HttpRequest) -> HttpResponse:
    """Large type or the normal one; it stays until it is chosen otherwise."""
    size = "large" if request.POST.get("type") == "large" else "normal"
    _keep(request, large_type=size == "large")
    response = doors.go(request, back(request))
    remember(response, "type", size)
    return response


def with_preferences(response: HttpResponse, *, login_id: int) -> HttpResponse:
    """The answer to a sign-in carries how this person likes the pages, on whatever computer it is."""
    liked = queries.preferences(login_id=login_id)
    if liked.large_type:
        remember(response, "type", "large")
    if liked.language:
        remember(response, settings.LANGUAGE_COOKIE_NAME, liked.language)
    return response


def _keep(request: HttpRequest, **changed: object) -> None:
    actor = request.actor
    if actor is None or actor.login_id is None:
        return
    liked = queries.preferences(login_id=actor.login_id)
    wanted = {"large_type": liked.large_type, "language": liked.language or translation.get_language(), **changed}
    actions.set_preferences(**wanted, by=actor, at=doors.now())


def back(request: HttpRequest) -> str:
    """Where the form came from, if it is a page of this house."""
    url = request.POST.get("next", "/")
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure()) else "/"


def remember(response: HttpResponse, name: str, value: str) -> None:
    """Keep a choice in the browser for a year."""
    response.set_cookie(name, value, max_age=_A_YEAR_SECONDS, samesite="Lax", secure=settings.TLS, httponly=True)


urlpatterns = [
    path("", home, name="home"),
    path("-/desk/", change_desk, name="change_desk"),
    path("-/language/", choose_language, name="choose_language"),
    path("-/type/", choose_type, name="choose_type"),
]
