"""Looking at the gate."""

from dukao.gate.queries.appeals import (
    GROUND_NAMES,
    AppealCase,
    AppealView,
    RuleStatistic,
    appeal,
    appeal_case,
    appeals,
    rule_statistics,
)
from dukao.gate.queries.booking import ItemToBook, UnitToBook, days_ahead, items_to_book, units_to_book
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
from dukao.gate.queries.documents import (
    Assessment,
    Counting,
    DocumentCount,
    DocumentLine,
    DocumentView,
    document,
    document_counts,
    documents,
    documents_received,
)
from dukao.gate.queries.draws import DrawnUnit, DrawView, draw, draws, published_draw
from dukao.gate.queries.ledger import (
    ESTIMATE_NAMES,
    FORMULAS,
    KIND_NAMES,
    AskerBurden,
    BaselineView,
    Burden,
    Calendar,
    CalendarItem,
    Compared,
    CrowdedUnit,
    DepartmentStatement,
    DueElsewhere,
    KindBurden,
    Median,
    StatementLine,
    UnitBurden,
    UnitStatement,
    WhatIf,
    baselines,
    comparison,
    department_statement,
    unit_calendar,
    unit_statement,
    what_if,
)
from dukao.gate.queries.meetings import (
    Judged,
    MeetingView,
    MeetingYear,
    SpeechView,
    judged_meeting,
    meeting,
    meeting_years,
    meetings,
    meetings_of_unit,
)
from dukao.gate.queries.quotas import (
    CapState,
    Obstacle,
    cap_states,
    obstacles,
    quotas_that_differ,
)
from dukao.gate.queries.radar import Dodge, Pair, Side, dodges, pair
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
    "ESTIMATE_NAMES", "FORMULAS", "GROUND_NAMES", "KIND_NAMES", "AppealCase", "AppealView", "AskerBurden",
    "AskerMinutes", "Assessment", "BaselineView", "Burden", "Calendar", "CalendarItem", "CapState", "CodeDoesNotHold",
    "Compared", "Counting", "CrowdedUnit", "DemandView", "DepartmentStatement", "DocumentCount", "DocumentLine",
    "DocumentView", "Dodge", "DrawView", "DrawnUnit", "DueElsewhere", "Engagement", "ItemToBook", "Judged",
    "KindBurden", "Median", "MeetingView", "MeetingYear", "Obstacle", "Pair", "PartView", "RefusalView",
    "RefusedVisitView", "RemoteLook", "RuleStatistic", "Side", "SpeechView", "StatementLine", "UnitBurden",
    "UnitStatement", "UnitToBook", "VisitView", "WhatIf", "appeal", "appeal_case", "appeals", "baselines", "cap_states",
    "comparison", "conduct_rules", "days_ahead", "demand", "demands", "demands_on_unit", "department_statement",
    "document", "document_counts", "documents", "documents_received", "dodges", "draw", "draws", "engagements",
    "items_to_book", "judged_meeting", "meeting", "meeting_years", "meetings", "meetings_of_unit", "minutes_by_asker",
    "obstacles", "pair", "published_draw", "quotas_that_differ", "refusals", "refused_visits", "remote_look",
    "rule_statistics", "unit_calendar", "unit_statement", "units_to_book", "visit", "visit_of_code", "visits",
    "what_if",
]  # fmt: skip
