"""The monthly review of the whole city over 50,000 demands of a year: sheets, documents, meetings and 12,000 visits.

Beside it, in the same run: the four sums of the page as raw SQL, each with the best index there is.
"""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from itertools import islice
from typing import Any

from bench._facts import SEED, City, build_city, house, p50, p95, seconds_each, told
from bench._people import signed_in

_DEMANDS, _VISITS, _DEPARTMENTS = 50_000, 12_000, 40
_PAGE_GOAL_MS = 300
_MONTH, _MONTH_KEY = "2026-09", 2026209
_KINDS = ("sheet", "document", "meeting")
_UNITS_EACH = (3, 4, 5, 8, 16)
Job = dict[str, Any]


def run(quick: bool) -> list[Job]:
    jobs = []
    for kind in ("sqlite", "postgresql"):
        with house(kind):
            import_module("dukao.wsgi")  # the process stands as the server's does
            city = build_city(elements=1)
            entries = _ask(city)
            told(f"{kind}: {_DEMANDS:,} demands, {entries:,} entries")
            jobs.append(_job(kind, entries, 20 if quick else 100))
    return jobs


def _job(kind: str, entries: int, runs: int) -> Job:
    client = signed_in("supervision")

    def ask() -> None:
        response = client.get(f"/monthly/?month={_MONTH}")
        assert response.status_code == 200, response.status_code

    ours = [1000 * seconds for seconds in seconds_each(ask, runs=runs)]
    raw = [1000 * seconds for seconds in seconds_each(_raw(), runs=runs)]
    return {
        "job": f"gate-review-{kind}", "ours": p95(ours), "unit": "ms (p95), whole page",
        "peers": {"ours (median)": p50(ours), "raw SQL, four sums (median)": p50(raw)},
        "limit": f"{_DEMANDS:,} demands, {entries:,} entries, {_VISITS:,} visits", "ratio": p95(ours),
        "goal": f"<= {_PAGE_GOAL_MS} ms", "met": p95(ours) <= _PAGE_GOAL_MS,
    }  # fmt: skip


def _raw() -> Callable[[], None]:
    from django.db import connection

    charged = "sum(coalesce(measured_hundredths, minutes_hundredths))"
    entries = f"FROM gate_burdenentry WHERE month = {_MONTH_KEY} AND given_back_at IS NULL"
    visits = "FROM gate_visit WHERE \"on\" BETWEEN '2026-09-01' AND '2026-09-30' AND state IN ('arrived', 'concluded')"
    statements = (
        f"SELECT unit_id, {charged} {entries} GROUP BY unit_id",
        f"SELECT asker_id, kind, {charged} {entries} GROUP BY asker_id, kind",
        f"SELECT demand_id, {charged} AS minutes {entries} GROUP BY demand_id ORDER BY minutes DESC LIMIT 10",
        f"SELECT unit_id, count(*) {visits} GROUP BY unit_id",
    )

    def ask() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    return ask


def _ask(city: City) -> int:
    """Rows as the actions leave them, written in bulk; answers how many entries."""
    from django.db import connection

    from dukao.base.periods import Period
    from dukao.gate.models import BurdenEntry, Demand, Plan, PlanItem, Visit, VisitPart
    from dukao.org.models import Department

    chance = random.Random(SEED)
    departments = [
        Department.objects.create(id=100 + n, code=f"d{n}", name=f"模拟{n}局", unit_id=1) for n in range(_DEPARTMENTS)
    ]
    plan = Plan.objects.create(year=2026, unit_id=1, state=Plan.State.PUBLISHED)
    items = PlanItem.objects.bulk_create(
        PlanItem(
            plan=plan, number=f"JH2026-{n:04}", state="approved", department=department, title=f"事项 {n}",
            topic="grain", kind="special", method="check", basis="模拟", purpose="模拟", scope_unit_id=1,
            target_level=5,
            starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), visits_most=1000,
            minutes_hundredths_per_visit=9000, made_by="bench", made_at=_at(date(2026, 1, 5)), is_synthetic=True,
        )
        for n, department in enumerate(departments * 3)
    )  # fmt: skip
    demands: list[Demand] = []
    reached: list[list[int]] = []
    for n in range(_DEMANDS):
        on = date(2026, 1, 1) + timedelta(days=chance.randrange(365))
        kind = "visit" if n < _VISITS else _KINDS[n % 3]
        count = 1 if kind == "visit" else chance.choice(_UNITS_EACH)
        reached.append([unit.pk for unit in chance.sample(city.villages, count)])
        demands.append(Demand(
            number=f"XQ2026-{n:05}", kind=kind, title=f"模拟要求 {n}", asker=departments[n % _DEPARTMENTS],
            scope_unit_id=1, target_level=5, basis="模拟", unit_count=count, minutes_hundredths=6000 * count,
            minutes_hundredths_per_unit=6000, issued_at=_at(on - timedelta(days=8)), due_on=on, by_name="bench",
        ))  # fmt: skip
    Demand.objects.bulk_create(demands, batch_size=2000)
    entries = (
        BurdenEntry(
            demand=demand, unit_id=unit, asker_id=demand.asker_id, kind=demand.kind, estimate="spread",
            month=Period.of(demand.due_on, "month").key, minutes_hundredths=3000 + chance.randrange(6000),
        )
        for demand, units in zip(demands, reached, strict=True)
        for unit in units
    )
    while some := list(islice(entries, 50_000)):
        BurdenEntry.objects.bulk_create(some, batch_size=2000)
    visits = Visit.objects.bulk_create((
        Visit(
            number=f"JC-{n:06}", request_key=f"bench-{n}", state=Visit.State.CONCLUDED, unit_id=reached[n][0],
            on=demand.due_on, purpose="模拟", team_size=2, minutes_hundredths=6000, code_digest=f"{n:064}",
            booked_by="bench", booked_at=_at(demand.due_on - timedelta(days=8)), expires_at=_at(demand.due_on),
            arrived_at=_at(demand.due_on), concluded_at=_at(demand.due_on), demand=demand, caps={}, is_synthetic=True,
        )
        for n, demand in enumerate(demands[:_VISITS])
    ), batch_size=1000)  # fmt: skip
    VisitPart.objects.bulk_create(
        (VisitPart(visit=visit, item=items[(n + part) % len(items)]) for n, visit in enumerate(visits)
         for part in range(1 + (n % 3 == 0))),
        batch_size=2000,
    )  # fmt: skip
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return BurdenEntry.objects.count()


def _at(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 2, tzinfo=UTC)
