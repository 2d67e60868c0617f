"""Public: tasks by department and month, and how often what was closed was not fixed."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.base.periods import Period
from dukao.base.refusals import NotThere
from dukao.tasks import queries
from dukao.web import doors, words
from dukao.web.tables import Column, Table, number, row, table

_MONTHS = 12


@dataclass(frozen=True)
class MonthsPage:
    title: str
    months: tuple[tuple[str, str], ...]
    month: str
    told: str
    tables: tuple[Table, ...]


@doors.public
@require_GET
def months(request: HttpRequest) -> HttpResponse:
    this = Period.of(doors.today(), "month")
    year = Period.of(doors.today(), "year")
    offered = (year, *(this.next(-back) for back in range(_MONTHS + 1)))
    period = _chosen(request.GET.get("month", "") or year.code, offered)
    counts = queries.published_counts(period=period, today=doors.today())
    confirmed, denied = sum(c.confirmed for c in counts), sum(c.denied for c in counts)
    rows = [
        row(c.name, number(c.set), number(c.closed), number(c.confirmed), number(c.denied), number(c.late),
            _rate(c.premature.percent, c.premature.n))
        for c in counts
    ]  # fmt: skip
    columns = [
        Column(_("谁的事"), is_sticky=True), Column(_("交办"), "number", _("件")), Column(_("办结"), "number", _("次")),
        Column(_("确认解决"), "number", _("次")), Column(_("说没有解决"), "number", _("次")),
        Column(_("过期"), "number", _("件")), Column(_("没办好就办结"), "prose"),
    ]  # fmt: skip
    found = table(
        "tasks_month", words.period(period), columns, rows, empty=_("这段时间没有督办。"),
        source=_(
            "没办好就办结 = 说没有解决 ÷ 答了的。由提出人或随机抽到的单位来答。按部门代码排列，不作排名。"
        ),
    )  # fmt: skip
    page = MonthsPage(
        title=_("督办办得怎么样"), months=tuple((p.code, words.period(p)) for p in offered), month=period.code,
        told=_("办结以后有人答的 {n} 次，其中 {denied} 次说没有解决。").format(n=confirmed + denied, denied=denied),
        tables=(found,),
    )  # fmt: skip
    return doors.render(request, "tasks/months.html", page)


def _chosen(code: str, offered: tuple[Period, ...]) -> Period:
    for one in offered:
        if one.code == code:
            return one
    raise NotThere(_("没有这个月"), todo=_("请从列表里选"))


def _rate(percent: int | None, n: int) -> str:
    if percent is None:
        return _("答的太少，说明不了（{n} 次）").format(n=n)
    return _("{percent}%（{n} 次里）").format(percent=percent, n=n)
