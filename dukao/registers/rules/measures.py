"""How a dataset's columns and an element fit together: which function, which unit of measure, which kind of period.

Everything is exact or refused here, before the first row is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from dukao.base.periods import PERIOD_TYPES
from dukao.registers.rules.definitions import ColumnDefinition, DatasetDefinition, Measure

# Powers of ten between units of measure that only differ in scale.
_SCALES: dict[str, tuple[str, int]] = {
    prefix + base: (base, power)
    for base in ("元", "人", "户", "亩", "公斤", "千瓦时", "件", "张", "个", "家")
    for prefix, power in (("", 0), ("百", 2), ("千", 3), ("万", 4), ("百万", 6), ("亿", 8))
}
_SCALES["吨"] = ("公斤", 3)
_SCALES["万吨"] = ("公斤", 7)


class MeasuredElement(Protocol):
    """What a measure must know of an element."""

    @property
    def id(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def measure_unit(self) -> str: ...
    @property
    def decimals(self) -> int: ...
    @property
    def period_type(self) -> str: ...
    @property
    def over_units(self) -> str: ...
    @property
    def level(self) -> int: ...


@dataclass(frozen=True)
class Distillation:
    """One measure ready to run: `value = function(column) × 10**shift`, kept per element period and unit of `level`."""

    element_id: int
    element_code: str
    function: Literal["sum", "count", "count_distinct", "mean", "last"]
    column: str
    is_text: bool
    shift: int
    period_type: str
    level: int
    zero_when_empty: bool
    measure: Measure


def declared_measures(definition: DatasetDefinition, elements: Mapping[str, MeasuredElement]) -> tuple[Measure, ...]:
    """The written measures, and one for each column that names an element: added up, averaged or last as it adds up."""
    implied = []
    for column in definition.columns:
        if column.element in elements:
            element = elements[column.element]
            function = {"sum": "sum", "mean": "mean"}.get(element.over_units, "last") if column.is_number else "last"
            implied.append(Measure(element=column.element, function=function, column=column.name))  # type: ignore[arg-type]
    return (*definition.measures, *implied)


def distillations(definition: DatasetDefinition, elements: Mapping[str, MeasuredElement]) -> tuple[Distillation, ...]:
    """Every measure fitted to its element. Raises ValueError naming the first that does not fit and why."""
    wanted = {m.element for m in definition.measures} | {c.element for c in definition.columns if c.element}
    if missing := sorted(wanted - set(elements)):
        raise ValueError(f"没有数据元 {'、'.join(missing)}；请先定义")
    return tuple(_fitted(m, elements[m.element], definition) for m in declared_measures(definition, elements))


def _fitted(measure: Measure, element: MeasuredElement, definition: DatasetDefinition) -> Distillation:
    column = definition.column(measure.column) if measure.column else None
    if not definition.period_column and not definition.date_column:
        _check_period(definition, element)
    return Distillation(
        element_id=element.id,
        element_code=element.code,
        function=measure.function,
        column=measure.column,
        is_text=element.kind != "number",
        shift=_shift(measure, element, column),
        period_type=element.period_type,
        level=element.level,
        zero_when_empty=measure.empty == "zero",
        measure=measure,
    )


def _check_period(definition: DatasetDefinition, element: MeasuredElement) -> None:
    """Without a date per row every row is about the whole delivery, so the element may not be kept finer."""
    if PERIOD_TYPES.index(element.period_type) > PERIOD_TYPES.index(definition.period):  # type: ignore[arg-type]
        raise ValueError(f"{element.code} 按更短的时期保存，数据集要写明 date_column 或 period_column")


def _shift(measure: Measure, element: MeasuredElement, column: ColumnDefinition | None) -> int:
    """The power of ten from the column's scaled integer to the element's: never negative, so nothing is lost."""
    counts = measure.function in ("count", "count_distinct")
    if element.kind != "number":
        if measure.function != "last":
            raise ValueError(f"{element.code} 不是数字，只能用 last")
        return 0
    if counts or column is None:
        return element.decimals
    if not column.is_number:
        raise ValueError(f"{element.code} 是数字，列“{column.name}”不是")
    power = _power_between(column.unit, element.measure_unit)
    if power is None:
        units = f"“{column.unit}”换算不成“{element.measure_unit}”"
        raise ValueError(f"列“{column.name}”的单位{units}（{element.code}）")
    shift = element.decimals - column.decimals + power
    if shift < 0:
        enough = f"请至少保留 {element.decimals - shift} 位"
        raise ValueError(f"{element.code} 保留 {element.decimals} 位小数，放不下列“{column.name}”的全部数字；{enough}")
    return shift


def _power_between(column_unit: str, element_unit: str) -> int | None:
    """The power with which `value in column units × 10**power` is the value in element units."""
    if column_unit == element_unit:
        return 0
    if column_unit not in _SCALES or element_unit not in _SCALES:
        return None
    (base, from_power), (to_base, to_power) = _SCALES[column_unit], _SCALES[element_unit]
    return from_power - to_power if base == to_base else None
