"""A task's page: where it stands, told apart from where its parts stand."""

from datetime import date

from tests.tasks.carried import carried, set_task


def test_a_late_milestone_shows_beside_a_light_that_follows_the_deadline(city, as_, monkeypatch):
    number = set_task(city).number
    carried(city, number, by="tara", until="signed")
    seen = {}
    for day in (date(2026, 10, 9), date(2026, 10, 20)):
        monkeypatch.setattr("dukao.web.doors.today", lambda day=day: day)
        seen[day.day] = as_("sam").get(f"/tasks/{number}/").content.decode()
    assert ["按期" in page for page in seen.values()] == [True, True]
    assert ["截止，已过" in page for page in seen.values()] == [False, True]
    assert ["灯看的是" in page for page in seen.values()] == [False, True]
