"""Looking at the gate."""

from dukao.gate.queries.demands import (
    AskerMinutes,
    DemandView,
    RefusalView,
    demand,
    demands,
    demands_on_unit,
    minutes_by_asker,
    refusals,
)

__all__ = [
    "AskerMinutes", "DemandView", "RefusalView", "demand", "demands", "demands_on_unit", "minutes_by_asker", "refusals",
]  # fmt: skip
