"""No test passes over what it should look at: only the shared data may be missing, and that is told."""

import os
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

from tests.house.reading import ROOT

TEST = """
import pytest

@pytest.mark.skipif(True, reason="no folder {reason}")
def test_marked():
    pass

def test_asked():
    pytest.skip("no folder {reason}")

@pytest.mark.xfail
def test_expected_to_fail():
    assert False
"""


def run(folder: Path, shared: Path, reason: str) -> subprocess.CompletedProcess:
    (folder / "test_it.py").write_text(TEST.format(reason=reason))
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-c", "pyproject.toml",
         str(folder / "test_it.py")],
        cwd=ROOT, env=os.environ | {"DUKAO_SHARED_DATA": str(shared)}, capture_output=True, text=True,
    )  # fmt: skip


def test_shared_data_that_are_not_there_may_be_passed_over(tmp_path):
    done = run(tmp_path, tmp_path / "shared", f"{tmp_path}/shared/hostile")
    assert "2 skipped, 1 xfailed" in done.stdout, done.stdout


@pytest.mark.parametrize("reason", ["{shared}/hostile", "node_modules"])
def test_nothing_else_may_and_nothing_where_they_are(tmp_path, reason):
    shared = tmp_path / "shared"
    if reason != "node_modules":
        shared.mkdir()
    done = run(tmp_path, shared, reason.format(shared=shared))
    assert done.returncode == 1
    assert "skipped" not in done.stdout
    assert "may not be passed over: Skipped: no folder" in done.stdout


def test_the_summary_names_what_was_passed_over(tmp_path, capfd):
    loader = SourceFileLoader("dev_of_test", str(ROOT / "dev"))
    dev = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(dev)
    shared = tmp_path / "shared"
    (tmp_path / "test_it.py").write_text(TEST.format(reason=f"{shared}/hostile"))
    given = ["-p", "tests.conftest", "-p", "no:cacheprovider", "-c", "pyproject.toml", str(tmp_path / "test_it.py")]
    result = dev._pytest("SQLite", given, {"DUKAO_SHARED_DATA": str(shared)})
    capfd.readouterr()
    assert dev._close([result]) == 0
    told = capfd.readouterr().out
    assert "✓ SQLite: 2 skipped, 1 xfailed" in told
    assert told.count("SKIPPED [1]") == 2
    assert f"no folder {shared}/hostile" in told
