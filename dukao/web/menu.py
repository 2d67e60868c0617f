"""The desks and their menus: one menu per desk, at most seven entries, in the order of the day's work.

An entry's name is the first part of the URL names of its pages (`sheets`, `sheets.design`, `sheets.compile` all stand
under 报表); the page of the bare name is where the entry leads.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from dukao.org.rules import Actor


@dataclass(frozen=True)
class Entry:
    name: str
    label: str
    icon: str


# Each desk opens on its first entry.
DESKS: dict[str, tuple[Entry, ...]] = {
    "worker": (
        Entry("desk", _("今天要办"), "inbox"),
        Entry("filings", _("填过的表"), "folder"),
        Entry("workbooks", _("表格助手"), "table"),
        Entry("units", _("数据"), "chart"),
    ),
    "reviewer": (
        Entry("review", _("待审"), "inbox"),
        Entry("workbooks", _("表格助手"), "table"),
        Entry("units", _("数据"), "chart"),
    ),
    "department": (
        Entry("department", _("部门工作台"), "inbox"),
        Entry("sheets", _("报表"), "sheet"),
        Entry("dispatches", _("下发"), "send"),
        Entry("deliveries", _("数据交付"), "upload"),
        Entry("datasets", _("数据资源"), "database"),
        Entry("elements", _("数据元"), "tag"),
        Entry("units", _("数据"), "chart"),
    ),
    "supervision": (
        Entry("supervision", _("督考台"), "inbox"),
        Entry("demands", _("要求台账"), "gate"),
        Entry("workbooks", _("表格助手"), "table"),
        Entry("units", _("数据"), "chart"),
    ),
    "admin": (
        Entry("org-units", _("单位"), "tree"),
        Entry("org-departments", _("部门"), "folder"),
        Entry("org-posts", _("岗位"), "tag"),
        Entry("org-logins", _("登录账号"), "person"),
    ),
    "auditor": (
        Entry("trail", _("操作记录"), "trail"),
        Entry("seals", _("封存链"), "lock"),
    ),
}
DESK_TITLES: dict[str, str] = {
    "worker": _("填报"),
    "reviewer": _("审核"),
    "department": _("部门"),
    "supervision": _("督考办"),
    "admin": _("系统管理"),
    "auditor": _("审计"),
}


@dataclass(frozen=True, slots=True)
class Link:
    name: str
    label: str
    icon: str
    href: str
    is_here: bool


def desk_of(request: HttpRequest, actor: Actor) -> str:
    """The desk this person sits at: the one chosen last, else that of the first post; empty without a post."""
    roles = desks_of(actor)
    chosen = request.session.get("desk", "")
    return chosen if chosen in roles else next(iter(roles), "")


def desks_of(actor: Actor) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s.role for s in actor.standings if s.role in DESKS))


def links(desk: str, url_name: str) -> tuple[Link, ...]:
    """The desk's menu, with the entry marked that the page called `url_name` stands under."""
    here = url_name.partition(".")[0]
    found = []
    for entry in DESKS.get(desk, ()):
        try:
            href = reverse(entry.name)
        except NoReverseMatch:  # the page is not built in yet
            continue
        found.append(Link(entry.name, str(entry.label), entry.icon, href, entry.name == here))
    return tuple(found)
