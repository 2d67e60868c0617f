"""What the pages of surveys share: shares as people read them, intervals as drawings, states as badges."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.voice.queries.surveys import EstimateView
from dukao.web.figures import NO_BREAK
from dukao.web.tables import Cell, Column, Table, row, table

_TONES = {
    "designed": "plain",
    "promised": "wait",
    "drawn": "wait",
    "field": "info",
    "closed": "wait",
    "published": "ok",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One interval in a drawing of 0 to 100; `low` and `wide` are empty where there is none."""

    label: str
    text: str
    place: str
    low: str
    wide: str


def percent(share: float | None, *, places: int = 1) -> str:
    return "–" if share is None else f"{100 * share:.{places}f}%"


def interval_text(one: EstimateView) -> str:
    """`81.2–86.0%`; for a mean in its own units; empty where the sample has no margin."""
    if one.low is None or one.high is None:
        return ""
    if one.kind == "mean":
        return f"{one.low:.2f}–{one.high:.2f}"
    return f"{100 * one.low:.1f}–{100 * one.high:.1f}%"


def value_text(one: EstimateView) -> str:
    return f"{one.value:.2f}" if one.kind == "mean" else percent(one.value)


def bars(found: Sequence[tuple[str, EstimateView]]) -> tuple[Bar, ...]:
    """Each with its interval; a mean is drawn against the largest bound of all."""
    top = max((one.high or one.value for _label, one in found if one.kind == "mean"), default=1.0) or 1.0
    return tuple(_bar(label, one, top if one.kind == "mean" else 1.0) for label, one in found)


def _bar(label: str, one: EstimateView, top: float) -> Bar:
    interval = interval_text(one)
    text = f"{value_text(one)}{NO_BREAK}({interval})" if interval else value_text(one)
    if one.low is None or one.high is None:
        return Bar(label, text, f"{100 * one.value / top:.2f}", "", "")
    wide = max(100 * (one.high - one.low) / top, 0.4)
    return Bar(label, text, f"{100 * one.value / top:.2f}", f"{100 * one.low / top:.2f}", f"{wide:.2f}")


def estimates_table(key: str, caption: str, found: Sequence[tuple[str, EstimateView]], *, head: str) -> Table:
    """The same figures as a table: value, interval, answers, what they are worth, design effect."""
    rows = [
        row(
            label, Cell(value_text(one), raw=str(round(one.value, 6))), interval_text(one) or _("没有误差范围"),
            Cell(f"{one.n:,}", raw=one.n), Cell(f"{one.n_eff:,.0f}", raw=str(one.n_eff)),
            Cell("–" if one.deff is None else f"{one.deff:.2f}"),
        )
        for label, one in found
    ]  # fmt: skip
    columns = [
        Column(head, is_sticky=True), Column(_("结果"), "number"), Column(_("95% 区间"), "number"),
        Column(_("样本量"), "number", unit=_("份")), Column(_("有效样本量"), "number", unit=_("份")),
        Column(_("设计效应"), "number"),
    ]  # fmt: skip
    return table(key, caption, columns, rows, is_exported=True)


_STATES = {
    "designed": _l("已设计"), "promised": _l("已承诺抽样"), "drawn": _l("已抽样"), "field": _l("访问中"),
    "closed": _l("访问结束"), "published": _l("已发布"),
}  # fmt: skip


def state_cell(state: str) -> Cell:
    return Cell(str(_STATES[state]), tone=_TONES[state])  # type: ignore[arg-type]
