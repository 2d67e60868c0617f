"""The dictionary of data elements (数据元): look one up, see what it means and who uses it, define new ones."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dukao.base.quantities import text_from_scaled
from dukao.base.wording import joined
from dukao.indicators import queries as indicators
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers import actions, queries
from dukao.registers.queries import DatasetView, ElementView
from dukao.registers.rules import ElementDefinition
from dukao.sheets import queries as sheets
from dukao.sheets.queries import SheetView
from dukao.web import definitions, doors, words
from dukao.web.doors import Crumb
from dukao.web.measures import measure
from dukao.web.tables import Cell, Column, Table, row, table
from dukao.web.times import minutes

_EXAMPLE = """\
code: new_projects
title: 新开工项目数
definition: 本季度新开工的投资项目个数
aliases: [新开工项目, 开工项目数]
unit: 个
decimals: 0
range: [0, null]
period: quarter        # day month quarter year
adds_up: {units: sum, periods: sum}
level: county          # 按哪一级的单位记
fresh_days: 60
owner: statistics      # 责任部门代码
minutes: 0.5           # 填一次约需几分钟
"""


@dataclass(frozen=True)
class ElementsPage:
    title: str
    text: str
    owner: str
    owners: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    may_define: bool
    is_filtered: bool


@dataclass(frozen=True)
class ElementPage:
    title: str
    crumbs: tuple[Crumb, ...]
    element: ElementView
    marks: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    is_synthetic: bool


@require_GET
def elements(request: HttpRequest) -> HttpResponse:
    actor, text = doors.actor_of(request), request.GET.get("q", "").strip()[:80]
    owner = request.GET.get("owner", "")[:40]
    found = queries.elements(text=text, owner=owner)
    owners = sorted((d.code, d.name) for d in org.departments(viewer=actor))
    page = ElementsPage(
        title=_("数据元"),
        text=text,
        owner=owner,
        owners=(("", _("全部部门")), *owners),
        tables=(_list(found),),
        may_define=actor.has("REGISTERS_DEFINE"),
        is_filtered=bool(text or owner),
    )
    return doors.render(request, "elements/list.html", page)


@require_GET
def element(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.element(code=code)
    page = ElementPage(
        title=words.title_of(found),
        crumbs=(Crumb(_("数据元"), reverse("elements")), Crumb(found.code)),
        element=found,
        marks=_marks(found),
        tables=(_uses(found, doors.actor_of(request)),),
        is_synthetic=found.is_synthetic,
    )
    return doors.render(request, "elements/page.html", page)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Define elements from YAML; what is wrong is named by place and nothing is lost."""
    actor = doors.actor_of(request)
    actor.require_anywhere("REGISTERS_DEFINE")
    return definitions.new_definitions(
        request, _new_page(), kind=ElementDefinition, listing="elements", told=_("数据元：{told}"),
        define=lambda one: actions.define_element(definition=one, by=actor, at=doors.now()),
    )  # fmt: skip


def _new_page() -> definitions.NewDefinitionPage:
    return definitions.NewDefinitionPage(
        title=_("定义数据元"),
        crumbs=(Crumb(_("数据元"), reverse("elements")), Crumb(_("定义数据元"))),
        lead=_(
            "一个数据元说明一项数据是什么、关于谁、用什么计量单位、多久一期、怎样汇总、由谁负责。同一代码再次保存即为更新。"
        ),
        example=_EXAMPLE,
        hints=(
            _("kind 为 code 时要有代码表 codes，为 text 时没有计量单位和汇总方式。"),
            _("已有数据的数据元，不能再改计量单位、小数位数、期别和层级。"),
        ),
    )


def _list(found: tuple[ElementView, ...]) -> Table:
    rows = [
        row(
            Cell(words.title_of(e), href=reverse("elements.page", args=[e.code]), note=e.code),
            measure(e.measure_unit) or str(words.KINDS[e.kind]),
            str(words.LEVELS[e.level]),
            str(words.PERIOD_TYPES[e.period_type]),
            e.owner_name,
            minutes(e.minutes_hundredths),
            str(words.SENSITIVITY[e.sensitivity]),
        )
        for e in found
    ]
    return table(
        "elements",
        _("数据元（{n} 项）").format(n=len(rows)),
        [
            Column(_("名称"), is_sticky=True),
            Column(_("计量单位")),
            Column(_("记到哪一级")),
            Column(_("期别")),
            Column(_("责任部门")),
            Column(_("填一次"), "number", _("分钟")),
            Column(_("敏感程度")),
        ],
        rows,
        is_synthetic=any(e.is_synthetic for e in found),
        empty=_("没有符合条件的数据元。"),
    )


def _marks(e: ElementView) -> tuple[tuple[str, str], ...]:
    """What the element is, line by line."""
    lines = [
        (_("代码"), e.code),
        (_("含义"), words.definition_of(e)),
        (_("别名"), joined(e.aliases)),
        (_("关于"), str(words.ABOUT[e.about])),
        (_("类型"), str(words.KINDS[e.kind])),
        (_("计量单位"), measure(e.measure_unit)),
        (_("范围"), _range(e)),
        (_("代码表"), joined(f"{item.code} {item.title}" for item in e.codes)),
        (_("期别"), str(words.PERIOD_TYPES[e.period_type])),
        (_("记到哪一级"), str(words.LEVELS[e.level])),
    ]
    if e.kind == "number":
        lines += [
            (_("小数位数"), str(e.decimals)),
            (_("向上汇总"), str(words.OVER_UNITS[e.over_units])),
            (_("跨期汇总"), str(words.OVER_PERIODS[e.over_periods])),
        ]
    lines += [
        (_("多久算陈旧"), _("期末后 {n} 天").format(n=e.fresh_days)),
        (_("敏感程度"), str(words.SENSITIVITY[e.sensitivity])),
        (_("责任部门"), e.owner_name),
        (_("填一次约需"), _("{n} 分钟").format(n=words.minutes_number(e.minutes_hundredths))),
    ]
    return tuple((label, text) for label, text in lines if text)


def _range(e: ElementView) -> str:
    low, high = (None if b is None else text_from_scaled(b, e.decimals) for b in (e.minimum, e.maximum))
    if low is None and high is None:
        return ""
    if high is None:
        return _("不小于 {low}").format(low=low)
    if low is None:
        return _("不大于 {high}").format(high=high)
    return _("{low} 到 {high}").format(low=low, high=high)


def _uses(e: ElementView, viewer: Actor) -> Table:
    """Who delivers it, who asks for it, and which figures it goes into; as far as the viewer may know."""
    places = [
        *((_("数据资源"), d.title, reverse("datasets.page", args=[d.code]), d.provider_name)
          for d in queries.datasets(viewer=viewer) if e.code in _fed_by(d)),
        *((_("报表"), s.title, reverse("sheets.page", args=[s.code]), s.issuer_name)
          for s in sheets.sheets(viewer=viewer) if e.code in _asked_by(s)),
        *((_("指标"), words.title_of(i), _figure_href(i.code, viewer), i.owner_name)
          for i in indicators.indicators() if e.code in i.elements),
    ]  # fmt: skip
    rows = [row(kind, Cell(title, href=href), whose) for kind, title, href, whose in places]
    return table("uses", _("用在哪里"), [_("哪一类"), _("名称"), _("部门")], rows, empty=_("还没有用到它的地方。"))


def _figure_href(indicator: str, viewer: Actor) -> str:
    """The indicator on the page of the viewer's own unit."""
    for standing in viewer.standings_with("FIGURES_SEE"):
        return f"{reverse('units.page', args=[standing.unit_code])}?indicator={indicator}#compare"
    return ""


def _fed_by(dataset: DatasetView) -> set[str]:
    """Codes of the elements that a dataset delivers."""
    definition = dataset.definition
    return {m.element for m in definition.measures} | {c.element for c in definition.columns if c.element}


def _asked_by(sheet: SheetView) -> set[str]:
    sections = sheet.definition.get("sections", ())
    return {question["element"] for section in sections for question in section["questions"]}


urlpatterns = [
    path("elements/", elements, name="elements"),
    path("elements/new/", new, name="elements.new"),
    path("elements/<slug:code>/", element, name="elements.page"),
]
