"""Who plays: work log-ins with posts, no persons. One demo password for all, made per installation."""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction
from pypinyin import lazy_pinyin

from dukao.base.definitions import read_entries
from dukao.base.refusals import NotThere
from dukao.demo.figures import DEFINITIONS
from dukao.demo.stage import CITY, Stage
from dukao.org import actions, queries
from dukao.org.queries import UnitView
from dukao.org.rules import SYSTEM, Actor

_SINCE = date(2023, 1, 1)


@dataclass(frozen=True)
class Player:
    """A log-in with its one post."""

    login: str
    display_name: str
    role: str
    title: str
    unit_code: str
    department: str = ""


def office_of(department: str) -> str:
    """The log-in of a department's data person."""
    return f"{department.replace('_', '-')}-office"


def worker_of(unit: UnitView) -> str:
    """The log-in of the worker who fills in for a unit."""
    return f"{_pinyin(unit)}-worker"


def reviewer_of(unit: UnitView) -> str:
    """The log-in of the reviewer of a town or county."""
    return f"{_pinyin(unit)}-reviewer"


def players(stage: Stage) -> Iterator[Player]:
    """Everyone: the offices of the city, workers of the counties, and one town with its villages."""
    yield Player("admin", "系统管理员", "admin", "系统管理员", CITY)
    yield Player("auditor", "审计员", "auditor", "审计员", CITY)
    yield Player("supervision-office", "市督考办", "supervision", "督查考评人员", CITY)
    yield Player("interviewer", "电话访问员", "interviewer", "电话访问员", CITY)
    for entry in read_entries(DEFINITIONS / "departments.yaml"):
        code, name = str(entry.data["code"]), str(entry.data["name"])
        if code != "supervision":
            yield Player(office_of(code), f"{name}数据员", "department", "部门数据员", CITY, code)
    for county in queries.units_below(path=stage.unit.path, level=3):
        yield Player(worker_of(county), f"{county.short_name}填报员", "worker", "县（区）填报员", county.code)
    for unit, title in ((stage.county, "县（区）审核员"), (stage.town, "乡镇审核员")):
        yield Player(reviewer_of(unit), f"{unit.short_name}审核员", "reviewer", title, unit.code)
    for village in town_villages(stage):
        yield Player(worker_of(village), f"{village.short_name}填报员", "worker", "村（社区）填报员", village.code)


def town_villages(stage: Stage) -> tuple[UnitView, ...]:
    """The villages of the town that have a log-in; where two names read alike, only the first has one."""
    found: dict[str, UnitView] = {}
    for village in queries.units_below(path=stage.town.path, level=5):
        if int(village.code) % 1000 >= 200 or village.code == stage.village.code:
            found.setdefault(worker_of(village), village)
    return tuple(found.values())


def seat_players(stage: Stage, *, password: str) -> int:
    """Make every log-in and post that is not there yet; answer how many were new."""
    at, new = stage.at(date(stage.first_year, 1, 2)), 0
    for player in players(stage):
        try:
            queries.actor_named(name=player.login, on=stage.on)
            continue
        except NotThere:
            new += 1
        post = f"{player.login}-post"
        with transaction.atomic():
            actions.create_login(
                name=player.login, display_name=player.display_name, password=password, by=SYSTEM, at=at
            )  # fmt: skip
            actions.define_post(
                code=post, title=player.title, role=player.role, unit_code=player.unit_code,
                department=player.department, by=SYSTEM, at=at,
            )  # fmt: skip
            actions.assign_post(login=player.login, post=post, valid_from=_SINCE, valid_to=None, by=SYSTEM, at=at)
    return new


def player(login: str, stage: Stage) -> Actor:
    """The log-in as the actor it is on the day of the story."""
    return queries.actor_named(name=login, on=stage.on)


def demo_password(folder: Path) -> str:
    """The password of this installation's demo log-ins: from the environment, else made once and kept."""
    if given := os.environ.get("DUKAO_DEMO_PASSWORD", ""):
        return given
    kept = folder / "password"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(9))
    return kept.read_text()


def _pinyin(unit: UnitView) -> str:
    """The unit's short name in plain letters, as a part of a log-in."""
    return "".join(c for c in "".join(lazy_pinyin(unit.short_name)).lower() if c.isascii() and c.isalnum())
