"""How a command line is read, and how its usage, help and mistakes are told in the reader's language."""

import argparse
import re
import sys
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from dukao.base.wording import said_of
from dukao.cli.terminal import width, wrapped


def _noop(text: str) -> str:
    """Mark a text for translation without translating it."""
    return text


# What argparse says of a mistake, by its shape.
_MISTAKES = tuple(
    (re.compile(shape, re.S), told)
    for shape, told in (
        (r"argument (?P<name>.+?): (?P<reason>.+)", _noop("参数 {name}：{reason}")),
        (r"the following arguments are required: (?P<names>.+)", _noop("缺少参数：{names}")),
        (r"unrecognized arguments: (?P<names>.+)", _noop("没有这样的参数：{names}")),
        (r"ambiguous option: (?P<name>.+) could match (?P<names>.+)", _noop("“{name}”可以指：{names}")),
        (r"invalid choice: '?(?P<value>.*?)'? \(choose from (?P<names>.+)\)", _noop("没有“{value}”，只能是：{names}")),
        (r"invalid \w+ value: '(?P<value>.*)'", _noop("“{value}”的写法不对")),
        (r"expected (?:one|at least one|\d+) arguments?", _noop("缺少一个值")),
        (r"ignored explicit argument '(?P<value>.*)'", _noop("不用写值“{value}”")),
    )
)


class Parser(argparse.ArgumentParser):
    """To be built while the reader's language is active; `example` is one line that can be typed as it stands."""

    def __init__(self, *, example: str = "", with_help: bool = True, **more: Any) -> None:
        if example:
            more["epilog"] = _("例如：") + f"\n  {example}"
        super().__init__(formatter_class=_Formatter, add_help=False, **more)
        self._positionals.title, self._optionals.title = _("参数"), _("选项")
        if with_help:
            self.add_argument("-h", "--help", action="help", default=argparse.SUPPRESS, help=_("显示这份说明"))

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, _("{prog}：用法不对：{mistake}").format(prog=self.prog, mistake=_mistake(message)) + "\n")


def _mistake(message: str) -> str:
    for shape, told in _MISTAKES:
        if found := shape.fullmatch(message):
            return _(told).format(**{name: _within(name, part) for name, part in found.groupdict().items()})
    return message


def _within(name: str, part: str) -> str:
    return _mistake(part) if name == "reason" else part.replace("'", "") if name == "names" else part


class _Formatter(argparse.HelpFormatter):
    """Help that is laid out by columns; indented lines stay as they are."""

    def _format_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None) -> str:
        told = _("用法：") if prefix is None else prefix
        indent = " " * width(told)
        return told + super()._format_usage(usage, actions, groups, indent)[len(indent) :]

    def format_help(self) -> str:
        return re.sub(r"^(\S+):$", lambda heading: said_of(heading[1], "").rstrip(), super().format_help(), flags=re.M)

    def _split_lines(self, text: str, columns: int) -> list[str]:
        return wrapped(text, columns)

    def _fill_text(self, text: str, columns: int, indent: str) -> str:
        lines: list[str] = []
        for line in text.splitlines():
            lines += [line] if line.startswith(" ") else wrapped(line, columns - len(indent))
        return "\n".join(indent + line for line in lines)
