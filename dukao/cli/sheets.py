"""Commands of sheets: sheet (design to dispatch), filing (fill in to review), demands (who asked for what)."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from dukao.base.periods import Period
from dukao.base.refusals import Invalid
from dukao.cli.command import Command, Result
from dukao.gate import queries as gate
from dukao.sheets import actions, queries

_VERDICTS = {"ask": "要问", "held": "已掌握", "elsewhere": "别处在问", "below": "下级掌握", "forbidden": "不得采集"}
_STATES = {"known": "已带入", "stale": "待确认", "asked": "要填", "answered": "已填", "disputed": "标为不对",
           "elsewhere": "不在这里填"}  # fmt: skip
NEEDS_ATTENTION = 4


def _sheet(args: Namespace) -> Result:
    return {
        "list": _sheet_list, "compile": _compile, "dispatch": _dispatch, "dispatches": _dispatches,
        "progress": _progress, "withdraw": _withdraw, "close": _close, "retire": _retire,
    }[args.verb](args)  # fmt: skip


def _sheet_list(args: Namespace) -> Result:
    found = queries.sheets(viewer=args.by, issuer=args.issuer, with_retired=True)
    lines = [f"{s.code}\t第 {s.version} 版\t{s.state}\t{s.issuer_name}\t{s.title}" for s in found]
    return Result([_plain(s) for s in found], lines)


def _compile(args: Namespace) -> Result:
    compiled = queries.compile_sheet(
        sheet=args.sheet, version=args.version, scope_unit=args.scope, period=_period(args.period),
        due_on=_day(args.due) if args.due else None, viewer=args.by, today=timezone.localdate(args.at),
        is_emergency=args.emergency,
    )  # fmt: skip
    lines = [f"《{compiled.sheet.title}》 {compiled.scope_name} {compiled.period.label} · {compiled.n_units} 个单位"]
    for q in compiled.questions:
        known = f"已掌握 {q.n_fresh}/{q.n_cells}，陈旧 {q.n_stale}，要问 {q.n_unknown if q.is_asked else 0}"
        lines.append(f"{_VERDICTS[q.verdict]}\t{q.label}\t{known}")
    for refusal in (*compiled.refusals, *(q.refusal for q in compiled.refused if q.refusal)):
        lines.append(f"拒绝 {refusal.rule}：{refusal.what}（{refusal.source}）→ {refusal.todo}")
    lines.append(
        f"共 {len(compiled.questions)} 项：{len(compiled.asked)} 项要问 · 免填 {compiled.prefilled_percent}% · "
        f"合计 {_hours(compiled.minutes_hundredths)}，每单位不超过 {_minutes(compiled.minutes_hundredths_per_unit)}"
    )
    data = _plain(compiled) | {
        "n_asked": len(compiled.asked), "n_refused": len(compiled.refused),
        "prefilled_percent": compiled.prefilled_percent, "can_dispatch": compiled.can_dispatch,
        "can_trim": compiled.can_trim,
    }  # fmt: skip
    return Result(data, lines, 0 if compiled.can_dispatch else NEEDS_ATTENTION)


def _dispatch(args: Namespace) -> Result:
    number = actions.dispatch_sheet(
        sheet=args.sheet, version=args.version, scope_unit=args.scope, period=_period(args.period),
        due_on=_day(args.due), basis=args.basis, only_what_is_left=args.only_what_is_left,
        is_emergency=args.emergency, by=args.by, at=args.at,
    )  # fmt: skip
    view = queries.dispatch(number=number, viewer=args.by)
    return Result(_plain(view), [f"{number} 已发给 {view.n_units} 个单位，任务 {view.demand}，{view.due_on} 截止"])


def _dispatches(args: Namespace) -> Result:
    found = queries.dispatches(viewer=args.by)
    lines = [
        f"{d.number}\t{d.state_label}\t{d.title}\t{d.period.label}\t通过 {d.n_accepted}/{d.n_units}" for d in found
    ]
    return Result([_plain(d) for d in found], lines)


def _progress(args: Namespace) -> Result:
    found = queries.dispatch_progress(dispatch=args.dispatch, unit=args.unit, viewer=args.by)
    lines = []
    for row in (*found.rows, found.total):
        counts = "，".join(f"{state} {n}" for state, n in sorted(row.counts.items()))
        figures = "\t".join(
            "–" if f.value is None else f"{f.value}{'（含待审）' if f.is_pending else ''}" for f in row.figures
        )
        lines.append(f"{row.unit_code} {row.unit_name}\t{counts}\t{figures}")
    return Result(_plain(found), ["\t\t" + "\t".join(c.label for c in found.columns), *lines])


def _withdraw(args: Namespace) -> Result:
    actions.withdraw_dispatch(dispatch=args.dispatch, reason=args.reason, by=args.by, at=args.at)
    return Result({"dispatch": args.dispatch, "state": "withdrawn"}, [f"{args.dispatch} 已撤回"])


def _close(args: Namespace) -> Result:
    actions.close_dispatch(dispatch=args.dispatch, by=args.by, at=args.at)
    return Result({"dispatch": args.dispatch, "state": "closed"}, [f"{args.dispatch} 已结束"])


def _retire(args: Namespace) -> Result:
    actions.retire_sheet(sheet=args.sheet, by=args.by, at=args.at)
    return Result({"sheet": args.sheet, "state": "retired"}, [f"{args.sheet} 已停用"])


def _sheet_arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="列出报表").add_argument("--issuer", default="", help="部门代码")
    for verb, told in (("compile", "下发前看：哪些已掌握、哪些要问、要花多少时间、哪些被拒"), ("dispatch", "下发")):
        one = verbs.add_parser(verb, help=told)
        one.add_argument("sheet", help="报表代码")
        one.add_argument("--version", type=int, help="版本，默认最新")
        one.add_argument("--scope", required=True, help="范围：12 位单位代码，发给它以下的填报单位")
        one.add_argument("--period", required=True, help="报告期，如 2026Q3、2026-09、2026")
        one.add_argument("--due", required=verb == "dispatch", help="截止日期，如 2026-10-20")
        one.add_argument("--emergency", action="store_true", help="应急：时间和频率的限制放宽，全程留痕")
        if verb == "dispatch":
            one.add_argument("--basis", required=True, help="依据：文件名称和文号")
            one.add_argument("--only-what-is-left", action="store_true", help="只问剩下的，已掌握的自动带入")
    verbs.add_parser("dispatches", help="列出已下发的报表")
    progress = verbs.add_parser("progress", help="填报进度和实时汇总")
    progress.add_argument("dispatch", help="下发编号，如 BB2026-0001")
    progress.add_argument("--unit", help="只看这个单位以下")
    withdraw = verbs.add_parser("withdraw", help="撤回")
    withdraw.add_argument("dispatch")
    withdraw.add_argument("--reason", required=True)
    verbs.add_parser("close", help="结束填报").add_argument("dispatch")
    verbs.add_parser("retire", help="停用报表").add_argument("sheet")


def _filing(args: Namespace) -> Result:
    where: dict[str, Any] = {"dispatch": args.dispatch, "unit": args.unit}
    do = {"by": args.by, "at": args.at}
    match args.verb:
        case "show":
            return _show(args)
        case "list":
            found = queries.filings_of(dispatch=args.dispatch, unit=args.unit, viewer=args.by)
            return Result([_plain(f) for f in found], [f"{f.unit_code}\t{f.unit_name}\t{f.state_label}" for f in found])
        case "answer":
            saved = actions.type_answer(**where, **_cell(args), raw=args.value, **do)
            return Result(_plain(saved), [f"{args.element} = {saved.shown}"])
        case "confirm":
            saved = actions.confirm_answer(**where, **_cell(args), **do)
            return Result(_plain(saved), [f"{args.element} = {saved.shown}（仍对）"])
        case "dispute":
            saved = actions.dispute_answer(**where, **_cell(args), reason=args.reason, **do)
            return Result(_plain(saved), [f"{args.element} 已标为不对"])
        case "submit":
            done = actions.submit_filing(**where, **do)
            lines = [f"已交：自动带入 {done.n_prefilled} 项，填写 {done.n_answered} 项", *done.warnings]
            return Result(_plain(done), lines)
        case "accept":
            accepted = actions.accept_filing(**where, **do)
            return Result(_plain(accepted), [f"已通过，{accepted.n_facts} 项入库"])
        case "return":
            actions.return_filing(**where, reason=args.reason, **do)
            return Result({**where, "state": "returned"}, ["已退回"])
        case "refuse":
            actions.refuse_filing(**where, **do)
            return Result({**where, "state": "refused"}, ["已拒填，记录受保护"])
    raise AssertionError(args.verb)


def _show(args: Namespace) -> Result:
    page = queries.filing(dispatch=args.dispatch, unit=args.unit, viewer=args.by, today=timezone.localdate(args.at))
    lines = [
        f"《{page.title}》 {page.unit_name} {page.period.label} · {page.issuer_name} · {page.state_label}",
        f"{page.due_on} 截止",
        f"{page.tally.n_cells} 项已填 {page.tally.n_filled}，还剩 {page.tally.n_left} 项，约 "
        f"{_minutes(page.tally.minutes_left_hundredths)}",
    ]
    for section in page.sections:
        for question in section.questions:
            for cell in question.cells:
                source = f"（{cell.source.text}）" if cell.source else ""
                lines.append(f"{_STATES[cell.state]}\t{cell.key}\t{question.label}\t{cell.shown}{source}")
    lines += [f"{'错误' if v.is_error else '提示'}：{v.period_label}{v.message}" for v in page.violations]
    return Result(_plain(page), lines)


def _filing_arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    told = {
        "show": "看一份报表", "list": "列出各单位的报表", "answer": "填一项（留空为清除）", "confirm": "确认旧值仍对",
        "dispute": "标为不对，写明原因", "submit": "交出", "accept": "通过", "return": "退回",
        "refuse": "拒填（标识不全或过期）",
    }  # fmt: skip
    for verb, help_text in told.items():
        one = verbs.add_parser(verb, help=help_text)
        one.add_argument("dispatch", help="下发编号，如 BB2026-0001")
        one.add_argument("unit", nargs="?" if verb == "list" else None, help="12 位单位代码")
        if verb in ("answer", "confirm", "dispute"):
            one.add_argument("element", help="数据元代码；分期的写成 代码:2026-07")
        if verb == "answer":
            one.add_argument("value")
        if verb in ("dispute", "return"):
            one.add_argument("--reason", required=True)


def _demands(args: Namespace) -> Result:
    since, until = _day(args.since) if args.since else None, _day(args.until) if args.until else None
    if args.statement:
        year = timezone.localdate(args.at).year
        rows = gate.minutes_by_asker(
            viewer=args.by, since=since or date(year, 1, 1), until=until or date(year + 1, 1, 1)
        )
        lines = [
            f"{r.department_code}\t{r.department_name}\t{r.demands} 件\t{_hours(r.minutes_hundredths)}" for r in rows
        ]
        return Result([_plain(r) for r in rows], lines)
    if args.unit:
        found = gate.demands_on_unit(unit=args.unit, viewer=args.by, since=since, until=until)
    else:
        found = gate.demands(viewer=args.by, asker=args.asker, since=since, until=until)
    lines = [
        f"{d.number}\t{d.asker_name}\t{d.title}\t{d.unit_count} 个单位\t{_hours(d.minutes_hundredths)}\t{d.due_on} 截止"
        + ("\t已撤回" if d.withdrawn_at else "")
        for d in found
    ]
    return Result([_plain(d) for d in found], lines)


def _demands_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--asker", default="", help="部门代码")
    parser.add_argument("--unit", help="只看问这个单位的")
    parser.add_argument("--since", help="从这一天起下达的")
    parser.add_argument("--until", help="这一天以前下达的")
    parser.add_argument("--statement", action="store_true", help="按部门合计占用的时间")


def _cell(args: Namespace) -> dict[str, Any]:
    element, _colon, period = args.element.partition(":")
    return {"element": element, "period": _period(period) if period else None}


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError:
        raise Invalid(f"“{text}”不是报告期", todo="写成 2026、2026Q3、2026-07 或 2026-07-15") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"“{text}”不是日期", todo="写成 2026-10-20") from None


def _minutes(hundredths: int) -> str:
    return f"{hundredths / 100:g} 分钟"


def _hours(hundredths: int) -> str:
    return f"{hundredths / 6000:.1f} 小时"


def _plain(value: Any) -> Any:
    """Rows as JSON people can use: periods and days by their code."""
    if isinstance(value, Period):
        return value.code
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


COMMANDS = [
    Command("sheet", "报表：编译、下发、进度、撤回", _sheet, _sheet_arguments),
    Command("filing", "填报：查看、填写、交出、审核、拒填", _filing, _filing_arguments),
    Command("demands", "谁要基层做什么、占用多少时间", _demands, _demands_arguments),
]
