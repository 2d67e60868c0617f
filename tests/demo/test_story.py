"""The story of the demo city, told small: one county, this year, with a real server and real open pages."""

import json
import subprocess
import sys

import pytest

from tests.demo.installations import DIVISIONS, ROOT, own_installation

BUILT = ROOT / "dukao/web/static/built"


@pytest.mark.skipif(not (DIVISIONS.exists() and BUILT.exists()), reason="先运行 ./dev build")
def test_every_step_of_the_story_holds(tmp_path):
    with own_installation(tmp_path) as environment:
        done = subprocess.run(
            [sys.executable, "-m", "dukao.cli.main", "demo", "--headless", "--small", "--json"], cwd=ROOT,
            env=environment, capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
    report = json.loads(done.stdout)
    assert [step for step in report["steps"] if not step["held"]] == [], done.stderr
    assert done.returncode == 0
    assert report["held"]
    assert report["synthetic"]
    assert report["units"] == {"city": 1, "county": 16, "town": 209, "village": 1599}
    assert report["prefilled_percent"] >= 80
    assert report["asked"] >= 1
    assert report["refused_duplicates"] >= 1
    assert report["rollup_equals_recompute"]
    assert 0 < report["visible_ms"]["p50"] <= report["visible_ms"]["p99"]
