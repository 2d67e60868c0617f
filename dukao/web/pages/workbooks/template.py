"""From an understood form to a sheet's draft. Pure: no database, no request."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from dukao.sheets.rules.checks import BadCheck, parse
from dukao.web.designer import Draft, DraftCheck, DraftQuestion, DraftSection
from dukao.web.pages.workbooks.meanings import Taken
from dukao.workbooks.grid import cell_place, column_name
from dukao.workbooks.matching import Candidate, Matcher, Span, label
from dukao.workbooks.planning import asked_by, is_optional, is_own_total
from dukao.workbooks.shelf import key_columns
from dukao.workbooks.tables import Layout, Rule, Table, Understood

_NAMED = re.compile(r"\[([A-Z]*)(\d*)\]")
_RUN = re.compile(r"sum\(\[([A-Z]*)(\d*)\]:\[([A-Z]*)(\d*)\]\)")
_RUN_MOST = 60


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Something the form asks that no element is sure to mean."""

    label: str
    where: str
    words: str
    offered: tuple[Candidate, ...]
    is_other_period: bool  # last year's, say: the element is known, and the sheet of then asked it


@dataclass(frozen=True, slots=True)
class Unruly:
    """A printed rule that does not become a cross-check."""

    text: str
    why: Literal["unread", "unmatched", "unsaid"]


@dataclass(frozen=True)
class Template:
    draft: Draft
    unmatched: tuple[Unmatched, ...]
    unruly: tuple[Unruly, ...]
    meant: tuple[Taken, ...]


@dataclass
class _Making:
    """A draft in the making: each element stands in it once."""

    matcher: Matcher
    taken: set[str] = field(default_factory=set)
    unmatched: dict[str, Unmatched] = field(default_factory=dict)
    checks: list[DraftCheck] = field(default_factory=list)
    unruly: list[Unruly] = field(default_factory=list)
    meant: list[Taken] = field(default_factory=list)


def template_of(form: Understood, matcher: Matcher) -> Template:
    """The draft that the form's visible tables make, with what could not be taken over."""
    making, sections, notes = _Making(matcher), list[DraftSection](), list[str]()
    tables = [(sheet.name, table) for sheet in form.sheets if not sheet.is_hidden for table in sheet.tables
              if table.layout is not Layout.LOOKUP]  # fmt: skip
    for name, table in tables:
        meant = _meanings(name, table, making)
        questions = tuple(_questions(meant, table, making))
        if questions:
            sections.append(DraftSection((table.title or name)[:80], questions))
        notes += [note[:500] for note in table.notes]
        _take_rules(table, {place: code for place, code, _own in meant}, making)
    title = next((table.title for _name, table in tables if table.title), "")
    draft = Draft(title=title[:120], sections=tuple(sections) or (DraftSection(),), checks=tuple(making.checks[:200]),
                  notes="\n".join(dict.fromkeys(" ".join(note.split()) for note in notes[:50])))  # fmt: skip
    return Template(draft, tuple(making.unmatched.values()), tuple(making.unruly), tuple(making.meant))


def _meanings(name: str, table: Table, making: _Making) -> list[tuple[tuple[int, int], str, str]]:
    """Place of each slot → the element it is sure to ask, and what the form calls it; others are noted."""
    keys = {column.index for column in key_columns(table)} if table.layout is not Layout.PAIRS else set()
    is_by_item = not keys and table.layout is Layout.GRID  # and not by village or year
    found = []
    for slot in table.slots:
        if slot.column in keys or is_optional(slot) or is_own_total(table, slot):
            continue
        asked = asked_by(table, slot)
        sure, path = making.matcher.sure(asked), (*asked.row_path, *asked.path)
        if sure is not None and asked.words:
            making.meant.append(((asked.words, asked.signature), sure.term.key, sure.reason))
        if sure is not None and sure.span is Span.NOW:
            own = _called(asked.row_path if is_by_item else (), asked.path) or _called(asked.row_path)
            found.append(((slot.row, slot.column), sure.term.key, own or sure.term.title))
            continue
        key = (asked.words if sure is None else asked.signature) or f"{name}!{slot.cell}"
        if key not in making.unmatched:
            offered = making.matcher.candidates(asked, 5) if asked.words else ()
            making.unmatched[key] = Unmatched(
                " › ".join(path) or slot.cell, f"{name}!{slot.cell}", asked.words, offered, sure is not None
            )
    return found


def _called(*paths: tuple[str, ...]) -> str:
    """The last telling part of each: `农村低保 户数（户）`; generic ones such as 本期数 tell nothing."""
    telling = (next((part for part in reversed(path) if not label(part).is_generic), "") for path in paths)
    return " ".join(filter(None, telling))


def _questions(meant: list[tuple[tuple[int, int], str, str]], table: Table, making: _Making) -> Iterator[DraftQuestion]:
    for _place, code, own in meant:
        if code not in making.taken:
            making.taken.add(code)
            yield DraftQuestion(code, "" if own == making.matcher.terms[code].title else own[:160])


def _take_rules(table: Table, meant: Mapping[tuple[int, int], str], making: _Making) -> None:
    """Printed and implied rules as checks over elements, where all that they speak of is matched."""
    known = {check.rule for check in making.checks}
    for rule in table.rules:
        text = rule.text or rule.expression
        if not rule.expression:
            making.unruly.append(Unruly(text, "unread"))
            continue
        written = _as_check(rule, meant)
        if written is None:
            making.unruly.append(Unruly(text, "unmatched"))
        elif not _is_check(written):
            making.unruly.append(Unruly(text, "unsaid"))
        elif written not in known:
            known.add(written)
            # What only words imply is told, and stands in nobody's way.
            level = "error" if rule.confidence >= 0.9 else "warning"
            making.checks.append(DraftCheck(text[:80], written, text[:200], level))


def _as_check(rule: Rule, meant: Mapping[tuple[int, int], str]) -> str | None:
    """The expression with elements for columns, rows and cells; None where one of them is not matched."""

    def code_of(letters: str, digits: str) -> str:
        column = cell_place(letters + "1")[1] if letters else None
        row = int(digits) - 1 if digits else None
        codes = {code for (r, c), code in meant.items() if row in (None, r) and column in (None, c)}
        if len(codes) != 1:
            raise LookupError
        return codes.pop()

    def run(match: re.Match[str]) -> str:
        first, first_row, last, last_row = match.groups()
        if first_row and last_row and not first:
            names = [("", str(n)) for n in range(int(first_row), int(last_row) + 1)]
        elif first and last and not first_row:
            span = range(cell_place(first + "1")[1], cell_place(last + "1")[1] + 1)
            names = [(column_name(c), "") for c in span]
        else:
            raise LookupError
        if len(names) > _RUN_MOST:
            raise LookupError
        return "(" + " + ".join(code_of(*name) for name in names) + ")"

    try:
        return _NAMED.sub(lambda match: code_of(*match.groups()), _RUN.sub(run, rule.expression))
    except LookupError:
        return None


def _is_check(text: str) -> bool:
    try:
        parse(text)
    except BadCheck:
        return False
    return True
