"""What the platform itself costs the units: filings are counted here, the gate charges them."""

from datetime import datetime, time

from django.db.models import Count
from django.utils import timezone

from dukao.base.periods import Period
from dukao.gate import actions as gate
from dukao.sheets.models import Filing

# A work process that stood still for long catches up with so many months.
_MONTHS_BACK = 12


def charge_platform_minutes(*, at: datetime) -> int:
    """Charge the platform for each month that is over and not charged yet; answers to how many units in all."""
    this = Period.of(timezone.localdate(at), "month")
    months = [this.next(-step) for step in range(_MONTHS_BACK, 0, -1)]
    return sum(gate.charge_platform(month=month, filings_by_unit=_handed_in(month), at=at) for month in months)


def _handed_in(month: Period) -> dict[int, int]:
    since, until = (timezone.make_aware(datetime.combine(day, time())) for day in (month.starts_on, month.ends_on))
    rows = Filing.objects.filter(submitted_at__gte=since, submitted_at__lt=until).values("unit_id")
    return {row["unit_id"]: row["n"] for row in rows.annotate(n=Count("id")).order_by()}
