"""The tour is followed word by word: its files are written, its commands are run, and what it promises is there."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.demo.installations import ROOT, own_installation, teach_workdays

TOUR = (ROOT / "docs/tour.md").read_text("utf-8")
_BLOCK = re.compile(r"^```(?P<kind>[a-z]+)(?: (?P<path>\S+))?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[str]:
    return [m["body"] for m in _BLOCK.finditer(TOUR) if m["kind"] == kind]


def files() -> dict[str, str]:
    return {m["path"]: m["body"] for m in _BLOCK.finditer(TOUR) if m["path"]}


def test_every_file_is_named_in_the_text_before_it():
    for path in files():
        assert f"`{path}`" in TOUR


def test_the_tour_can_be_followed_to_its_end(tmp_path):
    # The tour chooses its own folder.
    place = tmp_path / "var/tour"
    teach_workdays(place)
    with own_installation(place) as environment:
        told = _follow(tmp_path, environment)
        figures = json.loads(_run(tmp_path, environment, "dukao figures --unit 230208200000 --period 2026Q3 --json"))
    assert "接收 12 行，退回 1 行" in told
    assert "230208200999" in told
    assert "FRM-2" in told
    [card] = figures["cards"]
    # 93,452.7 kWh over ten jobs.
    assert card["value"] == "9345.3"


def _follow(folder: Path, environment: dict[str, str]) -> str:
    for path, body in files().items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(body, "utf-8")
    return _run(folder, environment, "\n".join(blocks("sh")))


def _run(folder: Path, environment: dict[str, str], script: str) -> str:
    """Run in bash, where 4 (done, something needs attention) is no failure; answer what was said."""
    before = (
        "set -euo pipefail\n"
        f'dukao() {{ "{sys.executable}" -m dukao.cli.main "$@" || {{ code=$?; [ $code -eq 4 ] || return $code; }}; }}\n'
    )
    done = subprocess.run(
        ["bash", "-c", before + script], cwd=folder, env=environment,
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
