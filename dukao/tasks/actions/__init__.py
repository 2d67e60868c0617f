"""Setting tasks, doing them, deciding about them, and asking whether they are fixed."""

from dukao.tasks.actions.common import WrongState
from dukao.tasks.actions.confirming import (
    NothingToConfirm,
    answer_as_unit,
    answer_with_code,
    ask_others,
    hear_reporters,
)
from dukao.tasks.actions.deciding import close_task, decide_extension, decide_objection, return_task, withdraw_task
from dukao.tasks.actions.doing import (
    HeldAlready,
    NothingHeld,
    TooManyExtensions,
    ask_extension,
    object_to_task,
    reach_milestone,
    report_done,
    sign_task,
)
from dukao.tasks.actions.setting import SetTask, TaskRefused, set_task

__all__ = [
    "HeldAlready", "NothingHeld", "NothingToConfirm", "SetTask", "TaskRefused", "TooManyExtensions", "WrongState",
    "answer_as_unit", "answer_with_code", "ask_extension", "ask_others", "close_task", "decide_extension",
    "decide_objection", "hear_reporters", "object_to_task", "reach_milestone", "report_done", "return_task",
    "set_task", "sign_task", "withdraw_task",
]  # fmt: skip
