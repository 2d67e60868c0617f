"""Through the gate."""

from dukao.gate.actions.baselines import BaselineStands, set_baseline
from dukao.gate.actions.demands import (
    DemandWithoutBasis,
    DueDatePassed,
    IssuedDemand,
    NobodyAsked,
    Reason,
    issue_demand,
    record_refusal,
    withdraw_demand,
)
from dukao.gate.actions.draws import (
    DrawnAlready,
    DrawnTooSoon,
    PromiseBroken,
    TooFewInspectors,
    draw_units,
    promise_draw,
)
from dukao.gate.actions.ledger import give_back_entries, know_minutes, post_entries, tell_minutes
from dukao.gate.actions.remote import NothingKnown, look_remotely
from dukao.gate.actions.visits import (
    NotArrived,
    NothingToDecide,
    NothingToObjectTo,
    ObjectionTooLate,
    TookPart,
    TooManyCodes,
    conclude_visit,
    decide_objection,
    object_to_visit,
    read_code,
    refuse_visit,
    tell_of_visit,
)

__all__ = [
    "BaselineStands", "DemandWithoutBasis", "DrawnAlready", "DrawnTooSoon", "DueDatePassed", "IssuedDemand",
    "NobodyAsked", "NotArrived", "NothingKnown", "NothingToDecide", "NothingToObjectTo", "ObjectionTooLate",
    "PromiseBroken", "Reason", "TooFewInspectors", "TooManyCodes", "TookPart", "conclude_visit", "decide_objection",
    "draw_units", "give_back_entries", "issue_demand", "know_minutes", "look_remotely", "object_to_visit",
    "post_entries", "promise_draw", "read_code", "record_refusal", "refuse_visit", "set_baseline", "tell_minutes",
    "tell_of_visit", "withdraw_demand",
]  # fmt: skip
