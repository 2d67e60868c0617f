"""`dukao work`: the house's own work, step by step, until told to stop.

Lands waiting deliveries, seals events, ends what has expired. A step that fails is logged with its traceback and tried
again later; the others go on. Several of these may run: deliveries are claimed, and one sealer works at a time.
"""

import logging
import signal
import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from django.core.management import call_command
from django.db import close_old_connections
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.trail import seal_events
from dukao.base.wording import said_of
from dukao.cli.command import Command, Result
from dukao.gate.actions import expire_holds, publish_tables
from dukao.org.actions import end_stale_sittings
from dukao.registers.actions import land_waiting, sweep_leftovers
from dukao.sheets.actions import charge_platform_minutes, end_expired_dispatches
from dukao.tasks.actions import ask_others, hear_reporters
from dukao.voice.actions import gather_ratings

logger = logging.getLogger("dukao.work")
_PAUSE_AFTER_FAILURE_SECONDS = 5.0


@dataclass
class Step:
    """One kind of work; `run` answers how much it did, and runs again after `every` seconds, or at once if it did."""

    name: str
    run: Callable[[datetime], int]
    every: float
    due: float = field(default=0.0)


def steps() -> list[Step]:
    return [
        Step("deliveries", lambda at: land_waiting(at=at), every=0.5),
        Step("seals", lambda at: seal_events(at=at, most=2_000), every=1.0),
        Step("late seals", lambda at: seal_events(at=at, is_sweep=True), every=3600.0),
        Step("sittings", lambda at: end_stale_sittings(at=at), every=600.0),
        Step("sessions", _clear_sessions, every=3600.0),
        Step("bookings", lambda at: expire_holds(at=at), every=60.0),
        Step("expired dispatches", lambda at: end_expired_dispatches(at=at), every=3600.0),
        Step("own minutes", lambda at: charge_platform_minutes(at=at), every=3600.0),
        # Every minute is enough, also after one that found something: what comes is told by the day.
        Step("ratings", _gather, every=60.0),
        Step("clues heard", lambda at: hear_reporters(at=at), every=600.0),
        Step("others asked", lambda at: ask_others(at=at), every=3600.0),
        Step("published tables", _publish, every=21600.0),
        Step("leftovers", lambda at: sweep_leftovers(at=at), every=3600.0),
    ]


def run_once(work: list[Step], *, at: datetime) -> dict[str, int]:
    """Do every step that is due; answer how much each did."""
    done = {}
    for step in work:
        if monotonic() < step.due:
            continue
        try:
            done[step.name] = step.run(at)
        except Exception:
            logger.exception(_("步骤 %s 失败，稍后再试"), step.name)
            step.due = monotonic() + _PAUSE_AFTER_FAILURE_SECONDS
            continue
        step.due = monotonic() + (0.0 if done[step.name] else step.every)
    return done


def _work(args: Namespace) -> Result:
    work = steps()
    if args.once:
        done = run_once(work, at=args.at)
        return Result(done, [said_of(name, n) for name, n in done.items()])
    stop = threading.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda *_: stop.set())
    logger.info(_("后台工作开始"))
    while not stop.is_set():
        close_old_connections()
        run_once(work, at=timezone.now())
        stop.wait(max(0.05, min(step.due for step in work) - monotonic()))
    return Result({}, [])


def _clear_sessions(at: datetime) -> int:
    call_command("clearsessions")
    return 0


def _gather(at: datetime) -> int:
    gather_ratings(at=at)
    return 0


def _publish(at: datetime) -> int:
    """A look every few hours is enough, also after one that found something new."""
    publish_tables(at=at)
    return 0


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help=_("每个步骤做一次就结束"))


COMMANDS = [
    Command(
        "work",
        _l("后台工作：入库待收的数据、封存事件、退回过期的预约、清理过期登录"),
        _work,
        _arguments,
        "dukao work --once",
    ),
]
