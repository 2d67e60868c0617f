"""The compiler's page: before anything is sent, what each question costs, what is known already, what is refused."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop
from django.views.decorators.http import require_GET, require_POST

from dukao.base.periods import Period, PeriodType
from dukao.base.refusals import Invalid, Refused
from dukao.base.wording import with_note
from dukao.gate import queries as gate
from dukao.law.workdays import UnknownYear, workday_after
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.sheets import actions, queries
from dukao.sheets.queries import Compiled, CompiledQuestion, RefusalView, SheetView
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.burden.coming import Coming, coming_of
from dukao.web.tables import Cell, Column, Table, number, row, table
from dukao.web.times import minutes

_PERIODS_OFFERED = 8
# What the page proposes; the rule of the least lead time is the compiler's.
_LEAD_WORKDAYS_PROPOSED = 5
# Each verdict as it stands beside its questions, and how many there are of it below them, in this order.
_VERDICTS = {
    "held": ("known", _noop("免问")), "expected": ("known", _noop("将由部门交付")),
    "elsewhere": ("info", _noop("别处正在问")), "below": ("info", _noop("下级在报")),
    "forbidden": ("stop", _noop("拒绝")), "ask": ("wait", _noop("要问")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One question as the compiler judged it, in words."""

    label: str
    element_code: str
    note: str
    known: str
    percent: int
    is_full: bool
    source: str
    awaited: str
    stale: str
    asked: str
    minutes: str
    verdict: str
    tone: str
    refusal: RefusalView | None
    is_forbidden: bool


@dataclass(frozen=True, slots=True)
class Block:
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class CompilePage:
    title: str
    crumbs: tuple[Crumb, ...]
    sheet: SheetView
    scopes: tuple[tuple[str, str], ...]
    periods: tuple[tuple[str, str], ...]
    scope: str
    period: str
    due_on: str
    is_emergency: bool
    basis: str
    compiled: Compiled | None
    blocks: tuple[Block, ...]
    total: str
    total_note: str
    send_whole: str
    send_rest: str
    what_if: str  # address of what would come of it; empty where nobody would be asked
    ended: tuple[tuple[str, str], ...]  # demands whose place this one may take, where the profile wants one out
    tables: tuple[Table, ...]
    is_synthetic: bool
    refused: Refused | None = None


@dataclass(frozen=True)
class WhatIfPage:
    """What sending the sheet would mean for the units."""

    title: str
    crumbs: tuple[Crumb, ...]
    coming: Coming | None  # None where nobody would be asked
    tables: tuple[Table, ...]
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the page was asked to compile."""

    scope: str
    period: Period
    due_on: date
    is_emergency: bool
    basis: str
    in_place_of: str


@require_GET
def compilation(request: HttpRequest, code: str) -> HttpResponse:
    """Judge the sheet for a scope, a period and a due date; nothing is written."""
    actor = doors.actor_of(request)
    view = _version(code, request.GET.get("version", ""), actor)
    asked = _asked(request.GET, view, actor)
    return doors.render(request, "sheets/compile.html", _page(view, asked, actor))


@require_GET
def what_if(request: HttpRequest, code: str) -> HttpResponse:
    """Before it is sent: what else the same units have that week, and who would be above the middle."""
    actor = doors.actor_of(request)
    view = _version(code, request.GET.get("version", ""), actor)
    asked = _asked(request.GET, view, actor)
    seen = queries.sheet_what_if(
        sheet=code, version=view.version, scope_unit=asked.scope, period=asked.period, due_on=asked.due_on,
        viewer=actor, today=doors.today(), is_emergency=asked.is_emergency,
    )  # fmt: skip
    shown = coming_of(seen) if seen else None
    page = WhatIfPage(
        title=_("发下《{title}》会怎样").format(title=view.title),
        crumbs=(Crumb(_("报表"), reverse("sheets")), Crumb(view.code, reverse("sheets.page", args=[view.code])),
                Crumb(_("试算"), _address("sheets.compile", view, asked)), Crumb(_("发下会怎样"))),
        coming=shown,
        tables=shown.tables if shown else (),
        is_synthetic=view.is_synthetic,
    )  # fmt: skip
    return doors.render(request, "sheets/what_if.html", page)


@doors.form_on("sheets.compile")
@require_POST
def dispatch(request: HttpRequest, code: str) -> HttpResponse:
    """Send the sheet, whole or only what is left. A refusal is shown on the compiler's page, with nothing lost."""
    actor = doors.actor_of(request)
    view = _version(code, request.POST.get("version", ""), actor)
    asked = _asked(request.POST, view, actor)
    try:
        sent = actions.dispatch_sheet(
            sheet=code, version=view.version, scope_unit=asked.scope, period=asked.period, due_on=asked.due_on,
            basis=asked.basis, only_what_is_left=request.POST.get("do") == "rest", is_emergency=asked.is_emergency,
            in_place_of=asked.in_place_of, by=actor, at=doors.now(),
        )  # fmt: skip
    except Refused as refused:
        if refused.status not in (Refused.status, Invalid.status):
            raise
        return doors.render(request, "sheets/compile.html", _page(view, asked, actor, refused), status=refused.status)
    doors.tell(request, _("已发出，编号 {number}").format(number=sent))
    return doors.go(request, reverse("dispatches.page", args=[sent]))


def _version(code: str, wanted: str, actor: Actor) -> SheetView:
    """The version that is asked for, else the newest that is ready, else the newest. Raises NotThere."""
    versions = queries.versions(code=code, viewer=actor)
    if wanted:
        return next((v for v in versions if str(v.version) == wanted), versions[0])
    return next((v for v in versions if v.state == "ready"), versions[0])


def _asked(form, view: SheetView, actor: Actor) -> _Asked:  # type: ignore[no-untyped-def]
    """What the form says; what it does not say is proposed. Raises Invalid."""
    today = doors.today()
    errors = {}
    period, due_on = _periods(view, today)[1], _proposed_due(today)
    if raw := form.get("period", "").strip():
        try:
            period = Period.parse(raw)
        except ValueError:
            errors["period"] = _("“{raw}”不是报告期").format(raw=raw[:20])
    if raw := form.get("due_on", "").strip():
        try:
            due_on = date.fromisoformat(raw)
        except ValueError:
            errors["due_on"] = _("“{raw}”不是日期，应像 2026-10-16").format(raw=raw[:20])
    if errors:
        raise Invalid(_("有 {n} 处没填对").format(n=len(errors)), errors=errors)
    scope = form.get("scope", "").strip() or _home_scope(view, actor)
    return _Asked(scope, period, due_on, form.get("is_emergency") == "yes", form.get("basis", "").strip(),
                  form.get("in_place_of", "").strip()[:32])  # fmt: skip


def _page(view: SheetView, asked: _Asked, actor: Actor, refused: Refused | None = None) -> CompilePage:
    compiled = queries.compile_sheet(
        sheet=view.code, version=view.version, scope_unit=asked.scope, period=asked.period, due_on=asked.due_on,
        viewer=actor, today=doors.today(), is_emergency=asked.is_emergency,
    )  # fmt: skip
    units = words.units_asked(compiled.n_units, view.level)
    n_asked = len(compiled.asked)
    is_ready = view.state == "ready"
    return CompilePage(
        title=_("试算《{title}》").format(title=view.title),
        crumbs=(Crumb(_("报表"), reverse("sheets")), Crumb(view.code, reverse("sheets.page", args=[view.code])),
                Crumb(_("试算"))),
        sheet=view,
        scopes=_scopes(view, asked.scope, actor),
        periods=tuple((p.code, words.period(p)) for p in _with(asked.period, _periods(view, doors.today()))),
        scope=asked.scope,
        period=asked.period.code,
        due_on=asked.due_on.isoformat(),
        is_emergency=asked.is_emergency,
        basis=asked.basis,
        compiled=compiled,
        blocks=_blocks(compiled),
        total=_total(compiled),
        total_note=_total_note(compiled),
        send_whole=_("发给 {units}").format(units=units) if is_ready and compiled.can_dispatch else "",
        send_rest=_("只问剩下的 {n} 项，发给 {units}").format(n=n_asked, units=units)
        if is_ready and compiled.can_trim and not compiled.can_dispatch else "",
        what_if=_address("sheets.what_if", view, asked) if compiled.asked and compiled.n_units else "",
        ended=_ended(view, actor),
        tables=(_table(compiled),),
        is_synthetic=view.is_synthetic,
        refused=refused,
    )  # fmt: skip


def _address(name: str, view: SheetView, asked: _Asked) -> str:
    query = {"version": view.version, "scope": asked.scope, "period": asked.period.code,
             "due_on": asked.due_on.isoformat()} | ({"is_emergency": "yes"} if asked.is_emergency else {})  # fmt: skip
    return f"{reverse(name, args=[view.code])}?{urlencode(query)}"


def _ended(view: SheetView, actor: Actor) -> tuple[tuple[str, str], ...]:
    """Nothing where the profile does not want one out for one in, or the viewer only looks."""
    department = org.department(code=view.issuer_code)
    if not actor.may("DEMANDS_ISSUE", department.unit_path, department=view.issuer_code):
        return ()
    found = gate.replaceable_demands(asker=view.issuer_code, kind="sheet", viewer=actor, today=doors.today())
    return tuple((demand.number, with_note(demand.title, demand.number)) for demand in found)


def _scopes(view: SheetView, chosen: str, actor: Actor) -> tuple[tuple[str, str], ...]:
    """The own subtree and the units one step down: whom the sheet can be sent to, each with how many that is."""
    found: dict[str, str] = {}
    for standing in actor.standings_with("DEMANDS_ISSUE"):
        if standing.department_code == view.issuer_code and standing.unit_level <= view.level:
            found[standing.unit_code] = _scope_label(standing.unit_name, standing.unit_path, view.level)
            for below in org.children(code=standing.unit_code, viewer=actor):
                if below.level <= view.level:
                    found[below.code] = _scope_label(below.name, below.path, view.level)
    if chosen not in found:
        found[chosen] = org.unit(code=chosen, viewer=actor).name
    return tuple(found.items())


def _scope_label(name: str, path: str, level: int) -> str:
    count = org.count_below(path=path, level=level)
    return name if count <= 1 else with_note(name, words.units_asked(count, level))


def _home_scope(view: SheetView, actor: Actor) -> str:
    for standing in actor.standings_with("DEMANDS_ISSUE"):
        if standing.department_code == view.issuer_code:
            return standing.unit_code
    return org.department(code=view.issuer_code).unit_code


def _periods(view: SheetView, today: date) -> tuple[Period, ...]:
    """This period and the ones before, newest first; the last whole one is what is usually asked."""
    kind: PeriodType = view.period_type  # type: ignore[assignment]
    now = Period.of(today, kind)
    return tuple(now.next(-step) for step in range(_PERIODS_OFFERED))


def _with(period: Period, offered: tuple[Period, ...]) -> tuple[Period, ...]:
    return offered if period in offered else (period, *offered)


def _proposed_due(today: date) -> date:
    try:
        return workday_after(today, _LEAD_WORKDAYS_PROPOSED)
    except UnknownYear:
        return today


def _blocks(compiled: Compiled) -> tuple[Block, ...]:
    blocks: dict[str, list[Line]] = {}
    for question in compiled.questions:
        blocks.setdefault(question.section, []).append(_line(question))
    return tuple(Block(title, tuple(lines)) for title, lines in blocks.items())


def _line(q: CompiledQuestion) -> Line:
    known = q.n_fresh + q.n_stale
    tone, verdict = _VERDICTS[q.verdict]
    return Line(
        label=q.label,
        element_code=q.element_code,
        note=_periods_asked(q),
        known=f"{known:,}/{q.n_cells:,}" if known else "0",
        percent=q.known_percent,
        is_full=known == q.n_cells and q.n_cells > 0,
        source=_source(q),
        awaited=_awaited(q),
        stale=f"{q.n_stale:,}",
        asked=f"{q.n_unknown:,}" if q.is_asked else "–",
        minutes=words.minutes_number(q.minutes_hundredths_per_unit) if q.is_asked else "–",
        verdict=_(verdict),
        tone=tone,
        refusal=q.refusal,
        is_forbidden=q.verdict == "forbidden",
    )  # fmt: skip


def _periods_asked(q: CompiledQuestion) -> str:
    """A quarterly sheet asks a monthly element for three months: says which."""
    if len(q.periods) <= 1:
        return ""
    first, last = (words.period(Period.parse(code)) for code in (q.periods[0], q.periods[-1]))
    return _("{n} 期：{first} 至 {last}").format(n=len(q.periods), first=first, last=last)


def _source(q: CompiledQuestion) -> str:
    """Whose delivery, how old: `税务局 10月8日`."""
    if not q.sources:
        return "–"
    newest = q.sources[0]
    more = _(" 等 {n} 处").format(n=len(q.sources)) if len(q.sources) > 1 else ""
    return f"{newest.provider_name} {words.day(newest.landed_at)}{more}"


def _awaited(q: CompiledQuestion) -> str:
    """Whose delivery is to bring what is missing, and whether it is late."""
    if q.awaited is None or q.verdict not in ("ask", "expected"):
        return ""
    provider, until = q.awaited.provider_name, words.day(q.awaited.until)
    if q.awaited.is_late:
        return _("{provider}应在 {until} 前交付，已逾期").format(provider=provider, until=until)
    return _("{provider}将在 {until} 前交付").format(provider=provider, until=until)


def _total(c: Compiled) -> str:
    """The questions by verdict, in the words that stand beside them, and what those that are asked cost."""
    counts = Counter(q.verdict for q in c.questions)
    told = (
        _("{n} 项{verdict}").format(n=counts[code], verdict=_(said))
        for code, (_tone, said) in _VERDICTS.items() if counts[code]
    )  # fmt: skip
    return _("合计 {n} 项：{verdicts} · 共 {hours}（由{asker}承担）").format(
        n=len(c.questions), verdicts=" · ".join(told), hours=words.hours(c.minutes_hundredths),
        asker=c.sheet.issuer_name,
    )  # fmt: skip


def _total_note(c: Compiled) -> str:
    free = _("{percent}% 的格子不用基层动手").format(percent=c.prefilled_percent)
    if not c.asked:
        return free
    most = _("每个单位最多 {minutes}").format(minutes=words.minutes(c.minutes_hundredths_per_unit))
    return f"{free} · {most}"


def _table(c: Compiled) -> Table:
    """The same as a file."""
    rows = [
        row(
            q.position, q.label, number(q.n_fresh + q.n_stale), number(q.n_cells),
            Cell(_source(q), note=_awaited(q)), number(q.n_stale),
            number(q.n_unknown if q.is_asked else 0),
            minutes(q.minutes_hundredths_per_unit),
            _line(q).verdict, q.refusal.why if q.refusal else "", q.refusal.source if q.refusal else "",
        )
        for q in c.questions
    ]  # fmt: skip
    columns = [
        Column(_("序号"), "number"), Column(_("问题")), Column(_("已掌握"), "number", _("格")),
        Column(_("全部"), "number", _("格")), Column(_("来源")), Column(_("陈旧"), "number", _("格")),
        Column(_("要问"), "number", _("格")), Column(_("每单位"), "number", _("分钟")), Column(_("结论")),
        Column(_("理由")), Column(_("依据")),
    ]  # fmt: skip
    caption = _("试算：{title}（{period}，{scope}）").format(
        title=c.sheet.title, period=words.period(c.period), scope=c.scope_name
    )
    return table("compiled", caption, columns, rows, source=_total(c), is_synthetic=c.sheet.is_synthetic)
