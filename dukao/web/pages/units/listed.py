"""The long tables of a unit: all its indicators, all its children's, and where the data come from."""

from django.utils.translation import gettext as _

from dukao.base.wording import joined
from dukao.indicators.queries import Card, UnitPage
from dukao.web import doors, words
from dukao.web.measures import measure
from dukao.web.pages.units import say
from dukao.web.pages.units.asked import Asked
from dukao.web.tables import Cell, Column, Table, row, table


def figures(page: UnitPage, shown: tuple[Card, ...], asked: Asked) -> Table:
    """Every indicator of the unit: the twin of the key figures, and the rest of them."""
    rows = [
        row(
            Cell(
                words.title_of(card.indicator),
                href=asked.url("units.page", page.unit.code, indicator=card.indicator.code) + "#compare",
            ),
            say.figure_cell(card, card.indicator.code, page.unit.code, card, asked),
            measure(card.indicator.unit),
            say.change_cell(card.on_year, card, f"change:{card.indicator.code}|{page.unit.code}"),
            say.change_cell(card.on_previous, card),
            words.period(card.period),
            say.held(card, f"{card.indicator.code}|{page.unit.code}"),
        )
        for card in shown
    ]
    left_out = len(page.cards) - len(shown)
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
        source=say.source_line(page) + (_("；另有 {n} 项只在上级统计").format(n=left_out) if left_out else ""),
        is_synthetic=page.is_synthetic,
        is_filtered=True,
        empty=_("还没有定义指标。"),
    )


def everything(page: UnitPage, asked: Asked) -> Table:
    """All children × all indicators."""
    columns = [Column(words.LEVELS[page.unit.level + 1], is_sticky=True)]
    columns += [
        Column(words.title_of(c.indicator), "number", "" if asked.style == "short" else c.indicator.unit)
        for c in page.cards
    ]
    whole = row(
        Cell(page.unit.short_name),
        *(say.figure_cell(card, card.indicator.code, page.unit.code, card, asked) for card in page.cards),
        is_total=True,
    )
    rows = [
        row(
            Cell(child.unit.short_name, href=asked.url("units.page", child.unit.code)),
            *(
                say.figure_cell(cell, cell.code, child.unit.code, card, asked)
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
        source=say.source_line(page),
        is_synthetic=page.is_synthetic,
        is_filtered=True,
        file_name=f"{page.unit.short_name}-{page.period.code}",
    )


def sources(page: UnitPage) -> Table:
    rows = [
        row(
            Cell(fresh.source.dataset_title),
            fresh.source.provider_name,
            words.period(fresh.covers),
            Cell(words.moment(fresh.source.landed_at), raw=say.stamp(fresh.source.landed_at)),
            Cell(say.age(fresh.source.landed_at, doors.now()), raw=say.stamp(fresh.source.landed_at)),
        )
        for fresh in page.sources
    ]
    if page.filled_in:
        known, of, _pending = page.filled_in.counts
        note = joined(page.filled_in.elements[:6]) + (_("等") if len(page.filled_in.elements) > 6 else "")
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
