"""Ratings that nobody can trace: the issuer and the board as services of their own, and the public's verifier."""

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.ballots.places import serving
from dukao.ballots.verifying import Report, verify
from dukao.base.refusals import Invalid
from dukao.base.wording import say
from dukao.cli.command import Command, Result

FOUND = 4
_FETCH_SECONDS = 120


def _serve(args: Namespace) -> Result:
    """Become the server: signals and the exit code are its own."""
    command = serving(args.command, args.host, args.port)
    os.execv(command[0], command)  # noqa: S606
    raise AssertionError("this process is another now")


def _verify(args: Namespace) -> Result:
    bundle = _bundle(args.source)
    if args.save:
        Path(args.save).write_bytes(bundle)
    heads = [_head(Path(path)) for path in args.head]
    receipts = [_receipt(Path(path)) for path in args.receipt]
    report = verify(bundle, key=args.key, heads=heads, receipts=receipts)
    return Result(_data(report), _lines(report), FOUND if report.found else 0)


def _bundle(source: str) -> bytes:
    """The bundle at a round's address on the board (`https://…/rounds/CODE`), or in a file."""
    if not source.startswith(("http://", "https://")):
        return _read(Path(source))
    url = source.rstrip("/") + ("" if source.rstrip("/").endswith("/bundle") else "/bundle")
    try:
        with urlopen(url, timeout=_FETCH_SECONDS) as answer:  # noqa: S310 (http or https, see above)
            return answer.read()
    except (URLError, OSError) as error:
        raise Invalid(_("取不到公开数据"), why=str(error), todo=_("核对网址；或用保存下来的文件")) from None


def _head(path: Path) -> dict[str, str]:
    """An older head: a file of the board's answer, or a saved bundle."""
    try:
        said = json.loads(_read(path))
        said = said.get("head", said)
        return {"document": str(said["document"]), "signature": str(said["signature"])}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Invalid(_("{path} 里没有日志首部").format(path=path)) from None


def _receipt(path: Path) -> dict[str, str]:
    """A receipt as the page saves it."""
    try:
        said = json.loads(_read(path))["receipt"]
        return {part: str(said[part]) for part in ("leaf", "path", "salt", "signature")}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Invalid(_("{path} 里没有回执").format(path=path)) from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Invalid(_("读不了文件 {path}").format(path=path), why=error.strerror or "") from None


def _data(report: Report) -> dict[str, object]:
    return {
        "round": report.round, "key": report.key, "leaves": report.leaves, "root": report.root,
        **{name: [str(one) for one in getattr(report, name)] for name in ("held", "found", "open")},
        "results": report.results,
    }  # fmt: skip


def _lines(report: Report) -> list[str]:
    lines = [
        _("评议 {round}：{n} 份选票").format(round=report.round, n=report.leaves),
        _("计票箱公钥 {key}").format(key=report.key), _("日志根 {root}").format(root=report.root),
        *(f"✓ {say(one)}" for one in report.held),
        *(f"✗ {say(one)}" for one in report.found),
        *(_("未核对：{what}").format(what=say(one)) for one in report.open),
    ]  # fmt: skip
    for paper, tally in report.results.items():
        if tally:
            counted = " · ".join(f"{question} {' '.join(map(str, levels))}" for question, levels in tally.items())
            lines.append(f"{paper}\t{counted}")
    lines.append(_("发现问题，见 ✗") if report.found else _("核对过的都一致"))
    return lines


def _service_arguments(port: int) -> Callable[[ArgumentParser], None]:
    def add(parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help=_("在哪个地址上提供服务（默认只在本机）"))
        parser.add_argument("--port", type=int, default=port, help=_("端口"))

    return add


def _verify_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("source", metavar="URL|FILE", help=_("评议在计票箱上的网址，或保存下来的公开数据"))
    parser.add_argument("--key", default="", help=_("别处公布的计票箱公钥（base64）"))
    parser.add_argument("--head", action="append", default=[], metavar="FILE", help=_("早先保存的日志首部或公开数据"))
    parser.add_argument("--receipt", action="append", default=[], metavar="FILE", help=_("评议人保存的回执"))
    parser.add_argument("--save", default="", metavar="FILE", help=_("把取来的公开数据存下来"))


COMMANDS = [
    Command("issuer", _l("签发处：核对资格，盲签凭证"), _serve, _service_arguments(8002), "dukao issuer --port 8002"),
    Command("board", _l("计票箱：收选票，记公开日志"), _serve, _service_arguments(8003), "dukao board --port 8003"),
    Command("verify-poll", _l("任何人都能重算一次评议"), _verify, _verify_arguments,
            "dukao verify-poll http://127.0.0.1:8003/rounds/CODE"),
]  # fmt: skip
