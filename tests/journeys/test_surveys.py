"""A survey by telephone: an interviewer on a phone loses the network and no answer; anybody reads what came of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dukao.voice import actions
from dukao.voice.models import Interview
from tests.voice.surveying import CODE, all_called, answered, drawn_survey

_FROM_HOUR, _TO_HOUR = 9, 21  # SVY-6: when people may be called


@pytest.fixture
def field(city, settings, tmp_path):
    """A survey in the field, and Ivy with a number in her hand, whatever the hour is."""
    settings.VAR = tmp_path
    drawn_survey(city.actor["sam"], ends_on=(timezone.localdate() + timedelta(days=20)).isoformat())
    at = timezone.localtime()
    if not _FROM_HOUR <= at.hour < _TO_HOUR:
        at = (at + timedelta(hours=24 - at.hour if at.hour >= _TO_HOUR else 0)).replace(hour=_FROM_HOUR, minute=30)
    return actions.take_number(survey_code=CODE, by=city.actor["ivy"], at=at)


def test_a_survey_from_a_telephone_to_what_is_published(field, city, person):
    sam = person("sam")
    sam.goes_to(f"/surveys/{CODE}/")
    sam.looked_at("survey-in-the-field")

    ivy = person("ivy", phone=True)
    page = ivy.page
    ivy.goes_to("/interviews/")
    ivy.looked_at("interviews")
    ivy.goes_to(f"/interviews/{CODE}/{field.line}/")
    said = answered(field.line)
    page.locator(f"input[name='answer:sex'][value={said['sex']}]").check()
    page.wait_for_selector("[data-part=saving]:has-text('已保存')")
    ivy.looked_at("interview")
    page.context.set_offline(True)
    for code in ("satisfied", "effect"):
        page.locator(f"input[name='answer:{code}'][value={said[code]}]").check()
    page.wait_for_selector("[data-part=saving]:has-text('已存在这台设备上')")
    page.context.set_offline(False)
    page.wait_for_selector("[data-part=saving]:has-text('已保存')")
    ivy.faults.clear()  # that there was no network is no fault of the page
    page.reload()  # what was kept on the device is put back, and the first question without an answer is open
    page.fill("input[name='answer:forms']", said["forms"])
    page.get_by_role("button", name="问完了").tap()
    page.wait_for_url(lambda url: f"/{field.line}/" not in url)
    assert Interview.objects.get(completed_at__isnull=False).answers == said

    by, at = city.actor["sam"], timezone.now()
    all_called(by)
    actions.close_field(survey_code=CODE, by=by, at=at)
    actions.publish_results(survey_code=CODE, by=by, at=at)
    for is_phone in (False, True):
        anybody = person(phone=is_phone)
        anybody.goes_to(f"/survey-results/{CODE}/")
        anybody.page.wait_for_selector("text=95% 区间")
        anybody.looked_at("survey-result")
