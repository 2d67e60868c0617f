"""The command line in three languages: chosen, never guessed; the same keys for programs in all of them."""

import json
import re

import pytest
from django.test import override_settings

from dukao.cli import main as frame
from dukao.cli.command import Command, Result
from dukao.cli.main import main
from dukao.cli.terminal import aligned, width, wrapped
from dukao.registers.models import Delivery
from tests.registers.invoices import Q3, csv_of, define
from tools import messages

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_NAMES = [command.name for command in frame.commands()]
_VERBS = [["sheet", "dispatch"], ["filing", "answer"], ["login", "assign"], ["department", "define"]]


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    messages.build()


def _help(capsys, *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("words", [[], *([name] for name in _NAMES), *_VERBS], ids=" ".join)
def test_help_speaks_each_language(capsys, words):
    simplified, traditional, english = (
        _help(capsys, "--language", language, *words) for language in ("zh-hans", "zh-hant", "en")
    )
    assert simplified.startswith("用法：dukao")
    assert traditional.startswith("用法：dukao")
    assert "選項：" in traditional
    assert english.startswith("Usage: dukao")
    # Names of departments and posts in an example are data.
    told, _heading, _example = english.partition("For example:")
    assert not _CHINESE.search(told)
    for text in (simplified, traditional, english):
        assert all(width(line) <= 80 for line in text.splitlines() if not line.startswith("  dukao"))


@pytest.mark.parametrize("command", frame.commands(), ids=lambda command: command.name)
def test_the_example_of_a_command_can_be_typed(command):
    words = command.example.split()
    assert words[:2] == ["dukao", command.name]
    parser, _runs = frame._parser()
    assert parser.parse_args(words[1:]).command == command.name


@pytest.mark.parametrize(("language", "of_an_action", "of_a_rule"), [
    ("zh-hans", "没有登录名 nobody", "缺少这一项"), ("zh-hant", "沒有登錄名 nobody", "缺少這一項"),
    ("en", "There is no sign-in name nobody", "missing"),
])
def test_refusals_speak_each_language(db, capsys, tmp_path, language, of_an_action, of_a_rule):
    (tmp_path / "departments.yaml").write_text("code: tax\nunit: '990100000000'\n")
    assert main(["login", "disable", "nobody", "--language", language]) == 3
    assert of_an_action in capsys.readouterr().err
    assert main(["load", str(tmp_path), "--language", language]) == 3
    told = capsys.readouterr().err
    assert of_a_rule in told
    assert not (language == "en" and _CHINESE.search(told))


def test_a_refusal_keeps_its_keys(db, capsys):
    told = {}
    for language in ("zh-hans", "en"):
        assert main(["login", "disable", "nobody", "--json", "--language", language]) == 3
        told[language] = json.loads(capsys.readouterr().out)
    assert told["zh-hans"].keys() == told["en"].keys()
    assert told["zh-hans"]["refused"] == told["en"]["refused"] == "NotThere"
    assert told["zh-hans"]["what"] != told["en"]["what"]


@pytest.mark.parametrize(("words", "chinese", "english"), [
    ([], "缺少参数：COMMAND", "arguments are missing: COMMAND"),
    (["nonsense"], "参数 COMMAND：没有“nonsense”，只能是：import-units", "there is no “nonsense”; it can be"),
    (["deliver"], "缺少参数：dataset, file, --period, --unit", "arguments are missing: dataset, file"),
    (["migrate", "--nonsense"], "没有这样的参数：--nonsense", "there are no such arguments: --nonsense"),
    (["rejects", "x", "--page", "one"], "参数 --page：“one”的写法不对", "argument --page: “one” is not"),
    (["login", "create", "x", "--display-name"], "参数 --display-name：缺少一个值", "a value is missing"),
])
def test_mistakes_are_told_in_the_language_of_the_rest(capsys, words, chinese, english):
    for language, mistake in (("zh-hans", chinese), ("en", english)):
        with pytest.raises(SystemExit) as ended:
            main(["--language", language, *words])
        assert ended.value.code == 2
        assert mistake in capsys.readouterr().err


def test_the_language_comes_from_the_option_then_the_setting(db, capsys, monkeypatch):
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    main(["migrate"])
    with override_settings(COMMAND_LANGUAGE="en"):
        main(["migrate"])
        main(["migrate", "--language", "zh-hant"])
    assert capsys.readouterr().out.splitlines() == ["数据库已是最新", "The database is up to date", "數據庫已是最新"]


def test_cells_stand_under_each_other(capsys, monkeypatch):
    lines = ["标题", "tax\t税务局\t1", "statistics\t统计局（市）\t22", "", "civil\t民政局"]
    assert list(aligned(lines)) == [
        "标题", "tax         税务局        1", "statistics  统计局（市）  22", "", "civil  民政局",
    ]  # fmt: skip
    monkeypatch.setattr(frame, "commands", lambda: [Command("try", "try", lambda args: Result({}, lines))])
    main(["try"])
    assert capsys.readouterr().out.splitlines() == lines


def test_text_is_wrapped_by_columns():
    assert wrapped("一二三四五六", 10) == ["一二三四五", "六"]
    assert wrapped("一二三四五，六（七）", 10) == ["一二三四", "五，六", "（七）"]
    assert wrapped("one two three", 8) == ["one two", "three"]
    assert wrapped("", 8) == [""]


def test_what_is_kept_is_written_in_the_language_of_the_source(city, capsys, settings, tmp_path):
    """What one reader is told in English, the next one reads in Chinese."""
    settings.VAR = tmp_path
    define(city)
    file = csv_of(tmp_path, "A1,990101001201,2026-13-01,1,1,")
    words = ["--period", Q3.code, "--unit", city.code["富水市"]]
    assert main(["deliver", "invoices", str(file), *words, "--now", "--language", "en"]) == 4
    told = capsys.readouterr().out
    assert "Refused: All 1 rows have problems, so none landed" in told
    assert not _CHINESE.search("".join(line for line in told.splitlines() if line.startswith("  ")))
    assert Delivery.objects.get().problem["what"] == "1 行都有问题，一行也没有入库"
