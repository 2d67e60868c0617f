"""Random draws (双随机): promised, drawn on a later day, and published so that anyone can replay them."""

import json
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.wording import joined, said_of
from dukao.gate import actions, queries
from dukao.gate.queries import DrawView
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.tables import Cell, Column, Table, row, table


@dataclass(frozen=True)
class DrawsPage:
    title: str
    may_promise: bool
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class PromisePage:
    title: str
    crumbs: tuple[Crumb, ...]
    items: tuple[tuple[str, str], ...]
    typed: dict[str, str]
    refused: Refused | None = None

    @property
    def errors(self) -> dict[str, str]:
        return getattr(self.refused, "errors", {})


@dataclass(frozen=True)
class DrawPage:
    title: str
    crumbs: tuple[Crumb, ...]
    draw: DrawView
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    is_open: bool  # the public part may be there by now
    refused: Refused | None = None


@require_GET
def draws(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    if not actor.has("DEMANDS_SEE_ALL"):
        actor.require_anywhere("DEMANDS_ISSUE")
    rows = [
        row(
            Cell(d.item_title, href=reverse("draws.page", args=[d.number]), note=d.number), d.department_name,
            _("{wanted} / {all} 个单位").format(wanted=d.units_wanted, all=d.unit_count),
            Cell(words.day(d.promised_at), raw=d.promised_at.isoformat()),
            Cell(_("已抽取"), tone="ok") if d.drawn_at else Cell(_("已承诺，待抽取"), tone="wait"),
        )
        for d in queries.draws(viewer=actor)
    ]  # fmt: skip
    columns = [Column(_("事项"), is_sticky=True), Column(_("谁抽")), Column(_("抽多少")), Column(_("承诺"), "date"),
               Column(_("状态"), "badge")]  # fmt: skip
    found = table("draws", _("抽取（{n} 次）").format(n=len(rows)), columns, rows, empty=_("还没有抽取过。"))
    page = DrawsPage(_("双随机抽取"), actor.has("DEMANDS_ISSUE"), (found,))  # fmt: skip
    return doors.render(request, "draws/list.html", page)


@require_http_methods(["GET", "POST"])
def promise(request: HttpRequest) -> HttpResponse:
    """What will be drawn from, and where the public part will come from: from then on nothing can be changed."""
    actor = doors.actor_of(request)
    actor.require_anywhere("DEMANDS_ISSUE")
    if request.method == "GET":
        return doors.render(request, "draws/new.html", _promise_page(request, {}))
    typed = request.POST.dict()
    try:
        done = actions.promise_draw(
            item=typed.get("item", "")[:32], units=[], units_wanted=_count(typed, "units_wanted"),
            inspectors=_inspectors(typed.get("inspectors", "")), inspectors_wanted=_count(typed, "inspectors_wanted"),
            public_source=typed.get("public_source", ""), by=actor, at=doors.now(),
        )  # fmt: skip
    except NotThere:
        raise
    except Refused as refused:
        page = _promise_page(request, typed, refused)
        return doors.render(request, "draws/new.html", page, status=refused.status)
    doors.tell(request, _("承诺已公布。公开数产生以后，再来抽取"))
    return doors.go(request, reverse("draws.page", args=[done.number]))


@require_GET
def draw(request: HttpRequest, number: str) -> HttpResponse:
    return doors.render(request, "draws/page.html", _draw_page(request, number))


@require_POST
def draw_now(request: HttpRequest, number: str) -> HttpResponse:
    try:
        actions.draw_units(number=number, public_part=request.POST.get("public_part", ""),
                           by=doors.actor_of(request), at=doors.now())  # fmt: skip
    except NotThere:
        raise
    except Refused as refused:
        page = _draw_page(request, number, refused)
        return doors.render(request, "draws/page.html", page, status=refused.status)
    doors.tell(request, _("已抽取。任何人都可以用公布的记录重算一遍"))
    return doors.go(request, reverse("draws.page", args=[number]))


@require_GET
def record(request: HttpRequest, number: str) -> HttpResponse:
    """The published record, for `dukao draw replay` or the few lines of Python that do the same."""
    published = queries.published_draw(number=number, viewer=doors.actor_of(request))
    response = HttpResponse(json.dumps(published, ensure_ascii=False, indent=2), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{number}.json"'
    return response


def _promise_page(request: HttpRequest, typed: dict[str, str], refused: Refused | None = None) -> PromisePage:
    items = queries.items_to_book(viewer=doors.actor_of(request), today=doors.today())
    way = (
        Crumb(_("检查"), reverse("visits")),
        Crumb(_("双随机抽取"), reverse("draws")),
        Crumb(_("承诺一次抽取")),
    )
    return PromisePage(_("承诺一次抽取"), way, tuple((one.number, one.title) for one in items),
                       {"units_wanted": "5", "inspectors_wanted": "2"} | typed, refused)  # fmt: skip


def _draw_page(request: HttpRequest, number: str, refused: Refused | None = None) -> DrawPage:
    found = queries.draw(number=number, viewer=doors.actor_of(request))
    facts = (
        (_("事项"), f"{found.item_title} · {found.item_number}"),
        (_("谁抽"), found.department_name),
        (_("抽多少"), _("从 {all} 个单位抽 {wanted} 个，每个单位派 {people} 人（从 {inspectors} 人里抽）").format(
            all=found.unit_count, wanted=found.units_wanted, people=found.inspectors_wanted,
            inspectors=found.inspector_count)),
        (_("公开数取自"), found.public_source),
        (_("承诺（SHA-256）"), found.commitment),
        (_("承诺时间"), words.moment(found.promised_at)),
        (_("公开数"), found.public_part),
        (_("种子"), found.seed),
        (_("抽取时间"), words.moment(found.drawn_at)),
    )  # fmt: skip
    rows = [
        row(str(place), unit.name, joined(unit.inspectors),
            joined(said_of(who, why) for who, why in unit.passed_over))
        for place, unit in enumerate(found.result, start=1)
    ]  # fmt: skip
    columns = [
        Column(_("顺序"), "number"),
        Column(_("单位"), is_sticky=True),
        Column(_("派谁去")),
        Column(_("回避"), "prose"),
    ]
    drawn = table("drawn", _("抽取结果"), columns, rows, empty=_("还没有抽取。"))
    way = (Crumb(_("双随机抽取"), reverse("draws")), Crumb(found.number))
    return DrawPage(
        title=_("抽取 {number}").format(number=found.number), crumbs=way,
        draw=found, facts=tuple((label, text) for label, text in facts if text), tables=(drawn,),
        is_open=timezone.localdate(found.promised_at) < doors.today(), refused=refused,
    )  # fmt: skip


def _inspectors(raw: str) -> list[dict[str, object]]:
    """One line per person: `检查员甲 执法岗 回避 230208200200 籍贯`; the tie may be repeated."""
    people: list[dict[str, object]] = []
    for line in (one.strip() for one in raw.splitlines()):
        if not line:
            continue
        named, *ties = line.split(_TIE)
        parts = named.split()
        tied = [tie.split(maxsplit=1) for tie in ties]
        if len(parts) != 2 or any(len(tie) != 2 for tie in tied):
            raise Invalid(
                _("有一行读不懂"),
                errors={"inspectors": _("“{line}”：应为 称呼 岗位 回避 单位代码 原因").format(line=line[:40])},
            )
        people.append({"name": parts[0], "office": parts[1], "ties": [{"unit": u, "reason": r} for u, r in tied]})
    return people


_TIE = "回避"


def _count(typed: dict[str, str], name: str) -> int:
    raw = typed.get(name, "").strip()
    if not raw.isdecimal() or len(raw) > 5:
        raise Invalid(_("抽取的范围和数目填得不对"), errors={name: _("请填整数")})
    return int(raw)


urlpatterns = [
    path("draws/", draws, name="draws"),
    path("draws/new/", promise, name="draws.new"),
    path("draws/<str:number>/", draw, name="draws.page"),
    path("draws/<str:number>/drawing/", draw_now, name="draws.draw"),
    path("draws/<str:number>/record.json", record, name="draws.record"),
]
