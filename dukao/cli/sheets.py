"""Commands of sheets: sheet (design to dispatch), filing (fill in to review), demands (who asked for what)."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere
from dukao.base.spoken import spoken
from dukao.base.wording import joined, period_text, said_of, with_note
from dukao.cli.command import Command, Result
from dukao.cli.given import file_given
from dukao.cli.terminal import plain
from dukao.gate import queries as gate
from dukao.org.rules import Actor
from dukao.sheets import actions, queries
from dukao.workbooks.reading import read_workbook

_VERDICTS = {"ask": _l("要问"), "held": _l("已掌握"), "elsewhere": _l("别处在问"), "below": _l("下级掌握"),
             "expected": _l("部门将交付"), "forbidden": _l("不得采集")}  # fmt: skip
_STATES = {"known": _l("已带入"), "stale": _l("待确认"), "asked": _l("要填"), "answered": _l("已填"),
           "disputed": _l("已标为不对"), "elsewhere": _l("不在这里填")}  # fmt: skip
NEEDS_ATTENTION = 4


def _sheet(args: Namespace) -> Result:
    return {
        "list": _sheet_list, "compile": _compile, "dispatch": _dispatch, "dispatches": _dispatches,
        "progress": _progress, "withdraw": _withdraw, "close": _close, "retire": _retire,
    }[args.verb](args)  # fmt: skip


def _sheet_list(args: Namespace) -> Result:
    found = queries.sheets(viewer=args.by, issuer=args.issuer, with_retired=True)
    version = _("第 {n} 版")
    lines = [f"{s.code}\t{version.format(n=s.version)}\t{s.state}\t{s.issuer_name}\t{s.title}" for s in found]
    return Result([plain(s) for s in found], lines)


def _compile(args: Namespace) -> Result:
    compiled = queries.compile_sheet(
        sheet=args.sheet, version=args.version, scope_unit=args.scope, period=_period(args.period),
        due_on=_day(args.due) if args.due else None, viewer=args.by, today=timezone.localdate(args.at),
        is_emergency=args.emergency,
    )  # fmt: skip
    n_units = ngettext("{n:,} 个单位", "{n:,} 个单位", compiled.n_units).format(n=compiled.n_units)
    lines = [f"{compiled.sheet.title} · {compiled.scope_name} · {period_text(compiled.period)} · {n_units}"]
    for q in compiled.questions:
        known = _("已掌握 {fresh}/{cells}，陈旧 {stale}，要问 {asked}").format(
            fresh=q.n_fresh, cells=q.n_cells, stale=q.n_stale, asked=q.n_unknown if q.is_asked else 0
        )
        lines.append(f"{_VERDICTS[q.verdict]}\t{q.label}\t{known}")
    for refusal in (*compiled.refusals, *(q.refusal for q in compiled.refused if q.refusal)):
        told = with_note(spoken(refusal.what), refusal.source)
        refused = _("拒绝 {rule}").format(rule=refusal.rule)
        lines.append(f"{said_of(refused, told)} → {spoken(refusal.todo)}")
    told = _("共 {all} 项：{asked} 项要问 · 免填 {percent}% · 合计 {hours}，每单位不超过 {minutes}").format(
        all=len(compiled.questions), asked=len(compiled.asked), percent=compiled.prefilled_percent,
        hours=_hours(compiled.minutes_hundredths), minutes=_minutes(compiled.minutes_hundredths_per_unit),
    )  # fmt: skip
    lines.append(told)
    data = plain(compiled) | {
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
    told = _("{number} 已发给 {n} 个单位，任务 {demand}，{due} 截止")
    return Result(plain(view), [told.format(number=number, n=view.n_units, demand=view.demand, due=view.due_on)])


def _dispatches(args: Namespace) -> Result:
    found = queries.dispatches(viewer=args.by)
    lines = []
    for d in found:
        accepted = _("通过 {n}/{all}").format(n=d.n_accepted, all=d.n_units)
        lines.append(f"{d.number}\t{d.state_label}\t{d.title}\t{period_text(d.period)}\t{accepted}")
    return Result([plain(d) for d in found], lines)


def _progress(args: Namespace) -> Result:
    found = queries.dispatch_progress(dispatch=args.dispatch, unit=args.unit, viewer=args.by)
    lines = []
    for row in (*found.rows, found.total):
        counts = joined(f"{state} {n}" for state, n in sorted(row.counts.items()))
        figures = "\t".join(
            "–" if f.value is None else with_note(f.value, _("含待审")) if f.is_pending else str(f.value)
            for f in row.figures
        )
        lines.append(f"{row.unit_code} {row.unit_name}\t{counts}\t{figures}")
    return Result(plain(found), ["\t\t" + "\t".join(c.label for c in found.columns), *lines])


def _withdraw(args: Namespace) -> Result:
    actions.withdraw_dispatch(dispatch=args.dispatch, reason=args.reason, by=args.by, at=args.at)
    told = _("{number} 已撤回").format(number=args.dispatch)
    return Result({"dispatch": args.dispatch, "state": "withdrawn"}, [told])


def _close(args: Namespace) -> Result:
    actions.close_dispatch(dispatch=args.dispatch, by=args.by, at=args.at)
    return Result({"dispatch": args.dispatch, "state": "closed"}, [_("{number} 已结束").format(number=args.dispatch)])


def _retire(args: Namespace) -> Result:
    actions.retire_sheet(sheet=args.sheet, by=args.by, at=args.at)
    return Result({"sheet": args.sheet, "state": "retired"}, [_("{sheet} 已停用").format(sheet=args.sheet)])


def _sheet_arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("list", help=_("列出报表")).add_argument("--issuer", default="", help=_("部门代码"))
    looked = _("下发前看：哪些已掌握、哪些要问、要花多少时间、哪些被拒")
    for verb, told in (("compile", looked), ("dispatch", _("下发报表"))):
        one = verbs.add_parser(verb, help=told)
        one.add_argument("sheet", help=_("报表代码"))
        one.add_argument("--version", type=int, help=_("版本，默认最新"))
        one.add_argument("--scope", required=True, help=_("范围：12 位单位代码，发给它以下的填报单位"))
        one.add_argument("--period", required=True, help=_("报告期，如 2026Q3、2026-09、2026"))
        one.add_argument("--due", required=verb == "dispatch", help=_("截止日期，如 2026-10-20"))
        one.add_argument("--emergency", action="store_true", help=_("应急：时间和频率的限制放宽，全程留痕"))
        if verb == "dispatch":
            one.add_argument("--basis", required=True, help=_("依据：文件名称和文号"))
            one.add_argument("--only-what-is-left", action="store_true", help=_("只问剩下的，已掌握的自动带入"))
    verbs.add_parser("dispatches", help=_("列出已下发的报表"))
    progress = verbs.add_parser("progress", help=_("填报进度和实时汇总"))
    progress.add_argument("dispatch", help=_("下发编号，如 BB2026-0001"))
    progress.add_argument("--unit", help=_("只看这个单位以下"))
    withdraw = verbs.add_parser("withdraw", help=_("撤回"))
    withdraw.add_argument("dispatch")
    withdraw.add_argument("--reason", required=True)
    verbs.add_parser("close", help=_("结束填报")).add_argument("dispatch")
    verbs.add_parser("retire", help=_("停用报表")).add_argument("sheet")


def _list(args: Namespace) -> Result:
    found = queries.filing_list(dispatch=args.dispatch, unit=args.unit, viewer=args.by, page=args.page)
    lines = [f"{f.unit_code}\t{f.unit_name}\t{f.state_label}" for f in found.rows]
    if found.n_more:
        lines.append(_("还有 {n:,} 份：--page {page}").format(n=found.n_more, page=found.page + 1))
    return Result(plain(found), lines)


def _filing(args: Namespace) -> Result:
    where: dict[str, Any] = {"dispatch": args.dispatch, "unit": args.unit}
    do = {"by": args.by, "at": args.at}
    match args.verb:
        case "show":
            return _show(args)
        case "list":
            return _list(args)
        case "read-back":
            return _read_back(args)
        case "answer":
            saved = actions.type_answer(**where, **_cell(args), raw=args.value, **do)
            return Result(plain(saved), [f"{args.element} = {saved.shown}"])
        case "confirm":
            saved = actions.confirm_answer(**where, **_cell(args), **do)
            return Result(plain(saved), [f"{args.element} = " + with_note(saved.shown, _("仍对"))])
        case "dispute":
            saved = actions.dispute_answer(**where, **_cell(args), reason=args.reason, **do)
            return Result(plain(saved), [_("{element} 已标为不对").format(element=args.element)])
        case "submit":
            done = actions.submit_filing(**where, **do)
            told = _("已交：自动带入 {known} 项，填写 {typed} 项").format(known=done.n_prefilled, typed=done.n_answered)
            return Result(plain(done), [told, *done.warnings])
        case "accept":
            accepted = actions.accept_filing(**where, **do)
            return Result(plain(accepted), [_("已通过，{n} 项入库").format(n=accepted.n_facts)])
        case "return":
            actions.return_filing(**where, reason=args.reason, **do)
            return Result({**where, "state": "returned"}, [_("已退回")])
        case "refuse":
            actions.refuse_filing(**where, **do)
            return Result({**where, "state": "refused"}, [_("已拒填，记录受保护")])
    raise AssertionError(args.verb)


_LOOKS = {"change": _l("要采用"), "still": _l("和旧数一样"), "invalid": _l("填得不对"), "known": _l("与已有数不同")}


def _read_back(args: Namespace) -> Result:
    """What a filled workbook says that the filing does not; with --take that is typed and confirmed."""
    page = queries.filing(dispatch=args.dispatch, unit=args.unit, viewer=args.by, today=timezone.localdate(args.at))
    if not page.may_fill:
        raise NotThere()
    workbook = read_workbook(file_given(args.file))
    found = queries.returned_workbook(filing=page, workbook=workbook, file=args.file)
    doubts = [*workbook.doubts, *found.doubts]
    lines = [said_of(_("拿不准"), spoken(doubt)) for doubt in doubts]
    for one in found.differences:
        why = f" · {spoken(one.why)}" if one.why else ""
        lines.append(f"{_LOOKS[one.look]}\t{one.cell.key}\t{one.question.label}\t{one.cell.shown} → {one.then}{why}")
    lines.append(_("不同的 {n} 项，和现在一样的 {same} 项").format(n=len(found.differences), same=found.n_same))
    data = {
        "dispatch": page.number, "unit": page.unit_code, "same": found.n_same, "taken": 0, "errors": {},
        "differences": [
            {"look": one.look, "cell": one.cell.key, "label": one.question.label, "now": one.cell.shown,
             "then": one.then, "why": one.why}
            for one in found.differences
        ],
        "doubts": doubts,
    }  # fmt: skip
    if args.take:
        done = actions.take_over(
            dispatch=args.dispatch, unit=args.unit, typed={d.cell.key: d.then for d in found.of("change")},
            confirmed=[d.cell.key for d in found.of("still")], by=args.by, at=args.at,
        )  # fmt: skip
        lines += [said_of(key, spoken(why)) for key, why in done.errors.items()]
        lines.append(_("已采用 {n} 项").format(n=done.n_taken))
        data |= {"taken": done.n_taken, "errors": dict(done.errors)}
    is_left = found.of("invalid") or found.of("known") or data["errors"]
    return Result(data, lines, NEEDS_ATTENTION if is_left else 0)


def _show(args: Namespace) -> Result:
    page = queries.filing(dispatch=args.dispatch, unit=args.unit, viewer=args.by, today=timezone.localdate(args.at))
    lines = [
        f"{page.title} · {page.unit_name} · {period_text(page.period)} · {page.issuer_name} · {page.state_label}",
        _("{day} 截止").format(day=page.due_on),
        _("{all} 项已填 {filled}，还剩 {left} 项，约 {minutes}").format(
            all=page.tally.n_items, filled=page.tally.n_filled, left=page.tally.n_left,
            minutes=_minutes(page.tally.minutes_left_hundredths),
        ),
    ]  # fmt: skip
    for section in page.sections:
        for question in section.questions:
            for cell in question.cells:
                shown = with_note(cell.shown, cell.source.text) if cell.source else cell.shown
                lines.append(f"{_STATES[cell.state]}\t{cell.key}\t{question.label}\t{shown}")
    for v in page.violations:
        told = said_of(v.period_label, v.message) if v.period_label else v.message
        lines.append(said_of(_("错误") if v.is_error else _("提示"), told))
    return Result(plain(page), lines)


def _filing_arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    told = {
        "show": _("看一份报表"), "list": _("列出各单位的报表"), "answer": _("填一项（留空为清除）"),
        "confirm": _("确认旧值仍对"), "dispute": _("标为不对，写明原因"),
        "read-back": _("读回填好的表格文件：列出与报表不同的各项"), "submit": _("交出报表"),
        "accept": _("通过报表"), "return": _("退回改正"), "refuse": _("拒填（标识不全或过期）"),
    }  # fmt: skip
    for verb, help_text in told.items():
        one = verbs.add_parser(verb, help=help_text)
        one.add_argument("dispatch", help=_("下发编号，如 BB2026-0001"))
        one.add_argument("unit", nargs="?" if verb == "list" else None, help=_("12 位单位代码"))
        if verb == "list":
            one.add_argument("--page", type=int, default=1, help=_("第几页，每页 2000 份"))
        if verb in ("answer", "confirm", "dispute"):
            one.add_argument("element", help=_("数据元代码；分期的写成 代码:2026-07"))
        if verb == "answer":
            one.add_argument("value")
        if verb == "read-back":
            one.add_argument("file", type=Path, help=_("填好的表：从网页下载的，或名称对得上的任何一张"))
            one.add_argument("--take", action="store_true", help=_("采用不同的值，确认和旧数一样的；已有的数不改"))
        if verb in ("dispute", "return"):
            one.add_argument("--reason", required=True)


def _demands(args: Namespace) -> Result:
    since, until = _day(args.since) if args.since else None, _day(args.until) if args.until else None
    if args.statement or args.stopped or args.refused:
        year = timezone.localdate(args.at).year
        tell = _statement if args.statement else _stopped if args.stopped else _refused
        rows, lines = tell(args.by, since or date(year, 1, 1), until or date(year + 1, 1, 1))
        return Result([plain(r) for r in rows], lines)
    if args.unit:
        found = gate.demands_on_unit(unit=args.unit, viewer=args.by, since=since, until=until)
    else:
        found = gate.demands(viewer=args.by, asker=args.asker, since=since, until=until)
    lines = []
    for d in found:
        n_units = ngettext("{n:,} 个单位", "{n:,} 个单位", d.unit_count).format(n=d.unit_count)
        cells = [d.number, d.asker_name, d.title, n_units, _hours(d.minutes_hundredths)]
        cells.append(_("{day} 截止").format(day=d.due_on))
        lines.append("\t".join([*cells, _("已撤回")] if d.withdrawn_at else cells))
    return Result([plain(d) for d in found], lines)


def _statement(viewer: Actor, since: date, until: date) -> tuple[Sequence[Any], list[str]]:
    """Minutes by department."""
    rows, times = gate.minutes_by_asker(viewer=viewer, since=since, until=until), _("{n} 件")
    return rows, [
        f"{r.department_code}\t{r.department_name}\t{times.format(n=r.demands)}\t{_hours(r.minutes_hundredths)}"
        for r in rows
    ]


def _stopped(viewer: Actor, since: date, until: date) -> tuple[Sequence[Any], list[str]]:
    """What the rules did not let through."""
    rows = gate.refusals(viewer=viewer, since=since, until=until)
    return rows, [
        "\t".join([_on(r.refused_at), r.asker_name, r.title, r.scope_name, joined(r.rules), spoken(r.reasons[0])])
        for r in rows
    ]


def _refused(viewer: Actor, since: date, until: date) -> tuple[Sequence[Any], list[str]]:
    """Which units refused a sheet that lacks its legal marks."""
    rows = queries.refusals(viewer=viewer, since=since, until=until)
    return rows, [
        "\t".join([_on(r.refused_at), r.unit_code, r.unit_name, r.number, r.title, spoken(r.reason)]) for r in rows
    ]


def _on(at: datetime | None) -> str:
    return timezone.localdate(at).isoformat() if at else ""


def _demands_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--asker", default="", help=_("部门代码"))
    parser.add_argument("--unit", help=_("只看问这个单位的"))
    parser.add_argument("--since", help=_("从这一天起下达的"))
    parser.add_argument("--until", help=_("这一天以前下达的"))
    one_of = parser.add_mutually_exclusive_group()
    one_of.add_argument("--statement", action="store_true", help=_("按部门合计占用的时间"))
    one_of.add_argument("--stopped", action="store_true", help=_("被规则挡下、没有发出去的"))
    one_of.add_argument("--refused", action="store_true", help=_("基层依法拒填的"))


def _cell(args: Namespace) -> dict[str, Any]:
    element, _colon, period = args.element.partition(":")
    return {"element": element, "period": _period(period) if period else None}


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError:
        told = _("“{text}”不是报告期").format(text=text)
        raise Invalid(told, todo=_("请写成 2026、2026Q3、2026-07 或 2026-07-15")) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(_("“{text}”不是日期").format(text=text), todo=_("写成 2026-10-20")) from None


def _minutes(hundredths: int) -> str:
    return _("{n} 分钟").format(n=f"{hundredths / 100:g}")


def _hours(hundredths: int) -> str:
    return _("{hours} 小时").format(hours=f"{hundredths / 6000:.1f}")


COMMANDS = [
    Command("sheet", _l("报表：编译、下发、进度、撤回"), _sheet, _sheet_arguments,
            "dukao sheet compile quarterly_economy --scope 230200000000 --period 2026Q3"),
    Command("filing", _l("填报：查看、填写、交出、审核、拒填"), _filing, _filing_arguments,
            "dukao filing show BB2026-0001 230202000000"),
    Command("demands", _l("谁要基层做什么、占用多少时间"), _demands, _demands_arguments, "dukao demands --statement"),
]  # fmt: skip
