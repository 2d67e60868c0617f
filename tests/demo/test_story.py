"""The story of the demo city, told small: one county, this year, with a real server and real open pages."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.demo.installations import ROOT, own_installation


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Iterator[tuple[dict[str, str], list[tuple[int, dict, str]]]]:
    """An installation with the demo city loaded twice, and what the two loads said."""
    with own_installation(tmp_path_factory.mktemp("city")) as environment:
        _dukao(environment, "migrate").check_returncode()
        yield environment, [_demo(environment), _demo(environment)]


def test_loading_twice_gives_the_same_city(city):
    environment, [(first_code, first, told), (second_code, second, told_again)] = city
    checked = _dukao(environment, "check")
    assert (first_code, second_code, checked.returncode) == (0, 0, 0), checked.stdout
    assert "部门数据：65 个文件" in told
    assert "部门数据：0 个文件" in told_again
    assert "本期报表：新下发 5 次" in told
    assert "本期报表：新下发 0 次" in told_again
    assert first["password"] == second["password"]


def test_every_step_of_the_story_holds(city):
    environment, _loads = city
    code, report, told = _demo(environment, "--headless")
    assert [step for step in report["steps"] if not step["held"]] == [], told
    assert code == 0
    assert report["held"]
    assert report["synthetic"]
    assert report["units"] == {"city": 1, "county": 16, "town": 209, "village": 1599}
    assert report["prefilled_percent"] >= 80
    assert report["asked"] >= 1
    assert report["refused_duplicates"] >= 1
    assert report["rollup_equals_recompute"]
    assert 0 < report["visible_ms"]["p50"] <= report["visible_ms"]["p99"]


def _demo(environment: dict[str, str], *options: str) -> tuple[int, dict, str]:
    """Run the command; answer its exit code, its JSON, and what it said meanwhile."""
    done = _dukao(environment, "demo", "--small", "--json", *options)
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def _dukao(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "dukao.cli.main", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900, check=False)
