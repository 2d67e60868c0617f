"""Writing a scorecard and setting it: from then on the scored know by what they will be scored, and it stands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import NotThere, Refused
from dukao.base.trail import record_event
from dukao.base.wording import say
from dukao.gate.rules.hits import RuleHit
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.scores.models import Scorecard
from dukao.scores.queries.judging import judged_card
from dukao.scores.queries.scored import scored_by
from dukao.scores.rules.definitions import ScorecardDefinition

Outcome = Literal["created", "changed", "unchanged"]


class CardRefused(Refused):
    """The rules stand against the card; `hits` holds all they say."""

    def __init__(self, hits: Sequence[RuleHit]) -> None:
        self.hits = tuple(hits)
        first = next(one for one in hits if one.refuses)
        super().__init__(
            say(first.what), why=say(first.why), todo=say(first.todo), source=first.source, rule=first.rule
        )


class CardStands(Refused):
    """What the scored were told cannot be changed under their hands."""


class NobodyScored(Refused):
    """The card has nobody to score."""


def define_scorecard(*, definition: ScorecardDefinition, by: Actor, at: datetime) -> Outcome:
    """Make the card, or write its draft anew; the same definition again changes nothing.

    Raises: NotThere, CardRefused, NobodyScored, CardStands. Records: scores.card.defined.
    """
    with transaction.atomic():
        unit = org.unit_by_code(definition.scope)
        by.require("SCORES_DECIDE", unit.path)
        row = Scorecard.objects.select_for_update().filter(code=definition.code).first()
        if row is not None and row.unit_id != unit.id:
            by.require("SCORES_DECIDE", org.unit_by_id(row.unit_id).path)
        wanted = {
            "title": definition.title, "year": definition.year, "unit_id": unit.id,
            "definition": definition.model_dump(mode="json"), "is_public": definition.public,
            "is_synthetic": definition.synthetic,
        }  # fmt: skip
        if row is not None and all(getattr(row, name) == value for name, value in wanted.items()):
            return "unchanged"
        if row is not None and row.state != Scorecard.State.DRAFT:
            raise CardStands(
                _("《{title}》已经定下，不能再改").format(title=row.title),
                why=_("被考核单位已经知道考什么，中途改标准不公平"), todo=_("请写进明年的考核表"),
            )  # fmt: skip
        _refuse_bad(definition, at)
        if row is None:
            Scorecard.objects.create(code=definition.code, made_by=by.name, made_at=at, **wanted)
        else:
            Scorecard.objects.filter(pk=row.pk).update(**wanted)
        record_event(
            verb="scores.card.defined", subject=f"scorecard:{definition.code}", by=by, at=at, unit_path=unit.path,
            detail={"year": definition.year, "lines": len(definition.lines)},
        )  # fmt: skip
    return "changed" if row else "created"


def set_scorecard(*, card: str, by: Actor, at: datetime) -> None:
    """Set the card: the scored see it and their year so far. The same again is once.

    Raises: NotThere, CardRefused. Records: scores.card.set.
    """
    with transaction.atomic():
        row = locked_card(card, by)
        if row.state != Scorecard.State.DRAFT:
            return
        # The indicators behind it may have changed since it was written.
        _refuse_bad(ScorecardDefinition.model_validate(row.definition), at)
        row.state, row.set_at = Scorecard.State.SET, at
        row.save(update_fields=["state", "set_at"])
        record_event(
            verb="scores.card.set", subject=f"scorecard:{card}", by=by, at=at, unit_path=row.unit.path,
            detail={"year": row.year},
        )  # fmt: skip


def locked_card(code: str, by: Actor) -> Scorecard:
    """Inside the room: the card, locked, for an office that decides over it. Raises NotThere."""
    row = Scorecard.objects.select_for_update(of=("self",)).select_related("unit").filter(code=code).first()
    if row is None:
        raise NotThere()
    by.require("SCORES_DECIDE", row.unit.path)
    return row


def _refuse_bad(definition: ScorecardDefinition, at: datetime) -> None:
    hits = judged_card(definition=definition, on=timezone.localdate(at))
    if any(one.refuses for one in hits):
        raise CardRefused(hits)
    if not scored_by(definition):
        raise NobodyScored(_("没有要考核的单位"), todo=_("请检查范围和层级"))
