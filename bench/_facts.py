"""What the benches of facts and figures share: a synthetic city of 16 counties, 209 towns, 1,599 villages, filled."""

import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

COUNTIES, TOWNS, VILLAGES = 16, 209, 1_599
AT = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)
CITY = "990100000000"
SEED = 230200


@contextmanager
def house(kind: str) -> Iterator[Path]:
    """An empty, migrated database of this kind (sqlite, postgresql) in a folder of its own; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="dukao-bench-"))
    try:
        if kind == "sqlite":
            _use(f"sqlite:///{folder}/bench.sqlite3")
            yield folder
        else:
            from tools.postgres import running_postgres

            with running_postgres() as server:
                _use(server.url)
                yield folder
                _connections()["default"].close()
    finally:
        _connections()["default"].close()
        shutil.rmtree(folder, ignore_errors=True)


def _use(url: str) -> None:
    """Point Django at this database, set up or not, and migrate."""
    os.environ["DUKAO_DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dukao.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from dukao import env

    connections = _connections()
    connections["default"].close()
    del connections["default"]
    connections.__dict__["settings"] = connections.configure_settings({"default": env.database(url)})
    call_command("migrate", verbosity=0)


def _connections() -> Any:
    from django.db import connections

    return connections


@dataclass
class City:
    """Ids, codes and paths of the units, top down; element ids by their number."""

    counties: list[Any] = field(default_factory=list)
    villages: list[Any] = field(default_factory=list)
    elements: list[int] = field(default_factory=list)
    path: str = "/1/"

    def actor(self, unit: Any, role: str, login_id: int = 1) -> Any:
        from dukao.org.rules import Actor, Standing

        standing = Standing(role, role, unit.pk, unit.code, unit.name, unit.level, unit.path, 1, "tax", "税务局")
        return Actor(f"{role}-{login_id}", role, login_id, (standing,))


def build_city(*, elements: int, level: str = "village") -> City:
    """The tree, a department, a dataset and the elements (kept per month)."""
    from dukao.org.models import Department, Unit
    from dukao.org.rules import SYSTEM
    from dukao.registers.actions import define_element
    from dukao.registers.models import Dataset, Element
    from dukao.registers.rules import ElementDefinition

    city = City()
    units: list[Any] = []

    def add(code: str, name: str, level: int, above: Any) -> Any:
        number = len(units) + 1
        units.append(Unit(
            id=number, code=code, name=name, short_name=name, pinyin=name, pinyin_initials=name, level=level,
            parent=above, path=f"{above.path if above else '/'}{number}/", valid_from=date(2024, 1, 1),
        ))
        return units[-1]

    root = add(CITY, "模拟市", 2, None)
    city.counties = [add(f"9901{n + 1:02}000000", f"模拟{n + 1}县", 3, root) for n in range(COUNTIES)]
    towns = [
        add(f"{city.counties[n % COUNTIES].code[:6]}{n + 1:03}000", f"{n + 1}镇", 4, city.counties[n % COUNTIES])
        for n in range(TOWNS)
    ]
    city.villages = [
        add(f"{towns[n % TOWNS].code[:9]}{200 + n // TOWNS:03}", f"{n + 1}村", 5, towns[n % TOWNS])
        for n in range(VILLAGES)
    ]
    Unit.objects.bulk_create(units)
    Department.objects.create(id=1, code="tax", name="税务局", unit=root)
    for number in range(elements):
        define_element(by=SYSTEM, at=AT, definition=ElementDefinition.model_validate({
            "code": f"e{number}", "title": f"第 {number} 项", "period": "month", "level": level, "unit": "万元",
            "decimals": 2, "adds_up": {"units": "sum", "periods": "sum"}, "owner": "tax", "synthetic": True,
        }))
    city.elements = list(Element.objects.order_by("pk").values_list("pk", flat=True))
    Dataset.objects.create(
        pk=1, code="returns", title="模拟申报", provider_id=1,
        definition={
            "period": "month", "columns": [], "measures": [{"element": f"e{number}"} for number in range(elements)],
        },
    )
    return city


def months(count: int) -> list[int]:
    """Keys of the last so many months up to September 2026."""
    from dukao.base.periods import Period

    last = Period.parse("2026-09")
    return [last.next(-step).key for step in reversed(range(count))]


def fill(city: City, *, months_count: int) -> int:
    """Land facts for every village, element and month, one delivery per quarter; answer how many."""
    from django.db import connection

    keys, landed = months(months_count), 0
    random_values = np.random.default_rng(SEED)
    units = np.array([village.pk for village in city.villages])
    for start in range(0, len(keys), 3):
        rows = [
            _batch(element, key, units, random_values.integers(0, 10**6, len(units)))
            for element in city.elements
            for key in keys[start : start + 3]
        ]
        landed += land(1 + start // 3, rows)
        told(f"{landed:,} facts")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return landed


def land(number: int, batches: list[pa.RecordBatch], *, supersedes: int | None = None) -> int:
    """One delivery with these facts."""
    from django.db import transaction

    from dukao.registers.actions import land_facts
    from dukao.registers.models import Delivery

    with transaction.atomic():
        Delivery.objects.create(
            pk=number, number=f"returns-{number}", dataset_id=1, dataset_version=1, scope_unit_id=1, period=2026103,
            file_name="a.csv", file_digest=f"{number:064}", size_bytes=1, state="landed", by_name="bench",
            received_at=AT, landed_at=AT, supersedes_id=supersedes,
        )
        return land_facts(delivery_id=number, batches=batches, at=AT).facts


def _batch(element: int, key: int, units: Any, values: Any) -> pa.RecordBatch:
    size = len(units)
    columns = [pa.array(np.full(size, element)), pa.array(np.full(size, key, np.int32)), pa.array(units),
               pa.array(values), pa.nulls(size, pa.string())]
    return pa.record_batch(columns, names=["element_id", "period", "unit_id", "value", "text"])


def batch(element: int, key: int, units: list[int], values: list[int]) -> pa.RecordBatch:
    return _batch(element, key, np.array(units), np.array(values))


def define_indicators(count: int, *, plain: bool = False) -> None:
    """Single elements, sums, and ratios, over the city's elements in turn; single elements only where `plain`."""
    from dukao.indicators.actions import define_indicator
    from dukao.indicators.rules import IndicatorDefinition
    from dukao.org.rules import SYSTEM

    for n in range(count):
        formulas: list[dict[str, Any]] = [{"numerator": f"e{n}"}, {"numerator": f"e{n} + e{(n + 1) % count}"},
                    {"numerator": f"e{n}", "denominator": f"e{(n + 1) % count}", "factor": 100}]
        define_indicator(by=SYSTEM, at=AT, definition=IndicatorDefinition.model_validate({
            "code": f"i{n}", "title": f"指标 {n}", "why": "模拟", "unit": "万元", "period": "month", "basis": "模拟",
            "review_on": date(2027, 1, 1), "position": n, "synthetic": True, **formulas[0 if plain or n % 5 else n % 3],
        }))


def seconds_each(work: Callable[[], Any], *, runs: int) -> list[float]:
    """Wall seconds of each run, after one that warms up."""
    work()
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return taken


def p50(values: list[float]) -> float:
    return statistics.median(values)


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[-1] if len(values) > 1 else values[0]


def per_second(work: Callable[[], Any], *, seconds: float) -> float:
    """How many times a second `work` is done, over at least so long."""
    done, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds:
        work()
        done += 1
    return done / spent


def chance() -> random.Random:
    return random.Random(SEED)


def told(text: str) -> None:
    print(f"   {text}", file=sys.stderr, flush=True)
