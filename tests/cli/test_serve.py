"""Serving for real: one command starts pages, live updates and work; told to stop, it leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest

from dukao.cli.serve import PORTS, Child, PortTaken, _require_free

ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(tmp_path):
    """The environment of an own, migrated installation."""
    environment = os.environ | {
        "DUKAO_VAR": str(tmp_path), "DUKAO_DATABASE_URL": f"sqlite:///{tmp_path}/dukao.sqlite3",
    }
    _dukao("migrate", environment=environment)
    return environment


def _dukao(*words: str, environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "dukao.cli.main", *words], cwd=ROOT, env=environment, check=True)


def _free_ports() -> int:
    """A port that is free together with those that follow it in the house."""
    for _ in range(100):
        with ExitStack() as held:
            try:
                first = held.enter_context(socket.socket())
                first.bind(("127.0.0.1", 0))
                port = first.getsockname()[1]
                for wanted in range(port + 1, port + PORTS):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return port
    raise AssertionError("no free ports")


def _wait_for(condition, seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _descendants(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(path.parent.name)
            found += [child, *_descendants(child)]
    return found


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_house_serves_and_leaves_nothing_behind(house, how):
    port = _free_ports()
    command = [sys.executable, "-m", "dukao.cli.main", "serve", "--port", str(port), "--workers", "1"]
    with subprocess.Popen(command, cwd=ROOT, env=house, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
            with urlopen(f"http://127.0.0.1:{port}/sign-in/") as answer:
                assert answer.status == 200
            _wait_for(lambda: all(_listens(wanted) for wanted in range(port, port + PORTS)))
            for neighbour, party in ((port + 2, "issuer"), (port + 3, "board")):
                with urlopen(f"http://127.0.0.1:{neighbour}/health") as answer:
                    assert party in answer.read().decode()
            family = _descendants(process.pid)
            assert len(family) >= 5
        finally:
            process.send_signal(how)
        code = process.wait(30)
    assert code == (0 if how != signal.SIGKILL else -signal.SIGKILL)
    _wait_for(lambda: not any(_is_alive(pid) for pid in family))
    assert not _listens(port)


def test_a_taken_port_is_told_before_anything_starts(house):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run([sys.executable, "-m", "dukao.cli.main", "serve", "--port", str(port)], cwd=ROOT,
                              env=house, capture_output=True, text=True, timeout=60)
        assert done.returncode == 3
        assert str(port) in done.stderr
        assert "--port" in done.stderr
        with pytest.raises(PortTaken):
            _require_free("127.0.0.1", port)


def test_a_database_that_is_not_ready_is_told(tmp_path):
    environment = os.environ | {"DUKAO_VAR": str(tmp_path), "DUKAO_DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3"}
    done = subprocess.run([sys.executable, "-m", "dukao.cli.main", "serve", "--port", str(_free_ports())],
                          cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
    assert "dukao migrate" in done.stderr


def test_the_work_loop_stops_in_order(house):
    command = [sys.executable, "-m", "dukao.cli.main", "work"]
    with subprocess.Popen(command, cwd=ROOT, env=house, stderr=subprocess.PIPE, text=True) as process:
        assert "后台工作开始" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_child_that_cannot_stay_up_is_given_up(monkeypatch):
    child = Child("x", [sys.executable, "-c", ""])
    for _ in range(5):
        child.start(dict(os.environ))
        child.process.wait()
        assert not child.cannot_stay_up
    child.start(dict(os.environ))
    child.process.wait()
    assert child.cannot_stay_up
