"""What every page is made with: one door from a view's result, or its refusal, to an answer.

A view translates the request, makes one call, and hands the frozen dataclass it got to `render`. The same address
answers the whole page, one of its regions (htmx), and any of its tables as a file.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import is_valid_path, reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotAllowed, NotThere, Refused
from dukao.org.rules import Actor
from dukao.web import exports, words

logger = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Page(Protocol):
    """What `render` needs of a page: its title is both `<title>` and `<h1>`."""

    @property
    def title(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way to a page; the last one, the page itself, has no address."""

    label: str
    href: str = ""


def public(view: View) -> View:
    """Mark a view that strangers may open without signing in."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def takes_files(right: str, *, most: str = "DELIVERY_MAX_BYTES") -> Callable[[View], View]:
    """Mark a view that takes files from those who have this right somewhere, as large as the setting `most` says."""

    def mark(view: View) -> View:
        view.takes_files, view.takes_most = right, most  # type: ignore[attr-defined]
        return view

    return mark


def form_on(page: str) -> Callable[[View], View]:
    """Mark a view that only takes a form with the route of the page on which the form stands.

    Not needed where the address lies below that page's.
    """

    def mark(view: View) -> View:
        view.form_on = page  # type: ignore[attr-defined]
        return view

    return mark


def actor_of(request: HttpRequest) -> Actor:
    """Who is asking. Only for views behind the Doorkeeper, which lets nobody else through."""
    actor = request.actor  # type: ignore[attr-defined]
    assert actor is not None, "a page without sign-in must not ask who it is"
    return actor


def now() -> datetime:
    return timezone.now()


def today() -> date:
    """The civil date in the city, not the server's."""
    return timezone.localdate()


def year_in(text: str) -> int:
    """The year that an address names; this one where it names none that can be."""
    return int(text) if text.isdecimal() and len(text) == 4 and 2000 <= int(text) <= 2999 else today().year


def as_of(request: HttpRequest) -> date | None:
    """The past day that the page is to be shown as of; None for now. Raises Invalid."""
    text = request.GET.get("as_of", "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(
            _("“{text}”不是日期").format(text=text[:20]), errors={_("截至"): _("请写成 2026-10-08")}
        ) from None
    return day if day and day < today() else None


def render(request: HttpRequest, template: str, page: Page, *, status: int = 200, **more: Any) -> HttpResponse:
    """Answer `page` as a whole page, as the region that htmx asked for, or one of `page.tables` as a file.

    A region `#children` of `units/page.html` is the template `units/_children.html`, which the page includes; where
    there is none, htmx gets the page's main part without the frame.
    """
    if wanted := request.GET.get("export"):
        return exports.answer(request, getattr(page, "tables", ()), wanted)
    return _drawn(request, template, page, status, more)


def _drawn(request: HttpRequest, template: str, page: Page, status: int, more: dict[str, Any]) -> HttpResponse:
    """The page, or its region, as HTML whatever else was asked for."""
    region = _region_wanted(request)
    frame = "frame/region.html" if region is not None else "frame/base.html"
    context = {"page": page, "frame_template": frame, **more}
    response = HttpResponse(_template(template, region).render(context, request), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser on after something was done (303, so that a reload does not do it twice)."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=HTTPStatus.OK, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url, status=HTTPStatus.SEE_OTHER)


def tell(request: HttpRequest, text: str) -> None:
    """Say on the next page what was done, once."""
    before = [told for told in request.session.get("told", []) if told != str(text)]
    request.session["told"] = [*before, str(text)][-5:]


def refuse(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The refusal as a page, or as a notice above the page that htmx stands on; status says which kind it is."""
    if _region_wanted(request) is None:
        # A refusal is no table: where a file was asked for, the page says why there is none.
        return _drawn(request, "refusals/page.html", _RefusalPage(refused), refused.status, {})
    response = HttpResponse(
        get_template("refusals/_panel.html").render({"refused": refused}, request), status=refused.status
    )
    response["HX-Retarget"] = "#notices"
    response["HX-Reswap"] = "innerHTML show:top"
    return response


def go_to_form(request: HttpRequest) -> HttpResponse:
    """Lead whoever opens the target of a form (typed in, reloaded after a refusal) to the page the form stands on."""
    if getattr(request, "actor", None) is not None:
        tell(request, _("请从这里重新操作"))
    return HttpResponseRedirect(_page_of_form(request), status=HTTPStatus.SEE_OTHER)


def _page_of_form(request: HttpRequest) -> str:
    """The page that the form's view names, else the nearest one above it in the tree of addresses."""
    match = request.resolver_match
    if match and (page := getattr(match.func, "form_on", "")):
        return reverse(page, kwargs=match.kwargs)
    steps = request.path_info.strip("/").split("/")
    above = (f"/{'/'.join(steps[:count])}/" for count in range(len(steps) - 1, 0, -1))
    return next((address for address in above if is_valid_path(address)), "/")


class WrongWay(Refused):
    """The address exists but is not opened like this."""

    status = 405

    def __init__(self) -> None:
        super().__init__(_("这个地址不能直接打开"), todo=_("请回到原来的页面，再做一次刚才的操作。"))


class TooLarge(Refused):
    """More is sent than the address takes; nothing of it was read."""

    status = 413

    def __init__(self, *, sent: int, limit: int, is_file: bool) -> None:
        super().__init__(
            _("文件太大") if is_file else _("提交的内容太多"),
            why=_("发来的有 {sent}，最多 {limit}；没有接收").format(sent=words.size(sent), limit=words.size(limit)),
            todo=_("请分成几个时期或几个地区交付") if is_file else _("请分几次提交"),
        )


class _RefusalPage:
    """One calm page for every refusal; only what the person can act on differs."""

    def __init__(self, refused: Refused) -> None:
        self.refused = refused
        self.title = {
            NotThere.status: _("没有找到"),
            NotAllowed.status: _("不能打开"),
            Invalid.status: _("填得不对"),
        }.get(refused.status, _("没有办成"))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refuse(request, NotThere(_("没有这个页面"), todo=_("请从菜单或搜索重新进入。")))


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What was sent is no proper request: too large, cut off, or not from our pages."""
    refused = Invalid(_("没有读懂发来的内容"), todo=_("请退回上一页再试一次；上传的文件太大时，请分成几份。"))
    refused.status = HTTPStatus.BAD_REQUEST
    return refuse(request, refused)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's answer to a form without its token, in our words."""
    refused = NotAllowed(
        _("页面放得太久了"), why=_("为了安全，提交的内容没有保存。"), todo=_("请退回上一页，刷新后再提交。")
    )
    return refuse(request, refused)


def broken(request: HttpRequest) -> HttpResponse:
    """Something unexpected happened; it is logged with its trace, the person gets a calm page and a time to name."""
    try:
        html = get_template("refusals/broken.html").render({"at": timezone.localtime()}, request)
    except Exception:  # the frame itself may be what is broken
        logger.exception("the page for unexpected errors could not be drawn")
        html = "<!doctype html><meta charset=utf-8><title>系统出错了</title><h1>系统出错了</h1>"
    response = HttpResponse(html, status=HTTPStatus.INTERNAL_SERVER_ERROR)
    if _region_wanted(request) is not None:
        response["HX-Retarget"] = "body"
    return response


def wants_region(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for, which has no frame around it."""
    return _region_wanted(request) is not None


def _region_wanted(request: HttpRequest) -> str | None:
    """Id of the element htmx will fill (may be empty); None where a whole page is wanted."""
    htmx = getattr(request, "htmx", None)
    if not htmx or htmx.request_type == "full" or htmx.boosted or htmx.history_restore_request:
        return None
    return (htmx.target or "").partition("#")[2]


def _template(name: str, region: str | None):  # type: ignore[no-untyped-def]
    if region:
        folder = name.rpartition("/")[0]
        try:
            return get_template(f"{folder}/_{region.replace('-', '_')}.html")
        except TemplateDoesNotExist:
            pass
    return get_template(name)
