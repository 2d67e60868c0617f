"""The sheets of a department, and one of them as it stands."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.org.rules import Actor
from dukao.registers import queries as registers
from dukao.sheets import actions, queries
from dukao.sheets.queries import SheetView
from dukao.sheets.rules.definitions import SheetDefinition
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.measures import measure
from dukao.web.tables import Cell, Column, Row, Table, Tone, number, row, table
from dukao.web.times import minutes


@dataclass(frozen=True)
class SheetsPage:
    title: str
    tables: tuple[Table, ...]
    may_design: bool
    with_retired: bool


@dataclass(frozen=True)
class SheetPage:
    title: str
    crumbs: tuple[Crumb, ...]
    sheet: SheetView
    state: tuple[Tone, str]
    marks: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    tables: tuple[Table, ...]
    may_design: bool
    is_synthetic: bool
    ready_before: int = 0  # the version that goes out while this one is still a draft


@require_GET
def sheets(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    _require_sheets(actor)
    with_retired = "retired" in request.GET
    found = queries.sheets(viewer=actor, with_retired=with_retired)
    page = SheetsPage(_("报表"), (_list(found),), actor.has("SHEETS_DESIGN"), with_retired)
    return doors.render(request, "sheets/list.html", page)


@require_GET
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """One sheet: its legal marks, every question, the checks, and its versions."""
    actor = doors.actor_of(request)
    versions = queries.versions(code=code, viewer=actor)
    wanted = request.GET.get("version", "")
    view = next((v for v in versions if str(v.version) == wanted), versions[0])
    definition = SheetDefinition.model_validate(view.definition)
    page = SheetPage(
        title=view.title,
        crumbs=(Crumb(_("报表"), reverse("sheets")), Crumb(view.code)),
        sheet=view,
        state=state_of(view),
        marks=_marks(view),
        notes=definition.notes,
        tables=_tables(definition, versions, view),
        may_design=may_design(actor, view) and view is versions[0],
        is_synthetic=view.is_synthetic,
        ready_before=next((v.version for v in versions if v.state == "ready"), 0) if view.state == "draft" else 0,
    )
    return doors.render(request, "sheets/page.html", page)


@require_POST
def retire(request: HttpRequest, code: str) -> HttpResponse:
    actions.retire_sheet(sheet=code, by=doors.actor_of(request), at=doors.now())
    doors.tell(request, _("这张表已停用，不再下发"))
    return doors.go(request, reverse("sheets.page", args=[code]))


def may_design(actor: Actor, view: SheetView) -> bool:
    return actor.may("SHEETS_DESIGN", view.issuer_unit_path, department=view.issuer_code)


def state_of(view: SheetView) -> tuple[Tone, str]:
    return {
        "draft": ("plain", _("草稿")),
        "ready": ("ok", _("可下发")),
        "retired": ("stop", _("已停用")),
    }[view.state]  # type: ignore[return-value]


def _require_sheets(actor: Actor) -> None:
    if not actor.has("DEMANDS_SEE_ALL"):
        actor.require_anywhere("SHEETS_DESIGN")


def _list(found: tuple[SheetView, ...]) -> Table:
    rows: list[Row] = []
    for view in found:
        tone, state = state_of(view)
        rows.append(
            row(
                Cell(view.title, href=reverse("sheets.page", args=[view.code]), note=view.form_number or view.code),
                view.issuer_name,
                str(words.LEVELS[view.level]),
                str(words.FREQUENCIES[view.frequency]),
                number(view.n_questions),
                Cell(words.day(view.valid_until), raw=view.valid_until.isoformat() if view.valid_until else ""),
                number(view.n_dispatches),
                Cell(state, tone=tone),
            )
        )
    columns = [
        Column(_("报表"), is_sticky=True), Column(_("谁的表")), Column(_("由哪一级填")), Column(_("多久一次")),
        Column(_("问几项"), "number", _("项")), Column(_("有效期到"), "date"), Column(_("下发过"), "number", _("次")),
        Column(_("状态"), "badge"),
    ]  # fmt: skip
    return table(
        "sheets",
        _("报表（{n} 张）").format(n=len(rows)),
        columns,
        rows,
        is_synthetic=any(v.is_synthetic for v in found),
        is_filtered=len(rows) > 10,
        empty=_("还没有报表。先查一查数据元里有没有现成的数据，再设计一张新表。"),
    )


def _marks(view: SheetView) -> tuple[tuple[str, str], ...]:
    missing = _("没有填写")
    kinds = {"statistical": _("统计调查"), "administrative": _("业务工作")}
    return (
        (_("谁的表"), view.issuer_name),
        (_("类型"), kinds[view.legal_type]),
        (_("表号"), view.form_number or missing),
        (_("制定机关"), view.issuing_body or missing),
        (_("批准或备案文号"), view.approval_number or missing),
        (_("有效期限"), words.day(view.valid_until) or missing),
        (_("由哪一级填"), str(words.LEVELS[view.level])),
        (_("报告期"), str(words.PERIOD_TYPES[view.period_type])),
        (_("多久一次"), str(words.FREQUENCIES[view.frequency])),
    )


def _tables(definition: SheetDefinition, versions: tuple[SheetView, ...], here: SheetView) -> tuple[Table, ...]:
    tables = [_questions(definition, here)]
    if definition.checks:
        tables.append(_checks(definition))
    if len(versions) > 1:
        tables.append(_versions(versions))
    return tuple(tables)


def _questions(definition: SheetDefinition, view: SheetView) -> Table:
    elements = registers.elements_by_code(definition.element_codes)
    rows: list[Row] = []
    for section in definition.sections:
        for question in section.questions:
            element = elements[question.element]
            rows.append(
                row(
                    len(rows) + 1,
                    section.title,
                    Cell(question.label or words.title_of(element), note=question.note),
                    Cell(element.code, href=reverse("elements.page", args=[element.code])),
                    measure(element.measure_unit),
                    str(words.PERIOD_TYPES[element.period_type]),
                    minutes(element.minutes_hundredths),
                    words.yes_no(question.required),
                )
            )
    columns = [
        Column(_("序号"), "number"), Column(_("部分")), Column(_("问什么")), Column(_("数据元")), Column(_("计量单位")),
        Column(_("期别")), Column(_("填一次"), "number", _("分钟")), Column(_("必填")),
    ]  # fmt: skip
    return table("questions", _("要填的 {n} 项").format(n=len(rows)), columns, rows, is_synthetic=view.is_synthetic,
                 empty=_("还没有加入要填的数据元。"), file_name=view.title)  # fmt: skip


def _checks(definition: SheetDefinition) -> Table:
    levels = {"error": ("stop", _("不能交")), "warning": ("warn", _("提醒核对"))}
    rows = [
        row(c.name, c.message, c.rule, Cell(levels[c.level][1], tone=levels[c.level][0]))  # type: ignore[arg-type]
        for c in definition.checks
    ]
    return table("checks", _("表内校验"), [_("名称"), _("不成立时说"), _("规则"), Column(_("后果"), "badge")], rows)


def _versions(versions: tuple[SheetView, ...]) -> Table:
    rows = [
        row(
            Cell(_("第 {n} 版").format(n=v.version), raw=v.version, href=f"?version={v.version}"),
            number(v.n_questions), number(v.n_dispatches), Cell(state_of(v)[1], tone=state_of(v)[0]),
        )
        for v in versions
    ]  # fmt: skip
    columns = [
        Column(_("版本")), Column(_("问几项"), "number", _("项")), Column(_("下发过"), "number", _("次")),
        Column(_("状态"), "badge"),
    ]  # fmt: skip
    return table("versions", _("历次版本"), columns, rows)
