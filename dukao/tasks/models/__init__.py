"""Tables of tasks."""

from dukao.tasks.models.closings import Closing, Confirmation
from dukao.tasks.models.tasks import Extension, Milestone, Party, Step, Task

__all__ = ["Closing", "Confirmation", "Extension", "Milestone", "Party", "Step", "Task"]
