"""What the pages of meetings share: their words, and how time is written."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.gate.queries import MeetingView
from dukao.web import words
from dukao.web.tables import Tone

KINDS = {
    "special": _l("专题会议"), "business": _l("业务会议"), "comprehensive": _l("全系统综合性会议"),
    "debrief": _l("督查汇报会"),
}  # fmt: skip
SPEECHES = {
    "principal": _l("主要负责同志讲话"), "report": _l("主报告"), "chair": _l("主持"), "exchange": _l("交流发言"),
    "discussion": _l("分组讨论"), "other": _l("其他"),
}  # fmt: skip
_STATES: dict[str, tuple[Tone, object]] = {
    "proposed": ("wait", _l("待督考办批准")), "refused": ("stop", _l("未批准")), "planned": ("info", _l("已通知")),
    "ended": ("ok", _l("已开完")), "cancelled": ("plain", _l("已取消")),
}  # fmt: skip


def state_of(state: str) -> tuple[Tone, str]:
    tone, label = _STATES[state]
    return tone, str(label)


def when(at: datetime) -> str:
    """`10月20日 周二 09:00`."""
    local = timezone.localtime(at)
    return f"{words.day(at)} {words.weekday(local.date())} {local:%H:%M}"


def clock(seconds: int | None) -> str:
    """`12:05`, beyond an hour `1:12:05`; nothing where nobody looked at the clock."""
    if seconds is None:
        return ""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def cost_of(meeting: MeetingView) -> str:
    """The figure with its formula: what the meeting costs the units that are called."""
    minutes = meeting.actual_minutes
    formula = (
        _("{people} 人 ×（开会 {minutes} 分钟 + 路途 {way} 分钟），按实际时长")
        if minutes is not None
        else _("{people} 人 ×（开会 {minutes} 分钟 + 路途 {way} 分钟），按计划时长")
    )
    told = formula.format(
        people=f"{meeting.people_called:,}", minutes=meeting.planned_minutes if minutes is None else minutes,
        way=meeting.travel_minutes,
    )  # fmt: skip
    return _("{hours} = {formula}").format(hours=words.hours(meeting.minutes_hundredths), formula=told)
