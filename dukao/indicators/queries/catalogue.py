"""The indicators that are defined, as people see them and as they are computed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from dukao.base.periods import PeriodType
from dukao.base.refusals import NotThere
from dukao.indicators.models import Indicator
from dukao.indicators.rules import IndicatorDefinition, Plan, PlannedTerm, Term, terms
from dukao.registers import queries as registers
from dukao.registers.queries import ElementView


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """An indicator for people. `formula` is in words: `（增值税 + 企业所得税）÷ 常住人口 × 10000`."""

    code: str
    title: str
    title_en: str
    why: str
    why_en: str
    formula: str
    unit: str
    decimals: int
    direction: str  # up, down, none: which way is better
    period_type: PeriodType
    basis: str
    owner_code: str
    owner_name: str
    review_on: date
    is_synthetic: bool
    elements: tuple[str, ...] = ()  # codes of the elements it is computed from

    @property
    def is_percentage(self) -> bool:
        return self.unit == "%"


@dataclass(frozen=True, slots=True)
class Entry:
    """Inside the room: one indicator with its plan and its elements by code."""

    view: IndicatorView
    plan: Plan
    elements: dict[str, ElementView]


def indicators() -> tuple[IndicatorView, ...]:
    """Public: all indicators in the order they are shown."""
    return tuple(entry.view for entry in entries())


def indicator(*, code: str) -> IndicatorView:
    """Public: the indicator with this code. Raises NotThere."""
    return entry(code).view


def entry(code: str) -> Entry:
    found = entries([code])
    if not found:
        raise NotThere()
    return found[0]


def entries(codes: Collection[str] | None = None) -> tuple[Entry, ...]:
    """Inside the room: indicators ready to be read, in the order they are shown; two SQL queries."""
    chosen = Indicator.objects.order_by("position", "code")
    if codes is not None:
        chosen = chosen.filter(code__in=codes)
    rows = [
        (IndicatorDefinition.model_validate(definition), owner or "")
        for definition, owner in chosen.values_list("definition", "owner__name")
    ]
    elements = registers.elements_by_code({code for definition, _ in rows for code in definition.elements})
    return tuple(_entry(definition, owner, elements) for definition, owner in rows)


def _entry(definition: IndicatorDefinition, owner: str, elements: dict[str, ElementView]) -> Entry:
    named = {code: elements[code] for code in definition.elements}
    view = IndicatorView(
        code=definition.code,
        title=definition.title,
        title_en=definition.title_en,
        why=definition.why,
        why_en=definition.why_en,
        formula=_in_words(definition, named),
        unit=definition.unit,
        decimals=definition.decimals,
        direction=definition.direction,
        period_type=definition.period,
        basis=definition.basis,
        owner_code=definition.owner,
        owner_name=owner,
        review_on=definition.review_on,
        is_synthetic=definition.synthetic or any(element.is_synthetic for element in named.values()),
        elements=tuple(named),
    )
    return Entry(view, _plan(definition, named), named)


def _plan(definition: IndicatorDefinition, elements: dict[str, ElementView]) -> Plan:
    def planned(formula: str) -> tuple[PlannedTerm, ...]:
        return tuple(_planned(term, elements[term.element]) for term in terms(formula)) if formula else ()

    factor = Fraction(definition.factor)
    return Plan(
        code=definition.code,
        numerator=planned(definition.numerator),
        denominator=planned(definition.denominator),
        factor=(factor.numerator, factor.denominator),
        decimals=definition.decimals,
        period_type=definition.period,
    )


def _planned(term: Term, element: ElementView) -> PlannedTerm:
    return PlannedTerm(
        sign=term.sign,
        element_id=element.id,
        element=element.code,
        scale=10**element.decimals,
        period_type=element.period_type,  # type: ignore[arg-type]
        over_units=element.over_units,
        over_periods=element.over_periods,
        level=element.level,
    )


def _in_words(definition: IndicatorDefinition, elements: dict[str, ElementView]) -> str:
    def side(formula: str) -> str:
        parts = terms(formula)
        told = "".join(
            (" − " if term.sign < 0 else " + " if place else "") + elements[term.element].title
            for place, term in enumerate(parts)
        )
        return f"（{told}）" if len(parts) > 1 and (definition.denominator or definition.factor != 1) else told

    told = side(definition.numerator)
    if definition.denominator:
        told += f" ÷ {side(definition.denominator)}"
    if definition.factor != 1:
        told += f" × {definition.factor.normalize():,f}"
    # Full-width brackets bring their own space.
    return told.replace("） ", "）").replace(" （", "（")
