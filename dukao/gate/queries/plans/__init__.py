"""The yearly plan: its items as each side may know them, what the rules say of them, and what became of it."""

from dukao.gate.queries.plans.judging import (
    hits_of_definition,
    hits_of_item,
    hits_of_items,
    known_elements,
    overlapping_items,
    widening_of,
)
from dukao.gate.queries.plans.statements import (
    Coming,
    DepartmentPlan,
    Returned,
    coming_to,
    plan_statement,
    proposals_waiting,
    returned_items,
)
from dukao.gate.queries.plans.topics import topic_title, topics
from dukao.gate.queries.plans.views import (
    ItemView,
    PlanView,
    QuestionView,
    TargetView,
    Usage,
    plan,
    plan_definition,
    plan_item,
    plan_item_versions,
    plan_items,
    plan_units,
    plan_years,
)

__all__ = [
    "Coming", "DepartmentPlan", "ItemView", "PlanView", "QuestionView", "Returned", "TargetView", "Usage", "coming_to",
    "hits_of_definition", "hits_of_item", "hits_of_items", "known_elements", "overlapping_items", "plan",
    "plan_definition", "plan_item", "plan_item_versions", "plan_items", "plan_statement", "plan_units", "plan_years",
    "proposals_waiting", "returned_items", "topic_title", "topics", "widening_of",
]  # fmt: skip
