"""Evaluation from a terminal: a card judged, defined and shown; a file fetched, replayed, and tampered with."""

import json

import pytest
from django.utils import timezone

from dukao import __version__
from dukao.cli.main import main
from dukao.scores import actions
from tests.scores.conftest import JANUARY

CARD = """
code: counties_2025
title: 2025年县区考核
year: 2025
scope: 990100000000
level: county
basis: 督考〔2025〕1号
lines:
  - {of: tax, weight: 85, measure: last_year, rule: linear, floor: 0, full: 10}
  - {of: satisfaction, weight: 15, rule: share}
"""


@pytest.fixture
def written(tmp_path):
    def write(text=CARD):
        file = tmp_path / "card.yaml"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return write


def run(capsys, *args) -> tuple[int, str]:
    code = main([*args])
    told = capsys.readouterr()
    return code, told.out + told.err


def test_a_card_is_judged_before_it_is_defined(office, written, capsys):
    code, told = run(capsys, "scores", "judge", written(CARD.replace("县区考核", "县区排行榜")))
    assert code == 4
    assert "KPI-4 不能" in told
    assert run(capsys, "scores", "judge", written())[0] == 0
    assert run(capsys, "scores", "define", written())[0] == 0
    assert run(capsys, "scores", "set", "counties_2025")[0] == 0
    assert "已定下" in run(capsys, "scores", "list")[1]


def test_the_file_of_a_score_is_replayed_and_tampering_is_found(office, written, capsys, tmp_path):
    run(capsys, "scores", "define", written())
    actions.set_scorecard(card="counties_2025", by=office.sam, at=JANUARY)
    assert "先给他们看" in run(capsys, "scores", "compute", "counties_2025")[1]
    assert "100.00" in run(capsys, "scores", "show", "counties_2025")[1]
    file = tmp_path / "score.json"
    run(capsys, "scores", "file", "counties_2025", "--of", "990101000000", "--out", str(file))
    code, told = run(capsys, "replay-score", str(file))
    assert (code, told.strip().splitlines()[-1]) == (0, "重算一致")
    document = json.loads(file.read_text("utf-8"))
    assert document["software"]["version"] == __version__, "known where the folder is run and nothing is installed"
    document["inputs"][0]["value"] = "1"
    file.write_text(json.dumps(document), encoding="utf-8")
    code, told = run(capsys, "replay-score", str(file))
    assert code == 4
    assert "依据的数与生成时的指纹不一致" in told
    file.write_text("no json", encoding="utf-8")
    assert run(capsys, "replay-score", str(file))[0] == 3


def test_an_appeal_is_made_and_decided_by_command(office, written, capsys):
    run(capsys, "scores", "define", written())
    actions.set_scorecard(card="counties_2025", by=office.sam, at=JANUARY)
    actions.show_scores(card="counties_2025", by=office.sam, at=timezone.now())
    code, told = run(
        capsys, "--as", "gina", "scores", "appeal", "counties_2025", "--of", "990101000000", "--line", "tax",
        "--reason", "少算了",
    )  # fmt: skip
    assert code == 0
    assert "KS" in told
    number = told.split()[-1]
    code, told = run(
        capsys, "--as", "sam", "scores", "decide", number, "--upheld", "--value", "500", "--reason", "属实"
    )  # fmt: skip
    assert (code, told.strip()) == (0, "已决定，现在是第 2 版")
    assert "成立" in run(capsys, "scores", "appeals")[1]
