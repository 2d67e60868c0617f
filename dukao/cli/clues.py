"""Commands of clues: clue (list, show, accept, ask, close, …), each as somebody of the office; the public numbers."""

from argparse import ArgumentParser, Namespace

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.cli.command import Command, Result
from dukao.cli.terminal import plain
from dukao.voice.actions import clues as actions
from dukao.voice.queries import clues as queries
from dukao.voice.rules.clues import OUTCOMES


def _clue(args: Namespace) -> Result:
    if args.verb == "list":
        found = queries.clues(viewer=args.by, today=timezone.localdate(args.at))
        lines = [
            f"{c.number}\t{c.kind_title}\t{c.accused_name}\t{c.place_name}\t{c.received_on}\t{c.state_label}"
            for c in found
        ]
        return Result(plain(found), lines)
    if args.verb == "numbers":
        return _numbers(args)
    if args.verb == "contact":
        told = actions.open_contact(clue=args.number, reason=args.text, by=args.by, at=args.at)
        return Result({"clue": args.number, "contact": told}, [told])
    shared = {"clue": args.number, "by": args.by, "at": args.at}
    if args.verb == "accept":
        actions.accept_clue(text=args.text, **shared)
    elif args.verb == "ask":
        actions.ask_reporter(text=args.text, **shared)
    elif args.verb == "extend":
        actions.extend_clue(reason=args.text, **shared)
    elif args.verb == "close":
        actions.close_clue(outcome=args.outcome, reference=args.reference, text=args.text, **shared)
    seen = queries.clue(number=args.number, viewer=args.by, today=timezone.localdate(args.at))
    lines = [f"{seen.line.number}\t{seen.line.kind_title}\t{seen.line.state_label}\t{seen.close_by}", seen.text]
    lines += [f"{note.on}\t{note.side}\t{note.act}\t{note.text}" for note in seen.notes]
    return Result(plain(seen), lines)


def _numbers(args: Namespace) -> Result:
    today = timezone.localdate(args.at)
    seen = queries.statistics(year=args.year or today.year, today=today)
    few = _("少于 {n}").format(n=seen.floor)
    lines = [f"{kind.title}\t{few if kind.received is None else kind.received}" for kind in seen.kinds]
    return Result(plain(seen), lines)


def _arguments(parser: ArgumentParser) -> None:
    below = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    below.add_parser("list", help=_("本督考办办理的线索"))
    below.add_parser("numbers", help=_("公开的统计")).add_argument("--year", type=int, default=0, help=_("年份"))
    below.add_parser("show", help=_("一条线索")).add_argument("number")
    for name, told, needs in (
        ("accept", _("受理"), False), ("ask", _("问反映人"), True), ("extend", _("延长期限"), True),
        ("contact", _("打开联系方式，要写原因"), True), ("close", _("办结"), True),
    ):  # fmt: skip
        one = below.add_parser(name, help=told)
        one.add_argument("number")
        one.add_argument("--text", default="", required=needs, help=_("理由或说明"))
        if name == "close":
            one.add_argument("--outcome", choices=[code for code in OUTCOMES if code != "task"], required=True)
            one.add_argument("--reference", default="", help=_("申诉或文件的编号"))


COMMANDS = [
    Command(
        "clue", _l("问题直通车：办理线索（用 --as 指明督考办人员）、看公开的统计"), _clue, _arguments,
        "dukao clue numbers",
    )
]  # fmt: skip
