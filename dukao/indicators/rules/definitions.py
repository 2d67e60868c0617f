"""What an indicator must say: the YAML that defines it, its formula, and whether it fits its elements."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Protocol, Self

from pydantic import Field, model_validator

from dukao.base.definitions import CODE_PATTERN, DEPARTMENT_PATTERN, Definition
from dukao.base.periods import PERIOD_TYPES, PeriodType

_TERM = re.compile(r"\s*([+-]?)\s*([a-z][a-z0-9_]{0,63})\s*", re.ASCII)
TERMS_LIMIT = 30


@dataclass(frozen=True, slots=True)
class Term:
    """One element of a formula, added (`sign` 1) or subtracted (−1)."""

    sign: int
    element: str


def terms(formula: str) -> tuple[Term, ...]:
    """Read `a + b - c`: codes of elements joined by plus and minus, nothing else. Raises ValueError."""
    found: list[Term] = []
    place = 0
    while place < len(formula):
        match = _TERM.match(formula, place)
        if not match or bool(match[1]) != bool(found):
            raise ValueError(f"“{formula}”应写成 a + b - c（数据元代码，用加号减号连接）")
        found.append(Term(-1 if match[1] == "-" else 1, match[2]))
        place = match.end()
    codes = [term.element for term in found]
    if not found or len(found) > TERMS_LIMIT:
        raise ValueError(f"公式里应有 1 到 {TERMS_LIMIT} 个数据元")
    if len(set(codes)) < len(codes):
        raise ValueError(f"“{formula}”里有数据元写了两次")
    return tuple(found)


class IndicatorDefinition(Definition):
    """An indicator (指标): `numerator ÷ denominator × factor`, exact until it is shown."""

    code: Annotated[str, Field(pattern=CODE_PATTERN)]
    title: Annotated[str, Field(min_length=1, max_length=120)]
    title_en: Annotated[str, Field(max_length=160)] = ""
    why: Annotated[str, Field(min_length=1, max_length=500)]
    why_en: Annotated[str, Field(max_length=500)] = ""
    numerator: Annotated[str, Field(min_length=1, max_length=2000)]
    denominator: Annotated[str, Field(max_length=2000)] = ""
    factor: Annotated[Decimal, Field(gt=0, le=10**9, max_digits=16, decimal_places=6)] = Decimal(1)
    unit: Annotated[str, Field(max_length=20)] = ""
    decimals: Annotated[int, Field(ge=0, le=6)] = 2
    direction: Literal["up", "down", "none"] = "none"
    period: PeriodType
    basis: Annotated[str, Field(min_length=1, max_length=300)]
    owner: Annotated[str, Field(pattern=DEPARTMENT_PATTERN)] | Literal[""] = ""
    review_on: date
    position: Annotated[int, Field(ge=0, le=10_000)] = 0
    synthetic: bool = False

    @model_validator(mode="after")
    def _formulas_read(self) -> Self:
        for formula in (self.numerator, self.denominator):
            if formula:
                terms(formula)
        return self

    @property
    def elements(self) -> tuple[str, ...]:
        """Codes of all elements the formula names, each once."""
        named = [*terms(self.numerator), *(terms(self.denominator) if self.denominator else ())]
        return tuple(dict.fromkeys(term.element for term in named))


class FormulaElement(Protocol):
    """What a formula must know of an element."""

    @property
    def title(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def measure_unit(self) -> str: ...
    @property
    def period_type(self) -> str: ...
    @property
    def over_periods(self) -> str: ...


def misfits(definition: IndicatorDefinition, elements: Mapping[str, FormulaElement]) -> Iterator[tuple[str, str]]:
    """Every (field, reason) where the formula does not fit its elements; nothing where it does."""
    for side, formula in (("numerator", definition.numerator), ("denominator", definition.denominator)):
        if not formula:
            continue
        known = []
        for term in terms(formula):
            element = elements.get(term.element)
            if element is None:
                yield side, f"没有数据元 {term.element}"
                continue
            known.append(element)
            if element.kind != "number":
                yield side, f"{term.element}（{element.title}）不是数字"
            elif reason := _period_misfit(definition.period, element):
                yield side, f"{term.element}（{element.title}）{reason}"
        units = {element.measure_unit: element.title for element in known if element.kind == "number"}
        if len(units) > 1:
            yield side, "计量单位不同，不能相加减：" + "、".join(f"{title}（{unit}）" for unit, title in units.items())


def _period_misfit(period: PeriodType, element: FormulaElement) -> str:
    kept, wanted = PERIOD_TYPES.index(element.period_type), PERIOD_TYPES.index(period)  # type: ignore[arg-type]
    if kept > wanted and element.over_periods == "none":
        return "不能按时期汇总，指标的时期应与它相同"
    if kept < wanted and element.over_periods == "sum":
        return "按更长的时期累计，拆不到指标的时期"
    return ""
