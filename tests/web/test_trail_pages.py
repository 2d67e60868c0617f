"""The auditor's desk."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from dukao.base.models import Event
from dukao.base.trail import record_event, seal_events
from dukao.org.queries import trail

AT = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)


@pytest.fixture
def events(city):
    with transaction.atomic():
        record_event(verb="org.login.signed_in", subject="login:alice", by=city.actor["alice"], at=AT)
        record_event(verb="sheets.answer.typed", subject="filing:BB2026-0001/990101001201", by=city.actor["alice"],
                     at=AT, unit_path=city.path["一村"])
        record_event(verb="sheets.answer.typed", subject="filing:BB2026-0001/990102001201", by=city.actor["wang"],
                     at=AT, unit_path=city.path["四村"])
    seal_events(at=AT)


def test_events_are_narrowed_and_exported(events, as_):
    otto = as_("otto")
    page = otto.get("/trail/").content.decode()
    assert page.count("BB2026-0001") == 2
    assert "BB2026-0001" not in otto.get("/trail/", {"verb": "org.login.signed_in"}).content.decode()
    assert "990102001201" not in otto.get("/trail/", {"subject": "filing:BB2026-0001/990101"}).content.decode()
    below = otto.get("/trail/", {"unit": "甲镇"}).content.decode()
    assert "事件：甲镇及以下" in below
    assert "990101001201" in below
    assert "990102001201" not in below
    assert otto.get("/trail/", {"unit": "富水市"}).content.decode().count("BB2026-0001") == 2
    assert otto.get("/trail/", {"unit": "没有这里"}).status_code == 422
    assert otto.get("/trail/", {"actor": "wang"}).content.decode().count("BB2026-0001") == 1
    assert "没有符合的事件" in otto.get("/trail/", {"since": "2026-10-09"}).content.decode()
    assert otto.get("/trail/", {"since": "soon"}).status_code == 422
    assert otto.get("/trail/", {"export": "events.csv"}).content.decode("utf-8-sig").count("BB2026-0001") == 2


def test_an_auditor_of_a_part_sees_that_part_only(events, city):
    from dataclasses import replace

    standing = city.actor["otto"].standings[0]
    county = replace(city.actor["otto"], standings=(replace(standing, unit_path=city.path["东县"]),))
    assert [e.subject for e in trail.events(viewer=county)] == ["filing:BB2026-0001/990101001201"]


def test_the_chain_is_checked_on_the_page(events, as_):
    otto = as_("otto")
    assert "链条完整" in otto.post("/trail/seals/").content.decode()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS event_unchanged")
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'base_event'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute("ALTER TABLE base_event DISABLE TRIGGER ALL")
    Event.objects.filter(subject="login:alice").update(actor="somebody")
    assert "处断开" in otto.post("/trail/seals/").content.decode()


def test_older_events_are_one_click_away(city, as_):
    with transaction.atomic():
        for number in range(130):
            record_event(verb="org.login.signed_in", subject=f"login:n{number}", by=city.actor["alice"], at=AT)
    page = as_("otto").get("/trail/").content.decode()
    assert "login:n129" in page
    assert "login:n1<" not in page
    older = page.split("?before=")[1].split('"')[0]
    assert "login:n1<" in as_("otto").get("/trail/", {"before": older}).content.decode()


def test_the_catalogue_of_events_is_complete():
    """Every event that an action's docstring promises or its code writes has its words, and none has more."""
    import re
    from pathlib import Path

    from django.conf import settings

    from dukao.web.verbs import VERBS

    rooms = ("gate", "indicators", "org", "registers", "scores", "sheets", "tasks", "voice")
    event = re.compile(rf"(?<=verb=\")[a-z_.]+(?=\")|(?<=[`\"\s])(?:{'|'.join(rooms)})\.[a-z_]+\.[a-z_]+(?=[`\".,;\s])")
    files = [path for room in rooms for path in (Path(settings.ROOT) / "dukao" / room).rglob("actions*/**/*.py")]
    files += [Path(settings.ROOT) / "dukao/indicators/actions.py"]
    written = {found for path in files for found in event.findall(path.read_text())}
    assert {one for one in written if ".actions." not in one} == set(VERBS)


@pytest.mark.parametrize("asked", ["since=0001-01-01", "until=9999-12-31", "until=2026-13-01"])
def test_a_day_beyond_the_calendar_is_told(city, as_, asked):
    assert as_("otto").get(f"/trail/?{asked}").status_code == 422


def test_the_newest_is_what_happened_last_not_what_was_written_last(city, as_):
    """Events of one instant stand in the order they were written; the next page goes on where the first one ended."""
    with transaction.atomic():
        for number in range(230):
            at = AT + timedelta(minutes=(number * 37) % 23)
            record_event(verb="org.login.signed_in", subject=f"login:n{number}", by=city.actor["alice"], at=at)
    seen, before = [], None
    while some := trail.events(viewer=city.actor["otto"], before_id=before, most=60):
        seen += some
        before = some[-1].id
    assert seen == sorted(seen, key=lambda event: (event.at, event.id), reverse=True)
    assert len(seen) == 230


@pytest.mark.parametrize(
    "narrowed",
    [
        {}, {"actor": "worker-1"}, {"verb": "sheets.dispatch.withdrawn"}, {"subject": "filing:1/"},
        {"since": date(2026, 5, 5), "until": date(2026, 5, 5)}, {"unit_path": "/1/2/4/7/"}, {"unit_path": "/1/"},
        {"actor": "worker-1", "verb": "sheets.answer.typed"},
    ],
)  # fmt: skip
def test_events_are_found_by_an_index_whatever_is_asked(city, narrowed):
    """Nothing passes over the table; among a million events each of these takes milliseconds."""
    with transaction.atomic():
        for number in range(2_000):
            record_event(verb="sheets.answer.typed", subject=f"filing:{number}/1", by=city.actor["alice"],
                         at=AT - timedelta(minutes=number), unit_path=city.path["一村"])  # fmt: skip
    seal_events(at=AT)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE base_listing")
    with CaptureQueriesContext(connection) as captured:
        trail.events(viewer=city.actor["otto"], **narrowed)
    with connection.cursor() as cursor:
        explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
        cursor.execute(explain + captured.captured_queries[-1]["sql"])
        plan = "\n".join(str(line) for line in cursor.fetchall())
    assert "event_by_" in plan, plan
