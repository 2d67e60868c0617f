"""One cell typed by a worker, through the page's own action: rights, answer, fact, totals, event, one durable commit.

Beside it, in the same run: raw tables on SQLite and PostgreSQL whose sums are kept by triggers, one commit each; and
100,000 facts landing in one delivery.
"""

import sqlite3
from collections.abc import Callable
from datetime import date
from typing import Any

from bench._facts import (
    AT,
    CITY,
    SEED,
    City,
    batch,
    build_city,
    chance,
    fill,
    house,
    land,
    months,
    p50,
    per_second,
    told,
)

_LEGAL = {"type": "statistical", "form_number": "模拟1表", "issuing_body": "模拟市统计局",
          "approval_number": "模拟〔2026〕1号", "valid_until": date(2027, 12, 31)}
_BULK_FACTS = 100_000
_RUNS = 3
_FIRST_CELLS = 500
Job = dict[str, Any]


def run(quick: bool) -> list[Job]:
    elements, months_kept, seconds = (30, 6, 3.0) if quick else (200, 12, 10.0)
    jobs: list[Job] = []
    for kind in ("sqlite", "postgresql"):
        with house(kind) as folder:
            told(f"{kind}: {elements} elements × {months_kept} months × 1,599 villages")
            city = build_city(elements=elements)
            fill(city, months_count=months_kept)
            raw = raw_sqlite(city, months_kept, str(folder / "raw.sqlite3")) if kind == "sqlite" else raw_postgresql(
                city, months_kept
            )
            typed = typing(city, elements)
            # In turns, so that a slow moment of the machine meets both.
            rates = [(per_second(raw, seconds=seconds), per_second(typed, seconds=seconds)) for _ in range(_RUNS)]
            raw_rate, ours = p50([r for r, _ in rates]), p50([o for _, o in rates])
            jobs.append({
                "job": f"cell-typed-{kind}", "ours": ours, "unit": "cells/s, one commit each",
                "peers": {f"raw {kind}, sums by triggers": raw_rate}, "ratio": ours / raw_rate, "goal": ">= 0.25",
                "met": ours >= 0.25 * raw_rate,
            })
            bulk = p50([_bulk_rate(city, number) for number in range(900, 900 + _RUNS)])
            jobs.append({
                "job": f"facts-in-one-delivery-{kind}", "ours": bulk, "unit": "facts/s",
                "peers": {"one by one": ours}, "limit": f"{_BULK_FACTS:,} facts", "ratio": bulk / ours,
                "goal": ">= 20", "met": bulk >= 20 * ours,
            })
    return jobs


def dispatch_to_villages(elements: int) -> str:
    """A monthly sheet with the first so many elements, sent to all villages; answers the dispatch's number."""
    from dukao.base.periods import Period
    from dukao.org.rules import SYSTEM
    from dukao.sheets import actions
    from dukao.sheets.rules.definitions import SheetDefinition

    definition = SheetDefinition.model_validate({
        "code": "bench", "title": "模拟月报", "issuer": "tax", "legal": _LEGAL, "period": "month",
        "frequency": "monthly", "level": "village", "synthetic": True,
        "sections": [{"title": "全部", "questions": [{"element": f"e{n}"} for n in range(elements)]}],
    })
    actions.define_sheet(definition=definition, by=SYSTEM, at=AT)
    number = actions.dispatch_sheet(
        sheet="bench", scope_unit=CITY, period=Period.parse("2026-10"), due_on=date(2026, 11, 10), basis="模拟",
        by=SYSTEM, at=AT,
    )
    analyze()
    return number


def analyze() -> None:
    """What PostgreSQL's own housekeeping does within a minute."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def typing(city: City, elements: int) -> Callable[[], None]:
    """A sheet with all elements, sent to all villages; each call types a random cell of a random village."""
    from dukao.sheets import actions

    number = dispatch_to_villages(elements)
    workers = [(village.code, city.actor(village, "worker")) for village in city.villages]
    dice = chance()

    def type_one() -> None:
        unit, worker = dice.choice(workers)
        element, value = f"e{dice.randrange(elements)}", f"{dice.randrange(10**6) / 100:.2f}"
        actions.type_answer(dispatch=number, unit=unit, element=element, raw=value, by=worker, at=AT)

    # A table that was empty when it was last looked at is read from end to end.
    for _ in range(_FIRST_CELLS):
        type_one()
    analyze()
    return type_one


def _bulk_rate(city: City, number: int) -> float:
    """Land 100,000 facts of new cells in one delivery."""
    import time

    villages = [village.pk for village in city.villages]
    needed = -(-_BULK_FACTS // len(villages))
    # Each run its own month of years nobody has data for.
    keys = [2001201 + 1000 * (number - 900) + month for month in range(12)]
    cells = [(element, key) for key in keys for element in city.elements][:needed]
    batches = [batch(element, key, villages, list(range(len(villages)))) for element, key in cells]
    began = time.perf_counter()
    landed = land(number, batches)
    return landed / (time.perf_counter() - began)


def _raw_rows(city: City, months_kept: int) -> Any:
    """(element, month, village, town, county, value) of the raw tables."""
    places = [tuple(map(int, v.path.strip("/").split("/"))) for v in city.villages]
    for element in city.elements:
        for key in months(months_kept):
            for _, county, town, village in places:
                yield element, key, village, town, county, 100


def raw_sqlite(city: City, months_kept: int, path: str) -> Callable[[], None]:
    """As fast as SQLite goes: no ORM, no rights, no history; the same durability."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA mmap_size=1073741824;"
        "PRAGMA wal_autocheckpoint=4000;"
        "CREATE TABLE cell (element int, month int, unit int, town int, county int, value int,"
        " PRIMARY KEY (element, month, unit)) WITHOUT ROWID;"
        "CREATE TABLE sums (element int, month int, unit int, sum int, PRIMARY KEY (element, month, unit))"
        " WITHOUT ROWID;"
    )
    raw.execute("BEGIN")
    raw.executemany("INSERT INTO cell VALUES (?, ?, ?, ?, ?, ?)", _raw_rows(city, months_kept))
    for column in ("town", "county", "1"):
        raw.execute(
            f"INSERT INTO sums SELECT element, month, {column}, sum(value) FROM cell GROUP BY element, month, {column}"
        )
    raw.execute("COMMIT")
    raw.executescript(
        "CREATE TRIGGER keep AFTER UPDATE OF value ON cell BEGIN UPDATE sums SET sum = sum + new.value - old.value"
        " WHERE element = new.element AND month = new.month AND unit IN (new.town, new.county, 1); END"
    )
    return _raw_update(city, months_kept, lambda *values: raw.execute(
        "UPDATE cell SET value = ? WHERE element = ? AND month = ? AND unit = ?", values
    ))


def raw_postgresql(city: City, months_kept: int) -> Callable[[], None]:
    """The same as PostgreSQL does it best, in the same server."""
    import psycopg
    from django.db import connection

    raw = psycopg.connect(**_connection_parameters(connection.settings_dict), autocommit=True)
    raw.execute("CREATE SCHEMA raw; SET search_path = raw")
    raw.execute("CREATE TABLE cell (element int, month int, unit int, town int, county int, value bigint)")
    raw.execute("CREATE TABLE sums (element int, month int, unit int, sum bigint)")
    with raw.cursor() as cursor, cursor.copy("COPY cell FROM STDIN") as copy:
        for row in _raw_rows(city, months_kept):
            copy.write_row(row)
    for column in ("town", "county", "1"):
        raw.execute(
            f"INSERT INTO sums SELECT element, month, {column}, sum(value) FROM cell GROUP BY 1, 2, 3"  # type: ignore[arg-type]
        )
    raw.execute("ALTER TABLE cell ADD PRIMARY KEY (element, month, unit)")
    raw.execute("ALTER TABLE sums ADD PRIMARY KEY (element, month, unit)")
    raw.execute(
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE raw.sums SET sum = sum + new.value"
        " - old.value WHERE element = new.element AND month = new.month AND unit IN (new.town, new.county, 1);"
        " RETURN NULL; END $$;"
        "CREATE TRIGGER keep AFTER UPDATE OF value ON cell FOR EACH ROW EXECUTE FUNCTION keep()"
    )
    raw.execute("VACUUM ANALYZE cell")
    raw.execute("VACUUM ANALYZE sums")
    return _raw_update(city, months_kept, lambda *values: raw.execute(
        "UPDATE cell SET value = %s WHERE element = %s AND month = %s AND unit = %s", values
    ))


def _raw_update(city: City, months_kept: int, update: Callable[..., Any]) -> Callable[[], None]:
    dice, keys, villages = chance(), months(months_kept), [v.pk for v in city.villages]
    dice.seed(SEED + 1)
    return lambda: update(
        dice.randrange(10**6), dice.choice(city.elements), dice.choice(keys), dice.choice(villages)
    ) and None


def _connection_parameters(settings: dict[str, Any]) -> dict[str, Any]:
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {driver: settings[django] for django, driver in names.items() if settings.get(django)}
