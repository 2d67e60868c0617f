"""Loading the demo city through the rooms' own actions; again and again gives the same city."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

import django
from django.db import transaction
from django.utils.translation import gettext as _

from dukao.base.definitions import checked, read_entries
from dukao.base.trail import seal_events
from dukao.base.wording import joined, said_of, with_note
from dukao.demo.cast import demo_password, office_of, player, seat_players
from dukao.demo.clues import tell_clues
from dukao.demo.deliveries import Planned, planned_deliveries
from dukao.demo.figures import DEFINITIONS, Figures
from dukao.demo.polls import rate_the_city
from dukao.demo.present import set_the_scene
from dukao.demo.rounds import is_sent, past_rounds, play_out
from dukao.demo.scores import evaluate
from dukao.demo.stage import CITY, Stage
from dukao.demo.surveys import ask_people
from dukao.demo.tasks import set_tasks
from dukao.demo.world import World
from dukao.demo.year import live_through
from dukao.indicators import actions as indicators
from dukao.indicators.rules import IndicatorDefinition
from dukao.org import actions as org
from dukao.org.rules import SYSTEM
from dukao.registers import actions as registers
from dukao.registers import queries as known
from dukao.registers.rules import DatasetDefinition, ElementDefinition
from dukao.sheets import actions as sheets
from dukao.sheets import queries as asked
from dukao.sheets.rules.definitions import SheetDefinition

_LANES = 2


@dataclass
class Teller:
    """Says what is being done, and how long each part took."""

    tell: Callable[[str], None]
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str, title: str) -> Iterator[Callable[[str], None]]:
        """A part of the work; what it is told while it runs stands behind its title at the end."""
        notes: list[str] = []
        began = perf_counter()
        yield notes.append
        self.seconds[name] = perf_counter() - began
        took = _("{n} 秒").format(n=f"{self.seconds[name]:.1f}")
        self.tell(said_of(title, with_note(joined(notes), took)))


def load_city(stage: Stage, divisions: Path, folder: Path, teller: Teller, *, with_invoices: bool = True) -> None:
    """Everything up to the morning of the story: units, definitions, people, deliveries, earlier sheets."""
    load_units(stage, divisions, teller)
    load_definitions(stage, teller)
    load_people(stage, folder, teller)
    load_deliveries(stage, folder, teller, with_invoices=with_invoices)
    load_past_sheets(stage, teller)
    load_year(stage, teller)
    load_ratings(stage, folder, teller)
    load_supervision(stage, teller)
    load_surveys(stage, teller)
    load_scores(stage, teller)  # after all that they rest on


def load_past_sheets(stage: Stage, teller: Teller) -> None:
    """What was asked and accepted in earlier quarters."""
    figures = Figures(World.of(stage.unit.path))
    with teller.part("past_sheets", _("往期报表")) as note:
        waiting = [one for one in past_rounds(stage) if not is_sent(one)]
        for one in waiting:
            # A round is there whole or not at all, so that a load cut short can be run again.
            with transaction.atomic():
                play_out(stage, figures, one)
        note(_("{n} 次下发、填报、审核").format(n=len(waiting)))


def load_year(stage: Stage, teller: Teller) -> None:
    """The yearly plan and what came of it; documents, meetings, appeals."""
    with teller.part("year", _("督查、文件和会议的一年")) as note:
        live_through(stage, note)


def load_ratings(stage: Stage, folder: Path, teller: Teller) -> None:
    """What people said of the offices that served them: a round that is over, one that goes on, bad ratings' orders."""
    with teller.part("ratings", _("万人评")) as note:
        note(_("{n:,} 份匿名评价").format(n=rate_the_city(stage, folder)))


def load_supervision(stage: Stage, teller: Teller) -> None:
    """Supervision tasks in every state, and clues about burden; some tasks came of clues."""
    with teller.part("supervision", _("督办和线索")) as note:
        note(_("{n} 项督办 · {clues} 条线索").format(n=set_tasks(stage), clues=tell_clues(stage)))


def load_scores(stage: Stage, teller: Teller) -> None:
    """Last year's scores with an appeal decided, published; this year's card."""
    with teller.part("scores", _("考核")) as note:
        evaluate(stage, note)


def load_surveys(stage: Stage, teller: Teller) -> None:
    """Two waves of a telephone survey with their results, and one in the field."""
    with teller.part("surveys", _("民意调查")) as note:
        note(_("{n} 份访问").format(n=ask_people(stage)))


def load_present(stage: Stage, teller: Teller) -> None:
    """This quarter's sheets in every state, and a sealed trail."""
    figures = Figures(World.of(stage.unit.path))
    with teller.part("present_sheets", _("本期报表")) as note:
        note(_("新下发 {n} 次").format(n=set_the_scene(stage, figures)))
    with teller.part("trail", _("留痕")) as note:
        sealed = 0
        while count := seal_events(at=stage.at(hour=18)):
            sealed += count
        note(_("封存 {n:,} 个事件").format(n=sealed))


def load_units(stage: Stage, divisions: Path, teller: Teller) -> None:
    """The tree of the city down to its villages."""
    with teller.part("units", _("行政区划")) as note:
        view = org.import_units(source=divisions, city=CITY[:6], by=SYSTEM, at=stage.at(date(stage.first_year, 1, 1)))
        counts = " · ".join(f"{count:,}" for _level, count in sorted(view.by_level.items()))
        note(_("{n} 个单位").format(n=counts))


def load_definitions(stage: Stage, teller: Teller) -> None:
    """Departments, elements, datasets, sheets and indicators, exactly as `dukao load` would."""
    at = stage.at(date(stage.first_year, 1, 2))
    with teller.part("definitions", _("定义")) as note, transaction.atomic():
        # Defining a retired sheet again would bring it back.
        all_sheets = asked.sheets(viewer=SYSTEM, with_retired=True)
        retired = {("sheets", sheet.code) for sheet in all_sheets if sheet.state == "retired"}
        for entry in read_entries(DEFINITIONS / "departments.yaml"):
            data = entry.data
            org.define_department(
                code=data["code"], name=data["name"], unit_code=str(data["unit"]), by=SYSTEM, at=at
            )  # fmt: skip
        kinds: tuple[tuple[str, type, Callable[..., Any]], ...] = (
            ("elements", ElementDefinition, registers.define_element),
            ("datasets", DatasetDefinition, registers.define_dataset),
            ("sheets", SheetDefinition, sheets.define_sheet),
            ("indicators", IndicatorDefinition, indicators.define_indicator),
        )
        counters = (_("{n} 个数据元"), _("{n} 个数据资源"), _("{n} 张报表"), _("{n} 个指标"))
        for (folder, kind, define), counter in zip(kinds, counters, strict=True):
            entries = list(read_entries(DEFINITIONS / folder))
            for entry in entries:
                if (folder, entry.data["code"]) not in retired:
                    define(definition=checked(kind, entry.data, place=entry.place), by=SYSTEM, at=at)
            note(counter.format(n=len(entries)))


def load_people(stage: Stage, folder: Path, teller: Teller) -> None:
    """Posts and log-ins."""
    with teller.part("people", _("岗位和登录")) as note:
        note(_("{n} 个新登录名").format(n=seat_players(stage, password=demo_password(folder))))


def load_deliveries(stage: Stage, folder: Path, teller: Teller, *, with_invoices: bool) -> None:
    """Every delivery that is not there yet, year after year; within a year two processes land datasets side by side."""
    planned = _planned(stage)[: None if with_invoices else -1]
    there = {
        (d.dataset_code, d.period, d.file_name)
        for d in known.deliveries(viewer=SYSTEM)
        if d.state in ("landed", "superseded")
    }
    waiting = [p for p in planned if (p.dataset.code, p.period.key, p.file_name) not in there]
    counted: Counter[str] = Counter()
    # Children end with their parent's pool; they are spawned, because a fork would share the database connection.
    with (
        teller.part("deliveries", _("部门数据")) as note,
        ProcessPoolExecutor(_LANES, mp_context=get_context("spawn"), initializer=django.setup) as lanes,
    ):
        for year, ones in groupby(waiting, key=lambda one: one.at.year):
            by_dataset: dict[str, list[str]] = {}
            for one in ones:
                by_dataset.setdefault(one.dataset.code, []).append(one.file_name)
            landing = [lanes.submit(_land, stage, folder, code, names) for code, names in by_dataset.items()]
            for landed in as_completed(landing):
                counted.update(landed.result())
            told = _("{year} 年：已入库 {n} / {all} 个文件").format(year=year, n=counted["files"], all=len(waiting))
            teller.tell(f"  {told}")
        note(_("{files} 个文件，{rows:,} 行，退回 {rejected:,} 行，{facts:,} 个数").format(
            files=counted["files"], rows=counted["rows"], rejected=counted["rejected"], facts=counted["facts"]
        ))  # fmt: skip


def deliver(stage: Stage, one: Planned, file: Path) -> known.DeliveryView:
    """Hand a file in as the department's data person, and land it."""
    office = player(office_of(one.dataset.provider), stage)
    number = registers.receive_delivery(
        dataset=one.dataset.code, period=one.period, scope_unit=stage.scope, file=file, file_name=one.file_name,
        mapping=None, by=office, at=one.at,
    )  # fmt: skip
    return registers.land_delivery(number=number, at=one.at)


def written(one: Planned, folder: Path) -> Path:
    """The delivery's file, made if it is not there."""
    path = folder / "files" / one.dataset.code / one.file_name
    if not path.exists():
        one.write(path)
    return path


def _land(stage: Stage, folder: Path, dataset: str, names: list[str]) -> dict[str, int]:
    """In a process of its own: land these files of a dataset in the order they came; answer what came of it."""
    wanted = [one for one in _planned(stage) if one.dataset.code == dataset and one.file_name in names]
    landed = [deliver(stage, one, written(one, folder)) for one in wanted]
    return {
        "files": len(landed), "rows": sum(d.rows_read for d in landed),
        "rejected": sum(d.rows_rejected for d in landed), "facts": sum(d.facts_landed for d in landed),
    }  # fmt: skip


@lru_cache(maxsize=1)
def _planned(stage: Stage) -> list[Planned]:
    return planned_deliveries(stage, Figures(World.of(stage.unit.path)))
