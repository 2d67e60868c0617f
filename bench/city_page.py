"""The city's page: 20 indicators × 16 counties × 12 months over 10 million facts, and the whole page as browsers ask.

Beside it, in the same run: the same sums added up from the facts with the best index (naive), and read from a raw table
of sums as triggers keep it.
"""

import gc
import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

from bench._facts import CITY, City, build_city, define_indicators, fill, house, months, p50, p95, seconds_each, told
from bench._people import signed_in

_DHIS2_PUBLISHED_MEDIAN_MS = 1_050
_INDICATORS, _MONTHS_SHOWN = 20, 12
_QUERY_GOAL_MS, _PAGE_GOAL_MS = 20, 150
Job = dict[str, Any]


def run(quick: bool) -> list[Job]:
    elements, months_kept, runs = (26, 24, 60) if quick else (174, 36, 200)
    jobs: list[Job] = []
    for kind in ("sqlite", "postgresql"):
        with house(kind):
            city = build_city(elements=elements)
            facts = fill(city, months_count=months_kept)
            define_indicators(_INDICATORS)
            told(f"{kind}: building the peers")
            _build_peers(city)
            import_module("dukao.wsgi")
            gc.collect()
            gc.freeze()  # as the server does; what this bench has built is not the server's to walk through,
            os.sync()  # nor to wait for while it is written
            limit = f"{facts:,} facts"
            jobs += [_query_job(kind, city, limit, runs), _page_job(kind, city, limit, runs // 2)]
    return jobs


def _query_job(kind: str, city: City, limit: str, runs: int) -> Job:
    ours = _milliseconds(_ours(city), runs)
    peers = {
        "naive SUM, best index (median)": p50(_milliseconds(_sql(_naive(city)), max(runs // 20, 3))),
        "raw table of kept sums (median)": p50(_milliseconds(_sql(_kept(city)), runs)),
        "ours (median)": p50(ours),
        "DHIS2, published median": _DHIS2_PUBLISHED_MEDIAN_MS,
    }
    return {
        "job": f"city-page-query-{kind}", "ours": p95(ours), "unit": "ms (p95)", "peers": peers, "limit": limit,
        "ratio": p95(ours), "goal": f"<= {_QUERY_GOAL_MS} ms", "met": p95(ours) <= _QUERY_GOAL_MS,
    }


def _page_job(kind: str, city: City, limit: str, runs: int) -> Job:
    """Through Django as a browser's request: session, rights, all queries, template."""
    client = signed_in("supervision")
    url = f"/units/{CITY}/?period=2026-09"

    def ask() -> None:
        response = client.get(url)
        assert response.status_code == 200, response.status_code

    ours = _milliseconds(ask, runs)
    return {
        "job": f"city-page-whole-{kind}", "ours": p95(ours), "unit": "ms (p95)",
        "peers": {"ours (median)": p50(ours), "DHIS2, published median": _DHIS2_PUBLISHED_MEDIAN_MS}, "limit": limit,
        "ratio": p95(ours), "goal": f"<= {_PAGE_GOAL_MS} ms", "met": p95(ours) <= _PAGE_GOAL_MS,
    }


def _milliseconds(work: Callable[[], Any], runs: int) -> list[float]:
    return [1000 * seconds for seconds in seconds_each(work, runs=runs)]


def _ours(city: City) -> Callable[[], Any]:
    from dukao.registers.queries import figures

    elements, counties = city.elements[:_INDICATORS], [county.pk for county in city.counties]
    return lambda: figures(element_ids=elements, periods=months(_MONTHS_SHOWN), unit_ids=counties)


def _build_peers(city: City) -> None:
    """The facts with county beside them and a covering index; the sums by county as a plain table."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE naive AS SELECT f.element_id AS element, f.period AS month, t.parent_id AS county, f.value"
            " FROM registers_fact f JOIN org_unit v ON v.id = f.unit_id JOIN org_unit t ON t.id = v.parent_id"
        )
        cursor.execute("CREATE INDEX naive_best ON naive (element, month, county, value)")
        cursor.execute(
            "CREATE TABLE kept (element int, month int, county int, sum bigint, PRIMARY KEY (element, month, county))"
            + (" WITHOUT ROWID" if connection.vendor == "sqlite" else "")
        )
        cursor.execute("INSERT INTO kept SELECT element, month, county, sum(value) FROM naive GROUP BY 1, 2, 3")
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE naive")
            cursor.execute("VACUUM ANALYZE kept")


def _naive(city: City) -> str:
    return f"SELECT element, month, county, sum(value) FROM naive WHERE {_shown(city)} GROUP BY element, month, county"


def _kept(city: City) -> str:
    return f"SELECT element, month, county, sum FROM kept WHERE {_shown(city)}"


def _shown(city: City) -> str:
    elements, keys, counties = (
        ",".join(map(str, numbers))
        for numbers in (city.elements[:_INDICATORS], months(_MONTHS_SHOWN), [c.pk for c in city.counties])
    )
    return f"element IN ({elements}) AND month IN ({keys}) AND county IN ({counties})"


def _sql(query: str) -> Callable[[], Any]:
    from django.db import connection

    def ask() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    return ask
