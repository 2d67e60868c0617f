"""The list of polls: for the office all it holds, for the rated those they are rated in."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.voice.queries import polls as queries
from dukao.voice.queries.polls import PollView, RatingView
from dukao.web import doors, words
from dukao.web.pages.polls import screen
from dukao.web.tables import Cell, Column, Table, number, row, table


@dataclass(frozen=True)
class PollsPage:
    title: str
    may_hold: bool
    listed: Table
    windows: tuple[RatingView, ...]  # papers for which the viewer may invite people who were served
    tables: tuple[Table, ...]


@require_GET
def polls(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    if not (actor.has("VOICE_HOLD") or actor.has("RATINGS_INVITE")):
        actor.require_anywhere("ORDERS_ANSWER")
    listed = _listed(queries.polls(viewer=actor))
    page = PollsPage(
        _("万人评"), actor.has("VOICE_HOLD"), listed, queries.papers_to_invite(viewer=actor), (listed,)
    )  # fmt: skip
    return doors.render(request, "polls/list.html", page)


def _listed(found: tuple[PollView, ...]) -> Table:
    rows = []
    for one in found:
        last = one.rounds[0] if one.rounds else None
        rows.append(row(
            Cell(one.title, href=reverse("polls.page", args=[one.code]), note=one.scope_name),
            number(len(one.subjects)), number(len(one.rounds)),
            Cell(str(screen.ROUND_STATES[last.state]), tone=screen.ROUND_TONES[last.state]) if last
            else Cell(_("还没有开始"), tone="plain"),
            Cell(words.day(last.ends_on), raw=last.ends_on.isoformat()) if last else "",
            number(last.invited if last else None), number(last.counted if last else None),
        ))  # fmt: skip
    columns = [
        Column(_("评什么"), is_sticky=True), Column(_("评几个"), "number", _("个")),
        Column(_("轮次"), "number", _("轮")),
        Column(_("最近一轮"), "badge"), Column(_("到哪天"), "date"), Column(_("邀请"), "number", _("人")),
        Column(_("计入"), "number", _("份")),
    ]  # fmt: skip
    return table("polls", _("评议"), columns, rows, empty=_("还没有评议。"),
                 is_synthetic=any(one.is_synthetic for one in found),
                 source=_("被评单位只看得到自己的份数和汇总，看不到谁评了、谁没评。"))  # fmt: skip
