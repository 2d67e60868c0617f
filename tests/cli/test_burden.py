"""The ledger at the terminal: statements with their formulas, appeals, baselines, as lines and as JSON."""

import json

import pytest

from dukao.cli.main import main
from tests.conftest import AT
from tests.gate.ledger import ask


@pytest.fixture
def run(city, monkeypatch, capsys):
    """Run a command on the tests' day; answers (exit code, what it said)."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)

    def run(*argv: str, json_too: bool = True):
        code = main([*argv, "--json"] if json_too else [*argv])
        told = capsys.readouterr()
        return code, json.loads(told.out) if json_too else told.out + told.err

    return run


def test_statements(city, run):
    number = ask(city, {"一村": 450, "二村": 300})
    assert run("burden", "tell", number, city.code["一村"], "6", "--as", "alice")[0] == 0
    code, told = run("burden", "unit", city.code["甲镇"], "--as", "rita")
    assert (code, told["whole"]["minutes_hundredths"], told["whole"]["n_measured"]) == (0, 900, 1)
    assert told["formulas"]["minutes"]
    said = run("burden", "unit", city.code["甲镇"], "--as", "rita", json_too=False)[1]
    assert "合计：9 分钟（每项任务落到每个单位算一笔" in said
    assert "其中实测：6 分钟 · n = 1" in said
    told = run("burden", "department", "statistics", "--as", "dora")[1]
    assert (told["n_demands"], told["n_units"]) == (1, 2)
    assert run("burden", "department", "statistics", "--as", "tara")[0] == 3
    told = run("burden", "calendar", city.code["一村"], "--as", "alice")[1]
    assert [(item["kind"], item["number"]) for item in told["items"]] == [("sheet", number)]


def test_appeals(city, run):
    number = ask(city, {"一村": 450})
    code, told = run("appeal", "make", number, city.code["一村"], "--ground", "duplicate", "--as", "alice")
    assert (code, told["number"], told["state"]) == (0, "SS2026-0001", "open")
    assert len(run("appeal", "list", "--open", "--as", "sam")[1]) == 1
    decide = ("appeal", "decide", "SS2026-0001", "--upheld", "--reason", "确已报过")
    assert run(*decide, "--as", "dora")[0] == 3
    assert run(*decide, "--as", "sam")[1]["state"] == "upheld"
    assert run("appeal", "list", "--open", "--as", "sam")[1] == []
    [rule] = run("burden", "rules", "--as", "sam")[1]
    assert (rule["rule"], rule["n_missed"], rule["right_percent"]) == ("FRM-5", 1, 0)
    assert "该拦没拦 1" in run("burden", "rules", "--as", "sam", json_too=False)[1]


def test_baselines(city, run):
    ask(city, {"一村": 450}, kind="document", estimate="pages")
    said = run("burden", "compare", city.code["富水市"], "--as", "sam", json_too=False)[1]
    assert "文件：2026 年 1 件次；2018 年没有基线，不比较" in said
    given = ("baseline", "set", city.code["富水市"], "--kind", "document", "--source", "登记簿（模拟）", "--synthetic")
    assert run(*given, "--count", "4", "--as", "sam")[0] == 0
    assert run(*given, "--count", "5", "--as", "sam")[0] == 3
    assert run(*given, "--count", "4", "--as", "dora")[0] == 3
    [baseline] = run("baseline", "list", city.code["富水市"], "--as", "sam")[1]
    assert (baseline["count"], baseline["year"], baseline["is_synthetic"]) == (4, 2018, True)
    said = run("burden", "compare", city.code["富水市"], "--as", "sam", json_too=False)[1]
    assert "为 1 件次 ÷（2018 年 4 件次 × 281 ÷ 365 天）− 1 = -68%，要求 -50%" in said
