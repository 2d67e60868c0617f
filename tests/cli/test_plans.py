"""The yearly plan at the terminal: every verb, as lines and as JSON, with its exit code."""

import json
from pathlib import Path

import pytest
import yaml

from dukao.cli.main import main
from tests.conftest import AT
from tests.gate.plan_items import definition


@pytest.fixture
def run(city, monkeypatch, capsys):
    """Run a command on the tests' day; answers (exit code, what it said as JSON)."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)

    def run(*argv: str, json_too: bool = True):
        code = main(["plan", *argv, "--json"] if json_too else ["plan", *argv])
        told = capsys.readouterr()
        return code, json.loads(told.out) if json_too else told.out + told.err

    return run


@pytest.fixture
def file(city, tmp_path):
    """A file of items; `file({...}, {...})` writes one entry for each set of changes."""

    def write(*changes: dict) -> str:
        path: Path = tmp_path / f"items-{len(list(tmp_path.iterdir()))}.yaml"
        entries = [definition(city, **one).model_dump(mode="json") for one in changes]
        path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
        return str(path)

    return write


GRAIN = {"title": "储备粮管理督查", "topic": "grain", "purpose": "看粮库"}


def test_from_proposal_to_amendment(run, file, city):
    place = city.code["富水市"]
    code, told = run("propose", file({}, GRAIN), "--department", "tax", "--as", "tara")
    assert (code, [one["number"] for one in told]) == (0, ["JH2026-0001", "JH2026-0002"])
    code, told = run("propose", file({"title": "秸秆禁烧检查"}), "--department", "statistics", "--as", "dora")
    assert (code, told[0]["number"]) == (0, "JH2026-0003")
    assert run("freeze", place, "--as", "sam")[0] == 3
    code, told = run("merge", "JH2026-0003", "--into", "JH2026-0001", "--reason", "同一件事", "--as", "sam")
    assert (code, told) == (0, {"number": "JH2026-0001", "version": 2, "visits_saved": 3})
    narrow = file({"targets": [city.code["一村"], city.code["二村"]]})
    assert run("trim", "JH2026-0001", narrow, "--reason", "够了", "--as", "sam")[1][0]["version"] == 3
    assert run("approve", "JH2026-0001", "--reason", "同意", "--as", "sam")[0] == 0
    assert run("refuse", "JH2026-0002", "--reason", "刚查过", "--as", "sam")[0] == 0
    assert run("freeze", place, "--as", "sam")[1]["state"] == "frozen"
    assert run("publish", place, "--as", "sam")[1] == {"year": 2026, "unit": place, "state": "published"}
    [coming] = run("coming", city.code["一村"], "--as", "alice")[1]
    assert (coming["item"]["number"], coming["visits_most"], coming["visited"]) == ("JH2026-0001", 1, 0)
    code, told = run("amend", "JH2026-0001", file({}), "--reason", "想多看看", "--as", "tara")
    assert (code, told["rule"], [hit["place"] for hit in told["hits"]]) == (3, "INS-5", ["targets", "visits"])
    assert run("amend", "JH2026-0001", file({}), "--reason", "火点增多", "--as", "sam")[1][0]["version"] == 4
    code, told = run("item", "JH2026-0001")
    assert (code, [v["version"] for v in told["versions"]]) == (0, [4, 3, 2, 1])
    assert run("item", "JH2026-0001", "--version", "1")[1]["visits_most"] == 3
    assert [i["state"] for i in run("list", place)[1]] == ["approved", "refused", "merged"]
    assert [i["number"] for i in run("list", place, "--state", "refused")[1]] == ["JH2026-0002"]
    assert run("list", place, "--as-of", "2026-10-07")[1] == []
    assert [d["planned"] for d in run("statement", place)[1]] == [0, 3]
    assert run("withdraw", "JH2026-0001", "--reason", "不再需要", "--as", "tara")[0] == 0


def test_what_is_refused_says_why(run, file):
    code, told = run("propose", file({"criteria": ["看工作照片"]}), "--department", "tax", "--as", "tara")
    assert (code, told["refused"], told["rule"]) == (3, "ItemRefused", "INS-7")
    assert told["hits"][0]["place"] == "criteria.0"
    said = run("propose", file({"criteria": ["看工作照片"]}), "--department", "tax", json_too=False)[1]
    assert "看工作照片" in said
    assert "不得以领导批示" not in said
    assert run("propose", file({}), "--department", "tax", "--as", "alice")[0] == 3
    assert run("propose", "nowhere.yaml", "--department", "tax")[0] == 3


def test_what_is_only_pointed_to_needs_attention(run, file):
    code, told = run("propose", file({"questions": ["拍了几张照片"]}), "--department", "tax", "--as", "tara")
    assert (code, [hit["action"] for hit in told[0]["hits"]]) == (4, ["warn"])


def test_beyond_the_plan(run, file, city):
    one = file({"targets": [city.code["一村"]], "ends_on": "2026-10-20"})
    code, told = run("exception", one, "--department", "tax", "--reason", "来信", "--as", "tara")
    assert (code, told[0]["number"], told[0]["state"]) == (0, "YS2026-0001", "proposed")
    assert run("grant", "YS2026-0001", "--reason", "同意", "--approver", "分管副市长", "--as", "sam")[0] == 0
    urgent = file(GRAIN | {"targets": [city.code["一村"]], "ends_on": "2026-10-16"})
    declared = ("emergency", urgent, "--department", "statistics", "--reason", "粮堆发热", "--approver", "市长")
    code, told = run(*declared, "--as", "dora")
    assert (code, told[0]["number"], told[0]["state"]) == (0, "YJ2026-0001", "approved")


def test_revising_a_refused_item(run, file, city):
    run("propose", file({}), "--department", "tax", "--as", "tara")
    run("refuse", "JH2026-0001", "--reason", "范围太大", "--as", "sam")
    smaller = file({"targets": [city.code["三村"]]})
    code, told = run("revise", "JH2026-0001", smaller, "--reason", "只看三村", "--as", "tara")
    assert (code, told[0]["version"], told[0]["state"]) == (0, 2, "proposed")


def test_people_read_lines(run, file, city):
    place = city.code["富水市"]
    said = run("propose", file({}), "--department", "tax", "--as", "tara", json_too=False)[1]
    assert said == "JH2026-0001\t第 1 版\n"
    assert "JH2026-0001\t已批准" in run("approve", "JH2026-0001", "--reason", "同意", "--as", "sam", json_too=False)[1]
    assert "税务局\t秸秆禁烧专项督查" in run("list", place, json_too=False)[1]
    assert "tax\t税务局\t计划 3 次" in run("statement", place, json_too=False)[1]
    assert "列明的对象：一村、二村、三村" in run("item", "JH2026-0001", json_too=False)[1]
    run("freeze", place, "--as", "sam")
    assert "富水市 2026\t已公布" in run("publish", place, "--as", "sam", json_too=False)[1]
    assert "税务局\t秸秆禁烧专项督查\t最多 1 次" in run("coming", city.code["一村"], json_too=False)[1]
    assert "不是日期" in run("list", place, "--as-of", "昨天", json_too=False)[1]


def test_the_item_in_the_manual_is_taken_as_it_stands(run, city, tmp_path):
    """With the codes of the little city, and without the datum that it does not know."""
    manual = (Path(__file__).parents[2] / "docs/operating.md").read_text(encoding="utf-8")
    text = manual.partition("### An item of the inspection plan")[2].partition("```yaml\n")[2].partition("```")[0]
    for code, place in (("230200000000", "富水市"), ("230221100200", "一村"), ("230221100201", "二村")):
        text = text.replace(code, city.code[place])
    file = tmp_path / "item.yaml"
    file.write_text(text, encoding="utf-8")
    code, told = run("propose", str(file), "--department", "tax", "--as", "tara")
    assert (code, list(told["errors"])) == (3, ["questions.1"])
    file.write_text(text.replace(", element: grain_area", ""), encoding="utf-8")
    code, told = run("propose", str(file), "--department", "tax", "--as", "tara")
    assert (code, told[0]["number"]) == (0, "JH2026-0001")
    assert run("item", "JH2026-0001")[1]["visits_most"] == 3
