"""Public results: how many were invited, how many rated, how, and how to recompute it all."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.voice.queries import polls as queries
from dukao.voice.queries.polls import RoundView
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.polls import screen
from dukao.web.pages.polls.one import facts_of
from dukao.web.tables import Cell, Column, Table, number, row, table


@dataclass(frozen=True)
class ListPage:
    title: str
    listed: Table
    tables: tuple[Table, ...]
    is_synthetic: bool


@dataclass(frozen=True)
class ResultsPage:
    title: str
    crumbs: tuple[Crumb, ...]
    round: RoundView
    state: tuple[str, str]
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    bars: tuple[screen.Bar, ...]
    legend: tuple[tuple[int, str], ...]
    results: Table
    further: tuple[Table, ...]
    command: str
    bundle: str
    is_synthetic: bool
    tables: tuple[Table, ...]


@doors.public
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    found = queries.public_rounds()
    rows = [
        row(
            Cell(one.title, href=reverse("ratings.round", args=[one.code]), note=one.scope_name),
            Cell(words.period(one.period), raw=one.period),
            Cell(str(screen.ROUND_STATES[one.state]), tone=screen.ROUND_TONES[one.state]),
            number(one.invited), number(one.counted), Cell(screen.share(one.counted, one.invited)),
        )
        for one in found
    ]  # fmt: skip
    columns = [
        Column(_("评什么"), is_sticky=True), Column(_("时期"), "date"), Column(_("状态"), "badge"),
        Column(_("邀请"), "number", _("人")), Column(_("计入"), "number", _("份")), Column(_("应答率"), "number"),
    ]  # fmt: skip
    shown = table("ratings", _("万人评"), columns, rows, empty=_("还没有公布的评议。"),
                  is_synthetic=any(one.is_synthetic for one in found))  # fmt: skip
    return doors.render(
        request, "rate/list.html", ListPage(_("万人评结果"), shown, (shown,), shown.is_synthetic)
    )  # fmt: skip


@doors.public
@require_GET
def one(request: HttpRequest, round: str) -> HttpResponse:
    found = queries.public_round(round=round)
    results, further = screen.results_table(found), screen.further_tables(found)
    page = ResultsPage(
        title=_("{title}：{period}").format(title=found.title, period=words.period(found.period)),
        crumbs=(Crumb(_("万人评结果"), reverse("ratings")), Crumb(found.title)), round=found,
        state=(screen.ROUND_TONES[found.state], str(screen.ROUND_STATES[found.state])), facts=facts_of(found),
        notes=screen.notes(found),
        bars=screen.bars(found),
        legend=tuple((place, screen.word(of)) for place, of in enumerate(found.scale, start=1)), results=results,
        further=further,
        command=f"dukao verify-poll {settings.BOARD_URL}/rounds/{found.code}",
        bundle=f"{settings.BOARD_URL}/rounds/{found.code}/bundle", is_synthetic=found.is_synthetic,
        tables=(results, *further),
    )  # fmt: skip
    return doors.render(request, "rate/results.html", page)
