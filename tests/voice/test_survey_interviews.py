"""Calling: one number at a time and never two people on one, a lost network, quotas, second calls."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dukao.base.refusals import Invalid, NotThere
from dukao.org.rules import Actor, Standing
from dukao.voice import actions
from dukao.voice.actions.interviews import NobodyToCall, NotAllAsked, NotTheHour, NotYours, QuotaFull
from dukao.voice.models import Contact, Interview
from dukao.voice.queries.interviews import held_call, surveys_to_call
from tests.conftest import AT
from tests.voice.surveying import CODE, EAST, NEXT_DAY, answered, drawn_survey

NOW = NEXT_DAY


@pytest.fixture
def ivy(city, settings, tmp_path):
    settings.VAR = tmp_path
    drawn_survey(city.actor["sam"])
    return city.actor["ivy"]


def take(by: Actor, at: datetime = NOW):
    return actions.take_number(survey_code=CODE, by=by, at=at)


def finish(call, by: Actor, at: datetime = NOW, *, answers=None, outcome: str = "completed") -> None:
    if outcome == "completed":
        told = answered(call.line) if answers is None else answers
        actions.keep_answers(survey_code=CODE, line=call.line, answers=told, by=by, at=at)
    actions.end_call(survey_code=CODE, line=call.line, outcome=outcome, by=by, at=at)


def test_an_interview_resumes_where_it_broke_off(ivy):
    call = take(ivy)
    assert call.phone.startswith("12000000")
    actions.keep_answers(survey_code=CODE, line=call.line, answers={"sex": "m"}, by=ivy, at=NOW)
    # The network was gone; the same answers come once more, with one more.
    actions.keep_answers(
        survey_code=CODE, line=call.line, answers={"sex": "m", "satisfied": "so"}, by=ivy, at=NOW + timedelta(hours=2)
    )
    again = take(ivy, NOW + timedelta(hours=3))
    assert (again.line, dict(again.answers)) == (call.line, {"sex": "m", "satisfied": "so"})
    with pytest.raises(NotAllAsked) as refused:
        actions.end_call(survey_code=CODE, line=call.line, outcome="completed", by=ivy, at=NOW)
    assert "去年您填过几张表" in refused.value.errors["answers"]
    rest = {"effect": "-", "forms": "3"}  # one was not wanted to be said
    finish(call, ivy, answers=rest)
    kept = Interview.objects.get()
    assert kept.answers == {"sex": "m", "satisfied": "so", "effect": "-", "forms": "3"}
    assert take(ivy).line != call.line
    with pytest.raises(NotYours):
        actions.keep_answers(survey_code=CODE, line=call.line, answers={"sex": "f"}, by=ivy, at=NOW)


@pytest.mark.parametrize("answers", [{"sex": "-"}, {"sex": "x"}, {"nothing": "m"}, {"forms": "51"}, {"forms": "３"}])
def test_what_is_no_answer_is_not_kept(ivy, answers):
    call = take(ivy)
    with pytest.raises(Invalid):
        actions.keep_answers(survey_code=CODE, line=call.line, answers=answers, by=ivy, at=NOW)
    assert not Interview.objects.exists()


def test_numbers_come_back_at_their_time_and_not_for_ever(ivy):
    call = take(ivy)
    at = NOW
    for tries in range(1, 6):
        finish(call, ivy, at, outcome="no_answer")
        contact = Contact.objects.get(line=call.line)
        assert contact.calls == tries
        if tries == 5:
            break
        local = contact.next_at + timedelta(hours=8)
        assert 9 <= local.hour < 21
        assert contact.next_at >= at + timedelta(hours=3)
        at = contact.next_at
        Contact.objects.filter(pk=contact.pk).update(held_by="ivy", held_until=at)
    assert contact.is_done


def test_an_appointment_comes_first_when_it_is_due(ivy):
    call = take(ivy)
    with pytest.raises(Invalid):
        actions.end_call(survey_code=CODE, line=call.line, outcome="call_back", by=ivy, at=NOW)
    with pytest.raises(Invalid):  # three in the morning
        actions.end_call(survey_code=CODE, line=call.line, outcome="call_back",
                         call_at=NOW + timedelta(hours=17), by=ivy, at=NOW)  # fmt: skip
    due = NOW + timedelta(hours=2)
    actions.end_call(survey_code=CODE, line=call.line, outcome="call_back", call_at=due, by=ivy, at=NOW)
    other = take(ivy)
    assert other.line != call.line
    finish(other, ivy, outcome="refused")
    assert take(ivy, due).line == call.line


def test_nobody_is_called_at_night(ivy):
    with pytest.raises(NotTheHour) as refused:
        take(ivy, datetime(2026, 10, 9, 13, 0, tzinfo=UTC))  # 21:00 there
    assert refused.value.rule == "SVY-4"


def test_who_does_not_work_on_it_finds_nothing(ivy, city):
    call = take(ivy)
    for name in ("sam", "alice", "dora", "charlie"):
        with pytest.raises(NotThere):
            take(city.actor[name])
    other = replace(ivy, name="other")
    with pytest.raises(NotThere):
        held_call(survey=CODE, line=call.line, viewer=other)
    with pytest.raises(NotYours):
        actions.end_call(survey_code=CODE, line=call.line, outcome="refused", by=other, at=NOW)
    (shown,) = surveys_to_call(viewer=ivy)
    assert (shown.code, shown.is_holding) == (CODE, True)


def test_interviewers_from_elsewhere(city, settings, tmp_path):
    """In a survey with cross-interviewing nobody of a county calls people of that county."""
    settings.VAR = tmp_path
    drawn_survey(city.actor["sam"], cross_region=True)
    standing = Standing(role="interviewer", title="", unit_id=city.unit["东县"], unit_code=EAST, unit_name="东县",
                        unit_level=3, unit_path=city.path["东县"])  # fmt: skip
    eastern = Actor(name="eastern", standings=(standing,))
    for _ in range(12):
        call = take(eastern)
        assert Contact.objects.get(line=call.line).region != EAST
        finish(call, eastern, outcome="refused")


def test_a_full_quota_is_told_and_holds(city, settings, tmp_path):
    settings.VAR = tmp_path
    quotas = [{"where": {"sex": "m"}, "wanted": 1}, {"where": {"sex": "f"}, "wanted": 1}]
    drawn_survey(city.actor["sam"], sampling="quota", quotas=quotas)
    ivy = city.actor["ivy"]
    man = {"sex": "m", "satisfied": "yes", "effect": "yes", "forms": "1"}
    finish(take(ivy), ivy, answers=man)
    call = take(ivy)
    assert actions.keep_answers(survey_code=CODE, line=call.line, answers=man, by=ivy, at=NOW)
    with pytest.raises(QuotaFull):
        actions.end_call(survey_code=CODE, line=call.line, outcome="completed", by=ivy, at=NOW)
    actions.end_call(survey_code=CODE, line=call.line, outcome="quota_full", by=ivy, at=NOW)
    call = take(ivy)
    assert not actions.keep_answers(survey_code=CODE, line=call.line, answers=man | {"sex": "f"}, by=ivy, at=NOW)
    finish(call, ivy, answers=man | {"sex": "f"})


def test_a_second_call_is_made_by_somebody_else_and_tells_of_the_survey(ivy, city):
    Contact.objects.update(is_rechecked=True)
    call = take(ivy)
    finish(call, ivy)
    Contact.objects.exclude(line=call.line).update(is_done=True)
    later = NOW + timedelta(hours=4)
    with pytest.raises(NobodyToCall):
        take(ivy, later)
    other = replace(ivy, name="other")
    with pytest.raises(NobodyToCall):
        take(other, NOW + timedelta(hours=1))
    second = take(other, later)
    assert (second.line, second.is_recheck, len(second.questions)) == (call.line, True, 2)
    assert not second.answers  # whoever asks again does not see what was said
    assert all(not question.weights for question in second.questions)
    with pytest.raises(NotAllAsked):
        actions.end_recheck(survey_code=CODE, line=call.line, answers={}, by=other, at=later)
    said = {question.code: answered(call.line)[question.code] for question in second.questions}
    first = next(iter(said))
    said[first] = "-"
    actions.end_recheck(survey_code=CODE, line=call.line, answers=said, by=other, at=later)
    kept = Interview.objects.get()
    assert (kept.recheck_asked, kept.recheck_agreed) == (2, 1)
    with pytest.raises(NobodyToCall):
        take(other, later)


@pytest.mark.django_db(transaction=True)
def test_two_never_get_the_same_number(city, settings, tmp_path):
    """Eight interviewers take numbers at the same time, again and again."""
    from django.db import connection

    settings.VAR = tmp_path
    drawn_survey(city.actor["sam"])
    people = [replace(city.actor["ivy"], name=f"ivy-{place}") for place in range(8)]

    def work(who: Actor) -> list[int]:
        lines = []
        try:
            for _ in range(4):
                call = take(who)
                lines.append(call.line)
                actions.end_call(survey_code=CODE, line=call.line, outcome="refused", by=who, at=NOW)
        finally:
            connection.close()
        return lines

    with ThreadPoolExecutor(8) as threads:
        taken = [line for lines in threads.map(work, people) for line in lines]
    assert len(taken) == 32
    assert max(Counter(taken).values()) == 1


def test_a_number_left_behind_is_free_again(ivy):
    call = take(ivy)
    other = replace(ivy, name="other")
    lines = Contact.objects.exclude(line=call.line)
    lines.update(is_done=True)
    with pytest.raises(NobodyToCall):
        take(other, NOW)
    assert take(other, NOW + timedelta(minutes=46)).line == call.line
    assert AT < NOW
