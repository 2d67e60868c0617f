"""What the public sees: published cards that are for everybody. No sign-in, no ranking."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.scores import queries
from dukao.web import doors
from dukao.web.doors import Crumb
from dukao.web.pages.scores.card import groups_of, lines_table, scores_table
from dukao.web.tables import Table


@dataclass(frozen=True)
class PublicPage:
    title: str
    crumbs: tuple[Crumb, ...]
    scores: Table
    lines: Table
    groups: tuple[str, ...]
    tables: tuple[Table, ...]
    is_synthetic: bool


@dataclass(frozen=True)
class PublicList:
    title: str
    cards: tuple[tuple[str, str], ...]  # title, address


@doors.public
@require_GET
def everything(request: HttpRequest) -> HttpResponse:
    cards = tuple((title, reverse("scores.public", args=[code])) for code, title, _year in queries.public_cards())
    return doors.render(request, "scores/public_list.html", PublicList(_("已公布的考核"), cards))


@doors.public
@require_GET
def card(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.public_overview(card=code, on=doors.today())
    shown, lines = scores_table(found, is_linked=False), lines_table(found)
    page = PublicPage(
        title=found.card.title, crumbs=(Crumb(_("已公布的考核"), reverse("scores.published")), Crumb(found.card.title)),
        scores=shown, lines=lines, groups=groups_of(found), tables=(shown, lines),
        is_synthetic=found.card.is_synthetic,
    )  # fmt: skip
    return doors.render(request, "scores/public.html", page)
