"""The story of the demo city, told small: one county, this year, with a real server and real open pages."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.demo.installations import ROOT, own_installation


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> Iterator[dict[str, Any]]:
    """What the commands said: the story in an empty installation, the demo city loaded after it, and once more."""
    with own_installation(tmp_path_factory.mktemp("city")) as environment:
        _dukao(environment, "migrate").check_returncode()
        yield {
            "story": _demo(environment, "--headless"), "city": _demo(environment), "again": _demo(environment),
            "check": _dukao(environment, "check"),
        }  # fmt: skip


def test_every_step_of_the_story_holds(told):
    code, report, said = told["story"]
    assert [step for step in report["steps"] if not step["held"]] == [], said
    assert code == 0
    assert report["held"]
    assert report["synthetic"]
    assert report["units"] == {"city": 1, "county": 16, "town": 209, "village": 1599}
    assert report["prefilled_percent"] >= 80
    assert report["asked"] >= 1
    assert report["refused_duplicates"] >= 1
    assert report["rollup_equals_recompute"]
    assert 0 < report["visible_ms"]["p50"] <= report["visible_ms"]["p99"]


def test_loading_again_adds_only_what_is_not_there_yet(told):
    _code, _report, said = told["story"]
    (code, city, added), (code_again, again, added_again) = told["city"], told["again"]
    assert (code, code_again, told["check"].returncode) == (0, 0, 0), told["check"].stdout
    # The third quarter's invoices come in the story itself, and it sends out all sheets of the day but one.
    assert "部门数据：64 个文件" in said
    assert "部门数据：0 个文件" in added
    assert "本期报表：新下发 1 次" in added
    assert "部门数据：0 个文件" in added_again
    assert "本期报表：新下发 0 次" in added_again
    assert city["password"] == again["password"]


def _demo(environment: dict[str, str], *options: str) -> tuple[int, dict, str]:
    """Run the command; answer its exit code, its JSON, and what it said meanwhile."""
    done = _dukao(environment, "demo", "--small", "--json", *options)
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def _dukao(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "dukao.cli.main", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900, check=False)
