"""At the door of every page: what browsers may load, in which language, who it is, and what becomes of refusals."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from dukao.base.refusals import Refused
from dukao.org import actions as org
from dukao.web import doors

Answer = Callable[[HttpRequest], HttpResponse]


class ContentSecurityPolicy:
    """What browsers may do with any answer, be it an error.

    Everything comes from this house; no inline script or style, no framing; live updates and ballots have one address
    each.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        beside = (urlsplit(url) for url in (settings.LIVE_URL, settings.ISSUER_URL, settings.BOARD_URL))
        origins = "".join(f" {url.scheme}://{url.netloc}" for url in beside if url.netloc)
        self.policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            f"connect-src 'self'{origins}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        # Shared computers: what one person saw is not kept for the next.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class Head:
    """What is asked by HEAD is answered as by GET, without the body."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        response = self.get_response(request)
        if response.streaming:
            response.streaming_content = ()  # type: ignore[attr-defined]
        else:
            response.content = b""
        return response


class Language:
    """The language a person chose (a cookie), else Simplified Chinese; never a guess from the browser."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.known = {code for code, _ in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in self.known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response


class Doorkeeper:
    """Knows who is asking, lets strangers into public pages only, and turns a `Refused` into its page or region.

    It stands before everything that reads what was sent: a stranger's form is not opened, nor one that is too large.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = org.touch_sitting(session_key=request.session.session_key, at=doors.now())  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Answer, args: tuple, kwargs: dict) -> HttpResponse | None:
        if request.actor is not None or getattr(view, "is_public", False):  # type: ignore[attr-defined]
            if too_large := _too_large(request, view):
                return doors.refuse(request, too_large)
            return doors.unreadable(request) if _holds_nul(request) else None
        query = {}
        if (came_from := _page_of(request)) not in ("", "/"):
            query["next"] = came_from
        if request.method != "GET":
            query["expired"] = "yes"
        url = reverse("sign_in") + (f"?{urlencode(query)}" if query else "")
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponse(headers={"HX-Redirect": url})
        if request.headers.get("Accept") == "application/json":
            # A script that keeps what it sends until it is taken must not take the way to the door for a yes.
            return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
        return HttpResponseRedirect(url)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return doors.refuse(request, exception) if isinstance(exception, Refused) else None


class WrongWays:
    """Answers whoever comes to an address by a way that it does not take."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != doors.WrongWay.status or response.content:
            return response
        if request.method == "GET":
            return doors.go_to_form(request)
        refusal = doors.refuse(request, doors.WrongWay())
        refusal["Allow"] = response["Allow"]
        return refusal


def _too_large(request: HttpRequest, view: Answer) -> doors.TooLarge | None:
    """Judged by the announced length, which nobody reads beyond."""
    try:
        sent = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        sent = 0
    right, actor = getattr(view, "takes_files", None), request.actor  # type: ignore[attr-defined]
    takes_files = right is not None and actor is not None and actor.has(right)
    limit = getattr(settings, view.takes_most) if takes_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE  # type: ignore[attr-defined]
    # Around a file stands the form it came in.
    allowed = limit + settings.DATA_UPLOAD_MAX_MEMORY_SIZE if takes_files else limit
    return doors.TooLarge(sent=sent, limit=limit, is_file=takes_files) if sent > allowed else None


def _holds_nul(request: HttpRequest) -> bool:
    """Whether a NUL character was sent, which nobody types and PostgreSQL cannot keep."""
    given = (text for key, values in (*request.GET.lists(), *request.POST.lists()) for text in (key, *values))
    return "\0" in request.path_info or any("\0" in str(text) for text in given)


def _page_of(request: HttpRequest) -> str:
    """The page somebody was on: the one asked for, or the one a form or a region belongs to."""
    if request.method == "GET" and not request.htmx:  # type: ignore[attr-defined]
        return request.get_full_path()
    address = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    here = address.netloc == request.get_host()
    return urlunsplit(("", "", address.path, address.query, "")) if here else ""
