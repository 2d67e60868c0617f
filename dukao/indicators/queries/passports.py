"""A figure's passport: the formula in words, its terms with their values, the children they add up, and at the end of
the way down the facts themselves, with the delivery or the filing each came from, and what was held before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.quantities import decimal_from_scaled
from dukao.base.wording import clauses, period_text
from dukao.indicators.queries.catalogue import Entry, IndicatorView, entry
from dukao.indicators.queries.readings import Readings, fetch, units_below_each
from dukao.indicators.rules import (
    Counts,
    Folded,
    PlannedTerm,
    Ratio,
    State,
    element_periods,
    fold,
    own_period,
    rounded,
    side,
)
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import Actor
from dukao.registers import queries as registers
from dukao.registers.queries import ElementView, PastFact, Source
from dukao.registers.queries.deliveries import deliveries_open_to
from dukao.sheets import queries as sheets
from dukao.sheets.queries import AnswerMark, FilingMark


@dataclass(frozen=True, slots=True)
class FactPassport:
    """One fact. A delivery names its file; a filing says who answered, submitted and reviewed (`filing`, `answer`).

    `before`: what was held for the same cell earlier, newest first.
    """

    period: Period
    value: Decimal | None
    text: str
    recorded_at: datetime
    accepted_at: datetime | None
    superseded_at: datetime | None
    source: Source
    filing: FilingMark | None
    answer: AnswerMark | None
    before: tuple["FactPassport", ...] = ()


@dataclass(frozen=True, slots=True)
class PartPassport:
    """One of the element's periods that the term was folded from."""

    period: Period
    value: Decimal | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class ChildPart:
    """What one child gives to a term."""

    unit: UnitView
    value: Decimal | None
    state: State
    counts: Counts


@dataclass(frozen=True, slots=True)
class TermPassport:
    """One element of the formula. `taken_from` is set where a stock has no figure of its own period yet."""

    sign: int
    element: ElementView
    rule: str
    value: Decimal | None
    state: State
    counts: Counts
    taken_from: Period | None
    parts: tuple[PartPassport, ...]
    children: tuple[ChildPart, ...]
    deliveries: tuple[Source, ...]
    facts: tuple[FactPassport, ...]


@dataclass(frozen=True, slots=True)
class Passport:
    """Where a figure comes from. Values are rounded for people, once each, from the exact ones."""

    title: str
    indicator: IndicatorView
    unit: UnitView
    ancestors: tuple[UnitView, ...]
    period: Period
    as_of: datetime | None
    value: Decimal | None
    state: State
    counts: Counts
    numerator_value: Decimal | None
    denominator_value: Decimal | None
    factor: Decimal
    numerator: tuple[TermPassport, ...]
    denominator: tuple[TermPassport, ...]
    open_deliveries: tuple[str, ...]  # numbers of those the viewer may open
    people: dict[str, str]  # how those who delivered, filled in and reviewed are called, by log-in name


def passport(*, indicator: str, unit: str, period: Period, viewer: Actor, as_of: datetime | None = None) -> Passport:
    """The passport of one indicator for one unit and period. Raises NotThere."""
    place = org.unit(code=unit, viewer=viewer)
    viewer.require("FIGURES_SEE", place.path)
    e = entry(indicator)
    children = org.children(code=unit, viewer=viewer)
    own = own_period(period, e.plan.period_type)
    figures = fetch([(e.plan, [own])], [place, *children], scope_path=place.path, as_of=as_of)
    readings = Readings(figures, units_below_each([e.plan], [place, *children]))
    reading = readings.of(e.plan, place, own)
    traces = _Traces(e, place, own, viewer, as_of)
    told = [_term(term, e, place, children, own, readings, traces) for term in e.plan.all_terms]
    split = len(e.plan.numerator)
    return Passport(
        title=_("%(indicator)s · %(unit)s · %(period)s")
        % {"indicator": e.view.title, "unit": place.name, "period": period_text(own)},
        indicator=e.view,
        unit=place,
        ancestors=org.ancestors(code=unit, viewer=viewer),
        period=own,
        as_of=as_of,
        value=reading.shown,
        state=reading.state,
        counts=reading.counts,
        numerator_value=_side(told[:split], e.plan.numerator, place, own, readings),
        denominator_value=_side(told[split:], e.plan.denominator, place, own, readings),
        factor=Decimal(e.plan.factor[0]) / Decimal(e.plan.factor[1]),
        numerator=tuple(told[:split]),
        denominator=tuple(told[split:]),
        open_deliveries=deliveries_open_to(
            numbers={source.number for source in traces.sources if source.number}, viewer=viewer
        ),
        people=org.display_names(names=traces.people),
    )


class _Traces:
    """Facts and deliveries behind an indicator's elements, fetched once for all terms."""

    def __init__(self, e: Entry, unit: UnitView, period: Period, viewer: Actor, as_of: datetime | None) -> None:
        self.as_of = as_of
        terms = e.plan.all_terms
        periods = {key for term in terms for key in element_periods(term, period)}
        above = {term.element_id for term in terms if term.level > unit.level}
        here = {term.element_id for term in terms if term.level == unit.level}
        self.deliveries = (
            registers.sources_of_cells(scope_path=unit.path, element_ids=above, periods=periods, as_of=as_of)
            if above
            else {}
        )
        self.histories = registers.fact_histories(element_ids=here, periods=periods, unit_id=unit.id) if here else {}
        facts = [fact for history in self.histories.values() for fact in history]
        filings = {fact.source.filing_id for fact in facts if fact.source.filing_id is not None}
        self.filings = sheets.filing_marks(filing_ids=filings, viewer=viewer) if filings else {}
        self.answers = sheets.answer_marks(filing_ids=filings, element_ids=here) if filings else {}

        self.sources = [
            *(source for sources in self.deliveries.values() for source in sources), *(fact.source for fact in facts)
        ]  # fmt: skip
        marks = self.filings.values()
        self.people = {
            *(source.by_name for source in self.sources), *(one.submitted_by for one in marks),
            *(one.reviewed_by for one in marks), *(one.answered_by for one in self.answers.values()),
        } - {""}  # fmt: skip

    def behind(self, element_id: int, keys: Iterable[int]) -> tuple[Source, ...]:
        """Deliveries behind these periods of the element, newest first, each once."""
        found = {s.number: s for key in keys for s in self.deliveries.get((element_id, key), ())}
        return tuple(sorted(found.values(), key=lambda source: (source.landed_at, source.number), reverse=True))

    def facts(self, element: ElementView, keys: Iterable[int]) -> tuple[FactPassport, ...]:
        """The facts held for these periods (now, or at the instant), each with what was held before."""
        told = []
        for key in keys:
            known = [
                fact
                for fact in self.histories.get((element.id, key), ())
                if self.as_of is None or fact.recorded_at <= self.as_of
            ]
            held = [fact for fact in known if self._is_held(fact)]
            before = tuple(self._fact(element, key, fact) for fact in known if fact not in held)
            told += [self._fact(element, key, fact, before) for fact in held]
        return tuple(told)

    def _is_held(self, fact: PastFact) -> bool:
        return fact.superseded_at is None or (self.as_of is not None and fact.superseded_at > self.as_of)

    def _fact(
        self, element: ElementView, key: int, fact: PastFact, before: tuple[FactPassport, ...] = ()
    ) -> FactPassport:
        filing = fact.source.filing_id
        return FactPassport(
            period=Period(key),
            value=None if fact.value is None else decimal_from_scaled(fact.value, element.decimals),
            text=fact.text,
            recorded_at=fact.recorded_at,
            accepted_at=fact.accepted_at,
            superseded_at=fact.superseded_at,
            source=fact.source,
            filing=self.filings.get(filing) if filing is not None else None,
            # The answer is the filing's latest; an earlier value of the same filing does not name who gave it.
            answer=self.answers.get((filing, element.id, key)) if filing and self._is_held(fact) else None,
            before=before,
        )


def _term(
    term: PlannedTerm,
    e: Entry,
    unit: UnitView,
    children: Sequence[UnitView],
    period: Period,
    readings: Readings,
    traces: _Traces,
) -> TermPassport:
    element = e.elements[term.element]
    folded = _folded(term, unit, period, readings)
    own_keys = [part.key for part in period.parts(term.period_type)]
    is_older = bool(folded.latest) and folded.latest not in own_keys
    keys = [folded.latest] if term.over_periods == "last" and folded.latest else own_keys
    return TermPassport(
        sign=term.sign,
        element=element,
        rule=_rule(term, unit),
        value=_shown(folded.value, element.decimals),
        state=folded.state,
        counts=folded.counts,
        taken_from=Period(folded.latest) if is_older else None,
        parts=tuple(_part(term, unit, Period(key), readings, element) for key in keys),
        children=tuple(_child(term, child, period, readings, element) for child in children)
        if unit.level < term.level
        else (),
        deliveries=traces.behind(element.id, keys),
        facts=traces.facts(element, keys),
    )


def _folded(term: PlannedTerm, unit: UnitView, period: Period, readings: Readings) -> Folded:
    units = readings.units.get(unit.id, {}).get(term.level, 0)
    return fold(term, period, readings.at(unit.id), unit_level=unit.level, units=units)


def _part(term: PlannedTerm, unit: UnitView, period: Period, readings: Readings, element: ElementView) -> PartPassport:
    one = _folded(term, unit, period, readings)
    return PartPassport(period, _shown(one.value, element.decimals), one.counts)


def _child(term: PlannedTerm, child: UnitView, period: Period, readings: Readings, element: ElementView) -> ChildPart:
    one = _folded(term, child, period, readings)
    return ChildPart(child, _shown(one.value, element.decimals), one.state, one.counts)


def _shown(value: Ratio | None, decimals: int) -> Decimal | None:
    return None if value is None else rounded(value, decimals)


def _side(
    told: Sequence[TermPassport], terms: Sequence[PlannedTerm], unit: UnitView, period: Period, readings: Readings
) -> Decimal | None:
    """What one side of the formula comes to; None where a term is not known, or there is none."""
    value = side(terms, [_folded(term, unit, period, readings) for term in terms])
    return _shown(value, max((term.element.decimals for term in told), default=0))


def _rule(term: PlannedTerm, unit: UnitView) -> str:
    """How the element adds up, in words; over units only where there are some below that are asked."""
    over_units = {"sum": _("下级单位相加"), "mean": _("下级单位取平均"), "none": _("下级单位之间不相加")}
    over_periods = {
        "sum": _("各期相加"), "mean": _("各期取平均"), "last": _("取最近一期"), "none": _("各期之间不相加"),
    }  # fmt: skip
    below = [over_units[term.over_units]] if unit.level < term.level else []
    return clauses([*below, over_periods[term.over_periods]])
