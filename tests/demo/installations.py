"""An installation of a test's own: a folder, and on PostgreSQL a database, for commands run as other processes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import chinese_calendar

ROOT = Path(__file__).resolve().parents[2]
_numbers = count(1)


@contextmanager
def own_installation(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of commands that work in `folder` and in a database that nobody else knows."""
    teach_workdays(folder)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DUKAO_")}
    environment |= {"DUKAO_VAR": str(folder), "PYTHONPATH": str(ROOT), "DUKAO_SYNTHETIC": "yes"}
    url = os.environ.get("DUKAO_DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield environment
        return
    import psycopg

    name = f"own_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield environment | {"DUKAO_DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=f"/{name}"))}
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def teach_workdays(folder: Path) -> None:
    """Give years whose holidays the calendar does not know yet a table, as an administrator would."""
    today = date.today()
    for year in {today.year, (today + timedelta(days=60)).year}:
        try:
            chinese_calendar.is_workday(date(year, 1, 4))
        except NotImplementedError:
            table = folder / "workdays" / f"{year}.yaml"
            table.parent.mkdir(parents=True, exist_ok=True)
            table.write_text(f"year: {year}\nsource: 测试用，只有周末\nholidays: []\nworkdays: []\n", "utf-8")
