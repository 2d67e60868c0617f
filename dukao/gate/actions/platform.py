"""The platform's own minutes stand in the ledger like anybody's: what it costs units to hand in, appeal and scan here.

Counted from what the house knows anyway, per unit and month; nobody's doings are counted, and nobody is timed.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.refusals import NotThere
from dukao.base.sql import one_at_a_time
from dukao.base.wording import period_text
from dukao.gate.actions.demands import issue_demand
from dukao.gate.actions.ledger import post_entries
from dukao.gate.models import Appeal, BurdenEntry, Visit
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.actions import define_department
from dukao.org.rules import SYSTEM

PLATFORM = "platform"  # the department's code
_CHARGE_LOCK = 0x6475_6B71  # PostgreSQL advisory lock: a month is charged once.
_VILLAGE = 5


def charge_platform(*, month: Period, filings_by_unit: Mapping[int, int], at: datetime) -> int:
    """Charge the platform for a month that is over: filings handed in (unit id → how many), appeals, codes scanned.

    Once a month, however often it is asked; answers to how many units. Records: gate.demand.issued.
    """
    assert month.type == "month", "the platform is charged by the month"
    assert month.ends_on <= timezone.localdate(at), "a month that is not over has not been counted"
    with transaction.atomic():
        one_at_a_time(_CHARGE_LOCK)
        if BurdenEntry.objects.filter(kind=PLATFORM, month=month.key).exists():
            return 0
        minutes = _minutes(month, filings_by_unit)
        if not minutes:
            return 0
        platform_id = platform_department(at)
        per, top = law.rule("BRD-1", month.starts_on).parameters, org.root_units()[0]
        issued = issue_demand(
            kind=PLATFORM, title=_("本平台自身占用的时间（{month}）").format(month=period_text(month)),
            asker=PLATFORM, scope_unit=top.code, target_level=_VILLAGE, is_emergency=False,
            basis=_("每次交表 {filing} 分钟、申诉 {appeal} 分钟、扫码 {code} 分钟").format(
                filing=per["platform_minutes_per_filing"], appeal=per["platform_minutes_per_appeal"],
                code=per["platform_minutes_per_code"],
            ),
            due_on=timezone.localdate(at), unit_count=len(minutes), minutes_hundredths=sum(minutes.values()),
            minutes_hundredths_per_unit=max(minutes.values()), by=SYSTEM, at=at,
        )  # fmt: skip
        return post_entries(
            demand_id=issued.id, asker_id=platform_id, kind=PLATFORM, on=month.starts_on,
            minutes_by_unit=minutes, estimate=PLATFORM,
        )  # fmt: skip


def _minutes(month: Period, filings_by_unit: Mapping[int, int]) -> dict[int, int]:
    """Minutes × 100 per unit. Basis: BRD-1."""
    per = law.rule("BRD-1", month.starts_on).parameters
    since, until = (timezone.make_aware(datetime.combine(day, time())) for day in (month.starts_on, month.ends_on))
    appeals = Appeal.objects.filter(made_at__gte=since, made_at__lt=until).values_list("unit_id", flat=True)
    scanned = Visit.objects.filter(arrived_at__gte=since, arrived_at__lt=until).values_list("unit_id", flat=True)
    minutes: Counter[int] = Counter()
    for counted, each in (
        (filings_by_unit, per["platform_minutes_per_filing"]),
        (Counter(appeals), per["platform_minutes_per_appeal"]),
        (Counter(scanned), per["platform_minutes_per_code"]),
    ):
        for unit_id, n in counted.items():
            minutes[unit_id] += n * each * 100
    return dict(minutes)


def platform_department(at: datetime) -> int:
    """Inside the room: the platform as one more department, at the top of the tree; made when it is first needed."""
    try:
        return org.department(code=PLATFORM).id
    except NotThere:
        define_department(code=PLATFORM, name=_("本平台"), unit_code=org.root_units()[0].code, by=SYSTEM, at=at)
        return org.department(code=PLATFORM).id
