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
from dukao.gate.queries.visits import (
    CodeDoesNotHold,
    Engagement,
    PartView,
    RefusedVisitView,
    VisitView,
    conduct_rules,
    engagements,
    refused_visits,
    visit,
    visit_of_code,
    visits,
)

__all__ = [
    "AskerMinutes", "CodeDoesNotHold", "DemandView", "Engagement", "PartView", "RefusalView", "RefusedVisitView",
    "VisitView", "conduct_rules", "demand", "demands", "demands_on_unit", "engagements", "minutes_by_asker", "refusals",
    "refused_visits", "visit", "visit_of_code", "visits",
]  # fmt: skip
