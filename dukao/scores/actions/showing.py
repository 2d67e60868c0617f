"""Computing the scores of a year that is over, showing them to the scored first, and publishing them after that."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Refused
from dukao.base.trail import record_event
from dukao.law import queries as law
from dukao.law.workdays import UnknownYear, workday_after
from dukao.org.rules import Actor
from dukao.scores.actions.cards import locked_card
from dukao.scores.models import Appeal, Score, Scorecard
from dukao.scores.queries.cards import definition_of
from dukao.scores.queries.documents import Document, document_of
from dukao.scores.queries.evidence import evidence_of
from dukao.scores.queries.scored import scored_by


class YearNotOver(Refused):
    """The year of the card still runs."""


class NotSet(Refused):
    """The card was not set yet: nobody knew what they would be scored by."""


class ObjectionsOpen(Refused):
    """The scored may still object, or an appeal waits for its decision."""


def show_scores(*, card: str, by: Actor, at: datetime) -> int:
    """Compute everybody's first version and show it to them; answers how many. The same again is nothing.

    Raises: NotThere, NotSet, YearNotOver. Records: scores.card.shown.
    """
    with transaction.atomic():
        row = locked_card(card, by)
        today = timezone.localdate(at)
        if row.state in (Scorecard.State.SHOWN, Scorecard.State.PUBLISHED):
            return 0
        if row.state == Scorecard.State.DRAFT:
            raise NotSet(_("考核表还是草稿"), why=_("先让被考核单位知道考什么"), todo=_("请先定下考核表"))
        if today.year <= row.year:
            raise YearNotOver(
                _("{year} 年还没有过完，不能计总分").format(year=row.year), todo=_("现在可以看今年到目前的情况")
            )
        definition = definition_of(row)
        scored = scored_by(definition)
        held = evidence_of(definition, scored, on=today, is_to_date=False)
        Score.objects.bulk_create([
            score_row(
                row.pk, one.unit.id, one.department_id, by=by, at=at,
                document=document_of(definition, one, held.lines, held.inputs[one.code], version=1, at=at, on=today),
            )
            for one in scored
        ])  # fmt: skip
        row.state, row.shown_at = Scorecard.State.SHOWN, at
        row.objections_until = days_on("objection_workdays", today)
        row.save(update_fields=["state", "shown_at", "objections_until"])
        record_event(
            verb="scores.card.shown", subject=f"scorecard:{card}", by=by, at=at, unit_path=row.unit.path,
            detail={"scored": len(scored), "objections_until": row.objections_until.isoformat()},
        )  # fmt: skip
    return len(scored)


def publish_scores(*, card: str, by: Actor, at: datetime) -> None:
    """Publish what was shown, once nobody may object any more and no appeal waits. The same again is nothing.

    Raises: NotThere, NotSet, ObjectionsOpen. Records: scores.card.published.
    """
    with transaction.atomic():
        row = locked_card(card, by)
        if row.state == Scorecard.State.PUBLISHED:
            return
        if row.state != Scorecard.State.SHOWN or row.objections_until is None:
            raise NotSet(_("还没有把得分给被考核单位看过"), todo=_("请先计算得分，征求异议"))
        waiting = Appeal.objects.filter(score__card=row, state=Appeal.State.OPEN).count()
        if timezone.localdate(at) <= row.objections_until or waiting:
            raise ObjectionsOpen(
                _("异议期到 {day:%Y-%m-%d}，还有 {n} 件申诉没有决定").format(day=row.objections_until, n=waiting),
                why=_("得分先给被考核单位看，申诉办完再公布"), todo=_("请等异议期满、申诉办完"), rule="SCR-1",
                source=law.rule("SCR-1", timezone.localdate(at)).source_text,
            )  # fmt: skip
        row.state, row.published_at = Scorecard.State.PUBLISHED, at
        row.save(update_fields=["state", "published_at"])
        record_event(
            verb="scores.card.published", subject=f"scorecard:{card}", by=by, at=at, unit_path=row.unit.path,
            detail={"is_public": row.is_public},
        )  # fmt: skip


def score_row(
    card_id: int, unit_id: int, department_id: int | None, *, document: Document, by: Actor, at: datetime,
    reason: str = "",
) -> Score:  # fmt: skip
    """Inside the room: the row that keeps a score's file, not yet saved."""
    total = document["result"]["total"]
    return Score(
        card_id=card_id, unit_id=unit_id, department_id=department_id, version=document["version"],
        total_hundredths=None if total is None else int(total.replace(".", "")), document=document,
        digest=document["digests"]["whole"], reason=reason, made_by=by.name, made_at=at,
    )  # fmt: skip


def days_on(parameter: str, today: date) -> date:
    """The last of so many working days (SCR-1). Where the year's holidays are not known yet, weekdays are counted."""
    count = int(law.rule("SCR-1", today).parameters[parameter])
    try:
        return workday_after(today, count)
    except UnknownYear:
        while count:
            today += timedelta(days=1)
            count -= today.weekday() < 5
        return today
