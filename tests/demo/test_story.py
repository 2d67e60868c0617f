"""The story of the demo city, told small: one county, this year, with a real server and real open pages."""

import json
import subprocess
import sys

from tests.demo.installations import ROOT, own_installation


def _demo(environment: dict[str, str], *options: str) -> tuple[int, dict, str]:
    """Run the command; answer its exit code, its JSON, and what it said meanwhile."""
    command = [sys.executable, "-m", "dukao.cli.main", "demo", "--small", "--json", *options]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900, check=False
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def test_every_step_of_the_story_holds(tmp_path):
    with own_installation(tmp_path) as environment:
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


def test_loading_twice_gives_the_same_city(tmp_path):
    with own_installation(tmp_path) as environment:
        dukao = [sys.executable, "-m", "dukao.cli.main"]
        subprocess.run([*dukao, "migrate"], cwd=ROOT, env=environment, check=True, capture_output=True, timeout=300)
        first_code, first, told = _demo(environment)
        second_code, second, told_again = _demo(environment)
        checked = subprocess.run([*dukao, "check"], cwd=ROOT, env=environment, capture_output=True, timeout=300)
    assert (first_code, second_code, checked.returncode) == (0, 0, 0), checked.stdout.decode()
    assert "部门数据：65 个文件" in told
    assert "部门数据：0 个文件" in told_again
    assert "本期报表：新下发 5 次" in told
    assert "本期报表：新下发 0 次" in told_again
    assert first["password"] == second["password"]
