"""Which slot of a form gets which value, and which stay open: decided before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from dukao.base.periods import Period
from dukao.workbooks.grid import Grid, Value, Workbook, cell_name
from dukao.workbooks.matching import Asked, Candidate, Matcher, Span, converted, factor_between, is_place, label
from dukao.workbooks.matching.measures import SCALED, measure
from dukao.workbooks.matching.vocabulary import OPTIONAL
from dukao.workbooks.shelf import (
    Known,
    Shelf,
    key_columns,
    period_in,
    period_of_row,
    placeless,
    time_told,
    timeless,
    who,
)
from dukao.workbooks.tables import Kind, Layout, Slot, Table, Understood
from dukao.workbooks.texts import plain


@dataclass(frozen=True)
class Filling:
    """A value for a slot, with where it comes from."""

    sheet: str
    row: int
    column: int
    value: Value
    source: str
    as_of: str
    term: str = ""
    reason: str = ""

    @property
    def cell(self) -> str:
        return cell_name(self.row, self.column)


@dataclass(frozen=True)
class Gap:
    """A slot that stays open, why, and which terms a person may choose from."""

    sheet: str
    slot: Slot
    asked: Asked
    why: str
    offered: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What `fill` will do to one form for one unit and period."""

    unit: str
    period: Period | None
    fillings: tuple[Filling, ...]
    gaps: tuple[Gap, ...]

    @property
    def n_slots(self) -> int:
        return len(self.fillings) + len(self.gaps)


def plan_filling(
    workbook: Workbook, understood: Understood, shelf: Shelf, matcher: Matcher, *, unit: str, period: Period | None
) -> Plan:
    """Decide for every slot. A value is taken only where its term is sure and all that is known of it agrees."""
    fillings: list[Filling] = []
    gaps: list[Gap] = []
    for grid, sheet in zip(workbook.grids, understood.sheets, strict=True):
        for table in sheet.tables:
            keys = tuple(c.index for c in key_columns(table))
            for slot in table.slots:
                if is_optional(slot):
                    continue
                whose = _whose(grid, table, slot, keys, shelf) or unit
                asked = asked_by(table, slot)
                when = _when(grid, table, slot, period)
                found = _answer(asked, slot, matcher, shelf, whose, when, grid.percents, is_now=when == period)
                if isinstance(found, str):
                    gaps.append(Gap(sheet.name, slot, asked, found, matcher.candidates(asked, 3)))
                else:
                    known, value, sure = found
                    fillings.append(
                        Filling(sheet.name, slot.row, slot.column, value, known.source, known.as_of, sure.term.key,
                                sure.reason)
                    )  # fmt: skip
    return Plan(unit, period, tuple(fillings), tuple(gaps))


def rows_are_many(table: Table) -> bool:
    """Whether the rows are units, persons or things that are all asked the same."""
    return table.layout is Layout.ROSTER or (table.layout is Layout.GRID and bool(key_columns(table)))


def asked_by(table: Table, slot: Slot) -> Asked:
    """What a slot asks; a row or column that is one of many units or persons does not change the question."""
    row_path = () if rows_are_many(table) else slot.row_path
    return timeless(placeless(Asked(slot.path, row_path, slot.unit, slot.kind, table.title)))


def _when(grid: Grid, table: Table, slot: Slot, period: Period | None) -> Period | None:
    """The period that the slot's row or column names of its own, else the form's."""
    near = period or period_in(table.period) or period_in(table.title)
    return time_told((*slot.row_path, *slot.path), near) or period_of_row(table, grid, slot.row, near) or period


def is_optional(slot: Slot) -> bool:
    """Whether the slot is for remarks or signatures, which nobody must fill."""
    return any(path and label(path[-1]).core in OPTIONAL for path in (slot.path, slot.row_path))


def _whose(grid: Grid, table: Table, slot: Slot, keys: Sequence[int], shelf: Shelf) -> str:
    """Whom the slot's row is about, where a cell of the row says so and something is known about them; else empty."""
    if place := next((part for part in reversed(slot.path) if is_place(part)), ""):
        return place
    for column in keys:
        value = grid.rows[slot.row][column]
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, float | int) and not isinstance(value, bool):
            return f"{value:.0f}"
    if slot.row_path and shelf.knows(slot.row_path[-1]):
        return slot.row_path[-1]
    return ""


def _answer(
    asked: Asked,
    slot: Slot,
    matcher: Matcher,
    shelf: Shelf,
    whose: str,
    period: Period | None,
    percents: frozenset[tuple[int, int]],
    *,
    is_now: bool,
) -> tuple[Known, Value, Candidate] | str:
    """The value to fill in, or why there is none."""
    row_is_who = bool(asked.row_path) and who(asked.row_path[-1]) == who(whose)
    if other := _other_level(asked, whose):
        return f"问的是{other}的数，不是{whose}的"
    sure = matcher.sure(Asked(asked.path, (), asked.unit, asked.kind, asked.title) if row_is_who else asked)
    if sure is None:
        return "没有找到确定对应的数据" if not matcher.candidates(asked, 1) else "有相近的数据，要由人确认"
    when = _shifted(period, sure.span)
    if when is None and sure.span is not Span.NOW:
        return "问的是别的时期，不知道是哪一期"
    values = shelf.values(sure.term.key, whose=whose, period=when)
    if not is_now or sure.span is not Span.NOW:
        values = tuple(known for known in values if known.is_dated)
    if not values:
        return f"“{sure.term.title}”没有{whose}的数据" + (f"（{when.label}）" if when else "")
    if len({_comparable(known, sure.term.unit) for known in values}) > 1:
        return f"“{sure.term.title}”有几处来源互相矛盾：" + "；".join(
            f"{_said(k.value)}{k.unit}（{k.source}）" for k in values[:3]
        )
    if told := _unsaid_scale(values[0], asked.unit):
        return told
    value = _shaped(values[0], slot, asked.unit)
    if value is None and (told := _not_exact(values[0], asked.unit)):
        return told
    if isinstance(value, Decimal) and sure.term.unit == "%" and (slot.row, slot.column) in percents:
        value /= 100  # the cell shows 0.35 as 35%
    return (values[0], value, sure) if value is not None else f"“{_said(values[0].value)}”填不进这一格"


def _other_level(asked: Asked, whose: str) -> str:
    """全镇 where a heading asks for the whole of another level than the unit's own; else empty."""
    name = who(whose)
    own = next((level for level, ends in _LEVELS.items() if name.endswith(ends)), "")
    told = (plain(part) for part in (*asked.row_path, *asked.path))
    asked_levels = {level for part in told for level in _LEVELS if part.startswith((f"全{level}", f"本{level}"))}
    return "" if not own or not asked_levels or own in asked_levels else f"全{min(asked_levels)}"


_LEVELS = {"村": ("村", "社区"), "镇": ("镇", "乡", "街道"), "县": ("县", "区", "旗")}
_LEVELS["乡"], _LEVELS["区"] = _LEVELS["镇"], _LEVELS["县"]


def _said(value: Value) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _not_exact(known: Known, unit: str) -> str:
    """Why a figure is not written in another unit of measure; empty where that is not the reason."""
    number, factor = _number(known.value), factor_between(known.unit, unit)
    if number is None or factor is None or factor == 1:
        return ""
    about = float(number * factor.numerator / factor.denominator)
    return f"{number:f} {known.unit}换算成{unit}除不尽（约 {about:.4f}），请按表的要求取舍"


def _shifted(period: Period | None, span: Span) -> Period | None:
    if period is None:
        return None
    match span:
        case Span.YEAR_BEFORE:
            return period.year_before()
        case Span.BEFORE:
            return period.previous()
        case Span.NOW:
            return period
    return None


def _comparable(known: Known, unit: str) -> str | Fraction:
    """The same for two values that say the same, whatever their units of measure."""
    number = _number(known.value)
    factor = factor_between(known.unit, unit)
    return plain(str(known.value)) if number is None or factor is None else Fraction(number) * factor


def _unsaid_scale(known: Known, unit: str) -> str:
    """Why a number without its unit cannot stand where the form counts in 万人 or 亩, whoever confirmed the name."""
    counted = measure(unit)
    is_scaled = counted is not None and (counted[0] in SCALED or counted[1] > 1)
    if known.unit or not is_scaled or _number(known.value) is None:
        return ""
    return f"“{_said(known.value)}”没有写单位（{known.source}），表上是{unit}，请核对后填写"


def _shaped(known: Known, slot: Slot, unit: str) -> Value:
    """The value as the slot wants it: in its unit of measure, by its code; None where it does not fit."""
    if slot.codes:
        said = plain(str(known.value))
        return next((code for code, title in slot.codes if said in (plain(title), plain(code))), None)
    number = _number(known.value)
    if slot.kind in (Kind.NUMBER, Kind.PERCENT):
        if number is None:
            return None
        return converted(number, known.unit, unit) if known.unit and unit and known.unit != unit else number
    if slot.kind is Kind.DATE and not isinstance(known.value, date | datetime | str):
        return None
    if number is not None and known.unit and unit and known.unit != unit:
        return converted(number, known.unit, unit)
    return known.value


def _number(value: Value) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        # A float's shortest text is what the person typed.
        number = Decimal(str(value).replace(",", "").replace("，", "").strip().rstrip("%％"))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
