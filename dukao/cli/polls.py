"""Commands of ratings: poll list, show, define, open, close, cards, withdraw, residents, results; order list, show."""

import csv
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.definitions import checked, read_entries
from dukao.base.periods import Period
from dukao.base.spoken import spoken
from dukao.base.wording import joined, said_of, say
from dukao.cli.command import Command, Result
from dukao.cli.given import day_given, file_given, period_given
from dukao.voice import actions
from dukao.voice.queries import orders as order_queries
from dukao.voice.queries import polls as queries
from dukao.voice.queries.polls import PaperView, QuestionView, RoundView
from dukao.voice.rules.evidence import NOT_IN_ORDER, SELF_SELECTED, VERDICTS
from dukao.voice.rules.orders import STATES
from dukao.voice.rules.polls import PollDefinition

_ATTENTION = 4


def _poll(args: Namespace) -> Result:
    return {
        "list": _list, "show": _show, "define": _define, "open": _open, "close": _close, "cards": _cards,
        "residents": _residents, "results": _results, "gather": _gather, "withdraw": _withdraw,
    }[args.verb](args)  # fmt: skip


def _list(args: Namespace) -> Result:
    found = queries.polls(viewer=args.by)
    lines = [f"{one.code}\t{one.title}\t{joined(f'{r.code} {r.state_label}' for r in one.rounds)}" for one in found]
    return Result([asdict(one) for one in found], lines)


def _show(args: Namespace) -> Result:
    found = queries.poll(code=args.code, viewer=args.by)
    lines = [f"{found.code}\t{found.title}", *(f"  {one}" for one in found.questions), *found.subjects]
    return Result(asdict(found), lines + [_round_line(one) for one in found.rounds])


def _define(args: Namespace) -> Result:
    codes = [
        actions.define_poll(definition=checked(PollDefinition, one.data, place=one.place), by=args.by, at=args.at)
        for one in read_entries(file_given(args.file))
    ]
    return Result({"polls": codes}, [_("已写好 {code}").format(code=code) for code in codes])


def _open(args: Namespace) -> Result:
    period = period_given(args.period) if args.period else None
    code = actions.open_round(poll=args.code, closes_on=day_given(args.until), period=period, by=args.by, at=args.at)
    return Result({"round": code}, [_("{code} 已经开始").format(code=code)])


def _close(args: Namespace) -> Result:
    actions.close_round(round=args.round, by=args.by, at=args.at)
    return _results(args)


def _cards(args: Namespace) -> Result:
    """Codes and serials, once; the codes stand nowhere else."""
    made = actions.print_cards(paper=args.paper, count=args.count, by=args.by, at=args.at)
    if args.file:
        with args.file.open("x", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows([["code", "serial"], *((one.code, one.serial) for one in made)])
        args.file.chmod(0o600)
        return Result({"count": len(made)}, [_("{n} 个码写进 {file}").format(n=len(made), file=args.file)])
    print(_("码只在这里显示一次"), file=sys.stderr)
    return Result({"cards": [asdict(one) for one in made]}, [f"{one.code}\t{one.serial}" for one in made])


def _withdraw(args: Namespace) -> Result:
    done = actions.withdraw_card(round=args.round, serial=args.serial, is_replaced=args.another, by=args.by, at=args.at)
    lines = [_("{serial} 已经作废").format(serial=args.serial)]
    if done.card:
        print(_("码只在这里显示一次"), file=sys.stderr)
        lines.append(f"{done.card.code}\t{done.card.serial}")
    return Result(asdict(done), lines)


def _residents(args: Namespace) -> Result:
    listed = actions.invite_residents(paper=args.paper, file=file_given(args.file), by=args.by, at=args.at)
    lines = [_("读了 {read} 行，新邀请 {new} 人").format(read=listed.read, new=listed.new)]
    lines += [_("第 {row} 行：{reason}").format(row=one.row, reason=one.reason) for one in listed.bad]
    return Result(asdict(listed), lines, _ATTENTION if listed.bad else 0)


def _results(args: Namespace) -> Result:
    found = queries.round_results(round=args.round, viewer=args.by)
    lines = [_round_line(found), say(SELF_SELECTED), *(line for one in found.papers for line in _paper_lines(one))]
    if found.state == "closed" and len(found.groups) < 2:
        lines.append(say(NOT_IN_ORDER))
    return Result(asdict(found), lines)


def _gather(args: Namespace) -> Result:
    done = actions.gather_ratings(at=args.at)
    return Result({"done": done}, [_("取回 {n} 件").format(n=done)])


def _order(args: Namespace) -> Result:
    today = timezone.localdate(args.at)
    if args.verb == "show":
        one = order_queries.order(number=args.number, viewer=args.by, today=today)
        lines = [f"{one.number}\t{one.subject}\t{spoken(STATES[one.state])}", one.comment, one.answer]
        return Result(asdict(one) | {"may": sorted(one.may)}, [line for line in lines if line])
    found = order_queries.orders(viewer=args.by, today=today, only_late=args.late)
    lines = [
        f"{one.number}\t{spoken(STATES[one.state])}\t{one.due_on or ''}\t{one.subject}\t{one.comment[:40]}"
        for one in found
    ]
    data = [asdict(one) | {"may": sorted(one.may)} for one in found]
    return Result(data, lines, _ATTENTION if any(one.is_late for one in found) else 0)


def _round_line(one: RoundView) -> str:
    told = _("邀请 {invited}，计入 {counted}").format(invited=one.invited, counted=one.counted)
    return f"{one.code}\t{one.state_label}\t{said_of(Period(one.period).code, told)}"


def _paper_lines(one: PaperView) -> list[str]:
    """Of its first question, then of each that may be left open and that enough have answered."""
    first, *more = one.questions
    told = [f"{one.short}\t{one.name}\t{one.invited}\t{one.counted}\t{_given(first)}"]
    return told + [f"\t{each.title}\t\t{each.answered}\t{_given(each)}" for each in more if each.counts]


def _given(one: QuestionView) -> str:
    counts = " ".join(str(n) for n in one.counts) or "–"
    between = f"{100 * one.separates[0]:.1f}–{100 * one.separates[1]:.1f}%" if one.separates else "–"
    judged = _(VERDICTS[one.evidence.verdict]) if one.evidence else "–"
    return "\t".join((counts, between, judged))


def _poll_arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("list", help=_("列出评议"))
    verbs.add_parser("gather", help=_("现在就去取份数和差评（后台工作每分钟取一次）"))
    verbs.add_parser("show", help=_("看一个评议")).add_argument("code", help=_("评议代码"))
    verbs.add_parser("define", help=_("从 YAML 写下评议")).add_argument("file", type=Path, help=_("YAML 文件"))
    opening = verbs.add_parser("open", help=_("开始一轮"))
    opening.add_argument("code", help=_("评议代码"))
    opening.add_argument("--until", required=True, help=_("最后一天，如 2026-11-30"))
    opening.add_argument("--period", default="", help=_("结果算在哪个季度，如 2026Q4（默认最后一天所在的）"))
    for verb, told in (("close", _("结束一轮，公布结果")), ("results", _("看一轮的结果"))):
        verbs.add_parser(verb, help=told).add_argument("round", help=_("轮次代码"))
    cards = verbs.add_parser("cards", help=_("做邀请卡的码，只显示这一次"))
    cards.add_argument("paper", help=_("评谁（results 里的四位码）"))
    cards.add_argument("count", type=int, help=_("张数"))
    cards.add_argument("--file", type=Path, help=_("写进新的 CSV 文件"))
    withdrawing = verbs.add_parser("withdraw", help=_("作废一张丢失、还没有用过的卡"))
    withdrawing.add_argument("round", help=_("轮次代码"))
    withdrawing.add_argument("serial", help=_("印在卡上的编号，不是码"))
    withdrawing.add_argument("--another", action="store_true", help=_("同时补一张，新的码只显示这一次"))
    residents = verbs.add_parser("residents", help=_("传居民名单（CSV 或 XLSX），名单不留存"))
    residents.add_argument("paper", help=_("评谁（results 里的四位码）"))
    residents.add_argument("file", type=Path, help=_("名单文件"))


def _order_arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = verbs.add_parser("list", help=_("列出差评工单"))
    listing.add_argument("--late", action="store_true", help=_("只看超过期限的"))
    verbs.add_parser("show", help=_("看一件")).add_argument("number", help=_("工单编号"))


COMMANDS = [
    Command("poll", _l("万人评：评议、轮次、邀请、结果"), _poll, _poll_arguments, "dukao poll list"),
    Command("order", _l("差评工单"), _order, _order_arguments, "dukao order list"),
]
