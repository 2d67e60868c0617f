"""The departments of the units that the administrator looks after."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dukao.org import actions, queries
from dukao.web import doors
from dukao.web.pages.admin.common import EMPTY, Form, admin_of, attempt
from dukao.web.tables import Table, row, table


@dataclass(frozen=True)
class DepartmentsPage:
    title: str
    form: Form
    listed: Table
    tables: tuple[Table, ...]


@require_http_methods(["GET", "POST"])
def departments(request: HttpRequest) -> HttpResponse:
    """List the departments; define one more, or rename one."""
    actor = admin_of(request)

    def show(form: Form, status: int) -> HttpResponse:
        found = queries.departments(viewer=actor)
        listed = table(
            "departments",
            _("部门"),
            [_("名称"), _("代码"), _("所属单位代码")],
            [row(one.name, one.code, one.unit_code) for one in found],
            is_filtered=True,
            empty=_("还没有部门。"),
        )
        page = DepartmentsPage(_("部门"), form, listed, (listed,))
        return doors.render(request, "admin/departments.html", page, status=status)

    def define(values: dict[str, str]) -> str:
        actions.define_department(
            code=values.get("code", ""),
            name=values.get("name", ""),
            unit_code=values.get("unit", ""),
            by=actor,
            at=doors.now(),
        )
        return _("部门“{name}”已保存。").format(name=values["name"])

    if request.method == "POST":
        return attempt(request, define, show, reverse("org-departments"), chosen="unit")
    return show(EMPTY, 200)


urlpatterns = [path("admin/departments/", departments, name="org-departments")]
