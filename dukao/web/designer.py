"""A sheet while it is being designed on a page: what the form carries, and what each of its buttons does to it.

The form carries the whole draft, so that nothing is kept on the server between two clicks and the page works without
JavaScript. Pure: no database, no request.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from dukao.sheets.rules.definitions import SheetDefinition

Item = TypeVar("Item")
LIMIT = 500


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    element: str
    label: str = ""
    note: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class DraftSection:
    title: str = ""
    questions: tuple[DraftQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftCheck:
    name: str = ""
    rule: str = ""
    message: str = ""
    level: str = "error"


@dataclass(frozen=True, slots=True)
class Draft:
    """All as text, as it stands in the form; `notes` one per line."""

    code: str = ""
    title: str = ""
    issuer: str = ""
    legal_type: str = "statistical"
    form_number: str = ""
    issuing_body: str = ""
    approval_number: str = ""
    valid_until: str = ""
    period: str = "quarter"
    frequency: str = "quarterly"
    level: str = "county"
    notes: str = ""
    synthetic: bool = False
    sections: tuple[DraftSection, ...] = field(default=(DraftSection(),))
    checks: tuple[DraftCheck, ...] = ()

    @property
    def element_codes(self) -> tuple[str, ...]:
        return tuple(q.element for s in self.sections for q in s.questions)

    def as_definition(self) -> dict[str, Any]:
        """What `SheetDefinition` checks; sections without a question are left out."""
        return {
            "code": self.code, "title": self.title, "issuer": self.issuer, "period": self.period,
            "frequency": self.frequency, "level": self.level, "synthetic": self.synthetic,
            "legal": {
                "type": self.legal_type, "form_number": self.form_number, "issuing_body": self.issuing_body,
                "approval_number": self.approval_number, "valid_until": self.valid_until or None,
            },
            "sections": [
                {"title": s.title, "questions": [asdict(q) for q in s.questions]} for s in self.sections if s.questions
            ],
            "checks": [asdict(c) for c in self.checks],
            "notes": [line.strip() for line in self.notes.splitlines() if line.strip()],
        }  # fmt: skip


_FIELDS = ("code", "title", "issuer", "legal_type", "form_number", "issuing_body", "approval_number", "valid_until",
           "period", "frequency", "level", "notes")  # fmt: skip


def draft_of(definition: SheetDefinition) -> Draft:
    """The draft that a definition is."""
    legal = definition.legal
    return Draft(
        code=definition.code, title=definition.title, issuer=definition.issuer, legal_type=legal.type,
        form_number=legal.form_number, issuing_body=legal.issuing_body, approval_number=legal.approval_number,
        valid_until=legal.valid_until.isoformat() if legal.valid_until else "", period=definition.period,
        frequency=definition.frequency, level=definition.level, notes="\n".join(definition.notes),
        synthetic=definition.synthetic,
        sections=tuple(
            DraftSection(s.title, tuple(DraftQuestion(q.element, q.label, q.note, q.required) for q in s.questions))
            for s in definition.sections
        ) or (DraftSection(),),
        checks=tuple(DraftCheck(c.name, c.rule, c.message, c.level) for c in definition.checks),
    )  # fmt: skip


def draft_posted(form: Mapping[str, str]) -> Draft:
    """The draft that a posted form carries: sections `s0-title`, their questions `s0-q0-element`, checks `c0-rule`."""
    sections: list[DraftSection] = []
    while f"s{len(sections)}-title" in form and len(sections) < LIMIT:
        prefix = f"s{len(sections)}"
        questions: list[DraftQuestion] = []
        while (element := form.get(f"{prefix}-q{len(questions)}-element")) and len(questions) < LIMIT:
            one = f"{prefix}-q{len(questions)}"
            questions.append(
                DraftQuestion(
                    element, form.get(f"{one}-label", "").strip(), form.get(f"{one}-note", "").strip(),
                    f"{one}-required" in form,
                )
            )  # fmt: skip
        sections.append(DraftSection(form[f"{prefix}-title"].strip(), tuple(questions)))
    checks: list[DraftCheck] = []
    while f"c{len(checks)}-rule" in form and len(checks) < LIMIT:
        one = f"c{len(checks)}"
        checks.append(
            DraftCheck(*(form.get(f"{one}-{name}", "").strip() for name in ("name", "rule", "message", "level")))
        )
    given = {name: form.get(name, "").strip() for name in _FIELDS}
    return Draft(
        **given, synthetic="synthetic" in form, sections=tuple(sections) or (DraftSection(),), checks=tuple(checks)
    )


def changed(draft: Draft, do: str, *, into: int = 0) -> Draft:
    """The draft after one button: `add:ELEMENT`, `section-add`, `question-up:0:3`, `check-remove:1` …

    A button that means nothing (a stale page) changes nothing.
    """
    verb, *rest = do.split(":")
    if verb == "add" and len(rest) == 1:
        return _with_question(draft, rest[0], into)
    if verb == "section-add":
        return replace(draft, sections=(*draft.sections, DraftSection()))
    if verb == "check-add":
        return replace(draft, checks=(*draft.checks, DraftCheck()))
    places = [int(part) for part in rest if part.isdecimal()]
    if len(places) != len(rest) or not places:
        return draft
    noun, _dash, step = verb.partition("-")
    if noun == "section" and len(places) == 1:
        sections = _moved(draft.sections, places[0], step) or (DraftSection(),)
        return replace(draft, sections=sections)
    if noun == "check" and len(places) == 1:
        return replace(draft, checks=_moved(draft.checks, places[0], step))
    if noun == "question" and len(places) == 2 and places[0] < len(draft.sections):
        return _with_moved_question(draft, places[0], places[1], step)
    return draft


def _with_question(draft: Draft, element: str, into: int) -> Draft:
    """The element as last question of the section; once only."""
    if element in draft.element_codes:
        return draft
    into = min(max(into, 0), len(draft.sections) - 1)
    section = draft.sections[into]
    return _with_section(draft, into, (*section.questions, DraftQuestion(element)))


def _with_moved_question(draft: Draft, at: int, place: int, step: str) -> Draft:
    """Up and down cross into the neighbouring section at the ends."""
    questions = draft.sections[at].questions
    if place >= len(questions):
        return draft
    moving = questions[place]
    rest = questions[:place] + questions[place + 1 :]
    if step == "up" and place == 0 and at > 0:
        draft = _with_section(draft, at, rest)
        return _with_section(draft, at - 1, (*draft.sections[at - 1].questions, moving))
    if step == "down" and place == len(questions) - 1 and at + 1 < len(draft.sections):
        draft = _with_section(draft, at, rest)
        return _with_section(draft, at + 1, (moving, *draft.sections[at + 1].questions))
    return _with_section(draft, at, _moved(questions, place, step))


def _with_section(draft: Draft, at: int, questions: tuple[DraftQuestion, ...]) -> Draft:
    sections = list(draft.sections)
    sections[at] = replace(sections[at], questions=questions)
    return replace(draft, sections=tuple(sections))


def _moved(items: tuple[Item, ...], place: int, step: str) -> tuple[Item, ...]:
    """The items with one of them a step up or down, or gone."""
    if place >= len(items):
        return items
    rest, target = [*items[:place], *items[place + 1 :]], {"up": place - 1, "down": place + 1}.get(step)
    if step == "remove":
        return tuple(rest)
    if target is None or not 0 <= target < len(items):
        return items
    rest.insert(target, items[place])
    return tuple(rest)
