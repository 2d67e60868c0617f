"""The burden ledger: entries are posted with their demand, given back with it, measured only where somebody may know.

1. Whatever issues a demand posts one entry per unit asked, in its transaction, with how the minutes were estimated.
2. What is taken back is given back: the entry stays, and nothing is charged. Time that was measured is spent; it stays.
3. A unit may tell how long it really took; the system may know it (a meeting's clock). Nobody is watched for it.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere
from dukao.base.trail import record_event
from dukao.gate.actions.writing import IdOf, Rows
from dukao.gate.models import BurdenEntry, Demand
from dukao.gate.rules.burden import ESTIMATES
from dukao.gate.rules.demands import KINDS
from dukao.org import queries as org
from dukao.org.rules import Actor

_MINUTES_MOST = 10_000


def post_entries(
    *, demand_id: int, asker_id: int, kind: str, on: date, minutes_by_unit: Mapping[int, int], estimate: str
) -> int:
    """Charge the asker what a demand costs each unit (unit id → minutes × 100), in the month of `on`.

    `on` is the day of the work: of the visit or the meeting, or the day by which a sheet is due. In the transaction of
    the action that issues the demand, whose event tells of it. Answers how many were posted.
    """
    assert connection.in_atomic_block, "entries belong to the transaction of their demand"
    assert kind in KINDS, f"unknown kind of demand {kind!r}"
    assert estimate in ESTIMATES, f"unknown estimate {estimate!r}"
    month = Period.of(on, "month").key
    BurdenEntry.objects.bulk_create(
        (
            BurdenEntry(demand_id=demand_id, unit_id=unit_id, asker_id=asker_id, month=month, kind=kind,
                        minutes_hundredths=minutes, estimate=estimate)
            for unit_id, minutes in minutes_by_unit.items()
        ),
        batch_size=2000,
    )  # fmt: skip
    return len(minutes_by_unit)


def post_entry(
    rows: Rows, *, demand: str, asker_id: int, kind: str, on: date, unit_id: int, minutes: int, estimate: str
) -> None:
    """Inside the room: `post_entries` for a demand (its number) on one unit, sent with the rows of its action."""
    assert kind in KINDS, f"unknown kind of demand {kind!r}"
    assert estimate in ESTIMATES, f"unknown estimate {estimate!r}"
    rows.insert(
        BurdenEntry, demand_id=IdOf(Demand, demand), unit_id=unit_id, asker_id=asker_id,
        month=Period.of(on, "month").key, kind=kind, minutes_hundredths=minutes, estimate=estimate,
    )  # fmt: skip


def give_back_entries(*, demand_id: int, unit_ids: Collection[int] | None = None, at: datetime) -> int:
    """Charge a demand no longer, to all its units or to these; measured time was spent and stays. Answers how many.

    In the transaction of the action that takes the demand back.
    """
    assert connection.in_atomic_block, "entries are given back in the transaction that takes the demand back"
    chosen = _standing(demand_id).filter(measured_hundredths=None)
    if unit_ids is not None:
        chosen = chosen.filter(unit_id__in=unit_ids)
    return chosen.update(given_back_at=at)


def know_minutes(*, demand_id: int, minutes_hundredths: int) -> int:
    """The system knows how long it took every unit (a meeting's clock). What a unit told itself stays.

    In the caller's transaction, whose event tells of it. Answers for how many units.
    """
    assert minutes_hundredths >= 0, "time does not run backwards"
    chosen = _standing(demand_id).exclude(measure=BurdenEntry.Measure.TOLD)
    return chosen.update(measured_hundredths=minutes_hundredths, measure=BurdenEntry.Measure.KNOWN)


def tell_minutes(*, demand: str, unit: str, minutes: int, by: Actor, at: datetime) -> None:
    """The unit tells, of its own will, how long the demand (its number) really took. The last word counts.

    Raises: NotThere (no such demand on this unit, or not the actor's unit), Invalid. Records: gate.burden.told.
    """
    with transaction.atomic():
        asked = org.unit_by_code(unit)
        by.require("DEMANDS_RECEIVE", asked.path)
        if not 0 <= minutes <= _MINUTES_MOST:
            raise Invalid(
                _("分钟数不对"), errors={"minutes": _("请填 0 到 {most} 之间的整数").format(most=_MINUTES_MOST)}
            )
        chosen = BurdenEntry.objects.select_for_update().filter(
            demand__number=demand, unit_id=asked.id, given_back_at=None
        )
        entry = chosen.order_by("-month").first()
        if entry is None:
            raise NotThere()
        entry.measured_hundredths, entry.measure = minutes * 100, BurdenEntry.Measure.TOLD
        entry.save(update_fields=["measured_hundredths", "measure"])
        record_event(
            verb="gate.burden.told", subject=f"demand:{demand}", by=by, at=at, unit_path=asked.path,
            detail={"unit": unit, "minutes": minutes, "estimated_hundredths": entry.minutes_hundredths},
        )  # fmt: skip


def _standing(demand_id: int) -> QuerySet[BurdenEntry]:
    return BurdenEntry.objects.filter(demand_id=demand_id, given_back_at=None)
