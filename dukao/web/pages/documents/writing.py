"""Writing a document: a file or pasted text, to whom, on what basis. The rules speak on the next page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from dukao.base.refusals import Invalid, NotAllowed, NotThere, Refused
from dukao.gate import actions
from dukao.gate import queries as gate
from dukao.gate.actions import Paper, Superior
from dukao.gate.queries import DocumentView
from dukao.gate.rules.documents import CHANNELS, KINDS, names_in, parts_of
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.documents.listing import named
from dukao.workbooks.problems import Unreadable
from dukao.workbooks.reading.prose import read_prose

_FIELDS = (
    "title", "document_number", "channel", "kind", "scope", "level", "basis", "text", "superior_number",
    "superior_title", "superior_text",
)  # fmt: skip


@dataclass(frozen=True)
class WritingPage:
    title: str
    crumbs: tuple[Crumb, ...]
    number: str
    given: Mapping[str, str]
    channels: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    scopes: tuple[tuple[str, str], ...]
    levels: tuple[tuple[str, str], ...]
    refused: Refused | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@doors.takes_files("DEMANDS_ISSUE", most="DOCUMENTS_MAX_BYTES")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new document of one of the own departments."""
    actor = doors.actor_of(request)
    _require_writer(actor)
    if request.method == "GET":
        return doors.render(request, "documents/write.html", _page(actor, {"channel": "red_head", "kind": "general"}))
    given = _given(request)
    try:
        paper, department = _paper(request, given, actor)
        number = actions.draft_document(department=department, paper=paper, by=actor, at=doors.now())
    except (Invalid, Unreadable) as refused:
        return _again(request, actor, given, refused)
    return doors.go(request, reverse("documents.page", args=[number]))


@doors.takes_files("DEMANDS_ISSUE", most="DOCUMENTS_MAX_BYTES")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, number: str) -> HttpResponse:
    """The same form for a draft."""
    actor = doors.actor_of(request)
    seen = gate.document(number=number, viewer=actor, today=doors.today())
    if not seen.may_change:
        raise NotThere()
    if request.method == "GET":
        return doors.render(request, "documents/write.html", _page(actor, _of(seen), number=number))
    given = _given(request)
    try:
        paper, _department = _paper(request, given, actor)
        actions.change_draft(number=number, paper=paper, by=actor, at=doors.now())
    except (Invalid, Unreadable) as refused:
        return _again(request, actor, given, refused, number=number)
    doors.tell(request, _("已保存。正文或发给谁改过的，一致性评估要再填一次。"))
    return doors.go(request, reverse("documents.page", args=[number]))


def _require_writer(actor: Actor) -> None:
    if not actor.standings_with("DEMANDS_ISSUE"):
        raise NotAllowed(_("您的岗位没有这项权限"), todo=_("如果工作需要，请系统管理员为您设置岗位"))


def _given(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "").strip() for name in _FIELDS}


def _paper(request: HttpRequest, given: dict[str, str], actor: Actor) -> tuple[Paper, str]:
    """The paper, and the department (by its code) whose it is. Fills into `given` what the text itself tells."""
    for name in ("text", "superior_text"):
        if upload := request.FILES.get(f"{name}_file"):
            given[name] = read_prose(Path(upload.temporary_file_path()))
    title, number = names_in(parts_of(given["text"]).head)
    given["title"], given["document_number"] = given["title"] or title, given["document_number"] or number
    department, _comma, scope = given["scope"].partition(",")
    if (department, scope) not in {(d, unit) for d, unit, _label in _scopes(actor)}:
        raise Invalid(_("文件还缺内容"), errors={"scope": _("请选择发给谁")})
    paper = Paper(
        title=given["title"], channel=given["channel"], kind=given["kind"], scope_unit=scope,
        target_level=int(given["level"]) if given["level"] in ("2", "3", "4", "5") else 0, basis=given["basis"],
        text=given["text"], document_number=given["document_number"],
        superior=Superior(given["superior_number"], given["superior_title"], given["superior_text"]),
    )  # fmt: skip
    return paper, department


def _again(request: HttpRequest, actor: Actor, given: dict[str, str], refused: Refused, *, number: str = ""
           ) -> HttpResponse:  # fmt: skip
    page = _page(actor, given, number=number, refused=refused)
    return doors.render(request, "documents/write.html", page, status=refused.status)


def _page(actor: Actor, given: Mapping[str, str], *, number: str = "", refused: Refused | None = None) -> WritingPage:
    scopes = _scopes(actor)
    several = len({department for department, _unit, _label in scopes}) > 1
    names = {s.department_code: s.department_name for s in actor.standings_with("DEMANDS_ISSUE")}
    crumbs = [Crumb(pgettext("公文", "文件"), reverse("documents"))]
    if number:
        crumbs.append(Crumb(number, reverse("documents.page", args=[number])))
    return WritingPage(
        title=_("修改文件") if number else _("拟一份文件"),
        crumbs=(*crumbs, Crumb(_("修改") if number else _("新文件"))), number=number, given=given,
        channels=named(CHANNELS), kinds=named(KINDS),
        scopes=tuple(
            (f"{code},{unit}", f"{names[code]} · {label}" if several else label) for code, unit, label in scopes
        ),
        levels=tuple((str(level), str(words.LEVELS[level])) for level in (5, 4, 3)),
        refused=refused, errors=getattr(refused, "errors", {}),
    )  # fmt: skip


def _scopes(actor: Actor) -> tuple[tuple[str, str, str], ...]:
    """Department, unit and its name: the own subtree and the units one step down."""
    found = {}
    for standing in actor.standings_with("DEMANDS_ISSUE"):
        found[standing.department_code, standing.unit_code] = standing.unit_name
        for below in org.children(code=standing.unit_code, viewer=actor):
            found[standing.department_code, below.code] = below.name
    return tuple((department, unit, name) for (department, unit), name in found.items())


def _of(seen: DocumentView) -> dict[str, str]:
    line = seen.line
    return {
        "title": line.title, "document_number": line.document_number, "channel": line.channel, "kind": line.kind,
        "scope": f"{line.department_code},{seen.scope_code}", "level": str(line.target_level), "basis": seen.basis,
        "text": seen.text, "superior_number": seen.superior_number, "superior_text": seen.superior_text,
        "superior_title": "" if seen.superior_number else seen.superior_title,
    }  # fmt: skip
