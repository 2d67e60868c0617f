"""One item: what it is, what the rules say of it, what was carried out, all its versions; and its decisions."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.refusals import Invalid, Refused
from dukao.gate import actions, queries
from dukao.gate.queries import ItemView
from dukao.org import queries as org
from dukao.registers import queries as registers
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.plan import screen
from dukao.web.pages.plan.screen import SaidHit
from dukao.web.pages.visits import screen as visiting
from dukao.web.tables import Cell, Column, Table, Tone, number, row, table

# Those that stand there are shown at once, more go into the table.
_TARGETS_SHOWN = 12


@dataclass(frozen=True)
class ItemPage:
    title: str
    crumbs: tuple[Crumb, ...]
    item: ItemView
    state: tuple[Tone, str]
    marks: tuple[tuple[str, str], ...]
    questions: tuple[tuple[str, str], ...]  # text, name of the datum it asks for
    hits: tuple[SaidHit, ...]
    usage: tuple[tuple[str, str, str], ...]
    merged: tuple[tuple[str, str], ...]
    merged_into: str
    targets: Table
    visits: Table
    versions: Table
    tables: tuple[Table, ...]
    newest: str  # address of the current version, where this is an earlier one
    is_granting: bool
    is_synthetic: bool
    reason: str = ""
    refusal: Refused | None = None


@require_GET
def item(request: HttpRequest, number: str) -> HttpResponse:
    """An item as it is, or one of its versions."""
    return doors.render(request, "plan/item.html", _page(request, number))


@require_POST
def approve(request: HttpRequest, number: str) -> HttpResponse:
    """Let it through: a planned item, or one matter beyond the plan."""

    def do(reason: str) -> str:
        actor, at = doors.actor_of(request), doors.now()
        found = queries.plan_item(number=number, viewer=actor, on=doors.today())
        if found.origin == "exception":
            approver = request.POST.get("approver", "")
            actions.grant_exception(number=number, reason=reason, approver=approver, by=actor, at=at)
        else:
            actions.approve_item(number=number, reason=reason, by=actor, at=at)
        return _("已批准 {number}，最多 {n} 次").format(number=number, n=found.visits_most)

    return _decided(request, number, do)


@require_POST
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    def do(reason: str) -> str:
        actions.refuse_item(number=number, reason=reason, by=doors.actor_of(request), at=doors.now())
        return _("{number} 未通过，理由已告诉部门").format(number=number)

    return _decided(request, number, do)


@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    def do(reason: str) -> str:
        actions.withdraw_item(number=number, reason=reason, by=doors.actor_of(request), at=doors.now())
        return _("{number} 已撤回").format(number=number)

    return _decided(request, number, do)


def _decided(request: HttpRequest, number: str, do: Callable[[str], str]) -> HttpResponse:
    """What cannot be done is told on the item's page, with what was typed; other answers are the doors'."""
    reason = request.POST.get("reason", "")
    try:
        told = do(reason)
    except Refused as refused:
        if refused.status not in (Refused.status, Invalid.status):
            raise
        page = _page(request, number, reason=reason, refusal=refused)
        return doors.render(request, "plan/item.html", page, status=refused.status)
    doors.tell(request, told)
    return doors.go(request, reverse("plan.item", args=[number]))


def _page(request: HttpRequest, number: str, *, reason: str = "", refusal: Refused | None = None) -> ItemPage:
    actor, today = doors.actor_of(request), doors.today()
    asked = request.GET.get("version", "")
    version = int(asked) if asked.isdecimal() and len(asked) < 5 else None
    shown = queries.plan_item(number=number, viewer=actor, on=today, version=version)
    versions = queries.plan_item_versions(number=number, viewer=actor, on=today)
    here = reverse("plan.item", args=[number])
    targets, visits = _targets(shown), _visits(request, shown)
    history = _versions(versions, shown.version)
    return ItemPage(
        title=shown.title,
        crumbs=screen.crumbs(Crumb(shown.number)),
        item=shown,
        state=screen.state(shown),
        marks=_marks(shown),
        questions=_questions(shown),
        hits=_hits(shown),
        usage=_usage(shown),
        merged=tuple((one, reverse("plan.item", args=[one])) for one in shown.merged),
        merged_into=reverse("plan.item", args=[shown.merged_into]) if shown.merged_into else "",
        targets=targets,
        visits=visits,
        versions=history,
        tables=(targets, visits, history),
        newest="" if shown.is_current else here,
        is_granting=shown.origin == "exception",
        is_synthetic=shown.is_synthetic,
        reason=reason,
        refusal=refusal,
    )


def _marks(item: ItemView) -> tuple[tuple[str, str], ...]:
    names = org.display_names(names={item.made_by, item.decided_by, item.approved_by} - {""})
    lines = (
        (_("编号"), _("{number} 第 {n} 版").format(number=item.number, n=item.version)),
        (_("谁来"), item.department_name),
        (_("主题"), item.topic_title),
        (_("类型和方式"), f"{item.kind_label} · {item.method_label}"),
        (_("依据"), item.basis),
        (_("目的"), item.purpose),
        (_("对象"), screen.reach(item)),
        (_("时间"), screen.window(item)),
        (_("最多"), _("{n} 次，每次{minutes}").format(
            n=f"{item.visits_most:,}", minutes=words.minutes(item.minutes_hundredths_per_visit))),
        (_("性质"), item.origin_label if item.origin != "planned" else ""),
        (_("这一版的理由"), item.reason),
        (_("谁批准的"), names.get(item.approved_by, item.approved_by) if item.approved_at else ""),
        (_("批准时间"), words.moment(item.approved_at)),
        (_("决定意见"), item.decision),
    )  # fmt: skip
    return tuple((label, text) for label, text in lines if text)


def _questions(item: ItemView) -> tuple[tuple[str, str], ...]:
    elements = registers.elements_by_code(q.element for q in item.questions if q.element)
    return tuple(
        (q.text, words.title_of(elements[q.element]) if q.element in elements else "") for q in item.questions
    )  # fmt: skip


def _hits(item: ItemView) -> tuple[SaidHit, ...]:
    """Only those who can change the item are told: for others it is what was let through."""
    if not item.is_insider or not item.is_current or item.state != "proposed":
        return ()
    return tuple(screen.said(hit) for hit in queries.hits_of_item(number=item.number, on=doors.today()))


def _usage(item: ItemView) -> tuple[tuple[str, str, str], ...]:
    if item.usage is None or not item.is_current:
        return ()
    used = item.usage
    figures = [(_("最多"), f"{used.limit:,}", _("次")), (_("已执行"), f"{used.used:,}", _("次"))]
    if used.held is not None:
        figures += [(_("已预约"), f"{used.held:,}", _("次")), (_("还剩"), f"{used.left:,}", _("次"))]
    return tuple(figures)


def _targets(item: ItemView) -> Table:
    rows = [row(t.unit_code, t.unit_name, number(t.visits_most)) for t in item.targets]
    return table(
        "targets", _("列明的对象（{n} 个）").format(n=len(rows)),
        [Column(_("代码")), Column(_("单位"), is_sticky=True), Column(_("最多"), "number", _("次"))], rows,
        is_filtered=len(rows) > _TARGETS_SHOWN,
    )  # fmt: skip


def _visits(request: HttpRequest, item: ItemView) -> Table:
    """What the viewer may know of the visits that carried it out."""
    found = queries.visits(viewer=doors.actor_of(request), item=item.number)
    return visiting.table_of(
        found, doors.now(), key="visits", caption=_("预约和执行（{n} 次）").format(n=len(found)),
        empty=_("还没有预约。"),
    )  # fmt: skip


def _versions(versions: tuple[ItemView, ...], here: int) -> Table:
    names = org.display_names(names={v.made_by for v in versions})
    rows = [
        row(
            Cell(_("第 {n} 版").format(n=v.version), raw=v.version, note=_("正在看") if v.version == here else "",
                 href=f"{reverse('plan.item', args=[v.number])}?version={v.version}"),
            Cell(words.moment(v.made_at), raw=v.made_at.isoformat()), names.get(v.made_by, v.made_by),
            v.reason or _("首次申报"), screen.reach(v), screen.window(v), number(v.visits_most),
            Cell(v.state_label, tone=screen.STATE_TONES[v.state]),
        )
        for v in versions
    ]  # fmt: skip
    columns = [
        Column(_("版本"), is_sticky=True), Column(_("时间"), "date"), Column(_("谁")), Column(_("为什么改"), "prose"),
        Column(_("对象")), Column(_("时间窗口")), Column(_("最多"), "number", _("次")), Column(_("状态"), "badge"),
    ]  # fmt: skip
    return table("versions", _("各版（{n} 版）").format(n=len(rows)), columns, rows)
