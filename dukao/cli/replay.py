"""The command of whoever is scored: replay-score. Nothing but the file is read: no database, no network."""

import json
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.refusals import Invalid
from dukao.base.spoken import spoken
from dukao.cli.command import Command, Result
from dukao.cli.given import file_given
from dukao.scores.rules.replay import replayed, told

_FILE_MOST = 5_000_000  # bytes; a score of thirty lines takes some fifty thousand
_FOUND = 4


def _replay(args: Namespace) -> Result:
    path = file_given(args.file)
    if path.stat().st_size > _FILE_MOST:
        raise Invalid(_("文件太大，不是得分文件"))
    try:
        document = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise Invalid(_("读不懂文件 {file}").format(file=path), errors={str(path): str(error)}) from None
    outcome = replayed(document)
    return Result(
        asdict(outcome) | {"is_equal": outcome.is_equal}, [spoken(line) for line in told(outcome)],
        0 if outcome.is_equal else _FOUND,
    )  # fmt: skip


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=_("从得分页下载的文件"))


COMMANDS = [
    Command("replay-score", _l("离线重算一个得分，逐项说一致还是不一致；不用数据库，不用网络"), _replay, _arguments,
            "dukao replay-score score.json"),
]  # fmt: skip
