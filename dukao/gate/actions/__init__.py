"""Through the gate."""

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
from dukao.gate.actions.ledger import give_back_entries, know_minutes, post_entries, tell_minutes

__all__ = [
    "DemandWithoutBasis", "DueDatePassed", "IssuedDemand", "NobodyAsked", "Reason", "give_back_entries",
    "issue_demand", "know_minutes", "post_entries", "record_refusal", "tell_minutes", "withdraw_demand",
]  # fmt: skip
