"""Deciding an appeal: where it is upheld against a sheet, the unit's filing closes in the same transaction."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from dukao.base.trail import record_event
from dukao.gate import actions as gate
from dukao.gate.actions import DecidedAppeal
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers import actions as registers
from dukao.sheets.models import Filing
from dukao.sheets.queries.reading import WORKED_ON

# On record in Chinese, whoever decides; spoken in the reader's language.
RELEASED = gettext_noop("申诉成立，不用再填")


def decide_appeal(*, appeal: str, is_upheld: bool, decision: str, by: Actor, at: datetime) -> DecidedAppeal:
    """Decide an appeal against anything that was asked; what an open filing held provisionally no longer counts.

    Raises and records what `gate.actions.decide_appeal` does; and sheets.filing.released.
    """
    with transaction.atomic():
        decided = gate.decide_appeal(appeal=appeal, is_upheld=is_upheld, decision=decision, by=by, at=at)
        if decided.is_upheld and decided.kind == "sheet" and not decided.again:
            _release(decided, by, at)
    return decided


def _release(decided: DecidedAppeal, by: Actor, at: datetime) -> None:
    chosen = Filing.objects.select_for_update(of=("self",)).select_related("dispatch")
    filing = chosen.filter(
        dispatch__demand__number=decided.demand, unit__code=decided.unit, state__in=[*WORKED_ON, "submitted"]
    ).first()
    if filing is None:  # accepted or refused before: what is done is done
        return
    path = org.unit_by_id(filing.unit_id).path
    retracted = registers.retract_facts(filings={filing.pk: path}, at=at)
    filing.state, filing.reason, filing.revision = Filing.State.SPARED, RELEASED, filing.revision + 1
    filing.save(update_fields=["state", "reason", "revision"])
    record_event(
        verb="sheets.filing.released", subject=f"filing:{filing.dispatch.number}/{decided.unit}", by=by, at=at,
        unit_path=path, detail={"demand": decided.demand, "facts_retracted": retracted},
    )  # fmt: skip
