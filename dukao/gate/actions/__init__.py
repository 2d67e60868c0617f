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

__all__ = [
    "DemandWithoutBasis", "DueDatePassed", "IssuedDemand", "NobodyAsked", "Reason", "issue_demand", "record_refusal",
    "withdraw_demand",
]  # fmt: skip
