"""A form becomes a sheet: its tables the sections, what they ask the questions, its printed rules the cross-checks.

The draft goes on into the designer; nothing is kept here but what a person says that words mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from dukao.base.periods import Period
from dukao.org.rules import Actor
from dukao.registers import queries as registers
from dukao.registers.queries import ElementView
from dukao.sheets import queries
from dukao.sheets.queries import PlatformShelf
from dukao.web import doors, words
from dukao.web.designer import Draft
from dukao.web.doors import Crumb
from dukao.web.pages.workbooks.files import Opened, opened, waiting
from dukao.web.pages.workbooks.filling import printed_period
from dukao.web.pages.workbooks.marks import printed_marks
from dukao.web.pages.workbooks.meanings import (
    MEANT_MOST,
    Chooser,
    MeantLine,
    Offer,
    change,
    chooser,
    labels_of,
    meant,
    offers,
)
from dukao.web.pages.workbooks.template import Template, Unmatched, template_of
from dukao.workbooks.matching import Matcher

_MARKS = {
    "form_number": _l("表号"), "issuing_body": _l("制定机关"), "approval_number": _l("批准或备案文号"),
    "valid_until": _l("有效期限"),
}  # fmt: skip
_FREQUENCY = {"year": "yearly", "quarter": "quarterly", "month": "monthly", "day": "daily"}


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    questions: tuple[tuple[str, str], ...]  # what the form calls it, the element's title


@dataclass(frozen=True, slots=True)
class UnmatchedLine:
    label: str
    where: str
    offers: tuple[Offer, ...]
    words: str


@dataclass(frozen=True)
class DraftPage:
    title: str
    crumbs: tuple[Crumb, ...]
    ticket: str
    n_questions: int
    sections: tuple[Section, ...]
    unmatched: tuple[UnmatchedLine, ...]
    spared: tuple[UnmatchedLine, ...]  # of another period: known from then
    checks: tuple[tuple[str, str], ...]  # as printed, as a rule over elements
    unruly: tuple[tuple[str, str], ...]  # rules that are not taken over: as printed, why
    marks: tuple[tuple[str, str], ...]  # printed on the form, of what the law asks
    fields: tuple[tuple[str, str], ...]  # the draft as the designer's form carries it
    meant: tuple[MeantLine, ...] = ()
    told: str = ""
    choosing: Chooser | None = None


@doors.form_on("workbooks")
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """What of the form would stand in the sheet, and what would not; a meaning can be confirmed on the way."""
    actor = doors.actor_of(request)
    actor.require_anywhere("SHEETS_DESIGN")
    given = opened(waiting(request.POST.get("ticket", ""), actor))
    place = actor.standings_with("SHEETS_DESIGN")[0]
    told = change(request.POST, place, actor)
    shelf = queries.known_shelf(viewer=actor, today=doors.today())
    said = queries.meanings(viewer=actor, unit=place.unit_code)
    own = queries.meanings(viewer=actor, unit=place.unit_code, with_above=False)
    found = template_of(given.understood, Matcher(shelf.terms, said.chosen, said.never))
    named = replace(found.draft, title=found.draft.title or Path(given.file.name).stem[:120])
    whole = _completed(named, actor, printed_period(given))
    page = _page(given, found, whole, shelf)
    lines = meant(given.understood, found.meant, shelf.elements, said, own)
    choosing = chooser(request.POST, labels_of(given.understood), shelf)
    page = replace(page, told=told, choosing=choosing, meant=tuple(islice(lines, MEANT_MOST)))
    return doors.render(request, "workbooks/draft.html", page)


def _completed(draft: Draft, actor: Actor, period: Period | None) -> Draft:
    """The draft with whose it is, how often it is asked, and by whom it is filled in."""
    place = actor.standings_with("SHEETS_DESIGN")[0]
    elements = registers.elements_by_code(draft.element_codes)
    level = min((e.level for e in elements.values()), default=5)  # what is kept below it adds up
    kind = period.type if period else "quarter"
    return replace(
        draft, issuer=place.department_code, issuing_body=place.department_name, period=kind,
        frequency=_FREQUENCY[kind], level=words.LEVEL_NAMES[level],
    )  # fmt: skip


def _page(given: Opened, found: Template, draft: Draft, shelf: PlatformShelf) -> DraftPage:
    elements, marks = registers.elements_by_code(draft.element_codes), printed_marks(given.workbook)
    sections = tuple(
        Section(
            section.title,
            tuple((q.label or words.title_of(elements[q.element]), words.title_of(elements[q.element]))
                  for q in section.questions),
        )
        for section in draft.sections if section.questions
    )  # fmt: skip
    return DraftPage(
        title=_("做成报表：{title}").format(title=draft.title),
        crumbs=(Crumb(_("表格助手"), reverse("workbooks")), Crumb(_("做成报表"))),
        ticket=given.file.ticket,
        n_questions=len(draft.element_codes),
        sections=sections,
        unmatched=tuple(_unmatched(one, shelf.elements) for one in found.unmatched if not one.is_other_period),
        spared=tuple(_unmatched(one, shelf.elements) for one in found.unmatched if one.is_other_period),
        checks=tuple((check.message, check.rule) for check in draft.checks),
        unruly=tuple((rule.text, _WHY[rule.why]()) for rule in found.unruly),
        marks=tuple((str(title), marks[name]) for name, title in _MARKS.items() if name in marks),
        fields=tuple(_fields(replace(draft, **marks))),
    )


_WHY = {
    "unread": lambda: _("没有看懂，请在设计时补上"),
    "unmatched": lambda: _("其中有还没有对上数据元的格"),
    "unsaid": lambda: _("这种算法不能写成校验，请改写"),
}


def _unmatched(one: Unmatched, elements: Mapping[str, ElementView]) -> UnmatchedLine:
    return UnmatchedLine(one.label, one.where, offers(one.offered, one.words, elements), one.words)


def _fields(draft: Draft):  # type: ignore[no-untyped-def]
    """Name and value of every field of the designer's form, as `designer.draft_posted` reads them."""
    for name in ("code", "title", "issuer", "legal_type", "form_number", "issuing_body", "approval_number",
                 "valid_until", "period", "frequency", "level", "notes"):  # fmt: skip
        yield name, getattr(draft, name)
    for s, section in enumerate(draft.sections):
        yield f"s{s}-title", section.title
        for q, question in enumerate(section.questions):
            where = f"s{s}-q{q}"
            yield from ((f"{where}-element", question.element), (f"{where}-label", question.label),
                        (f"{where}-note", question.note))  # fmt: skip
            if question.required:
                yield f"{where}-required", "yes"
    for c, check in enumerate(draft.checks):
        for name in ("name", "rule", "message", "level"):
            yield f"c{c}-{name}", getattr(check, name)
