"""The rater's page. It comes without a cookie, and everything that says who or what stays in the browser.

The code stands behind the #, which no browser sends; the script blinds, has it signed, casts and checks (`ballot.js`).
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.base.refusals import NotThere
from dukao.law import queries as law
from dukao.voice.queries import polls as queries
from dukao.voice.queries.polls import RatingView
from dukao.voice.rules.codes import short_from
from dukao.web import doors, words
from dukao.web.pages.polls import screen

_SHOWN_MOST = 8  # of what was typed


@dataclass(frozen=True, slots=True)
class Level:
    place: int
    word: str
    is_bad: bool


@dataclass(frozen=True)
class RatePage:
    title: str
    paper: RatingView
    closes: str
    levels: tuple[Level, ...]
    bad_from: int
    board: str
    issuer: str
    enter: str  # where a receipt is looked up, as it stands on paper
    is_at_window: bool
    is_synthetic: bool

    @property
    def asked(self) -> str:
        return self.paper.questions[0].title

    @property
    def more(self) -> tuple[queries.QuestionView, ...]:
        return self.paper.questions[1:]


@dataclass(frozen=True)
class EnterPage:
    title: str
    levels: tuple[Level, ...]
    board: str
    unknown: str = ""  # the beginning of a code that leads to no paper
    is_synthetic: bool = False


@doors.public
@require_GET
def enter(request: HttpRequest) -> HttpResponse:
    """Type the code of a card, or that of a receipt."""
    return _entering(request)


def _entering(request: HttpRequest, *, unknown: str = "") -> HttpResponse:
    levels, _bad_from = _levels(tuple(law.rule("RTG-3", doors.today()).parameters["levels"]), doors.today())
    page = EnterPage(_("群众评价"), levels, settings.BOARD_URL, unknown)
    return doors.render(request, "rate/enter.html", page, status=404 if unknown else 200)


@doors.public
@require_GET
def rate(request: HttpRequest, short: str) -> HttpResponse:
    try:
        paper = queries.rating(short=short_from(short))
    except NotThere:
        return _entering(request, unknown=short[:_SHOWN_MOST])
    levels, bad_from = _levels(paper.scale, paper.closes_on)
    page = RatePage(
        title=_("评一评{subject}").format(subject=paper.subject), paper=paper,
        closes=words.day(paper.closes_on), levels=levels, bad_from=bad_from,
        board=settings.BOARD_URL, issuer=settings.ISSUER_URL,
        enter=request.get_host() + reverse("rate"), is_synthetic=paper.is_synthetic,
        is_at_window=request.GET.get("at") == "window",
    )  # fmt: skip
    return doors.render(request, "rate/page.html", page)


def _levels(scale: tuple[str, ...], on: date) -> tuple[tuple[Level, ...], int]:
    bad_from = int(law.rule("RTG-3", on).parameters["bad_from"])
    return tuple(Level(at, screen.word(of), at >= bad_from) for at, of in enumerate(scale, start=1)), bad_from
