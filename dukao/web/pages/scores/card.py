"""One scorecard: what is scored, everybody's scores beside each other, and what its office may do with it."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.wording import joined
from dukao.scores import actions, queries
from dukao.scores.queries import CardView, Overview
from dukao.scores.rules import wording
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.scores import screen
from dukao.web.tables import Cell, Column, Row, Table, number, row, table


@dataclass(frozen=True)
class CardPage:
    title: str
    crumbs: tuple[Crumb, ...]
    code: str
    state: tuple[str, str]
    facts: tuple[tuple[str, str], ...]
    views: tuple[tuple[str, str, bool], ...]
    scores: Table | None
    groups: tuple[str, ...]
    said: str  # why nobody is ranked
    lines: Table
    may: tuple[str, ...]
    tables: tuple[Table, ...]
    is_public: bool
    is_synthetic: bool
    papers: tuple[tuple[str, str], ...]  # the official document: its kind, its address


@require_GET
def card(request: HttpRequest, code: str) -> HttpResponse:
    """`?view=so-far`: the year to date; `?view=lines`: what is scored."""
    actor = doors.actor_of(request)
    wanted = request.GET.get("view", "")
    found = queries.overview(card=code, viewer=actor, on=doors.today(), is_to_date=wanted == "so-far")
    return doors.render(request, "scores/card.html", page_of(found, wanted))


@require_POST
def set_card(request: HttpRequest, code: str) -> HttpResponse:
    actions.set_scorecard(card=code, by=doors.actor_of(request), at=doors.now())
    doors.tell(request, _("考核表已定下，被考核单位现在就能看到。"))
    return doors.go(request, reverse("scores.card", args=[code]))


@require_POST
def compute(request: HttpRequest, code: str) -> HttpResponse:
    count = actions.show_scores(card=code, by=doors.actor_of(request), at=doors.now())
    doors.tell(request, _("已算出 {n} 个对象的得分，先给他们自己看。").format(n=count))
    return doors.go(request, reverse("scores.card", args=[code]))


@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    actions.publish_scores(card=code, by=doors.actor_of(request), at=doors.now())
    doors.tell(request, _("得分已公布。"))
    return doors.go(request, reverse("scores.card", args=[code]))


def page_of(found: Overview, wanted: str) -> CardPage:
    """The page; `wanted` is the view that was asked for."""
    view = found.card
    lines = lines_table(found)
    shown = scores_table(found, is_linked=True) if found.rows and wanted != "lines" else None
    return CardPage(
        title=view.title, crumbs=screen.crumbs(Crumb(view.title)), code=view.code, state=screen.state_of(view.state),
        facts=_facts(view), views=_views(found, wanted), scores=shown, groups=groups_of(found),
        said=_why_no_ranks(found), lines=lines, may=_may(view),
        tables=tuple(one for one in (shown, lines) if one), is_public=view.is_public and view.state == "published",
        is_synthetic=view.is_synthetic, papers=_papers(view),
    )  # fmt: skip


def _papers(view: CardView) -> tuple[tuple[str, str], ...]:
    if not view.may_decide or view.state not in ("shown", "published"):
        return ()
    return tuple((kind.upper(), reverse(f"scores.{kind}", args=[view.code])) for kind in ("docx", "pdf"))


def scores_table(found: Overview, *, is_linked: bool) -> Table:
    """Everybody by code, every line's points; the line's weight as the card gives it in the head."""
    rows = [_row(found, one, is_linked) for one in found.rows]
    titles, weight = screen.titles(found.lines), _("权重 {n}")
    columns = [
        Column(_("考核对象"), is_sticky=True), Column(_("总分"), "number", _("满分 100")),
        *(Column(titles[line["code"]], "number", weight.format(n=_short(line["weight"]))) for line in found.lines),
    ]  # fmt: skip
    caption = (
        _("今年到目前（1 月至 {month} 月）").format(month=3 * found.through) if found.is_to_date
        else _("{year} 年得分").format(year=found.card.year)
    )  # fmt: skip
    return table(
        "scores", caption, columns, rows, is_synthetic=found.card.is_synthetic,
        source=_("按区划代码排列，不排名；可以按某一项排序。“–”：没有依据，不计分，它的权重按比例分给其他项，所以别的项得分可以高过表头的权重。"),
    )  # fmt: skip


def _row(found: Overview, one: queries.ScoreRow, is_linked: bool) -> Row:
    href = one_href(found, one.scored.code) if is_linked else ""
    total = number(Decimal(one.total) if one.total else None, places=2)
    spread = _("{low} 至 {high}").format(low=one.low, high=one.high) if one.low and one.low != one.high else ""
    return row(
        Cell(one.scored.name, href=href),
        Cell(total.text, raw=total.raw, note=spread),
        *(number(Decimal(line.points) if line.points is not None else None, places=2) for line in one.lines),
    )  # fmt: skip


def one_href(found: Overview, scored: str) -> str:
    href = reverse("scores.one", args=[found.card.code, scored])
    return f"{href}?view=so-far" if found.is_to_date and found.card.state in ("shown", "published") else href


def groups_of(found: Overview) -> tuple[str, ...]:
    """Groups that the evidence separates, without order inside of one; nothing where it separates nothing."""
    names = {one.scored.code: one.scored.name for one in found.rows}
    if len(found.groups) < 2:
        return ()
    return tuple(joined(names[code] for code in group) for group in found.groups)


def _why_no_ranks(found: Overview) -> str:
    if not found.rows or len(found.rows) < 2:
        return ""
    if not found.groups:
        if any(row.low for row in found.rows):
            return _("有的总分说得出自己有多准，有的说不出，所以只按代码排列，不分先后。")
        return _("没有一项说得出自己有多准，所以只按代码排列，不分先后。")
    if len(found.groups) == 1:
        return _("各单位总分的区间互相重叠，证据分不出先后，所以只按代码排列。")
    return _("只有区间完全分开的才分成组；同一组里分不出先后，按代码排列。")


def lines_table(found: Overview) -> Table:
    """What is scored: each line with its target, rule, source and owner."""
    titles = screen.titles(found.lines)
    rows = [
        row(
            Cell(titles[line["code"]], note="" if line["formula"] == line["title"] else line["formula"]),
            number(Decimal(line["weight"])), screen.target(line),
            _(wording.RULES[line["rule"]]), line["owner_name"], Cell(line["basis"]),
        )
        for line in found.lines
    ]  # fmt: skip
    columns = [
        Column(_("指标"), is_sticky=True), Column(_("权重"), "number", _("分")), Column(_("目标"), "prose"),
        Column(_("计分方法")), Column(_("谁负责这个数")), Column(_("依据"), "prose"),
    ]  # fmt: skip
    return table("lines", _("考什么（{n} 项）").format(n=len(rows)), columns, rows,
                 is_synthetic=found.card.is_synthetic, source=_("权重合计 100。"))  # fmt: skip


def _facts(view: CardView) -> tuple[tuple[str, str], ...]:
    definition = view.definition
    people = sum((line.weight for line in definition.lines if line.of == "satisfaction"), Decimal(0))
    lines = (
        (_("考核谁"), _("{place}的 {n} 个对象").format(place=view.unit_name, n=view.scored_count)),
        (_("依据"), definition.basis),
        (_("群众满意度占"), f"{_short(f'{people:f}')}%" if people else _("没有这一项")),
        (_("异议"), screen.until(view, doors.today())),
        (_("公布时间"), words.moment(view.published_at)),
        (_("说明"), definition.note),
    )
    return tuple((label, text) for label, text in lines if text)


def _views(found: Overview, wanted: str) -> tuple[tuple[str, str, bool], ...]:
    here = reverse("scores.card", args=[found.card.code])
    has_scores = found.card.state in ("shown", "published")
    is_lines = wanted == "lines"
    entries = []
    if has_scores:
        entries.append((_("得分"), here, not found.is_to_date and not is_lines))
    else:
        entries.append((_("今年到目前"), here, not is_lines))
    entries.append((_("考什么"), f"{here}?view=lines", is_lines))
    return tuple(entries)


def _may(view: CardView) -> tuple[str, ...]:
    if not view.may_decide:
        return ()
    today = doors.today()
    if view.state == "draft":
        return ("write", "set")
    if view.state == "set":
        return ("compute",) if today.year > view.year else ()
    over = view.objections_until is not None and today > view.objections_until
    return ("publish",) if view.state == "shown" and over else ()


def _short(weight: str) -> str:
    return weight.rstrip("0").rstrip(".") if "." in weight else weight
