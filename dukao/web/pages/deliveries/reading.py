"""What was delivered: the list, how far a delivery is, and what came of it down to the last rejected row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.base.spoken import spoken
from dukao.base.wording import clauses, joined, with_note
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers import queries
from dukao.registers.queries import DeliveryView
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.tables import Cell, Column, Table, Tone, number, row, table

_LISTED_MOST = 300
STATE_TONES: dict[str, Tone] = {"received": "wait", "landed": "ok", "refused": "stop", "superseded": "plain"}


@dataclass(frozen=True)
class DeliveriesPage:
    title: str
    tabs: tuple[tuple[str, str, bool], ...]
    tables: tuple[Table, ...]
    may_deliver: bool


@dataclass(frozen=True)
class DeliveryPage:
    title: str
    crumbs: tuple[Crumb, ...]
    delivery: DeliveryView
    state: tuple[Tone, str]
    step: str
    percent: int
    figures: tuple[tuple[str, str, str], ...]
    marks: tuple[tuple[str, str], ...]
    doubts: tuple[str, ...]
    problem: Mapping[str, str]
    rejects: Table | None
    has_more: bool
    page: int
    tables: tuple[Table, ...]
    may_see_rejects: bool
    is_synthetic: bool


@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    _require_deliveries(actor)
    state = request.GET.get("state", "")
    found = queries.deliveries(viewer=actor, state=state, most=_LISTED_MOST)
    choices = (("", _("全部")), ("received", _("处理中")), ("landed", _("已入库")), ("refused", _("已退回")),
               ("superseded", _("已被更正")))  # fmt: skip
    page = DeliveriesPage(
        title=_("数据交付"),
        tabs=tuple((label, f"?state={code}" if code else "?", code == state) for code, label in choices),
        tables=(table_of(found),),
        may_deliver=actor.has("DELIVERIES_MAKE"),
    )
    return doors.render(request, "deliveries/list.html", page)


@require_GET
def delivery(request: HttpRequest, number: str) -> HttpResponse:
    """How far the reading is, and then what came of it."""
    actor = doors.actor_of(request)
    found = queries.delivery(number=number, viewer=actor)
    return doors.render(request, "deliveries/page.html", _delivery_page(request, found, actor))


@require_GET
def rejects(request: HttpRequest, number: str) -> FileResponse:
    """All rows that were set aside, as the file that was written when they were."""
    path_ = queries.rejects_file(number=number, viewer=doors.actor_of(request))
    return FileResponse(path_.open("rb"), as_attachment=True, filename=f"{number}-问题清单.csv",
                        content_type="text/csv; charset=utf-8")  # fmt: skip


def table_of(found: tuple[DeliveryView, ...], *, caption: str = "") -> Table:
    """Deliveries as a table, newest first."""
    rows = [
        row(
            Cell(d.dataset_title, href=reverse("deliveries.page", args=[d.number]), note=d.file_name),
            d.provider_name,
            Cell(words.period(d.period), raw=d.period),
            d.scope_name,
            number(d.rows_accepted),
            number(d.rows_rejected),
            number(d.facts_landed),
            Cell(words.moment(d.received_at), raw=d.received_at.isoformat()),
            Cell(d.state_label, tone=STATE_TONES[d.state]),
        )
        for d in found
    ]
    columns = [
        Column(_("数据资源"), is_sticky=True), Column(_("提供部门")), Column(_("时期")), Column(_("范围")),
        Column(_("入库"), "number", _("行")), Column(_("有问题"), "number", _("行")),
        Column(_("得到的数"), "number", _("个")), Column(_("交付"), "date"), Column(_("状态"), "badge"),
    ]  # fmt: skip
    return table("deliveries", caption or _("数据交付（{n} 次）").format(n=len(rows)), columns, rows,
                 is_synthetic=any(d.is_synthetic for d in found), is_filtered=len(rows) > 10,
                 empty=_("还没有交付过数据。"))  # fmt: skip


def _require_deliveries(actor: Actor) -> None:
    if not actor.has("DEMANDS_SEE_ALL"):
        actor.require_anywhere("DELIVERIES_MAKE")


def _delivery_page(request: HttpRequest, d: DeliveryView, actor: Actor) -> DeliveryPage:
    may_see = actor.may("DELIVERIES_MAKE", d.scope_path, department=d.provider_code)
    wanted = request.GET.get("page", "1")
    page_number = int(wanted) if wanted.isdecimal() and len(wanted) < 8 else 1
    page = queries.rejects(number=d.number, viewer=actor, page=page_number) if d.has_rejects and may_see else None
    titles = _titles(d, actor)
    rejects_table = _rejects_table(page, titles) if page else None
    return DeliveryPage(
        title=with_note(d.dataset_title, words.period(d.period)),
        crumbs=(Crumb(_("数据交付"), reverse("deliveries")), Crumb(d.number)),
        delivery=d,
        state=(STATE_TONES[d.state], d.state_label),
        step=spoken(d.progress.get("step", "")) or _("排队等候"),
        percent=d.progress.get("percent", 0),
        figures=(
            (_("读到"), f"{d.rows_read:,}", _("行")),
            (_("入库"), f"{d.rows_accepted:,}", _("行")),
            (_("有问题"), f"{d.rows_rejected:,}", _("行")),
            (_("得到的数"), f"{d.facts_landed:,}", _("个")),
        ),
        marks=_marks(d, titles),
        doubts=tuple(map(spoken, d.found.get("doubts", ()))),
        problem=d.problem,
        rejects=rejects_table,
        has_more=bool(page and page.has_more),
        page=page_number,
        tables=(rejects_table,) if rejects_table else (),
        may_see_rejects=may_see,
        is_synthetic=d.is_synthetic,
    )


def _titles(d: DeliveryView, actor: Actor) -> dict[str, str]:
    """What people call the dataset's columns, by name."""
    return {c.name: c.title for c in queries.dataset(code=d.dataset_code, viewer=actor).definition.columns}


def _rejects_table(page: queries.RejectsPage, titles: Mapping[str, str]) -> Table:
    rows = [
        row(
            Cell(r.line, raw=int(r.line) if r.line.isdecimal() else ""),
            joined(titles.get(name, name) for name in r.column.split("、")),
            r.value,
            spoken(r.reason),
        )
        for r in page.rows
    ]
    columns = [Column(_("文件第几行"), "number"), Column(_("列")), Column(_("值")), Column(_("为什么"))]
    return table("rejects", _("没有入库的行"), columns, rows, is_exported=False)


def _marks(d: DeliveryView, titles: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What was given and what the reader found in it."""
    names = org.display_names(names=[d.by_name])
    lines = [
        (_("编号"), d.number),
        (_("范围"), d.scope_name),
        (_("文件"), f"{d.file_name}（{words.size(d.size_bytes)}）"),
        (_("SHA-256"), d.file_digest),
        (_("交付"), f"{names.get(d.by_name, d.by_name)} · {words.moment(d.received_at)}"),
        (_("入库"), words.moment(d.landed_at)),
        *_found(d.found, titles),
        (_("更正了"), d.supersedes),
        (_("已被更正为"), d.superseded_by),
    ]
    return tuple((label, text) for label, text in lines if text)


def _found(found: Mapping[str, Any], titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the file itself showed: nothing is guessed silently; what the reader was not sure of stands by itself."""
    encodings = {"utf-8": "UTF-8", "gb18030": "GB18030", "big5hkscs": "Big5"}
    encodings |= {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
    delimiters = {",": _("逗号"), "\t": _("制表符"), ";": _("分号"), "|": _("竖线")}
    line_ends = {"lf": "LF", "crlf": "CRLF", "cr": "CR", "mixed": _("混用")}
    told = [
        (_("格式"), str(found.get("format", "")).upper()),
        (_("编码"), encodings.get(found.get("encoding", ""), found.get("encoding", ""))),
        (_("分隔符"), delimiters.get(found.get("delimiter", ""), found.get("delimiter", ""))),
        (_("换行"), line_ends.get(found.get("line_ends", ""), "")),
        (_("工作表"), found.get("sheet", "")),
        (_("表头在第几行"), str(found["header_line"]) if found.get("header_line") else ""),
    ]
    if columns := found.get("columns"):
        named = [(c["header"], titles.get(c["column"], c["column"])) for c in columns if c["column"]]
        matched = [f"{header} → {title}" if header != title else header for header, title in named]
        told.append((_("对应的列"), clauses(matched)))
    if ignored := found.get("ignored"):
        told.append((_("没有用到的列"), _("{n} 列").format(n=ignored)))
    if cells := found.get("cells_rejected"):
        told.append((_("超出范围没有入库的数"), _("{n} 个").format(n=cells)))
    return told
