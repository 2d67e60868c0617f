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
    NotAsPlanned,
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
from dukao.gate.actions.joint import NothingToMerge, PlanStillOpen, adopt_joint, propose_joint
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
from dukao.gate.actions.plans import (
    ItemRefused,
    KeptItem,
    MergedItem,
    PlanClosed,
    WrongState,
    amend_item,
    approve_item,
    declare_emergency,
    freeze_plan,
    grant_exception,
    merge_items,
    propose_item,
    publish_plan,
    refuse_item,
    request_exception,
    revise_item,
    trim_item,
    withdraw_item,
)
from dukao.gate.actions.platform import charge_platform
from dukao.gate.actions.publishing import publish_tables
from dukao.gate.actions.quotas import LimitBelowBooked, set_limits
from dukao.gate.actions.remote import NothingKnown, look_remotely
from dukao.gate.actions.replacing import DemandTooLong, NothingEnded
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
    "DecidedAppeal", "DemandTooLong", "DemandWithoutBasis", "DocumentRefused", "DrawnAlready", "DrawnTooSoon",
    "DueDatePassed", "HeldVisit", "IssuedDemand", "IssuedDocument", "ItemRefused", "KeptItem", "LimitBelowBooked",
    "MeetingRefused", "MergedItem", "NoDraft", "NobodyAsked", "NotArrived", "NotAsPlanned", "NotIndependent",
    "NotLetThrough", "NotPlanned", "NotThatDay", "NothingEnded", "NothingKnown", "NothingToAllow",
    "NothingToAppeal", "NothingToDecide", "NothingToMerge", "NothingToObjectTo", "ObjectionTooLate", "OutOfPlan",
    "Paper", "PlanClosed", "PlanStillOpen", "PromiseBroken", "Reason", "ReasonMissing", "RequestKeyTaken",
    "Superior", "TooFewInspectors", "TooManyCodes", "TooSoon", "TookPart", "WrongState", "adopt_joint",
    "allow_document", "amend_item", "approve_item", "approve_meeting", "arrive", "assess_document", "call_meeting",
    "cancel_meeting", "change_draft", "charge_platform", "conclude_visit", "decide_appeal", "decide_objection",
    "declare_emergency", "draft_document", "draw_units", "drop_document", "expire_holds", "explain_document",
    "freeze_plan", "give_back", "give_back_entries", "grant_exception", "hold_visit", "issue_demand",
    "issue_document", "know_minutes", "look_remotely", "make_appeal", "merge_items", "object_to_visit",
    "post_entries", "promise_draw", "propose_item", "propose_joint", "publish_plan", "publish_tables", "read_code",
    "record_refusal", "record_times", "refuse_item", "refuse_meeting", "refuse_visit", "request_exception",
    "revise_item", "set_baseline", "set_limits", "tell_minutes", "tell_of_visit", "trim_item", "withdraw_demand",
    "withdraw_item",
]  # fmt: skip
