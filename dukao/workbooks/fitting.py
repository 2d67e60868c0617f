"""A known value as a slot wants it: in its unit of measure, by its codes, ticked; or why it does not fit."""

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from dukao.workbooks.boxes import boxes_in, ticked_alone, with_ticks
from dukao.workbooks.grid import Grid, Value
from dukao.workbooks.matching import converted, factor_between
from dukao.workbooks.matching.measures import SCALED, measure
from dukao.workbooks.shelf import Known
from dukao.workbooks.tables import Kind, Slot
from dukao.workbooks.texts import plain

_LISTED = re.compile(r"[、,，;；]")


def fitted(known: Known, slot: Slot, unit: str, grid: Grid) -> Value:
    """The value to write; None where it does not fit. `unit` is the slot's."""
    printed = grid.rows[slot.row][slot.column] if slot.row < grid.height and slot.column < grid.width else None
    if isinstance(printed, str) and boxes_in(printed):
        return _ticked(printed, known.value)
    if slot.codes:
        return _code(slot.codes, known.value)
    number = number_of(known.value)
    if slot.kind in (Kind.NUMBER, Kind.PERCENT):
        if number is None:
            return None
        value = converted(number, known.unit, unit) if _differ(known.unit, unit) else number
    elif slot.kind is Kind.DATE and not isinstance(known.value, date | datetime | str):
        return None
    elif number is not None and _differ(known.unit, unit):
        value = converted(number, known.unit, unit)
    else:
        return known.value
    # A cell that shows 0.35 as 35%.
    return value / 100 if value is not None and unit == "%" and (slot.row, slot.column) in grid.percents else value


def ticked_apart(slot: Slot, value: Value, grid: Grid) -> tuple[tuple[int, int, str], ...]:
    """Row, column and text of the boxes to tick, each in a cell of its own; none where an answer is not offered."""
    offered = {plain(box.title): box for box in slot.boxes}
    answers = _answers(value, offered)
    if not set(answers) <= set(offered):
        return ()
    chosen = (offered[answer] for answer in answers)
    return tuple((box.row, box.column, ticked_alone(str(grid.rows[box.row][box.column]))) for box in chosen)


def why_unfit(known: Known, unit: str) -> str:
    """Why the value does not stand in the slot."""
    number, factor = number_of(known.value), factor_between(known.unit, unit)
    if number is None or factor is None or factor == 1:
        return f"“{said(known.value)}”填不进这一格"
    about = float(number * factor.numerator / factor.denominator)
    return f"{number:f} {known.unit}换算成{unit}除不尽（约 {about:.4f}），请按表的要求取舍"


def unsaid_scale(known: Known, unit: str) -> str:
    """Why a number without its unit cannot stand where the form counts in 万人 or 亩, whoever confirmed the name."""
    counted = measure(unit)
    is_scaled = counted is not None and (counted[0] in SCALED or counted[1] > 1)
    if known.unit or not is_scaled or number_of(known.value) is None:
        return ""
    return f"“{said(known.value)}”没有写单位（{known.source}），表上是{unit}，请核对后填写"


def agree(values: Sequence[Known]) -> bool:
    """Whether all say exactly the same, whatever their units of measure; a number without one has the others'."""
    unit = next((known.unit for known in values if known.unit), "")
    return len({_comparable(known, unit) for known in values}) <= 1


def told(values: Sequence[Known]) -> str:
    """What the sources say, each with its place."""
    return "；".join(f"{said(known.value)}{known.unit}（{known.source}）" for known in values[:3])


def said(value: Value) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def number_of(value: Value) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        # A float's shortest text is what the person typed.
        number = Decimal(str(value).replace(",", "").replace("，", "").strip().rstrip("%％"))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _comparable(known: Known, unit: str) -> str | Fraction:
    number = number_of(known.value)
    factor = factor_between(known.unit or unit, unit)
    return plain(str(known.value)) if number is None or factor is None else Fraction(number) * factor


def _differ(given: str, wanted: str) -> bool:
    return bool(given and wanted) and given != wanted


def _code(codes: tuple[tuple[str, str], ...], value: Value) -> str | None:
    """The code (or number) under which a list has the value."""
    text = _answer(value)
    return next((code for code, title in codes if text in (plain(title), plain(code))), None)


def _ticked(printed: str, value: Value) -> str | None:
    """The printed boxes with the known answers ticked; of several all must be offered."""
    boxes = boxes_in(printed)
    offered = {plain(title): title for title in boxes.titles} if boxes else {}
    answers = _answers(value, offered)
    return with_ticks(printed, [offered[answer] for answer in answers]) if set(answers) <= set(offered) else None


def _answers(value: Value, offered: Collection[str]) -> list[str]:
    """The one answer, or several with signs between them."""
    return [_answer(value)] if _answer(value) in offered else [_answer(part) for part in _LISTED.split(str(value))]


def _answer(value: Value) -> str:
    return ("是" if value else "否") if isinstance(value, bool) else plain(said(value))
