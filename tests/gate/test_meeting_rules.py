"""MTG-1 to MTG-6, each on both sides of its limit. Sources: the profile's articles on meetings."""

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from dukao.gate.rules.meetings import (
    RULE_IDS,
    MeetingDefinition,
    Standing,
    judge_meeting,
    minutes_most,
    speech_seconds_most,
)
from dukao.law import queries as law

ON = date(2026, 10, 20)
RULES = {rule_id: law.rule(rule_id, ON) for rule_id in RULE_IDS}
NOTHING = Standing(2026, comprehensive=0, called=0, last_year=None, baseline=None)


def _meeting(**more) -> MeetingDefinition:
    plain = {
        "title": "秋粮收购专题会", "department": "agriculture", "basis": "齐农发〔2026〕8号", "scope": "990100000000",
        "level": "county", "starts_at": datetime(2026, 10, 20, 1, tzinfo=UTC), "minutes": 120,
    }  # fmt: skip
    return MeetingDefinition.model_validate(plain | more)


def _rules(attendees: int = 20, standing: Standing = NOTHING, **more) -> list[str]:
    return [one.rule for one in judge_meeting(_meeting(**more), attendees=attendees, standing=standing, rules=RULES)]


def _speech(minutes: int, kind: str = "principal") -> dict:
    return {"speaker": "主要负责同志", "kind": kind, "minutes": minutes}


@pytest.mark.parametrize(("before", "rules"), [(0, []), (1, ["MTG-1"])])
def test_one_comprehensive_meeting_a_year(before, rules):
    standing = Standing(2026, comprehensive=before, called=before, last_year=None, baseline=None)
    assert _rules(kind="comprehensive", standing=standing) == rules
    assert _rules(kind="special", standing=standing) == []


@pytest.mark.parametrize(("minutes", "more", "rules"), [
    (240, {}, []), (241, {}, ["MTG-2"]),
    (720, {"groups": True}, []), (721, {"groups": True}, ["MTG-2"]),
    (90, {"video": True}, []), (91, {"video": True}, ["MTG-2"]),
])  # fmt: skip
def test_half_a_day_a_day_and_a_half_with_groups_ninety_minutes_by_video(minutes, more, rules):
    assert _rules(minutes=minutes, **more) == rules


def test_a_day_and_a_half_is_twelve_working_hours():
    assert minutes_most(is_video=False, has_groups=True, rule=RULES["MTG-2"]) == 720
    assert 1.5 * RULES["MTG-2"].parameters["minutes_per_day"] == 720


@pytest.mark.parametrize("kind", ["principal", "report"])
@pytest.mark.parametrize(("minutes", "rules"), [(60, []), (61, ["MTG-3"])])
def test_a_principal_and_a_main_report_speak_an_hour(kind, minutes, rules):
    assert _rules(agenda=[_speech(minutes, kind)]) == rules


def test_others_are_bounded_by_their_plan_only():
    assert _rules(agenda=[_speech(100, "exchange")]) == []
    assert speech_seconds_most("exchange", RULES["MTG-3"]) is None
    assert speech_seconds_most("principal", RULES["MTG-3"]) == 3600


def test_principals_do_not_all_speak():
    assert _rules(agenda=[_speech(30)]) == []
    assert _rules(agenda=[_speech(30), _speech(30)]) == ["MTG-3"]


@pytest.mark.parametrize(("attendees", "kind", "rules"), [
    (80, "special", []), (81, "special", ["MTG-4"]), (30, "debrief", []), (31, "debrief", ["MTG-4"]),
])  # fmt: skip
def test_size(attendees, kind, rules):
    assert _rules(attendees=attendees, kind=kind) == rules


def test_only_the_office_lifts_a_large_meeting_and_nobody_a_large_debrief():
    def lifted_by(kind: str) -> str:
        return judge_meeting(_meeting(kind=kind), attendees=100, standing=NOTHING, rules=RULES)[0].lifted_by

    assert lifted_by("special") == "approval"
    assert lifted_by("debrief") == ""


@pytest.mark.parametrize(("deputy", "principals", "rules"), [
    (True, True, ["MTG-5"]), (True, False, []), (False, True, []),
])  # fmt: skip
def test_a_deputy_does_not_call_principals(deputy, principals, rules):
    assert _rules(called_by_deputy=deputy, wants_principals=principals) == rules


@pytest.mark.parametrize(("called", "last_year", "rules"), [
    (11, 12, []), (12, 12, ["MTG-6"]), (40, None, []),
])  # fmt: skip
def test_the_number_only_falls(called, last_year, rules):
    standing = Standing(2026, comprehensive=0, called=called, last_year=last_year, baseline=None)
    assert _rules(standing=standing) == rules


def test_what_it_costs_a_unit_counts_people_and_the_way():
    assert _meeting(attendees_per_unit=3, travel_minutes=60).minutes_hundredths_per_unit == 100 * 3 * 180


@pytest.mark.parametrize("wrong", [
    {"minutes": 0}, {"agenda": [_speech(60), _speech(61)]}, {"scope": "99"}, {"level": "hamlet"},
    {"starts_at": datetime(2026, 10, 20)}, {"kind": "party"}, {"colour": "red"},
])  # fmt: skip
def test_what_does_not_hold_together_is_refused(wrong):
    with pytest.raises(ValidationError):
        _meeting(**wrong)
