"""A unit's page as people read it: the query's exact figures put into words, tables and charts."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.indicators.queries import Card, UnitPage
from dukao.org.queries import UnitView
from dukao.org.rules import Actor
from dukao.web import charts, doors, words
from dukao.web.figures import figure_text
from dukao.web.pages.units import listed, say
from dukao.web.pages.units.asked import Asked, period_choices
from dukao.web.pages.units.compare import Compare, compared
from dukao.web.tables import Table

KEY_FIGURES = 8


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A card: the figure with its change and its line; both its halves lead on."""

    key: str  # by which live updates find it: `<indicator>|<unit code>`
    title: str
    text: str
    unit: str
    is_known: bool
    period: str  # where it is not the page's own
    on_year: say.Change | None
    spark: charts.Spark | None
    note: str
    is_pending: bool
    choose_href: str
    passport_href: str
    is_chosen: bool


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
    # Where the whole period has no figure: the newest that has one, as (label, address), both empty where none has.
    elsewhere: tuple[str, str] | None = None


def unit_screen(page: UnitPage, asked: Asked, viewer: Actor, *, map_url: str, ticket: str) -> UnitScreen:
    """Everything on a unit's page."""
    shown = kept_here(page)
    chosen = next((card for card in page.cards if card.indicator.code == asked.indicator), None)
    chosen = chosen or next((card for card in shown if card.value is not None), next(iter(shown), None))
    compare = compared(page, chosen, asked, map_url) if chosen else None
    figures, sources = listed.figures(page, shown, asked), listed.sources(page)
    some = (compare.children, compare.periods) if compare else ()
    return UnitScreen(
        title=f"{page.unit.short_name} · {words.period(page.period)}",
        unit=page.unit,
        crumbs=crumbs(page.ancestors, page.unit, asked, viewer),
        period=page.period,
        period_groups=period_choices(page.period, doors.today()),
        as_of_on=asked.as_of_on.isoformat() if asked.as_of_on else "",
        as_of_text=words.day(asked.as_of_on),
        style=asked.style,
        key_figures=tuple(_key_figure(card, page, asked, chosen) for card in shown[:KEY_FIGURES]),
        indicators=tuple((card.indicator.code, words.title_of(card.indicator)) for card in shown),
        compare=compare,
        figures=figures,
        sources=sources,
        all_href=asked.url("units.all", page.unit.code) if page.children else "",
        ticket=ticket,
        is_synthetic=page.is_synthetic,
        tables=tuple(one for one in (*some, figures, sources) if one),
    )


def is_blank(page: UnitPage) -> bool:
    """Not one figure, of the unit or below it."""
    cells = (cell for child in page.children for cell in child.cells)
    return bool(page.cards) and all(found.value is None for found in (*page.cards, *cells))


def kept_here(page: UnitPage) -> tuple[Card, ...]:
    """The indicators that are kept for units like this one; what only units above have would be a wall of dashes."""
    return tuple(card for card in page.cards if card.state != "above")


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


def _key_figure(card: Card, page: UnitPage, asked: Asked, chosen: Card | None) -> KeyFigure:
    code = card.indicator.code
    text = figure_text(card.value, decimals=card.indicator.decimals, unit=card.indicator.unit, style=asked.style)
    return KeyFigure(
        key=f"{code}|{page.unit.code}",
        title=words.title_of(card.indicator),
        text=text.number if card.value is not None else say.state_text(card.state),
        unit=text.unit,
        is_known=card.value is not None,
        period=words.period(card.period) if card.period != page.period else "",
        on_year=say.change(card),
        spark=charts.spark([point.value for point in card.trend]),
        note=_note(card),
        is_pending=card.counts.pending > 0,
        choose_href=f"{asked.url('units.page', page.unit.code, indicator=code)}#compare",
        passport_href=asked.url("units.figure", page.unit.code, code),
        is_chosen=card is chosen,
    )


def _note(card: Card) -> str:
    """What is lacking, and where it is why the year before is not compared with."""
    lacking = words.lacking(card.counts.known, card.counts.of)
    is_kept_back = card.value is not None and card.year_before is not None and card.on_year is None
    return _("{lacking}，暂不比较").format(lacking=lacking) if lacking and is_kept_back else lacking
