"""The frame of all commands: exit codes, JSON, who acts, refusals in words, errors that are not swallowed."""

import io
import json
import os
import subprocess
import sys
from argparse import Namespace
from importlib import import_module
from pathlib import Path

import pytest

from dukao.base.models import Event
from dukao.base.refusals import Invalid, Refused
from dukao.cli import main as frame
from dukao.cli.command import Command, Result
from dukao.cli.main import main

ROOT = Path(__file__).parents[2]
FILES = Path(__file__).parents[1] / "org/divisions"


@pytest.fixture
def one_command(monkeypatch):
    """Only `try`, doing what the test says."""

    def offer(run):
        monkeypatch.setattr(frame, "commands", lambda: [Command("try", "try", run)])

    return offer


def _refuse(_: Namespace) -> Result:
    raise Refused("做不到", why="因为这样", todo="请那样", source="示例#1", rule="X-1")


def _invalid(_: Namespace) -> Result:
    raise Invalid("看不懂", errors={"code": "写四位"})


def test_a_result_prints_as_lines_or_as_json(db, one_command, capsys):
    one_command(lambda args: Result({"n": 1, "text": "数"}, ["一行"], exit_code=4))
    assert main(["try"]) == 4
    assert capsys.readouterr().out == "一行\n"
    assert main(["--json", "try"]) == main(["try", "--json"]) == 4
    assert capsys.readouterr().out.count('"text": "数"') == 2


def test_a_refusal_says_what_why_and_what_to_do(db, one_command, capsys):
    one_command(_refuse)
    assert main(["try"]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == ["做不到", "原因：因为这样", "依据：示例#1", "怎么办：请那样"]
    assert main(["try", "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["refused"], told["rule"], told["errors"]) == ("Refused", "X-1", {})


def test_invalid_input_names_its_places(db, one_command, capsys):
    one_command(_invalid)
    assert main(["try"]) == 3
    assert "  code：写四位" in capsys.readouterr().err


def test_a_reader_that_stops_early_is_no_error(tmp_path):
    file = tmp_path / "长.csv"
    file.write_text(",".join(f"很长的列名{n}" for n in range(5_000)), encoding="utf-8")
    command = [sys.executable, "-m", "dukao.cli.main", "read", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as running:
        running.stdout.close()  # as `head` does
        assert running.stderr.read() == b""
    assert running.returncode == 0


def test_an_unexpected_error_is_not_swallowed(db, one_command):
    one_command(lambda args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["try"])


def test_wrong_use_exits_with_two(db, capsys):
    for wrong in ([], ["nonsense"], ["login"], ["import-units", "--nonsense"]):
        with pytest.raises(SystemExit) as ended:
            main(wrong)
        assert ended.value.code == 2
    assert "用法不对" in capsys.readouterr().err


def test_who_acts(city, one_command, capsys):
    seen = []
    one_command(lambda args: seen.append(args.by) or Result({}))
    assert main(["try"]) == 0
    assert main(["--as", "adam", "try"]) == 0
    assert main(["try", "--as", "nobody"]) == 3
    assert [by.name for by in seen] == ["system", "adam"]
    assert seen[1].has("ORG_MANAGE")


def test_every_command_is_named_once_and_helps(db, capsys):
    names = [command.name for command in frame.commands()]
    assert len(names) == len(set(names))
    for name in names:
        with pytest.raises(SystemExit) as ended:
            main([name, "--help"])
        assert ended.value.code == 0
    assert all(command.help for command in frame.commands())


def test_the_table_tells_where_every_command_is():
    files = (ROOT / "dukao/cli").glob("*.py")
    assert set(frame.MODULES) == {file.stem for file in files if "\nCOMMANDS = [" in file.read_text(encoding="utf-8")}
    for module, names in frame.MODULES.items():
        assert names == tuple(command.name for command in import_module(f"dukao.cli.{module}").COMMANDS), module


def test_a_command_waits_for_nothing_that_it_does_not_use_and_makes_nothing(tmp_path):
    file = tmp_path / "score.json"
    file.write_text("{}", encoding="utf-8")
    told = (
        "import sys; from dukao.cli.main import main; main(sys.argv[1:]);"
        "heavy = {'duckdb', 'ibis', 'numpy', 'pyarrow', 'pydantic'};"
        "print(sorted(heavy & set(sys.modules)), sorted(name for name in sys.modules if name.startswith('dukao.cli.')))"
    )
    done = subprocess.run([sys.executable, "-c", told, "--language", "en", "replay-score", str(file)], text=True,
                          capture_output=True, cwd=ROOT, check=True,
                          env=os.environ | {"DUKAO_VAR": str(tmp_path / "var")})  # fmt: skip
    assert not (tmp_path / "var").exists()
    loaded = [f"dukao.cli.{name}" for name in ("command", "given", "main", "parser", "replay", "terminal")]
    assert done.stdout.splitlines()[-1] == f"[] {loaded}"


def _say(monkeypatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_a_house_is_set_up_by_commands(db, capsys, monkeypatch):
    def ok(*words: str):
        assert main([*words, "--json"]) == 0, words
        return json.loads(capsys.readouterr().out)

    assert ok("import-units", "--source", str(FILES), "--city", "9901")["added"] == 9
    assert ok("import-units", "--source", str(FILES), "--city", "9901")["added"] == 0
    ok("department", "define", "tax", "--name", "税务局", "--unit", "990100000000")
    assert [d["code"] for d in ok("department", "list")] == ["tax"]
    ok("post", "define", "boss", "--title", "管理员", "--role", "admin", "--unit", "990100000000")
    ok("post", "define", "fill", "--title", "填报员", "--role", "worker", "--unit", "990101001201")
    for name in ("adam", "alice"):
        _say(monkeypatch, "three blue kettles\n")
        ok("login", "create", name, "--display-name", name)
    ok("login", "assign", "adam", "--post", "boss", "--from", "2026-01-01")
    ok("--as", "adam", "login", "assign", "alice", "--post", "fill", "--from", "2026-01-01", "--to", "2027-01-01")
    [alice, adam] = sorted(ok("login", "list", "--as", "adam"), key=lambda view: view["name"] == "adam")
    assert (alice["holdings"][0]["post_code"], adam["holdings"][0]["role"]) == ("fill", "admin")
    _say(monkeypatch, "five green kettles\n")
    ok("login", "password", "alice")
    ok("login", "disable", "alice", "--as", "adam")
    ok("login", "enable", "alice")
    ok("login", "unassign", "alice", "--post", "fill", "--to", "2026-06-01")
    assert [p["code"] for p in ok("post", "list", "--as", "adam")] == ["boss", "fill"]
    events = Event.objects.count()
    assert ok("seal") == {"sealed": events}
    assert ok("check", "--only", "trail") == {"findings": []}


def test_a_refused_command_leaves_with_three(city, capsys):
    assert main(["department", "define", "x", "--name", "x", "--unit", "999999999999"]) == 3
    assert main(["--as", "alice", "login", "list"]) == 3
    assert "没有这项权限" in capsys.readouterr().err


def test_the_trail_is_read_by_who_may(city, capsys):
    main(["department", "define", "civil", "--name", "民政局", "--unit", city.code["富水市"]])
    capsys.readouterr()
    assert main(["trail", "--as", "otto", "--verb", "org.department.defined", "--unit", city.code["富水市"]]) == 0
    assert "\tsystem\torg.department.defined\tdepartment:civil\t{}" in capsys.readouterr().out
    assert main(["trail", "--json", "--actor", "nobody"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["trail", "--as", "alice"]) == 3


def test_a_broken_chain_is_found_with_what_to_do(city, capsys):
    from django.db import connection

    main(["department", "define", "civil", "--name", "民政局", "--unit", city.code["富水市"]])
    main(["seal"])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER base_event_no_update")
        cursor.execute("UPDATE base_event SET actor = 'mallory'")
    capsys.readouterr()
    assert main(["check", "--only", "trail", "--json"]) == 4
    [finding] = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["check"], finding["where"]) == ("trail.chain", "seal:1")
    assert finding["todo"]


def test_migrating_again_says_so(db, capsys):
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out == "数据库已是最新\n"
