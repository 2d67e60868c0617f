"""Appeals against lines: of the own scores, and for the office all that wait for a decision."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from dukao.base.refusals import NotThere
from dukao.org.rules import Actor
from dukao.scores.models import Appeal


@dataclass(frozen=True, slots=True)
class AppealView:
    """`value`, `corrected`: exact texts, in the measure of `card_line`, the line as it stands in the score's file.

    `may_decide`: the viewer's office decides, and nobody in it owns the line or made the appeal.
    """

    number: str
    card: str
    card_title: str
    scored: str
    scored_name: str
    line: str
    line_title: str
    card_line: dict[str, Any]
    value: str | None
    version: int
    reason: str
    evidence: str
    state: str
    due_on: date
    made_at: datetime
    decision: str
    corrected: str
    decided_at: datetime | None
    may_decide: bool
    is_synthetic: bool


def appeals(*, viewer: Actor, card: str = "", scored: str = "") -> tuple[AppealView, ...]:
    """Appeals that the viewer made for the own unit, or whose card the viewer's office set; newest first."""
    rows = _rows()
    if card:
        rows = rows.filter(score__card__code=card)
    views = [_view(row, viewer) for row in rows if _sees(row, viewer)]
    return tuple(view for view in views if scored in ("", view.scored))


def appeal(*, number: str, viewer: Actor) -> AppealView:
    """One appeal. Raises NotThere."""
    row = _rows().filter(number=number).first()
    if row is None or not _sees(row, viewer):
        raise NotThere()
    return _view(row, viewer)


def owns(viewer: Actor, row: Appeal) -> bool:
    """Inside the room: whether the viewer sits in the department that owns the line, or made the appeal."""
    owner = line_of(row)["owner"]
    is_owner = bool(owner) and any(standing.department_code == owner for standing in viewer.standings)
    return is_owner or row.made_by == viewer.name


def line_of(row: Appeal) -> dict[str, Any]:
    """Inside the room: the line as it stands in the score's file."""
    lines: Iterable[dict[str, Any]] = row.score.document["card"]["lines"]
    return next(line for line in lines if line["code"] == row.line)


def _rows() -> QuerySet[Appeal]:
    return Appeal.objects.select_related("score__card__unit", "score__unit", "score__department").order_by("-id")


def _sees(row: Appeal, viewer: Actor) -> bool:
    if viewer.may("SCORES_DECIDE", row.score.card.unit.path):
        return True
    score = row.score
    return any(
        standing.unit_id == score.unit_id and standing.department_id == score.department_id
        for standing in viewer.standings_with("SCORES_ANSWER")
    )


def _view(row: Appeal, viewer: Actor) -> AppealView:
    told, line = row.score.document["scored"], line_of(row)
    given = next(one for one in row.score.document["inputs"] if one["line"] == row.line)
    may = row.state == Appeal.State.OPEN and viewer.may("SCORES_DECIDE", row.score.card.unit.path)
    return AppealView(
        number=row.number, card=row.score.card.code, card_title=row.score.card.title, scored=told["code"],
        scored_name=told["name"], line=row.line, line_title=line["title"], card_line=line, value=given["value"],
        version=row.score.version, reason=row.reason, evidence=row.evidence, state=row.state, due_on=row.due_on,
        made_at=row.made_at, decision=row.decision, corrected=row.corrected, decided_at=row.decided_at,
        may_decide=may and not owns(viewer, row), is_synthetic=row.is_synthetic,
    )  # fmt: skip
