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
from dukao.gate.queries.draws import DrawnUnit, DrawView, draw, draws, published_draw
from dukao.gate.queries.remote import RemoteLook, remote_look
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
    "AskerMinutes", "CodeDoesNotHold", "DemandView", "DrawView", "DrawnUnit", "Engagement", "PartView", "RefusalView",
    "RefusedVisitView", "RemoteLook", "VisitView", "conduct_rules", "demand", "demands", "demands_on_unit", "draw",
    "draws", "engagements", "minutes_by_asker", "published_draw", "refusals", "refused_visits", "remote_look", "visit",
    "visit_of_code", "visits",
]  # fmt: skip
