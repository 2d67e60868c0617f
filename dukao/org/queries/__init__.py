"""Reading the tree of units and the people in it."""

from dukao.org.queries.counts import counts_below
from dukao.org.queries.people import (
    DepartmentView,
    HoldingView,
    LoginView,
    PostView,
    Preferences,
    actor_named,
    department,
    departments,
    departments_by_codes,
    display_names,
    logins,
    posts,
    preferences,
)
from dukao.org.queries.sittings import actor_sitting, sitting_id
from dukao.org.queries.units import (
    UnitView,
    ancestors,
    children,
    count_below,
    root_units,
    search_units,
    unit,
    unit_by_code,
    unit_by_id,
    unit_rows_below,
    units_below,
    units_by_codes,
)

__all__ = [
    "DepartmentView", "HoldingView", "LoginView", "PostView", "Preferences", "UnitView", "actor_named",
    "actor_sitting", "ancestors", "children", "count_below", "counts_below", "department", "departments",
    "departments_by_codes", "display_names", "logins", "posts", "preferences", "root_units", "search_units",
    "sitting_id", "unit", "unit_by_code", "unit_by_id", "unit_rows_below", "units_below", "units_by_codes",
]
