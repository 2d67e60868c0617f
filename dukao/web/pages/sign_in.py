"""Coming in, going out, and the own password."""

from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dukao.base import floods
from dukao.base.refusals import Invalid, Refused
from dukao.org import actions
from dukao.web import doors
from dukao.web.pages.home import with_preferences


@dataclass(frozen=True)
class SignInPage:
    title: str
    next: str = ""
    name: str = ""
    refused: Refused | None = None
    has_expired: bool = False


@dataclass(frozen=True)
class PasswordPage:
    title: str
    errors: dict[str, str] = field(default_factory=dict)
    refused: Refused | None = None


@doors.public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and letting somebody in."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    onward = wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()) else "/"
    if request.method == "GET":
        if request.actor is not None:
            return doors.go(request, onward)
        page = SignInPage(_("登录"), next=wanted, has_expired="expired" in request.GET)
        return doors.render(request, "sign_in/page.html", page)
    name = request.POST.get("name", "")
    if request.actor is not None:
        actions.sign_out(session_key=request.session.session_key or "", by=request.actor, at=doors.now())
    # A new key before anybody is let in: a key planted earlier opens nothing.
    request.session.flush()
    request.session.create()
    try:
        actor = actions.sign_in(
            name=name,
            password=request.POST.get("password", ""),
            address=address_of(request),
            session_key=request.session.session_key or "",
            at=doors.now(),
        )
    except Refused as refused:
        request.session.flush()
        page = SignInPage(_("登录"), next=wanted, name=name[:64], refused=refused)
        return doors.render(request, "sign_in/page.html", page, status=refused.status)
    assert actor.login_id is not None
    return with_preferences(doors.go(request, onward), login_id=actor.login_id)


def address_of(request: HttpRequest) -> str:
    passed = request.headers.get("X-Forwarded-For", "")
    return floods.address_of(request.META.get("REMOTE_ADDR", ""), passed, proxies=settings.PROXIES)


@doors.public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.actor is not None:
        actions.sign_out(session_key=request.session.session_key or "", by=request.actor, at=doors.now())
    request.session.flush()
    return doors.go(request, "/")


@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password; other sittings end."""
    page = PasswordPage(_("修改密码"))
    if request.method == "POST":
        old, new, again = (request.POST.get(name, "") for name in ("old", "new", "again"))
        try:
            if new != again:
                raise Invalid(_("两次输入的新密码不一样"), errors={"again": _("请再输入一次新密码")})
            actions.change_password(
                old=old,
                new=new,
                session_key=request.session.session_key or "",
                by=doors.actor_of(request),
                at=doors.now(),
            )
        except Invalid as wrong:
            errors = {("new" if place == "password" else place): why for place, why in wrong.errors.items()}
            page = PasswordPage(page.title, errors=errors, refused=wrong)
            return doors.render(request, "sign_in/password.html", page, status=wrong.status)
        doors.tell(request, _("密码已修改，其他地方的登录已退出。"))
        return doors.go(request, reverse("home"))
    return doors.render(request, "sign_in/password.html", page)


urlpatterns = [
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-out/", sign_out, name="sign_out"),
    path("my/password/", password, name="password"),
]
