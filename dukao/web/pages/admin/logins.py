"""Log-ins: create, close and open again, give a post, take it back, give another password."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dukao.base.refusals import Invalid, NotThere
from dukao.org import actions, queries
from dukao.org.queries import HoldingView, LoginView
from dukao.org.rules import Actor
from dukao.web import doors
from dukao.web.pages.admin.common import EMPTY, Form, admin_of, attempt, sheet_of
from dukao.web.tables import Cell, Column, Table, row, table


@dataclass(frozen=True)
class LoginsPage:
    title: str
    form: Form
    text: str
    listed: Table
    number: int
    count: int
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class LoginPage:
    title: str
    crumbs: tuple[doors.Crumb, ...]
    form: Form
    login: LoginView
    current: tuple[HoldingView, ...]
    past: tuple[HoldingView, ...]
    today: date


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def logins(request: HttpRequest) -> HttpResponse:
    """List the log-ins; create one."""
    actor = admin_of(request)

    def show(form: Form, status: int) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:60]
        found = queries.logins(viewer=actor, text=text)
        some, number, count = sheet_of(request, found)
        listed = _table(found if request.GET.get("export") else some, len(found), doors.today())
        page = LoginsPage(_("登录账号"), form, text, listed, number, count, (listed,))
        return doors.render(request, "admin/logins.html", page, status=status)

    def create(values: dict[str, str]) -> str:
        actions.create_login(
            name=values.get("name", ""),
            display_name=values.get("display_name", ""),
            password=request.POST.get("password", ""),
            by=actor,
            at=doors.now(),
        )
        return _("账号 {name} 已创建，还没有岗位。").format(name=values["name"])

    if request.method == "POST":
        onward = reverse("org-logins.one", args=[_slug(request.POST.get("name", ""))])
        return attempt(request, create, show, onward, secret=["password"])
    return show(EMPTY, 200)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest, name: str) -> HttpResponse:
    """One log-in and its posts; `do` in the form says what to do with it."""
    actor = admin_of(request)

    def show(form: Form, status: int) -> HttpResponse:
        return doors.render(request, "admin/login.html", _login_page(name, form, actor), status=status)

    def act(values: dict[str, str]) -> str:
        return _act(name, values | {"password": request.POST.get("password", "")}, actor)

    if request.method == "POST":
        chosen = "post" if request.POST.get("do") == "assign" else ""
        onward = reverse("org-logins.one", args=[name])
        return attempt(request, act, show, onward, secret=["password"], chosen=chosen)
    return show(EMPTY, 200)


def _act(name: str, values: dict[str, str], actor: Actor) -> str:
    at = doors.now()
    match values.get("do"):
        case "disable":
            actions.disable_login(login=name, by=actor, at=at)
            return _("账号已停用，已有的登录已退出。")
        case "enable":
            actions.enable_login(login=name, by=actor, at=at)
            return _("账号已重新启用。")
        case "password":
            actions.reset_password(login=name, password=values["password"], by=actor, at=at)
            return _("密码已重设，请当面告诉本人，并请本人登录后修改。")
        case "assign":
            actions.assign_post(
                login=name,
                post=values.get("post", ""),
                valid_from=_date(values, "valid_from") or doors.today(),
                valid_to=_date(values, "valid_to"),
                by=actor,
                at=at,
            )
            return _("岗位已安排。")
        case "end":
            actions.end_holding(login=name, post=values.get("post", ""), valid_to=doors.today(), by=actor, at=at)
            return _("岗位从今天起结束。")
    raise NotThere(_("没有这个操作"))


def _login_page(name: str, form: Form, actor: Actor) -> LoginPage:
    found = next((one for one in queries.logins(viewer=actor, text=name) if one.name == name), None)
    if found is None:
        raise NotThere()
    today = doors.today()
    return LoginPage(
        title=found.display_name,
        crumbs=(doors.Crumb(_("登录账号"), reverse("org-logins")), doors.Crumb(found.name)),
        form=form,
        login=found,
        current=tuple(h for h in found.holdings if h.valid_to is None or h.valid_to > today),
        past=tuple(h for h in found.holdings if h.valid_to is not None and h.valid_to <= today),
        today=today,
    )


def _date(values: dict[str, str], name: str) -> date | None:
    text = values.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(_("日期写得不对"), errors={name: _("请写成 2026-10-08 这样")}) from None


def _slug(name: str) -> str:
    """The name as the action will keep it; a name it refuses never leads anywhere."""
    return "".join(c for c in name.strip().lower() if c.isascii() and (c.isalnum() or c in "-_")) or "-"


def _table(logins: tuple[LoginView, ...], count: int, today: date) -> Table:
    def held(one: LoginView) -> str:
        current = [h for h in one.holdings if h.valid_to is None or h.valid_to > today]
        return "；".join(f"{h.unit_name} · {h.post_title}" for h in current)

    return table(
        "logins",
        _("登录账号（共 {count} 个）").format(count=f"{count:,}"),
        [Column(_("登录名"), is_sticky=True), Column(_("称呼")), Column(_("现在的岗位")), Column(_("状态"), "badge")],
        [
            row(
                Cell(one.name, href=reverse("org-logins.one", args=[one.name])),
                one.display_name,
                held(one) or _("无"),
                Cell(_("可用"), tone="ok") if one.is_active else Cell(_("已停用"), tone="stop"),
            )
            for one in logins
        ],
        empty=_("没有符合的账号。"),
    )


urlpatterns = [
    path("admin/logins/", logins, name="org-logins"),
    path("admin/logins/<slug:name>/", login, name="org-logins.one"),
]
