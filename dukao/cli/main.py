"""`dukao COMMAND`: everything an operator does, from a terminal or a script.

Exit codes: 0 done · 1 unexpected (with its traceback) · 2 wrong use · 3 refused (with what, why, what to do) ·
4 done, and something was found that needs attention.

Each room's commands are in the module of its name here: a list `COMMANDS`. A command imports its own module and no
other, so that none waits for what it does not use.
"""

import argparse
import json
import os
import sys
from importlib import import_module
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from dukao.base.spoken import spoken
from dukao.base.wording import said_of
from dukao.cli.command import Command, Result
from dukao.cli.parser import Parser
from dukao.cli.terminal import aligned
from dukao.env import BadSetting

# Where each command is, in the order they are listed.
MODULES: dict[str, tuple[str, ...]] = {
    "org": ("import-units", "department", "post", "login"),
    "registers": ("load", "elements", "datasets", "deliver", "deliveries", "rejects", "propose-mapping"),
    "plans": ("plan",),
    "joint": ("joint",),
    "visits": ("visit", "draw"),
    "documents": ("document",),
    "meetings": ("meeting",),
    "monthly": ("monthly",),
    "burden": ("burden", "appeal", "baseline"),
    "sheets": ("sheet", "filing", "demands"),
    "indicators": ("figures", "passport", "rebuild-totals"),
    "tasks": ("task",),
    "clues": ("clue",),
    "scores": ("scores",),
    "replay": ("replay-score",),
    "trail": ("migrate", "seal", "trail", "check"),
    "workbooks": ("read", "overlap", "fill"),
    "ballots": ("issuer", "board", "verify-poll"),
    "polls": ("poll", "order"),
    "surveys": ("survey",),
    "serve": ("serve",),
    "work": ("work",),
    "demo": ("demo",),
}
# Where this is the command, anybody may run it anywhere: neither the rooms nor their database are waited for, and
# nothing of a house is made beside it.
NO_HOUSE = ("replay-score", "verify-poll")
DONE, UNEXPECTED, WRONG_USE, REFUSED, FOUND = range(5)
_NAMES = ("refused", "rule")  # of a refusal; the rest is said to people


def main(argv: list[str] | None = None) -> int:
    """Run one command and answer its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dukao.settings")
    argv = sys.argv[1:] if argv is None else argv
    try:
        if _command_in(argv) not in NO_HOUSE:
            django.setup()
        elif not apps.ready:
            os.environ["DUKAO_NO_HOUSE"] = "yes"
            apps.populate(())  # translations wait until it is told which there are: none
    except BadSetting as bad:
        print(bad, file=sys.stderr)
        return WRONG_USE
    chosen = argparse.Namespace(json=False, actor="", language=settings.COMMAND_LANGUAGE)
    with translation.override(chosen.language):
        common = Parser(prog="dukao", with_help=False, allow_abbrev=False)
        _add_common_options(common)
        # They may stand anywhere, also behind a command's own verbs.
        chosen, rest = common.parse_known_args(argv, chosen)
    with translation.override(chosen.language):
        return _run(rest, chosen)


def _command_in(argv: list[str]) -> str:
    """The first word that is neither an option of every command nor an option's value; empty where there is none."""
    values = {at + 1 for at, word in enumerate(argv) if word in ("--as", "--language")}
    return next((word for at, word in enumerate(argv) if at not in values and not word.startswith("-")), "")


def _run(rest: list[str], chosen: argparse.Namespace) -> int:
    from django.db import Error as DatabaseError
    from django.utils import timezone

    from dukao.base.refusals import Refused

    parser, runs = _parser(rest[0] if rest else "")
    args = parser.parse_args(rest, chosen)
    try:
        args.at = timezone.now()
        args.by = _actor(args.actor, args.at)
        result = runs[args.command](args)
    except Refused as refusal:
        _tell_refusal(refusal, as_json=args.json)
        return REFUSED
    except DatabaseError:
        if _lacks_migrations():
            not_ready = Refused(_("数据库还没有建好，或不是最新"), todo=_("先运行 dukao migrate"))
            _tell_refusal(not_ready, as_json=args.json)
            return REFUSED
        raise
    try:
        _tell(result, as_json=args.json)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough, as `head` does; nothing may be left to flush at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return result.exit_code


def commands() -> list[Command]:
    """All commands of all rooms, in the order they are listed."""
    return [command for module in MODULES for command in _commands_in(module)]


def _commands_in(module: str) -> list[Command]:
    return import_module(f"dukao.cli.{module}").COMMANDS  # type: ignore[no-any-return]


def _parser(asked: str = "") -> tuple[Parser, dict[str, Any]]:
    """The parser of the command that is asked for; of all of them where there is no such command."""
    parser = Parser(
        prog="dukao", description=_("数智督考：一次采集，一个入口，群众评价"),
        epilog=_("退出码：0 完成 · 1 意外错误 · 2 用法不对 · 3 被拒绝（说明原因和办法） · 4 完成，但有问题要处理"),
    )  # fmt: skip
    _add_common_options(parser)
    below = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    runs = {}
    module = next((module for module, names in MODULES.items() if asked in names), None)
    for command in _commands_in(module) if module else commands():
        told = str(command.help)
        one = below.add_parser(command.name, help=told, description=told, example=command.example)
        command.arguments(one)
        _add_common_options(one)
        runs[command.name] = command.run
    return parser, runs


def _add_common_options(parser: Parser) -> None:
    # Without defaults of their own, so that parsing a second time does not erase what was found the first time.
    def add(name: str, **more: Any) -> None:
        parser.add_argument(name, default=argparse.SUPPRESS, **more)

    add("--json", action="store_true", help=_("输出一份 JSON，供程序读取"))
    add("--as", dest="actor", metavar="NAME", help=_("以某个登录名的身份和权限执行（默认是系统本身）"))
    add("--language", choices=list(dict(settings.LANGUAGES)), help=_("语言（默认看 DUKAO_LANGUAGE，没有则用简体中文）"))


def _actor(name: str, at):
    from django.utils import timezone

    from dukao.org.rules import SYSTEM

    if not name:
        return SYSTEM
    from dukao.org import queries

    return queries.actor_named(name=name, on=timezone.localdate(at))


def _tell(result: Result, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(result.data, ensure_ascii=False, default=str, indent=2))
        return
    # A program that reads them finds cells by their tabs; a person by their columns.
    for line in aligned(result.lines) if sys.stdout.isatty() else result.lines:
        print(line)


def _tell_refusal(refusal: Any, *, as_json: bool) -> None:
    told: dict[str, Any] = {
        name: spoken(text) if isinstance(text, str) and name not in _NAMES else text
        for name, text in refusal.as_dict().items()
    }
    told["errors"] = {place: spoken(reason) for place, reason in getattr(refusal, "errors", {}).items()}
    if as_json:
        print(json.dumps(told, ensure_ascii=False, default=str, indent=2))
        return
    print(told["what"], file=sys.stderr)
    for place, reason in told["errors"].items():
        print(f"  {said_of(spoken(place), reason)}", file=sys.stderr)
    for title, key in ((_("原因"), "why"), (_("依据"), "source"), (_("怎么办"), "todo")):
        if told[key]:
            print(said_of(title, told[key]), file=sys.stderr)


def _lacks_migrations() -> bool:
    from django.db import Error as DatabaseError

    from dukao.cli.trail import waiting_migrations

    try:
        return bool(waiting_migrations())
    except DatabaseError:
        return False


if __name__ == "__main__":
    sys.exit(main())
