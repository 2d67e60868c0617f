"""The catalogue of datasets (数据资源): what each department delivers, described by GB/T 21063; defined from YAML."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dukao.base.periods import Period
from dukao.base.refusals import NotAllowed
from dukao.base.wording import clauses, joined
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers import actions, queries
from dukao.registers.queries import DatasetView
from dukao.registers.rules import DatasetDefinition
from dukao.web import definitions, doors, words
from dukao.web.doors import Crumb
from dukao.web.measures import measure
from dukao.web.pages.deliveries import reading as delivered
from dukao.web.tables import Cell, Column, Table, number, row, table

_RECENT = 12
_EXAMPLE = """\
code: shop_quarters
title: 新开店铺季度数据
provider: statistics          # 提供部门代码
summary: 各村（社区）每季度新开的店铺
category: {class: 部门政务信息资源, item: 市统计局}
share_type: 2                 # 1 无条件 2 有条件 3 不予共享
open_type: 3
update_cycle: 5               # 1 实时 … 5 每季度 … 9 不更新
period: quarter               # 一次交付覆盖多长时间
columns:
  - {name: unit_code, title: 区划代码, type: unit, required: true}
  - {name: opened_shops, title: 新开店铺, type: integer, unit: 家,
     range: [0, null], element: opened_shops}
key: [unit_code]
unit_column: unit_code
"""


@dataclass(frozen=True)
class DatasetsPage:
    title: str
    text: str
    provider: str
    providers: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    may_define: bool
    is_filtered: bool


@dataclass(frozen=True)
class DatasetPage:
    title: str
    crumbs: tuple[Crumb, ...]
    dataset: DatasetView
    summary: str
    marks: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    is_synthetic: bool


@require_GET
def datasets(request: HttpRequest) -> HttpResponse:
    actor = _with_post(request)
    text, provider = request.GET.get("q", "").strip()[:80], request.GET.get("provider", "")[:40]
    found = queries.datasets(viewer=actor, text=text, provider=provider)
    page = DatasetsPage(
        title=_("数据资源"),
        text=text,
        provider=provider,
        providers=(("", _("全部部门")), *sorted((d.code, d.name) for d in org.departments(viewer=actor))),
        tables=(_list(found),),
        may_define=actor.has("REGISTERS_DEFINE"),
        is_filtered=bool(text or provider),
    )
    return doors.render(request, "datasets/list.html", page)


@require_GET
def dataset(request: HttpRequest, code: str) -> HttpResponse:
    """One dataset: its metadata, its columns, how its rows become figures, and what was delivered of late."""
    actor = doors.actor_of(request)
    found = queries.dataset(code=code, viewer=actor)
    recent = queries.deliveries(viewer=actor, dataset=code, most=_RECENT) if _may_see_deliveries(actor) else ()
    tables = [_columns(found), _measures(found)] if found.definition.measures else [_columns(found)]
    if recent:
        tables.append(delivered.table_of(recent, caption=_("最近的交付")))
    page = DatasetPage(
        title=found.title,
        crumbs=(Crumb(_("数据资源"), reverse("datasets")), Crumb(found.code)),
        dataset=found,
        summary=found.definition.summary,
        marks=_marks(found),
        tables=tuple(tables),
        is_synthetic=found.is_synthetic,
    )
    return doors.render(request, "datasets/page.html", page)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Define datasets from YAML; what is wrong is named by place and nothing is lost."""
    actor = doors.actor_of(request)
    actor.require_anywhere("REGISTERS_DEFINE")
    return definitions.new_definitions(
        request, _new_page(), kind=DatasetDefinition, listing="datasets", told=_("数据资源：{told}"),
        define=lambda one: actions.define_dataset(definition=one, by=actor, at=doors.now()),
    )  # fmt: skip


def _with_post(request: HttpRequest) -> Actor:
    actor = doors.actor_of(request)
    if not actor.standings:
        raise NotAllowed(_("您的岗位没有这项权限"), todo=_("如果工作需要，请系统管理员为您设置岗位"))
    return actor


def _may_see_deliveries(actor: Actor) -> bool:
    return actor.has("DELIVERIES_MAKE") or actor.has("DEMANDS_SEE_ALL")


def _new_page() -> definitions.NewDefinitionPage:
    return definitions.NewDefinitionPage(
        title=_("登记数据资源"),
        crumbs=(Crumb(_("数据资源"), reverse("datasets")), Crumb(_("登记"))),
        lead=_("写明这份数据由谁提供、有哪些列、每列是什么，以及怎样汇成数据元。同一代码再次保存即为新的一版。"),
        example=_EXAMPLE,
        hints=(
            _("列上写 element，表示这一列就是那个数据元的值；要由许多行汇成一个数，写 measures。"),
            _("measures 的 function 有 sum、count、count_distinct、mean、last，可加 where 条件。"),
            _("unit_column 说明每行属于哪个单位；date_column 或 period_column 说明属于哪一期。"),
        ),
    )


def _list(found: tuple[DatasetView, ...]) -> Table:
    rows = [
        row(
            Cell(d.title, href=reverse("datasets.page", args=[d.code]), note=d.code),
            d.provider_name,
            str(words.PERIOD_TYPES[d.definition.period]),
            str(words.UPDATE_CYCLES[d.definition.update_cycle]),
            str(words.SHARE_TYPES[d.definition.share_type]),
            number(len(d.definition.columns)),
            number(d.deliveries),
            Cell(words.period(d.latest_period), raw=d.latest_period) if d.latest_period else Cell("–", raw=""),
        )
        for d in found
    ]
    columns = [
        Column(_("数据资源"), is_sticky=True), Column(_("提供部门")), Column(_("一次交付")), Column(_("更新周期")),
        Column(_("共享类型")), Column(_("列"), "number", _("列")), Column(_("已入库"), "number", _("次")),
        Column(_("最近一期")),
    ]  # fmt: skip
    return table("datasets", _("数据资源（{n} 个）").format(n=len(rows)), columns, rows,
                 is_synthetic=any(d.is_synthetic for d in found), empty=_("没有符合条件的数据资源。"))  # fmt: skip


def _marks(d: DatasetView) -> tuple[tuple[str, str], ...]:
    """Core metadata of GB/T 21063."""
    e = d.definition
    category = (e.category.class_, e.category.item, e.category.category, e.category.detail) if e.category else ()
    lines = (
        (_("资源代码"), e.catalogue_code or d.code),
        (_("提供方"), d.provider_name),
        (_("分类"), " › ".join(part for part in category if part)),
        (_("格式"), e.format.upper()),
        (_("共享类型"), str(words.SHARE_TYPES[e.share_type])),
        (_("共享条件"), e.share_condition),
        (_("共享方式"), e.share_method),
        (_("开放类型"), str(words.OPEN_TYPES[e.open_type])),
        (_("更新周期"), str(words.UPDATE_CYCLES[e.update_cycle])),
        (_("发布日期"), words.day(e.published_on)),
        (_("一次交付"), _("一{kind}").format(kind=words.PERIOD_TYPES[e.period])),
        (_("接收期限"), _("期末后 {n} 天内").format(n=e.accept_days)),
        (_("版本"), _("第 {n} 版").format(n=d.version)),
        (_("最近一期"), words.period(Period(d.latest_period)) if d.latest_period else ""),
    )
    return tuple((label, text) for label, text in lines if text)


def _columns(d: DatasetView) -> Table:
    types = {"text": _("文字"), "integer": _("整数"), "decimal": _("小数"), "date": _("日期"), "unit": _("区划代码"),
             "code": _("代码")}  # fmt: skip
    e = d.definition
    rows = [
        row(
            Cell(c.title, note=joined(c.aliases)), c.name, types[c.type], measure(c.unit), words.yes_no(c.required),
            words.yes_no(c.name in e.key),
            Cell(c.element, href=reverse("elements.page", args=[c.element])) if c.element else Cell(""),
        )
        for c in e.columns
    ]  # fmt: skip
    columns = [
        Column(_("列"), is_sticky=True), Column(_("列名")), Column(_("类型")), Column(_("计量单位")), Column(_("必填")),
        Column(_("唯一标识")), Column(_("数据元")),
    ]  # fmt: skip
    return table("columns", _("信息项（{n} 列）").format(n=len(rows)), columns, rows, is_synthetic=d.is_synthetic,
                 file_name=d.title)  # fmt: skip


def _measures(d: DatasetView) -> Table:
    functions = {"sum": _("求和"), "count": _("计数"), "count_distinct": _("去重计数"), "mean": _("平均"),
                 "last": _("取最后一个")}  # fmt: skip
    rows = [
        row(
            Cell(m.element, href=reverse("elements.page", args=[m.element])), functions[m.function], m.column,
            clauses(_condition(f) for f in m.where), _("算作零") if m.empty == "zero" else _("不知道"),
        )
        for m in d.definition.measures
    ]  # fmt: skip
    columns = [_("数据元"), _("怎么汇成"), _("哪一列"), _("只算这些行"), _("没有行时")]
    return table("measures", _("由许多行汇成的数"), columns, rows, is_synthetic=d.is_synthetic)


def _condition(f) -> str:  # type: ignore[no-untyped-def]
    """A filter as one reads it: `state ≠ 2`."""
    if f.is_ is not None:
        return f"{f.column} = {f.is_}"
    if f.not_ is not None:
        return f"{f.column} ≠ {f.not_}"
    if f.in_ is not None:
        return f"{f.column} ∈ {joined(f.in_)}"
    return f"{f.column} ≥ {f.at_least}" if f.at_least is not None else f"{f.column} ≤ {f.at_most}"


urlpatterns = [
    path("datasets/", datasets, name="datasets"),
    path("datasets/new/", new, name="datasets.new"),
    path("datasets/<slug:code>/", dataset, name="datasets.page"),
]
