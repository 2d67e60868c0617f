"""Invitations by the office: cards to print or withdraw, lists of residents, and the entry of cards that came back."""

import math
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.refusals import Invalid, NotThere
from dukao.org.rules import Actor
from dukao.voice import actions
from dukao.voice.actions.inviting import Listed
from dukao.voice.queries import polls as queries
from dukao.voice.queries.polls import RatingView, RoundView
from dukao.web import doors
from dukao.web.doors import Crumb
from dukao.web.pages.polls import screen
from dukao.web.qr import qr

_CARDS_PER_SHEET = 4


@dataclass(frozen=True, slots=True)
class Card:
    """`qr` leads to the rater's page with the code behind the #; `code` is for typing, `serial` for withdrawing it."""

    qr: SafeString
    code: str
    serial: str


@dataclass(frozen=True)
class CardsPage:
    """Cards to print, shown once: the codes are kept nowhere."""

    title: str
    crumbs: tuple[Crumb, ...]
    paper: RatingView
    cards: tuple[Card, ...]
    sheets: int
    address: str
    scale: tuple[tuple[int, str], ...]
    back: str
    is_synthetic: bool


@dataclass(frozen=True)
class ListedPage:
    title: str
    crumbs: tuple[Crumb, ...]
    paper: RatingView
    listed: Listed
    back: str
    is_synthetic: bool


@dataclass(frozen=True)
class EntryPage:
    """Paper cards that were handed in: typed here, cast from this browser on the way that any rating takes."""

    title: str
    crumbs: tuple[Crumb, ...]
    round: RoundView
    paper: RatingView | None
    papers: tuple[tuple[str, str], ...]
    scale: tuple[tuple[int, str], ...]
    board: str
    issuer: str
    is_synthetic: bool


@require_POST
def cards(request: HttpRequest, code: str, round: str) -> HttpResponse:
    actor = doors.actor_of(request)
    paper = _paper(code, round, request.POST.get("paper", ""), actor)
    made = actions.print_cards(paper=paper.short, count=_count(request), by=actor, at=doors.now())
    return _to_print(request, code, round, paper, made)


@require_POST
def withdraw(request: HttpRequest, code: str, round: str) -> HttpResponse:
    actor = doors.actor_of(request)
    if not queries.poll_results(poll=code, round=round, viewer=actor).may_hold:
        raise NotThere()
    serial = request.POST.get("serial", "").strip()
    done = actions.withdraw_card(
        round=round, serial=serial, is_replaced=request.POST.get("do") == "another", by=actor, at=doors.now()
    )
    doors.tell(request, _("编号 {serial} 的卡已经作废").format(serial=serial))
    if done.card is None:
        return doors.go(request, reverse("polls.round", args=[code, round]))
    return _to_print(request, code, round, queries.paper_to_invite(short=done.paper, viewer=actor), (done.card,))


def _to_print(
    request: HttpRequest, code: str, round: str, paper: RatingView, made: tuple[actions.Card, ...]
) -> HttpResponse:
    page = request.build_absolute_uri(reverse("rate.paper", args=[paper.short]))
    answered = CardsPage(
        title=_("邀请卡"), crumbs=_crumbs(code, round, paper.title, _("邀请卡")), paper=paper,
        cards=tuple(Card(qr(f"{page}#{one.code.partition('-')[2]}"), one.code, one.serial) for one in made),
        sheets=math.ceil(len(made) / _CARDS_PER_SHEET), address=request.build_absolute_uri(reverse("rate")),
        scale=_scale(paper.scale), back=reverse("polls.round", args=[code, round]), is_synthetic=paper.is_synthetic,
    )  # fmt: skip
    return doors.render(request, "polls/cards.html", answered)


@doors.takes_files("VOICE_HOLD", most="DOCUMENTS_MAX_BYTES")
@require_POST
def residents(request: HttpRequest, code: str, round: str) -> HttpResponse:
    actor = doors.actor_of(request)
    paper = _paper(code, round, request.POST.get("paper", ""), actor)
    upload = request.FILES.get("file")
    if upload is None or not upload.size:
        raise Invalid(_("请选名单文件"), errors={"file": _("没有文件，或是空的")})
    listed = actions.invite_residents(
        paper=paper.short, file=Path(upload.temporary_file_path()), by=actor, at=doors.now()  # type: ignore[attr-defined]
    )  # fmt: skip
    page = ListedPage(
        title=_("名单已读"), crumbs=_crumbs(code, round, paper.title, _("居民名单")), paper=paper, listed=listed,
        back=reverse("polls.round", args=[code, round]), is_synthetic=paper.is_synthetic,
    )  # fmt: skip
    return doors.render(request, "polls/listed.html", page)


@require_GET
def entry(request: HttpRequest, code: str, round: str) -> HttpResponse:
    actor = doors.actor_of(request)
    found = queries.poll_results(poll=code, round=round, viewer=actor)
    if not found.may_hold:
        raise NotThere()
    short = request.GET.get("paper", "")
    page = EntryPage(
        title=_("录入纸质评价卡"), crumbs=_crumbs(code, round, found.title, _("录入")), round=found,
        paper=_paper(code, round, short, actor) if short else None,
        papers=tuple((one.short, one.name) for one in found.papers), scale=_scale(found.scale),
        board=settings.BOARD_URL, issuer=settings.ISSUER_URL, is_synthetic=found.is_synthetic,
    )  # fmt: skip
    return doors.render(request, "polls/entry.html", page)


def _paper(code: str, round: str, short: str, actor: Actor) -> RatingView:
    """A paper of this round, for the office that holds it. Raises NotThere."""
    found = queries.poll_results(poll=code, round=round, viewer=actor)
    if not found.may_hold or short not in {one.short for one in found.papers}:
        raise NotThere()
    return queries.paper_to_invite(short=short, viewer=actor)


def _count(request: HttpRequest) -> int:
    text = request.POST.get("count", "").strip()
    if not (text.isdecimal() and len(text) <= 5):
        raise Invalid(_("张数不对"), errors={"count": _("请填整数")})
    return int(text)


def _scale(words: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    return tuple((place, screen.word(word)) for place, word in enumerate(words, start=1))


def _crumbs(code: str, round: str, title: str, here: str) -> tuple[Crumb, ...]:
    return (
        Crumb(_("万人评"), reverse("polls")), Crumb(title, reverse("polls.page", args=[code])),
        Crumb(round, reverse("polls.round", args=[code, round])), Crumb(here),
    )  # fmt: skip
