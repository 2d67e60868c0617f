"""Commands of evaluation: scores list, show, judge, define, set, compute, publish, file, appeals."""

import json
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.definitions import checked, read_entries
from dukao.base.refusals import Invalid
from dukao.base.wording import said_of, say, with_note
from dukao.cli.command import Command, Result
from dukao.cli.given import file_given
from dukao.gate.rules.hits import RuleHit
from dukao.scores import actions, queries
from dukao.scores.queries import AppealView, CardView, LineScore, ScoreRow
from dukao.scores.rules.definitions import ScorecardDefinition
from dukao.scores.rules.wording import ABSENT, APPEAL_STATES, STATES

_FOUND = 4


def _scores(args: Namespace) -> Result:
    return {
        "list": _list, "show": _show, "judge": _judge, "define": _define, "set": _set, "compute": _compute,
        "publish": _publish, "file": _file, "appeals": _appeals, "appeal": _appeal, "decide": _decide,
    }[args.verb](args)  # fmt: skip


def _list(args: Namespace) -> Result:
    found = queries.scorecards(viewer=args.by)
    lines = [
        "\t".join((c.code, c.title, _(STATES[c.state]), _("{n} 个对象").format(n=c.scored_count))) for c in found
    ]  # fmt: skip
    return Result([_card(card) for card in found], lines)


def _card(card: CardView) -> dict[str, Any]:
    return {"code": card.code, "title": card.title, "year": card.year, "state": card.state,
            "scored": [one.code for one in card.scored], "lines": len(card.definition.lines)}  # fmt: skip


def _show(args: Namespace) -> Result:
    on = timezone.localdate(args.at)
    if args.of:
        page = queries.score(
            card=args.card, scored=args.of, viewer=args.by, on=on, version=args.version, is_to_date=args.to_date
        )
        return Result(
            page.document, [said_of(page.row.scored.name, page.row.total or _("没有依据")), *_lines(page.row)]
        )
    found = queries.overview(card=args.card, viewer=args.by, on=on, is_to_date=args.to_date)
    lines = [f"{row.scored.code}\t{row.scored.name}\t{row.total or '–'}" for row in found.rows]
    groups = [_("第 {n} 组：{names}").format(n=at, names="、".join(group)) for at, group in enumerate(found.groups, 1)]
    lines += groups if len(found.groups) > 1 else [_("按代码排列，不排名。")]
    data = [{"scored": row.scored.code, "total": row.total, "low": row.low, "high": row.high} for row in found.rows]
    return Result({"card": _card(found.card), "scores": data, "groups": found.groups}, lines)


def _lines(row: ScoreRow) -> list[str]:
    return ["\t".join((line.title, _points(line), f"/ {line.weight}", line.how)) for line in row.lines]


def _points(line: LineScore) -> str:
    return with_note(_("不计"), _(ABSENT[line.absent])) if line.points is None else line.points


def _judge(args: Namespace) -> Result:
    hits = queries.judged_card(definition=_definition(args.file), on=timezone.localdate(args.at))
    lines = [
        said_of(" ".join((hit.rule, _verdict(hit))), " → ".join((say(hit.what), say(hit.todo)))) for hit in hits
    ] or [_("规则没有意见")]
    data = [{"rule": h.rule, "action": h.action, "what": say(h.what), "todo": say(h.todo), "source": h.source,
             "place": h.place} for h in hits]  # fmt: skip
    return Result(data, lines, _FOUND if any(hit.refuses for hit in hits) else 0)


def _verdict(hit: RuleHit) -> str:
    return _("不能") if hit.refuses else _("提醒")


def _define(args: Namespace) -> Result:
    definition = _definition(args.file)
    outcome = actions.define_scorecard(definition=definition, by=args.by, at=args.at)
    said = {"created": _("新建"), "changed": _("更新"), "unchanged": _("没有变化")}[outcome]
    return Result({"code": definition.code, "outcome": outcome}, [said_of(definition.code, said)])


def _set(args: Namespace) -> Result:
    actions.set_scorecard(card=args.card, by=args.by, at=args.at)
    return Result({"code": args.card}, [_("已定下，被考核单位可以看到")])


def _compute(args: Namespace) -> Result:
    count = actions.show_scores(card=args.card, by=args.by, at=args.at)
    return Result({"code": args.card, "scores": count}, [_("已计算 {n} 个对象的得分，先给他们看").format(n=count)])


def _publish(args: Namespace) -> Result:
    actions.publish_scores(card=args.card, by=args.by, at=args.at)
    return Result({"code": args.card}, [_("已公布")])


def _file(args: Namespace) -> Result:
    document = queries.score_document(
        card=args.card, scored=args.of, viewer=args.by, on=timezone.localdate(args.at), version=args.version,
        is_to_date=args.to_date,
    )  # fmt: skip
    args.out.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    lines = [_("已写入 {file}").format(file=args.out), said_of(_("文件指纹"), document["digests"]["whole"])]
    return Result({"file": str(args.out), "digest": document["digests"]["whole"]}, lines)


def _appeals(args: Namespace) -> Result:
    found = queries.appeals(viewer=args.by, card=args.card or "")
    return Result([asdict(one) for one in found], [_appeal_line(one) for one in found])


def _appeal_line(one: AppealView) -> str:
    return "\t".join((one.number, one.scored_name, one.line_title, _(APPEAL_STATES[one.state]), f"{one.due_on}"))


def _appeal(args: Namespace) -> Result:
    number = actions.make_appeal(
        card=args.card, scored=args.of, line=args.line, reason=args.reason, evidence=args.evidence, by=args.by,
        at=args.at,
    )  # fmt: skip
    return Result({"number": number}, [_("已提出申诉 {number}").format(number=number)])


def _decide(args: Namespace) -> Result:
    version = actions.decide_appeal(
        appeal=args.number, is_upheld=args.upheld, decision=args.reason, corrected=args.value, by=args.by, at=args.at
    )
    return Result({"number": args.number, "version": version}, [_("已决定，现在是第 {n} 版").format(n=version)])


def _definition(file: Path) -> ScorecardDefinition:
    entries = list(read_entries(file_given(file)))
    if len(entries) != 1:
        raise Invalid(_("文件里应只有一张考核表"))
    return checked(ScorecardDefinition, entries[0].data, place=entries[0].place)


def _arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("list", help=_("列出考核表"))
    for verb, text in (("judge", _("看规则对一张考核表怎么说")), ("define", _("按 YAML 新建或改写考核表草稿"))):
        verbs.add_parser(verb, help=text).add_argument("file", type=Path, help=_("考核表的 YAML 文件"))
    for verb, text in (
        ("set", _("定下考核表：被考核单位能看到考什么，从此不改")),
        ("compute", _("计算上一年的得分，先给被考核单位看")),
        ("publish", _("异议期满、申诉办完以后公布")),
    ):  # fmt: skip
        _add_card(verbs.add_parser(verb, help=text))
    for verb, text in (
        ("show", _("一张考核表的全部得分，或一个对象的逐项得分")),
        ("file", _("取一个得分的文件，可以离线重算")),
    ):
        one = verbs.add_parser(verb, help=text)
        _add_card(one)
        one.add_argument(
            "--of", required=verb == "file", default="", metavar="CODE", help=_("被考核的单位或部门的代码")
        )
        one.add_argument("--version", type=int, help=_("第几版；不写则为最新"))
        one.add_argument("--to-date", action="store_true", help=_("今年到目前的情况，只用已经掌握的数"))
        if verb == "file":
            one.add_argument("--out", type=Path, required=True, help=_("写到哪个文件"))
    verbs.add_parser("appeals", help=_("列出申诉")).add_argument("card", nargs="?", help=_("考核表代码"))
    one = verbs.add_parser("appeal", help=_("对一项得分提出申诉"))
    _add_card(one)
    one.add_argument("--of", required=True, metavar="CODE", help=_("被考核的单位或部门的代码"))
    one.add_argument("--line", required=True, help=_("哪一项：指标代码"))
    one.add_argument("--reason", required=True, help=_("理由"))
    one.add_argument("--evidence", default="", help=_("依据：文件、数据在哪里"))
    one = verbs.add_parser("decide", help=_("决定一件申诉"))
    one.add_argument("number", help=_("申诉编号"))
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--upheld", action="store_true", help=_("成立"))
    which.add_argument("--rejected", dest="upheld", action="store_false", help=_("不成立"))
    one.add_argument("--value", default="", help=_("更正后的数；成立而不写，这一项不计"))
    one.add_argument("--reason", required=True, help=_("理由"))


def _add_card(parser: ArgumentParser) -> None:
    parser.add_argument("card", help=_("考核表代码"))


COMMANDS = [
    Command("scores", _l("考核：考核表、得分、申诉；今年到目前的情况"), _scores, _arguments,
            "dukao scores show counties_2025"),
]  # fmt: skip
