"""The monthly review (调度): one page, put together without asking anybody; also as an official document."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from dukao.base.papers import Paper, as_docx, as_pdf
from dukao.base.periods import Period
from dukao.base.refusals import NotThere
from dukao.gate import queries
from dukao.gate.queries import KIND_NAMES, MonthlyReview, papers
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.sheets import queries as sheets
from dukao.sheets.queries import SparedCells
from dukao.web import doors, words
from dukao.web.tables import Cell, Column, Table, number, row, table
from dukao.web.times import hours

_MONTHS = 12
_KINDS = ("sheet", "visit", "meeting", "document", "task", "platform")
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class MonthlyPage:
    title: str
    review: MonthlyReview
    units: tuple[tuple[str, str], ...]
    months: tuple[tuple[str, str], ...]
    month: str
    figures: tuple[tuple[str, str, str, str], ...]  # title, number, unit, how it changed
    lines: tuple[str, ...]
    inspections: Table
    crowded: Table
    askers: Table
    heaviest: Table
    refused: Table
    docx: str
    pdf: str
    tables: tuple[Table, ...]
    is_synthetic: bool


@require_GET
def monthly(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    actor.require_anywhere("DEMANDS_SEE_ALL")
    review = _asked(request, actor)
    inspections, crowded, askers = _inspections(review), _crowded(review), _askers(review)
    heaviest, refused = _heaviest(review), _refused(review)
    query = urlencode({"unit": review.unit.code, "month": review.month.code})
    spared = _spared(review, actor)
    page = MonthlyPage(
        title=_("{place}月度调度").format(place=review.unit.name), review=review, units=_units(actor),
        months=tuple((m.code, words.period(m)) for m in _months()), month=review.month.code,
        figures=_figures(review, spared), lines=_lines(review, spared), inspections=inspections, crowded=crowded,
        askers=askers, heaviest=heaviest, refused=refused, docx=f"{reverse('monthly.docx')}?{query}",
        pdf=f"{reverse('monthly.pdf')}?{query}",
        tables=(inspections, crowded, askers, heaviest, refused), is_synthetic=review.is_synthetic,
    )  # fmt: skip
    return doors.render(request, "monthly/page.html", page)


@require_GET
def docx(request: HttpRequest) -> HttpResponse:
    return _as_file(request, as_docx, _DOCX, "docx")


@require_GET
def pdf(request: HttpRequest) -> HttpResponse:
    return _as_file(request, as_pdf, "application/pdf", "pdf")


def _as_file(request: HttpRequest, make: Callable[[Paper], bytes], kind: str, ending: str) -> HttpResponse:
    actor = doors.actor_of(request)
    actor.require_anywhere("DEMANDS_SEE_ALL")
    review = _asked(request, actor)
    office = next(s for s in actor.standings_with("DEMANDS_SEE_ALL") if review.unit.path.startswith(s.unit_path))
    paper = papers.review_paper(
        review, office=office.department_name or _("{place}督查考评办公室").format(place=office.unit_name),
        on=doors.today(), spared_hundredths=_spared(review, actor).minutes_hundredths,
    )  # fmt: skip
    response = HttpResponse(make(paper), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="review-{review.unit.code}-{review.month.code}.{ending}"'
    return response


def _asked(request: HttpRequest, actor: Actor) -> MonthlyReview:
    try:
        month = Period.parse(request.GET.get("month", "") or papers.month_before(doors.today()).code)
    except ValueError:
        raise NotThere(_("没有这个月"), todo=_("请写成 2026-09")) from None
    if month.type != "month":
        raise NotThere(_("没有这个月"), todo=_("请写成 2026-09"))
    own = actor.standings_with("DEMANDS_SEE_ALL")
    return queries.monthly_review(unit=request.GET.get("unit", "") or own[0].unit_code, month=month, viewer=actor)


def _spared(review: MonthlyReview, actor: Actor) -> SparedCells:
    since, until = review.month.starts_on, review.month.ends_on
    return sheets.spared_cells(viewer=actor, unit_path=review.unit.path, since=since, until=until)


def _units(actor: Actor) -> tuple[tuple[str, str], ...]:
    found = {}
    for standing in actor.standings_with("DEMANDS_SEE_ALL"):
        found[standing.unit_code] = standing.unit_name
        found |= {unit.code: unit.name for unit in org.children(code=standing.unit_code, viewer=actor)}
    return tuple(found.items())


def _months() -> list[Period]:
    month = Period.of(doors.today(), "month")
    return [month.next(-back) for back in range(_MONTHS + 1)]


def _figures(review: MonthlyReview, spared: SparedCells) -> tuple[tuple[str, str, str, str], ...]:
    now, before = review.inspections, review.inspections_before
    saved = (now.saved_hundredths, spared.minutes_hundredths, review.burden.given_back_hundredths)
    joint, not_asked, given_back = map(words.hours_number, saved)
    return (
        (_("接受检查"), f"{now.n:,}", _("次"), _("上月 {n} 次").format(n=f"{before.n:,}")),
        (_("计划外"), f"{now.n - now.planned:,}", _("次"), _("一事一报 {e} · 应急 {u}").format(
            e=now.exceptions, u=now.emergencies)),
        (_("扎堆的单位"), f"{len(review.crowded):,}", pgettext("单位", "个"), _("一月超过 {n} 次或一周不止一次").format(
            n=review.limit_per_month)),
        (_("联合检查少接待"), f"{now.saved:,}", _("次"), _("{n} 次联合检查").format(n=now.joint)),
        (_("基层花的时间"), words.hours_number(review.burden.minutes_hundredths), _("小时"), _("上月 {n} 小时").format(
            n=words.hours_number(review.burden_before.minutes_hundredths))),
        (_("为基层省下的时间"), words.hours_number(sum(saved)), _("小时"),
         _("联合 {joint} · 没再问 {spared} · 退回 {back}").format(
            joint=joint, spared=not_asked, back=given_back)),
        (_("挡下的要求"), f"{sum(one.n for one in review.refused):,}", _("次"), _("门口拒绝 {n} 次").format(
            n=review.n_turned_away)),
    )  # fmt: skip


def _lines(review: MonthlyReview, spared: SparedCells) -> tuple[str, ...]:
    """How the figures come about, and what was not asked at all."""
    upheld, rejected = review.appeals.get("upheld", 0), review.appeals.get("rejected", 0)
    return (
        _("检查：当月到场的次数，四不两直到场以后才计；不到现场的不计。联合检查算一次，少接待 = 同来的部门数 − 1。"),
        _("时间：每项要求落到每个单位算一笔，有实测用实测，没有用估算；{measured} 笔有实测，共 {n} 笔。").format(
            measured=f"{review.burden.n_measured:,}", n=f"{review.burden.n:,}"
        ),
        _(
            "省下的时间，按估算：联合 = 各来各的合计 − 一起来的一次；"
            "没再问 = 报表里已经掌握、当月没有再问的 {n} 格，各按填一格的时间；退回 = 撤回、取消和申诉成立的。"
        ).format(n=f"{spared.n:,}"),
        _("基层申诉 {n} 件：成立 {upheld} 件，不成立 {rejected} 件，其余待决定。").format(
            n=sum(review.appeals.values()), upheld=upheld, rejected=rejected
        ),
    )


def _inspections(review: MonthlyReview) -> Table:
    rows = [
        row(
            Cell(u.name, href=f"{reverse('monthly')}?{urlencode({'unit': u.code, 'month': review.month.code})}"),
            number(u.inspections.n), number(u.inspections.planned), number(u.inspections.exceptions),
            number(u.inspections.emergencies), number(u.inspections.joint), number(u.inspections.saved),
            number(u.n_visited), number(u.n_crowded), hours(u.minutes_hundredths),
        )
        for u in review.units
    ]  # fmt: skip
    columns = [
        Column(_("单位"), is_sticky=True), Column(_("检查"), "number", _("次")), Column(_("计划内"), "number", _("次")),
        Column(_("一事一报"), "number", _("次")), Column(_("应急"), "number", _("次")),
        Column(_("联合"), "number", _("次")), Column(_("少接待"), "number", _("次")),
        Column(_("被查单位"), "number", pgettext("单位", "个")), Column(_("扎堆"), "number", pgettext("单位", "个")),
        Column(_("花的时间"), "number", _("小时")),
    ]  # fmt: skip
    return _table("inspections", _("各地接受的检查"), columns, rows, review, _("下面没有单位了。"),
                  _("按区划代码排列，不作排名。"))  # fmt: skip


def _crowded(review: MonthlyReview) -> Table:
    rows = [
        row(Cell(u.name, note=u.code), u.above, number(len(u.days)), "、".join(words.day(day) for day in u.days))
        for u in review.crowded
    ]
    columns = [Column(_("单位"), is_sticky=True), Column(_("所属")), Column(_("检查"), "number", _("次")),
               Column(_("哪些天"), "prose")]  # fmt: skip
    return _table("crowded", _("扎堆检查（{n} 个单位）").format(n=len(rows)), columns, rows, review,
                  _("这个月没有单位被扎堆检查。"))  # fmt: skip


def _askers(review: MonthlyReview) -> Table:
    rows = [
        row(a.name, number(a.n_demands), *(hours(a.minutes_by_kind.get(kind, 0)) for kind in _KINDS),
            hours(a.minutes_hundredths))
        for a in review.askers
    ]  # fmt: skip
    columns = [
        Column(_("部门"), is_sticky=True),
        Column(_("要求"), "number", _("项")),
        *(Column(str(KIND_NAMES[kind]), "number", _("小时")) for kind in _KINDS),
        Column(_("合计"), "number", _("小时")),
    ]
    return _table("askers", _("各部门要基层花的时间"), columns, rows, review, _("这个月没有部门提出要求。"),
                  _("按部门代码排列，不作排名。"))  # fmt: skip


def _heaviest(review: MonthlyReview) -> Table:
    rows = [
        row(Cell(d.title, note=d.number), str(KIND_NAMES[d.kind]), d.asker_name, number(d.n_units),
            hours(d.minutes_hundredths))
        for d in review.heaviest
    ]  # fmt: skip
    columns = [Column(_("事项"), is_sticky=True), Column(_("类别")), Column(_("谁要的")),
               Column(_("落到单位"), "number", pgettext("单位", "个")),
               Column(_("合计"), "number", _("小时"))]  # fmt: skip
    return _table("heaviest", _("最费时间的十件事"), columns, rows, review, _("这个月没有向基层提出要求。"))


def _refused(review: MonthlyReview) -> Table:
    rows = [row(one.rule, one.title, number(one.n)) for one in review.refused]
    columns = [Column(_("规则")), Column(_("内容"), is_sticky=True), Column(_("挡下"), "number", _("次"))]
    return _table("refused", _("被规则挡下的要求"), columns, rows, review, _("这个月没有被规则挡下的要求。"))


def _table(key: str, caption: str, columns: list[Column], rows: list, review: MonthlyReview, empty: str,
           source: str = "") -> Table:  # fmt: skip
    return table(key, caption, columns, rows, empty=empty, source=source, is_synthetic=review.is_synthetic)


urlpatterns = [
    path("monthly/", monthly, name="monthly"),
    path("monthly/review.docx", docx, name="monthly.docx"),
    path("monthly/review.pdf", pdf, name="monthly.pdf"),
]
