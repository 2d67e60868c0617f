"""Commands of the registers: load, elements, datasets, deliver, deliveries, rejects, propose-mapping."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from pydantic import Field

from dukao.base.definitions import DEPARTMENT_PATTERN, BadDefinition, Definition, Entry, checked, read_entries
from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere
from dukao.base.spoken import spoken
from dukao.base.wording import joined, said_of
from dukao.cli.command import Command, Result
from dukao.cli.given import file_given, period_given
from dukao.indicators.actions import define_indicator
from dukao.indicators.rules import IndicatorDefinition
from dukao.org import actions as org
from dukao.org import queries as organisation
from dukao.registers import actions, queries
from dukao.registers.queries import DeliveryView
from dukao.registers.rules import DatasetDefinition, ElementDefinition
from dukao.registers.rules.mapping import Proposal
from dukao.sheets.actions import define_sheet
from dukao.sheets.rules import SheetDefinition

NEEDS_ATTENTION = 4
_OUTCOMES = {"created": _l("新增"), "changed": _l("更改"), "versioned": _l("新版本"), "unchanged": _l("不变")}


class DepartmentDefinition(Definition):
    """One entry of departments.yaml."""

    code: Annotated[str, Field(pattern=DEPARTMENT_PATTERN)]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    unit: Annotated[str, Field(pattern=r"^\d{12}$")]


@dataclass(frozen=True)
class Kind:
    """One kind of definition: `name` is the folder or file that holds them."""

    name: str
    title: Any
    model: type[Any]
    define: Callable[..., Any]


def _define_department(*, definition: DepartmentDefinition, by: Any, at: Any) -> str:
    try:
        before = organisation.department(code=definition.code).name
    except NotThere:
        before = None
    org.define_department(code=definition.code, name=definition.name, unit_code=definition.unit, by=by, at=at)
    return "created" if before is None else "unchanged" if before == definition.name else "changed"


# In the order in which they need each other.
KINDS = (
    Kind("departments", _l("部门"), DepartmentDefinition, _define_department),
    Kind("elements", _l("数据元"), ElementDefinition, actions.define_element),
    Kind("datasets", _l("数据集"), DatasetDefinition, actions.define_dataset),
    Kind("sheets", _l("报表"), SheetDefinition, define_sheet),
    Kind("indicators", _l("指标"), IndicatorDefinition, define_indicator),
)


def _load(args: Namespace) -> Result:
    """All or nothing: every file is checked first, and one refusal takes everything back."""
    if not args.folder.is_dir():
        raise Invalid(_("没有文件夹 {folder}").format(folder=args.folder))
    found = _checked(args.folder)
    data: dict[str, dict[str, list[str]]] = {}
    with transaction.atomic():
        for kind, code, definition in found:
            outcome = kind.define(definition=definition, by=args.by, at=args.at)
            outcome = outcome if isinstance(outcome, str) else outcome.outcome
            data.setdefault(kind.name, {}).setdefault(outcome, []).append(code)
    lines = []
    for kind in KINDS:
        told = data.get(kind.name, {})
        if told:
            counts = joined(f"{_OUTCOMES[outcome]} {len(codes)}" for outcome, codes in told.items())
            lines.append(said_of(kind.title, counts))
            news = [f"  {_OUTCOMES[o]} {code}" for o, codes in told.items() if o != "unchanged" for code in codes]
            lines += news[:40]
            if len(news) > 40:
                lines.append("  " + _("…… 另有 {n} 个").format(n=len(news) - 40))
    nothing = _("{folder} 里没有定义：需要 elements/、datasets/ 等文件夹里的 YAML").format(folder=args.folder)
    return Result(data, lines or [nothing])


def _checked(folder: Path) -> list[tuple[Kind, str, Any]]:
    """Every definition below the folder. Raises BadDefinition with the errors of all files."""
    found: list[tuple[Kind, str, Any]] = []
    errors: dict[str, str] = {}
    for kind in KINDS:
        for source in (folder / f"{kind.name}.yaml", folder / kind.name):
            for entry in _entries(source, errors):
                try:
                    definition = checked(kind.model, entry.data, place=entry.place)
                except BadDefinition as bad:
                    errors |= bad.errors
                else:
                    found.append((kind, str(definition.code), definition))
    if errors:
        told = ngettext("{n} 处定义有错，什么也没有载入", "{n} 处定义有错，什么也没有载入", len(errors))
        raise BadDefinition(told.format(n=len(errors)), errors=errors, todo=_("改正后再载入"))
    return found


def _entries(source: Path, errors: dict[str, str]) -> Iterator[Entry]:
    if not source.exists():
        return
    try:
        yield from read_entries(source)
    except BadDefinition as bad:
        errors |= bad.errors


def _load_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "folder",
        type=Path,
        help=_("里面有 departments.yaml、elements/、datasets/、sheets/、indicators/，可以只有其中几样"),
    )


def _elements(args: Namespace) -> Result:
    found = queries.elements(text=args.text, owner=args.owner)
    lines = [f"{e.code}\t{e.title}\t{e.measure_unit}\t{e.period_type}\t{e.owner_name}" for e in found]
    return Result([asdict(e) for e in found], lines)


def _elements_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", default="", help=_("代码、名称或别名中的文字"))
    parser.add_argument("--owner", default="", help=_("部门代码"))


def _datasets(args: Namespace) -> Result:
    found = queries.datasets(viewer=args.by, text=args.text)
    version, deliveries = _("第 {n} 版"), _("{n} 批")
    lines = [
        f"{d.code}\t{d.title}\t{d.provider_name}\t{version.format(n=d.version)}\t{deliveries.format(n=d.deliveries)}"
        for d in found
    ]
    data = [{**asdict(d), "definition": d.definition.model_dump(mode="json", by_alias=True)} for d in found]
    return Result(data, lines)


def _datasets_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", default="", help=_("代码、名称或提供方中的文字"))


def _deliver(args: Namespace) -> Result:
    number = actions.receive_delivery(
        dataset=args.dataset, period=period_given(args.period), scope_unit=args.unit, file=file_given(args.file),
        file_name=args.file.name, mapping=_mapping(args.mapping), by=args.by, at=args.at,
    )  # fmt: skip
    if args.now:
        actions.land_delivery(number=number, at=args.at)
    view = queries.delivery(number=number, viewer=args.by)
    return Result(_plain(view), _told(view), NEEDS_ATTENTION if view.rows_rejected or view.problem else 0)


def _told(view: DeliveryView) -> list[str]:
    """One delivery as an operator reads it."""
    lines = [f"{view.number}\t{view.state_label}\t{view.dataset_title} {view.period_label} {view.scope_name}"]
    if found := view.found:
        seen = (found.get("format"), found.get("encoding"), found.get("sheet"))
        lines.append("  " + said_of(_("文件"), " · ".join(str(s) for s in seen if s)))
    if view.rows_read:
        told = _("读到 {read:,} 行，接收 {accepted:,} 行，退回 {rejected:,} 行，得到 {facts:,} 个数").format(
            read=view.rows_read, accepted=view.rows_accepted, rejected=view.rows_rejected, facts=view.facts_landed
        )
        lines.append(f"  {told}")
    for title, key in ((_("拒收"), "what"), (_("原因"), "why"), (_("怎么办"), "todo")):
        if view.problem.get(key):
            lines.append("  " + said_of(title, spoken(view.problem[key])))
    if view.superseded_by:
        lines.append("  " + _("已被 {number} 更正").format(number=view.superseded_by))
    if view.has_rejects:
        lines.append("  " + said_of(_("问题清单"), f"dukao rejects {view.number}"))
    return lines


def _deliver_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("dataset", help=_("数据集代码"))
    parser.add_argument("file", type=Path, help=_("CSV、XLSX、XLS 或 Parquet 文件"))
    parser.add_argument("--period", required=True, help=_("文件覆盖的时期，例如 2026Q3、2026-07"))
    parser.add_argument("--unit", required=True, help=_("文件覆盖的范围：12 位单位代码"))
    parser.add_argument("--mapping", type=Path, help=_("YAML 文件：文件里的列名（或 #3）: 数据集的列名"))
    parser.add_argument("--now", action="store_true", help=_("立即入库，不等后台处理"))


def _deliveries(args: Namespace) -> Result:
    period = period_given(args.period) if args.period else None
    found = queries.deliveries(viewer=args.by, dataset=args.dataset, state=args.state, period=period, most=args.most)
    lines = []
    for d in found:
        landed, rejected = _("{n:,} 行").format(n=d.rows_accepted), _("退回 {n:,}").format(n=d.rows_rejected)
        lines.append(f"{d.number}\t{d.state_label}\t{landed}\t{rejected}\t{d.received_at:%Y-%m-%d %H:%M}")
    return Result([_plain(d) for d in found], lines)


def _deliveries_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--dataset", help=_("数据集代码"))
    parser.add_argument("--state", default="", choices=["received", "landed", "refused", "superseded"])
    parser.add_argument("--period", help=_("例如 2026Q3"))
    parser.add_argument("--most", type=int, default=50, help=_("最多列出多少批（默认 50）"))


def _rejects(args: Namespace) -> Result:
    path = queries.rejects_file(number=args.number, viewer=args.by)
    if args.out:
        args.out.write_bytes(path.read_bytes())
        return Result({"out": str(args.out)}, [_("问题清单已写到 {file}").format(file=args.out)])
    page = queries.rejects(number=args.number, viewer=args.by, page=args.page)
    row = _("第 {n} 行")
    lines = [f"{row.format(n=r.line)}\t{spoken(r.column)}\t{r.value}\t{spoken(r.reason)}" for r in page.rows]
    if page.has_more:
        lines.append(_("还有更多：--page {page}，或用 --out 写到文件").format(page=page.page + 1))
    return Result(asdict(page), lines)


def _rejects_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("number", help=_("交付的编号"))
    parser.add_argument("--page", type=int, default=1)
    parser.add_argument("--out", type=Path, help=_("把完整的清单（CSV）写到这个文件"))


def _propose_mapping(args: Namespace) -> Result:
    found = queries.propose_mapping(dataset=args.dataset, file=file_given(args.file), viewer=args.by)
    lines = ["\t".join(("# " + _("数据集的列"), _("文件的列"), _("把握"), _("理由")))]
    none = _("（没有）")
    lines += [f"# {p.column}\t{p.header or none}\t{p.confidence}%\t{spoken(p.reason)}" for p in found]
    lines += [f"{_header_of(p)}: {p.column}" for p in found if p.header]
    return Result([asdict(p) for p in found], lines)


def _header_of(p: Proposal) -> str:
    """The column of the file by its name, or by its place where several names fit."""
    return f'"#{p.position + 1}"' if p.position is not None and len(p.named) > 1 else _quoted(p.header)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _propose_mapping_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("dataset", help=_("数据集代码"))
    parser.add_argument("file", type=Path, help=_("要交付的文件；输出可以存成 --mapping 用的 YAML"))


def _mapping(file: Path | None) -> dict[str, str] | None:
    if file is None:
        return None
    entries = list(read_entries(file_given(file)))
    if len(entries) != 1 or not all(isinstance(value, str) for value in entries[0].data.values()):
        told = _("{file} 不是映射").format(file=file.name)
        raise Invalid(told, errors={"--mapping": _("每行一个“文件里的列名: 数据集的列名”")})
    return dict(entries[0].data)


def _plain(view: DeliveryView) -> dict[str, Any]:
    return asdict(view) | {"period": Period(view.period).code}


COMMANDS = [
    Command("load", _l("载入一个文件夹里的部门、数据元、数据集、报表和指标（YAML）"), _load, _load_arguments,
            "dukao load my-definitions"),
    Command("elements", _l("查数据元"), _elements, _elements_arguments, "dukao elements 人口"),
    Command("datasets", _l("查数据集"), _datasets, _datasets_arguments, "dukao datasets 发票"),
    Command("deliver", _l("交付一个数据文件"), _deliver, _deliver_arguments,
            "dukao deliver electricity_months power.csv --period 2026-07 --unit 230200000000"),
    Command("deliveries", _l("列出交付"), _deliveries, _deliveries_arguments, "dukao deliveries --state refused"),
    Command("rejects", _l("看一批交付里有问题的行"), _rejects, _rejects_arguments,
            "dukao rejects electricity_months-2026-07-230200000000-1 --out rejects.csv"),
    Command("propose-mapping", _l("为一个文件提出列的映射"), _propose_mapping, _propose_mapping_arguments,
            "dukao propose-mapping electricity_months power.csv"),
]  # fmt: skip
