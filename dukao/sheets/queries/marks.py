"""What a filing says of itself wherever a figure is traced back to it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from dukao.org.rules import Actor
from dukao.sheets.models import Answer, Filing
from dukao.sheets.rules.rights import may_review, may_see_filing

# How the filing is there for somebody: to fill in, to review, to read, or not at all.
Access = Literal["fill", "review", "read", ""]


@dataclass(frozen=True, slots=True)
class FilingMark:
    """One filing: its sheet and dispatch, who submitted and reviewed it when, and what the viewer may do with it."""

    dispatch: str
    sheet_title: str
    unit_code: str
    unit_name: str
    submitted_by: str
    submitted_at: datetime | None
    reviewed_by: str
    reviewed_at: datetime | None
    access: Access


@dataclass(frozen=True, slots=True)
class AnswerMark:
    """Who answered one cell of a filing, and when; the last time, where it was changed."""

    answered_by: str
    answered_at: datetime


def filing_marks(*, filing_ids: Collection[int], viewer: Actor) -> dict[int, FilingMark]:
    """By filing id, for somebody who may see the figures that came of them."""
    rows: Iterable[Any] = Filing.objects.filter(pk__in=set(filing_ids)).values_list(
        "pk",
        "dispatch__number",
        "dispatch__sheet__title",
        "unit__code",
        "unit__name",
        "submitted_by",
        "submitted_at",
        "reviewed_by",
        "reviewed_at",
        "unit__path",
        "dispatch__sheet__issuer__code",
        "dispatch__sheet__issuer__unit__path",
    )
    return {
        pk: FilingMark(number, title, code, name, by, at, reviewer, reviewed_at, _access(viewer, *place))
        for pk, number, title, code, name, by, at, reviewer, reviewed_at, *place in rows
    }


def _access(viewer: Actor, unit_path: str, issuer: str, issuer_path: str) -> Access:
    if viewer.may("FILINGS_FILL", unit_path):
        return "fill"
    if may_review(viewer, unit_path=unit_path, issuer=issuer):
        return "review"
    return "read" if may_see_filing(viewer, unit_path=unit_path, issuer=issuer, issuer_path=issuer_path) else ""


def answer_marks(
    *, filing_ids: Collection[int], element_ids: Collection[int]
) -> dict[tuple[int, int, int], AnswerMark]:
    """Internal: by (filing id, element id, period key)."""
    rows = Answer.objects.filter(filing_id__in=set(filing_ids), question__element_id__in=set(element_ids)).values_list(
        "filing_id", "question__element_id", "period", "answered_by", "answered_at"
    )
    return {(filing, element, period): AnswerMark(by, at) for filing, element, period, by, at in rows}
