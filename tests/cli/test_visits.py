"""`dukao visit` and `dukao draw`: the whole course at the terminal, for people and for programs."""

import io
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from dukao.cli.main import DONE, FOUND, REFUSED, main
from dukao.gate.models import PlanItem
from tests.gate.planned import approved_item


@pytest.fixture
def item(city) -> str:
    return approved_item(city, year=timezone.localdate().year)


@pytest.fixture
def run(capsys, city):
    """Run as somebody; answers the exit code and the JSON."""

    def running(who: str, *command: str):
        code = main([*command, "--as", who, "--json"])
        told = capsys.readouterr().out
        return code, json.loads(told) if told else None

    return running


def _book(run, city, item, *more: str):
    today = timezone.localdate().isoformat()
    return run("dora", "visit", "book", "--item", item, "--unit", city.code["一村"], "--on", today, "--purpose",
               "看台账", "--office", "统计执法岗", "--key", "k1", *more)  # fmt: skip


def test_from_booking_to_decision(run, city, item, monkeypatch):
    code, booked = _book(run, city, item)
    number = booked["number"]
    assert code == DONE
    assert run("alice", "visit", "list")[1][0]["number"] == number
    # What a shell remembers others may read, so a code can come from standard input.
    monkeypatch.setattr("sys.stdin", io.StringIO(booked["code"].lower() + "\n"))
    assert run("alice", "visit", "code", "-")[1]["asks"] == ["常住人口台账", "台账是否及时登记"]
    assert run("alice", "visit", "arrive", booked["code"], "--unit", city.code["一村"])[1]["state"] == "arrived"
    assert run("dora", "visit", "conclude", number, "--text", "属实")[1]["state"] == "concluded"
    told = run("alice", "visit", "tell", number, "--minutes", "30", "--kept", "1", "--broken", "5")[1]
    assert (told["measured_minutes"], [kept for _rule, kept in told["conduct"]]) == (30, [True, False])
    assert run("alice", "visit", "object", number, "--text", "漏看一页")[1]["may"] == ["tell"]
    assert run("sam", "visit", "decide", number, "upheld", "--text", "更正")[1]["is_upheld"] is True


def test_a_visit_without_a_code_is_turned_away(run, city):
    assert run("alice", "visit", "code", "7K3M0D2X7K3M0D2X")[0] == REFUSED
    assert run("alice", "visit", "refuse", "--unit", city.code["一村"], "--who", "某局")[0] == DONE
    assert [r["who"] for r in run("sam", "visit", "turned-away")[1]] == ["某局"]


def test_a_booking_is_cancelled_with_a_reason(run, city, item):
    assert _book(run, city, item, "--mode", "unannounced")[0] == REFUSED, "the plan told openly how they come"
    PlanItem.objects.update(method="unannounced")
    number = _book(run, city, item, "--mode", "unannounced")[1]["number"]
    assert run("alice", "visit", "show", number)[0] == REFUSED
    assert run("dora", "visit", "items")[1][0]["left"] == 11
    assert run("dora", "visit", "cancel", number, "--reason", "改期")[1]["state"] == "given_back"
    assert run("dora", "visit", "items")[1][0]["left"] == 12


def test_a_draw_is_promised_drawn_and_replayed(run, city, item, tmp_path, monkeypatch, capsys):
    people = tmp_path / "people.json"
    people.write_text(json.dumps([{"name": f"检查员{n}", "office": "执法岗"} for n in "甲乙丙"], ensure_ascii=False))
    promised = run("dora", "draw", "promise", "--item", item, "--units", "2", "--inspectors", str(people), "--each",
                   "1", "--source", "某期开奖号码")[1]  # fmt: skip
    number = promised["number"]
    assert run("dora", "draw", "draw", number, "--public", "7")[0] == REFUSED, "not on the day of the promise"
    later = timezone.now() + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert len(run("dora", "draw", "draw", number, "--public", "7")[1]["result"]) == 2
    record = tmp_path / "draw.json"
    record.write_text(json.dumps(run("sam", "draw", "record", number)[1]))
    assert main(["draw", "replay", str(record)]) == DONE
    assert capsys.readouterr().out == "重放一致\n"
    record.write_text(record.read_text().replace('"public_part": "7"', '"public_part": "8"'))
    assert main(["draw", "replay", str(record)]) == FOUND


@pytest.mark.parametrize("text", ["", "[]", "{}", "没有"])
def test_what_is_no_record_is_told(text, tmp_path, capsys):
    record = tmp_path / "draw.json"
    record.write_text(text)
    assert main(["draw", "replay", str(record)]) in (FOUND, REFUSED)
    assert sum(map(len, capsys.readouterr())) > 0
