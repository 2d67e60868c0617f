"""Units of whom a sheet asks nothing: every cell of every question that is asked is known there, and fresh."""

from datetime import date

from dukao.base.periods import Period
from dukao.registers import queries as registers
from dukao.registers.queries.reach import unit_ids_known
from dukao.sheets.queries.compiling import Compiled
from dukao.sheets.rules.cells import is_fresh, periods_that_count


def spared_unit_ids(compiled: Compiled, *, today: date) -> frozenset[int]:
    """Ids of these units; none where some cell that is asked is known nowhere."""
    elements = registers.elements_by_id(question.element_id for question in compiled.asked)
    spared: frozenset[int] | None = None
    # The question that fewest can answer comes first: mostly nobody is left after it.
    for question in sorted(compiled.asked, key=lambda question: question.n_fresh):
        element = elements[question.element_id]
        for cell in (Period.parse(code).key for code in question.periods):
            fresh = [
                period
                for period in periods_that_count(cell, element.over_periods)
                if is_fresh(period, compiled.period.key, element.fresh_days, today)
            ]
            knowing = unit_ids_known(
                element_id=element.id, periods=fresh, scope_path=compiled.scope_path, level=compiled.sheet.level
            )
            spared = knowing if spared is None else spared & knowing
            if not spared:
                return frozenset()
    return spared or frozenset()
