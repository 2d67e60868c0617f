"""One poll with its rounds, and one round: what came of it, opening and closing it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.refusals import Invalid
from dukao.voice import actions
from dukao.voice.queries import polls as queries
from dukao.voice.queries.polls import PollView, RoundView
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.polls import screen
from dukao.web.tables import Cell, Column, Table, number, row, table

_USUAL_DAYS = 30


@dataclass(frozen=True)
class PollPage:
    title: str
    crumbs: tuple[Crumb, ...]
    poll: PollView
    rounds: Table
    may_open: bool
    closes_on: str
    is_synthetic: bool
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class RoundPage:
    title: str
    crumbs: tuple[Crumb, ...]
    round: RoundView
    facts: tuple[tuple[str, str], ...]
    state: tuple[str, str]
    notes: tuple[str, ...]
    bars: tuple[screen.Bar, ...]
    legend: tuple[tuple[int, str], ...]
    results: Table
    further: tuple[Table, ...]
    handed_out: Table | None
    papers: tuple[tuple[str, str], ...]
    public_href: str
    is_synthetic: bool
    tables: tuple[Table, ...]


@require_GET
def poll(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.poll(code=code, viewer=doors.actor_of(request))
    rounds = _rounds(found)
    page = PollPage(
        title=found.title, crumbs=(Crumb(_("万人评"), reverse("polls")), Crumb(found.title)), poll=found,
        rounds=rounds, may_open=found.may_hold and not any(one.state == "open" for one in found.rounds),
        closes_on=(doors.today() + timedelta(days=_USUAL_DAYS)).isoformat(), is_synthetic=found.is_synthetic,
        tables=(rounds,),
    )  # fmt: skip
    return doors.render(request, "polls/page.html", page)


@require_POST
def open_round(request: HttpRequest, code: str) -> HttpResponse:
    actor = doors.actor_of(request)
    queries.poll(code=code, viewer=actor)
    opened = actions.open_round(
        poll=code, closes_on=_day(request.POST.get("closes_on", "")), by=actor, at=doors.now()
    )  # fmt: skip
    doors.tell(request, _("已经开始。请发出邀请：印卡片、传名单，或者在窗口用平板"))
    return doors.go(request, reverse("polls.round", args=[code, opened]))


@require_GET
def round(request: HttpRequest, code: str, round: str) -> HttpResponse:
    actor = doors.actor_of(request)
    found = queries.poll_results(poll=code, round=round, viewer=actor)
    results, further = screen.results_table(found), screen.further_tables(found)
    handed_out = _handed_out(queries.batches(round=round, viewer=actor)) if found.may_hold else None
    page = RoundPage(
        title=_("{title}：{period}").format(title=found.title, period=words.period(found.period)),
        crumbs=(Crumb(_("万人评"), reverse("polls")), Crumb(found.title, reverse("polls.page", args=[code])),
                Crumb(words.period(found.period))),
        round=found, facts=facts_of(found),
        state=(screen.ROUND_TONES[found.state], str(screen.ROUND_STATES[found.state])),
        notes=screen.notes(found), bars=screen.bars(found),
        legend=tuple((place, screen.word(of)) for place, of in enumerate(found.scale, start=1)), results=results,
        further=further,
        handed_out=handed_out, papers=tuple((one.short, one.name) for one in found.papers),
        public_href=reverse("ratings.round", args=[found.code]), is_synthetic=found.is_synthetic,
        tables=tuple(one for one in (results, *further, handed_out) if one),
    )  # fmt: skip
    return doors.render(request, "polls/round.html", page)


@require_POST
def close(request: HttpRequest, code: str, round: str) -> HttpResponse:
    actor = doors.actor_of(request)
    queries.poll_results(poll=code, round=round, viewer=actor)
    actions.close_round(round=round, by=actor, at=doors.now())
    doors.tell(request, _("这一轮已经结束，结果已公布"))
    return doors.go(request, reverse("polls.round", args=[code, round]))


def facts_of(found: RoundView) -> tuple[tuple[str, str], ...]:
    """What a round is, line by line."""
    lines = (
        (_("谁组织"), found.scope_name),
        (_("为什么评"), found.purpose),
        (_("什么时候"), _("{since} 至 {until}").format(
            since=words.day(found.opens_on), until=words.day(found.ends_on)
        )),
        (_("邀请"), _("{n:,} 人").format(n=found.invited)),
        (_("计入"), _("{n:,} 份，应答率 {share}").format(
            n=found.counted, share=screen.share(found.counted, found.invited)
        )),
        (_("份数截至"), words.day(found.collected_on)),
    )  # fmt: skip
    return tuple((label, text) for label, text in lines if text)


def _rounds(found: PollView) -> Table:
    rows = [
        row(
            Cell(words.period(one.period), href=reverse("polls.round", args=[found.code, one.code]), note=one.code),
            Cell(str(screen.ROUND_STATES[one.state]), tone=screen.ROUND_TONES[one.state]),
            Cell(words.day(one.opens_on), raw=one.opens_on.isoformat()),
            Cell(words.day(one.ends_on), raw=one.ends_on.isoformat()),
            number(one.invited),
            number(one.counted),
            Cell(screen.share(one.counted, one.invited)),
        )
        for one in found.rounds
    ]
    columns = [
        Column(_("轮次"), is_sticky=True), Column(_("状态"), "badge"), Column(_("开始"), "date"),
        Column(_("最后一天"), "date"), Column(_("邀请"), "number", _("人")), Column(_("计入"), "number", _("份")),
        Column(_("应答率"), "number"),
    ]  # fmt: skip
    return table("rounds", _("轮次"), columns, rows, empty=_("还没有开始过。"), is_synthetic=found.is_synthetic)


def _handed_out(found: tuple[queries.BatchView, ...]) -> Table:
    rows = [
        row(Cell(words.day(one.on), raw=one.on.isoformat()), one.name, str(screen.WAYS[one.way]), number(one.count))
        for one in found
    ]
    columns = [
        Column(_("哪天"), "date"), Column(_("评谁"), is_sticky=True), Column(_("方式")),
        Column(_("邀请"), "number", _("人")),
    ]  # fmt: skip
    return table("invitations", _("发出的邀请"), columns, rows, empty=_("还没有发出邀请。"),
                 source=_("只记份数。码、姓名、办件编号都不留存。"))  # fmt: skip


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(_("日期不对"), errors={"closes_on": _("写成 2026-10-16 的样子")}) from None
