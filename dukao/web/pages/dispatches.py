"""What a department has out: how far each dispatch has come, unit by unit in the order of codes, with its live sums."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.refusals import Invalid, Refused
from dukao.base.spoken import spoken
from dukao.base.wording import with_note
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.sheets import actions, queries
from dukao.sheets.queries import DispatchView, Progress
from dukao.sheets.queries.dispatches import LiveFigure, ProgressRow
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.figures import grouped
from dukao.web.pages.filings import reviewing
from dukao.web.pages.filings.desk import STATE_TONES
from dukao.web.tables import Cell, Column, Row, Table, Tone, number, row, table
from dukao.web.times import hours

# What everybody wants to know, be it nought; returned and refused ones are told where there are any.
_ALWAYS_COUNTED = ("open", "submitted", "accepted")
_ROWS_PER_PAGE = 50
DISPATCH_TONES: dict[str, Tone] = {"open": "info", "closed": "plain", "withdrawn": "stop"}


@dataclass(frozen=True)
class DispatchesPage:
    title: str
    state: str
    tabs: tuple[tuple[str, str, bool], ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class DispatchPage:
    title: str
    crumbs: tuple[Crumb, ...]
    dispatch: DispatchView
    state: tuple[Tone, str]
    unit_code: str
    unit_name: str
    due: words.Due
    counts: tuple[tuple[str, int, Tone], ...]
    done: int
    whole: int
    done_text: str
    marks: tuple[tuple[str, str], ...]
    refused: Table
    refused_page: int
    refused_pages: int
    tables: tuple[Table, ...]
    may_end: bool
    is_moving: bool
    is_synthetic: bool
    reason: str = ""
    refusal: Refused | None = None


@require_GET
def dispatches(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    _require_dispatches(actor)
    state = request.GET.get("state", "open")
    found = queries.dispatches(viewer=actor, state="" if state == "all" else state)
    choices = (("open", _("填报中")), ("closed", _("已结束")), ("withdrawn", _("已撤回")), ("all", _("全部")))
    page = DispatchesPage(
        title=_("下发"),
        state=state,
        tabs=tuple((label, f"?state={code}", code == state) for code, label in choices),
        tables=(table_of(found),),
    )
    return doors.render(request, "dispatches/list.html", page)


@require_GET
def dispatch(request: HttpRequest, number: str) -> HttpResponse:
    """Progress below the dispatch's scope, or below one unit of it; every cell as a file on request."""
    actor = doors.actor_of(request)
    page = _page(request, number, request.GET.get("unit", "") or None, actor)
    return doors.render(request, "dispatches/page.html", page)


@require_GET
def filing(request: HttpRequest, number: str, unit: str) -> HttpResponse:
    """One unit's filing, as whoever asked for it or supervises may read it."""
    there = Crumb(number, reverse("dispatches.page", args=[number]))
    page = reviewing.page_of(number, unit, doors.actor_of(request), crumbs=(there, Crumb(unit)))
    return doors.render(request, "review/page.html", page)


@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take it back, with the reason."""
    actor, reason = doors.actor_of(request), request.POST.get("reason", "")
    try:
        actions.withdraw_dispatch(dispatch=number, reason=reason, by=actor, at=doors.now())
    except Refused as refused:
        return _refused(request, number, refused, reason)
    doors.tell(request, _("已撤回，各单位不用再填"))
    return doors.go(request, reverse("dispatches.page", args=[number]))


@require_POST
def close(request: HttpRequest, number: str) -> HttpResponse:
    """End it: what was accepted stays."""
    try:
        actions.close_dispatch(dispatch=number, by=doors.actor_of(request), at=doors.now())
    except Refused as refused:
        return _refused(request, number, refused)
    doors.tell(request, _("已结束，通过的数据都保留"))
    return doors.go(request, reverse("dispatches.page", args=[number]))


def _refused(request: HttpRequest, number: str, refused: Refused, reason: str = "") -> HttpResponse:
    """What cannot be done is told on the dispatch's page, with what was typed; other answers are the doors'."""
    if refused.status not in (Refused.status, Invalid.status):
        raise refused
    page = _page(request, number, None, doors.actor_of(request), reason=reason, refusal=refused)
    return doors.render(request, "dispatches/page.html", page, status=refused.status)


def table_of(found: tuple[DispatchView, ...], *, caption: str = "") -> Table:
    """Dispatches as a table: what, to whom, by when, how far."""
    today = doors.today()
    rows = []
    for d in found:
        due = words.due(d.due_on, today) if d.state == "open" else words.Due(words.day(d.due_on))
        rows.append(
            row(
                Cell(d.title, href=reverse("dispatches.page", args=[d.number]), note=d.number),
                words.period(d.period),
                Cell(words.units_asked(d.n_units, d.level), raw=d.n_units, note=d.scope_name),
                Cell(due.text, raw=d.due_on.isoformat(), tone=due.tone),  # type: ignore[arg-type]
                number(d.n_asked),
                Cell(f"{d.prefilled_percent}%", raw=d.prefilled_percent),
                hours(d.minutes_hundredths),
                number(d.n_submitted),
                Cell(f"{d.n_accepted:,}/{d.n_asked_units:,}", raw=d.n_accepted),
                Cell(d.state_label, tone=DISPATCH_TONES[d.state]),
            )
        )
    columns = [
        Column(_("报表"), is_sticky=True), Column(_("报告期")), Column(_("发给")), Column(_("截止"), "date"),
        Column(_("要问"), "number", _("项")), Column(_("免填"), "number"), Column(_("记在本部门"), "number", _("小时")),
        Column(_("待审"), "number", _("份")), Column(_("通过"), "number", _("份")), Column(_("状态"), "badge"),
    ]  # fmt: skip
    return table("dispatches", caption or _("下发的报表（{n} 次）").format(n=len(rows)), columns, rows,
                 is_synthetic=any(d.is_synthetic for d in found), is_filtered=len(rows) > 10,
                 empty=_("没有下发的报表。"))  # fmt: skip


def _require_dispatches(actor: Actor) -> None:
    if not actor.has("DEMANDS_SEE_ALL"):
        actor.require_anywhere("SHEETS_DESIGN")


def _page(request: HttpRequest, number: str, unit: str | None, actor: Actor, *, reason: str = "",
          refusal: Refused | None = None) -> DispatchPage:  # fmt: skip
    progress = queries.dispatch_progress(dispatch=number, unit=unit, viewer=actor)
    d = progress.dispatch
    counts = progress.total.counts
    whole = sum(counts.values()) - counts.get("spared", 0)
    tables = [_progress_table(progress)]
    if request.GET.get("export", "").startswith("answers."):
        tables.append(_answers_table(number, unit, actor))
    n_refused = counts.get("refused", 0)
    refused_page, refused_pages = _wanted(request), max(1, -(-n_refused // _ROWS_PER_PAGE))
    if request.GET.get("export", "").startswith("refused."):
        refused = _refused_table(number, unit, actor, page=1, page_size=n_refused)
    else:
        refused_page = min(refused_page, refused_pages)
        refused = _refused_table(number, unit, actor, page=refused_page, page_size=_ROWS_PER_PAGE)
    return DispatchPage(
        title=with_note(d.title, words.period(d.period)),
        crumbs=_crumbs(d, progress, actor),
        dispatch=d,
        state=(DISPATCH_TONES[d.state], d.state_label),
        unit_code="" if progress.unit_code == d.scope_code else progress.unit_code,
        unit_name=progress.unit_name,
        due=words.due(d.due_on, doors.today()),
        counts=_counts(counts),
        done=counts.get("accepted", 0),
        whole=whole,
        done_text=_("{whole} 份已通过 {done} 份").format(whole=f"{whole:,}", done=f"{counts.get('accepted', 0):,}"),
        marks=_marks(d),
        refused=refused,
        refused_page=refused_page,
        refused_pages=refused_pages,
        tables=(*tables, refused),
        may_end=d.state == "open" and actor.may("DEMANDS_ISSUE", d.scope_path, department=d.issuer_code),
        is_moving=d.state == "open",
        is_synthetic=d.is_synthetic,
        reason=reason,
        refusal=refusal,
    )


def _crumbs(d: DispatchView, progress: Progress, actor: Actor) -> tuple[Crumb, ...]:
    here = reverse("dispatches.page", args=[d.number])
    may_list = actor.has("SHEETS_DESIGN") or actor.has("DEMANDS_SEE_ALL")
    crumbs = [Crumb(_("下发"), reverse("dispatches"))] if may_list else []
    if progress.unit_code == d.scope_code:
        return (*crumbs, Crumb(d.number))
    between = [
        a
        for a in org.ancestors(code=progress.unit_code, viewer=actor)
        if a.path.startswith(d.scope_path) and a.code != d.scope_code
    ]
    steps = [Crumb(a.short_name, f"{here}?unit={a.code}") for a in between]
    return (*crumbs, Crumb(d.number, here), *steps, Crumb(progress.unit_name))


def _counts(counts: Mapping[str, int]) -> tuple[tuple[str, int, Tone], ...]:
    return tuple(
        (label, counts.get(state, 0), STATE_TONES[state])
        for state, label in _states().items()
        if counts.get(state) or state in _ALWAYS_COUNTED
    )


def _marks(d: DispatchView) -> tuple[tuple[str, str], ...]:
    lines = (
        (_("谁要"), d.issuer_name),
        (_("发给"), _sent_to(d)),
        (_("依据"), d.basis),
        (_("发出"), words.moment(d.dispatched_at)),
        (_("截止"), words.day(d.due_on)),
        (_("要问"), _("{n} 项，{percent}% 的格子自动带入").format(n=d.n_asked, percent=d.prefilled_percent)),
        (_("记在本部门"), words.hours(d.minutes_hundredths)),
        (_("要求编号"), d.demand),
    )
    return tuple((label, text) for label, text in lines if text)


def _sent_to(d: DispatchView) -> str:
    told = _("{place}的 {units}").format(place=d.scope_name, units=words.units_asked(d.n_units, d.level))
    return with_note(told, _("其中 {n} 个全部已知，无需填报").format(n=d.n_spared)) if d.n_spared else told


def _progress_table(progress: Progress) -> Table:
    """One row per unit below, in the order of codes; the figures include what still waits to be accepted."""
    d = progress.dispatch
    is_last = org.unit_by_code(progress.unit_code).level + 1 == d.level
    rows = [_progress_row(r, progress, is_last) for r in progress.rows]
    if rows:
        figures = _figures(progress.total, progress)
        rows.append(row(_("合计"), *_counted(progress.total), *figures, is_total=True))
    columns = [
        Column(_("单位"), is_sticky=True), Column(_("填报"), "badge"), Column(_("已交"), "number", _("份")),
        Column(_("通过"), "number", _("份")),
        *(Column(c.label, "number", c.measure_unit) for c in progress.columns),
    ]  # fmt: skip
    return table(
        "progress", _("各单位的填报和数据"), columns, rows, is_synthetic=d.is_synthetic, is_filtered=len(rows) > 12,
        source=_("按单位代码排列，不作排名。标“含待审”的数还没有审核，“已报的”是还没有报齐的。"),
        empty=_("没有填报单位。"),
        file_name=f"{d.title}-{d.number}",
    )  # fmt: skip


def _progress_row(r: ProgressRow, progress: Progress, is_last: bool) -> Row:
    """A unit that fills in leads to its filing, one above to the units below it."""
    d = progress.dispatch
    page = reverse("dispatches.page", args=[d.number])
    href = reverse("dispatches.filing", args=[d.number, r.unit_code]) if is_last else f"{page}?unit={r.unit_code}"
    return row(Cell(r.unit_name, href=href if r.counts else ""), *_counted(r, is_last), *_figures(r, progress))


def _counted(r: ProgressRow, is_one: bool = False) -> tuple[Cell, Cell, Cell]:
    """State, handed in, accepted."""
    whole, accepted = sum(r.counts.values()) - r.counts.get("spared", 0), r.counts.get("accepted", 0)
    if is_one and r.counts:
        state = next(iter(r.counts))
        first = Cell(_states()[state], tone=STATE_TONES[state])
    else:
        first = Cell(f"{accepted:,}/{whole:,}", tone="ok" if accepted == whole else "wait")
    return first, number(accepted + r.counts.get("submitted", 0)), number(accepted)


def _states() -> dict[str, str]:
    return {
        "open": _("待填"), "submitted": _("待审"), "returned": _("退回"), "accepted": _("通过"), "refused": _("拒填"),
        "spared": _("无需填报"),
    }  # fmt: skip


def _figures(r: ProgressRow, progress: Progress) -> tuple[Cell, ...]:
    """The figures of a row; a sum that some units have not reported to yet says of how many it is."""
    level, whole = progress.dispatch.level, sum(r.counts.values())
    return tuple(
        _figure(figure, words.units_asked(figure.n_units, level))
        if column.level == level and 0 < figure.n_units < whole
        else _figure(figure)
        for column, figure in zip(progress.columns, r.figures, strict=True)
    )


def _figure(figure: LiveFigure, reported: str = "") -> Cell:
    if figure.value is None:
        return Cell("–", raw="")
    places = -int(figure.value.as_tuple().exponent)
    notes = [_("已报的 {units}").format(units=reported)] if reported else []
    notes += [_("含待审")] if figure.is_pending else []
    return Cell(grouped(figure.value, max(places, 0)), raw=figure.value, note=" · ".join(notes))


def _answers_table(number_: str, unit: str | None, actor: Actor) -> Table:
    """Every unit × every cell."""
    found = queries.filing_table(dispatch=number_, unit=unit, viewer=actor)
    columns = [Column(_("单位代码")), Column(_("单位"), is_sticky=True), Column(_("填报"), "text")]
    columns += [
        Column(f"{c.label} {c.period_label}".strip(), "number" if c.kind == "number" else "text", c.measure_unit)
        for c in found.columns
    ]
    rows = [
        row(r.unit_code, r.unit_name, r.state_label, *(
            Cell("–", raw="") if v is None else Cell(str(v), raw=v) for v in r.values
        ))
        for r in found.rows
    ]  # fmt: skip
    d = found.dispatch
    return table("answers", with_note(d.title, words.period(d.period)), columns, rows, is_synthetic=d.is_synthetic,
                 source=_("编号 {number}；“填报”一栏不是“通过”的数还没有审核").format(number=d.number))  # fmt: skip


def _wanted(request: HttpRequest) -> int:
    """The page of the list that is asked for."""
    asked = request.GET.get("page", "1")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 7 else 1


def _refused_table(number_: str, unit: str | None, actor: Actor, *, page: int, page_size: int) -> Table:
    found = queries.filing_list(
        dispatch=number_, unit=unit, viewer=actor, state="refused", page=page, page_size=page_size
    )
    rows = [
        row(Cell(f.unit_name, href=reverse("dispatches.filing", args=[f.number, f.unit_code])), spoken(f.reason),
            Cell(words.moment(f.submitted_at), raw=f.submitted_at.isoformat() if f.submitted_at else ""))
        for f in found.rows
    ]  # fmt: skip
    return table("refused", _("拒绝填报的单位"), [_("单位"), _("理由"), Column(_("时间"), "date")], rows,
                 source=_("依法拒填受保护，不得追究。"))  # fmt: skip


urlpatterns = [
    path("dispatches/", dispatches, name="dispatches"),
    path("dispatches/<str:number>/", dispatch, name="dispatches.page"),
    path("dispatches/<str:number>/withdrawal/", withdraw, name="dispatches.withdraw"),
    path("dispatches/<str:number>/closing/", close, name="dispatches.close"),
    path("dispatches/<str:number>/filings/<str:unit>/", filing, name="dispatches.filing"),
]
