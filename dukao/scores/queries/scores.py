"""What came of a card: everybody beside each other, one score line by line, and the same of the year so far.

Nothing is asked of anybody for any of it: the year to date is computed from figures that are held already. Nobody is
ranked: units stand by their code, in groups only where the evidence separates them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db.models import Q, QuerySet

from dukao.base.refusals import NotThere
from dukao.indicators import queries as indicators
from dukao.org.rules import Actor
from dukao.scores.models import Score, Scorecard
from dukao.scores.queries.cards import CardView, definition_of, public_card, scorecard
from dukao.scores.queries.documents import Document, document_of, lines_of
from dukao.scores.queries.evidence import evidence_of, last_quarter
from dukao.scores.queries.scored import Scored, scored_by
from dukao.scores.rules.scoring import computed
from dukao.voice.rules.evidence import groups_that_separate


@dataclass(frozen=True, slots=True)
class LineScore:
    """One line of one score. Texts are exact; `points` None where the line is absent, for the reason `absent`."""

    code: str
    title: str
    given_weight: str
    weight: str  # after what is absent was given to the others
    points: str | None
    share: str | None
    how: str
    absent: str
    card_line: dict[str, Any]
    given: dict[str, Any]  # the input as it stands in the file


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One who is scored; `version` 0 of a year so far, which nobody decided."""

    scored: Scored
    version: int
    total: str | None
    low: str | None
    high: str | None
    lines: tuple[LineScore, ...]

    @property
    def absent(self) -> tuple[LineScore, ...]:
        return tuple(line for line in self.lines if line.absent)


@dataclass(frozen=True, slots=True)
class Overview:
    """All scores of a card that the viewer may see, by code. `groups`: codes, the highest first, where evidence
    separates at all; empty where a total does not tell how sure it is. `through`: the last quarter of a year so far.
    """

    card: CardView
    rows: tuple[ScoreRow, ...]
    lines: tuple[dict[str, Any], ...]
    groups: tuple[tuple[str, ...], ...]
    is_to_date: bool
    through: int


@dataclass(frozen=True, slots=True)
class VersionView:
    number: int
    total: str | None
    reason: str
    made_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class ScorePage:
    """One score with its whole file, all its versions, and what the card of the year before came to."""

    card: CardView
    row: ScoreRow
    document: Document
    versions: tuple[VersionView, ...]
    is_own: bool
    is_to_date: bool
    before: ScoreRow | None
    before_title: str

    @property
    def digest(self) -> str:
        return self.document["digests"]["whole"]  # type: ignore[no-any-return]


def overview(*, card: str, viewer: Actor, on: date, is_to_date: bool = False) -> Overview:
    """The scores of a card; of the year so far where it is asked for or none were computed yet. Raises NotThere."""
    found = scorecard(code=card, viewer=viewer)
    return _overview(found, on=on, is_to_date=is_to_date or found.state in ("draft", "set"))


def public_overview(*, card: str, on: date) -> Overview:
    """Public: a published card that is for everybody. Raises NotThere."""
    return _overview(public_card(code=card), on=on, is_to_date=False)


def score(*, card: str, scored: str, viewer: Actor, on: date, version: int | None = None,
          is_to_date: bool = False) -> ScorePage:  # fmt: skip
    """One score, the newest version where none is named. Raises NotThere."""
    found = scorecard(code=card, viewer=viewer)
    one = next((s for s in found.scored if s.code == scored), None)
    if one is None:
        raise NotThere()
    to_date = is_to_date or found.state in ("draft", "set")
    stored = _stored(found.code, one) if found.state in ("shown", "published") else []
    if to_date:
        document = _document_to_date(found, one, on)
    else:
        chosen = [s for s in stored if version in (None, s.version)]
        if not chosen:
            raise NotThere()
        document = chosen[-1].document
    before, title = _year_before(found, one)
    return ScorePage(
        card=found, row=_row(one, document), document=document, versions=tuple(_version(s) for s in reversed(stored)),
        is_own=one in found.own, is_to_date=to_date, before=before, before_title=title,
    )  # fmt: skip


def score_document(*, card: str, scored: str, viewer: Actor, on: date, version: int | None = None,
                   is_to_date: bool = False) -> Document:  # fmt: skip
    """The file that recomputes one score. Raises NotThere."""
    return score(card=card, scored=scored, viewer=viewer, on=on, version=version, is_to_date=is_to_date).document


def versions_of(unit_id: int, department_id: int | None) -> QuerySet[Score]:
    """Inside the room: all versions of the unit's or department's scores, of whatever card, oldest first."""
    whose = Q(department=None) if department_id is None else Q(department_id=department_id)
    return Score.objects.filter(whose, unit_id=unit_id).order_by("version")


def newest_scores(card_id: int) -> dict[tuple[int, int | None], Score]:
    """Inside the room: the newest version of each, by unit and department."""
    return {(s.unit_id, s.department_id): s for s in Score.objects.filter(card_id=card_id).order_by("version")}


def _overview(found: CardView, *, on: date, is_to_date: bool) -> Overview:
    if is_to_date:
        rows = _to_date(found, on)
        through = last_quarter(found.year, on)
    else:
        card_id = Scorecard.objects.values_list("pk", flat=True).get(code=found.code)
        newest = newest_scores(card_id)
        stored = ((one, newest.get((one.unit.id, one.department_id))) for one in found.scored)
        rows = [_row(one, kept.document) for one, kept in stored if kept]
        through = indicators.QUARTERS
    lines = tuple(line.card_line for line in rows[0].lines) if rows else tuple(lines_of(found.definition))
    return Overview(found, tuple(rows), lines, _groups(rows), is_to_date, through)


def _groups(rows: Sequence[ScoreRow]) -> tuple[tuple[str, ...], ...]:
    """Whose totals lie wholly above whose; nothing where a total does not tell how sure it is."""
    told = {row.scored.code: (float(row.low), float(row.high)) for row in rows if row.low and row.high}
    return groups_that_separate(told) if told and len(told) == len(rows) else ()


def _to_date(found: CardView, on: date) -> list[ScoreRow]:
    """Points alone, for all beside each other: no files with their digests, and no words of how they came about."""
    held = evidence_of(found.definition, found.scored, on=on, is_to_date=True, with_sources=False)
    rows = []
    for one in found.scored:
        bare = {"version": 0, "card": {"lines": held.lines}, "inputs": held.inputs[one.code]}
        rows.append(_row(one, bare | {"result": computed(bare, in_words=False)}))
    return rows


def _document_to_date(found: CardView, one: Scored, on: date) -> Document:
    held = evidence_of(found.definition, [one], on=on, is_to_date=True)
    at = datetime.combine(on, datetime.min.time())
    return document_of(found.definition, one, held.lines, held.inputs[one.code], version=0, at=at, on=on)


def _row(one: Scored, document: Document) -> ScoreRow:
    result, given = document["result"], {told["line"]: told for told in document["inputs"]}
    cards = {line["code"]: line for line in document["card"]["lines"]}
    lines = tuple(
        LineScore(
            code=told["line"], title=cards[told["line"]]["title"], given_weight=cards[told["line"]]["weight"],
            weight=told["weight"], points=told["points"], share=told["share"], how=told["how"],
            absent=told["absent"], card_line=cards[told["line"]], given=given[told["line"]],
        )
        for told in result["lines"]
    )  # fmt: skip
    return ScoreRow(one, document["version"], result["total"], result["low"], result["high"], lines)


def _stored(card: str, one: Scored) -> list[Score]:
    return list(versions_of(one.unit.id, one.department_id).filter(card__code=card))


def _version(stored: Score) -> VersionView:
    total = stored.total_hundredths
    told = None if total is None else f"{total // 100}.{total % 100:02d}"
    return VersionView(stored.version, told, stored.reason, stored.made_at, stored.digest)


def _year_before(found: CardView, one: Scored) -> tuple[ScoreRow | None, str]:
    """The same one's published score of the year before, by the card that has most lines in common."""
    own = {line.of for line in found.definition.lines}
    rows = Scorecard.objects.filter(unit__code=found.unit_code, year=found.year - 1, state="published").order_by("code")
    best = max(rows, key=lambda row: len(own & {line.of for line in definition_of(row).lines}), default=None)
    if best is None or one.code not in {s.code for s in scored_by(definition_of(best))}:
        return None, ""
    stored = _stored(best.code, one)
    return (_row(one, stored[-1].document), best.title) if stored else (None, "")


def share_percent(line: LineScore | None) -> Fraction | None:
    """What part of its points a line reached, in percent."""
    return None if line is None or line.share is None else Fraction(line.share) * 100
