"""The life of a task as a table: what may happen in which state, and where it leads."""

from typing import Literal

from dukao.base.words import _noop

State = Literal["set", "objected", "doing", "reported", "closed", "fixed", "withdrawn"]
Act = Literal[
    "sign", "object", "keep", "hand_over", "reach", "ask_extension", "decide_extension", "report", "return", "close",
    "confirm", "deny", "withdraw", "ask_next", "release",
]  # fmt: skip

STATES: dict[State, str] = {
    "set": _noop("待签收"), "objected": _noop("有异议，待决定"), "doing": _noop("正在办"),
    "reported": _noop("报办结，待复核"),
    "closed": _noop("已办结，待确认"), "fixed": _noop("确认解决"), "withdrawn": _noop("已撤销"),
}  # fmt: skip
ACTS: dict[Act, str] = {
    "sign": _noop("签收"), "object": _noop("提出不是本单位职责"), "keep": _noop("异议不成立，继续办"),
    "hand_over": _noop("异议成立，改由别家办"), "reach": _noop("到达节点"), "ask_extension": _noop("申请延期"),
    "decide_extension": _noop("决定延期"), "report": _noop("报办结"), "return": _noop("退回再办"),
    "close": _noop("复核办结"),
    "confirm": _noop("确认解决了"), "deny": _noop("说没有解决，重新办"), "withdraw": _noop("撤销"),
    "ask_next": _noop("没有人答，再抽一个单位"), "release": _noop("申诉成立，不再由它办"),
}  # fmt: skip
# Only the lead moves a task; what co-leads sign, object to or reach leaves its state.
AFTER: dict[tuple[State, Act], State] = {
    ("set", "sign"): "doing", ("set", "object"): "objected",
    ("objected", "keep"): "set", ("objected", "hand_over"): "set",
    ("doing", "reach"): "doing", ("doing", "ask_extension"): "doing", ("doing", "decide_extension"): "doing",
    ("doing", "report"): "reported",
    ("reported", "return"): "doing", ("reported", "close"): "closed",
    ("closed", "confirm"): "fixed", ("closed", "deny"): "doing", ("closed", "ask_next"): "closed",
    ("set", "withdraw"): "withdrawn", ("objected", "withdraw"): "withdrawn", ("doing", "withdraw"): "withdrawn",
    ("reported", "withdraw"): "withdrawn",
    # Who takes over has to sign, and to report what it finds done.
    ("set", "release"): "set", ("objected", "release"): "set", ("doing", "release"): "set",
    ("reported", "release"): "set",
}  # fmt: skip
# In these somebody still has to do something by the day it is due.
RUNNING: frozenset[State] = frozenset({"set", "doing"})
OVER: frozenset[State] = frozenset({"fixed", "withdrawn"})


def after(state: State, act: Act) -> State | None:
    """The state that follows; None where the act does not belong to the state."""
    return AFTER.get((state, act))
