"""Tasks as each side may see them, and what is published of them."""

from dukao.tasks.queries.counts import TaskCounts, published_counts, task_counts
from dukao.tasks.queries.evidence import Evidence
from dukao.tasks.queries.tasks import (
    ClosingView,
    MilestoneView,
    TaskLine,
    TaskView,
    published_draw,
    task,
    tasks,
)
from dukao.tasks.queries.templates import template_title, templates

__all__ = [
    "ClosingView", "Evidence", "MilestoneView", "TaskCounts", "TaskLine", "TaskView", "published_counts",
    "published_draw", "task", "task_counts", "tasks", "template_title", "templates",
]  # fmt: skip
