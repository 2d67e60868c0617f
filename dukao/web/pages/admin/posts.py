"""Posts: a role at a unit, which a log-in holds for a time."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dukao.org import actions, queries
from dukao.org.queries import PostView
from dukao.web import doors
from dukao.web.pages.admin.common import EMPTY, ROLES, Form, admin_of, attempt, sheet_of
from dukao.web.tables import Cell, Column, Table, row, table

_OFFERED = 12


@dataclass(frozen=True)
class PostsPage:
    title: str
    form: Form
    text: str
    listed: Table
    number: int
    count: int
    roles: tuple[tuple[str, str], ...]
    departments: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class OptionsPage:
    title: str
    posts: tuple[PostView, ...]


@require_http_methods(["GET", "POST"])
def posts(request: HttpRequest) -> HttpResponse:
    """List the posts; set up one more, or give one another title."""
    actor = admin_of(request)

    def show(form: Form, status: int) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:60]
        found = [one for one in queries.posts(viewer=actor) if _matches(one, text)]
        some, number, count = sheet_of(request, found)
        listed = _table(found if request.GET.get("export") else some, len(found))
        page = PostsPage(
            _("岗位"),
            form,
            text,
            listed,
            number,
            count,
            roles=(("", _("请选择")), *((role, str(title)) for role, title in ROLES.items())),
            departments=(("", _("不属于部门")), *((d.code, d.name) for d in queries.departments(viewer=actor))),
            tables=(listed,),
        )
        return doors.render(request, "admin/posts.html", page, status=status)

    def define(values: dict[str, str]) -> str:
        actions.define_post(
            code=values.get("code", ""),
            title=values.get("title", ""),
            role=values.get("role", ""),
            unit_code=values.get("unit", ""),
            department=values.get("department") or None,
            by=actor,
            at=doors.now(),
        )
        return _("岗位“{title}”已保存。").format(title=values["title"])

    if request.method == "POST":
        return attempt(request, define, show, reverse("org-posts"), chosen="unit")
    return show(EMPTY, 200)


@require_GET
def post_options(request: HttpRequest) -> HttpResponse:
    """Posts for a box where somebody types one."""
    text = request.GET.get("post", "").strip()[:60]
    found = [one for one in queries.posts(viewer=admin_of(request)) if text and _matches(one, text)]
    return doors.render(request, "admin/_post_options.html", OptionsPage(_("岗位"), tuple(found[:_OFFERED])))


def _matches(post: PostView, text: str) -> bool:
    return not text or any(text in part for part in (post.title, post.code, post.unit_name, post.department_name))


def _table(posts: list[PostView], count: int) -> Table:
    return table(
        "posts",
        _("岗位（共 {count} 个）").format(count=f"{count:,}"),
        [Column(_("岗位"), is_sticky=True), Column(_("职责")), Column(_("单位")), Column(_("部门")), Column(_("代码"))],
        [
            row(p.title, str(ROLES[p.role]), Cell(p.unit_name, note=p.unit_code), p.department_name, p.code)
            for p in posts
        ],
        empty=_("没有符合的岗位。"),
    )


urlpatterns = [
    path("admin/posts/", posts, name="org-posts"),
    path("admin/posts/options/", post_options, name="org-posts.options"),
]
