"""Polls and orders at the terminal."""

import json

import pytest

from dukao.cli.main import main
from dukao.voice import actions
from tests.ballot_boxes import boxes  # noqa: F401 (a fixture)
from tests.voice.polled import NOW, TODAY, opened, paper_of, rated

POLL = """
code: {code}
title: 办税服务大家评
scope: "990100000000"
departments: [tax]
"""


@pytest.fixture
def polling(city, boxes, settings):  # noqa: F811
    settings.ISSUER_URL, settings.BOARD_URL, settings.VAR = boxes.issuer, boxes.board, boxes.var
    return boxes


def _told(capsys):
    return json.loads(capsys.readouterr().out)


def test_a_poll_from_file_to_cards(polling, capsys, tmp_path):
    file, codes = tmp_path / "poll.yaml", tmp_path / "codes.csv"
    code = f"p{tmp_path.name[-12:].replace('_', '')}".lower()
    file.write_text(POLL.format(code=code), "utf-8")
    assert main(["poll", "define", str(file), "--as", "dora"]) == 3
    assert main(["poll", "define", str(file), "--as", "sam"]) == 0
    assert main(["poll", "open", code, "--until", "soon", "--as", "sam"]) == 3
    capsys.readouterr()
    assert main(["poll", "open", code, "--until", TODAY.isoformat(), "--as", "sam", "--json"]) == 0
    opened_round = _told(capsys)["round"]
    assert main(["poll", "results", opened_round, "--as", "sam", "--json"]) == 0
    (paper,) = _told(capsys)["papers"]
    assert main(["poll", "cards", paper["short"], "3", "--file", str(codes), "--as", "sam"]) == 0
    assert len(codes.read_text("utf-8-sig").split()) == 4
    assert codes.stat().st_mode & 0o077 == 0
    assert main(["poll", "list", "--as", "tara"]) == 0
    assert opened_round in capsys.readouterr().out


def test_orders_that_are_late_ask_for_attention(polling, city, capsys):
    code = opened(city)
    rated(polling, city, paper_of(code, "税务局"), [1, 1, 1, 1, 5], comment="电话13812345678没人接")
    assert main(["poll", "gather"]) == 0
    capsys.readouterr()
    assert main(["order", "list", "--as", "sam", "--json"]) == 0
    (one,) = _told(capsys)
    assert one["comment"] == "电话〔电话〕没人接"
    actions.close_round(round=code, by=city.actor["sam"], at=NOW)
    assert main(["order", "show", one["number"], "--as", "tara"]) == 3
    assert main(["poll", "results", code, "--as", "tara"]) == 0
    assert "没有误差范围" in capsys.readouterr().out
