"""Reading the burden ledger: statements, the calendar, what would come of one more demand, and the baselines."""

from dukao.gate.queries.ledger.baselines import BaselineView, Compared, baselines, comparison
from dukao.gate.queries.ledger.calendar import BelowItem, Calendar, CalendarItem, unit_calendar
from dukao.gate.queries.ledger.entries import ESTIMATE_NAMES, FORMULAS, KIND_NAMES, Burden
from dukao.gate.queries.ledger.statements import (
    AskerBurden,
    DepartmentStatement,
    KindBurden,
    Median,
    StatementLine,
    UnitBurden,
    UnitStatement,
    department_statement,
    latest_month,
    unit_statement,
)
from dukao.gate.queries.ledger.what_if import CrowdedUnit, DueElsewhere, WhatIf, what_if

__all__ = [
    "ESTIMATE_NAMES", "FORMULAS", "KIND_NAMES", "AskerBurden", "BaselineView", "BelowItem", "Burden", "Calendar",
    "CalendarItem", "Compared", "CrowdedUnit", "DepartmentStatement", "DueElsewhere", "KindBurden", "Median",
    "StatementLine", "UnitBurden", "UnitStatement", "WhatIf", "baselines", "comparison", "department_statement",
    "latest_month", "unit_calendar", "unit_statement", "what_if",
]  # fmt: skip
