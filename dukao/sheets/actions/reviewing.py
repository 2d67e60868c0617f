"""Handing in, returning, accepting, refusing: each changes a filing's state once, however often it is asked for."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotAllowed, NotThere, Refused
from dukao.base.trail import record_event
from dukao.base.wording import clauses, period_text, said_of
from dukao.gate import actions as gate
from dukao.law import queries as law
from dukao.org.rules import Actor
from dukao.registers import actions as registers
from dukao.sheets.actions.answering import FilingClosed
from dukao.sheets.models import Answer, Dispatch, Filing
from dukao.sheets.queries.checking import violations_of
from dukao.sheets.queries.reading import (
    GIVEN,
    OF_PLACE,
    Cell,
    FilingHead,
    cells_of_filings,
    filing_heads,
)
from dukao.sheets.rules.checks import Violation
from dukao.sheets.rules.compiling import RULE_IDS, mark_faults, missing_marks
from dukao.sheets.rules.rights import may_review, may_see_filing


class NotSubmitted(Refused):
    """Only what was handed in is returned or accepted."""


class MarksInOrder(Refused):
    """The sheet carries its legal marks, so it cannot be refused for lacking them."""


@dataclass(frozen=True, slots=True)
class SubmittedView:
    """Items (questions) filled in for the unit, and by it. `warnings` did not stand in the way.

    `again`: it had been handed in before, and nothing changed.
    """

    n_prefilled: int
    n_answered: int
    warnings: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class AcceptedView:
    """`n_facts`: answers that are facts now. `overtaken`: elements whose value came from a newer source and stays."""

    n_facts: int
    overtaken: tuple[str, ...] = ()
    again: bool = False


def submit_filing(*, dispatch: str, unit: str, by: Actor, at: datetime) -> SubmittedView:
    """Hand the filing in: complete, consistent, and frozen with what was filled in for it. Twice is once.

    Raises: NotThere, FilingClosed, Invalid (cell `element:period` or check → message).
    Records: sheets.filing.submitted.
    """
    with transaction.atomic():
        filing, head = _locked(dispatch, unit)
        by.require("FILINGS_FILL", head.unit_path)
        if filing.state in (Filing.State.SUBMITTED, Filing.State.ACCEPTED):
            return SubmittedView(*_items(filing), again=True)
        _require_open(head)
        cells = cells_of_filings([head], today=timezone.localdate(at))[head.id]
        found = violations_of(head, cells)
        _refuse_incomplete(cells, found)
        _freeze(filing, cells, by, at)
        prefilled, given = _items(filing)
        _move(filing, Filing.State.SUBMITTED, submitted_at=at, submitted_by=by.name, reason="")
        detail = {"prefilled": prefilled, "answered": given}
        _record("sheets.filing.submitted", head, by, at, detail)
    return SubmittedView(prefilled, given, tuple(_told(v) for v in found))


def return_filing(*, dispatch: str, unit: str, reason: str, by: Actor, at: datetime) -> None:
    """Give the filing back with the reason; what was typed stays and still counts as provisional.

    Raises: NotThere, NotSubmitted, Invalid, NotAllowed (one's own). Records: sheets.filing.returned.
    """
    with transaction.atomic():
        filing, head = _locked(dispatch, unit)
        _require_reviewer(head, by)
        reason = _reason(reason)
        if filing.state == Filing.State.RETURNED and filing.reason == reason:
            return
        _require_submitted(head)
        _move(filing, Filing.State.RETURNED, reviewed_at=at, reviewed_by=by.name, reason=reason)
        _record("sheets.filing.returned", head, by, at, {"reason": reason})


def accept_filing(*, dispatch: str, unit: str, by: Actor, at: datetime) -> AcceptedView:
    """Accept the filing: its answers become facts. Twice is once.

    Raises: NotThere, NotSubmitted, NotAllowed (one's own). Records: sheets.filing.accepted.
    """
    with transaction.atomic():
        filing, head = _locked(dispatch, unit)
        _require_reviewer(head, by)
        if filing.state == Filing.State.ACCEPTED:
            return AcceptedView(0, again=True)
        _require_submitted(head)
        given = filing.answers.filter(origin__in=GIVEN)
        cells = [
            registers.AnsweredCell(*row)
            for row in given.values_list("question__element_id", "period", "value", "text", "fact_id")
        ]
        accepted = registers.accept_facts(
            filing_id=filing.pk, unit_id=head.unit_id, unit_path=head.unit_path, cells=cells, at=at
        )
        code_of = dict(given.values_list("question__element_id", "question__element__code"))
        n_facts = len(accepted.facts) - len(accepted.overtaken)
        overtaken = tuple(sorted({code_of[element_id] for element_id, _period in accepted.overtaken}))
        _move(filing, Filing.State.ACCEPTED, reviewed_at=at, reviewed_by=by.name)
        _record("sheets.filing.accepted", head, by, at, {"facts": n_facts, "overtaken": list(overtaken)})
    return AcceptedView(n_facts, overtaken)


def refuse_filing(*, dispatch: str, unit: str, by: Actor, at: datetime) -> None:
    """Refuse to fill in a sheet whose legal marks are missing or have expired. Final and protected. Twice is once.

    Raises: NotThere, FilingClosed, MarksInOrder. Records: sheets.filing.refused. Basis: statistics-law#17.
    """
    with transaction.atomic():
        filing, head = _locked(dispatch, unit)
        by.require("FILINGS_FILL", head.unit_path)
        if filing.state == Filing.State.REFUSED:
            return
        _require_open(head)
        today = timezone.localdate(at)
        rules = {rule_id: law.rule(rule_id, today) for rule_id in RULE_IDS}
        missing = missing_marks(head.marks, today, rules)
        if not missing:
            raise MarksInOrder(
                _("这张表标识齐全，还在有效期内"),
                why=_("只有标识不全或过期的表可以拒填"),
                todo=_("如认为不该填，请向下发部门或督考办反映"),
                source=rules["FRM-1"].source_text,
                rule="FRM-1",
            )
        # On record in Chinese, whoever refuses; spoken in the reader's language.
        reason = "；".join(str(fault) for fault in mark_faults(head.marks, today, rules))
        retracted = registers.retract_facts(filings={filing.pk: head.unit_path}, at=at)
        _move(filing, Filing.State.REFUSED, submitted_at=at, submitted_by=by.name, reason=reason)
        gate.give_back_entries(demand_id=filing.dispatch.demand_id, unit_ids=[head.unit_id], at=at)
        detail = {"missing": list(missing), "source": rules["FRM-1"].source_text, "facts_retracted": retracted}
        _record("sheets.filing.refused", head, by, at, detail)


def _locked(dispatch: str, unit: str) -> tuple[Filing, FilingHead]:
    """The filing, locked against everybody else, and what belongs to it. Raises NotThere."""
    with connection.cursor() as cursor:
        # The dispatch is only held open: filings of one dispatch do not wait for each other.
        hold = " FOR KEY SHARE OF d FOR UPDATE OF f" if connection.vendor == "postgresql" else ""
        chosen = "SELECT f.id FROM sheets_filing f JOIN sheets_dispatch d ON d.id = f.dispatch_id WHERE "
        cursor.execute(chosen + OF_PLACE + hold, [dispatch, unit])
        row = cursor.fetchone()
    if row is None:
        raise NotThere()
    return Filing.objects.get(pk=row[0]), filing_heads("f.id = %s", row)[0]


def _require_open(head: FilingHead) -> None:
    if head.is_spared:
        raise FilingClosed(_("这份报表无需填报"))
    if not head.is_worked_on:
        raise FilingClosed(
            _("这次填报已经结束") if head.dispatch_state != Dispatch.State.OPEN else _("这份报表已经交出，不能再改"),
            todo=_("如需修改，请审核人退回"),
        )


def _require_reviewer(head: FilingHead, by: Actor) -> None:
    if not may_review(by, unit_path=head.unit_path, issuer=head.issuer_code):
        if may_see_filing(by, unit_path=head.unit_path, issuer=head.issuer_code, issuer_path=head.issuer_path):
            raise NotAllowed(_("您看得到这份报表，但不由您审核"))
        raise NotThere()
    if head.submitted_by == by.name and not by.is_system:
        raise NotAllowed(_("自己交的报表不能自己审"), todo=_("请另一位审核人办理"))


def _require_submitted(head: FilingHead) -> None:
    if head.state != Filing.State.SUBMITTED or head.dispatch_state != Dispatch.State.OPEN:
        raise NotSubmitted(_("这份报表现在不在待审状态"), todo=_("请刷新页面再看"))


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > 500:
        raise Invalid(_("请写明退回的原因"), errors={"reason": _("1 到 500 字")})
    return reason


def _items(filing: Filing) -> tuple[int, int]:
    """How many questions were filled in for the unit, and how many it answered itself, if only in part."""
    given = set(filing.answers.filter(origin__in=GIVEN).values_list("question_id", flat=True))
    filled = set(filing.answers.values_list("question_id", flat=True))
    return len(filled - given), len(given)


def _refuse_incomplete(cells: Collection[Cell], found: Iterable[Violation]) -> None:
    errors = {
        f"{cell.carried.element_code}:{Period(cell.period).code}": (
            _("还没有填") if cell.state == "asked" else _("请确认是否仍对，或改写")
        )
        for cell in cells
        if cell.is_left
    }
    n_left = len({cell.carried.question_id for cell in cells if cell.is_left})
    broken = [violation for violation in found if violation.is_error]
    for violation in broken:
        errors[f"check:{violation.name}"] = _told(violation)
    if not errors:
        return
    told = [_("还有 {n} 项要填").format(n=n_left)] if n_left else []
    told += [_told(violation) for violation in broken]
    raise Invalid(clauses(told), errors=errors, todo=_("改好后再交，已填的都已保存"))


def _told(violation: Violation) -> str:
    return violation.message if violation.period is None else said_of(period_text(violation.period), violation.message)


def _freeze(filing: Filing, cells: Iterable[Cell], by: Actor, at: datetime) -> None:
    """Write down what was filled in for the unit, with the fact each value repeats."""
    filled = [cell for cell in cells if cell.state in ("known", "disputed", "stale")]
    filing.answers.filter(origin__in=[Answer.Origin.PREFILLED, Answer.Origin.FOLDED], disputed_reason="").delete()
    for cell in filled:
        # What a newer source has overtaken makes way.
        if cell.answer is not None and cell.answer.origin in GIVEN:
            filing.answers.filter(question_id=cell.carried.question_id, period=cell.period).delete()
    Answer.objects.bulk_create(
        Answer(
            filing=filing,
            question_id=cell.carried.question_id,
            period=cell.period,
            value=cell.value,
            text=cell.text,
            origin=Answer.Origin.PREFILLED if cell.fact else Answer.Origin.FOLDED,
            fact_id=cell.fact.id if cell.fact else None,
            answered_at=at,
            answered_by=by.name,
        )
        for cell in filled
        if cell.state != "disputed"
    )


def _move(filing: Filing, state: str, **changes: Any) -> None:
    for name, value in {"state": state, "revision": filing.revision + 1, **changes}.items():
        setattr(filing, name, value)
    filing.save(update_fields=["state", "revision", *changes])


def _record(verb: str, head: FilingHead, by: Actor, at: datetime, detail: dict[str, Any]) -> None:
    record_event(
        verb=verb, subject=f"filing:{head.number}/{head.unit_code}", by=by, at=at, unit_path=head.unit_path,
        detail=detail,
    )  # fmt: skip
