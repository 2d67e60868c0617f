"""One unit's page: every indicator's figure, how it compares, its trend, the children, and how fresh it all is."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.wording import period_text
from dukao.indicators.queries.catalogue import Entry, IndicatorView, entries
from dukao.indicators.queries.readings import Readings, fetch, units_below_each
from dukao.indicators.rules import (
    Counts,
    Plan,
    Ratio,
    Reading,
    State,
    change_percent,
    change_points,
    own_period,
    share_percent,
)
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import SYSTEM, Actor
from dukao.registers import queries as registers
from dukao.registers.queries import FreshSource

TREND_PERIODS = 12


@dataclass(frozen=True, slots=True)
class TrendPoint:
    period: Period
    value: Decimal | None
    year_before: Decimal | None


@dataclass(frozen=True, slots=True)
class Card:
    """One indicator of the unit. Values are rounded to the shown decimals; None is “no data”, never nought.

    `period` is the indicator's own: a yearly one shows the year on a quarter's page. `counts`: how many of the facts
    it could rest on are held, and how many of those are still to be accepted. Changes are in percent, those of
    percentages in percentage points.
    """

    indicator: IndicatorView
    period: Period
    value: Decimal | None
    state: State
    counts: Counts
    year_before: Decimal | None
    previous: Decimal | None
    on_year: Decimal | None
    on_previous: Decimal | None
    trend: tuple[TrendPoint, ...]  # oldest first, the last is `period`


@dataclass(frozen=True, slots=True)
class ChildCell:
    """One indicator of one child. `share_percent` of the unit's own, where the indicator adds up."""

    code: str
    value: Decimal | None
    state: State
    counts: Counts
    on_year: Decimal | None
    share_percent: Decimal | None


@dataclass(frozen=True, slots=True)
class ChildRow:
    """One child; its cells stand in the order of the page's cards. `counts` adds all cells up."""

    unit: UnitView
    cells: tuple[ChildCell, ...]
    counts: Counts


@dataclass(frozen=True, slots=True)
class FilledIn:
    """What no dataset delivers and workers fill in: titles of the elements, and how far it is."""

    elements: tuple[str, ...]
    counts: Counts


@dataclass(frozen=True, slots=True)
class UnitPage:
    title: str
    unit: UnitView
    ancestors: tuple[UnitView, ...]
    period: Period
    as_of: datetime | None
    cards: tuple[Card, ...]
    children: tuple[ChildRow, ...]
    sources: tuple[FreshSource, ...]
    filled_in: FilledIn | None
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class LiveFigure:
    """What an open page shows of one indicator and unit."""

    value: Decimal | None
    decimals: int
    unit: str
    state: State
    counts: Counts
    on_year: Decimal | None


def unit_page(*, unit: str, period: Period, viewer: Actor, as_of: datetime | None = None) -> UnitPage:
    """The page of any unit of the tree. Raises NotThere. A constant number of SQL queries, whatever it shows."""
    place = org.unit(code=unit, viewer=viewer)
    viewer.require("FIGURES_SEE", place.path)
    catalogue = entries()
    children = org.children(code=unit, viewer=viewer)
    counted = units_below_each((e.plan for e in catalogue), [place, *children])
    own = Readings(
        fetch([(e.plan, _looked_at(e.plan, period)) for e in catalogue], [place], scope_path=place.path, as_of=as_of),
        counted,
    )
    below = Readings(_of_children(catalogue, children, period, place.path, as_of), counted)
    cards = tuple(_card(e, place, period, own) for e in catalogue)
    wholes = [_whole(e.plan, place, period, own) for e in catalogue]
    codes = {code for e in catalogue for code in e.elements}
    sources = registers.datasets_behind(elements=codes, scope_path=place.path, as_of=as_of)
    return UnitPage(
        title=_("%(unit)s · %(period)s") % {"unit": place.name, "period": period_text(period)},
        unit=place,
        ancestors=org.ancestors(code=unit, viewer=viewer),
        period=period,
        as_of=as_of,
        cards=cards,
        children=tuple(_child_row(catalogue, wholes, child, period, below) for child in children),
        sources=sources,
        filled_in=_filled_in(catalogue, sources, place, period, own),
        is_synthetic=any(e.view.is_synthetic for e in catalogue),
    )


def newest_period(*, unit: str, until: Period, viewer: Actor, as_of: datetime | None = None) -> Period | None:
    """The newest period, `until` or one of its kind shortly before it, for which the unit has any figure."""
    place = org.unit(code=unit, viewer=viewer)
    viewer.require("FIGURES_SEE", place.path)
    periods = [until.next(-step) for step in range(TREND_PERIODS)]
    plans = [e.plan for e in entries()]
    figures = fetch(
        [(plan, [own_period(one, plan.period_type) for one in periods]) for plan in plans], [place],
        scope_path=place.path, as_of=as_of,
    )  # fmt: skip
    readings = Readings(figures, units_below_each(plans, [place]))
    return next(
        (
            one for one in periods
            if any(readings.of(plan, place, own_period(one, plan.period_type)).shown is not None for plan in plans)
        ),
        None,
    )  # fmt: skip


def live_figures(*, unit: str, period: Period) -> dict[str, LiveFigure]:
    """Internal: every figure an open page of this unit and period shows, by `<indicator>|<unit code>`.

    The one who asks has checked that whoever looks may see the unit's figures.
    """
    place = org.unit_by_code(unit)
    catalogue = entries()
    units = [place, *org.children(code=unit, viewer=SYSTEM)]
    counted = units_below_each((e.plan for e in catalogue), units)
    readings = Readings(_of_children(catalogue, units, period, place.path, None), counted)
    return {
        f"{e.view.code}|{one.code}": LiveFigure(
            value=now.shown,
            decimals=e.view.decimals,
            unit=e.view.unit,
            state=now.state,
            counts=now.counts,
            on_year=_change(e.view, now, before),
        )
        for e in catalogue
        for one in units
        for now, before in [_now_and_before(e.plan, one, period, readings)]
    }


def _looked_at(plan: Plan, period: Period) -> list[Period]:
    """The periods of the trend and the same ones of the year before."""
    own = own_period(period, plan.period_type)
    trend = [own.next(-step) for step in range(TREND_PERIODS)]
    return [*trend, *(one.year_before() for one in trend)]


def _of_children(
    catalogue: tuple[Entry, ...],
    units: tuple[UnitView, ...] | list[UnitView],
    period: Period,
    scope_path: str,
    as_of: datetime | None,
) -> registers.Figures:
    wanted = []
    for e in catalogue:
        own = own_period(period, e.plan.period_type)
        wanted.append((e.plan, [own, own.year_before()]))
    return fetch(wanted, units, scope_path=scope_path, as_of=as_of) if units else {}


def _now_and_before(plan: Plan, unit: UnitView, period: Period, readings: Readings) -> tuple[Reading, Reading]:
    own = own_period(period, plan.period_type)
    return readings.of(plan, unit, own), readings.of(plan, unit, own.year_before())


def _change(view: IndicatorView, now: Reading, before: Reading) -> Decimal | None:
    """Not told while less is known than for the period compared with: half a city is no decline."""
    if now.counts.known * before.counts.of < before.counts.known * now.counts.of:
        return None
    if view.is_percentage:
        return change_points(now.value, before.value, decimals=view.decimals)
    return change_percent(now.value, before.value)


def _card(e: Entry, unit: UnitView, period: Period, readings: Readings) -> Card:
    own = own_period(period, e.plan.period_type)
    wanted = sorted({*_looked_at(e.plan, period), own.previous()})
    read = {one: readings.of(e.plan, unit, one) for one in wanted}
    now, previous, before = read[own], read[own.previous()], read[own.year_before()]
    return Card(
        indicator=e.view,
        period=own,
        value=now.shown,
        state=now.state,
        counts=now.counts,
        year_before=before.shown,
        previous=previous.shown,
        on_year=_change(e.view, now, before),
        on_previous=_change(e.view, now, previous),
        trend=tuple(
            TrendPoint(one, read[one].shown, read[one.year_before()].shown)
            for one in (own.next(-step) for step in reversed(range(TREND_PERIODS)))
        ),
    )


def _whole(plan: Plan, unit: UnitView, period: Period, readings: Readings) -> Ratio | None:
    """What a child's share is measured against; None where the indicator does not add up over units."""
    adds_up = not plan.denominator and all(term.over_units == "sum" for term in plan.numerator)
    return readings.of(plan, unit, own_period(period, plan.period_type)).value if adds_up else None


def _child_row(
    catalogue: tuple[Entry, ...], wholes: list[Ratio | None], child: UnitView, period: Period, below: Readings
) -> ChildRow:
    cells = tuple(_child_cell(e, whole, child, period, below) for e, whole in zip(catalogue, wholes, strict=True))
    known, of, pending = (sum(cell.counts[place] for cell in cells) for place in range(3))
    return ChildRow(child, cells, Counts(known, of, pending))


def _child_cell(e: Entry, whole: Ratio | None, child: UnitView, period: Period, below: Readings) -> ChildCell:
    now, before = _now_and_before(e.plan, child, period, below)
    return ChildCell(
        code=e.plan.code,
        value=now.shown,
        state=now.state,
        counts=now.counts,
        on_year=_change(e.view, now, before),
        share_percent=share_percent(now.value, whole),
    )


def _filled_in(
    catalogue: tuple[Entry, ...], sources: tuple[FreshSource, ...], unit: UnitView, period: Period, own: Readings
) -> FilledIn | None:
    """The indicators' elements that no dataset feeds, and how far filling them in has come."""
    delivered = {code for source in sources for code in source.elements}
    titles: dict[str, str] = {}
    known = of = pending = 0
    for e in catalogue:
        mine = [code for code in e.elements if code not in delivered]
        if mine:
            titles |= {code: e.elements[code].title for code in mine}
            counts = own.of(e.plan, unit, own_period(period, e.plan.period_type)).counts
            known, of, pending = known + counts.known, of + counts.of, pending + counts.pending
    return FilledIn(tuple(titles.values()), Counts(known, of, pending)) if titles else None
