"""四不两直: before a sealed visit has arrived, those it goes to can learn nothing of it, by any way this house has.

Every page that a worker or reviewer of the unit can open, with all tables as files and all pages linked from there, is
read with and without sealed bookings and compared byte by byte; likewise commands, errors, numbers given afterwards,
what other departments are refused, and the SQL and the time that answers take. Controls show that each of these would
tell: an announced booking, or the arrival, changes what is read.
"""

import contextlib
import io
import re
import statistics
import time
from collections import Counter
from datetime import date, timedelta
from html import unescape
from urllib.parse import parse_qs

import pytest
import routes
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from dukao.base.periods import Period
from dukao.base.refusals import Refused
from dukao.cli.main import main
from dukao.gate import actions, queries
from dukao.org.queries.trail import events
from dukao.org.rules import Actor, Standing
from tests.conftest import AT, ON
from tests.gate.planned import approved_item

# What differs between two readings of one page in any case: tokens of forms, tickets of the live stream, request keys.
_CHANCE = re.compile(
    r'[A-Za-z0-9]{64}|data-ticket="[^"]*"|data-live="[^"]*"|name="(?:request_key|ticket)" value="[^"]*"'
)
_LINK = re.compile(r'(?:href|hx-get|action)="([^"#]+)')
_NO_TEXT = (".xlsx", ".pdf", ".docx")
_OF_A_KIND = 2
LATER = date(2026, 10, 19)
TITLE, PURPOSE = "低保复核暗访", "看低保有没有应保未保"


@pytest.fixture
def city(city, on_the_day, settings, tmp_path):
    settings.VAR = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    routes.furnish(city)
    approved_item(city, number="JH2026-0801", department="tax", title=TITLE, purpose=PURPOSE, topic="welfare",
                  method="unannounced")  # fmt: skip
    approved_item(city, number="JH2026-0802", department="tax", title=TITLE, purpose=PURPOSE, topic="welfare",
                  method="unannounced", target_level=4)  # fmt: skip
    _post(city, "carla", "supervision", "东县")
    return city


def _post(city, name: str, role: str, place: str) -> None:
    """One more person in the cast."""
    from dukao.org.models import Holding, Login, Post

    login = Login.objects.create(name=name, display_name=name.title(), password="!")
    post = Post.objects.create(code=f"{name}-post", title=role, role=role, unit_id=city.unit[place])
    Holding.objects.create(login=login, post=post, valid_from=date(2024, 1, 1))
    city.actor[name] = Actor(name, name.title(), login.pk, _standing_at(city, place, role).standings)


def _book(city, unit: str, *, mode: str = "unannounced", on: date = LATER):
    return actions.hold_visit(
        items=["JH2026-0801" if unit.endswith("村") else "JH2026-0802"], unit=city.code[unit], on=on, mode=mode,
        purpose=PURPOSE, people=[{"name": "", "office": "税务检查岗"}], team_size=3, request_key=f"{unit} {mode} {on}",
        by=city.actor["tara"], at=AT,
    )  # fmt: skip


def _seal_two(city) -> None:
    """One to Alice's village, one to Rita's town; and one each that was given back."""
    for unit in ("一村", "甲镇"):
        over = _book(city, unit, on=LATER + timedelta(days=14))
        actions.give_back(visit=over.number, reason="改期", by=city.actor["tara"], at=AT)
        _book(city, unit)


def _read_everything(as_, city, who: str) -> dict[str, tuple[int, str]]:
    """Status and text of what can be reached: all routes, and what is linked from what was read.

    Of pages of one kind two are enough, and all those that name the units concerned. Files that are no text are left
    out: each has its table as text beside it.
    """
    client, concerned = as_(who), [city.code[place] for place in ("一村", "甲镇", "东县")]
    waiting = [route.path.format(**city.code) for route in routes.all_routes()]
    waiting += [f"/search/?q={text}" for text in ("一村", "低保", "JC-", "税务")]
    seen: dict[str, tuple[int, str]] = {}
    kinds: Counter[tuple[str, ...]] = Counter()
    while waiting:
        address = waiting.pop(0)
        path, _question, query = address.partition("?")
        if (
            address in seen
            or path.startswith(("/static/", "/-/"))
            or path.endswith(_NO_TEXT)
            or query.endswith(_NO_TEXT)
        ):
            continue
        kind = (resolve(path).url_name, *sorted(parse_qs(query)), *re.findall(r"export=(\S+)", query))
        kinds[kind] += 1
        if kinds[kind] > _OF_A_KIND and not any(code in address for code in concerned):
            continue
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = _CHANCE.sub("", body.decode("utf-8", "replace"))
        seen[address] = (answer.status_code, text)
        if answer.headers.get("Content-Type", "").startswith("text/html") and answer.status_code == 200:
            links = (unescape(link) for link in _LINK.findall(text))
            waiting += [_within(address, link) for link in links if link.startswith(("/", "?"))]
    return seen


def _within(address: str, link: str) -> str:
    return address.partition("?")[0] + link if link.startswith("?") else link


@pytest.mark.parametrize("who", ["alice", "rita", "carla"])
def test_no_page_export_search_or_count_tells(city, as_, who):
    """Carla's county office oversees both units, but not the city's departments: it would be told by nobody else."""
    before = _read_everything(as_, city, who)
    assert before["/visits/"][0] == 200
    assert sum(status == 200 for status, _text in before.values()) >= 20, "there is something to read"
    _seal_two(city)
    after = _read_everything(as_, city, who)
    assert {a for a in before if before[a] != after.get(a)} == set()
    assert set(after) == set(before)
    _book(city, "甲镇" if who == "rita" else "一村", mode="announced", on=date(2026, 11, 9))
    assert TITLE in as_(who).get("/visits/").content.decode(), "an announced one is told, so this test can fail"


def test_after_arrival_it_is_told(city, as_):
    held = _book(city, "一村", on=ON + timedelta(days=11))
    assert TITLE not in as_("alice").get("/visits/").content.decode()
    actions.arrive(code=held.code, unit=city.code["一村"], by=city.actor["alice"], at=AT + timedelta(days=11))
    page = as_("alice").get("/visits/").content.decode()
    assert TITLE in page
    assert "四不两直" in as_("alice").get(f"/visits/{held.number}/").content.decode()


def test_the_sealed_visit_itself_looks_like_one_that_is_not_there(city, as_):
    held = _book(city, "一村")
    for rest in ("", "conclusion/", "objection/", "decision/", "telling/", "cancellation/"):
        for who in ("alice", "rita", "dora", "wang"):
            answers = [
                (answer.status_code, _CHANCE.sub("", answer.content.decode()).replace(number, "#"))
                for number in (held.number, "JC-0000000000")
                for answer in [as_(who).post(f"/visits/{number}/{rest}", {"minutes": "5"}) if rest
                               else as_(who).get(f"/visits/{number}/")]
            ]  # fmt: skip
            assert answers[0] == answers[1]
            assert answers[0][0] == 404


def test_a_code_that_is_not_theirs_says_nothing_of_it(city, as_):
    held = _book(city, "一村")
    for who in ("wang", "rita", "dora", ""):
        answers = [as_(who).post("/visits/code/", {"code": code}) for code in (held.code, "0" * 16)]
        texts = [_CHANCE.sub("", a.content.decode()).replace(held.code, "0" * 16) for a in answers]
        assert texts[0] == texts[1]
        assert {a.status_code for a in answers} == {409}


COMMANDS = [
    ["visit", "list"], ["visit", "list", "--state", "held"], ["visit", "turned-away"], ["visit", "items"],
    ["visit", "show", "JC-0000000001"], ["demands", "--unit", "{一村}"], ["demands", "--unit", "{甲镇}"], ["demands"],
    ["demands", "--statement"], ["demands", "--stopped"], ["draw", "list"],
    ["figures", "--unit", "{一村}", "--period", "2026Q3"], ["plan", "list", "{富水市}"],
    ["plan", "statement", "{富水市}"], ["plan", "coming", "{一村}"], ["plan", "item", "JH2026-0801"],
    ["burden", "unit", "{一村}"], ["burden", "calendar", "{一村}"], ["burden", "rules"], ["appeal", "list"],
    ["monthly", "--unit", "{一村}", "--month", "2026-10"], ["joint", "show", "--year", "2026", "--unit", "{富水市}"],
    ["trail"],
]  # fmt: skip


def _commands(city, who: str) -> list[tuple[int, str, str]]:
    said = []
    for command in COMMANDS:
        for more in ([], ["--json"]):
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = main([*(part.format(**city.code) for part in command), "--as", who, *more])
            said.append((code, out.getvalue(), err.getvalue()))
    return said


@pytest.mark.parametrize("who", ["alice", "rita", "carla"])
def test_no_command_tells(city, who):
    before = _commands(city, who)
    assert any(code == 0 and out for code, out, _err in before)
    _seal_two(city)
    assert _commands(city, who) == before
    _book(city, "甲镇" if who == "rita" else "一村", mode="announced", on=date(2026, 11, 9))
    assert _commands(city, who) != before


def test_numbers_given_afterwards_have_no_gap(city):
    ask = {
        "kind": "sheet", "title": "表", "asker": "statistics", "scope_unit": city.code["富水市"], "target_level": 5,
        "basis": "富统调〔2026〕9号", "due_on": ON + timedelta(days=9), "unit_count": 6, "minutes_hundredths": 60,
        "minutes_hundredths_per_unit": 10, "is_emergency": False, "by": city.actor["dora"], "at": AT,
    }  # fmt: skip
    first = int(actions.issue_demand(**ask).number[-4:])
    _seal_two(city)
    assert int(actions.issue_demand(**ask).number[-4:]) == first + 1


@pytest.mark.parametrize("on", [LATER, LATER + timedelta(days=1), LATER + timedelta(days=9)])
def test_what_others_are_refused_does_not_name_it(city, on):
    """Dora may learn that there is no room; whose visit has taken it, what for and when, she does not."""
    held = _book(city, "一村")
    with pytest.raises(Refused) as refused:
        actions.hold_visit(
            items=["JH2026-0901"], unit=city.code["一村"], on=on, mode="announced", purpose="看台账", team_size=1,
            people=[{"name": "", "office": "统计岗"}], request_key=f"dora {on}", by=city.actor["dora"], at=AT,
        )  # fmt: skip
    said = str(refused.value.as_dict()) + repr(queries.refusals(
        viewer=city.actor["dora"], since=date(2026, 1, 1), until=date(2027, 1, 1)))  # fmt: skip
    for secret in (held.number, TITLE, PURPOSE, "税务", "四不两直", "JH2026-0801", "unannounced"):
        assert secret not in said
    # Its day is not told either, unless Dora herself has asked for that day.
    assert LATER.isoformat() not in said.replace(on.isoformat(), "")
    month_day = f"{LATER.month}月{LATER.day}日"
    assert month_day not in said.replace(f"{on.month}月{on.day}日", "")


def test_the_calendar_that_other_departments_see_is_the_same(city, as_):
    address = f"/visits/new/?item=JH2026-0901&unit={city.code['一村']}"
    before = _CHANCE.sub("", as_("dora").get(address).content.decode())
    _seal_two(city)
    assert _CHANCE.sub("", as_("dora").get(address).content.decode()) == before


def _standing_at(city, place: str, role: str) -> Actor:
    level = {"东县": 3, "甲镇": 4, "一村": 5}[place]
    return Actor(f"{role}-of-{place}", "", None, (Standing(
        role=role, title=role, unit_id=city.unit[place], unit_code=city.code[place], unit_name=place,
        unit_level=level, unit_path=city.path[place],
    ),))  # fmt: skip


@pytest.mark.parametrize("place", ["东县", "甲镇", "一村"])
def test_auditors_and_supervisors_below_the_city_are_not_told_either(city, place):
    """A county that knew would call the village."""
    auditor, office = _standing_at(city, place, "auditor"), _standing_at(city, place, "supervision")

    def told():
        year = {"since": date(2026, 1, 1), "until": date(2027, 1, 1)}
        return (events(viewer=auditor, most=1000), queries.visits(viewer=office), queries.demands(viewer=office),
                queries.refusals(viewer=office, **year), queries.refused_visits(viewer=office, **year),
                queries.rule_statistics(viewer=office, on=ON, **year),
                queries.monthly_review(unit=city.code[place], month=Period.of(ON, "month"), viewer=office))  # fmt: skip

    actions.record_refusal(
        kind="visit", title=TITLE, asker="tax", scope_unit=city.code[place], target_level=5,
        reasons=[actions.Reason("INS-1", "不在计划内", "本平台约定")], by=city.actor["tara"], at=AT,
    )  # fmt: skip
    before = told()
    _seal_two(city)
    approved_item(city, number="JH2026-0803", department="tax", title=TITLE, method="unannounced", origin="exception",
                  approved_at=AT + timedelta(days=1))  # fmt: skip
    with pytest.raises(Refused):  # a sealed one that is refused
        _book(city, "一村", on=LATER + timedelta(days=1))
    actions.expire_holds(at=AT + timedelta(days=60))
    assert told() == before
    assert len(queries.visits(viewer=city.actor["sam"], state="given_back")) == 4, "the city's office knows"
    year = {"since": date(2026, 1, 1), "until": date(2027, 1, 1), "on": ON}
    assert any(one.n_overturned for one in queries.rule_statistics(viewer=city.actor["sam"], **year))


def test_the_same_sql_answers(city, as_):
    def statements() -> list[str]:
        found = []
        for address in ("/visits/", "/desk/", f"/search/?q={city.code['一村']}"):
            client = as_("alice")
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            found += [re.sub(r"'[^']*'|\d+", "?", one["sql"]) for one in captured]
        return found

    before = statements()
    _seal_two(city)
    assert statements() == before


def test_the_time_of_answering_tells_nothing(city, as_):
    """Pairs in turn, so that what else the machine does falls on both; the ranks of the two are as chance has them."""
    client, rounds = as_("alice"), 60
    times: dict[bool, list[float]] = {True: [], False: []}
    client.get("/visits/")
    for turn in range(rounds):
        for is_sealed in (True, False) if turn % 2 else (False, True):
            with transaction.atomic():
                if is_sealed:
                    _book(city, "一村")
                client.get("/visits/")
                began = time.perf_counter()
                client.get("/visits/")
                times[is_sealed].append(time.perf_counter() - began)
                transaction.set_rollback(True)
    assert abs(_z(times[True], times[False])) < 4.5, {k: statistics.median(v) for k, v in times.items()}


def _z(one: list[float], other: list[float]) -> float:
    """Mann–Whitney: how many standard deviations the ranks of one lie from what chance gives."""
    above = sum((a > b) + (a == b) / 2 for a in one for b in other)
    n, m = len(one), len(other)
    return (above - n * m / 2) / (n * m * (n + m + 1) / 12) ** 0.5


def test_the_statistic_would_see_a_difference():
    assert abs(_z([float(n) for n in range(60)], [n + 30.0 for n in range(60)])) > 4.5
