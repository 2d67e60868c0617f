"""Filling in a sheet: what is known stands there locked, the rest is saved as it is typed.

Without JavaScript the whole form is one: every button first saves what was typed. With it each cell saves itself, and
the answer carries what else changed: what is left, what does not add up, and whether it can be handed in.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.wording import with_note
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.sheets import actions, queries
from dukao.sheets.queries import CellView, FilingPage
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.filings import screen
from dukao.web.pages.filings.screen import FilingScreen

_TOWN = 4


@dataclass(frozen=True)
class DisputePage:
    """What is asked before a known value is marked as not right."""

    title: str
    crumbs: tuple[Crumb, ...]
    cell: screen.CellLine
    back: str
    reason: str
    error: str


@dataclass(frozen=True, slots=True)
class _Saved:
    """What became of the values in a posted form, by cell key."""

    errors: Mapping[str, str]
    typed: Mapping[str, str]


def _refused_on_its_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What cannot be done is told above the sheet, where one goes on; a part of a page is answered by the doors."""

    @wraps(view)
    def answered(request: HttpRequest, number: str, unit: str, **place: str) -> HttpResponse:
        try:
            return view(request, number, unit, **place)
        except Refused as refused:
            if refused.status != Refused.status or getattr(request, "htmx", False):
                raise
            page = replace(_screen(number, unit, doors.actor_of(request)), refused=refused)
            return doors.render(request, "filings/page.html", page, status=refused.status)

    return answered


@require_http_methods(["GET", "POST"])
@_refused_on_its_page
def filing(request: HttpRequest, number: str, unit: str) -> HttpResponse:
    """The sheet. POST saves all that was typed: the way without JavaScript."""
    actor = doors.actor_of(request)
    if request.method == "GET":
        page = _screen(number, unit, actor, is_export="export" in request.GET)
        return doors.render(request, "filings/page.html", page)
    saved = _save_typed(request, number, unit, actor)
    if saved.errors:
        page = _screen(number, unit, actor, saved)
        return doors.render(request, "filings/page.html", page, status=Invalid.status)
    doors.tell(request, _("已保存"))
    return doors.go(request, _url(number, unit))


@require_http_methods(["GET", "POST"])
@_refused_on_its_page
def submit(request: HttpRequest, number: str, unit: str) -> HttpResponse:
    """Hand the filing in. What stands in the way is listed above the sheet, each with its place.

    That list stands at this address: whoever comes back to it, by the back button or a reload, gets the sheet.
    """
    actor = doors.actor_of(request)
    if request.method == "GET":
        return doors.go(request, _url(number, unit))
    saved = _save_typed(request, number, unit, actor)
    if saved.errors:
        page = _screen(number, unit, actor, saved)
        return doors.render(request, "filings/page.html", page, status=Invalid.status)
    try:
        done = actions.submit_filing(dispatch=number, unit=unit, by=actor, at=doors.now())
    except Invalid as invalid:
        page = _screen(number, unit, actor, left=invalid.errors)
        return doors.render(request, "filings/page.html", page, status=invalid.status)
    if not done.again:
        doors.tell(
            request, _("已交出。带入 {known} 项，填写 {given} 项").format(known=done.n_prefilled, given=done.n_answered)
        )
    return doors.go(request, _url(number, unit))


@require_POST
@_refused_on_its_page
def refuse(request: HttpRequest, number: str, unit: str) -> HttpResponse:
    """Refuse a sheet that lacks its legal marks; on record, and protected."""
    actions.refuse_filing(dispatch=number, unit=unit, by=doors.actor_of(request), at=doors.now())
    doors.tell(request, _("已拒绝填报，理由已记录。这样做不会被追究"))
    return doors.go(request, _url(number, unit))


@require_POST
def answer(request: HttpRequest, number: str, unit: str, element: str, period: str) -> HttpResponse:
    """Save one cell as it is typed; answers what to say beside it, and what else changed."""
    actor, key = doors.actor_of(request), f"{element}:{period}"
    raw = request.POST.get(f"answer:{key}", "")
    try:
        saved = actions.type_answer(
            dispatch=number, unit=unit, element=element, period=_period(period), raw=raw, by=actor, at=doors.now()
        )
    except Invalid as invalid:
        if not getattr(request, "htmx", False):
            raise
        return _said(request, number, unit, key, actor, error=str(invalid), status=invalid.status)
    told = _("已保存") if raw.strip() else _("已清空")
    if saved.wrote_before:
        told = _saved_over(saved.wrote_before)
    return _said(request, number, unit, key, actor, told=told)


@require_POST
@_refused_on_its_page
def confirm(request: HttpRequest, number: str, unit: str, element: str, period: str) -> HttpResponse:
    """“Still right”: one tap."""
    actor = doors.actor_of(request)
    _save_without_script(request, number, unit, actor)
    actions.confirm_answer(
        dispatch=number, unit=unit, element=element, period=_period(period), by=actor, at=doors.now()
    )
    return _cell(request, number, unit, f"{element}:{period}", actor, told=_("已确认"))


@require_http_methods(["GET", "POST"])
def dispute(request: HttpRequest, number: str, unit: str, element: str, period: str) -> HttpResponse:
    """“Not right”: asks what is wrong, in the cell or on a page of its own, and marks it with the reason."""
    actor, key = doors.actor_of(request), f"{element}:{period}"
    reason = request.POST.get(f"reason:{key}")
    if reason is None:
        if request.method == "POST":  # the button without JavaScript
            _save_without_script(request, number, unit, actor)
            return doors.go(request, request.path)
        return doors.render(request, "filings/dispute.html", _dispute_page(number, unit, key, actor))
    try:
        actions.dispute_answer(
            dispatch=number, unit=unit, element=element, period=_period(period), reason=reason, by=actor, at=doors.now()
        )
    except Invalid as invalid:
        page = _dispute_page(number, unit, key, actor, reason, str(invalid))
        response = doors.render(request, "filings/dispute.html", page, status=invalid.status)
        response["HX-Retarget"], response["HX-Reswap"] = f"#ask-{screen.dom_of(key)}", "innerHTML"
        return response
    return _cell(request, number, unit, key, actor, told=_("已记下，会转给提供数据的部门核实"))


@require_POST
@_refused_on_its_page
def clear(request: HttpRequest, number: str, unit: str, element: str, period: str) -> HttpResponse:
    """Take back a confirmation or a “not right”."""
    actor = doors.actor_of(request)
    _save_without_script(request, number, unit, actor)
    actions.clear_answer(dispatch=number, unit=unit, element=element, period=_period(period), by=actor, at=doors.now())
    return _cell(request, number, unit, f"{element}:{period}", actor, told=_("已撤回"))


def _dispute_page(number: str, unit: str, key: str, actor: Actor, reason: str = "", error: str = "") -> DisputePage:
    found = queries.filing(dispatch=number, unit=unit, viewer=actor, today=doors.today())
    if not found.may_fill:
        raise NotThere()
    cell = _line(found, key, actor, "", "")
    back = f"{_url(number, unit)}#{cell.dom}"
    return DisputePage(_("这个数哪里不对"), (Crumb(found.title, back), Crumb(cell.label)), cell, back, reason, error)


def _screen(number: str, unit: str, actor: Actor, saved: _Saved | None = None,
            left: Mapping[str, str] | None = None, is_export: bool = False) -> FilingScreen:  # fmt: skip
    found = queries.filing(dispatch=number, unit=unit, viewer=actor, today=doors.today())
    errors = saved.errors if saved else {}
    sections = screen.sections_of(
        found, viewer_name=actor.name, names=_writers(found, actor), errors=errors, typed=saved.typed if saved else None
    )
    today = doors.today()
    return FilingScreen(
        title=with_note(found.title, words.period(found.period)),
        filing=found,
        sections=sections,
        progress=screen.progress_of(found),
        problems=screen.problems_of(found, {**errors, **(left or {})}),
        due=words.due(found.due_on, today),
        hand_in=_hand_in(found),
        legal_source=law.rule("FRM-1", today).source_text if found.may_refuse else "",
        tables=(screen.table_of(found),) if is_export else (),
        is_synthetic=found.is_synthetic,
        saved_text=_last_saved(found),
        marks=_marks(found),
        n_left=0 if found.may_fill else queries.count_to_fill(viewer=actor),
    )


def _save_typed(request: HttpRequest, number: str, unit: str, actor: Actor) -> _Saved:
    """Save every value that was changed on the posted page; answer what could not be saved.

    What stands there as the page showed it is nobody's word: somebody else may have written since.
    """
    found = queries.filing(dispatch=number, unit=unit, viewer=actor, today=doors.today())
    errors: dict[str, str] = {}
    typed: dict[str, str] = {}
    at = doors.now()
    for _section, _question, cell in screen.cells(found):
        raw = request.POST.get(f"answer:{cell.key}")
        if raw is None or raw.strip() in (cell.code or cell.shown, request.POST.get(f"kept:{cell.key}")):
            continue
        if not raw.strip() and cell.state != "answered":
            continue
        try:
            saved = actions.type_answer(
                dispatch=number, unit=unit, element=cell.element_code, period=_period(cell.period_code), raw=raw,
                by=actor, at=at,
            )  # fmt: skip
        except Invalid as invalid:
            errors[cell.key], typed[cell.key] = str(invalid), raw
        else:
            if saved.wrote_before:
                doors.tell(request, _saved_over(saved.wrote_before))
    return _Saved(errors, typed)


def _saved_over(login: str) -> str:
    return _("已保存。{who} 先填过，现在以您填的为准").format(who=_names([login]).get(login, login))


def _save_without_script(request: HttpRequest, number: str, unit: str, actor: Actor) -> None:
    """A button without JavaScript carries the whole form: nothing typed elsewhere is lost. Raises Invalid."""
    if getattr(request, "htmx", False):
        return
    saved = _save_typed(request, number, unit, actor)
    if saved.errors:
        raise Invalid(_("有 {n} 项没填对").format(n=len(saved.errors)), errors=dict(saved.errors))


def _said(request: HttpRequest, number: str, unit: str, key: str, actor: Actor, *, error: str = "", told: str = "",
          status: int = 200) -> HttpResponse:  # fmt: skip
    """What stands beside a cell's input after a save, with the parts of the page that changed with it."""
    return _changed(request, number, unit, key, actor, "filings/_said.html", error=error, told=told, status=status)


def _cell(request: HttpRequest, number: str, unit: str, key: str, actor: Actor, *, error: str = "", told: str = "",
          status: int = 200) -> HttpResponse:  # fmt: skip
    """The whole cell after a tap, with the parts of the page that changed with it."""
    return _changed(request, number, unit, key, actor, "filings/_cell.html", error=error, told=told, status=status)


def _changed(request: HttpRequest, number: str, unit: str, key: str, actor: Actor, template: str, *, error: str,
             told: str, status: int) -> HttpResponse:  # fmt: skip
    if not getattr(request, "htmx", False):
        if told:
            doors.tell(request, told)
        return doors.go(request, f"{_url(number, unit)}#{screen.dom_of(key)}")
    found = queries.filing(dispatch=number, unit=unit, viewer=actor, today=doors.today())
    line = _line(found, key, actor, error, told)
    context = {
        "cell": line, "filing": found, "progress": screen.progress_of(found), "problems": screen.problems_of(found),
        "hand_in": _hand_in(found), "is_swap": True, "says": screen.says(), "saved_text": _last_saved(found),
    }  # fmt: skip
    html = render_to_string(template, context, request) + render_to_string("filings/_changed.html", context, request)
    return HttpResponse(html, status=status)


def _line(found: FilingPage, key: str, actor: Actor, error: str, told: str) -> screen.CellLine:
    for section in screen.sections_of(found, viewer_name=actor.name, names=_writers(found, actor)):
        for question in section.questions:
            for line in question.cells:
                if line.key == key:
                    return replace(line, error=error, told=told)
    raise NotThere()


def _period(code: str) -> Period:
    try:
        return Period.parse(code)
    except ValueError:
        raise NotThere() from None


def _url(number: str, unit: str) -> str:
    return reverse("desk.filing", args=[number, unit])


def _writers(found: FilingPage, actor: Actor) -> dict[str, str]:
    return _names({cell.answered_by for _s, _q, cell in screen.cells(found)} - {"", actor.name})


def _names(logins: Iterable[str]) -> dict[str, str]:
    """How people are called, by log-in."""
    return org.display_names(names=logins)


def _hand_in(found: FilingPage) -> str:
    """The button says to whom it goes: the unit above, or for a county the department that asks."""
    unit = org.unit_by_code(found.unit_code)
    to = org.unit_by_code(unit.parent_code).short_name if unit.level >= _TOWN else found.issuer_name
    return _("交给{who}审核").format(who=to)


def _last_saved(found: FilingPage) -> str:
    """When somebody last saved something here."""
    given: list[CellView] = [c for _s, _q, c in screen.cells(found) if c.answered_at]
    if not given:
        return ""
    last = max(given, key=lambda c: c.answered_at)  # type: ignore[arg-type,return-value]
    return words.moment(last.answered_at)


def _marks(found: FilingPage) -> tuple[tuple[str, str], ...]:
    lines = (
        (_("谁要"), found.issuer_name),
        (_("依据"), found.basis),
        (_("表号"), found.form_number),
        (_("制定机关"), found.issuing_body),
        (_("批准或备案文号"), found.approval_number),
        (_("有效期限"), words.day(found.valid_until)),
        (_("编号"), found.number),
    )
    return tuple((label, text) for label, text in lines if text)
