"""Tables of the gate, one module per noun."""

from dukao.gate.models.appeals import Appeal
from dukao.gate.models.demands import Demand, Refusal
from dukao.gate.models.documents import Band, Document
from dukao.gate.models.joint import JointPlan, JointVisit
from dukao.gate.models.ledger import Baseline, BurdenEntry
from dukao.gate.models.meetings import Meeting, Speech
from dukao.gate.models.plans import Plan, PlanItem, PlanTarget, Quota
from dukao.gate.models.visits import CodeMiss, Draw, RefusedVisit, Visit, VisitPart

__all__ = [
    "Appeal", "Band", "Baseline", "BurdenEntry", "CodeMiss", "Demand", "Document", "Draw",
    "JointPlan", "JointVisit", "Meeting", "Plan", "PlanItem", "PlanTarget", "Quota", "Refusal", "RefusedVisit",
    "Speech", "Visit", "VisitPart",
]  # fmt: skip
