"""The register of all channels, one document of it, and what came to a unit."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from dukao.base.refusals import NotThere
from dukao.gate.models import Document
from dukao.gate.queries.documents.judging import heard, is_lifted, judged, standing_of
from dukao.gate.queries.documents.seeing import received_by, registered, visible
from dukao.gate.rules.documents import Asked, Finding, Standing, asked_in, last_day_in, parts_of
from dukao.law import queries as law
from dukao.org.rules import Actor

_AS_THEY_ARE = (
    "number", "title", "document_number", "channel", "kind", "state", "target_level", "characters", "pages", "made_at",
    "issued_at", "is_synthetic",
)  # fmt: skip
_SHOWN = (
    *_AS_THEY_ARE, "flags", "department__code", "department__name", "scope_unit__name", "demand__due_on",
    "demand__number", "demand__unit_count", "demand__minutes_hundredths_per_unit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document in a list; minutes × 100 of each unit, 0 while it is a draft."""

    number: str
    title: str
    document_number: str
    channel: str
    kind: str
    state: str
    department_code: str
    department_name: str
    scope_name: str
    target_level: int
    characters: int
    pages: int
    n_flags: int
    made_at: datetime
    issued_at: datetime | None
    due_on: date | None
    demand: str
    unit_count: int
    minutes_hundredths_per_unit: int
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class Assessment:
    """一致性评估. What was confirmed (None: not yet), beside what the text itself says; minutes of each unit."""

    minutes: int | None
    forms: int | None
    meetings: int | None
    reports: int | None
    due_on: date | None
    asked: Asked
    due_on_told: date | None
    reading_minutes: int


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document. `findings` are today's while it is a draft, then those of the day it was issued, those that are
    lifted as warnings; who only receives it sees none, nor the excuse. `attached_characters` stand behind the body and
    are not counted."""

    line: DocumentLine
    basis: str
    scope_code: str
    text: str
    attached_characters: int
    superior_number: str
    superior_title: str
    superior_text: str
    similar_to: str
    similarity_percent: int | None
    assessment: Assessment
    findings: tuple[Finding, ...]
    standing: Standing | None
    excuse: str
    allowed_at: datetime | None
    allowed_by: str
    by_name: str
    may_change: bool
    may_allow: bool


def documents(
    *, viewer: Actor, text: str = "", department: str = "", channel: str = "", state: str = "",
    since: date | None = None, until: date | None = None, most: int = 200,
) -> tuple[DocumentLine, ...]:  # fmt: skip
    """The register, newest first. `since` and `until` (exclusive) are days of issue."""
    chosen = registered(viewer)
    if text:
        chosen = chosen.filter(title__contains=text)
    for field, value in (("department__code", department), ("channel", channel), ("state", state)):
        if value:
            chosen = chosen.filter(**{field: value})
    if since:
        chosen = chosen.filter(issued_at__date__gte=since)
    if until:
        chosen = chosen.filter(issued_at__date__lt=until)
    return tuple(_lines(chosen.order_by("-id")[:most]))


def documents_received(*, viewer: Actor, since: date | None = None, most: int = 200) -> tuple[DocumentLine, ...]:
    """What came to the units that the viewer stands for, newest first."""
    chosen = received_by(viewer)
    if since:
        chosen = chosen.filter(issued_at__date__gte=since)
    return tuple(_lines(chosen.order_by("-issued_at", "-id")[:most]))


def document(*, number: str, viewer: Actor, today: date) -> DocumentView:
    """One document, with what the rules say of it. Raises NotThere."""
    chosen = visible(viewer).select_related("superior", "similar_to", "scope_unit")
    found = chosen.filter(number=number).first()
    if found is None:
        raise NotThere()
    (line,) = _lines(Document.objects.filter(pk=found.pk))
    is_insider = registered(viewer).filter(pk=found.pk).exists()
    scope_path = found.scope_unit.path
    is_draft = found.state == Document.State.DRAFT
    issued_on = timezone.localdate(found.issued_at) if found.issued_at else today
    return DocumentView(
        line=line, basis=found.basis, scope_code=found.scope_unit.code, text=found.text,
        attached_characters=len("".join(parts_of(found.text).tail.split())),
        superior_number=found.superior.number if found.superior else "",
        superior_title=found.superior.title if found.superior else found.superior_title,
        superior_text=found.superior_text,
        similar_to=found.similar_to.number if found.similar_to and is_insider else "",
        similarity_percent=found.similarity_hundredths if is_insider else None,
        assessment=_assessment(found, today),
        findings=_findings(found, today) if is_insider else (),
        standing=standing_of(department_id=found.department_id, on=issued_on) if is_insider else None,
        excuse=found.excuse if is_insider else "", allowed_at=found.allowed_at, allowed_by=found.allowed_by,
        by_name=found.by_name,
        may_change=is_draft and viewer.may("DEMANDS_ISSUE", scope_path, department=line.department_code),
        may_allow=is_draft and found.allowed_at is None and bool(found.excuse)
        and viewer.may("PLAN_DECIDE", scope_path),
    )  # fmt: skip


def minutes_per_unit(*, pages: int, minutes: int, on: date) -> int:
    """Internal: what a document costs each unit that gets it, minutes × 100: reading it, and doing what it says."""
    return 100 * (pages * law.rule("BRD-1", on).parameters["minutes_per_page_read"] + minutes)


def _assessment(found: Document, today: date) -> Assessment:
    body, given = parts_of(found.text).body, found.assessment
    return Assessment(
        minutes=given.get("minutes"), forms=given.get("forms"), meetings=given.get("meetings"),
        reports=given.get("reports"), due_on=date.fromisoformat(given["due_on"]) if given.get("due_on") else None,
        asked=asked_in(body), due_on_told=last_day_in(body, today),
        reading_minutes=minutes_per_unit(pages=found.pages, minutes=0, on=today) // 100,
    )  # fmt: skip


def _findings(found: Document, today: date) -> tuple[Finding, ...]:
    """Of what was issued, or lifted, nothing stands in the way any more."""
    is_draft = found.state == Document.State.DRAFT
    return tuple(
        finding if is_draft and not is_lifted(finding, found) else replace(finding, action="warn")
        for finding in (judged(found, today) if is_draft else map(_finding, found.flags))
    )


def _finding(flag: dict[str, Any]) -> Finding:
    worded = {name: heard(flag[name]) for name in ("what", "why", "todo")}
    return Finding(**flag | worded | {"others": tuple(flag["others"])})


def _lines(chosen: QuerySet[Document]) -> Iterable[DocumentLine]:
    rows: Iterable[tuple[Any, ...]] = chosen.values_list(*_SHOWN)
    for row in rows:
        told = dict(zip(_SHOWN, row, strict=True))
        yield DocumentLine(
            **{name: told[name] for name in _AS_THEY_ARE}, n_flags=len(told["flags"]),
            department_code=told["department__code"], department_name=told["department__name"],
            scope_name=told["scope_unit__name"], due_on=told["demand__due_on"], demand=told["demand__number"] or "",
            unit_count=told["demand__unit_count"] or 0,
            minutes_hundredths_per_unit=told["demand__minutes_hundredths_per_unit"] or 0,
        )  # fmt: skip
