"""What the unit pages say alike: changes, gaps, sources, ages, and a figure in a table's cell."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dukao.base.periods import Period
from dukao.base.wording import joined
from dukao.indicators.queries import Card, ChildCell, UnitPage
from dukao.web import words
from dukao.web.figures import format_change, format_figure
from dukao.web.pages.units.asked import Asked
from dukao.web.tables import Cell


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure compares; `icon` tells up, down or same beside the word."""

    text: str
    icon: str


def change(card: Card) -> Change | None:
    """The card's figure beside the one of the year before."""
    by = card.on_year
    if by is None:
        return None
    return Change(change_text(by, card), "up" if by > 0 else "down" if by < 0 else "same")


def change_text(by: Decimal | None, card: Card) -> str:
    """A change of the card's indicator: in percent, of a percentage in percentage points."""
    return format_change(by, unit=card.indicator.unit, decimals=card.indicator.decimals)


def change_cell(by: Decimal | None, card: Card, figure: str = "") -> Cell:
    return Cell(change_text(by, card), raw=raw(by), figure=figure)


def state_text(state: str) -> str:
    """Why there is no figure."""
    return {
        "above": _("只在上级统计"),
        "apart": _("不能汇总"),
    }.get(state, _("还没有数据"))


def source_line(page: UnitPage) -> str:
    """Who delivered what the figures rest on, and when the newest of it arrived."""
    providers = list(dict.fromkeys(s.source.provider_name for s in page.sources if s.source.provider_name))
    newest = max((s.source.landed_at for s in page.sources if s.source.landed_at), default=None)
    if not providers:
        return _("来源：基层填报")
    names = joined(providers[:4]) + (_("等") if len(providers) > 4 else "")
    return _("来源：{names} · 最近交付 {day}").format(names=names, day=words.day(newest))


def age(at: datetime | None, now: datetime) -> str:
    """How long ago, as one says it."""
    if at is None:
        return "–"
    minutes = max(0, int((now - at).total_seconds() // 60))
    if minutes < 1:
        return _("刚刚")
    if minutes < 60:
        return ngettext("{n} 分钟前", "{n} 分钟前", minutes).format(n=minutes)
    if minutes < 48 * 60:
        return ngettext("{n} 小时前", "{n} 小时前", minutes // 60).format(n=minutes // 60)
    days = (timezone.localtime(now).date() - timezone.localtime(at).date()).days
    return ngettext("{n} 天前", "{n} 天前", days).format(n=days)


def short_period(period: Period) -> str:
    """For an axis: `26Q3`, `26-07`, `2026`."""
    return period.code if period.type == "year" else period.code[2:]


def figure_cell(found: Card | ChildCell, code: str, unit: str, card: Card, asked: Asked) -> Cell:
    return Cell(
        format_figure(
            found.value,
            decimals=card.indicator.decimals,
            style=asked.style,
            unit=card.indicator.unit if asked.style == "short" else "",
        )
        if found.value is not None
        else "–",
        raw=found.value if found.value is not None else "",
        href=asked.url("units.figure", unit, code),
        figure=f"{code}|{unit}",
    )


def told(value: Decimal | None, card: Card, asked: Asked) -> str:
    if value is None:
        return "–"
    unit = card.indicator.unit if asked.style == "short" else ""
    return format_figure(value, decimals=card.indicator.decimals, unit=unit, style=asked.style)


def raw(value: Decimal | None) -> Decimal | str:
    return "" if value is None else value


def stamp(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def held(found: Card | ChildCell, key: str) -> Cell:
    """How much of what could be known is known."""
    if found.state in ("above", "apart"):
        return Cell(state_text(found.state), tone="plain", raw=len(words.HELD_TONES))
    tone, text = words.held(*found.counts)
    return Cell(text, tone=tone, raw=words.HELD_TONES.index(tone), figure=f"state:{key}")
