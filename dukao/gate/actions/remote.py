"""Visits that need nobody to come: an item's questions are answered from data, and the unit is told which."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Refused
from dukao.base.trail import record_event
from dukao.gate.actions.bookings import request_key_taken, ticket_of
from dukao.gate.actions.demands import issue_demand
from dukao.gate.actions.ledger import post_entries
from dukao.gate.models import Visit
from dukao.gate.queries.remote import item_for_unit, remote_look
from dukao.gate.queries.visits import VisitView, view_of
from dukao.org.rules import Actor


class NothingKnown(Refused):
    """None of the item's questions can be answered from the data the viewer may read."""


def look_remotely(*, item: str, unit: str, request_key: str, by: Actor, at: datetime) -> VisitView:
    """Answer an approved item's questions for a unit from data: nobody comes, no cap is drawn on, no minute is asked.

    It stands in the register and the ledger as a demand of 0 minutes, with what was read, so that the unit knows and
    may object to what is concluded from it. The same request key is one visit.
    Raises: NotThere, NothingKnown, RequestKeyTaken. Records: gate.visit.looked_remotely.
    Basis: supervision-regulation#12.
    """
    with transaction.atomic():
        found, asked = item_for_unit(item=item, unit=unit, viewer=by)
        # Nobody comes, so nobody is shown its code.
        ticket = ticket_of(request_key)
        earlier = Visit.objects.filter(number=ticket.number).first()
        if earlier is not None:
            if earlier.mode != Visit.Mode.REMOTE or earlier.unit_id != asked.id or not earlier.parts.filter(item=found):
                raise request_key_taken()
            return view_of(earlier, by)
        today = timezone.localdate(at)
        look = remote_look(item=item, unit=unit, viewer=by, on=today)
        if not look.answered:
            raise NothingKnown(
                _("这一项还不能不到现场"),
                why=_("{unit}的数据里没有能回答这些问题的").format(unit=asked.name),
                todo=_("请按计划预约一次检查，或先请有关部门交付数据"),
            )
        demand = issue_demand(
            kind="visit", title=found.title, asker=found.department.code, scope_unit=unit, target_level=asked.level,
            basis=found.basis, due_on=today, unit_count=1, minutes_hundredths=0, minutes_hundredths_per_unit=0,
            is_emergency=False, by=by, at=at,
        )  # fmt: skip
        post_entries(demand_id=demand.id, asker_id=found.department_id, kind="visit", on=today,
                     minutes_by_unit={asked.id: 0}, estimate="visit")  # fmt: skip
        visit = Visit.objects.create(
            number=ticket.number, request_key=request_key, state=Visit.State.ARRIVED,
            mode=Visit.Mode.REMOTE, unit_id=asked.id, on=today, purpose=found.purpose, team_size=0,
            asks=[question["text"] for question in found.questions], minutes_hundredths=0, caps={},
            code_digest=ticket.digest, booked_by=by.name, booked_at=at,
            expires_at=at, arrived_at=at, seen=[asdict(datum) for datum in look.answered], demand_id=demand.id,
            is_synthetic=found.is_synthetic,
        )  # fmt: skip
        visit.parts.create(item=found)
        record_event(
            verb="gate.visit.looked_remotely", subject=f"visit:{visit.number}", by=by, at=at, unit_path=asked.path,
            detail={"item": found.number, "demand": demand.number, "answered": len(look.answered),
                    "unanswered": len(look.unanswered)},
        )  # fmt: skip
        return view_of(visit, by)
