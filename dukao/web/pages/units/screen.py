"""A unit's page as people read it: the query's exact figures put into words, tables and charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dukao.base.periods import Period
from dukao.indicators.queries import Card, ChildCell, UnitPage
from dukao.org.queries import UnitView
from dukao.org.rules import Actor
from dukao.web import charts, doors, words
from dukao.web.figures import figure_text, format_figure, format_percent
from dukao.web.pages.units.asked import Asked, period_choices
from dukao.web.tables import Cell, Column, Row, Table, row, table

KEY_FIGURES = 8


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure compares; `icon` tells up, down or same beside the word."""

    text: str
    icon: str


@dataclass(frozen=True, slots=True)
class KeyFigure:
    key: str  # by which live updates find it: `<indicator>|<unit code>`
    title: str
    text: str
    unit: str
    period: str  # where it is not the page's own
    on_year: Change | None
    spark: charts.Spark | None
    note: str
    is_pending: bool
    choose_href: str
    passport_href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Compare:
    """One indicator over the children and over time."""

    code: str
    title: str
    why: str
    unit: str
    areas: charts.Chart | None
    children: Table | None
    trend: charts.Chart
    periods: Table
    passport_href: str


@dataclass(frozen=True)
class UnitScreen:
    title: str
    unit: UnitView
    crumbs: tuple[doors.Crumb, ...]
    period: Period
    period_groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    as_of_on: str
    as_of_text: str
    style: str
    key_figures: tuple[KeyFigure, ...]
    indicators: tuple[tuple[str, str], ...]
    compare: Compare | None
    figures: Table
    sources: Table
    all_href: str
    ticket: str
    is_synthetic: bool
    tables: tuple[Table, ...]


def unit_screen(page: UnitPage, asked: Asked, viewer: Actor, *, map_url: str, ticket: str) -> UnitScreen:
    """Everything on a unit's page."""
    chosen = next((card for card in page.cards if card.indicator.code == asked.indicator), None)
    chosen = chosen or next(iter(page.cards), None)
    compare = _compare(page, chosen, asked, map_url) if chosen else None
    figures, sources = _figures(page, asked), _sources(page)
    some = [compare.children, compare.periods] if compare else []
    return UnitScreen(
        title=f"{page.unit.name} · {words.period(page.period)}",
        unit=page.unit,
        crumbs=crumbs(page.ancestors, page.unit, asked, viewer),
        period=page.period,
        period_groups=period_choices(page.period, doors.today()),
        as_of_on=asked.as_of_on.isoformat() if asked.as_of_on else "",
        as_of_text=words.day(asked.as_of_on),
        style=asked.style,
        key_figures=tuple(_key_figure(card, page, asked, chosen) for card in page.cards[:KEY_FIGURES]),
        indicators=tuple((card.indicator.code, words.title_of(card.indicator)) for card in page.cards),
        compare=compare,
        figures=figures,
        sources=sources,
        all_href=asked.url("units.all", page.unit.code) if page.children else "",
        ticket=ticket,
        is_synthetic=page.is_synthetic,
        tables=tuple(one for one in (*some, figures, sources) if one),
    )


def crumbs(
    ancestors: Sequence[UnitView], unit: UnitView, asked: Asked, viewer: Actor, *, is_last: bool = True
) -> tuple[doors.Crumb, ...]:
    """The way down from the top; what the viewer may not see is named but not linked."""
    above = (
        doors.Crumb(
            one.short_name,
            asked.url("units.page", one.code) if viewer.may("FIGURES_SEE", one.path) else "",
        )
        for one in ancestors
    )
    here = doors.Crumb(unit.short_name, "" if is_last else asked.url("units.page", unit.code))
    return (*above, here)


def everything_table(page: UnitPage, asked: Asked) -> Table:
    """All children × all indicators."""
    columns = [Column(words.LEVELS[page.unit.level + 1], is_sticky=True)]
    columns += [
        Column(words.title_of(c.indicator), "number", "" if asked.style == "short" else c.indicator.unit)
        for c in page.cards
    ]
    whole = row(
        Cell(page.unit.short_name),
        *(_figure_cell(card, card.indicator.code, page.unit.code, card, asked) for card in page.cards),
        is_total=True,
    )
    rows = [
        row(
            Cell(child.unit.short_name, href=asked.url("units.page", child.unit.code)),
            *(
                _figure_cell(cell, cell.code, child.unit.code, card, asked)
                for cell, card in zip(child.cells, page.cards, strict=True)
            ),
        )
        for child in page.children
    ]
    return table(
        "all",
        _("{unit}各下级单位的全部指标").format(unit=page.unit.short_name),
        columns,
        [*rows, whole],
        source=source_line(page),
        is_synthetic=page.is_synthetic,
        is_filtered=True,
        file_name=f"{page.unit.short_name}-{page.period.code}",
    )


def source_line(page: UnitPage) -> str:
    """Who delivered what the figures rest on, and when the newest of it arrived."""
    providers = list(dict.fromkeys(s.source.provider_name for s in page.sources if s.source.provider_name))
    newest = max((s.source.landed_at for s in page.sources if s.source.landed_at), default=None)
    if not providers:
        return _("来源：基层填报")
    names = "、".join(providers[:4]) + (_("等") if len(providers) > 4 else "")
    return _("来源：{names} · 最近交付 {day}").format(names=names, day=words.day(newest))


def change(percent: Decimal | None) -> Change | None:
    if percent is None:
        return None
    icon = "up" if percent > 0 else "down" if percent < 0 else "same"
    return Change(format_percent(percent, signed=True), icon)


def _key_figure(card: Card, page: UnitPage, asked: Asked, chosen: Card | None) -> KeyFigure:
    code, text = (
        card.indicator.code,
        figure_text(card.value, decimals=card.indicator.decimals, unit=card.indicator.unit, style=asked.style),
    )
    return KeyFigure(
        key=f"{code}|{page.unit.code}",
        title=words.title_of(card.indicator),
        text=text.number if card.value is not None else state_text(card.state),
        unit=text.unit,
        period=words.period(card.period) if card.period != page.period else "",
        on_year=change(card.on_year_percent),
        spark=charts.spark([point.value for point in card.trend]),
        note=coverage_text(card.counts.known, card.counts.of),
        is_pending=card.counts.pending > 0,
        choose_href=f"{asked.url('units.page', page.unit.code, indicator=code)}#compare",
        passport_href=asked.url("units.figure", page.unit.code, code),
        is_chosen=card is chosen,
    )


def state_text(state: str) -> str:
    """Why there is no figure."""
    return {
        "above": _("只在上级统计"),
        "apart": _("不能汇总"),
    }.get(state, _("还没有数据"))


def coverage_text(known: int, of: int) -> str:
    """What is missing; nothing where all is there."""
    if known >= of or of == 0:
        return ""
    return ngettext("差 {n} 项", "差 {n} 项", of - known).format(n=f"{of - known:,}")


def _figure_cell(found: Card | ChildCell, code: str, unit: str, card: Card, asked: Asked) -> Cell:
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


def _compare(page: UnitPage, card: Card, asked: Asked, map_url: str) -> Compare:
    indicator = card.indicator
    title, place = words.title_of(indicator), page.cards.index(card)
    cells = [(child.unit, child.cells[place]) for child in page.children]
    source = source_line(page)
    areas = [
        charts.Area(
            unit.code,
            unit.short_name,
            cell.value,
            format_figure(cell.value, decimals=indicator.decimals, unit=indicator.unit, style=asked.style),
            asked.url("units.page", unit.code, indicator=indicator.code),
        )
        for unit, cell in cells
    ]
    return Compare(
        code=indicator.code,
        title=title,
        why=indicator.why,
        unit=indicator.unit,
        areas=charts.areas_chart(
            "areas", _areas_message(title, cells), source, areas, unit=indicator.unit, map_url=map_url
        )
        if areas
        else None,
        children=_children(page, card, cells, asked) if cells else None,
        trend=_trend(page, card, asked),
        periods=_periods(page, card, asked),
        passport_href=asked.url("units.figure", page.unit.code, indicator.code),
    )


def _areas_message(title: str, cells: Sequence[tuple[UnitView, ChildCell]]) -> str:
    """What the map shows, in one sentence: where most of it is, where it adds up."""
    shares = sorted(
        ((cell.share_percent, unit.short_name) for unit, cell in cells if cell.share_percent is not None), reverse=True
    )
    if len(shares) < 4:
        return title
    three = sum(share for share, _name in shares[:3])
    names = "、".join(name for _share, name in shares[:3])
    return _("{title}：{names}合占 {share}").format(title=title, names=names, share=format_percent(three))


def _children(page: UnitPage, card: Card, cells: Sequence[tuple[UnitView, ChildCell]], asked: Asked) -> Table:
    indicator = card.indicator
    shares = any(cell.share_percent is not None for _unit, cell in cells)
    rows = [_child(unit, cell, card, asked, shares) for unit, cell in cells]
    columns = [
        Column(words.LEVELS[page.unit.level + 1], is_sticky=True),
        Column(words.title_of(indicator), "number", "" if asked.style == "short" else indicator.unit),
        Column(_("比上年同期"), "number"),
        *([Column(_("占比"), "number")] if shares else []),
        Column(_("数据"), "badge"),
    ]
    caption = _("{unit}各{level}的{title}").format(
        unit=page.unit.short_name, level=words.LEVELS[page.unit.level + 1], title=words.title_of(indicator)
    )
    return table(
        "children",
        caption,
        columns,
        rows,
        source=source_line(page),
        is_synthetic=page.is_synthetic,
        file_name=f"{caption}-{page.period.code}",
    )


def _child(unit: UnitView, cell: ChildCell, card: Card, asked: Asked, shares: bool) -> Row:
    figure = _figure_cell(cell, cell.code, unit.code, card, asked)
    cells = [
        Cell(unit.short_name, href=asked.url("units.page", unit.code, indicator=cell.code)),
        figure,
        Cell(
            format_percent(cell.on_year_percent, signed=True),
            raw=_raw(cell.on_year_percent),
            figure=f"change:{figure.figure}",
        ),
        _held(cell, unit.code),
    ]
    if shares:
        cells.insert(3, Cell(format_percent(cell.share_percent), raw=_raw(cell.share_percent)))
    return row(*cells)


def _held(cell: ChildCell, unit: str) -> Cell:
    """How much of what could be known is known."""
    (known, of, pending), state = cell.counts, f"state:{cell.code}|{unit}"
    if pending:
        return Cell(_("含待审"), tone="info", raw=1, figure=state)
    if of and known >= of:
        return Cell(_("齐"), tone="ok", raw=0, figure=state)
    if known == 0:
        return Cell(_("还没有"), tone="wait", raw=3, figure=state)
    return Cell(coverage_text(known, of), tone="stale", raw=2, figure=state)


def _trend(page: UnitPage, card: Card, asked: Asked) -> charts.Chart:
    indicator, points = card.indicator, card.trend
    if card.on_year_percent is None:
        message = _("{unit} · {title}").format(unit=page.unit.short_name, title=words.title_of(indicator))
    else:
        message = _("{title}：{period}比上年同期{change}").format(
            title=words.title_of(indicator),
            period=words.period(card.period),
            change=format_percent(card.on_year_percent, signed=True),
        )
    return charts.trend_chart(
        "trend",
        message,
        source_line(page),
        labels=[short_period(point.period) for point in points],
        now=[point.value for point in points],
        before=[point.year_before for point in points],
        texts=[(_told(point.value, card, asked), _told(point.year_before, card, asked)) for point in points],
        names=(_("当期"), _("上年同期")),
        unit=indicator.unit,
    )


def _periods(page: UnitPage, card: Card, asked: Asked) -> Table:
    indicator = card.indicator
    unit = "" if asked.style == "short" else indicator.unit
    rows = [
        row(
            Cell(words.period(point.period), raw=point.period.key),
            Cell(_told(point.value, card, asked), raw=_raw(point.value)),
            Cell(_told(point.year_before, card, asked), raw=_raw(point.year_before)),
            Cell(
                format_percent(_percent(point.value, point.year_before), signed=True),
                raw=_raw(_percent(point.value, point.year_before)),
            ),
        )
        for point in reversed(card.trend)
    ]
    caption = _("{unit}近 {n} 期{title}").format(
        unit=page.unit.short_name, n=len(card.trend), title=words.title_of(indicator)
    )
    return table(
        "periods",
        caption,
        [
            Column(_("时期"), is_sticky=True),
            Column(_("当期"), "number", unit),
            Column(_("上年同期"), "number", unit),
            Column(_("比上年同期"), "number"),
        ],
        rows,
        source=source_line(page),
        is_synthetic=page.is_synthetic,
    )


def _figures(page: UnitPage, asked: Asked) -> Table:
    """Every indicator of the unit: the twin of the key figures, and the rest of them."""
    rows = [
        row(
            Cell(
                words.title_of(card.indicator),
                href=asked.url("units.page", page.unit.code, indicator=card.indicator.code) + "#compare",
            ),
            _figure_cell(card, card.indicator.code, page.unit.code, card, asked),
            card.indicator.unit,
            Cell(
                format_percent(card.on_year_percent, signed=True),
                raw=_raw(card.on_year_percent),
                figure=f"change:{card.indicator.code}|{page.unit.code}",
            ),
            Cell(format_percent(card.on_previous_percent, signed=True), raw=_raw(card.on_previous_percent)),
            words.period(card.period),
            _held_by_unit(card, page.unit.code),
        )
        for card in page.cards
    ]
    return table(
        "figures",
        _("{unit}的全部指标").format(unit=page.unit.short_name),
        [
            Column(_("指标"), is_sticky=True),
            Column(_("数值"), "number"),
            Column(_("计量单位")),
            Column(_("比上年同期"), "number"),
            Column(_("比上期"), "number"),
            Column(_("时期")),
            Column(_("数据"), "badge"),
        ],
        rows,
        source=source_line(page),
        is_synthetic=page.is_synthetic,
        is_filtered=True,
        empty=_("还没有定义指标。"),
    )


def _held_by_unit(card: Card, unit: str) -> Cell:
    if card.state in ("above", "apart"):
        return Cell(state_text(card.state), tone="plain", raw=4)
    return _held(ChildCell(card.indicator.code, card.value, card.state, card.counts, None, None), unit)


def _sources(page: UnitPage) -> Table:
    rows = [
        row(
            Cell(fresh.source.dataset_title),
            fresh.source.provider_name,
            words.period(fresh.covers),
            Cell(words.moment(fresh.source.landed_at), raw=_stamp(fresh.source.landed_at)),
            Cell(age(fresh.source.landed_at, doors.now()), raw=_stamp(fresh.source.landed_at)),
        )
        for fresh in page.sources
    ]
    if page.filled_in:
        known, of, _pending = page.filled_in.counts
        note = "、".join(page.filled_in.elements[:6]) + (_("等") if len(page.filled_in.elements) > 6 else "")
        rows.append(
            row(
                Cell(_("基层填报"), note=note),
                _("村、镇、县"),
                words.period(page.period),
                Cell("–", raw=""),
                Cell(_("已填 {known} / {of}").format(known=f"{known:,}", of=f"{of:,}"), raw=""),
            )
        )
    return table(
        "sources",
        _("数据来源与新旧"),
        [
            Column(_("来源"), is_sticky=True),
            Column(_("提供单位")),
            Column(_("最新到")),
            Column(_("最近交付"), "date"),
            Column(_("距今")),
        ],
        rows,
        empty=_("还没有数据交付。"),
        is_synthetic=page.is_synthetic,
    )


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


def _told(value: Decimal | None, card: Card, asked: Asked) -> str:
    if value is None:
        return "–"
    unit = card.indicator.unit if asked.style == "short" else ""
    return format_figure(value, decimals=card.indicator.decimals, unit=unit, style=asked.style)


def _percent(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """The change between two shown figures, for the table of periods."""
    return None if now is None or before is None or before <= 0 else (now - before) / before * 100


def _raw(value: Decimal | None) -> Decimal | str:
    return "" if value is None else value


def _stamp(at: datetime | None) -> str:
    return at.isoformat() if at else ""
