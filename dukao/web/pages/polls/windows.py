"""At the window: the matter's number is typed once, then whoever was served rates; the poster that hangs there.

Staff see nothing of the answer: the page that opens is the rater's own, and keeps nothing on the tablet.
"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dukao.base.refusals import NotThere, Refused
from dukao.voice import actions
from dukao.voice.queries import polls as queries
from dukao.voice.queries.polls import RatingView
from dukao.web import doors
from dukao.web.doors import Crumb
from dukao.web.qr import qr


@dataclass(frozen=True)
class WindowPage:
    """`slip`: the one-time code of a matter as a QR, for whoever rates on the own phone; shown once."""

    title: str
    crumbs: tuple[Crumb, ...]
    paper: RatingView
    is_synthetic: bool
    open_href: str = ""
    slip: SafeString | None = None
    code: str = ""
    typed: str = ""
    refused: Refused | None = None

    @property
    def errors(self) -> dict[str, str]:
        return getattr(self.refused, "errors", {})


@dataclass(frozen=True)
class PosterPage:
    title: str
    crumbs: tuple[Crumb, ...]
    paper: RatingView
    qr: SafeString
    address: str
    is_synthetic: bool


@require_http_methods(["GET", "POST"])
def window(request: HttpRequest, short: str) -> HttpResponse:
    """Type a matter's number (GET); open the rater's page on this tablet, or print a slip with its QR (POST)."""
    actor = doors.actor_of(request)
    paper = queries.paper_to_invite(short=short, viewer=actor)
    if request.method == "GET":
        return doors.render(request, "polls/window.html", _page(paper))
    matter, on_tablet = request.POST.get("matter", "")[:80], request.POST.get("do") != "slip"
    try:
        code = actions.invite_matter(paper=short, matter=matter, on_tablet=on_tablet, by=actor, at=doors.now())
    except NotThere:
        raise
    except Refused as refused:
        page = _page(paper, typed=matter, refused=refused)
        return doors.render(request, "polls/window.html", page, status=refused.status)
    secret = code.partition("-")[2]
    href = reverse("rate.paper", args=[short])
    if on_tablet:
        # The code comes in the answer to a POST, behind the #: no address that anybody logs holds it.
        return doors.render(request, "polls/window.html", _page(paper, open_href=f"{href}?at=window#{secret}"))
    slip = qr(request.build_absolute_uri(f"{href}#{secret}"))
    return doors.render(request, "polls/window.html", _page(paper, slip=slip, code=code))


@require_GET
def poster(request: HttpRequest, short: str) -> HttpResponse:
    """A poster for the window: its QR leads to the page where a code is typed."""
    paper = queries.paper_to_invite(short=short, viewer=doors.actor_of(request))
    address = request.build_absolute_uri(reverse("rate.paper", args=[short]))
    page = PosterPage(
        title=_("请您来评"), crumbs=(Crumb(_("万人评"), reverse("polls")), Crumb(_("张贴的二维码"))), paper=paper,
        qr=qr(address), address=address, is_synthetic=paper.is_synthetic,
    )  # fmt: skip
    return doors.render(request, "polls/poster.html", page)


def _page(paper: RatingView, **more: object) -> WindowPage:
    return WindowPage(
        title=_("请刚办完事的群众评价"), crumbs=(Crumb(_("万人评"), reverse("polls")), Crumb(paper.subject)),
        paper=paper, is_synthetic=paper.is_synthetic, **more,  # type: ignore[arg-type]
    )  # fmt: skip
