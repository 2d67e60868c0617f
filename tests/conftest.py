"""The cast and the little city that every test knows.

富水市 has two counties. 东县 has towns 甲镇 (villages 一村, 二村) and 乙镇 (三村); 西区 has 丙镇 (四村, 五村, 六村).
Departments 税务局 (tax) and 统计局 (statistics) belong to the city.

Alice works in 一村; Wang in 二村; Rita reviews in 甲镇, Gina in 东县; Dora is the statistics bureau's data person, Tara
the tax bureau's; Sam sits in the supervision office; Ivy asks people for surveys; Adam administers; Otto audits;
Charlie has a log-in and no post.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SHARED_DATA = Path(os.environ.get("DUKAO_SHARED_DATA") or Path(__file__).parents[2] / "shared/data")
AT = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)
ON = date(2026, 10, 8)
# What a test asks for that stands on the database of the run.
_DATABASE = {"db", "django_db_setup", "own_installation"}

# A busy machine is no finding.
settings.register_profile("dukao", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dukao")


@dataclass(frozen=True)
class City:
    """Ids by short name: `city.unit["一村"]`; `city.code`, `city.path` likewise; `city.actor["alice"]`."""

    unit: dict[str, int]
    code: dict[str, str]
    path: dict[str, str]
    department: dict[str, int]
    actor: dict


_UNITS = [
    ("富水市", "990100000000", 2, None), ("东县", "990101000000", 3, "富水市"), ("西区", "990102000000", 3, "富水市"),
    ("甲镇", "990101001000", 4, "东县"), ("乙镇", "990101002000", 4, "东县"), ("丙镇", "990102001000", 4, "西区"),
    ("一村", "990101001201", 5, "甲镇"), ("二村", "990101001202", 5, "甲镇"), ("三村", "990101002201", 5, "乙镇"),
    ("四村", "990102001201", 5, "丙镇"), ("五村", "990102001202", 5, "丙镇"), ("六村", "990102001203", 5, "丙镇"),
]
_CAST = [
    ("alice", "worker", "一村", None), ("wang", "worker", "二村", None), ("rita", "reviewer", "甲镇", None),
    ("dora", "department", "富水市", "statistics"), ("tara", "department", "富水市", "tax"),
    ("sam", "supervision", "富水市", None), ("adam", "admin", "富水市", None), ("otto", "auditor", "富水市", None),
    ("gina", "reviewer", "东县", None), ("ivy", "interviewer", "富水市", None),
    ("charlie", None, None, None),
]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call) -> Iterator[None]:
    """Only what needs the shared data may be passed over, and only without them: all else `./dev test` installs."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2])
        if SHARED_DATA.is_dir() or str(SHARED_DATA) not in reason:
            report.outcome, report.longrepr = "failed", f"may not be passed over: {reason}"
    return report


def pytest_collection_modifyitems(config, items) -> None:
    """What only PostgreSQL does is left to its own run; that run leaves out what touches no database."""
    if _is_postgresql():
        others = [item for item in items if not _touches_database(item)]
    else:
        others = [item for item in items if item.get_closest_marker("postgresql")]
    if others:
        left_out = set(others)
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=others)


def pytest_deselected(items) -> None:
    """A worker counts what is left out, for the summary."""
    told = getattr(items[0].config, "workeroutput", None) if items else None
    if told is not None:
        told["deselected"] = told.get("deselected", 0) + len(items)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    """Every worker leaves out the same tests: they are counted once."""
    reporter = node.config.pluginmanager.get_plugin("terminalreporter")
    if "deselected" not in reporter.stats:
        reporter.stats["deselected"] = [node] * getattr(node, "workeroutput", {}).get("deselected", 0)


def _touches_database(item: pytest.Item) -> bool:
    """By its fixtures, its marks, or what its module takes hold of."""
    asks = {*item.fixturenames, *vars(item.module)}
    return bool(asks & _DATABASE) or any(item.get_closest_marker(name) for name in ("django_db", "postgresql"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory) -> None:
    """SQLite in a real file with its write-ahead log: a shared database in memory locks in another way.

    As with the PostgreSQL of tests, nothing waits for the disk: processes are killed here, the power is not cut.
    """
    from django.conf import settings

    default = settings.DATABASES["default"]
    if default["ENGINE"].endswith("sqlite3"):
        default.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        default["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"


@pytest.fixture(scope="session", autouse=True)
def _emptying_the_tables_passes_the_guards():
    """Between tests with real transactions the tables are emptied, which SQLite's append-only triggers refuse."""
    from django.db import connection
    from django.test import TransactionTestCase

    empty = TransactionTestCase._fixture_teardown

    def empty_without_triggers(self) -> None:
        triggers = []
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
                triggers = cursor.fetchall()
                for name, _ in triggers:
                    cursor.execute(f"DROP TRIGGER {name}")
        empty(self)
        with connection.cursor() as cursor:
            for _, definition in triggers:
                cursor.execute(definition)

    TransactionTestCase._fixture_teardown = empty_without_triggers
    yield
    TransactionTestCase._fixture_teardown = empty


@pytest.fixture
def city(db) -> City:
    return make_city()


def make_city() -> City:
    from dukao.org.models import Department, Holding, Login, Post, Unit
    from dukao.org.rules import Actor, Standing

    units: dict[str, Unit] = {}
    for number, (name, code, level, parent) in enumerate(_UNITS, start=1):
        above = units.get(parent or "")
        units[name] = Unit.objects.create(
            id=number, code=code, name=name, short_name=name, pinyin=name, pinyin_initials=name, level=level,
            parent=above, path=f"{above.path if above else '/'}{number}/", valid_from=date(2024, 1, 1),
        )
    if _is_postgresql():
        _advance_sequence(Unit, len(units))
    departments = {
        code: Department.objects.create(code=code, name=name, unit=units["富水市"])
        for code, name in (("tax", "税务局"), ("statistics", "统计局"))
    }
    actors = {}
    for name, role, place, department in _CAST:
        login = Login.objects.create(name=name, display_name=name.title(), password="!")
        standings: tuple[Standing, ...] = ()
        if role and place:
            unit = units[place]
            owner = departments.get(department or "")
            post = Post.objects.create(code=f"{name}-post", title=role, role=role, unit=unit, department=owner)
            Holding.objects.create(login=login, post=post, valid_from=date(2024, 1, 1))
            standings = (Standing(
                role=role, title=role, unit_id=unit.pk, unit_code=unit.code, unit_name=unit.name, unit_level=unit.level,
                unit_path=unit.path, department_id=owner.pk if owner else None,
                department_code=owner.code if owner else "", department_name=owner.name if owner else "",
            ),)
        actors[name] = Actor(name=name, display_name=name.title(), login_id=login.pk, standings=standings)
    return City(
        unit={n: u.pk for n, u in units.items()}, code={n: u.code for n, u in units.items()},
        path={n: u.path for n, u in units.items()}, department={c: d.pk for c, d in departments.items()}, actor=actors,
    )


def _is_postgresql() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"


def _advance_sequence(model, to: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, to])
