"""Commands of supervision tasks: task (list, show, set, and every act), from a terminal as on the page."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.definitions import checked, read_entries
from dukao.base.periods import Period
from dukao.base.slips import code_text
from dukao.base.wording import period_text
from dukao.cli.command import Command, Result
from dukao.cli.given import day_given, file_given, period_given
from dukao.cli.terminal import plain
from dukao.tasks import actions, queries
from dukao.tasks.queries import TaskLine
from dukao.tasks.rules.definitions import TaskDefinition


def _task(args: Namespace) -> Result:
    verb = {"list": _list, "show": _show, "set": _set, "months": _months, "confirm": _confirm}.get(args.verb)
    return verb(args) if verb else _act(args)


def _list(args: Namespace) -> Result:
    found = queries.tasks(viewer=args.by, today=_today(args))
    if args.light:
        found = tuple(one for one in found if one.light == args.light)
    return Result(plain(found), [_line(one) for one in found])


def _show(args: Namespace) -> Result:
    seen = queries.task(number=args.number, viewer=args.by, today=_today(args))
    lines = [_line(seen.line), seen.content]
    lines += [f"{m.position}\t{m.title}\t{m.due_on}\t{m.reached_at or ''}" for m in seen.milestones]
    lines += [f"{step.on}\t{step.act_label}\t{step.who}\t{step.text}" for step in seen.steps]
    return Result(plain(seen) | {"may": sorted(seen.may)}, lines)


def _set(args: Namespace) -> Result:
    made, lines = [], []
    for entry in read_entries(file_given(Path(args.file))):
        definition = checked(TaskDefinition, entry.data, place=entry.place)
        task = actions.set_task(task=definition, by=args.by, at=args.at)
        made.append(plain(task))
        lines.append(f"{task.number}\t{definition.title}" + (f"\t{code_text(task.code)}" if task.code else ""))
    return Result(made, lines)


def _months(args: Namespace) -> Result:
    period = period_given(args.period) if args.period else Period.of(_today(args), "month")
    found = queries.published_counts(period=period, today=_today(args))
    lines = [period_text(period)]
    lines += [
        "\t".join((
            one.name, _("交办 {n}").format(n=one.set), _("办结 {n}").format(n=one.closed),
            _("确认 {n}").format(n=one.confirmed), _("否认 {n}").format(n=one.denied), _("过期 {n}").format(n=one.late),
            _("答的太少") if one.premature.percent is None else f"{one.premature.percent}% (n = {one.premature.n})",
        ))
        for one in found
    ]  # fmt: skip
    data = [plain(one) | {"premature_percent": one.premature.percent, "n": one.premature.n} for one in found]
    return Result(data, lines)


def _confirm(args: Namespace) -> Result:
    number = actions.answer_with_code(code=args.code, is_fixed=args.fixed, text=args.text, at=args.at)
    return Result({"task": number, "is_fixed": args.fixed}, [number])


def _act(args: Namespace) -> Result:
    shared = {"task": args.number, "by": args.by, "at": args.at}
    if args.verb == "sign":
        actions.sign_task(**shared)
    elif args.verb == "object":
        actions.object_to_task(reason=args.text, **shared)
    elif args.verb == "reach":
        actions.reach_milestone(
            position=args.position, kind=args.kind, element=args.element, unit=args.unit, period=args.period,
            document=args.document, text=args.text, **shared,
        )  # fmt: skip
    elif args.verb == "extend":
        actions.ask_extension(until=day_given(args.until), reason=args.text, **shared)
    elif args.verb == "report":
        actions.report_done(text=args.text, **shared)
    elif args.verb == "return":
        actions.return_task(reason=args.text, **shared)
    elif args.verb == "close":
        actions.close_task(text=args.text, **shared)
    elif args.verb == "answer":
        actions.answer_as_unit(is_fixed=args.fixed, text=args.text, **shared)
    else:
        actions.withdraw_task(reason=args.text, **shared)
    return _show(args)


def _line(one: TaskLine) -> str:
    light = one.light_label if one.light != "out" else ""
    return "\t".join((one.number, one.title, one.lead_name, one.place_name, f"{one.due_on}", light, one.state_label))


def _today(args: Namespace):  # type: ignore[no-untyped-def]
    return timezone.localdate(args.at)


def _arguments(parser: ArgumentParser) -> None:
    below = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = below.add_parser("list", help=_("列出看得到的督办"))
    listing.add_argument("--light", choices=["green", "yellow", "red"], default="", help=_("只看这种灯"))
    below.add_parser("show", help=_("一项督办和它的经过")).add_argument("number")
    below.add_parser("set", help=_("按文件交办")).add_argument("file", help=_("YAML 文件，一项或几项"))
    months = below.add_parser("months", help=_("各部门督办办得怎么样"))
    months.add_argument("--period", default="", help=_("2026、2026Q3 或 2026-09"))
    confirm = below.add_parser("confirm", help=_("凭确认码说解决了没有"))
    confirm.add_argument("code")
    _yes_no(confirm)
    for name, told, needs in (
        ("sign", _("签收"), False), ("object", _("提出不是本单位职责"), True), ("report", _("报办结"), False),
        ("return", _("退回再办"), True), ("close", _("复核办结"), True), ("withdraw", _("撤销"), True),
    ):  # fmt: skip
        one = below.add_parser(name, help=told)
        one.add_argument("number")
        one.add_argument("--text", default="", required=needs, help=_("理由或说明"))
    reach = below.add_parser("reach", help=_("报到了一个节点"))
    reach.add_argument("number")
    reach.add_argument("position", type=int)
    reach.add_argument("--kind", choices=["reading", "document", "words"], required=True)
    for name in ("element", "unit", "period", "document", "text"):
        reach.add_argument(f"--{name}", default="")
    extend = below.add_parser("extend", help=_("申请延期"))
    extend.add_argument("number")
    extend.add_argument("until")
    extend.add_argument("--text", required=True, help=_("理由或说明"))
    answer = below.add_parser("answer", help=_("抽到的单位说解决了没有"))
    answer.add_argument("number")
    _yes_no(answer)


def _yes_no(parser: ArgumentParser) -> None:
    either = parser.add_mutually_exclusive_group(required=True)
    either.add_argument("--fixed", action="store_true", help=_("解决了"))
    either.add_argument("--not-fixed", dest="fixed", action="store_false", help=_("没有解决"))
    parser.add_argument("--text", default="", help=_("想说的话"))


COMMANDS = [
    Command("task", _l("督办：列出、交办、签收、报节点、复核、确认"), _task, _arguments, "dukao task list --light red")
]
