"""The list of orders: the rated see their own, the office all. The colour is the task's, never people's."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.base.spoken import spoken
from dukao.voice.queries import orders as queries
from dukao.voice.queries.orders import OrderCounts, OrderView
from dukao.voice.rules.orders import STATES
from dukao.web import doors, words
from dukao.web.pages.orders import screen
from dukao.web.tables import Cell, Column, Table, row, table


@dataclass(frozen=True)
class OrdersPage:
    title: str
    counts: OrderCounts
    views: tuple[tuple[str, str, bool], ...]
    listed: Table
    tables: tuple[Table, ...]
    is_office: bool


@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    actor, today = doors.actor_of(request), doors.today()
    if not actor.has("VOICE_HOLD"):
        actor.require_anywhere("ORDERS_ANSWER")
    chosen = request.GET.get("state", "")
    only_late, state = chosen == "late", chosen if chosen in STATES else ""
    listed = orders_table(
        "orders", _("差评工单"), queries.orders(viewer=actor, today=today, state=state, only_late=only_late)
    )
    counts = queries.order_counts(viewer=actor, today=today)
    address = reverse("orders")
    views = (
        (_("全部 {n}").format(n=counts.all), address, not chosen),
        (_("超过期限 {n}").format(n=counts.late), f"{address}?state=late", only_late),
        *((f"{spoken(name)} {counts.by_state.get(of, 0)}", f"{address}?state={of}", of == state)
          for of, name in STATES.items()),
    )  # fmt: skip
    page = OrdersPage(_("差评处置"), counts, views, listed, (listed,), actor.has("VOICE_HOLD"))
    return doors.render(request, "orders/list.html", page)


def orders_table(key: str, caption: str, found: tuple[OrderView, ...]) -> Table:
    """Orders as they are listed everywhere."""
    rows = []
    for one in found:
        tone, state = screen.state_of(one)
        due_tone, due = screen.due_of(one)
        rows.append(row(
            Cell(screen.rated_as(one), href=reverse("orders.page", args=[one.number]), note=one.number), one.subject,
            Cell(one.comment[:60] + ("…" if len(one.comment) > 60 else "")), Cell(state, tone=tone),
            Cell(due, raw=one.due_on.isoformat() if one.due_on else "", tone=due_tone),  # type: ignore[arg-type]
            Cell(words.day(one.released_on or one.received_on), raw=(one.released_on or one.received_on).isoformat()),
        ))  # fmt: skip
    columns = [
        Column(_("评价"), is_sticky=True), Column(_("评的是")), Column(_("原话（已遮盖）"), "prose"),
        Column(_("状态"), "badge"), Column(_("这一步的期限"), "badge"), Column(_("收到"), "date"),
    ]  # fmt: skip
    return table(key, caption, columns, rows, empty=_("没有差评工单。"), is_filtered=len(rows) > 12,
                 is_synthetic=any(one.is_synthetic for one in found),
                 source=_("按天成批送达，看不到是谁、几点评的。颜色说的是这件事，不是人。"))  # fmt: skip
