"""Calling, deciding, cancelling a meeting, and what its clock tells the ledger."""

from datetime import UTC, datetime, timedelta

import pytest

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotThere
from dukao.gate.actions.baselines import set_baseline
from dukao.gate.actions.meetings import (
    MeetingRefused,
    NotPlanned,
    ReasonMissing,
    approve_meeting,
    call_meeting,
    cancel_meeting,
    record_times,
    refuse_meeting,
)
from dukao.gate.models import BurdenEntry, Meeting, Refusal
from dukao.gate.queries.meetings import judged_meeting, meeting, meeting_years, meetings, meetings_of_unit
from dukao.gate.rules.meetings import MeetingDefinition

AT = datetime(2026, 10, 8, 2, tzinfo=UTC)
STARTS = datetime(2026, 10, 20, 1, tzinfo=UTC)
TALK = {"speaker": "市统计局负责同志", "kind": "principal", "minutes": 40}


def _definition(city, **more) -> MeetingDefinition:
    plain = {
        "title": "四季度报表业务会", "department": "statistics", "basis": "统调〔2026〕9号", "level": "village",
        "scope": city.code["富水市"], "starts_at": STARTS, "minutes": 90, "travel_minutes": 30,
        "attendees_per_unit": 2, "agenda": [TALK, {"speaker": "甲镇", "kind": "exchange", "minutes": 10}],
    }  # fmt: skip
    return MeetingDefinition.model_validate(plain | more)


def _call(city, *, ask_approval=False, **more):
    return call_meeting(
        meeting=_definition(city, **more), ask_approval=ask_approval, by=city.actor["dora"], at=AT
    )  # fmt: skip


def test_a_meeting_is_a_demand_and_charged_to_whoever_calls(city):
    called = _call(city)
    assert (called.number, called.state) == ("HY2026-0001", "planned")
    entries = BurdenEntry.objects.filter(demand__meeting__number=called.number)
    assert {(e.unit_id, e.minutes_hundredths, e.asker_id) for e in entries} == {
        (city.unit[village], 100 * 2 * (90 + 30), city.department["statistics"])
        for village in ("一村", "二村", "三村", "四村", "五村", "六村")
    }
    assert list(Event.objects.values_list("verb", flat=True)) == ["gate.demand.issued", "gate.meeting.called"]


def test_only_the_department_itself_calls_and_strangers_learn_nothing(city):
    for name in ("tara", "alice", "sam", "charlie"):
        with pytest.raises(NotThere):
            call_meeting(meeting=_definition(city), by=city.actor[name], at=AT)
    number = _call(city).number
    assert meeting(number=number, viewer=city.actor["dora"]).may_lead
    assert meeting(number=number, viewer=city.actor["alice"]).attendees == 12
    assert meeting(number=number, viewer=city.actor["sam"]).may_decide
    for name in ("tara", "rita", "charlie", "adam", "otto"):
        with pytest.raises(NotThere):
            meeting(number=number, viewer=city.actor[name])
        assert meetings(viewer=city.actor[name]) == ()
    assert [m.number for m in meetings_of_unit(
        unit=city.code["一村"], viewer=city.actor["alice"], since=STARTS.date(), until=STARTS.date() + timedelta(days=1)
    )] == [number]  # fmt: skip
    with pytest.raises(NotThere):
        meetings_of_unit(unit=city.code["二村"], viewer=city.actor["alice"], since=STARTS.date(), until=STARTS.date())


def test_what_nobody_lifts_is_refused_and_on_record(city):
    with pytest.raises(MeetingRefused) as refused:
        _call(city, called_by_deputy=True, wants_principals=True, ask_approval=True)
    assert refused.value.rule == "MTG-5"
    assert Refusal.objects.get().kind == "meeting"
    assert not Meeting.objects.exists()


def test_a_large_meeting_waits_for_the_office_and_calls_nobody_until_then(city):
    many = {"attendees_per_unit": 20, "excuse": "全市统一培训"}
    with pytest.raises(MeetingRefused):
        _call(city, **many)
    with pytest.raises(ReasonMissing):
        _call(city, attendees_per_unit=20, ask_approval=True)
    called = _call(city, ask_approval=True, **many)
    assert called.state == "proposed"
    assert not BurdenEntry.objects.exists()
    with pytest.raises(NotThere):
        meeting(number=called.number, viewer=city.actor["alice"])
    with pytest.raises(NotThere):
        approve_meeting(meeting=called.number, reason="同意", by=city.actor["dora"], at=AT)
    with pytest.raises(Invalid):
        approve_meeting(meeting=called.number, reason=" ", by=city.actor["sam"], at=AT)
    for _twice in range(2):
        approve_meeting(meeting=called.number, reason="同意", by=city.actor["sam"], at=AT)
    assert BurdenEntry.objects.count() == 6
    assert meeting(number=called.number, viewer=city.actor["alice"]).decision == "同意"


def test_the_office_may_refuse(city):
    number = _call(city, ask_approval=True, attendees_per_unit=20, excuse="培训").number
    refuse_meeting(meeting=number, reason="请改开视频会", by=city.actor["sam"], at=AT)
    assert meeting(number=number, viewer=city.actor["dora"]).state == "refused"
    with pytest.raises(NotPlanned):
        approve_meeting(meeting=number, reason="同意", by=city.actor["sam"], at=AT)


def test_the_office_cannot_let_a_second_comprehensive_meeting_through(city):
    waiting = _call(city, ask_approval=True, kind="comprehensive", attendees_per_unit=20, excuse="年会").number
    _call(city, kind="comprehensive")
    with pytest.raises(MeetingRefused) as refused:
        approve_meeting(meeting=waiting, reason="同意", by=city.actor["sam"], at=AT)
    assert refused.value.rule == "MTG-1"


def test_more_than_last_year_waits_for_the_office(city):
    set_baseline(
        unit=city.code["富水市"], department="statistics", kind="meeting", year=2025, count=1, source="2025年会议台账",
        by=city.actor["sam"], at=AT,
    )  # fmt: skip
    _call(city)
    with pytest.raises(MeetingRefused) as refused:
        _call(city, title="再开一次")
    assert refused.value.rule == "MTG-6"


def test_the_clock_tells_the_ledger_and_a_cancelled_meeting_gives_back(city):
    number, other = _call(city).number, _call(city, title="另一次").number
    over = STARTS + timedelta(minutes=105)
    for _twice in range(2):
        record_times(meeting=number, began_at=STARTS, ended_at=over, seconds={1: 3_000, 2: 700}, by=city.actor["dora"],
                     at=over)  # fmt: skip
    held = meeting(number=number, viewer=city.actor["dora"])
    assert (held.state, held.actual_minutes, [s.over_seconds for s in held.agenda]) == ("ended", 105, [600, 100])
    measured = BurdenEntry.objects.filter(demand__meeting__number=number).values_list("measured_hundredths", flat=True)
    assert set(measured) == {100 * 2 * (105 + 30)}
    for _twice in range(2):
        cancel_meeting(meeting=other, reason="并入下次", by=city.actor["dora"], at=AT)
    assert not BurdenEntry.objects.filter(demand__meeting__number=other, given_back_at=None).exists()
    with pytest.raises(NotPlanned):
        cancel_meeting(meeting=number, reason="开完了", by=city.actor["dora"], at=over)
    year = meeting_years(viewer=city.actor["sam"], year=2026)[0]
    assert (year.called, year.held, year.longer_than_planned) == (1, 1, 1)
    assert year.actual_minutes_hundredths == 100 * 12 * 105


@pytest.mark.parametrize(("began", "ended", "seconds"), [
    (0, -5, {}), (0, 5_000, {}), (0, 60, {9: 5}), (0, 60, {1: -1}), (0, 60, {1: 4_000}),
])  # fmt: skip
def test_times_that_cannot_be_are_refused(city, began, ended, seconds):
    number = _call(city).number
    with pytest.raises(Invalid):
        record_times(
            meeting=number, began_at=STARTS + timedelta(minutes=began), ended_at=STARTS + timedelta(minutes=ended),
            seconds=seconds, by=city.actor["dora"], at=STARTS + timedelta(days=4),
        )  # fmt: skip


def test_the_day_after_the_times_stand(city):
    number = _call(city).number
    over = STARTS + timedelta(minutes=60)
    times = {"began_at": STARTS, "ended_at": over, "seconds": {}}
    record_times(meeting=number, **times, by=city.actor["dora"], at=over)
    with pytest.raises(NotPlanned):
        record_times(meeting=number, **times, by=city.actor["dora"], at=over + timedelta(days=2))


def test_a_meeting_in_the_past_or_of_nobody_is_not_called(city):
    with pytest.raises(Invalid):
        _call(city, starts_at=AT - timedelta(days=1))
    judged = judged_meeting(meeting=_definition(city), viewer=city.actor["dora"])
    assert (judged.unit_count, judged.attendees, judged.minutes_hundredths) == (6, 12, 6 * 24_000)
