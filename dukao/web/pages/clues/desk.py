"""Clues at the office that follows them up; nobody of whom they speak finds them here."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.org.rules import Actor
from dukao.voice.actions import clues as actions
from dukao.voice.queries import clues as queries
from dukao.voice.queries.clues import ClueLine, ClueView
from dukao.voice.rules.clues import OUTCOMES, after
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.clues import screen
from dukao.web.tables import Cell, Column, Table, row, table

_Given = dict[str, str]


@dataclass(frozen=True)
class CluesPage:
    title: str
    tables: tuple[Table, ...]
    is_synthetic: bool


@dataclass(frozen=True)
class CluePage:
    title: str
    crumbs: tuple[Crumb, ...]
    clue: ClueView
    tone: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str, str], ...]
    may: frozenset[str]
    outcomes: tuple[tuple[str, str], ...]
    task_href: str
    typed: _Given
    is_synthetic: bool
    contact: str = ""
    refused: Refused | None = None

    @property
    def errors(self) -> dict[str, str]:
        return getattr(self.refused, "errors", {})


@require_GET
def clues(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    actor.require_anywhere("CLUES_HANDLE")
    found = queries.clues(viewer=actor, today=doors.today())
    open_ones = tuple(one for one in found if one.state not in ("closed", "fixed"))
    over = tuple(one for one in found if one.state in ("closed", "fixed"))
    page = CluesPage(
        title=_("问题直通车"), is_synthetic=any(one.is_synthetic for one in found),
        tables=(
            _table("open", _("在办的线索（{n} 件）").format(n=len(open_ones)), open_ones, _("没有在办的线索。")),
            _table("over", _("办结的线索（{n} 件）").format(n=len(over)), over, _("还没有办结的线索。")),
        ),
    )  # fmt: skip
    return doors.render(request, "clues/list.html", page)


@require_GET
def clue(request: HttpRequest, number: str) -> HttpResponse:
    return doors.render(request, "clues/page.html", _page(number, doors.actor_of(request)))


@require_POST
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    actor = doors.actor_of(request)
    given = {key: str(value) for key, value in request.POST.dict().items()}
    try:
        if act == "contact":
            contact = actions.open_contact(clue=number, reason=given.get("reason", ""), by=actor, at=doors.now())
            return doors.render(request, "clues/page.html", replace(_page(number, actor), contact=contact))
        if act not in _ACTS:
            raise NotThere()
        told = _ACTS[act](number, given, actor)
    except Invalid as refused:
        page = replace(_page(number, actor), typed=given, refused=refused)
        return doors.render(request, "clues/page.html", page, status=refused.status)
    doors.tell(request, told)
    return doors.go(request, reverse("clues.page", args=[number]))


def _accept(number: str, given: _Given, by: Actor) -> str:
    actions.accept_clue(clue=number, text=given.get("text", ""), by=by, at=doors.now())
    return _("已受理，反映人凭回执能看到")


def _ask(number: str, given: _Given, by: Actor) -> str:
    actions.ask_reporter(clue=number, text=given.get("text", ""), by=by, at=doors.now())
    return _("问题已写在回执里，等反映人补充")


def _extend(number: str, given: _Given, by: Actor) -> str:
    actions.extend_clue(clue=number, reason=given.get("reason", ""), by=by, at=doors.now())
    return _("期限已延长，原因反映人看得到")


def _close(number: str, given: _Given, by: Actor) -> str:
    outcome = given.get("outcome", "")
    if outcome == "task":
        raise Invalid(_("请写明结果"), errors={"outcome": _("转为督办请用“交办督办”")})
    actions.close_clue(
        clue=number, outcome=outcome, text=given.get("text", ""), reference=given.get("reference", ""), by=by,
        at=doors.now(),
    )  # fmt: skip
    return _("已办结，等反映人说解决了没有")


_ACTS: dict[str, Callable[[str, _Given, Actor], str]] = {
    "acceptance": _accept, "question": _ask, "extension": _extend, "closing": _close,
}  # fmt: skip


def _page(number: str, actor: Actor) -> CluePage:
    today = doors.today()
    seen = queries.clue(number=number, viewer=actor, today=today)
    line = seen.line
    reference = " ".join(part for part in (seen.outcome_label, seen.reference) if part)
    lines = (
        (_("反映什么"), line.kind_title), (_("涉及"), line.accused_name), (_("地方"), line.place_name),
        (_("收到"), words.day(line.received_on, today)),
        (_("最晚告知"), words.due(seen.notify_by, today).text if line.state == "received" else ""),
        (_("最晚办结"), words.due(seen.close_by, today).text if line.due_on else words.day(seen.close_by, today)),
        (_("延长"), words.day(seen.extended_on, today)), (_("去向"), reference),
        (_("反映人说"), screen.fixed_of(line.is_fixed)),
    )  # fmt: skip
    acts = {"acceptance": "accept", "question": "ask", "extension": "extend", "closing": "close", "task": "refer"}
    may = frozenset(name for name, one in acts.items() if after(line.state, one))
    if seen.outcome == "task":
        may -= {"task", "closing"}  # it is closed with the task
    if seen.extended_on:
        may -= {"extension"}
    return CluePage(
        title=_("线索 {number}").format(number=number),
        crumbs=(Crumb(_("问题直通车"), reverse("clues")), Crumb(number)),
        clue=seen, tone=screen.TONES[line.state], facts=tuple((label, text) for label, text in lines if text),
        notes=tuple(screen.note_of(note) for note in seen.notes), may=may,
        outcomes=(("", _("请选择")), *((code, _(label)) for code, label in OUTCOMES.items() if code != "task")),
        task_href=f"{reverse('tasks.new')}?{urlencode({'clue': number})}", typed={}, is_synthetic=line.is_synthetic,
    )  # fmt: skip


def _table(key: str, caption: str, found: tuple[ClueLine, ...], empty: str) -> Table:
    today = doors.today()
    rows = [
        row(
            Cell(one.number, href=reverse("clues.page", args=[one.number])),
            Cell(one.kind_title, note=_("说遭到打击报复") if one.is_reprisal else ""), one.accused_name, one.place_name,
            Cell(words.day(one.received_on, today), raw=one.received_on.isoformat()),
            Cell(words.due(one.due_on, today).text, raw=one.due_on.isoformat()) if one.due_on else "",
            Cell(one.state_label, tone=screen.TONES[one.state]), screen.fixed_of(one.is_fixed),
        )
        for one in found
    ]  # fmt: skip
    columns = [
        Column(_("编号"), is_sticky=True), Column(_("反映什么")), Column(_("涉及")), Column(_("地方")),
        Column(_("收到"), "date"), Column(_("期限"), "date"), Column(_("状态"), "badge"), Column(_("反映人说")),
    ]  # fmt: skip
    return table(key, caption, columns, rows, empty=empty, is_filtered=len(rows) > 12, is_exported=False,
                 is_synthetic=any(one.is_synthetic for one in found))  # fmt: skip
