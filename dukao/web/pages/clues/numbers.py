"""Public: clues in counts, by kind; nothing so small that somebody might be recognised."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.voice.queries import clues as queries
from dukao.web import doors
from dukao.web.tables import Cell, Column, Table, number, row, table


@dataclass(frozen=True)
class NumbersPage:
    title: str
    lines: tuple[str, ...]
    tables: tuple[Table, ...]
    is_synthetic: bool


@doors.public
@require_GET
def numbers(request: HttpRequest) -> HttpResponse:
    today = doors.today()
    year = (today.replace(day=1) - timedelta(days=1)).year  # of the last month that is over
    seen = queries.statistics(year=year, today=today)
    few = _("少于 {n}").format(n=seen.floor)
    rows = [
        row(kind.title, Cell(few, raw="") if kind.received is None else number(kind.received)) for kind in seen.kinds
    ]
    columns = [Column(_("反映什么"), is_sticky=True), Column(_("件数"), "number", _("件"))]
    found = table(
        "clue_kinds", _("{year} 年收到的线索").format(year=year), columns, rows, is_synthetic=seen.is_synthetic,
        source=_("只计已经过完的月份；少于 {n} 件的不公布，免得认出是谁。").format(n=seen.floor),
    )  # fmt: skip
    return doors.render(
        request, "clues/numbers.html",
        NumbersPage(_("问题直通车统计"), _lines(seen, few), (found,), seen.is_synthetic),
    )  # fmt: skip


def _lines(seen: queries.ClueStatistics, few: str) -> tuple[str, ...]:
    def told(n: int | None) -> str:
        return few if n is None else f"{n:,}"

    return (
        _("收到：{n} 件。").format(n=told(seen.received)),
        _("办结：{n} 件，其中按期：{m} 件。").format(n=told(seen.closed), m=told(seen.in_time)),
        _("反映人说了解决没有：{n} 件，其中说没有解决、重新办理：{m} 件。").format(
            n=told(seen.judged), m=told(seen.denied)
        ),
    )
