"""What a sheet that is sent costs each unit, and of whom it asks nothing at all."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from dukao.base.periods import Period
from dukao.gate.queries import WhatIf, what_if
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers import queries as registers
from dukao.registers.queries import ElementView
from dukao.registers.queries.reach import unit_ids_known
from dukao.sheets.queries.compiling import Compiled, compile_sheet
from dukao.sheets.rules.cells import is_fresh, periods_that_count
from dukao.sheets.rules.compiling import CellCount, minutes_of_cell


@dataclass(frozen=True, slots=True)
class Shares:
    """`spared`: ids of the units where every cell that is asked is known and fresh. Minutes × 100 of all others."""

    spared: frozenset[int]
    minutes_hundredths: Mapping[int, int]


def shares_of(compiled: Compiled, *, today: date) -> Shares:
    """Each unit's part of `compiled.minutes_hundredths`. Cells that nobody knows are not looked up."""
    units = frozenset(u.id for u in org.units_below(path=compiled.scope_path, level=compiled.sheet.level))
    elements = registers.elements_by_id(question.element_id for question in compiled.asked)
    rules = {"BRD-0": law.rule("BRD-0", today)}
    minutes: dict[int, int] = defaultdict(int)
    spared = units
    for question in compiled.asked:
        element = elements[question.element_id]
        for cell in question.cells:
            type_one, tap_one = minutes_of_cell(element.minutes_hundredths, rules)
            known, fresh = _knowing(compiled, element, cell, today)
            for unit_id in units - known:
                minutes[unit_id] += type_one
            for unit_id in known - fresh:
                minutes[unit_id] += tap_one
            spared &= fresh
    return Shares(spared, {unit_id: minutes[unit_id] for unit_id in units - spared})


def sheet_what_if(
    *, sheet: str, version: int | None = None, scope_unit: str, period: Period, due_on: date, viewer: Actor,
    today: date, is_emergency: bool = False,
) -> WhatIf | None:  # fmt: skip
    """What sending the sheet would mean for the units it asks; None where it asks nobody. Raises NotThere, Invalid."""
    compiled = compile_sheet(
        sheet=sheet, version=version, scope_unit=scope_unit, period=period, due_on=due_on, viewer=viewer, today=today,
        is_emergency=is_emergency,
    )  # fmt: skip
    minutes = shares_of(compiled, today=today).minutes_hundredths
    if not minutes:
        return None
    return what_if(asker=compiled.sheet.issuer_code, due_on=due_on, minutes_by_unit=minutes, viewer=viewer)


def _knowing(
    compiled: Compiled, element: ElementView, cell: CellCount, today: date
) -> tuple[frozenset[int], frozenset[int]]:
    """Which units know the cell, and of which that is fresh."""
    counting = periods_that_count(cell.period, element.over_periods)
    fresh = [period for period in counting if is_fresh(period, compiled.period.key, element.fresh_days, today)]

    def knowing(periods: Collection[int], n: int) -> frozenset[int]:
        if not n:
            return frozenset()
        return unit_ids_known(
            element_id=element.id, periods=periods, scope_path=compiled.scope_path, level=compiled.sheet.level
        )

    known = knowing(counting, cell.n_fresh + cell.n_stale)
    return known, known if len(fresh) == len(counting) else knowing(fresh, cell.n_fresh)
