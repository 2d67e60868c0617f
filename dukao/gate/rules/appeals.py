"""Appeals: what may be said against a demand, which rule should have seen it, and who may not decide."""

from collections.abc import Collection

GROUNDS = ("duplicate", "out_of_plan", "too_short", "not_ours")

# The rule that would have stopped the demand where the ground holds: an upheld appeal shows that the rule missed it.
_MISSED_BY = {
    ("duplicate", "sheet"): "FRM-5", ("duplicate", "document"): "DOC-4", ("duplicate", "visit"): "INS-4",
    ("duplicate", "meeting"): "MTG-1", ("out_of_plan", "visit"): "INS-1", ("out_of_plan", "sheet"): "FRM-1",
    ("out_of_plan", "meeting"): "MTG-6", ("out_of_plan", "document"): "DOC-3", ("too_short", "sheet"): "FRM-3",
    ("too_short", "task"): "FRM-3",
}  # fmt: skip


def rule_missed(ground: str, kind: str) -> str:
    """The rule's id, or nothing where no rule judges this ground (whose duty a task is stands in the duty list)."""
    return _MISSED_BY.get((ground, kind), "")


def is_independent(*, asker: str, asked_by: str, decider: str, decider_departments: Collection[str]) -> bool:
    """Whoever asked does not judge: neither the person who issued the demand nor anybody of that department."""
    return decider != asked_by and asker not in decider_departments
