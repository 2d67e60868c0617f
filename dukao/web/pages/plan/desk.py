"""The office's plan desk: what waits, what the rules say of it, what could be one visit; merge, freeze, publish."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.gate import actions, queries
from dukao.gate.queries import ItemView, PlanView
from dukao.gate.rules.hits import RuleHit
from dukao.gate.rules.overlap import Overlap
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.plan import screen, shown
from dukao.web.pages.plan.screen import Asked, SaidHit
from dukao.web.tables import Table, Tone


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposed item as the office weighs it."""

    number: str
    href: str
    title: str
    department: str
    facts: str
    cost: str
    origin: tuple[Tone, str] | None
    hits: tuple[SaidHit, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two items that could be one visit."""

    first: tuple[str, str, str, str]  # number, title, department, address
    second: tuple[str, str, str, str]
    told: str
    may_merge: bool

    @property
    def sides(self) -> tuple[tuple[str, str, str, str], ...]:
        return self.first, self.second


@dataclass(frozen=True)
class DeskPage:
    title: str
    crumbs: tuple[Crumb, ...]
    plan: PlanView
    state: tuple[Tone, str]
    years: tuple[tuple[str, str, bool], ...]
    asked: Asked
    counts: tuple[tuple[str, int, str], ...]
    waiting: tuple[Waiting, ...]
    mergeable: tuple[tuple[str, str], ...]
    pairs: tuple[Pair, ...]
    decided: Table
    tables: tuple[Table, ...]
    is_synthetic: bool
    reason: str = ""
    refusal: Refused | None = None


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    return doors.render(request, "plan/desk.html", _page(request))


@require_POST
def merge(request: HttpRequest) -> HttpResponse:
    """Make one of those that were ticked, carried by the one that was chosen."""

    def do(asked: Asked) -> str:
        done = actions.merge_items(
            into=request.POST.get("into", ""), numbers=request.POST.getlist("number"),
            reason=request.POST.get("reason", ""), by=doors.actor_of(request), at=doors.now(),
        )  # fmt: skip
        return ngettext(
            "已并入 {number}，少去 {n} 次；请再审议合并后的一项", "已并入 {number}，少去 {n} 次；请再审议合并后的一项",
            done.visits_saved,
        ).format(number=done.number, n=done.visits_saved)  # fmt: skip

    return _done(request, do)


@require_POST
def freeze(request: HttpRequest) -> HttpResponse:
    def do(asked: Asked) -> str:
        actions.freeze_plan(year=asked.year, unit=asked.unit, by=doors.actor_of(request), at=doors.now())
        return _("{year} 年计划已定稿，不再收新的事项").format(year=asked.year)

    return _done(request, do)


@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    def do(asked: Asked) -> str:
        actions.publish_plan(year=asked.year, unit=asked.unit, by=doors.actor_of(request), at=doors.now())
        return _("{year} 年计划已公布，各单位都能看到谁会来").format(year=asked.year)

    return _done(request, do)


def _done(request: HttpRequest, do: Callable[[Asked], str]) -> HttpResponse:
    """What cannot be done is told on the desk; other answers are the doors'."""
    actor = doors.actor_of(request)
    actor.require_anywhere("PLAN_DECIDE")
    asked = _asked(request)
    try:
        told = do(asked)
    except Refused as refused:
        if refused.status not in (Refused.status, Invalid.status):
            raise
        page = _page(request, refusal=refused, reason=request.POST.get("reason", ""))
        return doors.render(request, "plan/desk.html", page, status=refused.status)
    doors.tell(request, told)
    return doors.go(request, reverse("plan.desk") + asked.query)


def _asked(request: HttpRequest) -> Asked:
    """The plan that the page is about: by the address, or by the form that was posted."""
    asked = screen.asked(request, doors.actor_of(request))
    year, unit = request.POST.get("year"), request.POST.get("unit", "")[:12]
    return Asked(doors.year_in(year) if year else asked.year, unit or asked.unit, None)


def _page(request: HttpRequest, *, reason: str = "", refusal: Refused | None = None) -> DeskPage:
    actor, today = doors.actor_of(request), doors.today()
    actor.require_anywhere("PLAN_DECIDE")
    asked = _asked(request)
    plan = queries.plan(year=asked.year, unit=asked.unit, viewer=actor)
    if not plan.may_decide:
        raise NotThere()
    where = {"year": asked.year, "unit": asked.unit, "viewer": actor, "on": today}
    items = {item.number: item for item in queries.plan_items(**where)}
    hits = queries.hits_of_items(**where)
    waiting = tuple(_waiting(item, hits.get(item.number, ())) for item in items.values() if item.state == "proposed")
    decided = screen.items_table(
        [item for item in items.values() if item.state != "proposed"], key="decided", caption=_("已经决定的"),
        empty=_("还没有决定过。"),
    )  # fmt: skip
    return DeskPage(
        title=_("{year} 年计划审议台").format(year=asked.year),
        crumbs=screen.crumbs(Crumb(_("审议台"))),
        plan=plan,
        state=(screen.PLAN_TONES[plan.state], plan.state_label),
        years=shown.years(asked, actor, "plan.desk"),
        asked=asked,
        counts=_counts(list(items.values())),
        waiting=waiting,
        mergeable=tuple(
            (item.number, f"{item.number} {item.title}") for item in items.values() if "merge" in item.may
        ),
        pairs=tuple(_pair(one, items) for one in queries.overlapping_items(**where)),
        decided=decided,
        tables=(decided,),
        is_synthetic=any(item.is_synthetic for item in items.values()),
        reason=reason,
        refusal=refusal,
    )  # fmt: skip


def _counts(items: list[ItemView]) -> tuple[tuple[str, int, str], ...]:
    approved = [item for item in items if item.state == "approved"]
    return (
        (_("待审"), sum(item.state == "proposed" for item in items), _("项")),
        (_("已批准"), len(approved), _("项")),
        (_("批准的总次数"), sum(item.visits_most for item in approved), _("次")),
        (_("已并入"), sum(item.state == "merged" for item in items), _("项")),
    )


def _waiting(item: ItemView, hits: Sequence[RuleHit]) -> Waiting:
    minutes = item.visits_most * item.minutes_hundredths_per_visit
    return Waiting(
        number=item.number,
        href=reverse("plan.item", args=[item.number]),
        title=item.title,
        department=item.department_name,
        facts=" · ".join([item.topic_title, item.method_label, screen.reach(item), screen.window(item)]),
        cost=_("最多 {n} 次，{hours}").format(n=f"{item.visits_most:,}", hours=words.hours(minutes)),
        origin=(screen.ORIGIN_TONES[item.origin], item.origin_label) if item.origin != "planned" else None,
        hits=tuple(screen.said(hit) for hit in hits),
    )


def _pair(one: Overlap, items: dict[str, ItemView]) -> Pair:
    first, second = items[one.first], items[one.second]
    units = ngettext("{n} 个共同对象", "{n} 个共同对象", len(one.units)).format(n=f"{len(one.units):,}")
    apart = (
        ngettext("时间相隔 {n} 个工作日", "时间相隔 {n} 个工作日", one.apart_workdays).format(n=one.apart_workdays)
        if one.apart_workdays else _("时间重叠")
    )  # fmt: skip
    return Pair(
        first=_side(first), second=_side(second),
        told=" · ".join([units, apart, _("重合 {percent}%").format(percent=one.percent)]),
        may_merge="merge" in first.may and "merge" in second.may,
    )  # fmt: skip


def _side(item: ItemView) -> tuple[str, str, str, str]:
    return item.number, item.title, item.department_name, reverse("plan.item", args=[item.number])
