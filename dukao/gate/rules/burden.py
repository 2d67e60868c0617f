"""How minutes are estimated, and what stands of an entry."""

# How an entry's minutes were come by; `queries.ledger.ESTIMATE_NAMES` has the formula in words.
ESTIMATES = frozenset({"cells", "visit", "meeting", "pages", "platform", "spread", "task"})
# What is compared with the year before the reform began.
BASELINE_KINDS = ("document", "meeting", "visit")
