"""The list of tasks: what waits for whoever looks first, then by the day it is due."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.tasks import queries
from dukao.tasks.queries import TaskLine
from dukao.tasks.rules.lights import LIGHTS, Light
from dukao.tasks.rules.states import OVER
from dukao.web import doors, words
from dukao.web.pages.tasks import screen
from dukao.web.tables import Cell, Column, Table, row, table

_LIT: tuple[Light, ...] = ("red", "yellow", "green")


@dataclass(frozen=True)
class TasksPage:
    title: str
    may_set: bool
    waiting: tuple[tuple[str, str, str, str, str, str], ...]  # href, title, facts, tone, word, next step
    views: tuple[tuple[str, str, bool], ...]
    lights: tuple[tuple[str, str, bool], ...]
    tables: tuple[Table, ...]
    is_synthetic: bool


@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    if not actor.has("TASKS_DO"):
        actor.require_anywhere("TASKS_DECIDE")
    found = queries.tasks(viewer=actor, today=doors.today())
    view, light = request.GET.get("view", "open"), request.GET.get("light", "")
    chosen = [one for one in found if _is_in(one, view) and (not light or one.light == light)]
    waiting = tuple(
        (reverse("tasks.page", args=[one.number]), one.title,
         f"{one.number} · {one.lead_name} · {screen.due_of(one, doors.today())}", *screen.light_of(one), one.next_step)
        for one in found if one.next_step
    )  # fmt: skip
    page = TasksPage(
        title=_("督办"), may_set=actor.has("TASKS_DECIDE"), waiting=waiting[:12],
        views=tuple(
            (label, f"?{urlencode({'view': name})}", name == view)
            for name, label in (("open", _("在办")), ("mine", _("我办的")), ("over", _("已了结")), ("all", _("全部")))
        ),
        lights=tuple(
            (_(LIGHTS[name]), f"?{urlencode({'view': view, 'light': '' if light == name else name})}", light == name)
            for name in _LIT
        ),
        tables=(_table(chosen),), is_synthetic=any(one.is_synthetic for one in found),
    )  # fmt: skip
    return doors.render(request, "tasks/list.html", page)


def _is_in(one: TaskLine, view: str) -> bool:
    if view == "mine":
        return one.is_mine
    return view == "all" or (one.state in OVER) == (view == "over")


def _table(found: list[TaskLine]) -> Table:
    today = doors.today()
    rows = []
    for one in found:
        lit = Cell(one.light_label, tone=screen.LIGHT_TONES[one.light]) if one.light != "out" else Cell("–", raw="")
        rows.append(row(
            Cell(one.title, href=reverse("tasks.page", args=[one.number]), note=one.number), one.lead_name,
            one.place_name, one.asker_name,
            Cell(words.day(one.due_on, today), raw=one.due_on.isoformat(),
                 note=_("延期 {n} 次").format(n=one.n_extensions) if one.n_extensions else ""),
            Cell(f"{one.n_reached} / {one.n_milestones}", raw=one.n_reached),
            lit, Cell(one.state_label, tone=screen.STATE_TONES[one.state]),
        ))  # fmt: skip
    columns = [
        Column(_("督办"), is_sticky=True), Column(_("牵头")), Column(_("地方")), Column(_("谁的事")),
        Column(_("截止"), "date"), Column(_("节点"), "number"), Column(_("灯"), "badge"), Column(_("状态"), "badge"),
    ]  # fmt: skip
    return table(
        "tasks", _("督办（{n} 件）").format(n=len(rows)), columns, rows, empty=_("没有这样的督办。"),
        source=_("灯只对事，不对人；异议和延期没有决定时不亮。"), is_filtered=len(rows) > 12,
        is_synthetic=any(one.is_synthetic for one in found),
    )  # fmt: skip
