"""Inside the room: the readings of many indicators for many units, in a constant number of SQL queries."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dukao.base.periods import Period
from dukao.indicators.rules import Plan, Reading, element_periods, read
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.registers import queries as registers


@dataclass
class Readings:
    """Figures fetched for some units and periods; `of` reads an indicator from them."""

    figures: registers.Figures
    units: dict[int, dict[int, int]]

    def of(self, plan: Plan, unit: UnitView, period: Period) -> Reading:
        return read(plan, period, self.at(unit.id), unit_level=unit.level, units=self.units.get(unit.id, {}))

    def at(self, unit_id: int) -> Callable[[int, int], Sequence[int] | None]:
        found = self.figures
        return lambda element_id, period: found.get((element_id, period, unit_id))


def units_below_each(plans: Iterable[Plan], units: Sequence[UnitView]) -> dict[int, dict[int, int]]:
    """How many units of each level that matters stand at or below each unit."""
    levels = {term.level for plan in plans for term in plan.all_terms}
    return org.counts_below(unit_ids=[unit.id for unit in units], levels=levels)


def fetch(
    wanted: Iterable[tuple[Plan, Collection[Period]]],
    units: Sequence[UnitView],
    *,
    scope_path: str,
    as_of: datetime | None = None,
) -> registers.Figures:
    """All figures that reading these plans for these periods may look at; one SQL query per type of period."""
    elements: dict[str, set[int]] = defaultdict(set)
    periods: dict[str, set[int]] = defaultdict(set)
    for plan, of_plan in wanted:
        for term in plan.all_terms:
            elements[term.period_type].add(term.element_id)
            for period in of_plan:
                periods[term.period_type].update(element_periods(term, period))
    ids = [unit.id for unit in units]
    found: registers.Figures = {}
    for kind, of_kind in elements.items():
        cells = {"element_ids": of_kind, "periods": periods[kind], "unit_ids": ids}
        found |= (
            registers.figures(**cells)
            if as_of is None
            else registers.figures_as_of(**cells, scope_path=scope_path, as_of=as_of)
        )
    return found
