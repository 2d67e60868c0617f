"""Commands of meetings: meeting list, show, call (from YAML), approve, refuse, cancel, times."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.definitions import checked, read_entries
from dukao.base.refusals import Invalid
from dukao.base.wording import said_of, say
from dukao.cli.command import Command, Result
from dukao.gate import actions, queries
from dukao.gate.queries import MeetingView
from dukao.gate.rules.meetings import Finding, MeetingDefinition

NEEDS_ATTENTION = 4


def _meeting(args: Namespace) -> Result:
    return {
        "list": _list, "show": _show, "judge": _judge, "call": _call, "approve": _decide(actions.approve_meeting),
        "refuse": _decide(actions.refuse_meeting), "cancel": _decide(actions.cancel_meeting), "times": _times,
    }[args.verb](args)  # fmt: skip


def _list(args: Namespace) -> Result:
    found = queries.meetings(viewer=args.by, department=args.department, state=args.state)
    return Result([asdict(one) for one in found], [_line(one) for one in found])


def _show(args: Namespace) -> Result:
    found = queries.meeting(number=args.number, viewer=args.by)
    agenda = [
        f"  {one.position}. {one.speaker}\t{one.planned_minutes}\t{one.actual_seconds or ''}" for one in found.agenda
    ]
    return Result(asdict(found), [_line(found), *agenda])


def _judge(args: Namespace) -> Result:
    meeting = _definition(args.file)
    judged = queries.judged_meeting(meeting=meeting, viewer=args.by)
    told = _("通知 {units} 个单位，{people} 人参会").format(units=judged.unit_count, people=judged.attendees)
    lines = [told, *(_told(one) for one in judged.findings)]
    data = asdict(judged) | {
        "unit_count": judged.unit_count,
        "findings": [
            {"rule": one.rule, "action": one.action, "what": say(one.what), "todo": say(one.todo),
             "source": one.source, "lifted_by": one.lifted_by}
            for one in judged.findings
        ]
    }  # fmt: skip
    stopped = any(one.refuses for one in judged.findings)
    return Result(data, lines, NEEDS_ATTENTION if stopped else 0)


def _told(finding: Finding) -> str:
    verdict = _("不能") if finding.refuses else _("提醒")
    return said_of(f"{finding.rule} {verdict}", f"{say(finding.what)} → {say(finding.todo)}")


def _call(args: Namespace) -> Result:
    called = actions.call_meeting(
        meeting=_definition(args.file), ask_approval=args.ask_approval, by=args.by, at=args.at
    )  # fmt: skip
    told = _("{number} 已通知") if called.state == "planned" else _("{number} 已报督考办批准")
    return Result(asdict(called), [told.format(number=called.number)])


def _decide(do: Callable[..., None]) -> Callable[[Namespace], Result]:
    def decide(args: Namespace) -> Result:
        do(meeting=args.number, reason=args.reason, by=args.by, at=args.at)
        return _show(args) if args.verb != "cancel" else Result({"number": args.number}, [_("已取消")])

    return decide


def _times(args: Namespace) -> Result:
    seconds = {}
    for given in args.speech:
        position, _equals, minutes = given.partition("=")
        if not (position.isdecimal() and minutes.isdecimal()):
            raise Invalid(_("“{text}”应写成 1=40，即第 1 项讲了 40 分钟").format(text=given))
        seconds[int(position)] = 60 * int(minutes)
    actions.record_times(
        meeting=args.number, began_at=_moment(args.began), ended_at=_moment(args.ended), seconds=seconds,
        by=args.by, at=args.at,
    )  # fmt: skip
    return _show(args)


def _definition(file: Path) -> MeetingDefinition:
    entries = list(read_entries(file))
    if len(entries) != 1:
        raise Invalid(_("文件里应只有一次会议"))
    data = dict(entries[0].data)
    if isinstance(given := data.get("starts_at"), str):
        data["starts_at"] = _moment(given)
    return checked(MeetingDefinition, data, place=entries[0].place)


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise Invalid(_("“{text}”不是时间，应像 2026-10-20T09:00").format(text=text[:30]))
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _line(one: MeetingView) -> str:
    when = f"{timezone.localtime(one.starts_at):%Y-%m-%d %H:%M}"
    return f"{one.number}\t{one.state}\t{when}\t{one.department_name}\t{one.title}"


def _arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = verbs.add_parser("list", help=_("列出会议"))
    listing.add_argument("--department", default="", help=_("部门代码"))
    listing.add_argument("--state", default="", help=_("状态：proposed、planned、ended、cancelled、refused"))
    verbs.add_parser("show", help=_("看一次会议")).add_argument("number", help=_("会议编号"))
    for verb, told in (("judge", _("召集前看：要花多少时间、规则怎么说")), ("call", _("召集会议"))):
        one = verbs.add_parser(verb, help=told)
        one.add_argument("file", type=Path, help=_("会议的 YAML 文件"))
        if verb == "call":
            one.add_argument("--ask-approval", action="store_true", help=_("需要批准的报督考办"))
    for verb, told in (("approve", _("批准")), ("refuse", _("不批准")), ("cancel", _("取消一次会议"))):
        one = verbs.add_parser(verb, help=told)
        one.add_argument("number", help=_("会议编号"))
        one.add_argument("--reason", required=True, help=_("理由"))
    times = verbs.add_parser("times", help=_("记下一次会议的用时"))
    times.add_argument("number", help=_("会议编号"))
    times.add_argument("--began", required=True, help=_("开始时间，如 2026-10-20T09:00"))
    times.add_argument("--ended", required=True, help=_("结束时间"))
    times.add_argument("--speech", action="append", default=[], help=_("第几项讲了几分钟，如 1=40；可写多次"))


COMMANDS = [
    Command("meeting", _l("会议：召集前先看规则和时间，召集、批准、取消、记下用时"), _meeting, _arguments,
            "dukao meeting judge meeting.yaml"),
]  # fmt: skip
