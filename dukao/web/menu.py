"""The desks and their menus: one menu per desk, at most seven entries, in the order of the day's work.

An entry's name is the first part of the URL names of its pages (`sheets`, `sheets.design`, `sheets.compile` all stand
under 报表); the page of the bare name is where the entry leads. An entry may hold several of such kinds, `within` it:
they show as tabs on each of their pages, and the entry leads to the first.
"""

from contextlib import suppress
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dukao.org.rules import Actor


@dataclass(frozen=True)
class Entry:
    name: str
    label: str
    icon: str = ""
    within: tuple["Entry", ...] = ()

    @property
    def leads_to(self) -> tuple["Entry", ...]:
        return self.within or (self,)


# What stands together under one entry.
_SHEETS = (Entry("sheets", _("报表")), Entry("dispatches", _("下发")), Entry("workbooks", _("表格助手")))
_DATA = (Entry("deliveries", _("交付")), Entry("datasets", _("数据资源")), Entry("elements", _("数据元")))
_INSPECTIONS = (
    Entry("plan", _("年度计划")), Entry("visits", _("检查")), Entry("joint", _("联合检查")),
    Entry("draws", _("随机抽取")),
)  # fmt: skip
_COMING = (Entry("visits", _("来检查的")), Entry("plan", _("今年谁会来")))
_PAPERS = (
    Entry("documents", pgettext_lazy("公文", "文件")), Entry("radar", _("变通雷达")), Entry("meetings", _("会议")),
)  # fmt: skip
_BURDEN = (
    Entry("burden", _("负担账")), Entry("appeals", _("申诉")), Entry("demands", _("要求台账")),
    Entry("statistics", _("规则统计")),
)  # fmt: skip
_OFFICE = (Entry("supervision", _("督考台")), Entry("monthly", _("月度调度")))
_VOICE = (
    Entry("polls", _("万人评")), Entry("orders", _("差评处置")), Entry("surveys", _("民意调查")),
    Entry("clues", _("问题直通车")),
)  # fmt: skip
_EVALUATION = (Entry("tasks", _("督办")), Entry("scores", _("考核")))
_TASKS = (Entry("tasks", _("督办")), Entry("orders", _("差评处置")))
_FIGURES = (Entry("units", _("数据")), Entry("scores", _("考核")), Entry("polls", _("万人评")))
# Each desk opens on its first entry.
DESKS: dict[str, tuple[Entry, ...]] = {
    "worker": (
        Entry("desk", _("今天要办"), "inbox", (Entry("desk", _("今天要办")), Entry("filings", _("填过的表")))),
        Entry("tasks", _("督办差评"), "folder", _TASKS),
        Entry("visits", _("来检查的"), "calendar", _COMING),
        Entry("documents", _("收到的文件"), "send"),
        Entry("burden", _("负担账"), "clock", _BURDEN[:2]),
        Entry("workbooks", _("表格助手"), "table"),
        Entry("units", _("数据"), "chart", (_FIGURES[0], _FIGURES[2])),
    ),
    "reviewer": (
        Entry("review", _("待审"), "inbox"),
        Entry("tasks", _("督办差评"), "folder", _TASKS),
        Entry("visits", _("来检查的"), "calendar", _COMING),
        Entry("documents", _("收到的文件"), "send"),
        Entry("burden", _("负担账"), "clock", _BURDEN[:2]),
        Entry("workbooks", _("表格助手"), "table"),
        Entry("units", _("数据"), "chart", _FIGURES),
    ),
    "department": (
        Entry("department", _("部门工作台"), "inbox", (Entry("department", _("部门工作台")), *_TASKS)),
        Entry("sheets", _("报表"), "sheet", _SHEETS),
        Entry("deliveries", _("数据交付"), "upload", _DATA),
        Entry("plan", _("督查检查"), "calendar", _INSPECTIONS),
        Entry("documents", _("文件会议"), "send", (_PAPERS[0], _PAPERS[2])),
        Entry("burden", _("负担账"), "clock", _BURDEN[:3]),
        Entry("units", _("数据"), "chart", _FIGURES),
    ),
    "supervision": (
        Entry("supervision", _("督考台"), "inbox", _OFFICE),
        Entry("plan", _("督查检查"), "calendar", _INSPECTIONS),
        Entry("documents", _("文件会议"), "send", _PAPERS),
        Entry("burden", _("负担账"), "clock", _BURDEN),
        Entry("polls", _("群众评价"), "person", _VOICE),
        Entry("tasks", _("督办考核"), "check", _EVALUATION),
        Entry("units", _("数据"), "chart", (Entry("units", _("数据")), Entry("workbooks", _("表格助手")))),
    ),
    "interviewer": (Entry("interviews", _("访问"), "person"),),
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
    "interviewer": _("访问"),
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
        if shown := _links(entry.leads_to, here):
            is_here = any(link.is_here for link in shown)
            found.append(Link(entry.name, str(entry.label), entry.icon, shown[0].href, is_here))
    return tuple(found)


def beside(desk: str, url_name: str) -> tuple[tuple[str, str, bool], ...]:
    """The tabs (title, address, is here) of the entry that the page stands under; none where it is alone there."""
    here = url_name.partition(".")[0]
    for entry in DESKS.get(desk, ()):
        shown = _links(entry.within, here)
        if len(shown) > 1 and any(link.is_here for link in shown):
            return tuple((link.label, link.href, link.is_here) for link in shown)
    return ()


def _links(entries: tuple[Entry, ...], here: str) -> list[Link]:
    found = []
    for entry in entries:
        with suppress(NoReverseMatch):  # the page is not built in yet
            href = reverse(entry.name)
            found.append(Link(entry.name, str(entry.label), entry.icon, href, entry.name == here))
    return found
