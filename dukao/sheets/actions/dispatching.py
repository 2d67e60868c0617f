"""Sending a sheet to units, taking it back, ending it.

1. The sheet is compiled; what the rules refuse is refused, unless only what is left is asked.
2. The demand goes through the gate, and its minutes into the ledger: without it nothing reaches anybody.
3. Dispatch, carried questions and one filing per unit are written in the same transaction. The filing of a unit of
   which everything is known is closed at once, and no demand is on that unit.
4. What the rules refuse is put on record, for the supervision office to see.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.sql import one_at_a_time
from dukao.base.trail import record_event
from dukao.gate import actions as gate
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import SYSTEM, Actor
from dukao.registers import actions as registers
from dukao.sheets.models import Dispatch, DispatchQuestion, Filing, Sheet
from dukao.sheets.queries.compiling import Compiled, CompiledQuestion, RefusalView, compile_sheet
from dukao.sheets.queries.shares import shares_of

_DISPATCH_LOCK = 0x6475_6B64  # PostgreSQL advisory lock: two dispatches never overlook each other's questions.


class _RefusedByRules(Refused):
    """`refusals` holds every rule that stands against sending the sheet, in words."""

    def __init__(self, refusals: Sequence[RefusalView], what: str, **more: str) -> None:
        self.refusals = tuple(refusals)
        super().__init__(what, **more)

    def as_dict(self) -> dict[str, Any]:
        return super().as_dict() | {"refusals": [asdict(refusal) for refusal in self.refusals]}


class SheetRefused(_RefusedByRules):
    """The rules stand against sending the sheet."""

    def __init__(self, refusals: Sequence[RefusalView], *, todo: str = "") -> None:
        first, n_others = refusals[0], len(refusals) - 1
        others = _("（另有 {n} 处）").format(n=n_others) if n_others else ""
        super().__init__(
            refusals, first.what + others, why=first.why, todo=todo or first.todo, source=first.source,
            rule=first.rule,
        )  # fmt: skip


class NothingLeftToAsk(_RefusedByRules):
    """Everything is known already, or to come from elsewhere."""


class NotReady(Refused):
    """The sheet is a draft or retired."""


class DispatchClosed(Refused):
    """The dispatch was ended or taken back."""


class FilingsUnderReview(Refused):
    """Some units have handed in and nobody has looked at it yet."""


def dispatch_sheet(
    *,
    sheet: str,
    version: int | None = None,
    scope_unit: str,
    period: Period,
    due_on: date,
    basis: str,
    only_what_is_left: bool = False,
    is_emergency: bool = False,
    in_place_of: str = "",
    by: Actor,
    at: datetime,
) -> str:
    """Send the sheet to the units of its level in the subtree of `scope_unit`, and answer the dispatch's number.

    Where no version is named, the newest that is ready goes out; a draft of the next one does not stand in the way.
    `in_place_of` is the demand that makes room, where the profile wants one out for one in.
    With `only_what_is_left` refused questions are shown filled in (or left out) and only the rest is asked.
    Raises: NotThere, Invalid, NotReady, SheetRefused, NothingLeftToAsk, and what the gate refuses.
    Records: sheets.sheet.dispatched, gate.demand.issued; where the rules refuse, gate.demand.refused.
    """
    compiled = None
    try:
        with transaction.atomic():
            one_at_a_time(_DISPATCH_LOCK)
            # Nobody designs it anew or retires it meanwhile.
            list(Sheet.objects.select_for_update().filter(code=sheet).order_by("id").values_list("id"))
            compiled = compile_sheet(
                sheet=sheet, version=version or _newest_ready(sheet), scope_unit=scope_unit, period=period,
                due_on=due_on, viewer=by, today=timezone.localdate(at), is_emergency=is_emergency,
            )  # fmt: skip
            by.require("DEMANDS_ISSUE", compiled.scope_path, department=compiled.sheet.issuer_code)
            _refuse(compiled, only_what_is_left)
            return _send(compiled, due_on, basis, only_what_is_left, in_place_of, by, at)
    except (SheetRefused, NothingLeftToAsk) as refused:
        assert compiled is not None, "only what was compiled is refused by the rules"
        gate.record_refusal(
            kind="sheet", title=_title(compiled), asker=compiled.sheet.issuer_code, scope_unit=scope_unit,
            target_level=compiled.sheet.level, by=by, at=at,
            reasons=[gate.Reason(one.rule, one.on_record, one.source) for one in refused.refusals],
        )  # fmt: skip
        raise


def withdraw_dispatch(*, dispatch: str, reason: str, by: Actor, at: datetime) -> None:
    """Take a dispatch back: nobody fills in any more, what was typed and not accepted no longer counts. Twice is once.

    Raises: NotThere, Invalid, DispatchClosed. Records: sheets.dispatch.withdrawn, gate.demand.withdrawn.
    """
    with transaction.atomic():
        found = _locked(dispatch, by)
        if found.state == Dispatch.State.WITHDRAWN:
            return
        if found.state == Dispatch.State.CLOSED:
            raise DispatchClosed(_("{number} 已经结束，不能撤回").format(number=dispatch))
        if not reason.strip():
            raise Invalid(_("请写明撤回的原因"), errors={"reason": _("不能为空")})
        retracted = _retract(found.filings.exclude(state__in=[Filing.State.ACCEPTED, Filing.State.REFUSED]), at)
        gate.withdraw_demand(number=found.demand.number, reason=reason, by=by, at=at)
        _end(found, Dispatch.State.WITHDRAWN, "sheets.dispatch.withdrawn", by, at,
             {"reason": reason.strip(), "facts_retracted": retracted})  # fmt: skip


def close_dispatch(*, dispatch: str, by: Actor, at: datetime) -> None:
    """End a dispatch: what was accepted stays, what was never handed in no longer counts. Twice is once.

    Raises: NotThere, DispatchClosed (withdrawn), FilingsUnderReview. Records: sheets.dispatch.closed.
    """
    with transaction.atomic():
        found = _locked(dispatch, by)
        if found.state == Dispatch.State.CLOSED:
            return
        if found.state == Dispatch.State.WITHDRAWN:
            raise DispatchClosed(_("{number} 已经撤回").format(number=dispatch))
        waiting = found.filings.filter(state=Filing.State.SUBMITTED).count()
        if waiting:
            raise FilingsUnderReview(
                _("还有 {n} 份已交、未审").format(n=waiting), todo=_("请先通过或退回，再结束这次填报")
            )
        retracted = _retract(found.filings.filter(state__in=[Filing.State.OPEN, Filing.State.RETURNED]), at)
        _end(found, Dispatch.State.CLOSED, "sheets.dispatch.closed", by, at, {"facts_retracted": retracted})


def end_expired_dispatches(*, at: datetime) -> int:
    """End what is still open longer than a demand may last (BRD-1), but for what waits to be reviewed.

    The work process's; answers how many. Records: sheets.dispatch.closed.
    """
    today = timezone.localdate(at)
    first = today - timedelta(days=law.rule("BRD-1", today).parameters["demand_days_most"])
    waiting = Filing.objects.filter(dispatch=OuterRef("pk"), state=Filing.State.SUBMITTED)
    expired = Dispatch.objects.filter(
        ~Exists(waiting), state=Dispatch.State.OPEN, due_on__lt=today, dispatched_at__date__lt=first
    )
    numbers = list(expired.order_by("id").values_list("number", flat=True)[:100])
    for number in numbers:
        close_dispatch(dispatch=number, by=SYSTEM, at=at)
    return len(numbers)


def _newest_ready(sheet: str) -> int | None:
    ready = Sheet.objects.filter(code=sheet, state=Sheet.State.READY).order_by("-version")
    return ready.values_list("version", flat=True).first()


def _refuse(compiled: Compiled, only_what_is_left: bool) -> None:
    if compiled.sheet.state != Sheet.State.READY:
        raise NotReady(
            _("《{title}》还不能下发").format(title=compiled.sheet.title),
            why=_("草稿和停用的表不能下发"),
            todo=_("请先定稿"),
        )
    if compiled.refusals:
        raise SheetRefused(compiled.refusals)
    if not compiled.n_units:
        raise gate.NobodyAsked(
            _("{place}没有这一级的填报单位").format(place=compiled.scope_name), todo=_("请检查下发范围和填报层级")
        )
    refused = [question.refusal for question in compiled.refused if question.refusal]
    if not compiled.asked:
        raise NothingLeftToAsk(
            refused,
            _("这张表没有要问基层的了"),
            why=_("{n} 项都已掌握、将由部门交付、正在别处问，或不该由本部门问").format(n=len(compiled.questions)),
            todo=_("不用下发，已掌握的数据可直接查看和导出"),
            source=refused[0].source,
            rule="FRM-2",
        )
    if refused and not only_what_is_left:
        raise SheetRefused(refused, todo=_("点“只问剩下的 {n} 项”再下发").format(n=len(compiled.asked)))


def _send(
    compiled: Compiled, due_on: date, basis: str, only_what_is_left: bool, in_place_of: str, by: Actor, at: datetime
) -> str:  # fmt: skip
    """The demand through the gate, then the dispatch; answer its number."""
    shares = shares_of(compiled, today=timezone.localdate(at))
    spared = shares.spared
    demand = gate.issue_demand(
        kind="sheet",
        title=_title(compiled),
        asker=compiled.sheet.issuer_code,
        scope_unit=compiled.scope_code,
        target_level=compiled.sheet.level,
        basis=basis,
        due_on=due_on,
        unit_count=compiled.n_units - len(spared),
        minutes_hundredths=compiled.minutes_hundredths,
        minutes_hundredths_per_unit=compiled.minutes_hundredths_per_unit,
        is_emergency=compiled.is_emergency,
        spared_unit_ids=spared,
        in_place_of=in_place_of,
        by=by,
        at=at,
    )
    gate.post_entries(
        demand_id=demand.id, asker_id=org.department(code=compiled.sheet.issuer_code).id, kind="sheet", on=due_on,
        minutes_by_unit=shares.minutes_hundredths, estimate="cells",
    )  # fmt: skip
    number = demand.number.replace("XQ", "BB", 1)
    _write(compiled, number, demand.id, due_on, spared, by, at)
    record_event(
        verb="sheets.sheet.dispatched",
        subject=f"dispatch:{number}",
        by=by,
        at=at,
        unit_path=compiled.scope_path,
        detail=_told(compiled)
        | {"demand": demand.number, "only_what_is_left": only_what_is_left, "spared": len(spared)},
    )
    return number


def _title(compiled: Compiled) -> str:
    return f"{compiled.sheet.title}（{compiled.period.label}）"[:120]


def _write(compiled: Compiled, number: str, demand_id: int, due_on: date, spared: Collection[int], by: Actor,
           at: datetime) -> None:  # fmt: skip
    dispatch = Dispatch.objects.create(
        number=number, sheet_id=compiled.sheet.id, demand_id=demand_id,
        scope_unit_id=org.unit_by_code(compiled.scope_code).id, period=compiled.period.key,
        level=compiled.sheet.level, due_on=due_on,
        compiled=_summary(compiled), dispatched_at=at, by_name=by.name,
    )  # fmt: skip
    DispatchQuestion.objects.bulk_create(
        DispatchQuestion(dispatch=dispatch, question_id=q.question_id, element_id=q.element_id, is_asked=q.is_asked)
        for q in compiled.questions
        if q.is_carried
    )
    states = {True: Filing.State.SPARED, False: Filing.State.OPEN}
    units = org.units_below(path=compiled.scope_path, level=compiled.sheet.level)
    Filing.objects.bulk_create(
        (Filing(dispatch=dispatch, unit_id=unit.id, state=states[unit.id in spared]) for unit in units),
        batch_size=2000,
    )


def _told(compiled: Compiled) -> dict[str, Any]:
    """What the event tells of a dispatch."""
    return {
        "sheet": compiled.sheet.code,
        "version": compiled.sheet.version,
        "period": compiled.period.code,
        "due_on": compiled.due_on and compiled.due_on.isoformat(),
        "is_emergency": compiled.is_emergency,
        "units": compiled.n_units,
        "asked": len(compiled.asked),
        "refused": len(compiled.refused),
        "prefilled_percent": compiled.prefilled_percent,
        "minutes_hundredths": compiled.minutes_hundredths,
    }


def _summary(compiled: Compiled) -> dict[str, Any]:
    """What the compiler showed, as it is kept with the dispatch."""
    kept = ("n_cells", "n_fresh", "n_stale", "n_unknown", "minutes_hundredths", "verdict")
    return _told(compiled) | {
        "questions": {
            q.element_code: {name: getattr(q, name) for name in kept} | _awaited_from(q) for q in compiled.questions
        }
    }


def _awaited_from(question: CompiledQuestion) -> dict[str, str]:
    """Whose delivery the question waits for, and until when."""
    if question.verdict != "expected" or question.awaited is None:
        return {}
    return {"provider": question.awaited.provider_name, "until": question.awaited.until.isoformat()}


def _locked(number: str, by: Actor) -> Dispatch:
    """The dispatch, locked against typing and reviewing, for the department that issued it. Raises NotThere."""
    chosen = Dispatch.objects.select_for_update(of=("self",)).select_related("sheet__issuer", "scope_unit", "demand")
    found = chosen.filter(number=number).first()
    if found is None:
        raise NotThere()
    by.require("DEMANDS_ISSUE", found.scope_unit.path, department=found.sheet.issuer.code)
    return found


def _retract(filings: QuerySet[Filing], at: datetime) -> int:
    chosen = filings.filter(answers__isnull=False).distinct()
    return registers.retract_facts(filings=dict(chosen.values_list("id", "unit__path")), at=at)


def _end(found: Dispatch, state: str, verb: str, by: Actor, at: datetime, detail: dict[str, Any]) -> None:
    found.state = state
    found.save(update_fields=["state"])
    record_event(
        verb=verb, subject=f"dispatch:{found.number}", by=by, at=at, unit_path=found.scope_unit.path, detail=detail
    )
