"""Meetings at the terminal: judged, called, decided, timed."""

import json
from datetime import datetime, timedelta

import pytest

from dukao.cli.main import main

MEETING = """
title: 四季度报表业务会
department: statistics
kind: business
basis: 统调〔2026〕9号
scope: {scope}
level: village
starts_at: {starts_at}
minutes: 90
attendees_per_unit: {people}
agenda:
  - {{speaker: 市统计局负责同志, kind: principal, minutes: 40}}
excuse: 全市统一培训
"""


@pytest.fixture
def file(city, tmp_path):
    soon = f"{datetime.now() + timedelta(days=20):%Y-%m-%dT09:00}"

    def write(people: int = 2):
        path = tmp_path / "meeting.yaml"
        path.write_text(MEETING.format(scope=city.code["富水市"], people=people, starts_at=soon), encoding="utf-8")
        return str(path)

    return write


def _told(capsys):
    return json.loads(capsys.readouterr().out)


def test_a_meeting_is_judged_called_and_timed(file, capsys, monkeypatch):
    assert main(["meeting", "judge", file(), "--as", "dora", "--json"]) == 0
    assert _told(capsys)["attendees"] == 12
    assert main(["meeting", "call", file(), "--as", "dora", "--json"]) == 0
    number = _told(capsys)["number"]
    assert main(["meeting", "call", file(), "--as", "tara"]) == 3
    capsys.readouterr()
    assert main(["meeting", "list", "--as", "sam", "--json"]) == 0
    assert [one["number"] for one in _told(capsys)] == [number]
    times = ["--began", "2020-10-20T09:00", "--ended", "2020-10-20T10:20", "--speech", "1=41"]
    assert main(["meeting", "times", number, *times, "--as", "dora"]) == 0
    assert "2460" in capsys.readouterr().out
    assert main(["meeting", "times", number, *times[:4], "--speech", "一=41", "--as", "dora"]) == 3


def test_a_large_one_waits_for_the_office(file, capsys):
    assert main(["meeting", "judge", file(20), "--as", "dora", "--json"]) == 4
    assert [one["rule"] for one in _told(capsys)["findings"]] == ["MTG-4"]
    assert main(["meeting", "call", file(20), "--as", "dora"]) == 3
    capsys.readouterr()
    assert main(["meeting", "call", file(20), "--ask-approval", "--as", "dora", "--json"]) == 0
    number = _told(capsys)["number"]
    assert main(["meeting", "approve", number, "--reason", "同意", "--as", "dora"]) == 3
    assert main(["meeting", "approve", number, "--reason", "同意", "--as", "sam"]) == 0
    capsys.readouterr()
    assert main(["meeting", "cancel", number, "--reason", "改期", "--as", "dora"]) == 0
    assert main(["meeting", "show", number, "--as", "charlie"]) == 3


def test_a_file_that_is_no_meeting_says_where(city, tmp_path, capsys):
    path = tmp_path / "meeting.yaml"
    path.write_text("title: 会\nminutes: 0\n", encoding="utf-8")
    assert main(["meeting", "call", str(path), "--as", "dora"]) == 3
    assert "minutes" in capsys.readouterr().err
