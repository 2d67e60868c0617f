"""The installation's secret: made once, whoever comes first."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dukao import env

ROOT = Path(__file__).resolve().parents[2]


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "secret-key"
    made = env.secret(path)
    assert len(made) == 64
    assert env.secret(path) == made == path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path], "nothing is left beside it"


def test_who_comes_second_takes_the_secret_of_the_first(tmp_path, monkeypatch):
    path, link = tmp_path / "secret-key", os.link

    def somebody_is_quicker(source, target):
        path.write_text("theirs")
        link(source, target)

    monkeypatch.setattr(os, "link", somebody_is_quicker)
    assert env.secret(path) == "theirs"


def test_many_first_starts_at_once_agree(tmp_path):
    code = "import sys; sys.stdin.read(1); from dukao import settings; print(settings.SECRET_KEY)"
    own = os.environ | {"DUKAO_VAR": str(tmp_path / "var"), "DUKAO_SECRET_KEY": ""}
    command, pipe = [sys.executable, "-c", code], subprocess.PIPE
    starts = [subprocess.Popen(command, cwd=ROOT, env=own, stdin=pipe, stdout=pipe, text=True) for _ in range(6)]
    for process in starts:
        process.stdin.write("!")
        process.stdin.flush()
    told = {process.communicate(timeout=60)[0].strip() for process in starts}
    assert told == {(tmp_path / "var" / "secret-key").read_text()}
    assert all(process.returncode == 0 for process in starts)


def test_an_emptied_secret_stops_the_start(tmp_path):
    (tmp_path / "secret-key").touch()
    with pytest.raises(env.BadSetting, match="empty"):
        env.secret(tmp_path / "secret-key")
