"""Commands of surveys: list, show, define, promise, draw, open, calls, close, publish, estimates, replay."""

import csv
import json
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.definitions import checked, read_entries
from dukao.base.refusals import Invalid
from dukao.cli.command import Command, Result
from dukao.cli.given import file_given
from dukao.voice import actions
from dukao.voice.actions import CallResult
from dukao.voice.queries import surveys as queries
from dukao.voice.queries.surveys import EstimateView, SurveyView
from dukao.voice.rules.drawing import faults_of
from dukao.voice.rules.surveys import SurveyDefinition

_FOUND = 4


def _survey(args: Namespace) -> Result:
    return {
        "list": _list, "show": _show, "define": _define, "promise": _promise, "draw": _draw, "open": _step,
        "close": _step, "publish": _step, "calls": _calls, "estimates": _estimates, "replay": _replay,
    }[args.verb](args)  # fmt: skip


def _list(args: Namespace) -> Result:
    found = queries.surveys(viewer=args.by)
    lines = [f"{one.code}\t{one.title}\t{one.state_label}\t{one.completed}/{one.wanted}" for one in found]
    return Result([asdict(one) for one in found], lines)


def _show(args: Namespace) -> Result:
    return _told(queries.survey(code=args.code, viewer=args.by))


def _define(args: Namespace) -> Result:
    codes = []
    for entry in read_entries(file_given(args.file)):
        definition = checked(SurveyDefinition, entry.data, place=entry.place)
        codes.append(actions.define_survey(definition=definition, by=args.by, at=args.at).code)
    return Result({"defined": codes}, [_("已保存 {code}").format(code=code) for code in codes])


def _promise(args: Namespace) -> Result:
    frame = file_given(args.file).read_bytes()
    return _told(actions.promise_sample(
        survey_code=args.code, frame=frame, public_source=args.public_source, by=args.by, at=args.at
    ))  # fmt: skip


def _draw(args: Namespace) -> Result:
    return _told(actions.draw_sample(survey_code=args.code, public_part=args.public, by=args.by, at=args.at))


def _step(args: Namespace) -> Result:
    step = {"open": actions.open_field, "close": actions.close_field, "publish": actions.publish_results}[args.verb]
    return _told(step(survey_code=args.code, by=args.by, at=args.at))


def _calls(args: Namespace) -> Result:
    with file_given(args.file).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    try:
        calls = [
            CallResult(int(row.pop("line")), row.pop("outcome"), {k: v for k, v in row.items() if v}, args.at)
            for row in rows
        ]
    except (KeyError, ValueError):
        told = {"file": _("第一行要有 line、outcome 和各题的代码；line 填抽中的号（整数）")}
        raise Invalid(_("文件读不懂"), errors=told) from None
    count = actions.bring_in_calls(survey_code=args.code, calls=calls, by=args.by, at=args.at)
    return Result({"calls": count}, [_("导入 {n} 个号码的结果").format(n=count)])


def _estimates(args: Namespace) -> Result:
    found = queries.estimates(survey=args.code, viewer=args.by)
    return Result([asdict(one) for one in found], [_line(one) for one in found])


def _line(one: EstimateView) -> str:
    scale, sign = (1.0, "") if one.kind == "mean" else (100.0, "%")
    interval = "" if one.low is None or one.high is None else f"{scale * one.low:.1f}–{scale * one.high:.1f}{sign}"
    where = one.level_title or _("全部")
    return f"{one.question}\t{where}\t{one.answer_title}\t{scale * one.value:.1f}{sign}\t{interval}\tn={one.n}"


def _replay(args: Namespace) -> Result:
    faults = faults_of(json.loads(file_given(args.file).read_text(encoding="utf-8")))
    if faults:
        return Result({"faults": faults}, faults, exit_code=_FOUND)
    return Result({"faults": []}, [_("重放一致")])


def _told(found: SurveyView) -> Result:
    lines = [f"{found.code}\t{found.title}\t{found.state_label}"]
    if found.sample:
        lines.append(_("承诺 {digest}").format(digest=found.sample.commitment))
    if found.field:
        counts = {"drawn": found.field.drawn, "done": found.field.completed}
        lines.append(_("抽出 {drawn} 个号码，完成 {done} 份").format(**counts))
    data = {"code": found.code, "title": found.title, "state": found.state, "wanted": found.interviews_wanted,
            "sample": asdict(found.sample) if found.sample else None,
            "field": asdict(found.field) if found.field else None, "report": found.report}  # fmt: skip
    return Result(data, lines)


def _arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    told = {
        "list": _("看有哪些调查"), "show": _("看一项调查做到哪一步"), "define": _("按 YAML 设计调查"),
        "promise": _("公布抽样承诺"), "draw": _("混入公开数，抽出样本"), "open": _("开始访问"),
        "calls": _("导入别的系统打的电话"), "close": _("结束访问，删除全部号码"), "publish": _("加权并发布"),
        "estimates": _("看已发布的数"), "replay": _("用公布的记录重算抽样"),
    }  # fmt: skip
    one = {verb: verbs.add_parser(verb, help=text) for verb, text in told.items()}
    for verb in ("show", "promise", "draw", "open", "calls", "close", "publish", "estimates"):
        one[verb].add_argument("code", help=_("调查的代码"))
    for verb, text in (("define", _("YAML 文件或文件夹")), ("promise", _("抽样框（CSV）")), ("calls", _("CSV 文件")),
                       ("replay", _("抽样记录（JSON）"))):  # fmt: skip
        one[verb].add_argument("file", type=Path, help=text)
    one["promise"].add_argument("--public-source", required=True, help=_("公开数取自哪里"))
    one["draw"].add_argument("--public", required=True, help=_("公开数"))


COMMANDS = [
    Command("survey", _l("社情民意调查：设计、抽样、访问、加权、发布"), _survey, _arguments,
            "dukao survey estimates burden_2026"),
]  # fmt: skip
