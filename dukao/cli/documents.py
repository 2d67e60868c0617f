"""Commands of documents: document list, show, draft, assess, reason, allow, issue, drop, radar, compare, counts."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.refusals import Invalid
from dukao.base.wording import said_of, say, with_note
from dukao.base.words import Words
from dukao.cli.command import Command, Result
from dukao.cli.given import file_given
from dukao.gate import actions, queries
from dukao.gate.actions import Paper, Superior
from dukao.gate.queries import DocumentLine, DocumentView
from dukao.gate.rules.documents import CHANNELS, KINDS, names_in, parts_of
from dukao.registers.rules import LEVEL_OF
from dukao.workbooks.reading.prose import read_prose

NEEDS_ATTENTION = 4
_COUNTED = ("minutes", "forms", "meetings", "reports")


def _document(args: Namespace) -> Result:
    return {
        "list": _list, "received": _received, "show": _show, "draft": _draft, "assess": _assess, "reason": _reason,
        "allow": _allow, "issue": _issue, "drop": _drop, "radar": _radar, "compare": _compare, "counts": _counts,
    }[args.verb](args)  # fmt: skip


def _list(args: Namespace) -> Result:
    found = queries.documents(viewer=args.by, department=args.department, channel=args.channel, state=args.state)
    return Result([asdict(line) for line in found], [_line(line) for line in found])


def _received(args: Namespace) -> Result:
    found = queries.documents_received(viewer=args.by)
    return Result([asdict(line) for line in found], [_line(line) for line in found])


def _show(args: Namespace) -> Result:
    return _shown(queries.document(number=args.number, viewer=args.by, today=timezone.localdate(args.at)))


def _draft(args: Namespace) -> Result:
    text = read_prose(file_given(args.file))
    title, number = names_in(parts_of(text).head)
    superior = Superior()
    if args.superior and Path(args.superior).is_file():
        superior = Superior(title=Path(args.superior).stem, text=read_prose(Path(args.superior)))
    elif args.superior:
        superior = Superior(number=args.superior)
    drafted = actions.draft_document(
        department=args.department, by=args.by, at=args.at,
        paper=Paper(
            title=args.title or title, channel=args.channel, kind=args.kind, scope_unit=args.scope,
            target_level=LEVEL_OF[args.level], basis=args.basis, text=text, document_number=args.doc_number or number,
            superior=superior, is_synthetic=args.synthetic,
        ),
    )  # fmt: skip
    return _shown(queries.document(number=drafted, viewer=args.by, today=timezone.localdate(args.at)))


def _assess(args: Namespace) -> Result:
    given = {name: getattr(args, name) for name in _COUNTED}
    actions.assess_document(number=args.number, **given, due_on=_day(args.due), by=args.by, at=args.at)
    return _show(args)


def _reason(args: Namespace) -> Result:
    actions.explain_document(number=args.number, excuse=args.text, by=args.by, at=args.at)
    return _show(args)


def _allow(args: Namespace) -> Result:
    actions.allow_document(number=args.number, by=args.by, at=args.at)
    return Result({"number": args.number, "allowed": True}, [_("已批准，部门可以印发了")])


def _issue(args: Namespace) -> Result:
    issued = actions.issue_document(number=args.number, by=args.by, at=args.at)
    told = _("{number} 已印发给 {n} 个单位，任务 {demand}，共 {hours} 小时").format(
        number=issued.number, n=issued.unit_count, demand=issued.demand, hours=f"{issued.minutes_hundredths / 6000:.1f}"
    )
    return Result(asdict(issued), [told])


def _drop(args: Namespace) -> Result:
    actions.drop_document(number=args.number, by=args.by, at=args.at)
    return Result({"number": args.number, "state": "dropped"}, [_("已放弃这份草稿")])


def _radar(args: Namespace) -> Result:
    year = args.year or timezone.localdate(args.at).year
    found = queries.dodges(viewer=args.by, since=date(year, 1, 1), until=date(year + 1, 1, 1))
    lines = [f"{one.number}\t{one.department_name}\t{one.title}\t{say(one.what)}" for one in found]
    return Result([asdict(one) | {"what": say(one.what)} for one in found], lines, NEEDS_ATTENTION if found else 0)


def _compare(args: Namespace) -> Result:
    found = queries.pair(number=args.number, other=args.other, viewer=args.by)
    lines = [_("相同 {percent}%").format(percent=found.percent)]
    for side in (found.later, found.earlier):
        lines += [
            f"{side.number}\t{side.title}",
            "".join(f"【{p.text}】" if p.is_like else p.text for p in side.pieces),
        ]
    return Result(asdict(found), lines)


def _counts(args: Namespace) -> Result:
    counting = queries.document_counts(viewer=args.by, year=args.year or timezone.localdate(args.at).year)
    heads = ("", "", str(counting.year), str(counting.year - 1), _("今年最多"), str(counting.baseline_year))
    lines = ["\t".join(heads)]
    for row in counting.rows:
        cells = (row.standing.issued, row.standing.last_year, row.cap, row.standing.baseline)
        known = "\t".join("–" if cell is None else str(cell) for cell in cells)
        lines.append(f"{row.department_code}\t{row.department_name}\t{known}")
    return Result(asdict(counting), lines)


def _shown(seen: DocumentView) -> Result:
    """A document with what the rules say; needs attention while something stands in its way."""
    lines = [_line(seen.line), _("正文 {n} 字，约 {pages} 页").format(n=seen.line.characters, pages=seen.line.pages)]
    for finding in seen.findings:
        verdict = _("不能") if finding.refuses else _("提醒")
        told = said_of(f"{finding.rule} {verdict}", say(finding.what))
        lines.append(f"{with_note(told, finding.source)} → {say(finding.todo)}")
    assessment = seen.assessment
    for name, asked in (("forms", assessment.asked.forms), ("meetings", assessment.asked.meetings),
                        ("reports", assessment.asked.reports)):  # fmt: skip
        lines += [f"  {name}\t{sentence}" for sentence in asked]
    stopped = seen.line.state == "draft" and any(finding.refuses for finding in seen.findings)
    data: dict[str, Any] = asdict(seen) | {
        "findings": [
            {"rule": f.rule, "action": f.action, "sign": f.sign, "what": say(f.what), "why": say(f.why),
             "todo": say(f.todo), "source": f.source, "others": f.others, "lifted_by": f.lifted_by}
            for f in seen.findings
        ]
    }  # fmt: skip
    return Result(data, lines, NEEDS_ATTENTION if stopped else 0)


def _line(line: DocumentLine) -> str:
    day = timezone.localdate(line.issued_at).isoformat() if line.issued_at else line.state
    return f"{line.number}\t{day}\t{line.department_name}\t{say(Words(CHANNELS[line.channel]))}\t{line.title}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(_("“{text}”不是日期").format(text=text), todo=_("写成 2026-10-20")) from None


def _arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    listed = verbs.add_parser("list", help=_("文件登记簿"))
    listed.add_argument("--department", default="", help=_("部门代码"))
    listed.add_argument("--channel", default="", choices=["", *CHANNELS], help=_("发文方式"))
    listed.add_argument("--state", default="", choices=["", "draft", "issued", "dropped"], help=_("状态"))
    verbs.add_parser("received", help=_("本单位收到的文件"))
    _draft_arguments(verbs.add_parser("draft", help=_("从文件拟一份草稿，看规则怎么说")))
    told = {
        "show": _("看一份文件和规则怎么说"), "assess": _("填一致性评估"), "reason": _("写明超长或超件数的理由"),
        "allow": _("督考办批准超件数"), "issue": _("印发"), "drop": _("放弃草稿"), "compare": _("两份文件对照"),
    }  # fmt: skip
    for verb, help_text in told.items():
        one = verbs.add_parser(verb, help=help_text)
        one.add_argument("number", help=_("登记号，如 WJ2026-0001"))
        if verb == "assess":
            for name in _COUNTED:
                one.add_argument(f"--{name}", type=int, required=True)
            one.add_argument("--due", required=True, help=_("截止日期，如 2026-10-20"))
        if verb in ("reason", "compare"):
            one.add_argument("text" if verb == "reason" else "other")
    for verb, help_text in (("radar", _("变通发文的线索")), ("counts", _("各部门发文件数"))):
        verbs.add_parser(verb, help=help_text).add_argument("--year", type=int)


def _draft_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=_("DOCX 或纯文本"))
    parser.add_argument("--department", required=True, help=_("部门代码"))
    parser.add_argument("--scope", required=True, help=_("发文范围：12 位单位代码"))
    parser.add_argument("--level", default="village", choices=["city", "county", "town", "village"],
                        help=_("发到哪一级"))  # fmt: skip
    parser.add_argument("--channel", default="red_head", choices=list(CHANNELS), help=_("发文方式"))
    parser.add_argument("--kind", default="general", choices=list(KINDS), help=_("类别"))
    parser.add_argument("--basis", required=True, help=_("发文依据"))
    parser.add_argument("--title", default="", help=_("标题，默认从全文里取"))
    parser.add_argument("--doc-number", default="", help=_("发文字号，默认从全文里取"))
    parser.add_argument("--superior", default="", help=_("上级文件：登记号或文件"))
    parser.add_argument("--synthetic", action="store_true", help=_("模拟数据"))


COMMANDS = [
    Command("document", _l("文件：拟稿、评估、印发、变通雷达、件数"), _document, _arguments,
            "dukao document draft 通知.docx --department statistics --scope 230200000000 --basis 2026年发文计划第3项"),
]  # fmt: skip
