"""Commands of spreadsheets: read, overlap, fill. They need no server and no database."""

from argparse import ArgumentParser, Namespace
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import yaml
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.refusals import Invalid
from dukao.base.spoken import spoken
from dukao.base.wording import said_of, with_note
from dukao.cli.command import Command, Result
from dukao.cli.given import file_given, period_given
from dukao.workbooks import contract, drawing
from dukao.workbooks.crosschecks import Broken, broken_rules
from dukao.workbooks.filling import fill_workbook, suffix_of
from dukao.workbooks.matching import Matcher, label
from dukao.workbooks.opening import open_workbook, open_workbooks
from dukao.workbooks.overlap import Overlap, Question, overlap_of, questions_of, write_report
from dukao.workbooks.planning import Filling, Gap, Plan, plan_filling
from dukao.workbooks.problems import Unreadable
from dukao.workbooks.shelf import SUFFIXES, FolderShelf
from dukao.workbooks.tables import Heading, Table
from dukao.workbooks.texts import plain

# What a person confirmed rests beside the data it speaks of.
CONFIRMED = "确认.yaml"
_NEVER = "不是"  # in that file, what words do not mean

Said = Sequence[tuple[str, str]]  # words of a form, and the key of a term


def _read(args: Namespace) -> Result:
    given = open_workbook(file_given(args.file))
    workbook, form = given.workbook, given.understood
    lines = [*map(spoken, form.doubts)]
    for sheet in form.sheets:
        lines += [_("工作表“{name}”").format(name=sheet.name) + (_("（隐藏）") if sheet.is_hidden else "")]
        lines += [f"  {line}" for table in sheet.tables for line in _told(table)]
    broken = broken_rules(workbook, form)
    lines += map(_told_broken, broken)
    if args.html:
        args.html.write_text(drawing.page(workbook.name, drawing.draw(workbook, form), form.doubts), encoding="utf-8")
        lines.append(_("已画在 {file}").format(file=args.html))
    return Result(contract.read_as_json(form, broken), lines, exit_code=4 if broken else 0)


def _told(table: Table) -> list[str]:
    lines = [
        _("{range} {title}：{columns} 列，{slots} 个要填的格，把握 {confidence}%").format(
            range=table.area, title=table.title, columns=len(table.columns), slots=len(table.slots),
            confidence=round(table.confidence * 100),
        )
    ]  # fmt: skip
    if table.unit:
        lines.append("  " + said_of(_("单位"), table.unit))
    lines += [f"  {_named(column)}" for column in table.columns]
    lines += ["  " + said_of(_("规则"), f"{rule.text}  {rule.expression}".rstrip()) for rule in table.rules]
    lines += ["  " + said_of(_("拿不准"), spoken(doubt)) for doubt in table.doubts]
    return lines


def _named(column: Heading) -> str:
    """The column's path, with its unit of measure where the words do not say it."""
    unit = plain(column.unit)
    is_said = any(label(part).unit == unit or (unit == "%" and plain(part).endswith(unit)) for part in column.path)
    return " › ".join(column.path) + (f"（{column.unit}）" if column.unit and not is_said else "")


def _read_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=_("任何表格文件：XLSX、XLS、ET、ODS、CSV 等"))
    parser.add_argument("--html", type=Path, help=_("把看懂的内容画成网页，写到这个文件"))


def _overlap(args: Namespace) -> Result:
    files = [file for path in args.files for file in _files_of(path)]
    questions: list[Question] = []
    names: list[str] = []
    untold: list[str] = []
    for path, given in zip(files, open_workbooks(files), strict=True):
        if isinstance(given, Unreadable):
            untold.append(said_of(path.name, spoken(given.what)))
        else:
            names.append(path.name)
            questions += questions_of(path.name, given.understood)
    overlap = overlap_of(names, questions, _matcher(args))
    lines = [*untold, *_told_overlap(overlap, args)]
    if args.out:
        lines += [_("已写到 {file}").format(file=file) for file in write_report(
            overlap, args.out, units=args.units, minutes_each=args.minutes)]  # fmt: skip
    data = contract.overlap_as_json(overlap) | {
        "unread": untold,
        "hours_a_year": round(overlap.minutes_a_year(units=args.units, minutes_each=args.minutes) / 60, 1),
        "hours_saved_a_year": round(overlap.minutes_saved_a_year(units=args.units, minutes_each=args.minutes) / 60, 1),
    }
    return Result(data, lines, exit_code=4 if untold else 0)


def _files_of(path: Path) -> list[Path]:
    """The file; of a folder all spreadsheets in it."""
    if not path.is_dir():
        return [file_given(path)]
    found = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and file.name[:2] != "~$")
    if not found:
        raise Invalid(_("文件夹 {folder} 里没有表格").format(folder=path), errors={"files": _("请检查路径")})
    return found


def _matcher(args: Namespace) -> Matcher | None:
    """What the platform knows by name, if it is asked."""
    if not args.platform:
        return None
    from dukao.sheets import queries

    return Matcher(queries.known_shelf(viewer=args.by, today=timezone.localdate(args.at)).terms)


def _told_overlap(overlap: Overlap, args: Namespace) -> list[str]:
    hours = overlap.minutes_a_year(units=args.units, minutes_each=args.minutes) / 60
    saved = overlap.minutes_saved_a_year(units=args.units, minutes_each=args.minutes) / 60
    lines = [
        _("{forms} 张表共问 {columns} 项，其实是 {distinct} 项；每张表都问的 {in_all} 项").format(
            forms=len(overlap.forms), columns=len(overlap.questions), distinct=overlap.n_distinct,
            in_all=overlap.n_in_all,
        ),
        _("{units:,} 个单位全年要花约 {hours:,.0f} 小时；只问一次可省约 {saved:,.0f} 小时").format(
            units=args.units, hours=hours, saved=saved
        ),
    ]  # fmt: skip
    for group in overlap.groups[: args.most]:
        places = [
            with_note(f"{m.file} {m.cell}", _RELATIONS[own.value]) if own else f"{m.file} {m.cell}"
            for m, own in islice(group.told, 6)
        ]
        lines.append(f"{group.label}\t{_RELATIONS[group.relation.value]}\t" + "、".join(places))
    return lines


_RELATIONS = {
    "same": _l("同一项"),
    "same_other_name": _l("换了名称"),
    "same_other_unit": _l("换了计量单位"),
    "same_other_period": _l("换了时期"),
    "part_of": _l("其中的一部分"),
}


def _overlap_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("files", type=Path, nargs="+", help=_("要比较的表格文件，或放着它们的文件夹"))
    parser.add_argument("--units", type=int, default=1, help=_("多少个单位要填（默认 1）"))
    parser.add_argument("--minutes", type=float, default=0.5, help=_("每格平均花多少分钟（默认 0.5，只是估计）"))
    parser.add_argument("--out", type=Path, help=_("把报告（XLSX、HTML）和合并后的表写到这个文件夹"))
    parser.add_argument("--platform", action="store_true", help=_("按平台的数据元认别名"))
    parser.add_argument("--most", type=int, default=30, help=_("最多列出多少项（默认 30）"))


def _fill(args: Namespace) -> Result:
    period = period_given(args.period) if args.period else None
    given = open_workbook(file_given(args.file))
    workbook, form = given.workbook, given.understood
    suffix = suffix_of(args.file)
    target = args.out or args.file.with_name(_("{name}（已填）").format(name=args.file.stem) + suffix)
    if target.suffix.lower() != suffix:
        told = _("填好的表是 {suffix} 文件").format(suffix=suffix)
        raise Invalid(told, errors={"--out": _("请把文件名的结尾改成 {suffix}").format(suffix=suffix)})
    if target.exists() and target.samefile(args.file):
        raise Invalid(_("不能写回原表"), errors={"--out": _("请另选一个文件名")})
    source = _Platform(args) if args.platform else _Folder(args.data)

    def planned() -> Plan:
        return plan_filling(workbook, form, source.shelf, source.matcher(), unit=source.unit(args.unit), period=period)

    plan = planned()
    if args.take or args.never:
        taken, never = _taken(plan, args.take), _ruled_out(plan, args.never)
        source.keep(taken)
        source.rule_out(never)
        plan = planned()
    filled = fill_workbook(args.file, target, plan, title=args.file.stem)
    broken = broken_rules(workbook, form, plan)
    lines = [spoken(filled.told)]
    if not source.shelf.knows(source.unit(args.unit)):
        lines.append(_("已有数据里没有“{unit}”").format(unit=args.unit))
    lines += [f"{f.sheet}!{f.cell}\t{contract.plain_value(f.value)}\t{f.source}\t{f.as_of}" for f in filled.filled]
    if any(f.term for f in filled.filled):
        first = next(f for f in filled.filled if f.term)
        lines.append(
            "  " + _("填得不对的，加上 --never {cell}，以后不再这样填").format(cell=f"{first.sheet}!{first.cell}")
        )
    lines += [f"{s.filling.sheet}!{s.filling.cell}\t{spoken(s.why)}" for s in filled.skipped]
    alike = _alike(plan)
    lines += [line for gap in filled.gaps for line in _told_gap(gap, alike)]
    lines += [*map(_told_broken, broken), *(spoken(said) for said in (*source.shelf.untold, *filled.doubts))]
    lines.append(_("已写到 {file}").format(file=filled.path))
    data = contract.fill_as_json(plan, filled, broken) | {"doubts": [*source.shelf.untold, *filled.doubts]}
    return Result(data, lines, exit_code=4 if broken else 0)


def _told_broken(broken: Broken) -> str:
    found = broken.violation
    return said_of(
        _("{sheet} 第 {row} 行不符").format(sheet=broken.sheet, row=broken.row),
        f"{found.rule.text or found.rule.expression}（{found.cell}：{found.left:f} / {found.right:f}）",
    )


class _Folder:
    """Known from a plain folder of files; what people said of words, and what they ruled out, rests beside them."""

    def __init__(self, folder: Path):
        if not folder.is_dir():
            raise Invalid(_("没有文件夹 {folder}").format(folder=folder), errors={"--data": _("请检查路径")})
        self.shelf = FolderShelf(folder)
        self._file = folder / CONFIRMED
        self._chosen, self._never = self._kept()

    def matcher(self) -> Matcher:
        return Matcher(self.shelf.terms, self._chosen, self._never)

    def unit(self, name: str) -> str:
        return name

    def keep(self, taken: Said) -> None:
        """Remember what words mean; it ends what was said against it."""
        for words, term in taken:
            self._chosen[words] = term
            self._never.get(words, set()).discard(term)
        self._write(taken)

    def rule_out(self, never: Said) -> None:
        """Remember what words do not mean, whatever was said before."""
        for words, term in never:
            self._never.setdefault(words, set()).add(term)
            if self._chosen.get(words) == term:
                del self._chosen[words]
        self._write(never)

    def _write(self, changed: Said) -> None:
        never = {words: sorted(terms) for words, terms in self._never.items() if terms}
        told = self._chosen | ({_NEVER: never} if never else {})
        if changed:
            self._file.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=True), encoding="utf-8")

    def _kept(self) -> tuple[dict[str, str], dict[str, set[str]]]:
        try:
            said = yaml.safe_load(self._file.read_text(encoding="utf-8")) if self._file.is_file() else {}
        except (yaml.YAMLError, UnicodeDecodeError):
            said = None
        never = said.pop(_NEVER, {}) if isinstance(said, dict) else None
        if not isinstance(said, dict) or not isinstance(never, dict) or not all(map(_is_list, never.values())):
            wrong = _("{file} 读不懂").format(file=self._file)
            raise Invalid(wrong, errors={CONFIRMED: _("请改正，或移走这个文件再重新确认")})
        chosen = {str(words): str(term) for words, term in said.items()}
        return chosen, {str(words): set(map(str, terms)) for words, terms in never.items()}


def _is_list(said: object) -> bool:
    return isinstance(said, list)


class _Platform:
    """Known from the platform's database, as whoever runs the command may see it."""

    def __init__(self, args: Namespace):
        from dukao.sheets import queries

        self._args = args
        self._place = args.unit
        self.shelf = queries.known_shelf(viewer=args.by, today=timezone.localdate(args.at), within=args.unit)

    def matcher(self) -> Matcher:
        """What people said of a form's words counts here as on the pages."""
        from dukao.sheets import queries

        said = queries.meanings(viewer=self._args.by, unit=self._place)
        return Matcher(self.shelf.terms, said.chosen, said.never)

    def unit(self, name: str) -> str:
        from dukao.org import queries

        return queries.unit(code=name, viewer=self._args.by).name

    def keep(self, taken: Said) -> None:
        from dukao.sheets.actions import confirm_meaning

        for signature, element in taken:
            confirm_meaning(signature=signature, element=element, unit=self._place, by=self._args.by, at=self._args.at)

    def rule_out(self, never: Said) -> None:
        from dukao.sheets.actions import reject_meaning

        for signature, element in never:
            reject_meaning(signature=signature, element=element, unit=self._place, by=self._args.by, at=self._args.at)


def _told_gap(gap: Gap, alike: Counter[str]) -> list[str]:
    asked = " › ".join((*gap.asked.row_path, *gap.asked.path))
    lines = [f"{gap.sheet}!{gap.slot.cell}\t{asked}\t{spoken(gap.why)}"]
    if gap.slot.codes:
        lines.append("    " + said_of(_("可选"), " / ".join(title for _code, title in gap.slot.codes)))
    # Where one is sure, it is the value that lacks; nobody is asked for another meaning.
    if not any(offered.is_sure for offered in gap.offered):
        for number, (offered, name) in enumerate(zip(gap.offered, gap.told, strict=True), start=1):
            lines.append("    " + _("要采用“{term}”（{reason}），加上 --take {cell}={n}").format(
                term=name, reason=spoken(offered.reason), cell=_place(gap, alike), n=number))  # fmt: skip
    return lines


def _alike(plan: Plan) -> Counter[str]:
    """How many sheets have an open cell of this name."""
    return Counter(gap.slot.cell for gap in plan.gaps)


def _place(gap: Gap, alike: Counter[str]) -> str:
    """The cell's name, with that of its sheet where several have one."""
    return gap.slot.cell if alike[gap.slot.cell] == 1 else f"{gap.sheet}!{gap.slot.cell}"


def _taken(plan: Plan, choices: list[str]) -> Said:
    """What `--take C5=1` confirms."""
    taken = []
    for choice in choices:
        if (offered := _offered(plan, choice)) is None:
            told = _("“{choice}”不能采用").format(choice=choice)
            raise Invalid(told, errors={"--take": _("请写成 C5=1：待填的格，和所列的第几个")})
        taken.append(offered)
    return taken


def _ruled_out(plan: Plan, choices: list[str]) -> Said:
    """What `--never` rules out: what was filled into a cell (`D4`), or one of those offered for it (`C5=1`)."""
    filled = defaultdict[str, list[Filling]](list)
    for one in plan.fillings:
        for name in (one.cell, f"{one.sheet}!{one.cell}".upper()):
            filled[name].append(one)
    ruled_out = []
    for choice in choices:
        said = [(one.words, one.term) for one in filled[choice.upper()] if one.words and one.term]
        if len(said) != 1 and (offered := _offered(plan, choice)) is not None:
            said = [offered]
        if len(said) != 1:
            told = _("“{choice}”不能排除").format(choice=choice)
            raise Invalid(told, errors={"--never": _("请写成 D4：填得不对的格；或 C5=1：待填的格，和所列的第几个")})
        ruled_out += said
    return ruled_out


def _offered(plan: Plan, choice: str) -> tuple[str, str] | None:
    """The words that an open cell asks in, and the term that is offered for them under the number: `C5=1`."""
    alike = _alike(plan)
    cell, _sign, number = choice.upper().partition("=")
    gap = next((gap for gap in plan.gaps if _place(gap, alike).upper() == cell), None)
    if gap is None or not number.isdigit() or not 1 <= int(number) <= len(gap.offered):
        return None
    return gap.asked.signature, gap.offered[int(number) - 1].term.key


def _fill_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=_("要填的表"))
    parser.add_argument("--unit", required=True, help=_("为谁填：单位名称或代码"))
    parser.add_argument("--period", help=_("哪一期，例如 2026Q3"))
    parser.add_argument("--platform", action="store_true", help=_("用平台数据库里的数据（--unit 写 12 位代码）"))
    parser.add_argument("--data", type=Path, default=Path("."), help=_("放着已有数据的文件夹（默认是这里）"))
    parser.add_argument("--out", type=Path, help=_("写到这个文件（默认在原表旁边）"))
    parser.add_argument(
        "--take", action="append", default=[], metavar="C5=1", help=_("采用为这一格列出的第几个；会记住")
    )
    parser.add_argument(
        "--never",
        action="append",
        default=[],
        metavar="D4",
        help=_("这一格填得不对，或（C5=1）所列的第几个不是它；会记住"),
    )


COMMANDS = [
    Command(
        "read", _l("看懂一个表格文件：表、表头、单位、规则、要填的格"), _read, _read_arguments,
        "dukao read 表.xlsx --html 表.html",
    ),
    Command(
        "overlap", _l("一堆表里，哪些数被问了不止一次"), _overlap, _overlap_arguments,
        "dukao overlap *.xlsx --units 1599 --out 报告",
    ),
    Command(
        "fill", _l("把已有的数填进表里，只留下不知道的"), _fill, _fill_arguments,
        "dukao fill 表.xlsx --unit 龙东村 --period 2026Q3 --data 资料",
    ),
]  # fmt: skip
