"""A pile of forms compared: what they ask more than once, what that costs, and the one form that asks it all once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, islice
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from dukao.base.refusals import Invalid
from dukao.base.spoken import spoken
from dukao.base.wording import clauses, joined, with_note
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.workbooks.files import RIGHT, Opened, download, opened_all, waiting, workplace
from dukao.web.tables import Cell, Column, Table, row, table
from dukao.web.uploads import Waiting
from dukao.workbooks.overlap import Overlap, Question, Relation, merged_form, overlap_of, questions_of, write_report

_GROUPS_MOST, _MEMBERS_MOST, _MERGED_MOST = 300, 6, 400
_UNITS_MOST = 10_000_000
_VILLAGE = 5
RELATIONS = {
    Relation.SAME: _l("同一项"), Relation.OTHER_NAME: _l("换了名称"), Relation.OTHER_UNIT: _l("换了计量单位"),
    Relation.OTHER_PERIOD: _l("换了时期"), Relation.PART_OF: _l("其中的一部分"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many units fill the forms in, and how long one cell takes them."""

    units: int
    minutes_each: Decimal


@dataclass(frozen=True)
class OverlapPage:
    title: str
    crumbs: tuple[Crumb, ...]
    tickets: tuple[str, ...]
    figures: tuple[tuple[str, str, str], ...]  # title, number, unit
    lead: str
    units: str
    minutes_each: str
    groups: Table
    merged: Table
    n_more: int
    unread: tuple[tuple[str, str, str], ...]  # file, what, what to do


@doors.form_on("workbooks")
@require_POST
def overlap(request: HttpRequest) -> HttpResponse:
    """The report again, for another number of units."""
    actor = doors.actor_of(request)
    actor.require_anywhere(RIGHT)
    return answer(request, actor, _files(request, actor), _estimate(request.POST, actor))


@doors.form_on("workbooks")
@require_POST
def report(request: HttpRequest) -> FileResponse:
    """The report as a workbook, with the merged form in it, or as a page of its own."""
    actor = doors.actor_of(request)
    actor.require_anywhere(RIGHT)
    estimate = _estimate(request.POST, actor)
    found, _unread = _compared(_files(request, actor))
    with workplace() as folder:
        files = write_report(found, Path(folder), units=estimate.units, minutes_each=float(estimate.minutes_each))
        suffix = ".html" if request.POST.get("as") == "html" else ".xlsx"
        file = next(one for one in files if one.suffix == suffix)
        return download(file, file.name)


def answer(
    request: HttpRequest, actor: Actor, files: Sequence[Waiting], estimate: Estimate | None = None
) -> HttpResponse:
    estimate = estimate or _estimate({}, actor)
    found, unread = _compared(files)
    if len(found.forms) < 2:
        why = "；".join(f"{name}：{what}" for name, what, _todo in unread)
        raise Invalid(_("至少要有两张读得懂的表才能比较"), errors={_("文件"): why or _("请再选一张表")})
    page = OverlapPage(
        title=_("{n} 张表里问重了什么").format(n=len(found.forms)),
        crumbs=(Crumb(_("表格助手"), reverse("workbooks")), Crumb(_("比较"))),
        tickets=tuple(file.ticket for file in files),
        figures=_figures(found, estimate),
        lead=_("按每格 {minutes} 分钟估计，{units} 个单位填一年。分钟数是估计，可以改。").format(
            minutes=estimate.minutes_each, units=f"{estimate.units:,}"
        ),
        units=str(estimate.units),
        minutes_each=str(estimate.minutes_each),
        groups=_groups(found),
        merged=_merged(found),
        n_more=max(0, len(found.groups) - _GROUPS_MOST),
        unread=unread,
    )
    return doors.render(request, "workbooks/overlap.html", page)


def _files(request: HttpRequest, actor: Actor) -> list[Waiting]:
    return [waiting(ticket, actor) for ticket in request.POST.getlist("ticket")]


def _compared(files: Sequence[Waiting]) -> tuple[Overlap, tuple[tuple[str, str, str], ...]]:
    """The overlap of the files that could be read, and those that could not. Files of one name are told apart."""
    names, questions, unread = list[str](), list[Question](), list[tuple[str, str, str]]()
    for one in opened_all(files):
        if isinstance(one, Opened):
            name = _own_name(one.file.name, names)
            names.append(name)
            questions += questions_of(name, one.understood)
        else:
            file, refused = one
            unread.append((file.name, spoken(refused.what), spoken(refused.todo)))
    return overlap_of(names, questions), tuple(unread)


def _own_name(name: str, taken: Sequence[str]) -> str:
    count = sum(other == name or other.startswith(f"{name} (") for other in taken)
    return f"{name} ({count + 1})" if count else name


def _estimate(posted: Mapping[str, str], actor: Actor) -> Estimate:
    """At first the villages below the actor's post, and half a minute a cell. Raises Invalid."""
    raw = str(posted.get("units", "")).replace(",", "").strip()
    minutes = str(posted.get("minutes", "0.5")).strip()
    if raw:
        if not (raw.isdecimal() and raw.isascii() and 0 < int(raw) <= _UNITS_MOST):
            raise Invalid(_("单位数写得不对"), errors={_("多少个单位填"): _("请写一个整数，例如 1599")})
        units = int(raw)
    else:
        units = max(org.count_below(path=actor.standings_with(RIGHT)[0].unit_path, level=_VILLAGE), 1)
    try:
        each = Decimal(minutes)
    except ArithmeticError:
        each = Decimal(0)
    if not (each.is_finite() and 0 < each <= 600):
        raise Invalid(_("分钟数写得不对"), errors={_("每格多少分钟"): _("请写一个数，例如 0.5")})
    return Estimate(units, each)


def _figures(found: Overlap, estimate: Estimate) -> tuple[tuple[str, str, str], ...]:
    each = float(estimate.minutes_each)
    year = found.minutes_a_year(units=estimate.units, minutes_each=each)
    saved = found.minutes_saved_a_year(units=estimate.units, minutes_each=each)
    return (
        (_("一共问了"), f"{len(found.questions):,}", _("项")),
        (_("其实是"), f"{found.n_distinct:,}", _("项")),
        (_("全年约花"), words.hours_number(round(year * 100)), _("小时")),
        (_("只问一次约省"), words.hours_number(round(saved * 100)), _("小时")),
    )


def _groups(found: Overlap) -> Table:
    rows = []
    for group in found.groups[:_GROUPS_MOST]:
        more = max(0, len(group.members) - _MEMBERS_MOST)
        note = _("还有 {n} 处").format(n=more) if more else ""
        places = clauses(_places(islice(group.told, _MEMBERS_MOST)))
        rows.append(row(group.label, str(RELATIONS[group.relation]), len(group.files), Cell(places, note=note)))
    heads = (Column(_("项目"), is_sticky=True), _("关系"), Column(_("几张表"), "number"), Column(_("在哪里"), "prose"))
    return table(
        "groups", _("问了不止一次的"), heads, rows, is_exported=False, is_filtered=True, empty=_("没有问重的。")
    )


def _places(members: Iterable[tuple[Question, Relation | None]]) -> Iterator[str]:
    """Each sheet once, with its cells; those that ask otherwise than the group's line says are told so."""
    for (file, sheet, relation), some in groupby(members, key=lambda told: (told[0].file, told[0].sheet, told[1])):
        cells = joined(member.cell for member, _relation in some)
        place = f"{file} · {sheet}!{cells}"
        yield with_note(place, str(RELATIONS[relation])) if relation else place


def _merged(found: Overlap) -> Table:
    questions = merged_form(found)
    rows = [row(n, q.label, q.asked.unit, q.file) for n, q in enumerate(questions[:_MERGED_MOST], start=1)]
    heads = (Column(_("序号"), "number"), _("项目"), _("计量单位"), _("照哪张表的问法"))
    return table("merged", _("合并成一张：{n} 项").format(n=len(questions)), heads, rows, is_exported=False)
