"""What can be asked at all."""

KINDS = frozenset({"sheet", "visit", "meeting", "document", "platform", "task"})
