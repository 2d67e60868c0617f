"""Compiling a 200-question sheet: for 1,599 villages, and for 60,000 units (12 million cells).

Beside it, in the same run: DuckDB joining all units × questions with the same facts in tables of its own, both cores.
The two must come to the same counts.
"""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from bench._facts import City, batch, build_city, house, land, p50, seconds_each, told
from bench._sheets import QUESTIONS, SEPTEMBER, compiled, define, is_known

_UNITS, _UNITS_QUICK = 60_000, 12_000
_PER_TOWN = 100
_RUNS = 5
Job = dict[str, Any]


def run(quick: bool) -> list[Job]:
    jobs = []
    for name, units in (("1599", 0), ("60000", _UNITS_QUICK if quick else _UNITS)):
        with house("sqlite") as folder:
            city = build_city(elements=QUESTIONS)
            if units:
                _grow(city, units)
            define()
            facts = _fill(city)
            raw = _duckdb(city, folder / "raw.duckdb")
            expected, found = raw(), _counts()
            assert found == expected, "the compiler and DuckDB disagree"
            ours, beside = p50(seconds_each(compiled, runs=_RUNS)), p50(seconds_each(raw, runs=_RUNS))
            size = f"{len(city.villages):,} units × {QUESTIONS} questions, {facts:,} facts"
            ratio, goal = (ours / beside, "<= 3") if units else (ours, "<= 1")
            jobs.append({
                "job": f"sheet-compile-{name}", "ours": ours, "unit": "s", "peers": {"raw DuckDB join": beside},
                "limit": size, "ratio": ratio, "goal": goal, "met": ratio <= (3 if units else 1),
            })  # fmt: skip
    return jobs


def _counts() -> dict[int, int]:
    """Known cells per element, as the compiler tells them; nought where nothing is known."""
    return {q.element_id: q.n_fresh for q in compiled().questions}


def _grow(city: City, units: int) -> None:
    """Give the city as many villages more as make `units`."""
    from dukao.org.models import Unit

    number = city.villages[-1].pk
    more = units - len(city.villages)
    towns, villages = [], []
    for n in range(-(-more // _PER_TOWN)):
        number += 1
        above = city.counties[n % len(city.counties)]
        towns.append(_unit(number, f"98{n:04}000000", 4, above))
    for n in range(more):
        number += 1
        villages.append(_unit(number, f"98{n // _PER_TOWN:04}{n % _PER_TOWN + 1:06}", 5, towns[n // _PER_TOWN]))
    Unit.objects.bulk_create(towns + villages, batch_size=2000)
    city.villages += villages


def _unit(number: int, code: str, level: int, above: Any) -> Any:
    from dukao.org.models import Unit

    name = f"模拟{number}"
    return Unit(id=number, code=code, name=name, short_name=name, pinyin=name, pinyin_initials=name, level=level,
                parent=above, path=f"{above.path}{number}/", valid_from=date(2024, 1, 1))  # fmt: skip


def _fill(city: City) -> int:
    """Land September's known facts, some elements at a time; answer how many."""
    facts = 0
    step = max(1, 2_000_000 // len(city.villages))
    for first in range(0, QUESTIONS, step):
        batches = []
        for question in range(first, min(first + step, QUESTIONS)):
            units = [v.pk for v in city.villages if is_known(question, v.pk)]
            if units:
                batches.append(batch(city.elements[question], SEPTEMBER, units, [100] * len(units)))
        if batches:
            facts += land(1 + first, batches)
        told(f"{facts:,} facts")
    return facts


def _duckdb(city: City, path: Path) -> Any:
    """The join over all cells on DuckDB's own tables, with the facts copied from the database under test."""
    from django.db import connection

    raw = duckdb.connect(str(path), config={"autoinstall_known_extensions": "false"})
    units = pa.table({"unit": np.array([v.pk for v in city.villages])})  # noqa: F841 (read by DuckDB)
    questions = pa.table({"element": np.array(city.elements)})  # noqa: F841
    raw.execute("CREATE TABLE unit AS SELECT * FROM units; CREATE TABLE question AS SELECT * FROM questions")
    raw.execute("CREATE TABLE fact (element BIGINT, unit BIGINT, period INTEGER)")
    with connection.cursor() as cursor:
        cursor.execute("SELECT element_id, unit_id, period FROM registers_fact WHERE superseded_at IS NULL")
        while rows := cursor.fetchmany(1_000_000):
            columns = zip(*rows, strict=True)
            chunk = pa.table(dict(zip(("element", "unit", "period"), map(np.array, columns), strict=True)))  # noqa: F841
            raw.execute("INSERT INTO fact SELECT * FROM chunk")

    def join() -> dict[int, int]:
        return dict(raw.execute(
            "SELECT q.element, count(f.unit) FROM unit u CROSS JOIN question q LEFT JOIN fact f"
            " ON f.element = q.element AND f.unit = u.unit AND f.period = ? GROUP BY q.element", [SEPTEMBER],
        ).fetchall())  # fmt: skip

    return join
