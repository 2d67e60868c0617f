"""Reviewing: what was handed in, one filing at a time, with what changed said in words; accept it or give it back."""

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.refusals import Invalid, Refused
from dukao.base.wording import with_note
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.sheets import actions, queries
from dukao.sheets.queries import CellView, FilingPage, FilingRow
from dukao.sheets.queries.filings import QuestionView
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.figures import format_percent
from dukao.web.pages.filings import screen
from dukao.web.tables import Cell, Column, Table, Tone, row, table
from dukao.web.waiting import Waiting, tasks_and_orders

# A figure that moved by this much against last year is worth a second look. Basis: none (own convention).
_LOOK_TWICE_PERCENT = 50


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One cell for the reviewer: the value, the one before and last year's, and the difference in words."""

    label: str
    value: str
    is_number: bool
    unit: str
    last_year: str
    previous: str
    difference: str
    is_striking: bool
    how: str
    tone: Tone
    source: str
    disputed_reason: str


@dataclass(frozen=True, slots=True)
class ReviewSection:
    title: str
    lines: tuple[ReviewLine, ...]


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """A filing that waits, as it stands on a phone."""

    href: str
    unit_name: str
    title: str
    asker: str
    submitted: str
    due: words.Due


@dataclass(frozen=True)
class ReviewPage:
    title: str
    cards: tuple[ReviewCard, ...]
    tables: tuple[Table, ...]
    n: int
    waiting: tuple[Waiting, ...]
    is_synthetic: bool = False


@dataclass(frozen=True)
class ReviewedPage:
    """A filing under review. `striking` are the lines worth a second look, told above all others."""

    title: str
    crumbs: tuple[Crumb, ...]
    filing: FilingPage
    state: tuple[Tone, str]
    by: str
    given: tuple[ReviewSection, ...]
    known: tuple[ReviewSection, ...]
    striking: tuple[ReviewLine, ...]
    problems: tuple[screen.Problem, ...]
    accept_href: str
    return_href: str
    left: str
    tables: tuple[Table, ...]
    is_synthetic: bool
    reason: str = ""
    error: str = ""
    refused: Refused | None = None


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """What waits to be reviewed, by due date."""
    actor = doors.actor_of(request)
    actor.require_anywhere("FILINGS_REVIEW")
    found = queries.desk(viewer=actor, today=doors.today()).to_review
    n = len(found)
    title = _("待审 {n} 份").format(n=n) if n else _("没有待审的报表")
    spared = _spared(queries.filings_spared(viewer=actor))
    waiting = tasks_and_orders(actor, doors.today())
    page = ReviewPage(title, tuple(map(_card, found)), (_list(found), spared), n, waiting)
    return doors.render(request, "review/list.html", page)


@require_GET
def filing(request: HttpRequest, number: str, unit: str) -> HttpResponse:
    page = page_of(number, unit, doors.actor_of(request), crumbs=_crumbs(number))
    return doors.render(request, "review/page.html", page)


@require_POST
def accept(request: HttpRequest, number: str, unit: str) -> HttpResponse:
    """Accept, and go on to the next one."""
    actor = doors.actor_of(request)
    try:
        done = actions.accept_filing(dispatch=number, unit=unit, by=actor, at=doors.now())
    except Refused as refused:
        return _refused(request, number, unit, refused)
    if not done.again:
        doors.tell(request, _("已通过，{n} 个数入库").format(n=done.n_facts))
    if done.overtaken:
        doors.tell(request, _("有更新的来源，沿用新数：{codes}").format(codes="、".join(done.overtaken)))
    return doors.go(request, _next(actor))


@require_POST
def give_back(request: HttpRequest, number: str, unit: str) -> HttpResponse:
    """Give it back with the reason, and go on to the next one."""
    actor = doors.actor_of(request)
    reason = request.POST.get("reason", "")
    try:
        actions.return_filing(dispatch=number, unit=unit, reason=reason, by=actor, at=doors.now())
    except Refused as refused:
        return _refused(request, number, unit, refused, reason)
    doors.tell(request, _("已退回，填报人会看到原因"))
    return doors.go(request, _next(actor))


def _refused(request: HttpRequest, number: str, unit: str, refused: Refused, reason: str = "") -> HttpResponse:
    """What cannot be done is told on the filing's page, with what was typed; other answers are the doors'."""
    if refused.status not in (Refused.status, Invalid.status):
        raise refused
    page = page_of(number, unit, doors.actor_of(request), crumbs=_crumbs(number))
    told = {"error": str(refused)} if isinstance(refused, Invalid) else {"refused": refused}
    return doors.render(request, "review/page.html", replace(page, reason=reason, **told), status=refused.status)


def _crumbs(number: str) -> tuple[Crumb, ...]:
    return (Crumb(_("待审"), reverse("review")), Crumb(number))


def _next(actor: Actor) -> str:
    """The next filing that waits, else the list."""
    for waiting in queries.desk(viewer=actor, today=doors.today()).to_review:
        return reverse("review.page", args=[waiting.number, waiting.unit_code])
    return reverse("review")


def _card(f: FilingRow) -> ReviewCard:
    return ReviewCard(
        href=reverse("review.page", args=[f.number, f.unit_code]), unit_name=f.unit_name,
        title=with_note(f.title, words.period(f.period)), asker=f.issuer_name,
        submitted=_("{when} 交来").format(when=words.moment(f.submitted_at)), due=words.due(f.due_on, doors.today()),
    )  # fmt: skip


def _list(found: tuple[FilingRow, ...]) -> Table:
    today = doors.today()
    rows = []
    for f in found:
        due = words.due(f.due_on, today)
        rows.append(
            row(
                Cell(f.unit_name, href=reverse("review.page", args=[f.number, f.unit_code])),
                Cell(f.title, note=f.number),
                words.period(f.period),
                f.issuer_name,
                Cell(words.moment(f.submitted_at), raw=f.submitted_at.isoformat() if f.submitted_at else ""),
                Cell(due.text, raw=f.due_on.isoformat(), tone=due.tone),  # type: ignore[arg-type]
            )
        )
    columns = [
        Column(_("单位"), is_sticky=True), Column(_("报表")), Column(_("报告期")), Column(_("谁要")),
        Column(_("交来"), "date"), Column(_("截止"), "date"),
    ]  # fmt: skip
    return table("review", _("交来的报表"), columns, rows, is_filtered=len(rows) > 10,
                 empty=_("没有待审的。有单位交来时会列在这里。"))  # fmt: skip


def _spared(found: tuple[FilingRow, ...]) -> Table:
    rows = [
        row(
            Cell(f.unit_name, href=reverse("review.page", args=[f.number, f.unit_code])), Cell(f.title, note=f.number),
            words.period(f.period), f.issuer_name,
        )
        for f in found
    ]  # fmt: skip
    columns = [Column(_("单位"), is_sticky=True), Column(_("报表")), Column(_("报告期")), Column(_("谁要"))]
    return table("spared", _("全部已知，无需填报（{n} 份）").format(n=len(rows)), columns, rows)


def page_of(number: str, unit: str, actor: Actor, *, crumbs: tuple[Crumb, ...]) -> ReviewedPage:
    """One filing as its readers see it; with the buttons where the viewer reviews it. Raises NotThere."""
    found = queries.filing(dispatch=number, unit=unit, viewer=actor, today=doors.today())
    given, known, striking = _lines(found)
    names = org.display_names(names={found.submitted_by, found.reviewed_by} - {""})
    may = found.may_review
    waiting = len(queries.desk(viewer=actor, today=doors.today()).to_review) if may else 0
    return ReviewedPage(
        title=f"{found.unit_name} · {found.title}",
        crumbs=crumbs,
        filing=found,
        state=_state(found),
        by=_by(found, names),
        given=given,
        known=known,
        striking=striking,
        problems=screen.problems_of(found),
        accept_href=reverse("review.accept", args=[number, unit]) if may else "",
        return_href=reverse("review.return", args=[number, unit]) if may else "",
        left=_("还有 {n} 份待审").format(n=waiting - 1) if waiting > 1 else "",
        tables=(screen.table_of(found),),
        is_synthetic=found.is_synthetic,
    )  # fmt: skip


def _state(found: FilingPage) -> tuple[Tone, str]:
    tones: dict[str, Tone] = {
        "open": "wait",
        "submitted": "info",
        "returned": "warn",
        "accepted": "ok",
        "refused": "stop",
        "spared": "known",
    }
    return tones[found.state], found.state_label


def _by(found: FilingPage, names: dict[str, str]) -> str:
    told = []
    if found.submitted_by:
        who = names.get(found.submitted_by, found.submitted_by)
        told.append(_("{who} {when} 交来").format(who=who, when=words.moment(found.submitted_at)))
    if found.reviewed_by:
        who = names.get(found.reviewed_by, found.reviewed_by)
        told.append(_("{who} {when} 审核").format(who=who, when=words.moment(found.reviewed_at)))
    return " · ".join(told)


def _lines(
    found: FilingPage,
) -> tuple[tuple[ReviewSection, ...], tuple[ReviewSection, ...], tuple[ReviewLine, ...]]:
    """What people gave (to be looked at), what was filled in for them, and the lines worth a second look."""
    given: dict[str, list[ReviewLine]] = {}
    known: dict[str, list[ReviewLine]] = {}
    striking = []
    for section, question, cell in screen.cells(found):
        line = _line(question, cell)
        (given if cell.state in ("answered", "asked", "disputed") else known).setdefault(section, []).append(line)
        if line.is_striking or line.disputed_reason:
            striking.append(line)
    return _sections(given), _sections(known), tuple(striking)


def _sections(lines: dict[str, list[ReviewLine]]) -> tuple[ReviewSection, ...]:
    return tuple(ReviewSection(title, tuple(of_title)) for title, of_title in lines.items())


def _line(question: QuestionView, cell: CellView) -> ReviewLine:
    difference, is_striking = difference_in_words(cell.shown, cell.last_year, question)
    tone: Tone = {"answered": "ok", "disputed": "warn", "asked": "wait"}.get(cell.state, "known")  # type: ignore[assignment]
    return ReviewLine(
        label=screen.cell_label(question, cell),
        value=screen.figure(cell.shown, question) or "–",
        is_number=question.kind == "number",
        unit=question.measure_unit,
        last_year=screen.figure(cell.last_year, question),
        previous=screen.figure(cell.previous, question),
        difference=difference,
        is_striking=is_striking,
        how=screen.state_word(cell),
        tone=tone,
        source=cell.source.text if cell.source else "",
        disputed_reason=cell.disputed_reason,
    )


def difference_in_words(shown: str, last_year: str, question: QuestionView) -> tuple[str, bool]:
    """`比去年同期多 3（+150.0%）`, and whether that is worth a second look."""
    if question.kind != "number":
        return "", False
    try:
        now, then = Decimal(shown), Decimal(last_year)
    except InvalidOperation:
        return "", False
    if now == then:
        return _("与去年同期相同"), False
    moved = screen.figure(str(abs(now - then)), question)
    text = (_("比去年同期多 {n}") if now > then else _("比去年同期少 {n}")).format(n=moved)
    if not then:
        return text, True
    percent = (now - then) * 100 / abs(then)
    return with_note(text, format_percent(percent, signed=True)), abs(percent) >= _LOOK_TWICE_PERCENT
