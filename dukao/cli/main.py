"""`dukao COMMAND`: everything an operator does, from a terminal or a script.

Exit codes: 0 done · 1 unexpected (with its traceback) · 2 wrong use · 3 refused (with what, why, what to do) ·
4 done, and something was found that needs attention.

Each room's commands are in the module of its name here: a list `COMMANDS`.
"""

import argparse
import json
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import django

from dukao.cli.command import Command, Result

MODULES = ("org", "registers", "sheets", "indicators", "trail", "serve", "work", "demo")
DONE, UNEXPECTED, WRONG_USE, REFUSED, FOUND = range(5)


def main(argv: list[str] | None = None) -> int:
    """Run one command and answer its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dukao.settings")
    django.setup()
    from django.db import Error as DatabaseError
    from django.utils import timezone

    from dukao.base.refusals import Refused

    parser, common, runs = _parser()
    # The common options may stand anywhere, also behind a command's own verbs.
    known, rest = common.parse_known_args(argv, argparse.Namespace(json=False, actor=""))
    args = parser.parse_args(rest, known)
    try:
        args.at = timezone.now()
        args.by = _actor(args.actor, args.at)
        result = runs[args.command](args)
    except Refused as refusal:
        _tell_refusal(refusal, as_json=args.json)
        return REFUSED
    except DatabaseError:
        if _lacks_migrations():
            _tell_refusal(Refused("数据库还没有建好，或不是最新", todo="先运行 dukao migrate"), as_json=args.json)
            return REFUSED
        raise
    _tell(result, as_json=args.json)
    return result.exit_code


def commands() -> list[Command]:
    """All commands of all rooms, in the order they are listed."""
    found: list[Command] = []
    for name in MODULES:
        if find_spec(f"dukao.cli.{name}"):
            found += import_module(f"dukao.cli.{name}").COMMANDS
    return found


def _parser() -> tuple[argparse.ArgumentParser, argparse.ArgumentParser, dict[str, Any]]:
    # Without defaults of their own, so that parsing a second time does not erase what was found the first time.
    common = argparse.ArgumentParser(add_help=False, allow_abbrev=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--json", action="store_true", help="输出一份 JSON，供程序读取")
    common.add_argument("--as", dest="actor", metavar="NAME", help="以某个登录名的身份和权限执行（默认是系统本身）")
    parser = argparse.ArgumentParser(
        prog="dukao", parents=[common], description="数智督考：一次采集，一个入口，群众评价",
        epilog="退出码：0 完成 · 1 意外错误 · 2 用法不对 · 3 被拒绝（说明原因和办法） · 4 完成，但发现需要处理的问题",
    )
    below = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    runs = {}
    for command in commands():
        command.arguments(below.add_parser(command.name, help=command.help, description=command.help, parents=[common]))
        runs[command.name] = command.run
    return parser, common, runs


def _actor(name: str, at):
    from django.utils import timezone

    from dukao.org import queries
    from dukao.org.rules import SYSTEM

    return queries.actor_named(name=name, on=timezone.localdate(at)) if name else SYSTEM


def _tell(result: Result, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(result.data, ensure_ascii=False, default=str, indent=2))
    else:
        for line in result.lines:
            print(line)


def _tell_refusal(refusal: Any, *, as_json: bool) -> None:
    told = refusal.as_dict() | {"errors": getattr(refusal, "errors", {})}
    if as_json:
        print(json.dumps(told, ensure_ascii=False, default=str, indent=2))
        return
    print(told["what"], file=sys.stderr)
    for place, reason in told["errors"].items():
        print(f"  {place}：{reason}", file=sys.stderr)
    for title, key in (("原因", "why"), ("依据", "source"), ("怎么办", "todo")):
        if told[key]:
            print(f"{title}：{told[key]}", file=sys.stderr)


def _lacks_migrations() -> bool:
    from django.db import Error as DatabaseError

    from dukao.cli.trail import waiting_migrations

    try:
        return bool(waiting_migrations())
    except DatabaseError:
        return False


if __name__ == "__main__":
    sys.exit(main())
