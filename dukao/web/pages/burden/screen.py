"""What the pages of the ledger share: figures with their formula, columns of minutes, periods to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dukao.base.periods import Period
from dukao.base.refusals import Invalid
from dukao.gate.queries import FORMULAS, KIND_NAMES, Burden, KindBurden
from dukao.web import words
from dukao.web.tables import Cell, Column, Table, number, row, table
from dukao.web.times import amount, hours

_MONTHS_OFFERED = 12


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """`formula` stands under the figure: anybody can do the sum again."""

    title: str
    value: str
    unit: str
    formula: str
    note: str = ""


def measured(burden: Burden) -> Cell:
    """How much of it was measured, and of how many entries."""
    if not burden.n_measured:
        return number(None)
    told = ngettext("{n} 笔", "{n} 笔", burden.n_measured).format(n=f"{burden.n_measured:,}")
    cell = hours(burden.measured_hundredths)
    return Cell(cell.text, raw=cell.raw, note=told)


def burden_columns(unit: str = "") -> list[Column]:
    """The columns that `burden_cells` fills."""
    return [
        Column(_("落到单位"), "number", _("次")), Column(_("合计"), "number", _("小时")),
        Column(_("其中估算"), "number", _("小时")), Column(_("其中实测"), "number", _("小时")),
    ]  # fmt: skip


def burden_cells(burden: Burden) -> list[Cell]:
    return [
        number(burden.n), hours(burden.minutes_hundredths), hours(burden.estimated_hundredths), measured(burden)
    ]  # fmt: skip


def key_figures(whole: Burden, before: Burden) -> tuple[KeyFigure, ...]:
    """What stands at the head of every statement."""
    change = whole.minutes_hundredths - before.minutes_hundredths
    sign = "+" if change > 0 else "−" if change < 0 else ""
    figures = [
        KeyFigure(_("合计"), *amount(whole.minutes_hundredths), str(FORMULAS["minutes"]),
                  _("比上期 {change}").format(change=sign + words.hours(abs(change)))),
        KeyFigure(_("其中估算"), *amount(whole.estimated_hundredths), str(FORMULAS["estimated"]),
                  _("共 {n} 笔").format(n=f"{whole.n_estimated:,}")),
        KeyFigure(_("其中实测"), *amount(whole.measured_hundredths), str(FORMULAS["measured"]),
                  _("共 {n} 笔").format(n=f"{whole.n_measured:,}")),
        KeyFigure(_("已退回"), *amount(whole.given_back_hundredths), str(FORMULAS["given_back"]),
                  _("共 {n} 笔").format(n=f"{whole.n_given_back:,}")),
    ]  # fmt: skip
    if (percent := whole.measured_percent_of_estimate) is not None:
        figures.append(
            KeyFigure(_("实测占估算"), f"{percent}", "%", str(FORMULAS["accuracy"]),
                      _("共 {n} 笔").format(n=f"{whole.n_measured:,}"))
        )  # fmt: skip
    return tuple(figures)


def kinds_table(kinds: Sequence[KindBurden]) -> Table:
    rows = [row(str(KIND_NAMES[one.kind]), *burden_cells(one.burden)) for one in kinds]
    columns = [Column(_("是什么"), is_sticky=True), *burden_columns()]
    return table("kinds", _("按种类"), columns, rows, source=str(FORMULAS["minutes"]), empty=_("这一期没有任务。"))


def period_of(request: HttpRequest, today: date) -> Period:
    """The month, quarter or year that is asked for; this month where nothing is. Raises Invalid."""
    raw = request.GET.get("period", "").strip()
    try:
        period = Period.parse(raw) if raw else Period.of(today, "month")
    except ValueError:
        period = None
    if period is None or period.type == "day":
        why = _("“{raw}”应像 2026-10、2026Q4 或 2026").format(raw=raw[:20])
        raise Invalid(_("期别写得不对"), errors={"period": why})
    return period


def periods_offered(chosen: Period, today: date) -> tuple[tuple[str, str], ...]:
    """Next month, this one and those before; quarters and years around them."""
    month = Period.of(today, "month").next()
    months = [month.next(-step) for step in range(_MONTHS_OFFERED + 1)]
    quarter, year = Period.of(today, "quarter"), Period.of(today, "year")
    offered = [*months, quarter, quarter.previous(), year, year.previous()]
    if chosen not in offered:
        offered.insert(0, chosen)
    return tuple((period.code, words.period(period)) for period in offered)
