"""An appeal upheld against a sheet: the unit's filing closes in the transaction that decides."""

from datetime import datetime

from django.utils.translation import gettext_noop

from dukao.base.trail import record_event
from dukao.gate.actions import DecidedAppeal
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers import actions as registers
from dukao.sheets.models import Filing
from dukao.sheets.queries.reading import WORKED_ON

# On record in Chinese, whoever decides; spoken in the reader's language.
RELEASED = gettext_noop("申诉成立，不用再填")


def release_filing(decided: DecidedAppeal, by: Actor, at: datetime) -> None:
    """Close the unit's filing; what it held provisionally no longer counts. Records: sheets.filing.released."""
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
