"""Appeals against one line of a score: made by the scored, decided by the office and by nobody who owns the line.

1. Only the own score, the newest version, while objections are open; one appeal per line at a time.
2. Upheld, the line is counted with the corrected value, or left out; the original stays in the file beside it.
3. The decision makes the next version. The earlier one stays readable.
"""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotAllowed, NotThere, Refused
from dukao.base.sql import next_number
from dukao.base.trail import record_event
from dukao.law import queries as law
from dukao.org.rules import Actor
from dukao.scores.actions.showing import days_on, score_row
from dukao.scores.models import Appeal, Score, Scorecard
from dukao.scores.queries.appeals import line_of, owns
from dukao.scores.queries.cards import definition_of
from dukao.scores.queries.documents import Document, sealed
from dukao.scores.queries.scored import answers_for, scored_by
from dukao.scores.queries.scores import versions_of
from dukao.scores.rules.scoring import text_of

_NUMBERS_LOCK = 0x6475_6B73  # PostgreSQL advisory lock: one appeal is numbered at a time.
_WORDS_MOST = 500


class AppealClosed(Refused):
    """Objections are over, or have not begun."""


class AppealedAlready(Refused):
    """This line's appeal waits for its decision, or was decided."""


class AppealDecided(Refused):
    """Somebody has decided in the meantime."""


class NotIndependent(NotAllowed):
    """Who owns the line, or made the appeal, does not decide it."""


def make_appeal(
    *, card: str, scored: str, line: str, reason: str, evidence: str = "", is_synthetic: bool = False, by: Actor,
    at: datetime,
) -> str:  # fmt: skip
    """Appeal one line of the own score, and answer the appeal's number.

    Raises: NotThere, Invalid, AppealClosed, AppealedAlready. Records: scores.appeal.made.
    """
    with transaction.atomic():
        row = Scorecard.objects.select_for_update(of=("self",)).select_related("unit").filter(code=card).first()
        if row is None or row.state in (Scorecard.State.DRAFT, Scorecard.State.SET):
            raise NotThere()
        one = next((s for s in scored_by(definition_of(row)) if s.code == scored and answers_for(by, s)), None)
        if one is None:
            raise NotThere()
        reason, evidence = reason.strip(), evidence.strip()
        if not 1 <= len(reason) <= _WORDS_MOST or len(evidence) > _WORDS_MOST:
            raise Invalid(
                _("请写明申诉的理由"), errors={"reason": _("1 到 500 字"), "evidence": _("最多 500 字")}
            )  # fmt: skip
        today = timezone.localdate(at)
        if row.state == Scorecard.State.PUBLISHED or row.objections_until is None or today > row.objections_until:
            raise AppealClosed(
                _("异议期已过，不能再申诉"), why=_("异议期到 {day:%Y-%m-%d} 为止").format(day=row.objections_until),
                todo=_("请向督考办说明情况"), rule="SCR-1", source=law.rule("SCR-1", today).source_text,
            )  # fmt: skip
        versions = versions_of(one.unit.id, one.department_id).filter(card=row)
        score = versions.last()
        if score is None or line not in {told["code"] for told in score.document["card"]["lines"]}:
            raise NotThere()
        earlier = Appeal.objects.filter(score__in=versions, line=line).first()
        if earlier is not None:
            raise AppealedAlready(
                _("这一项已经申诉过（{number}）").format(number=earlier.number), todo=_("请看申诉的进展和决定")
            )
        made = Appeal.objects.create(
            number=next_number(Appeal.objects.all(), f"KS{today.year}-", lock=_NUMBERS_LOCK), score=score, line=line,
            reason=reason, evidence=evidence, due_on=days_on("decision_workdays", today), made_by=by.name, made_at=at,
            is_synthetic=is_synthetic,
        )  # fmt: skip
        record_event(
            verb="scores.appeal.made", subject=f"score-appeal:{made.number}", by=by, at=at, unit_path=one.unit.path,
            detail={"card": card, "scored": scored, "line": line, "due_on": made.due_on.isoformat()},
        )  # fmt: skip
    return made.number


def decide_appeal(*, appeal: str, is_upheld: bool, decision: str, corrected: str = "", by: Actor, at: datetime) -> int:
    """Decide, with the reason; answers the version that stands then.

    Upheld, `corrected` is the line's value from now on; where it is empty the line is left out and re-weighted.
    Raises: NotThere, NotIndependent, Invalid, AppealDecided. Records: scores.appeal.decided.
    """
    with transaction.atomic():
        chosen = Appeal.objects.select_for_update(of=("self",)).select_related(
            "score__card__unit", "score__unit", "score__department"
        )
        row = chosen.filter(number=appeal).first()
        if row is None:
            raise NotThere()
        by.require("SCORES_DECIDE", row.score.card.unit.path)
        if not by.is_system and owns(by, row):
            raise NotIndependent(
                _("这一项由您所在部门负责，或由您提出，不能由您决定"), why=_("谁负责指标，谁不当裁判"),
                todo=_("请督考办其他同志办理"), rule="SCR-1",
                source=law.rule("SCR-1", timezone.localdate(at)).source_text,
            )  # fmt: skip
        decision = decision.strip()
        value = _value(corrected) if is_upheld and corrected.strip() else None
        if not 1 <= len(decision) <= _WORDS_MOST:
            raise Invalid(_("请写明决定的理由"), errors={"decision": _("1 到 500 字")})
        if row.state != Appeal.State.OPEN:
            raise AppealDecided(_("{number} 已经有决定").format(number=appeal), todo=_("请刷新页面看决定"))
        row.state = Appeal.State.UPHELD if is_upheld else Appeal.State.REJECTED
        row.decision, row.decided_by, row.decided_at = decision, by.name, at
        row.corrected = text_of(value) or ""
        row.save(update_fields=["state", "decision", "decided_by", "decided_at", "corrected"])
        version = _next_version(row, value, by, at) if is_upheld else _newest(row).version
        record_event(
            verb="scores.appeal.decided", subject=f"score-appeal:{appeal}", by=by, at=at,
            unit_path=row.score.unit.path,
            detail={"card": row.score.card.code, "line": row.line, "is_upheld": is_upheld, "decision": decision,
                    "version": version, "is_in_time": timezone.localdate(at) <= row.due_on},
        )  # fmt: skip
    return version


def _value(text: str) -> Fraction:
    try:
        value = Decimal(text.strip().replace(",", ""))
        if not value.is_finite() or abs(value) >= Decimal(10) ** 15:
            raise InvalidOperation
    except InvalidOperation:
        raise Invalid(_("“{text}”不是数字").format(text=text), errors={"corrected": _("只填数字")}) from None
    return Fraction(value)


def _newest(row: Appeal) -> Score:
    score = row.score
    newest = versions_of(score.unit_id, score.department_id).filter(card=score.card).last()
    assert newest is not None, "an appeal is against a version"
    return newest


def _next_version(row: Appeal, value: Fraction | None, by: Actor, at: datetime) -> int:
    """The score once more, with the line as it was decided; everything else as it was."""
    before = _newest(row)
    document: Document = dict(before.document)
    document["version"] = before.version + 1
    document["made_at"] = at.isoformat(timespec="seconds")
    document["inputs"] = [
        _corrected(given, row, value) if given["line"] == row.line else given for given in document["inputs"]
    ]
    reason = _("申诉 {number}（{line}）成立：{decision}").format(
        number=row.number, line=line_of(row)["title"], decision=row.decision
    )
    score_row(
        before.card_id, before.unit_id, before.department_id, document=sealed(document), by=by, at=at,
        reason=reason[:_WORDS_MOST],
    ).save(force_insert=True)  # fmt: skip
    return before.version + 1


def _corrected(given: dict[str, Any], row: Appeal, value: Fraction | None) -> dict[str, Any]:
    """The input as it was decided, with what it was before beside it."""
    before = {name: given.get(name) for name in ("value", "low", "high", "absent")}
    told = {"appeal": row.number, "decision": row.decision, "before": before}
    return given | {
        "value": text_of(value), "low": None, "high": None, "absent": "" if value is not None else "withdrawn",
        "correction": told,
    }  # fmt: skip
