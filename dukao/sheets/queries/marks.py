"""What a filing says of itself wherever a figure is traced back to it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from dukao.sheets.models import Answer, Filing


@dataclass(frozen=True, slots=True)
class FilingMark:
    """One filing: which sheet, sent with which dispatch, and who submitted and reviewed it when."""

    dispatch: str
    sheet_title: str
    unit_code: str
    unit_name: str
    submitted_by: str
    submitted_at: datetime | None
    reviewed_by: str
    reviewed_at: datetime | None


@dataclass(frozen=True, slots=True)
class AnswerMark:
    """Who answered one cell of a filing, and when; the last time, where it was changed."""

    answered_by: str
    answered_at: datetime


def filing_marks(*, filing_ids: Collection[int]) -> dict[int, FilingMark]:
    """Internal: by filing id."""
    rows = Filing.objects.filter(pk__in=set(filing_ids)).values_list(
        "pk",
        "dispatch__number",
        "dispatch__sheet__title",
        "unit__code",
        "unit__name",
        "submitted_by",
        "submitted_at",
        "reviewed_by",
        "reviewed_at",
    )
    return {pk: FilingMark(*rest) for pk, *rest in rows}  # type: ignore[arg-type]


def answer_marks(
    *, filing_ids: Collection[int], element_ids: Collection[int]
) -> dict[tuple[int, int, int], AnswerMark]:
    """Internal: by (filing id, element id, period key)."""
    rows = Answer.objects.filter(filing_id__in=set(filing_ids), question__element_id__in=set(element_ids)).values_list(
        "filing_id", "question__element_id", "period", "answered_by", "answered_at"
    )
    return {(filing, element, period): AnswerMark(by, at) for filing, element, period, by, at in rows}
