"""Asking whether it is fixed: first who raised it, else a unit drawn at random; the next one where one stays silent."""

from datetime import datetime, timedelta

from django.utils import timezone

from dukao.gate.rules import draws
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.tasks.actions.setting import confirmers_most, seed_of
from dukao.tasks.models import Closing, Confirmation
from dukao.tasks.rules.confirming import PUBLIC_SOURCE, drawn_units, promised_from, public_part


def ask_first(closing: Closing, at: datetime) -> None:
    """Ask the raiser; where nobody raised it who could be asked, a drawn unit. In the transaction that closes."""
    row = closing.task
    if row.raiser == "none":
        ask_drawn(closing, at)
    else:
        _ask(closing, row.raiser_unit_id, is_raiser=True, at=at)


def ask_drawn(closing: Closing, at: datetime) -> str:
    """Ask the next unit of the draw; answers its code. Where nobody is left to ask, nobody has answered."""
    order = _order(closing)
    asked = {one.unit_id for one in closing.confirmations.all() if one.unit_id}
    for code in order:
        unit = org.unit_by_code(code)
        if unit.id not in asked:
            _ask(closing, unit.id, is_raiser=False, at=at)
            return code
    closing.outcome = "silent"
    closing.save(update_fields=["outcome"])
    return ""


def _ask(closing: Closing, unit_id: int | None, *, is_raiser: bool, at: datetime) -> None:
    today = timezone.localdate(at)
    days = law.rule("TSK-1", today).parameters["confirm_days"]
    Confirmation.objects.create(
        closing=closing, unit_id=unit_id, is_raiser=is_raiser, asked_on=today, answer_by=today + timedelta(days=days)
    )


def _order(closing: Closing) -> tuple[str, ...]:
    """The draw, made once the closing's day is known, and published with its seed."""
    row = closing.task
    if not row.candidates:
        return ()
    given = promised_from(row.candidates, wanted=confirmers_most(timezone.localdate(row.set_at)))
    seed = seed_of(row.number)
    public = public_part(row.number, closing.round, timezone.localdate(closing.closed_at).isoformat())
    if not closing.draw:
        closing.draw = {
            "format": draws.FORMAT, "commitment": row.commitment, "seed": seed, "public_part": public,
            "public_source": PUBLIC_SOURCE, "result": draws.drawn(seed, public, given),
        } | given  # fmt: skip
        closing.save(update_fields=["draw"])
    return drawn_units(seed, public, given)
