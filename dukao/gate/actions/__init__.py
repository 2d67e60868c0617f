"""Through the gate."""

from dukao.gate.actions.appeals import (
    AppealDecided,
    AppealedAlready,
    DecidedAppeal,
    NothingToAppeal,
    NotIndependent,
    decide_appeal,
    make_appeal,
)
from dukao.gate.actions.baselines import BaselineStands, set_baseline
from dukao.gate.actions.bookings import (
    AlreadyArrived,
    CapReached,
    HeldVisit,
    NotLetThrough,
    NotThatDay,
    OutOfPlan,
    RequestKeyTaken,
    TooSoon,
    arrive,
    expire_holds,
    give_back,
    hold_visit,
)
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
from dukao.gate.actions.documents import (
    DocumentRefused,
    IssuedDocument,
    NoDraft,
    NothingToAllow,
    Paper,
    Superior,
    allow_document,
    assess_document,
    change_draft,
    draft_document,
    drop_document,
    explain_document,
    issue_document,
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
from dukao.gate.actions.meetings import (
    CalledMeeting,
    MeetingRefused,
    NotPlanned,
    ReasonMissing,
    approve_meeting,
    call_meeting,
    cancel_meeting,
    record_times,
    refuse_meeting,
)
from dukao.gate.actions.quotas import LimitBelowBooked, set_limits
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
    "AlreadyArrived", "AppealDecided", "AppealedAlready", "BaselineStands", "CalledMeeting", "CapReached",
    "DecidedAppeal", "DemandWithoutBasis", "DocumentRefused", "DrawnAlready", "DrawnTooSoon", "DueDatePassed",
    "HeldVisit", "IssuedDemand", "IssuedDocument", "LimitBelowBooked", "MeetingRefused", "NoDraft", "NobodyAsked",
    "NotArrived", "NotIndependent", "NotLetThrough", "NotPlanned", "NotThatDay", "NothingKnown", "NothingToAllow",
    "NothingToAppeal", "NothingToDecide", "NothingToObjectTo", "ObjectionTooLate", "OutOfPlan", "Paper",
    "PromiseBroken", "Reason", "ReasonMissing", "RequestKeyTaken", "Superior", "TooFewInspectors", "TooManyCodes",
    "TooSoon", "TookPart", "allow_document", "approve_meeting", "arrive", "assess_document", "call_meeting",
    "cancel_meeting", "change_draft", "conclude_visit", "decide_appeal", "decide_objection", "draft_document",
    "draw_units", "drop_document", "expire_holds", "explain_document", "give_back", "give_back_entries", "hold_visit",
    "issue_demand", "issue_document", "know_minutes", "look_remotely", "make_appeal", "object_to_visit", "post_entries",
    "promise_draw", "read_code", "record_refusal", "record_times", "refuse_meeting", "refuse_visit", "set_baseline",
    "set_limits", "tell_minutes", "tell_of_visit", "withdraw_demand",
]  # fmt: skip
