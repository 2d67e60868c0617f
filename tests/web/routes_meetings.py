"""The routes of meetings."""

from datetime import UTC, datetime

from routes import Route, Takes

DEPARTMENTS, OFFICE = frozenset({"dora", "tara"}), frozenset({"sam"})
BELOW = frozenset({"alice", "wang", "rita"})
CALLER = frozenset({"dora"})
# Called are the villages: their workers see it, the town's reviewer does not.
READERS = CALLER | OFFICE | {"alice", "wang"}
_MEETING, _NO_MEETING = "/meetings/HY2026-0001/", "/meetings/HY2026-9999/"

ROUTES = [
    Route("meetings", "/meetings/", DEPARTMENTS | OFFICE | BELOW),
    Route("meetings.new", "/meetings/new/", DEPARTMENTS, takes=Takes(DEPARTMENTS, {"do": "look"}, 422, 403)),
    Route("meetings.page", _MEETING, READERS, others=404, missing=_NO_MEETING),
    Route("meetings.timer", _MEETING + "timer/", CALLER, others=404, missing=_NO_MEETING + "timer/",
          takes=Takes(CALLER, {"began_at": "x"}, done=422)),
    Route("meetings.cancel", _MEETING + "cancellation/", form_on=_MEETING, missing=_NO_MEETING + "cancellation/",
          knows=READERS, takes=Takes(CALLER, {"reason": "改期"}, done=303)),
    Route("meetings.approve", _MEETING + "approval/", form_on=_MEETING, missing=_NO_MEETING + "approval/",
          knows=READERS, takes=Takes(OFFICE, {"reason": "同意"}, done=303)),
    Route("meetings.refuse", _MEETING + "refusal/", form_on=_MEETING, missing=_NO_MEETING + "refusal/",
          knows=READERS, takes=Takes(OFFICE, {"reason": "不必开"}, done=409)),
]  # fmt: skip


def furnish(city) -> None:
    """A meeting of the statistics bureau with all villages."""
    from dukao.gate.actions import call_meeting
    from dukao.gate.rules.meetings import MeetingDefinition

    meeting = MeetingDefinition.model_validate({
        "title": "四季度报表业务会", "department": "statistics", "basis": "统调〔2026〕9号", "level": "village",
        "scope": city.code["富水市"], "starts_at": datetime(2026, 12, 20, 1, tzinfo=UTC), "minutes": 90,
        "agenda": [{"speaker": "市统计局负责同志", "kind": "principal", "minutes": 40}],
    })  # fmt: skip
    call_meeting(meeting=meeting, by=city.actor["dora"], at=datetime(2026, 10, 8, 2, tzinfo=UTC))
