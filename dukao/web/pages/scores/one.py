"""One score, line by line: target, value, points and why; versions; the file to recompute it; appeals."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.law import queries as law
from dukao.scores import queries
from dukao.scores.queries import LineScore, ScorePage, share_percent
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.scores import screen
from dukao.web.pages.scores.listing import appeals_table
from dukao.web.tables import Cell, Column, Table, number, row, table


@dataclass(frozen=True, slots=True)
class LineShown:
    code: str
    title: str
    points: str
    weight: str
    percent: int  # of the points, for the bar
    percent_before: int | None
    target: str
    value: str
    reference: str
    period: str
    absent: str
    how: str
    sources: tuple[str, ...]
    recorded: str
    passport: str
    owner: str
    correction: str
    given_weight: str
    may_appeal: bool


@dataclass(frozen=True)
class OnePage:
    title: str
    crumbs: tuple[Crumb, ...]
    code: str
    scored: str
    state: tuple[str, str]
    total: str
    spread: str
    lead: str
    lines: tuple[LineShown, ...]
    absent_lines: tuple[LineShown, ...]
    detail: Table
    versions: Table | None
    appeals: Table | None
    before_title: str
    file: str
    digest: str
    appeal_time: str
    tables: tuple[Table, ...]
    is_to_date: bool
    is_synthetic: bool


@require_GET
def one(request: HttpRequest, code: str, scored: str) -> HttpResponse:
    """`?version=1`: an earlier version; `?view=so-far`: the year to date."""
    actor = doors.actor_of(request)
    version = request.GET.get("version", "")
    found = queries.score(
        card=code, scored=scored, viewer=actor, on=doors.today(),
        version=int(version) if version.isdecimal() and len(version) < 4 else None,
        is_to_date=request.GET.get("view") == "so-far",
    )  # fmt: skip
    appeals = queries.appeals(viewer=actor, card=code, scored=scored)
    return doors.render(request, "scores/one.html", _page(found, appeals))


def _page(found: ScorePage, appeals: tuple[queries.AppealView, ...]) -> OnePage:
    card, shown = found.card, found.row
    appealed = {one.line for one in appeals}
    may = _may_appeal(found)
    before = {line.code: line for line in found.before.lines} if found.before else {}
    titles = screen.titles(line.card_line for line in shown.lines)
    lines = tuple(
        _line(line, titles[line.code], before.get(line.code), may_appeal=may and line.code not in appealed)
        for line in shown.lines
    )
    detail, versions = _detail(found, titles, before), _versions(found)
    listed = appeals_table(appeals) if appeals else None
    return OnePage(
        title=_("{name}：{card}").format(name=shown.scored.name, card=card.title),
        crumbs=screen.crumbs(Crumb(card.title, reverse("scores.card", args=[card.code])), Crumb(shown.scored.name)),
        code=card.code, scored=shown.scored.code, state=screen.state_of(card.state), total=shown.total or "–",
        spread=_spread(found), lead=_lead(found), lines=tuple(one for one in lines if not one.absent),
        absent_lines=tuple(one for one in lines if one.absent), detail=detail, versions=versions, appeals=listed,
        before_title=found.before_title, file=_file(found), digest=found.digest,
        appeal_time=_appeal_time(found),
        tables=tuple(one for one in (detail, versions, listed) if one), is_to_date=found.is_to_date,
        is_synthetic=card.is_synthetic,
    )  # fmt: skip


def _may_appeal(found: ScorePage) -> bool:
    card = found.card
    newest = found.versions[0].number if found.versions else 0
    in_time = card.objections_until is not None and doors.today() <= card.objections_until
    return found.is_own and card.state == "shown" and in_time and found.row.version == newest


def _appeal_time(found: ScorePage) -> str:
    """To the scored: when its lines may be appealed against, and when no longer."""
    if not found.is_own:
        return ""
    day, today = found.card.objections_until, doors.today()
    if day is None:
        days = law.rule("SCR-1", today).parameters["objection_workdays"]
        return _("全年得分算出来先给您看，从那天起有 {n} 个工作日的异议期，可以逐项申诉。现在还没有开始。").format(
            n=days
        )
    if found.card.state == "published" or today > day:
        return _("申诉只在异议期内提，异议期到 {day} 为止，已经过了。有新的情况，请向督考办说明。").format(
            day=words.day(day)
        )
    return _(
        "申诉只在异议期内提：到 {day}（含当天）为止。觉得哪一项不对，点开那一项就能申诉；由不负责这一项的人决定。"
    ).format(day=words.day(day))


def _line(line: LineScore, title: str, before: LineScore | None, *, may_appeal: bool) -> LineShown:
    recorded = line.given.get("recorded_at")
    return LineShown(
        code=line.code, title=title, points=line.points or "–", weight=line.weight,
        percent=int(share_percent(line) or 0), percent_before=_whole(share_percent(before)),
        target=screen.target(line.card_line), value=screen.value(line), reference=screen.reference(line),
        period=screen.period(line), absent=screen.absent(line), how=screen.how(line.how),
        sources=screen.sources(line), recorded=recorded[:16].replace("T", " ") if recorded else "",
        passport=screen.passport(line), owner=line.card_line["owner_name"], correction=_correction(line),
        given_weight=line.given_weight, may_appeal=may_appeal,
    )  # fmt: skip


def _whole(percent: Fraction | None) -> int | None:
    return None if percent is None else int(percent)


def _correction(line: LineScore) -> str:
    """What an upheld appeal changed, and what stood there before."""
    given = line.given.get("correction")
    if not given:
        return ""
    before = screen.figure(given["before"]["value"], line.card_line["decimals"], line.card_line["unit"])
    return _("申诉 {number} 成立，原来是 {before}：{decision}").format(
        number=given["appeal"], before=before, decision=given["decision"]
    )


def _spread(found: ScorePage) -> str:
    shown = found.row
    if not shown.low or shown.low == shown.high:
        return ""
    return _("区间 {low} 至 {high}：满意度等数只来自一部分人，换一批人会有这么大的出入").format(
        low=shown.low, high=shown.high
    )


def _lead(found: ScorePage) -> str:
    if found.is_to_date:
        return _("这是到目前的情况，只用已经掌握的数算出，没有要任何单位填报；不是最后的得分。")
    return _("第 {n} 版。").format(n=found.row.version)


def _file(found: ScorePage) -> str:
    href = reverse("scores.file", args=[found.card.code, found.row.scored.code])
    query = {"view": "so-far"} if found.is_to_date else {"version": found.row.version}
    return f"{href}?{urlencode(query)}"


def _detail(found: ScorePage, titles: Mapping[str, str], before: Mapping[str, LineScore]) -> Table:
    rows = []
    for line in found.row.lines:
        earlier = share_percent(before.get(line.code))
        cells = [
            Cell(titles[line.code]), number(Decimal(line.weight) if not line.absent else None, places=2),
            Cell(screen.value(line), note=screen.period(line)), screen.reference(line), screen.target(line.card_line),
            number(Decimal(line.points) if line.points is not None else None, places=2), _percent(share_percent(line)),
        ]  # fmt: skip
        rows.append(
            row(*cells, *([_percent(earlier)] if before else []), Cell(screen.absent(line) or screen.how(line.how)))
        )
    columns = [
        Column(_("指标"), is_sticky=True), Column(_("权重"), "number", _("分")), Column(_("值"), "number"),
        Column(_("去年或基期"), "number"), Column(_("目标"), "prose"), Column(_("得分"), "number", _("分")),
        Column(_("得了几成"), "number", "%"),
        *([Column(_("去年得了几成"), "number", "%")] if before else []), Column(_("怎么算的"), "prose"),
    ]  # fmt: skip
    return table("detail", _("逐项明细"), columns, rows, is_synthetic=found.card.is_synthetic,
                 source=_("权重合计 100；各项得分相加正好是总分（尾差按最大余数分配）。"))  # fmt: skip


def _percent(share: Fraction | None) -> Cell:
    return number(None if share is None else Decimal(round(share * 10)) / 10, places=1)


def _versions(found: ScorePage) -> Table | None:
    if not found.versions:
        return None
    here = reverse("scores.one", args=[found.card.code, found.row.scored.code])
    rows = [
        row(Cell(_("第 {n} 版").format(n=v.number), href=f"{here}?version={v.number}", raw=v.number),
            number(Decimal(v.total) if v.total else None, places=2), Cell(words.moment(v.made_at)),
            v.reason or _("首次计算"), Cell(v.digest))
        for v in found.versions
    ]  # fmt: skip
    columns = [Column(_("版本"), is_sticky=True), Column(_("总分"), "number"), Column(_("时间"), "date"),
               Column(_("为什么有这一版"), "prose"), Column(_("文件指纹"), "prose")]  # fmt: skip
    return table("versions", _("各版得分"), columns, rows, source=_("版本只增不改，旧版一直看得到。"))
