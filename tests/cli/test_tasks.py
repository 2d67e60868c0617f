"""Commands of tasks and clues, as the people who give them; refusals answer 3."""

import json

import pytest

from dukao.cli.main import main
from dukao.voice.actions import clues
from dukao.voice.models import Clue
from tests.conftest import AT
from tests.tasks.carried import set_task

_TASK = """
- title: 甲镇窗口周末有人
  content: 窗口周末要有人，群众来了办得成事。
  template: repair
  basis: 纪要〔2026〕7号
  asker: statistics
  place: "{place}"
  lead: {{department: tax}}
  due_on: {due}
  raiser: code
"""


@pytest.fixture
def run(city, settings, tmp_path, capsys, monkeypatch):
    settings.VAR = tmp_path
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)

    def command(*words: str, who: str = "") -> tuple[int, object]:
        code = main([*words, *(["--as", who] if who else []), "--json"])
        return code, json.loads(capsys.readouterr().out or "null")

    return command


def test_a_task_from_a_file_to_its_confirmation(city, run, tmp_path):
    file = tmp_path / "task.yaml"
    file.write_text(_TASK.format(place=city.code["甲镇"], due="2026-10-30"))
    code, made = run("task", "set", str(file), who="sam")
    assert code == 0
    number, slip = made[0]["number"], made[0]["code"]
    assert run("task", "sign", number, who="tara")[0] == 0
    for position in ("1", "2"):
        assert run("task", "reach", number, position, "--kind", "words", "--text", "有人了", who="tara")[0] == 0
    assert run("task", "report", number, who="tara")[0] == 0
    assert run("task", "close", number, "--text", "看过", who="sam")[1]["line"]["state"] == "closed"
    assert run("task", "confirm", slip, "--not-fixed", "--text", "还是没人")[0] == 0
    code, seen = run("task", "show", number, who="tara")
    assert (seen["line"]["state"], seen["round"]) == ("doing", 2)
    _code, months = run("task", "months", "--period", "2026")
    assert (months[0]["denied"], months[0]["premature_percent"]) == (1, None)


def test_what_is_refused(city, run, tmp_path):
    number = set_task(city).number
    assert run("task", "sign", number, who="alice")[0] == 3
    file = tmp_path / "task.yaml"
    file.write_text(_TASK.format(place=city.code["甲镇"], due="2026-10-30").replace("办得成事", "每周报送照片"))
    code, told = run("task", "set", str(file), who="sam")
    assert (code, told["refused"], told["rule"]) == (3, "TaskRefused", "INS-7")
    assert [line["number"] for line in run("task", "list", who="tara")[1]] == [number]
    assert run("task", "list", "--light", "red", who="tara")[1] == []


def test_clues_of_the_office_and_the_public_numbers(city, run):
    number = clues.tell_clue(kind="forms", text="天天都要同一张表，谁也说不清", place=city.code["甲镇"], at=AT).number
    assert run("clue", "list", who="sam")[1] == []
    Clue.objects.update(received_on="2026-10-07")
    assert [line["number"] for line in run("clue", "list", who="sam")[1]] == [number]
    assert run("clue", "list")[1] == [], "who reads clues has a name"
    assert run("clue", "accept", number, who="dora")[0] == 3
    assert run("clue", "accept", number, who="sam")[1]["line"]["state"] == "accepted"
    assert run("clue", "close", number, "--outcome", "corrected", "--text", "已停", who="sam")[0] == 0
    assert run("clue", "numbers")[1]["received"] is None
