"""Pages in Traditional Chinese: names and words that come from the database are written as the interface around them.

The interface's own strings were converted when the project was built (tools/messages.py). The rest is converted when
the page is done: the text between tags and the spoken attributes, never what a form sends back.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from opencc import OpenCC

# What a person typed stays as it was typed: fields keep their values.
_PLACES = re.compile(
    r"""<textarea\b.*?</textarea>|>[^<]*[一-鿿][^<]*|\b(?:title|aria-label|placeholder|label)="[^"]*[一-鿿][^"]*\"""",
    re.S,
)


class Traditional:
    """Converts whole pages and regions for those who chose Traditional Chinese."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if get_language() == "zh-hant" and not response.streaming and _is_page(response):
            response.content = traditional_page(response.content.decode())
        return response


def traditional_page(html: str) -> str:
    return _PLACES.sub(lambda found: found[0] if found[0].startswith("<textarea") else traditional(found[0]), html)


@lru_cache(maxsize=16_384)
def traditional(text: str) -> str:
    """The text in traditional characters; the words stay."""
    return _converter().convert(text)


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("s2t")


def _is_page(response: HttpResponse) -> bool:
    return response.get("Content-Type", "").startswith("text/html")
