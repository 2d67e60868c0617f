"""Surveys from the terminal: the published draw is replayed, figures are listed, a change is found."""

import json

import pytest

from dukao.cli.main import main
from dukao.voice import actions
from tests.voice.surveying import CODE, NEXT_DAY, all_called, definition, drawn_survey


@pytest.fixture
def sam(city, settings, tmp_path):
    settings.VAR = tmp_path
    return city.actor["sam"]


def test_a_survey_from_the_terminal(sam, capsys, tmp_path):
    drawn_survey(sam)
    all_called(sam)
    assert main(["survey", "close", CODE, "--as", "sam"]) == 0
    assert main(["survey", "publish", CODE, "--as", "sam"]) == 0
    capsys.readouterr()
    assert main(["survey", "estimates", CODE]) == 0
    assert "满意" in capsys.readouterr().out
    from dukao.voice.queries.surveys import published_sample

    file = tmp_path / "sample.json"
    record = published_sample(code=CODE)
    file.write_text(json.dumps(record), encoding="utf-8")
    assert main(["survey", "replay", str(file)]) == 0
    file.write_text(json.dumps(record | {"public_part": "another"}), encoding="utf-8")
    assert main(["survey", "replay", str(file)]) == 4
    assert main(["survey", "show", CODE, "--as", "alice"]) == 3


def test_designs_and_calls_come_from_files(sam, capsys, tmp_path):
    file = tmp_path / "survey.yaml"
    file.write_text(json.dumps(definition(code="from_a_file").model_dump(mode="json"), ensure_ascii=False), "utf-8")
    assert main(["survey", "define", str(file), "--as", "sam"]) == 0
    assert main(["survey", "list", "--as", "sam"]) == 0
    assert "from_a_file" in capsys.readouterr().out
    drawn_survey(sam)
    calls = tmp_path / "calls.csv"
    calls.write_text("number,outcome\n1,refused\n", "utf-8")
    assert main(["survey", "calls", CODE, str(calls), "--as", "sam"]) == 3
    assert "line" in capsys.readouterr().err
    assert actions.close_field(survey_code=CODE, by=sam, at=NEXT_DAY).phones_left == 0
