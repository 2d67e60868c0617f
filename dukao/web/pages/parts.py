"""Every part of the interface in every state on one page, `/-/parts/`: for whoever designs, and for the journeys."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.base.refusals import Invalid, NotAllowed, Refused
from dukao.web import charts, doors
from dukao.web.figures import Scale
from dukao.web.pages.units.say import Change
from dukao.web.pages.units.screen import KeyFigure
from dukao.web.tables import Cell, Column, Table, number, row, table
from dukao.web.timeline import Span, Timeline, timeline


@dataclass(frozen=True)
class PartsPage:
    title: str
    tones: tuple[tuple[str, str], ...]
    figures: tuple[KeyFigure, ...]
    charts: tuple[charts.Chart, ...]
    timeline: Timeline
    tables: tuple[Table, ...]
    refusals: tuple[Refused, ...]
    tabs: tuple[tuple[str, str, bool], ...]
    options: tuple[tuple[str, str], ...]
    errors: dict[str, str]
    is_synthetic: bool = True

    @property
    def full(self) -> Table:
        return self.tables[0]

    @property
    def blank(self) -> Table:
        return self.tables[1]


@doors.public
@require_GET
def parts(request: HttpRequest) -> HttpResponse:
    page = PartsPage(
        title=_("部件"),
        tones=(
            ("ok", _("通过")),
            ("info", _("待审")),
            ("known", _("已掌握")),
            ("stale", _("已陈旧")),
            ("wait", _("待填")),
            ("warn", _("两天后到期")),
            ("stop", _("已退回")),
            ("plain", _("草稿")),
        ),
        figures=tuple(_figures()),
        charts=(_bars(), _trend()),
        timeline=_timeline(),
        tables=(
            _table(),
            table("blank", _("空表"), [_("单位")], [], empty=_("还没有交付。上传第一份文件后会列在这里。")),
        ),
        refusals=(
            Refused(
                _("这张表没有发出"),
                why=_("身份证号已由公安局掌握，不得重复采集"),
                source=_("政务数据共享条例"),
                rule="FRM-2",
                todo=_("去掉这一项，只问剩下的 3 项"),
            ),
            Invalid(_("有两处没填对"), errors={_("新开工项目"): _("“十二”不是数字"), _("常住人口"): _("不能小于 0")}),
            NotAllowed(_("您的岗位没有这项权限"), todo=_("如果工作需要，请系统管理员为您设置岗位")),
        ),
        tabs=((_("待办"), "#", True), (_("已交"), "#done", False), (_("退回"), "#returned", False)),
        options=(("", _("请选择")), ("230202", _("龙沙区")), ("230203", _("建华区"))),
        errors={"amount": _("“1,23”里的逗号位置不对，请写成 123 或 1,234")},
    )
    return doors.render(request, "parts/page.html", page)


def _figures() -> Iterator[KeyFigure]:
    """A chosen one that rises, a pending one with gaps, one of another period, an unknown one."""
    rising, falling = [Decimal(n) for n in (3, 4, 4, 6, 5, 7)], [Decimal(n) for n in (9, 8, 8, 6)]
    plain = KeyFigure(
        key="d",
        title=_("新开工项目"),
        text=_("还没有数据"),
        unit="",
        is_known=False,
        period="",
        on_year=None,
        spark=None,
        note="",
        is_pending=False,
        choose_href="#main",
        passport_href="#main",
        is_chosen=False,
    )
    known = replace(plain, is_known=True)
    yield replace(
        known,
        key="a",
        title=_("税收收入"),
        text="264,588.00",
        unit=_("万元"),
        on_year=Change("+5.2%", "up"),
        spark=charts.spark(rising),
        is_chosen=True,
    )
    yield replace(
        known,
        key="b",
        title=_("固定资产投资"),
        text="44,287.58",
        unit=_("万元"),
        on_year=Change("-1.7%", "down"),
        spark=charts.spark(falling),
        note=_("差 2 项"),
        is_pending=True,
    )
    yield replace(known, key="c", title=_("常住人口"), text="1,203", unit=_("人"), period="2025")
    yield plain


def _bars() -> charts.Chart:
    areas = [
        charts.Area("1", _("龙沙区"), Decimal(1284), "1,284", "#main"),
        charts.Area("2", _("建华区"), Decimal(960), "960", "#main"),
        charts.Area("3", _("讷河市"), None, "–", "#main"),
    ]
    source = _("来源：税务局 · 2026年10月8日")
    scale = Scale(0, _("万元"))
    return charts.areas_chart(
        "bars", _("税收收入：龙沙区最多"), source, areas, indicator="a", unit=scale.unit, scale=scale
    )


def _trend() -> charts.Chart:
    now, before = [Decimal(n) for n in (3, 4, 4, 6)], [Decimal(2), None, Decimal(3), Decimal(5)]
    return charts.trend_chart(
        "trend",
        _("税收收入：比上年同期 +5.2%"),
        _("来源：税务局 · 2026年10月8日"),
        labels=["25Q4", "26Q1", "26Q2", "26Q3"],
        now=now,
        before=before,
        texts=[(str(n), str(b or "–")) for n, b in zip(now, before, strict=True)],
        names=(_("当期"), _("上年同期")),
        figure="a",
        scale=Scale(0, _("万元")),
    )


def _timeline() -> Timeline:
    spans = [
        Span(_("税务局"), _("发票管理检查"), date(2026, 3, 2), date(2026, 5, 29)),
        Span(_("税务局"), _("税费优惠政策检查"), date(2026, 5, 11), date(2026, 7, 31), tone="unannounced"),
        Span(_("统计局"), _("来信核实"), date(2026, 10, 9), date(2026, 10, 20), tone="exception"),
    ]
    message = _("全年 3 项；5月最多，有 2 项")
    return timeline(2026, spans, message=message, twin="table-full", today=date(2026, 10, 8))


def _table() -> Table:
    places = (
        ("龙沙区", 128_450, "12.31", "ok"),
        ("建华区", 96_020, "-3.05", "info"),
        ("讷河市", 40_118, "0.00", "stale"),
    )
    words = {"ok": _("通过"), "info": _("待审"), "stale": _("已陈旧")}
    rows = [
        row(
            name,
            number(Decimal(value) / 100, places=2),
            Cell(f"{change}%", raw=Decimal(change)),
            Cell(words[state], tone=state),
            Cell("2026-10-08"),
        )
        for name, value, change, state in places
    ]
    total = sum(Decimal(value) for _name, value, _change, _state in places) / 100
    rows.append(row(_("合计"), number(total, places=2), "", "", "", is_total=True))
    return table(
        "full",
        _("各县税收收入"),
        [
            Column(_("单位"), is_sticky=True),
            Column(_("税收收入"), "number", _("万元")),
            Column(_("比上年"), "number"),
            Column(_("状态"), "badge"),
            Column(_("更新"), "date"),
        ],
        rows,
        source=_("来源：税务局 · 2026年10月8日"),
        is_synthetic=True,
        is_filtered=True,
    )


urlpatterns = [path("-/parts/", parts, name="parts")]
