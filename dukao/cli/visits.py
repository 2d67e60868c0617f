"""Commands of visits: visit (book, read a code, conclude, object …) and draw (promise, draw, replay)."""

import json
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.refusals import Invalid
from dukao.base.slips import code_text
from dukao.base.spoken import spoken
from dukao.base.wording import joined, said_of, with_note
from dukao.cli.command import Command, Result
from dukao.cli.given import file_given
from dukao.gate import actions, queries
from dukao.gate.queries import DrawView, VisitView
from dukao.gate.rules.draws import faults_of

NEEDS_ATTENTION = 4
_FILE_MOST_BYTES = 20_000_000


def _visit(args: Namespace) -> Result:
    return {
        "list": _list, "show": _show, "items": _items, "book": _book, "code": _code, "arrive": _arrive,
        "refuse": _refuse, "turned-away": _turned_away, "remote": _remote,
    }.get(args.verb, _on_visit)(args)  # fmt: skip


def _list(args: Namespace) -> Result:
    found = queries.visits(
        viewer=args.by, unit=args.unit, department=args.department, state=args.state,
        since=_day(args.since) if args.since else None, until=_day(args.until) if args.until else None, most=args.most,
    )  # fmt: skip
    return Result([_plain(v) for v in found], [_line(v) for v in found])


def _show(args: Namespace) -> Result:
    return _told(queries.visit(number=args.number, viewer=args.by))


def _items(args: Namespace) -> Result:
    found = queries.items_to_book(viewer=args.by, today=timezone.localdate(args.at))
    left = _("还可以去 {left} 次，共 {most} 次")
    return Result(
        [asdict(one) for one in found],
        [f"{one.number}\t{one.title}\t{left.format(left=one.left, most=one.visits_most)}" for one in found],
    )


def _book(args: Namespace) -> Result:
    held = actions.hold_visit(
        items=args.item, unit=args.unit, on=_day(args.on), mode=args.mode, purpose=args.purpose,
        people=[{"name": "", "office": office} for office in args.office],
        team_size=args.team or len(args.office), request_key=args.key, by=args.by, at=args.at,
    )  # fmt: skip
    shown = code_text(held.code)
    told = [f"{held.number}\t{shown}", _("检查码只显示这一次，请带好；丢了就取消预约，重新约")]
    return Result({"number": held.number, "code": shown, "expires_at": held.expires_at}, told)


def _code(args: Namespace) -> Result:
    return _told(actions.read_code(code=_given_code(args.code), address="", by=args.by, at=args.at))


def _arrive(args: Namespace) -> Result:
    code = _given_code(args.code)
    # Read first, so that guesses count here as they do on the page.
    actions.read_code(code=code, address="", by=args.by, at=args.at)
    return _told(actions.arrive(code=code, unit=args.unit, by=args.by, at=args.at))


def _refuse(args: Namespace) -> Result:
    actions.refuse_visit(unit=args.unit, who=args.who, what=args.what, by=args.by, at=args.at)
    return Result({"unit": args.unit, "refused": True}, [_("已告诉督考办。没有检查码的检查，拒绝不会被追究")])


def _turned_away(args: Namespace) -> Result:
    year = timezone.localdate(args.at).year
    found = queries.refused_visits(viewer=args.by, since=date(year, 1, 1), until=date(year + 1, 1, 1))
    lines = [f"{timezone.localdate(r.at)}\t{r.unit_name}\t{r.who}\t{r.what}" for r in found]
    return Result([asdict(r) for r in found], lines)


def _remote(args: Namespace) -> Result:
    if args.look_only:
        look = queries.remote_look(
            item=args.item, unit=args.unit, viewer=args.by, on=timezone.localdate(args.at)
        )  # fmt: skip
        lines = [said_of(s.question, f"{s.value} {s.unit}") for s in look.answered]
        return Result(asdict(look), lines + [said_of(_("数据里没有"), text) for text in look.unanswered])
    return _told(actions.look_remotely(item=args.item, unit=args.unit, request_key=args.key, by=args.by, at=args.at))


def _on_visit(args: Namespace) -> Result:
    """What is done with a visit that is named by its number."""
    do: dict[str, Any] = {"visit": args.number, "by": args.by, "at": args.at}
    match args.verb:
        case "conclude":
            return _told(actions.conclude_visit(**do, conclusion=args.text))
        case "object":
            return _told(actions.object_to_visit(**do, objection=args.text))
        case "decide":
            return _told(actions.decide_objection(**do, is_upheld=args.outcome == "upheld", decision=args.text))
        case "tell":
            rules = queries.conduct_rules(on=queries.visit(number=args.number, viewer=args.by).on)
            kept = {_rule(rules, place): True for place in args.kept}
            kept |= {_rule(rules, place): False for place in args.broken}
            return _told(actions.tell_of_visit(**do, kept=kept, minutes=args.minutes))
        case "cancel":
            actions.give_back(**do, reason=args.reason)
            return _told(queries.visit(number=args.number, viewer=args.by))
    raise AssertionError(args.verb)


def _rule(rules: tuple[str, ...], place: int) -> str:
    if not 1 <= place <= len(rules):
        raise Invalid(_("没有这一条"), errors={"rule": joined(f"{n} {rule}" for n, rule in enumerate(rules, 1))})
    return rules[place - 1]


def _told(v: VisitView) -> Result:
    lines = [_line(v), said_of(_("来做什么"), v.purpose), said_of(_("依据"), v.basis)]
    lines += [said_of(_("只可以问这些"), joined(v.asks))] if v.asks else []
    lines += [said_of(s.question, with_note(f"{s.value} {s.unit}", s.source)) for s in v.seen]
    for label, text in ((_("结论"), v.conclusion), (_("异议"), v.objection), (_("复核决定"), v.decision)):
        lines += [said_of(label, text)] if text else []
    for label, moment in (
        (_("反馈结论期限"), None if v.concluded_at else v.conclude_by),
        (_("提异议期限"), None if v.objected_at else v.object_by),
        (_("复核期限"), None if v.decided_at else v.decide_by),
    ):
        lines += [said_of(label, f"{timezone.localtime(moment):%Y-%m-%d %H:%M}")] if moment else []
    return Result(_plain(v), lines)


def _line(v: VisitView) -> str:
    return "\t".join([v.number, v.on.isoformat(), v.unit_name, v.departments, v.title, v.mode_label, v.state_label])


def _plain(v: VisitView) -> dict[str, Any]:
    return asdict(v) | {"title": v.title, "may": sorted(v.may)}


def _given_code(text: str) -> str:
    """The code as typed, or `-` for standard input: what a shell remembers, others may read."""
    return sys.stdin.readline(200) if text == "-" else text


def _visit_arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    one = verbs.add_parser("list", help=_("列出检查"))
    for name, told in (("unit", _("12 位单位代码")), ("department", _("部门代码")), ("since", _("从这一天起")),
                       ("until", _("到这一天（不含）"))):  # fmt: skip
        one.add_argument(f"--{name}", default="", help=told)
    one.add_argument("--state", default="", choices=["", "held", "arrived", "concluded", "given_back"])
    one.add_argument("--most", type=int, default=200)
    verbs.add_parser("items", help=_("列出可以预约的计划事项"))
    verbs.add_parser("turned-away", help=_("列出今年请走的无码检查"))
    _booking_arguments(verbs)
    deeds = {
        "show": _("看一次检查"), "conclude": _("反馈结论"), "object": _("对结论提异议"), "decide": _("复核异议"),
        "tell": _("自愿填写用时和八不得"), "cancel": _("取消预约"),
    }  # fmt: skip
    for verb, told in deeds.items():
        one = verbs.add_parser(verb, help=told)
        one.add_argument("number", help=_("检查编号，如 JC-7K3M0D2X7K"))
        if verb in ("conclude", "object", "decide"):
            one.add_argument("--text", required=True)
        if verb == "decide":
            one.add_argument("outcome", choices=["upheld", "rejected"], help=_("异议成立或不成立"))
        if verb == "tell":
            one.add_argument("--minutes", type=int, help=_("一共花了多少分钟"))
            one.add_argument("--kept", type=int, action="append", default=[], help=_("做到了的第几条，可重复"))
            one.add_argument("--broken", type=int, action="append", default=[], help=_("没有做到的第几条，可重复"))
        if verb == "cancel":
            one.add_argument("--reason", required=True)


def _booking_arguments(verbs: Any) -> None:
    """Booking, the code at the door, and looking from afar."""
    one = verbs.add_parser("book", help=_("预约一次检查，取检查码"))
    one.add_argument("--item", action="append", required=True, help=_("计划事项编号，联合检查可重复"))
    one.add_argument("--unit", required=True, help=_("12 位单位代码"))
    one.add_argument("--on", required=True, help=_("哪一天，如 2026-10-16"))
    one.add_argument("--mode", choices=["announced", "unannounced"], default="announced", help=_("事先告知或四不两直"))
    one.add_argument("--purpose", required=True)
    one.add_argument("--office", action="append", required=True, help=_("来人的单位和岗位，不写姓名，可重复"))
    one.add_argument("--team", type=int, help=_("一共几人"))
    one.add_argument("--key", required=True, help=_("请求编号：同一个编号只预约一次"))
    for verb, told in (("code", _("核对检查码")), ("arrive", _("确认到场"))):
        one = verbs.add_parser(verb, help=told)
        one.add_argument("code", help=_("检查码；写 - 从标准输入读"))
        if verb == "arrive":
            one.add_argument("--unit", required=True, help=_("12 位单位代码"))
    one = verbs.add_parser("refuse", help=_("没有检查码，请走并告诉督考办"))
    one.add_argument("--unit", required=True, help=_("12 位单位代码"))
    one.add_argument("--who", default="", help=_("自称是哪个部门"))
    one.add_argument("--what", default="", help=_("要来做什么"))
    one = verbs.add_parser("remote", help=_("不到现场，用数据回答"))
    one.add_argument("--item", required=True, help=_("计划事项编号"))
    one.add_argument("--unit", required=True, help=_("12 位单位代码"))
    one.add_argument("--key", default="", help=_("请求编号：同一个编号只记一次"))
    one.add_argument("--look-only", action="store_true", help=_("只看，不记录"))


def _draw(args: Namespace) -> Result:
    return {"list": _draws, "show": _draw_shown, "promise": _promise, "draw": _draw_units, "record": _record,
            "replay": _replay}[args.verb](args)  # fmt: skip


def _draws(args: Namespace) -> Result:
    found = queries.draws(viewer=args.by)
    return Result([asdict(d) for d in found], [_draw_line(d) for d in found])


def _draw_shown(args: Namespace) -> Result:
    return _draw_told(queries.draw(number=args.number, viewer=args.by))


def _promise(args: Namespace) -> Result:
    inspectors = _read_json(args.inspectors)
    if not isinstance(inspectors, list) or not all(isinstance(one, dict) for one in inspectors):
        raise Invalid(_("人员文件读不懂"), errors={"--inspectors": _("应为 JSON 列表，每人写 name、office 和 ties")})
    promised = actions.promise_draw(
        item=args.item, units=args.unit, units_wanted=args.units, inspectors=inspectors, inspectors_wanted=args.each,
        public_source=args.source, by=args.by, at=args.at,
    )  # fmt: skip
    return _draw_told(promised)


def _draw_units(args: Namespace) -> Result:
    return _draw_told(actions.draw_units(number=args.number, public_part=args.public, by=args.by, at=args.at))


def _record(args: Namespace) -> Result:
    published = queries.published_draw(number=args.number, viewer=args.by)
    return Result(published, [json.dumps(published, ensure_ascii=False, indent=2)])


def _replay(args: Namespace) -> Result:
    """Needs no database: the record alone tells."""
    published = _read_json(args.file)
    faults = faults_of(published) if isinstance(published, dict) else [_("不是抽取记录")]
    lines = [spoken(fault) for fault in faults] or [_("重放一致")]
    return Result({"faults": faults}, lines, NEEDS_ATTENTION if faults else 0)


def _draw_told(d: DrawView) -> Result:
    lines = [_draw_line(d), said_of(_("承诺（SHA-256）"), d.commitment), said_of(_("公开数取自"), d.public_source)]
    for unit in d.result:
        passed = [said_of(who, why) for who, why in unit.passed_over]
        away = with_note(joined(unit.inspectors), said_of(_("回避"), joined(passed))) if passed else ""
        lines.append(f"{unit.code}\t{unit.name}\t{away or joined(unit.inspectors)}")
    return Result(asdict(d), lines)


def _draw_line(d: DrawView) -> str:
    count = _("{wanted} / {all} 个单位").format(wanted=d.units_wanted, all=d.unit_count)
    return "\t".join(
        [d.number, d.item_title, d.department_name, count, _("已抽取") if d.drawn_at else _("已承诺，待抽取")]
    )


def _read_json(path: Path) -> Any:
    with file_given(path).open("rb") as file:
        raw = file.read(_FILE_MOST_BYTES + 1)
    if len(raw) > _FILE_MOST_BYTES:
        raise Invalid(_("文件太大"), errors={"file": str(path)})
    try:
        return json.loads(raw)
    except ValueError:
        raise Invalid(_("不是 JSON 文件"), errors={"file": str(path)}) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(_("“{text}”不是日期").format(text=text), todo=_("写成 2026-10-20")) from None


def _draw_arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("list", help=_("列出抽取"))
    for verb, told in (("show", _("看一次抽取")), ("draw", _("混入公开数，抽取")), ("record", _("输出公布的记录"))):
        one = verbs.add_parser(verb, help=told)
        one.add_argument("number", help=_("抽取编号，如 CQ-7K3M0D2X7K"))
        if verb == "draw":
            one.add_argument("--public", required=True, help=_("公开数"))
    one = verbs.add_parser("promise", help=_("承诺一次抽取"))
    one.add_argument("--item", required=True, help=_("计划事项编号"))
    one.add_argument("--unit", action="append", default=[], help=_("从哪些单位里抽，可重复；不写就是事项的全部单位"))
    one.add_argument("--units", type=int, required=True, help=_("抽几个单位"))
    one.add_argument("--inspectors", type=Path, required=True, help=_("人员 JSON 文件"))
    one.add_argument("--each", type=int, default=2, help=_("每个单位派几人"))
    one.add_argument("--source", required=True, help=_("公开数取自哪里"))
    one = verbs.add_parser("replay", help=_("按公布的记录重算一遍"))
    one.add_argument("file", type=Path, help=_("公布的 JSON 记录"))


COMMANDS = [
    Command("visit", _l("检查：预约、检查码、结论、异议、不到现场"), _visit, _visit_arguments,
            "dukao visit list --unit 230208200200"),
    Command("draw", _l("双随机抽取：承诺、抽取、重放"), _draw, _draw_arguments, "dukao draw replay CQ-7K3M0D2X7K.json"),
]  # fmt: skip
