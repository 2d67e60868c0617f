"""What the frame around every page needs, worked out once per page."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from dukao.org.rules import Actor
from dukao.web import doors, menu


@dataclass(frozen=True, slots=True)
class Frame:
    """`desk` is empty for strangers; `told` are the notices of what was just done."""

    actor: Actor | None
    desk: str
    desk_title: str
    other_desks: tuple[tuple[str, str], ...]
    links: tuple[menu.Link, ...]
    beside: tuple[tuple[str, str, bool], ...]
    told: tuple[str, ...]
    language: str
    languages: tuple[tuple[str, str], ...]
    is_large: bool
    is_synthetic: bool
    has_search: bool
    here: str


def frame(request: HttpRequest) -> dict[str, Any]:
    actor: Actor | None = getattr(request, "actor", None)
    desk = menu.desk_of(request, actor) if actor else ""
    here = request.resolver_match.url_name or "" if request.resolver_match else ""
    others = (
        tuple((role, str(menu.DESK_TITLES[role])) for role in menu.desks_of(actor) if role != desk) if actor else ()
    )
    return {
        "frame": Frame(
            actor=actor,
            desk=desk,
            desk_title=str(menu.DESK_TITLES.get(desk, "")),
            other_desks=others,
            links=menu.links(desk, here),
            beside=menu.beside(desk, here),
            told=_told(request) if actor else (),
            language=getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
            languages=tuple((code, str(label)) for code, label in settings.LANGUAGES),
            is_large=request.COOKIES.get("type") == "large",
            is_synthetic=settings.SYNTHETIC,
            has_search=desk in ("worker", "reviewer", "department", "supervision"),
            here=request.get_full_path(),
        )
    }


def _told(request: HttpRequest) -> tuple[str, ...]:
    """Notices stand on whole pages: a region that is fetched meanwhile leaves them to the next page."""
    return () if doors.wants_region(request) else tuple(request.session.pop("told", ()))
