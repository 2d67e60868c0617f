"""Commands of the yearly plan: propose, merge, trim, approve, refuse, freeze, publish, amend; what is beyond it."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.definitions import checked, read_entries
from dukao.base.refusals import Invalid, Refused
from dukao.base.wording import clauses, joined, said_of, say
from dukao.cli.command import Command, Result
from dukao.cli.given import day_given, file_given
from dukao.gate import actions, queries
from dukao.gate.queries import ItemView
from dukao.gate.rules.hits import RuleHit
from dukao.gate.rules.items import ItemDefinition

NEEDS_ATTENTION = 4

_NAMED = 10


def _plan(args: Namespace) -> Result:
    return {
        "list": _list, "item": _item, "statement": _statement, "coming": _coming, "propose": _propose,
        "exception": _propose, "emergency": _propose, "revise": _rewrite, "trim": _rewrite, "amend": _rewrite,
        "merge": _merge, "approve": _decide, "grant": _decide, "refuse": _decide, "withdraw": _decide,
        "freeze": _settle, "publish": _settle,
    }[args.verb](args)  # fmt: skip


def _list(args: Namespace) -> Result:
    on = timezone.localdate(args.at)
    found = queries.plan_items(
        **_where(args),
        viewer=args.by,
        on=on,
        as_of=day_given(args.as_of) if args.as_of else None,
        department=args.department,
        states=[args.state] if args.state else (),
    )
    return Result([_plain(item) for item in found], [_line(item) for item in found])


def _folded(names: list[str]) -> str:
    """The first ten; `--json` has all."""
    if len(names) <= _NAMED:
        return joined(names)
    return _("{names} 等 {n} 个").format(names=joined(names[:_NAMED]), n=len(names))


def _item(args: Namespace) -> Result:
    on = timezone.localdate(args.at)
    shown = queries.plan_item(number=args.number, viewer=args.by, on=on, version=args.version)
    versions = queries.plan_item_versions(number=args.number, viewer=args.by, on=on)
    hits = queries.hits_of_item(number=args.number, on=on) if shown.is_insider and shown.state == "proposed" else ()
    used = shown.usage
    lines = [
        _line(shown), said_of(_("主题"), shown.topic_title), said_of(_("依据"), shown.basis),
        said_of(_("目的"), shown.purpose),
        *(said_of(_("可以问"), question.text) for question in shown.questions),
        *(said_of(_("凭什么评价"), text) for text in shown.criteria),
        *([said_of(_("列明的对象"), _folded([target.unit_name for target in shown.targets]))] if shown.targets else []),
        *([_("已执行 {used} 次，最多 {limit} 次").format(used=used.used, limit=used.limit)] if used else []),
        *_said(hits),
        *("\t".join([_("第 {n} 版").format(n=v.version), v.made_at.date().isoformat(), v.state_label, v.reason])
          for v in versions),
    ]  # fmt: skip
    data = _plain(shown) | {"hits": [_plain_hit(hit) for hit in hits], "versions": [_plain(v) for v in versions]}
    return Result(data, lines, NEEDS_ATTENTION if any(hit.refuses for hit in hits) else 0)


def _statement(args: Namespace) -> Result:
    lines = queries.plan_statement(**_where(args), viewer=args.by, on=timezone.localdate(args.at))
    told = [
        "\t".join([
            d.department_code, d.department_name, _("计划 {n} 次").format(n=d.planned + d.beyond),
            _("已执行 {n} 次").format(n=d.used), _("还剩 {n} 次").format(n="–" if d.left is None else d.left),
        ])
        for d in lines
    ]  # fmt: skip
    return Result([asdict(d) | {"left": d.left} for d in lines], told)


def _coming(args: Namespace) -> Result:
    on = timezone.localdate(args.at)
    found = queries.coming_to(unit=args.unit, year=args.year or on.year, viewer=args.by, on=on)
    lines = [
        "\t".join([c.item.starts_on.isoformat(), c.item.ends_on.isoformat(), c.item.department_name, c.item.title,
                   "–" if c.visits_most is None else _("最多 {n} 次").format(n=c.visits_most)])
        for c in found
    ]  # fmt: skip
    return Result([{"item": _plain(c.item), "visits_most": c.visits_most, "visited": c.visited} for c in found], lines)


def _propose(args: Namespace) -> Result:
    """Every item of the file, in its order; the first that is refused stops there, and says what is done already."""
    on = timezone.localdate(args.at)
    kept: list[actions.KeptItem] = []
    for definition in _definitions(args.file):
        do = {"department": args.department, "definition": definition, "by": args.by, "at": args.at}
        with _told_how_far(definition.title, [one.number for one in kept]):
            if args.verb == "propose":
                kept.append(actions.propose_item(year=args.year or on.year, **do))
            elif args.verb == "exception":
                kept.append(actions.request_exception(reason=args.reason, **do))
            else:
                kept.append(actions.declare_emergency(reason=args.reason, approver=args.approver, **do))
    return _kept(kept)


@contextmanager
def _told_how_far(what: str, done: list[str]) -> Iterator[None]:
    """Where one of several is refused, say which one, and what stands already."""
    try:
        yield
    except Refused as refused:
        refused.what = said_of(what, refused.what)
        if done:
            told = _("{done} 已经办好，不必重做").format(done=joined(done))
            refused.todo = clauses([str(refused.todo), told]) if refused.todo else told
        raise


def _rewrite(args: Namespace) -> Result:
    do = {"revise": actions.revise_item, "trim": actions.trim_item, "amend": actions.amend_item}[args.verb]
    found = _definitions(args.file)
    if len(found) != 1:
        raise Invalid(_("文件里要正好有一项"), errors={"file": _("有 {n} 项").format(n=len(found))})
    return _kept([do(number=args.number, definition=found[0], reason=args.reason, by=args.by, at=args.at)])


def _merge(args: Namespace) -> Result:
    done = actions.merge_items(
        into=args.into, numbers=args.numbers, title=args.title, reason=args.reason, by=args.by, at=args.at
    )
    told = _("已并入 {number}（第 {n} 版），少去 {saved} 次")
    return Result(asdict(done), [told.format(number=done.number, n=done.version, saved=done.visits_saved)])


def _decide(args: Namespace) -> Result:
    do: dict[str, Any] = {"reason": args.reason, "by": args.by, "at": args.at}
    data: list[dict[str, str]] = []
    for number in args.numbers:
        with _told_how_far(number, [one["number"] for one in data]):
            match args.verb:
                case "approve":
                    actions.approve_item(number=number, **do)
                case "grant":
                    actions.grant_exception(number=number, approver=args.approver, **do)
                case "refuse":
                    actions.refuse_item(number=number, **do)
                case "withdraw":
                    actions.withdraw_item(number=number, **do)
        data.append({"number": number, "done": args.verb})
    told = {"approve": _("已批准"), "grant": _("已批准"), "refuse": _("未通过"), "withdraw": _("已撤回")}[args.verb]
    return Result(data, [f"{number}\t{told}" for number in args.numbers])


def _settle(args: Namespace) -> Result:
    do = {"freeze": actions.freeze_plan, "publish": actions.publish_plan}[args.verb]
    where = _where(args)
    do(**where, by=args.by, at=args.at)
    state = queries.plan(**where, viewer=args.by)
    return Result({**where, "state": state.state}, [f"{state.unit_name} {state.year}\t{state.state_label}"])


def _where(args: Namespace) -> dict[str, Any]:
    return {"year": args.year or timezone.localdate(args.at).year, "unit": args.unit}


def _definitions(file: Path) -> list[ItemDefinition]:
    return [checked(ItemDefinition, entry.data, place=entry.place) for entry in read_entries(file_given(file))]


def _kept(kept: Sequence[actions.KeptItem]) -> Result:
    lines = []
    for one in kept:
        lines += ["\t".join([one.number, _("第 {n} 版").format(n=one.version)]), *_said(one.hits)]
    data = [
        {"number": one.number, "version": one.version, "state": one.state, "hits": [_plain_hit(h) for h in one.hits]}
        for one in kept
    ]
    return Result(data, lines, NEEDS_ATTENTION if any(one.hits for one in kept) else 0)


def _said(hits: Sequence[RuleHit]) -> list[str]:
    return [f"{hit.rule}\t{say(hit.what)}\t{say(hit.todo)}" for hit in hits]


def _plain_hit(hit: RuleHit) -> dict[str, Any]:
    return {
        "rule": hit.rule, "action": hit.action, "what": say(hit.what), "why": say(hit.why), "todo": say(hit.todo),
        "source": hit.source, "place": hit.place, "others": list(hit.others),
    }  # fmt: skip


def _line(item: ItemView) -> str:
    most = _("最多 {n} 次").format(n=item.visits_most)
    return "\t".join([
        item.number, _("第 {n} 版").format(n=item.version), item.state_label, item.department_name, item.title,
        f"{item.starts_on}/{item.ends_on}", most,
    ])  # fmt: skip


def _plain(item: ItemView) -> dict[str, Any]:
    """An item as JSON people can use; labels are for people."""
    kept = {name: value for name, value in asdict(item).items() if not name.endswith("_label")}
    return kept | {"may": sorted(item.may)}


def _arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, told in (("list", _("列出计划的事项")), ("statement", _("按部门：计划、已执行、还剩")),
                       ("freeze", _("定稿，不再收新的事项")), ("publish", _("公布"))):  # fmt: skip
        one = verbs.add_parser(verb, help=told)
        one.add_argument("unit", help=_("谁的计划：12 位单位代码"))
        one.add_argument("--year", type=int, help=_("哪一年，默认今年"))
        if verb == "list":
            one.add_argument("--as-of", help=_("截至哪一天，如 2026-10-08"))
            one.add_argument("--department", default="", help=_("部门代码"))
            one.add_argument("--state", choices=["proposed", "approved", "merged", "refused", "withdrawn"],
                             help=_("只看这种状态的"))  # fmt: skip
    item = verbs.add_parser("item", help=_("看一项：内容、规则的意见、各版"))
    item.add_argument("number", help=_("编号，如 JH2026-0001"))
    item.add_argument("--version", type=int, help=_("哪一版，默认现在的"))
    coming = verbs.add_parser("coming", help=_("一个单位今年谁会来"))
    coming.add_argument("unit", help=_("12 位单位代码"))
    coming.add_argument("--year", type=int, help=_("哪一年，默认今年"))
    for verb, told in (("propose", _("申报 YAML 文件里的事项")), ("exception", _("一事一报，等待批准")),
                       ("emergency", _("启动应急事项，写明由谁批准"))):  # fmt: skip
        one = verbs.add_parser(verb, help=told)
        one.add_argument("file", type=Path, help=_("事项定义文件"))
        one.add_argument("--department", required=True, help=_("部门代码"))
        if verb == "propose":
            one.add_argument("--year", type=int, help=_("列入哪一年，默认今年"))
        else:
            one.add_argument("--reason", required=True, help=_("理由"))
        if verb == "emergency":
            one.add_argument("--approver", required=True, help=_("由谁批准：写职务，不写姓名"))
    for verb, told in (("revise", _("修改自己申报的事项")), ("trim", _("压减申报的事项")),
                       ("amend", _("变更已批准的事项，成为新的一版"))):  # fmt: skip
        one = verbs.add_parser(verb, help=told)
        one.add_argument("number", help=_("编号，如 JH2026-0001"))
        one.add_argument("file", type=Path, help=_("事项定义文件"))
        one.add_argument("--reason", required=True, help=_("理由"))
    merge = verbs.add_parser("merge", help=_("把几项合成一项"))
    merge.add_argument("numbers", nargs="+", help=_("被并入的编号"))
    merge.add_argument("--into", required=True, help=_("由哪一项承担"))
    merge.add_argument("--title", default="", help=_("合并后的名称，默认不变"))
    merge.add_argument("--reason", required=True, help=_("理由"))
    for verb, told in (("approve", _("批准事项")), ("grant", _("批准一事一报")), ("refuse", _("不通过")),
                       ("withdraw", _("撤回"))):  # fmt: skip
        one = verbs.add_parser(verb, help=told)
        one.add_argument("numbers", nargs="+", help=_("编号，如 JH2026-0001"))
        one.add_argument("--reason", required=True, help=_("理由"))
        if verb == "grant":
            one.add_argument("--approver", default="", help=_("由谁批准：写职务，不写姓名；默认是督考办"))


COMMANDS = [
    Command("plan", _l("督查计划：申报、合并、压减、批准、公布、变更，一事一报和应急"), _plan, _arguments,
            "dukao plan list 230200000000"),
]  # fmt: skip
