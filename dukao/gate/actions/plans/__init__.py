"""The yearly plan: departments propose, the office decides, and every change is a version of its own."""

from dukao.gate.actions.plans.deciding import (
    MergedItem,
    amend_item,
    approve_item,
    freeze_plan,
    grant_exception,
    merge_items,
    publish_plan,
    refuse_item,
    trim_item,
)
from dukao.gate.actions.plans.keeping import ItemRefused, PlanClosed, WrongState
from dukao.gate.actions.plans.proposing import (
    KeptItem,
    declare_emergency,
    propose_item,
    request_exception,
    revise_item,
    withdraw_item,
)

__all__ = [
    "ItemRefused", "KeptItem", "MergedItem", "PlanClosed", "WrongState", "amend_item", "approve_item",
    "declare_emergency", "freeze_plan", "grant_exception", "merge_items", "propose_item", "publish_plan", "refuse_item",
    "request_exception", "revise_item", "trim_item", "withdraw_item",
]  # fmt: skip
