"""Scorecards: which there are, and one of them with who may do what to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from dukao.base.refusals import NotThere
from dukao.org.rules import Actor
from dukao.scores.models import Scorecard
from dukao.scores.queries.scored import Scored, answers_for, scored_by
from dukao.scores.rules.definitions import ScorecardDefinition


@dataclass(frozen=True, slots=True)
class CardView:
    """A card. `scored` are those whose scores the viewer may see; `may_decide`: the viewer's office set it."""

    code: str
    title: str
    year: int
    state: str
    unit_code: str
    unit_name: str
    unit_path: str
    definition: ScorecardDefinition
    is_public: bool
    is_synthetic: bool
    set_at: datetime | None
    shown_at: datetime | None
    objections_until: date | None
    published_at: datetime | None
    scored: tuple[Scored, ...]
    own: tuple[Scored, ...]  # those the viewer stands for
    scored_count: int
    may_decide: bool


def scorecards(*, viewer: Actor) -> tuple[CardView, ...]:
    """The cards that the viewer has to do with, newest year first."""
    rows = Scorecard.objects.select_related("unit").order_by("-year", "code")
    return tuple(view for row in rows if (view := _seen(row, viewer)) is not None)


def scorecard(*, code: str, viewer: Actor) -> CardView:
    """One card. Raises NotThere: to strangers, and to the scored while it is a draft."""
    row = Scorecard.objects.select_related("unit").filter(code=code).first()
    view = _seen(row, viewer) if row else None
    if view is None:
        raise NotThere()
    return view


def public_card(*, code: str) -> CardView:
    """Public: a published card that says it is for everybody. Raises NotThere."""
    row = _for_everybody().select_related("unit").filter(code=code).first()
    if row is None:
        raise NotThere()
    definition = definition_of(row)
    everybody = scored_by(definition)
    return _view(row, definition, everybody, (), everybody, may_decide=False)


def public_cards() -> tuple[tuple[str, str, int], ...]:
    """Public: code, title and year of the published cards that are for everybody."""
    return tuple(_for_everybody().values_list("code", "title", "year"))


def public_cards_about(*, viewer: Actor) -> tuple[tuple[str, str], ...]:
    """Code and title of the published cards for everybody that score a unit which the viewer works in."""
    paths = [one.unit_path for one in viewer.standings]
    return tuple(
        (row.code, row.title) for row in _for_everybody()
        if any(path.startswith(one.unit.path) for one in scored_by(definition_of(row)) for path in paths)
    )  # fmt: skip


def _for_everybody() -> QuerySet[Scorecard]:
    return Scorecard.objects.filter(state="published", is_public=True).order_by("-year", "code")


def definition_of(row: Scorecard) -> ScorecardDefinition:
    """Inside the room: the card as it was defined."""
    return ScorecardDefinition.model_validate(row.definition)


def _seen(row: Scorecard, viewer: Actor) -> CardView | None:
    may_decide = viewer.may("SCORES_DECIDE", row.unit.path)
    if not may_decide and (row.state == Scorecard.State.DRAFT or not viewer.has("SCORES_ANSWER")):
        return None
    definition = definition_of(row)
    everybody = scored_by(definition)
    own = () if viewer.is_system else tuple(one for one in everybody if answers_for(viewer, one))
    if not may_decide and not own:
        return None
    sees_all = may_decide or row.state == Scorecard.State.PUBLISHED
    return _view(row, definition, everybody if sees_all else own, own, everybody, may_decide=may_decide)


def _view(
    row: Scorecard, definition: ScorecardDefinition, seen: Iterable[Scored], own: tuple[Scored, ...],
    everybody: tuple[Scored, ...], *, may_decide: bool,
) -> CardView:  # fmt: skip
    return CardView(
        code=row.code, title=row.title, year=row.year, state=row.state, unit_code=row.unit.code,
        unit_name=row.unit.name, unit_path=row.unit.path, definition=definition, is_public=row.is_public,
        is_synthetic=row.is_synthetic, set_at=row.set_at, shown_at=row.shown_at,
        objections_until=row.objections_until, published_at=row.published_at, scored=tuple(seen), own=own,
        scored_count=len(everybody), may_decide=may_decide,
    )  # fmt: skip
