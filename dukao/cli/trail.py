"""Commands that keep the house sound: migrate, seal, check."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable
from dataclasses import asdict

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dukao.base.findings import Finding
from dukao.base.trail import broken_seals, seal_events
from dukao.cli.command import Command, Result
from dukao.registers import queries as registers


def waiting_migrations() -> list[str]:
    """Migrations that the database has not seen yet."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _migrate(args: Namespace) -> Result:
    waiting = waiting_migrations()
    call_command("migrate", verbosity=0, interactive=False)
    line = f"数据库已建好：执行了 {len(waiting)} 个迁移" if waiting else "数据库已是最新"
    return Result({"applied": waiting}, [line])


def _seal(args: Namespace) -> Result:
    sealed = 0
    while some := seal_events(at=args.at, is_sweep=True):
        sealed += some
    return Result({"sealed": sealed}, [f"封存了 {sealed:,} 个事件"])


def _check(args: Namespace) -> Result:
    found = [finding for name in args.only or CHECKS for finding in CHECKS[name]()]
    lines = [f"[{f.check}] {f.where}：{f.what}\n    怎么办：{f.todo}" for f in found]
    summary = f"发现 {len(found)} 个问题" if found else "没有发现问题"
    return Result({"findings": [asdict(f) for f in found]}, [*lines, summary], exit_code=4 if found else 0)


def _check_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--only", action="append", choices=list(CHECKS), help="只做这项检查，可写多次（默认全部）")


def _trail_findings() -> Iterable[Finding]:
    for broken in broken_seals():
        yield Finding(
            check="trail.chain", where=f"seal:{broken.position}", what=broken.reason,
            todo="与最近的备份逐条比对该处前后的事件，查明谁有数据库的写权限；不要重新封存",
        )


CHECKS: dict[str, Callable[[], Iterable[Finding]]] = {
    "trail": _trail_findings, "registers": registers.findings, "deliveries": registers.delivery_findings,
}
COMMANDS = [
    Command("migrate", "建立数据库，或更新到最新", _migrate),
    Command("seal", "把尚未封存的事件接入哈希链", _seal),
    Command("check", "核验事件链、汇总数和事实，并说明每个问题怎么办", _check, _check_arguments),
]
