"""Checking one row of a delivery, cell by cell, with a reason in words for everything that is wrong.

This is the slow, plain twin of the SQL in `checking.py`: there rows are sorted into good and bad, here the bad ones are
told why.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from dukao.base.periods import PERIOD_TYPES, Period, PeriodType
from dukao.registers.rules.cells import Reading, Unfit, cleaned, period_reading, reading, shortened
from dukao.registers.rules.definitions import ColumnDefinition, DatasetDefinition

WHOLE_ROW = "（整行）"


@dataclass(frozen=True)
class Fault:
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class RowRules:
    """What a row of this delivery must satisfy. `finest` is the finest period type that any measure keeps."""

    definition: DatasetDefinition
    period: Period
    finest: PeriodType

    @cached_property
    def required(self) -> frozenset[str]:
        """Columns that may not be empty: those that say so, the key, and those that say whose and when."""
        d = self.definition
        named = {c.name for c in d.columns if c.required} | {*d.key, d.unit_column, d.date_column, d.period_column}
        return frozenset(named - {""})

    @cached_property
    def readings(self) -> dict[str, Reading]:
        return {
            c.name: period_reading(c) if c.name == self.definition.period_column else reading(c)
            for c in self.definition.columns
        }

    @cached_property
    def period_types(self) -> tuple[PeriodType, ...]:
        """Types of period a row may be about: inside the delivery's period and not coarser than what is kept."""
        finest = max(PERIOD_TYPES.index(self.period.type), PERIOD_TYPES.index(self.finest))
        return PERIOD_TYPES[finest:]

    def faults(self, raws: Mapping[str, str | None], unit_fault: Callable[[int], str | None]) -> list[Fault]:
        """Everything wrong with the row, in the order of the columns; `unit_fault` judges the code of the unit."""
        found = []
        for column in self.definition.columns:
            text = cleaned(raws.get(column.name) or "")
            if (reason := self.reason(column, text, unit_fault)) is not None:
                found.append(Fault(column.name, text, reason))
        return found

    def fault(self, column: ColumnDefinition, text: str, unit_fault: Callable[[int], str | None]) -> Fault:
        """What is wrong with a cell that was found to be wrong."""
        reason = self.reason(column, text, unit_fault)
        assert reason is not None, f"{column.name}: the quick check refuses what the slow one takes: {text!r}"
        return Fault(column.name, text, reason)

    def reason(self, column: ColumnDefinition, text: str, unit_fault: Callable[[int], str | None]) -> str | None:
        """What is wrong with this cell, blanks cut off; nothing where it is in order."""
        if not text:
            return "必填，但为空" if column.name in self.required else None
        try:
            value = self.readings[column.name](text)
        except Unfit as error:
            return str(error)
        if column.is_number:
            return self._range_fault(column, text, Decimal(value))
        if column.name == self.definition.unit_column:
            return unit_fault(int(value))
        if column.name == self.definition.date_column:
            return self._outside(date.fromisoformat(value), text)
        if column.name == self.definition.period_column:
            return self._period_fault(Period.parse(value), text)
        return None

    def _range_fault(self, column: ColumnDefinition, text: str, value: Decimal) -> str | None:
        low, high = column.range
        if low is not None and value < low:
            return f"“{shortened(text)}”小于下限 {low:f}"
        if high is not None and value > high:
            return f"“{shortened(text)}”大于上限 {high:f}"
        return None

    def _outside(self, on: date, text: str) -> str | None:
        if self.period.starts_on <= on < self.period.ends_on:
            return None
        return f"“{shortened(text)}”不在本次交付的时期（{self.period.label}）内"

    def _period_fault(self, period: Period, text: str) -> str | None:
        if period.type not in self.period_types:
            return f"“{shortened(text)}”的时期太长，数据按更短的时期保存"
        return self._outside(period.starts_on, text)
