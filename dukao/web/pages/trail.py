"""The auditor's desk: what was done, by whom and when, and whether the chain of seals is whole."""

import json
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dukao.base.refusals import Invalid, Refused
from dukao.base.trail import Break, broken_seals
from dukao.base.wording import clauses
from dukao.org import queries as org
from dukao.org.queries import trail as queries
from dukao.org.rules import Actor
from dukao.web import doors
from dukao.web.tables import Cell, Column, Table, row, table
from dukao.web.verbs import VERBS, verb_title

_SHOWN, _EXPORTED = 100, 20_000
_FILTERS = ("actor", "verb", "subject", "unit", "since", "until")
# Walking the chain takes about a second per 20,000 events; a longer one is checked by command.
_WALKED_ON_A_PAGE, _BREAKS_SHOWN = 200_000, 100


@dataclass(frozen=True)
class TrailPage:
    title: str
    wanted: dict[str, str]
    verbs: tuple[tuple[str, str], ...]
    events: Table
    older: int | None
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class ChainPage:
    title: str
    chain: queries.ChainView
    is_checked: bool
    breaks: tuple[Break, ...]
    is_too_long: bool


@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """The events, newest first, narrowed by who, what, about what, where, and when."""
    actor = doors.actor_of(request)
    wanted = {key: request.GET.get(key, "").strip()[:200] for key in _FILTERS}
    place = _unit(wanted, actor)
    before = request.GET.get("before", "")
    found = queries.events(
        viewer=actor,
        actor=wanted["actor"],
        verb=wanted["verb"],
        subject=wanted["subject"],
        unit_path=place.path if place else "",
        since=_day(wanted, "since"),
        until=_day(wanted, "until"),
        before_id=int(before) if before.isdecimal() and len(before) < 19 else None,
        most=_EXPORTED if request.GET.get("export") else _SHOWN,
    )
    listed = _table(found, _("事件：{unit}及以下").format(unit=place.name) if place else _("事件"))
    page = TrailPage(
        title=_("操作记录"),
        wanted=wanted,
        verbs=(("", _("全部")), *((verb, str(title)) for verb, title in VERBS.items())),
        events=listed,
        older=found[-1].id if len(found) == _SHOWN else None,
        tables=(listed,),
    )
    return doors.render(request, "trail/page.html", page)


@require_http_methods(["GET", "POST"])
def seals(request: HttpRequest) -> HttpResponse:
    """The state of the chain; on request every link is worked out again."""
    chain = queries.chain(viewer=doors.actor_of(request))
    is_too_long = chain.sealed > _WALKED_ON_A_PAGE
    if request.method == "POST" and is_too_long:
        raise Refused(
            _("链条太长，不在页面上核验"),
            why=_("共有 {count} 个事件，逐个核验要几分钟").format(count=f"{chain.sealed:,}"),
            todo=_("在服务器上运行 dukao check --only trail"),
        )
    is_checked = request.method == "POST"
    breaks = tuple(islice(broken_seals(), _BREAKS_SHOWN)) if is_checked else ()
    return doors.render(request, "trail/seals.html", ChainPage(_("封存链"), chain, is_checked, breaks, is_too_long))


def _table(events: tuple[queries.EventView, ...], caption: str) -> Table:
    return table(
        "events",
        caption,
        [
            Column(_("时间"), "date", is_sortable=False),
            Column(_("谁"), is_sortable=False),
            Column(_("做了什么"), is_sortable=False),
            Column(_("对什么"), is_sortable=False),
            Column(_("详情"), "prose", is_sortable=False),
            Column(_("封存"), "number", is_sortable=False),
        ],
        [
            row(
                Cell(f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}"),
                event.actor,
                Cell(verb_title(event.verb), note=event.verb),
                event.subject,
                _detail(event.detail),
                Cell(f"{event.position:,}", raw=event.position) if event.position else Cell(_("待封存")),
            )
            for event in events
        ],
        empty=_("没有符合的事件。"),
        source=_("封存号是事件在哈希链中的位置；链条断开可在“封存链”页核验。"),
    )


def _detail(detail: dict[str, Any]) -> str:
    """`post: tax-data；from: 2026-01-01`: the facts of the matter on one line."""
    told = (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in detail.values())
    return clauses(f"{name}: {value}" for name, value in zip(detail, told, strict=True))


def _unit(wanted: dict[str, str], actor: Actor) -> org.UnitView | None:
    """The unit that was named; of several the one highest up. Raises NotAllowed, Invalid."""
    actor.require_anywhere("TRAIL_SEE")
    if not wanted["unit"]:
        return None
    found = org.search_units(text=wanted["unit"], viewer=actor, most=1)
    if not found:
        raise Invalid(_("没有找到单位"), errors={"unit": _("请写单位的名称或 12 位代码")})
    return found[0]


def _day(wanted: dict[str, str], name: str) -> date | None:
    text = wanted[name]
    try:
        found = date.fromisoformat(text) if text else None
        # Beyond these years the calendar itself ends.
        if found and not 1900 <= found.year <= 2200:
            raise ValueError(text)
        return found
    except ValueError:
        raise Invalid(_("日期写得不对"), errors={name: _("请写成 2026-10-08 这样")}) from None


urlpatterns = [
    path("trail/", trail, name="trail"),
    path("trail/seals/", seals, name="seals"),
]
