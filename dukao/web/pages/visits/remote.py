"""A visit that needs nobody to come: the item's questions, answered from data under the department's own rights."""

import secrets
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dukao.base.refusals import NotThere, Refused
from dukao.base.wording import joined
from dukao.gate import actions, queries
from dukao.gate.queries import RemoteLook, UnitsToBook
from dukao.gate.rules.items import REMOTE_METHOD
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.doors import Crumb


@dataclass(frozen=True)
class RemotePage:
    title: str
    crumbs: tuple[Crumb, ...]
    items: tuple[tuple[str, str], ...]
    item: str
    units: tuple[tuple[str, str, str], ...]  # address, name, above
    more: int  # units that are not among them
    text: str
    look: RemoteLook | None
    may_come: bool  # whether the item may also be carried out on the spot
    answered: tuple[tuple[str, str, str], ...]
    request_key: str
    refused: Refused | None = None


@require_http_methods(["GET", "POST"])
def look(request: HttpRequest) -> HttpResponse:
    """Choose an item and a unit and see what the data say (GET); put it on record instead of a visit (POST)."""
    actor = doors.actor_of(request)
    actor.require_anywhere("DEMANDS_ISSUE")
    given = (request.GET if request.method == "GET" else request.POST).dict()
    if request.method == "GET":
        return doors.render(request, "visits/remote.html", _page(actor, given))
    try:
        done = actions.look_remotely(
            item=given.get("item", "")[:32], unit=given.get("unit", "")[:12],
            request_key=given.get("request_key", "")[:64], by=actor, at=doors.now(),
        )  # fmt: skip
    except NotThere:
        raise
    except Refused as refused:
        return doors.render(request, "visits/remote.html", _page(actor, given, refused), status=refused.status)
    doors.tell(request, _("已记为一次不到现场的检查，没有占用基层时间"))
    return doors.go(request, reverse("visits.page", args=[done.number]))


def _page(actor: Actor, given: dict[str, str], refused: Refused | None = None) -> RemotePage:
    today = doors.today()
    items = tuple(one for one in queries.items_to_book(viewer=actor, today=today) if one.elements)
    chosen = next((one for one in items if one.number == given.get("item")), None)
    item = chosen.number if chosen else ""
    text, found = given.get("q", "").strip()[:40], None
    units = UnitsToBook()
    if item and given.get("unit"):
        found = queries.remote_look(item=item, unit=given["unit"][:12], viewer=actor, on=today)
    elif item:
        units = queries.units_to_book(item=item, viewer=actor, on=today, text=text)
    return RemotePage(
        title=_("不到现场看数据"), crumbs=(Crumb(_("检查"), reverse("visits")), Crumb(_("不到现场看数据"))),
        items=tuple((one.number, one.title) for one in items), item=item,
        units=tuple((f"?item={item}&unit={u.code}", u.name, u.above) for u in (*units.open, *units.spent)),
        more=units.open_count - len(units.open), text=text, look=found,
        may_come=chosen is not None and chosen.method != REMOTE_METHOD,
        answered=tuple((s.question, f"{s.value} {s.unit}".strip(), joined([words.period(s.period), s.source]))
                       for s in found.answered) if found else (),
        request_key=given.get("request_key") or secrets.token_urlsafe(24), refused=refused,
    )  # fmt: skip
