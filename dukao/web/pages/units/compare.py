"""One indicator of a unit: over its children on a map or in bars, and over time with the year before behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from dukao.base.wording import joined
from dukao.indicators.queries import Card, ChildCell, TrendPoint, UnitPage
from dukao.org.queries import UnitView
from dukao.web import charts, doors, words
from dukao.web.figures import axis_scale, format_figure, format_percent
from dukao.web.measures import measure
from dukao.web.pages.units import say
from dukao.web.pages.units.asked import Asked
from dukao.web.tables import Cell, Column, Row, Table, row, table

Cells = Sequence[tuple[UnitView, ChildCell]]


@dataclass(frozen=True, slots=True)
class Compare:
    """One indicator over the children and over time."""

    code: str
    title: str
    why: str
    unit: str
    areas: charts.Chart | None
    children: Table | None
    is_only_above: bool
    below: tuple[doors.Crumb, ...]  # the ways down where no table leads there
    trend: charts.Chart | None
    periods: Table
    passport_href: str


def compared(page: UnitPage, card: Card, asked: Asked, map_url: str) -> Compare:
    """The chosen indicator; without children where it is not kept for them."""
    indicator, place = card.indicator, page.cards.index(card)
    cells = [(child.unit, child.cells[place]) for child in page.children]
    is_kept_below = any(cell.state != "above" for _unit, cell in cells)
    return Compare(
        code=indicator.code,
        title=words.title_of(indicator),
        why=words.why_of(indicator),
        unit=indicator.unit,
        areas=_areas(page, card, cells, asked, map_url) if is_kept_below else None,
        children=_children(page, card, cells, asked) if is_kept_below else None,
        is_only_above=bool(cells) and not is_kept_below,
        below=()
        if is_kept_below
        else tuple(doors.Crumb(unit.short_name, asked.url("units.page", unit.code)) for unit, _cell in cells),
        trend=_trend(page, card, asked),
        periods=_periods(page, card, asked),
        passport_href=asked.url("units.figure", page.unit.code, indicator.code),
    )


def _areas(page: UnitPage, card: Card, cells: Cells, asked: Asked, map_url: str) -> charts.Chart:
    indicator = card.indicator
    scale = axis_scale([cell.value for _unit, cell in cells], indicator.unit)
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
    return charts.areas_chart(
        "areas",
        _areas_message(page, card, cells),
        say.source_line(page),
        areas,
        indicator=indicator.code,
        unit=measure(indicator.unit),
        scale=scale,
        direction=indicator.direction,
        map_url=map_url,
        twin="table-children",
    )


def _areas_message(page: UnitPage, card: Card, cells: Cells) -> str:
    """What the map shows, in one sentence: where most of it is, where it adds up; else what is lacking."""
    title, (known, of, _pending) = words.title_of(card.indicator), card.counts
    shares = sorted(
        ((cell.share_percent, unit.short_name) for unit, cell in cells if cell.share_percent is not None), reverse=True
    )
    if len(shares) < 4:
        lacking = _("{title}：按已到的 {known} 项算，还差 {lack} 项")
        return lacking.format(title=title, known=f"{known:,}", lack=f"{of - known:,}") if 0 < known < of else title
    three = sum(share for share, _name in shares[:3])
    names = joined(name for _share, name in shares[:3])
    share = format_percent(three)
    if len(shares) == len(cells):
        told = _("{title}：{names}合占{unit}的 {share}")
        return told.format(title=title, names=names, unit=page.unit.short_name, share=share)
    reported = words.units_asked(len(shares), page.unit.level + 1)
    return _("{title}：已有数的 {units}里，{names}合占 {share}").format(
        title=title, units=reported, names=names, share=share
    )


def _children(page: UnitPage, card: Card, cells: Cells, asked: Asked) -> Table:
    indicator = card.indicator
    shares = sum(cell.share_percent is not None for _unit, cell in cells)
    rows = [_child(unit, cell, card, asked, shares > 0) for unit, cell in cells]
    columns = [
        Column(words.LEVELS[page.unit.level + 1], is_sticky=True),
        Column(words.title_of(indicator), "number", "" if asked.style == "short" else indicator.unit),
        Column(_("比上年同期"), "number"),
        *([Column(_share_head(page, shares), "number")] if shares else []),
        Column(_("数据"), "badge"),
    ]
    caption = _("{unit}各{level}的{title}").format(
        unit=page.unit.short_name, level=words.level_inside(page.unit.level + 1), title=words.title_of(indicator)
    )
    return table(
        "children",
        caption,
        columns,
        rows,
        source=say.source_line(page),
        is_synthetic=page.is_synthetic,
        file_name=f"{caption}-{page.period.code}",
    )


def _share_head(page: UnitPage, known: int) -> str:
    """What the shares are of: the unit, or so far the children whose figures are there."""
    if known == len(page.children):
        return _("占{unit}").format(unit=page.unit.short_name)
    return _("占已有数的 {n} 个").format(n=known)


def _child(unit: UnitView, cell: ChildCell, card: Card, asked: Asked, shares: bool) -> Row:
    figure = say.figure_cell(cell, cell.code, unit.code, card, asked)
    cells = [
        Cell(unit.short_name, href=asked.url("units.page", unit.code, indicator=cell.code)),
        figure,
        say.change_cell(cell.on_year, card, f"change:{figure.figure}"),
        say.held(cell, figure.figure),
    ]
    if shares:
        cells.insert(3, Cell(format_percent(cell.share_percent), raw=say.raw(cell.share_percent)))
    return row(*cells)


def _trend(page: UnitPage, card: Card, asked: Asked) -> charts.Chart | None:
    indicator, points = card.indicator, card.trend
    if all(point.value is None and point.year_before is None for point in points):
        return None
    if card.on_year is None:
        message = _("{unit} · {title}").format(unit=page.unit.short_name, title=words.title_of(indicator))
    else:
        message = _("{title}：{period}比上年同期 {change}").format(
            title=words.title_of(indicator),
            period=words.period(card.period),
            change=say.change_text(card.on_year, card),
        )
    return charts.trend_chart(
        "trend",
        message,
        say.source_line(page),
        labels=[say.short_period(point.period) for point in points],
        now=[point.value for point in points],
        before=[point.year_before for point in points],
        texts=[(say.told(point.value, card, asked), say.told(point.year_before, card, asked)) for point in points],
        names=(_("当期"), _("上年同期")),
        figure=f"{indicator.code}|{page.unit.code}",
        scale=axis_scale([value for point in points for value in (point.value, point.year_before)], indicator.unit),
        twin="table-periods",
    )


def _periods(page: UnitPage, card: Card, asked: Asked) -> Table:
    indicator = card.indicator
    unit = "" if asked.style == "short" else indicator.unit
    rows = [
        row(
            Cell(words.period(point.period), raw=point.period.key),
            Cell(say.told(point.value, card, asked), raw=say.raw(point.value)),
            Cell(say.told(point.year_before, card, asked), raw=say.raw(point.year_before)),
            say.change_cell(_change(point, card), card),
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
        source=say.source_line(page),
        is_synthetic=page.is_synthetic,
    )


def _change(point: TrendPoint, card: Card) -> Decimal | None:
    """The change between two shown figures, for the table of periods."""
    if point.period == card.period:
        return card.on_year
    now, before = point.value, point.year_before
    if now is None or before is None:
        return None
    if card.indicator.is_percentage:
        return now - before
    return (now - before) / before * 100 if before > 0 else None
