"""Commands that keep the house sound: migrate, seal, trail, check."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from dukao.base.findings import Finding
from dukao.base.spoken import spoken
from dukao.base.trail import broken_seals, seal_events
from dukao.base.wording import said_of
from dukao.cli.command import Command, Result
from dukao.gate import queries as gate
from dukao.org.queries import trail, unit_by_code
from dukao.registers import queries as registers


def waiting_migrations() -> list[str]:
    """Migrations that the database has not seen yet."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _migrate(args: Namespace) -> Result:
    waiting = waiting_migrations()
    call_command("migrate", verbosity=0, interactive=False)
    done = ngettext("数据库已建好：执行了 {n} 个迁移", "数据库已建好：执行了 {n} 个迁移", len(waiting))
    return Result({"applied": waiting}, [done.format(n=len(waiting)) if waiting else _("数据库已是最新")])


def _seal(args: Namespace) -> Result:
    sealed = 0
    while some := seal_events(at=args.at, is_sweep=True):
        sealed += some
    told = ngettext("封存了 {n:,} 个事件", "封存了 {n:,} 个事件", sealed)
    return Result({"sealed": sealed}, [told.format(n=sealed)])


def _trail(args: Namespace) -> Result:
    found = trail.events(
        viewer=args.by, actor=args.who, verb=args.verb, subject=args.subject, since=args.since, until=args.until,
        unit_path=unit_by_code(args.unit).path if args.unit else "", before_id=args.before, most=args.most,
    )  # fmt: skip
    lines = [
        "\t".join([str(e.id), timezone.localtime(e.at).isoformat(" ", "seconds"), e.actor, e.verb, e.subject,
                   json.dumps(e.detail, ensure_ascii=False)])
        for e in found
    ]  # fmt: skip
    return Result([asdict(e) for e in found], lines)


def _trail_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--actor", dest="who", default="", help=_("登录名"))
    parser.add_argument("--verb", default="", help=_("动作，例如 sheets.filing.accepted"))
    parser.add_argument("--subject", default="", help=_("对象的开头，例如 filing:BB2026-0001/"))
    parser.add_argument("--unit", help=_("只看这个单位及以下的"))
    parser.add_argument("--since", type=date.fromisoformat, help=_("从这一天起的"))
    parser.add_argument("--until", type=date.fromisoformat, help=_("到这一天为止的"))
    parser.add_argument("--before", type=int, help=_("比这个编号的事件更早的"))
    parser.add_argument("--most", type=int, default=100, help=_("最多列出多少个（默认 100）"))


def _check(args: Namespace) -> Result:
    found = [finding for name in args.only or CHECKS for finding in CHECKS[name]()]
    lines = []
    for f in found:
        lines += [said_of(f"[{f.check}] {f.where}", spoken(f.what)), "    " + said_of(_("怎么办"), f.todo)]
    summary = ngettext("发现 {n} 个问题", "发现 {n} 个问题", len(found)).format(n=len(found))
    summary = summary if found else _("没有发现问题")
    return Result({"findings": [asdict(f) for f in found]}, [*lines, summary], exit_code=4 if found else 0)


def _check_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--only", action="append", choices=list(CHECKS), help=_("只做这项检查，可写多次（默认全部）"))


def _trail_findings() -> Iterable[Finding]:
    for broken in broken_seals():
        yield Finding(
            check="trail.chain",
            where=f"seal:{broken.position}",
            what=broken.reason,
            todo=_("与最近的备份逐条比对该处前后的事件，查明谁有数据库的写权限；不要重新封存"),
        )


CHECKS: dict[str, Callable[[], Iterable[Finding]]] = {
    "trail": _trail_findings,
    "registers": registers.findings,
    "deliveries": registers.delivery_findings,
    "quotas": gate.quotas_that_differ,
    "documents": gate.document_quotas_that_differ,
}
COMMANDS = [
    Command("migrate", _l("建立数据库，或更新到最新"), _migrate, example="dukao migrate"),
    Command("seal", _l("把尚未封存的事件接入哈希链"), _seal, example="dukao seal --json"),
    Command("trail", _l("操作留痕：谁在什么时候做了什么，最近的在前"), _trail, _trail_arguments,
            "dukao trail --subject delivery:"),
    Command("check", _l("核验事件链、汇总数、事实和检查额度，并说明每个问题怎么办"), _check, _check_arguments,
            "dukao check --only trail"),
]  # fmt: skip
