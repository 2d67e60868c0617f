"""The live process: who is let in, what pages are told, when streams end. Driven through its ASGI door."""

import asyncio
import json
import time
from contextlib import asynccontextmanager
from datetime import date, datetime

import pytest
from django.db import transaction
from django.utils import timezone

from dukao import asgi
from dukao.base.news import NewsReader
from dukao.base.periods import Period
from dukao.base.trail import record_event
from dukao.org.actions import sign_out
from dukao.org.models import Holding, Login, Sitting
from dukao.web import live
from dukao.web.live import TICKET_SECONDS, Hub, issue_ticket, read_ticket
from tests.databases import own_database  # noqa: F401 (a fixture)
from tests.indicators.conftest import indicators, registers  # noqa: F401 (fixtures)

Q3 = Period.parse("2026Q3")
ORIGIN = "http://testserver:8000"
WAIT_SECONDS = 20


def ticket_for(city, login="sam", place="富水市", *, period=Q3, language="zh-hans"):
    number = city.actor[login].login_id
    return issue_ticket(
        login_id=number, sitting_id=number, unit=city.code[place], period=period, language=language, origin=ORIGIN
    )


class Stream:
    """One browser's end of an open stream."""

    def __init__(self) -> None:
        self.sent: asyncio.Queue = asyncio.Queue()
        self.gone = asyncio.Event()
        self.buffer = ""

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def begin(self):
        start = await asyncio.wait_for(self.sent.get(), WAIT_SECONDS)
        self.status, self.headers = start["status"], dict(start["headers"])

    async def text(self):
        return (await asyncio.wait_for(self.sent.get(), WAIT_SECONDS))["body"].decode()

    async def until_over(self):
        """The page is told that it is over, and then the stream ends."""
        await self.event("over")
        assert not await self.text()

    async def event(self, kind="figures"):
        while True:
            body = await self.text()
            if body.startswith(f"event: {kind}\n"):
                return json.loads(body.split("data: ", 1)[1])


@asynccontextmanager
async def opened(ticket, *, origin=ORIGIN, path="/live", method="GET"):
    stream = Stream()
    headers = [(b"origin", origin.encode())] if origin else []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": f"ticket={ticket}".encode(),
        "headers": headers,
    }
    task = asyncio.create_task(asgi.application(scope, stream.receive, stream.sent.put))
    try:
        await stream.begin()
        yield stream
    finally:
        stream.gone.set()
        await asyncio.wait_for(task, WAIT_SECONDS)


@pytest.fixture
def db(own_database):  # noqa: F811
    """The city of these tests stands in a database that all threads see."""


@pytest.fixture
def house(registers, indicators, monkeypatch):  # noqa: F811
    """The little register, everybody signed in (sittings as log-ins numbered), and a live process just started."""
    monkeypatch.setattr(asgi, "hub", Hub())
    monkeypatch.setattr(asgi, "_open", asgi.Counter())
    indicators("tax", "people")
    Holding.objects.update(valid_from=date(2020, 1, 1))
    at = timezone.now()
    Sitting.objects.bulk_create(
        Sitting(id=login.pk, login=login, session_key=f"key-of-{login.name}", began_at=at, last_seen_at=at)
        for login in Login.objects.all()
    )
    return registers


def typed(house, element, period, place, value):
    """What the worker's page does, as far as the live process can tell."""
    with transaction.atomic():
        house.type(element, period, place, value)
        record_event(
            verb="sheets.answer.typed",
            subject="x",
            by=house.city.actor["alice"],
            at=timezone.now(),
            unit_path=house.city.path[place],
        )


def run(story):
    asyncio.run(asyncio.wait_for(story, 60))


def test_an_open_page_gets_everything_once_and_then_what_changed(house):
    typed(house, "income_tax", "2026Q3", "一村", 5)
    city, east = house.city, house.city.code["东县"]

    async def story():
        async with opened(ticket_for(city)) as stream:
            assert stream.status == 200
            assert stream.headers[b"content-type"].startswith(b"text/event-stream")
            assert stream.headers[b"access-control-allow-origin"] == ORIGIN.encode()
            first = await stream.event()
            assert len(first["cells"]) == 2 * 3
            assert first["cells"][f"tax|{east}"] == {
                "text": "没有数据",
                "short": "没有数据",
                "raw": None,
                "pending": 1,
                "change": "—",
                "state": "unknown",
                "held": ["stale", "差 9 项，含待审"],
            }
            await asyncio.to_thread(typed, house, "vat", "2026-08", "一村", 123_456_00)
            told = await stream.event()
            assert set(told["cells"]) == {f"tax|{east}", f"tax|{city.code['富水市']}"}
            assert told["cells"][f"tax|{east}"] == {
                "text": "123,456.50",
                "short": "12.35亿元",
                "raw": "123456.50",
                "pending": 2,
                "change": "—",
                "state": "known",
                "held": ["stale", "差 8 项，含待审"],
            }
            assert datetime.fromisoformat(told["at"]).tzinfo is not None

    run(story())


def test_pages_of_one_view_share_the_work_and_speak_their_language(house):
    city = house.city

    async def story():
        async with (
            opened(ticket_for(city)) as simplified,
            opened(ticket_for(city, "dora", language="en")) as english,
            opened(ticket_for(city, "alice", "一村")) as village,
        ):
            for stream in (simplified, english, village):
                await stream.event()
            assert len(asgi.hub.views) == 2
            await asyncio.to_thread(typed, house, "population", "2026", "一村", 12_345)
            key = f"people|{city.code['富水市']}"
            assert (await simplified.event())["cells"][key]["short"] == "1.23万人"
            assert (await english.event())["cells"][key]["short"] == "12,345 people"
            assert (await village.event())["cells"][f"people|{city.code['一村']}"]["text"] == "12,345"
        assert not asgi.hub.views
        assert not asgi._open

    run(story())


def test_events_elsewhere_and_of_other_rooms_wake_nobody(house):
    city = house.city

    async def story():
        async with opened(ticket_for(city, "alice", "一村")) as stream:
            await stream.event()
            await asyncio.to_thread(typed, house, "population", "2026", "四村", 9)
            await asyncio.to_thread(typed, house, "population", "2026", "一村", 7)
            told = await stream.event()
            assert told["cells"][f"people|{city.code['一村']}"]["text"] == "7"

    run(story())


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"origin": ""}, 200),
        ({"origin": "http://elsewhere.example"}, 403),
        ({"path": "/other"}, 404),
        ({"method": "POST"}, 405),
        ({"path": "/live/health"}, 200),
    ],
)
def test_only_the_pages_own_origin_is_answered(house, change, status):
    async def story():
        async with opened(ticket_for(house.city), **change) as stream:
            assert stream.status == status
            if status != 200:
                assert b"access-control-allow-origin" not in stream.headers

    run(story())


@pytest.mark.parametrize(
    ("login", "place", "status"),
    [
        ("sam", "富水市", 200),
        ("alice", "一村", 200),
        ("alice", "二村", 403),
        ("adam", "富水市", 403),
        ("charlie", "一村", 403),
    ],
)
def test_the_right_is_looked_at_again_when_the_stream_opens(house, login, place, status):
    async def story():
        async with opened(ticket_for(house.city, login, place)) as stream:
            assert stream.status == status

    run(story())


def test_forged_and_old_tickets_open_nothing(house, monkeypatch):
    good = ticket_for(house.city)
    assert read_ticket(good).unit == house.city.code["富水市"]
    assert read_ticket(good[:-1] + ("a" if good[-1] != "a" else "b")) is None
    assert read_ticket("") is None
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + TICKET_SECONDS + 5)
    assert read_ticket(good) is None


def test_a_login_may_not_hold_too_many_streams(house, monkeypatch):
    monkeypatch.setattr(asgi, "STREAMS_PER_LOGIN", 1)

    async def story():
        async with opened(ticket_for(house.city)) as first:
            assert first.status == 200
            async with opened(ticket_for(house.city)) as second:
                assert second.status == 429
            async with opened(ticket_for(house.city, "dora")) as other:
                assert other.status == 200

    run(story())


def test_a_stream_ends_when_the_right_does_and_renews_its_ticket_before(house, monkeypatch):
    monkeypatch.setattr(asgi, "RIGHT_CHECK_SECONDS", 0.2)
    monkeypatch.setattr(asgi, "TICKET_RENEWAL_SECONDS", 0.2)

    async def story():
        async with opened(ticket_for(house.city)) as stream:
            renewed = await stream.event("ticket")
            assert read_ticket(renewed["ticket"]).origin == ORIGIN
            await asyncio.to_thread(Holding.objects.all().delete)
            await stream.until_over()

    run(story())


@pytest.mark.parametrize("who", ["sam", "dora"])
def test_signing_out_ends_the_streams_of_that_sitting_at_once(house, who):
    """Those of somebody else go on; the old ticket opens nothing."""
    city, actor = house.city, house.city.actor[who]
    own, other = ticket_for(city, who), ticket_for(city, "tara")

    async def story():
        async with opened(own) as stream, opened(other) as going_on:
            await stream.event()
            await going_on.event()
            await asyncio.to_thread(sign_out, session_key=f"key-of-{who}", by=actor, at=timezone.now())
            began = time.monotonic()
            await stream.until_over()
            assert time.monotonic() - began < 2
            await asyncio.to_thread(typed, house, "population", "2026", "一村", 7)
            assert (await going_on.event())["cells"]
        async with opened(own) as again:
            assert again.status == 403

    run(story())


def test_a_database_that_fails_for_a_while_lets_nobody_stay_for_ever(house, monkeypatch):
    monkeypatch.setattr(asgi, "RIGHT_CHECK_SECONDS", 0.2)
    ticket, looked = ticket_for(house.city), []

    def failing(ticket):
        looked.append(ticket)
        if len(looked) == 2:
            raise RuntimeError("the disk is gone")
        return live.looker(ticket)

    monkeypatch.setattr(asgi, "looker", failing)

    async def story():
        async with opened(ticket) as stream:
            await stream.event()
            await asyncio.to_thread(Sitting.objects.all().delete)
            await stream.until_over()

    run(story())


def test_a_view_that_cannot_be_computed_does_not_stop_the_others(house, monkeypatch):
    city, real = house.city, live.live_figures
    failures = []

    def sometimes(*, unit, period):
        if unit == city.code["一村"] and len(failures) < 2:
            failures.append(unit)
            raise RuntimeError("the disk is gone")
        return real(unit=unit, period=period)

    monkeypatch.setattr(live, "live_figures", sometimes)

    async def story():
        async with opened(ticket_for(city, "alice", "一村")) as village, opened(ticket_for(city)) as whole:
            assert len((await whole.event())["cells"]) == 6
            assert len((await village.event())["cells"]) == 2
            assert len(failures) == 2

    run(story())


def test_quiet_streams_are_kept_open_with_comments(house, monkeypatch):
    monkeypatch.setattr(asgi, "HEARTBEAT_SECONDS", 0.2)

    async def story():
        async with opened(ticket_for(house.city)) as stream:
            await stream.event()
            assert (await stream.text()).startswith(":")

    run(story())


def test_what_the_trail_told_too_late_reaches_open_pages_within_the_minute(house, monkeypatch):
    """An event that commits after a whole window of later numbers is no news; the page is told all the same."""
    monkeypatch.setattr(live, "RECOMPUTE_SECONDS", 0.5)
    monkeypatch.setattr(NewsReader, "new", lambda reader: [])

    async def story():
        async with opened(ticket_for(house.city)) as city:
            await city.event()
            await asyncio.to_thread(typed, house, "population", "2026", "一村", 7)
            told = await city.event()
            assert any(cell["raw"] == "7" for cell in told["cells"].values())

    run(story())


def test_news_is_read_once_each(house):
    reader = NewsReader()
    assert reader.new() == []
    typed(house, "population", "2026", "四村", 9)
    typed(house, "population", "2026", "一村", 9)
    assert [news.unit_path for news in reader.new()] == [house.city.path["四村"], house.city.path["一村"]]
    assert reader.new() == []
