"""The one command: it says what stands in the way and what to do, and does nothing twice."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.reading import ROOT
from tools import install
from tools.install import CannotGoOn


def _dev(*words: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, str(ROOT / "dev"), *words], capture_output=True, text=True, env=os.environ | environment,
        timeout=60,
    )


def test_without_a_command_it_explains_itself():
    assert _dev().returncode == 2
    told = _dev("--help")
    assert told.returncode == 0
    for name in ("demo", "run", "test", "check", "journeys", "bench", "build", "pg", "lock", "ci"):
        assert f"./dev {name}" in told.stdout


@pytest.mark.parametrize("words", [["nonsense"], ["test", "--nonsense"], ["demo", "--port", "x"]])
def test_wrong_use_exits_with_two(words):
    assert _dev(*words).returncode == 2


@pytest.mark.parametrize("command", ["demo", "run"])
@pytest.mark.parametrize("beside", [0, 1])
def test_a_taken_port_is_told_before_anything_is_installed(command, beside):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        told = _dev(command, "--port", str(taken - beside))
    assert told.returncode == 3
    assert f"port {taken} cannot be used" in told.stderr
    assert "--port" in told.stderr


def test_python_3_11_is_asked_for(tmp_path):
    """Under another Python and with no 3.11 in reach, dev says which one it needs."""
    source = (ROOT / "dev").read_text().replace("VERSION = (3, 11)", "VERSION = (3, 99)").replace("3.11", "3.99")
    copy = tmp_path / "dev"
    copy.write_text(source)
    told = subprocess.run([sys.executable, str(copy), "demo"], capture_output=True, text=True,
                          env={"PATH": str(tmp_path)})
    assert told.returncode == 3
    assert "needs Python 3.99" in told.stderr


@pytest.mark.parametrize(("words", "todo"), [
    ("error: dns error: failed to lookup address information", "registry cannot be reached"),
    ("npm error code ENOTFOUND", "registry cannot be reached"),
    ("ERROR: Could not find a version that satisfies x (from versions: none)", "registry cannot be reached"),
    ("OSError: [Errno 28] No space left on device", "disk is full"),
    ("SyntaxError: unexpected token", "look here"),
])
def test_a_failed_step_says_its_last_words_and_what_to_do(words, todo):
    with pytest.raises(CannotGoOn) as obstacle:
        install.run([sys.executable, "-c", f"import sys; print({words!r}); sys.exit(1)"], todo="look here")
    assert words in str(obstacle.value)
    assert todo in obstacle.value.todo


def test_a_program_that_is_not_there_is_named():
    with pytest.raises(CannotGoOn, match="no-such-program is not installed"):
        install.run(["no-such-program"], todo="install it")


def test_a_full_disk_is_told_before_installing(monkeypatch):
    monkeypatch.setattr(install.shutil, "disk_usage", lambda path: os.statvfs_result and type("U", (), {"free": 10**9}))
    with pytest.raises(CannotGoOn, match=r"only 1\.0 GB"):
        install.require_disk()


def test_without_root_it_says_the_command(monkeypatch):
    monkeypatch.setattr(install.os, "geteuid", lambda: 1000)
    with pytest.raises(CannotGoOn) as obstacle:
        install.apt("chromium")
    assert obstacle.value.todo == "run: sudo apt-get install -y --no-install-recommends chromium"


def test_stamps_notice_every_change(tmp_path, monkeypatch):
    monkeypatch.setattr(install, "ROOT", tmp_path)
    one, stamp = tmp_path / "one", tmp_path / "stamp"
    one.write_text("1")
    assert not install._is_fresh(stamp, [one])
    install._write_stamp(stamp, [one])
    assert install._is_fresh(stamp, [one])
    one.write_text("2")
    assert not install._is_fresh(stamp, [one])


def test_the_tools_need_the_standard_library_only():
    """`dev` runs before anything is installed."""
    for path in (ROOT / "dev", ROOT / "tools/install.py", ROOT / "tools/postgres.py"):
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); import runpy;"
             f" runpy.run_path({str(path)!r}, run_name='imported')"],
            capture_output=True, text=True, cwd=Path("/"),
        )
        assert done.returncode == 0, done.stderr
