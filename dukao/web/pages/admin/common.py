"""What the administrator's pages share: long lists cut into pages, forms that come back with their errors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.refusals import Invalid, NotAllowed, NotThere, Refused
from dukao.org.rules import Actor
from dukao.web import doors

ROWS_PER_PAGE = 50
ROLES = {
    "worker": _l("填报员"),
    "reviewer": _l("审核员"),
    "department": _l("部门数据员"),
    "supervision": _l("督考办"),
    "interviewer": _l("访问员"),
    "admin": _l("系统管理员"),
    "auditor": _l("审计员"),
}
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Form:
    """What was typed and what was wrong with it, for the form to come back with."""

    values: dict[str, str]
    errors: dict[str, str]
    refused: Refused | None = None


EMPTY = Form({}, {})


def admin_of(request: HttpRequest) -> Actor:
    """The asker, who must administer something. Raises NotAllowed."""
    actor = doors.actor_of(request)
    if not actor.has("ORG_MANAGE"):
        raise NotAllowed(_("这是系统管理员的页面"), todo=_("如果工作需要，请系统管理员为您设置岗位"))
    return actor


def sheet_of(request: HttpRequest, things: Sequence[Thing]) -> tuple[Sequence[Thing], int, int]:
    """The things on the wanted page, its number, and how many pages there are."""
    count = max(1, -(-len(things) // ROWS_PER_PAGE))
    asked = request.GET.get("page", "1")
    number = min(max(1, int(asked)), count) if asked.isdecimal() and len(asked) < 7 else 1
    return things[(number - 1) * ROWS_PER_PAGE : number * ROWS_PER_PAGE], number, count


def attempt(
    request: HttpRequest,
    do: Callable[[dict[str, str]], str],
    show: Callable[[Form, int], HttpResponse],
    onward: str,
    secret: Sequence[str] = (),
    chosen: str = "",
) -> HttpResponse:
    """Do what a form asks: `do` answers what to tell; an Invalid brings the form back as it was typed.

    So does what is not there, where it was typed into the field `chosen` instead of taken from its list.
    """
    values = {key: str(value).strip() for key, value in request.POST.items()}
    try:
        told = _done(do, values, chosen)
    except Invalid as wrong:
        kept: dict[str, Any] = {key: value for key, value in values.items() if key not in secret}
        return show(Form(kept, wrong.errors, wrong), wrong.status)
    doors.tell(request, told)
    return doors.go(request, onward)


def _done(do: Callable[[dict[str, str]], str], values: dict[str, str], chosen: str) -> str:
    try:
        return do(values)
    except NotThere:
        if not chosen:
            raise
        raise Invalid(_("没有找到"), errors={chosen: _("请输入名称里的几个字，再从列表中选")}) from None
