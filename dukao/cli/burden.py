"""Commands of the burden ledger: burden (statements, calendar, comparison), appeal, baseline."""

from argparse import ArgumentParser, Namespace
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.periods import Period
from dukao.base.wording import period_text, said_of, with_note
from dukao.cli.command import Command, Result
from dukao.cli.given import period_given
from dukao.cli.terminal import plain
from dukao.gate import actions, queries
from dukao.gate.queries import ESTIMATE_NAMES, FORMULAS, KIND_NAMES, AppealView, Burden, Compared
from dukao.gate.rules.appeals import GROUNDS
from dukao.gate.rules.burden import BASELINE_KINDS


def _burden(args: Namespace) -> Result:
    return {
        "unit": _unit, "department": _department, "calendar": _calendar, "compare": _compare, "rules": _rules,
        "tell": _tell,
    }[args.verb](args)  # fmt: skip


def _unit(args: Namespace) -> Result:
    seen = queries.unit_statement(unit=args.unit, period=_period(args), viewer=args.by)
    lines = [f"{seen.unit.name} · {period_text(seen.period)}", *_told(seen.whole)]
    if seen.median:
        lines.append(said_of(_("同级单位的中位数"), with_note(_minutes(seen.median.minutes_hundredths),
                                                       FORMULAS["median"])))  # fmt: skip
    lines += [f"{c.code}\t{c.name}\t{_minutes(c.burden.minutes_hundredths)}" for c in seen.children]
    lines += [_line(line) for line in seen.lines]
    return Result(_with_formulas(seen), lines)


def _department(args: Namespace) -> Result:
    seen = queries.department_statement(department=args.department, period=_period(args), viewer=args.by)
    lines = [f"{seen.name} · {period_text(seen.period)}", *_told(seen.whole)]
    lines.append(_("提出任务 {n} 项，涉及单位 {units} 个").format(n=seen.n_demands, units=seen.n_units))
    lines += [_line(line) for line in seen.lines]
    return Result(_with_formulas(seen), lines)


def _calendar(args: Namespace) -> Result:
    seen = queries.unit_calendar(unit=args.unit, month=_period(args), viewer=args.by)
    lines = [f"{seen.unit.name} · {period_text(seen.month)}"]
    lines += [
        f"{item.on}\t{KIND_NAMES[item.kind]}\t{item.title}\t{item.asker_name}\t{_minutes(item.minutes_hundredths)}"
        for item in seen.items
    ]
    lines += [
        f"{item.on}\t{KIND_NAMES[item.kind]}\t{item.title}\t{item.asker_name}\t"
        + _("下级 {n} 次").format(n=f"{item.n_units:,}")
        + f"\t{_minutes(item.minutes_hundredths)}"
        for item in seen.below
    ]
    if not (seen.items or seen.below):
        lines.append(_("这个月没有要办的事；换一个月用 --period，例如 2026-11"))
    return Result(plain(seen), lines)


def _compare(args: Namespace) -> Result:
    today = timezone.localdate(args.at)
    found = queries.comparison(unit=args.unit, year=args.year or today.year, today=today, viewer=args.by)
    data = [plain(one) | {"change_percent": one.change_percent, "is_within": one.is_within} for one in found]
    return Result(data, [_compared(one) for one in found])


def _rules(args: Namespace) -> Result:
    today = timezone.localdate(args.at)
    year = args.year or today.year
    found = queries.rule_statistics(viewer=args.by, since=date(year, 1, 1), until=date(year + 1, 1, 1), on=today)
    lines = [
        f"{one.rule}\t{one.title}\t"
        + _("拦下 {refused}，提醒 {warned}，破例 {overturned}，该拦没拦 {missed}，放行对了 {confirmed}").format(
            refused=one.n_refused, warned=one.n_warned, overturned=one.n_overturned, missed=one.n_missed,
            confirmed=one.n_confirmed,
        )
        for one in found
    ]  # fmt: skip
    return Result([plain(one) | {"right_percent": one.right_percent} for one in found], lines)


def _tell(args: Namespace) -> Result:
    actions.tell_minutes(demand=args.demand, unit=args.unit, minutes=args.minutes, by=args.by, at=args.at)
    return Result({"demand": args.demand, "unit": args.unit, "minutes": args.minutes}, [_("记下了")])


def _appeal(args: Namespace) -> Result:
    if args.verb == "list":
        found = queries.appeals(viewer=args.by, state="open" if args.open else "")
        return Result(plain(found), [_appeal_line(one) for one in found])
    if args.verb == "make":
        number = actions.make_appeal(
            demand=args.demand, unit=args.unit, ground=args.ground, note=args.note, by=args.by, at=args.at
        )
    else:
        number = args.number
        actions.decide_appeal(appeal=number, is_upheld=args.upheld, decision=args.reason, by=args.by, at=args.at)
    seen = queries.appeal(number=number, viewer=args.by)
    return Result(plain(seen), [_appeal_line(seen)])


def _baseline(args: Namespace) -> Result:
    if args.verb == "set":
        actions.set_baseline(
            unit=args.unit, department=args.department, kind=args.kind, year=args.year, count=args.count,
            source=args.source, is_synthetic=args.synthetic, by=args.by, at=args.at,
        )  # fmt: skip
    found = queries.baselines(unit=args.unit, viewer=args.by)
    lines = [
        f"{one.year}\t{KIND_NAMES[one.kind]}\t{one.count:,}\t{one.department_name or one.unit_name}\t{one.source}"
        for one in found
    ]
    return Result(plain(found), lines)


def _period(args: Namespace) -> Period:
    return period_given(args.period) if args.period else Period.of(timezone.localdate(args.at), "month")


def _told(burden: Burden) -> list[str]:
    """The figures, each with its formula."""
    return [
        said_of(_("合计"), with_note(_minutes(burden.minutes_hundredths), FORMULAS["minutes"])),
        said_of(_("其中估算"), with_note(f"{_minutes(burden.estimated_hundredths)} · n = {burden.n_estimated:,}",
                                     FORMULAS["estimated"])),
        said_of(_("其中实测"), with_note(f"{_minutes(burden.measured_hundredths)} · n = {burden.n_measured:,}",
                                     FORMULAS["measured"])),
        said_of(_("已退回"), with_note(f"{_minutes(burden.given_back_hundredths)} · n = {burden.n_given_back:,}",
                                    FORMULAS["given_back"])),
    ]  # fmt: skip


def _line(line: queries.StatementLine) -> str:
    return "\t".join(
        [line.number, str(KIND_NAMES[line.kind]), line.title, line.asker_name,
         _minutes(line.burden.minutes_hundredths), str(ESTIMATE_NAMES[line.estimate])]
    )  # fmt: skip


def _compared(one: Compared) -> str:
    kind = str(KIND_NAMES[one.kind])
    if one.baseline is None:
        return said_of(kind, _("{year} 年 {n} 件次；{baseline} 年没有基线，不比较").format(
            year=one.year, n=f"{one.count:,}", baseline=one.baseline_year))  # fmt: skip
    change = "–" if one.change_percent is None else f"{one.change_percent:+d}%"
    told = _(
        "{year} 年到 {until} 为 {n} 件次 ÷（{baseline} 年 {before} 件次 × {days} ÷ {all} 天）− 1 = {change}，"
        "要求 {bar}%"
    )
    return said_of(kind, told.format(
        year=one.year, until=one.until, n=f"{one.count:,}", baseline=one.baseline_year,
        before=f"{one.baseline.count:,}", change=change, bar=one.bar_percent, days=one.days,
        all=one.days_of_year,
    ))  # fmt: skip


def _appeal_line(one: AppealView) -> str:
    return "\t".join([one.number, one.unit_name, one.title, one.asker_name, one.ground_label, one.state_label,
                      one.decision or str(one.due_on)])  # fmt: skip


def _minutes(hundredths: int) -> str:
    return _("{n} 分钟").format(n=f"{hundredths / 100:,.10g}" if hundredths % 100 else f"{hundredths // 100:,}")


def _with_formulas(seen: Any) -> Any:
    return plain(seen) | {"formulas": {name: str(text) for name, text in FORMULAS.items()}}


def _burden_arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, told in (("unit", _("一个单位的负担账")), ("calendar", _("一个单位的日历"))):
        one = verbs.add_parser(verb, help=told)
        one.add_argument("unit", help=_("区划代码"))
        one.add_argument("--period", default="", help=_("时期，如 2026-10；不写就是本月"))
    one = verbs.add_parser("department", help=_("一个部门要了基层多少时间"))
    one.add_argument("department", help=_("部门代码"))
    one.add_argument("--period", default="", help=_("时期，如 2026-10；不写就是本月"))
    one = verbs.add_parser("compare", help=_("文件、会议、检查和基线年比"))
    one.add_argument("unit", help=_("区划代码"))
    one.add_argument("--year", type=int, help=_("年份，不写就是今年"))
    one = verbs.add_parser("rules", help=_("每条规则判得准不准"))
    one.add_argument("--year", type=int, help=_("年份，不写就是今年"))
    one = verbs.add_parser("tell", help=_("自愿填写实际花的时间"))
    one.add_argument("demand", help=_("任务编号，如 XQ2026-0001"))
    one.add_argument("unit", help=_("区划代码"))
    one.add_argument("minutes", type=int, help=_("分钟"))


def _appeal_arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    one = verbs.add_parser("list", help=_("列出申诉"))
    one.add_argument("--open", action="store_true", help=_("只列待决定的"))
    one = verbs.add_parser("make", help=_("申诉一项任务"))
    one.add_argument("demand", help=_("任务编号，如 XQ2026-0001"))
    one.add_argument("unit", help=_("区划代码"))
    one.add_argument("--ground", choices=GROUNDS, required=True, help=_("理由"))
    one.add_argument("--note", default="", help=_("说明"))
    one = verbs.add_parser("decide", help=_("决定一件申诉"))
    one.add_argument("number", help=_("申诉编号，如 SS2026-0001"))
    outcome = one.add_mutually_exclusive_group(required=True)
    outcome.add_argument("--upheld", action="store_true", help=_("成立"))
    outcome.add_argument("--rejected", action="store_true", help=_("不成立"))
    one.add_argument("--reason", required=True, help=_("理由"))


def _baseline_arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    one = verbs.add_parser("list", help=_("列出基线"))
    one.add_argument("unit", help=_("区划代码"))
    one = verbs.add_parser("set", help=_("定基线：只能定一次"))
    one.add_argument("unit", help=_("区划代码"))
    one.add_argument("--department", default="", help=_("部门代码；写了就是它发出的，不写就是单位收到的"))
    one.add_argument("--kind", choices=BASELINE_KINDS, required=True, help=_("文件、会议或检查"))
    one.add_argument("--year", type=int, default=2018, help=_("基线年"))
    one.add_argument("--count", type=int, required=True, help=_("全年件次"))
    one.add_argument("--source", required=True, help=_("数从哪里来"))
    one.add_argument("--synthetic", action="store_true", help=_("模拟数据"))


COMMANDS = [
    Command("burden", _l("负担账：单位、部门、日历、和基线比、规则判得准不准"), _burden, _burden_arguments,
            "dukao burden unit 230208200200 --period 2026-10"),
    Command("appeal", _l("申诉：提出、列出、决定"), _appeal, _appeal_arguments, "dukao appeal list --open"),
    Command("baseline", _l("基线：定一次，不再改"), _baseline, _baseline_arguments,
            "dukao baseline list 230200000000"),
]  # fmt: skip
