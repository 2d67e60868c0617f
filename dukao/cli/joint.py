"""Commands of the joint plan: joint propose, show, adopt."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.refusals import NotThere
from dukao.base.wording import joined
from dukao.cli.command import Command, Result
from dukao.gate import actions, queries
from dukao.gate.queries import JointPlanView


def _joint(args: Namespace) -> Result:
    if args.verb == "propose":
        actions.propose_joint(year=args.year, unit=args.unit, by=args.by, at=args.at)
    plan = queries.joint_plan(year=args.year, unit=args.unit, viewer=args.by)
    if plan is None:
        raise NotThere(_("这一年还没有合并过检查"), todo=_("先运行 dukao joint propose"))
    if args.verb == "adopt":
        actions.adopt_joint(proposal=plan.id, by=args.by, at=args.at)
        return Result({"year": args.year, "unit": args.unit, "state": "adopted"}, [_("已采用")])
    visits = queries.joint_visits(plan=plan, viewer=args.by, month=args.month, most=args.most)
    lines = [
        f"{visit.on}\t{visit.unit_code} {visit.unit_name}\t{joined(item.number for item in visit.items)}"
        for visit in visits
    ]
    data = asdict(plan) | {"saved": plan.saved, "visits": [asdict(visit) for visit in visits]}
    return Result(data, [_told(plan), *lines])


def _told(plan: JointPlanView) -> str:
    return _("{planned} 次检查合并成 {joint} 次，下限 {bound} 次，放不下 {left} 次，没有工作日 {dayless} 次").format(
        planned=plan.planned, joint=plan.joint, bound=plan.bound, left=len(plan.left), dayless=len(plan.dayless)
    )


def _arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, told in (("propose", _("合并全年的检查")), ("show", _("看联合检查的日历")), ("adopt", _("采用"))):
        one = verbs.add_parser(verb, help=told)
        one.add_argument("--year", type=int, required=True, help=_("哪一年"))
        one.add_argument("--unit", required=True, help=_("哪一级的计划：12 位单位代码"))
        one.add_argument("--month", type=int, default=0, help=_("只看哪个月"))
        one.add_argument("--most", type=int, default=50, help=_("最多列几次"))


COMMANDS = [
    Command("joint", _l("联合检查：把全年的检查合并成尽可能少的几次"), _joint, _arguments,
            "dukao joint propose --year 2026 --unit 230200000000"),
]  # fmt: skip
