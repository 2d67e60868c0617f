"""Documents, meetings and inspections now, beside 2018; the office sets the baseline, once."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dukao.base.refusals import Invalid, Refused
from dukao.gate import actions, queries
from dukao.gate.queries import KIND_NAMES, Compared
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.tables import Cell, Column, Table, number, row, table


@dataclass(frozen=True)
class BaselinesPage:
    title: str
    crumbs: tuple[Crumb, ...]
    formula: str
    tables: tuple[Table, ...]
    missing: tuple[tuple[str, str], ...]  # kinds without a baseline, where the viewer may set them
    year: int
    unit_code: str
    given: dict[str, str]
    refused: Refused | None = None


@require_http_methods(["GET", "POST"])
def baselines(request: HttpRequest, code: str) -> HttpResponse:
    actor = doors.actor_of(request)
    if request.method == "GET":
        return doors.render(request, "burden/baselines.html", _page(code, actor))
    form = request.POST
    actor.require("PLAN_DECIDE", org.unit_by_code(code).path)
    try:
        raw = form.get("count", "").strip()
        if not (raw.isascii() and raw.isdigit() and len(raw) <= 8):
            raise Invalid(_("基线没有写对"), errors={"count": _("应为 0 或正整数")})
        page = _page(code, actor)
        actions.set_baseline(
            unit=code, kind=form.get("kind", ""), year=page.year, count=int(raw), source=form.get("source", ""),
            by=actor, at=doors.now(),
        )  # fmt: skip
    except Invalid as refused:
        page = _page(code, actor, refused, {name: form.get(name, "") for name in ("kind", "count", "source")})
        return doors.render(request, "burden/baselines.html", page, status=refused.status)
    doors.tell(request, _("基线已定，以后不能再改"))
    return doors.go(request, reverse("burden.baselines", args=[code]))


def _page(
    code: str, actor: Actor, refused: Refused | None = None, given: dict[str, str] | None = None
) -> BaselinesPage:
    today = doors.today()
    compared = queries.comparison(unit=code, year=today.year, today=today, viewer=actor)
    place = org.unit_by_code(code)
    may_set = actor.may("PLAN_DECIDE", place.path)
    year = compared[0].baseline_year
    return BaselinesPage(
        title=_("{name} · 和 {year} 年比").format(name=place.name, year=year),
        crumbs=(Crumb(_("负担账"), reverse("burden.unit", args=[code])), Crumb(_("和 {year} 年比").format(year=year))),
        formula=_("变化 =（今年到 {day} 收到的件次 ÷ {year} 年同期件次 − 1）× 100%；"
                  "{year} 年只有全年数，同期 = 全年件次 × 今年已过的 {days} 天 ÷ {all} 天。"
                  "件次按单位计：一件发给 100 个村，算 100 件次；撤回的不计。").format(
                      day=words.day(compared[0].until), year=year, days=compared[0].days,
                      all=compared[0].days_of_year),
        tables=(_table(compared),),
        missing=tuple((one.kind, str(KIND_NAMES[one.kind])) for one in compared if one.baseline is None)
        if may_set else (),
        year=year, unit_code=code, given=given or {}, refused=refused,
    )  # fmt: skip


def _table(compared: tuple[Compared, ...]) -> Table:
    rows = []
    for one in compared:
        change, bar = one.change_percent, f"−{abs(one.bar_percent)}%"
        rows.append(
            row(
                Cell(str(KIND_NAMES[one.kind]), note=one.source), number(one.count),
                Cell(f"{one.baseline.count:,}", raw=one.baseline.count, note=one.baseline.source)
                if one.baseline else Cell(_("没有基线"), raw=""),
                Cell("–", raw="") if change is None else Cell(f"{change:+d}%".replace("-", "−"), raw=change),
                Cell(bar, raw=one.bar_percent),
                number(one.count_most),
                Cell("–") if one.is_within is None
                else Cell(_("在内"), tone="ok") if one.is_within else Cell(_("已超出"), tone="stop"),
            )
        )  # fmt: skip
    first = compared[0]
    columns = [
        Column(_("是什么"), is_sticky=True), Column(_("{year} 年收到").format(year=first.year), "number", _("件次")),
        Column(_("{year} 年").format(year=first.baseline_year), "number", _("件次")), Column(_("变化"), "number"),
        Column(_("要求"), "number"), Column(_("全年最多"), "number", _("件次")), Column(_("是否在内"), "badge"),
    ]  # fmt: skip
    return table(
        "compared", _("文件、会议、检查和 {year} 年比").format(year=first.baseline_year), columns, rows,
        source=_("没有基线的不比较，也不推算。"),
        is_synthetic=any(one.baseline.is_synthetic for one in compared if one.baseline),
    )  # fmt: skip
