"""The rules that a form prints, tested on what stands in it and on what will be filled in."""

from dataclasses import dataclass

from dukao.workbooks.grid import Workbook
from dukao.workbooks.planning import Plan, written
from dukao.workbooks.tables import Understood
from dukao.workbooks.understanding import Violation, violations


@dataclass(frozen=True)
class Broken:
    """A printed rule that does not hold, with the sheet it stands on."""

    sheet: str
    violation: Violation

    @property
    def row(self) -> int:
        """As the sheet numbers it, from 1."""
        return self.violation.row + 1


def broken_rules(workbook: Workbook, form: Understood, plan: Plan | None = None) -> tuple[Broken, ...]:
    """Every row in which a rule does not hold, sheet by sheet from the top; with `plan`, as if it were filled in."""
    found: list[Broken] = []
    for grid, sheet in zip(workbook.grids, form.sheets, strict=True):
        tables = [table for table in sheet.tables if table.rules]
        if tables:
            filled = written(grid, (f for f in plan.fillings if f.sheet == grid.name)) if plan else grid
            found += (Broken(sheet.name, one) for table in tables for one in violations(table, filled))
    order = {sheet.name: number for number, sheet in enumerate(form.sheets)}
    return tuple(sorted(found, key=lambda one: (order[one.sheet], one.row)))
