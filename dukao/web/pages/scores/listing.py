"""All scorecards that somebody has to do with, and the appeals beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from dukao.base.refusals import NotAllowed
from dukao.scores import queries
from dukao.scores.queries import AppealView, CardView
from dukao.web import doors, words
from dukao.web.pages.scores import screen
from dukao.web.tables import Cell, Column, Table, number, row, table


@dataclass(frozen=True)
class ScoresPage:
    title: str
    may_compose: bool
    listed: Table
    appeals: Table | None
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class NotYours:
    """The refusal, and what of it is open to everybody."""

    title: str
    refused: NotAllowed
    published: tuple[tuple[str, str], ...]  # title, address


@require_GET
def scores(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    if not (actor.has("SCORES_DECIDE") or actor.has("SCORES_ANSWER")):
        refused = NotAllowed(_("您的岗位不用看考核"), todo=_("考核只考单位，不考个人"))
        published = tuple(
            (title, reverse("scores.public", args=[code])) for code, title in queries.public_cards_about(viewer=actor)
        )
        if not published:
            raise refused
        page = NotYours(_("不能打开"), refused, published)
        return doors.render(request, "scores/not_yours.html", page, status=refused.status)
    listed = _cards(queries.scorecards(viewer=actor))
    found = queries.appeals(viewer=actor)
    appeals = appeals_table(found) if found else None
    shown = ScoresPage(
        _("考核"), actor.has("SCORES_DECIDE"), listed, appeals, tuple(one for one in (listed, appeals) if one)
    )
    return doors.render(request, "scores/list.html", shown)


def _cards(found: Sequence[CardView]) -> Table:
    rows = []
    for card in found:
        tone, label = screen.state_of(card.state)
        rows.append(row(
            Cell(card.title, href=reverse("scores.card", args=[card.code]), note=card.code), str(card.year),
            card.unit_name, number(card.scored_count), number(len(card.definition.lines)),
            Cell(label, tone=tone, note=screen.until(card, doors.today())),
        ))  # fmt: skip
    columns = [
        Column(_("考核表"), is_sticky=True), Column(_("年度")), Column(_("谁定的")),
        Column(_("考核对象"), "number", pgettext("单位", "个")), Column(_("指标"), "number", _("项")),
        Column(_("状态"), "badge"),
    ]  # fmt: skip
    return table(
        "cards", _("考核表"), columns, rows, empty=_("还没有考核表。"), is_exported=False,
        is_synthetic=any(card.is_synthetic for card in found),
        source=_("每张考核表最多 30 项，不考痕迹；每一分都能重算，可以逐项申诉。"),
    )  # fmt: skip


def appeals_table(found: Sequence[AppealView]) -> Table:
    """Appeals, newest first."""
    rows, titles = [], screen.titles(one.card_line for one in found)
    for one in found:
        tone, label = screen.appeal_state(one.state)
        due = words.due(one.due_on, doors.today()).text if one.state == "open" else ""
        rows.append(row(
            Cell(one.number, href=reverse("scores.appeal", args=[one.number])), one.scored_name,
            Cell(titles[one.line], note=one.card_title), Cell(one.reason), Cell(label, tone=tone, note=due),
        ))  # fmt: skip
    columns = [
        Column(_("申诉"), is_sticky=True), Column(_("谁提的")), Column(_("哪一项")), Column(_("理由"), "prose"),
        Column(_("状态"), "badge"),
    ]  # fmt: skip
    return table("appeals", _("申诉"), columns, rows, is_exported=False,
                 is_synthetic=any(one.is_synthetic for one in found))  # fmt: skip
