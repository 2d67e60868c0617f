"""A client that reads every page it gets the way a strict reviewer would.

Title = h1, one h1, each input labelled, no inline script, style or handler, forms with a token, ids used once, links
that lead somewhere, nothing half-translated into view.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser

from django.test import Client
from django.test.client import ClientHandler

_VOID = {"input", "meta", "link", "br", "hr", "img", "use", "path", "circle", "rect", "wbr"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "microphone=()",
    "Cache-Control": "private",
}
# The one page that may ask for the camera: it reads check codes.
_WITH_CAMERA = "/visits/code/"
_HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_REQUEST_TYPE": "partial"}


@dataclass
class Seen:
    """What a page consists of, as far as the checks go."""

    title: str = ""
    headings: list[str] = field(default_factory=list)
    inputs: list[dict[str, str | None]] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    ids: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    post_forms: int = 0
    tokens: int = 0
    is_page: bool = False
    current: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen = Seen()
        self._open: list[str] = []
        self._within_label = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        seen = self.seen
        seen.is_page |= tag == "html"
        if tag not in _VOID:
            self._open.append(tag)
        if given.get("id"):
            seen.ids.append(given["id"] or "")
        for name in given:
            if name.startswith("on") or name == "style" or name.startswith("hx-on"):
                seen.faults.append(f"<{tag} {name}=…> is inline script or style")
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != "application/json"):
            seen.faults.append(f"inline <{tag}>")
        if tag == "h1":
            seen.headings.append("")
        if tag == "label":
            self._within_label += 1
            if given.get("for"):
                seen.labels.add(given["for"] or "")
        if tag in {"input", "select", "textarea"}:
            self._note_input(tag, given)
        if tag == "form" and (given.get("method") or "").lower() == "post":
            seen.post_forms += 1
        if tag == "img" and "alt" not in given:
            seen.faults.append("<img> without alt")
        if tag == "a" and not given.get("href"):
            seen.faults.append("<a> that leads nowhere")
        if tag == "a" and given.get("aria-current") == "page" and "menu" in self._within_nav:
            seen.current.append(given.get("href") or "")
        if tag == "nav":
            self._within_nav.append(given.get("class") or "")

    _within_nav: list[str]

    def reset(self) -> None:
        super().reset()
        self._within_nav = []

    def _note_input(self, tag: str, given: dict[str, str | None]) -> None:
        if given.get("name") == "csrfmiddlewaretoken":
            self.seen.tokens += 1
        if given.get("type") in {"hidden", "submit", "button"}:
            return
        if not self._within_label and not given.get("aria-label") and not given.get("aria-labelledby"):
            self.seen.inputs.append(given | {"tag": tag})

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._within_label -= 1
        if tag == "nav":
            self._within_nav.pop()
        if tag in _VOID:
            return
        if not self._open or self._open.pop() != tag:
            self.seen.faults.append(f"</{tag}> closes something else")
            self._open = []

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "title":
            self.seen.title += data
        if "h1" in self._open and self.seen.headings:
            self.seen.headings[-1] += data


def read(html: str) -> Seen:
    reader = _Reader()
    reader.feed(html)
    seen = reader.seen
    seen.faults += [f"input {i.get('name')!r} has no label" for i in seen.inputs if i.get("id") not in seen.labels]
    seen.faults += [f"id {one!r} is used twice" for one in {i for i in seen.ids if seen.ids.count(i) > 1}]
    if seen.post_forms > seen.tokens:
        seen.faults.append("a form without its token")
    if re.search(r"\{%|\{\{|%\(\w+\)s", html):
        seen.faults.append("template source in the page")
    if seen.is_page:
        if len(seen.headings) != 1:
            seen.faults.append(f"{len(seen.headings)} h1")
        elif seen.headings[0].strip() not in seen.title:
            seen.faults.append(f"title {seen.title!r} does not tell the h1 {seen.headings[0].strip()!r}")
    return seen


@cache
def _middleware():  # type: ignore[no-untyped-def]
    """The same for all clients: when it begins it looks through all assets, which takes longer than most pages."""
    handler = ClientHandler()
    handler.load_middleware()
    return handler._middleware_chain


class CheckingClient(Client):
    """Django's test client; every answer must carry the house's headers, and pages must stand the checks above."""

    def __init__(self, **given):  # type: ignore[no-untyped-def]
        super().__init__(**given)
        self.handler._middleware_chain = _middleware()

    def request(self, **request):  # type: ignore[no-untyped-def]
        response = super().request(**request)
        if response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
            faults = read(response.content.decode()).faults
            assert not faults, f"{request['PATH_INFO']}: {faults}"
            assert "no-store" in response.headers["Cache-Control"], request["PATH_INFO"]
        for name, value in _HEADERS.items():
            assert value in response.headers[name], f"{request['PATH_INFO']}: {name}"
        camera = "camera=(self)" if request["PATH_INFO"] == _WITH_CAMERA else "camera=()"
        # A refusal on the way to that page does without.
        assert {camera, "camera=()"} & set(response.headers["Permissions-Policy"].split(", ")), request["PATH_INFO"]
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        return response

    def region(self, path: str, target: str = "div", **data):  # type: ignore[no-untyped-def]
        """What htmx gets for an element, for example `div#children`."""
        response = self.get(path, data, HTTP_HX_TARGET=target, **_HTMX)
        assert not read(response.content.decode()).is_page, "a whole page where a region was asked for"
        return response
