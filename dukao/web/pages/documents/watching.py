"""The radar of the supervision office: what was dodged, two papers side by side, counts beside last year and 2018."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from dukao.base.wording import say
from dukao.base.words import Words
from dukao.gate import queries as gate
from dukao.gate.queries import Counting, DocumentCount, Dodge, Pair, Side
from dukao.gate.rules.documents import CHANNELS, DODGES
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.tables import Cell, Column, Row, Table, number, row, table

_SIGNS: dict[str, object] = {
    "directive": _l("白头、便笺里布置工作"), "merged": _l("多文合一"), "renamed": _l("换标题重发"),
    "moved": _l("换方式重发"), "alike": _l("内容重复"),
}  # fmt: skip


@dataclass(frozen=True)
class RadarPage:
    title: str
    crumbs: tuple[Crumb, ...]
    years: tuple[tuple[str, str, bool], ...]
    figures: tuple[tuple[str, str, str], ...]
    tables: tuple[Table, ...]
    source: str
    is_synthetic: bool


@dataclass(frozen=True)
class PairPage:
    title: str
    crumbs: tuple[Crumb, ...]
    pair: Pair
    sides: tuple[tuple[Side, tuple[tuple[str, str], ...]], ...]
    is_synthetic: bool


@dataclass(frozen=True)
class CountsPage:
    title: str
    crumbs: tuple[Crumb, ...]
    years: tuple[tuple[str, str, bool], ...]
    tables: tuple[Table, ...]


@require_GET
def radar(request: HttpRequest) -> HttpResponse:
    """What the rules saw of dodging among the papers of a year."""
    actor, year = doors.actor_of(request), doors.year_in(request.GET.get("year", ""))
    found = gate.dodges(viewer=actor, since=date(year, 1, 1), until=date(year + 1, 1, 1))
    counted = {sign: sum(dodge.sign == sign for dodge in found) for sign in DODGES}
    page = RadarPage(
        title=_("变通雷达"), years=_years(year),
        crumbs=(Crumb(pgettext("公文", "文件"), reverse("documents")), Crumb(_("变通雷达"))),
        figures=tuple((str(_SIGNS[sign]), f"{n:,}", _("处")) for sign, n in counted.items()),
        tables=(_dodges_table(found),), source=_("印发时由规则自动标出，是线索，不是结论；看过原文再说。"),
        is_synthetic=any(dodge.is_synthetic for dodge in found),
    )  # fmt: skip
    return doors.render(request, "documents/radar.html", page)


@require_GET
def pair(request: HttpRequest, number: str, other: str) -> HttpResponse:
    """Two papers side by side, what they share marked."""
    found = gate.pair(number=number, other=other, viewer=doors.actor_of(request))
    page = PairPage(
        title=_("两份文件有 {percent}% 相同").format(percent=found.percent),
        crumbs=(Crumb(pgettext("公文", "文件"), reverse("documents")), Crumb(_("变通雷达"), reverse("radar")),
                Crumb(_("对照"))),
        pair=found, sides=tuple((side, _facts(side)) for side in (found.later, found.earlier)),
        is_synthetic=found.is_synthetic,
    )  # fmt: skip
    return doors.render(request, "documents/pair.html", page)


@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    """Every department's number, beside last year's and the baseline's, with how each is worked out."""
    actor, year = doors.actor_of(request), doors.year_in(request.GET.get("year", ""))
    _require_counts(actor)
    page = CountsPage(
        title=_("发文件数"), years=_years(year),
        crumbs=(Crumb(pgettext("公文", "文件"), reverse("documents")), Crumb(_("发文件数"))),
        tables=(_counts_table(gate.document_counts(viewer=actor, year=year)),),
    )  # fmt: skip
    return doors.render(request, "documents/counts.html", page)


def _require_counts(actor: Actor) -> None:
    if not actor.has("DEMANDS_SEE_ALL"):
        actor.require_anywhere("DEMANDS_ISSUE")


def _years(year: int) -> tuple[tuple[str, str, bool], ...]:
    this_year = doors.today().year
    shown = sorted({year, *range(this_year - 2, this_year + 1)})
    return tuple((_("{year}年").format(year=one), f"?year={one}", one == year) for one in shown)


def _facts(side: Side) -> tuple[tuple[str, str], ...]:
    return (
        (_("部门"), side.department_name), (_("发文方式"), say(Words(CHANNELS[side.channel]))),
        (_("印发"), words.day(side.issued_at)),
    )  # fmt: skip


def _dodges_table(found: tuple[Dodge, ...]) -> Table:
    rows = []
    for d in found:
        beside = reverse("radar.pair", args=[d.number, d.others[0]]) if d.others else ""
        rows.append(row(
            Cell(d.title, href=reverse("documents.page", args=[d.number]), note=d.number),
            d.department_name, say(Words(CHANNELS[d.channel])), str(_SIGNS[d.sign]), say(d.what),
            Cell(_("对照"), href=beside) if beside else Cell("–"),
            Cell(words.day(d.issued_at), raw=d.issued_at.isoformat()),
        ))  # fmt: skip
    columns = [
        Column(pgettext("公文", "文件"), is_sticky=True), Column(_("部门")), Column(_("发文方式")), Column(_("像什么")),
        Column(_("看到了什么"), "prose"), Column(_("对照")), Column(_("印发"), "date"),
    ]  # fmt: skip
    return table("dodges", _("线索（{n} 处）").format(n=len(rows)), columns, rows, is_filtered=len(rows) > 10,
                 is_synthetic=any(d.is_synthetic for d in found), empty=_("这一年没有看到变通发文。"))  # fmt: skip


def _counts_table(counting: Counting) -> Table:
    rows = [_counts_row(count) for count in counting.rows]
    columns = [
        Column(_("部门"), is_sticky=True), *(Column(say(Words(name)), "number", _("件")) for name in CHANNELS.values()),
        Column(_("{year} 年合计").format(year=counting.year), "number", _("件")),
        Column(_("去年全年"), "number", _("件")), Column(_("今年最多"), "number", _("件")),
        Column(_("还可以发"), "number", _("件")),
        Column(_("{year} 年").format(year=counting.baseline_year), "number", _("件")),
        Column(_("比 {year} 年").format(year=counting.baseline_year), "number", "%"),
        Column(_("应不超过"), "number", _("件")),
    ]  # fmt: skip
    formula = _(
        "按部门代码排列，不作排名。今年最多 = 去年全年 × {growth}%；还可以发 = 今年最多 − 合计；"
        "比 {year} 年 = (合计 − {year} 年) ÷ {year} 年；应不超过 = {year} 年 × {percent}%。依据：{source}"
    ).format(growth=100 + counting.growth_percent_most, year=counting.baseline_year,
             percent=counting.baseline_percent_most, source=counting.source)  # fmt: skip
    return table("counts", _("{year} 年各部门发文件数").format(year=counting.year), columns, rows,
                 is_synthetic=any(count.is_synthetic for count in counting.rows), source=formula,
                 empty=_("这一年还没有登记文件。"))  # fmt: skip


def _counts_row(count: DocumentCount) -> Row:
    standing = count.standing
    left = max(0, count.cap - standing.issued) if count.cap is not None else None
    change = None
    if standing.baseline:
        # Rounded to a whole percent, halves up.
        change = (200 * (standing.issued - standing.baseline) + standing.baseline) // (2 * standing.baseline)
    return row(
        count.department_name, *(number(n) for n in count.by_channel.values()), number(standing.issued),
        number(standing.last_year), number(count.cap), number(left), number(standing.baseline), number(change),
        number(count.baseline_cap),
    )  # fmt: skip
