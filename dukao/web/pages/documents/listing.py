"""The register: a department its own documents, the supervision office all; a unit what came to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from dukao.base.refusals import NotAllowed
from dukao.base.wording import say
from dukao.base.words import Words
from dukao.gate import queries as gate
from dukao.gate.queries import DocumentLine
from dukao.gate.rules.documents import CHANNELS, KINDS
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.tables import Cell, Column, Table, Tone, number, row, table
from dukao.web.times import hours

STATES: dict[str, tuple[Tone, object]] = {
    "draft": ("wait", _l("草稿")), "issued": ("ok", _l("已印发")), "dropped": ("plain", _l("已放弃")),
}  # fmt: skip
_MOST = 500


@dataclass(frozen=True)
class RegisterPage:
    title: str
    is_register: bool
    may_write: bool
    oversees: bool
    text: str
    channel: str
    state: str
    channels: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str], ...]
    is_filtered: bool
    tables: tuple[Table, ...]
    received: tuple["Came", ...]


@dataclass(frozen=True, slots=True)
class Came:
    """A document that came to a unit, as it stands in a worker's list."""

    title: str
    href: str
    department_name: str
    channel: str
    due: words.Due
    minutes: str
    issued: str


@require_GET
def documents(request: HttpRequest) -> HttpResponse:
    """Everybody who writes, oversees or receives documents finds his here, newest first."""
    actor = doors.actor_of(request)
    is_register = actor.has("DEMANDS_ISSUE") or actor.has("DEMANDS_SEE_ALL")
    if not is_register and not actor.has("DEMANDS_RECEIVE"):
        raise NotAllowed(_("您的岗位没有这项权限"), todo=_("如果工作需要，请系统管理员为您设置岗位"))
    text, channel, state = (request.GET.get(name, "")[:60] for name in ("text", "channel", "state"))
    tables: list[Table] = []
    received: tuple[Came, ...] = ()
    if is_register:
        found = gate.documents(viewer=actor, text=text, channel=channel, state=state, most=_MOST)
        oversees = actor.has("DEMANDS_SEE_ALL")
        if oversees and not _may_write(actor) and (explained := [line for line in found if line.state == "draft"]):
            caption = _("部门写了理由的草稿（{n} 件）").format(n=len(explained))
            tables.append(register_table(explained, key="explained", caption=caption, with_department=True))
            found = tuple(line for line in found if line.state != "draft")
        tables.append(register_table(found, with_department=oversees))
    else:
        received = tuple(map(_came, gate.documents_received(viewer=actor)))
    page = RegisterPage(
        title=pgettext("公文", "文件") if is_register else _("收到的文件"), is_register=is_register,
        may_write=_may_write(actor), oversees=actor.has("DEMANDS_SEE_ALL"), text=text, channel=channel, state=state,
        channels=(("", _("全部方式")), *named(CHANNELS)),
        states=(("", _("全部")), *((code, str(title)) for code, (_tone, title) in STATES.items())),
        is_filtered=bool(text or channel or state), tables=tuple(tables), received=received,
    )  # fmt: skip
    return doors.render(request, "documents/list.html", page)


def named(names: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Codes and names as the reader says them."""
    return tuple((code, say(Words(name))) for code, name in names.items())


def register_table(
    found: Sequence[DocumentLine], *, with_department: bool, key: str = "documents", caption: str = ""
) -> Table:
    rows = []
    for d in found:
        tone, title = STATES[d.state]
        flags = Cell(_("{n} 处").format(n=d.n_flags), raw=d.n_flags, tone="warn") if d.n_flags else Cell("–", raw=0)
        cells = [
            Cell(d.title, href=reverse("documents.page", args=[d.number]), note=d.number),
            *((d.department_name,) if with_department else ()),
            Cell(say(Words(CHANNELS[d.channel])), note=d.document_number), say(Words(KINDS[d.kind])),
            Cell(d.scope_name, note=str(words.LEVELS[d.target_level])),
            number(d.characters), Cell(words.day(d.issued_at), raw=d.issued_at.isoformat() if d.issued_at else ""),
            hours(d.minutes_hundredths_per_unit * d.unit_count),
            flags, Cell(str(title), tone=tone),
        ]  # fmt: skip
        rows.append(row(*cells))
    columns = [
        Column(_("标题"), is_sticky=True), *((Column(_("部门")),) if with_department else ()), Column(_("发文方式")),
        Column(_("类别")), Column(_("发给")), Column(_("正文"), "number", _("字")), Column(_("印发"), "date"),
        Column(_("记在部门"), "number", _("小时")), Column(_("规则提示"), "badge"), Column(_("状态"), "badge"),
    ]  # fmt: skip
    return table(
        key, caption or _("文件登记簿（{n} 件）").format(n=len(rows)), columns, rows, is_filtered=len(rows) > 10,
        is_synthetic=any(d.is_synthetic for d in found), empty=_("没有符合条件的文件。"),
        source=_("红头、白头、便笺、函、通知都登记，都算件数。"),
    )  # fmt: skip


def _came(line: DocumentLine) -> Came:
    today = doors.today()
    over = line.due_on is not None and line.due_on < today
    due = (
        words.Due(_("{day}已到期").format(day=words.day(line.due_on)))
        if over
        else words.due(line.due_on or today, today)
    )
    return Came(
        line.title, reverse("documents.page", args=[line.number]), line.department_name,
        say(Words(CHANNELS[line.channel])), due, words.minutes(line.minutes_hundredths_per_unit),
        words.day(line.issued_at),
    )  # fmt: skip


def _may_write(actor: Actor) -> bool:
    return bool(actor.standings_with("DEMANDS_ISSUE"))
