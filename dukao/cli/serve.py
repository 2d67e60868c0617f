"""`dukao serve`: the pages, the live updates, the issuer and the board of ratings, and the work loop, under one.

The pages are Django under WSGI; the others are small ASGI processes beside them, on the next ports. A child that ends
by itself is started again; one that cannot stay up stops the house with what it said. When this process is told to
stop, so are they all; if it is killed, the system stops them.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.ballots.places import serving
from dukao.base.refusals import Refused
from dukao.cli.command import Command, Result
from dukao.cli.trail import waiting_migrations

_RESTARTS_ALLOWED, _RESTART_WINDOW_SECONDS = 5, 60.0
_STOP_SECONDS = 10.0
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
PORTS = 4  # pages, live updates, issuer, board


class PortTaken(Refused):
    """Another program listens there."""


class DatabaseNotReady(Refused):
    """Migrations wait."""


@dataclass
class Child:
    """A process of the house, and when it was started of late."""

    name: str
    command: list[str]
    process: subprocess.Popen | None = None
    starts: list[float] = field(default_factory=list)

    def start(self, environment: dict[str, str]) -> None:
        now = time.monotonic()
        self.starts = [s for s in self.starts if now - s < _RESTART_WINDOW_SECONDS] + [now]
        # Own sessions: a Ctrl-C at the terminal reaches only the parent, which stops the children in order.
        self.process = subprocess.Popen(  # noqa: S603
            self.command, env=environment, start_new_session=True, preexec_fn=_die_with_parent,
        )

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def cannot_stay_up(self) -> bool:
        return len(self.starts) > _RESTARTS_ALLOWED


def serve(
    *, host: str, port: int, workers: int, threads: int, with_work: bool = True,
    ready: Callable[[str], None] = lambda address: None,
) -> int:
    """Serve until told to stop (SIGTERM, SIGINT); answer the exit code. Raises PortTaken, DatabaseNotReady."""
    if waiting := waiting_migrations():
        told = ngettext("数据库还有 {n} 个迁移没有执行", "数据库还有 {n} 个迁移没有执行", len(waiting))
        raise DatabaseNotReady(told.format(n=len(waiting)), todo=_("先运行 dukao migrate"))
    for wanted in range(port, port + PORTS):
        _require_free(host, wanted)
    environment = _environment(host, port)
    stop = threading.Event()
    for wanted_signal in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted_signal, lambda *_: stop.set())
    family = _children(host, port, workers, threads, with_work)
    try:
        for child in family:
            child.start(environment)
        threading.Thread(target=_tell_when_ready, args=(host, port, stop, ready), daemon=True).start()
        while not stop.wait(0.3):
            for child in family:
                if child.is_running:
                    continue
                if child.cannot_stay_up:
                    told = _("{name}一再退出，服务停止；原因见上面的输出").format(name=child.name)
                    print(told, file=sys.stderr)
                    return 1
                print(_("{name}退出了，重新启动").format(name=child.name), file=sys.stderr)
                child.start(environment)
    finally:
        _stop_all(family)
    return 0


def _environment(host: str, port: int) -> dict[str, str]:
    """What the children are told: where the neighbours are, and whose scripts may ask issuer and board."""
    origins = [f"http://{name}:{port}" for name in {host, "localhost"}] + settings.CSRF_TRUSTED_ORIGINS
    given = {
        "DUKAO_LANGUAGE": get_language() or "", "DUKAO_VAR": str(settings.VAR),
        "DUKAO_BALLOT_ORIGINS": ",".join(origins),
        "DUKAO_ISSUER_INSIDE_URL": f"http://{host}:{port + 2}", "DUKAO_BOARD_INSIDE_URL": f"http://{host}:{port + 3}",
    }
    neighbours = {
        "DUKAO_LIVE_URL": f"http://{host}:{port + 1}/live", "DUKAO_ISSUER_URL": f"http://{host}:{port + 2}",
        "DUKAO_BOARD_URL": f"http://{host}:{port + 3}",
    }
    return neighbours | os.environ | given


def _children(host: str, port: int, workers: int, threads: int, with_work: bool) -> list[Child]:
    granian = [sys.executable, "-m", "granian", "--host", host, "--log-level", "warning", "--no-ws"]
    family = [
        Child(_("网页"), [*granian, "--interface", "wsgi", "--port", str(port), "--workers", str(workers),
                     "--blocking-threads", str(threads), "dukao.wsgi:application"]),
        Child(_("实时更新"), [*granian, "--interface", "asginl", "--port", str(port + 1), "--workers", "1",
                       "dukao.asgi:application"]),
        Child(_("签发处"), serving("issuer", host, port + 2)),
        Child(_("计票箱"), serving("board", host, port + 3)),
    ]
    if with_work:
        family.append(Child(_("后台工作"), [sys.executable, "-m", "dukao.cli.main", "work"]))
    return family


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                _("端口 {host}:{port} 不能使用（{error}）").format(host=host, port=port, error=error.strerror),
                todo=_("停掉占用它的程序，或用 --port 换一个（需要相邻的 {n} 个）").format(n=PORTS),
            ) from None


def _tell_when_ready(host: str, port: int, stop: threading.Event, ready: Callable[[str], None]) -> None:
    """Ready is when a page was answered, not when the port is open."""
    while not stop.wait(0.1):
        asking = HTTPConnection(host, port, timeout=30)
        try:
            asking.request("GET", "/sign-in/")
            asking.getresponse().read()
        except (OSError, HTTPException):
            continue
        finally:
            asking.close()
        ready(f"http://{host}:{port}/")
        return


def _stop_all(family: list[Child]) -> None:
    running = [c.process for c in family if c.process and c.process.poll() is None]
    for process in running:
        process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            # Its own session, so that the workers of a server that hangs go with it.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def _serve(args: Namespace) -> Result:
    please = _("请打开 {address}（Ctrl-C 停止）")
    code = serve(
        host=args.host, port=args.port, workers=args.workers, threads=args.threads, with_work=not args.no_work,
        ready=lambda address: print(please.format(address=address), flush=True),
    )
    return Result({}, [], exit_code=code)


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help=_("在哪个地址上提供服务（默认只在本机）"))
    parser.add_argument("--port", type=int, default=8000, help=_("网页的端口；实时更新、签发处和计票箱依次用后面三个"))
    parser.add_argument("--workers", type=int, default=min(4, os.cpu_count() or 1), help=_("网页进程数"))
    parser.add_argument("--threads", type=int, default=4, help=_("每个网页进程的线程数"))
    parser.add_argument("--no-work", action="store_true", help=_("不带后台工作（它在别处运行）"))


COMMANDS = [Command("serve", _l("提供网页、实时更新、评议和后台工作"), _serve, _arguments, "dukao serve --port 8000")]
